//! Before the command: the lock, the verdict, and that the move is under way.

use std::cell::Cell;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Error, Result};

use super::ground::Ground;
use super::tell::{Told, refuse};
use crate::act::movement::{self, Judged, Start, Started, Stopped};
use crate::child;
use crate::cli::exit;
use crate::cli::failure::{self, Complaint};
use crate::cli::publish::{Act, Acted, Way, carry_on};
use crate::cli::telling::Round;
use crate::cli::write::{carry_out, refused};
use crate::disk::{Holder, MoveLock, MoveLockError, reason};
use crate::model::{Level, format_time};
use crate::record::Occasion;
use crate::registry::{Ask, Loaded, Tree, load};
use crate::report::{Glass, Mover, Outcome, Published, human};

/// What comes of wanting to begin.
pub(super) enum Begin {
    /// It goes.
    Goes(Box<Begun>),
    /// It may not go; and how far this checkout got with what others have published meanwhile.
    Stopped(Box<Stopped>, Option<Published>),
}

/// A move that goes.
pub(super) struct Begun {
    pub started: Started,
    /// Why it could not be written that it was begun.
    pub unwritten: Option<Error>,
    /// How far that got on its way to others.
    pub published: Option<Published>,
    /// What others are told of it, while the command runs.
    pub telling: Option<Round>,
}

/// How long a command is kept waiting for others to hear that it begins, and for what they have published meanwhile.
const BEGINNING: Duration = Duration::from_secs(5);

/// Takes the lock on moves of this service there. The inner error is who holds it.
///
/// # Errors
/// When there can be no lock, and no break-glass goes on without.
pub(super) fn lock(ground: &Ground, occasion: &Occasion) -> Result<Result<Option<MoveLock>, Option<Holder>>> {
    let holder = Holder {
        to: ground.question.to.to_string(),
        by: occasion.who.by.to_string(),
        since: format_time(occasion.now),
        pid: std::process::id(),
        host: child::host(),
    };
    let (service, environment) = (&ground.question.service, ground.environment()?);
    match MoveLock::take(&ground.found.folder, service, environment, &holder) {
        Ok(lock) => Ok(Ok(Some(lock))),
        Err(MoveLockError::Held(holder)) => Ok(Err(holder)),
        Err(MoveLockError::Refused { file, error }) => {
            let message = format!("`{file}` can't be written: {}", reason(&error));
            if ground.args.break_glass().is_none() {
                return Err(Complaint::unjudged(message, Some("nothing was started".into())).into());
            }
            ground
                .settings
                .outputs
                .complain(&format!("{message}; the glass is broken, so it goes on without a lock"));
            Ok(Ok(None))
        }
    }
}

/// Judges, and writes that the move is under way, if it may go.
///
/// # Errors
/// When it can't be judged, or not be written, unless a break-glass goes on against that.
pub(super) fn begin(ground: &Ground, occasion: &Occasion) -> Result<Begin> {
    let Ground { found, settings, .. } = ground;
    let refused = Cell::new(false);
    let act = |tree: &dyn Tree, main: &str, on: &Occasion| {
        let start = start(ground, tree, main, on);
        // It may be done several times, and the last one counts.
        refused.set(start.is_err());
        start
    };
    let broken = ground.args.break_glass().is_some();
    let way = Way { at_most: Some(BEGINNING), stands: broken };
    settings.outputs.check_files()?;
    let begun = carry_on(found, settings, &Act { act: &act, occasion }, way);
    let (acted, unwritten) = match begun {
        Ok(acted) => (acted, None),
        // What the act itself refuses, no break-glass goes on against. What the disk refuses, it does.
        Err(error) if broken && !refused.get() => {
            (carry_out(found, settings, true, occasion, act)?, Some(error))
        }
        Err(error) => return Err(error),
    };
    let Acted { value, published, .. } = acted;
    Ok(match value {
        Start::Goes(started) => {
            let written = unwritten.is_none();
            let telling = written.then(|| Round::after(found, settings, &started.says, true)).flatten();
            Begin::Goes(Box::new(Begun { started: *started, unwritten, published, telling }))
        }
        Start::Stopped(stopped) => Begin::Stopped(stopped, published),
    })
}

/// The act, on the registry as it is.
fn start(ground: &Ground, tree: &dyn Tree, main: &str, occasion: &Occasion) -> Result<Start> {
    movement::start(tree, main, ground.going(), &ground.words, occasion)
        .map_err(|refusal| refused(refusal, ground.found))
}

