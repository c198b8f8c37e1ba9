//! Reads query strings. Every parameter is named, and unknown ones are refused.

use crate::limits::QUERY_BYTES_MAX;
use crate::problem::{InputFault, Problem, kinds};
use application::queries::{At, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};
use axum::extract::Query;
use axum::http::Uri;
use domain::Moment;
use std::fmt::Display;
use std::str::FromStr;

/// The words for yes and for no.
pub const YES_AND_NO: &[&str] = &["true", "false"];

/// The parameters of a request. Reading one removes it.
#[derive(Debug, Default)]
pub struct Parameters {
    given: Vec<(String, String)>,
    faults: Vec<InputFault>,
}

impl Parameters {
    /// The parameters of a query string.
    ///
    /// # Errors
    ///
    /// The query string is too long or malformed.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        if uri
            .query()
            .is_some_and(|query| query.len() > QUERY_BYTES_MAX)
        {
            return Err(Problem::new(
                &kinds::ADDRESS_TOO_LONG,
                format!("The query string is longer than {QUERY_BYTES_MAX} bytes."),
            ));
        }
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|error| {
            Problem::new(
                &kinds::INVALID_PARAMETER,
                format!("The query string cannot be read: {error}."),
            )
        })?;
        Ok(Self {
            given,
            faults: Vec::new(),
        })
    }

    /// Records a fault in a parameter.
    pub(crate) fn fault(&mut self, name: &str, detail: impl Into<String>) {
        self.faults.push(InputFault {
            pointer: None,
            parameter: Some(name.to_owned()),
            detail: detail.into(),
            rule: None,
        });
    }

    /// The text of a parameter. Giving it twice is a fault.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        while let Some(index) = self.given.iter().position(|(own, _)| own == name) {
            let (_, value) = self.given.remove(index);
            if found.is_some() {
                self.fault(name, "is given twice");
            }
            found = Some(value);
        }
        found
    }

    /// The number in a parameter, without removing it.
    pub(crate) fn peek(&self, name: &str) -> Option<u64> {
        let found = self.given.iter().find(|(own, _)| own == name);
        found.and_then(|(_, value)| value.parse().ok())
    }

    /// The text of a parameter with limited length and without control characters.
    pub fn line(&mut self, name: &str, chars_max: usize) -> Option<String> {
        let text = self.text(name)?;
        if text.chars().count() > chars_max || text.chars().any(char::is_control) {
            self.fault(
                name,
                format!(
                    "must have at most {chars_max} characters, none of them a control character"
                ),
            );
            return None;
        }
        Some(text)
    }

    /// A parameter of a type that parses itself.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, error.to_string());
                None
            }
        }
    }

    /// A required parameter of a type that parses itself.
    pub fn required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.must_be_given(name);
        self.parsed(name)
    }

    fn must_be_given(&mut self, name: &str) {
        if !self.given.iter().any(|(own, _)| own == name) {
            self.fault(name, "is required");
        }
    }

    /// A time. The plus sign of an offset arrives as a space if callers do not escape it:
    /// `2027-01-01T00:00:00+02:00`.
    pub fn moment(&mut self, name: &str) -> Option<Moment> {
        let text = self.text(name)?;
        let text = match text.rsplit_once(' ') {
            Some((time, offset)) if time.contains(':') => format!("{time}+{offset}"),
            _ => text,
        };
        let moment = text.parse();
        moment.map_err(|error| self.fault(name, error)).ok()
    }

    /// A required time.
    pub fn required_moment(&mut self, name: &str) -> Option<Moment> {
        self.must_be_given(name);
        self.moment(name)
    }

    /// A UUID with its hyphens.
    pub fn uuid(&mut self, name: &str) -> Option<uuid::Uuid> {
        let text = self.text(name)?;
        let parsed = hyphenated(&text);
        if parsed.is_none() {
            self.fault(name, "must be a UUID");
        }
        parsed
    }

    /// A whole number within bounds.
    pub fn number(&mut self, name: &str, least: u64, most: u64) -> Option<u64> {
        let text = self.text(name)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text
            .parse()
            .ok()
            .filter(|n| (least..=most).contains(n) && digits);
        if number.is_none() {
            self.fault(name, format!("must be a whole number, {least} to {most}"));
        }
        number
    }

    /// One of several words.
    pub fn one_of(&mut self, name: &str, words: &[&str]) -> Option<String> {
        let text = self.text(name)?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        self.fault(name, format!("must be one of {}", words.join(", ")));
        None
    }

    /// Parses one of the words of a type.
    pub fn word<T: FromStr>(&mut self, name: &str, words: &[&str]) -> Option<T> {
        self.one_of(name, words)?.parse().ok()
    }

    /// A boolean.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.one_of(name, YES_AND_NO).map(|word| word == "true")
    }

    /// The number of items on a page.
    pub fn limit(&mut self) -> u64 {
        self.number("limit", 1, PAGE_ITEMS_MAX)
            .unwrap_or(PAGE_ITEMS_DEFAULT)
    }

    /// A position of the log.
    pub fn position(&mut self, name: &str) -> Option<u64> {
        self.number(name, 0, i64::MAX as u64)
    }

    /// A required position.
    pub fn required_position(&mut self, name: &str) -> Option<u64> {
        self.must_be_given(name);
        self.position(name)
    }

    /// The time or position at which to read a resource.
    pub fn at(&mut self) -> Option<At> {
        let position = self.position("at").map(At::Position);
        let time = self.moment("as_of").map(At::Time);
        if position.is_some() && time.is_some() {
            self.fault("as_of", "and at cannot both be given");
        }
        position.or(time)
    }

    /// Refuses faults and unknown parameters.
    ///
    /// # Errors
    ///
    /// A problem with all faults and unknown parameters.
    pub fn finish(mut self) -> Result<(), Problem> {
        let unknown: Vec<_> = self.given.drain(..).map(|(name, _)| name).collect();
        for name in unknown {
            self.fault(&name, "is unknown");
        }
        let detail = match self.faults.as_slice() {
            [] => return Ok(()),
            [one] => format!(
                "{} {}.",
                one.parameter.as_deref().unwrap_or_default(),
                one.detail
            ),
            many => format!("{} parameters are invalid.", many.len()),
        };
        Err(Problem::new(&kinds::INVALID_PARAMETER, detail).with_faults(self.faults))
    }
}

