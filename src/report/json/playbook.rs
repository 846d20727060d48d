//! `holdpoint/playbook/v1`: what to do now; and `holdpoint/playbook-check/v1`: what playbooks by hand lack.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::verdict::{Brief, Keys, Move, movement};
use super::{Place, Registry, sentence, text};
use crate::judge::{Target, Verdict};
use crate::model::format_time;
use crate::playbook::Inserted;
use crate::report::playbook::{Cell, CheckReport, Drawn, Item, Shaper, Span, Task};
use crate::report::status::RunningRow;
use crate::report::{plain, words};

const SCHEMA: &str = "holdpoint/playbook/v1";
const CHECK_SCHEMA: &str = "holdpoint/playbook-check/v1";

#[derive(Serialize)]
struct Playbook<'a> {
    schema: &'static str,
    title: String,
    service: &'a str,
    environment: Option<&'a str>,
    incident: Option<&'a str>,
    simulated: bool,
    course: &'static str,
    verdict: Option<VerdictV1<'a>>,
    runs: Option<Vec<Runs<'a>>>,
    targets: Vec<TargetV1<'a>>,
    deadlock: bool,
    intro: Vec<ItemV1>,
    phases: Vec<Phase>,
    steps: Vec<Step<'a>>,
    shaped_by: Vec<ShaperV1>,
    valid_until: Option<String>,
    registry: Registry<'a>,
    as_of: String,
    notes: Vec<Cow<'a, str>>,
    warnings: Vec<One<'a>>,
}

/// The move that the playbook is about.
#[derive(Serialize)]
struct VerdictV1<'a> {
    #[serde(rename = "move")]
    movement: Move<'a>,
    verdict: &'static str,
    proceed: bool,
    keys: Keys,
    reasons: Vec<Brief>,
}

#[derive(Serialize)]
struct Runs<'a> {
    version: &'a str,
    since: Option<String>,
    verdict: &'static str,
    reliability: &'static str,
    security: &'static str,
}

#[derive(Serialize)]
struct TargetV1<'a> {
    version: &'a str,
    stay: bool,
    verdict: &'static str,
    keys: Keys,
    why: String,
    reasons: Vec<Brief>,
}

#[derive(Serialize)]
struct Phase {
    phase: &'static str,
    heading: String,
    items: Vec<ItemV1>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ItemV1 {
    Text {
        text: String,
    },
    List {
        items: Vec<String>,
    },
    Table {
        columns: &'static [&'static str],
        rows: Vec<Vec<String>>,
    },
    Commands {
        commands: Vec<String>,
    },
    Task {
        step: Option<String>,
        owner: Option<&'static str>,
        text: String,
        notes: Vec<String>,
        commands: Vec<String>,
    },
}

/// A step that a rule puts in.
#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    phase: &'static str,
    owner: &'static str,
    requires: Option<&'static str>,
    now: bool,
    #[serde(rename = "for")]
    ways: Vec<Way<'a>>,
    origin: PlaceV1,
}

#[derive(Serialize)]
struct Way<'a> {
    version: &'a str,
    subjects: &'a [String],
}

#[derive(Serialize)]
struct PlaceV1 {
    file: String,
    line: usize,
}

#[derive(Serialize)]
struct ShaperV1 {
    what: &'static str,
    name: String,
    origin: Option<PlaceV1>,
}

