//! The history checker. It reads what clients recorded and what the log says, and checks G1, G2 and
//! G4 in one pass over each (after sorting by time).
//!
//! G1: positions are 1, 2, 3 … n and times increase. G2: a call sent after an answer comes after it
//! in the log, and no refusal was judged on an older state. G4: every accepted call is in the log
//! once, as it was answered, and the same key always got the same position. Versions: `If-Match`
//! let through only matching calls.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A call as its client saw it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The time it was sent, on the clients' common clock.
    pub sent: u64,
    /// The time the answer arrived.
    pub answered: u64,
    pub operation: String,
    /// Caller and idempotency key, if one was sent.
    pub key: Option<String>,
    /// The version sent as `If-Match`, if any.
    pub if_match: Option<u64>,
    /// The target.
    pub target: String,
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Accepted {
        position: u64,
        outcome: String,
        version: Option<u64>,
        replayed: bool,
    },
    Refused {
        rule: String,
        judged_at: u64,
        replayed: bool,
    },
    /// No answer, or one that says the outcome is unknown.
    Unknown,
    /// An answer that says nothing was applied, for reasons outside the domain.
    NotApplied,
    /// An answer that must not occur, with its status.
    Wrong(u16),
}

impl Answer {
    /// Whether the answer says what happened to the call.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Refused { .. })
    }
}

/// The fields of a log entry that the checker needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    pub position: u64,
    pub operation: String,
    pub actor: String,
    pub outcome: String,
    pub recorded_at_micros: i64,
}

/// Checks the calls of clients that settled every unknown outcome by retrying with the same key.
/// `actor` is theirs: every entry of that actor must come from one of them.
pub fn check(calls: &[Recorded], log: &[Logged], actor: &str) -> Result<(), String> {
    one_order(log)?;
    expected_answers(calls)?;
    let entries: HashMap<u64, &Logged> = log.iter().map(|entry| (entry.position, entry)).collect();
    acknowledged_is_there(calls, &entries)?;
    exactly_once(calls, log, actor)?;
    real_time(calls)?;
    versions(calls)
}

fn one_order(log: &[Logged]) -> Result<(), String> {
    for (index, entry) in log.iter().enumerate() {
        let expected = index as u64 + 1;
        if entry.position != expected {
            return Err(format!(
                "G1: position {} where {expected} belongs",
                entry.position
            ));
        }
        if index > 0 && entry.recorded_at_micros <= log[index - 1].recorded_at_micros {
            return Err(format!(
                "G1: {expected} was not recorded later than the one before"
            ));
        }
    }
    Ok(())
}

fn expected_answers(calls: &[Recorded]) -> Result<(), String> {
    match calls
        .iter()
        .find(|call| matches!(call.answer, Answer::Wrong(_)))
    {
        Some(call) => Err(format!("nobody should get such an answer: {call:?}")),
        None => Ok(()),
    }
}

fn acknowledged_is_there(
    calls: &[Recorded],
    entries: &HashMap<u64, &Logged>,
) -> Result<(), String> {
    for call in calls {
        if let Answer::Accepted {
            position, outcome, ..
        } = &call.answer
        {
            let entry = entries
                .get(position)
                .ok_or_else(|| format!("G7: {position} was acknowledged and is not there"))?;
            if entry.operation != call.operation || entry.outcome != *outcome {
                return Err(format!(
                    "G4: {position} is not what was acknowledged: {entry:?}, {call:?}"
                ));
            }
        }
    }
    Ok(())
}

fn exactly_once(calls: &[Recorded], log: &[Logged], actor: &str) -> Result<(), String> {
    let mut by_key: HashMap<&str, u64> = HashMap::new();
    let mut by_position: HashMap<u64, Option<&str>> = HashMap::new();
    let mut unsettled: BTreeMap<&str, ()> = BTreeMap::new();
    for call in calls {
        let key = call.key.as_deref();
        match &call.answer {
            Answer::Accepted {
                position, replayed, ..
            } => {
                if let Some(key) = key
                    && *by_key.entry(key).or_insert(*position) != *position
                {
                    return Err(format!(
                        "G4: key {key} has positions {} and {position}",
                        by_key[key]
                    ));
                }
                match by_position.insert(*position, key) {
                    Some(other) if other.is_none() || other != key => {
                        return Err(format!("G4: two requests were answered with {position}"));
                    }
                    Some(_) | None => {}
                }
                if *replayed && key.is_none() {
                    return Err(format!("G4: {position} was replayed without a key"));
                }
            }
            Answer::Unknown => {
                let key = key.ok_or("an unknown outcome without a key cannot be settled")?;
                unsettled.insert(key, ());
            }
            Answer::Refused { .. } | Answer::NotApplied | Answer::Wrong(_) => {}
        }
    }
    replays_have_an_origin(calls)?;
    let settled = |key: &&str| {
        calls
            .iter()
            .any(|call| call.key.as_deref() == Some(key) && call.answer.is_settled())
    };
    if let Some(key) = unsettled.into_keys().find(|key| !settled(key)) {
        return Err(format!("key {key} was never settled"));
    }
    let own = log.iter().filter(|entry| entry.actor == actor).count();
    if own != by_position.len() {
        return Err(format!(
            "G4: {own} entries for {} accepted requests",
            by_position.len()
        ));
    }
    Ok(())
}

