//! Edits as tables: a text, a change, the text that comes of it.

use super::path::Path;
use super::revise::{Edit, Stuck, revise};
use super::value::{Fields, Value};

fn path(text: &str) -> Path {
    let steps = text.split('.');
    steps.fold(Path::default(), |path, step| match step.parse() {
        Ok(position) => path.at(position),
        Err(_) => path.key(step),
    })
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
}

fn table(pairs: &[(&str, &str)]) -> Value {
    Value::Table(fields(pairs))
}

fn section(pairs: &[(&str, &str)]) -> Value {
    Value::Section(fields(pairs))
}

fn set(at: &str, value: impl Into<Value>) -> Edit {
    Edit::Set(path(at), value.into())
}

fn insert(list: &str, position: usize, value: Value) -> Edit {
    Edit::Insert(path(list), position, value)
}

fn remove(at: &str) -> Edit {
    Edit::Remove(path(at))
}

/// The change is made as wanted, also with the line breaks of Windows, behind a byte order mark, and where the
/// last line isn't ended. What is set once more stays as it is.
fn check(before: &str, edit: &Edit, after: &str) {
    assert_eq!(revise(before, edit).as_deref(), Ok(after), "{edit:?} in:\n{before}");
    if before.is_empty() {
        return;
    }
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(revise(&crlf(before), edit), Ok(crlf(after)), "{edit:?} with CRLF in:\n{before}");
    let bom = |text: &str| format!("\u{feff}{text}");
    assert_eq!(revise(&bom(before), edit), Ok(bom(after)), "{edit:?} behind a BOM in:\n{before}");
    if let (Some(before), Some(after)) = (before.strip_suffix('\n'), after.strip_suffix('\n')) {
        assert_eq!(
            revise(before, edit).as_deref().map(str::trim_end),
            Ok(after.trim_end()),
            "{edit:?} without last break in:\n{before}"
        );
    }
    if matches!(edit, Edit::Set(..)) {
        assert_eq!(revise(after, edit).as_deref(), Ok(after), "again: {edit:?}");
    }
}

#[test]
fn a_value_is_changed_in_its_place() {
    let before = "# top\na = 1 # one\n[t]\nx = { b = \"1\", c = 2 } # two\nd.e = [\"1\"]\n";
    check(before, &set("t.x.b", "2"), &before.replace("\"1\", c", "\"2\", c"));
    check(before, &set("t.d.e", "2"), &before.replace("[\"1\"]", "\"2\""));
    check(before, &set("t.d.e", Value::texts(["1", "2"])), &before.replace("[\"1\"]", "[\"1\", \"2\"]"));
    check(before, &set("a", Value::Number(2)), &before.replace("a = 1", "a = 2"));
    check(before, &set("a", Value::Number(1)), before);
}

#[test]
fn a_key_is_added_below_the_last_one_of_its_table() {
    for (before, at, after) in [
        ("", "a", "a = \"v\"\n"),
        ("# only words\n", "a", "# only words\na = \"v\"\n"),
        ("[t]\n", "t.a", "[t]\na = \"v\"\n"),
        ("[t] # t\n\n[u]\n", "t.a", "[t] # t\na = \"v\"\n\n[u]\n"),
        ("[t]\nb = 1 # b\n# below\n\n[u]\n", "t.a", "[t]\nb = 1 # b\na = \"v\"\n# below\n\n[u]\n"),
        ("[t]\nb = [\n  1,\n]\n[t.u]\nc = 1\n", "t.a", "[t]\nb = [\n  1,\n]\na = \"v\"\n[t.u]\nc = 1\n"),
        ("[t]\n  b=1\n", "t.a", "[t]\n  b=1\n  a=\"v\"\n"),
        ("[t]\nb = 1\n", "t.a.c", "[t]\nb = 1\na = { c = \"v\" }\n"),
        ("[t]\na.b = 1\nz = 1\n", "t.a.c", "[t]\na.b = 1\na.c = \"v\"\nz = 1\n"),
        ("t.a.b = 1\nz = 1\n[y]\n", "t.a.c", "t.a.b = 1\nt.a.c = \"v\"\nz = 1\n[y]\n"),
        ("t = { b = 1 } # t\n", "t.a", "t = { b = 1, a = \"v\" } # t\n"),
        ("t = {}\n", "t.a", "t = { a = \"v\" }\n"),
        ("t = { b.c = 1, d = 2 }\n", "t.b.a", "t = { b.c = 1, b.a = \"v\", d = 2 }\n"),
        ("# of u\n[t.u]\nb = 1\n", "t.a", "# of u\n[t]\na = \"v\"\n\n[t.u]\nb = 1\n"),
        ("x = 1\n\n# of u\n[t.u]\n[t.v]\n", "t.a", "x = 1\n\n[t]\na = \"v\"\n\n# of u\n[t.u]\n[t.v]\n"),
        ("[[t.l]]\nb = 1\n", "t.r.prod", "[t.r]\nprod = \"v\"\n\n[[t.l]]\nb = 1\n"),
        ("[[l]]\nb = 1\n[[l]]\nb = 2\n[m]\n", "l.0.a", "[[l]]\nb = 1\na = \"v\"\n[[l]]\nb = 2\n[m]\n"),
        ("l = [{ b = 1 }, { b = 2 }]\n", "l.0.a", "l = [{ b = 1, a = \"v\" }, { b = 2 }]\n"),
        ("[t]\n\"a.b\" = 1\n", "t.c d", "[t]\n\"a.b\" = 1\n\"c d\" = \"v\"\n"),
    ] {
        check(before, &set(at, "v"), after);
    }
}

