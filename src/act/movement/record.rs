//! A move that was made elsewhere: judged, and written down at once.

use super::case::{Case, Ground, gone, stopped};
use super::debt::{Opened, broke};
use super::exposure::Here;
use super::finish::{Place, arrive, end_under_way, said};
use super::propose::{Next, closable, flags};
use super::rewind::before_the_move;
use super::start::{Earlier, unjudged_changes};
use super::{Broken, Going, Judged, Refusal, Stopped, unfit};
use crate::model::{CLOCK_TOLERANCE, Key, Stays, Time, Version, format_time};
use crate::record::{Deed, Deeds, Line, Movement, Occasion, Recalled, Statement, Writes, recall};
use crate::registry::edit::Editor;
use crate::registry::{Ask, Changed, Changes, Loaded, Tree, load};

/// How what runs after a recorded move is known, in the words of the registry.
const KNOWN: &str = "record";

/// A move that was made.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// Which, and how it is judged: by the registry as it is now.
    pub going: Going<'a>,
    /// When it was made; None: just now.
    pub moved: Option<Time>,
    /// The caller's own name for it: said again with the same, nothing happens.
    pub key: Option<&'a str>,
}

/// What comes of recording.
#[derive(Debug, Clone)]
pub enum Record {
    /// It is to be recorded.
    Done(Box<Recorded>),
    /// It was recorded before, under the same key. Nothing is written.
    Again(Box<Repeated>),
    /// The verdict stops it. Nothing is written.
    Stopped(Box<Stopped>),
}

impl Deeds for Record {
    fn writes(&self) -> Writes<'_> {
        match self {
            Record::Done(recorded) => Writes { changes: &recorded.changes, says: &recorded.says },
            Record::Again(_) | Record::Stopped(_) => Writes::nothing(),
        }
    }

    fn says_mut(&mut self) -> &mut [Statement] {
        match self {
            Record::Done(recorded) => &mut recorded.says,
            Record::Again(_) | Record::Stopped(_) => &mut [],
        }
    }
}

/// A move that is recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// How it was judged; where somebody saw its end before, by the registry without that.
    pub judged: Judged,
    /// The files to write.
    pub changes: Changes,
    /// The lines of the record.
    pub says: Vec<Statement>,
    /// The registry as it will be; None: it can't be loaded.
    pub after: Option<Box<Loaded>>,
    /// The glass was broken.
    pub broken: Option<Broken>,
    /// The mark of a move that was under way, and is over with this.
    pub ended: Option<Earlier>,
    /// What becomes of what runs.
    pub place: Place,
    /// What to paste next.
    pub next: Vec<Next>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// A move that was recorded before.
#[derive(Debug, Clone)]
pub struct Repeated {
    /// The line that says so.
    pub line: Line,
    /// The registry.
    pub before: Loaded,
}

/// Works out what recording a move changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be loaded or edited, no environment is named, the move is said to have been made in the
/// future, or its key stands in the record for another move.
pub fn record(tree: &dyn Tree, main: &str, act: Act<'_>, occasion: &Occasion) -> Result<Record, Refusal> {
    let question = act.going.question;
    check_time(act, occasion)?;
    let ground = Ground::of(tree, main, act.going)?;
    let recalled = match act.key {
        Some(key) => recall(tree, &question.service, key, occasion.now)?,
        None => Recalled::default(),
    };
    if let (Some(line), Ground::Firm(before)) = (&recalled.line, &ground) {
        check_same(line, act)?;
        let (line, before) = (line.clone(), Loaded::clone(before));
        return Ok(Record::Again(Box::new(Repeated { line, before })));
    }
    let (actual, ground) = match ground {
        Ground::Firm(loaded) => (Some(loaded.clone()), before(*loaded, act)),
        broken => (None, broken),
    };
    let judged = ground.judge(act.going)?;
    let case = Case::of(&judged, act.going)?;
    if let Some(stop) = case.stop() {
        return stopped(judged, stop)
            .map(|stopped| Record::Stopped(Box::new(stopped)))
            .ok_or_else(|| gone(&question.service));
    }
    let work = Work { tree, main, act, occasion, case: &case };
    let (mut recorded, debt_written, debt) = match &actual {
        Some(actual) => work.written(actual)?,
        None => work.unjudged()?,
    };
    let (broken, glass) = broke(&case, debt.as_ref(), debt_written, occasion).unzip();
    let deed = Deed::Recorded {
        key: act.key.map(Into::into),
        moved: act.moved.map(|moved| format_time(moved).into()),
        running: recorded.place.texts(),
    };
    recorded.says = glass.into_iter().chain([case.says(occasion, deed)]).collect();
    if let Some(debt) = broken.as_ref().and_then(|broken: &Broken| broken.debt.clone()) {
        recorded.next.push(Next::Review(debt, Key::ALL.to_vec()));
    }
    recalled.hold(&mut recorded.changes);
    let Over { changes, says, after, ended, place, next, notes } = recorded;
    let recorded = Recorded { judged, changes, says, after, broken, ended, place, next, notes };
    Ok(Record::Done(Box::new(recorded)))
}

/// The registry by which the move is judged: without what was seen of it already.
fn before(loaded: Loaded, act: Act<'_>) -> Ground {
    let rewound = before_the_move(&loaded.registry, act.going.question);
    let registry = rewound.unwrap_or(loaded.registry);
    Ground::Firm(Box::new(Loaded { registry, ..loaded }))
}

fn check_time(act: Act<'_>, occasion: &Occasion) -> Result<(), Refusal> {
    match act.moved.filter(|moved| *moved > CLOCK_TOLERANCE.after(occasion.now)) {
        Some(moved) => Err(unfit(
            format!("{} lies in the future", format_time(moved)),
            "say with --at when the move was made, once it was",
        )),
        None => Ok(()),
    }
}

