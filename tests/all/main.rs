//! The integration tests, in one binary: it links once.

mod architecture;
mod cases;
mod cli;
