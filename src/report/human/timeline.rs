//! One service in one environment, release by release: ranges of flags drawn as bars, newest first.

use anstyle::{AnsiColor, Style};

use super::grid::{self, Lines};
use super::page::{NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look};
use crate::model::{FlagKind, Level, Time, format_time};
use crate::report::Context;
use crate::report::status::{FlagRow, Place, ReleaseRow, Stretch, Timeline};

/// The names of the columns of flags.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// How many flags have a column, unless all are asked for.
const COLUMNS: usize = 12;
const INDENT: usize = 2;

/// Writes the releases of each place that shows them, and once what the marks mean.
pub(super) fn write(page: &mut Page, context: &Context, places: &[Place], look: Look) {
    let timelines: Vec<&Timeline> = places.iter().filter_map(|place| place.timeline.as_ref()).collect();
    for place in places {
        let Some(timeline) = &place.timeline else { continue };
        page.gap();
        let environment = place.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        page.text(INDENT, &format!("{}{environment}, newest first", place.service), STRONG);
        page.gap();
        let drawing = Drawing::fitting(timeline, context.as_of, look);
        drawing.write(page);
        drawing.flags_told(page);
    }
    if !timelines.is_empty() {
        page.gap();
        page.parts(INDENT, &marks(&timelines));
    }
}

/// A drawing of a timeline, with the columns that fit.
#[derive(Clone, Copy)]
struct Drawing<'t> {
    timeline: &'t Timeline,
    now: Time,
    all: bool,
    released: bool,
    /// What it did here stands in the row, not below it.
    here: bool,
    flags: usize,
}