/// Refuses a key that was given to another move.
fn check_same(line: &Line, act: Act<'_>) -> Result<(), Refusal> {
    let (question, statement) = (act.going.question, &line.statement);
    let movement = statement.movement.as_ref();
    let environment = question.environment.as_ref().map(|name| name.as_str());
    let moved = match &statement.deed {
        Deed::Recorded { moved, .. } => moved.as_deref(),
        _ => None,
    };
    let said = act.moved.map(format_time);
    let same = movement.is_some_and(|movement| movement.to == question.to)
        && statement.environment.as_deref() == environment
        && (question.from.is_none() || movement.is_some_and(|movement| movement.from == question.from))
        && (said.is_none() || moved.is_none() || said.as_deref() == moved);
    if same {
        return Ok(());
    }
    let at = |moved: Option<&str>| moved.map_or(String::new(), |moved| format!(", made at {moved}"));
    let stands = format!(
        "{} in {}{}, recorded at {} by {}",
        movement.map_or_else(String::new, moves),
        statement.environment.as_deref().unwrap_or("no environment"),
        at(moved),
        format_time(statement.at),
        statement.by
    );
    let asked =
        Movement { kind: question.asked.word().into(), from: question.from.clone(), to: question.to.clone() };
    let asked =
        format!("{} in {}{}", moves(&asked), environment.unwrap_or("no environment"), at(said.as_deref()));
    Err(unfit(
        format!(
            "the key `{}` stands for another move: {stands}; this one is a {asked}",
            act.key.unwrap_or_default()
        ),
        "give each move a key of its own",
    ))
}

/// `rollback 2.4.1 -> 2.3.0`
fn moves(movement: &Movement) -> String {
    let from = movement.from.as_deref().map_or(String::new(), |from| format!("{from} -> "));
    format!("{} {from}{}", movement.kind, movement.to)
}

/// What was worked out, but for what the record says of it.
#[derive(Default)]
struct Over {
    changes: Changes,
    says: Vec<Statement>,
    after: Option<Box<Loaded>>,
    ended: Option<Earlier>,
    place: Place,
    next: Vec<Next>,
    notes: Vec<String>,
}

struct Work<'a> {
    tree: &'a dyn Tree,
    main: &'a str,
    act: Act<'a>,
    occasion: &'a Occasion,
    case: &'a Case<'a>,
}

impl Work<'_> {
    fn written(&self, actual: &Loaded) -> Result<(Over, bool, Option<Opened>), Refusal> {
        let question = self.act.going.question;
        let service =
            actual.registry.services.get(&question.service).ok_or_else(|| gone(&question.service))?;
        let here = Here {
            registry: &actual.registry,
            service,
            environment: self.case.environment,
            moment: self.act.going.moment,
        };
        let mut over = Over::default();
        let mut editor = Editor::new(self.tree, self.main);
        let debt = Opened::of(self.case, self.occasion);
        if let Some(debt) = &debt {
            debt.write(&mut editor, self.tree, self.main, &service.name)?;
        }
        let moved = self.act.moved.unwrap_or(self.occasion.now).min(self.occasion.now);
        over.place = match overtaken(here, moved) {
            Some((runs, since)) => {
                over.notes.push(format!(
                    "{runs} runs since {}, later than this move: what runs is left as it stands",
                    format_time(since)
                ));
                let running = service.running.get(here.environment).cloned();
                Place { was: running.clone(), running, ..Place::default() }
            }
            None => {
                let accepted = self.case.accepted(debt.as_ref());
                let kind = Some(self.case.kind());
                let said = said(&question.to, moved, KNOWN);
                arrive(&mut editor, here, &said, (kind, accepted.as_ref()), &mut over.notes)?
            }
        };
        let is_over = |under_way: &crate::model::UnderWay| under_way.to.text == question.to;
        over.ended = service.under_way.get(here.environment).filter(|mark| is_over(mark)).map(Earlier::from);
        end_under_way(&mut editor, here, is_over, &mut over.notes)?;
        over.changes = editor.finish()?;
        let ask = Ask::Service(service.name.clone());
        let after = load(&Changed { tree: self.tree, changes: &over.changes }, self.main, &ask)?;
        over.notes.extend(closable(&after.registry, &service.name, here.environment, here.moment));
        over.after = Some(Box::new(after));
        over.next = flags((self.tree, self.main), here, &over.place.left, self.case.incident().as_deref());
        if over.place.was.as_ref().is_none_or(|was| over.place.running.as_ref() != Some(was)) {
            over.next.push(Next::Observe);
        }
        Ok((over, true, debt))
    }

    fn unjudged(&self) -> Result<(Over, bool, Option<Opened>), Refusal> {
        let mut over = Over::default();
        let debt = Opened::of(self.case, self.occasion);
        let (changes, written) =
            unjudged_changes(self.tree, self.main, self.case, debt.as_ref(), &mut over.notes)?;
        over.changes = changes;
        over.next.push(Next::Observe);
        Ok((over, written, debt))
    }
}

/// What runs since after a move was made, so that the move isn't the last one.
fn overtaken(here: Here<'_>, moved: Time) -> Option<(Version, Time)> {
    let running = here.service.running.get(here.environment)?;
    let entries = here.service.ran.iter().filter(|ran| ran.environment == *here.environment);
    let stays = Stays::of(entries.map(Into::into).collect(), running.iter().map(|version| &*version.text));
    let since = |version: &Version| {
        let since = stays.since(version, running.len() == 1, here.moment.now, |_| true)?;
        (since > moved).then(|| (version.clone(), since))
    };
    running.iter().find_map(since)
}
