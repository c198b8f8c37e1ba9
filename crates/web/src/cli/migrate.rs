//! `plimsoll migrate`

use super::{Common, Stopped, local, say};

/// Updates the database schema.
pub(super) async fn run(common: &Common) -> Result<(), Stopped> {
    let database = local::connect(common).await?;
    let head = database.reader().snapshot().await;
    let head = head.map_err(|error| Stopped::because("Cannot read the log", &error))?;
    let position = head.head().position;
    say(format_args!(
        "The schema is up to date. The log ends at position {position}."
    ));
    Ok(())
}
