//! A throwaway reader of generated registries, until the loader is there.

use holdpoint::judge::DEFAULTS;
use holdpoint::model::*;
use holdpoint::version::{Order, Ranges, Scale};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

#[derive(Clone, Copy)]
struct V<'a>(&'a DeValue<'a>);

impl<'a> V<'a> {
    fn get(&self, key: &str) -> Option<V<'a>> {
        match self.0 {
            DeValue::Table(table) => table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| V(v.get_ref())),
            _ => panic!(),
        }
    }
    fn pairs(&self) -> Vec<(&'a str, V<'a>)> {
        match self.0 {
            DeValue::Table(table) => table.iter().map(|(k, v)| (k.get_ref().as_ref(), V(v.get_ref()))).collect(),
            _ => panic!(),
        }
    }
    fn s(&self) -> &'a str {
        match self.0 {
            DeValue::String(text) => text,
            _ => panic!("{:?}", self.0),
        }
    }
    fn b(&self) -> bool {
        matches!(self.0, DeValue::Boolean(true))
    }
    fn time(&self) -> Time {
        match self.0 {
            DeValue::Datetime(time) => parse_time(&time.to_string()).unwrap(),
            _ => panic!(),
        }
    }
    fn list(&self) -> Vec<V<'a>> {
        match self.0 {
            DeValue::Array(list) => list.iter().map(|v| V(v.get_ref())).collect(),
            _ => vec![*self],
        }
    }
    fn int(&self) -> u32 {
        match self.0 {
            DeValue::Integer(int) => int.as_str().parse().unwrap(),
            _ => panic!(),
        }
    }
    fn words(&self, key: &str) -> Vec<&'a str> {
        self.get(key).map(|v| v.list().iter().map(V::s).collect()).unwrap_or_default()
    }
    fn boxes(&self, key: &str) -> Vec<Box<str>> {
        self.words(key).into_iter().map(Into::into).collect()
    }
    fn opt(&self, key: &str) -> Option<Box<str>> {
        self.get(key).map(|v| v.s().into())
    }
    fn t(&self, key: &str) -> Option<Time> {
        self.get(key).map(|v| v.time())
    }
    fn entries(&self, key: &str) -> Vec<(&'a str, V<'a>)> {
        self.get(key).map(|v| v.pairs()).unwrap_or_default()
    }
    fn all(&self, key: &str) -> Vec<V<'a>> {
        self.get(key).map(|v| v.list()).unwrap_or_default()
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}
fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}
fn key(text: &str) -> Key {
    if text == "security" { Key::Security } else { Key::Reliability }
}
fn owner(text: &str) -> Owner {
    if text == "both" { Owner::Both } else { Owner::One(key(text)) }
}
fn kind(text: &str) -> MoveKind {
    if text == "rollback" { MoveKind::Rollback } else { MoveKind::Redeploy }
}
fn level(text: &str) -> Level {
    Level::ALL.into_iter().find(|level| level.word() == text).unwrap()
}

fn rules(root: V, origin: Option<Origin>) -> Vec<Rule> {
    root.all("rule")
        .iter()
        .map(|rule| {
            let w = rule.get("when").unwrap();
            Rule {
                name: rule.opt("name").unwrap(),
                when: Condition {
                    reason: w.boxes("reason"),
                    case: w.boxes("case"),
                    key: w.words("key").into_iter().map(owner).collect(),
                    severity: w.words("severity").into_iter().map(|s| Severity::from_word(s).unwrap()).collect(),
                    severity_at_least: w.get("severity_at_least").map(|s| Severity::from_word(s.s()).unwrap()),
                    exploited: w.get("exploited").map(|b| b.b()),
                    movement: w.words("move").into_iter().map(kind).collect(),
                    service: w.boxes("service"),
                    tier: w.boxes("tier"),
                    tag: w.boxes("tag"),
                    environment: w.boxes("environment"),
                    reversible: w.get("reversible").map(|b| b.b()),
                    incident: w.get("incident").map(|b| IncidentCondition::Any(b.b())),
                },
                then: level(rule.get("then").unwrap().s()),
                sign: rule.get("sign").map(|s| owner(s.s())),
                because: None,
                until: rule.t("until"),
                origin,
            }
        })
        .collect()
}

fn withdrawn(v: V) -> Option<Withdrawn> {
    v.get("withdrawn").map(|w| Withdrawn { at: w.t("at").unwrap(), by: None, reason: "x".into() })
}

