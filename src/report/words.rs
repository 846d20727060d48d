//! Short words: a target in half a line, who signed, what lowered a reason.

use crate::judge::{Code, Days, Finding, Given, Move, Proof, Reason, Refusal, Relief, Target, Verdict, and};
use crate::lint::Findings;
use crate::model::{Flag, FlagKind, Key, Level, Mitigation, Name, SignOff, format_time};
use crate::registry::{Done, Mistakes, Weight};
use crate::report::{Context, Next, Wanted};

/// How many things are named before the rest is only counted.
const NAMED: usize = 2;

/// A reason in a few words, without titles: `reopens CVE-2026-31337`.
pub fn reason(reason: &Reason, environment: Option<&Name>) -> String {
    match &reason.finding {
        Finding::Compromised(flag) => format!("compromised: {}", flag.id),
        Finding::AdvisoryReopened(flag) => format!("reopens {}", flag.id),
        Finding::AdvisoryCarried(flag) => format!("carries {}", flag.id),
        Finding::AdvisoryClosed(flag) => format!("closes {}", flag.id),
        Finding::BelowFloor { floor, .. } => format!("below the floor {}", floor.version),
        Finding::OutOfSupport { .. } => "out of support".into(),
        Finding::Unstable(flag) => format!("unstable: {}", flag.id),
        Finding::DoesNotHelp(flag) => format!("keeps {}", flag.id),
        Finding::BarrierCrossed { barrier, possible: false } => {
            format!("crosses the barrier before {}", barrier.before)
        }
        Finding::BarrierCrossed { barrier, possible: true } => {
            format!("may cross the barrier before {}", barrier.before)
        }
        Finding::PingPong { .. } => "left by a rollback, not settled".into(),
        Finding::Unproven => match environment {
            Some(environment) => format!("unproven in {environment}"),
            None => "unproven here".into(),
        },
        Finding::FarBack { age } => format!("{} older", Days(*age)),
        Finding::Withdrawn(_) => "withdrawn".into(),
        Finding::NoWayBack => "no way back from it".into(),
        Finding::UnknownRelease { .. } => "not registered".into(),
        Finding::UnknownFrom { .. } => "what runs isn't known".into(),
        Finding::FromDisagrees { .. } => "`--from` and the registry disagree".into(),
        Finding::Scheduled(flag, at) => format!("{} counts from {}", flag.id, format_time(*at)),
        Finding::Retracted(flag, _) if flag.withdrawn.is_some() => {
            format!("{} was withdrawn lately", flag.id)
        }
        Finding::Retracted(flag, _) => format!("{} was narrowed lately", flag.id),
        Finding::Elsewhere(flag) => format!("{} in another environment", flag.id),
        Finding::FixUnclear(flag) => format!("{} may not be fixed", flag.id),
        Finding::AcceptanceExpired { .. } => "an acceptance has lapsed".into(),
        Finding::OpenDebt { debt, .. } => format!("break-glass {} is not reviewed", debt.id),
        Finding::ClockDisagrees { .. } => "clocks disagree".into(),
        Finding::Stale { .. } => "the registry is old".into(),
        Finding::UnderWay(under_way) => format!("a move to {} is under way", under_way.to),
        Finding::NeedsOther(rift) if rift.lacks.iter().all(|lack| lack.of.is_some()) => {
            format!("{} needs another release", rift.other.name)
        }
        Finding::NeedsOther(rift) => format!("needs another release of {}", rift.other.name),
        Finding::DigestMismatch { .. } => "tag and digest disagree".into(),
        Finding::Frozen { freeze, .. } => format!("frozen by {}", freeze.name),
    }
}

/// What stands in the place of the release that a move comes from, when there is none.
pub fn no_from(verdict: &Verdict) -> &'static str {
    let unknown = verdict.reasons.iter().any(|r| matches!(r.finding, Finding::UnknownFrom { .. }));
    if unknown { "?" } else { "nothing" }
}

/// A move in words: `rollback checkout 2.4.1 -> 2.3.0 in prod`.
pub fn movement(verdict: &Verdict) -> String {
    let movement = &verdict.movement;
    let from = movement.from.as_ref().map_or_else(|| no_from(verdict).into(), ToString::to_string);
    let place = movement.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    format!("{} {} {from} -> {}{place}", movement.kind, movement.service.name, movement.to)
}

