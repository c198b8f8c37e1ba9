//! Reefer plugs, temperatures and dangerous goods: what the reference knows of them, and what steps
//! ask for.

use super::reference::{Cargo, Reference, Rule, Voyage, require};
use serde_json::{Value, json};

/// Quarters of a TEU, kilograms and reefer plugs.
pub(super) type Space = [u64; 3];

/// Kinds of dangerous goods: the UN number, and the place of the class in [`CLASSES`].
const GOODS: [(&str, usize); 3] = [("UN1950", 0), ("UN1263", 1), ("UN1203", 1)];
/// Classes of dangerous goods, in order.
const CLASSES: [&str; 2] = ["2.1", "3"];

/// Whether a load keeps to a limit in all measures.
pub(super) fn fits(load: Space, limit: Space) -> bool {
    (0..3).all(|measure| load[measure] <= limit[measure])
}

/// What a voyage can carry, as a planner says it.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) quarter_teu: u64,
    pub(super) tonnes: u64,
    pub(super) percent: u64,
    pub(super) plugs: Option<u64>,
    pub(super) classes: Option<Vec<usize>>,
}

/// What somebody says about a cargo that is kept cold or is dangerous.
#[derive(Debug, Clone, Default)]
pub(super) struct Special {
    /// In tenths of a degree.
    pub(super) set_point: Option<i64>,
    /// Kinds of [`GOODS`].
    pub(super) goods: Option<Vec<usize>>,
}

impl Voyage {
    /// Plugs have no allowance. A voyage that does not state them has no limit for them.
    pub(super) fn limit(&self) -> Space {
        let raised = |amount| amount * (100 + self.percent) / 100;
        let plugs = self.plugs.unwrap_or(u64::MAX);
        [raised(self.quarter_teu), raised(self.kg), plugs]
    }
}

impl Cargo {
    pub(super) fn classes(&self) -> Vec<usize> {
        let goods = self.goods.iter();
        goods.map(|kind| GOODS[*kind].1).collect()
    }

    pub(super) fn must_have_reefer(&self) -> Result<(), Rule> {
        let holds = self.set_point.is_none() || self.size()[2] > 0;
        require(holds, "SetPointNeedsReefer")
    }
}

impl Reference {
    /// Whether a voyage takes the dangerous goods of a cargo.
    pub(super) fn must_take(&self, voyage: usize, cargo: usize) -> Result<(), Rule> {
        let takes = &self.voyages[voyage].classes;
        let classes = self.cargoes[cargo].classes();
        let all = classes.iter().all(|class| takes.contains(class));
        require(all, "VoyageMustTakeDangerousGoods")
    }

    /// The plugs of the cargoes on a voyage count from when its plugs are stated, on movements that
    /// have departed, too.
    pub(super) fn state_plugs(&mut self, voyage: usize, plugs: Option<u64>) {
        let begins = self.voyages[voyage].plugs.is_none() && plugs.is_some();
        self.voyages[voyage].plugs = plugs.or(self.voyages[voyage].plugs);
        for movement in 0..self.voyages[voyage].movements.len() {
            let booked = self.space_booked(voyage, movement);
            let sailed = self.sailed.get_mut(&(voyage, movement));
            if let Some(sailed) = sailed.filter(|_| begins) {
                sailed[2] = booked[2];
            }
        }
    }

    /// Gives a voyage other classes, unless a cargo with a class that it no longer takes is booked.
    pub(super) fn take_classes(
        &mut self,
        voyage: usize,
        classes: Option<&[usize]>,
    ) -> Result<(), Rule> {
        let Some(classes) = classes else {
            return Ok(());
        };
        let before = std::mem::replace(&mut self.voyages[voyage].classes, classes.to_vec());
        for cargo in &self.cargoes {
            let mut held = cargo.approach.iter().chain(&cargo.legs);
            let mut withdrawn = cargo.classes().into_iter();
            let loses = withdrawn.any(|own| before.contains(&own) && !classes.contains(&own));
            let stays = !loses || held.all(|leg| leg.voyage != voyage);
            require(stays, "VoyageMustTakeDangerousGoods")?;
        }
        Ok(())
    }
}

impl Offer {
    /// The parts of an input that say what a voyage can carry.
    pub(super) fn put_into(&self, input: &mut Value) {
        let Self { tonnes, plugs, .. } = self;
        input["capacity"] = capacity(self.quarter_teu, tonnes * 1_000, *plugs);
        input["overbooking_percent"] = json!(self.percent);
        if let Some(classes) = &self.classes {
            input["dangerous_goods_classes"] = classes_view(classes);
        }
    }
}

impl Special {
    pub(super) fn put_into(&self, input: &mut Value) {
        if let Some(tenths) = self.set_point {
            input["set_point_celsius"] = degrees(tenths);
        }
        if let Some(goods) = &self.goods {
            input["dangerous_goods"] = goods_view(goods);
        }
    }

    /// What a number says about a cargo: usually nothing.
    pub(super) fn chosen(choice: u8) -> Self {
        let goods = match choice % 8 {
            0 => Some(vec![0]),
            1 => Some(vec![1]),
            2 => Some(vec![2, 1]),
            3 => Some(Vec::new()),
            _ => None,
        };
        let set_point = match choice / 8 % 8 {
            0 => Some(-180),
            1 => Some(45),
            _ => None,
        };
        Self { set_point, goods }
    }
}

/// The plugs that a number gives a voyage, few or many, if it states them.
pub(super) fn plugs(choice: u8) -> Option<u64> {
    match choice % 8 {
        0..3 => None,
        3..6 => Some(u64::from(choice / 8) % 4),
        _ => Some(20),
    }
}

/// The classes that a number gives a voyage: usually all.
pub(super) fn classes(choice: u8) -> Vec<usize> {
    match choice / 8 % 16 {
        0 => Vec::new(),
        1 => vec![1],
        2 => vec![0],
        _ => vec![0, 1],
    }
}

pub(super) fn capacity(quarter_teu: u64, kg: u64, plugs: Option<u64>) -> Value {
    let mut view = json!({ "teu": amount(quarter_teu, 4), "tonnes": amount(kg, 1_000) });
    if let Some(plugs) = plugs {
        view["plugs"] = json!(plugs);
    }
    view
}

/// This many steps of a unit. Whole numbers are written without a fraction, as JSON does.
pub(super) fn amount(steps: u64, per_unit: u64) -> Value {
    if steps.is_multiple_of(per_unit) {
        json!(steps / per_unit)
    } else {
        json!(steps as f64 / per_unit as f64)
    }
}

pub(super) fn degrees(tenths: i64) -> Value {
    match tenths % 10 {
        0 => json!(tenths / 10),
        _ => json!(tenths as f64 / 10.0),
    }
}

pub(super) fn classes_view(classes: &[usize]) -> Value {
    classes.iter().map(|class| CLASSES[*class]).collect()
}

pub(super) fn goods_view(goods: &[usize]) -> Value {
    let goods = goods.iter().map(|kind| {
        let (number, class) = GOODS[*kind];
        json!({ "un_number": number, "class": CLASSES[class] })
    });
    goods.collect()
}
