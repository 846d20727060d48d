//! The acts that are tried, one line each in [`ACTS`], and the registry that they are done on.

use holdpoint::act::flag::{self, part};
use holdpoint::act::observe::{Sight, observe};
use holdpoint::act::{Said, clear, incident, movement, release, review, sign_off};
use holdpoint::import::sight::{Observation, Runs};
use holdpoint::judge::{Moment, Question};
use holdpoint::model::{FlagKind, Id, Key, MoveKind, Name, Severity, Time, parse_time};
use holdpoint::record::{Deed, Ids, Known, Occasion, State, Statement, Who, Writes};
use holdpoint::registry::{Ask, Changes, Tree, load};

/// What an act writes.
pub(super) struct Written {
    pub changes: Changes,
    pub says: Vec<Statement>,
}

impl Written {
    pub(super) fn writes(&self) -> Writes<'_> {
        Writes { changes: &self.changes, says: &self.says }
    }
}

/// An act with its name.
pub(super) type Act = (&'static str, fn(&dyn Tree) -> Written);

/// All acts that are tried at every step. Each is done on [`REGISTRY`], with [`before`] in its record.
pub(super) const ACTS: &[Act] = &[
    ("one-file", |tree| of(add(tree, "shop", "1.3.0").changes, vec![])),
    ("one-line", |_| of(Changes::new(), vec![says("shop", Deed::Checked)])),
    ("first-line", |_| of(Changes::new(), vec![says("pay", Deed::Checked)])),
    ("two-lines", |_| {
        of(Changes::new(), vec![says("shop", Deed::Checked), says("shop", Deed::IncidentEnded)])
    }),
    ("release-add", |tree| add(tree, "pay", "2.0.0")),
    ("observe", seen),
    ("several", several),
    ("flag", flagged),
    ("clear", cleared),
    ("start", |tree| started(tree).0),
    ("finish", finished),
    ("record", recorded),
    ("sign-off", signed),
    ("revoke", revoked),
    ("review", reviewed),
    ("settle", settled),
    ("incident-start", incident_started),
    ("incident-end", incident_ended),
];

/// What comes after a crash: it has to bring to its end what was begun, and gets its lines in.
pub(super) const NEXT: Act = ("next", |tree| {
    let Written { changes, mut says } = add(tree, "shop", "9.9.9");
    says.push(self::says("pay", Deed::Checked));
    of(changes, says)
});

pub(super) const REGISTRY: &[(&str, &str)] = &[
    (
        "holdpoint.toml",
        "format = 1\n[environment.prod]\n[incident.INC-8]\nservices = [\"shop\", \"pay\"]\n\
         started = 2026-11-22T02:50:00Z\n",
    ),
    (
        "services/shop/service.toml",
        "[service.shop]\nrunning = { prod = \"1.1.0\" }\n\n[[service.shop.release]]\nversion = \"1.0.0\"\n\n\
         [[service.shop.release]]\nversion = \"1.1.0\"\n\n[[service.shop.release]]\nversion = \"1.2.0\"\n\n\
         [[service.shop.ran]]\nenvironment = \"prod\"\nversion = \"1.2.0\"\nsince = 2026-11-01\nuntil = 2026-11-10\n\
         left_for = \"1.1.0\"\nkind = \"rollback\"\n",
    ),
    ("services/pay/service.toml", "[service.pay]\n\n[[service.pay.release]]\nversion = \"1.0.0\"\n"),
    (
        "services/shop/instabilities/INC-1.toml",
        "[instability.INC-1]\ntitle = \"Slow\"\naffects = [{ service = \"shop\", versions = \"1.2.0\" }]\n",
    ),
    (
        "services/shop/sign-offs/reliability/S-1.toml",
        "[sign-off.S-1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.0.0\"\naccepts = [\"INC-7\"]\n\
         as = \"reliability\"\nby = \"Bob <bob@example.com>\"\nreason = \"it burns\"\n\
         at = 2026-11-22T02:00:00Z\nexpires = 2026-11-22T06:00:00Z\n",
    ),
    (
        "services/shop/debts/D-1.toml",
        "[debt.D-1]\nservice = \"shop\"\nenvironment = \"prod\"\nfrom = \"1.2.0\"\nto = \"1.1.0\"\nsubjects = [\"INC-9\"]\n\
         reason = \"it burnt\"\nby = \"Bob <bob@example.com>\"\nat = 2026-11-21T03:00:00Z\ndue = 2026-11-24T03:00:00Z\n",
    ),
];

/// What the record says before.
pub(super) fn before() -> Vec<Statement> {
    vec![says("shop", released("1.1.0")), says("shop", Deed::Checked)]
}

fn now() -> Time {
    parse_time("2026-11-22T03:00:00Z").unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn occasion() -> Occasion {
    let who = Who { by: "Ann <ann@example.com>".into(), known: Known::Flag };
    Occasion { now: now(), who, ids: Ids::from(7), state: State::default(), ci: Default::default() }
}

fn says(service: &str, deed: Deed) -> Statement {
    occasion().says(&name(service), deed)
}

fn released(version: &str) -> Deed {
    Deed::Released { version: version.into(), commit: None, digests: Vec::new() }
}

fn of(changes: Changes, says: Vec<Statement>) -> Written {
    Written { changes, says }
}

fn add(tree: &dyn Tree, service: &str, version: &str) -> Written {
    let request = release::Request {
        service: name(service),
        version: version.into(),
        released: None,
        commit: None,
        digests: Vec::new(),
        tags: Vec::new(),
        sbom: None,
    };
    let added = release::add(tree, "holdpoint.toml", &request, &occasion()).unwrap();
    of(added.changes, added.says)
}

fn seen(tree: &dyn Tree) -> Written {
    let loaded = load(tree, "holdpoint.toml", &Ask::Service(name("shop"))).unwrap();
    let runs = Runs { version: "1.2.0".into(), since: None, seen: Vec::new() };
    let observation = Observation {
        known: "by hand",
        running: vec![runs],
        others: false,
        past: Vec::new(),
        notes: Vec::new(),
    };
    let sight = Sight { environment: &name("prod"), observation: &observation, now: now(), kind: None };
    let shop = &loaded.registry.services[&name("shop")];
    let observed = observe(tree, "holdpoint.toml", &loaded.registry, shop, sight, &occasion()).unwrap();
    of(observed.changes, observed.says)
}

/// Files that are made, changed and deleted, and lines for two services, one of which has no record yet.
fn several(tree: &dyn Tree) -> Written {
    let mut changes = Changes::new();
    let new = "[advisory.CVE-1]\ntitle = \"Bad\"\naffects = [{ service = \"shop\", versions = \"1.0.0\" }]\n";
    changes.write(tree, "advisories/CVE-1.toml", new).unwrap();
    let gone = "services/shop/instabilities/INC-1.toml";
    changes.put(gone, tree.read(gone).unwrap(), None);
    changes.write(tree, "holdpoint.toml", "format = 1\n[environment.prod]\n[environment.test]\n").unwrap();
    let says =
        vec![says("shop", Deed::IncidentEnded), says("pay", Deed::Checked), says("pay", Deed::IncidentEnded)];
    of(changes, says)
}

fn flagged(tree: &dyn Tree) -> Written {
    let request = flag::Request {
        kind: FlagKind::Advisory,
        parts: vec![part("shop=<1.2.0").unwrap(), part("pay=1.0.0").unwrap()],
        id: Some(Id::new("CVE-2").unwrap()),
        title: Some(Said::new("A hole").unwrap()),
        url: None,
        severity: Some(Severity::High),
        cvss: None,
        exploited: false,
        compromised: false,
        aliases: Vec::new(),
        except: Vec::new(),
        fixed_in: Vec::new(),
        environments: Vec::new(),
        effective: None,
        until: None,
        mitigations: Vec::new(),
        ticket: None,
        extend: false,
        future: false,
    };
    let flagged = flag::flag(tree, "holdpoint.toml", &request, &occasion()).unwrap();
    of(flagged.changes, flagged.says)
}

fn cleared(tree: &dyn Tree) -> Written {
    let holder = clear::Holder::Own(name("shop"));
    let id = Id::new("INC-1").unwrap();
    let request = clear::Request {
        target: clear::Candidate { id, kind: FlagKind::Instability, holder, alias: None },
        service: None,
        reason: Said::new("load test passed").unwrap(),
        fixed_in: None,
    };
    let cleared = clear::clear(tree, "holdpoint.toml", &request, &occasion()).unwrap();
    of(cleared.changes, cleared.says)
}

/// A move against its verdict, if need be.
fn going<T>(does: impl FnOnce(movement::Going<'_>) -> T) -> T {
    let question = Question {
        service: name("shop"),
        environment: Some(name("prod")),
        from: None,
        to: "1.2.0".into(),
        asked: MoveKind::Redeploy,
        incident: None,
        asker: None,
        along: Default::default(),
    };
    let (moment, break_glass) = (Moment::present(now()), Some("it burns"));
    does(movement::Going { question: &question, moment, break_glass, strict: false })
}

fn started(tree: &dyn Tree) -> (Written, movement::Begun) {
    let command = ["deploy".to_owned()];
    match going(|going| movement::start(tree, "holdpoint.toml", going, &command, &occasion())).unwrap() {
        movement::Start::Goes(started) => (of(started.changes, started.says), started.begun),
        movement::Start::Stopped(_) => panic!("it is stopped"),
    }
}

fn finished(tree: &dyn Tree) -> Written {
    let begun = started(tree).1;
    let ended = movement::Ended {
        code: Some(0),
        signal: None,
        passed_on: Vec::new(),
        trouble: None,
        never_began: false,
    };
    let done = movement::finish(tree, "holdpoint.toml", &begun, &ended, None, &occasion()).unwrap();
    of(done.changes, done.says)
}

fn recorded(tree: &dyn Tree) -> Written {
    let done = going(|going| {
        let act = movement::Act { going, moved: None, key: Some("deploy-7") };
        movement::record(tree, "holdpoint.toml", act, &occasion())
    });
    match done.unwrap() {
        movement::Record::Done(recorded) => of(recorded.changes, recorded.says),
        other => panic!("{other:?}"),
    }
}

fn signed(tree: &dyn Tree) -> Written {
    let request = sign_off::Request {
        service: name("shop"),
        environment: name("prod"),
        to: "1.2.0".into(),
        from: None,
        incident: None,
        accepts: vec!["INC-1".into()],
        with: Vec::new(),
        key: Some(Key::Reliability),
        asker: None,
        reason: Some(Said::new("it burns").unwrap()),
        ticket: None,
        expires: None,
    };
    let before = load(tree, "holdpoint.toml", &Ask::Service(name("shop"))).unwrap();
    let moment = Moment::present(now());
    let done = sign_off::give(tree, "holdpoint.toml", before, &request, moment, &occasion()).unwrap();
    of(done.changes, done.says)
}

fn revoked(tree: &dyn Tree) -> Written {
    let reason = Said::new("no longer true").unwrap();
    let request = sign_off::Revocation { service: name("shop"), id: Id::new("S-1").unwrap(), reason };
    let moment = Moment::present(now());
    let done = sign_off::revoke(tree, "holdpoint.toml", &request, moment, &occasion()).unwrap();
    of(done.changes, done.says)
}

fn incident_started(tree: &dyn Tree) -> Written {
    let request = incident::Start {
        id: Id::new("INC-9").unwrap(),
        services: vec![name("shop"), name("pay")],
        severity: Some(Said::new("sev1").unwrap()),
        at: None,
    };
    let done = incident::start(tree, "holdpoint.toml", &request, &occasion()).unwrap();
    of(done.changes, done.says)
}

fn incident_ended(tree: &dyn Tree) -> Written {
    let request = incident::End { id: Id::new("INC-8").unwrap(), at: None };
    let done = incident::end(tree, "holdpoint.toml", &request, &occasion()).unwrap();
    of(done.changes, done.says)
}

fn reviewed(tree: &dyn Tree) -> Written {
    let asked = review::Asked::Review { key: Some(Key::Reliability), note: Said::new("looked at").unwrap() };
    let request = review::Request { service: name("shop"), debt: Id::new("D-1").unwrap(), asked };
    let done = review::review(tree, "holdpoint.toml", &request, &occasion()).unwrap();
    of(done.changes, done.says)
}

fn settled(tree: &dyn Tree) -> Written {
    let shop = name("shop");
    let settling = movement::Settling { service: &shop, version: "1.2.0", reason: "mended" };
    let settle =
        movement::settle(tree, "holdpoint.toml", settling, Moment::present(now()), &occasion()).unwrap();
    of(settle.changes, settle.says)
}
