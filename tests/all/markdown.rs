//! Whatever a registry holds, a Markdown report stays below the limit of a comment, keeps its tables in shape, calls
//! nobody, and always says the verdict, both keys and what to do next.

use std::fmt::Write as _;

use holdpoint::judge::{Advice, Moment, Question, advise, overview, survey, timeline, why};
use holdpoint::model::{MoveKind, Name, Registry, parse_time};
use holdpoint::registry::{Ask, LoadError, MemoryTree, load};
use holdpoint::report::difference::{Compares, Comparing, Revision};
use holdpoint::report::explain::{Found, Glance, Known};
use holdpoint::report::human::Detail;
use holdpoint::report::policy::{InForce, Reasoned};
use holdpoint::report::status::{Place, Status, Timeline};
use holdpoint::report::{Answer, Context, Survey, markdown};
use holdpoint::survey::{Pair, touched};

use crate::dice::Dice;

/// What GitHub takes in one comment, in characters.
const LIMIT: usize = 65_536;
/// What titles, reasons and names are thrown together from.
const PIECES: &[&str] = &[
    "@alice",
    "@org/team",
    "#12",
    "shop/web#7",
    "!9",
    "GH-3",
    "9f3c2ab",
    "|",
    "||",
    "`",
    "``",
    "```",
    "\\",
    "\\|",
    "*",
    "_",
    "~~",
    "<b>",
    "&",
    "![x](https://evil.example)",
    "[",
    "](",
    ")",
    "www.evil.example",
    "mailto:a@b.example",
    ":tada:",
    "$x$",
    "\n",
    "\r",
    "\u{1b}[2J",
    "\u{202e}",
    "请求走私",
    "🚨",
    "- ",
    "# ",
    "> ",
    "1. ",
    "/close",
    "<!--",
    "-->",
    "word",
    "and",
    "plain text",
    "&lt;",
];

/// Text of about so many pieces.
fn text(dice: &mut Dice, most: usize) -> String {
    let count = 1 + dice.below(most);
    (0..count)
        .map(|_| format!("{}{}", dice.pick(PIECES), if dice.below(2) == 0 { " " } else { "" }))
        .collect()
}

/// A text as TOML.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A registry with so many of everything, all of it hostile.
fn registry(dice: &mut Dice, many: usize, long: usize) -> Registry {
    let main = hostile(dice, many, long);
    let mut tree = MemoryTree::default();
    tree.put("holdpoint.toml", main.as_str());
    match load(&tree, "holdpoint.toml", &Ask::Everything) {
        Ok(loaded) => loaded.registry,
        Err(LoadError::Mistakes(mistakes)) => panic!("{:?}\n{main}", mistakes.list),
        Err(other) => panic!("{other:?}"),
    }
}

/// Its text.
pub(super) fn hostile(dice: &mut Dice, many: usize, long: usize) -> String {
    let mut main = String::from(
        "format = 1\n[service.shop]\nowner = { security = \"appsec\" }\nrunning = { prod = \"1.9.0\" }\n",
    );
    let deploy = format!("x{}", text(dice, 100 * long));
    write!(main, "about = {}\ndeploy = {}\n", quoted(&text(dice, long)), quoted(&deploy)).unwrap();
    for minor in 0..10 {
        write!(main, "[[service.shop.release]]\nversion = \"1.{minor}.0\"\n").unwrap();
    }
    for minor in 2..8 {
        let (reason, undo) =
            (quoted(&format!("x{}", text(dice, 20 * long))), quoted(&format!("x{}", text(dice, 20 * long))));
        write!(main, "[[service.shop.barrier]]\nbefore = \"1.{minor}.0\"\nreason = {reason}\n").unwrap();
        if minor % 2 == 0 {
            write!(main, "reversible = true\nundo = {undo}\n").unwrap();
        }
    }
    for id in 0..many {
        let title = quoted(&format!("x{}", text(dice, long)));
        let url = quoted(&format!("https://example.com/{}", text(dice, 3)));
        let severity = dice.pick(&["low", "medium", "high", "critical"]);
        write!(main, "[advisory.CVE-{id}]\ntitle = {title}\nurl = {url}\nseverity = \"{severity}\"\n")
            .unwrap();
        writeln!(main, "affects = [{{ service = \"shop\", versions = \"<1.{}.0\" }}]", 1 + dice.below(8))
            .unwrap();
        writeln!(main, "mitigation = [{{ id = \"m\", do = {title}, lowers_to = \"hold\" }}]").unwrap();
        write!(
            main,
            "[[rule]]\nname = {}\nwhen = {{ tier = {title} }}\nthen = \"hold\"\n",
            quoted(&format!("r{id}{}", text(dice, long)))
        )
        .unwrap();
        let by = quoted(&format!("x{}", text(dice, long)));
        write!(main, "[sign-off.S{id}]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\naccepts = [\"CVE-{id}\"]\n").unwrap();
        write!(main, "as = \"security\"\nby = {by}\nreason = \"x\"\nat = 2026-11-21T20:00:00Z\nexpires = 2026-11-22T08:00:00Z\n").unwrap();
    }
    main
}

