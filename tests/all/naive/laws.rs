//! What must hold of the real judge on every world, whatever its reasons are.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use holdpoint::judge::{Code, Matter, Moment, Question, Target, WayBack, advise, judge, overview, survey};
use holdpoint::model::{
    Affects, Flag, FlagKind, Id, Key, Level, MoveKind, Name, Origin, Ran, Registry, Scope, Severity, Time,
    Version,
};
use holdpoint::version::Ranges;

use super::agree::{answer, show};
use super::generate::{Asked, World, now, questions, world};
use super::judge::Answer;
use super::levels::own_rules;
use super::targets::{candidates, is_from_flagged};
use crate::dice::Dice;

/// Tries a law on so many worlds; it panics where it is broken, and what was asked is shown.
pub fn on_worlds(
    first: u64,
    worlds: u64,
    law: impl Fn(&World, &Registry, &Asked, &mut Dice) -> Result<bool, String>,
) {
    let mut tried = 0;
    for seed in first..first + worlds {
        let world = world(seed);
        let registry = world.load_all();
        let mut dice = Dice::new(!seed);
        for asked in questions(&world, seed, 6) {
            match law(&world, &registry, &asked, &mut dice) {
                Ok(applies) => tried += usize::from(applies),
                Err(why) => panic!("{}{why}", show(seed, &world, &asked)),
            }
        }
    }
    assert!(tried > 50, "the law was tried {tried} times only");
}

fn ask(registry: &Registry, question: &Question, moment: Moment) -> Answer {
    answer(&judge(registry, question, moment).unwrap())
}

fn same(what: &str, a: &Answer, b: &Answer) -> Result<bool, String> {
    if a == b { Ok(true) } else { Err(format!("{what}\n{a:?}\n{b:?}")) }
}

#[test]
fn a_verdict_is_the_worst_of_its_reasons() {
    on_worlds(0, 300, |_, registry, Asked { question, moment }, _| {
        let verdict = judge(registry, question, *moment).unwrap();
        let mut worst = [Level::Allow; 3];
        let mut before = Level::Block;
        for reason in &verdict.reasons {
            if reason.level > before {
                return Err("the worst reason doesn't stand first".into());
            }
            before = reason.level;
            worst[2] = worst[2].max(reason.level);
            for (key, worst) in Key::ALL.into_iter().zip(&mut worst) {
                if reason.finding.owner().keys().contains(&key) {
                    *worst = (*worst).max(reason.level);
                }
            }
        }
        let said = [verdict.key(Key::Reliability), verdict.key(Key::Security), verdict.level];
        if said == worst { Ok(true) } else { Err(format!("{said:?} are not {worst:?}")) }
    });
}

#[test]
fn nothing_is_decided_by_files_or_their_order() {
    on_worlds(10_000, 150, |world, registry, Asked { question, moment }, _| {
        let given = ask(registry, question, *moment);
        same("asked twice", &given, &ask(registry, question, *moment))?;
        // A check of one service sees those that it needs, and not who needs it.
        let needs = |name: &Name| registry.services[name].releases.iter().any(|of| !of.needs.is_empty());
        let needed = registry.services.keys().any(|name| *name != question.service && needs(name));
        if !needed || needs(&question.service) {
            let service = world.load(question.service.as_str());
            same("one service loaded", &given, &ask(&service, question, *moment))?;
        }
        same("one file", &given, &ask(&world.in_one_file().load_all(), question, *moment))?;
        let mut turned = registry.clone();
        turned.flags.reverse();
        for service in turned.services.values_mut() {
            service.flags.reverse();
            service.sign_offs.reverse();
            service.debts.reverse();
            service.barriers.reverse();
        }
        same("turned round", &given, &ask(&turned, question, *moment))
    });
}

