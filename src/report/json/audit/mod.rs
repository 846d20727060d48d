//! `holdpoint/log-export/v1` and `holdpoint/log-report/v1`: the record for auditors.

mod completeness;
mod export;
mod report;

pub use export::log_export;
pub use report::log_report;

use serde::Serialize;

use crate::model::format_time;
use crate::report::audit::Span;

/// Of which time.
#[derive(Serialize)]
struct PeriodV1 {
    since: String,
    /// What goes on is counted up to here.
    until: String,
    /// Nobody said from when.
    usual: bool,
}

impl PeriodV1 {
    fn of(span: Span) -> PeriodV1 {
        PeriodV1 {
            since: format_time(span.period.since),
            until: format_time(span.period.end),
            usual: span.usual,
        }
    }
}
