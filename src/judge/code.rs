//! The codes of all reasons: word, key, special cases, and what `docs/reasons.md` says of them.
//!
//! The sentence and the hint of each stand in [`super::finding`], variant by variant in the same order.

use crate::model::{Key, Owner};

/// The code of a reason. Its word is part of the contract and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A malicious artifact.
    CompromisedRelease,
    /// The move brings an advisory back.
    AdvisoryReopened,
    /// The advisory is there before and after.
    AdvisoryCarried,
    /// The move leaves an advisory behind.
    AdvisoryClosed,
    /// Older than the service's minimum acceptable security version.
    BelowFloor,
    /// Nobody assesses the release's line any more.
    OutOfSupport,
    /// The release is known to be unstable.
    UnstableRelease,
    /// The instability is there before and after.
    DoesNotHelp,
    /// Something was done that the release can't live with.
    BarrierCrossed,
    /// The release was left by a rollback, and the cause isn't dealt with.
    PingPong,
    /// The release never ran here.
    UnprovenRelease,
    /// Much older than what runs.
    FarBack,
    /// The artifact can't be deployed.
    WithdrawnRelease,
    /// After the move there is no good way back.
    NoWayBack,
    /// Nobody registered the release.
    UnknownRelease,
    /// What runs isn't known.
    UnknownFrom,
    /// The caller and the registry disagree on what runs.
    FromDisagrees,
    /// A flag will hit the release later.
    FlagScheduled,
    /// A flag on the release was taken back lately.
    FlagWithdrawn,
    /// A flag hits the release in another environment only.
    FlaggedElsewhere,
    /// Nobody said that the release mends what its predecessor has.
    FixUnclear,
    /// What runs does so on an acceptance that has lapsed.
    AcceptanceExpired,
    /// A break-glass waits for its review.
    OpenDebt,
    /// Something in the registry is dated in the future.
    ClockDisagrees,
    /// The registry wasn't refreshed for long.
    StaleRegistry,
    /// Another move was begun here and hasn't ended.
    MoveUnderWay,
    /// A release runs beside one of another service that it doesn't work with.
    NeedsOther,
    /// The artifact isn't the one that the version is registered with.
    DigestMismatch,
    /// A change freeze is on.
    Frozen,
}

/// What is the same for every reason of one code.
struct Entry {
    code: Code,
    word: &'static str,
    /// None: the key of the flag that it speaks of.
    owner: Option<Owner>,
    /// Special cases that rules can match with `case`.
    cases: &'static [&'static str],
    documentation: &'static str,
}

const SECURITY: Option<Owner> = Some(Owner::One(Key::Security));
const RELIABILITY: Option<Owner> = Some(Owner::One(Key::Reliability));
const BOTH: Option<Owner> = Some(Owner::Both);

