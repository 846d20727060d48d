//! The goals, and what was measured beside each.

use crate::contender::{EMPTY, GATE, GIT, whole_name};
use crate::report::{Report, megabytes, milliseconds};
use crate::size::Size;
use crate::table::Table;

/// Three sizes in folder form: the one-file form has a goal of its own.
const FOLDERS: [Size; 3] = [Size::Small, Size::Medium, Size::Large];
const MOST_MEMORY: f64 = 6e6;
const MOST_FOR_ONE_FILE: f64 = 100.0;

/// The commands over a whole registry, which have goals at large.
pub const WHOLE: [&str; 2] = ["status", "lint"];
/// The registry by which the gate over a change of manifests is measured.
pub const OF_GATE: Size = Size::Medium;
const MOST_FOR_GATE: f64 = 1_000.0;
const MOST_FOR_WHOLE: f64 = 5_000.0;
const MOST_MEMORY_FOR_WHOLE: f64 = 300e6;

/// One line per goal.
pub fn table(report: &Report) -> Table {
    let mut table = Table::new(&["what", "goal", "stretch", "measured", "met"]);
    for size in FOLDERS {
        table.row(against_empty(report, size));
    }
    for size in FOLDERS {
        table.row(against_git(report, size));
    }
    table.row(memory(report));
    table.row(one_file(report));
    for command in WHOLE {
        table.row(whole_time(report, command));
        table.row(whole_memory(report, command));
    }
    table.row(gate(report));
    table
}

fn against_empty(report: &Report, size: Size) -> Vec<String> {
    let (goal, stretch) = if size == Size::Large { (2.5, 2.0) } else { (2.0, 1.5) };
    let measured = ratio(report, size, EMPTY);
    let what = format!("{}, against an empty program", size.name());
    line(
        what,
        format!("{goal:.1}x"),
        format!("{stretch:.1}x"),
        measured.map(times),
        met(measured, goal, stretch),
    )
}

/// At large, being faster than Git is a stretch, and there is no goal.
fn against_git(report: &Report, size: Size) -> Vec<String> {
    let measured = ratio(report, size, GIT);
    let what = format!("{}, against `git rev-parse HEAD`", size.name());
    if size == Size::Large {
        let met = met(measured, 0.0, 1.0);
        return line(what, String::new(), "faster".to_owned(), measured.map(times), met);
    }
    line(what, "no slower".to_owned(), String::new(), measured.map(times), met(measured, 1.0, 0.0))
}

fn memory(report: &Report) -> Vec<String> {
    let most = FOLDERS.iter().filter_map(|&size| report.check(size)?.memory).max();
    let met = met(most.map(|bytes| bytes as f64), MOST_MEMORY, 0.0);
    line("peak memory, any size".to_owned(), "6 MB".to_owned(), String::new(), most.map(megabytes), met)
}

fn one_file(report: &Report) -> Vec<String> {
    let measured = report.check(Size::OneFile).map(|row| row.timing.median());
    let met = met(measured, MOST_FOR_ONE_FILE, 0.0);
    let what = "one file of medium size".to_owned();
    line(what, "100 ms".to_owned(), String::new(), measured.map(milliseconds), met)
}

fn gate(report: &Report) -> Vec<String> {
    let measured = report.named(GATE).map(|row| row.timing.median());
    let met = met(measured, MOST_FOR_GATE, 0.0);
    line(
        format!("{GATE}, {}", OF_GATE.name()),
        "1 s".to_owned(),
        String::new(),
        measured.map(milliseconds),
        met,
    )
}

fn whole_time(report: &Report, command: &str) -> Vec<String> {
    let measured = report.named(&whole_name(command, Size::Large)).map(|row| row.timing.median());
    let met = met(measured, MOST_FOR_WHOLE, 0.0);
    line(format!("{command}, large"), "5 s".to_owned(), String::new(), measured.map(milliseconds), met)
}

fn whole_memory(report: &Report, command: &str) -> Vec<String> {
    let measured = report.named(&whole_name(command, Size::Large)).and_then(|row| row.memory);
    let met = met(measured.map(|bytes| bytes as f64), MOST_MEMORY_FOR_WHOLE, 0.0);
    let what = format!("{command}, large: peak memory");
    line(what, "300 MB".to_owned(), String::new(), measured.map(megabytes), met)
}

fn ratio(report: &Report, size: Size, base: &str) -> Option<f64> {
    Some(report.check(size)?.timing.ratio_of_medians(&report.named(base)?.timing))
}

fn times(ratio: f64) -> String {
    format!("{ratio:.2}x")
}

fn met(measured: Option<f64>, goal: f64, stretch: f64) -> &'static str {
    match measured {
        None => "",
        Some(value) if value <= stretch => "stretch",
        Some(value) if value <= goal => "yes",
        Some(_) => "no",
    }
}

fn line(what: String, goal: String, stretch: String, measured: Option<String>, met: &str) -> Vec<String> {
    vec![what, goal, stretch, measured.unwrap_or_else(|| "not measured".to_owned()), met.to_owned()]
}
