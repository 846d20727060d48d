//! What there is to choose from, who signs for it, and the move.

use crate::judge::{Finding, Target, Verdict};
use crate::model::{Key, Level, Owner};
use crate::playbook::{Course, SHOWN};
use crate::report::playbook::document::{Cell, Item, Task};
use crate::report::playbook::{Drawn, asking};
use crate::report::{Plan, Wanted, commands, words};

/// What to do, in a sentence.
pub(super) fn recommendation(drawn: &Drawn<'_>) -> Vec<Item> {
    let Some(verdict) = drawn.verdict() else {
        return vec![Item::Text(
            "Nothing is known that could be gone to: register releases, say what runs.".into(),
        )];
    };
    let to = &verdict.movement.to;
    let level = verdict.level;
    let why = words::why(verdict);
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    let said = match drawn.playbook.course {
        Course::Go => format!("Go to `{to}`, {level}{why}."),
        Course::Sign => format!("Have `{to}` signed, then go there. As it is: {level}{why}."),
        Course::Stay => format!("Stay on `{to}`, {level}{why}."),
        Course::Deadlock => format!(
            "Deadlock: nothing may be gone to as it is, and staying is no answer. The least bad is `{to}`, \
             {level}{why}."
        ),
        Course::Stop => format!("Don't go to `{to}`, {level}{why}."),
        Course::Unknown => {
            "Say what runs here first: until then every flag on a release counts, and every barrier may be crossed."
                .into()
        }
    };
    let mut items = vec![Item::Text(said)];
    items.extend(beside(drawn, verdict).map(Item::Text));
    items
}

/// What else to know before anything is done.
fn beside(drawn: &Drawn<'_>, verdict: &Verdict<'_>) -> Option<String> {
    let better = drawn.playbook.better.and_then(|at| drawn.playbook.targets.get(at));
    if let Some(better) = better {
        let to = &better.verdict.movement.to;
        return Some(format!("`{to}` is better: {}, {}.", better.verdict.level, words::target(better)));
    }
    let unflagged = verdict.kept.is_empty() && verdict.left.is_empty() && verdict.movement.incident.is_some();
    (unflagged && drawn.playbook.course == Course::Go && verdict.movement.from.is_some()).then(|| {
        "Nobody has flagged what runs. If the incident isn't its fault, stay; if it is, flag it first."
            .to_owned()
    })
}

/// Where the service could go, best first.
pub(super) fn targets(drawn: &Drawn<'_>) -> Vec<Item> {
    let columns: &[&str] = &["release", "verdict", "reliability", "security", "why"];
    let rows: Vec<Vec<Cell>> = drawn.shown().iter().map(row).collect();
    if rows.is_empty() {
        return vec![Item::Text("No release is known that could be gone to.".into())];
    }
    let mut items = vec![Item::Table(columns, rows)];
    let more = drawn.playbook.targets.len().saturating_sub(SHOWN);
    if more > 0 {
        items.push(Item::Text(format!("{more} more; all of them:")));
        items.push(Item::Commands(vec![commands::targets(
            &drawn.context,
            (drawn.service(), drawn.environment()),
        )]));
    }
    items
}

fn row(target: &Target<'_>) -> Vec<Cell> {
    let verdict = &target.verdict;
    let to = verdict.movement.to.to_string();
    let name = if target.stay { Cell::Text(format!("`{to}` (stay)")) } else { Cell::Code(to) };
    let key = |key| Cell::Level(verdict.key(key));
    vec![
        name,
        Cell::Level(verdict.level),
        key(Key::Reliability),
        key(Key::Security),
        Cell::Text(words::target(target)),
    ]
}

/// Where there is no safe way: the least bad, what it takes, and who decides.
pub(super) fn deadlock(drawn: &Drawn<'_>) -> Vec<Item> {
    let way_out = drawn.playbook.advice.as_ref().and_then(|advice| Plan::of(advice).way_out);
    let Some(way) = way_out.filter(|_| drawn.playbook.course == Course::Deadlock) else { return Vec::new() };
    let owners = &drawn.playbook.overview.service.owners;
    let teams = Key::ALL.map(|key| match owners.of(key) {
        Some(team) => format!("`{team}`"),
        None => format!("whoever owns {key}"),
    });
    let call = Task::of(format!("Call {} together: neither can decide this alone", teams.join(" and ")));
    let to = &way.verdict.movement.to;
    let mut lines: Vec<String> =
        way.mitigations.iter().map(|(reason, with)| words::put_on(reason, with)).collect();
    lines.extend(way.wanted.iter().map(|wanted| words::signer(&way.verdict.movement, wanted)));
    if way.stays_shut() {
        lines.push(
            "no sign-off opens it: what is left is a fix, to take the service out of reach, or to break the glass, \
             which leaves a debt that both teams review"
                .into(),
        );
    }
    let intro = format!("What the least bad, `{to}`, takes:");
    vec![Item::Task(call.by(Owner::Both)), Item::Text(intro), Item::Bullets(lines)]
}

