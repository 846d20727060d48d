//! Why a decision most likely comes out differently.

use super::{Changed, Decision, Doubts};
use crate::record::Reason;
use crate::registry::shipped;

/// The most likely cause, and how sure one can be of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The line doesn't fit its chain: it may not be what was written.
    Chain(String),
    /// The registry had changes that were in no commit; the line says so.
    Dirty,
    /// Whether it had some could not be told then.
    PerhapsDirty,
    /// The same reasons have other levels: the shipped rules are others now. The registry's own stand in its commit.
    Rules {
        /// What decided, then and now.
        rules: Vec<RuleChange>,
        /// It is the last line: that it was changed itself would only show against an earlier head.
        last: bool,
    },
    /// Other reasons are found: this holdpoint judges otherwise than the one that recorded it.
    Holdpoint {
        /// It is the last line: that it was changed itself would only show against an earlier head.
        last: bool,
    },
}

/// A reason that another rule decides, or the same one otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// The code of the reason.
    pub code: Box<str>,
    /// The rule then; None: none was named.
    pub was: Option<Box<str>>,
    /// The rule now; None: none matches.
    pub is: Option<Box<str>>,
}

impl Cause {
    /// Its word, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Cause::Chain(_) => "chain",
            Cause::Dirty => "dirty",
            Cause::PerhapsDirty => "dirty-unknown",
            Cause::Rules { .. } => "rules",
            Cause::Holdpoint { .. } => "holdpoint",
        }
    }
}

/// What most likely made it differ: what can be shown goes before what can only be supposed.
pub(super) fn cause(decision: &Decision, changed: &[Changed], doubts: &Doubts) -> Cause {
    if let Some(message) = doubts.against(&decision.spot) {
        return Cause::Chain(message.to_owned());
    }
    match decision.says.registry.dirty {
        Some(true) => return Cause::Dirty,
        None => return Cause::PerhapsDirty,
        Some(false) => {}
    }
    let last = doubts.is_last(&decision.spot);
    let both = |changed: &Changed| Some((changed.was.clone()?, changed.is.clone()?));
    let levels: Option<Vec<(Reason, Reason)>> = changed.iter().map(both).collect();
    match levels.filter(|levels| !levels.is_empty() && levels.iter().all(are_of_rules)) {
        Some(levels) => Cause::Rules { rules: levels.into_iter().map(rule_change).collect(), last },
        None => Cause::Holdpoint { last },
    }
}

/// Whether rules can have made the difference: others decide now, or a shipped one does that may have been changed.
/// The registry's own stand in its commit, and so does who signed.
fn are_of_rules((was, is): &(Reason, Reason)) -> bool {
    let shipped = || shipped().iter().any(|rule| was.rule.as_deref() == Some(&*rule.name));
    was.sign_offs == is.sign_offs && (was.rule != is.rule || shipped())
}

fn rule_change((was, is): (Reason, Reason)) -> RuleChange {
    RuleChange { code: was.code, was: was.rule, is: is.rule }
}
