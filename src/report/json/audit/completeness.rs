//! The completeness block of both.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::sentence;
use crate::audit::{Completeness, Head};
use crate::model::format_time;

#[derive(Serialize)]
pub(super) struct CompletenessV1<'a> {
    service: &'a str,
    verified: bool,
    /// All lines of the record.
    lines: usize,
    /// Those of the period: together they are rows, parts of rows, parts of rows of another period, and no decisions.
    in_period: usize,
    rows: usize,
    parts: usize,
    elsewhere: usize,
    beside: usize,
    later: usize,
    unreadable: usize,
    kinds: &'a BTreeMap<String, usize>,
    first: Option<u64>,
    last: Option<u64>,
    /// The numbers that no line has.
    missing: Vec<GapV1>,
    begin: Option<HeadV1<'a>>,
    end: Option<HeadV1<'a>>,
    findings: Vec<FindingV1<'a>>,
}

#[derive(Serialize)]
struct GapV1 {
    first: u64,
    last: u64,
}

#[derive(Serialize)]
struct HeadV1<'a> {
    seq: Option<u64>,
    hash: &'a str,
    at: String,
}

#[derive(Serialize)]
struct FindingV1<'a> {
    message: String,
    at: &'a str,
}

impl<'a> HeadV1<'a> {
    fn of(head: &'a Head) -> HeadV1<'a> {
        HeadV1 { seq: head.seq, hash: &head.hash, at: format_time(head.at) }
    }
}

impl<'a> CompletenessV1<'a> {
    pub fn of(service: &'a str, of: &'a Completeness) -> CompletenessV1<'a> {
        let account = of.account;
        CompletenessV1 {
            service,
            verified: of.is_whole(),
            lines: of.lines,
            in_period: account.lines(),
            rows: account.rows,
            parts: account.parts,
            elsewhere: account.elsewhere,
            beside: account.beside,
            later: of.later,
            unreadable: of.unreadable,
            kinds: &of.kinds,
            first: of.numbers.map(|(first, _)| first),
            last: of.numbers.map(|(_, last)| last),
            missing: of.gaps.iter().map(|(first, last)| GapV1 { first: *first, last: *last }).collect(),
            begin: of.begin.as_ref().map(HeadV1::of),
            end: of.end.as_ref().map(HeadV1::of),
            findings: of
                .wrong
                .iter()
                .map(|(message, at)| FindingV1 { message: sentence(message), at })
                .collect(),
        }
    }
}
