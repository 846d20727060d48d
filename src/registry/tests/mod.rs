//! The loader over trees in memory.
