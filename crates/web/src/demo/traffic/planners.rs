//! Planners: they schedule new voyages, change limit lines a little, and report delays.

use super::Desk;
use crate::demo::sailing::Sailing;
use crate::demo::world::AHEAD_HOURS;
use serde_json::json;

impl Desk {
    /// Changes a limit line a little.
    pub(super) async fn move_line(&mut self) -> Option<()> {
        let sailings = self.sailings().await?;
        let sailing = self.dice.one(&sailings);
        let input = json!({
            "voyage": sailing.number,
            "capacity": sailing.capacity,
            "overbooking_percent": self.dice.between(0, 10),
        });
        self.planner("change-voyage-capacity", &input)
            .await
            .map(drop)
    }

    /// Schedules the next voyages as time goes on.
    pub(super) async fn schedule(&mut self) -> Option<()> {
        let scheduled = self.sailings().await?;
        let planned = self.planned();
        let missing = planned
            .iter()
            .find(|own| !scheduled.iter().any(|known| known.number == own.number))?;
        // A ship that is late leaves later on its next voyage, too.
        let of_ship = scheduled.iter().filter(|own| own.vessel == missing.vessel);
        let is_free = of_ship.map(Sailing::arrives).max();
        let late = is_free.map_or(0, |free| missing.hours_before(free));
        let missing = match late {
            0 => missing.clone(),
            hours => missing.late(hours, Self::now())?,
        };
        self.planner("schedule-voyage", &missing.schedule())
            .await
            .map(drop)
    }

    /// Delays a ship that was on time until now.
    pub(super) async fn delay(&mut self) -> Option<()> {
        let sailings = self.sailings().await?;
        let sailing = self.dice.one(&sailings);
        let planned = self.planned();
        let planned = planned.iter().find(|own| own.number == sailing.number)?;
        if sailing.cancelled || planned.arrives() != sailing.arrives() {
            return None;
        }
        let late = sailing.late(self.dice.time(6, 30), Self::now())?;
        self.planner("reschedule-voyage", &late.reschedule())
            .await
            .map(drop)
    }

    /// The voyages that should exist.
    fn planned(&self) -> Vec<Sailing> {
        let now = Self::now();
        self.network.sailings(now, now.plus_hours(AHEAD_HOURS))
    }
}
