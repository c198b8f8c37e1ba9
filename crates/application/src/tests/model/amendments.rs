//! Amendments and splits: what the reference answers, and what steps ask for.

use super::ask::Ask;
use super::choices::{CARGOES_MAX, cargo};
use super::containers::{CONTAINER_KG_MAX, NOWHERE};
use super::reference::{
    Answer, Decided, Event, HOUR, Kind, Leg, Made, Reference, Rule, SIZE_TYPES, Time, Touched,
    require,
};
use super::special::{Space, Special, amount};
use super::steps::Step;
use serde_json::json;
use uuid::Uuid;

type Equipment = Vec<(usize, u64)>;

fn containers(equipment: &[(usize, u64)]) -> u64 {
    equipment.iter().map(|(_, count)| count).sum()
}

fn must_not_be_overweight(equipment: &[(usize, u64)], kg: u64) -> Result<(), Rule> {
    let most = containers(equipment) * CONTAINER_KG_MAX;
    require(kg <= most, "ContainerMayNotBeOverweight")
}

impl Reference {
    /// Whether any ship has had some of it: containers, weight and dangerous goods are fixed then.
    fn was_at_sea(&self, cargo: usize) -> bool {
        self.own_reports(cargo).iter().any(|event| is_at_sea(event))
    }

    pub(super) fn amend(&mut self, ask: &Ask, now: Time) -> Decided {
        let Ask::Amend {
            cargo,
            equipment,
            kg,
            reference,
            ready_from,
            set_point,
            goods,
        } = ask
        else {
            panic!("{ask:?} is no amendment");
        };
        let cargo = *cargo;
        self.known_cargo(cargo)?;
        self.may_change(cargo)?;
        let before = self.cargoes[cargo].clone();
        let mut after = before.clone();
        after.equipment = equipment.clone().unwrap_or(after.equipment);
        after.kg = kg.unwrap_or(after.kg);
        after.reference = reference.unwrap_or(after.reference);
        after.ready_from = ready_from.unwrap_or(after.ready_from);
        // The former temperature goes with the last reefer.
        after.set_point = after.set_point.filter(|_| after.size()[2] > 0);
        after.set_point = set_point.unwrap_or(after.set_point);
        after.goods = goods.clone().unwrap_or(after.goods);
        if after == before {
            let outcome = json!({ "cargo": before.tracking });
            return Ok(Answer {
                outcome,
                events: Vec::new(),
            });
        }
        after.must_have_reefer()?;
        let new_goods = after.goods != before.goods;
        if new_goods || (&after.equipment, after.kg) != (&before.equipment, before.kg) {
            require(!self.was_at_sea(cargo), "StatusMustAllow")?;
            must_not_be_overweight(&after.equipment, after.kg)?;
        }
        if after.ready_from != before.ready_from {
            let precedes = after.ready_from.is_none_or(|ready| ready < after.deadline);
            require(precedes, "ReadyDateMustPrecedeDeadline")?;
            let waits = self.ashore_since(cargo).is_none() && self.delivery(cargo).aboard.is_none();
            let loads = before.legs.first().map(|leg| self.scheduled(leg).load_time);
            let early = waits && loads.is_some_and(|loads| after.ready_from > Some(loads));
            require(!early, "ItineraryMustSatisfySpecification")?;
        }
        if after.size()[0] > before.size()[0] {
            self.customer_must_be_active(cargo)?;
        }
        after.numbers_must_fit()?;
        let loads = self.loads();
        self.cargoes[cargo] = after;
        self.may_take_more(cargo, before.size(), now)?;
        for ((voyage, movement), load) in self.loads() {
            let limit = self.voyages[voyage].limit();
            let was = loads[&(voyage, movement)];
            let fits = |m: usize| load[m] <= limit[m] || load[m] <= was[m];
            require((0..3).all(fits), "LoadMayNotPassTheLine")?;
        }
        for leg in self.held_legs(cargo).into_iter().filter(|_| new_goods) {
            if !self.has_departed_over(&leg, now) {
                self.must_take(leg.voyage, cargo)?;
            }
        }
        Ok(self.changed(cargo, &["CargoAmended"]))
    }