/// That the moment was given, or that it isn't what stands there that was read.
pub fn simulated(context: &Context) -> String {
    match context {
        Context { simulated: false, .. } => String::new(),
        Context { committed: true, .. } => read_at(context),
        _ => format!(" (simulated, as of {})", format_time(context.as_of)),
    }
}

/// How much of a commit's id people are shown: enough to find it by.
const SHORT: usize = 12;

/// That it isn't what stands there that was read, but a commit; and as of when it was looked at.
pub fn read_at(context: &Context) -> String {
    match context {
        Context { committed: true, revision: Some(commit), as_of, .. } => {
            let commit = commit.get(..SHORT).unwrap_or(commit);
            format!(" (simulated, at commit {commit}, as of {})", format_time(*as_of))
        }
        _ => String::new(),
    }
}

/// Why one key of a verdict stands where it stands, shortly: its worst reasons, or what speaks for the move.
pub fn key(verdict: &Verdict, key: Key) -> String {
    let level = verdict.key(key);
    let of_key = |reason: &&Reason| reason.level == level && reason.finding.owner().keys().contains(&key);
    let reasons: Vec<&Reason> = verdict.reasons.iter().filter(of_key).collect();
    let mut parts = brief(verdict, &reasons);
    if level == Level::Allow && key == Key::Reliability {
        parts.extend([proof(&verdict.proof), leaves(verdict)].into_iter().flatten());
    }
    if parts.is_empty() { format!("nothing known against {}", verdict.movement.to) } else { joined(&parts) }
}

/// The reasons that decide, shortly.
pub fn deciding(verdict: &Verdict) -> Vec<String> {
    let deciding: Vec<_> = verdict.reasons.iter().filter(|reason| reason.level == verdict.level).collect();
    brief(verdict, &deciding)
}

/// All reasons, each in a few words with its level.
pub fn every(verdict: &Verdict) -> Vec<String> {
    let environment = verdict.movement.environment.as_ref();
    verdict.reasons.iter().map(|of| format!("{} {}", of.level, reason(of, environment))).collect()
}

/// Why a target stands where it stands: its past here and its worst reasons, or that it has none.
pub fn target(target: &Target) -> String {
    let verdict = &target.verdict;
    if target.stay { stay(verdict) } else { why(verdict) }
}

/// Why a move stands where it stands: the past of its target and its worst reasons, or that it has none.
pub fn why(verdict: &Verdict) -> String {
    let mut parts: Vec<String> = proof(&verdict.proof).into_iter().collect();
    parts.extend(worst(verdict, &[]));
    if verdict.level == Level::Allow && !has_flag(verdict) {
        parts.push("no open flag".into());
    }
    parts.join(", ")
}

/// What staying means: `2.4.1 keeps INC-482`.
fn stay(verdict: &Verdict) -> String {
    let version = &verdict.movement.to;
    match (&*verdict.kept, worst(verdict, &verdict.kept)) {
        ([], None) => format!("{version} has no open flag"),
        ([], Some(worst)) => format!("{version}: {worst}"),
        (kept, None) => format!("{version} keeps {}", ids(kept)),
        (kept, Some(worst)) => format!("{version} keeps {}, {worst}", ids(kept)),
    }
}

/// Whether any flag hits the target.
fn has_flag(verdict: &Verdict) -> bool {
    let on_target = |reason: &&Reason| {
        !matches!(reason.finding.code(), Code::AdvisoryClosed | Code::FlagWithdrawn | Code::FixUnclear)
    };
    !verdict.kept.is_empty()
        || verdict.reasons.iter().filter(on_target).any(|reason| reason.finding.flag().is_some())
}

/// The reasons of the verdict's own level, shortly; those on flags that are `said` already are left out.
fn worst(verdict: &Verdict, said: &[&Flag]) -> Option<String> {
    let is_said =
        |reason: &Reason| reason.finding.flag().is_some_and(|flag| said.iter().any(|s| s.id == flag.id));
    let level = verdict.level;
    let worst: Vec<&Reason> =
        verdict.reasons.iter().filter(|reason| reason.level == level && !is_said(reason)).collect();
    (level > Level::Allow && !worst.is_empty()).then(|| joined(&brief(verdict, &worst)))
}

/// Phrases that hold lists themselves: `a; b`, `a; b; 3 more reasons`. One more is said, not counted.
pub fn joined(phrases: &[String]) -> String {
    let shown = if phrases.len() <= NAMED + 1 { phrases.len() } else { NAMED };
    let mut text = phrases[..shown].join("; ");
    if shown < phrases.len() {
        text.push_str(&format!("; {} more reasons", phrases.len() - shown));
    }
    text
}

