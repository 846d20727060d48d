//! The whole tool by folders of data: `tests/cases/<name>/` holds a command, mostly a registry, and what comes out.
//!
//! | file | what |
//! |---|---|
//! | `command` | the arguments after `holdpoint`; lines are joined, `'…'` holds blanks, `#` begins a comment line |
//! | `env` | variables as `NAME=value`, a line each; without it there are none but those set here |
//! | `stdout`, `stderr`, `code` | what the command says; a missing file stands for nothing said |
//! | `json` | what the same command says with `--format json`, with the same exit code |
//! | `markdown` | where that file is there: what it says with `--format markdown`, with the same exit code |
//! | `at-60`, `at-80` | where they are there: what stands on standard output in so many columns |
//! | `in-colour` | where it is there: the same with `--color always`, each escape character shown as `␛` |
//!
//! The command runs inside the case's `registry/`, or inside the case where there is none: then it names a
//! registry elsewhere, such as one of the examples.
//! `HOLDPOINT_BLESS=1 cargo test` writes all expectations anew; look at the difference before you commit it.
//! `HOLDPOINT_CASE=name` runs the cases whose names hold `name`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Other views of the same answer, each pinned where its file is there: the file, and what is added to the command.
const VIEWS: [(&str, &[&str]); 3] = [("at-60", &[]), ("at-80", &[]), ("in-colour", &["--color", "always"])];

/// What one run of the program said.
struct Said {
    stdout: String,
    stderr: String,
    code: String,
}

#[test]
fn every_case_says_what_it_said() {
    let mut failures = String::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        if let Err(failure) = check(&case) {
            write!(failures, "\n== tests/cases/{name}\n{failure}").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}\n(HOLDPOINT_BLESS=1 writes the expectations anew)");
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let wanted = std::env::var("HOLDPOINT_CASE").unwrap_or_default();
    let mut cases: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir() && case.file_name().unwrap().to_str().unwrap().contains(&wanted));
    cases.sort();
    cases
}

/// Runs a case both ways. The error says what is different, for people.
fn check(case: &Path) -> Result<(), String> {
    let text = fs::read_to_string(case.join("command")).map_err(|_| "it has no `command`\n".to_owned())?;
    let words = words(&text);
    let as_of = words.iter().any(|word| word.starts_with("--as-of"));
    let human = run(case, &words, None);
    let mut pairs = vec![("stdout", human.stdout), ("stderr", human.stderr), ("code", human.code.clone())];
    if !words.iter().any(|word| word.starts_with("--format") || word.starts_with("--report")) {
        let json = run(case, &[words.clone(), vec!["--format".into(), "json".into()]].concat(), None);
        if json.code != human.code {
            return Err(format!("exit {} with JSON, {} without\n", json.code.trim(), human.code.trim()));
        }
        pairs.push(("json", steady(&json.stdout, as_of)));
        for (file, more) in VIEWS {
            if case.join(file).exists() {
                let more = more.iter().map(|word| (*word).to_owned());
                let said = run(
                    case,
                    &words.iter().cloned().chain(more).collect::<Vec<_>>(),
                    file.strip_prefix("at-"),
                );
                pairs.push((file, said.stdout.replace('\u{1b}', "␛")));
            }
        }
        if case.join("markdown").exists() {
            let markdown = run(case, &[words, vec!["--format".into(), "markdown".into()]].concat(), None);
            if markdown.code != human.code {
                return Err(format!(
                    "exit {} with Markdown, {} without\n",
                    markdown.code.trim(),
                    human.code.trim()
                ));
            }
            pairs.push(("markdown", markdown.stdout));
        }
    }
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        pairs.iter().for_each(|(file, text)| bless(&case.join(file), text));
        return Ok(());
    }
    if !case.join("code").exists() {
        return Err("it has no expectations yet\n".into());
    }
    let differences: String = pairs.iter().filter_map(|(file, got)| differ(case, file, got)).collect();
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}

fn differ(case: &Path, file: &str, got: &str) -> Option<String> {
    let want = fs::read_to_string(case.join(file)).unwrap_or_default();
    (want != got).then(|| format!("-- {file}\n{}", difference(&want, got)))
}

/// The lines that differ: what both begin and end with is left out.
fn difference(want: &str, got: &str) -> String {
    let (want, got): (Vec<_>, Vec<_>) = (want.lines().collect(), got.lines().collect());
    let same = want.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let tail = want[same..].iter().rev().zip(got[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut out = format!("   (line {})\n", same + 1);
    want[same..want.len() - tail].iter().for_each(|line| out.push_str(&format!("  -{line}\n")));
    got[same..got.len() - tail].iter().for_each(|line| out.push_str(&format!("  +{line}\n")));
    out
}

fn bless(path: &Path, text: &str) {
    if text.is_empty() {
        let _ = fs::remove_file(path);
    } else {
        fs::write(path, text).unwrap();
    }
}

fn run(case: &Path, words: &[String], columns: Option<&str>) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    let registry = case.join("registry");
    let here = if registry.is_dir() { &registry } else { case };
    command.args(words).current_dir(here).env_clear().env("NO_COLOR", "1");
    command.env("COLUMNS", columns.unwrap_or("120"));
    for line in fs::read_to_string(case.join("env")).unwrap_or_default().lines() {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let text = |bytes: Vec<u8>| without_commits(&String::from_utf8(bytes).unwrap().replace(root, "<root>"));
    let code = output.status.code().map_or("a signal".into(), |code| code.to_string());
    Said { stdout: text(output.stdout), stderr: text(output.stderr), code: format!("{code}\n") }
}

/// What changes from run to run is no expectation: the commit of this repository, and the present moment.
fn steady(json: &str, as_of: bool) -> String {
    let steady = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        let name_word = name.trim().trim_matches('"');
        let comma = if value.ends_with(',') { "," } else { "" };
        let volatile = name_word == "revision" || name_word == "as_of" && !as_of;
        volatile.then(|| format!("{name}: \"…\"{comma}\n"))
    };
    json.lines().map(|line| steady(line).unwrap_or_else(|| format!("{line}\n"))).collect()
}

fn without_commits(text: &str) -> String {
    let is_commit = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut out = text.to_owned();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_commit(word)) {
        out = out.replace(word, "<commit>");
    }
    out
}

/// The words of a command: blanks divide them, single quotes hold them together.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let lines = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join(" ");
    for c in lines.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn commands_are_read_as_words() {
    assert_eq!(words("# a\nrollback-check  'a b'\n--x ''\n"), ["rollback-check", "a b", "--x", ""]);
}
