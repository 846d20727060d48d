//! Wall time from spawn to exit, of all programs in turn.

use std::time::{Duration, Instant};

use crate::contender::Contender;

/// The times of one program, by round.
pub struct Timing(Vec<Duration>);

/// Runs all of them once per round. Each round begins with another one, so that none always follows the same.
pub fn in_turn(contenders: &[Contender], runs: u32, warm_up: u32) -> anyhow::Result<Vec<Timing>> {
    let mut timings: Vec<_> = contenders.iter().map(|_| Timing(Vec::new())).collect();
    for round in 0..warm_up + runs {
        for turn in 0..contenders.len() {
            let index = (turn + round as usize) % contenders.len();
            let taken = run(&contenders[index])?;
            if round >= warm_up {
                timings[index].0.push(taken);
            }
        }
    }
    Ok(timings)
}

fn run(contender: &Contender) -> anyhow::Result<Duration> {
    let mut command = contender.command();
    let start = Instant::now();
    let status = command.status()?;
    let taken = start.elapsed();
    contender.accept(status)?;
    Ok(taken)
}

impl Timing {
    pub fn median(&self) -> f64 {
        quantile(self.milliseconds().collect(), 0.5)
    }

    pub fn minimum(&self) -> f64 {
        quantile(self.milliseconds().collect(), 0.0)
    }

    pub fn p90(&self) -> f64 {
        quantile(self.milliseconds().collect(), 0.9)
    }

    pub fn ratio_of_medians(&self, base: &Self) -> f64 {
        self.median() / base.median()
    }

    /// Each round has a ratio of its own. Where it differs much from the ratio of the medians, the machine
    /// was busy: measure again.
    pub fn median_of_ratios(&self, base: &Self) -> f64 {
        quantile(self.milliseconds().zip(base.milliseconds()).map(|(this, base)| this / base).collect(), 0.5)
    }

    fn milliseconds(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|time| time.as_secs_f64() * 1_000.0)
    }
}

/// The value below which that share of the values lies; the lower one between two.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}