#[test]
fn a_restart_of_what_runs_is_not_stopped() {
    on_worlds(20_000, 300, |_, registry, Asked { question, moment }, _| {
        let service = &registry.services[&question.service];
        let running = question.environment.as_ref().and_then(|place| service.running.get(place));
        let Some([runs]) = running.map(Vec::as_slice) else { return Ok(false) };
        if own_rules(registry).count() > 0 || moment.horizon.is_some() {
            return Ok(false);
        }
        let restart = Question { from: None, to: runs.text.clone(), ..question.clone() };
        let verdict = ask(registry, &restart, *moment);
        let stops = |(code, _, level): &&(String, String, Level)| {
            *level >= Level::Hold && !["compromised-release", "withdrawn-release"].contains(&code.as_str())
        };
        match verdict.reasons.iter().find(stops) {
            Some(reason) => Err(format!("a restart of {runs} is stopped by {reason:?}")),
            None => Ok(true),
        }
    });
}

/// The registry after a move, as a command would leave it.
fn after(registry: &Registry, question: &Question, moved: &Answer) -> Option<Registry> {
    let place = question.environment.clone()?;
    let mut registry = registry.clone();
    let service = registry.services.get_mut(&question.service)?;
    let to = Version::new(&question.to, &service.scale);
    for version in service.running.insert(place.clone(), vec![to.clone()]).unwrap_or_default() {
        if version.text != to.text {
            service.ran.push(Ran {
                environment: place.clone(),
                version,
                since: Some(now() - TimeDelta::minutes(1)),
                until: Some(now()),
                left_for: Some(to.clone()),
                kind: Some(moved.kind),
                known: None,
                origin: Origin::default(),
            });
        }
    }
    Some(registry)
}

/// Going back in steps can't reach what one step could not.
#[test]
fn unzipping_gains_nothing() {
    on_worlds(30_000, 1_000, |world, registry, Asked { question, moment }, dice| {
        if own_rules(registry).count() > 0 || moment.horizon.is_some() || question.from.is_some() {
            return Ok(false);
        }
        let mut start = registry.clone();
        start.services.get_mut(&question.service).unwrap().sign_offs.clear();
        let moment = Moment::present(now());
        let once = ask(&start, question, moment);
        let stopped: BTreeSet<_> = (once.reasons.iter())
            .filter(|(code, _, level)| code == "advisory-reopened" && *level >= Level::Hold)
            .map(|(_, subject, _)| subject.clone())
            .collect();
        // Where what runs isn't known, one step is judged with more care than the next.
        let unknown = once.reasons.iter().any(|(code, ..)| code == "unknown-from");
        if once.kind != MoveKind::Rollback || stopped.is_empty() || unknown {
            return Ok(false);
        }
        let line = world.services.iter().find(|line| line.name == question.service.as_str()).unwrap();
        let (mut at, mut way, mut moved) = (start, vec![], false);
        for _ in 0..3 {
            let to = |by: &&str| Question { to: (*by).into(), ..question.clone() };
            let goes = |by: &Question| by.to != question.to && ask(&at, by, moment).level.proceeds();
            let open: Vec<_> = line.registered.iter().map(to).filter(goes).collect();
            if !open.is_empty() {
                let by = dice.pick(&open);
                at = after(&at, by, &ask(&at, by, moment)).unwrap();
                way.push(by.to.clone());
                moved = true;
            }
        }
        let last = ask(&at, question, moment);
        if moved && last.level.proceeds() {
            return Err(format!("one step is stopped by {stopped:?}, steps by {way:?} are not: {last:?}"));
        }
        Ok(moved)
    });
}

#[test]
fn nothing_lowers_a_compromised_release() {
    on_worlds(40_000, 400, |_, registry, Asked { question, moment }, dice| {
        let mut worse = registry.clone();
        let flag = on(&worse, question, *dice.pick(&[FlagKind::Advisory, FlagKind::Instability]), true);
        worse.flags.push(flag);
        let verdict = ask(&worse, question, *moment);
        let said = verdict.reasons.contains(&("compromised-release".into(), "NEW-1".into(), Level::Block));
        if said && verdict.level == Level::Block { Ok(true) } else { Err(format!("{verdict:?}")) }
    });
}