fn question(to: &str) -> Question {
    Question {
        service: Name::new("shop").unwrap(),
        environment: Some(Name::new("prod").unwrap()),
        from: None,
        to: to.into(),
        asked: MoveKind::Rollback,
        incident: None,
        asker: None,
        along: Default::default(),
    }
}

fn moment() -> Moment {
    Moment::present(parse_time("2026-11-22T03:00:00Z").unwrap())
}

fn context<'a>(registry: &'a Registry, simulated: bool) -> Context<'a> {
    Context {
        sources: &registry.sources,
        registry: "some|where/@team",
        named: true,
        revision: Some("0123456789abcdef0123456789abcdef01234567"),
        committed: false,
        as_of: moment().now,
        simulated,
        longest: None,
        warnings: &[],
        published: None,
        notice: None,
    }
}

/// The lines outside fenced blocks, as they are and without their code spans.
pub(super) fn outside_code(markdown: &str) -> Vec<(&str, String)> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        match fence {
            Some(mark) if line == mark => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line),
            None if line == "</details>" => {}
            None if line.starts_with("<details><summary>") => {
                let summary =
                    line.strip_prefix("<details><summary>").and_then(|rest| rest.strip_suffix("</summary>"));
                let ours = |c: char| c.is_ascii_alphanumeric() || " :,".contains(c);
                assert!(summary.is_some_and(|summary| summary.chars().all(ours)), "{line}");
            }
            None => lines.push((line, without_spans(line).replace("&#124;", " "))),
        }
    }
    assert!(fence.is_none(), "a block isn't closed");
    lines
}

fn without_spans(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let run = |at: usize| chars[at..].iter().take_while(|c| **c == '`').count();
    let (mut out, mut at) = (String::new(), 0);
    while at < chars.len() {
        match chars[at] {
            '\\' => {
                at += 2; // an escaped character does nothing
            }
            '`' => {
                let length = run(at);
                let mut end = at + length;
                while end < chars.len() && run(end) != length {
                    end += run(end).max(1);
                }
                assert!(end < chars.len(), "a code span isn't closed: {line}");
                at = end + length;
            }
            '<' => {
                let link: String = chars[at..].iter().take_while(|c| **c != '>').collect();
                assert!(link.starts_with("<https://example.com/"), "{line}");
                at += link.chars().count() + 1;
            }
            c => {
                out.push(c);
                at += 1;
            }
        }
    }
    out
}

/// Holds a report against what must always be so.
#[track_caller]
fn check(report: &str) {
    let length = report.chars().count();
    assert!(length <= LIMIT, "{length} characters");
    let mut columns = None;
    for (raw, line) in outside_code(report) {
        for bad in ["@a", "@o", "#1", "!9", "://", "www.", ":tada:", "![", "]("] {
            assert!(!line.contains(bad), "`{bad}` in: {line}");
        }
        for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            assert!(!["9f3c2ab", "GH-3"].contains(&word), "{line}");
        }
        assert!(!line.starts_with(['/', '>']), "{line}");
        // In a table a pipe divides even inside a code span, unless a backslash stands before it.
        let pipes = raw.matches('|').count() - raw.matches(r"\|").count();
        match (line.starts_with('|'), columns) {
            (true, None) => columns = Some(pipes),
            (true, Some(of_head)) => assert_eq!(pipes, of_head, "{line}"),
            (false, _) => {
                assert!(!line.contains('|'), "{line}");
                columns = None;
            }
        }
    }
}

