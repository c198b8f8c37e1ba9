//! Where one container of a cargo is, for someone who asked for it by its number.

use super::track_step::TrackStepView;
use crate::schema;
use domain::Moment;
use domain::booking::{Cargo, ContainerNumber, Delivery, Flag, Handled, TransportStatus};
use domain::handling::{Activity, HandlingType};
use domain::locations::UnLocode;
use domain::voyages::VoyageNumber;
use serde::Serialize;
use utoipa::ToSchema;

/// A container in public tracking, compared with the other containers of its cargo.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackContainerView {
    /// The container number.
    #[schema(schema_with = schema::container_number)]
    pub container: ContainerNumber,
    /// `NOT_RECEIVED`, `IN_PORT`, `ONBOARD_CARRIER` or `CLAIMED`: by the last report about it or about
    /// the whole cargo.
    #[schema(value_type = String)]
    pub transport_status: TransportStatus,
    /// The location of that report.
    #[schema(value_type = Option<String>)]
    pub last_known_location: Option<UnLocode>,
    /// When it was completed.
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<Moment>,
    /// The voyage it is on.
    #[schema(value_type = Option<String>)]
    pub current_voyage: Option<VoyageNumber>,
    /// Whether it was unloaded at the destination.
    pub unloaded_at_destination: bool,
    /// Its next expected step. Null while the cargo is being re-planned.
    pub next_expected: Option<TrackStepView>,
    /// `WITH_CARGO`, `NOT_REPORTED` if others are reported to be further, or `LEFT_BEHIND` if a ship
    /// sailed with others but not with it.
    #[schema(value_type = String)]
    pub progress: ContainerProgress,
    /// The first step that others are reported to have taken and it is not. Null if there is none.
    pub missing: Option<TrackStepView>,
}

/// How far a container is, compared with the rest of its cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContainerProgress {
    /// No other is further.
    WithCargo,
    /// Others are reported to be further.
    NotReported,
    /// A ship has gone with others but without it.
    LeftBehind,
}

impl TrackContainerView {
    /// `delivery` and `next` are those of the container.
    pub(super) fn of(
        cargo: &Cargo,
        delivery: &Delivery,
        number: &ContainerNumber,
        next: Option<&TrackStepView>,
    ) -> Self {
        let moves = cargo.own_reports();
        let moves = moves.filter(|handled| is_kind_of_move(&handled.activity));
        let mut moves: Vec<&Handled> = moves.collect();
        moves.sort_by_key(|handled| handled.completed_at);
        let is_own = |own: &&&Handled| own.container.as_ref().is_none_or(|own| own == number);
        let own: Vec<_> = moves.iter().filter(is_own).copied().collect();
        let others: Vec<_> = moves.iter().filter(|one| !is_own(one)).copied().collect();
        let last = own.last();
        let kind = last.map(|last| last.activity.handling_type);
        let destination = &cargo.route_specification.destination;
        let plan = cargo.plan();
        let reached = plan.iter().rposition(|step| has(&own, &step.activity));
        let rest = &plan[reached.map_or(0, |reached| reached + 1)..];
        let missing = rest.iter().find(|step| has(&others, &step.activity));
        Self {
            container: number.clone(),
            transport_status: match kind {
                None => TransportStatus::NotReceived,
                Some(HandlingType::Load) => TransportStatus::OnboardCarrier,
                Some(HandlingType::Claim) => TransportStatus::Claimed,
                Some(HandlingType::Receive | HandlingType::Unload | HandlingType::Customs) => {
                    TransportStatus::InPort
                }
            },
            last_known_location: last.map(|last| last.activity.location.clone()),
            completed_at: last.map(|last| last.completed_at),
            current_voyage: last
                .filter(|_| kind == Some(HandlingType::Load))
                .and_then(|last| last.activity.voyage.clone()),
            unloaded_at_destination: last.is_some_and(|last| {
                kind == Some(HandlingType::Unload) && last.activity.location == *destination
            }),
            next_expected: next.cloned(),
            progress: missing.map_or(
                ContainerProgress::WithCargo,
                |missing| match is_left_behind(delivery, &missing.activity) {
                    true => ContainerProgress::LeftBehind,
                    false => ContainerProgress::NotReported,
                },
            ),
            missing: missing.map(Into::into),
        }
    }
}

/// Whether it moves a container, as customs inspections do not.
fn is_kind_of_move(activity: &Activity) -> bool {
    activity.handling_type != HandlingType::Customs
}

fn has(reports: &[&Handled], activity: &Activity) -> bool {
    reports.iter().any(|own| own.activity == *activity)
}

/// Whether the ship that a container was to be loaded onto has gone.
fn is_left_behind(delivery: &Delivery, missing: &Activity) -> bool {
    let mut broken = delivery.broken_legs.iter();
    missing.handling_type == HandlingType::Load
        && broken
            .any(|own| own.flag == Flag::LeftBehind && missing.voyage.as_ref() == Some(&own.voyage))
}
