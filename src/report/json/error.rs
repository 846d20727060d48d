//! `holdpoint/error/v1`: why nothing was judged.

use serde::Serialize;

use super::{sentence, text};
use crate::model::Sources;
use crate::registry::{Mistake, Mistakes};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/error/v1";

#[derive(Serialize)]
struct Errors<'a> {
    schema: &'static str,
    errors: Vec<One<'a>>,
}

/// One error, or one warning.
#[derive(Serialize)]
pub(super) struct One<'a> {
    message: String,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<String>,
}

impl<'a> One<'a> {
    pub(super) fn of(sources: &'a Sources, mistake: &'a Mistake) -> One<'a> {
        let file = mistake.file(sources);
        let (line, column) = mistake.position(sources).unzip();
        One {
            message: sentence(&mistake.message),
            file: (!file.is_empty()).then_some(file),
            line,
            column,
            hint: mistake.hint.as_deref().map(sentence),
        }
    }
}

/// A failure that is no mistake of the registry's: wrong usage, a name that isn't there, a full disk.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// What failed.
    pub message: &'a str,
    /// What to do about it.
    pub hint: Option<&'a str>,
}

/// Writes a failure.
pub fn failure(failure: Failure) -> String {
    let one = One {
        message: sentence(failure.message),
        file: None,
        line: None,
        column: None,
        hint: failure.hint.map(sentence),
    };
    text::write(&Errors { schema: SCHEMA, errors: vec![one] })
}

/// Writes all mistakes of a registry.
pub fn errors(mistakes: &Mistakes) -> String {
    let errors = mistakes.list.iter().map(|mistake| One::of(&mistakes.sources, mistake)).collect();
    text::write(&Errors { schema: SCHEMA, errors })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there() {
        let json = failure(Failure { message: "no service `x`", hint: None });
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["schema"], SCHEMA);
        let error = value["errors"][0].as_object().unwrap();
        assert_eq!(error.keys().collect::<Vec<_>>(), ["message", "file", "line", "column", "hint"]);
    }
}
