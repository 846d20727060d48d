//! The gist of a line of the record, in a sentence.

use serde_json::Value;

use crate::judge::and;
use crate::record::{Affected, Deed, Entry, Line, Reason, Statement};
use crate::report::commands::quoted;
use crate::report::words::some;

/// How much of the fields of an unknown kind is told, in characters.
const LONGEST: usize = 200;

/// What a line says, shortly: the move, then what belongs to its kind.
pub fn gist(entry: &Entry) -> String {
    match entry.known() {
        Some(line) => gist_of(&line.statement),
        None => unknown(entry),
    }
}

/// What a line of a kind that is known here says, shortly.
pub fn gist_of(says: &Statement) -> String {
    let moved = movement(says);
    let what = match &says.deed {
        Deed::Checked => because(says),
        Deed::Started { command } => command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
        Deed::Finished { .. } => finished(&says.deed),
        Deed::Recorded { key, moved, running } => {
            let moved = moved.as_ref().map_or(String::new(), |moved| format!(" at {moved}"));
            let key = key.as_ref().map_or(String::new(), |key| format!(", key {key}"));
            format!("done elsewhere{moved}; runs {}{key}", list(running))
        }
        Deed::Settled { version, reason } => format!("the cause of leaving {version}: {reason}"),
        Deed::Flagged { .. } => flagged(&says.deed),
        Deed::Cleared { flag, key, reason, fixed_in } => {
            let how = fixed_in.as_ref().map_or("withdrawn".into(), |version| format!("fixed in {version}"));
            format!("{flag} ({key}) {how}: {reason}")
        }
        Deed::SignedOff { .. } => signed_off(&says.deed),
        Deed::Revoked { sign_off, key, reason } => format!("sign-off {sign_off} ({key}): {reason}"),
        Deed::BrokeGlass { debt, reason, subjects, unjudged, .. } => {
            let against =
                if unjudged.is_empty() { some(subjects) } else { "what could not be judged".into() };
            let against = if against.is_empty() { String::new() } else { format!("against {against}: ") };
            let debt = debt.as_ref().map_or(String::new(), |debt| format!(" (debt {debt})"));
            format!("{against}{reason}{debt}")
        }
        Deed::Reviewed { debt, key, note, closed } => {
            let note = note.as_ref().map_or(String::new(), |note| format!(": {note}"));
            let key = key.as_ref().map_or(String::new(), |key| format!(" ({key})"));
            format!("debt {debt}{key}{note}{}", if *closed { "; closed" } else { "" })
        }
        Deed::Observed { was, running, source } => observed(says, was.as_deref(), running, source),
        Deed::Released { version, commit, .. } => {
            let commit = commit.as_ref().map_or(String::new(), |commit| format!(", commit {commit}"));
            format!("{version}{commit}")
        }
        Deed::IncidentStarted { severity } => severity.as_deref().unwrap_or_default().to_owned(),
        Deed::IncidentEnded => String::new(),
        Deed::Asked { .. } => asked(&says.deed),
        Deed::Told { .. } => told(&says.deed),
    };
    let incident = matches!(says.deed, Deed::IncidentStarted { .. } | Deed::IncidentEnded);
    let head = if incident { says.incident.as_deref().unwrap_or_default().to_owned() } else { moved };
    [head, what].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// `rollback 2.4.1 -> 2.3.0 in prod for INC-482`.
pub fn movement(says: &Statement) -> String {
    let place = says.environment.as_ref().map_or(String::new(), |name| format!("in {name}"));
    let incident = says.incident.as_ref().map_or(String::new(), |id| format!("for {id}"));
    let moved = says.movement.as_ref().map_or(String::new(), |movement| {
        format!("{} {} -> {}", movement.kind, movement.from.as_deref().unwrap_or("nothing"), movement.to)
    });
    let place = if matches!(says.deed, Deed::Observed { .. }) { String::new() } else { place };
    [moved, place, incident].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The reasons that made the verdict what it is.
pub fn because(says: &Statement) -> String {
    let decides =
        |reason: &&Reason| says.verdict.as_deref() == Some(&*reason.level) && &*reason.level != "allow";
    some(&says.reasons.iter().filter(decides).map(reason).collect::<Vec<_>>())
}

/// `advisory-reopened CVE-2026-31337`.
fn reason(reason: &Reason) -> String {
    match reason.subject.starts_with(&*reason.code) {
        true => reason.subject.to_string(),
        false => format!("{} {}", reason.code, reason.subject),
    }
}

fn finished(deed: &Deed) -> String {
    let Deed::Finished { code, signal, running, verified, trouble, .. } = deed else { return String::new() };
    let end = match (code, signal) {
        (_, Some(signal)) => format!("ended by {signal}"),
        (Some(0), None) => "done".into(),
        (Some(code), None) => format!("failed with code {code}"),
        (None, None) => "ended".into(),
    };
    let looked = if *verified { "" } else { ", by the command's word" };
    let trouble = trouble.as_ref().map_or(String::new(), |trouble| format!("; {trouble}"));
    format!("{end}; runs {}{looked}{trouble}", list(running))
}

fn flagged(deed: &Deed) -> String {
    let Deed::Flagged { flag, key, title, severity, exploited, compromised, affects, extended } = deed else {
        return String::new();
    };
    let words = [
        Some(&**key),
        Some(&**severity),
        exploited.then_some("exploited"),
        compromised.then_some("compromised"),
    ];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let wider = if *extended { ", made wider" } else { "" };
    format!("{flag} ({}{wider}): {title}{}", words.join(", "), hits(affects))
}

fn asked(deed: &Deed) -> String {
    let Deed::Asked { key, accepts, reason, branch, .. } = deed else { return String::new() };
    let branch = branch.as_ref().map_or(String::new(), |branch| format!(" (branch {branch})"));
    format!("{key} to accept {}: {reason}{branch}", some(accepts))
}

/// `rollback.started of 01KAF3 to appsec by sec-slack: 204`.
fn told(deed: &Deed) -> String {
    let Deed::Told { of, event, subject, who, sink, arrived, answer, not_before, gone } = deed else {
        return String::new();
    };
    let who = who.as_ref().map_or(String::new(), |who| format!(" to {who}"));
    let about = subject.as_ref().filter(|subject| !subject.is_empty());
    let about = about.map_or(String::new(), |subject| format!(" ({subject})"));
    let how = if *arrived { "" } else { " NOT TOLD:" };
    let later = not_before.as_ref().map_or(String::new(), |time| format!(", not before {time}"));
    let gone = if *gone { ", the sink is gone" } else { "" };
    format!("{event}{about} of {of}{who} by {sink}:{how} {answer}{later}{gone}")
}

fn hits(affects: &Affected) -> String {
    let hits = match &*affects.hits {
        [] => "hits no registered release".into(),
        hits => format!("hits {}", some(hits)),
    };
    let runs: Vec<String> =
        affects.running.iter().map(|place| format!("{} in {}", place.version, place.environment)).collect();
    let runs = if runs.is_empty() { String::new() } else { format!("; runs {}", some(&runs)) };
    format!("; {hits}{runs}")
}

fn signed_off(deed: &Deed) -> String {
    let Deed::SignedOff { key, accepts, with, reason, ticket, expires, .. } = deed else {
        return String::new();
    };
    let with = if with.is_empty() { String::new() } else { format!(" with {}", some(with)) };
    let ticket = ticket.as_ref().map_or(String::new(), |ticket| format!(" ({ticket})"));
    format!("{key} accepts {}{with} until {expires}: {reason}{ticket}", some(accepts))
}

fn observed(says: &Statement, was: Option<&[Box<str>]>, running: &[Box<str>], source: &str) -> String {
    let place = says.environment.as_deref().unwrap_or("it");
    let was = match was {
        None => ", of which nothing was known".into(),
        Some(was) if was == running => ", as was known".into(),
        Some(was) => format!(", not {} as was known", list(was)),
    };
    format!("{place} runs {}{was} ({source})", list(running))
}

fn list(versions: &[Box<str>]) -> String {
    if versions.is_empty() { "nothing".into() } else { and(versions.iter().map(|version| &**version)) }
}

/// A line of a later holdpoint: what it holds beside what every line has.
fn unknown(entry: &Entry) -> String {
    const COMMON: [&str; 11] =
        ["seq", "id", "at", "kind", "service", "verdict", "by", "known", "registry", "ci", "prev"];
    let own = entry.says.iter().filter(|(field, _)| !COMMON.contains(&field.as_str()));
    let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let parts: Vec<String> = own.map(|(field, own)| format!("{field} {}", value(own))).collect();
    let text = parts.join(", ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What else a line holds, a part each: the reasons, the registry's state, ids, the CI run.
pub fn more(entry: &Entry) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    if let Some(Line { statement, seq, .. }) = entry.known() {
        parts.extend(statement.reasons.iter().map(|of| format!("{} {}", of.level, reason(of))));
        let dirty = if statement.registry.dirty == Some(true) { ", with changes" } else { "" };
        parts
            .extend(statement.registry.revision.iter().map(|revision| format!("registry {revision}{dirty}")));
        parts.push(format!("number {seq}, {}", statement.id));
        parts.extend(statement.group.iter().map(|group| format!("group {group}")));
        let run = ["cicd.pipeline.run.url.full", "cicd.pipeline.run.id"];
        parts.extend(run.iter().find_map(|name| statement.ci.get(*name)).cloned());
    } else {
        parts.extend(entry.text("id").map(str::to_owned));
    }
    parts.push(format!("{}:{}", entry.file, entry.line));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: &str) -> String {
        let text = format!(
            r#"{{"seq":1,"id":"01K","at":"2026-11-22T03:00:00Z","service":"checkout","by":"Ann","known":"git",
                "registry":{{"revision":null,"dirty":null}},"prev":"00",{fields}}}"#
        );
        gist(&Entry { file: "f".into(), line: 1, at: None, says: serde_json::from_str(&text).unwrap() })
    }

    #[test]
    fn every_kind_has_its_sentence() {
        let moved = r#""environment":"prod","move":{"kind":"rollback","from":"2.4.1","to":"2.3.0"},"incident":"INC-1""#;
        let reasons = r#""verdict":"block","reasons":[{"code":"advisory-reopened","subject":"CVE-1","level":"block"},
            {"code":"far-back","subject":"far-back","level":"warn"}]"#;
        let affects = r#"{"hits":["2.3.0","2.3.1"],"running":[{"environment":"prod","version":"2.3.0"}]}"#;
        let cases = [
            (format!(r#""kind":"checked",{moved},{reasons}"#), "rollback 2.4.1 -> 2.3.0 in prod for INC-1: advisory-reopened CVE-1"),
            (format!(r#""kind":"started",{moved},"command":["helm","up grade"]"#), "rollback 2.4.1 -> 2.3.0 in prod for INC-1: helm 'up grade'"),
            (r#""kind":"finished","environment":"prod","of":"01K","code":0,"running":["2.3.0"],"verified":true"#.into(), "in prod: done; runs 2.3.0"),
            (r#""kind":"finished","of":"01K","signal":"SIGTERM","running":[],"verified":false,"trouble":"no answer""#.into(), "ended by SIGTERM; runs nothing, by the command's word; no answer"),
            (r#""kind":"finished","of":"01K","code":2,"running":["1","2"],"verified":true"#.into(), "failed with code 2; runs 1 and 2"),
            (format!(r#""kind":"recorded",{moved},"key":"d-1","running":["2.3.0"]"#), "rollback 2.4.1 -> 2.3.0 in prod for INC-1: done elsewhere; runs 2.3.0, key d-1"),
            (r#""kind":"settled","version":"2.4.1","reason":"load test""#.into(), "the cause of leaving 2.4.1: load test"),
            (format!(r#""kind":"flagged","flag":"CVE-1","as":"security","title":"A hole","severity":"high","exploited":true,"compromised":false,"affects":{affects},"extended":false"#), "CVE-1 (security, high, exploited): A hole; hits 2.3.0 and 2.3.1; runs 2.3.0 in prod"),
            (r#""kind":"cleared","flag":"CVE-1","as":"security","reason":"not ours""#.into(), "CVE-1 (security) withdrawn: not ours"),
            (r#""kind":"cleared","flag":"CVE-1","as":"security","reason":"x","fixed_in":"2.4.0""#.into(), "CVE-1 (security) fixed in 2.4.0: x"),
            (format!(r#""kind":"signed-off",{moved},"sign_off":"01S","as":"security","accepts":["CVE-1"],"with":["CVE-1/waf"],"reason":"outage","ticket":"T-1","expires":"2026-11-22T07:00:00Z""#), "rollback 2.4.1 -> 2.3.0 in prod for INC-1: security accepts CVE-1 with CVE-1/waf until 2026-11-22T07:00:00Z: outage (T-1)"),
            (r#""kind":"revoked","sign_off":"01S","as":"security","reason":"oops""#.into(), "sign-off 01S (security): oops"),
            (format!(r#""kind":"broke-glass",{moved},"debt":"01D","reason":"the shop is down","subjects":["CVE-1"]"#), "rollback 2.4.1 -> 2.3.0 in prod for INC-1: against CVE-1: the shop is down (debt 01D)"),
            (r#""kind":"reviewed","debt":"01D","as":"security","note":"fine","closed":true"#.into(), "debt 01D (security): fine; closed"),
            (r#""kind":"observed","environment":"prod","was":["2.4.0"],"running":["2.4.1"],"source":"kubectl""#.into(), "prod runs 2.4.1, not 2.4.0 as was known (kubectl)"),
            (r#""kind":"released","version":"2.4.2","commit":"9f3c2ab""#.into(), "2.4.2, commit 9f3c2ab"),
            (r#""kind":"incident-started","incident":"INC-1","severity":"sev1""#.into(), "INC-1: sev1"),
            (r#""kind":"incident-ended","incident":"INC-1""#.into(), "INC-1"),
            (format!(r#""kind":"asked",{moved},"ask":"01Q","as":"security","accepts":["CVE-1"],"reason":"outage","branch":"holdpoint/ask/01Q""#), "rollback 2.4.1 -> 2.3.0 in prod for INC-1: security to accept CVE-1: outage (branch holdpoint/ask/01Q)"),
            (r#""kind":"told","of":"01K","event":"rollback.started","who":"appsec","sink":"chat","arrived":true,"answer":"204""#.into(), "rollback.started of 01K to appsec by chat: 204"),
            (r#""kind":"told","of":"evt-1","event":"debt.overdue","subject":"01D","sink":"chat","arrived":false,"answer":"410","gone":true"#.into(), "debt.overdue (01D) of evt-1 by chat: NOT TOLD: 410, the sink is gone"),
            (r#""kind":"teleported","to":"mars","beam":{"wide":1}"#.into(), "to mars, beam {\"wide\":1}"),
        ];
        let mut kinds: Vec<&str> = Vec::new();
        for (fields, want) in &cases {
            assert_eq!(told(fields), *want, "{fields}");
            kinds.push(fields.split('"').nth(3).unwrap());
        }
        assert!(Deed::WORDS.iter().all(|word| kinds.contains(word)), "{kinds:?}");
    }
}
