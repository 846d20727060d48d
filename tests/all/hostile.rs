//! Texts that nobody means well by, through the acts: stored exactly and shown safely, or refused with the reason.
//!
//! First through the command lines; then as a property of acts and editor on generated texts: what is written is
//! what is loaded, in both forms of a registry.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use holdpoint::act::clear::{self, Candidate, Holder};
use holdpoint::act::{LONGEST, Said, incident};
use holdpoint::model::{FlagKind, Id, Name, Time, parse_time};
use holdpoint::record::{Ids, Known, Occasion, State, Who};
use holdpoint::registry::{Ask, Changed, Changes, MemoryTree, Tree, load};
use tempfile::TempDir;

use crate::dice::Dice;

const MAIN: &str = "format = 1   # ours\n[environment.prod]\n";
const SERVICE: &str = "[service.shop]\nrunning = { prod = \"1.0.0\" }\nrelease = [{ version = \"1.0.0\" }]\n";
const FLAG: &str =
    "[advisory.CVE-1]\ntitle = \"t\"   # a hole\naffects = [{ service = \"shop\", versions = \"*\" }]\n";
const DEBT: &str = "[debt.D1]\nservice = \"shop\"\nenvironment = \"prod\"\nfrom = \"1.0.0\"\nto = \"0.9.0\"\nsubjects = [\"CVE-1\"]\n\
                    reason = \"r\"\nby = \"z@example.com\"\nat = 2026-11-22T02:30:00Z\n";

/// The same registry in its two forms.
fn forms() -> [Vec<(&'static str, String)>; 2] {
    [
        vec![("holdpoint.toml", [MAIN, SERVICE, FLAG, DEBT].join("\n"))],
        vec![
            ("holdpoint.toml", MAIN.to_owned()),
            ("services/shop/service.toml", SERVICE.to_owned()),
            ("services/shop/advisories/CVE-1.toml", FLAG.to_owned()),
            ("services/shop/debts/D1.toml", DEBT.to_owned()),
        ],
    ]
}

fn folder(files: &[(&str, String)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn run(root: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(args).args(["--by", "a@example.com"]).current_dir(root).env_clear().output().unwrap()
}

/// Texts that somebody could type or paste.
fn texts() -> Vec<String> {
    vec![
        "two\nlines\r\nand a \ttab".into(),
        "say \"no\", 'never', \\n, \"\"\"x\"\"\" and '''y'''".into(),
        "\u{1b}[2J\u{1b}[1;1HALLOW\u{7}\u{8}\u{7f}\u{9b}31m".into(),
        "gpj.\u{202e}exe\u{2066}x\u{2069}\u{200f}".into(),
        "a\u{200b}b\u{feff}c\u{2028}d\u{2029}e\u{85}f".into(),
        "] }\n[policy]\nsign_off_max = \"9999d\" # ".into(),
        "| a | `b` @team <script>alert(1)</script> [x](http://e) ![y](z)".into(),
        "--help; $(rm -rf ~) `id` && x".into(),
        "ж".repeat(LONGEST),
        "\"".repeat(LONGEST),
    ]
}

/// Nothing that a terminal, a browser or a viewer of files would obey.
fn is_safe(text: &str) -> bool {
    let unsafe_here = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    !text.chars().any(unsafe_here)
}

/// What a file of the registry says at a path.
fn stored(root: &Path, files: &[&str], path: &[&str]) -> String {
    for file in files {
        let Ok(text) = fs::read_to_string(root.join(file)) else { continue };
        assert!(is_safe(&text), "{file} shows what it should not: {text:?}");
        let table: toml::Value = toml::from_str(&text).unwrap();
        let found = path.iter().try_fold(&table, |value, key| match key.parse::<usize>() {
            Ok(position) => value.get(position),
            Err(_) => value.get(*key),
        });
        if let Some(found) = found {
            return found.as_str().unwrap().to_owned();
        }
    }
    panic!("nothing stands at {path:?}")
}

/// A command with a text in it, and where that text is stored.
struct Way {
    args: &'static [&'static str],
    option: &'static str,
    files: &'static [&'static str],
    path: &'static [&'static str],
}

const WAYS: [Way; 5] = [
    Way {
        args: &["flag-release", "shop", "1.0.0", "--unstable", "--id", "INC-7"],
        option: "--title",
        files: &["services/shop/instabilities/INC-7.toml", "holdpoint.toml"],
        path: &["instability", "INC-7", "title"],
    },
    Way {
        args: &["flag-release", "shop", "1.0.0", "--insecure", "--id", "CVE-7", "--title", "t"],
        option: "--ticket",
        files: &["services/shop/advisories/CVE-7.toml", "holdpoint.toml"],
        path: &["advisory", "CVE-7", "ticket"],
    },
    Way {
        args: &["clear-flag", "CVE-1"],
        option: "--reason",
        files: &["services/shop/advisories/CVE-1.toml", "holdpoint.toml"],
        path: &["advisory", "CVE-1", "withdrawn", "reason"],
    },
    Way {
        args: &["incident", "start", "INC-1", "--service", "shop"],
        option: "--severity",
        files: &["holdpoint.toml"],
        path: &["incident", "INC-1", "severity"],
    },
    Way {
        args: &["review", "D1", "--as", "security"],
        option: "--note",
        files: &["services/shop/debts/D1.toml", "holdpoint.toml"],
        path: &["debt", "D1", "reviews", "0", "note"],
    },
];

