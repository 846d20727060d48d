//! What to do after a move, ready to paste; never done by itself.

use crate::act::movement::Next;
use crate::judge::Question;
use crate::model::{Name, Time};
use crate::report::{Context, commands};

/// A command that is worth doing next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it is for.
    pub why: String,
    /// The command, ready to paste.
    pub command: String,
}

/// What to paste after a move that is over.
pub fn proposals(context: &Context, service: &Name, environment: &Name, next: &[Next]) -> Vec<Proposal> {
    let mut all = Vec::new();
    for next in next {
        match next {
            Next::Flag { version, id, unregistered } => all.push(Proposal {
                why: format!(
                    "{version} was left by a rollback: say what is wrong with it, so that nobody goes back to it"
                ),
                command: commands::flag_unstable(context, service, version, id, *unregistered),
            }),
            Next::Observe => all.push(look(context, service, environment)),
            Next::Review(debt, keys) => all.extend(keys.iter().map(|key| Proposal {
                why: format!("the glass was broken: {key} looks back at it"),
                command: commands::review(context, debt, *key, None),
            })),
        }
    }
    all
}

/// What to paste when a move that may not go was made all the same.
pub fn all_the_same(
    context: &Context,
    question: &Question,
    environment: &Name,
    compromised: bool,
    moved: Option<Time>,
) -> Vec<Proposal> {
    let broken = (!compromised).then(|| Proposal {
        why: "if it was made all the same, record it with the reason; that leaves a debt".into(),
        command: commands::record_all_the_same(context, question, environment, moved),
    });
    broken.into_iter().chain([look(context, &question.service, environment)]).collect()
}

fn look(context: &Context, service: &Name, environment: &Name) -> Proposal {
    Proposal { why: "say what runs".into(), command: commands::observe(context, service, environment) }
}
