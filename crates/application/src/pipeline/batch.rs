//! One batch: judges every call in turn, in memory, within one transaction.

use super::refusals::{KeptRefusals, NewRefusals, abridged};
use super::sealing::Sealing;
use crate::access::policy::{self, POLICY_VERSION, Principal};
use crate::call::{Accepted, Call, Failed, Refused, Reply, target_text};
use crate::caller::Caller;
use crate::work::working_set::{Known, Overlay, Reads, WorkingSet};
use crate::work::{Applied, NotApplied, Question};
use domain::access::{Token, User};
use domain::limits::{FORBIDDEN_INPUT_BYTES_MAX, REFUSED_INPUT_BYTES_MAX};
use domain::log::chain::entry_hash;
use domain::log::seal::subject_of;
use domain::log::store::{Appended, CommitMarker, Remembered, StoreError, Transaction};
use domain::log::{
    Actor, Cause, Entry, Hash, Head, HistoryRow, Key, Refusal, RefusalKind, list_changes,
};
use domain::{Event, Kind, Lookup, Moment, RULES_VERSION, Rejection};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

/// States as of a head, kept from one batch for the next. As long as the head has this hash, no
/// other process has written, and the states match the database.
pub(super) struct CachedStates {
    head: Hash,
    set: WorkingSet,
}

impl CachedStates {
    /// Returns the states if they belong to this head.
    pub(super) fn into_set_of(self, head: &Head) -> Option<WorkingSet> {
        (self.head == head.hash).then_some(self.set)
    }
}

/// An answer under a caller's key.
struct Answered {
    fingerprint: Hash,
    /// The input with its personal fields, which the fingerprint does not cover. `None` if it has
    /// none, or they are not kept.
    input: Option<String>,
    reply: Reply,
}

impl Answered {
    /// Whether a call with this key is the request that was answered.
    fn is_for(&self, call: &Call, key: &Key) -> bool {
        let has_same_person = self.input.as_ref().is_none_or(|input| *input == call.input);
        let is_former = call.former_fingerprint == Some(self.fingerprint);
        is_former || (self.fingerprint == key.fingerprint && has_same_person)
    }
}

/// The calls of one batch and the states they are applied to.
pub(super) struct Batch<'a> {
    program: &'a str,
    set: WorkingSet,
    head: Head,
    sequences: BTreeMap<Kind, u64>,
    appended: Appended,
    sealing: Sealing,
    /// Answers already given under callers' keys, by earlier batches and by this one.
    remembered: HashMap<(Actor, String), Answered>,
    /// The replies to reactors, from earlier batches and this one.
    reactions: HashMap<Cause, Reply>,
    /// The refusals kept and counted before this batch, and by it.
    earlier_refusals: &'a Mutex<KeptRefusals>,
    new_refusals: NewRefusals,
}

impl<'a> Batch<'a> {
    /// Loads, in waves, what the calls name and `set` does not contain yet.
    pub(super) async fn load(
        program: &'a str,
        calls: &[&Call],
        mut set: WorkingSet,
        now: Moment,
        earlier_refusals: &'a Mutex<KeptRefusals>,
        tx: &mut dyn Transaction,
    ) -> Result<Self, StoreError> {
        loop {
            let mut reads = Reads::default();
            let known = set.known();
            for call in calls {
                name_caller(&call.caller, known, &mut reads);
                call.operation.reads(&known, &mut reads);
            }
            if !set.load(reads, tx).await? {
                break;
            }
        }
        let mut sealing = Sealing::default();
        sealing.load_calls(calls, tx).await?;
        let remembered = remembered(&set, calls, now, &mut sealing, tx).await?;
        let reactions = reactions(calls, tx).await?;
        Ok(Self {
            program,
            set,
            head: tx.head().clone(),
            sequences: tx.sequences().clone(),
            appended: Appended::default(),
            sealing,
            remembered,
            reactions,
            earlier_refusals,
            new_refusals: NewRefusals::default(),
        })
    }