/// Reasons shortly; several on flags that differ only in these become one.
pub fn brief(verdict: &Verdict, reasons: &[&Reason]) -> Vec<String> {
    let environment = verdict.movement.environment.as_ref();
    let alike = |a: &&Reason, b: &&Reason| a.finding.code() == b.finding.code() && a.finding.flag().is_some();
    let group = |group: &[&Reason]| {
        let flags: Vec<&Flag> = group.iter().filter_map(|reason| reason.finding.flag()).collect();
        let words = reason(group[0], environment);
        if flags.len() < 2 { words } else { words.replace(flags[0].id.as_str(), &ids(&flags)) }
    };
    reasons.chunk_by(alike).map(group).collect()
}

/// `a`, `a and b`, `a, b and 3 more`.
pub fn some<S: AsRef<str>>(items: &[S]) -> String {
    let named = items.iter().take(NAMED).map(AsRef::as_ref);
    match items.len().saturating_sub(NAMED) {
        0 => and(named),
        1 => and(items.iter().map(AsRef::as_ref)),
        more => format!("{} and {more} more", named.collect::<Vec<_>>().join(", ")),
    }
}

/// Flags by their ids, the rest counted.
pub fn ids(flags: &[&Flag]) -> String {
    some(&flags.iter().map(|flag| flag.id.as_str()).collect::<Vec<_>>())
}

/// `ran here 40 days`; None: it never did.
pub fn proof(proof: &Proof) -> Option<String> {
    match proof {
        Proof { runs: true, .. } => Some("runs here".into()),
        Proof { ran: true, time: Some(time), .. } => Some(format!("ran here {}", Days(*time))),
        Proof { ran: true, time: None, .. } => Some("ran here before".into()),
        _ => None,
    }
}

/// The instabilities that the move leaves: `leaves INC-482 (p99 latency x10)`.
pub fn leaves(verdict: &Verdict) -> Option<String> {
    let left: Vec<String> = verdict
        .left
        .iter()
        .filter(|flag| flag.kind == FlagKind::Instability)
        .map(|flag| format!("{} ({})", flag.id, flag.title))
        .collect();
    (!left.is_empty()).then(|| format!("leaves {}", some(&left)))
}

/// What lowered a reason.
pub fn relief(relief: &Relief, reason: &Reason) -> String {
    match relief {
        Relief::BetterTrade(flag) => {
            format!("a hold, not a block: the move closes {}, which is worse", flag.id)
        }
        Relief::Abort => "at most a warning: this ends an unfinished roll-out".into(),
        Relief::Mitigated(mitigation, sign_off, until) => {
            format!("{} is on until {}, says sign-off {}", mitigation.id, format_time(*until), sign_off.id)
        }
        Relief::Signed => {
            let ids: Vec<&str> = reason.sign_offs.iter().map(|sign_off| sign_off.id.as_str()).collect();
            format!("a hold, signed off by {}", and(ids.into_iter()))
        }
    }
}

/// Who must sign for a hold, naming what.
pub fn signer(movement: &Move, wanted: &Wanted) -> String {
    let key = wanted.key;
    let team = movement.service.owners.of(key).map_or(String::new(), |team| format!(" ({team})"));
    let named = if wanted.subjects.is_empty() { &wanted.with } else { &wanted.subjects };
    format!("{key}{team} must sign, naming {}", named.join(", "))
}

/// What has to be put on against a reason, and what that does to it.
pub fn put_on(reason: &Reason, with: &Mitigation) -> String {
    let hours = with.hours.map_or(String::new(), |hours| format!(" for {hours} hours"));
    let subject = reason.finding.subject();
    format!("put on {}: {} (makes {subject} a {}{hours})", with.id, with.instruction, with.lowers_to)
}

/// What to do now, where that is no command to paste.
pub fn next(next: Next, context: &Context) -> Option<String> {
    Some(match next {
        _ if context.committed => "check again without --at-revision before you act".into(),
        _ if context.simulated => "check again without --as-of before you act".into(),
        Next::Run(_) => return None,
        Next::Stay(version) => format!("stay on {version}; nothing to go to may go as it is"),
        Next::Sign => "have it signed as above, then check again".into(),
        Next::Decide => "both teams decide together; no move may go as it is".into(),
    })
}

