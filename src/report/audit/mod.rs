//! What is said to auditors: the report as a [`Document`], and the rows of the export as cells.
//!
//! Words and sums are here, layout is in the formats. Nothing says on which machine it was made, so that the same record
//! and period give the same text.

pub mod cells;
pub mod document;
pub mod evidence;
mod sections;

pub use document::{Block, Chart, Column, Document, Kind, Section, Table};

use crate::audit::{Completeness, Period, Population, SEVERITIES, ServiceReport, USUAL};
use crate::model::{format_time, format_until};
use crate::record::Finding;
use crate::report::log::Book;
use crate::report::words::{several, some};

/// What is reported.
#[derive(Debug, Clone, Copy)]
pub struct Reporting<'a> {
    /// Whose record.
    pub book: Book<'a>,
    /// Of which time.
    pub span: Span,
    /// The services, by name.
    pub services: &'a [ServiceReport<'a>],
    /// What is wrong beside their records.
    pub beside: &'a [Finding],
}

/// What is exported.
#[derive(Debug, Clone, Copy)]
pub struct Exporting<'a> {
    /// Whose record.
    pub book: Book<'a>,
    /// Of which time.
    pub span: Span,
    /// The services, by name, with their decisions.
    pub services: &'a [(Population<'a>, Completeness)],
    /// The services' names.
    pub names: &'a [&'a str],
    /// What is wrong beside their records.
    pub beside: &'a [Finding],
}

/// A period, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The period.
    pub period: Period,
    /// Nobody said from when, so it is the usual one.
    pub usual: bool,
}

impl Span {
    /// `2026-09-01T00:00:00Z to 2026-11-30`.
    pub fn words(&self) -> String {
        let Period { since, end, .. } = self.period;
        format!("{} to {}", format_time(since), format_until(end))
    }

    /// Why it is this period, when nobody said so.
    pub fn note(&self) -> Option<String> {
        self.usual.then(|| format!("no --since was given, so it begins {USUAL} before its end"))
    }
}

impl Reporting<'_> {
    /// Whether every record verifies.
    pub fn is_whole(&self) -> bool {
        self.beside.is_empty() && self.services.iter().all(|service| service.completeness.is_whole())
    }

    /// The report in words.
    pub fn document(&self) -> Document {
        let lines: usize = self.services.iter().map(|service| service.completeness.account.lines()).sum();
        let rows: usize = self.services.iter().map(|service| service.completeness.account.rows).sum();
        let names: Vec<&str> = self.services.iter().map(|service| service.ledger.service.as_str()).collect();
        let of = if names.is_empty() { "no service".into() } else { some(&names) };
        let counts = format!("{} in {}", several(rows, "decision"), several(lines, "line"));
        Document {
            word: if self.is_whole() { "REPORT" } else { "BROKEN" },
            headline: format!("{of}, {}: {counts}", self.span.words()),
            sections: sections::all(self),
        }
    }
}

impl Exporting<'_> {
    /// Whether every record verifies.
    pub fn is_whole(&self) -> bool {
        self.beside.is_empty() && self.services.iter().all(|(_, completeness)| completeness.is_whole())
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.services.iter().map(|(population, _)| population.rows.len()).sum()
    }

    /// `12 decisions in 30 lines of checkout, 2026-09-01T00:00:00Z to 2026-11-30`.
    pub fn headline(&self) -> String {
        let lines: usize = self.services.iter().map(|(population, _)| population.account.lines()).sum();
        let of = if self.names.is_empty() { "no service".into() } else { some(self.names) };
        let (rows, lines) = (several(self.rows(), "decision"), several(lines, "line"));
        format!("{rows} in {lines} of {of}, {}", self.span.words())
    }

    /// What whoever takes the rows must know of them.
    pub fn notes(&self) -> Vec<String> {
        let mut account = crate::audit::Account::default();
        self.services.iter().for_each(|(population, _)| account.add(population.account));
        let mut notes: Vec<String> = self.span.note().into_iter().collect();
        notes.push(format!(
            "of {}, {} stand in rows, {} belong to a row, {} to a row of another period, {} are no decisions",
            several(account.lines(), "line"),
            account.rows,
            account.parts,
            account.elsewhere,
            account.beside
        ));
        for (name, (_, completeness)) in self.names.iter().zip(self.services) {
            notes.extend(completeness.wrong.first().map(|(wrong, spot)| {
                let more = match completeness.wrong.len() {
                    1 => String::new(),
                    all => format!(" (and {} more)", all - 1),
                };
                format!("the record of {name} doesn't verify: {spot}: {wrong}{more}")
            }));
        }
        notes.extend(self.beside.iter().map(|finding| format!("{}: {}", finding.spot, finding.message())));
        notes.extend(self.book.notes.iter().cloned());
        notes
    }
}

/// A duration: `25 min`, `16.0 h`, `384.0 h (16.0 d)`.
pub fn duration(seconds: i64) -> String {
    let tenths = |unit: i64| {
        let tenths = (seconds * 10 + unit / 2) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match seconds {
        0 => "0".into(),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", (seconds + 30) / 60),
        3600..259_200 => format!("{} h", tenths(3600)),
        _ => format!("{} h ({} d)", tenths(3600), tenths(86_400)),
    }
}

/// Hours to one decimal, for columns and bars.
pub fn hours(seconds: i64) -> String {
    let tenths = (seconds * 10 + 1800) / 3600;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A bar of a chart in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarText {
    /// The first day that it stands for.
    pub date: String,
    /// The seconds in it.
    pub seconds: i64,
    /// The hours of each severity, of which there are any: `critical 1.5, high 16.0`.
    pub parts: String,
}

impl BarText {
    /// The bar as text, at most `longest` letters.
    pub fn drawn(&self, most: i64, longest: i64) -> String {
        "█".repeat(usize::try_from((self.seconds * longest + most / 2) / most.max(1)).unwrap_or(0))
    }
}

/// A chart in words, for who can't see it.
pub fn bars(chart: &Chart) -> Vec<BarText> {
    let each = |bar: &crate::audit::Bar| {
        let parts = SEVERITIES.iter().zip(bar.seconds).filter(|(_, seconds)| *seconds > 0);
        let parts: Vec<String> =
            parts.map(|(severity, seconds)| format!("{severity} {}", hours(seconds))).collect();
        BarText {
            date: bar.from.format("%Y-%m-%d").to_string(),
            seconds: bar.seconds.iter().sum(),
            parts: parts.join(", "),
        }
    };
    chart.calendar.bars.iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_unit_that_people_use() {
        for (seconds, want) in [
            (0, "0"),
            (59, "59 s"),
            (60, "1 min"),
            (1500, "25 min"),
            (3600, "1.0 h"),
            (57_600, "16.0 h"),
            (259_199, "72.0 h"),
            (259_200, "72.0 h (3.0 d)"),
            (1_382_400, "384.0 h (16.0 d)"),
        ] {
            assert_eq!(duration(seconds), want);
        }
        assert_eq!((hours(1799), hours(1800), hours(179)), ("0.5".into(), "0.5".into(), "0.0".into()));
    }
}