    /// Judges one call. An error comes from the store and ends the batch.
    pub(super) async fn judge(
        &mut self,
        call: &Call,
        clock: Moment,
        tx: &mut dyn Transaction,
    ) -> Result<Reply, StoreError> {
        let after_the_last = self.head.recorded_at.plus_micros(1);
        let now = clock.max(after_the_last).max(call.prepared_at);
        let Some(principal) = authenticate(&call.caller, self.set.known(), now) else {
            return Ok(Reply::Failed(Failed::Unauthenticated));
        };
        if let Some(reply) = self.known_reply(call, &principal) {
            return Ok(reply);
        }
        let question = Question {
            about: call.definition.about,
            operation: call.operation.as_ref(),
            if_match: call.if_match.as_ref(),
            principal: &principal,
            now,
            head: self.head.position,
            asks_policy: true,
        };
        let reply = match question.judge(&mut self.set, tx).await {
            Ok(applied) => {
                let written = applied.changes.0.keys().copied();
                self.sealing.load(written, tx).await?;
                self.accept(call, principal.actor(), now, applied)
            }
            Err(NotApplied::Broken(error)) => return Err(error),
            Err(NotApplied::Panicked) => {
                let operation = call.definition.about.name;
                tracing::error!(operation, id = %call.id, "an operation panicked");
                Reply::Failed(Failed::Broken)
            }
            Err(NotApplied::Refused(kind, rejection)) => {
                self.refuse(call, principal.actor(), kind, rejection, now)
            }
        };
        let worth_remembering = match &reply {
            Reply::Accepted(_) => true,
            Reply::Refused(refused) => refused.kind != RefusalKind::Forbidden,
            Reply::Failed(_) => false,
        };
        if let Some(key) = call.key.as_ref().filter(|_| worth_remembering) {
            let is_accepted = matches!(reply, Reply::Accepted(_));
            let is_kept = is_accepted && call.impersonal.is_some();
            let answered = Answered {
                fingerprint: key.fingerprint,
                input: is_kept.then(|| call.input.clone()),
                reply: reply.clone(),
            };
            let place = (principal.actor(), key.text.clone());
            self.remembered.insert(place, answered);
        }
        Ok(reply)
    }

    /// The reply to an earlier call with the same cause or key.
    fn known_reply(&self, call: &Call, principal: &Principal) -> Option<Reply> {
        if let Some(cause) = &call.cause {
            if let Some(reply) = self.reactions.get(cause) {
                return Some(reply.again());
            }
            if cause.position > self.head.position {
                tracing::error!(?cause, "a reactor names a cause that is not in the log");
                return Some(Reply::Failed(Failed::Broken));
            }
        }
        let key = call.key.as_ref()?;
        let place = (principal.actor(), key.text.clone());
        let answered = self.remembered.get(&place)?;
        Some(match answered.is_for(call, key) {
            true => answered.reply.again(),
            false => Reply::Failed(Failed::KeyReused),
        })
    }

