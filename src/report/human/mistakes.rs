//! Mistakes of a registry for people: where, an excerpt with a caret, what to do.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use anstyle::AnsiColor;

use super::excerpt::Excerpt;
use super::notice::notice;
use super::page::{NONE, Page};
use super::published::published;
use crate::model::Sources;
use crate::registry::{Mistake, Mistakes, Place, Weight};
use crate::report::{Context, plain, words};

/// How many mistakes are shown with their excerpts; the rest is counted.
pub(super) const SHOWN: usize = 50;

/// Writes all mistakes with excerpts, and their count: why nothing was judged.
pub fn mistakes(mistakes: &Mistakes, width: usize) -> String {
    listed(mistakes, width, &format!("{}; nothing was judged", count(mistakes)))
}

/// The same where something was to be written: why nothing was.
pub fn refused(mistakes: &Mistakes, width: usize) -> String {
    listed(mistakes, width, "nothing was written")
}

fn listed(mistakes: &Mistakes, width: usize, end: &str) -> String {
    let mut out = String::new();
    for mistake in mistakes.list.iter().take(SHOWN) {
        out.push_str(&one(&mistakes.sources, mistake, width));
        out.push_str("\n\n");
    }
    out.push_str(end);
    out.push('\n');
    out
}

/// Writes a failure that is no mistake of the registry's.
pub fn failure(message: &str, hint: Option<&str>) -> String {
    let (error, help) = (AnsiColor::Red.on_default().bold(), AnsiColor::Cyan.on_default().bold());
    let mut out = format!("{error}error{error:#}: {}\n", plain(message));
    if let Some(hint) = hint {
        out.push_str(&format!("{help}hint{help:#}: {}\n", plain(hint)));
    }
    out
}

/// `3 mistakes in 2 files`
fn count(mistakes: &Mistakes) -> String {
    let more = match mistakes.list.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" ({more} more than are shown)"),
    };
    format!("{}{more}", words::mistakes(mistakes))
}

/// Writes how far an act got, if one was done, and what is odd and stops nothing, a line or two each.
pub(super) fn warnings(page: &mut Page, context: &Context) {
    context.published.iter().for_each(|reached| published(page, reached));
    context.notice.iter().for_each(|who| notice(page, who));
    if context.warnings.is_empty() {
        return;
    }
    page.gap();
    for warning in context.warnings {
        let line = warning.position(context.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
        let place = format!("{}{line}", warning.file(context.sources));
        let hint = warning.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        page.text(2, &format!("warning: {}: {place}{hint}", warning.message), NONE);
    }
}

/// One mistake with its excerpt.
pub(super) fn one(sources: &Sources, mistake: &Mistake, width: usize) -> String {
    let level = match mistake.weight {
        Weight::Mistake => Level::ERROR,
        Weight::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(plain(&mistake.message)));
    group = match &mistake.place {
        Some(place) => {
            let label = mistake.label.as_deref().unwrap_or_default();
            group.elements(lines(sources, place, AnnotationKind::Primary, label))
        }
        None => group.element(Origin::path(plain(mistake.file(sources)))),
    };
    if let Some((place, words)) = &mistake.also {
        group = group.elements(lines(sources, place, AnnotationKind::Context, words));
    }
    if let Some(hint) = &mistake.hint {
        group = group.element(Level::HELP.with_name("hint").message(plain(hint)));
    }
    Renderer::styled().hyperlink(false).term_width(width).render(&[group])
}

/// `--> file:line:column`, and the line with its caret.
fn lines<'a>(sources: &'a Sources, place: &Place, kind: AnnotationKind, label: &'a str) -> Vec<Element<'a>> {
    let Some(source) = sources.file(place.file) else { return Vec::new() };
    let excerpt = Excerpt::of(source, &place.span);
    let path = plain(&source.path);
    let mark = kind.span(excerpt.mark);
    let mark = if label.is_empty() { mark } else { mark.label(plain(label)) };
    let line = Snippet::source(excerpt.text).line_start(excerpt.line).annotation(mark);
    if excerpt.cut {
        // The renderer would count the column in what is left of the line.
        return vec![Origin::path(path).line(excerpt.line).char_column(excerpt.column).into(), line.into()];
    }
    vec![line.path(path).into()]
}
