//! The formats for CI systems, for every case of the finder: each against its standard's own schema.
//!
//! The schemas come with `validate.py` in a folder `shared` beside the repository, and it needs Python packages
//! (`pip install jsonschema referencing lxml rfc3339-validator`; `PYTHON` names another interpreter). Where any of
//! that isn't there, the formats are read back only, and the test says so.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use holdpoint::gate::{Found, FoundMove, Side};
use holdpoint::judge::{Advice, Moment, Question, advise};
use holdpoint::model::{MoveKind, Registry, parse_time};
use holdpoint::report::ci::{Account, Format};
use holdpoint::report::human::{Detail, Look};
use holdpoint::report::{Answer, Asked, Context, Gap, Gated, GatedMove, Judged, human, json, markdown};
use serde_json::Value;

use crate::finder;

/// What a title may hold at its worst: line breaks, a terminal's escapes, XML's and HTML's ends, commands of
/// runners, mentions, what XML forbids.
const WILD: &str = r##"title = "]]> --> \u001b[2J\u0000 </failure> &amp; \" %0A\r\n::error::x\n##[error]y @ann #12 \uFFFE\uFFFF \u202E| ` "##;

/// Everything that a gate says of what was found, in every format.
fn reports(registry: &Registry, found: &Found) -> Vec<(&'static str, String)> {
    let moment = Moment::as_of(parse_time("2026-11-22").unwrap());
    let context = Context {
        sources: &registry.sources,
        registry: ".",
        named: false,
        revision: None,
        committed: false,
        published: None,
        notice: None,
        as_of: moment.now,
        simulated: false,
        longest: None,
        warnings: &[],
    };
    let advice = |found: &FoundMove| -> Advice<'_> {
        let question = Question {
            to: found.to.version.clone(),
            ..Question::of_place(&found.service, Some(&found.environment), MoveKind::Redeploy)
        };
        advise(registry, &question, moment).unwrap()
    };
    let advices: Vec<Advice> = found.moves.iter().map(advice).collect();
    let moves: Vec<GatedMove> = found
        .moves
        .iter()
        .zip(&advices)
        .map(|(found, advice)| GatedMove {
            found: Some(found),
            said: None,
            judged: Judged { side: None, answer: Answer { context, advice, notes: &[] } },
            also: None,
        })
        .collect();
    let unreadable = found.unreadable.iter().filter(|file| file.side == Side::Head);
    let gaps: Vec<Gap> = unreadable
        .map(|file| Gap::unreadable(file, false))
        .chain(found.unmapped.iter().map(|place| Gap::unmapped(place, false)))
        .chain(found.unknown_images.iter().map(|image| Gap::unknown(image, image.version.is_none())))
        .collect();
    let gated = Gated {
        context,
        asked: Asked::Rendered { base: "base", head: "head" },
        moves: &moves,
        removed: &found.removed,
        gaps: &gaps,
        hints: &found.hints,
        templates: &found.templates,
        notes: &[],
    };
    let account = Account::of(&gated);
    let mut all: Vec<(&str, String)> =
        Format::ALL.into_iter().map(|format| (format.word(), format.write(&account))).collect();
    all.push(("json", json::gate(&gated)));
    all.push(("markdown", markdown::gate(&gated, Detail::Verbose)));
    all.push(("human", human::gate(&gated, Look { width: 80, detail: Detail::Usual })));
    all
}

/// What can be said of a report without its schema.
fn hold(case: &str, format: &str, text: &str) {
    let wrong = |what: &str| panic!("{case}, {format}: {what}\n{text}");
    let clean = |c: char| c == '\n' || !c.is_control();
    if !text.replace('\u{1b}', "").chars().all(clean) || format != "human" && text.contains('\u{1b}') {
        wrong("a control character");
    }
    match format {
        "json" | "sarif" | "gitlab" => drop(serde_json::from_str::<Value>(text).unwrap()),
        "markdown" if text.chars().count() >= 65_536 => wrong("too long for a comment"),
        "github" => {
            let (last, commands) = text.trim_end().split_last_line();
            let command =
                |line: &str| ["::error ", "::warning ", "::notice "].iter().any(|of| line.starts_with(of));
            if !commands.lines().all(command) || last.contains("::") {
                wrong("a line that is no command of ours");
            }
        }
        _ => {}
    }
    // A runner takes it for a command wherever it stands; in a command's own value it is only text.
    if format != "github" && text.contains("##[") {
        wrong("a command");
    }
}

trait Lines {
    fn split_last_line(&self) -> (&str, &str);
}

impl Lines for str {
    fn split_last_line(&self) -> (&str, &str) {
        self.rsplit_once('\n').map_or((self, ""), |(before, last)| (last, before))
    }
}

#[test]
fn every_report_of_every_case_is_as_its_standard_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut list = String::new();
    let cases = finder::cases();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        for (way, registry) in
            [("plain", finder::text(case)), ("wild", finder::text(case).replace("title = \"", WILD))]
        {
            let registry = finder::loaded(&registry);
            for (format, text) in reports(&registry, &finder::trees(case).find(&registry)) {
                hold(name, format, &text);
                let file = folder.path().join(format!("{name}-{way}.{format}"));
                fs::write(&file, text).unwrap();
                if matches!(format, "sarif" | "junit" | "gitlab") {
                    list.push_str(&format!("{format} {}\n", file.display()));
                }
            }
        }
    }
    for format in Format::ALL {
        let text = format.write(&Account::of_failure("no `holdpoint.toml` \u{1b}]]>", Some("::error::<x>")));
        let file = folder.path().join(format!("failure.{}", format.word()));
        fs::write(&file, &text).unwrap();
        if format != Format::Github {
            list.push_str(&format!("{} {}\n", format.word(), file.display()));
        }
    }
    validate(&list);
}

/// Runs `validate.py` over a list of kinds and files, where it and what it needs is there.
fn validate(list: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/validate.py");
    let python = python();
    let has = Command::new(&python).args(["-c", "import jsonschema, referencing, lxml"]).output();
    if !script.exists() || !has.is_ok_and(|output| output.status.success()) {
        println!("skipped: the schemas, or Python's jsonschema, referencing and lxml, aren't here");
        return;
    }
    let each = "import sys, runpy\n\
                kinds = runpy.run_path(sys.argv[1])\n\
                for line in sys.stdin:\n\
                \x20   kind, path = line.rstrip('\\n').split(' ', 1)\n\
                \x20   for fault in kinds[kind](path): print(path, fault)\n";
    let mut child = Command::new(&python)
        .args(["-c", each])
        .arg(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(list.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let faults = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && faults.is_empty(), "{faults}");
}

/// The interpreter that has the packages.
pub fn python() -> PathBuf {
    std::env::var_os("PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}