/// The way forward.
pub(super) fn roll_forward(drawn: &Drawn<'_>) -> Vec<Item> {
    let own = drawn.verdict();
    if let Some(own) =
        own.filter(|own| own.movement.from.as_ref().is_some_and(|from| from.is_older_than(&own.movement.to)))
    {
        return vec![Item::Text(format!("`{}` is the way forward.", own.movement.to))];
    }
    let runs = drawn.playbook.overview.releases().first().map(|runs| runs.version());
    let newer = |target: &&Target<'_>| {
        let to = &target.verdict.movement.to;
        runs.is_some_and(|runs| runs.is_older_than(to)) && own.is_none_or(|own| own.movement.to != *to)
    };
    let Some(best) = drawn.playbook.targets.iter().find(newer) else {
        let fix = "The way forward: when a fix is built, register it with `holdpoint release add` and draw this up again.";
        return vec![Item::Text(fix.into())];
    };
    let verdict = &best.verdict;
    let (to, level) = (&verdict.movement.to, verdict.level);
    let text = format!("The way forward is `{to}`, {level}: {}.", words::target(best));
    let check = commands::check_forward(&drawn.context, &verdict.movement, &to.text);
    vec![Item::Text(text), Item::Commands(vec![check])]
}

/// Who has signed, and who must.
pub(super) fn sign_offs(drawn: &Drawn<'_>) -> Vec<Item> {
    let Some(verdict) = drawn.verdict().filter(|_| drawn.playbook.course != Course::Unknown) else {
        return Vec::new();
    };
    let mut items = Vec::new();
    let given: Vec<String> =
        verdict.given.iter().map(|given| format!("signed: {}", words::given(given))).collect();
    if !given.is_empty() {
        items.push(Item::Bullets(given));
    }
    let wanted = wanted(drawn, verdict);
    if wanted.is_empty() && verdict.level.proceeds() {
        items.push(Item::Text(format!("Nothing has to be signed for `{}`.", verdict.movement.to)));
    }
    items.extend(asking::signatures(drawn, verdict, &wanted).into_iter().map(Item::Task));
    items
}

/// The signatures that let the playbook's move go.
fn wanted(drawn: &Drawn<'_>, verdict: &Verdict<'_>) -> Vec<Wanted> {
    match drawn.playbook.course {
        Course::Sign => Wanted::of(verdict),
        Course::Deadlock => Wanted::mitigated(verdict),
        _ => Vec::new(),
    }
}

/// Barriers on the way, with how to undo them.
pub(super) fn barriers(drawn: &Drawn<'_>) -> Vec<Item> {
    let verdict = drawn.verdict().filter(|_| drawn.playbook.course != Course::Unknown);
    let reasons = verdict.into_iter().flat_map(|verdict| &verdict.reasons);
    let crossed = reasons.filter_map(|reason| match &reason.finding {
        Finding::BarrierCrossed { barrier, .. } => Some((barrier, reason.finding.message())),
        _ => None,
    });
    let item = |(barrier, message): (&&crate::model::Barrier, String)| match &barrier.undo {
        Some(undo) => Item::Task(Task::of(format!("Undo first: {undo}")).note(format!("the move {message}"))),
        None => Item::Text(format!("The move {message}.")),
    };
    crossed.map(item).collect()
}

/// The command that makes the move.
pub(super) fn run(drawn: &Drawn<'_>) -> Vec<Item> {
    let Some(verdict) = drawn.verdict() else { return Vec::new() };
    let movement = &verdict.movement;
    let run = || commands::run_under(&drawn.context, movement, &movement.to.text, drawn.incident);
    let opens = !wanted(drawn, verdict).is_empty();
    match drawn.playbook.course {
        Course::Go => vec![Item::Task(Task::of(format!("Go to `{}`", movement.to)).by(ACTS).run([run()]))],
        Course::Sign | Course::Deadlock if opens => {
            let task = Task::of(format!("Once it is signed, go to `{}`", movement.to));
            vec![Item::Task(task.by(ACTS).run([run()]))]
        }
        Course::Stay => vec![Item::Text(format!("Nothing moves: `{}` stays.", movement.to))],
        Course::Unknown => Vec::new(),
        _ => stopped(drawn, verdict),
    }
}

const ACTS: Owner = Owner::One(Key::Reliability);

/// Nothing lets it go as it is: what would, and what else there is.
fn stopped(drawn: &Drawn<'_>, verdict: &Verdict<'_>) -> Vec<Item> {
    let to = &verdict.movement.to;
    let mut items = vec![Item::Text(format!("There is no command for `{to}`: it may not go as it is."))];
    let opening = opening(verdict);
    if !opening.is_empty() {
        items.push(Item::Text("What would open it, if both teams want that:".into()));
        items.push(Item::Bullets(opening));
    }
    let open = |target: &&Target<'_>| !target.stay && target.verdict.level < Level::Hold;
    if let Some(other) = drawn.playbook.targets.iter().find(open) {
        let (to, level) = (&other.verdict.movement.to, other.verdict.level);
        items.push(Item::Text(format!("The playbook for `{to}`, {level}:")));
        let command = commands::playbook(&drawn.context, &other.verdict.movement, &to.text);
        items.push(Item::Commands(vec![command]));
    }
    items
}

/// What has to be put on and signed so that a block may go; nothing, where that isn't enough.
fn opening(verdict: &Verdict<'_>) -> Vec<String> {
    let wanted = Wanted::mitigated(verdict);
    let mitigations = Plan::mitigations(verdict).into_iter();
    let lines = mitigations.map(|(reason, with)| words::put_on(reason, with));
    let signers = wanted.iter().map(|one| words::signer(&verdict.movement, one));
    if wanted.is_empty() { Vec::new() } else { lines.chain(signers).collect() }
}
