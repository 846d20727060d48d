//! The tests of the whole tool, in one binary.

mod naive;
