//! Supposed cases: reasons that a registry doesn't have yet, weighed by the rules before and now.
//!
//! A rule that is another can matter although no verdict of today shows it. So cases are made up from what the rules
//! themselves ask for: for each rule that was touched, a reason of each code that it speaks of, in every severity and
//! kind of move, at the services, tags and environments that it or another rule names. Each case is a possible one;
//! not all that are possible are tried.

use std::collections::BTreeSet;

use super::circumstances::{Circumstances, circumstances};
use super::rules::{Given, Lowered};
use crate::judge::{Code, OfFlag, Scored, Traits, has_flag, ruled, speaks_of};
use crate::model::{Condition, FlagKind, Key, Level, MoveKind, Name, Owner, Rule, Severity, Time, Window};

/// How many times a case is held against a rule, in all; then no more cases are tried.
const MOST: usize = 1_000_000;
/// How many cases that come out differently are kept, before those that are alike become one.
const KEPT: usize = 240;

/// What is named in a case; None: something that no rule names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named<'r> {
    service: Option<&'r str>,
    tier: Option<&'r str>,
    tag: Option<&'r str>,
    environment: Option<&'r str>,
    /// What else is the case.
    under: Circumstances<'r>,
}

/// One case.
struct Case<'r> {
    named: &'r Named<'r>,
    code: Code,
    case: Option<&'static str>,
    owner: Owner,
    flag: Option<(Severity, bool)>,
    reversible: Option<bool>,
    kind: MoveKind,
}

/// The cases in which a reason weighs less now, and those in which it weighs more.
pub(super) fn weighed(
    before: &[Rule],
    after: &[Rule],
    touched: &[&Rule],
    now: Time,
) -> (Vec<Lowered>, Vec<Lowered>) {
    let (mut lowered, mut raised) = (Vec::new(), Vec::new());
    let (old, new) = (ByCode::of(before), ByCode::of(after));
    for rule in touched {
        let named = names(rule, before.iter().chain(after), now);
        let mut left = MOST / touched.len();
        for case in named.iter().flat_map(|named| cases(rule, named)) {
            let (of_old, of_new) = (old.rules(case.code), new.rules(case.code));
            let Some(rest) = left.checked_sub(1 + of_old.len() + of_new.len()) else { break };
            left = rest;
            let (was, is) = (case.weigh(of_old), case.weigh(of_new));
            let list = match () {
                () if is.weaker_than(&was) => &mut lowered,
                () if was.weaker_than(&is) => &mut raised,
                () => continue,
            };
            let rules = [was.rule, is.rule, Some(*rule)];
            let one = Lowered { when: case.told(&rules), before: was.given(), after: is.given() };
            if list.len() < KEPT && !list.contains(&one) {
                list.push(one);
            }
        }
    }
    (joined(lowered), joined(raised))
}

/// Rules by the codes that they speak of.
struct ByCode<'r>(Vec<Vec<&'r Rule>>);

impl<'r> ByCode<'r> {
    fn of(rules: &'r [Rule]) -> ByCode<'r> {
        let of_code = |code: Code| rules.iter().filter(|rule| speaks_of(rule, code)).collect();
        ByCode(Code::ALL.into_iter().map(of_code).collect())
    }

    fn rules(&self, code: Code) -> &[&'r Rule] {
        let at = Code::ALL.into_iter().position(|of| of == code);
        at.and_then(|at| self.0.get(at)).map_or(&[], Vec::as_slice)
    }
}

/// What rules give in a case.
struct Weighed<'r> {
    level: Level,
    signers: Owner,
    rule: Option<&'r Rule>,
}

