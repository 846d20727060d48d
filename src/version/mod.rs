//! Orders and ranges: how the versions of a service compare.
