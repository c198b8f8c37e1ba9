//! `plimsoll restored`

use super::{Common, Stopped, local, say};
use crate::clock::{SystemChance, SystemClock};
use domain::ports::{Chance, Clock};

/// Gives the log a new epoch.
pub(super) async fn run(common: &Common) -> Result<(), Stopped> {
    local::must_exist(common)?;
    let database = local::connect(common).await?;
    let now = SystemClock.now();
    let epoch = SystemChance.id(now);
    let begun = database.begin_epoch(epoch, now).await;
    database.close().await;
    let ended =
        begun.map_err(|error| Stopped::because("The log did not get a new epoch", &error))?;
    say(format_args!(
        "epoch {epoch}, which goes on from position {} of epoch {}",
        ended.position, ended.epoch
    ));
    Ok(())
}
