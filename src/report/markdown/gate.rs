//! A gate's answer as one comment: the verdict first, what to do instead, and the reasons folded away.
//!
//! It ends with a line that nobody sees, [`MARK`], by which whoever posts it finds the comment of an earlier run and
//! puts this one in its place. What is cut for want of room is cut at the least important end: the reasons of the
//! moves that stand least in the way.

use super::page::{LIMIT, Page, SECTION, joined, level};
use super::verdict::{footer, reason, signatures, target, warnings, way_out};
use super::{clipped, code, text};
use crate::gate::Side;
use crate::model::{Level, format_time};
use crate::report::human::Detail;
use crate::report::{Gap, Gated, GatedMove, Plan, Standing, plain, removed, words};

/// The last line of every comment.
pub const MARK: &str = "<!-- holdpoint gate -->";

/// What the table of moves may take.
const TABLE: usize = 14_000;
/// What may be said of each of: what wasn't judged, what to do instead.
const SAID: usize = 6_000;
/// What notes, hints, removals and warnings may take, each.
const LITTLE: usize = 2_500;
/// What the folded reasons may take, and those of one move.
const FOLDED: usize = 24_000;
const ONE: usize = 12_000;
const _: () = assert!(TABLE + 2 * SAID + 4 * LITTLE + FOLDED + SECTION / 3 < LIMIT);
/// The longest version and the like in a fold's headline.
const LONGEST: usize = 80;

/// Writes the comment.
pub fn gate(gated: &Gated, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(&gated.word().to_uppercase(), &text(&gated.headline()));
    if detail > Detail::Quiet {
        body(&mut page, gated, detail);
    }
    page.paragraph(MARK);
    page.finish()
}

fn body(page: &mut Page, gated: &Gated, detail: Detail) {
    let moves = gated.worst_first();
    gaps(page, "Not judged", gated.stopping());
    page.table(TABLE, &["verdict", "move", "why", "where"], moves.iter().map(|of| row(of)));
    instead(page, &moves);
    folds(page, &moves, detail);
    let minor = |gap: &&Gap| !gap.stops && (detail == Detail::Verbose || !gap.is_minor());
    gaps(page, "Passed over", gated.gaps.iter().filter(minor));
    let mut said: Vec<String> = gated.removed.iter().map(|of| text(&removed(of))).collect();
    said.extend(gated.hints.iter().map(|hint| text(&hint.text)));
    said.extend(gated.passed_over().map(|over| text(&over)));
    page.list(LITTLE, said.into_iter());
    page.list(LITTLE, gated.notes.iter().map(|note| text(note)));
    footer(
        page,
        &gated.context,
        gated.valid_until().map(|until| format!("valid until {}", format_time(until))),
    );
    warnings(page, &gated.context);
}

fn gaps<'a>(page: &mut Page, heading: &str, gaps: impl Iterator<Item = &'a Gap>) {
    let gaps: Vec<String> = gaps.map(gap).collect();
    if !gaps.is_empty() {
        page.heading(heading);
        page.list(SAID / 2, gaps.into_iter());
    }
}

fn gap(gap: &Gap) -> String {
    let place = gap.spot.as_ref().map(|spot| format!("at {}", code(&spot.to_string())));
    let hint = gap.hint.as_deref().map(text);
    joined(&[text(&gap.message), hint.unwrap_or_default(), place.unwrap_or_default()])
}

fn row(of: &GatedMove) -> Vec<String> {
    let verdict = of.verdict();
    let spot = of.spot().map_or(String::new(), |spot| code(&spot.to_string()));
    vec![level(of.level()), super::verdict::movement(verdict), text(&words::why(verdict)), spot]
}

/// What to do about each move that may not go.
fn instead(page: &mut Page, moves: &[&GatedMove]) {
    let next = |of: &&GatedMove| {
        let next = of.next()?;
        let movement = &of.verdict().movement;
        let place = movement
            .environment
            .as_ref()
            .map_or(String::new(), |name| format!(" in {}", code(name.as_str())));
        Some(format!("{}{place}: {}", code(movement.service.name.as_str()), text(&next)))
    };
    let all: Vec<String> = moves.iter().filter_map(next).collect();
    if !all.is_empty() {
        page.heading("Instead");
        page.list(SAID, all.into_iter());
    }
}

/// The reasons of each move that anything stands against, in folds. A fold is whole or not there.
fn folds(page: &mut Page, moves: &[&GatedMove], detail: Detail) {
    let whole = |of: &&&GatedMove| of.level() > Level::Allow || detail == Detail::Verbose;
    let (mut room, mut left) = (FOLDED, 0);
    for of in moves.iter().filter(whole) {
        let fold = fold(of, detail);
        let length = fold.chars().count();
        // The first one that doesn't fit is the last that is tried: what stands less in the way isn't shown instead.
        if left == 0 && length <= room {
            room -= length;
            page.paragraph(fold.trim_end());
        } else {
            left += 1;
        }
    }
    if left > 0 {
        page.paragraph(&format!(
            "… and the reasons of {}, which there is no room for.",
            words::several(left, "move")
        ));
    }
}

