//! Needs that no release of the other service meets. One of a service that isn't there is a mistake, and the loader's.

use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::{Need, Service};

pub(super) static NEED_WITHOUT_RELEASE: Lint = Lint {
    word: "need-without-release",
    documentation: "A release says in `needs` that it works only beside some releases of another service, and no registered \
        release of that is one of them. Until one is, every move to it is held where the other service runs. Mostly a bound \
        is misspelt, or the release that it means was never registered. Correct the range, or register the release.",
};

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    for release in view.releases() {
        for need in &release.needs {
            let Some(other) = view.registry.beside(&need.service) else { continue };
            if other.releases.is_empty() || is_met(need, other) {
                continue;
            }
            let (name, wanted) = (&need.service, need.wanted());
            let message = format!(
                "`{}` needs `{name}` {wanted}, and no registered release of it is one",
                release.version
            );
            let hint = "correct the range, or register the release that it means";
            notes.push(Note::new(&NEED_WITHOUT_RELEASE, need.origin, message).hint(hint));
        }
    }
}

fn is_met(need: &Need, other: &Service) -> bool {
    other.releases.iter().any(|release| need.is_met_by(&release.version) == Some(true))
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::messages;

    #[test]
    fn a_need_is_met_by_some_release() {
        let text = |versions: &str| {
            format!(
                "format = 1\n[service.shop]\nrelease = [{{ version = '1.0.0', needs = [{{ service = 'cart', versions = \
                 '{versions}' }}] }}]\n[service.cart]\nrelease = [{{ version = '1.7.0' }}]\n"
            )
        };
        let of = |versions| messages(&text(versions), "need-without-release");
        assert_eq!(of(">=1.7"), [""; 0]);
        assert_eq!(of(">1.7.0"), ["`1.0.0` needs `cart` >1.7.0, and no registered release of it is one"]);
    }
}
