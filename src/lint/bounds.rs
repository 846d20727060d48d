//! Upper bounds that leave out what was built of them: `<=2.4.0` and the registered `2.4.0-1.el9`.

use std::collections::BTreeMap;

use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::{Affects, Origin, Release, Scope};
use crate::version::{Place, Ranges};

pub(super) static BOUND_LEAVES_OUT_REVISION: Lint = Lint {
    word: "bound-leaves-out-revision",
    documentation: "The upper bound of an open flag or of a support window is `<=V`, `=V` or `V`, and a registered release is V \
        with something behind it: a revision or release (`debian`, `rpm`), a post-release or a local part (`pep440`). Such a \
        release is newer than V, so it is outside, and a flag that means it doesn't hit it. Name the first version that is \
        outside instead, as in `<2.4.1`. If the release is meant to be outside, say so: with `<` and its own version, in \
        `except`, or in `fixed_in`.",
};

/// What one bound leaves out, in the order of the releases.
type LeftOut<'a> = BTreeMap<&'a str, Vec<&'a Release>>;

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    for flag in view.open_flags() {
        let own = |affects: &&Affects| affects.scope == Scope::One(view.service.name.clone());
        let entries: Vec<&Affects> = flag.affects.iter().filter(own).collect();
        for affects in &entries {
            let Some(versions) = &affects.versions else { continue };
            let meant = |release: &Release, bound: &Place| {
                let hit = entries.iter().any(|entry| contains(entry.versions.as_ref(), release));
                !hit && !contains(affects.except.as_ref(), release) && !is_fixed(affects, release, bound)
            };
            let of = format!("of the {} `{}`", flag.kind.word(), flag.id);
            note(left_out(view, versions, meant), &of, affects.origin, notes);
        }
    }
    for support in &view.service.support {
        let open = |release: &Release, _: &Place| {
            !view.service.support.iter().any(|other| contains(Some(&other.versions), release))
        };
        let of = format!("of the support of `{}`", view.service.name);
        note(left_out(view, &support.versions, open), &of, support.origin, notes);
    }
}

fn contains(ranges: Option<&Ranges>, release: &Release) -> bool {
    let version = &release.version;
    ranges.is_some_and(|ranges| ranges.contains(&version.text, version.place.as_ref()) == Some(true))
}

/// Whether the flag says that the release is mended: it is a fix of what lies before the bound, or newer than one.
fn is_fixed(affects: &Affects, release: &Release, bound: &Place) -> bool {
    let fixes = affects.fixed_in.iter().filter_map(|fix| fix.place.as_ref());
    fixes.filter(|fix| *fix > bound).any(|fix| release.version.place.as_ref() >= Some(fix))
}

fn left_out<'a>(
    view: &View<'a>,
    versions: &'a Ranges,
    counts: impl Fn(&Release, &Place) -> bool,
) -> LeftOut<'a> {
    let mut left_out = LeftOut::new();
    for release in view.releases() {
        if let Some((bound, place)) = versions.just_short_of(&release.version.text, &view.service.scale)
            && counts(release, place)
        {
            left_out.entry(bound).or_default().push(release);
        }
    }
    left_out
}

fn note(left_out: LeftOut<'_>, of: &str, origin: Origin, notes: &mut Notes) {
    for (bound, releases) in left_out {
        let more = match releases.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "the bound `{bound}` {of} leaves out `{}`{more}: what has something behind it is newer",
            releases[0].version
        );
        let hint = "name the first version that is outside instead, as in `<2.4.1`";
        notes.push(Note::new(&BOUND_LEAVES_OUT_REVISION, origin, message).hint(hint));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::messages;

    fn shop(order: &str, release: &str, more: &str) -> String {
        format!(
            "format = 1\n[service.shop]\norder = \"{order}\"\nrelease = [{{ version = \"2.3\" }}, {{ version = \"{release}\" }}]\n{more}\n"
        )
    }

    fn found(order: &str, release: &str, affects: &str) -> Vec<String> {
        let flag = format!("[advisory.A]\ntitle = \"t\"\naffects = [{affects}]");
        messages(&shop(order, release, &flag), "bound-leaves-out-revision")
    }

    #[test]
    fn a_release_that_only_its_revision_keeps_out_is_told() {
        let entry = "{ service = \"shop\", versions = [\">=2.0, <=2.4.0\", \"2.4.1-1.el9\"] }";
        let want = "the bound `2.4.0` of the advisory `A` leaves out `2.4.0-1.el9`: what has something behind it is newer";
        assert_eq!(found("rpm", "2.4.0-1.el9", entry), [want]);
        assert_eq!(found("pep440", "2.4.0.post1", "{ service = \"shop\", versions = \"<=2.4.0\" }").len(), 1);
        assert_eq!(found("debian", "2.4.0-1", "{ service = \"shop\", versions = \"2.4.0\" }").len(), 1);
    }

    #[test]
    fn what_is_meant_to_be_outside_is_not() {
        for more in ["versions = \"<2.4.0\"", "versions = \"<=2.4.0\", fixed_in = [\"2.4.0-1\"]"] {
            let entry = format!("{{ service = \"shop\", {more} }}");
            assert_eq!(found("rpm", "2.4.0-1.el9", &entry), [""; 0], "{more}");
        }
        let named = "{ service = \"shop\", versions = \"<=2.4.0\" }, { service = \"shop\", versions = \"2.4.0-1.el9\" }";
        assert_eq!(found("rpm", "2.4.0-1.el9", named), [""; 0]);
        assert_eq!(found("semver", "2.4.0+b1", "{ service = \"shop\", versions = \"<=2.4.0\" }"), [""; 0]);
    }

    #[test]
    fn a_support_window_is_looked_at_too() {
        let support = |versions: &str| {
            let more = format!("support = [{{ versions = \"{versions}\", until = 2030-01-01 }}]");
            messages(&shop("rpm", "2.4.0-1.el9", &more), "bound-leaves-out-revision").len()
        };
        assert_eq!((support("<=2.4.0"), support("<2.4.1")), (1, 0));
    }
}
