//! Lints on what runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::{self, Finding, Overview, Reason, and};
use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::{Flag, Origin};

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
    let View { registry, service, moment } = *view;
    let places = judge::environments(service).into_iter();
    let overviews: Vec<Overview<'_>> =
        places.filter_map(|place| judge::overview(registry, &service.name, Some(place), moment)).collect();
    open_flags(&overviews, notes);
    for overview in overviews.iter().filter(|overview| overview.is_desert()) {
        notes.extend(desert(overview));
    }
}

/// Places in a sentence.
type Places = BTreeSet<String>;

fn listed(places: &Places) -> String {
    and(places.iter().map(String::as_str))
}

/// One note for each flag and release, however many places it runs in.
fn open_flags(overviews: &[Overview<'_>], notes: &mut Notes) {
    let mut hits: BTreeMap<(Origin, &str), (&Flag, Places, &Overview<'_>)> = BTreeMap::new();
    for overview in overviews {
        let Some(place) = &overview.environment else { continue };
        for runs in overview.releases() {
            let version = &*runs.version().text;
            for flag in runs.verdict.reasons.iter().filter_map(on_it) {
                let hit = hits.entry((flag.origin, version)).or_insert((flag, Places::new(), overview));
                hit.1.insert(format!("`{place}`"));
            }
        }
    }
    for ((origin, version), (flag, places, overview)) in hits {
        let service = &overview.service.name;
        let (kind, id, severity) = (flag.kind.word(), &flag.id, flag.severity);
        let exploited = if flag.exploited { ", exploited" } else { "" };
        let places = listed(&places);
        let message = format!(
            "`{version}` of `{service}` runs in {places} with the open {kind} `{id}` ({severity}{exploited})"
        );
        let hint = format!("`holdpoint targets {service}{}` ranks the ways out", option(overview));
        notes.push(Note::new(&OPEN_FLAG_ON_RUNNING, origin, message).hint(hint));
    }
}

/// The flag behind a reason that says so of what runs.
fn on_it<'a>(reason: &Reason<'a>) -> Option<&'a Flag> {
    match reason.finding {
        Finding::Compromised(flag) | Finding::AdvisoryReopened(flag) | Finding::Unstable(flag) => Some(flag),
        _ => None,
    }
}

fn desert(overview: &Overview<'_>) -> Option<Note> {
    let (service, place) = (&overview.service.name, overview.environment.as_ref()?);
    let from = overview.releases().first()?.version();
    let best = overview.way_back.best().map_or(String::new(), |best| {
        format!(": the least bad, `{}`, is a {}", best.movement.to, best.level)
    });
    let message = format!("there is no safe way back from `{from}` of `{service}` in `{place}`{best}");
    let hint = format!("`holdpoint targets {service}{}` says what stands in the way", option(overview));
    Some(Note::new(&NO_SAFE_WAY_BACK, overview.service.origin, message).hint(hint))
}

fn option(overview: &Overview<'_>) -> String {
    overview.environment.as_ref().map_or(String::new(), |place| format!(" --env {place}"))
}

fn not_registered(view: &View<'_>, notes: &mut Notes) {
    let service = view.service;
    let mut unknown: BTreeMap<&str, Places> = BTreeMap::new();
    for (environment, versions) in &service.running {
        for version in versions.iter().filter(|version| service.release(&version.text).is_none()) {
            unknown.entry(&version.text).or_default().insert(format!("`{environment}`"));
        }
    }
    for (version, places) in unknown {
        let places = listed(&places);
        let message = format!("`{version}` of `{}` runs in {places} and isn't registered", service.name);
        let hint = format!("`holdpoint release add {} {version}`", service.name);
        notes.push(Note::new(&RUNNING_NOT_REGISTERED, service.origin, message).hint(hint));
    }
}