impl<'t> Drawing<'t> {
    /// With everything, else without what can be done without.
    fn fitting(timeline: &'t Timeline, now: Time, look: Look) -> Drawing<'t> {
        let all = look.detail == Detail::Verbose;
        let most = timeline.flags.len().min(LETTERS.len());
        let flags = if all || most <= COLUMNS + 1 { most } else { COLUMNS };
        let full = Drawing { timeline, now, all, released: true, here: true, flags };
        let room = look.width.saturating_sub(INDENT);
        let fits = |drawing: &Drawing| {
            grid::width(&drawing.rows().into_iter().map(|(row, _)| row).collect::<Vec<_>>()) <= room
        };
        let mut tries =
            vec![full, Drawing { released: false, ..full }, Drawing { released: false, here: false, ..full }];
        tries.extend((1..flags).rev().map(|flags| Drawing { released: false, here: false, flags, ..full }));
        tries.iter().copied().find(fits).unwrap_or(*tries.last().unwrap_or(&full))
    }

    /// The head, and a row for each stretch.
    fn rows(&self) -> Vec<(Vec<Lines>, Option<Stretch<'t>>)> {
        let mut rows = vec![(self.head(), None)];
        let stretches = self.timeline.stretches(&self.columns(), self.all);
        rows.extend(stretches.into_iter().map(|stretch| (self.row(&stretch), Some(stretch))));
        rows
    }

    /// The flags that have a column.
    fn columns(&self) -> Vec<usize> {
        self.timeline.columns(self.flags)
    }

    fn head(&self) -> Vec<Lines> {
        let word = |word: &str| Lines::one(word, QUIET);
        let mut row = vec![word("release")];
        row.extend(self.released.then(|| word("released")));
        row.extend(["stable", "secure", "both", "go"].map(word));
        let letters: String = LETTERS.chars().take(self.flags).collect();
        row.extend((self.flags > 0).then(|| word(&letters)));
        row.extend(self.here.then(|| word("here")));
        row
    }

    fn row(&self, stretch: &Stretch<'t>) -> Vec<Lines> {
        let release = stretch.first;
        let version = match stretch.count {
            1 => release.version.to_string(),
            _ => format!("{} … {}", release.version, stretch.last.version),
        };
        let strong = if release.runs.is_some() { STRONG } else { NONE };
        let mut row = vec![Lines::one(&version, strong)];
        let day = release.released.filter(|_| stretch.count == 1);
        row.extend(self.released.then(|| Lines::one(&day.map_or(String::new(), date), QUIET)));
        row.extend([release.reliability, release.security].map(mark));
        let both = release.is_stable() && release.is_secure();
        row.push(if both {
            mark(release.reliability.max(release.security))
        } else {
            Lines::one("·", QUIET)
        });
        row.push(Lines::one(release.go.word(), of_level(release.go)));
        row.extend((self.flags > 0).then(|| self.bars(release)));
        row.extend(self.here.then(|| Lines::one(&self.here(stretch), strong)));
        row
    }

    /// A bar where a flag hits: full where it counts, hollow where it will.
    fn bars(&self, release: &ReleaseRow) -> Lines {
        let flags: Vec<_> = self.timeline.flags.iter().zip(&release.hits).collect();
        let columns = self.columns();
        let shown: Vec<_> = columns.iter().filter_map(|column| flags.get(*column)).collect();
        // What looks the same is one part, so that the escapes stay few.
        let bars: Vec<(char, Style)> = shown.into_iter().map(|(flag, hit)| bar(flag, **hit)).collect();
        Lines::parts(
            bars.chunk_by(|a, b| a.1 == b.1)
                .map(|alike| (alike.iter().map(|(bar, _)| bar).collect(), alike[0].1)),
        )
    }

    fn here(&self, stretch: &Stretch<'t>) -> String {
        if stretch.count > 1 {
            return format!("{} releases alike", stretch.count);
        }
        let here = stretch.first.here(self.now);
        if stretch.first.runs.is_some() { format!("◀ {here}") } else { here }
    }

    fn write(&self, page: &mut Page) {
        let (rows, stretches): (Vec<_>, Vec<_>) = self.rows().into_iter().unzip();
        for (lines, stretch) in grid::lines(&rows).into_iter().zip(stretches) {
            lines.iter().for_each(|line| page.raw(INDENT, line));
            let Some(stretch) = stretch else { continue };
            let here = self.here(&stretch);
            if !self.here && !here.is_empty() {
                page.text(2 * INDENT, &here, NONE);
            }
            stretch.last.below.iter().for_each(|line| page.hanging(INDENT, "──", QUIET, line));
        }
    }

    /// What the letters mean, and what isn't drawn.
    fn flags_told(&self, page: &mut Page) {
        if !self.timeline.flags.is_empty() {
            page.gap();
        }
        let columns = self.columns();
        for (index, flag) in self.timeline.flags.iter().enumerate() {
            let column = columns.iter().position(|column| *column == index);
            let letter = column.and_then(|column| LETTERS.chars().nth(column));
            if letter.is_none() && !self.all {
                continue;
            }
            let from = flag.from.map_or(String::new(), |from| format!(", from {}", format_time(from)));
            let style = of_kind(flag.kind);
            page.hanging(INDENT, &letter.unwrap_or('-').to_string(), style, &format!("{}{from}", flag.words));
        }
        let hidden = self.timeline.flags.len().saturating_sub(self.flags);
        if hidden > 0 && !self.all {
            let text = format!("{hidden} more flags have no column here: -v names them, JSON has all.");
            page.text(INDENT, &text, QUIET);
        }
        if !self.all && self.timeline.stretches(&self.columns(), false).len() < self.timeline.releases.len() {
            page.text(INDENT, "Releases alike stand in one row: -v shows each.", QUIET);
        }
    }
}

/// What the marks mean, as far as there are any of a kind.
fn marks(timelines: &[&Timeline]) -> Vec<String> {
    let flag = |wanted: fn(&FlagRow) -> bool| timelines.iter().any(|of| of.flags.iter().any(wanted));
    let untold = timelines.iter().any(|of| of.releases.iter().any(|release| release.hits.contains(&None)));
    let marks = [
        (true, "✓ nothing against it"),
        (true, "~ a warning"),
        (true, "✗ hold or block"),
        (true, "go: the verdict on going there from what runs"),
        (flag(|flag| flag.kind == FlagKind::Advisory && flag.from.is_none()), "█ insecure"),
        (flag(|flag| flag.kind == FlagKind::Instability && flag.from.is_none()), "▓ unstable"),
        (flag(|flag| flag.from.is_some()), "░ flagged later"),
        (untold, "? can't be told"),
    ];
    marks.into_iter().filter(|(there, _)| *there).map(|(_, words)| words.to_owned()).collect()
}

fn bar(flag: &FlagRow, hit: Option<bool>) -> (char, Style) {
    match (hit, flag.from) {
        (Some(false), _) => ('·', QUIET),
        (None, _) => ('?', of_level(Level::Hold)),
        (Some(true), Some(_)) => ('░', of_kind(flag.kind)),
        (Some(true), None) if flag.kind == FlagKind::Advisory => ('█', of_kind(flag.kind)),
        (Some(true), None) => ('▓', of_kind(flag.kind)),
    }
}

fn of_kind(kind: FlagKind) -> Style {
    let colour = match kind {
        FlagKind::Advisory => AnsiColor::Red,
        FlagKind::Instability => AnsiColor::Yellow,
    };
    colour.on_default()
}

fn mark(level: Level) -> Lines {
    let mark = match level {
        Level::Allow => "✓",
        Level::Warn => "~",
        Level::Hold | Level::Block => "✗",
    };
    Lines::one(mark, of_level(level))
}

fn date(time: Time) -> String {
    time.format("%Y-%m-%d").to_string()
}
