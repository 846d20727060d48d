//! `holdpoint sync`: brings this checkout and what is published together.

#![expect(clippy::disallowed_methods, reason = "a door: it has a budget of time")]

mod join;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::args::{Format, Reports};
use super::exit;
use super::failure::{Complaint, Refused};
use super::publish::{self, LEAST, bring_up, elsewhere, far, fresh};
use super::registry::{Found, is_named};
use super::settings::Settings;
use super::write::{Patience, duration, refuse_as_of};
use crate::git::{Checkout, Failed, Far, Pushed, Stand};
use crate::merge::Side;
use crate::model::Sources;
use crate::registry::sharing;
use crate::report::commands::quoted;
use crate::report::sync::{Conflicts, Outcome, Sync};
use crate::report::{human, json, markdown};

pub(super) use join::{Joined, join};

const AFTER: &str = "\
Examples:
  holdpoint sync                       fetches, brings up what is behind, pushes what is ahead
  holdpoint sync --dry-run             fetches, and says what it would do
  holdpoint sync --take theirs         where both changed the same file, theirs counts
  holdpoint sync && holdpoint status   what is known now

Where both sides have commits, a merge commit joins them: what only one side changed is taken, and lines of the
record that were written here go behind those that were published meanwhile. A file that both changed is shown, and
nothing is changed: --take says whose counts, else settle it by hand. Lines of the record are never dropped.

What isn't committed stays as it is. Where it stands in the way, nothing is changed: commit or stash it first.
Nothing is ever forced, and nobody is asked for a password: see docs/git.md.

Exit codes:
  0 both are the same now, or would be · 1 both changed the same, or what isn't committed stands in the way
  2 wrong usage · 3 could not be done: no repository, no remote, out of reach, refused
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, and what was committed
Files that are written:
  what others have published; log/SERVICE/ where lines go behind theirs";

/// Brings this checkout and what is published together, through Git.
///
/// What others have published comes here, what was committed here and couldn't be pushed goes there.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Whose version of a file counts that both sides changed: ours or theirs
    #[arg(long, value_name = "SIDE", value_parser = side())]
    take: Option<Side>,

    /// Only says what it would do
    #[arg(long)]
    dry_run: bool,

    /// How long it may take
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    publish_timeout: Duration,

    #[command(flatten)]
    patience: Patience,

    #[command(flatten)]
    reports: Reports,
}

fn side() -> impl clap::builder::TypedValueParser<Value = Side> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(Side::WORDS).map(|word| Side::from_word(&word).unwrap_or(Side::Theirs))
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// What became of it.
#[derive(Default)]
struct Done {
    outcome: Option<Outcome>,
    came: usize,
    went: usize,
    dropped: usize,
    commit: Option<String>,
    conflicts: Option<Conflicts>,
    stays: Option<String>,
}

/// Does it, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: what is published now is brought here now")?;
    args.patience.begin(settings);
    let until = Instant::now() + args.publish_timeout;
    let found = Found::by(settings)?;
    settings.outputs.check_files()?;
    let refused = |failed: Failed| Complaint::unjudged(failed.to_string(), None);
    let nowhere = || {
        let hint = "keep the registry in a Git repository that both teams share: docs/git.md";
        Complaint::unjudged("the registry lies in no Git repository", Some(hint.into()))
    };
    let checkout = Checkout::around(&found.folder, until).map_err(refused)?.ok_or_else(nowhere)?;
    let _lock = publish::lock(&checkout, settings, until).map_err(|why| {
        Complaint::unjudged(why, Some("nothing was changed; do it again when that is over".into()))
    })?;
    let stand = checkout.stand(until).map_err(refused)?;
    let far = way(&found, &checkout, &stand, until)?;
    let syncing =
        Syncing { args, settings, found: &found, checkout: &checkout, stand: &stand, far: &far, until };
    let done = syncing.carry_out()?;
    let sources = Sources::default();
    let (notes, next) = (Vec::from_iter(fresh::uncommitted_notes(&found)), syncing.next(&done));
    let sync = Sync {
        context: found.bare(settings, &sources),
        remote: &far.remote,
        branch: &far.branch,
        outcome: done.outcome.unwrap_or(Outcome::UpToDate),
        came: done.came,
        went: done.went,
        dropped: done.dropped,
        commit: done.commit.as_deref(),
        conflicts: done.conflicts.as_ref(),
        stays: done.stays.as_deref(),
        next: &next,
        notes: &notes,
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::sync(&sync, look),
        Format::Json => json::sync(&sync),
        Format::Markdown => markdown::sync(&sync, look.detail),
    });
    let well = !matches!(sync.outcome, Outcome::Conflicts | Outcome::Stays);
    Ok(ExitCode::from(exit::of_question(well, delivered)))
}

