//! How a signature is asked for.

use super::Task;
use crate::judge::Verdict;
use crate::model::Owner;
use crate::report::{Context, Wanted, commands};

/// One signature that is wanting, with the command by which the other team gives it.
///
/// A command that asks the other team for it goes in front of that one, here and nowhere else.
pub(super) fn signature(context: &Context<'_>, verdict: &Verdict<'_>, wanted: &Wanted) -> Task {
    let movement = &verdict.movement;
    let sign =
        commands::sign_off(context, movement, &movement.to.text, wanted.key, &wanted.subjects, &wanted.with);
    let team = movement.service.owners.of(wanted.key).map_or(String::new(), |team| format!(" (`{team}`)"));
    let named = if wanted.subjects.is_empty() { &wanted.with } else { &wanted.subjects };
    let text = format!("Sign for `{}`{team}, naming {}", movement.to, named.join(", "));
    Task::of(text).by(Owner::One(wanted.key)).run([sign])
}
