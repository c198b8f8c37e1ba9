//! Consumers as pages show them.

use super::pages;
use crate::pages::thing::{Detail, KindOnPages, part, word};
use application::About;
use application::consumers::ConsumerView;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::Kind;
use domain::consumers::ConsumerName;
use serde_json::Value;

/// Consumers.
pub(crate) struct Consumers;

/// The consumer of a name, if there is one.
async fn found(reading: &mut Reading, name: &str) -> Result<Option<ConsumerView>, QueryError> {
    let Ok(name) = name.parse::<ConsumerName>() else {
        return Ok(None);
    };
    match reading.consumer(&name).await {
        Ok(view) => Ok(Some(view)),
        Err(QueryError::NotFound(_) | QueryError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl KindOnPages for Consumers {
    fn kind(&self) -> Kind {
        Kind::Consumer
    }

    fn page(&self, name: &str) -> Option<String> {
        Some(format!("{}/{name}", pages::LIST))
    }

    fn target_of(&self, _about: &About, input: &Value) -> Option<String> {
        let text = input["consumer"].as_str()?.trim().to_lowercase();
        let name = text.parse::<ConsumerName>().ok();
        name.map(|name| name.to_string())
    }

    async fn version(&self, reading: &mut Reading, name: &str) -> Result<Option<u64>, QueryError> {
        let found = found(reading, name).await?;
        Ok(found.map(|own| own.version))
    }

    async fn facts(&self, reading: &mut Reading, name: &str) -> Result<Vec<Detail>, QueryError> {
        let Some(own) = found(reading, name).await? else {
            return Ok(Vec::new());
        };
        Ok(vec![
            Detail::new("", "Owner", &own.owner),
            Detail::of("", [part("Status")], [word(own.status.word())]),
            Detail::typed("", "Position", own.position),
            Detail::typed("", "Entries not confirmed", own.lag_entries),
        ])
    }

    async fn existing(
        &self,
        reading: &mut Reading,
        names: Vec<String>,
    ) -> Result<Vec<String>, QueryError> {
        let mut existing = Vec::new();
        for name in names {
            if found(reading, &name).await?.is_some() {
                existing.push(name);
            }
        }
        Ok(existing)
    }
}
