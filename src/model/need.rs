//! What a release needs of other services.

use crate::model::{Name, Origin, Version};
use crate::version::{RangeError, Ranges, Scale};

/// That a release works only beside some releases of another service.
#[derive(Debug, Clone)]
pub struct Need {
    /// The other service.
    pub service: Name,
    /// Comparators, any of which may match, as written.
    pub written: Vec<Box<str>>,
    /// The same under the other service's order. None: that service isn't there to be looked at.
    pub versions: Option<Ranges>,
    /// Where it stands.
    pub origin: Origin,
}

impl Need {
    /// Reads the comparators under the other service's order.
    ///
    /// # Errors
    /// When they make no sense there.
    pub fn place(&mut self, scale: &Scale) -> Result<(), RangeError> {
        self.versions = Some(Ranges::parse(self.written.iter().map(|text| &**text), scale)?);
        Ok(())
    }

    /// Whether a release of the other service is one of those that it needs. None: it can't be told.
    pub fn is_met_by(&self, version: &Version) -> Option<bool> {
        self.versions.as_ref()?.contains(&version.text, version.place.as_ref())
    }

    /// The comparators in one text.
    pub fn wanted(&self) -> String {
        self.written.join(" or ")
    }
}
