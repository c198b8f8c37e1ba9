//! The list of consumers.

use super::consumer::EVERYONE;
use super::{Consumer, ConsumerStatus};
use crate::list::{Filter, Listed};

/// All registered consumers, sorted by name. Removed ones are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsumerFilter {}

impl Listed for Consumer {
    type Filter = ConsumerFilter;
}

impl Filter for ConsumerFilter {
    type Of = Consumer;

    fn admits(&self, consumer: &Consumer) -> bool {
        consumer.status != ConsumerStatus::Removed
    }

    fn groups(&self) -> Vec<String> {
        vec![EVERYONE.to_owned()]
    }

    fn place(consumer: &Consumer) -> String {
        consumer.name.to_string()
    }
}
