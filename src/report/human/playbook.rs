//! A playbook for people at a terminal, and what became of those that people wrote.

use std::borrow::Cow;

use anstyle::AnsiColor;

use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::playbook::Course;
use crate::playbook::by_hand::{Flaw, Looked};
use crate::report::playbook::{self, CheckReport, Drawn, Item, Span, Task};

/// Writes a playbook.
pub fn playbook(drawn: &Drawn<'_>, look: Look) -> String {
    let mut page = Page::new(look.width);
    let document = drawn.document();
    let course = drawn.playbook.course;
    page.head(&course.word().to_uppercase(), colour(course), &spans(&document.title));
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    drawn.notes.iter().for_each(|note| page.text(2, note, NONE));
    items(&mut page, &document.intro);
    for section in &document.sections {
        page.gap();
        page.text(0, &spans(&section.heading), STRONG);
        items(&mut page, &section.items);
    }
    page.gap();
    let shaped: Vec<String> = drawn.shaped_by().iter().map(shaped).collect();
    page.text(2, &format!("Shaped by {}.", shaped.join(", ")), QUIET);
    drawn.footer().iter().for_each(|line| page.text(2, &line.replace('`', ""), QUIET));
    warnings(&mut page, &drawn.context);
    page.finish()
}

fn colour(course: Course) -> anstyle::Style {
    let colour = match course {
        Course::Go | Course::Stay => AnsiColor::Green,
        Course::Sign => AnsiColor::Magenta,
        Course::Deadlock | Course::Stop => AnsiColor::Red,
        Course::Unknown => AnsiColor::Yellow,
    };
    colour.on_default().bold()
}

fn shaped(shaper: &playbook::Shaper) -> String {
    let place = shaper.place.as_ref().map_or(String::new(), |(file, line)| format!(" ({file}:{line})"));
    match shaper.what {
        "template" => shaper.name.clone(),
        what => format!("{what} {}{place}", shaper.name),
    }
}

fn items(page: &mut Page, items: &[Item]) {
    for item in items {
        match item {
            Item::Line(pieces) => {
                let line = spans(pieces);
                if !line.trim().is_empty() {
                    page.text(2, &line, NONE);
                }
            }
            Item::Text(text) => page.text(2, &text.replace('`', ""), NONE),
            Item::Bullets(lines) => {
                lines.iter().for_each(|line| page.hanging(2, "·", NONE, &line.replace('`', "")))
            }
            Item::Fence(_, lines) | Item::Commands(lines) => {
                lines.iter().for_each(|line| page.verbatim(6, line));
            }
            Item::Table(_, rows) => rows.iter().for_each(|cells| row(page, cells, rows)),
            Item::Task(of) => task(page, of),
        }
    }
}

fn task(page: &mut Page, task: &Task) {
    let owner = task.owner.map_or(String::new(), |owner| format!("{}: ", owner.word()));
    page.hanging(2 + task.indent, "[ ]", STRONG, &format!("{owner}{}", spans(&task.text)));
    task.notes.iter().for_each(|note| page.text(7 + task.indent, &note.replace('`', ""), QUIET));
    task.commands.iter().for_each(|command| page.verbatim(7 + task.indent, command));
}

/// A target: its name, the verdict, and why. The keys stand in the why where they matter.
fn row(page: &mut Page, cells: &[playbook::Cell], rows: &[Vec<playbook::Cell>]) {
    let words = |cell: Option<&playbook::Cell>| match cell {
        Some(playbook::Cell::Code(text) | playbook::Cell::Text(text)) => text.replace('`', ""),
        Some(playbook::Cell::Level(level)) => level.to_string(),
        None => String::new(),
    };
    let width = rows.iter().map(|row| words(row.first()).chars().count()).max().unwrap_or_default().min(30);
    let mut shown = vec![Cell(Cow::Owned(words(cells.first())), width, NONE)];
    for cell in cells.get(1..4).unwrap_or_default() {
        let style = if let playbook::Cell::Level(level) = cell { of_level(*level) } else { NONE };
        shown.push(Cell(Cow::Owned(words(Some(cell))), 5, style));
    }
    page.row(&shown, &words(cells.get(4)));
}

fn spans(spans: &[Span]) -> String {
    let span = |span: &Span| match span {
        Span::Markup(text) | Span::Word(text) | Span::Code(text) => text.clone(),
        Span::Text(text) => text.replace('`', ""),
    };
    spans.iter().map(span).collect()
}

/// Writes what became of playbooks that people wrote.
pub fn playbook_check(report: &CheckReport<'_>, look: Look) -> String {
    let mut page = Page::new(look.width);
    let colour = if report.checked.passes() { AnsiColor::Green } else { AnsiColor::Red };
    page.head(report.word(), colour.on_default().bold(), &report.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    for Looked { path, flaws, .. } in &report.checked.playbooks {
        if !flaws.is_empty() {
            page.gap();
        }
        flaws.iter().for_each(|of| flaw(&mut page, path, of));
    }
    warnings(&mut page, &report.context);
    page.finish()
}

fn flaw(page: &mut Page, path: &str, flaw: &Flaw) {
    let (word, style) = if flaw.wrong.fails() { ("fail", STRONG) } else { ("note", NONE) };
    page.hanging(2, word, style, &playbook::flaw(path, flaw));
    page.text(8, &flaw.hint, NONE);
    let place = flaw.origin.as_ref().map_or(String::new(), |(file, line)| format!(" · {file}:{line}"));
    page.text(8, &format!("{}{place}", flaw.wrong.word()), QUIET);
}
