//! Lints on what runs.

use std::collections::BTreeMap;

use crate::judge::and;
use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};

pub(super) static OPEN_FLAG_ON_RUNNING: Lint = Lint {
    word: "open-flag-on-running",
    documentation: "What runs has an open flag: security knows it to be insecure, or SRE knows it to be unstable. A check says \
        so when somebody moves; this says it before. `holdpoint targets` ranks the ways out.",
};

pub(super) static NO_SAFE_WAY_BACK: Lint = Lint {
    word: "no-safe-way-back",
    documentation: "A rollback desert: there are older releases than what runs, and not one of them could be returned to \
        without a hold or a block. Should what runs fail tonight, somebody has to sign first, or nobody can go back at all. A \
        backport of the fix to an older line, or raising the way back to a proven release, ends it.",
};

pub(super) static RUNNING_NOT_REGISTERED: Lint = Lint {
    word: "running-not-registered",
    documentation: "A release runs that isn't registered. Its tags, digests and date aren't known, so a flag by tag or digest \
        can't be told to hit it. Register it with `holdpoint release add`.",
};

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    not_registered(view, notes);
}

fn not_registered(view: &View<'_>, notes: &mut Notes) {
    let service = view.service;
    let mut where_: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (environment, versions) in &service.running {
        for version in versions.iter().filter(|version| service.release(&version.text).is_none()) {
            where_.entry(&version.text).or_default().push(format!("`{environment}`"));
        }
    }
    for (version, places) in where_ {
        let places = and(places.iter().map(String::as_str));
        let message = format!("`{version}` of `{}` runs in {places} and isn't registered", service.name);
        let hint = format!("`holdpoint release add {} {version}`", service.name);
        notes.push(Note::new(&RUNNING_NOT_REGISTERED, service.origin, message).hint(hint));
    }
}
