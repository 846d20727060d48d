//! Lints on what a service's history says.

use std::collections::BTreeMap;

use crate::lint::note::{Note, Notes};
use crate::lint::ranges::meant;
use crate::lint::{Lint, View};
use crate::model::{Ran, Time, format_time};

pub(super) static RAN_OUT_OF_ORDER: Lint = Lint {
    word: "ran-out-of-order",
    documentation: "The entries of `ran` stand newest last for each environment, and one was left before the entry above it; \
        or a release ran twice at the same time in one place, which can't be. \"The release that ran before\" is read off \
        that order. Move the entry, or correct its times. That two different releases overlap is a roll-out, and fine.",
};

pub(super) static SETTLED_UNKNOWN_VERSION: Lint = Lint {
    word: "settled-unknown-version",
    documentation: "`settled` names a version that is neither registered nor ever ran, so what caused the rollback from the \
        release that is meant still counts as open. Correct the version: it must stand there exactly as the release is written.",
};

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    ran(view, notes);
    settled(view, notes);
}

fn ran(view: &View<'_>, notes: &mut Notes) {
    let mut last: BTreeMap<&str, &Ran> = BTreeMap::new();
    let mut stays: BTreeMap<(&str, &str), Vec<&Ran>> = BTreeMap::new();
    for ran in &view.service.ran {
        let (place, version) = (ran.environment.as_str(), &*ran.version.text);
        if let Some(above) = last.get(place)
            && let (Some(left), Some(above_left)) = (end(ran), end(above))
            && left < above_left
        {
            let message = format!(
                "`{version}` left `{place}` on {}, before `{}`, which stands above it",
                format_time(left),
                above.version
            );
            let hint = "`ran` stands newest last: move the entry, or correct its times";
            notes.push(Note::new(&RAN_OUT_OF_ORDER, ran.origin, message).hint(hint));
        }
        last.insert(place, ran);
        let same = stays.entry((place, version)).or_default();
        if same.iter().any(|other| overlap(ran, other)) {
            let message = format!("`{version}` ran in `{place}` twice at the same time");
            notes.push(Note::new(&RAN_OUT_OF_ORDER, ran.origin, message).hint("correct `since` or `until`"));
        }
        same.push(ran);
    }
}

/// When a release was left, as far as an entry tells.
fn end(ran: &Ran) -> Option<Time> {
    ran.until.or(ran.since)
}

/// Whether two stays have some time in common. One without both its ends says nothing.
fn overlap(a: &Ran, b: &Ran) -> bool {
    match (a.since, a.until, b.since, b.until) {
        (Some(a_since), Some(a_until), Some(b_since), Some(b_until)) => {
            a_since < b_until && b_since < a_until
        }
        _ => false,
    }
}

fn settled(view: &View<'_>, notes: &mut Notes) {
    let service = view.service;
    let running = service.running.values().flatten().map(|version| &*version.text);
    let ran = service.ran.iter().map(|ran| &*ran.version.text);
    let released = service.releases.iter().map(|release| &*release.version.text);
    let known = || running.clone().chain(ran.clone()).chain(released.clone());
    for (version, settled) in &service.settled {
        if known().any(|known| *known == **version) {
            continue;
        }
        let message = format!("`settled` names `{version}`, which `{}` never had", service.name);
        let hint = meant(version, known(), "write the version exactly as the release is written");
        notes.push(Note::new(&SETTLED_UNKNOWN_VERSION, settled.origin, message).hint(hint));
    }
}
