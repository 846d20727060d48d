//! Small registries, in one file and in folders, before and after moves.

mod entered;
mod finish;
mod record;
mod settle;
mod start;

use std::collections::BTreeMap;

use super::*;
use crate::act::observe::{Sight, observe};
use crate::import::sight::{Observation, Runs};
use crate::model::{MoveKind, Name, Registry, format_time, parse_time};
use crate::record::{Deed, Deeds, Ids, Known, Line, Occasion, State, Statement, Who, Writes, seal, tail};
use crate::registry::{Ask, Change, MemoryTree, Tree, load};

const MAIN: &str = "holdpoint.toml";
const SRE: &str = "Sue <sre@example.com>";

/// Three releases; the newest runs, since the 18th. `%` stands for what a test adds to the service.
const SHOP: &str = "\
[service.shop]
owner = { reliability = \"sre\", security = \"appsec\" }
running = { prod = \"1.2.0\", staging = [] }
%
[[service.shop.release]]
version = \"1.0.0\"
[[service.shop.release]]
version = \"1.1.0\"
[[service.shop.release]]
version = \"1.2.0\"
[[service.shop.ran]]
environment = \"prod\"
version = \"1.1.0\"
since = 2026-11-01T00:00:00Z
until = 2026-11-18T00:00:00Z
left_for = \"1.2.0\"
kind = \"redeploy\"
[[service.shop.ran]]
environment = \"prod\"
version = \"1.2.0\"
since = 2026-11-18T00:00:00Z
";

/// What both teams are.
const TEAMS: &str =
    "[team.sre]\nmembers = [\"sre@example.com\"]\n[team.appsec]\nmembers = [\"sec@example.com\"]\n";

/// An advisory; `HIGH` holds what reopens it.
fn advisory(id: &str, versions: &str, severity: &str) -> String {
    format!(
        "[advisory.{id}]\ntitle = \"A hole\"\nseverity = \"{severity}\"\n\
         affects = [{{ service = \"shop\", versions = \"{versions}\" }}]\n"
    )
}

/// A sign-off of a key for a move to a release.
fn sign_off(id: &str, key: &str, to: &str, accepts: &[&str], expires: &str) -> String {
    let by = if key == "security" { "sec@example.com" } else { "sre@example.com" };
    format!(
        "[sign-off.{id}]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"{to}\"\naccepts = {accepts:?}\n\
         as = \"{key}\"\nby = \"{by}\"\nreason = \"so\"\nat = 2026-11-22T02:00:00Z\nexpires = {expires}\n"
    )
}

/// A registry with its record, and a clock.
#[derive(Clone)]
struct World {
    tree: MemoryTree,
    now: Time,
    seed: u128,
    by: &'static str,
}

impl World {
    /// All in one file: the service with something added, then what else stands there.
    fn one(added: &str, rest: &[String]) -> World {
        let text = format!("format = 1\n{TEAMS}{}{}", SHOP.replace('%', added), rest.concat());
        World::of(&[(MAIN, text)])
    }

    /// The same in the service's folder. `rest` are tables, each of which gets its file.
    fn folder(added: &str, rest: &[String]) -> World {
        let mut files = vec![
            (MAIN.to_owned(), format!("format = 1\n{TEAMS}")),
            ("services/shop/service.toml".to_owned(), SHOP.replace('%', added)),
        ];
        for table in rest {
            let id = table.split(['[', ']']).nth(1).unwrap().split_once('.').unwrap();
            let key = if table.contains("as = \"security\"") { "security" } else { "reliability" };
            let folder = match id.0 {
                "advisory" => "advisories".to_owned(),
                "instability" => "instabilities".to_owned(),
                "sign-off" => format!("sign-offs/{key}"),
                other => format!("{other}s"),
            };
            files.push((format!("services/shop/{folder}/{}.toml", id.1), table.clone()));
        }
        World::of(&files)
    }

    fn of<P: AsRef<str>>(files: &[(P, String)]) -> World {
        let files = files.iter().map(|(path, text)| (path.as_ref().to_owned(), text.clone()));
        World { tree: files.collect(), now: at("22T03"), seed: 0, by: SRE }
    }

    /// Both forms of it.
    fn both(added: &str, rest: &[String]) -> [World; 2] {
        [World::one(added, rest), World::folder(added, rest)]
    }

    fn occasion(&mut self) -> Occasion {
        self.seed += 100;
        Occasion {
            now: self.now,
            who: Who { by: self.by.into(), known: Known::Flag },
            ids: Ids::from(self.seed),
            state: State::default(),
            ci: BTreeMap::new(),
        }
    }

    /// Does what an act says.
    fn apply(&mut self, writes: Writes<'_>) {
        for (path, Change { before, after }) in writes.changes.files() {
            assert_eq!(self.tree.read(path).unwrap(), *before, "{path}");
            match after {
                Some(after) => self.tree.put(path, after.clone()),
                None => drop(self.tree.files_mut().remove(path)),
            }
        }
        let says: Vec<&Statement> = writes.says.iter().collect();
        if says.is_empty() {
            return;
        }
        let sealed = seal(&shop(), &tail(&self.tree, &shop()).unwrap(), &says).unwrap();
        let before = self.tree.read(&sealed.file).unwrap().unwrap_or_default();
        self.tree.put(&sealed.file, [before, sealed.bytes].concat());
    }

    fn start(&mut self, to: &str, break_glass: Option<&str>) -> Result<Start, Refusal> {
        let question = question(to, MoveKind::Rollback);
        let going =
            Going { question: &question, moment: Moment::present(self.now), break_glass, strict: false };
        let occasion = self.occasion();
        let start = start(&self.tree, MAIN, going, &["helm".into(), "upgrade".into()], &occasion)?;
        self.apply(start.writes());
        Ok(start)
    }

    /// A move that goes, five minutes long.
    fn begin(&mut self, to: &str, break_glass: Option<&str>) -> Started {
        match self.start(to, break_glass).unwrap() {
            Start::Goes(started) => *started,
            Start::Stopped(stopped) => panic!("stopped: {}", stopped.level),
        }
    }

    fn finish(&mut self, begun: &Begun, code: i32, seen: Option<&Observation>) -> Finished {
        self.now = crate::model::Window::minutes(5).after(self.now);
        let ended = Ended { code: Some(code), ..Ended::default() };
        let occasion = self.occasion();
        let finished = finish(&self.tree, MAIN, begun, &ended, seen, &occasion).unwrap();
        self.apply(Writes { changes: &finished.changes, says: &finished.says });
        finished
    }

    /// A whole move that succeeds.
    fn goes(&mut self, to: &str, break_glass: Option<&str>) -> Finished {
        let begun = self.begin(to, break_glass).begun;
        self.finish(&begun, 0, None)
    }

    /// What `observe` says when these run; it is written.
    fn sees(&mut self, versions: &[&str]) -> Vec<String> {
        let (registry, occasion, observation) = (self.registry(), self.occasion(), sight(versions));
        let sight =
            Sight { environment: &name("prod"), observation: &observation, now: self.now, kind: None };
        let seen =
            observe(&self.tree, MAIN, &registry, &registry.services["shop"], sight, &occasion).unwrap();
        self.apply(Writes { changes: &seen.changes, says: &seen.says });
        seen.notes
    }

    fn registry(&self) -> Registry {
        load(&self.tree, MAIN, &Ask::Everything).unwrap_or_else(|error| panic!("{error:?}")).registry
    }

    /// What the registry says of prod, in a line each.
    fn state(&self) -> Vec<String> {
        let registry = self.registry();
        let (service, prod) = (&registry.services["shop"], &name("prod"));
        let mut lines: Vec<String> = service
            .running
            .get(prod)
            .map(|running| format!("runs {}", list(running.iter().map(|version| &*version.text))))
            .into_iter()
            .collect();
        for ran in service.ran.iter().filter(|ran| ran.environment == *prod) {
            let time =
                |time: Option<Time>| time.map_or("-".into(), |time| format_time(time)[8..16].to_owned());
            let left_for = ran.left_for.as_ref().map_or(String::new(), |next| format!(" for {next}"));
            let kind = ran.kind.map_or(String::new(), |kind| format!(" by {kind}"));
            let known = ran.known.as_ref().map_or(String::new(), |known| format!(" ({known})"));
            lines.push(format!(
                "{} {}..{}{left_for}{kind}{known}",
                ran.version,
                time(ran.since),
                time(ran.until)
            ));
        }
        lines.extend(service.entered.get(prod).map(|entered| {
            let from = entered.from.as_ref().map_or("nothing", |from| &*from.text);
            let by = entered.by.split_once(' ').unwrap().0;
            let by = if by == "debt" { by } else { &entered.by };
            let subjects = list(entered.subjects.iter().map(|subject| &**subject));
            format!("entered from {from} by {by}: {subjects}, until {}", &format_time(entered.expires)[8..16])
        }));
        lines.extend(service.under_way.get(prod).map(|under_way| {
            format!(
                "under way to {} since {} by {}",
                under_way.to,
                &format_time(under_way.since)[8..16],
                under_way.by
            )
        }));
        lines.extend(service.debts.iter().map(|debt| {
            let from = debt.from.as_ref().map_or("nothing", |from| &*from.text);
            let subjects = list(debt.subjects.iter().map(|subject| &**subject));
            let due = debt.due.map_or("-".into(), |due| format_time(due)[8..16].to_owned());
            format!("debt {from} -> {}: {subjects}; {}; due {due}", debt.to, debt.reason)
        }));
        lines
    }

    /// The record, a line each: its kind and what matters.
    fn record(&self) -> Vec<String> {
        let logs = self.tree.files().iter().filter(|(path, _)| path.starts_with("log/"));
        let text: String = logs.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
        text.lines().map(|line| told(&serde_json::from_str(line).unwrap())).collect()
    }
}

fn told(line: &Line) -> String {
    let statement = &line.statement;
    let texts = |texts: &[Box<str>]| list(texts.iter().map(|text| &**text));
    let what = match &statement.deed {
        Deed::Started { command } => format!(" {}", command.join(" ")),
        Deed::Finished { code, running, verified, trouble, .. } => format!(
            " {} runs {}{}{}",
            code.map_or("-".into(), |code| code.to_string()),
            texts(running),
            if *verified { ", verified" } else { "" },
            trouble.as_ref().map_or(String::new(), |trouble| format!("; {trouble}"))
        ),
        Deed::Recorded { key, moved, running } => format!(
            " {} {} runs {}",
            key.as_deref().unwrap_or("-"),
            moved.as_deref().unwrap_or("-"),
            texts(running)
        ),
        Deed::BrokeGlass { debt, subjects, unjudged, .. } => {
            let debt = if debt.is_some() { "debt" } else { "no debt" };
            format!(" {debt}: {}{}", texts(subjects), if unjudged.is_empty() { "" } else { "; unjudged" })
        }
        Deed::Settled { version, reason } => format!(" {version}: {reason}"),
        _ => String::new(),
    };
    let movement = statement.movement.as_ref().map_or(String::new(), |movement| {
        format!(" {} {} -> {}", movement.kind, movement.from.as_deref().unwrap_or("-"), movement.to)
    });
    let verdict = statement.verdict.as_ref().map_or(String::new(), |verdict| format!(" [{verdict}]"));
    format!("{}{movement}{verdict}{what}", statement.deed.word())
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<&str> = texts.collect();
    if texts.is_empty() { "nothing".into() } else { texts.join(" ") }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn shop() -> Name {
    name("shop")
}

/// A time of November 2026: `22T03`, `22T03:05`.
fn at(text: &str) -> Time {
    let (day, time) = text.split_once('T').unwrap_or((text, "00"));
    let time = if time.contains(':') { time.to_owned() } else { format!("{time}:00") };
    parse_time(&format!("2026-11-{day}T{time}:00Z")).unwrap()
}

fn question(to: &str, asked: MoveKind) -> Question {
    let mut question = Question::of_place(&shop(), Some(&name("prod")), asked);
    question.to = to.into();
    question
}

/// That these run, as kubectl shows it.
fn sight(versions: &[&str]) -> Observation {
    let runs = |version: &&str| Runs { version: (*version).into(), since: None, seen: vec!["there".into()] };
    Observation { known: "kubectl", running: versions.iter().map(runs).collect(), ..Observation::default() }
}
