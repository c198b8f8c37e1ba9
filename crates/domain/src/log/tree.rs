//! The Merkle tree over the log, as in RFC 9162 (Certificate Transparency 2.0), section 2.1.
//!
//! Its leaves are the hashes of the entries, in order; the leaf with index i belongs to position
//! i + 1. A log of n entries has one root, and a few hashes prove to anyone who knows the root that an
//! entry is among the n, or that a longer log begins with them. The hash of an entry already covers
//! all entries before it; the tree makes that cheap to show.

use super::Hash;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// The number of hashes of one level of whole subtrees that one hash of the next level stands for.
/// The store keeps every 8th level of the tree.
pub const WIDTH: u64 = 256;

/// The hash of a leaf.
#[must_use]
pub fn leaf(entry: Hash) -> Hash {
    Hash(
        Sha256::new_with_prefix([0])
            .chain_update(entry.0)
            .finalize()
            .into(),
    )
}

/// The hash of two neighbours.
#[must_use]
pub fn join(left: Hash, right: Hash) -> Hash {
    let both = Sha256::new_with_prefix([1]).chain_update(left.0);
    Hash(both.chain_update(right.0).finalize().into())
}

/// The root of the empty tree.
#[must_use]
pub fn empty() -> Hash {
    Hash::of(&[])
}

/// A tree that grows leaf by leaf, with the roots of its largest whole subtrees.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// The roots, the largest subtree first.
    peaks: Vec<Hash>,
}

/// A whole subtree that the store keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// 1 for a subtree over [`WIDTH`] leaves, 2 for one over `WIDTH²`, and so on.
    pub level: u32,
    /// Its number among those of its level, from 0.
    pub number: u64,
    pub hash: Hash,
}

impl Tree {
    /// The number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the leaf of an entry. Returns the nodes that this completes.
    pub fn push(&mut self, entry: Hash) -> Vec<Node> {
        let mut hash = leaf(entry);
        let mut completed = Vec::new();
        self.size += 1;
        for height in 1..=self.size.trailing_zeros() {
            let left = self.peaks.pop().expect("each bit of the size has a peak");
            hash = join(left, hash);
            if height % WIDTH.trailing_zeros() == 0 {
                let number = (self.size >> height) - 1;
                let level = height / WIDTH.trailing_zeros();
                completed.push(Node {
                    level,
                    number,
                    hash,
                });
            }
        }
        self.peaks.push(hash);
        completed
    }

    /// The root over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        folded(&self.peaks)
    }
}

/// The root over neighbouring whole subtrees of falling size.
fn folded(peaks: &[Hash]) -> Hash {
    let mut from_right = peaks.iter().rev().copied();
    let last = from_right.next();
    last.map_or_else(empty, |last| {
        from_right.fold(last, |right, left| join(left, right))
    })
}

/// The root over neighbouring subtrees of the same size, of which there is a power of two.
fn balanced(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            join(balanced(left), balanced(right))
        }
    }
}

/// The leaves whose roots prove that the leaf `index` is in the tree of `size` leaves, from the
/// bottom up.
#[must_use]
pub fn inclusion(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut path = Vec::new();
    let mut whole = 0..size;
    while whole.end - whole.start > 1 {
        let (left, right) = halves(&whole);
        if index < left.end {
            path.push(right);
            whole = left;
        } else {
            path.push(left);
            whole = right;
        }
    }
    path.reverse();
    path
}

/// The leaves whose roots prove that the tree of `size` leaves begins with the tree of `first`
/// leaves, from the bottom up. Empty if either is the whole of the other.
#[must_use]
pub fn consistency(first: u64, size: u64) -> Vec<Range<u64>> {
    let mut path = Vec::new();
    if first == 0 || first >= size {
        return path;
    }
    let mut whole = 0..size;
    while first != whole.end {
        let (left, right) = halves(&whole);
        if first <= left.end {
            path.push(right);
            whole = left;
        } else {
            path.push(left);
            whole = right;
        }
    }
    // The verifier knows the root of the first tree if the path ends with it.
    if whole.start > 0 {
        path.push(whole);
    }
    path.reverse();
    path
}

/// Splits leaves where RFC 9162 does: after the largest power of two below their number.
fn halves(whole: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let count = whole.end - whole.start;
    let middle = whole.start + count.next_power_of_two() / 2;
    (whole.start..middle, middle..whole.end)
}

/// Neighbouring hashes of one level, which together make a whole subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 0 for leaves, or the level of the [`Node`]s.
    pub level: u32,
    pub numbers: Range<u64>,
}

/// The rows that the root over some leaves is made of, from left to right: less than [`WIDTH`]
/// hashes of each level and side. The leaves must be those of a node of the tree: their first number is
/// a multiple of the largest power of two that fits into them.
#[must_use]
pub fn rows(leaves: &Range<u64>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut start = leaves.start;
    while start < leaves.end {
        let left = leaves.end - start;
        let fits = u64::BITS - 1 - left.leading_zeros();
        let height = fits.min(start.trailing_zeros());
        let level = height / WIDTH.trailing_zeros();
        let first = start >> (level * WIDTH.trailing_zeros());
        let count = 1 << (height % WIDTH.trailing_zeros());
        rows.push(Row {
            level,
            numbers: first..first + count,
        });
        start += 1 << height;
    }
    rows
}

/// The root over the leaves whose [`rows`] have these hashes.
#[must_use]
pub fn root(rows: &[Vec<Hash>]) -> Hash {
    let peaks: Vec<Hash> = rows.iter().map(|row| balanced(row)).collect();
    folded(&peaks)
}

