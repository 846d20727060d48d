//! Reports for programs: versioned JSON with types of its own, frozen apart from the domain's.
//!
//! Fields may be added to a `v1`; none is renamed, none taken away, and every key is always there.
//! What people wrote for people (sentences, addresses, who signed) is cleaned as it is for a terminal. What
//! identifies something (names, ids, versions, subjects, paths) stays what it is, and characters that a
//! terminal would obey leave the writer as `\u` escapes: a log that shows the raw text is safe.

mod asking;
mod audit;
mod clearing;
mod difference;
mod error;
mod explain;
mod flag;
mod gate;
mod incident;
mod init;
mod lint;
mod log;
mod notice;
mod notify;
mod observation;
mod playbook;
mod policy;
mod published;
mod record;
mod release;
mod replay;
mod review;
mod run;
mod settled;
mod sign_off;
mod since;
mod status;
mod sync;
mod targets;
pub(super) mod text;
mod trial;
mod verdict;

pub use asking::asking;
pub use audit::{log_export, log_report};
pub use clearing::clearing;
pub use difference::difference;
pub use error::{Failure, errors, failure};
pub use explain::{known, meaning};
pub use flag::flag;
pub use gate::gate;
pub use incident::incident;
pub use init::init;
pub use lint::lint;
pub use log::{log, log_heads, log_repair, log_verify};
pub use notify::{flush, notifying, trials};
pub use observation::observation;
pub use playbook::{playbook, playbook_check};
pub use policy::{policy, why};
pub use record::record;
pub use release::release;
pub use replay::log_replay;
pub use review::review;
pub use run::run;
pub use settled::settled;
pub use sign_off::sign_off;
pub use since::since;
pub use status::status;
pub use sync::sync;
pub use targets::targets;
pub use trial::trial;
pub use verdict::verdict;

use serde::Serialize;

use crate::model::Origin;
use crate::report::{Context, plain};

/// Where a reason comes from.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
}

impl<'a> Place<'a> {
    fn of(context: &Context<'a>, origin: Origin) -> Place<'a> {
        Place { file: context.sources.path(origin), line: context.sources.line(origin) }
    }
}

/// Which registry was asked.
#[derive(Serialize)]
struct Registry<'a> {
    path: &'a str,
    revision: Option<&'a str>,
}

impl<'a> Registry<'a> {
    fn of(context: &Context<'a>) -> Registry<'a> {
        Registry { path: context.registry, revision: context.revision }
    }
}

/// Sentences hold text by others; they are meant for people, so they are cleaned here already.
fn sentence(text: &str) -> String {
    plain(text).into_owned()
}

/// Scores have one decimal; a computed one may be off it by a trifle.
fn score(score: f64) -> f64 {
    (score * 10.0).round() / 10.0
}
