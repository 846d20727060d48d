//! holdpoint: may SERVICE in ENVIRONMENT move from release A to release B, now?

pub mod disk;
pub mod judge;
pub mod model;
pub mod registry;
pub mod version;
