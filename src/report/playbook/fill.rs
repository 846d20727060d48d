//! The template, filled in.

use super::document::{Document, Item, Section, Span, Task};
use super::{Drawn, blocks, steps};
use crate::model::{Key, Phase, format_time};
use crate::playbook::template::{Line, Piece};
use crate::playbook::title;
use crate::playbook::words::{Block, Inline};
use crate::report::commands::quoted;
use crate::report::words;

impl Drawn<'_> {
    /// All that there is to say, phase by phase. Every step that a rule puts in stands in it, whatever the template
    /// says: without a place of their own they begin their phase, and a phase that is lacking is added.
    pub fn document(&self) -> Document {
        let template = &self.playbook.book.template;
        let mut title = spans(self, &template.title);
        if title.is_empty() {
            title = vec![Span::Text("Playbook: ".into()), Span::Code(self.service().to_string())];
        }
        let (mut intro, mut sections) = (Vec::new(), Vec::new());
        template.intro.iter().for_each(|of| line(self, None, of, &mut intro));
        for phase in Phase::ALL {
            match template.sections.iter().find(|section| section.phase == phase) {
                Some(of) => sections.push(self.section(phase, spans(self, &of.heading), &of.lines)),
                None if self.playbook.steps_of(phase).next().is_some() => {
                    let heading = vec![Span::Text(title_of(phase))];
                    sections.push(self.section(phase, heading, &[]));
                }
                None => {}
            }
        }
        Document { title, intro, sections }
    }

    fn section(&self, phase: Phase, heading: Vec<Span>, lines: &[Line]) -> Section {
        let mut items = Vec::new();
        if !lines.iter().any(|line| matches!(line, Line::Block(Block::Steps))) {
            items.extend(steps::of(self, phase));
        }
        lines.iter().for_each(|of| line(self, Some(phase), of, &mut items));
        Section { phase, heading, items }
    }
}

fn title_of(phase: Phase) -> String {
    title(phase).to_owned()
}

fn line(drawn: &Drawn<'_>, phase: Option<Phase>, line: &Line, items: &mut Vec<Item>) {
    match line {
        Line::Text(pieces) => items.push(Item::Line(spans(drawn, pieces))),
        Line::Task(indent, pieces) => {
            items.push(Item::Task(Task { indent: *indent, text: spans(drawn, pieces), ..Task::default() }));
        }
        Line::Fence(info, lines) => {
            let lines = lines.iter().map(|pieces| command(drawn, pieces)).collect();
            items.push(Item::Fence(info.to_string(), lines));
        }
        Line::Block(Block::Steps) => {
            // A second one in the same phase adds nothing.
            let there = |of: &Item| matches!(of, Item::Task(task) if task.step.is_some());
            if !items.iter().any(there) {
                items.extend(phase.map(|phase| steps::of(drawn, phase)).unwrap_or_default());
            }
        }
        Line::Block(block) => items.extend(blocks::items(drawn, *block)),
    }
}

fn spans(drawn: &Drawn<'_>, pieces: &[Piece]) -> Vec<Span> {
    let last = pieces.len().saturating_sub(1);
    let span = |(at, piece): (usize, &Piece)| match piece {
        Piece::Written(text) if at == last => Span::Markup(text.trim_end().to_owned()),
        Piece::Written(text) => Span::Markup(text.to_string()),
        Piece::Inline(inline) => match (value(drawn, *inline), inline) {
            (Some(value), Inline::Verdict) => Span::Text(value),
            (Some(value), _) => Span::Code(value),
            (None, _) => Span::Text(NONE.into()),
        },
        Piece::Word(inline) => Span::Word(word(drawn, *inline)),
    };
    pieces.iter().enumerate().map(span).collect()
}

/// What stands where there is nothing to fill in.
const NONE: &str = "–";

/// A line of a command: what is filled in is a word of a shell, whatever stands in it.
pub(super) fn command(drawn: &Drawn<'_>, pieces: &[Piece]) -> String {
    let part = |piece: &Piece| match piece {
        Piece::Written(text) => text.to_string(),
        Piece::Inline(inline) | Piece::Word(inline) => word(drawn, *inline),
    };
    pieces.iter().map(part).collect()
}

/// A sentence: what is filled in stands between backticks.
pub(super) fn sentence(drawn: &Drawn<'_>, pieces: &[Piece]) -> String {
    let part = |piece: &Piece| match piece {
        Piece::Written(text) => text.to_string(),
        Piece::Inline(inline) | Piece::Word(inline) => {
            value(drawn, *inline).map_or_else(|| NONE.into(), |value| format!("`{value}`"))
        }
    };
    pieces.iter().map(part).collect()
}

fn word(drawn: &Drawn<'_>, inline: Inline) -> String {
    let value = value(drawn, inline).unwrap_or_else(|| format!("<{}>", inline.word()));
    quoted(&value).into_owned()
}

/// What is filled in; None: there is nothing.
fn value(drawn: &Drawn<'_>, inline: Inline) -> Option<String> {
    let (service, verdict) = (drawn.playbook.overview.service, drawn.verdict());
    let team = |key| service.owners.of(key).map(ToString::to_string);
    match inline {
        Inline::Service => Some(service.name.to_string()),
        Inline::Environment => drawn.environment().map(ToString::to_string),
        Inline::Tier => service.tier.as_ref().map(ToString::to_string),
        Inline::From => from(drawn),
        Inline::To => verdict.map(|verdict| verdict.movement.to.to_string()),
        Inline::Verdict => verdict.map(|verdict| verdict.level.to_string()),
        Inline::Incident => {
            verdict.and_then(|verdict| verdict.movement.incident.as_ref()).map(ToString::to_string)
        }
        Inline::ReliabilityTeam => team(Key::Reliability),
        Inline::SecurityTeam => team(Key::Security),
        Inline::Revision => drawn.context.revision.map(str::to_owned),
        Inline::AsOf => Some(format_time(drawn.context.as_of)),
        Inline::ValidUntil => drawn.playbook.valid_until.map(format_time),
    }
}

/// What runs, as the move sees it; where there is no move, the newest that runs.
fn from(drawn: &Drawn<'_>) -> Option<String> {
    let verdict = drawn.verdict();
    let of_move = verdict.and_then(|verdict| verdict.movement.from.as_ref()).map(ToString::to_string);
    let runs = || drawn.playbook.overview.releases().first().map(|runs| runs.version().to_string());
    of_move.or_else(runs).or_else(|| verdict.map(|verdict| words::no_from(verdict).to_owned()))
}
