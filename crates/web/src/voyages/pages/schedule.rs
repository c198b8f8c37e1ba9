//! The schedule on the page of a voyage, with the links to reports.

use super::at_least;
use crate::pages::places::{LocalTime, Places};
use crate::pages::words;
use application::voyages::{OmitCall, ReportArrival, ReportDeparture, VoyageView};
use application::{About, Operation};
use domain::Moment;
use domain::locations::UnLocode;

/// A movement in the schedule of a voyage.
pub(super) struct MovementRow {
    pub(super) from: String,
    pub(super) from_code: String,
    pub(super) to: String,
    pub(super) to_code: String,
    pub(super) departs: CallTime,
    pub(super) arrives: CallTime,
    pub(super) cut_off: LocalTime,
    pub(super) cut_off_in: String,
    pub(super) is_closed: bool,
    pub(super) has_sailed: bool,
    /// For a reader who may see it.
    pub(super) booked: Option<String>,
    pub(super) left: String,
}

/// The best known time of a call, and how it is known.
pub(super) struct CallTime {
    pub(super) time: LocalTime,
    pub(super) is_reported: bool,
    /// The published time, if it differs.
    pub(super) scheduled: Option<LocalTime>,
    /// Whether the ship omits the call.
    pub(super) is_omitted: bool,
    /// The form of a report, or the one in which the ship makes an omitted call after all.
    pub(super) report: Option<String>,
}

impl MovementRow {
    pub(super) fn new(
        index: usize,
        voyage: &VoyageView,
        places: &Places,
        reports: Option<Reports>,
        now: Moment,
    ) -> Self {
        let movement = &voyage.movements[index];
        let cut_off = voyage.cut_off(movement);
        let has_sailed = movement.has_departed(now);
        let time = |at, time, scheduled, reported: Option<Moment>, is_omitted, report| CallTime {
            time: places.time(at, time),
            is_reported: reported.is_some(),
            scheduled: (scheduled != time).then(|| places.time(at, scheduled)),
            is_omitted,
            report,
        };
        Self {
            from: places.named(&movement.from).to_owned(),
            from_code: movement.from.to_string(),
            to: places.named(&movement.to).to_owned(),
            to_code: movement.to.to_string(),
            departs: time(
                &movement.from,
                movement.departs,
                movement.scheduled.departs,
                movement.departed_at,
                movement.from_omitted,
                reports.and_then(|reports| reports.departure(voyage, index, now)),
            ),
            arrives: time(
                &movement.to,
                movement.arrives,
                movement.scheduled.arrives,
                movement.arrived_at,
                movement.to_omitted,
                reports.and_then(|reports| reports.arrival(voyage, index, now)),
            ),
            cut_off: places.time(&movement.from, cut_off),
            cut_off_in: words::distance(cut_off, now),
            is_closed: cut_off <= now,
            has_sailed,
            booked: movement.booked.map(words::space),
            left: match movement.free {
                Some(free) => at_least(free.into()),
                None => movement
                    .left()
                    .map_or_else(String::new, |left| words::space(left.into())),
            },
        }
    }
}

/// The links to reports of calls, for somebody who may report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reports {
    pub(super) is_cancelled: bool,
    /// Whether the reader may restore an omitted call.
    pub(super) may_restore: bool,
}

impl Reports {
    fn departure(self, voyage: &VoyageView, index: usize, now: Moment) -> Option<String> {
        let movement = &voyage.movements[index];
        if movement.from_omitted {
            return self.restored(voyage, &movement.from, index + 1);
        }
        let may = voyage.may_leave(index, now);
        may.then(|| form(&ReportDeparture::ABOUT, voyage, &movement.from, index + 1))
    }

    fn arrival(self, voyage: &VoyageView, index: usize, now: Moment) -> Option<String> {
        let movement = &voyage.movements[index];
        if movement.to_omitted {
            return self.restored(voyage, &movement.to, index + 2);
        }
        let may = voyage.may_arrive(index, now);
        may.then(|| form(&ReportArrival::ABOUT, voyage, &movement.to, index + 2))
    }

    fn restored(self, voyage: &VoyageView, port: &UnLocode, call: usize) -> Option<String> {
        let restores = self.may_restore && !self.is_cancelled;
        restores.then(|| {
            format!(
                "{}&change=RESTORE",
                form(&OmitCall::ABOUT, voyage, port, call)
            )
        })
    }
}

/// The form of a report of a call, filled in.
fn form(about: &About, voyage: &VoyageView, port: &UnLocode, call: usize) -> String {
    let (name, voyage) = (about.name, &voyage.voyage);
    format!("/operations/{name}?voyage={voyage}&location={port}&call={call}")
}
