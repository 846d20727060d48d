//! A registered release, as Markdown.

use super::page::{Page, item, joined, texts};
use super::verdict::{footer, warnings};
use super::{code, text};
use crate::report::human::Detail;
use crate::report::registering::{hit, limits};
use crate::report::{Registering, diff};

/// What the lists may take, each.
const SOME: usize = 12_000;

/// Writes what became of a release.
pub fn release(registering: &Registering, detail: Detail) -> String {
    let mut page = Page::default();
    let (request, registered) = (registering.request, registering.registered);
    let (service, version) = (code(request.service.as_str()), code(&request.version));
    let place = code(&registering.place());
    page.head(registering.word(), &format!("{service} {version} {} {place}", registering.what()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let written = registering.written();
    page.list(SOME, written.iter().map(|(key, value)| format!("{key}: {}", code(value))));
    let hits = registering.hits.iter().map(|one| {
        let sources = registering.context.sources;
        let place = format!("{}:{}", sources.path(one.flag.origin), sources.line(one.flag.origin));
        let limits = joined(&[texts(&limits(one)), vec![code(&place)]].concat());
        item(&format!("**hit by** {}", text(&hit(one))), &[limits])
    });
    page.list(SOME, hits);
    page.list(SOME, texts(&registered.notes).into_iter());
    if registering.dry_run && !registered.changes.is_empty() {
        page.difference(&diff::text(&registered.changes));
    }
    footer(&mut page, &registering.context, None);
    warnings(&mut page, &registering.context);
    page.finish()
}
