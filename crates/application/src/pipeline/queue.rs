//! The queue of calls, shared fairly between callers (ADR 0016).
//!
//! Each caller has a lane. Lanes take turns by bytes (deficit round robin), so a call waits for at
//! most one turn of each other caller before it, however much they have queued. Calls that go together
//! go in the order of arrival, and so do the calls of one lane. When the queue is full, the caller who
//! holds most of it gives way.

use super::limits::Limits;
use crate::call::{Call, Failed, Reply};
use crate::lanes::Lane;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use tokio::sync::{Notify, oneshot};

/// How many bytes a lane may send ahead in each turn: a few small calls. A larger call saves up
/// turns.
const TURN_BYTES: usize = 4 << 10;

/// A call and where its reply goes.
pub(super) struct Waiting {
    pub(super) call: Call,
    pub(super) answer: oneshot::Sender<Reply>,
}

/// The waiting calls of one caller.
#[derive(Default)]
struct Waits {
    /// The calls with their number by arrival.
    calls: VecDeque<(u64, Waiting)>,
    bytes: usize,
    /// The bytes that the lane may still send ahead.
    credit: usize,
    /// Whether its turn goes on, since a full batch cut it short.
    is_in_turn: bool,
}

#[derive(Default)]
struct State {
    lanes: HashMap<Lane, Waits>,
    /// The lanes with waiting calls, the next one first.
    turns: VecDeque<Lane>,
    /// The number of calls that have arrived.
    arrivals: u64,
    calls: usize,
    bytes: usize,
    /// No more calls come.
    is_closed: bool,
    /// Nobody takes calls any more.
    is_abandoned: bool,
}

/// The queue.
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Notify,
    limits: Limits,
}

impl Queue {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            state: Mutex::default(),
            filled: Notify::new(),
            limits,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }

    /// Adds a call at the end of its lane. If there is no room, the caller who holds most of the queue
    /// loses its last call, or this call is not added. The caller of a lost call is told that the
    /// queue is full.
    pub(super) fn push(&self, waiting: Waiting) {
        let mut displaced = Vec::new();
        {
            let mut state = self.state();
            let is_added =
                !state.is_abandoned && state.make_room(&waiting.call, &self.limits, &mut displaced);
            if is_added {
                state.add(waiting);
            } else {
                displaced.push(waiting);
            }
        }
        self.filled.notify_one();
        for waiting in displaced {
            drop(waiting.answer.send(Reply::Failed(Failed::Overloaded)));
        }
    }

    /// The number of waiting calls.
    pub(super) fn len(&self) -> usize {
        self.state().calls
    }

    /// No more calls come.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.filled.notify_one();
    }

    /// Nobody takes calls any more. The outcome of those that wait stays unknown.
    pub(super) fn abandon(&self) {
        *self.state() = State {
            is_abandoned: true,
            ..State::default()
        };
    }

    /// Waits for calls and takes the next ones together: `most` of how many wait, and no more bytes
    /// than a batch may have, but at least one. `None` when the queue is closed and empty.
    pub(super) async fn next(&self, most: impl Fn(usize) -> usize) -> Option<Vec<Waiting>> {
        loop {
            {
                let mut state = self.state();
                if state.calls > 0 {
                    let most = most(state.calls).min(self.limits.batch);
                    return Some(state.take(most, self.limits.batch_bytes));
                }
                if state.is_closed {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }
}

impl State {
    /// Makes room for a call, if others hold more than its caller would. If that does not suffice,
    /// nothing is displaced.
    fn make_room(&mut self, call: &Call, limits: &Limits, displaced: &mut Vec<Waiting>) -> bool {
        let weight = call.weight();
        let own = self.lanes.get(&call.lane);
        let (calls, bytes) =
            own.map_or((1, weight), |own| (own.calls.len() + 1, own.bytes + weight));
        let missing = (self.bytes + weight).saturating_sub(limits.queue_bytes);
        let spare = |waits: &Waits| waits.bytes.saturating_sub(bytes);
        if weight > limits.queue_bytes || self.lanes.values().map(spare).sum::<usize>() < missing {
            return false;
        }
        if self.calls >= limits.queue && !self.lanes.values().any(|own| own.calls.len() > calls) {
            return false;
        }
        loop {
            let has_calls = self.calls < limits.queue;
            if has_calls && self.bytes + weight <= limits.queue_bytes {
                return true;
            }
            let size = |waits: &Waits| match has_calls {
                true => waits.bytes,
                false => waits.calls.len(),
            };
            let largest = self.lanes.iter().max_by_key(|(_, waits)| size(waits));
            let Some(lane) = largest.map(|(lane, _)| lane.clone()) else {
                return false;
            };
            displaced.extend(self.drop_last(&lane));
        }
    }

    fn add(&mut self, waiting: Waiting) {
        let weight = waiting.call.weight();
        let lane = waiting.call.lane.clone();
        let waits = self.lanes.entry(lane.clone()).or_default();
        if waits.calls.is_empty() {
            self.turns.push_back(lane);
        }
        waits.calls.push_back((self.arrivals, waiting));
        self.arrivals += 1;
        waits.bytes += weight;
        self.calls += 1;
        self.bytes += weight;
    }

    fn drop_last(&mut self, lane: &Lane) -> Option<Waiting> {
        let waits = self.lanes.get_mut(lane)?;
        let (_, waiting) = waits.calls.pop_back()?;
        let weight = waiting.call.weight();
        waits.bytes -= weight;
        self.calls -= 1;
        self.bytes -= weight;
        if waits.calls.is_empty() {
            self.lanes.remove(lane);
            self.turns.retain(|turn| turn != lane);
        }
        Some(waiting)
    }

    /// Takes calls in turns. A lane whose turn the batch cuts short goes on first next time.
    fn take(&mut self, most: usize, bytes_max: usize) -> Vec<Waiting> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(lane) = self.turns.pop_front() {
            let waits = self.lanes.get_mut(&lane).expect("lanes with turns exist");
            if !std::mem::take(&mut waits.is_in_turn) {
                waits.credit += TURN_BYTES;
            }
            let is_full = loop {
                let Some((_, next)) = waits.calls.front() else {
                    break false;
                };
                let weight = next.call.weight();
                if weight > waits.credit {
                    break false;
                }
                if batch.len() == most || (!batch.is_empty() && bytes + weight > bytes_max) {
                    break true;
                }
                waits.credit -= weight;
                waits.bytes -= weight;
                bytes += weight;
                batch.extend(waits.calls.pop_front());
            };
            if waits.calls.is_empty() {
                self.lanes.remove(&lane);
            } else if is_full {
                waits.is_in_turn = true;
                self.turns.push_front(lane);
            } else {
                self.turns.push_back(lane);
            }
            if is_full {
                break;
            }
        }
        self.calls -= batch.len();
        self.bytes -= bytes;
        batch.sort_unstable_by_key(|(arrival, _)| *arrival);
        batch.into_iter().map(|(_, waiting)| waiting).collect()
    }
}
