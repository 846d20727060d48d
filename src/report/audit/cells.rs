//! A decision as a row of cells, for spreadsheets.
//!
//! Lists stand in one cell, divided by `; `. An empty cell says that there is nothing to say, or that the record doesn't
//! say it.

use crate::audit::{Approval, Entry, Outcome, Row, Told};
use crate::model::format_time;
use crate::record::{Deed, Reason, Statement};
use crate::report::log::{gist, gist_of};

/// The columns, in their order. Columns may be added at the end; none is renamed or moved.
pub const COLUMNS: [&str; 40] = [
    "service",
    "seq",
    "id",
    "at",
    "by",
    "known",
    "kind",
    "environment",
    "move",
    "from",
    "to",
    "subject",
    "what",
    "why",
    "ticket",
    "incident",
    "verdict",
    "reasons",
    "rules",
    "approvals",
    "approver_not_requester",
    "registry_revision",
    "registry_dirty",
    "ci_run",
    "outcome",
    "running_after",
    "verified",
    "told",
    "follow_up_due",
    "follow_up",
    "follow_up_state",
    "follow_up_done",
    "group",
    "command",
    "file",
    "line",
    "line_hash",
    "prev",
    "parts",
    "part_hashes",
];

/// The cells of a row, one for each of [`COLUMNS`].
pub fn cells(row: &Row<'_>) -> [String; COLUMNS.len()] {
    let entry = row.entry;
    let says = row.says();
    let text = |of: fn(&Statement) -> Option<&str>| says.and_then(of).unwrap_or_default().to_owned();
    let movement = says.and_then(|says| says.movement.as_ref());
    let outcome = row.outcome();
    let [follow_up, state, done] = follow_up(row);
    [
        row.ledger.service.to_string(),
        entry.seq.map_or_else(String::new, |seq| seq.to_string()),
        entry.id().unwrap_or_default().to_owned(),
        at(entry),
        by(row),
        says.map_or_else(String::new, |says| says.known.to_string()),
        entry.kind().to_owned(),
        text(|says| says.environment.as_deref()),
        movement.map_or_else(String::new, |movement| movement.kind.to_string()),
        movement.and_then(|movement| movement.from.as_deref()).unwrap_or_default().to_owned(),
        movement.map_or_else(String::new, |movement| movement.to.to_string()),
        row.subject().unwrap_or_default().to_owned(),
        what(row),
        row.reason().unwrap_or_default().to_owned(),
        ticket(row).unwrap_or_default().to_owned(),
        text(|says| says.incident.as_deref()),
        text(|says| says.verdict.as_deref()),
        list(reasons(row), reason),
        rules(row).join("; "),
        list(&row.approvals, approval),
        row.apart.map_or("", |apart| apart.word()).to_owned(),
        text(|says| says.registry.revision.as_deref()),
        says.and_then(|says| says.registry.dirty).map_or("", yes).to_owned(),
        ci_run(row).unwrap_or_default().to_owned(),
        outcome.as_ref().map_or_else(String::new, ended),
        outcome.map_or_else(String::new, |outcome| outcome.running.join("; ")),
        outcome.filter(|outcome| outcome.recorded).map_or("", |outcome| yes(outcome.verified)).to_owned(),
        row.told().map(told).collect::<Vec<_>>().join("; "),
        row.followed.due.map_or_else(String::new, format_time),
        follow_up,
        state,
        done,
        text(|says| says.group.as_deref()),
        command(row),
        row.ledger.file(entry).to_owned(),
        entry.line.to_string(),
        entry.hash.clone(),
        entry.prev.as_deref().unwrap_or_default().to_owned(),
        list(&row.parts, |part| spot(row, part)),
        list(&row.parts, |part| part.hash.clone()),
    ]
}

/// When, by the line's own word: of one that doesn't say, nothing.
fn at(entry: &Entry) -> String {
    match entry.kind() {
        "unreadable" => String::new(),
        _ => format_time(entry.at),
    }
}

