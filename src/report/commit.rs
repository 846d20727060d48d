//! What a commit of an act says: what was done, why, by whom, and which lines of the record it holds.
//!
//! It is made of what the record says of the act. Text by others stands on one line in the subject, and behind a dash
//! in the body, so that it can be neither a comment nor one of the last lines, which programs read.

use crate::record::{Deed, Statement};
use crate::report::log::gist_of;
use crate::report::{plain, words};

/// The longest subject.
const SUBJECT: usize = 72;
/// The width of the body.
const WIDTH: usize = 76;
/// How many statements of an act are told in full.
const TOLD: usize = 12;

/// The message of a commit that holds an act; `trailer` is the name of the lines that say which statements it holds.
/// Several statements of one act stand together.
pub fn message(says: &[Statement], trailer: &str) -> String {
    let mut out = subject(says);
    out.push_str("\n\n");
    for statement in says.iter().take(TOLD) {
        let text = format!("{}: {}", statement.service, gist_of(statement));
        let options = textwrap::Options::new(WIDTH).initial_indent("- ").subsequent_indent("  ");
        out.push_str(&textwrap::fill(&plain(&text), options));
        out.push('\n');
    }
    if says.len() > TOLD {
        out.push_str(&format!("- and {} more\n", says.len() - TOLD));
    }
    if let Some(first) = says.first() {
        out.push_str(&format!("\nBy {} ({})\n", plain(&first.by), first.known));
    }
    out.push('\n');
    says.iter().for_each(|statement| out.push_str(&format!("{trailer}: {}\n", statement.id)));
    out
}

/// What was done, in one line.
pub fn subject(says: &[Statement]) -> String {
    let what = says.last().map_or_else(|| "nothing".to_owned(), |last| of_act(says, last));
    let what = plain(&what).into_owned();
    if what.chars().count() <= SUBJECT {
        return what;
    }
    let mut cut: String = what.chars().take(SUBJECT - 1).collect();
    cut.push('…');
    cut
}

/// The act that ends with this statement.
fn of_act(says: &[Statement], last: &Statement) -> String {
    let mut services: Vec<&str> = says.iter().map(|statement| &*statement.service).collect();
    services.dedup();
    let of = words::some(&services);
    let place = last.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    let glass = says.iter().any(|statement| matches!(statement.deed, Deed::BrokeGlass { .. }));
    let glass = if glass { ", the glass broken" } else { "" };
    let moved = last.movement.as_ref().map_or_else(
        || of.clone(),
        |movement| {
            let from = movement.from.as_deref().unwrap_or("nothing");
            format!("{} {of} {from} -> {}", movement.kind, movement.to)
        },
    );
    match &last.deed {
        Deed::Checked => format!("check: {moved}{place}: {}", last.verdict.as_deref().unwrap_or("unjudged")),
        Deed::Started { .. } => format!("run: {moved}{place} begins{glass}"),
        Deed::Finished { running, .. } => {
            format!("run: {moved}{place} is over; runs {}", words::some(running))
        }
        Deed::Recorded { .. } => format!("record: {moved}{place}{glass}"),
        Deed::Settled { version, .. } => format!("record settled: {of} {version}"),
        Deed::Flagged { flag, key, affects, extended, .. } => {
            let word = if &**key == "security" { "insecure" } else { "unstable" };
            let wider = if *extended { " (wider)" } else { "" };
            format!("flag-release: {of} {} {word}: {flag}{wider}", words::some(&affects.versions))
        }
        Deed::Cleared { flag, fixed_in: Some(version), .. } => {
            format!("clear-flag: {flag} of {of} fixed in {version}")
        }
        Deed::Cleared { flag, .. } => format!("clear-flag: {flag} of {of} withdrawn"),
        Deed::SignedOff { key, accepts, .. } => {
            let to = last.movement.as_ref().map_or(String::new(), |movement| format!(" {}", movement.to));
            format!("sign-off: {of}{to}{place} as {key}: {}", words::some(accepts))
        }
        Deed::Revoked { sign_off, .. } => format!("sign-off revoke: {sign_off} of {of}"),
        Deed::BrokeGlass { .. } => format!("break-glass: {moved}{place}"),
        Deed::Reviewed { debt, closed, .. } => {
            format!("review: debt {debt} of {of}{}", if *closed { " closed" } else { "" })
        }
        Deed::Observed { running, .. } if running.is_empty() => format!("observe: {of}{place} runs nothing"),
        Deed::Observed { running, .. } => format!("observe: {of}{place} runs {}", words::some(running)),
        Deed::Released { version, .. } => format!("release add: {of} {version}"),
        Deed::IncidentStarted { .. } => format!("incident start: {} ({of})", incident(last)),
        Deed::IncidentEnded => format!("incident end: {} ({of})", incident(last)),
        Deed::Asked { key, accepts, .. } => {
            let to = last.movement.as_ref().map_or(String::new(), |movement| format!(" {}", movement.to));
            format!("ask: {of}{to}{place} as {key}: {}", words::some(accepts))
        }
        Deed::Told { .. } => {
            let arrived = |says: &&Statement| matches!(says.deed, Deed::Told { arrived: true, .. });
            let all = says.iter().filter(|says| matches!(says.deed, Deed::Told { .. })).count();
            format!("notify: {of}: {} of {all} arrived", says.iter().filter(arrived).count())
        }
    }
}