#[test]
fn a_key_of_the_format_is_added_in_the_formats_order() {
    for (before, after) in [
        (
            "[[service.x.release]]\nversion = \"1\" # one\ntags = []\n",
            "[[service.x.release]]\nversion = \"1\" # one\ncommit = \"v\"\ntags = []\n",
        ),
        (
            "[[service.x.release]]\n# hm\ntags = []\n[service.x.release.withdrawn]\nat = 2026-01-01\n",
            "[[service.x.release]]\ncommit = \"v\"\n# hm\ntags = []\n[service.x.release.withdrawn]\nat = 2026-01-01\n",
        ),
        (
            "[service]\nx.release = [{ version = \"1\", tags = [] }]\n",
            "[service]\nx.release = [{ version = \"1\", commit = \"v\", tags = [] }]\n",
        ),
        (
            "[service]\nx.release = [{ tags = [], version = \"1\" }]\n",
            "[service]\nx.release = [{ tags = [], version = \"1\", commit = \"v\" }]\n",
        ),
        (
            "[service]\nx.release = [{ tags = [] }]\n",
            "[service]\nx.release = [{ commit = \"v\", tags = [] }]\n",
        ),
    ] {
        check(before, &set("service.x.release.0.commit", "v"), after);
    }
}

#[test]
fn a_table_gets_a_header_where_tables_have_some() {
    for (before, at, after) in [
        ("", "t.e.prod", "[t.e.prod]\na = \"1\"\n"),
        ("[t]\nb = 1\n\n[u]\n", "t.e.prod", "[t]\nb = 1\n\n[t.e.prod]\na = \"1\"\n\n[u]\n"),
        ("[t]\nb = 1\n[u]\n", "t.e.prod", "[t]\nb = 1\n[t.e.prod]\na = \"1\"\n[u]\n"),
        (
            "[t.e.x]\nb = 1\n# x\n\n# u\n[u]\n",
            "t.e.prod",
            "[t.e.x]\nb = 1\n# x\n\n[t.e.prod]\na = \"1\"\n\n# u\n[u]\n",
        ),
        ("t = { b = 1 }\n", "t.prod", "t = { b = 1, prod = { a = \"1\" } }\n"),
        ("t.b = 1\n", "t.prod", "t.b = 1\nt.prod = { a = \"1\" }\n"),
    ] {
        check(before, &set(at, section(&[("a", "1")])), after);
    }
    let before = "[t.e]\n# why\na = \"0\" # from\nz = 1\n\n[u]\n";
    let after = "[t.e]\n# why\na = \"1\" # from\nb = \"2\"\n\n[u]\n";
    check(before, &set("t.e", section(&[("a", "1"), ("b", "2")])), after);
    check("e = { a = \"0\", z = 1 }\n", &set("e", table(&[("a", "1")])), "e = { a = \"1\" }\n");
}

