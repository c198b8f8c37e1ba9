//! Copies the texts of an error and its sources without addresses, users and passwords.

use super::denies_access;
use sqlx::mysql::MySqlDatabaseError;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, SocketAddr};

/// Stands where something was left out.
const HIDDEN: &str = "…";

/// The redacted text of an error, and of its source.
#[derive(Debug)]
pub(super) struct Redacted {
    said: String,
    source: Option<Box<Redacted>>,
}

impl Display for Redacted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl Error for Redacted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

/// The redacted copy of what caused an error, or of the error itself if nothing else did.
pub(super) fn cause(error: &(dyn Error + 'static)) -> Redacted {
    let mut chain = std::iter::successors(Some(error), |&error| error.source());
    let hides_quoted = chain.any(quotes_hosts);
    copy(error.source().unwrap_or(error), hides_quoted)
}

/// Whether an error may name a host in quotes, as certificates and refused logins do. The errors
/// above it may repeat its text.
fn quotes_hosts(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Tls(_) | sqlx::Error::Configuration(_)) => true,
        Some(sqlx::Error::Database(error)) => error
            .try_downcast_ref::<MySqlDatabaseError>()
            .is_some_and(denies_access),
        _ => error.is::<std::io::Error>(),
    }
}

fn copy(error: &(dyn Error + 'static), hides_quoted: bool) -> Redacted {
    let said = error.to_string();
    let source = error.source();
    Redacted {
        said: match hides_quoted {
            true => text(&unquoted(&said)),
            false => text(&said),
        },
        source: source.map(|source| Box::new(copy(source, hides_quoted))),
    }
}

/// A text without URLs, accounts and IP addresses.
pub(super) fn text(said: &str) -> String {
    let words = said.split_inclusive(char::is_whitespace);
    words
        .map(|word| {
            let bare = word
                .trim()
                .trim_end_matches([':', '.', ',', ';', ')', '\'', '"']);
            let bare = bare.trim_start_matches(['(', '\'', '"']);
            let is_address = bare.parse::<IpAddr>().is_ok() || bare.parse::<SocketAddr>().is_ok();
            let is_private = is_address || word.contains("://") || word.contains('@');
            match word.strip_suffix(char::is_whitespace) {
                Some(_) if is_private => format!("{HIDDEN} "),
                None if is_private => HIDDEN.to_owned(),
                _ => word.to_owned(),
            }
        })
        .collect()
}

/// A text without what stands in quotes. An apostrophe within a word is none.
fn unquoted(said: &str) -> String {
    let mut text = String::new();
    let mut opened = None;
    let mut before = ' ';
    let mut characters = said.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let is_within = before.is_alphanumeric() && after.is_alphanumeric();
        let is_quote = matches!(character, '"' | '`') || (character == '\'' && !is_within);
        match opened {
            None if is_quote => {
                opened = Some(character);
                text += HIDDEN;
            }
            None => text.push(character),
            Some(quote) if quote == character && is_quote => opened = None,
            Some(_) => {}
        }
        before = character;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_things_are_left_out() {
        for (said, expected) in [
            (
                "Table 'log_head' doesn't exist",
                "Table 'log_head' doesn't exist",
            ),
            ("at mysql://anna:secret@db:3306/name now", "at … now"),
            (
                "user 'anna'@'10.0.0.1' (using password: YES)",
                "user … (using password: YES)",
            ),
            ("connect to 10.0.0.1:3306: refused", "connect to … refused"),
            ("connect to [::1]:3306.", "connect to …"),
            ("error 1146: no table", "error 1146: no table"),
        ] {
            assert_eq!(text(said), expected);
        }
        assert_eq!(
            unquoted("couldn't connect to 'db.example' or \"other's.example\" now"),
            "couldn't connect to … or … now"
        );
        assert_eq!(
            unquoted("certificate not valid for name \"db.example\"; try again"),
            "certificate not valid for name …; try again"
        );
    }

    #[test]
    fn the_whole_chain_is_copied() {
        let denied = "Host 'db.example' is not allowed to connect";
        let error = sqlx::Error::Io(std::io::Error::other(denied));
        let copied = cause(&error);
        assert_eq!(copied.to_string(), "Host … is not allowed to connect");
        let tls = std::io::Error::other("no certificate for \"db.example\"");
        let error = sqlx::Error::Tls(Box::new(sqlx::Error::Io(tls)));
        let copied = cause(&error);
        let said = domain::causes::WithCauses(&copied).to_string();
        assert!(!said.contains("db.example"), "{said}");
        assert!(said.contains("no certificate for …"), "{said}");
    }
}
