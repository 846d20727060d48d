//! The periods that the judge works with.

use crate::model::{Origin, Window};

/// `[policy]`: how long things count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// For how long a release that ran stays part of the baseline.
    pub baseline: Window,
    /// For how long a release that was left by a rollback is not to be returned to unsettled.
    pub ping_pong: Window,
    /// For how long a release that ran here is offered as a target.
    pub target_age: Window,
    /// The longest that a sign-off is valid.
    pub sign_off_max: Window,
    /// By when a break-glass is to be reviewed.
    pub review_within: Window,
    /// How old the registry may be before a check says so; None: it never does.
    pub max_age: Option<Window>,
    /// Where each is set, in the order of [`Policy::periods`]; None: it has its default.
    pub set: [Option<Origin>; Policy::KEYS.len()],
}

/// One period of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its key.
    pub key: &'static str,
    /// How long it is; None: it is off.
    pub length: Option<Window>,
    /// Where it is set; None: it has its default.
    pub set: Option<Origin>,
}

impl Policy {
    /// The keys of the periods, in the order in which people should read them.
    pub const KEYS: [&'static str; 6] =
        ["baseline", "ping_pong", "target_age", "sign_off_max", "review_within", "max_age"];

    /// All periods, those that have their default among them.
    pub fn periods(&self) -> Vec<Period> {
        let lengths = [
            Some(self.baseline),
            Some(self.ping_pong),
            Some(self.target_age),
            Some(self.sign_off_max),
            Some(self.review_within),
            self.max_age,
        ];
        let all = Policy::KEYS.into_iter().zip(lengths).zip(self.set);
        all.map(|((key, length), set)| Period { key, length, set }).collect()
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            baseline: Window::days(30),
            ping_pong: Window::days(14),
            target_age: Window::days(90),
            sign_off_max: Window::hours(72),
            review_within: Window::hours(72),
            max_age: None,
            set: [None; Policy::KEYS.len()],
        }
    }
}
