//! The schema and the loader say the same: what loads validates, and what is structurally wrong is refused by both.
//!
//! `docs/schema.json` is the schema as printed; `HOLDPOINT_BLESS=1 cargo test` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use holdpoint::registry::schema::{Covers, text, text_of};
use holdpoint::registry::{Ask, LoadError, MemoryTree, SHAPES, Weight, load, sinks};
use jsonschema::Validator;
use serde_json::Value;
use toml_edit::{Document, Item};

use crate::dice::Dice;
use crate::mutate::{files_of, mutated};
use crate::naive::generate::world;

/// Files of a registry, by path.
type Files = BTreeMap<String, Vec<u8>>;

/// The cases whose mistake no schema can see, and why not.
const UNSEEN: &[(&str, &str)] = &[
    ("barrier-not-placed", ORDER),
    ("barrier-since-before", ORDER),
    ("bound-not-listed", ORDER),
    ("fixed-in-affected", ORDER),
    ("fixed-in-not-placed", ORDER),
    ("floor-not-placed", ORDER),
    ("range-empty", ORDER),
    ("version-not-placed", ORDER),
    ("barrier-twice", TWICE),
    ("debt-twice", TWICE),
    ("flag-twice", TWICE),
    ("flag-twice-shared-and-own", TWICE),
    ("floor-twice", TWICE),
    ("incident-twice", TWICE),
    ("listed-in-two-files", TWICE),
    ("ran-in-two-files", TWICE),
    ("release-twice", TWICE),
    ("rule-name-twice", TWICE),
    ("running-twice", TWICE),
    ("sign-off-twice", TWICE),
    ("groups-in-a-circle", KNOWN),
    ("no-such-service", KNOWN),
    ("unknown-environment", KNOWN),
    ("unknown-environment-in-a-rule", KNOWN),
    ("unknown-environment-running", KNOWN),
    ("unknown-group", KNOWN),
    ("unknown-service", KNOWN),
    ("unknown-service-signed", KNOWN),
    ("flag-file-of-another-id", PATH),
    ("own-flag-on-all-services", PATH),
    ("own-flag-on-another-service", PATH),
    ("service-file-of-another", PATH),
    ("sign-off-in-the-other-folder", PATH),
    ("sign-off-of-another-service", PATH),
    ("flag-over-before-it-begins", TIME),
    ("ran-backwards", TIME),
    ("sign-off-expires-before", TIME),
    ("file-unknown", LAYOUT),
    ("flag-file-misnamed", LAYOUT),
    ("folder-misspelt-at-the-top", LAYOUT),
    ("folder-unknown", LAYOUT),
    ("link-out", LAYOUT),
    ("service-file-beside", LAYOUT),
    ("service-folder-misspelt", LAYOUT),
    ("lint-fix-diff", SEVERAL),
    ("lint-mistakes", SEVERAL),
    ("time-in-quotes", "schemas know no times: editors hand one over as text, with or without quotes"),
];
const ORDER: &str = "the place of a version depends on the service's order and its releases";
const TWICE: &str = "that something stands twice shows only when entries or files are compared";
const KNOWN: &str = "which names there are stands elsewhere in the registry";
const PATH: &str = "a schema doesn't know the path of the file";
const TIME: &str = "a schema compares no two times";
const SEVERAL: &str = "of its mistakes some are in what no schema sees: paths, orders, names of others";
const LAYOUT: &str = "it isn't about what is in a file";

/// Sinks that are right, and some that aren't: loading a registry passes over those, so they are held apart.
const SINKS: &[(bool, &str)] = &[
    (true, "kind = 'slack'\nurl_env = 'URL'"),
    (true, "kind = 'webhook'\nurl_file = 'u'\nsecret_env = 'S'\nformat = 'cloudevents'\nca_file = 'ca'"),
    (true, "kind = 'pagerduty'\nkey_file = 'k'\nurl = 'https://events.eu.pagerduty.com'"),
    (true, "kind = 'email'\ncommand = ['s']\nfrom = 'a@b'\nto = ['a@b']"),
    (true, "kind = 'command'\ncommand = ['s']"),
    (true, "kind = 'file'\npath = 'p'"),
    (false, "kind = 'teams'"),
    (false, "url_env = 'URL'"),
    (false, "kind = 'slack'"),
    (false, "kind = 'slack'\nurl_env = 'URL'\nurl_file = 'u'"),
    (false, "kind = 'slack'\nurl_env = 'https://hooks.example.com/x'"),
    (false, "kind = 'slack'\nurl = 'https://hooks.example.com/x'"),
    (false, "kind = 'slack'\nurl_env = 'URL'\ntoken = 'x'"),
    (false, "kind = 'slack'\nurl_env = 'URL'\nsecret_env = 'S'"),
    (false, "kind = 'webhook'\nurl_env = 'URL'\nsecret_env = 'whsec_x'"),
    (false, "kind = 'webhook'\nurl_env = 'URL'\nsecret_env = 'S'\nsecret_file = 's'"),
    (false, "kind = 'pagerduty'\nurl = 'https://events.pagerduty.com'"),
    (false, "kind = 'email'\ncommand = ['s']\nfrom = 'a@b'"),
    (false, "kind = 'command'\ncommand = []"),
    (false, "kind = 'file'\npath = 1"),
];