/// A flag on everything that the question goes to.
fn on(registry: &Registry, question: &Question, kind: FlagKind, compromised: bool) -> Flag {
    let service = &registry.services[&question.service];
    Flag {
        kind,
        id: Id::new("NEW-1").unwrap(),
        title: "new".into(),
        url: None,
        severity: Severity::Medium,
        cvss: None,
        exploited: false,
        compromised,
        aliases: vec![],
        affects: vec![Affects {
            scope: Scope::One(question.service.clone()),
            versions: Some(Ranges::parse(["*"], &service.scale).unwrap()),
            except: None,
            tag: None,
            digests: vec![],
            environments: vec![],
            fixed_in: vec![],
            origin: Origin::default(),
        }],
        recorded: None,
        effective: None,
        until: None,
        by: None,
        ticket: None,
        withdrawn: None,
        narrowed: None,
        mitigations: vec![],
        origin: Origin::default(),
    }
}

#[test]
fn a_flag_on_something_else_changes_nothing() {
    on_worlds(50_000, 400, |_, registry, Asked { question, moment }, dice| {
        let mut more = registry.clone();
        let mut flag =
            on(&more, question, *dice.pick(&[FlagKind::Advisory, FlagKind::Instability]), dice.percent(20));
        let scale = &more.services[&question.service].scale;
        match dice.below(3) {
            0 => flag.affects[0].scope = Scope::One(Name::new("other").unwrap()),
            1 => flag.affects[0].except = Some(Ranges::parse_except(["*"], scale).unwrap()),
            _ => flag.affects[0].digests = vec!["sha256:none".into()],
        }
        more.flags.insert(0, flag);
        let (before, after) = (ask(registry, question, *moment), ask(&more, question, *moment));
        same("with a flag that isn't about this", &before, &after)
    });
}

#[test]
fn one_more_advisory_never_makes_a_move_easier() {
    on_worlds(60_000, 300, |_, registry, Asked { question, moment }, dice| {
        if own_rules(registry).count() > 0 {
            return Ok(false);
        }
        let mut more = registry.clone();
        let mut flag = on(&more, question, FlagKind::Advisory, false);
        flag.severity = *dice.pick(&[Severity::Low, Severity::High, Severity::Critical, Severity::Unknown]);
        flag.exploited = dice.percent(30);
        let scale = &more.services[&question.service].scale;
        if dice.percent(50)
            && let Ok(only) = Ranges::parse([&*question.to], scale)
        {
            flag.affects[0].versions = Some(only);
        }
        more.flags.push(flag);
        let (before, after) = (ask(registry, question, *moment), ask(&more, question, *moment));
        let mut gone = before.reasons.iter().filter(|(code, subject, _)| {
            code != "no-way-back" && !after.reasons.iter().any(|(c, s, _)| (c, s) == (code, subject))
        });
        if after.level < before.level {
            return Err(format!("easier by a flag\n{before:?}\n{after:?}"));
        }
        if let Some(gone) = gone.next() {
            return Err(format!("a flag silences {gone:?}\n{before:?}\n{after:?}"));
        }
        Ok(true)
    });
}

