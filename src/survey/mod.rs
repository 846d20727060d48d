//! What a change of the registry does: how things stand before and after, and the difference.
//!
//! A *survey* ([`survey()`]) says of one service in each of its environments what the judge says of every release,
//! whether there is a safe way back, and what has gone wrong with what runs. [`compare()`] takes the same service of
//! two registries at one moment and says which verdicts come out differently, who loses the way back, and what was
//! said, taken back or thrown away meanwhile ([`Change`], each of a [`Kind`]). [`rules()`] does that for rules and
//! periods, also for cases that this registry doesn't have yet, and [`chronicle()`] for the lines of the record.
//!
//! What is compared is what the files mean, not where they stand: a registry that was split into folders, or a file
//! that was tidied, makes no difference. Whatever comes out owns its words, so that a service can be let go.
//!
//! Deliberately absent: Git, and any judgement of its own. The judge is asked twice, and the answers are compared.

mod acceptances;
mod bounds;
mod change;
mod chronicle;
mod circumstances;
mod compare;
mod difference;
mod flags;
mod freezes;
mod hits;
mod pair;
mod people;
mod place;
mod releases;
mod rules;
mod shift;
mod supposed;
#[cfg(test)]
mod tests;
mod touched;

pub use change::{Change, Effect, KINDS, Kind, Spot};
pub use chronicle::{Appended, Chronicle, chronicle};
pub use compare::{Compared, Known, Side, compare, compare_rules};
pub use difference::{Alone, Difference, Tally};
pub use pair::{Looked, Pair, Reviewed};
pub use place::{Back, Outlook, Place, Standing, Told, survey};
pub use rules::{Given, Lowered, PeriodChange, Retold, RuleChange, RulesDifference, rules};
pub use shift::{Hit, PlaceDifference, Shift, Way};
pub use touched::{Touched, touched};
