//! The containers of the sample world: their numbers, those split off, and those left on the quay.

use super::fate::{Fate, Handling, Step};
use super::story::{Cargo, Story};
use crate::cli::local::Trouble;
use domain::Moment;
use domain::booking::ContainerNumber;
use serde_json::{Value, json};

/// Cargoes with more containers get no numbers in the sample world.
pub(super) const NUMBERED_MAX: usize = 14;
/// Containers of the fictional carrier.
const OWNER: &str = "PLSU";

/// A container number: the serial number with its check digit.
fn number(serial: usize) -> Option<ContainerNumber> {
    (0..10).find_map(|check| format!("{OWNER}{serial:06}{check}").parse().ok())
}

/// The numbers of a cargo's containers.
fn numbers(cargo: usize, own: &Cargo) -> Vec<ContainerNumber> {
    let serials = 0..own.containers;
    let serials = serials.map(|place| 100_000 + cargo * NUMBERED_MAX + place);
    serials.filter_map(number).collect()
}

impl Story<'_> {
    /// Assigns the numbers of a confirmed cargo's containers, with seals and weights.
    pub(super) async fn assign_containers(&mut self, cargo: usize) -> Result<(), Trouble> {
        let own = &self.cargoes[cargo];
        let each = own.weight_kg / own.containers;
        let containers: Vec<Value> = numbers(cargo, own)
            .iter()
            .zip(1..)
            .map(|(number, place): (_, usize)| {
                let seal = format!("PL{:06}", cargo * NUMBERED_MAX + place);
                json!({ "number": number, "seal": seal, "vgm_kg": each })
            })
            .collect();
        let input = json!({ "cargo": own.id, "containers": containers });
        let assigned = self.office.agent("assign-containers", &input).await?;
        self.cargoes[cargo].is_numbered = assigned.is_some();
        Ok(())
    }

    /// One container will not be ready in time. It becomes a cargo of its own, which is rolled to
    /// the next sailing.
    pub(super) async fn split(&mut self, cargo: usize) -> Result<(), Trouble> {
        let own = &self.cargoes[cargo];
        let each = own.weight_kg / own.containers;
        let input = json!({
            "cargo": own.id,
            "equipment": [{ "type": own.size_type, "count": 1 }],
            "gross_weight_kg": each,
        });
        let Some(split) = self.office.clerk("split-cargo", &input).await? else {
            return Ok(());
        };
        let child = Cargo {
            id: split["child"].as_str().unwrap_or_default().to_owned(),
            containers: 1,
            weight_kg: each,
            fate: Fate::Rolled,
            ..self.cargoes[cargo].clone()
        };
        self.cargoes[cargo].containers -= 1;
        self.cargoes[cargo].weight_kg -= each;
        self.cargoes.push(child);
        self.then(self.cargoes.len() - 1, Step::Roll(0), (1, 5));
        Ok(())
    }

    /// Reports that all containers but the last went aboard. That one stays on the quay.
    pub(super) async fn load_all_but_one(
        &mut self,
        cargo: usize,
        when: Moment,
    ) -> Result<(), Trouble> {
        let (kind, place, voyage) = self.activity(cargo, Handling::Load(0));
        let mut loaded = numbers(cargo, &self.cargoes[cargo]);
        loaded.pop();
        for number in loaded {
            let input = json!({
                "container": number,
                "type": kind,
                "location": place,
                "voyage": voyage,
                "completed_at": when,
            });
            self.office.agent("register-handling-event", &input).await?;
        }
        Ok(())
    }
}