#[test]
fn sinks_are_right_to_both_or_to_none() {
    let schemas = Schemas::new();
    for (right, text) in SINKS {
        let text = format!("format = 1\n[sink.x]\n{text}\n");
        let tree: MemoryTree = [("holdpoint.toml", &*text)].into_iter().collect();
        let read = sinks(&tree, "holdpoint.toml").unwrap();
        assert_eq!(read.is_ok(), *right, "{text}{read:?}");
        let says = schemas.says("holdpoint.toml", text.as_bytes());
        assert_eq!(says.is_empty(), *right, "{text}{says}");
    }
}

/// The validators, one for each kind of file.
struct Schemas(Vec<(Covers, Validator)>);

impl Schemas {
    fn new() -> Schemas {
        let validator = |covers| {
            let schema: Value = serde_json::from_str(&text_of(covers)).unwrap();
            (covers, jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap())
        };
        Schemas(Covers::ALL.into_iter().map(validator).collect())
    }

    fn of(&self, covers: Covers) -> &Validator {
        &self.0.iter().find(|(of, _)| *of == covers).unwrap().1
    }

    /// What the schema of its kind says of a file; nothing: it validates.
    fn says(&self, path: &str, text: &[u8]) -> String {
        self.says_of(covers(path), path, text)
    }

    fn says_of(&self, covers: Covers, path: &str, text: &[u8]) -> String {
        let Some(value) = json(text) else { return format!("{path}: no TOML\n") };
        let errors = self.of(covers).iter_errors(&value);
        errors.map(|error| format!("{path}: {}: {error}\n", error.instance_path())).collect()
    }
}

fn covers(path: &str) -> Covers {
    Covers::of_path(path).unwrap_or_else(|| panic!("nothing reads {path}"))
}

/// A file as editors hand it to a schema: times as text. None: it is no TOML.
fn json(text: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(text).ok()?;
    let document = Document::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
    Some(Value::Object(entries(document.as_table())))
}

fn entries(table: &dyn toml_edit::TableLike) -> serde_json::Map<String, Value> {
    table.iter().map(|(key, item)| (key.to_owned(), of_item(item))).collect()
}

fn of_item(item: &Item) -> Value {
    match item {
        Item::Value(value) => of_value(value),
        Item::ArrayOfTables(tables) => tables.iter().map(|table| Value::Object(entries(table))).collect(),
        Item::Table(table) => Value::Object(entries(table)),
        Item::None => Value::Null,
    }
}

fn of_value(value: &toml_edit::Value) -> Value {
    use toml_edit::Value as Toml;
    match value {
        Toml::String(text) => text.value().as_str().into(),
        Toml::Integer(number) => (*number.value()).into(),
        Toml::Float(number) => (*number.value()).into(),
        Toml::Boolean(value) => (*value.value()).into(),
        Toml::Datetime(time) => time.value().to_string().into(),
        Toml::Array(array) => array.iter().map(of_value).collect(),
        Toml::InlineTable(table) => Value::Object(entries(table)),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Every registry below a folder.
fn registries(folder: &str) -> Vec<(String, Files)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let inside = path.join("registry");
        let registry = if inside.is_dir() { inside } else { path.clone() };
        if registry.join("holdpoint.toml").is_file() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.push((name, files_of(&registry).into_iter().collect()));
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found.sort();
    found
}

/// The registry as the loader sees it. A link that leads out can't be shown in memory: such a case has no
/// file to validate.
fn loads(files: &Files) -> Result<(), LoadError> {
    let tree: MemoryTree = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    load(&tree, "holdpoint.toml", &Ask::Everything).map(drop)
}

/// What the schemas say of the files that the loader reads: of its own kind, and that of every file.
fn refusals(schemas: &Schemas, files: &Files) -> String {
    let read = files.iter().filter(|(path, _)| Covers::of_path(path).is_some());
    read.map(|(path, text)| schemas.says(path, text) + &schemas.says_of(Covers::Every, path, text)).collect()
}

#[test]
fn the_schema_is_documented_as_printed() {
    let path = root().join("docs/schema.json");
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        std::fs::write(&path, text()).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == text(), "docs/schema.json is behind the code; write it anew with HOLDPOINT_BLESS=1");
}

