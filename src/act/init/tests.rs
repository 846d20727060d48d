//! What is laid is sound, in every form, with every example in it uncommented as well.

use proptest::prelude::*;

use super::*;
use crate::import::tags::{Tag, Target, Wish, releases};
use crate::model::{Policy, Registry, parse_time};
use crate::registry::{Ask, LoadError, MemoryTree, Mistake, Tree, load};

const FORMS: [Form; 2] = [Form::Folders, Form::Single];

fn today() -> NaiveDate {
    "2026-11-22".parse().unwrap()
}

/// Releases from tags of these names.
fn tagged(names: &[&str], order: Option<Order>) -> Tagged {
    let tag = |(index, name): (usize, &&str)| Tag {
        name: (*name).to_owned(),
        at: parse_time(&format!("2026-01-{:02}", index + 1)).ok(),
        target: Target::Commit(format!("{index:040x}")),
    };
    let tags: Vec<Tag> = names.iter().enumerate().map(tag).collect();
    let prefixes = [String::new()];
    let now = parse_time("2026-11-22").unwrap();
    releases(&tags, &Wish { order, prefixes: &prefixes, service: None, now }).unwrap()
}

fn request<'a>(service: &'a Name, form: Form, tagged: Option<&'a Tagged>) -> Request<'a> {
    Request { service, form, tagged, running: &[], today: today(), inside: "", shared: false }
}

fn tree(request: &Request<'_>) -> MemoryTree {
    lay(request).into_iter().map(|sheet| (sheet.path, sheet.text)).collect()
}

/// Loads all of it; a warning fails as a mistake does.
fn sound(tree: &MemoryTree) -> Registry {
    let loaded = load(tree, MAIN, &Ask::Everything).unwrap_or_else(|error| panic!("{}", why(&error)));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    loaded.registry
}

fn why(error: &LoadError) -> String {
    let LoadError::Mistakes(mistakes) = error else { return error.to_string() };
    let one = |mistake: &Mistake| format!("{}: {}", mistake.file(&mistakes.sources), mistake.message);
    mistakes.list.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The same with every example in it taken at its word: `#key = …` becomes `key = …`.
fn uncommented(tree: &MemoryTree) -> MemoryTree {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(example) if !example.is_empty() && !example.starts_with([' ', '#', ':']) => example.to_owned(),
        _ => line.to_owned(),
    };
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    tree.files().iter().map(|(path, bytes)| (path.clone(), text(bytes))).collect()
}

#[test]
fn every_form_is_sound_as_it_is_and_with_its_examples() {
    let tags = tagged(&["v1.0.0", "v1.1.0-rc.1", "v1.1.0"], None);
    let one = tagged(&["1.0"], None);
    let listed = tagged(&["7_88", "7_89"], None);
    for name in ["web", "shop.api", "0"] {
        let service = Name::new(name).unwrap();
        for form in FORMS {
            for tagged in [None, Some(&tags), Some(&one), Some(&listed)] {
                let laid = tree(&request(&service, form, tagged));
                let registry = sound(&laid);
                let defaults = Policy::default();
                let periods = |policy: &Policy| {
                    policy.periods().into_iter().map(|period| period.length).collect::<Vec<_>>()
                };
                assert_eq!(periods(&registry.policy), periods(&defaults));
                assert_eq!(registry.services.keys().collect::<Vec<_>>(), [&service]);
                assert_eq!(
                    registry.flags.len() + registry.services[&service].flags.len(),
                    if tagged.is_none() { 2 } else { 0 }
                );
                sound(&uncommented(&laid));
            }
        }
    }
}

#[test]
fn no_placeholder_is_left_and_none_is_unused() {
    let service = Name::new("web").unwrap();
    let tags = tagged(&["1.0.0"], None);
    let mut all = String::new();
    for form in FORMS {
        for tagged in [None, Some(&tags)] {
            for sheet in lay(&request(&service, form, tagged)) {
                assert!(
                    !sheet.text.contains("{{") && !sheet.text.contains("}}"),
                    "{}:\n{}",
                    sheet.path,
                    sheet.text
                );
                if sheet.path.ends_with(".json") {
                    continue;
                }
                assert!(sheet.text.ends_with('\n') && !sheet.text.contains("\n\n\n"), "{}", sheet.text);
                assert!(
                    sheet.text.lines().all(|line| line.trim_end() == line && line.chars().count() < 125),
                    "{}",
                    sheet.text
                );
                all.push_str(&sheet.text);
            }
        }
    }
    assert!(all.contains("web") && all.contains("semver, calver"));
}

