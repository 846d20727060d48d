//! Lints on flags by themselves.

use crate::judge::{Days, Standing};
use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::{FlagKind, Window};

pub(super) static FLAG_WITHOUT_URL: Lint = Lint {
    word: "flag-without-url",
    documentation: "An open flag doesn't say where to read more. Whoever is stopped by it at 3 a.m. has its title and nothing \
        else. Add `url`: the advisory's page, the incident, the ticket.",
};

pub(super) static INSTABILITY_OPEN_LONG: Lint = Lint {
    word: "instability-open-long",
    documentation: "An instability without an `until` has counted for over 30 days. Either the release is still bad, and then it is time to mend \
        it or to have everybody leave it; or nobody closed the flag, and it stands in the way of rollbacks without a reason. \
        Withdraw it with `holdpoint clear-flag`, or give it an `until`.",
};

pub(super) static FLAG_IN_UNKNOWN_ENVIRONMENT: Lint = Lint {
    word: "flag-in-unknown-environment",
    documentation: "An entry of a flag's `affects` holds only in an environment that nothing in the registry knows: none are \
        declared, and no service runs or ran in one of that name. If it is misspelt, the entry counts nowhere. Correct the name, or declare the \
        environments with `[environment.NAME]`: then a misspelt one is a mistake.",
};

/// How long an instability may be open without a word.
const LONG: Window = Window::days(30);

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    for (flag, standing) in view.flags() {
        if !matches!(standing, Standing::Active | Standing::Scheduled(_)) {
            continue;
        }
        let (kind, id) = (flag.kind.word(), &flag.id);
        if flag.url.as_deref().is_none_or(|url| url.trim().is_empty()) {
            let message = format!("the {kind} `{id}` has no `url`");
            let hint = "say where to read more: at 3 a.m. the title is not enough";
            notes.push(Note::new(&FLAG_WITHOUT_URL, flag.origin, message).hint(hint));
        }
        let is_open_ended_instability =
            flag.kind == FlagKind::Instability && standing == Standing::Active && flag.until.is_none();
        // Active from the later of the two; without both nobody knows for how long.
        let begun = flag.recorded.max(flag.effective);
        if let Some(begun) = begun.filter(|_| is_open_ended_instability)
            && LONG.after(begun) < view.moment.now
        {
            let message =
                format!("the instability `{id}` has been open for {}", Days(view.moment.now - begun));
            let hint = format!("if it is over: `holdpoint clear-flag {id} --reason REASON`; else mend it");
            notes.push(Note::new(&INSTABILITY_OPEN_LONG, flag.origin, message).hint(hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::messages;

    #[test]
    fn an_instability_that_ends_by_itself_is_not_open_for_long() {
        let found = |more: &str| {
            let head = "format = 1\n[service.shop]\n[instability.I]\ntitle = \"t\"\nrecorded = 2026-01-01\n";
            let affects = "affects = [{ service = \"shop\", versions = \"1\" }]\n";
            messages(&format!("{head}{affects}{more}"), "instability-open-long").len()
        };
        assert_eq!((found(""), found("until = 2026-12-31")), (1, 0));
    }
}
