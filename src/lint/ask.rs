//! What rules and flags ask for that one service alone can't answer: a tier, a tag on all services.

use crate::lint::flags::FLAG_IN_UNKNOWN_ENVIRONMENT;
use crate::lint::note::Note;
use crate::lint::ranges::{DIGEST_WITHOUT_RELEASE, TAG_WITHOUT_RELEASE};
use crate::lint::{View, rules};
use crate::model::{Flag, Scope};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A rule's glob on services.
    Service,
    /// A rule's tier.
    Tier,
    /// A rule's glob on environments.
    Environment,
    /// A rule's tag.
    Tag,
    /// The tag of a flag on all services.
    FlagTag,
    /// One of its digests.
    FlagDigest,
    /// An environment of any flag.
    FlagEnvironment,
}

impl What {
    /// How a rule's sentence calls it.
    pub fn word(self) -> &'static str {
        match self {
            What::Service => "the service",
            What::Tier => "the tier",
            What::Environment | What::FlagEnvironment => "the environment",
            What::Tag | What::FlagTag => "the tag",
            What::FlagDigest => "the digest",
        }
    }

    /// That there is none.
    pub fn missing(self) -> &'static str {
        match self {
            What::Service => "and there is none",
            What::Tier => "and no service has it",
            What::Environment | What::FlagEnvironment => "and nothing knows it",
            What::Tag | What::FlagTag => "and no release carries it",
            What::FlagDigest => "and no release has it",
        }
    }
}

/// One thing that is asked for.
pub(super) struct Ask {
    pub what: What,
    pub word: Box<str>,
    /// Whether this service has it, for what is told service by service.
    pub met: bool,
    /// What to say if nobody has.
    pub note: Note,
}

/// What rules and flags ask for that this service alone can't answer.
pub(super) fn asks(view: &View<'_>) -> Vec<Ask> {
    let mut asks = rules::asks(view);
    for flag in view.open_flags() {
        of_flag(view, flag, &mut asks);
    }
    asks
}

fn of_flag(view: &View<'_>, flag: &Flag, asks: &mut Vec<Ask>) {
    let (kind, id) = (flag.kind.word(), &flag.id);
    for affects in flag.affects.iter().filter(|affects| affects.scope.covers(&view.service.name)) {
        let mut ask = |what: What, word: &str, met, lint, message| {
            asks.push(Ask { what, word: word.into(), met, note: Note::new(lint, affects.origin, message) });
        };
        if view.registry.environments.is_empty() {
            for environment in &affects.environments {
                let message = format!(
                    "an entry of the {kind} `{id}` holds only in `{environment}`, which nothing knows"
                );
                ask(
                    What::FlagEnvironment,
                    environment.as_str(),
                    false,
                    &FLAG_IN_UNKNOWN_ENVIRONMENT,
                    message,
                );
            }
        }
        if affects.scope != Scope::Every {
            continue;
        }
        if let Some(tag) = &affects.tag {
            let met = view.releases().any(|release| release.tags.contains(tag));
            let message = format!("no release of any service carries the tag `{tag}` of the {kind} `{id}`");
            ask(What::FlagTag, tag, met, &TAG_WITHOUT_RELEASE, message);
        }
        for digest in &affects.digests {
            let met = view.releases().any(|release| release.digests.contains(digest));
            let message = format!("no release of any service has the digest `{digest}` of the {kind} `{id}`");
            ask(What::FlagDigest, digest, met, &DIGEST_WITHOUT_RELEASE, message);
        }
    }
}
