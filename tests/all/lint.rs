//! `lint --fix` on registries of all kinds: what it writes loads to the same model, and nothing else is touched.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use holdpoint::judge::Moment;
use holdpoint::lint::{self, LINTS, Overall};
use holdpoint::model::parse_time;
use holdpoint::registry::{Ask, Changed, MemoryTree, Tree, Whole, load, tidy};
use tempfile::TempDir;
use toml_edit::{DocumentMut, Item, Table, Value};

use crate::dice::Dice;
use crate::mutate::{self, files_of};
use crate::whole::registries;

const MAIN: &str = "holdpoint.toml";

/// A service with everything in the wrong order, comments in all places, and two files with odd names.
const UNTIDY: &[(&str, &str)] = &[
    ("holdpoint.toml", "#:schema x.json\npolicy = { ping_pong = \"7d\", baseline = \"20d\" }\nformat = 1\n"),
    (
        "services/x/service.toml",
        "# SRE's file.\r\n[service.x]\r\ntier = \"t\" # free\r\n\r\n# what it is\r\nabout = \"支付 💥\"\r\n\r\n\
         [[service.x.release]]\r\nreleased = 2026-01-01\r\nversion = \"1.0.0\"",
    ),
    (
        "services/x/advisories/cve-1.toml",
        "[advisory.CVE-1]\naffects = [\n  { versions = \"1\", service = \"x\" }, # one\n]\ntitle = \"t\"\n",
    ),
    (
        "services/x/instabilities/I-1.TOML",
        "[instability.I-1]\ntitle = \"t\"\naffects = [{ service = \"x\", versions = \"1\" }]\n",
    ),
    ("services/broken/service.toml", "[service.broken]\ntierr = \"x\"\nabout = \"y\"\n"),
    ("services/x/notes.md", "[not toml\n"),
    ("README.md", "b = 1\na = 2\n"),
];

/// The same when it was tidied.
const TIDY: &[(&str, &str)] = &[
    ("holdpoint.toml", "#:schema x.json\nformat = 1\npolicy = { baseline = \"20d\", ping_pong = \"7d\" }\n"),
    (
        "services/x/service.toml",
        "# SRE's file.\r\n[service.x]\r\n# what it is\r\nabout = \"支付 💥\"\r\n\r\ntier = \"t\" # free\r\n\r\n\
         [[service.x.release]]\r\nversion = \"1.0.0\"\r\nreleased = 2026-01-01",
    ),
    (
        "services/x/advisories/CVE-1.toml",
        "[advisory.CVE-1]\ntitle = \"t\"\naffects = [\n  { service = \"x\", versions = \"1\" }, # one\n]\n",
    ),
    (
        "services/x/instabilities/I-1.toml",
        "[instability.I-1]\ntitle = \"t\"\naffects = [{ service = \"x\", versions = \"1\" }]\n",
    ),
    ("services/broken/service.toml", "[service.broken]\ntierr = \"x\"\nabout = \"y\"\n"),
    ("services/x/notes.md", "[not toml\n"),
    ("README.md", "b = 1\na = 2\n"),
];

