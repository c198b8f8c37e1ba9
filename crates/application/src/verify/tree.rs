//! The tree over the log as it is stored.

use super::{Trouble, bad};
use domain::log::reader::Snapshot;
use domain::log::store::StoreError;
use domain::log::tree::{Node, Row, WIDTH};

/// Compares the stored subtrees with those that the log has.
///
/// # Errors
///
/// The position that completes the first subtree that differs, or a failure of the store.
pub(super) async fn compare(snapshot: &mut dyn Snapshot, nodes: &[Node]) -> Result<(), Trouble> {
    let mut level = 1;
    loop {
        let own: Vec<&Node> = nodes.iter().filter(|node| node.level == level).collect();
        for first in (0..=own.len()).step_by(WIDTH as usize) {
            let numbers = first as u64..first as u64 + WIDTH;
            let stored = snapshot.tree_row(&Row { level, numbers }).await;
            let stored = match stored {
                Err(StoreError::Data(what)) => return Err(Trouble::Aside(what.to_string())),
                stored => stored?,
            };
            let expected = &own[first..own.len().min(first + WIDTH as usize)];
            let count = stored.len().max(expected.len());
            let differs =
                |place: &usize| stored.get(*place) != expected.get(*place).map(|node| &node.hash);
            if let Some(place) = (0..count).find(differs) {
                let position = (first + place + 1) as u64 * WIDTH.pow(level);
                let what = "the tree over the log does not match the entries up to here";
                return Err(bad(position, what));
            }
        }
        if own.is_empty() {
            return Ok(());
        }
        level += 1;
    }
}
