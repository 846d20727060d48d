//! Failures: what is told when nothing could be judged, and the exit code for it.

#![expect(clippy::disallowed_methods, reason = "a door: wrong usage is told before anything is resolved")]

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Error;
use clap::error::{ContextKind, ContextValue};

use super::args::Format;
use super::exit;
use super::form::Form;
use super::output::Outputs;
use super::settings::Settings;
use crate::registry::Mistakes;
use crate::report::{ci, csv, html, human, json, markdown, plain};

/// Something that stops a command, in words for three in the morning.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Complaint {
    message: String,
    hint: Option<String>,
    usage: bool,
}

impl Complaint {
    /// Wrong usage: exit code 2.
    pub fn usage(message: &str, hint: &str) -> Complaint {
        Complaint { usage: true, ..Complaint::unjudged(message, Some(hint.into())) }
    }

    /// Could not judge: exit code 3.
    pub fn unjudged(message: impl Into<String>, hint: Option<String>) -> Complaint {
        Complaint { message: message.into(), hint, usage: false }
    }
}

/// The registry has mistakes that concern the check.
#[derive(Debug, thiserror::Error)]
#[error("the registry has mistakes")]
pub(super) struct Broken(pub Mistakes);

/// The registry has mistakes, or would have some, that keep anything from being written.
#[derive(Debug, thiserror::Error)]
#[error("nothing can be written")]
pub(super) struct Refused(pub Mistakes);

/// Tells why nothing was judged, in every report that was asked for, and gives the exit code.
///
/// A file from an earlier run must not pass for this one's report, so files are written as well.
pub(super) fn tell(error: &Error, settings: &Settings) -> ExitCode {
    let outputs = &settings.outputs;
    let text = |form| match form {
        Form::Usual(Format::Human) => as_text(error, outputs),
        Form::Usual(Format::Json) => as_json(error),
        Form::Usual(Format::Markdown) => as_markdown(error),
        Form::Csv => csv::failure(&brief(error)),
        Form::Html => html::failure(&brief(error)),
        Form::Ci(format) => {
            let (message, hint) = brief(error);
            format.write(&ci::Account::of_failure(&message, hint.as_deref()))
        }
    };
    outputs.mutter(&text(Form::Usual(Format::Human)));
    if outputs.on_stdout() != Format::Human {
        outputs.print(&text(outputs.on_stdout()));
    }
    outputs.write_files(text);
    let usage = error.downcast_ref::<Complaint>().is_some_and(|complaint| complaint.usage);
    ExitCode::from(if usage { exit::USAGE } else { exit::UNJUDGED })
}

/// Why something failed, in one sentence, and what to do about it.
pub(super) fn brief(error: &Error) -> (String, Option<String>) {
    let mistakes = error.downcast_ref().map(|Broken(mistakes)| mistakes);
    let mistakes = mistakes.or_else(|| error.downcast_ref().map(|Refused(mistakes)| mistakes));
    let Some(mistakes) = mistakes else {
        let hint = error.downcast_ref::<Complaint>().and_then(|complaint| complaint.hint.clone());
        return (format!("{error:#}"), hint);
    };
    let first = mistakes.list.first().map_or(String::new(), |first| {
        let line = first.position(&mistakes.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
        format!(": {}{line}: {}", first.file(&mistakes.sources), first.message)
    });
    let more = match mistakes.list.len() {
        0 | 1 => String::new(),
        all => format!(" (and {} more)", all - 1),
    };
    (format!("the registry has mistakes{first}{more}"), Some("mend them; `holdpoint lint` shows all".into()))
}

fn as_text(error: &Error, outputs: &Outputs) -> String {
    if let Some(Broken(mistakes)) = error.downcast_ref() {
        return human::mistakes(mistakes, outputs.look.width);
    }
    if let Some(Refused(mistakes)) = error.downcast_ref() {
        return human::refused(mistakes, outputs.look.width);
    }
    let hint = error.downcast_ref::<Complaint>().and_then(|complaint| complaint.hint.as_deref());
    human::failure(&format!("{error:#}"), hint)
}

fn as_json(error: &Error) -> String {
    if let Some(Broken(mistakes)) = error.downcast_ref() {
        return json::errors(mistakes);
    }
    if let Some(Refused(mistakes)) = error.downcast_ref() {
        return json::errors(mistakes);
    }
    let message = format!("{error:#}");
    let complaint = error.downcast_ref::<Complaint>();
    json::failure(json::Failure {
        message: &message,
        hint: complaint.and_then(|complaint| complaint.hint.as_deref()),
    })
}

fn as_markdown(error: &Error) -> String {
    if let Some(Broken(mistakes)) = error.downcast_ref() {
        return markdown::mistakes(mistakes);
    }
    if let Some(Refused(mistakes)) = error.downcast_ref() {
        return markdown::refused(mistakes);
    }
    let hint = error.downcast_ref::<Complaint>().and_then(|complaint| complaint.hint.as_deref());
    markdown::failure(&format!("{error:#}"), hint)
}

/// The longest stretch of an argument that is repeated, in characters.
const REPEATED: usize = 60;

/// What was typed may hold anything: it is repeated cleaned, and cut.
fn clean(error: &mut clap::Error) {
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg, ContextKind::InvalidSubcommand] {
        let Some(ContextValue::String(typed)) = error.get(kind) else { continue };
        let mut shown: String = plain(typed).chars().take(REPEATED).collect();
        if shown != *typed {
            shown.extend((typed.chars().count() > REPEATED).then_some('…'));
            error.insert(kind, ContextValue::String(shown));
        }
    }
}

/// Tells wrong usage in the words of the argument parser; in another format too, when that was asked for.
pub(super) fn usage(mut error: clap::Error, asked: Format) {
    clean(&mut error);
    let _ = error.print();
    let text = error.to_string();
    // Its text is the message, an empty line, then tips and usage.
    let message = plain(text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: "));
    let hint = Some("see `holdpoint --help`");
    let text = match asked {
        Format::Human => return,
        Format::Json => json::failure(json::Failure { message: &message, hint }),
        Format::Markdown => markdown::failure(&message, hint),
    };
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Tells that the program itself is wrong; what the panic said stands above already.
pub(super) fn bug() {
    let text = human::failure(
        "this is a bug in holdpoint; nothing was judged",
        Some("report it with the lines above"),
    );
    let _ = anstream::AutoStream::auto(io::stderr().lock()).write_all(text.as_bytes());
}
