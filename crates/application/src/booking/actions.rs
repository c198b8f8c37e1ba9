//! What a caller may do with a cargo now, and why not the rest. Each operation is rehearsed, or its
//! preconditions are asked of the domain where it needs an input that only the caller knows.

use super::{
    AcceptBooking, AmendCargo, AssignContainers, AssignItinerary, CancelCargo,
    ChangeArrivalDeadline, ChangeDestination, ConfirmBooking, RejectBooking, ReleaseCargo,
    RerouteCargo, RollCargo, SplitCargo,
};
use crate::catalogue::{Runnable, ready};
use crate::handling::RegisterHandlingEvent;
use crate::operation::{About, Operation};
use crate::queries::{QueryError, Reading, Rehearsal};
use domain::booking::{Cargo, TrackingId};
use domain::customers::Customer;
use domain::limits::REASON_CHARS_MAX;
use domain::text::Text;
use domain::voyages::Voyage;
use domain::{Moment, Rejection};
use serde_json::{Map, Value, json};

/// One operation on a cargo.
#[derive(Debug)]
pub struct CargoAction {
    pub operation: &'static About,
    /// The part of the input that is known. The caller fills in the rest.
    pub input: Map<String, Value>,
    /// Why the caller cannot run it now, whatever the rest of the input.
    pub refusal: Option<Rejection>,
}

/// How to find out whether an operation is possible.
enum Trial {
    /// Rehearse it with this input, which stands for any.
    Rehearse(Box<dyn Runnable>),
    /// The domain has decided.
    Decided(Result<(), Rejection>),
}

/// An operation with its trial, and the part of its input that is known.
type Candidate = (&'static About, Value, Trial);

/// What the trials look at.
struct Surroundings<'a> {
    cargo: &'a Cargo,
    customer: Option<Customer>,
    aboard: Option<Voyage>,
    /// Whether the caller acts for its customer and has no other role.
    by_its_customer: bool,
    now: Moment,
}

impl Reading {
    /// The operations on a cargo, in the order of its life, each with the reason why it is not
    /// possible, if it is not.
    ///
    /// # Errors
    ///
    /// When the caller may not read the cargo, or when the store fails.
    pub async fn cargo_actions(
        &mut self,
        cargo: &TrackingId,
    ) -> Result<Vec<CargoAction>, QueryError> {
        let cargo: Cargo = self.state(cargo).await?;
        let around = Surroundings {
            customer: self.find_state(&cargo.customer).await?,
            aboard: match cargo.delivery().current_voyage {
                Some(voyage) => self.find_state(&voyage).await?,
                None => None,
            },
            by_its_customer: self.principal().confined_to().is_some(),
            now: self.now(),
            cargo: &cargo,
        };
        let candidates = around.candidates();
        let mut rehearsed = Vec::new();
        for (about, _, trial) in &candidates {
            if let Trial::Rehearse(operation) = trial {
                rehearsed.push((*about, operation.as_ref(), None));
            }
        }
        let answers = self.judge_each(&rehearsed, Rehearsal::Alone, around.now);
        let mut answers = answers.await?.into_iter();
        let mut actions = Vec::with_capacity(candidates.len());
        for (about, input, trial) in candidates {
            let answer = match trial {
                Trial::Rehearse(_) => {
                    let answer = answers.next().expect("an answer for each rehearsal");
                    answer.map(drop).map_err(|(_, rejection)| rejection)
                }
                Trial::Decided(decided) => match self.permit_to_run(about) {
                    Err(QueryError::Forbidden(rejection)) => Err(rejection),
                    permitted => permitted.map(|()| decided)?,
                },
            };
            let mut known = Map::from_iter([("cargo".to_owned(), json!(cargo.tracking_id))]);
            if let Value::Object(further) = input {
                known.extend(further);
            }
            actions.push(CargoAction {
                operation: about,
                input: known,
                refusal: answer.err(),
            });
        }
        Ok(actions)
    }
}

