//! The naive judge and the real one must say the same, code by code and level by level.

use std::collections::{BTreeMap, BTreeSet};

use holdpoint::judge::{Code, Moment, Question, Verdict, judge as real};
use holdpoint::model::{Flag, Key, Level, Registry};

use super::generate::{Asked, World, questions, world};
use super::judge::{Answer, judge as naive};

/// Questions asked of each world.
const QUESTIONS: usize = 10;

/// A verdict in the naive judge's words.
fn answer(verdict: &Verdict) -> Answer {
    let mut reasons: Vec<_> = verdict
        .reasons
        .iter()
        .map(|reason| (reason.finding.code().word().to_owned(), reason.finding.subject(), reason.level))
        .collect();
    reasons.sort();
    let ids = |flags: &[&Flag]| -> BTreeSet<String> {
        let ids: BTreeSet<String> = flags.iter().map(|flag| flag.id.to_string()).collect();
        assert_eq!(ids.len(), flags.len(), "each stands in `changes` once");
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
    }
}

/// What the two say differently, if they do.
fn difference(registry: &Registry, question: &Question, moment: Moment) -> Option<String> {
    let ours = naive(registry, question, moment)?;
    let theirs = answer(&real(registry, question, moment)?);
    if ours == theirs {
        return None;
    }
    let only = |of: &Answer, other: &Answer| {
        let lines = of.reasons.iter().filter(|reason| !other.reasons.contains(reason));
        lines.map(|(code, subject, level)| format!("\n    {code} {subject} {level}")).collect::<String>()
    };
    let rest = |of: &Answer| {
        format!(
            "{:?} from {:?}, {} {:?}, reopened {:?} carried {:?} closed {:?}, needed {:?}",
            of.kind, of.from, of.level, of.keys, of.reopened, of.carried, of.closed, of.needed
        )
    };
    Some(format!(
        "  only the naive judge says:{}\n  only the real one says:{}\n  naive: {}\n  real:  {}",
        only(&ours, &theirs),
        only(&theirs, &ours),
        rest(&ours),
        rest(&theirs)
    ))
}

/// A failure with all that is needed to see it again.
pub fn show(seed: u64, world: &World, asked: &Asked) -> String {
    let files = world.text();
    format!("{files}\nseed {seed}\n{:?}\n{:?}\n", asked.question, asked.moment)
}

/// How often each code came out at each level.
type Seen = BTreeMap<(String, Level), usize>;

/// Asks so many worlds, from this seed on.
fn compare(first: u64, worlds: u64) -> Seen {
    let mut seen = Seen::new();
    let mut differing = 0;
    let mut codes = BTreeMap::<String, usize>::new();
    for seed in first..first + worlds {
        let world = world(seed);
        let registries: BTreeMap<_, _> =
            world.services.iter().map(|line| (line.name, world.load(line.name))).collect();
        for asked in questions(&world, seed, QUESTIONS) {
            let Asked { question, moment } = &asked;
            let registry = &registries[question.service.as_str()];
            if let Some(difference) = difference(registry, question, *moment) {
                if std::env::var_os("NAIVE_COUNT").is_none() {
                panic!("{}{difference}", show(seed, &world, &asked));
                }
                differing += 1;
                if differing < 400 { *codes.entry(difference.clone()).or_default() += 1; eprintln!("seed {seed} {} {:?} from {:?} {}\n{difference}", question.to, question.environment.as_ref().map(|e| e.as_str()), question.from, moment.horizon.map_or("live".into(), |h| h.to_string())); }
            }
            for reason in real(registry, question, *moment).unwrap().reasons {
                *seen.entry((reason.finding.code().word().to_owned(), reason.level)).or_default() += 1;
            }
        }
    }
    eprintln!("differing {differing}");
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
    ]
};

#[test]
fn the_two_judges_agree() {
    let n = |k: &str, d: u64| std::env::var(k).map_or(d, |v| v.parse().unwrap());
    let seen = compare(n("FIRST", 0), n("WORLDS", 400));
    // Worlds in which something never happens would prove nothing about it.
    for (code, levels) in LEVELS {
        for level in *levels {
            let count = seen.get(&((*code).to_owned(), *level)).copied().unwrap_or_default();
            assert!(count > 10, "{code} at {level} came out {count} times only");
        }
    }
    assert_eq!(LEVELS.len(), Code::ALL.len());
}

#[test]
#[ignore = "long: run by .ci/soak"]
fn the_two_judges_agree_200_000_times() {
    compare(1_000_000, 20_000);
}
