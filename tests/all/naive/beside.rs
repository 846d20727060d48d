//! What is deployed in the same go: other services that need and are needed, and the artifact itself.

use std::collections::BTreeMap;

use holdpoint::model::{Need, Owner, Release, Service, Version};

use super::judge::{Case, Facts, RELIABILITY, SECURITY, plain};
use super::levels::Reason;
use super::past::{release, state};

/// What runs of a service; None: nobody says.
type Runs = Option<Vec<Version>>;

/// Why a need isn't met, as far as it matters to the level.
#[derive(Clone, Copy, PartialEq)]
enum Lack {
    Broken,
    Already,
    Unknown,
}

impl<'a> Case<'a> {
    /// Both directions of `needs`, and the digest.
    pub(super) fn beside(&self, facts: &Facts<'a>, reasons: &mut Vec<Reason<'a>>) {
        let mut lacks: BTreeMap<String, Vec<Lack>> = BTreeMap::new();
        let all = self.registry.services.values().chain(self.registry.neighbours.values());
        for other in all.filter(|other| other.name != self.service.name) {
            let found = [self.lacking(other, facts), self.lacked_by(other, facts)].concat();
            if !found.is_empty() {
                lacks.insert(other.name.to_string(), found);
            }
        }
        for (name, lacks) in lacks {
            let broken = lacks.contains(&Lack::Broken);
            let all_before = lacks.iter().all(|lack| *lack == Lack::Already);
            let case = if all_before { "already" } else { "unknown" };
            let mut reason = plain("needs-other", RELIABILITY, (!broken).then_some(case));
            reason.subject = format!("needs-other:{name}");
            reasons.push(reason);
        }
        if let Some(artifact) = self.artifact
            && self.is_another(&artifact.digest, artifact.tag.as_deref())
        {
            let owner: Owner = SECURITY;
            reasons.push(plain("digest-mismatch", owner, None));
        }
    }

    fn now(&self, other: &Service) -> Runs {
        self.place.and_then(|place| state(other, Some(place), self.moment).running)
    }

    /// What arrives of another service; None: it isn't moved here.
    fn arrives(&self, other: &Service) -> Option<Vec<Version>> {
        let here =
            self.moves.iter().find(|to| to.service == other.name && Some(&to.environment) == self.place)?;
        Some(here.to.iter().map(|to| Version::new(to, &other.scale)).collect())
    }

    fn lacking(&self, other: &Service, facts: &Facts<'a>) -> Vec<Lack> {
        let needs = |release: Option<&'a Release>| {
            release.and_then(|release| release.needs.iter().find(|need| need.service == other.name))
        };
        let now = self.now(other);
        let then = match self.arrives(other) {
            Some(then) => Some(then),
            None => now.clone(),
        };
        let Some(need) = needs(facts.target).filter(|need| !met(need, &then)) else { return vec![] };
        let lacked = |version: &Version| {
            let here = needs(release(self.service, &version.text, self.moment));
            here.is_some_and(|need| !met(need, &now))
        };
        let before =
            if facts.runs { lacked(&self.to) } else { self.all_that_may_run(facts.from.as_ref(), lacked) };
        vec![match (before, then, need) {
            (true, ..) => Lack::Already,
            (false, None, _) => Lack::Unknown,
            (false, Some(_), _) => Lack::Broken,
        }]
    }

    fn lacked_by(&self, other: &Service, facts: &Facts<'a>) -> Vec<Lack> {
        if self.arrives(other).is_some() {
            return vec![];
        }
        let mut lacks = vec![];
        for version in self.now(other).unwrap_or_default() {
            let stays = release(other, &version.text, self.moment);
            let need =
                stays.and_then(|stays| stays.needs.iter().find(|need| need.service == self.service.name));
            let Some(need) = need.filter(|need| !met(need, &Some(vec![self.to.clone()]))) else { continue };
            let lacked = |version: &Version| !met(need, &Some(vec![version.clone()]));
            let before = facts.runs || self.all_that_may_run(facts.from.as_ref(), lacked);
            lacks.push(if before { Lack::Already } else { Lack::Broken });
        }
        lacks
    }

    /// Whether a digest is another's, or none of those of the release that is said.
    fn is_another(&self, digest: &str, tag: Option<&str>) -> bool {
        let known = |version: &Version| release(self.service, &version.text, self.moment);
        let named = |tag: &str| self.service.releases.iter().find(|release| *release.version.text == *tag);
        let said = match tag {
            None => self.to.clone(),
            Some(tag) => match named(tag) {
                Some(release) => release.version.clone(),
                None if self.service.scale.place(tag).is_none() => return false,
                None => Version::new(tag, &self.service.scale),
            },
        };
        let has = |release: &&Release| release.digests.iter().any(|has| **has == *digest);
        let owners: Vec<&Release> = self
            .service
            .releases
            .iter()
            .filter(|release| known(&release.version).is_some())
            .filter(has)
            .collect();
        if owners.iter().any(|release| release.version.text == said.text) {
            return false;
        }
        !owners.is_empty() || known(&said).is_some_and(|release| !release.digests.is_empty())
    }
}

fn met(need: &Need, runs: &Runs) -> bool {
    let Some(runs) = runs else { return false };
    let fits = |version: &Version| {
        let ranges = need.versions.as_ref().unwrap();
        ranges.contains(&version.text, version.place.as_ref()) == Some(true)
    };
    !runs.is_empty() && runs.iter().all(fits)
}
