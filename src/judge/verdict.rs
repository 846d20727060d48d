//! The answer: a verdict with its reasons, and advice with targets around it.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::judge::{Code, Finding};
use crate::model::{
    Flag, Key, Level, Mitigation, MoveKind, Name, Owner, Rule, Service, SignOff, Time, Version, Withdrawn,
};

/// What is asked: may this service move there?
#[derive(Debug, Clone)]
pub struct Question {
    /// Which service; it must be in the registry that is asked.
    pub service: Name,
    /// Where; None only where the registry knows no environment.
    pub environment: Option<Name>,
    /// What the caller says runs there; None: what the registry says.
    pub from: Option<Box<str>>,
    /// Where to go, as written.
    pub to: Box<str>,
    /// What the caller thinks it is; decides only where the versions can't be compared.
    pub asked: MoveKind,
    /// The incident that it is for, of those that are on for the service; else the service's current one.
    pub incident: Option<Box<str>>,
    /// Who asks for the move, `Name <e-mail>`; None: nobody is known, as at a plain check. For security nobody
    /// signs what they ask for themselves.
    pub asker: Option<Box<str>>,
    /// What comes along with the move.
    pub along: Along,
}

/// What comes along with a move; nothing at a plain check.
#[derive(Debug, Clone, Default)]
pub struct Along {
    /// The artifact that is to be deployed, where it is named by its digest.
    pub artifact: Option<Artifact>,
    /// What else is moved in the same go.
    pub moves: Arc<[Arrival]>,
}

impl Along {
    /// The same when the service goes to another release: another artifact.
    pub fn elsewhere(&self) -> Along {
        Along { artifact: None, moves: Arc::clone(&self.moves) }
    }
}

/// An artifact as a deployment names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its digest, in lower case.
    pub digest: Box<str>,
    /// The tag beside it, as written.
    pub tag: Option<Box<str>>,
}

/// What runs of another service once everything is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The other service.
    pub service: Name,
    /// Where.
    pub environment: Name,
    /// Its releases as written; none: it is taken away.
    pub to: Vec<Box<str>>,
}

impl Question {
    /// What is asked of a place as a whole: of no target yet.
    pub fn of_place(service: &Name, environment: Option<&Name>, asked: MoveKind) -> Question {
        let (service, environment) = (service.clone(), environment.cloned());
        let (from, to, along) = (None, Box::default(), Along::default());
        Question { service, environment, from, to, asked, incident: None, asker: None, along }
    }
}

/// When it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant of the judgement.
    pub now: Time,
    /// What carries a later time than this isn't there yet (`--as-of`). None: nothing is hidden, and what
    /// is dated in the future counts as now.
    pub horizon: Option<Time>,
    /// When the registry was fetched or committed to last, if that is known.
    pub refreshed: Option<Time>,
}

impl Moment {
    /// The present: all of the registry, as of `now`.
    pub fn present(now: Time) -> Moment {
        Moment { now, horizon: None, refreshed: None }
    }

    /// A past or future moment, simulated: nothing that carries a later time is seen.
    pub fn as_of(now: Time) -> Moment {
        Moment { now, horizon: Some(now), refreshed: None }
    }

    /// Whether something that carries this time is there.
    pub fn sees(&self, time: Time) -> bool {
        self.horizon.is_none_or(|horizon| time <= horizon)
    }

    /// Whether something that may carry a time is there; without one it always was.
    pub fn sees_opt(&self, time: Option<Time>) -> bool {
        time.is_none_or(|time| self.sees(time))
    }

    /// `time`, or now when it lies in the future: the clock is never moved on.
    pub fn past(&self, time: Time) -> Time {
        time.min(self.now)
    }
}

/// The move as it was understood.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    /// Rollback or redeploy, by comparing versions.
    pub kind: MoveKind,
    /// The service.
    pub service: &'a Service,
    /// Where.
    pub environment: Option<Name>,
    /// What runs; None: nothing, or nobody knows.
    pub from: Option<Version>,
    /// Where it goes.
    pub to: Version,
    /// The incident it is judged under.
    pub incident: Option<Box<str>>,
}

/// The judge's answer to one question.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    /// The move.
    pub movement: Move<'a>,
    /// The worst level among the reasons.
    pub level: Level,
    /// All reasons, worst first.
    pub reasons: Vec<Reason<'a>>,
    /// What the move does to the advisories.
    pub changes: Changes<'a>,
    /// Active flags of either kind on what runs that the target has as well, or may have.
    pub kept: Vec<&'a Flag>,
    /// Active flags of either kind on what runs that the target doesn't have.
    pub left: Vec<&'a Flag>,
    /// How long the target ran here.
    pub proof: Proof,
    /// Sign-offs that count for this move.
    pub given: Vec<Given<'a>>,
    /// Sign-offs for this move that don't count, and why.
    pub refused: Vec<(&'a SignOff, Refusal)>,
}