#[test]
fn a_list_of_tables_goes_on_as_it_was_written() {
    let new = || section(&[("v", "3")]);
    let two =
        "[[s.l]]\nv = \"1\" # one\n\n# of two\n[[s.l]]\nv = \"2\"\n[s.l.w]\nat = 1\n# below\n\n# of u\n[u]\n";
    let end = "[s.l.w]\nat = 1\n# below\n";
    check(two, &insert("s.l", 2, new()), &two.replace(end, &format!("{end}\n[[s.l]]\nv = \"3\"\n")));
    check(two, &insert("s.l", 1, new()), &two.replace("# of two", "[[s.l]]\nv = \"3\"\n\n# of two"));
    check(two, &insert("s.l", 0, new()), &format!("[[s.l]]\nv = \"3\"\n\n{two}"));
    for (before, position, after) in [
        ("[[ s.\"l\" ]]\n  v='1'\n", 1, "[[ s.\"l\" ]]\n  v='1'\n\n[[ s.\"l\" ]]\n  v=\"3\"\n"),
        (
            "[a]\n\n[[s.l]]\nv = 1\n[[s.l]]\nv = 2\n[b]\n",
            2,
            "[a]\n\n[[s.l]]\nv = 1\n[[s.l]]\nv = 2\n[[s.l]]\nv = \"3\"\n[b]\n",
        ),
        ("[s]\na = 1\n", 0, "[s]\na = 1\n\n[[s.l]]\nv = \"3\"\n"),
        ("x = 1\n\n[s.l2]\n\n[t]\n", 0, "x = 1\n\n[s.l2]\n\n[[s.l]]\nv = \"3\"\n\n[t]\n"),
        ("", 0, "[[s.l]]\nv = \"3\"\n"),
        ("s.a = 1\n", 0, "s.a = 1\ns.l = [{ v = \"3\" }]\n"),
        ("s = { a = 1 }\n", 0, "s = { a = 1, l = [{ v = \"3\" }] }\n"),
        ("[s]\nl = [{ v = 1 }] # l\n", 1, "[s]\nl = [{ v = 1 }, { v = \"3\" }] # l\n"),
        ("[s]\nl = [{v = 1}]\n", 0, "[s]\nl = [{v = \"3\"}, {v = 1}]\n"),
        ("[s]\nl = []\n", 0, "[s]\nl = [{ v = \"3\" }]\n"),
        (
            "[s]\nl = [\n  { v = 1 }, # one\n  { v = 2 } # two\n]\n",
            2,
            "[s]\nl = [\n  { v = 1 }, # one\n  { v = 2 }, # two\n  { v = \"3\" }\n]\n",
        ),
        (
            "[s]\nl = [\n  { v = 1 }, # one\n  { v = 2 }, # two\n]\n",
            2,
            "[s]\nl = [\n  { v = 1 }, # one\n  { v = 2 }, # two\n  { v = \"3\" },\n]\n",
        ),
        (
            "[s]\nl = [\n  { v = 1 }, # one\n  { v = 2 }\n]\n",
            1,
            "[s]\nl = [\n  { v = 1 }, # one\n  { v = \"3\" },\n  { v = 2 }\n]\n",
        ),
        (
            "[s]\nl = [\n  # first\n  { v = 1 }\n]\n",
            0,
            "[s]\nl = [\n  # first\n  { v = \"3\" },\n  { v = 1 }\n]\n",
        ),
        (
            "[s]\nl = [\n  { v = 1 }\n  , { v = 2 }\n]\n",
            1,
            "[s]\nl = [\n  { v = 1 }, { v = \"3\" }\n  , { v = 2 }\n]\n",
        ),
    ] {
        check(before, &insert("s.l", position, new()), after);
    }
}

#[test]
fn several_tables_are_put_into_a_list_as_one_by_one() {
    let run = |position, texts: &[&str]| {
        let values = texts.iter().map(|text| section(&[("v", text)])).collect();
        Edit::InsertRun(path("a"), position, values)
    };
    let text = "[[a]]\nv = \"1\"\n\n[[a]]\nv = \"4\" # last\n";
    check(
        text,
        &run(1, &["2", "3"]),
        "[[a]]\nv = \"1\"\n\n[[a]]\nv = \"2\"\n\n[[a]]\nv = \"3\"\n\n[[a]]\nv = \"4\" # last\n",
    );
    check(text, &run(2, &["5", "6"]), &format!("{text}\n[[a]]\nv = \"5\"\n\n[[a]]\nv = \"6\"\n"));
}

