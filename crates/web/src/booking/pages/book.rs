//! The choice among the routes and voyages that can carry a cargo.

use super::cargo::is_possible;
use super::routes::{RouteChoice, chosen};
use super::voyage_choice::VoyageChoice;
use super::weeks::{Sailing, SailingWeek};
use crate::messages;
use crate::pages::form::{Entered, Note, TextField, new_key};
use crate::pages::pickers::Search;
use crate::pages::places::{LocalTime, People, Places};
use crate::pages::shell::{Shell, page};
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit, done};
use crate::pages::words;
use crate::state::Shared;
use crate::voyages::pages::calls;
use crate::voyages::suggest::Voyages;
use application::Operation;
use application::booking::{
    AssignItinerary, BookOntoVoyage, CargoAction, CargoOffers, CargoView, ChangeArrivalDeadline,
    RerouteCargo, RouteSpecificationView,
};
use application::queries::When;
use application::voyages::VoyageView;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::access::policy::Policy;
use domain::booking::{BookingStatus, Cargo, TrackingId};
use domain::locations::UnLocode;
use domain::space::Space;
use domain::voyages::Voyage;
use domain::{Moment, Names};
use serde_json::json;

/// The choice among routes and voyages.
pub(crate) const BOOK: &str = "/cargoes/{tracking_id}/book";

#[derive(Template)]
#[template(path = "booking/book.html")]
struct BookPage {
    shell: Shell,
    cargo: String,
    version: u64,
    from: String,
    to: String,
    asked: String,
    deadline: String,
    status: BookingStatus,
    /// The port from which it has to be rerouted first.
    stranded_at: Option<(UnLocode, String)>,
    may_reroute: bool,
    /// Whether the cargo has an itinerary, which a new one would replace.
    has_itinerary: bool,
    /// The routes that take it, and the direct voyages.
    weeks: Vec<SailingWeek>,
    /// Whether any of them takes it.
    has_space: bool,
    ready_from: Option<String>,
    /// The earliest possible arrival, if it is too late.
    too_late: Option<LocalTime>,
    may_move_deadline: bool,
    note: Option<Note>,
    /// The voyage that the note is about.
    tried: String,
    /// The entered value, if it is not one of those shown.
    by_number: TextField,
    /// Whether that value is none of the voyages shown.
    tried_by_number: bool,
    /// Whether that value is a route that is no longer available.
    lost_route: bool,
    /// The key of the form that asks for a voyage by its number.
    key: String,
    may_book: bool,
    why_not: Option<String>,
}

/// The voyages that could carry a cargo.
pub(crate) async fn choose(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    book_page(visit, StatusCode::OK, &cargo, &Entered::default()).await
}

