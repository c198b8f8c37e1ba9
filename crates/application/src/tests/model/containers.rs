//! Containers with numbers: what the reference answers, and what steps ask for.

use super::ask::Ask;
use super::choices::cargo;
use super::reference::{Answer, Cargo, Decided, Event, Kind, Reference, Rule, SIZE_TYPES, require};
use super::steps::Step;
use serde_json::{Value, json};

/// The most that a container may weigh.
pub(super) const CONTAINER_KG_MAX: u64 = 36_000;
/// Containers that cargoes may get.
const NUMBERS: usize = 16;
/// The number of a container that no cargo gets.
pub(super) const NOWHERE: usize = 99;

/// A container of a cargo.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Container {
    pub(super) number: usize,
    /// Its kind, of [`SIZE_TYPES`].
    pub(super) kind: usize,
    pub(super) seal: Option<u8>,
    /// Its verified gross mass.
    pub(super) kg: Option<u64>,
}

/// A container as somebody enters it: perhaps without its kind.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) number: usize,
    pub(super) kind: Option<usize>,
    pub(super) seal: Option<u8>,
    pub(super) kg: Option<u64>,
}

/// A container number with its check digit: letters count from A = 10 on without the multiples of
/// 11, each place weighs twice as much as the one before, and a remainder of 10 counts as 0.
pub(super) fn container_number(number: usize) -> String {
    let body = format!("PLMU{:06}", 305_438 + 7 * number);
    let counts = |c: char| match c.to_digit(10) {
        Some(digit) => u64::from(digit),
        None => (10..)
            .filter(|n| n % 11 > 0)
            .nth(c as usize - 'A' as usize)
            .unwrap_or(0),
    };
    let weighted = body.chars().zip(0..).map(|(c, place)| counts(c) << place);
    let check = weighted.sum::<u64>() % 11 % 10;
    format!("{body}{check}")
}

/// The words in which a person or a view says it.
fn said(number: usize, kind: Option<usize>, seal: Option<u8>, kg: Option<u64>) -> Value {
    let mut view = json!({ "number": container_number(number) });
    if let Some(kind) = kind {
        view["type"] = json!(SIZE_TYPES[kind].0);
    }
    if let Some(seal) = seal {
        view["seal"] = json!(format!("S{seal}"));
    }
    if let Some(kg) = kg {
        view["vgm_kg"] = json!(kg);
    }
    view
}

pub(super) fn given_view(containers: &[Given]) -> Value {
    let containers = containers.iter();
    containers
        .map(|own| said(own.number, own.kind, own.seal, own.kg))
        .collect()
}

pub(super) fn containers_view(containers: &[Container]) -> Value {
    let containers = containers.iter();
    containers
        .map(|own| said(own.number, Some(own.kind), own.seal, own.kg))
        .collect()
}

impl Cargo {
    pub(super) fn has_container(&self, number: usize) -> bool {
        self.containers.iter().any(|own| own.number == number)
    }

    /// How many of a kind it has, numbered or not.
    fn count_of(&self, kind: usize) -> u64 {
        let lines = self.equipment.iter().filter(|(own, _)| *own == kind);
        lines.map(|(_, count)| count).sum()
    }

    fn numbered_of(&self, kind: usize) -> u64 {
        self.containers
            .iter()
            .filter(|own| own.kind == kind)
            .count() as u64
    }

    /// There are no more numbers of a kind than containers.
    pub(super) fn numbers_must_fit(&self) -> Result<(), Rule> {
        let fits = (0..SIZE_TYPES.len()).all(|kind| self.numbered_of(kind) <= self.count_of(kind));
        require(fits, "ContainersMustFitEquipment")
    }
}

/// The last report that moved a container. Its own claim ends its journey. A report that the whole cargo
/// was received is about the containers that have no report of their own.
fn last_move<'a>(handled: &[&'a Event], number: usize) -> Option<&'a Event> {
    let own = |event: &&&Event| event.container == Some(number);
    let claimed = handled
        .iter()
        .filter(own)
        .find(|event| event.kind == Kind::Claim);
    if let Some(claimed) = claimed {
        return Some(*claimed);
    }
    let has_own = handled.iter().any(|event| own(&event));
    let about = handled.iter().filter(|event| {
        own(event) || (event.container.is_none() && (event.kind != Kind::Receive || !has_own))
    });
    let moves = about.filter(|event| event.kind != Kind::Customs);
    moves.max_by_key(|event| event.completed).copied()
}

/// How often a step was reported of all of a cargo: of the whole, or of each container that has a
/// number.
fn times(cargo: &Cargo, step: &Event, reports: &[&Event]) -> usize {
    let says = |e: &Event| (e.kind, e.port, e.voyage);
    let of = |container: Option<usize>| {
        let same = reports.iter().filter(|e| says(e) == says(step));
        same.filter(|e| e.container == container).count()
    };
    let whole = of(None);
    let each = cargo.containers.iter();
    let each = each.map(|own| of(Some(own.number)).max(whole));
    each.min().unwrap_or(whole)
}

