//! Lints on what stands of a service by itself: owners, support, floor, the order of its releases.

use crate::judge::{Days, SUPPORT_SOON};
use crate::lint::note::{Note, Notes};
use crate::lint::ranges::meant;
use crate::lint::{Lint, View};
use crate::model::{Key, Name, Release, format_until};
use crate::version::Order;

pub(super) static SERVICE_WITHOUT_OWNER: Lint = Lint {
    word: "service-without-owner",
    documentation: "A service doesn't name the team that owns one of its keys, or either. Then nobody knows who signs when a \
        move is held. Add `owner = { reliability = \"…\", security = \"…\" }`.",
};

pub(super) static OWNER_WITHOUT_TEAM: Lint = Lint {
    word: "owner-without-team",
    documentation: "Teams are defined, and a service's owner isn't one of them, so nobody is a member of it and nobody can \
        sign. Correct the name, or add `[team.NAME]` with its members.",
};

pub(super) static SUPPORT_ENDS_SOON: Lint = Lint {
    word: "support-ends-soon",
    documentation: "The support of a line of releases ends within 14 days. From then on `out-of-support` holds moves to them, \
        since nobody assesses them any more: leave them before, or have security go on and move `until`.",
};

pub(super) static FLOOR_ABOVE_ALL: Lint = Lint {
    word: "floor-above-all",
    documentation: "The floor is newer than every registered release, so each of them is below it and every rollback is \
        blocked. Mostly the floor was raised before the release with the fix was registered, or it is misspelt.",
};

pub(super) static LISTED_AGAINST_DATES: Lint = Lint {
    word: "listed-against-dates",
    documentation: "Under `order = \"listed\"` the releases stand oldest first, and one of them was released before one that \
        stands above it. Either its line or a date is wrong. As it stands, ranges, the floor and rollbacks go by the lines. A \
        backport has its place in the order, too: where that is deliberate, leave it.",
};

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    owners(view, notes);
    support(view, notes);
    floor(view, notes);
    listed(view, notes);
}

fn owners(view: &View<'_>, notes: &mut Notes) {
    let (service, teams) = (view.service, &view.registry.teams);
    let missing: Vec<&str> =
        Key::ALL.into_iter().filter(|key| service.owners.of(*key).is_none()).map(Key::word).collect();
    if !missing.is_empty() {
        let what =
            if missing.len() == 1 { format!("no owner for {}", missing[0]) } else { "no owner".into() };
        let message = format!("the service `{}` has {what}", service.name);
        let hint = "say which teams sign: `owner = { reliability = \"…\", security = \"…\" }`";
        notes.push(Note::new(&SERVICE_WITHOUT_OWNER, view.home(), message).hint(hint));
    }
    if teams.is_empty() {
        return;
    }
    let mut owners: Vec<&Name> = Key::ALL.into_iter().filter_map(|key| service.owners.of(key)).collect();
    owners.dedup();
    for owner in owners.into_iter().filter(|owner| !teams.contains_key(*owner)) {
        let message = format!("the owner `{owner}` of `{}` is no team", service.name);
        let hint =
            meant(owner.as_str(), teams.keys().map(Name::as_str), "add `[team.NAME]` with its members");
        notes.push(Note::new(&OWNER_WITHOUT_TEAM, view.home(), message).hint(hint));
    }
}

fn support(view: &View<'_>, notes: &mut Notes) {
    let now = view.moment.now;
    for support in &view.service.support {
        if support.until <= now || SUPPORT_SOON < support.until - now {
            continue;
        }
        let ranges: Vec<String> = support.versions.alternatives().map(|range| format!("`{range}`")).collect();
        let (last, left) = (format_until(support.until), Days(support.until - now));
        let service = &view.service.name;
        let message = format!(
            "the support of {} of `{service}` lasts until {last}, for {left} more",
            ranges.join(" or ")
        );
        let hint = "leave these releases before, or have security go on and move `until`";
        notes.push(Note::new(&SUPPORT_ENDS_SOON, support.origin, message).hint(hint));
    }
}

fn floor(view: &View<'_>, notes: &mut Notes) {
    let service = view.service;
    let Some(floor) = &service.floor else { return };
    let Some(newest) = view.releases().next_back() else { return };
    if !view.releases().all(|release| release.version.is_older_than(&floor.version)) {
        return;
    }
    let newest = &newest.version;
    let message =
        format!("the floor `{}` of `{}` is newer than all its releases", floor.version, service.name);
    let hint = format!("register the release, or correct the floor: `{newest}` is the newest registered one");
    notes.push(Note::new(&FLOOR_ABOVE_ALL, floor.origin, message).hint(hint));
}

fn listed(view: &View<'_>, notes: &mut Notes) {
    if view.service.scale.order() != Order::Listed {
        return;
    }
    let mut latest: Option<&Release> = None;
    for release in view.releases() {
        let Some(released) = release.released else { continue };
        match latest.and_then(|latest| Some((latest, latest.released?))) {
            Some((latest, date)) if released < date => {
                let (version, above) = (&release.version, &latest.version);
                let message = format!(
                    "`{version}` ({}) is listed below `{above}` ({}), which was released later",
                    released.date_naive(),
                    date.date_naive()
                );
                let hint = "under `order = \"listed\"` the oldest stands first: move it, or correct a date";
                notes.push(Note::new(&LISTED_AGAINST_DATES, release.origin, message).hint(hint));
            }
            _ => latest = Some(release),
        }
    }
}
