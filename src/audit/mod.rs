//! For auditors: the record as a population of decisions, and as a report of what became of them.
//!
//! [`Population::of`] gives one row a decision; [`ServiceReport::of`] all that is reported of one service. Both are
//! functions of the record's lines and a period; the registry adds little ([`Facts`]) and is never needed. Nothing here
//! judges: what was decided is told as the record has it, and every figure has its formula in `docs/audit.md`.
//!
//! Deliberately absent: words and layout (the business of [`crate::report`]), and verifying the chain
//! ([`crate::record::verify()`]), of which only the result is taken.

mod approval;
mod calendar;
mod completeness;
mod exposure;
mod facts;
mod fold;
mod glass;
mod ledger;
mod past;
mod period;
mod population;
mod rates;
mod report;
mod signature;
mod spread;
mod stop;
#[cfg(test)]
mod testing;

pub use approval::{Apart, Given};
pub use calendar::{Bar, Calendar, Step};
pub use completeness::{Completeness, Head};
pub use exposure::{Accepted, Began, Ended, Exposure};
pub use facts::{Facts, FlagFact};
pub use glass::{Closed, Glass, ReviewOf, Standing};
pub use ledger::{Entry, Ledger, Says, Told};
pub use period::{Period, Side, USUAL};
pub use population::{Account, Approval, Followed, Look, Outcome, Population, Row};
pub use rates::{Rates, Recovery, share};
pub use report::ServiceReport;
pub use signature::{Ending, Signature};
pub use spread::{SEVERITIES, Sort, Spread, Stretch, by_severity};
pub use stop::{Stop, Then};
