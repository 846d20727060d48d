//! A second judge, naive and slow, and the worlds on which it must agree with the real one.
//!
//! The judge here ([`judge`]) is written straight from the contract's table, with loops and sets only, and
//! shares nothing with `src/judge` but the types of question and answer. The worlds ([`generate`]) are small
//! and dense, so that everything meets everything; each comes from one number, which a failure prints.
//! [`agree`] holds the two judges against each other, [`laws`] the real one against what must always hold.

mod agree;
mod beside;
pub mod generate;
mod judge;
mod laws;
mod levels;
mod past;
mod relief;
mod targets;
mod traces;
mod upkeep;
