//! How pages show the things of each subdomain: their names, their pages and their facts.

use super::pickers::Search;
use crate::ROOMS;
use crate::api::resources::Resource;
use crate::messages::{Exact, Reader, value};
use crate::parameters::hyphenated;
use application::About;
use application::queries::{MakerView, QueryError, Reading, When};
use async_trait::async_trait;
use domain::{Fact, Kind, Moment, Names};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::marker::PhantomData;

/// The maximum number of versions between opening a form and sending it that are compared.
pub(crate) const VERSIONS_COMPARED_MAX: u64 = 50;

/// A detail of a thing, for people.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Detail {
    /// The JSON pointer of its field in a form, empty without one.
    pub(crate) pointer: String,
    /// The label, in parts like the value.
    pub(crate) name: Vec<Fact>,
    /// The value. Several parts read as one text.
    pub(crate) value: Vec<Fact>,
    /// Whether it follows from operations on other things, as the load of a voyage follows from
    /// bookings. It does not matter for forms about the thing itself.
    pub(crate) follows: bool,
    /// The place by whose clock its times are shown.
    pub(crate) clock: Option<Fact>,
}

/// A value in the format of form fields: browsers take times to the minute or second, without a
/// zone.
pub(crate) fn as_entered(text: &str) -> &str {
    if text.parse::<Moment>().is_err() {
        return text;
    }
    let is_whole = text.get(16..19) == Some(":00");
    text.get(..if is_whole { 16 } else { 19 }).unwrap_or(text)
}

/// A part of a text that reads as it is.
pub(crate) fn part(text: &(impl ToString + ?Sized)) -> Fact {
    Fact::Text(text.to_string())
}

/// A word in capitals as people write it: `NOT_RECEIVED` is `not received`.
pub(crate) fn word(word: &str) -> Fact {
    part(&word.to_lowercase().replace('_', " "))
}

/// An amount. Whole ones are counts, whose thousands people see apart.
pub(crate) fn amount(value: f64) -> Fact {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 2^32"
    )]
    match value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value) {
        true => Fact::Count(value as u64),
        false => part(&value),
    }
}

/// Parts as one text.
pub(crate) fn read(parts: &[Fact], reader: &dyn Reader) -> String {
    parts.iter().map(|part| value(part, reader)).collect()
}

impl Detail {
    /// A value that reads as it is.
    pub(crate) fn new(pointer: &str, name: &str, value: &dyn ToString) -> Self {
        Self::of(pointer, [part(name)], [part(&value.to_string())])
    }

    /// A place or a time.
    pub(crate) fn typed(pointer: &str, name: &str, value: impl Into<Fact>) -> Self {
        Self::of(pointer, [part(name)], [value.into()])
    }

    pub(crate) fn of(
        pointer: &str,
        name: impl IntoIterator<Item = Fact>,
        value: impl IntoIterator<Item = Fact>,
    ) -> Self {
        Self {
            pointer: pointer.to_owned(),
            name: name.into_iter().collect(),
            value: value.into_iter().collect(),
            follows: false,
            clock: None,
        }
    }

    /// Shows its times by the clock of a place.
    pub(crate) fn by_clock_of(self, place: impl Into<Fact>) -> Self {
        Self {
            clock: Some(place.into()),
            ..self
        }
    }

    pub(crate) fn following(self) -> Self {
        Self {
            follows: true,
            ..self
        }
    }

    /// The value as it is filled into a field of its own. A time has its zone.
    pub(crate) fn entered(&self) -> String {
        match self.value.as_slice() {
            [Fact::Time(time)] => time.to_string(),
            parts => read(parts, &Exact),
        }
    }

    /// The same fact, if there is nothing of it.
    fn emptied(&self) -> Self {
        Self {
            value: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether both have the same value. No parts and an empty text are both nothing.
    fn is_worth(&self, other: &Self) -> bool {
        let is_nothing = |own: &Self| matches!(own.value.as_slice(), [] | [Fact::Text(_)] if read(&own.value, &Exact).is_empty());
        self.value == other.value || is_nothing(self) && is_nothing(other)
    }

    /// Whether both are the same fact, possibly at different times. The label alone is not enough.
    fn is_same_as(&self, other: &Self) -> bool {
        self.pointer == other.pointer && self.name == other.name
    }
}

/// A view with facts for people.
pub(crate) trait Facts {
    fn facts(&self) -> Vec<Detail>;
}

/// What has changed since a version: each fact before and now, and the positions of the entries
/// that changed it.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) changed: Vec<(Detail, Detail)>,
    pub(crate) positions: Vec<u64>,
}

/// A kind of thing as pages show it.
#[async_trait]
pub(crate) trait KindOnPages: Sync {
    fn kind(&self) -> Kind;

    /// The address of a thing's page, for kinds that have pages.
    fn page(&self, _name: &str) -> Option<String> {
        None
    }

    /// The address of a thing's page as of a position, for kinds whose pages can show the past.
    fn page_at(&self, _name: &str, _position: u64) -> Option<String> {
        None
    }

