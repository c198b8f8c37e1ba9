//! [`Event`]: what happened in an operation, as facts that can be written and read again.

pub use crate::Event;

use serde::Serialize;
use std::fmt;

/// The type of an event, in CamelCase: `CargoBooked`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct EventName(&'static str);

impl EventName {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name in the log and the documentation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Declares the events of one subdomain: a struct for each, and the enum of all of them, which
/// reads and writes `{"type": "CargoBooked", ...}`.
///
/// Logs keep events forever. A new field must be an `Option` that is left out while it is `None`,
/// and no field can be renamed or removed.
macro_rules! events {
    ($(#[doc = $about:literal])+ $all:ident {
        $($(#[doc = $meaning:literal])+ $name:ident {
            $($(#[$about_field:meta])* $field:ident: $of:ty,)+
        })+
    }) => {
        $(
            $(#[doc = $meaning])+
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            pub struct $name {
                $($(#[$about_field])* pub $field: $of,)+
            }

            impl $name {
                /// The type of this event.
                pub const NAME: $crate::EventName = $crate::EventName::new(stringify!($name));
            }

            impl From<$name> for $crate::Event {
                fn from(event: $name) -> Self {
                    $all::$name(event).into()
                }
            }
        )+

        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "type")]
        pub enum $all {
            $($(#[doc = $meaning])+ $name($name),)+
        }

        impl $all {
            /// The types of all events of the subdomain.
            pub const NAMES: &[$crate::EventName] = &[$($name::NAME),+];

            /// The type of the event.
            #[must_use]
            pub const fn name(&self) -> $crate::EventName {
                match self {
                    $(Self::$name(_) => $name::NAME,)+
                }
            }
        }
    };
}
pub(crate) use events;

/// Declares [`Event`]: one line for each subdomain.
macro_rules! of_subdomains {
    ($($(#[doc = $meaning:literal])+ $subdomain:ident($home:ident::$events:ident),)+) => {
        /// Something that happened in an operation.
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(untagged)]
        pub enum Event {
            $($(#[doc = $meaning])+ $subdomain($crate::$home::$events),)+
        }

        impl Event {
            /// The types of all events, by subdomain.
            pub const NAMES: &[&[$crate::EventName]] = &[$($crate::$home::$events::NAMES),+];

            /// The type of the event.
            #[must_use]
            pub const fn name(&self) -> $crate::EventName {
                match self {
                    $(Self::$subdomain(event) => event.name(),)+
                }
            }
        }

        $(
            impl From<$crate::$home::$events> for Event {
                fn from(event: $crate::$home::$events) -> Self {
                    Self::$subdomain(event)
                }
            }
        )+
    };
}
pub(crate) use of_subdomains;

impl Event {
    /// Serializes events as the log keeps them.
    #[must_use]
    pub fn list_to_json(events: &[Self]) -> String {
        serde_json::to_string(events).expect("an event has only text keys and finite numbers")
    }

    /// Parses events from the log.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a list of events that this release knows.
    pub fn list_from_json(json: &str) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::from_str(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The bytes in the logs. They never change.
    const WRITTEN: &str = include_str!("event/written.jsonl");

    #[test]
    fn logged_events_are_read_and_written_unchanged() {
        let mut read = BTreeSet::new();
        for line in WRITTEN.lines() {
            let events = Event::list_from_json(&format!("[{line}]"));
            let events = events.unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(Event::list_to_json(&events), format!("[{line}]"));
            read.extend(events.iter().map(|event| event.name()));
        }
        let known: BTreeSet<_> = Event::NAMES.iter().flat_map(|names| names.iter()).collect();
        let read: BTreeSet<_> = read.iter().collect();
        assert_eq!(read, known, "one line for each event");
    }

    #[test]
    fn unknown_events_are_not_read() {
        for text in [
            "{}",
            r#"[{"type":"CargoFolded"}]"#,
            r#"[{"type":"CargoAccepted"}]"#,
        ] {
            assert!(Event::list_from_json(text).is_err(), "{text}");
        }
    }
}