fn verdict(context: Context, advice: &Advice, notes: &[String], detail: Detail) {
    let report = markdown::verdict(&Answer { context, advice, notes }, detail);
    check(&report);
    let level = advice.verdict.level.word();
    assert!(report.starts_with(&format!("## {}: ", level.to_uppercase())));
    assert!(report.contains("\n| reliability | security |\n|---|---|\n| **"));
    let (_, next) = report.split_once("\n### Next\n\n").unwrap();
    let said = next.starts_with("```")
        || ["check again", "stay on", "have it", "both"].iter().any(|s| next.starts_with(s));
    assert!(said, "{}", &next[..next.len().min(200)]);
    assert!(next.contains("as of 2026-11-22T03:00:00Z"));
}

#[test]
fn no_report_is_too_long_or_does_anything() {
    for seed in 0..8 {
        let mut dice = Dice::new(seed);
        let many = [1, 5, 40, 80][usize::try_from(seed % 4).unwrap()];
        let long = [2, 8, 40][usize::try_from(seed % 3).unwrap()];
        let registry = registry(&mut dice, many, long);
        let notes: Vec<String> = (0..many).map(|_| text(&mut dice, long)).collect();
        let context = context(&registry, seed % 2 == 0);
        for to in [["1.1.0", "1.9.0"], ["1.0.0", "3.0.0"]][usize::from(seed % 2 == 0)] {
            let advice = advise(&registry, &question(to), moment()).unwrap();
            verdict(context, &advice, &notes, Detail::Usual);
            verdict(context, &advice, &notes, Detail::Verbose);
            let why = why(&registry, &question(to), moment()).unwrap();
            check(&markdown::why(&Reasoned { context, why: &why, notes: &notes }, Detail::Usual));
        }
        let targets = survey(&registry, &question(""), moment()).unwrap();
        let service = &registry.services[&Name::new("shop").unwrap()];
        let survey = Survey { context, service, environment: None, targets: &targets };
        check(&markdown::targets(&survey, Detail::Verbose));
        check(&markdown::policy(&in_force(&registry, context), Detail::Usual));
        let glance = Glance::at(&registry, &service.name, "cve-0", moment());
        let found = Found::of([glance], "cve-0");
        let known = Known { context, asked: "cve-0", flags: &found.flags, notes: &notes };
        assert_eq!(found.flags.len(), 1);
        check(&markdown::known(&known, Detail::Verbose));
    }
}

#[test]
fn a_difference_is_cut_at_its_least_important_end() {
    for (seed, many, long, environments) in
        [(1, 1, 2, 1), (2, 6, 8, 40), (3, 40, 40, 1), (4, 60, 2, 1), (5, 16, 300, 3)]
    {
        let mut dice = Dice::new(seed);
        let (one, other) = (hostile(&mut dice, many, long), hostile(&mut dice, many / 2, long));
        let in_many = |text: &str| {
            let running: Vec<String> =
                (1..environments).map(|index| format!("e{index} = \"1.9.0\"")).collect();
            text.replace(
                "prod = \"1.9.0\"",
                &[vec!["prod = \"1.9.0\"".to_owned()], running].concat().join(", "),
            )
        };
        let (one, other) = (in_many(&one), in_many(&other));
        for (before, after) in [(&one, &other), (&other, &one)] {
            let trees = [before, after].map(|text| {
                let mut tree = MemoryTree::default();
                tree.put("holdpoint.toml", text.as_str());
                tree
            });
            let touched = touched(["holdpoint.toml"], "holdpoint.toml", &trees[0], &trees[1]);
            let pair = Pair::open(&trees[0], &trees[1], "holdpoint.toml", moment()).unwrap();
            let names = pair.names(&touched);
            let looked = names.iter().map(|name| pair.look(name, &touched, &trees[0], &trees[1]));
            let reviewed = pair.finish(looked.collect::<Vec<_>>());
            let registry = Registry::default();
            let said = text(&mut dice, long);
            let comparing = Comparing {
                context: context(&registry, seed % 2 == 0),
                what: Compares::Registry,
                before: Revision { said: &said, id: Some("0123456789abcdef0123456789abcdef01234567") },
                after: Revision { said: &said, id: None },
                reviewed: &reviewed,
            };
            assert!(reviewed.mistakes.is_empty() && reviewed.unread.is_empty());
            let report = markdown::difference(&comparing, Detail::Usual);
            check(&report);
            assert_eq!(report.matches("<details>").count(), report.matches("</details>").count());
            assert!(report.contains("compared") && report.starts_with("## "), "the end is there, too");
        }
    }
}

