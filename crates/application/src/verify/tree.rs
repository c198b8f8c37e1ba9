//! The tree over the log as it is stored.

use super::{CHUNK, Trouble, bad};
use domain::log::reader::Snapshot;
use domain::log::store::StoreError;
use domain::log::tree::{Node, WIDTH};

/// Compares the stored subtrees with those that the log has: each must be there, and no others.
///
/// # Errors
///
/// The first subtree that differs, by level and number, or a failure of the store.
pub(super) async fn compare(
    snapshot: &mut dyn Snapshot,
    mut nodes: Vec<Node>,
) -> Result<(), Trouble> {
    nodes.sort_by_key(|node| (node.level, node.number));
    let mut expected = nodes.into_iter().peekable();
    let mut after = None;
    loop {
        let stored = match snapshot.nodes(after, CHUNK).await {
            Err(StoreError::Data(what)) => return Err(Trouble::Aside(what.to_string())),
            stored => stored?,
        };
        let Some(last) = stored.last() else { break };
        after = Some((last.level, last.number));
        for node in stored {
            if expected.next_if_eq(&node).is_none() {
                return Err(differs(expected.peek(), &node));
            }
        }
    }
    expected.next().map_or(Ok(()), |node| Err(missing(&node)))
}

/// What is wrong where one subtree is expected and another is stored.
fn differs(expected: Option<&Node>, stored: &Node) -> Trouble {
    let (level, number) = (stored.level, stored.number);
    match expected {
        Some(node) if (node.level, node.number) <= (level, number) => missing(node),
        _ => Trouble::Aside(format!(
            "log_tree has a row with level {level} and number {number}, which does not belong to the log"
        )),
    }
}

/// Names the position that completes a subtree.
fn missing(node: &Node) -> Trouble {
    let position = (node.number + 1) * WIDTH.pow(node.level);
    let what = "the tree over the log does not match the entries up to here";
    bad(position, what)
}
