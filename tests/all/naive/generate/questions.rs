//! What is asked of a world: moves of every kind, now, shortly before and long ago.

use chrono::TimeDelta;
use holdpoint::judge::{Moment, Question};
use holdpoint::model::{MoveKind, Name};

use super::{World, now};
use crate::dice::Dice;

/// Who asks, where that is known: one of those who sign, or somebody else.
const ASKERS: &[&str] = &[
    "Rosa on call <Rosa@example.com>",
    "mina@example.com",
    "Mina <mina@example.com>",
    "Eve <eve@example.com>",
    "Mina",
];

/// A question and when it is asked.
pub struct Asked {
    /// The move.
    pub question: Question,
    /// The moment.
    pub moment: Moment,
}

/// So many questions about this world.
pub fn questions(world: &World, seed: u64, count: usize) -> Vec<Asked> {
    let mut dice = Dice::new(seed ^ 0xa5a5);
    (0..count).map(|_| ask(world, &mut dice)).collect()
}

fn ask(world: &World, dice: &mut Dice) -> Asked {
    let line = if dice.percent(85) { &world.services[0] } else { world.services.last().unwrap() };
    let environment = if world.environments.is_empty() {
        dice.percent(30).then_some("prod")
    } else {
        Some(*dice.pick(&world.environments))
    };
    let version = |dice: &mut Dice| match dice.below(20) {
        0 => *dice.pick(&line.unplaceable),
        1..=3 => *dice.pick(&line.pool),
        4 if line.pool.len() > line.registered.len() => dice.word(&["99.0", "0.1"]),
        _ => *dice.pick(&line.registered),
    };
    let from = dice.percent(25).then(|| version(dice).into());
    let incident = (!world.incidents.is_empty() && dice.percent(20)).then(|| world.incidents[0].into());
    let mut question = Question {
        service: Name::new(line.name).unwrap(),
        environment: environment.map(|name| Name::new(name).unwrap()),
        from,
        to: version(dice).into(),
        asked: *dice.pick(&[MoveKind::Rollback, MoveKind::Rollback, MoveKind::Redeploy]),
        incident,
        asker: dice.percent(40).then(|| (*dice.pick(ASKERS)).into()),
        along: Default::default(),
    };
    if let Some((service, environment, to)) = world.signed.first().map(|_| *dice.pick(&world.signed))
        && service == line.name
        && dice.percent(20)
    {
        question.environment = Some(Name::new(environment).unwrap());
        question.to = to.into();
    }
    Asked { question, moment: moment(dice) }
}

fn moment(dice: &mut Dice) -> Moment {
    if dice.percent(25) {
        let days = *dice.pick(&[0, 1, 2, 7, 14, 30, 90, 365]);
        let seconds = *dice.pick(&[-1, 0, 0, 0, 1]);
        return Moment::as_of(now() - TimeDelta::days(days) + TimeDelta::seconds(seconds));
    }
    let mut moment = Moment::present(now());
    if dice.percent(5) {
        moment = Moment::as_of(now() + TimeDelta::days(*dice.pick(&[1, 14, 400])));
    }
    let hours = *dice.pick(&[1, 23, 24, 25]);
    let refreshed = now() - TimeDelta::hours(hours) + TimeDelta::seconds(*dice.pick(&[0, 0, 1]));
    moment.refreshed = dice.percent(60).then_some(refreshed);
    moment
}