    fn held_legs(&self, cargo: usize) -> Vec<Leg> {
        let cargo = &self.cargoes[cargo];
        cargo.approach.iter().chain(&cargo.legs).copied().collect()
    }

    /// A cargo that became larger or takes more plugs must still be able to come aboard.
    fn may_take_more(&self, cargo: usize, before: Space, now: Time) -> Result<(), Rule> {
        let size = self.cargoes[cargo].size();
        if size[0] > before[0] || size[2] > before[2] {
            for leg in self.held_legs(cargo) {
                self.may_be_booked(cargo, &leg, false, now)?;
            }
        }
        Ok(())
    }

    /// A part of a cargo goes its own way, until all of it is on a ship.
    pub(super) fn split(&mut self, ask: &Ask, made: &Made) -> Decided {
        let Ask::Split {
            cargo,
            equipment: part,
            kg,
            containers: named,
        } = ask
        else {
            panic!("{ask:?} is no split");
        };
        let (cargo, kg) = (*cargo, *kg);
        self.known_cargo(cargo)?;
        self.may_change(cargo)?;
        let at_sea = self.moves(cargo).into_iter().any(is_at_sea);
        require(!at_sea, "StatusMustAllow")?;
        let both = "SplitMustLeaveBoth";
        let before = self.cargoes[cargo].clone();
        let kept = without(&before.equipment, part).ok_or(both)?;
        require(containers(&kept) > 0 && kg < before.kg, both)?;
        must_not_be_overweight(&kept, before.kg - kg)?;
        must_not_be_overweight(part, kg)?;
        let mut parent = before.clone();
        (parent.equipment, parent.kg) = (kept, before.kg - kg);
        let mut child = before.clone();
        (child.id, child.tracking) = (made.id.clone(), made.tracking.clone());
        (child.equipment, child.kg) = (part.to_vec(), kg);
        child.split_from = Some(before.tracking);
        child.split_into.clear();
        child.history.clear();
        child.version = 1;
        child.containers = self.divide(cargo, &mut parent, named)?;
        child.numbers_must_fit()?;
        for both in [&mut parent, &mut child] {
            both.set_point = both.set_point.filter(|_| both.size()[2] > 0);
        }
        parent.split_into.push(made.tracking.clone());
        let outcome = json!({ "cargo": parent.tracking, "size_teu": amount(parent.size()[0], 4),
            "child": child.tracking, "child_id": child.id,
            "child_size_teu": amount(child.size()[0], 4) });
        let mut events = vec![self.tells("CargoSplit", cargo)];
        let was = (self.delivery(cargo), self.is_finished(cargo));
        self.cargoes[cargo] = parent;
        events.extend(self.turns(cargo, was.clone()));
        let handled: Vec<Event> = self.handled(cargo).into_iter().cloned().collect();
        self.cargoes.push(child);
        let child = self.cargoes.len() - 1;
        let first = Uuid::parse_str(&made.first_report).map_or(0, |id| id.as_u128());
        for (event, id) in handled.into_iter().zip(first..) {
            events.push(self.tells("HandlingEventRegistered", child));
            let place = self.events.len();
            self.cargoes[child].history.push(place);
            self.events.push(Event {
                id: Uuid::from_u128(id).to_string(),
                cargo: child,
                ..event
            });
        }
        events.extend(self.turns(child, was));
        self.touched.push(Touched::Cargo(cargo));
        Ok(Answer { outcome, events })
    }
}

fn is_at_sea(event: &Event) -> bool {
    matches!(event.kind, Kind::Load | Kind::Unload)
}

/// What is left of some containers without others, or nothing if they are not among them.
fn without(equipment: &[(usize, u64)], part: &[(usize, u64)]) -> Option<Equipment> {
    let mut kept = equipment.to_vec();
    for (kind, count) in part {
        let own = kept.iter_mut().find(|(own, _)| own == kind)?;
        own.1 = own.1.checked_sub(*count)?;
    }
    kept.retain(|(_, count)| *count > 0);
    Some(kept)
}

