//! Before the command of a `run`: the verdict, and that the move is under way.

use super::case::{Case, Ground, gone, stopped};
use super::debt::{Opened, broke};
use super::exposure::Accepted;
use super::{Broken, Going, Judged, Refusal, Stopped};
use crate::model::{Id, Level, MoveKind, Name, Time, UnderWay};
use crate::record::{Deed, Deeds, Movement, Occasion, Statement, Writes};
use crate::registry::edit::{Editor, Value};
use crate::registry::{Changes, Tree};

/// What comes of wanting to go.
#[derive(Debug, Clone)]
pub enum Start {
    /// It goes: once this is written, the command may be started.
    Goes(Box<Started>),
    /// It may not go. Nothing is written.
    Stopped(Box<Stopped>),
}

impl Deeds for Start {
    fn writes(&self) -> Writes<'_> {
        match self {
            Start::Goes(started) => Writes { changes: &started.changes, says: &started.says },
            Start::Stopped(_) => Writes::nothing(),
        }
    }

    fn says_mut(&mut self) -> &mut [Statement] {
        match self {
            Start::Goes(started) => &mut started.says,
            Start::Stopped(_) => &mut [],
        }
    }
}

/// A move that begins.
#[derive(Debug, Clone)]
pub struct Started {
    /// How it was judged.
    pub judged: Judged,
    /// What [`super::finish`] has to know of it.
    pub begun: Begun,
    /// The files to write.
    pub changes: Changes,
    /// The lines of the record.
    pub says: Vec<Statement>,
    /// The glass was broken.
    pub broken: Option<Broken>,
    /// A move that was marked as under way, and of which nobody said that it ended. It isn't marked any more.
    pub earlier: Option<Earlier>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// A move that was begun before, and hasn't ended as far as the registry knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Where it goes.
    pub to: Box<str>,
    /// Since when.
    pub since: Time,
    /// By whom.
    pub by: Box<str>,
}

impl From<&UnderWay> for Earlier {
    fn from(under_way: &UnderWay) -> Earlier {
        Earlier { to: under_way.to.text.clone(), since: under_way.since, by: under_way.by.clone() }
    }
}

/// A move that was begun, as far as its end depends on it.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The id of the line that says it was started.
    pub line: Box<str>,
    /// Which service.
    pub service: Name,
    /// Where.
    pub environment: Name,
    /// Rollback or redeploy.
    pub kind: MoveKind,
    /// From where to where.
    pub movement: Movement,
    /// The verdict; None: it could not be judged.
    pub level: Option<Level>,
    /// The incident that it is for.
    pub incident: Option<Box<str>>,
    /// When it began.
    pub since: Time,
    /// Who began it.
    pub by: Box<str>,
    /// What was accepted with it.
    pub accepted: Option<Accepted>,
    /// Why the glass was broken.
    pub break_glass: Option<Box<str>>,
    /// The debt that it leaves in the registry.
    pub debt: Option<Id>,
}

/// Works out what beginning a move changes. `main` is the name of the registry's main file; `command` is what is
/// about to be started.
///
/// # Errors
/// When the registry can't be loaded or edited, or no environment is named.
pub fn start(
    tree: &dyn Tree,
    main: &str,
    going: Going<'_>,
    command: &[String],
    occasion: &Occasion,
) -> Result<Start, Refusal> {
    let judged = Ground::of(tree, main, going)?.judge(going)?;
    let case = Case::of(&judged, going)?;
    if let Some(stop) = case.stop() {
        return stopped(judged, stop)
            .map(|stopped| Start::Stopped(Box::new(stopped)))
            .ok_or_else(|| gone(&going.question.service));
    }
    let mut notes = Vec::new();
    let debt = Opened::of(&case, occasion);
    let (changes, debt_written) = match case.service() {
        Some(_) => (changes(tree, main, &case, debt.as_ref(), occasion)?, true),
        None => unjudged_changes(tree, main, &case, debt.as_ref(), &mut notes)?,
    };
    let broke = broke(&case, debt.as_ref(), debt_written, occasion);
    let line = case.says(occasion, Deed::Started { command: command.to_vec() });
    let begun = Begun {
        line: line.id.clone(),
        service: going.question.service.clone(),
        environment: case.environment.clone(),
        kind: case.kind(),
        movement: case.movement(),
        level: judged.level(),
        incident: case.incident(),
        since: occasion.now,
        by: occasion.who.by.clone(),
        accepted: case.accepted(debt.as_ref()),
        break_glass: going.break_glass.map(Into::into),
        debt: broke.as_ref().and_then(|(broken, _)| broken.debt.clone()),
    };
    let earlier =
        case.service().and_then(|service| service.under_way.get(case.environment)).map(Earlier::from);
    let (broken, glass) = broke.unzip();
    let says = glass.into_iter().chain([line]).collect();
    Ok(Start::Goes(Box::new(Started { begun, changes, says, broken, earlier, notes, judged })))
}

fn changes(
    tree: &dyn Tree,
    main: &str,
    case: &Case<'_>,
    debt: Option<&Opened>,
    occasion: &Occasion,
) -> Result<Changes, Refusal> {
    let service = &case.going.question.service;
    let mut editor = Editor::new(tree, main);
    let under_way = Value::Section(vec![
        ("to".into(), (&*case.going.question.to).into()),
        ("since".into(), occasion.now.into()),
        ("by".into(), (&*occasion.who.by).into()),
    ]);
    editor.set(service, &["under-way", case.environment.as_str()], under_way)?;
    if let Some(debt) = debt {
        debt.write(&mut editor, tree, main, service)?;
    }
    Ok(editor.finish()?)
}

/// What can be written of a move while the registry has mistakes, and whether the debt is among it.
pub(super) fn unjudged_changes(
    tree: &dyn Tree,
    main: &str,
    case: &Case<'_>,
    debt: Option<&Opened>,
    notes: &mut Vec<String>,
) -> Result<(Changes, bool), Refusal> {
    let service = &case.going.question.service;
    let changes = match debt {
        Some(debt) => debt.write_alone(tree, main, service)?,
        None => None,
    };
    notes.push(format!(
        "the registry has mistakes and isn't edited: mend it, then say what runs: `holdpoint observe {service} --env {} --running \"<version>\"`",
        case.environment
    ));
    if changes.is_none() {
        notes
            .push("the debt stands in the record only: mend the registry, then write it down by hand".into());
    }
    let written = changes.is_some();
    Ok((changes.unwrap_or_default(), written))
}
