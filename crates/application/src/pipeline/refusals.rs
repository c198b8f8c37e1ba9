//! Which refusals are kept one by one, and how much of their input. Nobody fills the disk with what
//! was refused to them.

use domain::Moment;
use domain::limits::{INPUT_BEGINNING_BYTES, REFUSALS_KEPT_A_DAY};
use domain::log::retention::{RefusalCounts, RefusalSort, day};
use domain::log::{Actor, Hash};
use serde_json::json;
use std::collections::HashMap;

/// What this process has kept and counted of each caller's refusals.
#[derive(Debug, Default)]
pub(super) struct KeptRefusals {
    /// The day that `kept` belongs to.
    day: String,
    kept: HashMap<Actor, u64>,
    /// Refusals that are only counted, until somebody stores the numbers.
    counted: RefusalCounts,
}

/// What one batch adds to it, once it is committed.
#[derive(Debug, Default)]
pub(super) struct NewRefusals {
    day: String,
    kept: HashMap<Actor, u64>,
    counted: RefusalCounts,
}

impl KeptRefusals {
    /// Adds what a batch has kept and counted.
    pub(super) fn add(&mut self, new: NewRefusals) {
        if new.day != self.day && !new.day.is_empty() {
            self.kept.clear();
            self.day = new.day;
        }
        for (actor, kept) in new.kept {
            *self.kept.entry(actor).or_default() += kept;
        }
        for (sort, count) in new.counted {
            *self.counted.entry(sort).or_default() += count;
        }
    }

    /// Takes the numbers of refusals that are only counted.
    pub(super) fn take_counted(&mut self) -> RefusalCounts {
        std::mem::take(&mut self.counted)
    }

    fn kept(&self, actor: &Actor, day: &str) -> u64 {
        let kept = self.kept.get(actor).filter(|_| self.day == day);
        kept.copied().unwrap_or_default()
    }
}

impl NewRefusals {
    /// Whether one more refusal of a caller is kept. If not, it is counted.
    pub(super) fn keeps(
        &mut self,
        earlier: &KeptRefusals,
        (now, actor): (Moment, &Actor),
        (operation, rule): (&str, &str),
    ) -> bool {
        self.day = day(now);
        let before = earlier.kept(actor, &self.day);
        let kept = self.kept.entry(actor.clone()).or_default();
        if before + *kept < REFUSALS_KEPT_A_DAY {
            *kept += 1;
            return true;
        }
        let sort = RefusalSort::new(now, actor.clone(), operation.to_owned(), rule.to_owned());
        *self.counted.entry(sort).or_default() += 1;
        false
    }
}

/// An input as it is, up to a size in bytes. Of a larger one, its size, digest and beginning.
pub(crate) fn abridged(input: String, bytes_max: usize) -> String {
    if input.len() <= bytes_max {
        return input;
    }
    let beginning = &input[..input.floor_char_boundary(INPUT_BEGINNING_BYTES)];
    json!({ "abridged": {
        "bytes": input.len(),
        "sha256": Hash::of(input.as_bytes()).to_string(),
        "beginning": beginning,
    }})
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_its_own_number_each_day() {
        let moment = |text: &str| text.parse::<Moment>().expect("a time");
        let [anna, bert] = ["user:anna", "user:bert"].map(|text| text.parse().expect("an actor"));
        let mut all = KeptRefusals::default();
        let mut keeps = |time: &str, actor: &Actor, times: u64| {
            let mut new = NewRefusals::default();
            let by = (moment(time), actor);
            let one = |_| new.keeps(&all, by, ("cancel-cargo", "Policy"));
            let kept = (0..times).map(one).filter(|kept| *kept).count();
            all.add(new);
            kept as u64
        };
        let (day, next) = ("2027-03-01T23:59:59Z", "2027-03-02T00:00:00Z");
        assert_eq!(
            keeps(day, &anna, REFUSALS_KEPT_A_DAY - 1),
            REFUSALS_KEPT_A_DAY - 1
        );
        assert_eq!(keeps(day, &anna, 3), 1);
        assert_eq!(keeps(day, &anna, 3), 0);
        assert_eq!(keeps(day, &bert, 3), 3);
        assert_eq!(keeps(next, &anna, 3), 3);
        let counted = all.take_counted();
        let sort = |rule: &str| {
            RefusalSort::new(
                moment(day),
                anna.clone(),
                "cancel-cargo".to_owned(),
                rule.to_owned(),
            )
        };
        assert_eq!(counted, RefusalCounts::from([(sort("Policy"), 5)]));
        assert!(all.take_counted().is_empty());
    }
}