#[test]
fn a_list_over_several_lines_keeps_its_comments() {
    let before = "l = [\n  \"a\", # first\n  \"b\", # second\n  \"c\" # third\n]\n";
    let texts = |items: &[&str]| set("l", Value::texts(items));
    check(
        before,
        &texts(&["a", "b", "c", "d"]),
        &before.replace("\"c\" # third\n", "\"c\", # third\n  \"d\"\n"),
    );
    check(before, &texts(&["a", "x", "c"]), &before.replace("\"b\", # second", "\"x\","));
    check(before, &texts(&["b"]), "l = [\n  \"b\", # second\n]\n");
    let above = "# first\n# second\n# third\n";
    check(before, &texts(&["c", "a"]), &format!("{above}l = [\"c\", \"a\"]\n"));
    check(before, &texts(&["x"]), &format!("{above}l = [\"x\"]\n"));
}

#[test]
fn the_comments_of_what_is_replaced_go_above_it() {
    for (before, at, after) in [
        (
            "a = 1\n\t# was\n\trunning = { prod = [ # the old one\n\"1\", # half\n \"2\"\n # none\n] } # b\n",
            "running.prod",
            "a = 1\n\t# was\n\t# the old one\n\t# half\n\t# none\n\trunning = { prod = \"v\" } # b\n",
        ),
        ("l = [ \"#no\", # yes\n]\n", "l", "# yes\nl = \"v\"\n"),
        ("[t]\nu.l = [\n# yes\n]\n", "t.u.l", "[t]\n# yes\nu.l = \"v\"\n"),
    ] {
        check(before, &set(at, "v"), after);
    }
    // Its line begins in a text, where no comment can stand.
    let before = "t = { a = \"\"\"\n\"\"\", b = [ # c\n] }\n";
    assert_eq!(revise(before, &set("t.b", "v")), Err(Stuck::Form));
}

#[test]
fn what_is_taken_out_takes_nothing_with_it() {
    for (before, at, after) in [
        ("a = 1 # a\n# of b\nb = 2\n", "a", "# of b\nb = 2\n"),
        ("[t]\na = [\n 1,\n]\nb = 2\n", "t.a", "[t]\nb = 2\n"),
        ("[t]\nx.a = 1\nx.b = 2\n", "t.x.a", "[t]\nx.b = 2\n"),
        ("t = { a = 1, b = 2, c = 3 }\n", "t.a", "t = { b = 2, c = 3 }\n"),
        ("t = { a = 1, b = 2, c = 3 }\n", "t.b", "t = { a = 1, c = 3 }\n"),
        ("t = { a = 1 }\n", "t.a", "t = {}\n"),
        ("x = 1\n\n# why\n[t.u]\na = 1\n# below\n\n[v]\n", "t.u", "x = 1\n\n# why\n# below\n\n[v]\n"),
        ("x = 1\n\n[t.u]\na = 1\n\n[v]\n", "t.u", "x = 1\n\n[v]\n"),
        ("x = 1\n\n[t.u]\na = 1\n[t.u.w]\nb = 1\n\n[v]\n", "t.u", "x = 1\n\n[v]\n"),
        ("[[l]]\na = 1\n\n[[l]]\na = 2\n", "l.0", "\n[[l]]\na = 2\n"),
        ("[[l]]\na = 1\n\n[[l]]\na = 2\n", "l.1", "[[l]]\na = 1\n"),
        ("l = [\"a\", \"b\"]\n", "l.1", "l = [\"a\"]\n"),
        ("l = [\"a\", \"b\"]\n", "l.0", "l = [\"b\"]\n"),
        ("l = [\"a\"]\n", "l.0", "l = []\n"),
    ] {
        check(before, &remove(at), after);
    }
}

