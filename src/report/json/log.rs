//! `holdpoint/log/v1`, `log-verify/v1`, `log-head/v1`, `log-repair/v1`: the record, what is wrong with it, its heads,
//! and what was put aside.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Registry, sentence, text};
use crate::model::{Name, format_time};
use crate::record::{Finding, Head, Verified};
use crate::report::log::{Book, Heads, Mending, Shown, Verifying};

#[derive(Serialize)]
struct LogV1<'a> {
    schema: &'static str,
    services: Vec<&'a str>,
    /// The lines as they stand, each with all its fields.
    lines: Vec<&'a Map<String, Value>>,
    /// Where each of them stands.
    origins: Vec<At<'a>>,
    /// How many lines fit, with those left out for being older than the newest.
    matching: usize,
    /// How many lines the records have in all.
    all: usize,
    unreadable: Vec<At<'a>>,
    notes: Vec<String>,
    simulated: bool,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

fn registry<'a>(book: &Book<'a>) -> Registry<'a> {
    Registry { path: book.registry, revision: book.revision }
}

/// Writes lines of the record.
pub fn log(shown: &Shown) -> String {
    let selected = shown.selected;
    text::write(&LogV1 {
        schema: "holdpoint/log/v1",
        services: shown.services.iter().map(Name::as_str).collect(),
        lines: selected.entries.iter().map(|entry| &entry.says).collect(),
        origins: selected.entries.iter().map(|entry| At { file: &entry.file, line: entry.line }).collect(),
        matching: selected.matching,
        all: selected.lines,
        unreadable: selected.unreadable.iter().map(|spot| At { file: &spot.file, line: spot.line }).collect(),
        notes: shown.notes().iter().map(|note| sentence(note)).collect(),
        simulated: shown.book.simulated,
        registry: registry(&shown.book),
    })
}

#[derive(Serialize)]
struct VerifyV1<'a> {
    schema: &'static str,
    verified: bool,
    message: String,
    services: Vec<RecordV1<'a>>,
    /// What is wrong beside them.
    findings: Vec<FindingV1<'a>>,
    notes: Vec<String>,
    simulated: bool,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct RecordV1<'a> {
    service: &'a str,
    verified: bool,
    lines: usize,
    files: &'a [String],
    first: Option<String>,
    last: Option<String>,
    head: Option<LastV1<'a>>,
    findings: Vec<FindingV1<'a>>,
    warnings: Vec<FindingV1<'a>>,
    /// The earlier heads that were given.
    given: Vec<GivenV1<'a>>,
}

#[derive(Serialize)]
struct LastV1<'a> {
    seq: Option<u64>,
    hash: &'a str,
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct FindingV1<'a> {
    kind: &'static str,
    file: &'a str,
    /// Null: the file as a whole.
    line: Option<usize>,
    message: String,
}

#[derive(Serialize)]
struct GivenV1<'a> {
    hash: &'a str,
    seq: Option<u64>,
    /// The number of the line that it is the hash of; null: of none.
    found: Option<u64>,
}

fn finding(finding: &Finding) -> FindingV1<'_> {
    FindingV1 {
        kind: finding.trouble.word(),
        file: &finding.spot.file,
        line: Some(finding.spot.line).filter(|line| *line > 0),
        message: sentence(&finding.message()),
    }
}

fn record(record: &Verified) -> RecordV1<'_> {
    let end = record.end.as_ref().map(|end| LastV1 {
        seq: end.seq,
        hash: &end.hash,
        file: &end.spot.file,
        line: end.spot.line,
    });
    RecordV1 {
        service: record.service.as_str(),
        verified: record.is_whole(),
        lines: record.lines,
        files: &record.files,
        first: record.first.map(format_time),
        last: record.last.map(format_time),
        head: end,
        findings: record.findings.iter().map(finding).collect(),
        warnings: record.warnings.iter().map(finding).collect(),
        given: record
            .heads
            .iter()
            .map(|(head, found)| GivenV1 { hash: &head.hash, seq: head.seq, found: *found })
            .collect(),
    }
}

/// Writes what was found of records.
pub fn log_verify(verifying: &Verifying) -> String {
    text::write(&VerifyV1 {
        schema: "holdpoint/log-verify/v1",
        verified: verifying.is_whole(),
        message: sentence(&verifying.headline()),
        services: verifying.records.iter().map(record).collect(),
        findings: verifying.beside.iter().map(finding).collect(),
        notes: verifying.book.notes.iter().map(|note| sentence(note)).collect(),
        simulated: verifying.book.simulated,
        registry: registry(&verifying.book),
    })
}

#[derive(Serialize)]
struct HeadsV1<'a> {
    schema: &'static str,
    heads: Vec<HeadV1<'a>>,
    notes: Vec<String>,
    simulated: bool,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct HeadV1<'a> {
    service: Option<&'a str>,
    seq: Option<u64>,
    hash: &'a str,
    /// As `log verify --head` takes it.
    head: String,
}

/// Writes the heads of records.
pub fn log_heads(heads: &Heads) -> String {
    text::write(&HeadsV1 {
        schema: "holdpoint/log-head/v1",
        heads: heads.heads.iter().map(HeadV1::of).collect(),
        notes: heads.book.notes.iter().map(|note| sentence(note)).collect(),
        simulated: heads.book.simulated,
        registry: registry(&heads.book),
    })
}

impl<'a> HeadV1<'a> {
    fn of(head: &'a Head) -> HeadV1<'a> {
        HeadV1 {
            service: head.service.as_ref().map(Name::as_str),
            seq: head.seq,
            hash: &head.hash,
            head: head.to_string(),
        }
    }
}

#[derive(Serialize)]
struct RepairV1<'a> {
    schema: &'static str,
    dry_run: bool,
    message: String,
    aside: Vec<PutV1<'a>>,
    /// The files of an act that was cut short and is brought to its end.
    finished: &'a [String],
    notes: Vec<String>,
    simulated: bool,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct PutV1<'a> {
    from: &'a str,
    /// Null: nothing was done.
    to: Option<&'a str>,
    bytes: u64,
    why: String,
    look_at: &'a [String],
}

/// Writes what was put aside.
pub fn log_repair(mending: &Mending) -> String {
    text::write(&RepairV1 {
        schema: "holdpoint/log-repair/v1",
        dry_run: mending.dry_run,
        message: sentence(&format!("{}: {}", mending.word().to_lowercase(), mending.headline())),
        aside: mending
            .aside
            .iter()
            .map(|put| PutV1 {
                from: &put.from,
                to: put.to.as_deref(),
                bytes: put.bytes,
                why: sentence(&put.why),
                look_at: &put.look_at,
            })
            .collect(),
        finished: mending.finished,
        notes: mending.book.notes.iter().map(|note| sentence(note)).collect(),
        simulated: mending.book.simulated,
        registry: registry(&mending.book),
    })
}
