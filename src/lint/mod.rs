//! Lints: what a careful person would want to hear of a registry that loads without a mistake.
//!
//! [`service`] looks at one service, so that the largest registries can be looked at piece by piece; what can
//! only be told from all of them (a rule that matches nothing, a tag that no release carries) is collected by
//! [`Overall`]. Each lint is a [`Lint`]: its word and what it means stand beside its finder, one file per
//! family. A lint stops nothing; what stops a check is a mistake, and the loader's business.
//!
//! Deliberately absent: a way to silence single warnings, and any repair: that is
//! [`crate::registry::tidy`]'s, which knows layout and no meaning.

mod ask;
mod bounds;
mod findings;
mod flags;
mod life;
mod needs;
mod note;
mod odd;
mod overall;
mod ranges;
mod routes;
mod rules;
mod running;
mod same;
mod service;
mod shadow;
mod sign_offs;
mod state;

pub use findings::Findings;
pub use note::Warning;
pub use overall::{Facts, Looked, Overall, look};

use crate::judge::Moment;
use crate::model::{Name, Origin, Registry, Service};
use note::Notes;
use odd::odd;

/// One kind of warning.
#[derive(Debug)]
pub struct Lint {
    /// Its code word, which never changes.
    pub word: &'static str,
    /// What it means and what to do, for people.
    pub documentation: &'static str,
}

/// All lints, family by family.
pub static LINTS: &[&Lint] = &[
    &flags::FLAG_WITHOUT_URL,
    &flags::INSTABILITY_OPEN_LONG,
    &flags::FLAG_IN_UNKNOWN_ENVIRONMENT,
    &same::SAME_FLAG_TWICE,
    &ranges::RANGE_WITHOUT_RELEASE,
    &ranges::TAG_WITHOUT_RELEASE,
    &ranges::DIGEST_WITHOUT_RELEASE,
    &bounds::BOUND_LEAVES_OUT_REVISION,
    &needs::NEED_WITHOUT_RELEASE,
    &running::OPEN_FLAG_ON_RUNNING,
    &running::NO_SAFE_WAY_BACK,
    &running::RUNNING_NOT_REGISTERED,
    &sign_offs::SIGN_OFF_OF_CLOSED_FLAG,
    &sign_offs::SIGN_OFF_OF_UNKNOWN_SUBJECT,
    &sign_offs::MANY_EXPIRED_SIGN_OFFS,
    &service::SERVICE_WITHOUT_OWNER,
    &service::OWNER_WITHOUT_TEAM,
    &service::SUPPORT_ENDS_SOON,
    &service::FLOOR_ABOVE_ALL,
    &service::LISTED_AGAINST_DATES,
    &state::RAN_OUT_OF_ORDER,
    &state::SETTLED_UNKNOWN_VERSION,
    &routes::EVENT_WITHOUT_ROUTE,
    &rules::RULE_EXPIRED,
    &rules::RULE_NEVER_DECIDES,
    &rules::RULE_MATCHES_NOTHING,
    &shadow::RULE_SHADOWED,
    &shadow::RULE_CONTRADICTS_ITSELF,
    &shadow::RULE_LETS_EXPLOITED_PASS,
    &shadow::RULE_NAMES_NOBODY,
    &shadow::FREEZE_OVER,
    &odd::ODD_VALUE,
];

impl Lint {
    /// The lint with this word.
    pub fn from_word(word: &str) -> Option<&'static Lint> {
        LINTS.iter().copied().find(|lint| lint.word == word)
    }
}

/// What a service, and what it shares with others, gives rise to.
#[derive(Debug, Default)]
pub struct Linted {
    /// What can be told of it alone, by file and place.
    pub warnings: Vec<Warning>,
    /// What it adds to what can only be told of all services.
    pub facts: Facts,
}

/// What the finders look at.
#[derive(Clone, Copy)]
struct View<'a> {
    registry: &'a Registry,
    service: &'a Service,
    moment: Moment,
}

impl View<'_> {
    /// Where people look for what a service says of itself: its `service.toml`, if it has one.
    fn home(&self) -> Origin {
        let name = &self.service.name;
        let path = format!("services/{name}/service.toml");
        let mut files = self.registry.sources.files().zip(0..);
        let Some((source, file)) = files.find(|(source, _)| source.path == path) else {
            return self.service.origin;
        };
        let header = source.text.find(&format!("[service.{name}]")).unwrap_or(0);
        Origin { file, offset: u32::try_from(header).unwrap_or(0) }
    }
}

/// Looks at what all services share, once: its rules and freezes among themselves.
pub fn shared(registry: &Registry, moment: Moment) -> Vec<Warning> {
    let mut notes = Notes::default();
    shadow::find(registry, moment.now, &mut notes);
    notes.placed(&registry.sources, None)
}

/// Looks at one service. Nothing comes of one that the registry doesn't hold.
pub fn service(registry: &Registry, name: &Name, moment: Moment) -> Linted {
    let Some(service) = registry.services.get(name) else { return Linted::default() };
    let view = View { registry, service, moment };
    let mut notes = Notes::default();
    flags::find(&view, &mut notes);
    same::find(&view, &mut notes);
    ranges::find(&view, &mut notes);
    bounds::find(&view, &mut notes);
    needs::find(&view, &mut notes);
    running::find(&view, &mut notes);
    sign_offs::find(&view, &mut notes);
    service::find(&view, &mut notes);
    state::find(&view, &mut notes);
    rules::find(&view, &mut notes);
    let asks = ask::asks(&view);
    Linted { facts: Facts::of(&view, asks), warnings: notes.placed(&registry.sources, Some(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Code;
    use crate::model::parse_time;
    use crate::registry::{Ask, MemoryTree, load};

    /// What one lint says of the service `shop` of a registry in one file.
    pub(super) fn messages(text: &str, word: &str) -> Vec<String> {
        let mut tree = MemoryTree::default();
        tree.put("holdpoint.toml", text);
        let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap();
        let moment = Moment::as_of(parse_time("2026-11-22T03:00:00Z").unwrap());
        let linted = super::service(&loaded.registry, &Name::new("shop").unwrap(), moment);
        linted.warnings.into_iter().filter(|w| w.lint.word == word).map(|w| w.message).collect()
    }

    #[test]
    fn words_are_unique_and_no_codes_of_reasons() {
        for (index, lint) in LINTS.iter().enumerate() {
            let word = lint.word;
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{word}");
            assert!(LINTS[..index].iter().all(|other| other.word != word), "{word}");
            assert_eq!(Code::from_word(word), None, "`explain` must know which is meant");
            assert!(lint.documentation.ends_with('.') && !lint.documentation.contains("  "), "{word}");
            assert!(std::ptr::eq(Lint::from_word(word).unwrap(), *lint));
        }
        assert!(Lint::from_word("no-such-lint").is_none());
    }
}
