//! What can carry a cargo: routes, the direct voyages from its port, and the voyages that it can be
//! rolled to. Whether a voyage takes the cargo is found by rehearsing the operation.

use super::views::{CargoView, LegView};
use super::{BookOntoVoyage, RollCargo, RouteView, TRANSHIPMENTS_DEFAULT};
use crate::catalogue::{Runnable, ready};
use crate::operation::{About, Operation};
use crate::queries::{Queries, QueryError, Reading, Rehearsal};
use crate::voyages::{MovementView, VoyageView};
use domain::booking::{Cargo, Leg, TrackingId, Wanted};
use domain::limits::ALTERNATIVES_MAX;
use domain::locations::UnLocode;
use domain::voyages::{Voyage, VoyageFilter, VoyageNumber, VoyageStatus};
use domain::{Moment, Rejection};
use std::ops::Range;

/// The maximum number of voyages looked at for one cargo.
const VOYAGES_MAX: usize = 1_000;
/// The maximum number of voyages that an operation is rehearsed with: the nearest.
const REHEARSED_MAX: usize = 100;
/// How many later sailings are offered for each number of transhipments.
pub(super) const SAILINGS_OFFERED: usize = ALTERNATIVES_MAX as usize;
/// How far ahead to look for routes that arrive too late: two years.
const LOOKED_AHEAD_HOURS: i64 = 2 * 365 * 24;

/// What can carry a cargo from its origin to its destination.
#[derive(Debug, Default)]
pub struct CargoOffers {
    /// Routes that arrive by the deadline, with later sailings.
    pub routes: Vec<RouteView>,
    /// The earliest arrival after the deadline, if no route arrives by it.
    pub too_late: Option<Moment>,
    /// Voyages that have not left its origin and call at its destination later.
    pub voyages: Vec<VoyageOffer>,
}

/// A voyage that sails where a cargo goes.
#[derive(Debug)]
pub struct VoyageOffer {
    pub voyage: VoyageView,
    /// Its movements between the ports, by index.
    pub crossed: Range<usize>,
    /// Why it does not take the cargo now.
    pub refusal: Option<Rejection>,
}

impl VoyageOffer {
    /// The movements between the ports.
    #[must_use]
    pub fn movements(&self) -> &[MovementView] {
        &self.voyage.movements[self.crossed.clone()]
    }
}

/// A voyage that a cargo can be rolled to, with the times of its leg there.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RollOffer {
    pub load_time: Moment,
    pub unload_time: Moment,
    pub voyage: VoyageNumber,
}

/// A voyage between the ports of a leg that does not take the cargo now.
#[derive(Debug)]
pub struct RollRefusal {
    pub voyage: VoyageNumber,
    pub departs: Moment,
    pub refusal: Rejection,
}

/// The voyages that sail between the ports of a leg.
#[derive(Debug, Default)]
pub struct RollOffers {
    /// Those that take the cargo now, by departure.
    pub takers: Vec<RollOffer>,
    /// The others, by departure.
    pub others: Vec<RollRefusal>,
}

impl Queries {
    /// What can carry a cargo now.
    ///
    /// # Errors
    ///
    /// When the caller may not read the cargo or the timetable, or when the store fails.
    pub async fn cargo_offers(
        &self,
        reading: &mut Reading,
        cargo: &TrackingId,
    ) -> Result<CargoOffers, QueryError> {
        let cargo: Cargo = reading.state(cargo).await?;
        let now = reading.now();
        let aboard = match cargo.delivery().current_voyage {
            Some(voyage) => reading.find_state::<Voyage>(&voyage).await?,
            None => None,
        };
        let loadable_from = cargo.loadable_from(aboard.as_ref(), now);
        let specification = &cargo.route_specification;
        let wanted = Wanted {
            origin: specification.origin.clone(),
            destination: specification.destination.clone(),
            arrive_by: specification.arrival_deadline,
            depart_after: loadable_from,
            now,
            size: cargo.space(),
            classes: cargo.classes(),
            held: cargo.legs().to_vec(),
            transhipments_max: TRANSHIPMENTS_DEFAULT,
            alternatives: SAILINGS_OFFERED,
        };
        let (routes, too_late) = self.routes_in_time(reading, wanted).await?;
        // One that leaves before the cargo is ready is shown with that reason.
        let shown_from = match cargo.awaited_from() {
            Some(_) => now,
            None => loadable_from,
        };
        let voyages = reading.direct_voyages(&cargo, shown_from).await?;
        Ok(CargoOffers {
            routes,
            too_late,
            voyages,
        })
    }

