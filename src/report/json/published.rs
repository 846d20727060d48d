//! How far an act got on its way to others, for programs.

use serde::Serialize;

use super::sentence;
use crate::report::published;

#[derive(Serialize)]
pub(super) struct Published<'a> {
    /// `uncommitted`, `committed`, `waiting`, `pushed`, `nothing`.
    state: &'static str,
    commit: Option<&'a str>,
    branch: Option<&'a str>,
    remote: Option<&'a str>,
    /// Why it got no further.
    why: Option<String>,
    /// Commands to paste.
    next: &'a [String],
    notes: Vec<String>,
}

impl<'a> Published<'a> {
    /// None: it wasn't to go anywhere, or nothing was written.
    pub fn of(published: Option<&'a published::Published>) -> Option<Published<'a>> {
        published.map(|published| Published {
            state: published.state.word(),
            commit: published.commit.as_deref(),
            branch: published.branch.as_deref(),
            remote: published.remote.as_deref(),
            why: published.why.as_deref().map(sentence),
            next: &published.next,
            notes: published.notes.iter().map(|note| sentence(note)).collect(),
        })
    }
}