#[test]
fn what_cannot_be_edited_safely_is_left_alone() {
    for (before, edit, why) in [
        ("a = \n", set("a", "1"), Stuck::Broken),
        ("a = 1\n", remove("b"), Stuck::Form),
        ("a = 1\n", set("a.b", "1"), Stuck::Form),
        ("a = 1\n", insert("a", 0, section(&[])), Stuck::Form),
        ("l = [1]\n", insert("l", 2, section(&[])), Stuck::Form),
        ("[[l]]\n[[l]]\n", set("l.0.t", section(&[("a", "1")])), Stuck::Form),
        ("[a]\nb = 1\n", set("a", "1"), Stuck::Form),
        ("[[a]]\n", set("a", Value::texts(["1"])), Stuck::Form),
        ("t = { a.b = 1, c = 2 }\n", remove("t.c"), Stuck::Form),
        ("t = { a.b = 1, c = 2 }\n", remove("t.a.b"), Stuck::Form),
        ("a = [\n# one\n]\n", insert("a", 0, Value::from("x")), Stuck::Form),
    ] {
        assert_eq!(revise(before, &edit), Err(why), "{edit:?} in:\n{before}");
    }
}

mod of_registries {
    use super::fields;
    use crate::model::{Name, Service};
    use crate::registry::edit::{EditError, Editor, Spot, Value};
    use crate::registry::{Ask, Changes, MemoryTree, load};

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn service(tree: &MemoryTree) -> Service {
        load(tree, "holdpoint.toml", &Ask::Service(name("x"))).unwrap().registry.services[&name("x")].clone()
    }

