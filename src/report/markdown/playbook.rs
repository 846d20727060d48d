//! A playbook as Markdown: task lists that can be ticked, marked with the steps of rules that they are.

use std::borrow::Cow;

use super::page::{joined, level};
use super::{code, fenced, row, table_head, text};
use crate::model::{is_unseen, plain};
use crate::playbook::by_hand::{Flaw, Looked};
use crate::report::playbook::{Cell, CheckReport, Document, Drawn, Item, Shaper, Span, Task};

/// Writes a playbook.
pub fn playbook(drawn: &Drawn<'_>) -> String {
    let document = drawn.document();
    let mut out = format!("# {}\n\n", spans(&document.title).trim());
    drawn.notes.iter().for_each(|note| out.push_str(&format!("{}\n\n", text(note))));
    body(&document, &mut out);
    out.push_str("---\n\nShaped by:\n\n");
    drawn.shaped_by().iter().for_each(|shaper| out.push_str(&format!("- {}\n", shaped(shaper))));
    drawn.footer().iter().for_each(|line| out.push_str(&format!("\n{}\n", text(line))));
    out
}

fn body(document: &Document, out: &mut String) {
    items(&document.intro, out);
    for section in &document.sections {
        out.push_str(&format!("## {}\n\n", spans(&section.heading).trim()));
        items(&section.items, out);
    }
}

fn shaped(shaper: &Shaper) -> String {
    let place = shaper.place.as_ref().map(|(file, line)| code(&format!("{file}:{line}")));
    let place = place.map_or_else(
        || if shaper.what == "rule" { " (shipped)".into() } else { String::new() },
        |place| format!(" ({place})"),
    );
    format!("{} {}{place}", shaper.what, code(&shaper.name))
}

/// Each item ends with an empty line, but tasks that follow each other, and the template's own lines.
fn items(list: &[Item], out: &mut String) {
    for (at, item) in list.iter().enumerate() {
        let next_is_task = matches!(list.get(at + 1), Some(Item::Task(_)));
        one(item, next_is_task, out);
    }
    gap(out);
}

fn one(item: &Item, next_is_task: bool, out: &mut String) {
    match item {
        Item::Line(pieces) => {
            let line = spans(pieces);
            if line.trim().is_empty() {
                gap(out)
            } else {
                out.push_str(&format!("{}\n", line.trim_end()))
            }
            return;
        }
        Item::Fence(info, lines) => out.push_str(&fence(info, lines)),
        Item::Text(said) => out.push_str(&format!("{}\n", text(said))),
        Item::Bullets(lines) => lines.iter().for_each(|line| out.push_str(&format!("- {}\n", text(line)))),
        Item::Table(columns, rows) => {
            out.push_str(&format!("{}\n", table_head(columns)));
            for cells in rows {
                out.push_str(&format!("{}\n", row(&cells.iter().map(cell).collect::<Vec<_>>())));
            }
        }
        Item::Commands(commands) => out.push_str(&fenced(commands)),
        Item::Task(of) => {
            task(of, out);
            if next_is_task {
                return;
            }
        }
    }
    gap(out);
}

/// One empty line, however often it is asked for.
fn gap(out: &mut String) {
    if !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn task(task: &Task, out: &mut String) {
    let pad = " ".repeat(task.indent);
    let mark = task.step.as_ref().map_or(String::new(), |name| format!("<!-- holdpoint:step {name} --> "));
    let owner = task.owner.map_or(String::new(), |owner| format!("**{}** ", owner.word()));
    out.push_str(&format!("{pad}- [ ] {mark}{owner}{}\n", spans(&task.text).trim()));
    task.notes.iter().for_each(|note| out.push_str(&format!("{pad}  - {}\n", text(note))));
    if !task.commands.is_empty() {
        out.push('\n');
        fenced(&task.commands).lines().for_each(|line| out.push_str(&format!("{pad}  {line}\n")));
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Code(name) => code(name),
        Cell::Level(of) => level(*of),
        Cell::Text(said) => text(said),
    }
}

fn spans(spans: &[Span]) -> String {
    let span = |span: &Span| match span {
        Span::Markup(written) => markup(written).into_owned(),
        Span::Text(said) => text(said),
        Span::Code(name) => code(name),
        // Inside the template's own code span.
        Span::Word(word) => plain(word).replace('`', "'"),
    };
    let line: String = spans.iter().map(span).collect();
    // At the beginning of a line it would be a command to a CI.
    if line.trim_start().starts_with("::") { line.replacen("::", "\\::", 1) } else { line }
}

/// The template's own markup: what its authors wrote, without what nobody sees.
fn markup(written: &str) -> Cow<'_, str> {
    let out: String = written.chars().filter(|c| *c == '\t' || !is_unseen(*c)).collect();
    Cow::Owned(out.replace("##[", "# #["))
}

fn fence(info: &str, lines: &[String]) -> String {
    let line = |line: &String| {
        let line = markup(line);
        if line.starts_with("::") { format!(" {line}") } else { line.into_owned() }
    };
    let lines: Vec<String> = lines.iter().map(line).collect();
    let longest = lines.iter().map(|line| super::longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{}\n{}\n{fence}\n", plain(info).replace('`', ""), lines.join("\n"))
}

/// Writes what became of playbooks that people wrote.
pub fn playbook_check(report: &CheckReport<'_>) -> String {
    let mut out = format!("## {}: {}\n", report.word(), text(&report.headline()));
    for Looked { path, required, flaws } in &report.checked.playbooks {
        out.push_str(&format!("\n### {}\n\n", code(path)));
        match (&**flaws, required.len()) {
            ([], 0) => out.push_str("No step of security's is due here.\n"),
            ([], _) => out.push_str(&format!("It has {}.\n", names(required))),
            _ => flaws.iter().for_each(|of| out.push_str(&flaw(of))),
        }
    }
    out
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
}

fn flaw(flaw: &Flaw) -> String {
    let place = flaw.origin.as_ref().map_or(String::new(), |(file, line)| code(&format!("{file}:{line}")));
    let below = joined(&[code(flaw.wrong.word()), place]);
    let word = if flaw.wrong.fails() { "**fail**" } else { "**note**" };
    format!("- {word} line {}: {}\n  - {}\n  - {below}\n", flaw.line, text(&flaw.message), text(&flaw.hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_does_nothing() {
        let wild = "x @team #12 <img> `y\n## Act";
        let all = [Span::Markup("see [a](b) ".into()), Span::Text(wild.into()), Span::Code("a`b\n".into())];
        assert_eq!(
            spans(&all),
            "see [a](b) x `@team` `#12` &lt;img&gt; \\`y \\## Act``a`b``".replace("\\##", "##")
        );
        assert_eq!(spans(&[Span::Word("'a`b'".into())]), "'a'b'");
        assert_eq!(spans(&[Span::Markup("::error::x\u{202e}".into())]), "\\::error::x");
        assert_eq!(fence("sh", &["::set-env".into(), "```".into()]), "````sh\n ::set-env\n```\n````\n");
    }

    #[test]
    fn a_task_keeps_its_commands_below_it() {
        let of = Task { step: Some("waf".into()), ..Task::of("do it") }.note("n").run(["x".to_owned()]);
        let mut out = String::new();
        task(&of, &mut out);
        assert_eq!(out, "- [ ] <!-- holdpoint:step waf --> do it\n  - n\n\n  ```\n  x\n  ```\n");
    }
}
