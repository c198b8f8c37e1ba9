//! [`Personal`]: a text about a person, which can be forgotten although the log is never changed.
//!
//! Log and history keep such a text sealed: encrypted under the key of the thing that it belongs to.
//! When the key is destroyed, the sealed text stays where it is and can no longer be read.

use crate::text::Text;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// The only field of a sealed text in JSON.
const SEALED: &str = "sealed";

/// A line of text about a person.
///
/// In JSON it is a text while it is known, an object with the field `sealed` while it is sealed, and
/// null once it is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personal<const MAX: usize> {
    Known(Text<MAX>),
    Sealed(Sealed),
    Erased,
}

/// An encrypted text, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub String);

/// The personal fields of a state or an input, by name.
pub type PersonalFields<'a> = Vec<(&'static str, &'a mut dyn PersonalField)>;

/// A [`Personal`], whatever its limit.
pub trait PersonalField {
    /// The text, while it is known.
    fn known(&self) -> Option<&str>;
    /// The sealed text, while it is sealed.
    fn sealed(&self) -> Option<&Sealed>;
    /// Makes a sealed text known.
    ///
    /// # Errors
    ///
    /// The text cannot be the value of this field.
    fn open(&mut self, text: &str) -> Result<(), String>;
    /// Replaces the text by its sealed form.
    fn seal(&mut self, sealed: Sealed);
    /// Forgets the text.
    fn erase(&mut self);

    /// Whether it was forgotten.
    fn is_erased(&self) -> bool {
        self.known().is_none() && self.sealed().is_none()
    }
}

impl<const MAX: usize> PersonalField for Personal<MAX> {
    fn known(&self) -> Option<&str> {
        self.text().map(Text::as_str)
    }

    fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Sealed(sealed) => Some(sealed),
            Self::Known(_) | Self::Erased => None,
        }
    }

    fn open(&mut self, text: &str) -> Result<(), String> {
        *self = Self::Known(text.parse()?);
        Ok(())
    }

    fn seal(&mut self, sealed: Sealed) {
        *self = Self::Sealed(sealed);
    }

    fn erase(&mut self) {
        *self = Self::Erased;
    }
}

impl<const MAX: usize> Personal<MAX> {
    /// The text, while it is known.
    #[must_use]
    pub fn text(&self) -> Option<&Text<MAX>> {
        match self {
            Self::Known(text) => Some(text),
            Self::Sealed(_) | Self::Erased => None,
        }
    }

    /// The text as the current tables hold it: empty if it is not known. A known text is never empty.
    #[must_use]
    pub fn column(&self) -> &str {
        self.known().unwrap_or_default()
    }

    /// Reads what [`column`](Self::column) returned.
    ///
    /// # Errors
    ///
    /// The text is not the value of such a field.
    pub fn from_column(text: &str) -> Result<Self, String> {
        match text {
            "" => Ok(Self::Erased),
            text => text.parse(),
        }
    }
}

impl<const MAX: usize> FromStr for Personal<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self::Known)
    }
}

impl<const MAX: usize> From<Text<MAX>> for Personal<MAX> {
    fn from(text: Text<MAX>) -> Self {
        Self::Known(text)
    }
}

impl<const MAX: usize> Serialize for Personal<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(text) => text.serialize(serializer),
            Self::Erased => serializer.serialize_unit(),
            Self::Sealed(Sealed(text)) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(SEALED, text)?;
                map.end()
            }
        }
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Personal<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form)
    }
}

/// Reads any of the three forms. For errors, it expects a text, the only form that callers send.
struct Form<const MAX: usize>;

impl<'de, const MAX: usize> Visitor<'de> for Form<MAX> {
    type Value = Personal<MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(Personal::Known).map_err(E::custom)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Personal::Erased)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // Read without errors inside, so that an error is about the whole.
        let mut fields: Vec<(String, Value)> = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        match fields.as_slice() {
            [(field, Value::String(text))] if field == SEALED => {
                Ok(Personal::Sealed(Sealed(text.clone())))
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_as_it_was_written() {
        for (json, expected) in [
            (
                r#""Blue""#,
                Some(Personal::<4>::Known("Blue".parse().unwrap())),
            ),
            (
                r#"{"sealed":"0aff"}"#,
                Some(Personal::Sealed(Sealed("0aff".to_owned()))),
            ),
            ("null", Some(Personal::Erased)),
            (r#""""#, None),
            (r#""Blues""#, None),
            ("7", None),
            ("{}", None),
            (r#"{"sealed":7}"#, None),
            (r#"{"seal":"0aff"}"#, None),
            (r#"{"sealed":"0aff","more":"0a"}"#, None),
        ] {
            let read = serde_json::from_str::<Personal<4>>(json);
            assert_eq!(read.as_ref().ok(), expected.as_ref(), "{json}: {read:?}");
            if let Ok(read) = read {
                assert_eq!(serde_json::to_string(&read).unwrap(), json);
            }
        }
    }

    #[test]
    fn the_column_is_empty_unless_the_text_is_known() {
        let known = Personal::<4>::Known("Blue".parse().unwrap());
        assert_eq!(
            Personal::<4>::from_column(known.column()),
            Ok(known.clone())
        );
        let sealed = Personal::<4>::Sealed(Sealed("0aff".to_owned()));
        for unknown in [sealed, Personal::Erased] {
            assert_eq!(unknown.column(), "");
        }
        assert_eq!(Personal::<4>::from_column(""), Ok(Personal::Erased));
        assert!(Personal::<4>::from_column("Blues").is_err());
    }
}