/// A UUID in its usual form, 36 characters with hyphens.
pub(crate) fn hyphenated(text: &str) -> Option<uuid::Uuid> {
    (text.len() == 36).then(|| uuid::Uuid::try_parse(text).ok())?
}

/// The same query string with another cursor, for the link to the next page.
pub(crate) fn with_cursor(uri: &Uri, cursor: &str) -> String {
    with(uri, "cursor", cursor)
}

/// The same query string with another value of one parameter, starting at the first page.
pub(crate) fn with(uri: &Uri, name: &str, value: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let replaced = |part: &str| {
        let own = part.split('=').next().unwrap_or_default();
        own.is_empty() || own == "cursor" || own == name
    };
    let mut kept: Vec<&str> = query.split('&').filter(|part| !replaced(part)).collect();
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let added = format!("{name}={value}");
    kept.push(&added);
    format!("{}?{}", uri.path(), kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Parameters {
        Parameters::of(&format!("/x?{query}").parse().unwrap()).unwrap()
    }

    fn faults(parameters: Parameters) -> Vec<String> {
        let text =
            serde_json::to_value(parameters.finish().err().map(|problem| {
                serde_json::to_value(problem.body("", "")).unwrap()["errors"].clone()
            }));
        let errors = text.unwrap();
        let list = errors.as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|error| error["parameter"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (query, wrong) in [
            ("", &[][..]),
            ("limit=200&at=7", &[]),
            ("limit=0", &["limit"]),
            ("limit=201", &["limit"]),
            ("limit=%2b5", &["limit"]),
            ("limit=5&limit=6", &["limit"]),
            ("limit=", &["limit"]),
            ("colour=red", &["colour"]),
            ("at=-1&x=1", &["at", "x"]),
            ("at=9223372036854775808", &["at"]),
            ("as_of=yesterday", &["as_of"]),
            ("at=1&as_of=2027-01-01T00:00:00Z", &["as_of"]),
            ("name=%00", &["name"]),
            ("%ff=%ff", &["\u{fffd}"]),
        ] {
            let mut parameters = of(query);
            parameters.limit();
            parameters.at();
            parameters.line("name", 10);
            assert_eq!(faults(parameters), wrong, "{query}");
        }
    }

    #[test]
    fn a_plus_sign_in_a_time_works_escaped_or_not() {
        for (time, expected) in [
            (
                "2027-01-01T00:00:00+02:00",
                Some("2026-12-31T22:00:00.000000Z"),
            ),
            (
                "2027-01-01T00:00:00%2B02:00",
                Some("2026-12-31T22:00:00.000000Z"),
            ),
            (
                "2027-01-01T00:00:00.5+02:00",
                Some("2026-12-31T22:00:00.500000Z"),
            ),
            (
                "2027-01-01T00:00:00-02:00",
                Some("2027-01-01T02:00:00.000000Z"),
            ),
            ("2027-01-01T00:00:00Z", Some("2027-01-01T00:00:00.000000Z")),
            (
                "2027-01-01+00:00:00+02:00",
                Some("2026-12-31T22:00:00.000000Z"),
            ),
            ("2027-01-01+00:00:00Z", Some("2027-01-01T00:00:00.000000Z")),
            ("2027-01-01T00:00:00+", None),
            ("+", None),
        ] {
            let mut parameters = of(&format!("as_of={time}"));
            let read = parameters.moment("as_of").map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{time}");
            assert_eq!(faults(parameters).is_empty(), expected.is_some(), "{time}");
        }
    }

    #[test]
    fn the_next_page_keeps_the_filters() {
        for (address, expected) in [
            ("/api/log", "/api/log?cursor=ab"),
            (
                "/api/log?limit=2&cursor=cd&actor=a%26b",
                "/api/log?limit=2&actor=a%26b&cursor=ab",
            ),
        ] {
            assert_eq!(with_cursor(&address.parse().unwrap(), "ab"), expected);
        }
    }
}