/// One row a code, in the order of the enum.
#[rustfmt::skip]
const TABLE: [Entry; 29] = [
    Entry { code: Code::CompromisedRelease, word: "compromised-release", owner: SECURITY, cases: &[],
        documentation: "A flag says that the artifact itself is malicious. It must not run anywhere, whatever runs now. \
            No rule lowers this, nobody can sign it off, and break-glass refuses it. With no other release to go to, \
            stop or isolate the service." },
    Entry { code: Code::AdvisoryReopened, word: "advisory-reopened", owner: SECURITY, cases: &[],
        documentation: "The move brings a known vulnerability back: it affects the target and not all of the baseline \
            (what runs, and what newer ran here lately). Take a target that doesn't have it, put its mitigation on, or \
            have security sign for it by name. When the move closes a worse advisory than every one it reopens, a block \
            becomes a hold." },
    Entry { code: Code::AdvisoryCarried, word: "advisory-carried", owner: SECURITY, cases: &[],
        documentation: "A known vulnerability affects what runs and the target alike. The move doesn't make it worse, so \
            it doesn't stop the move." },
    Entry { code: Code::AdvisoryClosed, word: "advisory-closed", owner: SECURITY, cases: &[],
        documentation: "The move leaves a known vulnerability behind. Good news." },
    Entry { code: Code::BelowFloor, word: "below-floor", owner: SECURITY, cases: &["already-below"],
        documentation: "The target is older than the service's floor, its minimum acceptable security version. In the case \
            `already-below` what runs is below it too and the target isn't older than that." },
    Entry { code: Code::OutOfSupport, word: "out-of-support", owner: SECURITY, cases: &["already-out"],
        documentation: "Nobody assesses the target's line for vulnerabilities any more, so the absence of an advisory proves \
            nothing. In the case `already-out` what runs is out of support as well." },
    Entry { code: Code::UnstableRelease, word: "unstable-release", owner: RELIABILITY, cases: &[],
        documentation: "An instability affects the target and not all of the baseline: the move goes onto a release that is \
            known to fail." },
    Entry { code: Code::DoesNotHelp, word: "does-not-help", owner: RELIABILITY, cases: &[],
        documentation: "An instability affects what runs and the target alike: if it is what you are fleeing from, this move \
            doesn't leave it." },
    Entry { code: Code::BarrierCrossed, word: "barrier-crossed", owner: RELIABILITY, cases: &["possible"],
        documentation: "A newer release that ran here did something that the target can't live with, mostly a migration. A \
            reversible barrier needs its undo procedure first; an irreversible one can't be crossed. In the case `possible` \
            what runs isn't known, so the barrier may stand in the way." },
    Entry { code: Code::PingPong, word: "ping-pong", owner: BOTH, cases: &[],
        documentation: "The target was left by a rollback here a short while ago, and what caused it isn't settled. Going back \
            to it is how an outage returns. Record the cause as settled (`record settled`), or have one sign-off of each key." },
    Entry { code: Code::UnprovenRelease, word: "unproven-release", owner: RELIABILITY, cases: &[],
        documentation: "A rollback to a release that never ran in this environment as far as the registry knows." },
    Entry { code: Code::FarBack, word: "far-back", owner: RELIABILITY, cases: &["over-a-year"],
        documentation: "The target was released over 90 days before what runs; in the case `over-a-year` over 365. The further \
            back, the more has changed around it." },
    Entry { code: Code::WithdrawnRelease, word: "withdrawn-release", owner: RELIABILITY, cases: &[],
        documentation: "The release was withdrawn: its artifact can't be deployed at all." },
    Entry { code: Code::NoWayBack, word: "no-way-back", owner: RELIABILITY, cases: &[],
        documentation: "After this redeploy no older release could be returned to without a hold or a block. If the new release \
            fails, there is no quick way out." },
    Entry { code: Code::UnknownRelease, word: "unknown-release", owner: BOTH, cases: &["newest", "running", "unplaceable"],
        documentation: "The target isn't registered. Its version can be held against flags by range, but its tags, digests and \
            dates aren't known. In the case `newest` it is newer than every registered release; in the case `unplaceable` the \
            service's order can't place it, so its flags can't be compared; in the case `running` it already runs here." },
    Entry { code: Code::UnknownFrom, word: "unknown-from", owner: BOTH, cases: &[],
        documentation: "What runs isn't known or can't be placed, so every flag on the target counts as reopened and every \
            barrier above it as possible. Say what runs with `--from`." },
    Entry { code: Code::FromDisagrees, word: "from-disagrees", owner: BOTH, cases: &[],
        documentation: "`--from` isn't what the registry says runs here. Both stand in the baseline." },
    Entry { code: Code::FlagScheduled, word: "flag-scheduled", owner: None, cases: &[],
        documentation: "A flag affects the target and becomes active later." },
    Entry { code: Code::FlagWithdrawn, word: "flag-withdrawn", owner: None, cases: &[],
        documentation: "A flag on the target was withdrawn or narrowed within the last seven days. It no longer counts, but a \
            young all-clear is worth a second look." },
    Entry { code: Code::FlaggedElsewhere, word: "flagged-elsewhere", owner: None, cases: &[],
        documentation: "A flag affects the target in another environment only." },
    Entry { code: Code::FixUnclear, word: "fix-unclear", owner: None, cases: &[],
        documentation: "A flag hits the release just before the target and not the target, and doesn't say in which release it \
            is fixed. Its range may simply end too early." },
    Entry { code: Code::AcceptanceExpired, word: "acceptance-expired", owner: SECURITY, cases: &[],
        documentation: "What runs got here by an acceptance that has lapsed, and the target stays exposed to what was accepted. \
            Leave the exposure, or have it accepted again." },
    Entry { code: Code::OpenDebt, word: "open-debt", owner: BOTH, cases: &[],
        documentation: "A break-glass of this service and environment is overdue for its review by both teams." },
    Entry { code: Code::ClockDisagrees, word: "clock-disagrees", owner: BOTH, cases: &[],
        documentation: "Something in the registry is dated over ten minutes in the future. It counts as now. Somebody's clock is \
            wrong: this machine's or the author's." },
    Entry { code: Code::StaleRegistry, word: "stale-registry", owner: BOTH, cases: &[],
        documentation: "The registry was neither fetched nor committed to within `policy.max_age`, so newer flags may be missing." },
    Entry { code: Code::MoveUnderWay, word: "move-under-way", owner: RELIABILITY, cases: &[],
        documentation: "Another move of this service was begun here and hasn't ended: somebody is at it, or it crashed half-way." },
    Entry { code: Code::NeedsOther, word: "needs-other", owner: RELIABILITY, cases: &["already", "unknown"],
        documentation: "Two services don't fit together once everything is moved: the target needs another service at other \
            releases than will run beside it (`needs` of a release), or what runs of another service needs this one at others. \
            Move both in one go, or the other one first. In the case `already` the two don't fit now either, so the move \
            doesn't make it worse; in the case `unknown` nobody says what runs of the other service here. A check of one \
            service looks at the services that its own releases need; `gate` also at those that need it." },
    Entry { code: Code::DigestMismatch, word: "digest-mismatch", owner: SECURITY, cases: &[],
        documentation: "A manifest names an artifact by its digest, and the digest belongs to another release than the tag beside \
            it says, or isn't one of those that the release is registered with. What will run isn't what people read: a tag \
            was moved, or only one of the two was changed. The digest is what counts when it is pulled." },
    Entry { code: Code::Frozen, word: "frozen", owner: RELIABILITY, cases: &[],
        documentation: "A change freeze (`[[freeze]]`) is on for the move. Wait until it is over, or have it signed for by the \
            freeze's name. Going to what already runs is never frozen: a restart, staying, or ending a roll-out either way. \
            During an incident it is only said, so that no freeze stands in the way of a way out." },
];

impl Code {
    /// All codes, in the order of the contract.
    pub const ALL: [Code; TABLE.len()] = {
        let mut all = [Code::CompromisedRelease; TABLE.len()];
        let mut i = 0;
        while i < TABLE.len() {
            all[i] = TABLE[i].code;
            i += 1;
        }
        all
    };

    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// The code's word, as in JSON and in rules.
    pub fn word(self) -> &'static str {
        self.entry().word
    }

    /// The code with this word.
    pub fn from_word(word: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.word() == word)
    }

    /// Whose business it is; None: the owner of the flag that it speaks of.
    pub fn owner(self) -> Option<Owner> {
        self.entry().owner
    }

    /// The special cases that a rule's `case` can match.
    pub fn cases(self) -> &'static [&'static str] {
        self.entry().cases
    }

    /// What it means and what to do, for people.
    pub fn documentation(self) -> &'static str {
        self.entry().documentation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_codes() {
        for (index, code) in Code::ALL.into_iter().enumerate() {
            assert_eq!(code as usize, index);
            assert_eq!(Code::from_word(code.word()), Some(code));
        }
        assert_eq!(Code::from_word("no-such-code"), None);
    }
}