impl Weighed<'_> {
    fn weaker_than(&self, other: &Weighed<'_>) -> bool {
        let fewer = self.signers.keys().len() < other.signers.keys().len();
        let held = self.level == other.level && self.level == Level::Hold;
        self.level < other.level || held && (fewer || self.yields_sooner(other))
    }

    /// Whether its hold goes on without an answer, and the other's doesn't, or not so soon.
    fn yields_sooner(&self, other: &Weighed<'_>) -> bool {
        let silence = |of: &Weighed<'_>| of.rule.and_then(|rule| rule.silence).map(Window::length);
        match (silence(self), silence(other)) {
            (Some(own), Some(other)) => own < other,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    fn given(&self) -> Given {
        Given::new(self.level, self.signers, self.rule)
    }
}

/// What the cases of a rule name: what it names itself, and where it names nothing, what others do.
fn names<'r>(rule: &'r Rule, others: impl Iterator<Item = &'r Rule>, now: Time) -> BTreeSet<Named<'r>> {
    let mut all = BTreeSet::new();
    for other in std::iter::once(rule).chain(others) {
        let first = |own: &'r [Box<str>], its: &'r [Box<str>]| own.first().or(its.first());
        let (own, its) = (&rule.when, &other.when);
        let named = Named {
            service: first(&own.service, &its.service).map(|glob| &**glob),
            tier: first(&own.tier, &its.tier).map(|word| &**word),
            tag: first(&own.tag, &its.tag).map(|word| &**word),
            environment: first(&own.environment, &its.environment).map(|glob| &**glob),
            under: Circumstances::plain(now),
        };
        all.extend(circumstances(own, its, now).into_iter().map(|under| Named { under, ..named.clone() }));
    }
    all
}

/// Every case with these names that a rule speaks of.
fn cases<'r>(rule: &'r Rule, named: &'r Named<'r>) -> impl Iterator<Item = Case<'r>> {
    let codes = Code::ALL.into_iter().filter(move |code| speaks_of(rule, *code));
    codes.flat_map(move |code| of_code(code, named))
}

const SEVERITIES: [Severity; 5] =
    [Severity::Unknown, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

fn of_code<'r>(code: Code, named: &'r Named<'r>) -> Vec<Case<'r>> {
    let special: Vec<Option<&'static str>> =
        std::iter::once(None).chain(code.cases().iter().map(|case| Some(*case))).collect();
    let owners = match code.owner() {
        Some(owner) => vec![owner],
        None => crate::model::Key::ALL.map(Owner::One).to_vec(),
    };
    let flags: Vec<Option<(Severity, bool)>> = match has_flag(code) {
        true => SEVERITIES.iter().flat_map(|one| [Some((*one, false)), Some((*one, true))]).collect(),
        false => vec![None],
    };
    let undoes = if code == Code::BarrierCrossed { vec![Some(true), Some(false)] } else { vec![None] };
    let kinds = match code {
        Code::UnprovenRelease => vec![MoveKind::Rollback],
        Code::NoWayBack => vec![MoveKind::Redeploy],
        _ => vec![MoveKind::Rollback, MoveKind::Redeploy],
    };
    let mut cases = Vec::new();
    for case in special {
        for owner in &owners {
            for flag in &flags {
                for reversible in &undoes {
                    cases.extend(kinds.iter().map(|kind| Case {
                        named,
                        code,
                        case,
                        owner: *owner,
                        flag: *flag,
                        reversible: *reversible,
                        kind: *kind,
                    }));
                }
            }
        }
    }
    cases
}

/// A name that a glob matches.
fn witness(glob: &str) -> String {
    glob.replace('*', "").replace('?', "x")
}

impl<'c> Case<'c> {
    fn weigh<'r>(&self, rules: &[&'r Rule]) -> Weighed<'r> {
        let under = &self.named.under;
        let service = self.named.service.map_or(OTHER.to_owned(), witness);
        let environment = self.named.environment.map_or(OTHER.to_owned(), witness);
        let tags: Vec<Box<str>> = self.named.tag.map(Box::from).into_iter().collect();
        let lineage: Vec<Name> = Name::new(&environment).into_iter().collect();
        let traits = Traits {
            code: self.code,
            case: self.case,
            owner: self.owner,
            flag: self.flag.map(|flag| self.of_flag(flag)),
            reversible: self.reversible,
            kind: self.kind,
            tags: &tags,
            service: &service,
            tier: self.named.tier,
            lineage: &lineage,
            incident: under.incident,
            teams: under.team.map(std::slice::from_ref).unwrap_or_default(),
        };
        let (level, rule) = ruled(rules, &traits, under.at);
        Weighed { level, signers: rule.and_then(|rule| rule.sign).unwrap_or(self.owner), rule }
    }

    fn of_flag(&self, (severity, exploited): (Severity, bool)) -> OfFlag<'_> {
        let under = &self.named.under;
        OfFlag {
            kind: self.flag_kind(),
            severity,
            score: under.score.map_or(Scored::By(None), Scored::Supposed),
            exploited,
            since: under.since(),
            mitigated: under.mitigated,
        }
    }

    fn flag_kind(&self) -> FlagKind {
        if self.owner == Owner::One(Key::Reliability) { FlagKind::Instability } else { FlagKind::Advisory }
    }

    /// The case as a condition: of what is so in it, what these rules look at.
    fn told(&self, rules: &[Option<&Rule>]) -> Condition {
        let looks = |at: fn(&Condition) -> bool| rules.iter().flatten().any(|rule| at(&rule.when));
        let list = |word: Option<&str>| word.map(Box::from).into_iter().collect::<Vec<Box<str>>>();
        let mut told = Condition { reason: vec![self.code.word().into()], ..Condition::default() };
        told.case = list(self.case);
        if self.code.owner().is_none() {
            told.key = vec![self.owner];
        }
        if let Some((severity, exploited)) = self.flag {
            if looks(|when| !when.severity.is_empty() || when.severity_at_least.is_some()) {
                told.severity = vec![severity];
            }
            told.exploited = looks(|when| when.exploited.is_some()).then_some(exploited);
            if looks(|when| !when.kind.is_empty()) {
                told.kind = vec![self.flag_kind()];
            }
            self.named.under.tell_flag(rules, &mut told);
        }
        if looks(|when| !when.movement.is_empty()) {
            told.movement = vec![self.kind];
        }
        if looks(|when| !when.service.is_empty()) {
            told.service = list(self.named.service);
        }
        if looks(|when| !when.tier.is_empty()) {
            told.tier = list(self.named.tier);
        }
        if looks(|when| !when.tag.is_empty()) {
            told.tag = list(self.named.tag);
        }
        if looks(|when| !when.environment.is_empty()) {
            told.environment = list(self.named.environment);
        }
        told.reversible = self.reversible.filter(|_| looks(|when| when.reversible.is_some()));
        self.named.under.tell(rules, &mut told);
        told
    }
}

