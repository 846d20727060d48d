//! What comes of incidents that begin and end, as tables.

use super::*;
use crate::model::{Key, parse_time};
use crate::record::{Ids, Known, State, Who};
use crate::registry::LoadError;
use crate::registry::MemoryTree;

const MAIN: &str = r#"# Ours.
format = 1
[environment.prod]

[incident.INC-1]   # long ago
services = ["x"]
started = 2026-01-01T00:00:00Z
ended = 2026-01-02T00:00:00Z

[service.x]
release = [{ version = "1.0.0" }, { version = "1.1.0" }, { version = "1.2.0" }]
running = { prod = "1.0.0" }
ran = [
    { environment = "prod", version = "1.2.0", until = 2026-11-22T02:00:00Z, left_for = "1.1.0", kind = "rollback" },
    { environment = "prod", version = "1.1.0", until = 2026-11-22T02:30:00Z, left_for = "1.0.0", kind = "rollback" },
]
[service.y]

[debt.D1]
service = "x"
environment = "prod"
from = "1.1.0"
to = "1.0.0"
subjects = ["CVE-1"]
reason = "r"
by = "a@b"
at = 2026-11-22T02:30:00Z
reviews = [{ as = "security", by = "s@b", at = 2026-11-22T02:40:00Z }]
"#;

fn tree(main: &str) -> MemoryTree {
    [("holdpoint.toml", main)].into_iter().collect()
}

fn occasion() -> Occasion {
    Occasion {
        now: parse_time("2026-11-22T03:00:00Z").unwrap(),
        who: Who { by: "a@b".into(), known: Known::Flag },
        ids: Ids::from(7),
        state: State::default(),
        ci: std::collections::BTreeMap::new(),
    }
}

fn started(
    main: &str,
    id: &str,
    services: &[&str],
    set: impl FnOnce(&mut Start),
) -> Result<Written, Refusal> {
    let services = services.iter().map(|name| Name::new(name).unwrap()).collect();
    let mut request = Start { id: Id::new(id).unwrap(), services, severity: None, at: None };
    set(&mut request);
    start(&tree(main), "holdpoint.toml", &request, &occasion())
}

fn ended(main: &str, id: &str, at: Option<&str>) -> Result<Written, Refusal> {
    let request = End { id: Id::new(id).unwrap(), at: at.map(|at| parse_time(at).unwrap()) };
    end(&tree(main), "holdpoint.toml", &request, &occasion())
}

fn after(written: &Written) -> String {
    String::from_utf8(written.changes.files()["holdpoint.toml"].after.clone().unwrap()).unwrap()
}

fn refused(done: Result<Written, Refusal>) -> String {
    match done {
        Err(Refusal::Unfit { message, hint: Some(hint) }) => format!("{message}; {hint}"),
        other => panic!("{other:?}"),
    }
}

fn severity(word: &str) -> impl FnOnce(&mut Start) {
    let said = Said::new(word).unwrap();
    move |request| request.severity = Some(said)
}

#[test]
fn one_that_begins_stands_behind_the_others() {
    let written = started(MAIN, "INC-2.a", &["x", "y"], severity("sev1")).unwrap();
    let table = "[incident.\"INC-2.a\"]\nservices = [\"x\", \"y\"]\nseverity = \"sev1\"\nstarted = 2026-11-22T03:00:00Z\n\n";
    assert_eq!(after(&written), MAIN.replace("[service.x]", &format!("{table}[service.x]")));
    assert_eq!((written.outcome, written.place.1), (Outcome::Started, 10));
    let lines: Vec<_> = written.says.iter().map(|line| (&*line.service, line.incident.as_deref())).collect();
    assert_eq!(lines, [("x", Some("INC-2.a")), ("y", Some("INC-2.a"))]);
    assert!(written.says[0].group.is_some() && written.says[0].group == written.says[1].group);
    assert_eq!(written.says[0].deed, Deed::IncidentStarted { severity: Some("sev1".into()) });
}

