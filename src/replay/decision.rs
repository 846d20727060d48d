//! A decision, as a line of the record tells it.

use crate::model::Name;
use crate::record::{Deed, Entry, Spot, Statement};
use crate::replay::Unjudged;

/// The kinds of lines that hold a decision about a move: what was asked, begun, made elsewhere, and gone against.
///
/// A `signed-off` or `revoked` line tells the verdict from then on, with the sign-off itself, which no commit that it
/// could name holds yet; a `finished` line tells what came of a `started` one.
pub const KINDS: [&str; 4] = ["checked", "started", "recorded", "broke-glass"];

/// One decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Where it stands.
    pub spot: Spot,
    /// Its number in the record of its service.
    pub seq: u64,
    /// Of which service.
    pub service: Name,
    /// Where.
    pub environment: Option<Name>,
    /// What the line says.
    pub says: Statement,
}

impl Decision {
    /// The decision of a line, if it holds one: a move of its kind. Err: it can't be read as this holdpoint writes it.
    ///
    /// # Errors
    /// With the place of a line that can't be understood.
    pub fn of(entry: &Entry) -> Result<Option<Decision>, Spot> {
        let spot = || Spot { file: entry.file.clone(), line: entry.line };
        if !entry.text("kind").is_some_and(|kind| KINDS.contains(&kind)) {
            return Ok(None);
        }
        let line = entry.known().ok_or_else(spot)?;
        let says = line.statement;
        if says.movement.is_none() {
            return Ok(None);
        }
        let name = |text: &str| Name::new(text).map_err(|_| spot());
        let service = name(&says.service)?;
        let environment = says.environment.as_deref().map(name).transpose()?;
        Ok(Some(Decision { spot: spot(), seq: line.seq, service, environment, says }))
    }

    /// The commit on which it is to be judged again.
    ///
    /// # Errors
    /// With the reason why it can't be.
    pub fn revision(&self) -> Result<&str, Unjudged> {
        if self.says.verdict.is_none() {
            return Err(Unjudged::Then);
        }
        let revision = self.says.registry.revision.as_deref().ok_or(Unjudged::NoRevision)?;
        // Whatever else stands there could mean another commit today than it meant then.
        let is_id =
            matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id { Ok(revision) } else { Err(Unjudged::NoCommit(revision.into())) }
    }

    /// Who asked for the move, where that counts: at a plain check nobody is known.
    pub(super) fn asker(&self) -> Option<Box<str>> {
        (!matches!(self.says.deed, Deed::Checked)).then(|| self.says.by.clone())
    }

    /// Whether it was made elsewhere, and recorded after it was done.
    pub(super) fn is_recorded(&self) -> bool {
        // A glass that was broken by `record` stands in front of its line, and nothing in it tells of which it is.
        matches!(self.says.deed, Deed::Recorded { .. } | Deed::BrokeGlass { .. })
    }
}
