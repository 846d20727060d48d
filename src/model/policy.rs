//! The periods that the judge works with.

use crate::model::Window;

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
        }
    }
}