#[test]
fn one_that_is_on_is_extended_or_left_alone() {
    let on = after(&started(MAIN, "INC-2", &["x"], severity("sev2")).unwrap());
    let again = started(&on, "inc-2", &["x"], |_| ()).unwrap();
    assert_eq!((again.outcome, again.changes.is_empty(), again.says.len()), (Outcome::Unchanged, true, 0));
    assert_eq!(started(&on, "INC-2", &["x"], severity("sev2")).unwrap().outcome, Outcome::Unchanged);

    let more = started(&on, "INC-2", &["y", "x"], |_| ()).unwrap();
    assert_eq!(
        after(&more),
        on.replacen("services = [\"x\"]\nseverity", "services = [\"x\", \"y\"]\nseverity", 1)
    );
    let lines: Vec<&str> = more.says.iter().map(|line| &*line.service).collect();
    assert_eq!((more.outcome, lines), (Outcome::Extended, vec!["y"]));

    let worse = started(&on, "INC-2", &["y"], severity("sev1")).unwrap();
    assert_eq!((worse.severity_was.as_deref(), worse.says.len()), (Some("sev2"), 2));
    assert!(after(&worse).contains("severity = \"sev1\"\n"));
    let other = refused(started(&on, "INC-2", &["x"], |request| request.at = parse_time("2026-11-22").ok()));
    assert!(
        other.starts_with("INC-2 is on since 2026-11-22T03:00:00Z, not since 2026-11-22T00:00:00Z"),
        "{other}"
    );
}

#[test]
fn what_can_not_begin_is_refused() {
    let over = refused(started(MAIN, "inc-1", &["x"], |_| ()));
    assert!(
        over.starts_with("INC-1 is over: it lasted from 2026-01-01") && over.contains("another id"),
        "{over}"
    );
    let ahead = refused(started(MAIN, "INC-2", &["x"], |request| request.at = parse_time("2026-11-23").ok()));
    assert!(ahead.starts_with("2026-11-23T00:00:00Z lies in the future"), "{ahead}");
    let nobody = started(MAIN, "INC-2", &["xy"], |_| ()).unwrap_err();
    assert!(matches!(nobody, Refusal::Unloaded(LoadError::NoService { .. })), "{nobody:?}");
}

#[test]
fn at_the_end_it_is_said_what_is_left_to_do() {
    let begun = |main: &str| {
        let at = |request: &mut Start| request.at = parse_time("2026-11-22T01:30:00Z").ok();
        after(&started(main, "INC-2", &["x", "y"], at).unwrap())
    };
    let on = begun(MAIN);
    let over = ended(&on, "INC-2", None).unwrap();
    let begins = "started = 2026-11-22T01:30:00Z\n";
    assert_eq!(after(&over), on.replace(begins, &format!("{begins}ended = 2026-11-22T03:00:00Z\n")));
    assert_eq!((over.outcome, over.says.len(), over.notes.len()), (Outcome::Ended, 2, 0));
    let [left] = &*over.left else { panic!("{:?}", over.left) };
    assert_eq!((left.debts.len(), &*left.debts[0].wanting), (1, &[Key::Reliability][..]));
    let versions: Vec<&str> = left.rollbacks.iter().map(|rollback| &*rollback.version).collect();
    assert_eq!(versions, ["1.2.0", "1.1.0"]);

    // What was flagged or settled since, and what was left before, is nothing to do.
    let flag = "[instability.INC-2]\ntitle = \"t\"\naffects = [{ service = \"x\", versions = \"1.2.0\" }]\n";
    let done = on.replace("[service.y]", &format!("[service.x.settled]\n\"1.1.0\" = {{ at = 2026-11-22T02:50:00Z, reason = \"r\" }}\n[service.y]\n{flag}"));
    assert!(ended(&done, "INC-2", None).unwrap().left[0].rollbacks.is_empty());
    let later = on.replace(begins, "started = 2026-11-22T02:10:00Z\n");
    assert_eq!(ended(&later, "INC-2", None).unwrap().left[0].rollbacks.len(), 1);
}

#[test]
fn an_end_is_said_once() {
    let again = ended(MAIN, "INC-1", None).unwrap();
    assert_eq!((again.outcome, again.changes.is_empty()), (Outcome::Unchanged, true));
    assert_eq!(ended(MAIN, "INC-1", Some("2026-01-02")).unwrap().outcome, Outcome::Unchanged);
    let other = refused(ended(MAIN, "INC-1", Some("2026-01-03")));
    assert!(other.starts_with("INC-1 ended at 2026-01-02T00:00:00Z, not at 2026-01-03"), "{other}");
    let on = after(&started(MAIN, "INC-2", &["x"], |_| ()).unwrap());
    let early = refused(ended(&on, "INC-2", Some("2026-11-01")));
    assert!(early.contains("it began at 2026-11-22T03:00:00Z"), "{early}");
    assert!(refused(ended(&on, "INC-3", None)).contains("did you mean `INC-1`"));
    assert!(refused(ended(&on, "outage", None)).ends_with("on: `INC-2`"));
}