/// Writes a playbook.
pub fn playbook(drawn: &Drawn<'_>) -> String {
    let (document, context, playbook) = (drawn.document(), &drawn.context, drawn.playbook);
    let verdict = drawn.verdict();
    let phases = document.sections.iter().map(|section| Phase {
        phase: section.phase.word(),
        heading: spans(&section.heading),
        items: items(&section.items),
    });
    text::write(&Playbook {
        schema: SCHEMA,
        title: spans(&document.title),
        service: drawn.service().as_str(),
        environment: drawn.environment().map(|name| name.as_str()),
        incident: verdict.and_then(|verdict| verdict.movement.incident.as_deref()),
        simulated: context.simulated,
        course: playbook.course.word(),
        verdict: verdict.map(whole),
        runs: drawn.place.running.as_ref().map(|runs| runs.iter().map(running).collect()),
        targets: playbook.targets.iter().map(target).collect(),
        deadlock: playbook.advice.as_ref().is_some_and(|advice| advice.deadlock),
        intro: items(&document.intro),
        phases: phases.collect(),
        steps: playbook.steps.iter().map(step).collect(),
        shaped_by: drawn.shaped_by().into_iter().map(shaper).collect(),
        valid_until: playbook.valid_until.map(format_time),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        notes: drawn.notes.iter().map(|note| plain(note)).collect(),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn whole<'a>(verdict: &'a Verdict<'a>) -> VerdictV1<'a> {
    VerdictV1 {
        movement: movement(&verdict.movement),
        verdict: verdict.level.word(),
        proceed: verdict.level.proceeds(),
        keys: Keys::of(verdict),
        reasons: Brief::all(verdict),
    }
}

fn running(runs: &RunningRow) -> Runs<'_> {
    let [reliability, security] = runs.keys;
    Runs {
        version: &runs.version,
        since: runs.since.map(format_time),
        verdict: runs.level.word(),
        reliability: reliability.word(),
        security: security.word(),
    }
}

fn target<'a>(target: &'a Target<'a>) -> TargetV1<'a> {
    TargetV1 {
        version: &target.verdict.movement.to.text,
        stay: target.stay,
        verdict: target.verdict.level.word(),
        keys: Keys::of(&target.verdict),
        why: sentence(&words::target(target)),
        reasons: Brief::all(&target.verdict),
    }
}

fn step<'a>(of: &'a Inserted<'a>) -> Step<'a> {
    let step = &of.instruction.step;
    let (file, line) = of.instruction.place.clone();
    let ways = of.ways.iter().map(|way| Way { version: &way.version, subjects: &way.subjects });
    Step {
        name: step.name.as_str(),
        phase: step.phase.word(),
        owner: step.owner.word(),
        requires: step.requires.map(|key| key.word()),
        now: of.now,
        ways: ways.collect(),
        origin: PlaceV1 { file, line },
    }
}

fn shaper(shaper: Shaper) -> ShaperV1 {
    let origin = shaper.place.map(|(file, line)| PlaceV1 { file, line });
    ShaperV1 { what: shaper.what, name: sentence(&shaper.name), origin }
}

/// What divides lines of a template is layout, and left out.
fn items(list: &[Item]) -> Vec<ItemV1> {
    let empty = |item: &&Item| matches!(item, Item::Line(pieces) if spans(pieces).trim().is_empty());
    list.iter().filter(|item| !empty(item)).map(item).collect()
}

fn item(item: &Item) -> ItemV1 {
    let sentences = |lines: &[String]| lines.iter().map(|line| sentence(line)).collect();
    match item {
        Item::Line(pieces) => ItemV1::Text { text: spans(pieces) },
        Item::Text(text) => ItemV1::Text { text: sentence(text) },
        Item::Bullets(lines) => ItemV1::List { items: sentences(lines) },
        Item::Table(columns, rows) => {
            let cells = |row: &Vec<Cell>| row.iter().map(cell).collect();
            ItemV1::Table { columns, rows: rows.iter().map(cells).collect() }
        }
        Item::Fence(_, commands) | Item::Commands(commands) => {
            ItemV1::Commands { commands: sentences(commands) }
        }
        Item::Task(Task { step, owner, text, notes, commands, .. }) => ItemV1::Task {
            step: step.clone(),
            owner: owner.map(|owner| owner.word()),
            text: spans(text),
            notes: sentences(notes),
            commands: sentences(commands),
        },
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Code(text) | Cell::Text(text) => sentence(text),
        Cell::Level(level) => level.word().to_owned(),
    }
}

fn spans(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Markup(text) | Span::Text(text) | Span::Word(text) => text.clone(),
        Span::Code(text) => format!("`{text}`"),
    };
    sentence(&spans.iter().map(text).collect::<String>())
}

#[derive(Serialize)]
struct Check<'a> {
    schema: &'static str,
    passes: bool,
    steps: usize,
    playbooks: Vec<Looked<'a>>,
    registry: Registry<'a>,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct Looked<'a> {
    file: &'a str,
    required: &'a [String],
    flaws: Vec<Flaw<'a>>,
}

#[derive(Serialize)]
struct Flaw<'a> {
    code: &'static str,
    fails: bool,
    step: &'a str,
    line: usize,
    message: String,
    hint: String,
    origin: Option<Place<'a>>,
}

/// Writes what became of playbooks that people wrote.
pub fn playbook_check(report: &CheckReport<'_>) -> String {
    let checked = report.checked;
    let playbooks = checked.playbooks.iter().map(|looked| Looked {
        file: &looked.path,
        required: &looked.required,
        flaws: looked.flaws.iter().map(flaw).collect(),
    });
    text::write(&Check {
        schema: CHECK_SCHEMA,
        passes: checked.passes(),
        steps: checked.steps,
        playbooks: playbooks.collect(),
        registry: Registry::of(&report.context),
        warnings: report.context.warnings.iter().map(|of| One::of(report.context.sources, of)).collect(),
    })
}

fn flaw(flaw: &crate::playbook::by_hand::Flaw) -> Flaw<'_> {
    Flaw {
        code: flaw.wrong.word(),
        fails: flaw.wrong.fails(),
        step: &flaw.step,
        line: flaw.line,
        message: sentence(&flaw.message),
        hint: sentence(&flaw.hint),
        origin: flaw.origin.as_ref().map(|(file, line)| Place { file, line: *line }),
    }
}
