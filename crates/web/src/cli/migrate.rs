//! `plimsoll migrate`

use super::{Common, Stopped, local, say};

/// Brings the tables up to date.
pub(super) async fn run(common: &Common) -> Result<(), Stopped> {
    let database = local::connect(common).await?;
    let head = database.reader().snapshot().await;
    let head =
        head.map_err(|error| Stopped::unable(format!("The log cannot be read: {error}.")))?;
    let position = head.head().position;
    say(format_args!(
        "The tables are up to date; the log ends at position {position}."
    ));
    Ok(())
}
