//! `format`: which version of the format a registry is written in.

use crate::registry::document::{Data, Map};
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::Table;

/// The format that this holdpoint reads.
const FORMAT: u32 = 1;

/// The mistake of a registry that was written for a newer holdpoint, whose other keys can't be understood.
pub(super) fn newer(main: &Map<'_>, file: u32) -> Option<Mistake> {
    let value = main.get("format")?;
    let Data::Integer(digits, radix) = &value.data else { return None };
    let newer = match u32::from_str_radix(digits, *radix) {
        Ok(format) => format > FORMAT,
        Err(_) => !digits.starts_with('-'), // too large to count is newer still
    };
    newer.then(|| {
        Mistake::at(Place::new(file, value.span()), "the registry is written for a newer holdpoint")
            .label(format!("this holdpoint reads format {FORMAT}"))
            .hint("install the newer holdpoint; an older one would have to guess what it doesn't know")
    })
}

/// Reports a `format` that is missing or wrong.
pub(super) fn check(root: &Table<'_>) {
    let Some(value) = root.get("format") else { return };
    match value.raw() {
        Data::Integer(digits, radix) if u32::from_str_radix(digits, *radix) == Ok(FORMAT) => {}
        Data::Integer(..) => value.report_hint("there is no such `format`", "write `format = 1`"),
        Data::Text(_) => {
            _ = value.wrong::<()>("a number", Some("write it without quotes: `format = 1`".to_owned()))
        }
        _ => _ = value.wrong::<()>("a number", Some("write `format = 1`".to_owned())),
    }
}