/// In an empty folder: it needs no registry.
#[test]
fn the_program_prints_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
        let output = command.arg("schema").args(arguments).current_dir(&folder).env_clear().output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    assert_eq!(run(&[]), (text(), Some(0)));
    assert_eq!(run(&["--format", "json"]), (text(), Some(0)), "it is JSON anyway");
    for covers in Covers::ALL {
        assert_eq!(run(&[covers.word()]), (text_of(covers), Some(0)));
    }
    assert_eq!(run(&["advisry"]).1, Some(2));
}

#[test]
fn the_schemas_are_schemas() {
    for covers in Covers::ALL {
        let schema: Value = serde_json::from_str(&text_of(covers)).unwrap();
        jsonschema::draft7::meta::validate(&schema).unwrap_or_else(|error| panic!("{covers:?}: {error}"));
    }
}

#[test]
fn what_loads_validates() {
    let schemas = Schemas::new();
    let mut count = 0;
    let good = BTreeMap::from_iter(files_of(&root().join("src/registry/tests/good")));
    assert_eq!(good.len(), 9, "the files of `good.rs`");
    let mut all = [registries("tests/cases"), registries("examples")].concat();
    all.retain(|(_, files)| loads(files).is_ok());
    all.extend((0..300).map(|seed| (format!("world {seed}"), bytes(&world(seed).files))));
    for (name, files) in &all {
        let said = refusals(&schemas, files);
        assert!(said.is_empty(), "{name} loads, but\n{said}");
        count += files.len();
    }
    for (path, text) in &good {
        let said = schemas.says_of(Covers::Every, path, text);
        assert!(said.is_empty(), "{said}");
    }
    assert!(count > 600, "{count}");
}

fn bytes(files: &BTreeMap<String, String>) -> Files {
    files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect()
}

/// The snippets of the documentation that are parts of a registry, each as it could stand in a main file.
#[test]
fn what_init_lays_validates() {
    use holdpoint::act::init::{Form, Request, lay};
    let schemas = Schemas::new();
    let service = holdpoint::model::Name::new("web").unwrap();
    let today = "2026-11-22".parse().unwrap();
    for form in [Form::Folders, Form::Single] {
        let request =
            Request { service: &service, form, tagged: None, running: &[], today, inside: "", shared: false };
        let files = lay(&request).into_iter().map(|sheet| (sheet.path, sheet.text.into_bytes())).collect();
        assert!(loads(&files).is_ok());
        assert_eq!(refusals(&schemas, &files), "", "{form:?}");
    }
}

#[test]
fn what_is_documented_validates() {
    let schemas = Schemas::new();
    let root_keys: BTreeSet<&str> = SHAPES[0].names().collect();
    let mut count = 0;
    for page in ["README.md", "docs/registry.md"] {
        let page = std::fs::read_to_string(root().join(page)).unwrap();
        for snippet in page.split("\n```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
            let Some(Value::Object(tables)) = json(snippet.as_bytes()) else { panic!("no TOML:\n{snippet}") };
            if tables.keys().any(|key| !root_keys.contains(key.as_str())) {
                continue; // keys of a table that stands above
            }
            let format = if tables.contains_key("format") { "" } else { "format = 1\n" };
            let said = schemas.says_of(Covers::Main, snippet, format!("{format}{snippet}").as_bytes());
            assert!(said.is_empty(), "{said}");
            count += 1;
        }
    }
    assert!(count >= 3, "{count}");
}

#[test]
fn what_is_structurally_wrong_is_refused_by_both() {
    let schemas = Schemas::new();
    let unseen: BTreeMap<&str, &str> = UNSEEN.iter().copied().collect();
    let mut failures = String::new();
    let mut met = BTreeSet::new();
    for (name, files) in registries("tests/cases") {
        let Err(error) = loads(&files) else { continue };
        met.insert(name.clone());
        // What is no TOML is refused before there are any values.
        let said = wrong(&schemas, &files, &error);
        match (said.is_empty(), unseen.get(&*name)) {
            (true, None) => writeln!(failures, "{name}: no schema refuses it: {error}").unwrap(),
            (false, Some(why)) => writeln!(failures, "{name}: refused, though {why}\n{said}").unwrap(),
            _ => {}
        }
    }
    assert!(
        failures.is_empty(),
        "{failures}\n(a mistake that no schema can see belongs into UNSEEN, with why)"
    );
    // Of these the files are good: the command is wrong, or what lies beside the files.
    let elsewhere = ["no-such-service", "link-out", "file-unknown", "flag-file-misnamed"];
    let gone: Vec<_> =
        unseen.keys().filter(|name| !met.contains(**name) && !elsewhere.contains(name)).collect();
    assert!(gone.is_empty(), "no cases that fail: {gone:?}");
}

