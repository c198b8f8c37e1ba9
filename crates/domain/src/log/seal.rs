//! Seals and opens personal fields: deterministic authenticated encryption, AES-SIV (RFC 5297) with
//! 256-bit keys.
//!
//! The same text of the same field of the same thing always has the same sealed form, so operations
//! can be decided again although nobody can read the texts any more. Kind, id and field are
//! authenticated with the text: a sealed text that was moved elsewhere does not open.

use super::reader::History;
use super::store::StoreError;
use super::{HistoryRow, SealKey};
use crate::aggregate::{AnyAggregate, Kind, Lookup, Name, Versioned};
use crate::personal::{PersonalFields, Sealed};
use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Texts are filled up to a multiple of this many bytes, so that the sealed form does not tell how
/// long a name was.
const BLOCK_BYTES: usize = 32;

/// The thing that personal fields belong to.
pub type Subject = (Kind, Uuid);

/// The thing that the personal fields of an operation belong to: its target, as in the log.
#[must_use]
pub fn subject_of(target: Option<&str>) -> Option<Subject> {
    let (kind, id) = target?.split_once(':')?;
    let kind: Kind = kind.parse().ok().filter(|kind: &Kind| kind.is_personal())?;
    Some((kind, Uuid::parse_str(id).ok()?))
}

/// The same, from the target of an operation that was not recorded yet.
#[must_use]
pub fn subject_named(target: Option<&Lookup>) -> Option<Subject> {
    let target = target.filter(|target| target.kind.is_personal())?;
    match target.name {
        Name::Id(id) => Some((target.kind, id)),
        Name::Key(_) => None,
    }
}

/// Those of some things that may have keys, by kind and each once.
pub fn by_kind(things: impl IntoIterator<Item = Subject>) -> BTreeMap<Kind, Vec<Uuid>> {
    let personal = things.into_iter().filter(|(kind, _)| kind.is_personal());
    let each: BTreeSet<Subject> = personal.collect();
    let mut by_kind: BTreeMap<Kind, Vec<Uuid>> = BTreeMap::new();
    for (kind, id) in each {
        by_kind.entry(kind).or_default().push(id);
    }
    by_kind
}

/// What is authenticated with a text.
fn place<'a>((kind, id): &'a Subject, field: &'a str) -> [&'a [u8]; 4] {
    let purpose = b"plimsoll personal field";
    [
        purpose,
        kind.word().as_bytes(),
        id.as_bytes(),
        field.as_bytes(),
    ]
}

/// Seals the fields that are known.
///
/// # Panics
///
/// Never: the arguments of the cipher are within its bounds.
pub fn seal(key: &SealKey, subject: Subject, fields: PersonalFields<'_>) {
    let mut cipher = Aes256Siv::new(&key.0.into());
    for (name, field) in fields {
        let Some(text) = field.known() else {
            continue;
        };
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES), 0);
        let sealed = cipher.encrypt(place(&subject, name), &bytes);
        let sealed = sealed.expect("four headers are few, and a block is long enough");
        field.seal(Sealed(hex::encode(sealed)));
    }
}

/// Opens the fields that are sealed.
///
/// # Errors
///
/// `Data` if a text was not sealed under this key, for this field of this thing.
pub fn open(key: &SealKey, subject: Subject, fields: PersonalFields<'_>) -> Result<(), StoreError> {
    let mut cipher = Aes256Siv::new(&key.0.into());
    for (name, field) in fields {
        let Some(Sealed(sealed)) = field.sealed() else {
            continue;
        };
        let bytes = hex::decode(sealed).ok();
        let bytes = bytes.and_then(|bytes| cipher.decrypt(place(&subject, name), &bytes).ok());
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let opened = text.is_some_and(|text| field.open(text.trim_end_matches('\0')).is_ok());
        if !opened {
            let (kind, id) = subject;
            return Err(StoreError::data(format!(
                "the sealed {name} of {kind} {id} does not open with its key"
            )));
        }
    }
    Ok(())
}

/// Keys that were loaded.
#[derive(Debug, Default)]
pub struct Keyring(HashMap<Subject, SealKey>);

