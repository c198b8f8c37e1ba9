//! Shows an error together with its causes.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// An error and the chain of its sources, separated by colons, for logs and operators. A source
/// whose text stands before it already is left out.
pub struct WithCauses<'a>(pub &'a dyn Error);

impl Display for WithCauses<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        let mut source = self.0.source();
        while let Some(cause) = source {
            let said = cause.to_string();
            if !text.contains(&said) {
                text = format!("{text}: {said}");
            }
            source = cause.source();
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::WithCauses;
    use crate::log::store::{StoreError, StoreFault};

    #[test]
    fn every_cause_is_shown_once() {
        let socket = std::io::Error::other("no route to host");
        let lost = StoreError::Unavailable(StoreFault::new("I/O failed").because(socket));
        let again = StoreError::Retry(StoreFault::new("the commit failed").because(lost));
        assert_eq!(
            WithCauses(&again).to_string(),
            "the database asks to try again: the commit failed: the database is not available: \
             I/O failed: no route to host"
        );
        let twice = StoreFault::new("no route to host").because(std::io::Error::other("host"));
        assert_eq!(
            WithCauses(&StoreError::Data(twice)).to_string(),
            "the database refused the data: no route to host"
        );
    }
}
