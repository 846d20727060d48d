//! One move of a change, judged by the registry as it is to be and, where the change may have touched it, as it was.

use std::cmp::Reverse;

use crate::gate::{FoundMove, Side, Spot};
use crate::judge::{Reason, Verdict};
use crate::model::Level;
use crate::report::Answer;

/// One move, judged.
#[derive(Debug, Clone)]
pub struct GatedMove<'a> {
    /// How it stands in the manifests. None: it was named, or stood in a list.
    pub found: Option<&'a FoundMove>,
    /// Where a move that wasn't found was said, if that was in a file.
    pub said: Option<Spot>,
    /// How it was judged.
    pub judged: Judged<'a>,
    /// How the other side's registry judges it, where both have the service.
    pub also: Option<Judged<'a>>,
}

/// The answer of one registry.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The side of the change that the registry is read from; None: the change doesn't hold it.
    pub side: Option<Side>,
    /// What it says.
    pub answer: Answer<'a>,
}

/// A reason that stands against a move, whichever registry gives it.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The reason.
    pub reason: &'a Reason<'a>,
    /// The answer that it belongs to.
    pub judged: Judged<'a>,
    /// Whether only this side gives it, or gives it at this level.
    pub alone: bool,
}

impl<'a> GatedMove<'a> {
    /// The line to point at: that of the value which changed.
    pub fn spot(&self) -> Option<&Spot> {
        self.found.map(|found| &found.spot).or(self.said.as_ref())
    }

    /// Both answers, or the only one.
    pub fn answers(&self) -> impl Iterator<Item = Judged<'a>> {
        [Some(self.judged), self.also].into_iter().flatten()
    }

    /// The answer that counts: the worse of two. Of equals, it is the one of the registry as it is to be.
    pub fn deciding(&self) -> Judged<'a> {
        let rank = |of: &Judged| (of.level(), of.side != Some(Side::Base));
        self.also
            .into_iter()
            .fold(self.judged, |one, other| if rank(&other) > rank(&one) { other } else { one })
    }

    /// The answer that counts less, where there are two.
    pub fn other(&self) -> Option<Judged<'a>> {
        let deciding = self.deciding().side;
        self.answers().find(|of| of.side != deciding)
    }

    /// The verdict that counts.
    pub fn verdict(&self) -> &'a Verdict<'a> {
        &self.deciding().answer.advice.verdict
    }

    /// Its level.
    pub fn level(&self) -> Level {
        self.deciding().level()
    }

    /// All reasons of both registries, each once and as heavy as it is given, worst first.
    pub fn reasons(&self) -> Vec<Standing<'a>> {
        let mut all: Vec<Standing<'a>> = Vec::new();
        let deciding = self.deciding();
        for judged in [Some(deciding), self.other()].into_iter().flatten() {
            for reason in &judged.answer.advice.verdict.reasons {
                let of = Standing { reason, judged, alone: self.also.is_some() };
                match all.iter_mut().find(|other| other.is(&of)) {
                    None => all.push(of),
                    Some(other) if other.reason.level == reason.level => other.alone = false,
                    Some(other) if other.reason.level < reason.level => *other = of,
                    Some(_) => {}
                }
            }
        }
        all.sort_by_key(|of| Reverse(of.reason.level));
        all
    }
}

impl Judged<'_> {
    /// The level of its verdict.
    pub fn level(&self) -> Level {
        self.answer.advice.verdict.level
    }
}

impl Standing<'_> {
    fn is(&self, other: &Standing) -> bool {
        let (a, b) = (&self.reason.finding, &other.reason.finding);
        a.code() == b.code() && a.subject() == b.subject()
    }

    /// The side whose registry alone gives it, or gives it at this level.
    pub fn side(&self) -> Option<Side> {
        self.judged.side.filter(|_| self.alone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ci::testing;

    #[test]
    fn of_two_registries_the_worse_counts_and_says_so() {
        // The change takes the flag back; as it was, the registry blocks.
        let withdrawn = "withdrawn = { at = 2026-11-21T00:00:00Z, reason = \"not ours\" }\n";
        let (base, head) = (testing::shop("t", ""), testing::shop("t", withdrawn));
        let (was, is) = (testing::to(&base, "2.3.0"), testing::to(&head, "2.3.0"));
        let found = testing::found("a.yaml", "2.3.0");
        let of = GatedMove {
            found: Some(&found),
            said: None,
            judged: testing::judged(&head, &is, Some(Side::Head)),
            also: Some(testing::judged(&base, &was, Some(Side::Base))),
        };
        assert_eq!((of.level(), of.deciding().side), (Level::Block, Some(Side::Base)));
        assert_eq!(of.other().unwrap().side, Some(Side::Head));
        let said = "judged by the registry as it was before this change; by the registry as this change leaves it it \
                    would be warn, and the worse counts";
        assert_eq!(of.dissent().as_deref(), Some(said));
        let sides: Vec<_> =
            of.reasons().iter().map(|of| (of.reason.finding.code().word(), of.side())).collect();
        assert_eq!(sides[0], ("advisory-reopened", Some(Side::Base)));
        assert!(sides.contains(&("flag-withdrawn", Some(Side::Head))), "{sides:?}");
        assert!(sides.contains(&("unproven-release", None)), "both say so: {sides:?}");
    }

    #[test]
    fn of_equals_the_registry_as_it_is_to_be_counts() {
        let shop = testing::shop("t", "");
        let advice = testing::to(&shop, "2.4.0");
        let found = testing::found("a.yaml", "2.4.0");
        let [head, base] = [Side::Head, Side::Base].map(|side| testing::judged(&shop, &advice, Some(side)));
        for (judged, also) in [(head, base), (base, head)] {
            let of = GatedMove { found: Some(&found), said: None, judged, also: Some(also) };
            assert_eq!((of.deciding().side, of.dissent()), (Some(Side::Head), None));
        }
    }
}
