//! Direct voyages to choose from, with the reasons against those that do not take the cargo.

use super::routes::between;
use crate::messages;
use crate::pages::form::new_key;
use crate::pages::places::{Glance, LocalTime, Places};
use crate::pages::words;
use crate::voyages::pages::gauge::Gauge;
use application::booking::VoyageOffer;
use domain::Moment;
use domain::space::SpaceLimit;
use domain::voyages::rules::LoadMayNotPassTheLine;

/// A voyage that calls at the origin and later at the destination.
pub(crate) struct VoyageChoice {
    pub(crate) number: String,
    pub(crate) vessel: String,
    pub(crate) departs: LocalTime,
    pub(crate) arrives: LocalTime,
    pub(crate) days: String,
    pub(crate) cut_off_in: String,
    pub(crate) left: String,
    pub(crate) gauges: Vec<Gauge>,
    /// Whether it arrives after the deadline, so that trying it would be in vain.
    pub(crate) is_late: bool,
    /// Why it does not fit, as of now.
    pub(crate) why_not: Option<String>,
    pub(crate) departs_at: Moment,
    pub(crate) key: String,
}

impl VoyageChoice {
    pub(super) fn new(
        offer: &VoyageOffer,
        deadline: Moment,
        places: &Places,
        now: Moment,
    ) -> Option<Self> {
        let (voyage, crossed) = (&offer.voyage, offer.movements());
        let (load, unload) = (crossed.first()?, crossed.last()?);
        let least = crossed
            .iter()
            .map(|movement| movement.left().unwrap_or_default());
        let least = least.reduce(SpaceLimit::min)?;
        let why_not = offer.refusal.as_ref();
        // The load explains a refusal only if space is what is missing.
        let is_told = why_not.is_none_or(|own| own.breaks(&LoadMayNotPassTheLine));
        Some(Self {
            number: voyage.voyage.to_string(),
            vessel: voyage.vessel.name.to_string(),
            departs: places.time(&load.from, load.departs),
            arrives: places.time(&unload.to, unload.arrives),
            days: between(load.departs, unload.arrives),
            cut_off_in: words::distance(voyage.cut_off(load), now),
            left: words::space(least.into()),
            gauges: crossed
                .iter()
                .filter(|_| is_told)
                .filter_map(|movement| Gauge::tighter(movement, voyage.capacity, places))
                .collect(),
            is_late: unload.arrives > deadline,
            why_not: why_not.map(|rejection| messages::short(rejection, &Glance(places))),
            departs_at: load.departs,
            key: new_key(now),
        })
    }
}