impl Keyring {
    /// Loads the keys of these things, with one read per kind.
    ///
    /// # Errors
    ///
    /// If the database does not work.
    pub async fn load(
        history: &mut dyn History,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<Self, StoreError> {
        let mut ring = HashMap::new();
        for (kind, ids) in by_kind(subjects) {
            let found = history.keys(kind, &ids).await?.into_iter();
            ring.extend(found.map(|(id, key)| ((kind, id), key)));
        }
        Ok(Self(ring))
    }

    /// These keys.
    pub fn of(keys: impl IntoIterator<Item = (Subject, SealKey)>) -> Self {
        Self(keys.into_iter().collect())
    }

    /// The key of a thing, if it has one.
    #[must_use]
    pub fn get(&self, subject: Subject) -> Option<&SealKey> {
        self.0.get(&subject)
    }

    /// Reads the state of a history row. Its personal fields stay sealed if they have no key.
    ///
    /// # Errors
    ///
    /// `Data` if the row cannot be read, or a field does not open.
    pub fn state(&self, row: &HistoryRow) -> Result<AnyAggregate, StoreError> {
        let mut state = row.aggregate()?;
        if let Some(key) = self.get((row.kind, row.id)) {
            open(key, (row.kind, row.id), state.personal())?;
        }
        Ok(state)
    }
}

/// Reads the states of history rows, with their personal fields as far as these have keys.
///
/// # Errors
///
/// `Data` if a row cannot be read, or a field does not open. Otherwise the database does not work.
pub async fn states(
    history: &mut dyn History,
    rows: &[HistoryRow],
) -> Result<Vec<Versioned<AnyAggregate>>, StoreError> {
    let ring = Keyring::load(history, rows.iter().map(|row| (row.kind, row.id))).await?;
    let states = rows.iter().map(|row| {
        Ok(Versioned {
            version: row.version,
            state: ring.state(row)?,
        })
    });
    states.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personal::{Personal, PersonalField};

    const KEY: SealKey = SealKey([7; 64]);
    const ID: Subject = (Kind::Customer, Uuid::from_u128(1));

    fn sealed(key: &SealKey, subject: Subject, name: &'static str, text: &str) -> Personal<200> {
        let mut field: Personal<200> = text.parse().unwrap();
        seal(key, subject, vec![(name, &mut field)]);
        field
    }

    #[test]
    fn a_text_opens_only_in_its_place_and_with_its_key() {
        let before = sealed(&KEY, ID, "name", "Löwe & Söhne");
        let other = (Kind::Customer, Uuid::from_u128(2));
        for (key, subject, name, opens) in [
            (KEY, ID, "name", true),
            (KEY, ID, "email", false),
            (KEY, other, "name", false),
            (SealKey([8; 64]), ID, "name", false),
        ] {
            let mut field = before.clone();
            let opened = open(&key, subject, vec![(name, &mut field)]);
            assert_eq!(opened.is_ok(), opens, "{subject:?} {name}");
            let expected = opens.then_some("Löwe & Söhne");
            assert_eq!(field.known(), expected, "{subject:?} {name}");
        }
    }

    #[test]
    fn an_altered_text_does_not_open() {
        let Personal::Sealed(Sealed(text)) = sealed(&KEY, ID, "name", "Blue Anchor") else {
            panic!("it is sealed");
        };
        for place in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[place] = if altered[place] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(altered).unwrap();
            let mut field = Personal::<200>::Sealed(Sealed(altered));
            assert!(
                open(&KEY, ID, vec![("name", &mut field)]).is_err(),
                "{place}"
            );
        }
    }

    #[test]
    fn equal_texts_have_equal_forms_and_short_ones_the_same_length() {
        let [one, again, other] = ["Blue", "Blue", "A much longer name than that"]
            .map(|text| sealed(&KEY, ID, "name", text));
        assert_eq!(one, again);
        assert_ne!(one, other);
        let length = |field: &Personal<200>| field.sealed().map(|sealed| sealed.0.len());
        assert_eq!(length(&one), length(&other));
    }

    /// Sealed texts stay in the log for ever. This was calculated without this program, by Python's
    /// `cryptography`.
    #[test]
    fn sealed_forms_do_not_change() {
        let field = sealed(&KEY, ID, "name", "Blue Anchor");
        let expected = "f4dfa727de0eda3535c8faff514f341a738fc443a8708e3b85565ca7811be316fcc9ce77abba118e2ca871dfe1835717";
        assert_eq!(
            field.sealed().map(|sealed| sealed.0.as_str()),
            Some(expected)
        );
    }

    #[test]
    fn the_subject_is_a_target_with_personal_fields() {
        let id = Uuid::from_u128(1);
        for (target, expected) in [
            (Some(format!("customer:{id}")), Some((Kind::Customer, id))),
            (Some(format!("handling:{id}")), None),
            (Some("voyage:V1".to_owned()), None),
            (None, None),
        ] {
            assert_eq!(subject_of(target.as_deref()), expected, "{target:?}");
        }
    }
}
