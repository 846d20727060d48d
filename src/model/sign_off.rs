//! Sign-offs (written, expiring acceptances) and debts (what a break-glass leaves behind).

use crate::model::{CLOCK_TOLERANCE, Id, Key, MoveKind, Name, Origin, Time, Version, Window, Withdrawn};

/// A team's written, expiring acceptance of named subjects for one service, environment and target.
#[derive(Debug, Clone)]
pub struct SignOff {
    /// Its id.
    pub id: Id,
    /// For which environment.
    pub environment: Name,
    /// For a move to which release, exactly as written.
    pub to: Box<str>,
    /// The subjects that it accepts; one that it doesn't name stops the move again.
    pub accepts: Vec<Box<str>>,
    /// Mitigations that the signer says are on, as (flag's id, mitigation's id).
    pub with: Vec<(Id, Id)>,
    /// The key that it signs for.
    pub key: Key,
    /// Who signed: a Git identity, only a claim.
    pub by: Box<str>,
    /// How that is known: `git`, `flag`, `ci`, `merge` or `policy`; None: it only stands in the file.
    pub known: Option<Box<str>>,
    /// Who asked for it, where that was said.
    pub asked_by: Option<Box<str>>,
    /// The rule that gave it, nobody having answered, and when that was asked for.
    pub silence: Option<(Box<str>, Time)>,
    /// Why.
    pub reason: Box<str>,
    /// A ticket.
    pub ticket: Option<Box<str>>,
    /// When it was signed.
    pub at: Time,
    /// When it ends, if the policy doesn't end it before.
    pub expires: Time,
    /// Taken back, by whom and why: it counts no more, however long it would have lasted.
    pub revoked: Option<Withdrawn>,
    /// Where it stands.
    pub origin: Origin,
}

/// What stands in `by` where whoever merges the file signs.
pub const BY_MERGE: &str = "merge";

impl SignOff {
    /// Whether nobody has signed it yet: whoever merges it would.
    pub fn is_open(&self) -> bool {
        &*self.by == BY_MERGE
    }

    /// The instant from which it no longer counts: the one place that computes an expiry.
    ///
    /// It is never valid for longer than `longest` (`policy.sign_off_max`), whatever stands in the file.
    pub fn ends(&self, longest: Window) -> Time {
        self.expires.min(longest.after(self.at))
    }

    /// The instant from which it counts.
    ///
    /// A sign-off dated in the future, by a clock that is ahead, counts as made now; but not so early
    /// that it would last longer than `longest` in all.
    pub fn begins(&self, longest: Window) -> Time {
        self.at.min(longest.before(self.ends(longest)))
    }

    /// From when until when one of its mitigations counts, that is on for `hours`; a clock that is ahead is
    /// allowed for.
    pub fn mitigation(&self, hours: Option<u32>, longest: Window) -> (Time, Time) {
        let (begins, ends) = (self.begins(longest), self.ends(longest));
        let Some(hours) = hours.map(|hours| Window::hours(hours.into())) else { return (begins, ends) };
        let over = hours.after(self.at).min(ends);
        (begins.max(CLOCK_TOLERANCE.before(hours.before(over))), over)
    }
}

/// A break-glass that is not closed: somebody went ahead against the verdict, and why.
#[derive(Debug, Clone)]
pub struct Debt {
    /// Its id.
    pub id: Id,
    /// Where.
    pub environment: Name,
    /// What ran; None: nothing, or nobody knew what.
    pub from: Option<Version>,
    /// Where it went.
    pub to: Version,
    /// What was gone against.
    pub subjects: Vec<Box<str>>,
    /// The written reason.
    pub reason: Box<str>,
    /// Who did it.
    pub by: Box<str>,
    /// When.
    pub at: Time,
    /// By when each team is to have reviewed it; None: `policy.review_within` after `at`.
    pub due: Option<Time>,
    /// The reviews so far.
    pub reviews: Vec<Review>,
    /// Where it stands.
    pub origin: Origin,
}

impl Debt {
    /// The move that was made: `2.4.1 -> 2.3.0`.
    pub fn way(&self) -> String {
        let from = self.from.as_ref().map_or("nothing known", |from| &*from.text);
        format!("{from} -> {}", self.to)
    }

    /// What kind of move that was.
    pub fn kind(&self) -> MoveKind {
        let older = self.from.as_ref().is_some_and(|from| self.to.is_older_than(from));
        if older { MoveKind::Rollback } else { MoveKind::Redeploy }
    }
}

/// One team's look back at a break-glass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whose key.
    pub key: Key,
    /// Who.
    pub by: Box<str>,
    /// When.
    pub at: Time,
    /// What was found.
    pub note: Option<Box<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;

    fn sign_off(at: &str, expires: &str) -> SignOff {
        let time = |text| parse_time(text).unwrap();
        SignOff {
            id: Id::new("S").unwrap(),
            environment: Name::new("prod").unwrap(),
            to: "1.0.0".into(),
            accepts: Vec::new(),
            with: Vec::new(),
            key: Key::Security,
            by: "x".into(),
            known: None,
            asked_by: None,
            silence: None,
            reason: "r".into(),
            ticket: None,
            at: time(at),
            expires: time(expires),
            revoked: None,
            origin: Origin::default(),
        }
    }

    #[test]
    fn no_sign_off_lasts_longer_than_policy_allows() {
        let three_days = Window::hours(72);
        let life = |at, expires| {
            let sign_off = sign_off(at, expires);
            (sign_off.begins(three_days).to_string(), sign_off.ends(three_days).to_string())
        };
        let utc = |text: &str| format!("{text} 00:00:00 UTC");
        // A short one counts from before its date, since a clock may be ahead; never for longer in all.
        assert_eq!(life("2026-11-10", "2026-11-11"), (utc("2026-11-08"), utc("2026-11-11")));
        assert_eq!(life("2026-11-10", "2026-11-13"), (utc("2026-11-10"), utc("2026-11-13")));
        assert_eq!(life("2026-11-10", "2027-11-13"), (utc("2026-11-10"), utc("2026-11-13")));
    }

    #[test]
    fn a_mitigation_is_on_for_its_hours() {
        let sign_off = sign_off("2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z");
        let (begins, ends) = sign_off.mitigation(Some(4), Window::hours(72));
        assert_eq!(ends - sign_off.at, Window::hours(4).length());
        assert_eq!(begins, CLOCK_TOLERANCE.before(sign_off.at));
        assert_eq!(sign_off.mitigation(None, Window::hours(72)).1, sign_off.expires);
        assert_eq!(sign_off.mitigation(Some(100), Window::hours(72)).1, sign_off.expires);
    }
}