#[test]
fn every_file_says_where_its_schema_is() {
    let service = Name::new("web").unwrap();
    let tags = tagged(&["1.0.0"], None);
    for tagged in [None, Some(&tags)] {
        let sheets = lay(&request(&service, Form::Folders, tagged));
        assert!(sheets.iter().any(|sheet| sheet.path == schema::PATH && sheet.text == schema::text()));
        for sheet in sheets.iter().filter(|sheet| sheet.path.ends_with(".toml")) {
            let first = sheet.text.lines().next().unwrap();
            let up = "../".repeat(sheet.path.matches('/').count());
            let want = format!("#:schema {}{}", if up.is_empty() { "./" } else { &up }, schema::PATH);
            assert_eq!(first, want, "{}", sheet.path);
        }
    }
}

#[test]
fn releases_come_out_as_they_were_tagged() {
    let service = Name::new("web").unwrap();
    let names = ["1\"0", "1'0", "{{service}}", "#5", "ü1"];
    let tags = tagged(&names, Some(Order::Listed));
    for form in FORMS {
        let registry = sound(&tree(&request(&service, form, Some(&tags))));
        let service = &registry.services[&service];
        let read: Vec<&str> = service.releases.iter().map(|release| &*release.version.text).collect();
        assert_eq!(read, names, "{form:?}");
        assert_eq!(service.releases[1].commit.as_deref(), Some(&*format!("{:040x}", 1)));
        assert_eq!(service.releases[1].released, parse_time("2026-01-02").ok());
    }
}

#[test]
fn what_runs_is_a_line_at_the_end_of_a_file() {
    let service = Name::new("web").unwrap();
    let tags = tagged(&["v1.0.0", "v1.1.0", "v1.2.0-rc.1"], None);
    for form in FORMS {
        let request = request(&service, form, Some(&tags));
        let Next::SayWhatRuns { file, line } = &next(&request)[0] else { panic!("{:?}", next(&request)) };
        assert_eq!(line, "prod = \"v1.1.0\"", "the newest final release");
        let mut tree = tree(&request);
        let mut text = String::from_utf8(tree.files()[file].clone()).unwrap();
        text.push_str(&format!("{line}\n"));
        tree.put(file, text);
        let registry = sound(&tree);
        assert_eq!(registry.services[&service].running.len(), 1, "{form:?}");
    }
    let running = [
        (Name::new("prod.eu").unwrap(), "v1.0.0".to_owned()),
        (Name::new("qa").unwrap(), "v1.1.0".to_owned()),
    ];
    let request = Request { running: &running, ..request(&service, Form::Folders, Some(&tags)) };
    assert_eq!(sound(&tree(&request)).services[&service].running.len(), 2);
    let redeploy = &next(&request)[0];
    assert!(
        matches!(redeploy, Next::Check { kind: MoveKind::Redeploy, .. }),
        "nothing is older: {redeploy:?}"
    );
}

fn settled(
    files: &[(&str, &str)],
    repository: Option<&[(&str, &str)]>,
    inside: &str,
) -> Result<Plan, InitError> {
    let service = Name::new("web").unwrap();
    let tree: MemoryTree = files.iter().copied().collect();
    let repository: Option<MemoryTree> = repository.map(|files| files.iter().copied().collect());
    let request = Request { inside, ..request(&service, Form::Folders, None) };
    settle(&request, &tree, repository.as_ref().map(|tree| tree as &dyn Tree))
}