impl Surroundings<'_> {
    /// Any deadline ahead: it stands for the one that the caller will choose.
    fn deadline(&self) -> Candidate {
        let ready_from = self.cargo.route_specification.ready_from;
        let change = ChangeArrivalDeadline {
            cargo: self.cargo.tracking_id.clone(),
            arrival_deadline: ready_from
                .map_or(self.now, |ready_from| ready_from.max(self.now))
                .plus_hours(1),
            reason: None,
        };
        let trial = Trial::Rehearse(ready(change));
        (&ChangeArrivalDeadline::ABOUT, Value::Null, trial)
    }

    fn candidates(&self) -> Vec<Candidate> {
        let cargo = || self.cargo.tracking_id.clone();
        let reason = || -> Text<REASON_CHARS_MAX> { "-".parse().expect("a reason") };
        let of = |about, operation| (about, Value::Null, Trial::Rehearse(operation));
        let decided = |about, trial| (about, Value::Null, Trial::Decided(trial));
        let destination = self.cargo.route_specification.destination.clone();
        vec![
            self.route(),
            of(
                &AcceptBooking::ABOUT,
                ready(AcceptBooking {
                    cargo: cargo(),
                    reason: None,
                }),
            ),
            of(
                &ConfirmBooking::ABOUT,
                ready(ConfirmBooking {
                    cargo: cargo(),
                    reason: None,
                }),
            ),
            decided(
                &AmendCargo::ABOUT,
                self.cargo.may_be_amended(self.by_its_customer),
            ),
            decided(&SplitCargo::ABOUT, self.cargo.may_be_split()),
            decided(
                &AssignContainers::ABOUT,
                self.cargo.may_be_given_containers(),
            ),
            self.roll(),
            self.reroute(),
            of(
                &ChangeDestination::ABOUT,
                ready(ChangeDestination {
                    cargo: cargo(),
                    destination,
                    reason: None,
                }),
            ),
            self.deadline(),
            of(
                &RejectBooking::ABOUT,
                ready(RejectBooking {
                    cargo: cargo(),
                    reason: reason(),
                }),
            ),
            of(
                &ReleaseCargo::ABOUT,
                ready(ReleaseCargo {
                    cargo: cargo(),
                    reason: None,
                }),
            ),
            of(
                &CancelCargo::ABOUT,
                ready(CancelCargo {
                    cargo: cargo(),
                    reason: reason(),
                }),
            ),
            self.report(),
        ]
    }

    /// Routes are looked for from the origin; `assign-itinerary` stands for `book-onto-voyage`,
    /// too.
    fn route(&self) -> Candidate {
        let may = self
            .customer
            .as_ref()
            .map(|own| self.cargo.may_be_routed(own, self.now));
        let about = &AssignItinerary::ABOUT;
        (about, Value::Null, Trial::Decided(may.unwrap_or(Ok(()))))
    }

    fn roll(&self) -> Candidate {
        let from = self.cargo.voyage_to_roll(self.now);
        let input = from
            .as_ref()
            .ok()
            .map(|from| json!({ "from_voyage": from }));
        let may = from.map(drop);
        (
            &RollCargo::ABOUT,
            input.unwrap_or_default(),
            Trial::Decided(may),
        )
    }

    fn reroute(&self) -> Candidate {
        let delivery = self.cargo.delivery();
        let input = match delivery.current_voyage {
            None => delivery
                .last_known_location
                .map(|here| json!({ "origin": here })),
            Some(_) => None,
        };
        let may = self.cargo.may_be_rerouted(self.aboard.as_ref(), self.now);
        (
            &RerouteCargo::ABOUT,
            input.unwrap_or_default(),
            Trial::Decided(may),
        )
    }

    fn report(&self) -> Candidate {
        let next = self.cargo.delivery().next_expected;
        let input = next.map(|next| {
            let mut input = json!({ "type": next.handling_type, "location": next.location });
            if let Some(voyage) = &next.voyage {
                input["voyage"] = json!(voyage);
            }
            input
        });
        let may = self.cargo.may_be_handled();
        let about = &RegisterHandlingEvent::ABOUT;
        (about, input.unwrap_or_default(), Trial::Decided(may))
    }
}
