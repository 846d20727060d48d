//! Whatever bytes a registry holds: no panic, and a refusal never without its reasons.
//!
//! Real registries with a few bytes, lines or files changed are loaded and judged: 10,000 in every run of
//! the tests, 100,000 in the long one. Two hundred go through the binary as well, whose exit code must be
//! one of the contract's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use holdpoint::judge::{Moment, Question, advise, survey};
use holdpoint::model::{MoveKind, Name, parse_time};
use holdpoint::registry::{Ask, LoadError, MemoryTree, load};

use crate::dice::Dice;

/// What a mutation inserts besides random bytes: whatever has a meaning in TOML or in the format.
const WORDS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\n",
    "#",
    ",",
    ".",
    "\\u0000",
    "\\",
    "\"\"\"",
    "[[",
    "]]",
    "true",
    "1e999",
    "0x",
    "9223372036854775808",
    "2026-13-45",
    "2026-11-22",
    "2026-11-22T03:00:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "*",
    "<1",
    ">=",
    "\u{202e}",
    "\u{0}",
    "\r",
    "\u{feff}",
    "services",
    "affects = []",
    "format = 2\n",
    "[service.checkout]\n",
];

pub fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

pub fn example() -> Vec<(String, Vec<u8>)> {
    files_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"))
}

/// The example with one to four changes.
pub fn mutated(files: &[(String, Vec<u8>)], dice: &mut Dice) -> Vec<(String, Vec<u8>)> {
    let mut files = files.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(files.len());
        match dice.below(12) {
            0 => drop(files.remove(at)),
            1 => {
                let other = dice.below(files.len());
                files[at].1 = files[other].1.clone();
            }
            2 => files[at].0.push(if dice.percent(50) { 'x' } else { '/' }),
            _ => change(&mut files[at].1, dice),
        }
        if files.is_empty() {
            break;
        }
    }
    files
}

fn change(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.is_empty() {
        return;
    }
    let at = dice.below(bytes.len());
    let end = (at + dice.below(40)).min(bytes.len());
    match dice.below(7) {
        0 => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
        1 => drop(bytes.drain(at..end)),
        2 => bytes.truncate(at),
        3 => drop(bytes.splice(at..at, dice.word(WORDS).bytes())),
        4 => drop(bytes.splice(at..end, dice.word(WORDS).bytes())),
        5 => {
            let copy = bytes[at..end].to_vec();
            drop(bytes.splice(at..at, copy));
        }
        _ => {
            let mut lines: Vec<Vec<u8>> =
                bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
            lines.swap(a, b);
            *bytes = lines.concat();
        }
    }
}

/// Loads and judges; what a check does but for the disk and the terminal.
fn check(files: Vec<(String, Vec<u8>)>, dice: &mut Dice) -> &'static str {
    let tree: MemoryTree = files.into_iter().collect();
    let service = Name::new(dice.word(&["checkout", "catalog", "ledger"])).unwrap();
    let ask = if dice.percent(70) { Ask::Service(service.clone()) } else { Ask::Everything };
    let loaded = match load(&tree, "holdpoint.toml", &ask) {
        Ok(loaded) => loaded,
        Err(LoadError::Mistakes(mistakes)) => {
            assert!(!mistakes.list.is_empty(), "refused without a reason");
            for mistake in &mistakes.list {
                let Some(place) = &mistake.place else { continue };
                let text = &mistakes.sources.file(place.file).unwrap().text;
                assert!(text.get(place.span.clone()).is_some(), "a mistake out of its text: {mistake:?}");
            }
            let _ = holdpoint::report::human::mistakes(&mistakes, 80);
            return "refused";
        }
        Err(_) => return "not there",
    };
    let question = Question {
        service,
        environment: Some(Name::new("prod").unwrap()),
        from: None,
        to: (*dice.pick(&["2.3.0", "2026.11.1", "dolomite", "9.9.9"])).into(),
        asked: MoveKind::Rollback,
        incident: None,
        asker: None,
        along: Default::default(),
    };
    let now = parse_time("2026-11-22T04:00:00Z").unwrap();
    let moment = if dice.percent(80) { Moment::present(now) } else { Moment::as_of(now) };
    if let Some(advice) = advise(&loaded.registry, &question, moment) {
        let worst = advice.verdict.reasons.iter().map(|reason| reason.level).max().unwrap_or_default();
        assert_eq!(advice.verdict.level, worst);
        let _ = survey(&loaded.registry, &question, moment);
    }
    "judged"
}

fn many(count: u64) {
    let files = example();
    let (mut refused, mut judged) = (0, 0);
    for seed in 0..count {
        let mut dice = Dice::new(seed);
        let changed = mutated(&files, &mut dice);
        let done = std::panic::catch_unwind(move || check(changed, &mut dice));
        let done = done.unwrap_or_else(|_| panic!("panicked at seed {seed}"));
        refused += usize::from(done == "refused");
        judged += usize::from(done == "judged");
    }
    // Blind mutations would prove nothing, and neither would ones that nothing survives.
    assert!(refused > 100 && judged > 100, "{refused} refused, {judged} judged");
}

#[test]
fn ten_thousand_mutated_registries() {
    many(10_000);
}

#[test]
#[ignore = "long: run by .ci/soak"]
fn a_hundred_thousand_mutated_registries() {
    many(100_000);
}

#[test]
fn two_hundred_through_the_binary() {
    let files = example();
    for seed in 0..200 {
        let mut dice = Dice::new(seed ^ 0xb1a5);
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in mutated(&files, &mut dice) {
            let path = folder.path().join(path.trim_end_matches('/'));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            // A name that already is a folder can't be written; such a tree is just a smaller one.
            let _ = std::fs::write(path, bytes);
        }
        let run = Command::new(env!("CARGO_BIN_EXE_holdpoint"))
            .args(["--registry", folder.path().to_str().unwrap()])
            .args(["rollback-check", "checkout", "2.3.0", "--env", "prod"])
            .env_remove("HOLDPOINT_REGISTRY")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let code = run.status.code().unwrap();
        let said = [run.stdout.as_slice(), run.stderr.as_slice()].concat();
        assert!(
            (0..=5).contains(&code) && code != 2,
            "seed {seed}: exit {code}: {}",
            String::from_utf8_lossy(&said)
        );
        assert!(!said.is_empty(), "seed {seed}: exit {code} without a word");
    }
}
