//! `[gate]`: how changes of manifests are read.
//!
//! No verdict on one service needs it, so a check doesn't look at it: a mistake here stops `gate` and is `lint`'s.

use crate::model::{Find, FindError, Gate, GateEnvironment, LinePattern, PathGlob};
use crate::registry::mistake::Mistake;
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{GATE, GATE_ENVIRONMENT, GATE_PATTERN};
use crate::registry::wording::{meant, quoted};

/// `[gate]`.
pub(super) fn gate(root: &Table<'_>) -> Gate {
    let Some(table) = root.table("gate", &GATE) else { return Gate::default() };
    let environments = table.tables("environment", &GATE_ENVIRONMENT);
    let patterns = table.tables("pattern", &GATE_PATTERN);
    Gate {
        environments: environments.iter().filter_map(environment).collect(),
        patterns: patterns.iter().enumerate().filter_map(|(at, table)| pattern(at, table)).collect(),
        ignore: globs(&table, "ignore"),
        require_known: table.bool("require_known").unwrap_or(false),
    }
}

/// `[[gate.environment]]`.
fn environment(table: &Table<'_>) -> Option<GateEnvironment> {
    let (paths, namespaces) = (globs(table, "paths"), table.some_texts("namespaces"));
    let mut labels = Vec::new();
    for entry in table.get("labels").and_then(Value::entries).into_iter().flatten() {
        labels.extend(entry.value.text().map(|text| (entry.key.into(), text.into())));
    }
    let name = table.environment("name")?;
    if !["paths", "namespaces", "labels"].iter().any(|key| table.has(key)) {
        let message = format!("nothing says which places are {}", quoted(name.as_str()));
        let hint =
            format!("add `paths = [\"clusters/{name}/**\"]`, `namespaces = […]` or `labels = {{ … }}`");
        table.desk.report(Mistake::at(table.place(), message).hint(hint));
    }
    Some(GateEnvironment { name, paths, namespaces, labels, origin: table.origin() })
}

/// `[[gate.pattern]]`.
fn pattern(at: usize, table: &Table<'_>) -> Option<LinePattern> {
    let name = table.text("name").unwrap_or_else(|| format!("pattern {}", at + 1).into());
    let (files, service) = (globs(table, "files"), table.name("service"));
    let find = find(table)?;
    if service.is_none() && !find.has("service") && !find.has("image") {
        let value = table.get("find")?;
        let hint = "add a group `(?<service>…)` or `(?<image>…)`, or say `service = \"NAME\"` beside it";
        value.report_hint("nothing says whose version that is", hint);
    }
    Some(LinePattern { name, files, find, service, origin: table.origin() })
}

fn find(table: &Table<'_>) -> Option<Find> {
    let value = table.get("find")?;
    let report = |error: FindError| {
        let hint = match &error {
            FindError::Group(name) => meant(name, Find::GROUPS.iter().copied(), "groups:"),
            FindError::NoVersion => Some("write `(?<version>…)` around the part that is the version".into()),
            FindError::TooLarge => Some("at most 1,000 bytes, and no large counts such as `{1000}`".into()),
            FindError::Syntax(_) => None,
        };
        let mistake = Mistake::at(value.place(), format!("{} {error}", value.called()));
        value.desk.report(mistake.maybe_hint(hint));
    };
    Find::new(value.text()?).map_err(report).ok()
}

/// A list of globs over paths.
fn globs(table: &Table<'_>, key: &'static str) -> Vec<PathGlob> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let mut globs = Vec::new();
    let mut any = false;
    for item in value.items("a list of globs").into_iter().flatten() {
        any = true;
        let Some(text) = item.text() else { continue };
        match PathGlob::new(text) {
            Ok(glob) => globs.push(glob),
            Err(error) => item.report_hint(
                format!("the glob {} {error}", quoted(text)),
                "`*` and `?` stand within one part of a path, `**` for any number of parts: `clusters/prod/**`",
            ),
        }
    }
    let is_list = value.node().as_array().is_some();
    if !any && is_list && key != "ignore" {
        value.report_empty();
    }
    globs
}

#[cfg(test)]
mod tests {
    use crate::registry::{Ask, LoadError, MemoryTree, Whole, load};

    fn tree(text: &str) -> MemoryTree {
        [("holdpoint.toml", format!("format = 1\n[service.checkout]\n{text}"))].into_iter().collect()
    }

    #[test]
    fn settings_are_read_by_who_reads_the_whole() {
        let tree = tree(
            "[gate]\nignore = ['docs/**']\nrequire_known = true\n[[gate.environment]]\nname = 'prod'\n\
             paths = ['clusters/prod/']\nlabels = { env = 'prod*' }\n[[gate.pattern]]\nfiles = ['**/.env']\n\
             find = '^(?<service>\\w+)=(?<version>.+)'\n",
        );
        let whole = Whole::open(&tree, "holdpoint.toml").unwrap();
        assert!(whole.mistakes().list.is_empty(), "{:?}", whole.mistakes());
        let gate = whole.shared(&tree).unwrap().registry.gate;
        assert!(gate.require_known && gate.ignore[0].matches("docs/a.yaml"));
        assert!(gate.environments[0].paths[0].matches("clusters/prod/a.yaml"));
        assert_eq!(gate.environments[0].labels, [("env".into(), "prod*".into())]);
        assert_eq!(&*gate.patterns[0].name, "pattern 1");
    }

    #[test]
    fn mistakes_stop_the_gate_and_no_check() {
        for (text, said) in [
            ("[gate]\nenvironments = []\n", "no key `environments` in the gate"),
            ("[[gate.environment]]\nname = 'prod'\n", "nothing says which places are `prod`"),
            ("[[gate.environment]]\nname = 'prod'\npaths = ['{a,b}']\n", "the glob `{a,b}` holds `{`"),
            ("[[gate.environment]]\nname = 'prod'\npaths = []\n", "`paths` of a place"),
            ("[[gate.pattern]]\nfiles = ['a']\nfind = '('\n", "no regular expression"),
            ("[[gate.pattern]]\nfiles = ['a']\nfind = '(?<version>a)'\n", "nothing says whose version"),
            ("[[gate.pattern]]\nfiles = ['a']\nfind = '(?<service>a)'\n", "says no version"),
            ("[[gate.pattern]]\nfiles = ['a']\nfind = '(?<service>a)(?<ver>b)'\n", "has a group `ver`"),
            ("[[gate.pattern]]\nfind = '(?<service>a)(?<version>b)'\n", "needs `files`"),
            (
                "[environment.prod]\n[[gate.environment]]\nname = 'prd'\npaths = ['a']\n",
                "no environment `prd`",
            ),
        ] {
            let tree = tree(text);
            let whole = Whole::open(&tree, "holdpoint.toml").unwrap();
            let list = &whole.mistakes().list;
            assert!(list.iter().any(|mistake| mistake.message.contains(said)), "{text}: {list:?}");
            let check = Ask::Service(crate::model::Name::new("checkout").unwrap());
            assert!(load(&tree, "holdpoint.toml", &check).is_ok(), "{text}");
            assert!(matches!(load(&tree, "holdpoint.toml", &Ask::Everything), Err(LoadError::Mistakes(_))));
        }
    }
}