/// A repeated answer was given before, or may have been lost on its way. A call that was told that
/// nothing was applied must not have been applied.
fn replays_have_an_origin(calls: &[Recorded]) -> Result<(), String> {
    let mut by_sent: Vec<&Recorded> = calls.iter().collect();
    by_sent.sort_by_key(|call| call.sent);
    let mut maybe_applied: HashSet<&str> = HashSet::new();
    for call in by_sent {
        let Some(key) = call.key.as_deref() else {
            continue;
        };
        let is_first = match call.answer {
            Answer::Accepted { replayed, .. } | Answer::Refused { replayed, .. } => {
                maybe_applied.insert(key) && replayed
            }
            Answer::Unknown => {
                maybe_applied.insert(key);
                false
            }
            Answer::NotApplied | Answer::Wrong(_) => false,
        };
        if is_first {
            return Err(format!(
                "G4: applied though it was said not to be: {call:?}"
            ));
        }
    }
    Ok(())
}

/// A sweep over time: a call sent after an answer comes after it in the log.
fn real_time(calls: &[Recorded]) -> Result<(), String> {
    let mut by_sent: Vec<&Recorded> = calls.iter().collect();
    by_sent.sort_by_key(|call| call.sent);
    let mut by_answered: Vec<&Recorded> = calls.iter().collect();
    by_answered.sort_by_key(|call| call.answered);
    let mut answered = by_answered.into_iter().peekable();
    let mut newest = 0;
    for call in by_sent {
        while let Some(earlier) = answered.next_if(|earlier| earlier.answered < call.sent) {
            newest = newest.max(match earlier.answer {
                Answer::Accepted { position, .. } => position,
                Answer::Refused { judged_at, .. } => judged_at,
                Answer::Unknown | Answer::NotApplied | Answer::Wrong(_) => 0,
            });
        }
        match call.answer {
            Answer::Accepted {
                position,
                replayed: false,
                ..
            } if position <= newest => {
                return Err(format!(
                    "G2: {position} was sent after {newest} had been answered: {call:?}"
                ));
            }
            Answer::Refused {
                judged_at,
                replayed: false,
                ..
            } if judged_at < newest => {
                return Err(format!(
                    "G2: judged at {judged_at} after {newest} had been answered: {call:?}"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Accepted with `If-Match: v` means that v was the latest version. Refused as stale means that it
/// was not.
fn versions(calls: &[Recorded]) -> Result<(), String> {
    let mut history: HashMap<&str, BTreeMap<u64, u64>> = HashMap::new();
    for call in calls {
        if let Answer::Accepted {
            position,
            version: Some(version),
            ..
        } = call.answer
        {
            history
                .entry(&call.target)
                .or_default()
                .insert(position, version);
        }
    }
    for (target, versions) in &history {
        let mut last = None;
        for (position, version) in versions {
            if last.is_some_and(|last| *version != last + 1) {
                return Err(format!(
                    "{target} has version {version} at {position} after {last:?}"
                ));
            }
            last = Some(*version);
        }
    }
    for call in calls {
        let Some(expected) = call.if_match else {
            continue;
        };
        match &call.answer {
            Answer::Accepted {
                version: Some(version),
                replayed: false,
                ..
            } if *version != expected + 1 => {
                return Err(format!(
                    "If-Match {expected} let version {version} through: {call:?}"
                ));
            }
            Answer::Refused {
                rule,
                judged_at,
                replayed: false,
            } if rule == "StaleVersion" => {
                let then = history
                    .get(call.target.as_str())
                    .and_then(|versions| versions.range(..=judged_at).next_back());
                if then.is_some_and(|(_, version)| *version == expected) {
                    return Err(format!(
                        "If-Match {expected} was refused though it was the newest: {call:?}"
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
