//! When, by whom and from where something is done.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Id, Name, Time};
use crate::record::{Deed, State, Statement};

/// How it is known who somebody is. Each is only a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Git's identity: `user.name <user.email>`.
    Git,
    /// Said with `--by`.
    Flag,
    /// Said by the CI.
    Ci,
    /// Said by nobody: it is the account that the program ran under. Only for what machines do.
    Account,
}

impl Known {
    /// The word in the record and in sign-offs.
    pub fn word(self) -> &'static str {
        match self {
            Known::Git => "git",
            Known::Flag => "flag",
            Known::Ci => "ci",
            Known::Account => "account",
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// `Name <e-mail>`, an address, or an account's name.
    pub by: Box<str>,
    /// How that is known.
    pub known: Known,
}

/// The occasion of an act: what all its statements have in common.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// When.
    pub now: Time,
    /// By whom.
    pub who: Who,
    /// New ids.
    pub ids: Ids,
    /// The state of the registry's repository before the act.
    pub state: State,
    /// The CI run that does it, under OpenTelemetry's names (`cicd.pipeline.run.id`); empty outside CI.
    pub ci: BTreeMap<String, String>,
}

impl Occasion {
    /// A statement about a service: who, when and from where are filled in; the rest is for the act.
    pub fn says(&self, service: &Name, deed: Deed) -> Statement {
        Statement {
            id: self.ids.next(self.now).as_str().into(),
            at: self.now,
            deed,
            service: service.as_str().into(),
            environment: None,
            movement: None,
            verdict: None,
            reasons: Vec::new(),
            incident: None,
            by: self.who.by.clone(),
            known: self.who.known,
            registry: self.state.clone(),
            ci: self.ci.clone(),
            group: None,
            tell: Vec::new(),
            unrouted: None,
        }
    }

    /// The same occasion on another state of the registry. An act that is done again there has the same ids.
    pub fn on(&self, state: State) -> Occasion {
        Occasion { state, ..self.clone() }
    }

    /// Gives no id again that an act on this occasion has used.
    pub fn go_on(&self, used: &Occasion) {
        self.ids.0.set(used.ids.0.get());
    }

    /// A new id: a ULID, of which later ones sort behind earlier ones.
    pub fn id(&self) -> Id {
        self.ids.next(self.now)
    }
}

/// Where new ids come from: 80 random bits, counted on, so that an act is a function of what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids(Cell<u128>);

impl Ids {
    /// Ids that begin with these random bits, of which the low 80 count.
    pub fn from(random: u128) -> Ids {
        Ids(Cell::new(random))
    }

    fn next(&self, now: Time) -> Id {
        let random = self.0.get();
        self.0.set(random.wrapping_add(1));
        Id::ulid(now, random)
    }
}
