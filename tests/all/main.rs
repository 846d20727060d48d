//! All tests from outside, in one binary.
#![allow(clippy::disallowed_methods, missing_docs, reason = "tests reach for the disk and the program")]

mod curl;
mod dice;
mod docs;
mod judge;
mod naive;
