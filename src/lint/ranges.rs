//! What flags are said to hit, and no release is.

use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::{Affects, Flag, Release, Scope};
use crate::registry::wording::nearest;
use crate::version::Ranges;

pub(super) static RANGE_WITHOUT_RELEASE: Lint = Lint {
    word: "range-without-release",
    documentation: "The `versions` of an open flag, or one of several alternatives in it, contain no registered release, so \
        they hit nothing that is known. Mostly a bound is misspelt, or the releases that it means were never registered; a \
        release that comes later may still fall into it. Correct the range, or register the releases.",
};

pub(super) static TAG_WITHOUT_RELEASE: Lint = Lint {
    word: "tag-without-release",
    documentation: "No release that an open flag speaks of carries the `tag` that it asks for, so it hits nothing. Tags are \
        compared as they are written. Correct it, or tag the releases.",
};

pub(super) static DIGEST_WITHOUT_RELEASE: Lint = Lint {
    word: "digest-without-release",
    documentation: "An open flag names a digest that no registered release has, so it doesn't hit the artifact that it means. \
        Digests are compared whole, with `sha256:` before them; upper and lower case are the same. Correct it, or add the digest to its release.",
};

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    if view.releases().next().is_none() {
        return; // nothing is registered: every range would be empty, and `running-not-registered` says why
    }
    for flag in view.open_flags() {
        let own =
            |affects: &&Affects| matches!(&affects.scope, Scope::One(name) if *name == view.service.name);
        for affects in flag.affects.iter().filter(own) {
            check(view, flag, affects, notes);
        }
    }
}

fn check(view: &View<'_>, flag: &Flag, affects: &Affects, notes: &mut Notes) {
    let releases = || view.releases();
    let (kind, id, service) = (flag.kind.word(), &flag.id, &view.service.name);
    let note = |lint, message| Note::new(lint, affects.origin, message);
    if let Some(versions) = &affects.versions {
        let empty = |range: &Ranges| !releases().any(|release| is_within(range, affects, release));
        let ranges: Vec<String> = versions.each().filter(empty).map(|range| format!("`{range}`")).collect();
        if !ranges.is_empty() {
            let less = if affects.except.is_some() { ", less `except`," } else { "" };
            let message = format!(
                "{} of the {kind} `{id}`{less} contains no registered release of `{service}`",
                ranges.join(" or ")
            );
            notes.push(
                note(&RANGE_WITHOUT_RELEASE, message).hint("correct the range, or register its releases"),
            );
        }
    }
    if let Some(tag) = &affects.tag
        && !releases().any(|release| release.tags.contains(tag))
    {
        let message = format!("no release of `{service}` carries the tag `{tag}` of the {kind} `{id}`");
        let tags = releases().flat_map(|release| &release.tags).map(|tag| &**tag);
        notes.push(note(&TAG_WITHOUT_RELEASE, message).hint(meant(
            tag,
            tags,
            "tag the releases, or correct it",
        )));
    }
    for digest in &affects.digests {
        if !releases().any(|release| release.digests.contains(digest)) {
            let message = format!("no release of `{service}` has the digest `{digest}` of the {kind} `{id}`");
            let digests = releases().flat_map(|release| &release.digests).map(|digest| &**digest);
            let hint = meant(digest, digests, "add it to its release, or correct it");
            notes.push(note(&DIGEST_WITHOUT_RELEASE, message).hint(hint));
        }
    }
}

/// Whether a release lies in a range, and isn't spared.
fn is_within(range: &Ranges, affects: &Affects, release: &Release) -> bool {
    let version = &release.version;
    let contains = |ranges: &Ranges| ranges.contains(&version.text, version.place.as_ref()) == Some(true);
    contains(range) && !affects.except.as_ref().is_some_and(contains)
}

/// "did you mean …?", else what to do.
pub(super) fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    nearest(word, known).map_or_else(|| otherwise.to_owned(), |nearest| format!("did you mean `{nearest}`?"))
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::messages;

    #[test]
    fn each_alternative_is_looked_at_by_itself() {
        let found = |versions: &str| {
            let head =
                "format = 1\n[service.shop]\nrelease = [{ version = \"1.0.0\" }, { version = \"2.0.0\" }]\n";
            let flag = "[advisory.A]\ntitle = \"t\"\naffects = [{ service = \"shop\", versions = ";
            messages(&format!("{head}{flag}{versions} }}]\n"), "range-without-release")
        };
        assert_eq!(found("[\"1.0.0\", \"<=2\"]"), [""; 0]);
        let one = "`>3` of the advisory `A` contains no registered release of `shop`";
        assert_eq!(found("[\"1.0.0\", \">3\"]"), [one]);
        assert_eq!(found("[\">3\", \"<1\"]"), [one.replace("`>3`", "`>3` or `<1`")]);
    }
}
