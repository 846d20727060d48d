//! A gate's answer for people: the verdict of the whole, then every move as a check would show it, worst first.

use super::page::{NONE, Page, QUIET, STRONG, of_level};
use super::verdict::matter;
use super::{Detail, Look, warnings};
use crate::model::{Level, format_time};
use crate::report::{Gap, Gated, GatedMove, removed, words};

/// How deep what belongs to the whole stands.
const INDENT: usize = 2;
/// How many moves that may go are named before the rest is only counted.
const NAMED: usize = 20;

/// Writes the answer.
pub fn gate(gated: &Gated, look: Look) -> String {
    let mut page = Page::new(look.width);
    let style = gated.level().map_or(STRONG, of_level);
    page.head(&gated.word().to_uppercase(), style, &gated.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    gated.notes.iter().for_each(|note| page.text(INDENT, note, NONE));
    gaps(&mut page, gated, look);
    moves(&mut page, gated, look);
    tail(&mut page, gated, look);
    page.finish()
}

/// What could not be judged, before all else; then what was passed over knowingly.
fn gaps(page: &mut Page, gated: &Gated, look: Look) {
    let shown = |gap: &&Gap| look.detail == Detail::Verbose || !gap.is_minor();
    let mut gaps: Vec<&Gap> = gated.gaps.iter().filter(shown).collect();
    gaps.sort_by_key(|gap| !gap.stops);
    if !gaps.is_empty() {
        page.gap();
    }
    for gap in gaps {
        let (word, style) =
            if gap.stops { ("not judged", of_level(Level::Block)) } else { ("passed over", QUIET) };
        page.hanging(INDENT, word, style, &gap.message);
        let place = gap.spot.as_ref().map(ToString::to_string);
        let parts: Vec<String> = [place, gap.hint.clone()].into_iter().flatten().collect();
        page.parts(INDENT + 2, &parts);
    }
}

/// The moves that stop or warn in full; those that may go in a line each.
fn moves(page: &mut Page, gated: &Gated, look: Look) {
    let all = gated.worst_first();
    let whole = |of: &&&GatedMove| look.detail == Detail::Verbose || of.level() > Level::Allow;
    for of in all.iter().filter(whole) {
        page.gap();
        one(page, of, look);
    }
    let brief: Vec<_> = all.iter().filter(|of| !whole(of)).collect();
    if !brief.is_empty() {
        page.gap();
    }
    let named = if brief.len() <= NAMED + 1 { brief.len() } else { NAMED };
    for of in &brief[..named] {
        let why = words::why(of.verdict());
        page.hanging(INDENT, of.level().word(), of_level(of.level()), &format!("{}: {why}", about(of)));
    }
    if named < brief.len() {
        page.text(INDENT, &format!("… and {} more that may go", brief.len() - named), QUIET);
    }
}

fn one(page: &mut Page, of: &GatedMove, look: Look) {
    page.head(&of.level().word().to_uppercase(), of_level(of.level()), &about(of));
    let indent = of.level().word().len() + 2;
    if let Some(found) = of.found {
        let mut parts = vec![found.workload.to_string(), found.source.to_string()];
        parts.extend(found.also.iter().map(|spot| format!("also {spot}")));
        page.parts(indent, &parts);
    }
    let notes = of.deciding().answer.notes.iter().cloned();
    of.dissent().into_iter().chain(notes).for_each(|note| page.text(indent, &note, NONE));
    page.gap();
    matter(page, &of.deciding().answer, look);
    if let Some(next) = of.next() {
        page.gap();
        page.text(INDENT, &format!("Next: {next}"), STRONG);
    }
}

/// `rollback checkout 2.4.1 -> 2.3.0 in prod (deploy/prod.yaml:12)`
fn about(of: &GatedMove) -> String {
    let spot = of.spot().map_or(String::new(), |spot| format!(" ({spot})"));
    format!("{}{spot}", words::movement(of.verdict()))
}

fn tail(page: &mut Page, gated: &Gated, look: Look) {
    page.gap();
    gated.removed.iter().for_each(|of| page.text(INDENT, &removed(of), NONE));
    for hint in gated.hints {
        let place = hint.spot.as_ref().map_or(String::new(), |spot| format!(" ({spot})"));
        page.text(INDENT, &format!("{}{place}", hint.text), NONE);
    }
    if look.detail == Detail::Verbose {
        let template = |path: &String| format!("passed over: {path}, a template of a chart");
        gated.templates.iter().for_each(|path| page.text(INDENT, &template(path), QUIET));
    } else if let Some(over) = gated.passed_over() {
        page.text(INDENT, &format!("{over}; -v lists them"), QUIET);
    }
    if let Some(until) = gated.valid_until() {
        page.text(INDENT, &format!("This may change by itself at {}.", format_time(until)), QUIET);
    }
    let context = &gated.context;
    let revision = context.revision.map_or(String::new(), |revision| format!(" at commit {revision}"));
    let as_of = format_time(context.as_of);
    page.text(INDENT, &format!("Judged at {as_of} by {}{revision}.", context.registry), QUIET);
    warnings(page, context);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Spot, UnknownImage, Workload};
    use crate::report::ci::testing;
    use anstream::adapter::strip_str;

    fn text(gated: &Gated, detail: Detail) -> String {
        strip_str(&gate(gated, Look { width: 100, detail })).to_string()
    }

    #[test]
    fn the_verdict_is_the_first_word_and_every_move_stands_below_it() {
        let shop = testing::shop("Session fixation", "");
        let advice = ["2.3.0", "2.4.0"].map(|version| testing::to(&shop, version));
        let found = ["prod.yaml", "other.yaml"].map(|file| testing::found(file, "2.3.0"));
        let moves = [1, 0].map(|at| testing::moved(&shop, &advice[at], &found[at]));
        let gated = testing::gate(&shop, &moves, &[]);
        let want = "\
BLOCK  main..HEAD: 2 moves: 1 block, 1 allow

BLOCK  rollback checkout 2.4.1 -> 2.3.0 in prod (prod.yaml:12)
       Deployment checkout · Kubernetes

  reliability  warn   never ran here as far as the registry knows
               allow  leaves INC-482 (p99 latency x10)
  security     block  reopens CVE-2026-31337 (high, exploited): Session fixation
                      fixed in 2.4.0 · holdpoint.toml:16 · https://example.com/a

  Instead      2.4.0  allow  ran here 16 days, no open flag
               stay   warn   2.4.1 keeps INC-482

  Next: say `2.4.0` in `prod.yaml:12` instead

  allow  rollback checkout 2.4.1 -> 2.4.0 in prod (other.yaml:12): ran here 16 days, no open flag

  Judged at 2026-11-22T00:00:00Z by deploy.
";
        assert_eq!(text(&gated, Detail::Usual), want);
        assert_eq!(text(&gated, Detail::Quiet), "BLOCK  main..HEAD: 2 moves: 1 block, 1 allow\n");
    }

    #[test]
    fn what_was_not_judged_stands_first_and_minor_things_are_only_counted() {
        let shop = testing::shop("t", "");
        let image = UnknownImage {
            image: "redis".into(),
            version: Some("7".into()),
            spot: Spot::new("cache.yaml", 3),
            workload: Workload::default(),
            why: None,
        };
        let gaps = [
            Gap::unknown(&image, false),
            Gap::unjudged(None, "cart in prod", "no service `cart`", Some("register it".into())),
        ];
        let gated = testing::gate(&shop, &[], &gaps);
        let usual = text(&gated, Detail::Usual);
        let head = "UNJUDGED  main..HEAD: no move; 1 not judged\n\n  not judged  cart in prod could not be judged: no service `cart`\n    register it\n";
        assert!(usual.starts_with(head), "{usual}");
        assert!(usual.contains("passed over: 1 image of no known service; -v lists them"), "{usual}");
        let verbose = text(&gated, Detail::Verbose);
        assert!(verbose.contains("redis at 7 belongs to no known service"), "{verbose}");
        assert!(
            text(&testing::gate(&shop, &[], &gaps[..1]), Detail::Quiet)
                .starts_with("ALLOW  main..HEAD: no move\n")
        );
    }
}