impl Step {
    pub(super) fn amend(&self, reference: &Reference, clock: Time) -> Ask {
        let Self::Amend {
            cargo: of,
            containers,
            tonnes,
            reference: number,
            ready,
            special,
        } = self
        else {
            panic!("{self:?} amends nothing");
        };
        let open = |c: usize| !reference.is_finished(c) && !reference.cargoes[c].is_given_up();
        let booked = |c: usize| open(c) && !reference.cargoes[c].legs.is_empty();
        let cargo = match *of % 3 {
            0 => cargo(reference, *of, open),
            _ => cargo(reference, *of, booked),
        };
        let own = reference.cargoes.get(cargo).map(|own| &own.equipment);
        let [kind, count] = containers.map(usize::from);
        let equipment = match kind % 8 {
            0 | 1 => None,
            // A little more or less of the same, or something else.
            2..5 => own.map(|own| {
                let mut own = own.clone();
                own[0].1 = (own[0].1 + count as u64 % 4).saturating_sub(1).max(1);
                own
            }),
            _ => Some(vec![(kind % SIZE_TYPES.len(), 1 + count as u64 % 5)]),
        };
        let Special { set_point, goods } = Special::chosen(*special);
        Ask::Amend {
            cargo,
            equipment,
            kg: tonnes.map(|tonnes| match tonnes {
                29 => 400_000,
                // More than one container may weigh, so that a split can go wrong.
                22.. => u64::from(tonnes) * 2_000,
                _ => u64::from(tonnes) * 1_000 + 1,
            }),
            reference: number.map(|number| Some(number).filter(|_| number < 3)),
            // Sometimes there is no ready date any more.
            ready_from: ready.map(|hours| {
                let ready = clock + i64::from(hours) * HOUR;
                Some(ready).filter(|_| hours % 4 > 0)
            }),
            set_point: match special / 8 % 8 {
                2 => Some(None),
                _ => set_point.map(Some),
            },
            goods,
        }
    }

    pub(super) fn split(&self, reference: &Reference) -> Option<Ask> {
        let Self::Split {
            cargo: of,
            containers: chosen,
            share,
            named,
        } = self
        else {
            panic!("{self:?} splits nothing");
        };
        if reference.cargoes.len() >= CARGOES_MAX {
            return None;
        }
        let several = |c: usize| containers(&reference.cargoes[c].equipment) > 1;
        let received = |c: usize| several(c) && !reference.handled(c).is_empty();
        let booked = |c: usize| several(c) && !reference.cargoes[c].legs.is_empty();
        let partly = |c: usize| several(c) && !reference.containers_aboard(c).is_empty();
        let cargo = match *of % 4 {
            0 => cargo(reference, *of, partly),
            1 => cargo(reference, *of, received),
            _ => cargo(reference, *of, booked),
        };
        let own = reference.cargoes.get(cargo);
        let [kind, count] = chosen.map(usize::from);
        let line = own.map_or((0, 1), |own| own.equipment[kind % own.equipment.len()]);
        let line = match kind % 16 {
            7 => (kind % SIZE_TYPES.len(), 1),
            _ => line,
        };
        let most = line.1 + u64::from(kind % 8 == 3);
        let kg = own.map_or(1_000, |own| own.kg);
        let goes = 1 + count as u64 % most;
        let numbered = own.iter().flat_map(|own| &own.containers);
        let of_kind = numbered.filter(|own| own.kind == line.0 || named % 16 == 1);
        let of_kind = of_kind.map(|own| own.number);
        Some(Ask::Split {
            cargo,
            equipment: vec![(line.0, goes)],
            kg: (kg * u64::from(*share) / 250).max(1),
            containers: match named % 8 {
                0..3 => of_kind.take(usize::from(*named) / 8 % 3).collect(),
                3 if *named % 16 == 3 => vec![NOWHERE],
                _ => Vec::new(),
            },
        })
    }
}
