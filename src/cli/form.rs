//! The forms of reports: the formats that every command has, and those that only some have.
//!
//! What is typed is a [`Form`]. Each command says which it has beside the usual ones ([`super::args::Command::forms`]),
//! and any other is wrong usage before anything is done, with the names of those that there are. So a command that has
//! no further form handles a [`Format`] and can't be given anything else.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::judge::and;
use crate::report::ci;

/// The formats that every command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// For programs: versioned, such as holdpoint/verdict/v1; mistakes are holdpoint/error/v1
    Json,
    /// For a chat or a pull request
    Markdown,
}

/// What a report can be asked for as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In one of the formats that every command has.
    Usual(Format),
    /// A table for spreadsheets.
    Csv,
    /// A page to print.
    Html,
    /// In one of the formats that CI systems read.
    Ci(ci::Format),
}

/// The forms for CI systems.
pub(super) const CI: [Form; 4] = [
    Form::Ci(ci::Format::Github),
    Form::Ci(ci::Format::Sarif),
    Form::Ci(ci::Format::Junit),
    Form::Ci(ci::Format::Gitlab),
];

/// The forms that every command has.
const USUAL: [Form; 3] =
    [Form::Usual(Format::Human), Form::Usual(Format::Json), Form::Usual(Format::Markdown)];

impl Form {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Form::Usual(Format::Human) => "human",
            Form::Usual(Format::Json) => "json",
            Form::Usual(Format::Markdown) => "markdown",
            Form::Csv => "csv",
            Form::Html => "html",
            Form::Ci(format) => format.word(),
        }
    }

    /// The format, if it is one that every command has.
    pub fn usual(self) -> Option<Format> {
        match self {
            Form::Usual(format) => Some(format),
            Form::Csv | Form::Html | Form::Ci(_) => None,
        }
    }
}

impl PartialEq<Format> for Form {
    fn eq(&self, format: &Format) -> bool {
        *self == Form::Usual(*format)
    }
}

/// The usual ones are shown in every help; the others by the commands that have them.
impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Form] {
        const ALL: [Form; 9] =
            [USUAL[0], USUAL[1], USUAL[2], Form::Csv, Form::Html, CI[0], CI[1], CI[2], CI[3]];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Form::Usual(format) => format.to_possible_value(),
            form => Some(PossibleValue::new(form.word()).hide(true)),
        }
    }
}

/// The names of the forms that a command has, `more` beside the usual ones: `human, json and markdown`.
pub(super) fn names(more: &[Form]) -> String {
    and(USUAL.iter().chain(more).map(|form| form.word()))
}

/// Whether a command that has `more` beside the usual ones has this one.
pub(super) fn has(more: &[Form], form: Form) -> bool {
    form.usual().is_some() || more.contains(&form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_typed_by_its_word_and_only_the_usual_ones_are_shown_everywhere() {
        for form in Form::value_variants() {
            assert_eq!(Form::from_str(form.word(), false), Ok(*form));
            let value = form.to_possible_value().unwrap();
            assert_eq!((value.get_name(), value.is_hide_set()), (form.word(), form.usual().is_none()));
        }
        assert_eq!(names(&[Form::Csv]), "human, json, markdown and csv");
        assert!(
            has(&[], Form::Usual(Format::Json))
                && has(&[Form::Csv], Form::Csv)
                && !has(&[Form::Csv], Form::Html)
        );
    }
}
