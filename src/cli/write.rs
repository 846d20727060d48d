//! What all commands do that write: work out the changes, put them there, and begin anew when somebody else was
//! faster.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Error, Result};

use super::args::typed_command;
use super::exit;
use super::failure::{Complaint, Refused};
use super::publish::{Act, Acted, Way, carry_on};
use super::registry::Found;
use super::settings::Settings;
use super::telling;
use crate::act::Refusal;
use crate::disk::{ApplyError, Note, Writer, apply};
use crate::record::{Deeds, Occasion, Writes};
use crate::registry::edit::EditError;
use crate::registry::{LoadError, Snapshot, Tree};
use crate::report::plain;

/// How often an act is done again on what others have written meanwhile. In each round one of those who wait
/// gets through, so it takes as many at once for one to give up.
const TRIES: usize = 64;

/// How long somebody waits for others who write. What every command that writes has among its options.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Patience {
    /// How long to wait while somebody else writes, such as 90s or 5m; 0: not at all
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    lock_timeout: Duration,
}

impl Patience {
    /// From now on, so long.
    pub fn begin(self, settings: &Settings) {
        let _ = settings.patience.set(self.lock_timeout);
    }
}

/// Takes a short time: whole seconds, or a number with `ms`, `s`, `m` or `h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| DURATION)?;
    let seconds = match unit {
        "ms" => return Ok(Duration::from_millis(number)),
        "" | "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        _ => return Err(DURATION.into()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| DURATION.into())
}

const DURATION: &str = "it must be seconds, or a number with ms, s, m or h, such as 90s";

/// Who writes, and how patiently.
pub(super) fn writer(settings: &Settings) -> Writer {
    let patience = settings.patience.get().copied().unwrap_or(Writer::PATIENCE);
    Writer { command: typed_command(), patience }
}

/// Does an act, on the registry as it is, and writes and publishes what it changes and says unless that is only to be
/// shown.
pub(super) fn carry_out<T: Deeds>(
    found: &Found,
    settings: &Settings,
    dry_run: bool,
    occasion: &Occasion,
    act: impl Fn(&dyn Tree, &str, &Occasion) -> Result<T>,
) -> Result<Acted<T>> {
    if dry_run {
        let done = found.steady(|tree| act(&Snapshot::new(tree), &found.main, occasion));
        return done.map(Acted::here);
    }
    settings.outputs.check_files()?;
    let mut acted = carry_on(found, settings, &Act { act: &act, occasion }, Way::default())?;
    acted.notice = telling::tell(found, settings, acted.value.writes().says, occasion);
    Ok(acted)
}

/// Does an act on disk, again on what others have written meanwhile. Each time it has the same ids.
pub(super) fn on_disk<T: Deeds>(
    found: &Found,
    settings: &Settings,
    act: &Act<'_, T>,
    fresh: &Occasion,
) -> Result<T> {
    let try_it = |tree: &dyn Tree| {
        let occasion = fresh.on(fresh.state.clone());
        act.on(tree, &found.main, &occasion).map(|done| (done, occasion))
    };
    let (done, used) = put(found, settings, try_it, |(done, _)| done.writes())?;
    act.occasion.go_on(&used);
    Ok(done)
}

/// Writes what comes of something that is worked out from the registry as it is, again while others are faster.
pub(super) fn put<T>(
    found: &Found,
    settings: &Settings,
    work_out: impl Fn(&dyn Tree) -> Result<T>,
    writes: impl for<'t> Fn(&'t T) -> Writes<'t>,
) -> Result<T> {
    let mut tries = 0;
    loop {
        tries += 1;
        let done = found.steady(|tree| work_out(&Snapshot::new(tree)))?;
        match apply(&found.folder, writes(&done), &writer(settings), &|note| mutter(note, settings)) {
            Ok(()) => return Ok(done),
            Err(ApplyError::Overtaken(_)) if tries < TRIES => {}
            Err(error) => return Err(Complaint::unjudged(error.to_string(), Some(error.hint())).into()),
        }
    }
}

/// The exit code of an act that is no verdict: it was done, and its report delivered. One that is to be shared and
/// couldn't even be committed is done only here, which must not pass for done.
pub(super) fn code<T>(acted: &Acted<T>, delivered: bool) -> ExitCode {
    ExitCode::from(exit::of_answer(delivered && acted.is_committed()))
}

/// Says of a registry that was written that only its report is missing, where it is.
pub(super) fn delivered(delivered: bool, written: bool, settings: &Settings) -> bool {
    if !delivered && written {
        settings.outputs.mutter("note: the registry was written; only the report could not be\n");
    }
    delivered
}

/// Says what else happens while something is written: that somebody else writes among it, so that nobody takes it
/// for a command that hangs.
pub(super) fn mutter(note: &Note, settings: &Settings) {
    settings.outputs.mutter(&format!("{}\n", plain(&note.to_string())));
}

/// Refuses `--as-of` and `--at-revision`: what is written is written now, to what stands there.
pub(super) fn refuse_as_of(settings: &Settings, instead: &str) -> Result<()> {
    let refuse = |option, instead| {
        Err(Complaint::usage(&format!("{option} is for looking; this command writes"), instead).into())
    };
    match (settings.simulated, &settings.at_revision) {
        (false, _) => Ok(()),
        (true, Some(_)) => {
            refuse("--at-revision", "leave it out: what is written goes to what is checked out")
        }
        (true, None) => refuse("--as-of", instead),
    }
}

/// Why a registry that can't be loaded isn't written to.
pub(super) fn unloaded(error: LoadError, found: &Found) -> Error {
    match error {
        LoadError::Mistakes(mistakes) => Refused(mistakes).into(),
        other => found.complaint(other),
    }
}

/// Why an act isn't done.
pub(super) fn refused(refusal: Refusal, found: &Found) -> Error {
    match refusal {
        Refusal::Unloaded(error) => unloaded(error, found),
        Refusal::Unedited(error) => unedited(error, found),
        Refusal::Unreadable(error) => {
            Complaint::unjudged(error.to_string(), error.hint().map(str::to_owned)).into()
        }
        Refusal::Otherwise(mistakes) => Refused(mistakes).into(),
        Refusal::Unsaid { message, hint } => Complaint::usage(&message, &hint).into(),
        Refusal::Unfit { message, hint } => Complaint::unjudged(message, hint).into(),
    }
}

/// Why something isn't edited.
pub(super) fn unedited(error: EditError, found: &Found) -> Error {
    let hint = error.hint();
    match error {
        EditError::Spoilt(mistakes) => Refused(mistakes).into(),
        EditError::Broken(error) => unloaded(error, found),
        other => Complaint::unjudged(other.to_string(), hint).into(),
    }
}