    fn edited(
        tree: &MemoryTree,
        edit: impl FnOnce(&mut Editor<'_>) -> Result<Spot, EditError>,
    ) -> (Spot, Changes) {
        let mut editor = Editor::new(tree, "holdpoint.toml");
        let spot = edit(&mut editor).unwrap();
        (spot, editor.finish().unwrap())
    }

    fn after(changes: &Changes, file: &str) -> String {
        String::from_utf8(changes.files()[file].after.clone().unwrap()).unwrap()
    }

    fn with_releases(order: &str, versions: &[&str]) -> MemoryTree {
        let releases: Vec<_> =
            versions.iter().map(|version| format!("{{ version = \"{version}\" }}")).collect();
        let text =
            format!("format = 1\n[service.x]\norder = \"{order}\"\nrelease = [{}]\n", releases.join(", "));
        [("holdpoint.toml", text)].into_iter().collect()
    }

    #[test]
    fn releases_go_on_in_the_order_in_which_they_stand() {
        for (order, versions, new, want) in [
            ("semver", &["1.0.0", "1.1.0"][..], "1.2.0", 2),
            ("semver", &["1.0.0", "1.2.0"], "1.1.0", 1),
            ("semver", &["1.2.0", "1.1.0"], "1.3.0", 0),
            ("semver", &["1.2.0", "1.0.0"], "1.1.0", 1),
            ("semver", &["1.2.0", "1.1.0"], "1.0.0", 2),
            ("semver", &["1.0.0"], "1.1.0", 1),
            ("semver", &["1.0.0"], "0.9.0", 0),
            ("semver", &["1.0.0", "1.1.0", "1.0.1", "1.2.0"], "1.1.1", 4),
            ("semver", &["1.2.0", "1.0.1", "1.1.0", "1.0.0"], "1.3.0", 0),
            ("semver", &[], "1.0.0", 0),
            ("listed", &["b", "a"], "0", 2),
        ] {
            let tree = with_releases(order, versions);
            let (spot, changes) =
                edited(&tree, |editor| editor.add_release(&service(&tree), &fields(&[("version", new)])));
            let mut wanted = versions.to_vec();
            wanted.insert(want, new);
            let text = after(&changes, "holdpoint.toml");
            let got: Vec<_> = text.split('"').skip(2).skip(1).step_by(2).collect();
            assert_eq!((got, spot.line), (wanted, 4), "{new} into {versions:?}");
        }
    }

    #[test]
    fn a_folder_gets_the_files_of_the_layout() {
        let tree: MemoryTree =
            [("holdpoint.toml", "format = 1\n"), ("services/x/service.toml", "[service.x]\nabout = \"X\"\n")]
                .into_iter()
                .collect();
        let (spot, changes) = edited(&tree, |editor| {
            editor.add_release(&service(&tree), &fields(&[("version", "1.0.0")]))?;
            editor.set_running(&name("x"), &name("prod"), &["1.0.0"])?;
            editor.set_running(&name("x"), &name("staging"), &[])?;
            editor.add_ran(&name("x"), &fields(&[("environment", "prod"), ("version", "0.9.0")]))?;
            editor.change_ran(&name("x"), 0, "left_for", "1.0.0".into())?;
            editor.set(&name("x"), &["floor"], "1.0.0".into())?;
            let under_way = vec![
                ("to".into(), "1.0.0".into()),
                ("since".into(), crate::model::parse_time("2026-11-22").unwrap().into()),
                ("by".into(), "ann".into()),
            ];
            editor.set(&name("x"), &["under-way", "prod"], Value::Section(under_way))
        });
        assert_eq!(spot, Spot { file: "services/x/running.toml".into(), line: 10 });
        assert_eq!(
            after(&changes, "services/x/service.toml"),
            "[service.x]\nabout = \"X\"\n\n[[service.x.release]]\nversion = \"1.0.0\"\n"
        );
        assert_eq!(
            after(&changes, "services/x/running.toml"),
            "[service.x.running]\nprod = \"1.0.0\"\nstaging = []\n\n[[service.x.ran]]\nenvironment = \"prod\"\n\
             version = \"0.9.0\"\nleft_for = \"1.0.0\"\n\n[service.x.under-way.prod]\nto = \"1.0.0\"\n\
             since = 2026-11-22T00:00:00Z\nby = \"ann\"\n"
        );
        assert_eq!(after(&changes, "services/x/security.toml"), "[service.x]\nfloor = \"1.0.0\"\n");
    }

    #[test]
    fn a_file_that_is_emptied_goes_away_unless_words_are_left() {
        for (running, want) in [
            ("[service.x.running]\nprod = \"1\"\n", None),
            ("# ours\n[service.x.running]\nprod = \"1\"\n", Some("# ours\n\n[service.x]\n")),
            ("service.x.running.prod = \"1\"\n", None),
        ] {
            let tree: MemoryTree = [
                ("holdpoint.toml", "format = 1\n"),
                ("services/x/running.toml", running),
                ("services/x/service.toml", "[service.x]\nabout = \"X\"\n"),
            ]
            .into_iter()
            .collect();
            let mut editor = Editor::new(&tree, "holdpoint.toml");
            assert!(!editor.remove(&name("x"), &["entered", "prod"]).unwrap());
            assert!(editor.remove(&name("x"), &["running"]).unwrap());
            let changes = editor.finish().unwrap();
            let after = changes.files()["services/x/running.toml"].after.clone();
            assert_eq!(after.as_deref(), want.map(str::as_bytes), "{running}");
        }
    }

    #[test]
    fn files_of_flags_are_made_and_changed() {
        let tree = with_releases("semver", &["1.0.0"]);
        let file = "services/x/advisories/CVE-1.toml";
        let affects = Value::Table(fields(&[("service", "x"), ("versions", "<2")]));
        let flag = vec![("title".into(), "T".into()), ("affects".into(), Value::List(vec![affects]))];
        let (_, changes) = edited(&tree, |editor| {
            editor.create(&name("x"), file, ["advisory", "CVE-1"], &flag)?;
            let again = editor.create(&name("x"), file, ["advisory", "CVE-1"], &flag);
            assert!(matches!(again, Err(EditError::Exists(path)) if path == file));
            editor.set_in(&name("x"), file, &["advisory", "CVE-1", "severity"], "high".into())
        });
        assert_eq!(
            after(&changes, file),
            "[advisory.CVE-1]\ntitle = \"T\"\nseverity = \"high\"\naffects = [{ service = \"x\", versions = \"<2\" }]\n"
        );
    }

    #[test]
    fn a_change_that_would_be_a_mistake_is_refused_with_the_mistake() {
        let tree = with_releases("semver", &["1.0.0"]);
        let mut editor = Editor::new(&tree, "holdpoint.toml");
        editor.add_release(&service(&tree), &fields(&[("version", "1.0.0")])).unwrap();
        let Err(EditError::Spoilt(mistakes)) = editor.finish() else { panic!("it was taken") };
        assert_eq!(mistakes.list[0].message, "the release `1.0.0` stands here twice");
        let service = service(&tree);
        let mut broken = tree;
        broken.put("holdpoint.toml", "format = 1\n[service.x\n");
        let mut editor = Editor::new(&broken, "holdpoint.toml");
        let refused = editor.add_release(&service, &fields(&[("version", "1.1.0")]));
        assert!(matches!(refused, Err(EditError::Broken(_))), "{refused:?}");
        assert!(editor.finish().unwrap().is_empty());
    }
}