fn flag(kind: FlagKind, fid: &str, v: V, scales: &BTreeMap<String, Scale>) -> Flag {
    let affects: Vec<Affects> = v
        .all("affects")
        .iter()
        .map(|a| {
            let service = a.get("service").map(|s| s.s());
            let scale = service.map(|s| &scales[s]);
            let ranges = |k: &str, except: bool| {
                a.get(k).map(|r| {
                    let words: Vec<_> = r.list().iter().map(V::s).collect();
                    if except { Ranges::parse_except(words, scale.unwrap()) } else { Ranges::parse(words, scale.unwrap()) }
                        .unwrap()
                })
            };
            Affects {
                scope: service.map_or(Scope::Every, |s| Scope::One(name(s))),
                versions: ranges("versions", false),
                except: ranges("except", true),
                tag: a.opt("tag"),
                digests: a.boxes("digests"),
                environments: a.words("environments").into_iter().map(name).collect(),
                fixed_in: a.words("fixed_in").into_iter().map(|f| Version::new(f, scale.unwrap())).collect(),
                origin: Origin::default(),
            }
        })
        .collect();
    let narrowed = v.get("narrowed").map(|n| Narrowed {
        at: n.t("at").unwrap(),
        was: affects
            .iter()
            .filter_map(|a| match &a.scope {
                Scope::One(s) => Some((
                    s.clone(),
                    Ranges::parse(n.words("was"), &scales[s.as_str()]).unwrap(),
                )),
                Scope::Every => None,
            })
            .collect(),
    });
    Flag {
        kind,
        id: id(fid),
        title: v.opt("title").unwrap(),
        url: None,
        severity: v.get("severity").map(|s| Severity::from_word(s.s()).unwrap()).unwrap_or_default(),
        score: None,
        exploited: v.get("exploited").is_some_and(|b| b.b()),
        compromised: v.get("compromised").is_some_and(|b| b.b()),
        aliases: vec![],
        affects,
        recorded: v.t("recorded"),
        effective: v.t("effective"),
        until: v.t("until"),
        by: None,
        ticket: None,
        withdrawn: withdrawn(v),
        narrowed,
        mitigations: v
            .all("mitigation")
            .iter()
            .map(|m| Mitigation {
                id: id(m.get("id").unwrap().s()),
                instruction: "x".into(),
                lowers_to: level(m.get("lowers_to").unwrap().s()),
                hours: m.get("hours").map(|h| h.int()),
                origin: Origin::default(),
            })
            .collect(),
        origin: Origin::default(),
    }
}

fn service(sname: &str, v: V, root: V, scale: &Scale) -> Service {
    let version = |text: &str| Version::new(text, scale);
    let ver = |v: &V, k: &str| v.get(k).map(|s| version(s.s()));
    let origin = Origin::default();
    let own = v.get("owner");
    let mut releases: Vec<Release> = v
        .all("release")
        .iter()
        .map(|r| Release {
            version: ver(r, "version").unwrap(),
            released: r.t("released"),
            commit: None,
            digests: r.boxes("digests"),
            tags: r.boxes("tags"),
            sbom: None,
            withdrawn: withdrawn(*r),
            origin,
        })
        .collect();
    if scale.order() != Order::Listed {
        releases.sort_by(|a, b| a.version.place.cmp(&b.version.place));
    }
    Service {
        name: name(sname),
        about: None,
        owners: Owners {
            reliability: own.and_then(|o| o.get("reliability")).map(|n| name(n.s())),
            security: own.and_then(|o| o.get("security")).map(|n| name(n.s())),
        },
        tier: v.opt("tier"),
        scale: scale.clone(),
        images: vec![],
        deploy: None,
        floor: ver(&v, "floor").map(|version| Floor { version, origin }),
        support: v
            .all("support")
            .iter()
            .map(|s| Support {
                versions: Ranges::parse(s.words("versions"), scale).unwrap(),
                until: s.t("until").unwrap(),
                origin,
            })
            .collect(),
        running: v
            .entries("running")
            .into_iter()
            .map(|(e, l)| (name(e), l.list().iter().map(|s| version(s.s())).collect()))
            .collect(),
        ran: v
            .all("ran")
            .iter()
            .map(|r| Ran {
                environment: name(r.get("environment").unwrap().s()),
                version: ver(r, "version").unwrap(),
                since: r.t("since"),
                until: r.t("until"),
                left_for: ver(r, "left_for"),
                kind: r.get("kind").map(|k| kind(k.s())),
                origin,
            })
            .collect(),
        entered: v
            .entries("entered")
            .into_iter()
            .map(|(e, x)| {
                (
                    name(e),
                    Entered {
                        from: ver(&x, "from").unwrap(),
                        by: x.opt("by").unwrap(),
                        subjects: x.boxes("subjects"),
                        expires: x.t("expires").unwrap(),
                        origin,
                    },
                )
            })
            .collect(),
        under_way: v
            .entries("under-way")
            .into_iter()
            .map(|(e, x)| {
                (name(e), UnderWay { to: ver(&x, "to").unwrap(), since: x.t("since").unwrap(), by: "x".into(), origin })
            })
            .collect(),
        settled: v
            .entries("settled")
            .into_iter()
            .map(|(e, x)| (e.into(), Settled { at: x.t("at").unwrap(), by: None, reason: "x".into(), origin }))
            .collect(),
        releases,
        barriers: v
            .all("barrier")
            .iter()
            .map(|b| {
                let before = ver(b, "before").unwrap();
                Barrier {
                    since: ver(b, "since").unwrap_or_else(|| before.clone()),
                    before,
                    reason: "x".into(),
                    undo: b.opt("undo"),
                    url: None,
                    origin,
                }
            })
            .collect(),
        flags: vec![],
        sign_offs: root
            .entries("sign-off")
            .into_iter()
            .filter(|(_, s)| s.get("service").unwrap().s() == sname)
            .map(|(i, s)| SignOff {
                id: id(i),
                environment: name(s.get("environment").unwrap().s()),
                to: s.opt("to").unwrap(),
                accepts: s.boxes("accepts"),
                with: s.words("with").into_iter().map(|w| w.split_once('/').map(|(a, b)| (id(a), id(b))).unwrap()).collect(),
                key: key(s.get("as").unwrap().s()),
                by: s.opt("by").unwrap(),
                known: None,
                reason: "x".into(),
                ticket: None,
                at: s.t("at").unwrap(),
                expires: s.t("expires").unwrap(),
                origin,
            })
            .collect(),
        debts: root
            .entries("debt")
            .into_iter()
            .filter(|(_, s)| s.get("service").unwrap().s() == sname)
            .map(|(i, s)| Debt {
                id: id(i),
                environment: name(s.get("environment").unwrap().s()),
                from: ver(&s, "from").unwrap(),
                to: ver(&s, "to").unwrap(),
                subjects: s.boxes("subjects"),
                reason: "x".into(),
                by: "x".into(),
                at: s.t("at").unwrap(),
                due: s.t("due"),
                reviews: s
                    .all("reviews")
                    .iter()
                    .map(|r| Review { key: key(r.get("as").unwrap().s()), by: "x".into(), at: r.t("at").unwrap(), note: None })
                    .collect(),
                origin,
            })
            .collect(),
        origin,
    }
}

