//! The format and the profile that a reader asks for.

use crate::headers::quality;
use axum::http::{HeaderMap, header};
use mediatype::{MediaTypeList, Name, ReadParams};

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 4287 and RFC 5005.
    Atom,
    /// <https://jsonfeed.org/version/1.1>
    JsonFeed,
    /// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>
    CloudEvents,
}

/// How much an item says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// What changed, and when.
    Id,
    /// Also the state afterwards.
    Snapshot,
    /// Also what the operation was asked, and what happened.
    Change,
}

/// What a reader asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) format: Format,
    pub(super) profile: Profile,
}

/// What readers get who ask for nothing that there is.
const DEFAULT: Wanted = Wanted {
    format: Format::Atom,
    profile: Profile::Snapshot,
};

/// The media types, in the order in which they are preferred.
const MEDIA_TYPES: [(&str, &str, Format); 6] = [
    ("application", "atom+xml", Format::Atom),
    ("application", "feed+json", Format::JsonFeed),
    ("application", "cloudevents-batch+json", Format::CloudEvents),
    ("application", "json", Format::JsonFeed),
    ("application", "xml", Format::Atom),
    ("text", "xml", Format::Atom),
];

/// The parameter of a media type that chooses the profile.
const PROFILE: Name<'_> = Name::new_unchecked("profile");

impl Format {
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::JsonFeed => "application/feed+json",
            Self::CloudEvents => "application/cloudevents-batch+json",
        }
    }
}

impl Profile {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Snapshot => "snapshot",
            Self::Change => "change",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [Self::Id, Self::Snapshot, Self::Change];
        all.into_iter().find(|profile| profile.word() == name)
    }
}

impl Wanted {
    /// Reads `Accept` (RFC 9110, section 12.5.1). The range with the highest quality wins, and among
    /// equals a full name before a wildcard, and then the first. Readers who ask for nothing that
    /// there is get the default, not 406.
    pub(super) fn by(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT).iter();
        let values = values.filter_map(|value| value.to_str().ok());
        let ranges: Vec<_> = values.flat_map(MediaTypeList::new).flatten().collect();
        let offered = |ty: &str, subtype: &str| {
            let mut known = MEDIA_TYPES.iter();
            known.find(|(own, sub, _)| {
                ty.eq_ignore_ascii_case(own) && subtype.eq_ignore_ascii_case(sub)
            })
        };
        let is_refused = |name: &(&str, &str, Format)| {
            ranges.iter().any(|range| {
                let full = full_name(range);
                quality(range) <= 0.0
                    && offered(range.ty.as_str(), &full).is_some_and(|own| own == name)
            })
        };
        let mut best: Option<(f32, bool, Self)> = None;
        for range in &ranges {
            let (ty, subtype) = (range.ty.as_str(), full_name(range));
            let is_full = ty != "*" && subtype != "*";
            let found = match is_full {
                true => offered(ty, &subtype),
                false => MEDIA_TYPES.iter().find(|known| {
                    (ty == "*" || ty.eq_ignore_ascii_case(known.0)) && !is_refused(known)
                }),
            };
            let Some((.., format)) = found else { continue };
            let profile = range.get_param(PROFILE);
            let profile = profile.and_then(|name| Profile::named(&name.unquoted_str()));
            let wanted = Self {
                format: *format,
                profile: profile.unwrap_or(DEFAULT.profile),
            };
            let rank = (quality(range), is_full);
            let is_better = best.is_none_or(|(quality, full, _)| rank > (quality, full));
            if rank.0 > 0.0 && is_better {
                best = Some((rank.0, is_full, wanted));
            }
        }
        best.map_or(DEFAULT, |(.., wanted)| wanted)
    }
}

/// The subtype with its suffix: `atom+xml`.
fn full_name(range: &mediatype::MediaType<'_>) -> String {
    match range.suffix {
        Some(suffix) => format!("{}+{suffix}", range.subty),
        None => range.subty.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_best_known_range_wins() {
        let (atom, json, events) = (Format::Atom, Format::JsonFeed, Format::CloudEvents);
        let (id, snapshot, change) = (Profile::Id, Profile::Snapshot, Profile::Change);
        for (accept, format, profile) in [
            (&[][..], atom, snapshot),
            (&["*/*"], atom, snapshot),
            (&["image/png"], atom, snapshot),
            (&["nonsense"], atom, snapshot),
            (&["application/atom+xml"], atom, snapshot),
            (&["application/atom+xml; profile=id"], atom, id),
            (&["application/atom+xml; profile=\"change\""], atom, change),
            (&["application/atom+xml; profile=other"], atom, snapshot),
            (&["application/feed+json"], json, snapshot),
            (&["Application/FEED+JSON;Profile=id"], json, id),
            (&["application/json"], json, snapshot),
            (&["application/cloudevents-batch+json"], events, snapshot),
            (
                &["text/html, application/xml;q=0.9, */*;q=0.8"],
                atom,
                snapshot,
            ),
            (
                &["application/atom+xml;q=0.5, application/feed+json"],
                json,
                snapshot,
            ),
            (
                &["application/atom+xml;q=0.5", "application/feed+json;q=0.6"],
                json,
                snapshot,
            ),
            (&["*/*, application/feed+json"], json, snapshot),
            (&["application/atom+xml;q=0, */*"], json, snapshot),
            (&["application/*;q=0.2, text/html"], atom, snapshot),
            (
                &[
                    "application/feed+json;profile=id;q=0.4, application/feed+json;profile=change;q=0.5",
                ],
                json,
                change,
            ),
            (&["application/feed+json;q=0"], atom, snapshot),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(header::ACCEPT, HeaderValue::from_static(value));
            }
            assert_eq!(
                Wanted::by(&headers),
                Wanted { format, profile },
                "{accept:?}"
            );
        }
    }
}