fn written(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// All files of a folder but dotfiles, by path.
fn content(folder: &Path) -> Vec<(String, String)> {
    let (mut open, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(next) = open.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                open.push(path);
            } else if !name.starts_with('.') {
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut files: Vec<_> = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
    files.sort();
    files
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.arg("lint").args(words).current_dir(folder).env_clear().env("COLUMNS", "100").output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn fix_writes_what_it_says_and_once() {
    let folder = written(UNTIDY);
    let fixed = run(folder.path(), &["--fix"]);
    assert_eq!(fixed.status.code(), Some(3), "a service is broken: {fixed:?}");
    let said = stdout(&fixed);
    let want = "  fixed  holdpoint.toml: keys put in order
  fixed  services/x/advisories/CVE-1.toml: renamed from cve-1.toml, keys put in order
  fixed  services/x/instabilities/I-1.toml: renamed from I-1.TOML
  fixed  services/x/service.toml: keys put in order
  left   services/broken/service.toml: it has mistakes

error: no key `tierr` in a service
";
    assert!(said.starts_with(want), "{said}");
    assert_eq!(content(folder.path()), owned(TIDY));
    let again = stdout(&run(folder.path(), &["--fix"]));
    assert!(again.starts_with("  left   services/broken/service.toml: it has mistakes\n\nerror"), "{again}");
    assert_eq!(content(folder.path()), owned(TIDY));
    fs::remove_dir_all(folder.path().join("services/broken")).unwrap();
    let clean = run(folder.path(), &["--fix", "--strict", "-q"]);
    assert_eq!(
        (clean.status.code(), stdout(&clean)),
        (Some(1), "no mistakes, 3 warnings in 1 service\n".into())
    );
}

#[test]
fn a_difference_writes_nothing_and_is_a_patch() {
    let folder = written(UNTIDY);
    let shown = run(folder.path(), &["--fix", "--diff"]);
    assert_eq!(content(folder.path()), owned(UNTIDY));
    assert!(!folder.path().join(".holdpoint.lock").exists(), "nothing is locked either");
    assert_eq!(shown.stderr, b"error: `services/broken/service.toml` is left alone: it has mistakes\n");
    let patch = folder.path().join(".patch");
    fs::write(&patch, &shown.stdout).unwrap();
    let mut git = Command::new("git");
    git.args(["apply", "--whitespace=nowarn", ".patch"]).current_dir(folder.path());
    let applied = git.env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap()).output().unwrap();
    assert!(applied.status.success(), "{applied:?}\n{}", stdout(&shown));
    assert_eq!(content(folder.path()), owned(TIDY), "the patch does what --fix does");
}

#[test]
fn only_the_services_that_are_named_are_fixed() {
    let folder = written(UNTIDY);
    let fixed = run(folder.path(), &["--fix", "x"]);
    assert_eq!(fixed.status.code(), Some(0), "{fixed:?}");
    assert_eq!(fs::read_to_string(folder.path().join(MAIN)).unwrap(), UNTIDY[0].1, "the main file is shared");
    assert_eq!(content(folder.path())[2..], owned(TIDY)[2..]);
}

#[cfg(unix)]
#[test]
fn a_linked_flag_keeps_its_name_and_what_it_leads_to() {
    let text = "# ours\n[advisory.CVE-1]\naffects = [{ service = \"x\", versions = \"*\" }]\ntitle = \"t\"\n";
    let folder = written(&[
        (MAIN, "format = 1\n"),
        ("services/x/service.toml", "[service.x]\n"),
        ("services/x/advisories/README.md", ""),
        ("shared/the-flag.toml", text),
    ]);
    let link = folder.path().join("services/x/advisories/cve-1.toml");
    std::os::unix::fs::symlink("../../../shared/the-flag.toml", &link).unwrap();
    let said = stdout(&run(folder.path(), &["--fix"]));
    let want =
        "  left   services/x/advisories/cve-1.toml: it is a link, and should be called `CVE-1.toml`\n\nerror";
    assert!(said.contains(want), "{said}");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("../../../shared/the-flag.toml"));
    assert_eq!(fs::read_to_string(folder.path().join("shared/the-flag.toml")).unwrap(), text);
    assert!(!folder.path().join("services/x/advisories/CVE-1.toml").exists());
}

#[cfg(unix)]
#[test]
fn what_can_not_be_written_is_said_and_nothing_is_half_done() {
    use std::os::unix::fs::PermissionsExt;
    let folder = written(UNTIDY);
    let locked = folder.path().join("services/x/advisories");
    let rights = |mode| fs::set_permissions(&locked, fs::Permissions::from_mode(mode)).unwrap();
    rights(0o555);
    let denied = fs::write(locked.join("try"), "").is_err();
    let fixed = run(folder.path(), &["--fix"]);
    rights(0o755);
    if denied {
        assert_eq!(fixed.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&fixed.stderr).contains("can't be written"), "{fixed:?}");
        assert_eq!(content(folder.path()), owned(UNTIDY));
    }
}

/// A registry as it is loaded, without the places where things stand.
fn model(tree: &dyn Tree) -> Option<String> {
    let registry = load(tree, MAIN, &Ask::Everything).ok()?.registry;
    let all = format!(
        "{:?}",
        (&registry.services, &registry.flags, &registry.rules, &registry.policy, &registry.teams)
    );
    let mut out = String::new();
    for (index, part) in all.split("Origin {").enumerate() {
        let part = if index == 0 { part } else { part.split_once('}').unwrap().1 };
        out.push_str(part);
    }
    write!(out, "{:?} {:?}", registry.environments.keys(), registry.incidents.len()).unwrap();
    Some(out)
}