fn in_force<'a>(registry: &'a Registry, context: Context<'a>) -> InForce<'a> {
    InForce {
        context,
        service: None,
        environment: None,
        policy: &registry.policy,
        rules: registry.rules.iter().enumerate().map(|(index, rule)| (index + 1, rule)).collect(),
        freezes: registry.freezes.iter().collect(),
        left_out: 0,
    }
}

#[test]
fn thousands_of_mistakes_are_cut_and_counted() {
    let mut main = String::from("format = 1\n");
    for id in 0..3_000 {
        writeln!(main, "[advisory.CVE-{id}]\n\"@alice#{id} | `x\" = 1").unwrap();
    }
    let mut tree = MemoryTree::default();
    tree.put("holdpoint.toml", main.as_str());
    let Err(LoadError::Mistakes(mistakes)) = load(&tree, "holdpoint.toml", &Ask::Everything) else {
        panic!()
    };
    let report = markdown::mistakes(&mistakes);
    check(&report);
    assert!(report.starts_with("## NOT JUDGED: ") && report.contains("more\n"));
}

#[test]
fn a_service_in_any_number_of_environments_stays_below_the_limit() {
    for (environments, releases, long) in [(1, 150, 4), (5, 30, 20), (20, 12, 60), (300, 4, 1), (300, 2, 90)]
    {
        let name = |index: usize| format!("e{index:03}{}", "x".repeat(long));
        let runs = |index: usize| format!("{} = \"1.{}.0\"", name(index), index % releases);
        let running: Vec<String> = (0..environments).map(runs).collect();
        let mut main = format!("format = 1\n[service.shop]\nrunning = {{ {} }}\n", running.join(", "));
        for minor in 0..releases {
            write!(main, "[[service.shop.release]]\nversion = \"1.{minor}.0\"\n").unwrap();
            let title = "@alice | ".repeat(long);
            let affects = format!("affects = [{{ service = \"shop\", versions = \"1.{minor}.0\" }}]");
            write!(main, "[advisory.C-{minor}]\ntitle = \"{title}\"\n{affects}\n").unwrap();
        }
        let mut tree = MemoryTree::default();
        tree.put("holdpoint.toml", main);
        let registry = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry;
        let service = &registry.services[&Name::new("shop").unwrap()];
        let places = (0..environments).map(|index| {
            let environment = Some(Name::new(&name(index)).unwrap());
            let seen = overview(&registry, &service.name, environment.as_ref(), moment()).unwrap();
            let all = timeline(&registry, &service.name, environment.as_ref(), moment()).unwrap();
            Place { timeline: Some(Timeline::of(service, &all, moment().now)), ..Place::of(&registry, &seen) }
        });
        let status = Status::new(places.collect(), Vec::new(), 1, 1);
        for detail in [Detail::Usual, Detail::Verbose] {
            let report = markdown::status(&context(&registry, true), &status, detail);
            check(&report);
            assert!(report.contains("newest first"), "one at least is shown");
            assert_eq!(report.contains("name one with `--env`"), environments > 20, "{environments}");
        }
    }
}
