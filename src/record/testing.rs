//! Records for tests.

use super::*;
use crate::model::{Name, parse_time};
use crate::registry::MemoryTree;

/// A name.
pub(crate) fn named(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// What was done on a day, or at a time.
pub(crate) fn statement(at: &str) -> Statement {
    deed(at, Deed::IncidentStarted { severity: Some("sev1".into()) })
}

/// A deed on a day, or at a time; its id is made from that.
pub(crate) fn deed(at: &str, deed: Deed) -> Statement {
    let now = parse_time(at).unwrap();
    let occasion = Occasion {
        now,
        who: Who { by: "Ann <ann@example.com>".into(), known: Known::Git },
        ids: Ids::from(7),
        state: State { revision: Some("9f3c2ab".into()), dirty: Some(false) },
        ci: Default::default(),
    };
    occasion.says(&named("checkout"), deed)
}

/// The record of `checkout` after these, sealed one by one.
pub(crate) fn sealed(says: &[Statement]) -> MemoryTree {
    let (service, mut tree) = (named("checkout"), MemoryTree::new());
    for statement in says {
        let sealed = seal(&service, &tail(&tree, &service).unwrap(), &[statement]).unwrap();
        tree.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
    }
    tree
}

/// The same with something that happened at each of these times.
pub(crate) fn written(times: &[&str]) -> MemoryTree {
    sealed(&times.iter().map(|at| statement(at)).collect::<Vec<_>>())
}
