//! What the loader could read and doubts all the same, as a lint beside the others.

use crate::lint::note::excerpt;
use crate::lint::{Lint, Warning};
use crate::model::{Name, Sources};
use crate::registry::Mistake;

pub(super) static ODD_VALUE: Lint = Lint {
    word: "odd-value",
    documentation: "A value can't be used as it stands, and leaving it out makes nothing look better than it is: a CVSS \
        vector that can't be read gives no score, and the flag counts by its severity word, else as unknown. Checks \
        say the same below their verdict. Correct the value, or remove it.",
};

/// A warning of the loader's.
pub(super) fn odd(mistake: &Mistake, sources: &Sources, service: Option<&Name>) -> Warning {
    let (line, column) = mistake.position(sources).unwrap_or((1, 1));
    Warning {
        lint: &ODD_VALUE,
        service: service.cloned(),
        message: mistake.message.clone(),
        hint: mistake.hint.clone(),
        file: mistake.file(sources).into(),
        line,
        column,
        excerpt: mistake.place.as_ref().map_or_else(Box::default, |place| excerpt(sources, place.origin())),
        files: Vec::new(),
    }
}
