//! Reports for people: the verdict is the first word, and what to do stands last.

mod asking;
mod audit;
mod clearing;
mod diff;
mod difference;
mod excerpt;
mod explain;
mod flag;
mod gate;
mod grid;
mod incident;
mod init;
mod keys;
mod lint;
mod log;
mod mistakes;
mod notice;
mod notify;
mod observation;
mod page;
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
mod timeline;
mod trial;
mod verdict;

pub use asking::asking;
pub use audit::{beside, log_export, log_report};
pub use clearing::clearing;
pub use difference::difference;
pub use explain::{known, meaning};
pub use flag::flag;
pub use gate::gate;
pub use incident::incident;
pub use init::init;
pub use lint::lint;
pub use log::{log, log_heads, log_repair, log_verify};
pub use mistakes::{failure, mistakes, refused};
pub use notify::{flush, notifying, trials};
pub use observation::observation;
pub use playbook::{playbook, playbook_check};
pub use policy::{policy, why};
pub use record::record;
pub use release::release;
pub use replay::log_replay;
pub use review::review;
pub use run::{closing, going, run};
pub use settled::settled;
pub use sign_off::sign_off;
pub use since::since;
pub use status::status;
pub use sync::sync;
pub use targets::targets;
pub use trial::trial;
pub use verdict::verdict;

use mistakes::warnings;

/// How much is said, and in how many columns.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// How much.
    pub detail: Detail,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Detail {
    /// `-q`: the first line.
    Quiet,
    /// What decides.
    #[default]
    Usual,
    /// `-v`: all reasons, with the rules that decided them, and all targets.
    Verbose,
}