    fn accept(&mut self, call: &Call, actor: Actor, now: Moment, applied: Applied) -> Reply {
        let Applied {
            outcome,
            changes,
            events,
        } = applied;
        let about = call.definition.about;
        let target = call.operation.target();
        let target = target.as_ref();
        let position = self.head.position + 1;
        let history = self.history(&changes, position, now, call);
        self.list_changes(&changes, position);
        self.set.apply(changes);
        let target_version = target
            .and_then(|target| self.set.get(target).flatten())
            .map(|found| found.version);
        let mut entry = Entry {
            position,
            id: call.id,
            operation: about.name.to_owned(),
            version: about.version,
            subdomain: about.subdomain.to_owned(),
            target: target.map(target_text),
            target_version,
            actor,
            key: call.key.clone(),
            cause: call.cause.clone(),
            input: self.sealing.sealed_input(call),
            prepared: call.prepared.clone(),
            events: Event::list_to_json(&events),
            outcome,
            recorded_at: now,
            program: self.program.to_owned(),
            rules_version: RULES_VERSION,
            policy_version: POLICY_VERSION,
            trace_id: call.trace_id.clone(),
            hash: Hash::ZERO,
        };
        entry.hash = entry_hash(self.head.hash, &entry, &history);
        self.head = Head {
            epoch: self.head.epoch,
            position,
            recorded_at: now,
            hash: entry.hash,
        };
        let mut accepted = Accepted::from(&entry);
        accepted.once.clone_from(&call.once);
        self.appended.entries.push(entry);
        self.appended.history.extend(history);
        let reply = Reply::Accepted(Box::new(accepted));
        if let Some(cause) = &call.cause {
            self.reactions.insert(cause.clone(), reply.clone());
        }
        reply
    }

    /// The history rows of one entry, sorted by kind and id. Each state is serialized once, here.
    fn history(
        &mut self,
        overlay: &Overlay,
        position: u64,
        now: Moment,
        call: &Call,
    ) -> Vec<HistoryRow> {
        let mut rows: Vec<_> = overlay.0.iter().collect();
        rows.sort_by_key(|((kind, id), _)| (kind.word(), *id));
        rows.into_iter()
            .map(|((kind, id), changed)| {
                let sequence = self.sequences.entry(*kind).or_insert(0);
                *sequence += 1;
                self.appended.sequences.insert(*kind, *sequence);
                HistoryRow {
                    kind: *kind,
                    sequence: *sequence,
                    id: *id,
                    version: changed.version,
                    position,
                    recorded_at: now,
                    state: self.sealing.sealed_state(&changed.state, call).json(),
                }
            })
            .collect()
    }

    /// Notes what changes in lists. Must run before the changes are applied.
    fn list_changes(&mut self, overlay: &Overlay, position: u64) {
        for ((kind, id), changed) in &overlay.0 {
            let old = self.set.get(&Lookup::id(*kind, *id)).flatten();
            let changes = list_changes(old.map(|old| &old.state), &changed.state, position);
            self.appended.list_changes.extend(changes);
        }
    }

    fn refuse(
        &mut self,
        call: &Call,
        actor: Actor,
        kind: RefusalKind,
        rejection: Rejection,
        now: Moment,
    ) -> Reply {
        let refusal = Refusal {
            id: call.id,
            judged_at: self.head.position,
            recorded_at: now,
            operation: call.definition.about.name.to_owned(),
            target: call.operation.target().as_ref().map(target_text),
            actor,
            kind,
            rejection,
            input: String::new(),
            key: call.key.clone().filter(|_| kind != RefusalKind::Forbidden),
            trace_id: call.trace_id.clone(),
        };
        let reply = Reply::Refused(Box::new(Refused::from(&refusal)));
        let rule = (refusal.operation.as_str(), refusal.rejection.rule.as_ref());
        let by = (now, &refusal.actor);
        let earlier = self.earlier_refusals.lock();
        let earlier = earlier.expect("no holder of this lock panics");
        if self.new_refusals.keeps(&earlier, by, rule) {
            let bytes_max = match kind {
                RefusalKind::Forbidden => FORBIDDEN_INPUT_BYTES_MAX,
                RefusalKind::Rule | RefusalKind::Stale => REFUSED_INPUT_BYTES_MAX,
            };
            let input = abridged(call.refused_input(), bytes_max);
            self.appended.refusals.push(Refusal { input, ..refusal });
        }
        reply
    }

