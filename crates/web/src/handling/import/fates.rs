//! The result of each row of an import, and their totals.

use crate::csv::harmless;
use crate::messages::{self, Exact};
use domain::booking::CargoMisdirected;
use domain::{Event, Rejection};

/// The result of a row, actual or rehearsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A new handling event.
    Registered,
    /// A new handling event that is not on the cargo's itinerary.
    Misdirects,
    /// The event was already known.
    Known,
    /// The event was known and has been retracted.
    Retracted,
    /// The row cannot be used: the rule that refused, if any, and the reason.
    Bad(Option<String>, String),
    /// The outcome is unknown or the row was not tried. Import the file again.
    Unsettled(String),
}

impl Fate {
    /// The word in the report's column `fate`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Registered | Self::Misdirects => "registered",
            Self::Known | Self::Retracted => "known",
            Self::Bad(..) => "bad",
            Self::Unsettled(_) => "unsettled",
        }
    }

    pub(super) fn registered(events: &[Event]) -> Self {
        let misdirects = |event: &Event| event.name() == CargoMisdirected::NAME;
        match events.iter().any(misdirects) {
            true => Self::Misdirects,
            false => Self::Registered,
        }
    }

    pub(super) fn refused(rejection: &Rejection) -> Self {
        let reason = messages::refusal(rejection, &Exact);
        Self::Bad(Some(rejection.rule.to_string()), reason)
    }

    /// Why the row was not registered, or what to know about it. Empty if nothing.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Registered | Self::Known => String::new(),
            Self::Misdirects => "misdirects the cargo: it is not on its itinerary".to_owned(),
            Self::Retracted => {
                "has been retracted since; report it by hand if it is right after all".to_owned()
            }
            Self::Bad(None, reason) | Self::Unsettled(reason) => reason.clone(),
            Self::Bad(Some(rule), reason) => format!("{rule}: {reason}"),
        }
    }
}

/// The number of rows with each result.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// New handling events.
    pub registered: usize,
    /// Already known before the import.
    pub known: usize,
    /// Rows that cannot be used.
    pub bad: usize,
    /// Rows with an unknown outcome.
    pub unsettled: usize,
}

impl Tally {
    /// Counts the results.
    #[must_use]
    pub fn of(fates: &[(u64, Fate)]) -> Self {
        let mut tally = Self::default();
        for (_, fate) in fates {
            *match fate {
                Fate::Registered | Fate::Misdirects => &mut tally.registered,
                Fate::Known | Fate::Retracted => &mut tally.known,
                Fate::Bad(..) => &mut tally.bad,
                Fate::Unsettled(_) => &mut tally.unsettled,
            } += 1;
        }
        tally
    }
}

/// The result of every row as CSV.
#[must_use]
pub fn report(fates: &[(u64, Fate)]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = writer.write_record(["line", "fate", "reason"]);
    head.expect("memory takes all");
    for (line, fate) in fates {
        let row = [
            line.to_string(),
            fate.word().to_owned(),
            harmless(&fate.reason()),
        ];
        writer.write_record(row).expect("memory takes all");
    }
    writer.into_inner().expect("memory takes all")
}