/// Without customs, by completion. Those completed at the same time keep their order. A cargo moves
/// with the last of its containers that has not been reported yet.
pub(super) fn moves<'a>(cargo: &Cargo, handled: &[&'a Event]) -> Vec<&'a Event> {
    let mut reports: Vec<&Event> = Vec::new();
    for event in handled.iter().filter(|event| event.kind != Kind::Customs) {
        let later = reports.iter().position(|m| m.completed > event.completed);
        reports.insert(later.unwrap_or(reports.len()), event);
    }
    let is_last_missing = |place: &usize| {
        let (step, upto) = (reports[*place], place + 1);
        times(cargo, step, &reports[..upto]) > times(cargo, step, &reports[..*place])
    };
    let places = (0..reports.len()).filter(is_last_missing);
    places.map(|place| reports[place]).collect()
}

impl Reference {
    pub(super) fn moves(&self, cargo: usize) -> Vec<&Event> {
        moves(&self.cargoes[cargo], &self.handled(cargo))
    }

    /// The reports about a cargo or one of its containers. A part that was split off also has those
    /// about containers that stayed.
    pub(super) fn own_reports(&self, cargo: usize) -> Vec<&Event> {
        let mut handled = self.handled(cargo);
        let has = |number| self.cargoes[cargo].has_container(number);
        handled.retain(|event| event.container.is_none_or(has));
        handled
    }

    /// The numbers of the voyages with which some of its containers sailed while the cargo did not: they
    /// are aboard, or came off where the cargo is not.
    pub(super) fn containers_aboard(&self, cargo: usize) -> Vec<usize> {
        let handled = self.handled(cargo);
        let moves = self.moves(cargo);
        let mut apart = Vec::new();
        for own in &self.cargoes[cargo].containers {
            let Some(last) = last_move(&handled, own.number) else {
                continue;
            };
            let with_the_cargo = moves.last().is_some_and(|whole| {
                let same = (whole.kind, whole.port, whole.voyage);
                let came_off = last.kind == Kind::Unload && whole.port == last.port;
                same == (last.kind, last.port, last.voyage) || came_off
            });
            apart.extend(last.voyage.filter(|_| !with_the_cargo));
        }
        apart
    }

    /// The cargo that travels in a container or, if none does now, the newest that did.
    pub(super) fn cargo_in(&self, number: usize) -> Result<usize, Rule> {
        let has = |c: usize| {
            let cargo = &self.cargoes[c];
            cargo.has_container(number) && !cargo.is_given_up()
        };
        let had = self.by_id(has);
        let travels = had.iter().rfind(|c| !self.is_finished(**c));
        let found = travels.or(had.last()).copied();
        found.ok_or("ContainerMustBeKnown")
    }

    /// The containers with their kinds. Where a cargo has only one kind, nobody has to say it.
    fn with_kinds(&self, cargo: usize, given: &[Given]) -> Result<Vec<Container>, Rule> {
        let equipment = &self.cargoes[cargo].equipment;
        let only = equipment[0].0;
        let only = equipment.iter().all(|line| line.0 == only).then_some(only);
        let with_kind = |given: &Given| {
            let kind = given.kind.or(only).ok_or("ContainersMustFitEquipment")?;
            let &Given {
                number, seal, kg, ..
            } = given;
            Ok(Container {
                number,
                kind,
                seal,
                kg,
            })
        };
        given.iter().map(with_kind).collect()
    }

    /// Another cargo may have taken its containers since it was claimed.
    pub(super) fn containers_must_travel_once(&self, cargo: usize) -> Result<(), Rule> {
        let open = |c: &usize| !self.is_finished(*c) && !self.cargoes[*c].is_given_up();
        let others = (0..self.cargoes.len()).filter(|c| *c != cargo).filter(open);
        let own = &self.cargoes[cargo].containers;
        let shares = |c: usize| {
            own.iter()
                .any(|own| self.cargoes[c].has_container(own.number))
        };
        require(
            !others.into_iter().any(shares),
            "ContainerMayNotTravelTwice",
        )
    }

    pub(super) fn assign_containers(&mut self, cargo: usize, given: &[Given]) -> Decided {
        self.known_cargo(cargo)?;
        self.may_change(cargo)?;
        let containers = self.with_kinds(cargo, given)?;
        for (place, own) in containers.iter().enumerate() {
            let twice = containers[..place]
                .iter()
                .any(|other| other.number == own.number);
            require(!twice, "ContainerMayNotTravelTwice")?;
            let light = own.kg.is_none_or(|kg| kg <= CONTAINER_KG_MAX);
            require(light, "ContainerMayNotBeOverweight")?;
            let travels = |c: usize| {
                let other = &self.cargoes[c];
                let is_open = !self.is_finished(c) && !other.is_given_up();
                c != cargo && is_open && other.has_container(own.number)
            };
            let elsewhere = (0..self.cargoes.len()).any(travels);
            require(!elsewhere, "ContainerMayNotTravelTwice")?;
        }
        if containers == self.cargoes[cargo].containers {
            let outcome = json!({ "cargo": self.cargoes[cargo].tracking });
            let events = Vec::new();
            return Ok(Answer { outcome, events });
        }
        let reported = self
            .own_reports(cargo)
            .into_iter()
            .filter_map(|e| e.container);
        let stays = |number| containers.iter().any(|own| own.number == number);
        let all_stay = reported.into_iter().all(stays);
        require(all_stay, "ContainersMustFitEquipment")?;
        let before = (self.delivery(cargo), self.is_finished(cargo));
        self.cargoes[cargo].containers = containers;
        self.cargoes[cargo].numbers_must_fit()?;
        if !self.is_on_its_approach(cargo) {
            self.cargoes[cargo].approach = None;
        }
        let mut answer = self.changed(cargo, &["ContainersAssigned"]);
        answer.events.extend(self.turns(cargo, before));
        Ok(answer)
    }