async fn book_page(
    mut visit: Visit,
    status: StatusCode,
    id: &TrackingId,
    entered: &Entered,
) -> Result<Response, Away> {
    let mut shell = visit.shell(&format!("Book cargo {id}"));
    shell.live = visit.live("");
    let cargo: CargoView = visit.reading.one(id, When::default()).await?.view;
    let now = visit.now;
    let specification = &cargo.route_specification;
    let actions = visit.reading.cargo_actions(id).await?;
    let may_book = is_possible(&actions, &AssignItinerary::ABOUT);
    let offered = match may_book {
        true => {
            let queries = visit.site.queries.clone();
            queries.cargo_offers(&mut visit.reading, id).await?
        }
        false => CargoOffers::default(),
    };
    let why_not = why_not(&mut visit, &actions).await?;
    let places = places(&mut visit, &cargo, &offered).await?;
    let sailing = sailing(&mut visit, &offered).await?;
    let mut choices = {
        let deadline = specification.arrival_deadline;
        BookingChoices::new(&offered, &sailing, deadline, &places, now)
    };
    let route = entered.value("/route");
    let tried = route.or(entered.value("/voyage")).unwrap_or_default();
    let tried = tried.to_owned();
    let key = entered.key().map_or_else(|| new_key(now), str::to_owned);
    let is_shown = choices.keep_key(&tried, &key);
    let has_space = choices.has_space();
    let weeks = SailingWeek::all(choices.sailings(), &specification.origin, &places);
    let deadline = deadline(specification, &places);
    let stranded_at = cargo.stranded_at.as_ref();
    let template = BookPage {
        tried_by_number: entered.note.is_some() && !is_shown && route.is_none(),
        lost_route: entered.note.is_some() && !is_shown && route.is_some(),
        cargo: id.to_string(),
        version: cargo.version,
        from: places.named(&specification.origin).to_owned(),
        to: places.named(&specification.destination).to_owned(),
        asked: words::taken(size(&cargo)),
        deadline,
        status: cargo.status,
        stranded_at: stranded_at.map(|port| (port.clone(), places.named(port).to_owned())),
        may_reroute: visit.may_run(&RerouteCargo::ABOUT),
        has_itinerary: !cargo.itinerary.is_empty(),
        weeks,
        has_space,
        ready_from: ready_from(specification, &places).filter(|_| cargo.handling.is_empty()),
        too_late: offered
            .too_late
            .map(|arrives| places.time(&specification.destination, arrives)),
        may_move_deadline: visit.may_run(&ChangeArrivalDeadline::ABOUT),
        note: entered.note.clone(),
        tried,
        by_number: TextField::of(entered, "/voyage"),
        key: if is_shown { new_key(now) } else { key },
        may_book,
        why_not,
        shell,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// The deadline by the clock of the destination.
fn deadline(specification: &RouteSpecificationView, places: &Places) -> String {
    let deadline = specification.arrival_deadline;
    places.dated(deadline, Some(&specification.destination))
}

/// The ready date by the clock of the origin.
fn ready_from(specification: &RouteSpecificationView, places: &Places) -> Option<String> {
    let ready_from = specification.ready_from?;
    Some(places.dated(ready_from, Some(&specification.origin)))
}

/// The voyages of the offered routes.
async fn sailing(visit: &mut Visit, offered: &CargoOffers) -> Result<Vec<VoyageView>, Away> {
    let legs = offered.routes.iter().flat_map(|route| &route.legs);
    let lookups: Vec<_> = legs.map(|leg| leg.voyage.lookup()).collect();
    match lookups.is_empty() {
        true => Ok(Vec::new()),
        false => Ok(visit.reading.some::<Voyage>(lookups).await?),
    }
}

/// The places that the page names.
async fn places(
    visit: &mut Visit,
    cargo: &CargoView,
    offered: &CargoOffers,
) -> Result<Places, Away> {
    let specification = &cargo.route_specification;
    let ends = [&specification.origin, &specification.destination];
    let on_the_way = offered.routes.iter().flat_map(super::routes::calls);
    let sailing = offered.voyages.iter();
    let sailing = sailing.flat_map(|offer| calls(&offer.voyage));
    let stops = sailing.chain(ends).chain(on_the_way);
    let stops = stops.chain(cargo.stranded_at.as_ref());
    Ok(Places::load(&mut visit.reading, stops).await?)
}

/// Why the cargo can get no itinerary now, where this person could give it one.
async fn why_not(visit: &mut Visit, actions: &[CargoAction]) -> Result<Option<String>, Away> {
    let route = |own: &&CargoAction| own.operation.name == AssignItinerary::ABOUT.name;
    let refusal = actions
        .iter()
        .find(route)
        .and_then(|own| own.refusal.as_ref());
    let Some(refusal) = refusal.filter(|refusal| !refusal.breaks(&Policy)) else {
        return Ok(None);
    };
    let places = Places::load(&mut visit.reading, messages::locations(refusal)).await?;
    Ok(Some(messages::refusal(refusal, &People(&places))))
}

/// The current choices for booking a cargo.
struct BookingChoices {
    routes: Vec<RouteChoice>,
    /// Direct voyages that are not among the routes.
    voyages: Vec<VoyageChoice>,
}

impl BookingChoices {
    fn new(
        offered: &CargoOffers,
        sailing: &[VoyageView],
        deadline: Moment,
        places: &Places,
        now: Moment,
    ) -> Self {
        let voyages = offered.voyages.iter();
        let voyages = voyages.filter_map(|offer| VoyageChoice::new(offer, deadline, places, now));
        let is_a_route = |choice: &VoyageChoice| {
            let mut direct = offered.routes.iter().filter(|route| route.legs.len() == 1);
            direct.any(|route| route.legs[0].voyage.as_str() == choice.number)
        };
        let is_another = |choice: &VoyageChoice| choice.why_not.is_some() || !is_a_route(choice);
        let routes = offered.routes.iter();
        Self {
            routes: routes
                .map(|route| RouteChoice::new(route, sailing, places, now))
                .collect(),
            voyages: voyages.filter(is_another).collect(),
        }
    }

    /// Whether any of them takes the cargo.
    fn has_space(&self) -> bool {
        let mut voyages = self.voyages.iter();
        !self.routes.is_empty() || voyages.any(|own| own.why_not.is_none())
    }

    fn sailings(self) -> Vec<Sailing> {
        let routes = self.routes.into_iter().map(Box::new).map(Sailing::Route);
        let voyages = self.voyages.into_iter().map(Box::new);
        routes.chain(voyages.map(Sailing::Voyage)).collect()
    }

    /// Lets the choice that was sent keep the key of its form. Returns whether it is still shown.
    fn keep_key(&mut self, sent: &str, key: &str) -> bool {
        let voyages = self.voyages.iter_mut();
        let voyages = voyages.map(|own| (&own.number, &mut own.key));
        let routes = self.routes.iter_mut();
        let routes = routes.map(|own| (&own.value, &mut own.key));
        let mut is_shown = false;
        for (_, own) in voyages.chain(routes).filter(|(value, _)| *value == sent) {
            key.clone_into(own);
            is_shown = true;
        }
        is_shown
    }
}

pub(crate) fn size(cargo: &CargoView) -> Space {
    Space {
        quarter_teu: cargo.size_teu.0,
        kg: cargo.gross_weight_kg,
        plugs: cargo.plugs.unwrap_or_default(),
    }
}

/// Books a cargo onto a route or onto a voyage.
pub(crate) async fn book(
    State(site): State<Shared>,
    Path(cargo): Path<String>,
    request: Request,
) -> Result<Response, Away> {
    let cargo = crate::api::resources::named::<Cargo>(&cargo)?;
    let mut sent = PostedForm::read(site, request).await?;
    let (operation, input) = match sent.entered.value("/route") {
        Some(route) => (
            AssignItinerary::ABOUT.name,
            json!({ "cargo": cargo, "legs": chosen(route) }),
        ),
        None => {
            let voyage = sent.entered.value("/voyage").unwrap_or_default().to_owned();
            let mut visit = sent.visit().await?;
            let meant = Voyages.meant(&mut visit.reading, &voyage).await?;
            let voyage = match meant {
                Ok(voyage) => voyage.trim().to_uppercase(),
                Err(unclear) => {
                    sent.entered.unclear("/voyage", unclear);
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    return book_page(visit, status, &cargo, &sent.entered).await;
                }
            };
            sent.entered.set("/voyage", voyage.clone());
            let input = json!({ "cargo": cargo, "voyage": voyage });
            (BookOntoVoyage::ABOUT.name, input)
        }
    };
    match sent.run(operation, &input).await? {
        FormOutcome::Accepted(accepted) => {
            Ok(done(&format!("/cargoes/{cargo}"), accepted.position))
        }
        FormOutcome::NotApplied(status) => {
            let visit = sent.visit().await?;
            book_page(visit, status, &cargo, &sent.entered).await
        }
    }
}