impl Begun {
    /// The variables that are set for the command.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let begun = &self.started.begun;
        let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        // All are set, so that nothing of a `run` around this one can be taken for ours.
        vec![
            ("HOLDPOINT_SERVICE", begun.service.to_string()),
            ("HOLDPOINT_ENVIRONMENT", begun.environment.to_string()),
            ("HOLDPOINT_FROM", text(&begun.movement.from)),
            ("HOLDPOINT_TO", begun.movement.to.to_string()),
            ("HOLDPOINT_VERDICT", begun.level.map_or("unjudged", Level::word).to_owned()),
            ("HOLDPOINT_INCIDENT", text(&begun.incident)),
        ]
    }

    /// What reports tell of the judgement; of the outcome the caller knows more.
    pub fn told<'a>(&'a self, ground: &'a Ground, outcome: Outcome<'a>, notes: &'a [String]) -> Told<'a> {
        let mistakes = if let Judged::Not(mistakes) = &self.started.judged { Some(mistakes) } else { None };
        let glass = self.started.broken.as_ref().zip(ground.args.break_glass());
        Told {
            loaded: self.started.judged.before(),
            mistakes,
            glass: glass.map(|(broken, reason)| Glass {
                reason,
                // What could not be written isn't there.
                debt: broken.debt.as_ref().filter(|_| self.unwritten.is_none()).map(|id| id.as_str()),
                subjects: &broken.subjects,
                due: broken.due,
            }),
            outcome,
            notes,
            published: None,
            notice: None,
        }
    }

    /// What is worth a word before the command.
    pub fn notes(&self, ground: &Ground) -> Vec<String> {
        let mut notes = ground.notes.clone();
        notes.extend(self.started.earlier.as_ref().map(|earlier| {
            let (to, since, by) = (&earlier.to, format_time(earlier.since), &earlier.by);
            format!(
                "the move to {to} that {by} began at {since} isn't marked as under way any more: this one is"
            )
        }));
        notes.extend(self.started.notes.iter().cloned());
        notes.extend(self.published.iter().filter(|published| !published.is_well()).map(Published::sentence));
        notes
    }

    /// Tells people that it goes, before the command does.
    pub fn say(&self, ground: &Ground) {
        let outputs = &ground.settings.outputs;
        if let Judged::Not(mistakes) = &self.started.judged {
            outputs.mutter(&human::mistakes(mistakes, outputs.look.width));
        }
        let notes = self.notes(ground);
        // Of the outcome nothing is known yet, and nothing is told.
        let told = self.told(ground, Outcome::Begun, &notes);
        ground.tell(told, |run| outputs.mutter(&human::going(run, outputs.look)));
        if let Some(error) = &self.unwritten {
            let (why, _) = failure::brief(error);
            outputs.complain(&format!(
                "NOT RECORDED: {why}; the glass is broken, so the command runs all the same, and this ends with 3"
            ));
        }
    }
}

/// Tells that somebody else moves the service there.
pub(super) fn held(ground: &Ground, holder: Option<&Holder>) -> ExitCode {
    let loaded =
        load(&ground.found.tree(), &ground.found.main, &Ask::Service(ground.question.service.clone()));
    let loaded = loaded.ok();
    let since = loaded.as_ref().and_then(|loaded| marked(ground, loaded));
    let mover = match (holder, &since) {
        (Some(holder), _) => Some(Mover {
            to: &holder.to,
            by: &holder.by,
            since: &holder.since,
            pid: Some(holder.pid),
            host: holder.host.as_deref(),
        }),
        (None, Some((to, by, since))) => Some(Mover { to, by, since, pid: None, host: None }),
        (None, None) => None,
    };
    let told = Told::of(loaded.as_ref(), Outcome::UnderWay(mover), &ground.notes);
    let settings = ground.settings;
    refuse(ground, told, |delivered| exit::of_verdict(Level::Hold, settings, delivered))
}

/// Who is at it, as the registry says: to which release, who, since when.
fn marked(ground: &Ground, loaded: &Loaded) -> Option<(String, String, String)> {
    let service = loaded.registry.services.get(&ground.question.service)?;
    let under_way = service.under_way.get(ground.question.environment.as_ref()?)?;
    Some((under_way.to.text.to_string(), under_way.by.to_string(), format_time(under_way.since)))
}

/// Tells that the verdict stops it.
pub(super) fn stopped(ground: &Ground, stopped: &Stopped, published: Option<&Published>) -> ExitCode {
    let broken = ground.args.break_glass().is_some();
    let outcome = Outcome::Stopped { compromised: stopped.compromised && broken };
    let told = Told { published, ..Told::of(Some(&stopped.before), outcome, &ground.notes) };
    let settings = ground.settings;
    refuse(ground, told, |delivered| exit::of_verdict(stopped.level, settings, delivered))
}

/// Judges, and shows what would be written.
///
/// # Errors
/// When it can't be judged.
pub(super) fn tried(ground: &Ground, occasion: &Occasion) -> Result<ExitCode> {
    let Ground { found, settings, .. } = ground;
    let act = |tree: &dyn Tree, main: &str, on: &Occasion| start(ground, tree, main, on);
    let started = match carry_out(found, settings, true, occasion, act)?.value {
        Start::Goes(started) => started,
        Start::Stopped(stopped) => return Ok(self::stopped(ground, &stopped, None)),
    };
    let begun = Begun { started: *started, unwritten: None, published: None, telling: None };
    let notes = begun.notes(ground);
    let told = begun.told(ground, Outcome::Tried(&begun.started.changes), &notes);
    Ok(refuse(ground, told, exit::of_answer))
}
