//! entered
