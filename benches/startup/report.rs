//! The two tables: what was measured, and the goals beside it.

use crate::contender::{Contender, EMPTY, GIT};
use crate::goals;
use crate::measure::Timing;
use crate::outside;
use crate::size::Size;
use crate::table::Table;

/// All results of one measurement.
pub struct Report {
    rows: Vec<Row>,
    runs: u32,
}

/// The results of one program.
pub struct Row {
    pub contender: Contender,
    pub timing: Timing,
    pub memory: Option<u64>,
    pub instructions: Option<u64>,
}

impl Report {
    pub fn new(contenders: Vec<Contender>, timings: Vec<Timing>, runs: u32) -> Self {
        eprintln!("measuring memory and counting instructions");
        let rows = contenders.into_iter().zip(timings).map(|(contender, timing)| Row::new(contender, timing));
        Self { rows: rows.collect(), runs }
    }

    pub fn to_text(&self, markdown: bool) -> String {
        let (measured, goals) = (self.measured().to_text(markdown), goals::table(self).to_text(markdown));
        format!("{}\n\n{goals}\n{measured}", self.circumstances())
    }

    /// The result for a registry of this size, if it was asked for.
    pub fn check(&self, size: Size) -> Option<&Row> {
        self.rows.iter().find(|row| row.contender.size == Some(size))
    }

    pub fn named(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.contender.name == name)
    }

    fn circumstances(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let compiler = outside::compiler().unwrap_or_else(|| "an unknown rustc".to_owned());
        format!(
            "holdpoint {}, {compiler}, {} {} with {cores} cores, {} runs in turn.",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
            self.runs
        )
    }

    fn measured(&self) -> Table {
        let head = ["program", "median", "min", "p90", "to empty", "to git", "peak memory", "instructions"];
        let mut table = Table::new(&head);
        for row in &self.rows {
            table.row(self.cells(row));
        }
        table
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let timing = &row.timing;
        vec![
            row.contender.name.clone(),
            milliseconds(timing.median()),
            milliseconds(timing.minimum()),
            milliseconds(timing.p90()),
            self.ratios(row, EMPTY),
            self.ratios(row, GIT),
            row.memory.map_or("not measured".to_owned(), megabytes),
            row.instructions.map_or("not measured".to_owned(), millions),
        ]
    }

    /// The ratio of the medians, and in brackets the median of the rounds' ratios.
    fn ratios(&self, row: &Row, base: &str) -> String {
        let Some(base) = self.named(base) else { return String::new() };
        let (medians, rounds) =
            (row.timing.ratio_of_medians(&base.timing), row.timing.median_of_ratios(&base.timing));
        format!("{medians:.2} ({rounds:.2})")
    }
}

impl Row {
    fn new(contender: Contender, timing: Timing) -> Self {
        let memory = outside::peak_memory(&contender);
        // Under callgrind, a whole registry would take minutes.
        let instructions = if contender.whole { None } else { outside::instructions(&contender) };
        Self { contender, timing, memory, instructions }
    }
}

pub fn milliseconds(value: f64) -> String {
    format!("{value:.2} ms")
}

pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn millions(count: u64) -> String {
    format!("{:.2} M", count as f64 / 1e6)
}