    /// Divides the containers of a cargo with a part: those that are named go or, if none is, those
    /// for which there is no place left, first those that have not been loaded.
    pub(super) fn divide(
        &self,
        cargo: usize,
        kept: &mut Cargo,
        named: &[usize],
    ) -> Result<Vec<Container>, Rule> {
        let own = |number: &usize| self.cargoes[cargo].has_container(*number);
        require(named.iter().all(own), "ContainersMustFitEquipment")?;
        let handled = self.handled(cargo);
        let was_loaded = |own: &Container| {
            let mut about = handled.iter().filter(|e| e.container == Some(own.number));
            about.any(|event| event.kind == Kind::Load)
        };
        let all = self.cargoes[cargo].containers.iter().cloned();
        let (loaded, not): (Vec<_>, Vec<_>) = all.partition(was_loaded);
        kept.containers.clear();
        let mut part = Vec::new();
        for own in loaded.into_iter().chain(not) {
            let is_full = kept.numbered_of(own.kind) >= kept.count_of(own.kind);
            let goes = match named {
                [] => is_full,
                _ => named.contains(&own.number),
            };
            let to = if goes {
                &mut part
            } else {
                &mut kept.containers
            };
            to.push(own);
        }
        kept.numbers_must_fit()?;
        Ok(part)
    }
}

impl Step {
    pub(super) fn assign_containers(&self, reference: &Reference) -> Ask {
        let Self::AssignContainers {
            cargo: of,
            how,
            first,
            kg,
        } = self
        else {
            panic!("{self:?} assigns no containers");
        };
        let open = |c: usize| !reference.is_finished(c) && !reference.cargoes[c].is_given_up();
        let handled = |c: usize| open(c) && !reference.handled(c).is_empty();
        let numbered = |c: usize| handled(c) && !reference.cargoes[c].containers.is_empty();
        let cargo = match of % 4 {
            0 => cargo(reference, *of, numbered),
            1 => cargo(reference, *of, handled),
            _ => cargo(reference, *of, open),
        };
        let Some(own) = reference.cargoes.get(cargo) else {
            let containers = vec![given(usize::from(*first) % NUMBERS, None, *kg)];
            return Ask::AssignContainers { cargo, containers };
        };
        let is_free = |number: &usize| {
            let mut others = (0..reference.cargoes.len()).filter(|c| open(*c));
            others.all(|c| !reference.cargoes[c].has_container(*number))
        };
        let start = usize::from(*first);
        let pool = (0..NUMBERS).map(|place| (start + place) % NUMBERS);
        let mut free = pool.filter(is_free);
        let kept = own.containers.iter();
        let mut containers: Vec<Given> = kept
            .map(|own| Given {
                number: own.number,
                kind: Some(own.kind),
                seal: own.seal,
                kg: own.kg,
            })
            .collect();
        let lines = own.equipment.iter();
        let waiting = lines.flat_map(|(kind, count)| {
            let left = count.saturating_sub(own.numbered_of(*kind));
            (0..left).map(|_| *kind)
        });
        let added = match how % 16 {
            0..4 => 1,
            4..10 => 5,
            _ => usize::from(containers.is_empty()),
        };
        for (kind, number) in waiting.zip(&mut free).take(added) {
            containers.push(given(number, Some(kind), *kg));
        }
        let travelling = |c: &Cargo| c.containers.first().map(|own| own.number);
        let mut elsewhere = reference.cargoes.iter().filter_map(travelling);
        match how % 16 {
            10 | 11 if containers.len() > 1 => drop(containers.pop()),
            12 => containers.extend(containers.first().cloned()),
            13 => containers.extend(
                free.next()
                    .map(|number| given(number, Some(start % 4), *kg)),
            ),
            14 => containers.extend(elsewhere.next_back().map(|number| given(number, None, *kg))),
            15 => containers.iter_mut().for_each(|own| own.kind = None),
            _ => {}
        }
        containers.truncate(8);
        if containers.is_empty() {
            containers.push(given(start % NUMBERS, None, *kg));
        }
        Ask::AssignContainers { cargo, containers }
    }
}

/// A new container, sometimes with a seal or its mass, which is sometimes too much.
fn given(number: usize, kind: Option<usize>, kg: u8) -> Given {
    Given {
        number,
        kind,
        seal: kg.is_multiple_of(4).then_some(kg),
        kg: kg.is_multiple_of(3).then_some(1 + u64::from(kg) * 145),
    }
}