    /// Writes what the batch changed. Returns a row that identifies the transaction, or `None` if
    /// there is nothing to commit, the states for the next batch, and what became of refusals.
    pub(super) async fn flush(
        mut self,
        tx: &mut dyn Transaction,
    ) -> Result<(Option<CommitMarker>, CachedStates, NewRefusals), StoreError> {
        self.appended.keys = self.sealing.changes();
        let written = match (self.appended.entries.last(), self.appended.refusals.last()) {
            (Some(entry), _) => Some(CommitMarker::Operation(entry.id)),
            (None, Some(refusal)) => Some(CommitMarker::Refusal(refusal.id)),
            (None, None) => None,
        };
        if written.is_some() {
            tx.write(&self.set.changes()).await?;
            tx.append(&self.appended).await?;
        }
        let kept = CachedStates {
            head: self.head.hash,
            set: self.set.committed(),
        };
        Ok((written, kept, self.new_refusals))
    }
}

fn name_caller(caller: &Caller, known: Known<'_>, reads: &mut Reads) {
    if let Some(hash) = caller.secret() {
        reads.add::<Token>(hash);
        if let Some(token) = known.get::<Token>(hash) {
            reads.add::<User>(&token.user);
        }
    }
}

/// The caller as a principal, if it is authentic and active.
fn authenticate(caller: &Caller, known: Known<'_>, now: Moment) -> Option<Principal> {
    match caller {
        Caller::System(part) => Some(Principal::System((*part).into())),
        Caller::Token(hash) | Caller::Session(hash) => {
            let token = known.get::<Token>(hash)?;
            let user = known.get::<User>(&token.user)?;
            Principal::of_token(caller, token, user, now)
        }
    }
}

/// Loads the answers that earlier batches gave under the keys of these calls.
async fn remembered(
    set: &WorkingSet,
    calls: &[&Call],
    now: Moment,
    sealing: &mut Sealing,
    tx: &mut dyn Transaction,
) -> Result<HashMap<(Actor, String), Answered>, StoreError> {
    let keys: Vec<(Actor, String)> = calls
        .iter()
        .filter_map(|call| {
            let key = call.key.as_ref()?;
            let principal = authenticate(&call.caller, set.known(), now)?;
            Some((principal.actor(), key.text.clone()))
        })
        .collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut answers = HashMap::new();
    let found = tx.remembered(&keys, policy::rejections_since(now)).await?;
    let subjects = found.iter().filter_map(|found| match found {
        Remembered::Accepted(entry) => subject_of(entry.target.as_deref()),
        Remembered::Refused(_) => None,
    });
    sealing.load(subjects, tx).await?;
    for found in found {
        let (actor, key, reply, input) = match &found {
            Remembered::Accepted(entry) => {
                let reply = Reply::Accepted(Box::new(Accepted::from(entry.as_ref())));
                (&entry.actor, &entry.key, reply, sealing.opened_input(entry))
            }
            Remembered::Refused(refusal) => {
                let reply = Reply::Refused(Box::new(Refused::from(refusal.as_ref())));
                (&refusal.actor, &refusal.key, reply, None)
            }
        };
        let accepted = matches!(found, Remembered::Accepted(_));
        let Some(Key { text, fingerprint }) = key else {
            continue;
        };
        let place = (actor.clone(), text.clone());
        if accepted || !answers.contains_key(&place) {
            let fingerprint = *fingerprint;
            let answered = Answered {
                fingerprint,
                input,
                reply,
            };
            answers.insert(place, answered);
        }
    }
    Ok(answers)
}

/// The replies of earlier batches to calls with these causes.
async fn reactions(
    calls: &[&Call],
    tx: &mut dyn Transaction,
) -> Result<HashMap<Cause, Reply>, StoreError> {
    let causes: Vec<_> = calls.iter().filter_map(|call| call.cause.clone()).collect();
    if causes.is_empty() {
        return Ok(HashMap::new());
    }
    let known = tx.reactions(&causes).await?.into_iter().map(|entry| {
        let reply = Reply::Accepted(Box::new(Accepted::from(&entry)));
        entry.cause.map(|cause| (cause, reply))
    });
    Ok(known.flatten().collect())
}
