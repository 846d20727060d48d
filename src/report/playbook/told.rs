//! Whom a move is told to.

use super::{Drawn, Task};
use crate::model::Key;

/// Who hears of the move: what is known of that now.
///
/// The registry's routes (`[[notify]]`) belong here once it has them: everything else only lays this out.
pub(super) fn whom(drawn: &Drawn<'_>) -> Vec<Task> {
    if !drawn.moves() {
        return Vec::new();
    }
    let owners = &drawn.playbook.overview.service.owners;
    let teams: Vec<String> =
        Key::ALL.into_iter().filter_map(|key| Some(format!("`{}` ({key})", owners.of(key)?))).collect();
    let whom = match &*teams {
        [] => "both teams".to_owned(),
        teams => teams.join(" and "),
    };
    let text = format!("Tell {whom} what was done");
    vec![Task::of(text).note("holdpoint leaves a line in the record, and tells nobody by itself")]
}
