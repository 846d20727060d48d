//! Sign-offs (written, expiring acceptances) and debts (what a break-glass leaves behind).

use crate::model::{Id, Key, Name, Origin, Time, Version, Window};

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
    /// How that is known: `git`, `flag` or `ci`; None: it only stands in the file.
    pub known: Option<Box<str>>,
    /// Why.
    pub reason: Box<str>,
    /// A ticket.
    pub ticket: Option<Box<str>>,
    /// When it was signed.
    pub at: Time,
    /// When it ends, if the policy doesn't end it before.
    pub expires: Time,
    /// Where it stands.
    pub origin: Origin,
}

impl SignOff {
    /// The instant from which it no longer counts: the one place that computes an expiry.
    ///
    /// It is never valid for longer than `longest` (`policy.sign_off_max`), whatever stands in the file.
    /// A sign-off dated later than `now` counts as made now; `None`, never valid, when it is dated so far
    /// ahead that this would stretch it past `longest`.
    pub fn ends(&self, longest: Window, now: Time) -> Option<Time> {
        if self.at > longest.after(now) {
            return None;
        }
        Some(self.expires.min(longest.after(self.at)))
    }

    /// The instant from which one of its mitigations, on for `hours`, no longer counts.
    pub fn mitigation_ends(&self, hours: Option<u32>, longest: Window, now: Time) -> Option<Time> {
        let ends = self.ends(longest, now)?;
        let hours = hours.map(|hours| Window::hours(hours.into()).after(self.at));
        Some(hours.map_or(ends, |hours| hours.min(ends)))
    }
}

/// A break-glass that is not closed: somebody went ahead against the verdict, and why.
#[derive(Debug, Clone)]
pub struct Debt {
    /// Its id.
    pub id: Id,
    /// Where.
    pub environment: Name,
    /// What ran.
    pub from: Version,
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

/// One team's look back at a break-glass.
#[derive(Debug, Clone)]
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