/// What no rule names.
const OTHER: &str = "0-none";

/// Cases that differ in one thing only become one, as long as there are such.
fn joined(mut unique: Vec<Lowered>) -> Vec<Lowered> {
    merge(
        &mut unique,
        |when| when.severity = Vec::new(),
        |all, one| {
            all.severity.extend(one.severity.iter().copied());
        },
    );
    for one in &mut unique {
        // All of them is as much as saying nothing.
        if SEVERITIES.iter().all(|severity| one.when.severity.contains(severity)) {
            one.when.severity.clear();
        }
    }
    merge(&mut unique, |when| when.exploited = None, |all, _| all.exploited = None);
    merge(&mut unique, |when| when.movement = Vec::new(), |all, _| all.movement = Vec::new());
    merge(&mut unique, |when| when.reversible = None, |all, _| all.reversible = None);
    merge(
        &mut unique,
        |when| when.case = Vec::new(),
        |all, one| {
            all.case.extend(one.case.iter().cloned());
        },
    );
    merge(&mut unique, |when| when.key = Vec::new(), |all, _| all.key = Vec::new());
    merge(&mut unique, |when| when.incident = None, |all, _| all.incident = None);
    merge(&mut unique, |when| when.incident_severity.clear(), |all, _| all.incident_severity.clear());
    merge(&mut unique, |when| when.score_at_least = None, |all, _| all.score_at_least = None);
    merge(&mut unique, |when| when.older_than = None, |all, _| all.older_than = None);
    merge(&mut unique, |when| when.younger_than = None, |all, _| all.younger_than = None);
    merge(&mut unique, |when| when.mitigated = None, |all, _| all.mitigated = None);
    merge(&mut unique, |when| when.calendar = None, |all, _| all.calendar = None);
    merge(&mut unique, |when| when.asked_by.clear(), |all, _| all.asked_by.clear());
    unique.sort_by(|a, b| (b.before.level, &a.when.reason).cmp(&(a.before.level, &b.when.reason)));
    unique
}

/// Joins what is alike once `without` has taken one thing out.
fn merge(list: &mut Vec<Lowered>, without: fn(&mut Condition), join: fn(&mut Condition, &Condition)) {
    let mut merged: Vec<Lowered> = Vec::new();
    let bare = |one: &Lowered| {
        let mut when = one.when.clone();
        without(&mut when);
        Lowered { when, ..one.clone() }
    };
    for one in list.drain(..) {
        match merged.iter_mut().find(|other| bare(other) == bare(&one)) {
            Some(other) if other.when != one.when => join(&mut other.when, &one.when),
            Some(_) => {}
            None => merged.push(one),
        }
    }
    *list = merged;
}
