//! Made-up gates for the tests of the formats.
