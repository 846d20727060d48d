//! A file of cases, read like any file of the registry.

use std::collections::HashMap;
use std::ops::Range;

use super::shape::{CASE, FILE, GIVEN, REASON};
use super::{Case, CaseFile, Expected, ExpectedReason, Given, On, Places};
use crate::judge::Code;
use crate::model::{MoveKind, Sources};
use crate::registry::condition::owner;
use crate::registry::desk::Desk;
use crate::registry::document::Map;
use crate::registry::flag::level;
use crate::registry::mistake::{Mistake, Mistakes, Place, Weight};
use crate::registry::reader::{Table, Value};
use crate::registry::state::move_kind;
use crate::registry::syntax;
use crate::registry::wording::{nearest, quoted};

/// Reads a file of cases.
///
/// # Errors
/// When anything in it isn't understood, or no case is in it.
pub fn cases(path: &str, bytes: Vec<u8>) -> Result<CaseFile, Mistakes> {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    let Some(file) = syntax::take(&mut sources, path, bytes, &mut list) else {
        return Err(Mistakes::new(sources, list));
    };
    let desk = Desk::new(&sources, list);
    let map = syntax::parse(&desk, file).map(Map::into_owned);
    let (cases, given) = map.map(|map| all(map, file, &desk)).unwrap_or_default();
    let list = desk.into_list();
    if list.iter().any(|mistake| mistake.weight == Weight::Mistake) {
        return Err(Mistakes::new(sources, list));
    }
    Ok(CaseFile { sources, cases, given })
}

fn all(mut map: Map<'static>, file: u32, desk: &Desk<'_>) -> (Vec<Case>, Option<Given>) {
    let mut cases: Vec<Option<Case>> = Vec::new();
    {
        let root = Table::open(&map, 0..0, file, &FILE, desk);
        root.table("given", &GIVEN);
        let tables = root.tables("case", &CASE);
        if tables.is_empty() && !desk.has(|_| true) {
            let mistake = Mistake::at(Place::new(file, 0..0), "there is no case in it");
            desk.report(
                mistake.hint("write one: `[[case]]` with `name`, `at`, `service`, `to` and `verdict`"),
            );
        }
        let mut names: HashMap<Box<str>, Place> = HashMap::new();
        for table in &tables {
            let case = case(table);
            if let Some((case, value)) = case.as_ref().zip(table.get("name")) {
                report_twice(case, &value, &mut names);
            }
            cases.push(case);
        }
    }
    // What is given is taken along, so that cases can be tried side by side.
    let given = map.take_tables("case", "given").into_iter().map(|taken| taken.map(Given::of));
    let with = |(case, given): (Option<Case>, Option<Given>)| case.map(|case| Case { given, ..case });
    let cases = cases.into_iter().zip(given).filter_map(with).collect();
    (cases, map.take_table("given").map(Given::of))
}

impl Given {
    fn of((map, span): (Map<'static>, Range<usize>)) -> Given {
        Given { map, span }
    }
}

fn report_twice(case: &Case, value: &Value<'_>, names: &mut HashMap<Box<str>, Place>) {
    match names.get(&case.name) {
        Some(first) => {
            let message = format!("two cases are called {}", quoted(&case.name));
            let mistake = Mistake::at(value.place(), message).also(first.clone(), "first defined here");
            value.desk.report(mistake.hint("say what each of them shows"));
        }
        None => _ = names.insert(case.name.clone(), value.place()),
    }
}

fn case(table: &Table<'_>) -> Option<Case> {
    let (name, about, at) = (table.text("name"), table.text("about"), table.time("at"));
    let (service, environment) = (table.name("service"), table.name("env"));
    let (to, from) = (table.version("to"), table.version("from").map(Box::from));
    let asked = table.word("move", &["rollback", "redeploy"], move_kind).unwrap_or(MoveKind::Rollback);
    let incident = table.get("incident").and_then(Value::id).map(|id| Box::from(id.as_str()));
    let digest = table.text("digest").map(|digest| digest.trim().to_ascii_lowercase().into_boxed_str());
    let on = table.word("on", &["policy", "registry"], on).unwrap_or(On::Policy);
    let expected = expected(table);
    // What stands in it is read once it is known on what it stands; whether it is a table is said now.
    table.table("given", &GIVEN);
    let span = |key| table.get(key).map(|value| value.place().span);
    let places = Places {
        head: table.place().span,
        service: span("service").unwrap_or_default(),
        environment: environment.is_some().then(|| span("env")).flatten(),
        incident: incident.is_some().then(|| span("incident")).flatten(),
    };
    let line = table.desk.sources.line(table.origin());
    let by = table.text("by");
    Some(Case {
        name: name?,
        about,
        on,
        at: at?,
        service: service?,
        environment,
        from,
        to: to?.into(),
        asked,
        incident,
        by,
        digest,
        expected: expected?,
        line,
        given: None,
        places,
    })
}

fn on(word: &str) -> Option<On> {
    Some(if word == "registry" { On::Registry } else { On::Policy })
}

fn expected(table: &Table<'_>) -> Option<Expected> {
    let verdict = table.word("verdict", &["allow", "warn", "hold", "block"], level);
    let reasons: Vec<Option<ExpectedReason>> = table.tables("reasons", &REASON).iter().map(reason).collect();
    let exact = table.bool("exact").unwrap_or(false);
    Some(Expected { level: verdict?, reasons: reasons.into_iter().flatten().collect(), exact })
}

fn reason(table: &Table<'_>) -> Option<ExpectedReason> {
    let code = table.get("code").and_then(code);
    let level = table.word("level", &["allow", "warn", "hold", "block"], level);
    let key = table.word("key", &["reliability", "security", "both"], owner);
    let (subject, rule) = (table.text("subject"), table.text("rule"));
    Some(ExpectedReason { code: code?, subject, level, key, rule })
}

fn code(value: Value<'_>) -> Option<Code> {
    let word = value.text()?;
    let code = Code::from_word(word);
    if code.is_none() {
        let hint = match nearest(word, Code::ALL.into_iter().map(Code::word)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "docs/reasons.md lists the codes".to_owned(),
        };
        value.report_hint(format!("no reason {}", quoted(word)), hint);
    }
    code
}
