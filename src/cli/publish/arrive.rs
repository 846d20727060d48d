//! What was published, or stands in the way of that, is brought here.

use super::again::Base;
use super::commit::Committed;
use super::{Acted, Press, bring_up};
use crate::cli::failure::{Complaint, brief};
use crate::git::{Far, Pushed};
use crate::record::Deeds;
use crate::report::{Published, Reached};

impl<T: Deeds> Press<'_, T> {
    /// It is there: what was published is brought here, where that isn't what was committed here first.
    pub(super) fn arrived(&self, value: T, committed: &Committed, commit: &str, far: &Far) -> Acted<T> {
        let mut published = self.published(Reached::Pushed, committed, Some(far));
        published.commit = Some(commit.to_owned());
        published.branch = Some(far.branch.clone());
        if commit != committed.id {
            self.bring(&committed.id, commit, &mut published);
        }
        Acted { value, published: Some(published), notice: None }
    }

    /// On what others have published there is nothing to do: they did the same, or the act stops by itself.
    pub(super) fn needless(&self, value: T, committed: &Committed, base: &Base, far: &Far) -> Acted<T> {
        let mut published = self.published(Reached::Nothing, committed, Some(far));
        published.commit = Some(base.id.clone());
        published.branch = Some(far.branch.clone());
        published.notes =
            vec![format!("what was committed here first is kept as {}", self.keep(&committed.id))];
        self.bring(&committed.id, &base.id, &mut published);
        self.push_base(base, far, &mut published);
        Acted { value, published: Some(published), notice: None }
    }

    /// On what others have published it can't be done: it is taken back, and kept.
    pub(super) fn taken_back(
        &self,
        error: anyhow::Error,
        committed: &Committed,
        base: &Base,
        far: &Far,
    ) -> anyhow::Error {
        let mut published = self.published(Reached::Pushed, committed, Some(far));
        let kept = self.keep(&committed.id);
        self.bring(&committed.id, &base.id, &mut published);
        self.push_base(base, far, &mut published);
        let stays = match published.why {
            None => format!("it was taken back here; what was committed is kept as {kept}"),
            Some(why) => format!("it still stands here: {why}; it is kept as {kept}, too"),
        };
        let (reason, hint) = brief(&error);
        let message = format!(
            "others were first: on what they have published to {}/{} it can't be done: {reason}",
            far.remote, far.branch
        );
        let hint = hint.map_or_else(|| stays.clone(), |hint| format!("{stays}; {hint}"));
        Complaint::unjudged(message, Some(hint)).into()
    }

    /// What joins others' commits and earlier ones of ours is published, as far as that goes at once.
    fn push_base(&self, base: &Base, far: &Far, published: &mut Published) {
        if base.is_ours && self.checkout.push(&base.id, far, self.until) != Pushed::Done {
            published.notes.push(format!("earlier commits aren't pushed yet: {}", self.sync_command()));
        }
    }

    /// Keeps a commit that isn't published under a name of its own.
    fn keep(&self, commit: &str) -> String {
        let name = format!("refs/holdpoint/refused/{}", &commit[..commit.len().min(12)]);
        match self.checkout.point(&name, commit, None, "holdpoint: not published", self.here()) {
            Ok(()) => name,
            Err(_) => commit.to_owned(),
        }
    }

    /// Brings the checkout to what is published, or says why it stays as it is.
    fn bring(&self, from: &str, to: &str, published: &mut Published) {
        let branch = self.stand.branch.as_deref();
        if let Err(why) = bring_up(self.found, self.settings, self.checkout, (from, to), branch, self.here())
        {
            published.why = Some(format!("this checkout stays as it is: {why}"));
            published.next = vec![self.sync_command()];
            published.notes.push("commit or stash your own changes, then bring the checkout up".into());
        }
    }
}
