//! The exit codes. The only place that turns a verdict into a number; the numbers are frozen.

use crate::child::End;
use crate::model::Level;

use super::settings::Settings;

/// Go: allow or warn; for commands without a verdict: answered.
pub(super) const GO: u8 = 0;
/// Block.
pub(super) const BLOCK: u8 = 1;
/// Answered no: for commands without a verdict.
pub(super) const NO: u8 = 1;
/// Wrong usage.
pub(super) const USAGE: u8 = 2;
/// Could not judge, or could not say so.
pub(super) const UNJUDGED: u8 = 3;
/// Hold.
pub(super) const HOLD: u8 = 4;
/// Warn, with `--fail-on warn`.
pub(super) const WARNED: u8 = 5;
/// A defect of the program itself: what a panic has always exited with.
pub(super) const BUG: u8 = 101;

/// The code of a verdict; `delivered`: every report was written.
pub(super) fn of_verdict(level: Level, settings: &Settings, delivered: bool) -> u8 {
    code(level, settings.report_only, settings.fail_on_warn, delivered)
}

/// The code of an answer that is no verdict.
pub(super) fn of_answer(delivered: bool) -> u8 {
    if delivered { GO } else { UNJUDGED }
}

/// The code of an answer to a question that can be answered with no.
pub(super) fn of_question(yes: bool, delivered: bool) -> u8 {
    match (delivered, yes) {
        (false, _) => UNJUDGED,
        (true, true) => GO,
        (true, false) => NO,
    }
}

/// The code of `lint`: mistakes weigh more than what is only odd.
pub(super) fn of_lint(mistakes: bool, odd: bool, delivered: bool) -> u8 {
    match (mistakes || !delivered, odd) {
        (true, _) => UNJUDGED,
        (false, true) => NO,
        (false, false) => GO,
    }
}

/// The code of a command that was run, or could not be. What was done and isn't `recorded` weighs more than how it
/// ended, which is told; what else isn't `delivered` weighs less than the command's own failure.
pub(super) fn of_command(end: &End, recorded: bool, delivered: bool) -> u8 {
    let own = match end {
        End::Code(code) => u8::try_from(*code).unwrap_or(u8::MAX),
        End::Signal { number, .. } => u8::try_from(128 + number).unwrap_or(u8::MAX),
        End::NotStarted { code, .. } => *code,
        End::Lost(_) => UNJUDGED,
    };
    let began = !matches!(end, End::NotStarted { .. });
    if began && !recorded || own == GO && !delivered { UNJUDGED } else { own }
}

/// The code of a proof: whether what was to be shown holds.
pub(super) fn of_proof(holds: bool, delivered: bool) -> u8 {
    match (delivered, holds) {
        (false, _) => UNJUDGED,
        (true, true) => GO,
        (true, false) => NO,
    }
}

fn code(level: Level, report_only: bool, fail_on_warn: bool, delivered: bool) -> u8 {
    let code = match level {
        _ if report_only => GO,
        Level::Warn if fail_on_warn => WARNED,
        Level::Allow | Level::Warn => GO,
        Level::Hold => HOLD,
        Level::Block => BLOCK,
    };
    // What nobody could read must not look better than it is.
    if delivered { code } else { code.max(UNJUDGED) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_contract() {
        let plain = Level::ALL.map(|level| code(level, false, false, true));
        assert_eq!(plain, [0, 0, 4, 1]);
        assert_eq!(Level::ALL.map(|level| code(level, false, true, true)), [0, 5, 4, 1]);
        assert_eq!(Level::ALL.map(|level| code(level, true, true, true)), [0, 0, 0, 0]);
    }

    #[test]
    fn a_lost_report_never_makes_a_code_smaller_or_a_go() {
        for level in Level::ALL {
            for (report_only, fail_on_warn) in [(false, false), (false, true), (true, false), (true, true)] {
                let lost = code(level, report_only, fail_on_warn, false);
                assert!(lost >= code(level, report_only, fail_on_warn, true) && lost >= UNJUDGED);
            }
        }
    }
}