/// `3 mistakes in 2 files`
pub fn mistakes(mistakes: &Mistakes) -> String {
    let list = mistakes.list.iter().filter(|mistake| mistake.weight == Weight::Mistake);
    let mut files: Vec<&str> = list.clone().map(|mistake| mistake.file(&mistakes.sources)).collect();
    files.sort_unstable();
    files.dedup();
    format!("{} in {}", several(list.count(), "mistake"), several(files.len(), "file"))
}

/// `3 mistakes, 12 warnings in 45 services`
pub fn findings(findings: &Findings) -> String {
    let some = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        count => several(count, word),
    };
    let (mistakes, warnings) = (findings.mistakes.list.len(), findings.warnings.len());
    let services = several(findings.services, "service");
    format!("{}, {} in {services}", some(mistakes, "mistake"), some(warnings, "warning"))
}

/// What was done to a file, or would be: `keys in order`, `renamed from cve-1.toml`.
pub fn done(done: &Done<'_>) -> String {
    let renamed =
        done.renamed_from.map(|from| format!("renamed from {}", from.rsplit('/').next().unwrap_or(from)));
    let ordered = (done.before != done.after).then(|| "keys put in order".to_owned());
    let parts: Vec<String> = renamed.into_iter().chain(ordered).collect();
    parts.join(", ")
}

/// `1 file`, `3 files`.
pub fn several(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Where to read more about a finding.
pub fn url<'a>(finding: &Finding<'a>) -> Option<&'a str> {
    match finding {
        Finding::BarrierCrossed { barrier, .. } => barrier.url.as_deref(),
        _ => finding.flag().and_then(|flag| flag.url.as_deref()),
    }
}

/// A sign-off that counts: who, for which key, whether it is the asker's own, how known, until when.
pub fn given(given: &Given) -> String {
    let how = if given.own { "self, " } else { "" };
    format!("{}, until {}", signature(given.sign_off, how), format_time(given.expires))
}

/// A sign-off that doesn't count, and why.
pub fn refused(sign_off: &SignOff, refusal: &Refusal) -> String {
    format!("{}: {}", signature(sign_off, ""), self::refusal(sign_off, refusal))
}

/// Why a sign-off doesn't count.
pub fn refusal(sign_off: &SignOff, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Revoked(revoked) => {
            let by = revoked.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
            format!("revoked at {}{by}: {}", format_time(revoked.at), revoked.reason)
        }
        Refusal::Lapsed(at) => format!("lapsed at {}", format_time(*at)),
        Refusal::Ahead => format!("is dated too far ahead, {}", format_time(sign_off.at)),
        Refusal::Unmerged => "nobody has merged it into what is published yet".into(),
        Refusal::NoSuchRule(rule) => format!("no rule `{rule}` lets silence go on so soon"),
        Refusal::NotMember(team) => format!("its signer isn't a member of {team}"),
        Refusal::Own => "its signer is the one who asks; for security somebody else has to sign".into(),
    }
}

fn signature(sign_off: &SignOff, how: &str) -> String {
    let by = format!("{} by {} as {}", sign_off.id, sign_off.by, sign_off.key);
    format!("{by} ({how}known from {}) for {}", known(sign_off), some(&sign_off.accepts))
}

/// How the signer is known: `git`, `flag` or `ci`; `file` when it only stands in the registry.
pub fn known(sign_off: &SignOff) -> &str {
    sign_off.known.as_deref().unwrap_or("file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_counted_and_never_for_the_sake_of_one() {
        assert_eq!(some::<&str>(&[]), "");
        assert_eq!(some(&["a"]), "a");
        assert_eq!(some(&["a", "b"]), "a and b");
        assert_eq!(some(&["a", "b", "c"]), "a, b and c");
        assert_eq!(some(&["a", "b", "c", "d"]), "a, b and 2 more");
    }

    #[test]
    fn a_past_is_told_as_far_as_it_is_known() {
        let days = chrono::TimeDelta::days(16);
        let told = |runs, ran, time| proof(&Proof { runs, ran, time });
        assert_eq!(told(false, true, Some(days)).as_deref(), Some("ran here 16 days"));
        assert_eq!(told(false, true, None).as_deref(), Some("ran here before"));
        assert_eq!(told(true, false, None).as_deref(), Some("runs here"));
        assert_eq!(told(false, false, None), None);
    }
}