pub fn read(files: &BTreeMap<String, String>) -> Registry {
    let mut text = files["holdpoint.toml"].clone();
    for (path, more) in files {
        if path != "holdpoint.toml" {
            text.push_str(more);
        }
    }
    let table = DeTable::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let root = DeValue::Table(table.into_inner());
    let root = V(&root);
    let defaults = DeValue::Table(DeTable::parse(DEFAULTS).unwrap().into_inner());
    let mut all = rules(root, Some(Origin::default()));
    all.extend(rules(V(&defaults), None));
    let policy = root.get("policy").unwrap();
    let window = |key: &str| policy.get(key).map(|w| Window::parse(w.s()).unwrap());
    let scales: BTreeMap<String, Scale> = root
        .entries("service")
        .into_iter()
        .map(|(n, v)| {
            let scale = match Order::from_word(v.get("order").unwrap().s()).unwrap() {
                Order::Listed => Scale::listed(v.all("release").iter().map(|r| r.get("version").unwrap().s())),
                order => Scale::new(order),
            };
            (n.to_owned(), scale)
        })
        .collect();
    let mut flags: Vec<Flag> =
        root.entries("advisory").into_iter().map(|(i, v)| flag(FlagKind::Advisory, i, v, &scales)).collect();
    flags.extend(
        root.entries("instability").into_iter().map(|(i, v)| flag(FlagKind::Instability, i, v, &scales)),
    );
    Registry {
        sources: Sources::default(),
        policy: Policy {
            baseline: window("baseline").unwrap(),
            ping_pong: window("ping_pong").unwrap(),
            target_age: Window::days(90),
            sign_off_max: window("sign_off_max").unwrap(),
            review_within: window("review_within").unwrap(),
            max_age: window("max_age"),
        },
        rules: all,
        environments: root
            .entries("environment")
            .into_iter()
            .map(|(n, v)| {
                (name(n), Environment { within: v.get("in").map(|g| name(g.s())), origin: Origin::default() })
            })
            .collect(),
        teams: root
            .entries("team")
            .into_iter()
            .map(|(n, v)| (name(n), Team { members: v.boxes("members"), origin: Origin::default() }))
            .collect(),
        incidents: root
            .entries("incident")
            .into_iter()
            .map(|(n, v)| Incident {
                id: id(n),
                services: v.words("services").into_iter().map(name).collect(),
                severity: None,
                started: v.t("started").unwrap(),
                ended: v.t("ended"),
                origin: Origin::default(),
            })
            .collect(),
        services: root.entries("service").into_iter().map(|(n, v)| (name(n), service(n, v, root, &scales[n]))).collect(),
        flags,
    }
}