fn fold(of: &GatedMove, detail: Detail) -> String {
    let mut page = Page::default();
    let answer = of.deciding().answer;
    page.list(ONE / 2, of.reasons().into_iter().map(|standing| standing_reason(&standing)));
    let notes = of.dissent().into_iter().chain(answer.notes.iter().cloned());
    page.list(LITTLE / 2, notes.map(|note| text(&note)).collect::<Vec<_>>().into_iter());
    let plan = Plan::of(answer.advice);
    signatures(&mut page, &answer, &plan);
    way_out(&mut page, &answer, &plan);
    let targets = answer.advice.targets.iter().collect::<Vec<_>>();
    let targets = if detail == Detail::Verbose { targets } else { plan.instead };
    page.table(ONE / 4, &["instead", "verdict", "why"], targets.into_iter().map(target));
    format!("<details><summary>{}</summary>\n{}\n</details>\n", summary(of), page.finish())
}

/// A reason; where only one side's registry gives it, that is said.
fn standing_reason(standing: &Standing) -> String {
    let answer = standing.judged.answer;
    let line = reason(&answer.context, &answer.advice.verdict, standing.reason);
    let side = match standing.side() {
        Some(Side::Base) => "\n  - only by the registry as it was before this change",
        Some(Side::Head) => "\n  - only by the registry as this change leaves it",
        None => "",
    };
    format!("{line}{side}")
}

/// The headline of a fold. It stands in HTML, where Markdown isn't read and mentions are looked for all the same, but
/// not in what is marked as code.
fn summary(of: &GatedMove) -> String {
    let verdict = of.verdict();
    let movement = &verdict.movement;
    let place =
        movement.environment.as_ref().map_or(String::new(), |name| format!(" in {}", html(name.as_str())));
    let from = movement.from.as_ref().map_or_else(|| words::no_from(verdict).into(), |from| html(&from.text));
    let service = html(movement.service.name.as_str());
    format!("<b>{}</b> {} {service} {from} → {}{place}", of.level(), movement.kind, html(&movement.to.text))
}

/// Text as code in HTML.
fn html(raw: &str) -> String {
    let text = clipped(&plain(raw), LONGEST);
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    format!("<code>{text}</code>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ci::testing;

    #[test]
    fn the_verdict_stands_first_and_what_to_do_instead_before_the_folds() {
        let shop = testing::shop("Session fixation", "");
        let (advice, found) = (testing::to(&shop, "2.3.0"), testing::found("deploy/prod.yaml", "2.3.0"));
        let moves = [testing::moved(&shop, &advice, &found)];
        let text = gate(&testing::gate(&shop, &moves, &[]), Detail::Usual);
        assert!(text.starts_with("## BLOCK: main..HEAD: 1 move: 1 block\n"), "{text}");
        assert!(text.ends_with(&format!("{MARK}\n")), "{text}");
        let (instead, fold) = (text.find("### Instead").unwrap(), text.find("<details>").unwrap());
        assert!(instead < fold, "{text}");
        assert!(
            text.contains("- `checkout` in `prod`: say `2.4.0` in `deploy/prod.yaml:12` instead"),
            "{text}"
        );
    }

    #[test]
    fn it_fits_into_a_comment_and_is_cut_at_the_least_important_end() {
        let shop = testing::shop(&"long ".repeat(150), "");
        let advice = ["2.3.0", "2.4.0"].map(|version| testing::to(&shop, version));
        let found: Vec<_> =
            (0..900).map(|n| testing::found(&format!("{n}/{}", "x".repeat(200)), "2.3.0")).collect();
        let moves: Vec<_> =
            found.iter().enumerate().map(|(n, found)| testing::moved(&shop, &advice[n % 2], found)).collect();
        let gaps: Vec<Gap> =
            (0..900).map(|n| Gap::unjudged(None, &format!("cart {n}"), &"why ".repeat(150), None)).collect();
        let text = gate(&testing::gate(&shop, &moves, &gaps), Detail::Usual);
        assert!(text.chars().count() < LIMIT, "{}", text.chars().count());
        assert!(text.starts_with("## UNJUDGED: ") && text.ends_with(&format!("{MARK}\n")));
        assert!(text.contains("and the reasons of 4") && !text.contains("| **allow** | rollback"), "{text}");
        let (open, shut) = (text.matches("<details>").count(), text.matches("</details>").count());
        assert!(open == shut && open > 1);
    }

    #[test]
    fn what_others_wrote_does_nothing() {
        let wild = "@ann <b> </details> #12 <!-- holdpoint gate --> | x";
        let shop = testing::shop(wild, "");
        let (advice, found) =
            (testing::to(&shop, "2.3.0"), testing::found("a @ann </details>.yaml", "2.3.0"));
        let moves = [testing::moved(&shop, &advice, &found)];
        let text = gate(&testing::gate(&shop, &moves, &[]), Detail::Usual);
        let inside = "`a @ann </details>.yaml:12`";
        let ends = text.lines().filter(|line| line.replace(inside, "").contains("</details>"));
        assert_eq!(ends.collect::<Vec<_>>(), ["</details>"], "{text}");
        assert_eq!(text.matches(MARK).count(), 1);
        // Inside of code nobody is called.
        let bare = text.replace(inside, "");
        assert!(!bare.contains(" @ann <") && !bare.contains(" #12 "), "{text}");
        assert_eq!(html("a\"<@b>&c"), "<code>a&quot;&lt;@b&gt;&amp;c</code>");
    }
}
