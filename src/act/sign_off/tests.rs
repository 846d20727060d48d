//! Signing off by tables.
