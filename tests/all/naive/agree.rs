//! The naive judge and the real one must say the same, code by code and level by level.

use std::collections::{BTreeMap, BTreeSet};

use holdpoint::judge::{
    Along, Arrival, Artifact, Code, Moment, Question, Refusal, Relief, Verdict, judge as real,
};
use holdpoint::model::{Flag, Key, Level, Name, Registry};

use super::generate::{Asked, Line, World, questions, world};
use crate::dice::Dice;

use super::judge::{Answer, judge as naive};

/// Questions asked of each world.
const QUESTIONS: usize = 10;

/// A verdict in the naive judge's words.
pub fn answer(verdict: &Verdict) -> Answer {
    let mut reasons: Vec<_> = verdict
        .reasons
        .iter()
        .map(|reason| (reason.finding.code().word().to_owned(), reason.finding.subject(), reason.level))
        .collect();
    reasons.sort();
    let ids = |flags: &[&Flag]| -> BTreeSet<String> {
        let ids: BTreeSet<String> = flags.iter().map(|flag| flag.id.to_string()).collect();
        assert_eq!(ids.len(), flags.len(), "each stands there once");
        ids
    };
    Answer {
        kind: verdict.movement.kind,
        from: verdict.movement.from.as_ref().map(|from| from.text.to_string()),
        level: verdict.level,
        keys: [verdict.key(Key::Reliability), verdict.key(Key::Security)],
        reasons,
        reopened: ids(&verdict.changes.reopened),
        carried: ids(&verdict.changes.carried),
        closed: ids(&verdict.changes.closed),
        needed: verdict.needed(),
        given: (verdict.given.iter())
            .map(|given| (given.sign_off.id.to_string(), given.expires, given.own))
            .collect(),
        kept: ids(&verdict.kept),
        left: ids(&verdict.left),
    }
}

/// What the naive judge says differently, if it does.
fn difference(registry: &Registry, question: &Question, moment: Moment, verdict: &Verdict) -> Option<String> {
    let ours = naive(registry, question, moment).unwrap();
    let theirs = answer(verdict);
    if ours == theirs {
        return None;
    }
    let only = |of: &Answer, other: &Answer| {
        let lines = of.reasons.iter().filter(|reason| !other.reasons.contains(reason));
        lines.map(|(code, subject, level)| format!("\n    {code} {subject} {level}")).collect::<String>()
    };
    Some(format!(
        "  only the naive judge says:{}\n  only the real one says:{}\n  naive: {ours:?}\n  real:  {theirs:?}",
        only(&ours, &theirs),
        only(&theirs, &ours)
    ))
}

/// A failure with all that is needed to see it again.
pub fn show(seed: u64, world: &World, asked: &Asked) -> String {
    format!("{}\nseed {seed}\n{:?}\n{:?}\n", world.text(), asked.question, asked.moment)
}

/// What came out, and how often, so that the worlds can't silently go blind.
#[derive(Default)]
struct Seen {
    /// Codes at levels that a shipped rule gave and nothing lowered.
    levels: BTreeMap<(&'static str, Level), usize>,
    /// Everything else that must happen now and then.
    events: BTreeMap<&'static str, usize>,
}

impl Seen {
    fn note(&mut self, verdict: &Verdict, moment: Moment) {
        for reason in &verdict.reasons {
            if reason.rule.is_some_and(|rule| rule.origin.is_none()) && reason.relief.is_empty() {
                *self.levels.entry((reason.finding.code().word(), reason.level)).or_default() += 1;
            }
            for relief in &reason.relief {
                self.event(match relief {
                    Relief::BetterTrade(_) => "a better trade",
                    Relief::Abort => "an abort",
                    Relief::Mitigated(..) => "a mitigation",
                    Relief::Signed => "a sign-off",
                });
            }
            if let Some(case) = reason.finding.case() {
                self.event(case);
            }
            if reason.level == Level::Hold && reason.sign_offs.len() == 1 && reason.wanting().count() == 1 {
                self.event("half signed");
            }
            if reason.rule.is_some_and(|rule| rule.origin.is_some()) {
                self.event("a rule of its own");
            }
        }
        for (_, refusal) in &verdict.refused {
            self.event(match refusal {
                Refusal::Revoked(_) => "revoked",
                Refusal::Lapsed(_) => "lapsed",
                Refusal::Ahead => "dated ahead",
                Refusal::NotMember(_) => "no member",
                Refusal::Own => "own, for security",
                // Nothing that is generated here is signed by merging, or by silence.
                Refusal::Unmerged | Refusal::NoSuchRule(_) => "signed by nobody",
            });
        }
        for given in verdict.given.iter().filter(|given| given.own) {
            assert_eq!(given.sign_off.key, Key::Reliability);
            self.event("own, for reliability");
        }
        for level in Level::ALL {
            if verdict.level == level {
                self.event(level.word());
            }
        }
        self.event(if moment.horizon.is_some() { "simulated" } else { "live" });
    }

