//! Behind the command: its end is written down, told, and becomes the exit code.

use anyhow::{Error, Result};

use super::begin::Begun;
use super::ground::Ground;
use super::look::Seen;
use super::tell::{Told, deliver};
use crate::act::movement::{self, Finished, Next};
use crate::child::{End, Ended};
use crate::cli::exit;
use crate::cli::failure;
use crate::cli::publish::{Act, Acted, Way, carry_on};
use crate::cli::settings;
use crate::cli::telling::{self, Going, Round, Sent};
use crate::cli::write::refused;
use crate::model::Sources;
use crate::record::Occasion;
use crate::registry::Tree;
use crate::report::commands::{self, Recording};
use crate::report::{Notice, Outcome, Over, Unrecorded, human, proposals};

/// Writes down how the command ended and what runs since, tells it, and gives the exit code.
pub(super) fn end(
    ground: &Ground,
    begun: &Begun,
    telling: Option<Going>,
    occasion: &Occasion,
    (ended, seen): (&Ended, &Seen),
) -> u8 {
    let occasion = Occasion { now: settings::now(), ..occasion.clone() };
    let told = movement::Ended::of(ended, seen);
    let finished = match &begun.unwritten {
        None => finish(ground, begun, &told, seen, &occasion),
        Some(_) => Err(None),
    };
    let notice = notice(ground, telling, finished.as_ref().ok().map(|acted| &acted.value), &occasion);
    // What kept the beginning from being written down keeps the end.
    let failed = finished.as_ref().err().and_then(|error| error.as_ref().or(begun.unwritten.as_ref()));
    let unrecorded = failed.map(failure::brief);
    let published = finished.as_ref().ok().and_then(|acted| acted.published.as_ref());
    let finished = finished.as_ref().ok().map(|acted| &acted.value);
    let arrived = arrived(begun, &told, seen);
    // Nothing says yet that the glass was broken, so that is brought in first, and then what became of it.
    let glass = begun.unwritten.is_some() && begun.started.begun.break_glass.is_some() && !told.never_began;
    let paste = paste(ground, begun, arrived || glass, &occasion);
    let doubt: &[Next] = if glass && !arrived { &[Next::Observe] } else { &[] };
    let running = finished.and_then(|finished| finished.place.running.as_ref());
    let running: Option<Vec<String>> = running.map(|list| list.iter().map(ToString::to_string).collect());
    let none = Sources::default();
    let (bare, own) = (ground.found.bare(ground.settings, &none), &begun.started.begun);
    let next = finished.map_or(doubt, |finished| &finished.next);
    let proposals = proposals(&bare, &own.service, &own.environment, next);
    let over = Over {
        started: begun.unwritten.is_none().then_some(&*begun.started.begun.line),
        code: told.code,
        signal: told.signal.as_deref(),
        signals: &ended.signals,
        trouble: told.trouble.as_deref(),
        began: !matches!(ended.end, End::NotStarted { .. }),
        running: running.as_deref(),
        verified: finished.is_some_and(|finished| finished.verified),
        unwritten: finished.and_then(|finished| finished.unwritten.as_deref()),
        unrecorded: unrecorded.as_ref().map(|(why, hint)| Unrecorded {
            why,
            hint: hint.as_deref(),
            command: &paste,
        }),
        proposals: &proposals,
    };
    let (recorded, written) = (over.unrecorded.is_none(), over.unwritten.is_none());
    let mut notes = begun.notes(ground);
    let later = finished.map_or(&[][..], |finished| &finished.notes);
    notes.extend(later.iter().cloned());
    let outputs = &ground.settings.outputs;
    let told = Told { published, notice: notice.as_ref(), ..begun.told(ground, Outcome::Over(over), &notes) };
    let delivered = ground.tell(told, |run| {
        outputs.mutter(&human::closing(run, &over, later, outputs.look));
        deliver(ground, run)
    });
    exit::of_command(&ended.end, recorded, written && delivered)
}

/// Tells others that it is over, and writes down who was told of that and of its beginning.
fn notice(
    ground: &Ground,
    begun: Option<Going>,
    finished: Option<&Finished>,
    occasion: &Occasion,
) -> Option<Notice> {
    let Ground { found, settings, .. } = ground;
    // What waits from before goes with one of them: it isn't recorded yet that it was told with the other.
    let waits = begun.is_none();
    let over = finished.and_then(|finished| Round::after(found, settings, &finished.says, waits));
    // Both at once: a sink that is down must not take its time twice.
    let over = over.map(|round| round.go(telling::budget(settings)));
    let sent = [begun, over].into_iter().flatten().map(Going::done).reduce(Sent::and)?;
    Some(sent.write_down(found, settings, occasion))
}

/// Writes down that it is over. The inner error is why that could not be done.
fn finish(
    ground: &Ground,
    begun: &Begun,
    ended: &movement::Ended,
    seen: &Seen,
    occasion: &Occasion,
) -> Result<Acted<Finished>, Option<Error>> {
    let act = |tree: &dyn Tree, main: &str, on: &Occasion| {
        movement::finish(tree, main, &begun.started.begun, ended, seen.observation.as_ref(), on)
            .map_err(|refusal| refused(refusal, ground.found))
    };
    let act = Act { act: &act, occasion };
    // It has happened, whatever others have published.
    carry_on(ground.found, ground.settings, &act, Way { at_most: None, stands: true }).map_err(Some)
}

impl movement::Ended {
    /// The end of a command in the words of the record.
    fn of(ended: &Ended, seen: &Seen) -> movement::Ended {
        let (code, signal, trouble) = match &ended.end {
            End::Code(code) => (Some(*code), None, None),
            End::Signal { name, .. } => (None, Some(name.as_str().into()), None),
            End::NotStarted { why, .. } => (None, None, Some(why.as_str().into())),
            End::Lost(why) => (None, None, Some(format!("nobody can tell how it ended: {why}").into())),
        };
        movement::Ended {
            code,
            signal,
            passed_on: ended.signals.iter().map(|name| (*name).into()).collect(),
            never_began: matches!(ended.end, End::NotStarted { .. }),
            trouble: trouble.or(seen.trouble.as_deref().map(Into::into)),
        }
    }
}

/// Whether the move was made, as it was seen, else on the command's word.
fn arrived(begun: &Begun, ended: &movement::Ended, seen: &Seen) -> bool {
    let wanted = &begun.started.begun.movement.to;
    match &seen.observation {
        Some(observation) => observation.running.iter().any(|runs| runs.version == *wanted),
        None => ended.succeeded(),
    }
}

/// The command that brings in what isn't recorded: the move itself, else what runs.
fn paste(ground: &Ground, begun: &Begun, moved: bool, occasion: &Occasion) -> String {
    let none = Sources::default();
    let (begun, context) = (&begun.started.begun, ground.found.bare(ground.settings, &none));
    if !moved {
        return commands::observe(&context, &begun.service, &begun.environment);
    }
    let recording = Recording {
        kind: begun.kind,
        service: &begun.service,
        to: &begun.movement.to,
        environment: &begun.environment,
        from: begun.movement.from.as_deref(),
        at: occasion.now,
        key: &begun.line,
        incident: begun.incident.as_deref(),
        break_glass: begun.break_glass.as_deref(),
        by: &begun.by,
    };
    commands::record(&context, &recording)
}
