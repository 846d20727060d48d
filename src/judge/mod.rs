//! The judge.

mod code;

pub use code::Code;

/// The shipped rules, in the registry's own format.
pub const DEFAULTS: &str = include_str!("defaults.toml");
