//! What the reference tools say of pairs of versions, and of texts that are none, made by `make.py`.
//!
//! A line is `a < b`, `a = b` or `a > b`, or `refused a`, with tabs between; `#` begins a comment.

use std::cmp::Ordering;

/// How two versions compare.
pub(super) struct Row<'a> {
    pub(super) a: &'a str,
    pub(super) b: &'a str,
    pub(super) order: Ordering,
}

/// The pairs of a table, which must have so many at least.
pub(super) fn read(table: &str, least: usize) -> Vec<Row<'_>> {
    let rows: Vec<Row> = lines(table).filter(|fields| fields.len() == 3).map(|fields| row(&fields)).collect();
    assert!(rows.len() >= least, "{} pairs", rows.len());
    rows
}

/// The texts of a table that the reference tool refuses, which must be so many at least.
pub(super) fn refused(table: &str, least: usize) -> Vec<&str> {
    let texts: Vec<&str> = lines(table).filter(|fields| fields.len() == 2).map(|fields| fields[1]).collect();
    assert!(texts.len() >= least, "{} texts", texts.len());
    texts
}

fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn row<'a>(fields: &[&'a str]) -> Row<'a> {
    let order = match fields[1] {
        "<" => Ordering::Less,
        "=" => Ordering::Equal,
        ">" => Ordering::Greater,
        other => panic!("no sign: {other:?}"),
    };
    Row { a: fields[0], b: fields[2], order }
}