impl Verdict<'_> {
    /// The worst level among the reasons of one key.
    pub fn key(&self, key: Key) -> Level {
        let of_key = self.reasons.iter().filter(|reason| reason.finding.owner().keys().contains(&key));
        of_key.map(|reason| reason.level).max().unwrap_or_default()
    }

    /// The worst level among the reasons but freezes. Who needs a way back has an incident, and in one a freeze stops
    /// nothing.
    pub fn in_need(&self) -> Level {
        let lasting = self.reasons.iter().filter(|reason| reason.finding.code() != Code::Frozen);
        lasting.map(|reason| reason.level).max().unwrap_or_default()
    }

    /// The keys whose sign-off is wanting: those of an uncovered hold, even beside a block.
    pub fn needed(&self) -> Vec<Key> {
        let wanting = |key: &Key| self.reasons.iter().any(|reason| reason.wanting().any(|w| w == *key));
        Key::ALL.into_iter().filter(wanting).collect()
    }
}

/// One reason of a verdict.
#[derive(Debug, Clone)]
pub struct Reason<'a> {
    /// What was found.
    pub finding: Finding<'a>,
    /// Its level after everything that lowers it.
    pub level: Level,
    /// The rule that decided its level.
    pub rule: Option<&'a Rule>,
    /// What lowered it since, in order.
    pub relief: Vec<Relief<'a>>,
    /// Who may sign it while it is held.
    pub signers: Owner,
    /// Valid sign-offs that name it, one a key at most.
    pub sign_offs: Vec<&'a SignOff>,
}

impl Reason<'_> {
    /// The keys that must still sign; empty unless it is held.
    pub fn wanting(&self) -> impl Iterator<Item = Key> {
        let keys = if self.level == Level::Hold { self.signers.keys() } else { &[] };
        keys.iter().copied().filter(|key| self.sign_offs.iter().all(|sign_off| sign_off.key != *key))
    }
}

/// Something that lowered a reason after its rule.
#[derive(Debug, Clone)]
pub enum Relief<'a> {
    /// The move closes worse than it reopens: a block became a hold.
    BetterTrade(&'a Flag),
    /// The move ends an unfinished roll-out.
    Abort,
    /// A mitigation that a sign-off says is on, until then.
    Mitigated(&'a Mitigation, &'a SignOff, Time),
    /// Every key that must sign has done so.
    Signed,
}

/// What the move does to the advisories; each sorted by id.
#[derive(Debug, Clone, Default)]
pub struct Changes<'a> {
    /// On the target, and not on all of the baseline.
    pub reopened: Vec<&'a Flag>,
    /// On the target and on all of the baseline.
    pub carried: Vec<&'a Flag>,
    /// On what runs and not on the target.
    pub closed: Vec<&'a Flag>,
}

/// What is known of the target's past here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proof {
    /// It runs here now.
    pub runs: bool,
    /// It ran here before.
    pub ran: bool,
    /// For how long in all, as far as both ends of each stay are known.
    pub time: Option<TimeDelta>,
}

impl Proof {
    /// Whether it ever ran here.
    pub fn proven(&self) -> bool {
        self.runs || self.ran
    }
}

/// A sign-off that counts.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The sign-off.
    pub sign_off: &'a SignOff,
    /// Until when it counts.
    pub expires: Time,
    /// Whether it is the asker's own, which counts for reliability only.
    pub own: bool,
}

/// Why a sign-off for this move doesn't count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was taken back.
    Revoked(Withdrawn),
    /// It lapsed then.
    Lapsed(Time),
    /// It is dated further ahead than a sign-off may last.
    Ahead,
    /// Its signer isn't a member of the team that owns the key.
    NotMember(Name),
    /// It is security's, and its signer is the one who asks for the move.
    Own,
    /// Nobody has signed it: whoever merges it would, and nobody has.
    Unmerged,
    /// A rule gave it that doesn't say so, or not yet.
    NoSuchRule(Box<str>),
}

/// A release that the service could go to instead.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// Whether it is what runs: do nothing.
    pub stay: bool,
    /// The verdict on going there.
    pub verdict: Verdict<'a>,
}

/// A verdict with what could be done instead.
#[derive(Debug, Clone)]
pub struct Advice<'a> {
    /// The verdict on the move itself.
    pub verdict: Verdict<'a>,
    /// Other targets, best first.
    pub targets: Vec<Target<'a>>,
    /// The move may not go, nothing else is better than a hold, and staying is no answer either.
    pub deadlock: bool,
    /// The next moment at which some reason or its level changes by itself.
    pub valid_until: Option<Time>,
}