/// The root that a proof of inclusion leads to: from a leaf, its index, the size of the tree and the
/// roots of [`inclusion`]. `None` if the proof has another length than such a proof.
#[must_use]
pub fn root_by_inclusion(entry: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    let ranges = inclusion(index, size);
    if index >= size || ranges.len() != path.len() {
        return None;
    }
    let steps = ranges.iter().zip(path);
    Some(steps.fold(leaf(entry), |own, (range, other)| {
        match range.start > index {
            true => join(own, *other),
            false => join(*other, own),
        }
    }))
}

/// The roots of both trees that a proof of consistency leads to: from the root of the first tree and
/// the roots of [`consistency`]. `None` if the proof has another length than such a proof.
#[must_use]
pub fn roots_by_consistency(
    known: Hash,
    first: u64,
    size: u64,
    path: &[Hash],
) -> Option<(Hash, Hash)> {
    let ranges = consistency(first, size);
    if ranges.len() != path.len() || first > size {
        return None;
    }
    if first == 0 || first == size {
        return Some((known, known));
    }
    let mut steps = ranges.iter().zip(path).peekable();
    // The smallest subtree that both trees share. Without one in the path, it is the first tree.
    let shared = steps.next_if(|(range, _)| range.end == first);
    let shared = shared.map_or(known, |(_, hash)| *hash);
    Some(steps.fold((shared, shared), |(old, new), (range, other)| {
        match range.start >= first {
            true => (old, join(new, *other)),
            false => (join(*other, old), join(*other, new)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64) -> Hash {
        Hash::of(&number.to_be_bytes())
    }

    /// The definition in RFC 9162, section 2.1.1.
    fn defined(entries: &[Hash]) -> Hash {
        match entries {
            [] => empty(),
            [one] => leaf(*one),
            more => {
                let half = more.len().next_power_of_two() / 2;
                join(defined(&more[..half]), defined(&more[half..]))
            }
        }
    }

    /// The root over a range, from rows of leaves and nodes.
    fn over(range: &Range<u64>, entries: &[Hash], nodes: &[Node]) -> Hash {
        let of = |row: &Row| -> Vec<Hash> {
            let numbers = row.numbers.clone();
            if row.level == 0 {
                return numbers.map(|n| leaf(entries[n as usize])).collect();
            }
            let found = numbers.map(|number| {
                let mut own = nodes.iter();
                own.find(|node| (node.level, node.number) == (row.level, number))
            });
            found.map(|node| node.expect("it is stored").hash).collect()
        };
        root(&rows(range).iter().map(of).collect::<Vec<_>>())
    }

    #[test]
    fn a_growing_tree_has_the_root_of_the_definition_and_its_nodes() {
        let entries: Vec<Hash> = (0..1_100).map(entry).collect();
        let (mut tree, mut nodes) = (Tree::default(), Vec::new());
        assert_eq!(tree.root(), empty());
        for (before, entry) in entries.iter().enumerate() {
            nodes.extend(tree.push(*entry));
            if before < 70 || before % 97 == 0 {
                assert_eq!(tree.root(), defined(&entries[..=before]), "{before}");
            }
        }
        assert_eq!(nodes.len(), 4);
        for node in &nodes {
            let first = (node.number * WIDTH) as usize;
            assert_eq!(node.hash, defined(&entries[first..first + WIDTH as usize]));
        }
        for range in [
            0..1_100,
            0..256,
            256..512,
            512..1_024,
            1_024..1_100,
            512..513,
            1_024..1_025,
        ] {
            let (start, end) = (range.start as usize, range.end as usize);
            assert_eq!(
                over(&range, &entries, &nodes),
                defined(&entries[start..end])
            );
        }
    }

    #[test]
    fn proofs_lead_to_the_root_and_altered_ones_do_not() {
        let entries: Vec<Hash> = (0..70).map(entry).collect();
        for size in 1..=70_u64 {
            let whole = defined(&entries[..size as usize]);
            for index in 0..size {
                let ranges = inclusion(index, size);
                let path: Vec<Hash> = ranges.iter().map(|r| over(r, &entries, &[])).collect();
                let found = root_by_inclusion(entries[index as usize], index, size, &path);
                assert_eq!(found, Some(whole), "{index} of {size}");
                let other = root_by_inclusion(entry(99), index, size, &path);
                assert_ne!(other, Some(whole));
                if let Some(short) = path.len().checked_sub(1) {
                    let cut =
                        root_by_inclusion(entries[index as usize], index, size, &path[..short]);
                    assert_eq!(cut, None);
                }
            }
            for first in 1..=size {
                let old = defined(&entries[..first as usize]);
                let ranges = consistency(first, size);
                let mut path: Vec<Hash> = ranges.iter().map(|r| over(r, &entries, &[])).collect();
                let found = roots_by_consistency(old, first, size, &path);
                assert_eq!(found, Some((old, whole)), "{first} of {size}");
                if let Some(last) = path.last_mut() {
                    *last = entry(99);
                    let altered = roots_by_consistency(old, first, size, &path);
                    assert_ne!(altered, Some((old, whole)));
                }
            }
        }
    }

    /// The example that certificate-transparency-go checks its trees with.
    #[test]
    fn the_hashes_are_those_of_the_standard() {
        let known = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty().to_string(), known);
        let nothing = Sha256::new_with_prefix([0]).finalize();
        let known = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(Hash(nothing.into()).to_string(), known);
    }
}