/// What the schemas say of the files in which the loader found mistakes, each of which must be refused.
fn wrong(schemas: &Schemas, files: &Files, error: &LoadError) -> String {
    let LoadError::Mistakes(mistakes) = error else { return String::new() };
    let real = mistakes.list.iter().filter(|mistake| mistake.weight == Weight::Mistake);
    let places: BTreeSet<&str> = real.map(|mistake| mistake.file(&mistakes.sources)).collect();
    let mut all = String::new();
    for path in places {
        let said = match files.get(path).filter(|_| Covers::of_path(path).is_some()) {
            Some(text) => schemas.says(path, text),
            None => String::new(),
        };
        if said.is_empty() {
            return said;
        }
        all += &said;
    }
    all
}

/// One mistake for each thing that the schema says, in a main file that is good without it.
#[test]
fn each_rule_of_the_schema_is_the_loaders() {
    const GOOD: &str = "format = 1\n[service.a]\n[[service.a.release]]\nversion = \"1.0.0\"\n";
    const FLAG: &str = "[advisory.A]\ntitle = \"x\"\naffects = [{ service = \"a\", versions = \"*\" }]\n";
    let schemas = Schemas::new();
    let both = |text: &str| {
        let files = BTreeMap::from([("holdpoint.toml".to_owned(), text.as_bytes().to_vec())]);
        (loads(&files).is_err(), schemas.says("holdpoint.toml", text.as_bytes()))
    };
    for good in ["", FLAG] {
        assert_eq!(both(&format!("{GOOD}{good}")), (false, String::new()));
    }
    for wrong in
        include_str!("schema/mistakes.txt").split("\n\n").map(str::trim).filter(|text| !text.is_empty())
    {
        let (flag, rest) = match wrong.strip_prefix("# in a flag\n") {
            Some(rest) => (FLAG, rest),
            None => ("", wrong),
        };
        let (loader, schema) = both(&format!("{GOOD}{flag}{rest}\n"));
        assert!(loader, "the loader takes it:\n{wrong}");
        assert!(!schema.is_empty(), "the schema takes it:\n{wrong}");
    }
}

/// However a time is written: by the loader and by the schema it is one or none.
#[test]
fn times_are_the_same_to_both() {
    let schemas = Schemas::new();
    for time in [
        "2026-11-22",
        "2026-11-22T03:00:00Z",
        "2026-11-22 03:00:00Z",
        "2026-11-22t03:00:00z",
        "2026-11-22T03:00Z",
        "2026-11-22T03:00:00.123456789+05:30",
        "2026-11-22T03:00:00-23:59",
        "2016-12-31T23:59:60Z",
        "2026-11-22T03:00:60Z",
        "0001-01-01",
        "9999-12-31T23:59:59Z",
        "2026-11-22T03:00:00",
        "03:00:00",
        "2026-11-22T03:00:00+24:00",
        "2026",
    ] {
        let text = format!("format = 1\n[service.a]\nrelease = [{{ version = \"1\", released = {time} }}]\n");
        let files = BTreeMap::from([("holdpoint.toml".to_owned(), text.clone().into_bytes())]);
        let said = schemas.says("holdpoint.toml", text.as_bytes());
        assert_eq!(loads(&files).is_ok(), said.is_empty(), "{time}: {said}");
    }
}

/// Registries with a few bytes, lines or files changed: those that still load still validate.
#[test]
fn what_still_loads_after_a_change_validates() {
    let schemas = Schemas::new();
    let shop = files_of(&root().join("examples/shop"));
    let mut dice = Dice::new(7);
    let mut good = 0;
    for round in 0..800 {
        let files: Vec<_> = if round % 2 == 0 {
            mutated(&shop, &mut dice)
        } else {
            let world: Vec<_> = bytes(&world(round).files).into_iter().collect();
            mutated(&world, &mut dice)
        };
        let files: Files = files.into_iter().collect();
        if loads(&files).is_err() {
            continue;
        }
        good += 1;
        let said = refusals(&schemas, &files);
        assert!(said.is_empty(), "{round}: it loads, but\n{said}");
    }
    assert!(good > 40, "{good}");
}