/// Where the other side is.
fn way(found: &Found, checkout: &Checkout, stand: &Stand, until: Instant) -> Result<Far> {
    let none = |error: crate::registry::TreeError| Complaint::unjudged(error.to_string(), None);
    let sharing = sharing(&found.tree(), &found.main).map_err(none)?.map_err(Refused)?;
    let complain = |message: String, hint: &str| Complaint::unjudged(message, Some(hint.into()));
    if let Some(what) = checkout.under_way() {
        let hint = "bring it to its end, or give it up: git status";
        return Err(complain(format!("{what} is under way in this checkout"), hint).into());
    }
    let far = far(&sharing, stand).ok_or_else(|| {
        let hint = "check one out, or name it in `[git] branch` of holdpoint.toml";
        complain("no branch is checked out (HEAD is detached)".into(), hint)
    })?;
    if let Some(why) = elsewhere(&far, stand) {
        let hint = format!("git switch {}", quoted(&far.branch));
        return Err(complain(why, &hint).into());
    }
    let remotes = checkout.remotes(until).map_err(|failed| complain(failed.to_string(), "see git status"))?;
    if !remotes.contains(&far.remote) {
        let hint = format!("git remote add {} <address>", quoted(&far.remote));
        return Err(complain(format!("this clone has no remote `{}`", far.remote), &hint).into());
    }
    Ok(far)
}

struct Syncing<'a> {
    args: &'a Args,
    settings: &'a Settings,
    found: &'a Found,
    checkout: &'a Checkout,
    stand: &'a Stand,
    far: &'a Far,
    until: Instant,
}