#[test]
fn targets_are_judged_by_the_same_judge_and_ranked() {
    on_worlds(70_000, 150, |_, registry, Asked { question, moment }, _| {
        let advice = advise(registry, question, *moment).unwrap();
        same("advised and judged", &answer(&advice.verdict), &ask(registry, question, *moment))?;
        let every = survey(registry, question, *moment).unwrap();
        for targets in [&advice.targets, &every] {
            let mut seen = BTreeSet::new();
            let mut before = Level::Allow;
            for target in targets {
                let to = &target.verdict.movement.to.text;
                let stays = answer(&target.verdict);
                if stays.level < before {
                    return Err(format!("{to} stands behind worse"));
                }
                before = stays.level;
                if !seen.insert(to.clone()) {
                    return Err(format!("{to} stands there twice"));
                }
                let alone =
                    Question { to: to.clone(), asked: target.verdict.movement.kind, ..question.clone() };
                same(&format!("as target and alone: {to}"), &stays, &ask(registry, &alone, *moment))?;
            }
        }
        deadlock(registry, question, *moment)?;
        let listed: BTreeSet<_> =
            advice.targets.iter().map(|t| t.verdict.movement.to.text.to_string()).collect();
        let wanted = candidates(registry, question, *moment);
        if listed == wanted { Ok(true) } else { Err(format!("targets {listed:?}, not {wanted:?}")) }
    });
}

/// No way out but to stay, and staying is no answer.
fn deadlock(registry: &Registry, question: &Question, moment: Moment) -> Result<bool, String> {
    let advice = advise(registry, question, moment).unwrap();
    let out = advice.targets.iter().any(|target| !target.stay && target.verdict.level < Level::Hold);
    let stuck = advice.verdict.level >= Level::Hold && !out && is_from_flagged(registry, question, moment);
    if stuck != advice.deadlock {
        return Err(format!("deadlock: {}", advice.deadlock));
    }
    Ok(true)
}

/// The answer is the same until just before that moment, and another one at it.
fn holds_until(registry: &Registry, asked: &Asked, dice: &mut Dice) -> Result<bool, String> {
    let Asked { question, moment } = asked;
    let ran = &registry.services[&question.service].ran;
    let just_left = |until: Option<Time>| until.map_or(moment.horizon.is_some(), |until| until == moment.now);
    if ran.iter().any(|stay| just_left(stay.until) || stay.since == Some(moment.now)) {
        return Ok(false); // what ended this very second is a second ago in a second
    }
    let said = |at: Time| ask(registry, question, Moment { now: at, ..*moment }).reasons;
    let first = said(moment.now);
    let until = advise(registry, question, *moment).unwrap().valid_until;
    let days = |days: usize| TimeDelta::days(i64::try_from(days).unwrap());
    let end = until.unwrap_or(moment.now + days(2_000));
    if until.is_some() && (end <= moment.now || said(end) == first) {
        return Err(format!("nothing changes at {end}"));
    }
    let between = usize::try_from((end - moment.now).num_seconds()).unwrap();
    let mut moments = vec![end - TimeDelta::seconds(1)];
    for _ in 0..12 {
        let seconds = if dice.percent(50) {
            dice.below(between.max(1))
        } else {
            dice.below(between.clamp(1, 1_000_000))
        };
        moments.push(moment.now + TimeDelta::seconds(i64::try_from(seconds).unwrap()));
    }
    for at in moments {
        if said(at) != first {
            return Err(format!(
                "holds until {until:?}, but at {at} it is\n{:?}\nand was\n{first:?}",
                said(at)
            ));
        }
    }
    Ok(until.is_some())
}

#[test]
fn an_answer_holds_until_it_says() {
    on_worlds(80_000, 200, |_, registry, asked, dice| holds_until(registry, asked, dice));
}

#[test]
#[ignore = "long: run by .ci/soak"]
fn an_answer_holds_until_it_says_for_long() {
    on_worlds(90_000, 5_000, |_, registry, asked, dice| holds_until(registry, asked, dice));
}

