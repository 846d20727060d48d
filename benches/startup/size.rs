//! The sizes of registry that the goals speak of.

use clap::ValueEnum;

/// One synthetic registry.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// 1 service, 20 releases, 10 flags.
    Small,
    /// 200 services, 10,000 releases, 2,000 flags.
    Medium,
    /// 10,000 services, 1,000,000 releases, 300,000 flags.
    Large,
    /// The same as medium, in one file.
    OneFile,
}

impl Size {
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::OneFile => "one-file",
        }
    }

    pub fn services(self) -> usize {
        match self {
            Self::Small => 1,
            Self::Medium | Self::OneFile => 200,
            Self::Large => 10_000,
        }
    }

    /// Releases of each service.
    pub fn releases(self) -> usize {
        match self {
            Self::Small => 20,
            Self::Medium | Self::OneFile => 50,
            Self::Large => 100,
        }
    }

    /// Flags of each service, beside the shared ones.
    pub fn flags(self) -> usize {
        match self {
            Self::Small | Self::Medium | Self::OneFile => 10,
            Self::Large => 30,
        }
    }

    /// The service that is checked: one in the middle.
    pub fn checked(self) -> usize {
        self.services() / 2
    }
}