fn by(row: &Row<'_>) -> String {
    match &row.entry.says {
        crate::audit::Says::Known(says) => says.by.to_string(),
        crate::audit::Says::Other(fields) => {
            fields.get("by").and_then(|by| by.as_str()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

/// What was done, in a sentence.
pub fn what(row: &Row<'_>) -> String {
    match &row.entry.says {
        crate::audit::Says::Known(says) => gist_of(says),
        crate::audit::Says::Told(told) => self::told(told),
        crate::audit::Says::Unreadable(why) => format!("the line can't be read: {why}"),
        crate::audit::Says::Other(fields) => {
            let (file, line) = (row.ledger.file(row.entry).to_owned(), row.entry.line);
            gist(&crate::record::Entry { file, line, at: None, says: (**fields).clone() })
        }
    }
}

/// The reasons of its verdict.
pub fn reasons<'a>(row: &Row<'a>) -> &'a [Reason] {
    row.says().map_or(&[], |says| &says.reasons)
}

/// `advisory-reopened:CVE-1=block`.
pub fn reason(reason: &Reason) -> String {
    format!("{}:{}={}", reason.code, reason.subject, reason.level)
}

/// The rules that decided, each once.
pub fn rules<'a>(row: &Row<'a>) -> Vec<&'a str> {
    let mut rules: Vec<&str> = Vec::new();
    for rule in reasons(row).iter().filter_map(|reason| reason.rule.as_deref()) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// `01KAF3 by Ann <ann@example.com> as security at 2026-11-22T03:05:00Z: the endpoint is off`.
fn approval(approval: &Approval<'_>) -> String {
    match approval.given {
        None => format!("{} (not in the record)", approval.id),
        Some(given) => format!(
            "{} by {} as {} at {}: {}",
            approval.id,
            given.says.by,
            given.key,
            format_time(given.says.at),
            why_signed(approval).unwrap_or_default()
        ),
    }
}

/// Why a sign-off was given.
pub fn why_signed<'a>(approval: &Approval<'a>) -> Option<&'a str> {
    match &approval.given?.says.deed {
        Deed::SignedOff { reason, .. } => Some(reason),
        _ => None,
    }
}

/// The ticket of a sign-off, and of a move that went by some.
pub fn ticket<'a>(row: &Row<'a>) -> Option<&'a str> {
    let own = |says: &'a Statement| match &says.deed {
        Deed::SignedOff { ticket, .. } => ticket.as_deref(),
        _ => None,
    };
    let given = || row.approvals.iter().find_map(|approval| own(approval.given?.says));
    row.says().and_then(own).or_else(given)
}

/// The CI run: its address, else its id.
pub fn ci_run<'a>(row: &Row<'a>) -> Option<&'a str> {
    let ci = &row.says()?.ci;
    let names = ["cicd.pipeline.run.url.full", "cicd.pipeline.run.id"];
    names.iter().find_map(|name| ci.get(*name)).map(String::as_str)
}

/// How it ended: `exit 0`, `SIGTERM`, `recorded`.
pub fn ended(outcome: &Outcome<'_>) -> String {
    let how = match (outcome.recorded, outcome.code, outcome.signal) {
        (false, _, _) => "no end in the record".into(),
        (true, _, Some(signal)) => signal.to_owned(),
        (true, Some(code), None) => format!("exit {code}"),
        (true, None, None) if outcome.verified => "observed".into(),
        (true, None, None) => "recorded".into(),
    };
    outcome.trouble.map_or(how.clone(), |trouble| format!("{how}; {trouble}"))
}

fn told(told: &Told) -> String {
    let who = told.who.as_deref().unwrap_or("?");
    let at = told.at.map_or_else(String::new, |at| format!(" at {}", format_time(at)));
    let answer = told.answer.as_ref().map_or_else(String::new, |answer| format!(": {answer}"));
    let not = if told.arrived { "" } else { "NOT TOLD: " };
    format!("{not}{who}{at}{answer}")
}

/// Who looked back, how it stands, and when it was done.
fn follow_up(row: &Row<'_>) -> [String; 3] {
    let followed = &row.followed;
    let reviews = followed.reviews.iter().map(|look| {
        let note = look.note.map_or_else(String::new, |note| format!(": {note}"));
        format!("{} by {} at {}{note}", look.key, look.by, format_time(look.at))
    });
    let word = state(row);
    let done = followed.done.map_or_else(String::new, |(at, by)| format!("{} by {by}", format_time(at)));
    [reviews.collect::<Vec<_>>().join("; "), word.to_owned(), done]
}

/// The word for how what follows stands.
pub fn state(row: &Row<'_>) -> &'static str {
    let signed = matches!(row.entry.deed(), Some(Deed::SignedOff { .. }));
    let flagged = matches!(row.entry.deed(), Some(Deed::Flagged { .. }));
    match (row.followed.done.is_some(), row.followed.debt.is_some()) {
        (true, _) if signed => "revoked",
        (true, _) if flagged => "cleared",
        (true, _) => "closed",
        (false, true) => "open",
        (false, false) => "",
    }
}

/// The command of a `run`, word by word as it was started.
fn command(row: &Row<'_>) -> String {
    match row.entry.deed() {
        Some(Deed::Started { command }) => {
            command.iter().map(|word| crate::report::commands::quoted(word)).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

fn spot(row: &Row<'_>, part: &Entry) -> String {
    let seq =
        part.seq.map_or_else(|| format!("{}:{}", row.ledger.file(part), part.line), |seq| seq.to_string());
    format!("{} {seq}", part.kind())
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn list<T>(items: &[T], each: impl Fn(&T) -> String) -> String {
    items.iter().map(each).collect::<Vec<_>>().join("; ")
}
