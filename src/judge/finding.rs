//! What the judge can find: one variant a reason, with its subject, its sentence and its hint.
//!
//! What every reason of a code has in common (word, key, documentation) stands in [`Code`].

use chrono::TimeDelta;

use crate::judge::words::{Days, List, Several, Weight, and};
use crate::judge::{Code, Rift};
use crate::model::{
    Barrier, Debt, Entered, Flag, Floor, Freeze, Owner, Release, Support, Time, UnderWay, Version,
    format_time, format_until,
};

/// One thing that is true of a move.
#[expect(missing_docs, reason = "each variant's sentence names its fields")]
#[derive(Debug, Clone)]
pub enum Finding<'a> {
    /// A compromised flag hits the target.
    Compromised(&'a Flag),
    /// The advisory hits the target and not all of the baseline.
    AdvisoryReopened(&'a Flag),
    /// The advisory hits the target and all of the baseline.
    AdvisoryCarried(&'a Flag),
    /// The advisory hits what runs and not the target.
    AdvisoryClosed(&'a Flag),
    /// The target is older than the floor; `already`: so is what runs, and the target is no step down.
    BelowFloor { floor: &'a Floor, already: bool },
    /// The target's line is out of support; `already`: so is that of what runs.
    OutOfSupport { support: &'a Support, already: bool },
    /// The instability hits the target and not all of the baseline.
    Unstable(&'a Flag),
    /// The instability hits the target and all of the baseline.
    DoesNotHelp(&'a Flag),
    /// The move crosses a barrier backwards, or may do so.
    BarrierCrossed { barrier: &'a Barrier, possible: bool },
    /// The target was left by a rollback at `left`; `flags` hit it still, none: no cause was recorded.
    PingPong { left: Option<Time>, flags: Vec<&'a Flag> },
    /// The target never ran here.
    Unproven,
    /// The target was released so much before what runs.
    FarBack { age: TimeDelta },
    /// The target's artifact is gone.
    Withdrawn(&'a Release),
    /// No older release would be a way back.
    NoWayBack,
    /// The target isn't registered.
    UnknownRelease { place: Unregistered, nearest: Option<&'a Version>, untold: usize },
    /// What runs isn't known, or has no place in the order.
    UnknownFrom { unplaceable: Option<Version> },
    /// The caller says that this runs, the registry that those do.
    FromDisagrees { said: Version, running: Vec<Version> },
    /// The flag hits the target from then on.
    Scheduled(&'a Flag, Time),
    /// The flag hit the target until it was taken back or narrowed then.
    Retracted(&'a Flag, Time),
    /// The flag hits the target in other environments.
    Elsewhere(&'a Flag),
    /// The flag hits the release before the target and names no fix.
    FixUnclear(&'a Flag),
    /// What runs does so on a lapsed acceptance, and the target has these accepted flags still.
    AcceptanceExpired { entered: &'a Entered, flags: Vec<&'a Flag> },
    /// A break-glass is overdue for review since then.
    OpenDebt { debt: &'a Debt, due: Time },
    /// So many times in the registry lie in the future, the furthest of them there.
    ClockDisagrees { count: usize, furthest: Time },
    /// The registry was refreshed last then; None: nobody can tell.
    Stale { refreshed: Option<Time> },
    /// Another move was begun here.
    UnderWay(&'a UnderWay),
    /// The target and another service don't fit together.
    NeedsOther(Rift<'a>),
    /// The artifact's digest is that of these releases, of none when it is unknown, and not the one of the version
    /// that is said.
    DigestMismatch { digest: Box<str>, said: Box<str>, of: Vec<&'a Release> },
    /// The freeze is on at the moment of the judgement.
    Frozen { freeze: &'a Freeze, at: Time },
}

/// How an unregistered target stands to the registered releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unregistered {
    /// It already runs here.
    Running,
    /// Newer than all of them.
    Newest,
    /// Among them or older.
    Among,
    /// The order can't place it.
    Unplaceable,
}

impl<'a> Finding<'a> {
    /// The code of this reason.
    pub fn code(&self) -> Code {
        match self {
            Finding::Compromised(_) => Code::CompromisedRelease,
            Finding::AdvisoryReopened(_) => Code::AdvisoryReopened,
            Finding::AdvisoryCarried(_) => Code::AdvisoryCarried,
            Finding::AdvisoryClosed(_) => Code::AdvisoryClosed,
            Finding::BelowFloor { .. } => Code::BelowFloor,
            Finding::OutOfSupport { .. } => Code::OutOfSupport,
            Finding::Unstable(_) => Code::UnstableRelease,
            Finding::DoesNotHelp(_) => Code::DoesNotHelp,
            Finding::BarrierCrossed { .. } => Code::BarrierCrossed,
            Finding::PingPong { .. } => Code::PingPong,
            Finding::Unproven => Code::UnprovenRelease,
            Finding::FarBack { .. } => Code::FarBack,
            Finding::Withdrawn(_) => Code::WithdrawnRelease,
            Finding::NoWayBack => Code::NoWayBack,
            Finding::UnknownRelease { .. } => Code::UnknownRelease,
            Finding::UnknownFrom { .. } => Code::UnknownFrom,
            Finding::FromDisagrees { .. } => Code::FromDisagrees,
            Finding::Scheduled(..) => Code::FlagScheduled,
            Finding::Retracted(..) => Code::FlagWithdrawn,
            Finding::Elsewhere(_) => Code::FlaggedElsewhere,
            Finding::FixUnclear(_) => Code::FixUnclear,
            Finding::AcceptanceExpired { .. } => Code::AcceptanceExpired,
            Finding::OpenDebt { .. } => Code::OpenDebt,
            Finding::ClockDisagrees { .. } => Code::ClockDisagrees,
            Finding::Stale { .. } => Code::StaleRegistry,
            Finding::UnderWay(_) => Code::MoveUnderWay,
            Finding::NeedsOther(_) => Code::NeedsOther,
            Finding::DigestMismatch { .. } => Code::DigestMismatch,
            Finding::Frozen { .. } => Code::Frozen,
        }
    }

    /// The flag that this reason is about, when it is about one.
    pub fn flag(&self) -> Option<&'a Flag> {
        match self {
            Finding::Compromised(flag)
            | Finding::AdvisoryReopened(flag)
            | Finding::AdvisoryCarried(flag)
            | Finding::AdvisoryClosed(flag)
            | Finding::Unstable(flag)
            | Finding::DoesNotHelp(flag)
            | Finding::Scheduled(flag, _)
            | Finding::Retracted(flag, _)
            | Finding::Elsewhere(flag)
            | Finding::FixUnclear(flag) => Some(flag),
            _ => None,
        }
    }

    /// Whose business it is.
    pub fn owner(&self) -> Owner {
        let of_flag = self.flag().map(|flag| Owner::One(flag.kind.key()));
        self.code().owner().or(of_flag).unwrap_or(Owner::Both)
    }

    /// The special case of its code, which a rule's `case` can match.
    pub fn case(&self) -> Option<&'static str> {
        match self {
            Finding::BelowFloor { already: true, .. } => Some("already-below"),
            Finding::OutOfSupport { already: true, .. } => Some("already-out"),
            Finding::BarrierCrossed { possible: true, .. } => Some("possible"),
            Finding::FarBack { age } if *age > YEAR => Some("over-a-year"),
            Finding::NeedsOther(rift) => rift.case(),
            Finding::UnknownRelease { place, .. } => match place {
                Unregistered::Running => Some("running"),
                Unregistered::Newest => Some("newest"),
                Unregistered::Unplaceable => Some("unplaceable"),
                Unregistered::Among => None,
            },
            _ => None,
        }
    }

    /// What a sign-off names to accept it: the flag's id, else the code, with a detail where a move can
    /// have several of one code.
    pub fn subject(&self) -> String {
        match self {
            Finding::BarrierCrossed { barrier, .. } => format!("{}:{}", self.code().word(), barrier.before),
            Finding::OpenDebt { debt, .. } => format!("{}:{}", self.code().word(), debt.id),
            Finding::NeedsOther(rift) => format!("{}:{}", self.code().word(), rift.other.name),
            Finding::Frozen { freeze, .. } => format!("{}:{}", self.code().word(), freeze.name),
            _ => self.flag().map_or_else(|| self.code().word().into(), |flag| flag.id.as_str().into()),
        }
    }

    /// Whether `name` is this reason's subject; [`Finding::subject`] without making text.
    pub fn is_subject(&self, name: &str) -> bool {
        match self {
            Finding::BarrierCrossed { .. }
            | Finding::OpenDebt { .. }
            | Finding::NeedsOther(_)
            | Finding::Frozen { .. } => name == self.subject(),
            _ => name == self.flag().map_or(self.code().word(), |flag| flag.id.as_str()),
        }
    }

    /// Where in the registry it comes from.
    pub fn origin(&self) -> Option<crate::model::Origin> {
        match self {
            Finding::BelowFloor { floor, .. } => Some(floor.origin),
            Finding::OutOfSupport { support, .. } => Some(support.origin),
            Finding::BarrierCrossed { barrier, .. } => Some(barrier.origin),
            Finding::Withdrawn(release) => Some(release.origin),
            Finding::AcceptanceExpired { entered, .. } => Some(entered.origin),
            Finding::OpenDebt { debt, .. } => Some(debt.origin),
            Finding::UnderWay(under_way) => Some(under_way.origin),
            Finding::NeedsOther(rift) => rift.origin(),
            Finding::DigestMismatch { of, .. } => of.first().map(|release| release.origin),
            Finding::Frozen { freeze, .. } => Some(freeze.origin),
            _ => self.flag().map(|flag| flag.origin),
        }
    }

    /// The reason in one sentence without a full stop, for both teams. Titles and reasons in it are
    /// untrusted text: whoever prints it strips it.
    pub fn message(&self) -> String {
        match self {
            Finding::Compromised(flag) => format!("{} is a compromised artifact: {}", flag.id, flag.title),
            Finding::AdvisoryReopened(flag) => format!("reopens {}", Weight(flag)),
            Finding::AdvisoryCarried(flag) => format!("carries {}", Weight(flag)),
            Finding::AdvisoryClosed(flag) => format!("closes {}", Weight(flag)),
            Finding::BelowFloor { floor, already: false } => {
                format!("is older than the floor, {}", floor.version)
            }
            Finding::BelowFloor { floor, already: true } => {
                format!("is older than the floor, {}, and so is what runs", floor.version)
            }
            Finding::OutOfSupport { support, already } => format!(
                "is out of support (supported until {}): no advisory proves nothing{}",
                format_until(support.until),
                if *already { ", and so is what runs" } else { "" }
            ),
            Finding::Unstable(flag) => format!("is unstable by {}", Weight(flag)),
            Finding::DoesNotHelp(flag) => format!("keeps {}", Weight(flag)),
            Finding::BarrierCrossed { barrier, possible } => format!(
                "{} the barrier before {}: {}{}",
                if *possible { "may cross" } else { "crosses" },
                barrier.before,
                barrier.reason,
                if barrier.undo.is_some() { "" } else { " (irreversible)" }
            ),
            Finding::PingPong { left, flags } => {
                let left = left.map_or(String::new(), |left| format!(" at {}", format_time(left)));
                let cause = if flags.is_empty() {
                    "and no cause was ever recorded".to_owned()
                } else {
                    format!("and {} still open", Several(flags))
                };
                format!("was left by a rollback here{left}, {cause}")
            }
            Finding::Unproven => "never ran here as far as the registry knows".into(),
            Finding::FarBack { age } => format!("was released {} before what runs", Days(*age)),
            Finding::Withdrawn(release) => {
                let reason = release.withdrawn.as_ref().map_or("", |withdrawn| &*withdrawn.reason);
                format!("was withdrawn and can't be deployed: {reason}")
            }
            Finding::NoWayBack => "leaves no older release to return to without a hold or block".into(),
            Finding::UnknownRelease { place, untold, .. } => unregistered(*place, *untold),
            Finding::UnknownFrom { unplaceable: None } => {
                "what runs here isn't known, so every flag on the target counts".into()
            }
            Finding::UnknownFrom { unplaceable: Some(version) } => {
                format!(
                    "what runs here, {version}, has no place in the order, so every flag on the target counts"
                )
            }
            Finding::FromDisagrees { said, running } if running.is_empty() => {
                format!("`--from` says {said}, the registry that nothing runs here; both count")
            }
            Finding::FromDisagrees { said, running } => {
                format!(
                    "`--from` says {said}, the registry that {} here; both count",
                    List(running, "runs", "run")
                )
            }
            Finding::Scheduled(flag, from) => format!("{} counts from {}", Weight(flag), format_time(*from)),
            Finding::Retracted(flag, at) => {
                let how = if flag.withdrawn.is_some() { "withdrawn" } else { "narrowed" };
                format!("{} was {how} at {}", Weight(flag), format_time(*at))
            }
            Finding::Elsewhere(flag) => format!("is flagged in another environment by {}", Weight(flag)),
            Finding::FixUnclear(flag) => {
                format!("{} hits the release before it and names no fix", Weight(flag))
            }
            Finding::AcceptanceExpired { entered, flags } => format!(
                "what runs was accepted until {}, and the target keeps {}",
                format_time(entered.expires),
                Several::ids(flags)
            ),
            Finding::OpenDebt { debt, due } => {
                format!("break-glass {} is overdue for review since {}", debt.id, format_time(*due))
            }
            Finding::ClockDisagrees { count: 1, furthest } => {
                format!("something is dated in the future, {}; it counts as now", format_time(*furthest))
            }
            Finding::ClockDisagrees { count, furthest } => {
                format!(
                    "{count} things are dated in the future, up to {}; they count as now",
                    format_time(*furthest)
                )
            }
            Finding::Stale { refreshed: Some(at) } => {
                format!("the registry was refreshed last at {}", format_time(*at))
            }
            Finding::Stale { refreshed: None } => "nobody can tell how old this registry is".into(),
            Finding::UnderWay(under_way) => format!(
                "a move to {} was begun at {} by {} and hasn't ended: it is under way, or has crashed",
                under_way.to,
                format_time(under_way.since),
                under_way.by
            ),
            Finding::NeedsOther(rift) => rift.message(),
            Finding::DigestMismatch { digest, said, of } if of.is_empty() => {
                format!("{digest} isn't one of the digests that {said} is registered with")
            }
            Finding::DigestMismatch { digest, said, of } => {
                format!("{digest} is the digest of {}, and the tag says {said}", versions(of))
            }
            Finding::Frozen { freeze, at } => frozen(freeze, *at),
        }
    }

    /// What to do about it, when there is something to do. `service` and `to` fill in commands.
    pub fn hint(&self, service: &str, to: &str) -> Option<String> {
        match self {
            Finding::Compromised(_) => {
                Some("never run it; with nothing else to go to, stop or isolate the service".into())
            }
            Finding::AdvisoryReopened(flag)
            | Finding::AdvisoryCarried(flag)
            | Finding::Unstable(flag)
            | Finding::DoesNotHelp(flag) => flag_hint(flag),
            Finding::BelowFloor { floor, .. } => Some(format!("take {} or newer", floor.version)),
            Finding::OutOfSupport { .. } => {
                Some("take a supported release, or ask security to assess this one".into())
            }
            Finding::BarrierCrossed { barrier, .. } => Some(match &barrier.undo {
                Some(undo) => format!("undo it first: {undo}"),
                None => format!("take {} or newer", barrier.before),
            }),
            Finding::PingPong { flags, .. } if flags.is_empty() => Some(format!(
                "record what it was: `holdpoint flag-release {service} {to} --unstable \
                 --title \"<what is wrong>\"`, or that it is dealt with: \
                 `holdpoint record settled {service} {to} --reason \"<why>\"`"
            )),
            Finding::PingPong { .. } => Some(format!(
                "once it is dealt with: `holdpoint record settled {service} {to} --reason \"<why>\"`"
            )),
            Finding::Withdrawn(_) => {
                Some("take another release, or build it again under a new version".into())
            }
            Finding::UnknownRelease { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            Finding::UnknownRelease { .. } => {
                Some(format!("register it: `holdpoint release add {service} {to}`"))
            }
            Finding::UnknownFrom { .. } => Some("say what runs with `--from VERSION`".into()),
            Finding::FromDisagrees { .. } => Some(format!(
                "bring the registry up to date: `holdpoint observe {service} --env <env> --running \"<version>\"`"
            )),
            Finding::FixUnclear(_) => Some("ask whoever wrote the flag to name `fixed_in`".into()),
            Finding::AcceptanceExpired { .. } => Some("leave the exposure, or have it signed again".into()),
            Finding::OpenDebt { debt, .. } => Some(format!("`holdpoint review {}`", debt.id)),
            Finding::ClockDisagrees { .. } => Some("check this machine's clock, then the author's".into()),
            Finding::Stale { .. } => Some("fetch the registry".into()),
            Finding::UnderWay(_) => Some(format!(
                "ask them before you act; if their `holdpoint run` crashed, say what runs (`holdpoint observe \
                 {service} --env <env> --running \"<version>\"`), then record their move or run yours, which ends it"
            )),
            Finding::NeedsOther(rift) => Some(rift.hint(service, to)),
            Finding::DigestMismatch { of, .. } if of.is_empty() => Some(format!(
                "find out what it is before it runs; if it is {to}, register it: `holdpoint release add {service} \
                 {to} --digest <digest>`"
            )),
            Finding::DigestMismatch { .. } => {
                Some("make tag and digest say the same release; the digest is what gets pulled".into())
            }
            Finding::Frozen { .. } => Some(format!(
                "wait until it is over, or have it signed; if something is wrong right now, say so, and it only \
                 warns: `holdpoint incident start <id> --service {service}`"
            )),
            _ => None,
        }
    }
}

/// Which freeze it is, until when and why.
fn frozen(freeze: &Freeze, at: Time) -> String {
    let until = freeze.ends(at).map_or(String::new(), |end| format!(" until {}", format_until(end)));
    let because = freeze.because.as_ref().map_or(String::new(), |why| format!(": {why}"));
    format!("changes are frozen by {}{until}{because}", freeze.name)
}

fn versions(releases: &[&Release]) -> String {
    and(releases.iter().map(|release| &*release.version.text))
}

/// Beyond this, `far-back` is in its case `over-a-year`.
pub(super) const YEAR: TimeDelta = TimeDelta::days(365);

fn unregistered(place: Unregistered, untold: usize) -> String {
    let untold = match untold {
        0 => String::new(),
        1 => "; 1 flag could not be compared".into(),
        n => format!("; {n} flags could not be compared"),
    };
    let what = match place {
        Unregistered::Running => "isn't registered, but already runs here",
        Unregistered::Newest => "isn't registered, and newer than every known release",
        Unregistered::Among => "isn't registered",
        Unregistered::Unplaceable => "isn't registered and has no place in the service's order",
    };
    format!("{what}{untold}")
}

fn flag_hint(flag: &Flag) -> Option<String> {
    let mut parts = Vec::new();
    let fixes: Vec<_> = flag.affects.iter().flat_map(|affects| &affects.fixed_in).collect();
    if !fixes.is_empty() {
        let fixes = fixes.iter().map(|version| &*version.text).collect::<Vec<_>>().join(", ");
        parts.push(format!("fixed in {fixes}"));
    }
    parts.extend(
        flag.mitigations.iter().map(|m| format!("lowered to {} by {}: {}", m.lowers_to, m.id, m.instruction)),
    );
    (!parts.is_empty()).then(|| parts.join("; "))
}
