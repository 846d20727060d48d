//! A registered release, for people.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET};
use super::{Detail, Look, warnings};
use crate::act::release::Outcome;
use crate::report::Registering;
use crate::report::registering::{hit, limits};

/// The width of the labels.
const LABEL: usize = 8;

/// Writes what became of a release.
pub fn release(registering: &Registering, look: Look) -> String {
    let mut page = Page::new(look.width);
    head(&mut page, registering);
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let registered = registering.registered;
    let written = registering.written();
    if !(written.is_empty() && registering.hits.is_empty() && registered.notes.is_empty()) {
        page.gap();
    }
    for (key, value) in &written {
        row(&mut page, key, NONE, value);
    }
    for one in registering.hits {
        let column = row(&mut page, "hit by", AnsiColor::Yellow.on_default().bold(), &hit(one));
        let sources = registering.context.sources;
        let place = format!("{}:{}", sources.path(one.flag.origin), sources.line(one.flag.origin));
        page.parts(column, &[limits(one), vec![place]].concat());
    }
    for note in &registered.notes {
        row(&mut page, "note", NONE, note);
    }
    warnings(&mut page, &registering.context);
    let mut out = page.finish();
    if registering.dry_run && !registered.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&registered.changes));
    }
    out
}

/// `ADDED  checkout 2.4.2 in services/checkout/service.toml:93`
fn head(page: &mut Page, registering: &Registering) {
    let request = registering.request;
    let style = match registering.registered.outcome {
        Outcome::Unchanged => QUIET,
        _ => AnsiColor::Green.on_default().bold(),
    };
    let text =
        format!("{} {} {} {}", request.service, request.version, registering.what(), registering.place());
    page.head(registering.word(), style, &text);
}

fn row(page: &mut Page, label: &'static str, style: Style, text: &str) -> usize {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, style)], text)
}
