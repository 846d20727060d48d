//! Orders and ranges: how the versions of a service compare, and which of them a flag affects.
//!
//! Start at [`Scale`]: it gives a version its [`Place`], or says that it has none. [`Ranges`] are plain
//! intervals between places. A version without a place is a third answer beside "in" and "out", and the
//! types keep it apart: whoever asks has to say what it means, and it never means "not affected".
//!
//! One file per order: `lenient` (semver), `calver`, `pep440`, `debian`, `rpm`, `listed`. To add another,
//! write its file beside these, with a type whose `Ord` is its precedence, then give it a variant in
//! [`Order`] and in `scale::Position`; the compiler names the rest. `tables/` holds what the reference tool
//! of an order says.
//!
//! Deliberately absent: `semver::VersionReq`, `semver::Version`'s `Ord` and Python's specifiers. The first
//! and the last leave pre-releases out of `<2.0.0`, so a vulnerable one reads as clean; the second orders
//! build metadata.

mod calver;
mod debian;
mod lenient;
mod listed;
mod number;
mod order;
mod pep440;
mod range;
mod rpm;
mod scale;
mod text;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tables;

pub use order::Order;
pub use range::{RangeError, RangeErrorKind, Ranges};
pub use scale::{Place, Scale};
pub use text::{TextError, check_text, is_invisible};