#[test]
fn nobodys_files_are_overwritten() {
    assert!(matches!(settled(&[(MAIN, "")], None, ""), Err(InitError::Registry)));
    let there = [("services/web/service.toml", ""), ("services/web/running.toml", "")];
    let error = settled(&there, None, "").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`services/web/service.toml`, `services/web/running.toml` are there already"
    );
    let foreign = settled(&[("services/api/main.go", "")], None, "").unwrap_err();
    assert!(matches!(foreign, InitError::Unsound(_)), "{foreign}");
    let plan =
        settled(&[("README.md", "x"), (".gitignore", ".holdpoint.lock\n"), ("src/main.rs", "")], None, "");
    let plan = plan.unwrap();
    let add: Vec<(&str, Vec<String>)> =
        plan.kept.iter().map(|kept| (&*kept.path, kept.add.clone())).collect();
    assert_eq!(add, [(".gitignore", vec![".holdpoint-*".to_owned()]), ("README.md", vec![])]);
    assert!(plan.changes.files().values().all(|change| change.before.is_none()));
    assert_eq!(plan.changes.files().len(), plan.sheets.len());
}

#[test]
fn code_owners_stand_in_the_repositorys_root() {
    let kept = |files: &[(&str, &str)], inside| {
        let plan = settled(&[], Some(files), inside).unwrap();
        let writes = plan.changes.files().contains_key("CODEOWNERS");
        (writes, plan.kept.into_iter().next())
    };
    assert_eq!(kept(&[], ""), (true, None));
    let (writes, other) = kept(&[(".github/CODEOWNERS", "* @all")], "");
    assert!(!writes && other.as_ref().is_some_and(|kept| kept.exists && kept.path == ".github/CODEOWNERS"));
    assert_eq!(other.unwrap().add.len(), 8);
    let (writes, below) = kept(&[], "ops/our registry");
    let below = below.unwrap();
    assert!(!writes && !below.exists && below.path == "CODEOWNERS");
    assert_eq!(below.add.len(), 7);
    assert!(below.add.iter().all(|line| line.starts_with("/ops/our\\ registry/")), "{below:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is tagged: no tag is lost, and what is laid of the rest is sound.
    #[test]
    fn any_tags_give_a_sound_registry(
        names in prop::collection::btree_set(
            "(v|V|web/|web-v|release-|go|nightly-|)[0-9]{1,2}([.+_-](0|1|10|rc1|rc\\.1|post1|\"|#|'|\\{\\{)){0,3}|[a-z\u{200b},ü{}\"]{1,5}",
            1..12,
        ),
        order in prop::sample::select(vec![None, Some(Order::Listed), Some(Order::Semver), Some(Order::Calver)]),
        on_one_commit: bool,
    ) {
        let tag = |(index, name): (usize, &String)| Tag {
            name: name.clone(),
            at: parse_time(&format!("2026-01-{:02}", index + 1)).ok(),
            target: Target::Commit(format!("{:040x}", if on_one_commit { 0 } else { index })),
        };
        let tags: Vec<Tag> = names.iter().enumerate().map(tag).collect();
        let now = parse_time("2026-11-22").unwrap();
        let service = Name::new("web").unwrap();
        if let Ok(tagged) = releases(&tags, &Wish { order, prefixes: &[], service: None, now }) {
            prop_assert_eq!(tagged.releases.len() + tagged.odd.len(), tags.len());
            for form in FORMS {
                let registry = sound(&tree(&request(&service, form, Some(&tagged))));
                let read = registry.services[&service].releases.iter().map(|release| &*release.version.text);
                prop_assert!(read.eq(tagged.releases.iter().map(|release| release.version.as_str())));
            }
        }
    }
}

#[test]
fn a_folder_is_escaped_where_patterns_mean_something() {
    for (inside, want) in [("", ""), ("ops/a b", "/ops/a\\ b"), ("[x]*#!\\", "/\\[x\\]\\*\\#\\!\\\\")] {
        assert_eq!(super::root(inside), want);
    }
}

#[test]
fn an_environment_that_is_named_twice_runs_both() {
    let name = |text| Name::new(text).unwrap();
    let said =
        [("prod", "1"), ("test", "2"), ("prod", "2"), ("prod", "1")].map(|(e, v)| (name(e), v.to_owned()));
    let want = vec![("prod", vec!["1", "2"]), ("test", vec!["2"])];
    assert_eq!(super::by_environment(&said), want);
}