/// The environment's own overview agrees with the targets that a check offers, and with its verdicts.
#[test]
fn the_way_back_is_the_best_of_the_older_targets() {
    on_worlds(5_000, 300, |_, registry, Asked { question, moment }, _| {
        let environment = question.environment.as_ref();
        let seen = overview(registry, &question.service, environment, *moment).unwrap();
        let [runs] = seen.releases() else { return Ok(false) };
        let from = runs.version().clone();
        if from.place.is_none() {
            return Ok(false);
        }
        let stay =
            Question { from: None, to: from.text.clone(), incident: None, asker: None, ..question.clone() };
        let back = Question { asked: MoveKind::Rollback, ..stay.clone() };
        let older = |targets: Vec<Target<'_>>| -> Vec<(String, Level)> {
            let older = targets.into_iter().filter(|t| t.verdict.movement.to.is_older_than(&from));
            let mut older: Vec<_> =
                older.map(|t| (t.verdict.movement.to.to_string(), t.verdict.in_need())).collect();
            older.sort_by_key(|(_, level)| *level);
            older
        };
        let near = older(advise(registry, &back, *moment).unwrap().targets);
        let mut all = older(survey(registry, &back, *moment).unwrap());
        // A pre-release counts where one runs, or where that very one ran.
        let service = &registry.services[&question.service];
        let is_pre = |version: &str| service.scale.is_prerelease(version);
        // What began or ended after a simulated moment, or goes on, isn't known to have run by then.
        let runs =
            |stay: &Ran| service.running.get(&stay.environment).is_some_and(|r| r.contains(&stay.version));
        let known = |stay: &Ran| {
            moment.sees_opt(stay.since) && moment.sees_opt(stay.until) && !(stay.is_open() && runs(stay))
        };
        let here = |stay: &Ran| Some(&stay.environment) == environment && known(stay);
        let ran = |version: &str| service.ran.iter().any(|s| here(s) && *s.version.text == *version);
        all.retain(|(version, _)| is_pre(&from.text) || !is_pre(version) || ran(version));
        let open = |list: &[(String, Level)]| list.iter().any(|(_, level)| level.proceeds());
        let best = seen.way_back.best().map(|best| (best.movement.to.to_string(), best.in_need()));
        match &seen.way_back {
            WayBack::To(_) if open(&near) && best.as_ref() != near.first() => {
                Err(format!("{best:?} isn't the first of {near:?}"))
            }
            WayBack::To(_) if !open(&all) => Err(format!("{best:?} isn't open in {all:?}")),
            WayBack::Desert(_) if open(&all) => Err(format!("no desert: {all:?}")),
            WayBack::NothingOlder if !all.is_empty() => Err(format!("older are {all:?}")),
            WayBack::Untold | WayBack::NothingRuns => Err("something runs".into()),
            _ => Ok(true),
        }
    });
}

/// What runs is judged as a first deployment is: nothing is carried, and nothing that compares it is found.
#[test]
fn what_runs_comes_from_nothing() {
    on_worlds(6_000, 300, |_, registry, Asked { question, moment }, _| {
        let environment = question.environment.as_ref();
        let seen = overview(registry, &question.service, environment, *moment).unwrap();
        for runs in seen.releases() {
            let codes: Vec<Code> = runs.verdict.reasons.iter().map(|r| r.finding.code()).collect();
            let compares = [
                Code::AdvisoryCarried,
                Code::AdvisoryClosed,
                Code::DoesNotHelp,
                Code::BarrierCrossed,
                Code::PingPong,
                Code::UnprovenRelease,
                Code::FarBack,
                Code::UnknownFrom,
                Code::FromDisagrees,
            ];
            if let Some(code) = codes.iter().find(|code| compares.contains(code)) {
                return Err(format!("{code:?} on {}", runs.version()));
            }
            let told = runs.verdict.reasons.iter().all(|reason| {
                let subject = reason.finding.subject();
                seen.attention.iter().any(|one| match &one.matter {
                    Matter::Found(found) => found.finding.subject() == subject && found.level >= reason.level,
                    _ => false,
                })
            });
            if !told {
                return Err(format!("a reason on {} needs attention and has none", runs.version()));
            }
        }
        Ok(!seen.releases().is_empty())
    });
}