#[test]
fn any_text_is_stored_exactly_and_shown_safely() {
    for (index, text) in texts().iter().enumerate() {
        for (way, form) in WAYS.iter().zip(forms().iter().cycle().skip(index % 2)) {
            let root = folder(form);
            let option = format!("{}={text}", way.option);
            let format = ["human", "json", "markdown"][index % 3];
            let output = run(root.path(), &[way.args, &[&option, "--format", format]].concat());
            assert!(output.status.success(), "{:?} {text:?}: {output:?}", way.args);
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert!(is_safe(&said), "{:?} as {format}: {said:?}", way.args);
            assert_eq!(&stored(root.path(), way.files, way.path), text, "{:?}", way.args);

            // The record has one line of it, which can be read; and nothing else of the registry was touched.
            let folder = root.path().join("log/shop");
            let month = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
            let line = fs::read_to_string(month).unwrap();
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
            let lint = run_lint(root.path());
            assert_eq!(lint.status.code(), Some(0), "{lint:?}");
            assert!(is_safe(&String::from_utf8(lint.stdout).unwrap()));
        }
    }
}

fn run_lint(root: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.arg("lint").current_dir(root).env_clear().output().unwrap()
}

#[test]
fn what_nobody_could_read_is_refused_with_the_reason_and_nothing_is_written() {
    let long = "x".repeat(LONGEST + 1);
    for (text, why) in [
        ("", "it is empty"),
        (" \n\t ", "it is empty"),
        ("\u{200b}\u{202e}", "nothing that can be read"),
        (&long, "10001 characters; 10000 are the most"),
    ] {
        for (way, form) in WAYS.iter().zip(forms().iter().cycle()) {
            let root = folder(form);
            let option = format!("{}={text}", way.option);
            let output = run(root.path(), &[way.args, &[&option]].concat());
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{:?} {said}", way.args);
            assert!(said.contains(why) && is_safe(&said), "{:?} {said:?}", way.args);
            for (path, text) in form {
                assert_eq!(&fs::read_to_string(root.path().join(path)).unwrap(), text);
            }
            assert!(!root.path().join("log").exists());
        }
    }
}

/// What strange texts are made of.
const PIECES: [&str; 24] = [
    "a",
    "\"",
    "'",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "#",
    "]",
    "}",
    "[[x]]",
    "\"\"\"",
    "'''",
    "\\u0041",
    "支付",
    "e\u{301}",
    "\u{10ffff}",
];

fn generated(dice: &mut Dice) -> String {
    let mut text = String::from("x");
    for _ in 0..dice.below(24) {
        text.push_str(dice.word(&PIECES));
    }
    text
}

fn now() -> Time {
    parse_time("2026-11-22T03:00:00Z").unwrap()
}

fn occasion(by: &str) -> Occasion {
    Occasion {
        now: now(),
        who: Who { by: by.into(), known: Known::Flag },
        ids: Ids::from(1),
        state: State::default(),
        ci: std::collections::BTreeMap::new(),
    }
}

/// The registry with changes in it, loaded.
fn after(tree: &MemoryTree, changes: &Changes) -> holdpoint::model::Registry {
    let changed = Changed { tree, changes };
    for path in changes.files().keys() {
        let text = String::from_utf8(changed.read(path).unwrap().unwrap()).unwrap();
        assert!(text.contains("# "), "comments stay: {text}");
    }
    load(&changed, "holdpoint.toml", &Ask::Everything).unwrap().registry
}

#[test]
fn what_is_written_is_what_is_loaded() {
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let form = &forms()[usize::try_from(seed % 2).unwrap()];
        let tree: MemoryTree = form.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let (reason, by, word) = (generated(&mut dice), generated(&mut dice), generated(&mut dice));
        let occasion = occasion(&by);
        let holder = if form.len() > 1 { Holder::Own(Name::new("shop").unwrap()) } else { Holder::Shared };
        let target =
            Candidate { id: Id::new("CVE-1").unwrap(), kind: FlagKind::Advisory, holder, alias: None };
        let request =
            clear::Request { target, service: None, reason: Said::new(&reason).unwrap(), fixed_in: None };
        let cleared = clear::clear(&tree, "holdpoint.toml", &request, &occasion).unwrap();
        let registry = after(&tree, &cleared.changes);
        let service = registry.services.values().next().unwrap();
        let withdrawn = registry.flags_of(service).next().unwrap().withdrawn.clone().unwrap();
        assert_eq!((&*withdrawn.reason, withdrawn.by.as_deref()), (&*reason, Some(&*by)), "seed {seed}");

        let request = incident::Start {
            id: Id::new("INC-1").unwrap(),
            services: vec![service.name.clone()],
            severity: Some(Said::new(&word).unwrap()),
            at: None,
        };
        let written = incident::start(&tree, "holdpoint.toml", &request, &occasion).unwrap();
        let registry = after(&tree, &written.changes);
        assert_eq!(registry.incidents[0].severity.as_deref(), Some(&*word), "seed {seed}");
    }
}