    /// The routes that arrive by the deadline or, if there are none, the earliest arrival after it.
    pub(super) async fn routes_in_time(
        &self,
        reading: &mut Reading,
        mut wanted: Wanted,
    ) -> Result<(Vec<RouteView>, Option<Moment>), QueryError> {
        let routes = self.find_routes(reading, &wanted).await?.items;
        if !routes.is_empty() {
            return Ok((routes, None));
        }
        wanted.alternatives = 0;
        wanted.arrive_by = wanted.now.plus_hours(LOOKED_AHEAD_HOURS);
        let found = self.find_routes(reading, &wanted).await?.items;
        Ok((routes, found.first().map(|route| route.arrives)))
    }
}

impl Reading {
    /// The voyages that sail from a cargo's origin to its destination: those that depart from a
    /// time on, and the one that it is aboard.
    async fn direct_voyages(
        &mut self,
        cargo: &Cargo,
        shown_from: Moment,
    ) -> Result<Vec<VoyageOffer>, QueryError> {
        let specification = &cargo.route_specification;
        let (from, to) = (&specification.origin, &specification.destination);
        let now = self.now();
        let aboard = cargo.delivery().current_voyage;
        let mut offers = Vec::new();
        for voyage in self.calling_at(from).await? {
            let Some(crossed) = crossed(&voyage, from, to) else {
                continue;
            };
            let departs = voyage.movements[crossed.start].departs;
            let stays_aboard = aboard.as_ref() == Some(&voyage.voyage);
            if departs > now && (stays_aboard || departs >= shown_from) {
                offers.push(VoyageOffer {
                    voyage,
                    crossed,
                    refusal: None,
                });
            }
        }
        offers.sort_by_key(|offer| offer.movements().first().map(|load| load.departs));
        offers.truncate(REHEARSED_MAX);
        let trials: Vec<_> = offers
            .iter()
            .map(|offer| {
                ready(BookOntoVoyage {
                    cargo: cargo.tracking_id.clone(),
                    voyage: offer.voyage.voyage.clone(),
                    load_at: None,
                    unload_at: None,
                    reason: None,
                })
            })
            .collect();
        let answers = self.each(&BookOntoVoyage::ABOUT, &trials).await?;
        for (offer, answer) in offers.iter_mut().zip(answers) {
            offer.refusal = answer.err();
        }
        Ok(offers)
    }

    /// The voyages that a cargo can be rolled to now instead of a leg, and why not to the others.
    ///
    /// # Errors
    ///
    /// When the caller may not read voyages, or when the store fails.
    pub async fn roll_offers(
        &mut self,
        cargo: &CargoView,
        leg: &LegView,
    ) -> Result<RollOffers, QueryError> {
        let nearest = self.nearest(leg).await?;
        let trials: Vec<_> = nearest
            .iter()
            .map(|(_, voyage)| {
                ready(RollCargo {
                    cargo: cargo.cargo.clone(),
                    from_voyage: leg.voyage.clone(),
                    to_voyage: voyage.clone(),
                    load_time: None,
                    unload_time: None,
                    unload_at: None,
                    onward: None,
                    reason: None,
                })
            })
            .collect();
        let answers = self.each(&RollCargo::ABOUT, &trials).await?;
        let mut offers = RollOffers::default();
        for ((departs, voyage), answer) in nearest.into_iter().zip(answers) {
            match answer.map(|outcome| legs(&outcome)) {
                Err(refusal) => offers.others.push(RollRefusal {
                    voyage,
                    departs,
                    refusal,
                }),
                Ok(legs) => {
                    let leg = legs.into_iter().find(|leg| leg.voyage == voyage);
                    offers.takers.extend(leg.map(|leg| RollOffer {
                        load_time: leg.load_time,
                        unload_time: leg.unload_time,
                        voyage,
                    }));
                }
            }
        }
        offers.takers.sort();
        offers.others.sort_by_key(|own| own.departs);
        Ok(offers)
    }

