//! Words of a gate's answer that every format uses.

use super::{Asked, Gated, GatedMove, Judged};
use crate::gate::{Removed, Side};
use crate::model::Level;
use crate::report::words::several;
use crate::report::{Next, Plan};

/// So much of a commit's hash is shown.
const SHORT: usize = 12;

impl Gated<'_> {
    /// What there is, in words of ours only: `3 moves: 1 block, 2 allow; 1 not judged`.
    pub fn tally(&self) -> String {
        let of =
            |level: Level| Some(self.count(level)).filter(|count| *count > 0).map(|count| (level, count));
        let counts: Vec<String> = Level::ALL
            .into_iter()
            .rev()
            .filter_map(of)
            .map(|(level, count)| format!("{count} {level}"))
            .collect();
        let moves = match self.moves.len() {
            0 => "no move".to_owned(),
            all => format!("{}: {}", several(all, "move"), counts.join(", ")),
        };
        match self.stopping().count() {
            0 => moves,
            unjudged => format!("{moves}; {unjudged} not judged"),
        }
    }

    /// The whole in one line behind its verdict: `9f3c2ab..1b2c3d4: 3 moves: 1 block, 2 allow`.
    pub fn headline(&self) -> String {
        let about = self.asked.words();
        if about.is_empty() { self.tally() } else { format!("{about}: {}", self.tally()) }
    }

    /// What is counted and named only where all is asked for; None: nothing is.
    pub fn passed_over(&self) -> Option<String> {
        let images = self.gaps.iter().filter(|gap| gap.is_minor()).count();
        let parts =
            [(images, "image", "of no known service"), (self.templates.len(), "template", "of charts")];
        let some = parts.into_iter().filter(|(count, ..)| *count > 0);
        let some: Vec<String> =
            some.map(|(count, word, what)| format!("{} {what}", several(count, word))).collect();
        (!some.is_empty()).then(|| format!("passed over: {}", some.join(", ")))
    }
}

impl Asked<'_> {
    /// What was judged, shortly; empty for one named move.
    pub fn words(&self) -> String {
        match self {
            Asked::Named => String::new(),
            Asked::List("-") => "the list of moves".into(),
            Asked::List(file) => (*file).to_owned(),
            Asked::Diff { base, head } => format!("{}..{}", short(base), short(head)),
            Asked::Rendered { base, head } => format!("{base} to {head}"),
        }
    }
}

impl GatedMove<'_> {
    /// What the registry of the other side would say, where the two differ.
    pub fn dissent(&self) -> Option<String> {
        let (deciding, other) = (self.deciding(), self.other()?);
        let differ = deciding.level() != other.level();
        differ.then(|| {
            format!(
                "judged {}; {} it would be {}, and the worse counts",
                deciding.by(),
                other.by(),
                other.level()
            )
        })
    }

    /// What to do now, where it may not go: the line to change and the release to name there, or that it has to be
    /// signed. None: it may go.
    pub fn next(&self) -> Option<String> {
        if self.level().proceeds() {
            return None;
        }
        let place = self.spot().map_or(String::new(), |spot| format!(" in `{spot}`"));
        Some(match Plan::of(self.deciding().answer.advice).next {
            Next::Run(to) => format!("say `{to}`{place} instead"),
            Next::Stay(to) => format!("leave it at `{to}`{place}; nothing to go to may go as it is"),
            Next::Sign => "have it signed, then run this check again".into(),
            Next::Decide => "both teams decide together; no move may go as it is".into(),
        })
    }
}

impl Judged<'_> {
    /// By which registry.
    fn by(&self) -> &'static str {
        match self.side {
            Some(Side::Base) => "by the registry as it was before this change",
            Some(Side::Head) => "by the registry as this change leaves it",
            None => "by the registry",
        }
    }
}

/// That a service is taken out of an environment: `cart 1.6.0 is taken out of prod (deploy/cart.yaml:7)`.
pub fn removed(of: &Removed) -> String {
    let elsewhere = if of.goes_on { ", and goes on there elsewhere" } else { "" };
    let (service, from, environment, spot) = (&of.service, &of.from.version, &of.environment, &of.base_spot);
    format!("{service} {from} is taken out of {environment} ({spot}){elsewhere}")
}

fn short(commit: &str) -> &str {
    let is_hash = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { &commit[..SHORT] } else { commit }
}
