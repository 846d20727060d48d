//! `holdpoint sync`: brings this checkout and what is published together.

mod join;

pub(super) use join::{Joined, join};