impl Syncing<'_> {
    fn carry_out(&self) -> Result<Done> {
        let Some(head) = self.stand.head.as_deref() else {
            let hint = format!("git pull {} {}", quoted(&self.far.remote), quoted(&self.far.branch));
            return Err(Complaint::unjudged("nothing is committed here yet", Some(hint)).into());
        };
        loop {
            let tip = self.checkout.fetch(self.far, self.until).map_err(|failed| self.unreached(&failed))?;
            if let Some(done) = self.bring_together(head, tip.as_deref())? {
                return Ok(done);
            }
        }
    }

    /// Brings both together. None: others were first, so it is to be done again.
    fn bring_together(&self, head: &str, tip: Option<&str>) -> Result<Option<Done>> {
        let says = |failed: Failed| Complaint::unjudged(failed.to_string(), None);
        let went = self.checkout.only_in(head, tip, self.until).map_err(says)?;
        let Some(tip) = tip else {
            let done = Done { outcome: Some(Outcome::Pushed), went: went.len(), ..Done::default() };
            return self.push(head, done);
        };
        let came = self.checkout.only_in(tip, Some(head), self.until).map_err(says)?;
        let done = Done { came: came.len(), went: went.len(), ..Done::default() };
        match (came.is_empty(), went.is_empty()) {
            (true, true) => {
                Ok(Some(Done { commit: Some(tip.into()), outcome: Some(Outcome::UpToDate), ..done }))
            }
            (false, true) => {
                Ok(Some(self.bring(head, tip, Done { outcome: Some(Outcome::Brought), ..done })))
            }
            (true, false) => self.push(head, Done { outcome: Some(Outcome::Pushed), ..done }),
            (false, false) => self.join(head, tip, done),
        }
    }

    fn join(&self, head: &str, tip: &str, done: Done) -> Result<Option<Done>> {
        let joined = join(self.found, self.checkout, head, tip, self.args.take, self.until);
        match joined.map_err(|why| Complaint::unjudged(why, None))? {
            Joined::Published => {
                let outcome = Some(Outcome::Brought);
                let done = Done { outcome, dropped: done.went, went: 0, ..done };
                Ok(Some(self.bring(head, tip, done)))
            }
            Joined::Conflicts(conflicts) => {
                let outcome = Some(Outcome::Conflicts);
                Ok(Some(Done { outcome, conflicts: Some(conflicts), ..done }))
            }
            Joined::Made(id) => {
                let done = Done { outcome: Some(Outcome::Joined), ..done };
                let pushed = self.push(&id, done)?;
                Ok(pushed.map(|done| self.bring(head, &id, done)))
            }
        }
    }

    /// Pushes. None: others were first.
    fn push(&self, commit: &str, done: Done) -> Result<Option<Done>> {
        let done = Done { commit: Some(commit.to_owned()), ..done };
        if self.args.dry_run {
            return Ok(Some(done));
        }
        match self.checkout.push(commit, self.far, self.until) {
            Pushed::Done => Ok(Some(done)),
            Pushed::Overtaken if Instant::now() < self.until => Ok(None),
            Pushed::Overtaken => Err(self.unreached(&Failed::TimeUp).into()),
            Pushed::Unreached(failed) => Err(self.unreached(&failed).into()),
            Pushed::Refused(why) => {
                let hint = "what is committed here stays committed; ask for the right, or open a pull request: docs/git.md";
                let message = format!("`{}` refuses: {why}", self.far.remote);
                Err(Complaint::unjudged(message, Some(hint.into())).into())
            }
        }
    }

    fn bring(&self, from: &str, to: &str, done: Done) -> Done {
        let done = Done { commit: Some(to.to_owned()), ..done };
        if self.args.dry_run {
            return done;
        }
        let until = self.until.max(Instant::now() + LEAST);
        let branch = self.stand.branch.as_deref();
        match bring_up(self.found, self.settings, self.checkout, (from, to), branch, until) {
            Ok(()) => done,
            Err(why) => Done { outcome: Some(Outcome::Stays), stays: Some(why), ..done },
        }
    }

    fn unreached(&self, failed: &Failed) -> Complaint {
        let why = match failed {
            Failed::TimeUp => format!("`{}` didn't answer in time", self.far.remote),
            failed => format!("`{}` can't be reached: {failed}", self.far.remote),
        };
        Complaint::unjudged(why, Some("what is committed here stays committed; do it again later".into()))
    }

    /// What to do next.
    fn next(&self, done: &Done) -> Vec<String> {
        let command = match is_named(self.settings) {
            true => format!("holdpoint sync --registry {}", quoted(self.found.path())),
            false => "holdpoint sync".to_owned(),
        };
        match (done.outcome, &done.conflicts) {
            (Some(Outcome::Stays), _) => vec![format!("git stash && {command} && git stash pop")],
            (_, Some(conflicts))
                if conflicts.meaning.is_none() && conflicts.files.iter().all(|file| file.why.is_none()) =>
            {
                vec![format!("{command} --take theirs"), format!("{command} --take ours")]
            }
            (_, Some(_)) => {
                vec![format!("git merge {}/{}", quoted(&self.far.remote), quoted(&self.far.branch))]
            }
            _ => Vec::new(),
        }
    }
}
