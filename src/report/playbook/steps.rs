//! The steps of rules, as tasks: for which ways they are, and what they take.

use super::document::{Item, Span, Task};
use super::{Drawn, asking, fill};
use crate::judge::{Reason, and};
use crate::model::{Key, Phase};
use crate::playbook::{Inserted, Way};
use crate::report::{Wanted, words};

/// How many releases are named before the rest is counted.
const NAMED: usize = 4;

/// The steps of a phase.
pub(super) fn of(drawn: &Drawn<'_>, phase: Phase) -> Vec<Item> {
    drawn.playbook.steps_of(phase).map(|of| Item::Task(task(drawn, of))).collect()
}

fn task(drawn: &Drawn<'_>, of: &Inserted<'_>) -> Task {
    let (instruction, step) = (of.instruction, &of.instruction.step);
    let mut task = Task {
        step: Some(step.name.to_string()),
        owner: Some(step.owner),
        text: vec![Span::Text(fill::sentence(drawn, &instruction.text))],
        notes: why(drawn, of),
        commands: instruction.command.iter().map(|pieces| fill::command(drawn, pieces)).collect(),
        indent: 0,
    };
    if let Some(key) = step.requires {
        require(drawn, key, &mut task);
    }
    task
}

/// For which releases a step is, and by what: those with the same reasons together.
fn why(drawn: &Drawn<'_>, of: &Inserted<'_>) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for way in &of.ways {
        let reasons = reasons(drawn, way);
        match groups.iter_mut().find(|(same, _)| *same == reasons) {
            Some((_, versions)) => versions.push(&way.version),
            None => groups.push((reasons, vec![&way.version])),
        }
    }
    let only = if of.now { "for" } else { "only before going to" };
    groups.iter().map(|(reasons, versions)| format!("{only} {}{reasons}", listed(versions))).collect()
}

fn reasons(drawn: &Drawn<'_>, way: &Way) -> String {
    let Some(verdict) = drawn.verdict_on(&way.version) else { return String::new() };
    let reasons: Vec<&Reason<'_>> = way.reasons.iter().filter_map(|at| verdict.reasons.get(*at)).collect();
    if reasons.is_empty() {
        return String::new();
    }
    format!(": {}", words::joined(&words::brief(verdict, &reasons)))
}

fn listed(versions: &[&str]) -> String {
    let named: Vec<String> = versions.iter().take(NAMED).map(|version| format!("`{version}`")).collect();
    match versions.len().saturating_sub(NAMED) {
        0 => and(named.iter().map(String::as_str)),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The sign-off that a step takes: who gave it, else how it is given.
fn require(drawn: &Drawn<'_>, key: Key, task: &mut Task) {
    let Some(verdict) = drawn.verdict() else { return };
    let given = verdict.given.iter().find(|given| given.sign_off.key == key);
    let wanted = Wanted::mitigated(verdict).into_iter().find(|wanted| wanted.key == key);
    match (given, wanted) {
        (Some(given), _) => task.notes.push(format!("{key} has signed: {}", words::given(given))),
        (None, Some(wanted)) => {
            let signature = asking::signature(&drawn.context, verdict, &wanted);
            task.notes.push(words::signer(&verdict.movement, &wanted));
            task.commands.extend(signature.commands);
        }
        (None, None) => {
            let to = &verdict.movement.to;
            task.notes.push(format!("it takes {key}'s sign-off; for `{to}` there is nothing to sign"));
        }
    }
}
