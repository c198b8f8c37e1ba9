//! A future step of a cargo, as public tracking shows it.

use super::views::ExpectedStepView;
use domain::Moment;
use domain::booking::Step;
use serde::Serialize;
use utoipa::ToSchema;

/// A future step of a cargo.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackStepView {
    /// The handling type and location.
    #[serde(flatten)]
    pub step: ExpectedStepView,
    /// The scheduled time. Null for steps ashore.
    #[schema(value_type = Option<String>)]
    pub scheduled_at: Option<Moment>,
}

impl From<&Step> for TrackStepView {
    fn from(step: &Step) -> Self {
        Self {
            step: step.activity.clone().into(),
            scheduled_at: step.scheduled_at,
        }
    }
}
