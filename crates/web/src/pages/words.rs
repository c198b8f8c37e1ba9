//! Formats times, numbers and refusals for people.

pub(crate) use crate::numbers::grouped as number;
use domain::Moment;
use domain::space::{Capacity, Space, SpaceLimit};

/// A time in UTC: `3 Mar 2027, 08:00 UTC`.
pub(crate) fn utc(moment: Moment) -> String {
    format!("{} UTC", moment.to_chrono().format("%-d %b %Y, %H:%M"))
}

/// A time in UTC to the second, for logs.
pub(crate) fn utc_seconds(moment: Moment) -> String {
    format!("{} UTC", moment.to_chrono().format("%-d %b %Y, %H:%M:%S"))
}

/// How far ahead or behind a time is: `in 3 days`, `2 h ago`.
pub(crate) fn distance(moment: Moment, now: Moment) -> String {
    let seconds = (moment.micros() - now.micros()) / 1_000_000;
    let amount = match seconds.unsigned_abs() {
        0..60 => {
            return if seconds > 0 {
                "in a moment"
            } else {
                "just now"
            }
            .to_owned();
        }
        away @ 60..3_600 => format!("{} min", away / 60),
        away @ 3_600..172_800 => format!("{} h", away / 3_600),
        away => format!("{} days", away / 86_400),
    };
    if seconds > 0 {
        format!("in {amount}")
    } else {
        format!("{amount} ago")
    }
}

/// A whole number with spaces between thousands.
pub(crate) fn count(value: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "what is counted is below 2^53")]
    number(value as f64)
}

/// A weight in tonnes, to a tenth.
pub(crate) fn tonnes(kg: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no ship weighs 2^53 kg")]
    number((kg as f64 / 100.0).round() / 10.0)
}

/// A size and a weight: `110 TEU and 2 200 t`. With reefer plugs where they are measured.
pub(crate) fn space(space: Capacity) -> String {
    let (teu, tonnes) = (number(space.teu), tonnes(space.tonnes.0));
    match space.plugs.map(u64::from) {
        None => format!("{teu} TEU and {tonnes} t"),
        Some(1) => format!("{teu} TEU, {tonnes} t and 1 reefer plug"),
        Some(plugs) => format!("{teu} TEU, {tonnes} t and {} reefer plugs", count(plugs)),
    }
}

/// What a cargo takes. Plugs are left out where it needs none.
pub(crate) fn taken(taken: Space) -> String {
    let plugs = Some(taken.plugs).filter(|plugs| *plugs > 0);
    let line = SpaceLimit {
        plugs,
        ..SpaceLimit::default()
    };
    space(Capacity::booked(taken, line))
}

/// The name of a field or an operation as a label: `gross_weight_kg` is `Gross weight (kg)`.
pub(crate) fn label(name: &str) -> String {
    let (name, unit) = ["kg", "teu", "hours", "percent", "celsius"]
        .iter()
        .find_map(|unit| Some((name.strip_suffix(unit)?.strip_suffix('_')?, *unit)))
        .map_or((name, None), |(name, unit)| (name, Some(unit)));
    let spaced = match name {
        "imo" => "IMO number".to_owned(),
        "un_number" => "UN number".to_owned(),
        "plugs" => "Reefer plugs".to_owned(),
        "teu" => "TEU".to_owned(),
        "un_locode" => "UN/LOCODE".to_owned(),
        "vgm" => "VGM".to_owned(),
        "cut_off" => "Cut-off".to_owned(),
        name => capitalized(&name.replace(['_', '-'], " ")),
    };
    match unit {
        None => spaced,
        Some("percent") => format!("{spaced} (%)"),
        Some("hours") => format!("{spaced} (h)"),
        Some("celsius") => format!("{spaced} (°C)"),
        Some("teu") => format!("{spaced} (TEU)"),
        Some(unit) => format!("{spaced} ({unit})"),
    }
}

/// A long word in parts between which a line may break: an e-mail address, a path, a name such as
/// `LoadMayNotPassTheLine`.
pub(crate) fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let is_joint = "@._/-".contains(before) || before.is_lowercase() && c.is_uppercase();
        if is_joint && at > start {
            parts.push(&text[start..at]);
            start = at;
        }
        before = c;
    }
    parts.push(&text[start..]);
    parts
}

/// The CSS classes of an error message. One that begins with an entered value keeps its case;
/// others begin with a capital letter.
pub(crate) fn complaint(text: &str) -> &'static str {
    match text.starts_with('“') {
        true => "error echo",
        false => "error",
    }
}

/// A text with a capital first letter.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (value, expected) in [
            (0.0, "0"),
            (999.0, "999"),
            (1_000.0, "1\u{202f}000"),
            (2_190.25, "2\u{202f}190.25"),
            (1_234_567.0, "1\u{202f}234\u{202f}567"),
            (-1_000.0, "-1\u{202f}000"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn long_words_break_at_their_joints() {
        for (text, expected) in [
            (
                "export.blue-anchor@example.com",
                &["export.", "blue-", "anchor@", "example.", "com"][..],
            ),
            ("ChangeVoyageTEU", &["Change", "Voyage", "TEU"]),
            ("arrival_deadline", &["arrival_", "deadline"]),
            ("/problems/", &["/", "problems/"]),
            ("", &[""]),
        ] {
            assert_eq!(parts(text), expected);
        }
    }

    #[test]
    fn distances() {
        let now = Moment::from_micros(1_800_000_000_000_000);
        for (seconds, expected) in [
            (0, "just now"),
            (30, "in a moment"),
            (-90, "1 min ago"),
            (7_200, "in 2 h"),
            (-172_800, "2 days ago"),
        ] {
            let moment = now.plus_micros(seconds * 1_000_000);
            assert_eq!(distance(moment, now), expected);
        }
    }

    #[test]
    fn labels() {
        for (name, expected) in [
            ("gross_weight_kg", "Gross weight (kg)"),
            ("overbooking_percent", "Overbooking (%)"),
            ("cut_off_hours", "Cut-off (h)"),
            ("vgm_kg", "VGM (kg)"),
            ("arrival_deadline", "Arrival deadline"),
            ("book-onto-voyage", "Book onto voyage"),
            ("imo", "IMO number"),
            ("teu", "TEU"),
        ] {
            assert_eq!(label(name), expected);
        }
    }
}
