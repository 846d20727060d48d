//! Each hold and block that the record has, and what followed it.
//!
//! A stop is a verdict that wouldn't let a move go: a recorded check, or a move that was made against it. A `run` that
//! was stopped leaves no line, so it is none of these. What followed is looked for in the same service and
//! environment, up to the first move or change there, or the end of the period.

use super::fold::Folds;
use super::ledger::Ledger;
use super::past::Past;
use super::period::Period;
use crate::model::{Level, Time};
use crate::record::{Deed, Movement, Statement};

/// A move that its verdict stopped.
#[derive(Debug, Clone)]
pub struct Stop<'a> {
    /// The place of its line.
    pub entry: usize,
    /// Its line.
    pub says: &'a Statement,
    /// Hold or block.
    pub level: Level,
    /// The move.
    pub movement: &'a Movement,
    /// What followed.
    pub then: Then<'a>,
}

/// What followed a stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then<'a> {
    /// The move was made against the verdict, by this row.
    Broke(usize),
    /// The move was made all the same, by this row, when it might go; with the sign-offs by which it went.
    Went(usize, Vec<&'a str>),
    /// Something else was moved to, by this line.
    Elsewhere(usize, Vec<&'a str>),
    /// It was signed off, by these lines, and nobody moved.
    Signed(Vec<usize>),
    /// Nothing.
    Nothing,
}

/// Finds the stops of a period.
pub fn stops<'a>(ledger: &'a Ledger, folds: &Folds, past: &Past<'a>, period: Period) -> Vec<Stop<'a>> {
    let in_period = ledger.known().filter(|(_, says)| period.holds(says.at));
    let stopped = in_period.filter_map(|(entry, says)| {
        let level = [Level::Hold, Level::Block]
            .into_iter()
            .find(|level| says.verdict.as_deref() == Some(level.word()))?;
        let movement = says.movement.as_ref()?;
        let then = match says.deed {
            Deed::Checked => followed(ledger, folds, past, period.before, (entry, says, movement)),
            Deed::Started { .. } | Deed::Recorded { .. } => Then::Broke(folds.row(entry)),
            _ => return None,
        };
        Some(Stop { entry, says, level, movement, then })
    });
    stopped.collect()
}

fn followed<'a>(
    ledger: &'a Ledger,
    folds: &Folds,
    past: &Past<'a>,
    before: Time,
    (entry, says, movement): (usize, &Statement, &Movement),
) -> Then<'a> {
    let mut signed = Vec::new();
    for (place, line) in ledger.known().skip_while(|(place, _)| *place <= entry) {
        if line.at >= before || line.environment != says.environment {
            continue;
        }
        match (&line.deed, &line.movement) {
            (Deed::SignedOff { .. }, Some(target)) if target.to == movement.to => signed.push(place),
            (Deed::Started { .. } | Deed::Recorded { .. }, Some(target)) => {
                return moved(ledger, folds, place, line, target, movement);
            }
            (Deed::Observed { .. }, _) => {
                let change = past.changes.iter().find(|change| change.entry == place && change.by.is_none());
                if let Some(change) = change {
                    return Then::Elsewhere(place, change.running.clone());
                }
            }
            _ => {}
        }
    }
    if signed.is_empty() { Then::Nothing } else { Then::Signed(signed) }
}

fn moved<'a>(
    ledger: &'a Ledger,
    folds: &Folds,
    place: usize,
    line: &'a Statement,
    target: &'a Movement,
    stopped: &Movement,
) -> Then<'a> {
    let row = folds.row(place);
    let mut parts = folds.parts_of(row).iter().filter_map(|part| ledger.entries.get(*part)?.deed());
    match target.to == stopped.to {
        true if parts.any(|deed| matches!(deed, Deed::BrokeGlass { .. })) => Then::Broke(row),
        true => Then::Went(row, super::approval::used(line)),
        false => Then::Elsewhere(row, vec![&target.to]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{book, november};

    const STOP: &str = r#"{"kind":"checked","at":"11-22T03:00","environment":"prod","move":{"kind":"rollback","from":"2","to":"1"},"verdict":"hold"}"#;

    fn then(lines: &[String]) -> String {
        let lines: Vec<String> = std::iter::once(STOP.to_owned()).chain(lines.iter().cloned()).collect();
        let ledger = book(&lines.join("\n"));
        let (folds, past) = (Folds::of(&ledger), Past::of(&ledger));
        let stops = stops(&ledger, &folds, &past, november());
        format!("{:?}", stops[0].then)
    }

    fn started(at: &str, to: &str, more: &str) -> String {
        format!(
            r#"{{"kind":"started","at":"{at}","environment":"prod","command":[],"move":{{"kind":"rollback","from":"2","to":"{to}"}}{more}}}"#
        )
    }

    #[test]
    fn what_followed_is_the_first_move_there() {
        assert_eq!(then(&[]), "Nothing");
        assert_eq!(then(&[started("11-22T04:00", "1", "")]), "Went(1, [])");
        assert_eq!(then(&[started("11-22T04:00", "0", "")]), "Elsewhere(1, [\"0\"])");
        let elsewhere = started("11-22T04:00", "1", "").replace("\"prod\"", "\"staging\"");
        assert_eq!(then(&[elsewhere]), "Nothing");
        assert_eq!(then(&[started("12-02T04:00", "1", "")]), "Nothing", "after the period");
        let signed = r#"{"kind":"signed-off","at":"11-22T03:30","environment":"prod","move":{"kind":"rollback","from":"2","to":"1"},"sign_off":"S","as":"security","accepts":[],"reason":"r","expires":"x"}"#;
        assert_eq!(then(&[signed.into()]), "Signed([1])");
        let by =
            r#","verdict":"warn","reasons":[{"code":"c","subject":"s","level":"warn","sign_offs":["S"]}]"#;
        assert_eq!(then(&[signed.into(), started("11-22T04:00", "1", by)]), "Went(2, [\"S\"])");
        let glass = started("11-22T04:00", "1", r#","reason":"down","subjects":["x"]"#)
            .replace("started", "broke-glass");
        assert_eq!(then(&[glass, started("11-22T04:00", "1", "")]), "Broke(2)");
        let observed = r#"{"kind":"observed","at":"11-22T04:00","environment":"prod","was":["2"],"running":["3"],"source":"kubectl"}"#;
        assert_eq!(then(&[observed.into()]), "Elsewhere(1, [\"3\"])");
    }

    #[test]
    fn a_move_that_was_made_against_its_verdict_is_a_stop_itself() {
        let broken = started("11-23T04:00", "0", r#","verdict":"block""#);
        let ledger = book(&format!("{STOP}\n{broken}"));
        let all = stops(&ledger, &Folds::of(&ledger), &Past::of(&ledger), november());
        let told: Vec<(Level, &Then<'_>)> = all.iter().map(|stop| (stop.level, &stop.then)).collect();
        assert_eq!(told, [(Level::Hold, &Then::Elsewhere(1, vec!["0"])), (Level::Block, &Then::Broke(1))]);
    }
}