    /// The name of a thing in a line of the log. If a refused operation would have created it, it
    /// does not exist.
    fn in_line(&self, name: &str, _exists: bool) -> String {
        in_line(self.kind().word(), name)
    }

    /// The search for things by what people call them, for kinds whose names are ids.
    fn search(&self) -> Option<&'static dyn Search> {
        None
    }

    /// What people call these things, by name, for kinds whose names are ids.
    async fn common_names(
        &self,
        _reading: &mut Reading,
        _names: Vec<String>,
    ) -> Result<BTreeMap<String, String>, QueryError> {
        Ok(BTreeMap::new())
    }

    /// The target of an operation of the same subdomain, by its name.
    fn target_of(&self, about: &About, input: &Value) -> Option<String>;

    /// The name of a thing within a sentence.
    async fn in_sentence(&self, _reading: &mut Reading, name: &str) -> Result<String, QueryError> {
        Ok(format!("{} {name}", self.kind().word()))
    }

    /// The version of a thing, if it exists.
    async fn version(&self, reading: &mut Reading, name: &str) -> Result<Option<u64>, QueryError>;

    /// The facts about a thing.
    async fn facts(&self, _reading: &mut Reading, _name: &str) -> Result<Vec<Detail>, QueryError> {
        Ok(Vec::new())
    }

    /// What has changed about a thing since a version, for kinds with facts.
    async fn since(
        &self,
        _reading: &mut Reading,
        _name: &str,
        _version: u64,
    ) -> Result<Option<Comparison>, QueryError> {
        Ok(None)
    }

    /// Whether its things have versions for people: those of kinds with facts.
    fn has_versions(&self) -> bool {
        false
    }

    /// The versions of a thing below one, latest first, and whether there are older ones. For kinds
    /// with facts.
    async fn versions(
        &self,
        _reading: &mut Reading,
        _name: &str,
        _before: Option<u64>,
        _limit: u64,
    ) -> Result<Option<(Vec<VersionOnPages>, bool)>, QueryError> {
        Ok(None)
    }

    /// The existing ones among these.
    async fn existing(
        &self,
        _reading: &mut Reading,
        names: Vec<String>,
    ) -> Result<Vec<String>, QueryError> {
        Ok(names)
    }
}

/// A version of a thing, with the facts that it changed: each before and after.
pub(crate) struct VersionOnPages {
    pub(crate) version: u64,
    pub(crate) position: u64,
    pub(crate) recorded_at: Moment,
    pub(crate) made_by: Option<MakerView>,
    pub(crate) changed: Vec<(Detail, Detail)>,
}

/// The kind with this word, if a subdomain shows it.
pub(crate) fn kind_on_pages(word: &str) -> Option<&'static dyn KindOnPages> {
    let mut kinds = ROOMS.iter().flat_map(|room| room.things);
    kinds.find(|own| own.kind().word() == word).copied()
}

/// The name of a thing in a line of the log. Ids are shortened, because they mean nothing to
/// people.
pub(crate) fn in_line(kind: &str, name: &str) -> String {
    match hyphenated(name) {
        Some(_) => format!("{kind} {}…", &name[..8]),
        None => format!("{kind} {name}"),
    }
}

/// A kind of resource as pages show it.
pub(crate) trait ResourceOnPages: Resource<View: Facts + Send, Id: Display> {
    /// The field that names a resource in the input of an operation of the same subdomain.
    const FIELD: &'static str;
    /// The path before the name in the address of a page.
    const FOLDER: Option<&'static str>;
    /// Whether that page can show the past.
    const SHOWS_PAST: bool = false;

    /// Parses a name as people type it.
    fn typed(text: &str) -> Option<Self::Id> {
        Self::read_id(text).ok()
    }

    /// The name in a view.
    fn name(view: &Self::View) -> String;

    /// A replacement for the name in a line of the log.
    fn instead_of_name(_exists: bool) -> Option<&'static str> {
        None
    }

    /// The search by what people call a thing, if its name is an id.
    const SEARCH: Option<&'static dyn Search> = None;

    /// What people call a thing, if its name is an id.
    fn common_name(_view: &Self::View) -> Option<String> {
        None
    }

    /// The name of a thing within a sentence.
    fn in_sentence(name: &str, _view: Option<&Self::View>) -> String {
        format!("{} {name}", Self::KIND.word())
    }
}

/// A resource as a [`KindOnPages`].
pub(crate) struct PagesOf<R>(PhantomData<fn() -> R>);

impl<R> PagesOf<R> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

#[async_trait]
impl<R: ResourceOnPages> KindOnPages for PagesOf<R> {
    fn kind(&self) -> Kind {
        R::KIND
    }

    fn page(&self, name: &str) -> Option<String> {
        R::FOLDER.map(|folder| format!("{folder}{name}"))
    }

    fn page_at(&self, name: &str, position: u64) -> Option<String> {
        let page = self.page(name).filter(|_| R::SHOWS_PAST)?;
        Some(format!("{page}?at={position}"))
    }

