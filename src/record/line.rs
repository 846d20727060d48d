//! A line of the record: what it says, and its place in the chain.
//!
//! These are the lines that this holdpoint writes. Reading is another matter ([`super::read`]): a line of a later one
//! may be of a kind that isn't known here, or hold more, and stays what it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Time, format_time};
use crate::record::Known;

/// What a line says, without its place in the chain. Fields may be added to it; none is ever renamed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Statement {
    /// A ULID: the line's id, and that of the event that it tells.
    pub id: Box<str>,
    /// When.
    #[serde(with = "instant")]
    pub at: Time,
    /// What was done, as `kind` with the fields that belong to it.
    #[serde(flatten)]
    pub deed: Deed,
    /// Of which service.
    pub service: Box<str>,
    /// Where.
    #[serde(default)]
    pub environment: Option<Box<str>>,
    /// The move that it is about.
    #[serde(default, rename = "move")]
    pub movement: Option<Movement>,
    /// How it was judged: `allow`, `warn`, `hold`, `block`.
    #[serde(default)]
    pub verdict: Option<Box<str>>,
    /// Why.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// For which incident.
    #[serde(default)]
    pub incident: Option<Box<str>>,
    /// By whom: a claim.
    pub by: Box<str>,
    /// How that is known.
    pub known: Known,
    /// On which state of the registry.
    pub registry: State,
    /// In which CI run, under OpenTelemetry's names.
    #[serde(default)]
    pub ci: BTreeMap<String, String>,
    /// The same in all lines of one act over several services.
    #[serde(default)]
    pub group: Option<Box<str>>,
    /// To whom it is to be told: its routes. One without a [`Deed::Told`] that arrived is pending.
    #[serde(default)]
    pub tell: Vec<Addressee>,
    /// Why nobody could say who is to be told; whoever tells what is pending asks again.
    #[serde(default)]
    pub unrouted: Option<Box<str>>,
}

/// Somebody who is to be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Addressee {
    /// The team; None: whoever reads the sink.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Box<str>>,
    /// The sink.
    pub sink: Box<str>,
}

/// A statement in its place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line {
    /// Its number in the record of its service: 1, 2, 3, without a gap.
    pub seq: u64,
    /// What it says.
    #[serde(flatten)]
    pub statement: Statement,
    /// The SHA-256 of the line before, its newline among the bytes, in hexadecimal; of the first line: 64 zeros.
    pub prev: Box<str>,
}

/// The state of the registry on which something was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// The Git commit; None: no repository.
    pub revision: Option<Box<str>>,
    /// Whether files of the registry, the record aside, differed from that commit; None: not known.
    pub dirty: Option<bool>,
}

/// A move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// `rollback` or `redeploy`.
    pub kind: Box<str>,
    /// What ran; None: nothing, or nobody knew.
    pub from: Option<Box<str>>,
    /// Where it went.
    pub to: Box<str>,
}

/// One reason of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Its code.
    pub code: Box<str>,
    /// What it is about.
    pub subject: Box<str>,
    /// Its level.
    pub level: Box<str>,
    /// The rule that decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Box<str>>,
    /// The sign-offs that lowered it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_offs: Vec<Box<str>>,
}

/// A release in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Where.
    pub environment: Box<str>,
    /// Which.
    pub version: Box<str>,
}

/// What a flag hits of one service, in the words of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Affected {
    /// The ranges; empty: whatever carries the tag or a digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Box<str>>,
    /// What is left out of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Box<str>>,
    /// Where only; empty: everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Box<str>>,
    /// What mends it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed_in: Vec<Box<str>>,
    /// The registered releases that it hits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Box<str>>,
    /// Those of them that run, and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub running: Vec<Place>,
}