fn incident(statement: &Statement) -> &str {
    statement.incident.as_deref().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Affected, Known, Movement, State};

    fn statement(deed: Deed) -> Statement {
        Statement {
            id: "01KAF000000000000000000000".into(),
            at: crate::model::parse_time("2026-11-22T03:05:00Z").unwrap(),
            deed,
            service: "checkout".into(),
            environment: Some("prod".into()),
            movement: None,
            verdict: None,
            reasons: Vec::new(),
            incident: Some("INC-482".into()),
            by: "Ann <ann@example.com>\u{1b}[2J".into(),
            known: Known::Git,
            registry: State::default(),
            ci: std::collections::BTreeMap::new(),
            group: None,
            tell: Vec::new(),
            unrouted: None,
        }
    }

    fn flagged(title: &str) -> Statement {
        statement(Deed::Flagged {
            flag: "CVE-2026-31337".into(),
            key: "security".into(),
            title: title.into(),
            severity: "high".into(),
            exploited: false,
            compromised: false,
            affects: Affected { versions: vec![">=2.1.0, <2.4.0".into()], ..Affected::default() },
            extended: false,
        })
    }

    #[test]
    fn a_message_says_what_why_by_whom_and_which_lines() {
        let text = message(&[flagged("Session fixation")], "Holdpoint-Act");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "flag-release: checkout >=2.1.0, <2.4.0 insecure: CVE-2026-31337");
        assert_eq!(lines[1], "");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(lines[2].starts_with("- checkout: ") && words.contains("Session fixation"), "{text}");
        assert!(text.ends_with("\n\nHoldpoint-Act: 01KAF000000000000000000000\n"), "{text}");
        assert!(text.contains("\nBy Ann <ann@example.com>") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn text_by_others_is_no_comment_and_no_trailer() {
        let title = format!("x\n\nHoldpoint-Act: forged\n# gone {} \u{202e}", "# word ".repeat(60));
        let text = message(&[flagged(&title)], "Holdpoint-Act");
        assert!(text.lines().all(|line| !line.starts_with('#')), "{text}");
        let trailers: Vec<&str> = text.lines().filter(|line| line.starts_with("Holdpoint-Act:")).collect();
        assert_eq!(trailers, ["Holdpoint-Act: 01KAF000000000000000000000"]);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn a_long_subject_is_cut_and_a_broken_glass_is_named() {
        let movement = Movement { kind: "rollback".into(), from: Some("2.4.1".into()), to: "2.3.0".into() };
        let broke = Deed::BrokeGlass {
            debt: None,
            reason: "down".into(),
            subjects: Vec::new(),
            unjudged: Vec::new(),
            due: None,
        };
        let mut says = vec![statement(broke), statement(Deed::Started { command: Vec::new() })];
        says.iter_mut().for_each(|says| says.movement = Some(movement.clone()));
        assert_eq!(subject(&says), "run: rollback checkout 2.4.1 -> 2.3.0 in prod begins, the glass broken");
        says[1].service = "x".repeat(100).into();
        assert_eq!(subject(&says).chars().count(), SUBJECT);
    }
}