    /// Rehearses one operation with several inputs. Returns the outcomes.
    async fn each(
        &mut self,
        about: &'static About,
        trials: &[Box<dyn Runnable>],
    ) -> Result<Vec<Result<String, Rejection>>, QueryError> {
        let asked: Vec<_> = trials
            .iter()
            .map(|trial| (about, trial.as_ref(), None))
            .collect();
        let now = self.now();
        let answers = self.judge_each(&asked, Rehearsal::Alone, now).await?;
        let answers = answers.into_iter().map(|answer| {
            let outcome = answer.map(|rehearsed| rehearsed.outcome);
            outcome.map_err(|(_, rejection)| rejection)
        });
        Ok(answers.collect())
    }

    /// Voyages that have not arrived at their last port and call at this one.
    async fn calling_at(&mut self, port: &UnLocode) -> Result<Vec<VoyageView>, QueryError> {
        let mut found = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let filter = VoyageFilter {
                port: Some(port.clone()),
                arrives_from: Some(self.now()),
                ..VoyageFilter::default()
            };
            let page = self.list::<Voyage>(filter, cursor.as_deref(), 200).await?;
            found.extend(page.items);
            cursor = page.next;
            if cursor.is_none() || found.len() >= VOYAGES_MAX {
                return Ok(found);
            }
        }
    }

    /// The voyages that have not left the first port of a leg and sail from there to its last port.
    /// Sorted by how close their departure is to the leg's, and limited to the number to rehearse.
    async fn nearest(&mut self, leg: &LegView) -> Result<Vec<(Moment, VoyageNumber)>, QueryError> {
        let now = self.now();
        let leaves = |voyage: &VoyageView| {
            let mut left = voyage
                .movements
                .iter()
                .skip_while(|movement| movement.from != leg.load_at || movement.has_departed(now));
            let departs = left.clone().next()?.departs;
            let leads = left.any(|movement| movement.to == leg.unload_at);
            (leads && voyage.status == VoyageStatus::Scheduled).then_some(departs)
        };
        let calling = self.calling_at(&leg.load_at).await?;
        let mut found: Vec<_> = calling
            .into_iter()
            .filter_map(|voyage| Some((leaves(&voyage)?, voyage.voyage)))
            .collect();
        found.sort_by_key(|(departs, _)| (departs.micros() - leg.load_time.micros()).abs());
        found.truncate(REHEARSED_MAX);
        Ok(found)
    }
}

/// The movements of a voyage from its first call at one port to its next call at another.
fn crossed(voyage: &VoyageView, from: &UnLocode, to: &UnLocode) -> Option<Range<usize>> {
    let movements = &voyage.movements;
    let first = movements
        .iter()
        .position(|movement| movement.from == *from && !movement.from_omitted)?;
    let length = movements[first..]
        .iter()
        .position(|movement| movement.to == *to && !movement.to_omitted)?;
    Some(first..first + length + 1)
}

/// The legs in the outcome of a rehearsed operation.
fn legs(outcome: &str) -> Vec<Leg> {
    #[derive(serde::Deserialize)]
    struct Legs {
        legs: Vec<Leg>,
    }
    serde_json::from_str::<Legs>(outcome).map_or_else(|_| Vec::new(), |outcome| outcome.legs)
}