/// What was done: the `kind` of a line, with what belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Deed {
    /// A check whose answer was to be recorded.
    Checked,
    /// `run` is about to start the command.
    Started {
        /// The program and its arguments.
        command: Vec<String>,
    },
    /// The command of a `run` has ended.
    Finished {
        /// The id of the line that says it was started.
        of: Box<str>,
        /// Its exit code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// The signal that ended it: `SIGTERM`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<Box<str>>,
        /// The signals that were passed on to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        passed_on: Vec<Box<str>>,
        /// What the registry says that runs since.
        running: Vec<Box<str>>,
        /// Whether somebody looked, or the command's word was taken for it.
        verified: bool,
        /// Why what runs could not be seen, or the command could not be started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<Box<str>>,
    },
    /// A move that was made without `run`.
    Recorded {
        /// The caller's own name for it: said again with the same, nothing happens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Box<str>>,
        /// When it was made, if not just now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved: Option<Box<str>>,
        /// What the registry says that runs since.
        running: Vec<Box<str>>,
    },
    /// The cause of an earlier rollback was dealt with.
    Settled {
        /// The release that was left then.
        version: Box<str>,
        /// How it was dealt with.
        reason: Box<str>,
    },
    /// A flag was made, or made wider.
    Flagged {
        /// Its id.
        flag: Box<str>,
        /// Whose statement it is: `security` or `reliability`.
        #[serde(rename = "as")]
        key: Box<str>,
        /// What is wrong.
        title: Box<str>,
        /// How bad: `low`, `medium`, `high`, `critical`, `unknown`.
        severity: Box<str>,
        /// Whether it is known to be exploited.
        exploited: bool,
        /// Whether the artifact is malicious.
        compromised: bool,
        /// What it hits of this service.
        affects: Affected,
        /// Whether it stood already and was made wider.
        extended: bool,
    },
    /// A flag was withdrawn, or its range closed.
    Cleared {
        /// Its id.
        flag: Box<str>,
        /// Whose statement it was.
        #[serde(rename = "as")]
        key: Box<str>,
        /// Why.
        reason: Box<str>,
        /// The release that mends it, when the range was closed and the flag still stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fixed_in: Option<Box<str>>,
    },
    /// A team accepted what holds a move.
    SignedOff {
        /// The sign-off's id.
        sign_off: Box<str>,
        /// The key that was signed for.
        #[serde(rename = "as")]
        key: Box<str>,
        /// The subjects.
        accepts: Vec<Box<str>>,
        /// The mitigations that are said to be on: `FLAG/MITIGATION`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        with: Vec<Box<str>>,
        /// Why.
        reason: Box<str>,
        /// A ticket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<Box<str>>,
        /// Who asks for the move, where that was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked_by: Option<Box<str>>,
        /// Until when it counts.
        expires: Box<str>,
    },
    /// A sign-off was taken back.
    Revoked {
        /// The sign-off's id.
        sign_off: Box<str>,
        /// The key that was signed for.
        #[serde(rename = "as")]
        key: Box<str>,
        /// Why.
        reason: Box<str>,
    },
    /// Somebody goes ahead against the verdict.
    BrokeGlass {
        /// The debt that it leaves; None: it could not be written, or the verdict would have let it go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        debt: Option<Box<str>>,
        /// Why.
        reason: Box<str>,
        /// What was gone against.
        subjects: Vec<Box<str>>,
        /// Why it could not be judged.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unjudged: Vec<Box<str>>,
        /// By when each team is to have reviewed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Box<str>>,
    },
    /// A team looked back at a break-glass.
    Reviewed {
        /// The debt's id.
        debt: Box<str>,
        /// Whose key; None: both had reviewed it before, and it was only closed.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        key: Option<Box<str>>,
        /// What was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Box<str>>,
        /// Whether that closed the debt.
        closed: bool,
    },
    /// Somebody said what runs.
    Observed {
        /// What the registry said; None: nothing.
        was: Option<Vec<Box<str>>>,
        /// What runs.
        running: Vec<Box<str>>,
        /// From where that is known: `kubectl`, `by hand`.
        source: Box<str>,
    },
    /// A release was registered, or what was registered of it filled in.
    Released {
        /// Its version.
        version: Box<str>,
        /// The commit that it was built from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<Box<str>>,
        /// Its artifacts' digests.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        digests: Vec<Box<str>>,
    },
    /// An incident began.
    IncidentStarted {
        /// A free word such as `sev1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<Box<str>>,
    },
    /// An incident ended.
    IncidentEnded,
    /// Somebody asks a team to sign what holds a move.
    Asked {
        /// The question's id, which is that of the sign-off that it asks for.
        ask: Box<str>,
        /// The key that is to be signed for.
        #[serde(rename = "as")]
        key: Box<str>,
        /// The subjects.
        accepts: Vec<Box<str>>,
        /// Why.
        reason: Box<str>,
        /// A ticket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<Box<str>>,
        /// The branch whose merging signs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<Box<str>>,
        /// When it goes on if nobody answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        silent: Option<Box<str>>,
    },
    /// A sink was told, or could not be.
    Told {
        /// The event: the id of the line that tells it, or its own.
        of: Box<str>,
        /// What kind of event.
        event: Box<str>,
        /// What an event that only time brings is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<Box<str>>,
        /// Which team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<Box<str>>,
        /// By which sink.
        sink: Box<str>,
        /// Whether it arrived.
        arrived: bool,
        /// What the sink answered.
        answer: Box<str>,
        /// Before when the sink doesn't want to be asked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Box<str>>,
        /// Whether the sink said that it is gone for good.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        gone: bool,
    },
}

impl Deed {
    /// All words of `kind`, in the order of the format.
    pub const WORDS: [&str; 17] = [
        "checked",
        "started",
        "finished",
        "recorded",
        "settled",
        "flagged",
        "cleared",
        "signed-off",
        "revoked",
        "broke-glass",
        "reviewed",
        "observed",
        "released",
        "incident-started",
        "incident-ended",
        "asked",
        "told",
    ];

    /// The word of `kind`.
    pub fn word(&self) -> &'static str {
        match self {
            Deed::Checked => "checked",
            Deed::Started { .. } => "started",
            Deed::Finished { .. } => "finished",
            Deed::Recorded { .. } => "recorded",
            Deed::Settled { .. } => "settled",
            Deed::Flagged { .. } => "flagged",
            Deed::Cleared { .. } => "cleared",
            Deed::SignedOff { .. } => "signed-off",
            Deed::Revoked { .. } => "revoked",
            Deed::BrokeGlass { .. } => "broke-glass",
            Deed::Reviewed { .. } => "reviewed",
            Deed::Observed { .. } => "observed",
            Deed::Released { .. } => "released",
            Deed::IncidentStarted { .. } => "incident-started",
            Deed::IncidentEnded => "incident-ended",
            Deed::Asked { .. } => "asked",
            Deed::Told { .. } => "told",
        }
    }
}

/// Instants in the record: RFC 3339 in UTC, to the second. A later holdpoint may write them more finely.
pub(super) mod instant {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Time, format_time};
    use crate::model::parse_time;

    pub(in crate::record) fn serialize<S: Serializer>(time: &Time, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format_time(*time))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        parse_time(&text).map_err(|error| serde::de::Error::custom(format!("`{text}` {error}")))
    }
}
