//! The record, as it is told: what lines say, what was found wrong with it, its heads, and what was put aside.
//!
//! None of this needs the registry itself: a registry with mistakes keeps nobody from reading its record.

mod gist;

pub use gist::{because, gist, gist_of, more, movement};

use crate::model::{Name, Time, format_time};
use crate::record::{Finding, Head, Selected, Spot, Verified};
use crate::report::commands::quoted;
use crate::report::words::{several, some};

/// Whose record it is.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    /// Where the registry lies, as it was named or found.
    pub registry: &'a str,
    /// Whether the caller named it with `--registry`.
    pub named: bool,
    /// The Git commit that it was read from, or stands on.
    pub revision: Option<&'a str>,
    /// Whether it is looked at as of another moment, or in a commit.
    pub simulated: bool,
    /// What there is to say beside it.
    pub notes: &'a [String],
}

impl Book<'_> {
    /// A command about this record, ready to paste.
    pub fn command(&self, words: &str) -> String {
        match self.named {
            true => format!("holdpoint {words} --registry {}", quoted(self.registry)),
            false => format!("holdpoint {words}"),
        }
    }
}

/// Lines of the record.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Whose record.
    pub book: Book<'a>,
    /// The services that were looked at.
    pub services: &'a [Name],
    /// The lines.
    pub selected: &'a Selected,
}

impl Shown<'_> {
    /// `12 of 230 lines of checkout`.
    pub fn headline(&self) -> String {
        let Selected { entries, lines, .. } = self.selected;
        let of = match self.services {
            [] => "of no service".to_owned(),
            services => {
                format!("of {}", some(&services.iter().map(Name::as_str).collect::<Vec<_>>()))
            }
        };
        match entries.len() {
            shown if shown == *lines => format!("{} {of}", several(shown, "line")),
            shown => format!("{shown} of {} {of}", several(*lines, "line")),
        }
    }

    /// What else is to be known of what is shown.
    pub fn notes(&self) -> Vec<String> {
        let older = self.selected.matching - self.selected.entries.len().min(self.selected.matching);
        let older = (older > 0).then(|| format!("{} older not shown", several(older, "line")));
        let unreadable = &self.selected.unreadable;
        let spots: Vec<String> = unreadable.iter().map(Spot::to_string).collect();
        let unreadable = (!spots.is_empty()).then(|| {
            let verify = self.book.command("log verify");
            format!("{} can't be read: {}; `{verify}` says more", several(spots.len(), "line"), some(&spots))
        });
        self.book.notes.iter().cloned().chain(older).chain(unreadable).collect()
    }
}

/// What was found of records.
#[derive(Debug, Clone, Copy)]
pub struct Verifying<'a> {
    /// Whose records.
    pub book: Book<'a>,
    /// Each service's.
    pub records: &'a [Verified],
    /// What is wrong beside the services' own: strange files, heads that fit no service.
    pub beside: &'a [Finding],
}

impl Verifying<'_> {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.beside.is_empty() && self.records.iter().all(Verified::is_whole)
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        if self.is_whole() { "VERIFIED" } else { "BROKEN" }
    }

    /// What comes behind it.
    pub fn headline(&self) -> String {
        let lines = several(self.records.iter().map(|record| record.lines).sum(), "line");
        let services = several(self.records.len(), "service");
        let findings =
            self.beside.len() + self.records.iter().map(|record| record.findings.len()).sum::<usize>();
        match (self.records, findings) {
            ([], 0) => "nothing is recorded yet".into(),
            (_, 0) => format!("{lines} of {services}: as they were written, as far as the chain can tell"),
            (_, findings) => format!("{} in {lines} of {services}", several(findings, "finding")),
        }
    }

    /// What the reader should do next.
    pub fn hint(&self) -> String {
        let head = self.book.command("log head");
        match (self.is_whole(), self.records) {
            (true, []) => String::new(),
            (true, records) if records.iter().any(|record| !record.heads.is_empty()) => {
                format!("keep the new heads elsewhere: `{head}`")
            }
            (true, _) => format!(
                "a tail that was cut off, or a record that was written anew, shows only against an earlier head: \
                 keep the heads elsewhere: `{head}`"
            ),
            (false, _) => "what was there stands in Git's history, if the record is in a repository: \
                           `git log -p -- log`; docs/record.md says more"
                .into(),
        }
    }
}

/// `checkout: 12 lines, 2026-09-30T10:00:00Z to 2026-11-03T10:00:00Z`.
pub fn span(record: &Verified) -> String {
    let lines = several(record.lines, "line");
    let time = |time: Option<Time>| time.map_or("?".into(), format_time);
    match record.lines {
        0 => lines,
        1 => format!("{lines}, {}", time(record.first)),
        _ => format!("{lines}, {} to {}", time(record.first), time(record.last)),
    }
}

/// The head of a record as it is written down; None: it has none that can be kept.
pub fn head_of(record: &Verified) -> Option<Head> {
    let end = record.end.as_ref()?;
    Some(Head { service: Some(record.service.clone()), seq: Some(end.seq?), hash: end.hash.clone() })
}

/// The heads of records.
#[derive(Debug, Clone, Copy)]
pub struct Heads<'a> {
    /// Whose records.
    pub book: Book<'a>,
    /// They, each of one service.
    pub heads: &'a [Head],
}

/// What `log repair` does, or would do.
#[derive(Debug, Clone, Copy)]
pub struct Mending<'a> {
    /// Whose records.
    pub book: Book<'a>,
    /// What is put aside, or was.
    pub aside: &'a [Put],
    /// Files of an act that was cut short and is brought to its end.
    pub finished: &'a [String],
    /// Whether it is only shown.
    pub dry_run: bool,
}

/// Something that is put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Where it stood.
    pub from: String,
    /// Where it is kept; None: that is decided when it is done.
    pub to: Option<String>,
    /// How many bytes.
    pub bytes: u64,
    /// Why.
    pub why: String,
    /// Files that the reader should look at.
    pub look_at: Vec<String>,
}

impl Mending<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.aside.is_empty() && self.finished.is_empty(), self.dry_run) {
            (true, _) => "NOTHING TO REPAIR",
            (false, true) => "WOULD REPAIR",
            (false, false) => "REPAIRED",
        }
    }

    /// What comes behind it.
    pub fn headline(&self) -> String {
        let finished =
            (!self.finished.is_empty()).then(|| "an act that was cut short is brought to its end".into());
        let aside = (!self.aside.is_empty())
            .then(|| format!("{} put aside and kept", several(self.aside.len(), "piece")));
        let parts: Vec<String> = finished.into_iter().chain(aside).collect();
        match parts.is_empty() {
            true => "no record ends with a torn line".into(),
            false => parts.join("; "),
        }
    }

    /// What is done, a line each.
    pub fn lines(&self) -> Vec<String> {
        let finished = self.finished.iter().map(|file| format!("{file}: as the act wanted it"));
        let aside = self.aside.iter().map(|put| {
            let to = put.to.as_ref().map_or(String::new(), |to| format!(", kept as {to}"));
            let look_at = match &*put.look_at {
                [] => String::new(),
                files => format!("; look at {}", some(files)),
            };
            format!("{}: {} bytes{to}: {}{look_at}", put.from, put.bytes, put.why)
        });
        finished.chain(aside).collect()
    }
}