fn tidied(tree: &MemoryTree) -> MemoryTree {
    let done = tidy(tree, MAIN, None).unwrap();
    let changed = Changed { tree, changes: &done.changes };
    let mut after = tree.clone();
    for path in done.changes.files().keys() {
        match changed.read(path).unwrap() {
            Some(bytes) => after.put(path, bytes),
            None => {
                after.files_mut().remove(path);
            }
        }
    }
    after
}

/// Puts the keys of every table in the opposite of their alphabetical order, by another parser than ours.
fn scrambled(text: &str) -> String {
    let mut document: DocumentMut = text.parse().unwrap();
    scramble_table(document.as_table_mut());
    document.to_string()
}

fn scramble_table(table: &mut Table) {
    table.sort_values_by(|a, _, b, _| b.get().cmp(a.get()));
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => scramble_table(inner),
            Item::ArrayOfTables(list) => list.iter_mut().for_each(scramble_table),
            Item::Value(inner) => scramble_value(inner),
            Item::None => {}
        }
    }
}

fn scramble_value(value: &mut Value) {
    match value {
        Value::Array(array) => array.iter_mut().for_each(scramble_value),
        Value::InlineTable(table) => {
            table.sort_values_by(|a, _, b, _| b.get().cmp(a.get()));
            table.iter_mut().for_each(|(_, inner)| scramble_value(inner));
        }
        _ => {}
    }
}

/// Every registry of the cases and the examples that loads: as it is, and with its keys scrambled.
#[test]
fn what_was_tidied_loads_to_the_same_model_and_stays_tidy() {
    let (mut count, mut changed) = (0, 0);
    for folder in registries() {
        let files = files_of(&folder).into_iter().filter(|(path, _)| !path.starts_with("expected/"));
        let tree: MemoryTree = files.collect();
        let Some(want) = model(&tree) else { continue };
        count += 1;
        let mut mixed = tree.clone();
        for (path, bytes) in mixed.files_mut().iter_mut().filter(|(path, _)| path.ends_with(".toml")) {
            let _ = path;
            *bytes = scrambled(std::str::from_utf8(bytes).unwrap()).into_bytes();
        }
        for before in [&tree, &mixed] {
            let after = tidied(before);
            assert!(model(&after).as_ref() == Some(&want), "{} loads to another model", folder.display());
            assert_eq!(after.files(), tidied(&after).files(), "{} is tidied twice", folder.display());
            changed += usize::from(after.files() != before.files());
        }
    }
    assert!(count > 5 && changed > 3, "{count} registries, {changed} untidy");
}

/// Spoilt registries: whatever is wrong with them, looking at them ends, and tidying them once is enough.
#[test]
fn spoilt_registries_are_looked_at_and_tidied_all_the_same() {
    let (example, mut dice) = (mutate::example(), Dice::new(7));
    let moment = Moment::present(parse_time("2026-11-22T03:00:00Z").unwrap());
    let mut looked_at = 0;
    for round in 0..100 {
        let tree: MemoryTree = mutate::mutated(&example, &mut dice).into_iter().collect();
        let Ok(whole) = Whole::open(&tree, MAIN) else { continue };
        let mut overall = Overall::new(true);
        overall.shared(whole.mistakes());
        for name in whole.names() {
            overall.add(name, lint::look(name, whole.service(&tree, name), moment));
        }
        let findings = overall.finish();
        assert_eq!(findings.services, whole.names().len());
        looked_at += usize::from(!findings.mistakes.list.is_empty());
        if tidy(&tree, MAIN, None).is_ok() {
            let after = tidied(&tree);
            assert_eq!(after.files(), tidied(&after).files(), "round {round}");
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn every_lint_has_a_case() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let said = [
        "lint-everything",
        "lint-expired-sign-offs",
        "lint-bound-without-revision",
        "lint-rules-never",
        "lint-rules-among",
        "lint-routes",
    ]
    .map(|case| fs::read_to_string(cases.join(case).join("json")).unwrap())
    .concat();
    for lint in LINTS {
        assert!(said.contains(&format!("\"lint\": \"{}\"", lint.word)), "{}", lint.word);
    }
}

#[test]
fn nothing_is_fixed_as_of_another_time() {
    let folder = written(UNTIDY);
    let refused = run(folder.path(), &["--fix", "--as-of", "2026-01-01"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert_eq!(content(folder.path()), owned(UNTIDY));
    let shown = run(folder.path(), &["--fix", "--diff", "--as-of", "2026-01-01"]);
    assert_eq!(shown.status.code(), Some(3), "it is only looked at: {shown:?}");
}