    fn event(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }
}

/// What goes along with a move: an artifact, and another service's move.
fn along(world: &World, asked: &Asked, dice: &mut Dice) -> Along {
    let version = |line: &Line, dice: &mut Dice| -> Box<str> { (*dice.pick(&line.pool)).into() };
    let is_asked = |line: &&Line| *line.name == *asked.question.service.as_str();
    let line = world.services.iter().find(is_asked).unwrap();
    let artifact = dice.percent(20).then(|| Artifact {
        digest: (*dice.pick(&["sha256:aa", "sha256:bb", "sha256:cc"])).into(),
        tag: match dice.below(4) {
            0 => None,
            1 => Some("latest".into()),
            2 => Some(version(line, dice)),
            _ => Some(asked.question.to.clone()),
        },
    });
    let other = world.services.iter().find(|line| !is_asked(line)).filter(|_| dice.percent(40));
    let moves = other.zip(asked.question.environment.clone()).map(|(line, environment)| Arrival {
        service: Name::new(line.name).unwrap(),
        environment,
        to: (0..dice.below(3)).map(|_| version(line, dice)).collect(),
    });
    Along { artifact, moves: moves.into_iter().collect() }
}

/// Asks so many worlds, from this seed on.
fn compare(first: u64, worlds: u64) -> Seen {
    let mut seen = Seen::default();
    for seed in first..first + worlds {
        let world = world(seed);
        let registries: BTreeMap<_, _> =
            world.services.iter().map(|line| (line.name, world.load(line.name))).collect();
        let mut dice = Dice::new(seed ^ 0x5a5a);
        for mut asked in questions(&world, seed, QUESTIONS) {
            asked.question.along = along(&world, &asked, &mut dice);
            let Asked { question, moment } = &asked;
            let registry = &registries[question.service.as_str()];
            let verdict = real(registry, question, *moment).unwrap();
            if let Some(difference) = difference(registry, question, *moment, &verdict) {
                panic!("{}{difference}", show(seed, &world, &asked));
            }
            seen.note(&verdict, *moment);
        }
    }
    seen
}

/// The levels that the shipped rules can give each code, from the contract's table.
const LEVELS: &[(&str, &[Level])] = {
    use Level::{Allow, Block, Hold, Warn};
    &[
        ("compromised-release", &[Block]),
        ("advisory-reopened", &[Warn, Hold, Block]),
        ("advisory-carried", &[Warn]),
        ("advisory-closed", &[Allow]),
        ("below-floor", &[Warn, Block]),
        ("out-of-support", &[Warn, Hold]),
        ("unstable-release", &[Warn, Hold, Block]),
        ("does-not-help", &[Warn]),
        ("barrier-crossed", &[Hold, Block]),
        ("ping-pong", &[Hold]),
        ("unproven-release", &[Warn]),
        ("far-back", &[Warn, Hold]),
        ("withdrawn-release", &[Block]),
        ("no-way-back", &[Warn]),
        ("unknown-release", &[Warn, Hold, Block]),
        ("unknown-from", &[Warn]),
        ("from-disagrees", &[Warn]),
        ("flag-scheduled", &[Warn]),
        ("flag-withdrawn", &[Warn]),
        ("flagged-elsewhere", &[Warn]),
        ("fix-unclear", &[Warn]),
        ("acceptance-expired", &[Hold]),
        ("open-debt", &[Warn]),
        ("clock-disagrees", &[Warn]),
        ("stale-registry", &[Warn]),
        ("move-under-way", &[Warn]),
        ("needs-other", &[Warn, Hold]),
        ("digest-mismatch", &[Hold]),
        ("frozen", &[Warn, Hold]),
    ]
};

/// What must happen besides.
const EVENTS: &[&str] = &[
    "a better trade",
    "an abort",
    "a mitigation",
    "a sign-off",
    "half signed",
    "a rule of its own",
    "revoked",
    "lapsed",
    "dated ahead",
    "no member",
    "own, for security",
    "own, for reliability",
    "simulated",
    "live",
    "allow",
    "warn",
    "hold",
    "block",
];

#[test]
fn the_two_judges_agree() {
    let seen = compare(0, 2_000);
    // Worlds in which something never happens would prove nothing about it.
    for (code, levels) in LEVELS {
        for level in *levels {
            let count = seen.levels.get(&(*code, *level)).copied().unwrap_or_default();
            assert!(count > 10, "{code} at {level} came out {count} times only");
        }
    }
    assert_eq!(LEVELS.len(), Code::ALL.len());
    for event in EVENTS.iter().chain(Code::ALL.iter().flat_map(|code| code.cases())) {
        let count = seen.events.get(event).copied().unwrap_or_default();
        assert!(count > 10, "{event} happened {count} times only");
    }
}

#[test]
#[ignore = "long: run by .ci/soak"]
fn the_two_judges_agree_200_000_times() {
    compare(1_000_000, 20_000);
}
