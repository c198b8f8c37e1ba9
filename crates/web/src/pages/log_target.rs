//! What the log is about: the target that people type into its filter.

use super::filters::FilterFaults;
use super::thing::{KindOnPages, kind_on_pages};
use super::visit::{Away, Visit};
use crate::ROOMS;
use application::queries::QueryError;
use domain::booking::TrackingId;

/// Parses the target of operations: a kind and name as in the log's lines or the API, the name of a
/// cargo or a voyage, or what people call a thing of another kind.
pub(super) async fn about(
    visit: &mut Visit,
    text: &str,
    faults: &mut FilterFaults,
) -> Result<String, Away> {
    if let Some((kind, name)) = prefixed(text) {
        let meant = match kind_on_pages(&kind) {
            Some(own) => meant(visit, own, &name, faults).await?,
            None => None,
        };
        return Ok(meant.unwrap_or_else(|| format!("{kind}:{name}")));
    }
    let name = text.to_uppercase();
    if name.parse::<TrackingId>().is_ok() {
        return Ok(format!("cargo:{name}"));
    }
    let voyage = format!("voyage:{name}");
    if let Some(own) = kind_on_pages("voyage") {
        let found = own.existing(&mut visit.reading, vec![name]).await?;
        if !found.is_empty() {
            return Ok(voyage);
        }
    }
    for own in ROOMS.iter().flat_map(|room| room.things) {
        if let Some(found) = meant(visit, *own, text, faults).await? {
            return Ok(found);
        }
    }
    Ok(voyage)
}

/// The target that a text means as what people call a thing of this kind. If it may mean several,
/// each is offered.
async fn meant(
    visit: &mut Visit,
    kind: &dyn KindOnPages,
    text: &str,
    faults: &mut FilterFaults,
) -> Result<Option<String>, Away> {
    let Some(search) = kind.search() else {
        return Ok(None);
    };
    let target = |name: &str| format!("{}:{name}", kind.kind());
    match search.meant(&mut visit.reading, text).await {
        Ok(Ok(name)) => Ok(Some(target(&name))),
        Ok(Err(unclear)) if unclear.offered.is_empty() => Ok(None),
        Ok(Err(unclear)) => {
            faults.add(format!("“About” {}.", unclear.complaint));
            for (name, label) in unclear.offered {
                faults.offer("target", &target(&name), label);
            }
            Ok(None)
        }
        Err(QueryError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A kind and a name, if both are typed.
fn prefixed(text: &str) -> Option<(String, String)> {
    let (kind, name) = text.split_once([':', ' '])?;
    let kind = kind.to_lowercase();
    // The first of several words may also belong to a name.
    if !text.contains(':') && kind_on_pages(&kind).is_none() {
        return None;
    }
    let name = name.trim();
    let name = match kind.as_str() {
        "cargo" | "voyage" => name.to_uppercase(),
        _ => name.to_owned(),
    };
    Some((kind, name))
}

#[cfg(test)]
mod tests {
    use super::prefixed;

    #[test]
    fn kinds_and_names_are_told_apart() {
        for (text, expected) in [
            ("V100", None),
            ("Blue Anchor", None),
            ("cargo 23456789AB3", Some(("cargo", "23456789AB3"))),
            ("Voyage: v100", Some(("voyage", "V100"))),
            ("user:anna", Some(("user", "anna"))),
            ("token:01890a5d", Some(("token", "01890a5d"))),
            ("customer Blue Anchor", Some(("customer", "Blue Anchor"))),
        ] {
            let expected = expected.map(|(kind, name)| (kind.to_owned(), name.to_owned()));
            assert_eq!(prefixed(text), expected);
        }
    }
}