    fn in_line(&self, name: &str, exists: bool) -> String {
        match R::instead_of_name(exists) {
            Some(words) => words.to_owned(),
            None => in_line(R::KIND.word(), name),
        }
    }

    fn search(&self) -> Option<&'static dyn Search> {
        R::SEARCH
    }

    async fn common_names(
        &self,
        reading: &mut Reading,
        names: Vec<String>,
    ) -> Result<BTreeMap<String, String>, QueryError> {
        if R::SEARCH.is_none() {
            return Ok(BTreeMap::new());
        }
        let found = visible::<R>(reading, &names).await?;
        let named = found
            .iter()
            .filter_map(|view| Some((R::name(view), R::common_name(view)?)));
        Ok(named.collect())
    }

    fn target_of(&self, _about: &About, input: &Value) -> Option<String> {
        let text = input[R::FIELD].as_str()?.trim();
        R::typed(text).map(|id| id.to_string())
    }

    async fn in_sentence(&self, reading: &mut Reading, name: &str) -> Result<String, QueryError> {
        let found = match R::read_id(name) {
            Ok(id) => reading.some::<R>([id.lookup()]).await?.pop(),
            Err(_) => None,
        };
        Ok(R::in_sentence(name, found.as_ref()))
    }

    async fn version(&self, reading: &mut Reading, name: &str) -> Result<Option<u64>, QueryError> {
        let Ok(id) = R::read_id(name) else {
            return Ok(None);
        };
        let found = reading.one::<R>(&id, When::default()).await;
        found.map(|found| found.version)
    }

    async fn facts(&self, reading: &mut Reading, name: &str) -> Result<Vec<Detail>, QueryError> {
        let Ok(id) = R::read_id(name) else {
            return Ok(Vec::new());
        };
        let found = reading.one::<R>(&id, When::default()).await?;
        Ok(found.view.facts())
    }

    async fn since(
        &self,
        reading: &mut Reading,
        name: &str,
        version: u64,
    ) -> Result<Option<Comparison>, QueryError> {
        let Ok(id) = R::read_id(name) else {
            return Ok(Some(Comparison::default()));
        };
        let versions = reading
            .versions_since::<R>(&id, version, VERSIONS_COMPARED_MAX)
            .await?;
        let Some(before) = versions.first() else {
            return Ok(Some(Comparison::default()));
        };
        let before = before.state.facts();
        let positions = versions.iter().skip(1).map(|version| version.position);
        let positions = positions.collect();
        let now = reading.one::<R>(&id, When::default()).await?.view.facts();
        Ok(Some(Comparison {
            changed: differing(&before, &now),
            positions,
        }))
    }

    fn has_versions(&self) -> bool {
        true
    }

    async fn versions(
        &self,
        reading: &mut Reading,
        name: &str,
        before: Option<u64>,
        limit: u64,
    ) -> Result<Option<(Vec<VersionOnPages>, bool)>, QueryError> {
        let Ok(id) = R::read_id(name) else {
            return Ok(None);
        };
        let (versions, more) = reading.history_before::<R>(&id, before, limit).await?;
        let told = versions.into_iter().map(|own| VersionOnPages {
            version: own.version,
            position: own.position,
            recorded_at: own.recorded_at,
            changed: differing(
                &own.before.as_ref().map(Facts::facts).unwrap_or_default(),
                &own.state.facts(),
            ),
            made_by: own.made_by,
        });
        Ok(Some((told.collect(), more)))
    }

    async fn existing(
        &self,
        reading: &mut Reading,
        names: Vec<String>,
    ) -> Result<Vec<String>, QueryError> {
        let found = visible::<R>(reading, &names).await?;
        Ok(found.iter().map(R::name).collect())
    }
}

/// The things with these names that the reader may see.
async fn visible<R: ResourceOnPages>(
    reading: &mut Reading,
    names: &[String],
) -> Result<Vec<R::View>, QueryError> {
    let ids = names.iter().filter_map(|name| R::read_id(name).ok());
    let lookups: Vec<_> = ids.map(|id| id.lookup()).collect();
    match reading.some::<R>(lookups).await {
        Err(QueryError::Forbidden(_)) => Ok(Vec::new()),
        found => found,
    }
}

/// The facts that differ, before and now: first those that there are now, then those that are gone.
fn differing(before: &[Detail], now: &[Detail]) -> Vec<(Detail, Detail)> {
    let other = |facts: &[Detail], fact: &Detail| {
        let found = facts.iter().find(|own| own.is_same_as(fact));
        found.cloned()
    };
    let pairs = now.iter().map(|fact| {
        let was = other(before, fact).unwrap_or_else(|| fact.emptied());
        (was, fact.clone())
    });
    let gone = before.iter().filter(|fact| other(now, fact).is_none());
    let gone = gone.map(|fact| (fact.clone(), fact.emptied()));
    let differ = |(was, is): &(Detail, Detail)| !was.is_worth(is);
    pairs.chain(gone).filter(differ).collect()
}
