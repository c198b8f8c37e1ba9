//! What a page says about the past that it shows.

use super::filters::{FilterFaults, wanted};
use super::visit::Visit;
use super::words;
use application::queries::{At, QueryError, Reading, Viewed, WhenListed};
use domain::{Moment, Names};

/// A past state.
pub(crate) struct PastState {
    /// The last entry of the log before it.
    pub(crate) position: u64,
    /// When the version was recorded, for people and for machines, if the reader may know.
    pub(crate) changed: Option<(String, String)>,
}

impl PastState {
    /// The state of a thing after an entry, which is this version of it. Without a position, the
    /// page shows the present.
    pub(crate) async fn of<A: Viewed>(
        reading: &mut Reading,
        name: &(impl Names<A> + Sync),
        position: Option<u64>,
        version: Option<u64>,
    ) -> Result<Option<Self>, QueryError> {
        let Some(position) = position else {
            return Ok(None);
        };
        let changed = match version {
            Some(version) => {
                let own = reading.memento_of::<A>(name, version).await?.own;
                let time = words::utc_seconds(own.recorded_at);
                Some((time, own.recorded_at.to_string()))
            }
            None => None,
        };
        Ok(Some(Self { position, changed }))
    }
}

/// The time as of which a list is shown, if its filter asks for one.
#[derive(Debug, Default)]
pub(crate) struct ListedAsOf {
    /// As it was typed.
    pub(crate) typed: String,
    pub(crate) time: Option<Moment>,
}

impl ListedAsOf {
    /// Reads the filter `as_of`.
    pub(crate) fn read(visit: &mut Visit, faults: &mut FilterFaults) -> Self {
        let typed = visit.parameters.line("as_of", 40).unwrap_or_default();
        let complaint = "“As of” is not a time. Enter it in UTC as 2027-03-31T14:30.";
        let time = wanted(typed.trim(), moment, complaint, faults);
        if time.is_some_and(|time| time > visit.now) {
            faults.add("“As of” is in the future. Enter a time that has passed.");
        }
        let time = time.filter(|time| *time <= visit.now);
        Self { typed, time }
    }

    /// Whether the list is one of the past.
    pub(crate) fn is_past(&self) -> bool {
        self.time.is_some()
    }

    /// The point at which to read the list.
    pub(crate) fn when(&self) -> WhenListed {
        WhenListed {
            at: self.time.map(At::Time),
            changed_after: None,
        }
    }

    /// The time in words.
    pub(crate) fn said(&self) -> Option<String> {
        self.time.map(words::utc_seconds)
    }

    /// The query of the pages of what is listed, which show it as of the list's position.
    pub(crate) fn query(&self, position: u64) -> String {
        match self.is_past() {
            true => format!("?at={position}"),
            false => String::new(),
        }
    }

    /// The parameter of the file with the same contents.
    pub(crate) fn parameter(&self) -> (&'static str, Option<String>) {
        ("as_of", self.time.map(String::from))
    }
}

/// A time in UTC as browsers send it, to the minute or the second, or with its offset.
fn moment(text: &str) -> Option<Moment> {
    let written = [text.to_owned(), format!("{text}Z"), format!("{text}:00Z")];
    written.iter().find_map(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn times_are_read_as_browsers_send_them() {
        for (text, expected) in [
            ("2027-03-31T14:30", Some("2027-03-31T14:30:00.000000Z")),
            ("2027-03-31T14:30:05", Some("2027-03-31T14:30:05.000000Z")),
            (
                "2027-03-31T14:30:05+02:00",
                Some("2027-03-31T12:30:05.000000Z"),
            ),
            ("2027-03-31", None),
            ("yesterday", None),
        ] {
            let read = moment(text).map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
