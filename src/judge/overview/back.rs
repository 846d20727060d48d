//! The best way back from what runs.

use crate::judge::scene::{Candidate, Scene};
use crate::judge::targets::{Rank, Steps, fit, nearest_older, newest, ran_lately};
use crate::judge::weigh::{is_hopeless, weigh};
use crate::judge::{Question, Verdict};
use crate::model::{Level, MoveKind, Version};

/// Where a rollback would go.
#[derive(Debug, Clone)]
pub enum WayBack<'a> {
    /// To this release: the best of the older ones, as `targets` ranks them, and it may go, in an incident at least.
    To(Verdict<'a>),
    /// There are older releases, but no safe way back: none is better than a hold. This is the least bad.
    Desert(Verdict<'a>),
    /// No older release is known that one could go back to.
    NothingOlder,
    /// It isn't known what runs, or it has no place in the order and nothing ran here before.
    Untold,
    /// Nothing runs.
    NothingRuns,
}

impl<'a> WayBack<'a> {
    /// The verdict on the best rollback there is, whether it may go or not.
    pub fn best(&self) -> Option<&Verdict<'a>> {
        match self {
            WayBack::To(verdict) | WayBack::Desert(verdict) => Some(verdict),
            WayBack::NothingOlder | WayBack::Untold | WayBack::NothingRuns => None,
        }
    }
}

pub(super) fn find<'a>(scene: &Scene<'a>, question: &Question) -> WayBack<'a> {
    match (&scene.running, newest(scene)) {
        (None, _) => WayBack::Untold,
        (Some(_), None) => WayBack::NothingRuns,
        (Some(_), Some(from)) => Search { scene, question, from: &from }.run(),
    }
}

/// Whether it may go, in an incident at least.
fn goes(verdict: &Verdict<'_>) -> bool {
    verdict.in_need().proceeds()
}

/// One search for the best of the older releases.
struct Search<'s, 'a> {
    scene: &'s Scene<'a>,
    question: &'s Question,
    from: &'s Candidate<'a>,
}

impl<'a> Search<'_, 'a> {
    /// Those that a check would offer as targets; if none of them may go, all others until one does.
    ///
    /// What surely may not go is weighed only where nothing may: to find the least bad.
    fn run(&self) -> WayBack<'a> {
        let (near, far) = self.candidates();
        let hopeful = |versions: &[Version]| -> Vec<Version> {
            versions.iter().filter(|version| !self.is_hopeless(version)).cloned().collect()
        };
        if let Some(best) = self.best(&hopeful(&near)).filter(goes) {
            return WayBack::To(best);
        }
        let mut others = far.iter().filter(|version| !near.contains(version) && !self.is_hopeless(version));
        if let Some(open) = others.find_map(|to| Some(self.back_to(to)).filter(goes)) {
            return WayBack::To(open);
        }
        match self.least_bad(&near, &far) {
            Some(least) => WayBack::Desert(least),
            None if self.from.version.place.is_some() => WayBack::NothingOlder,
            None => WayBack::Untold,
        }
    }

    /// Where none may go: the best of the near ones, unless one of the others is less bad.
    fn least_bad(&self, near: &[Version], far: &[Version]) -> Option<Verdict<'a>> {
        let mut least = self.best(near);
        for to in far {
            if least.as_ref().is_some_and(|verdict| verdict.in_need() <= Level::Hold) {
                break;
            }
            let verdict = self.back_to(to);
            if least.as_ref().is_none_or(|least| verdict.in_need() < least.in_need()) {
                least = Some(verdict);
            }
        }
        least
    }

    /// The older releases, nearest first: those that a check would offer as targets, and all others. A
    /// pre-release is none of them unless one runs, or that very one ran here.
    fn candidates(&self) -> (Vec<Version>, Vec<Version>) {
        let scene = self.scene;
        let mut near = ran_lately(scene);
        near.retain(|version| self.is_behind(version));
        near.extend(nearest_older(scene, &self.from.version));
        let mut far: Vec<Version> = fit(scene).into_iter().cloned().collect();
        far.extend(scene.ran.iter().map(|stay| stay.version.clone()));
        far.retain(|version| self.is_behind(version));
        (self.nearest_first(near), self.nearest_first(far))
    }

    /// Whether a rollback could go there. What has no place isn't newer than anything: from there one goes
    /// back to whatever ran here.
    fn is_behind(&self, version: &Version) -> bool {
        let from = &self.from.version;
        version.is_older_than(from) || from.place.is_none() && version.text != from.text && self.ran(version)
    }

    fn ran(&self, version: &Version) -> bool {
        self.scene.ran.iter().any(|stay| stay.version.text == version.text)
    }

    fn nearest_first(&self, mut versions: Vec<Version>) -> Vec<Version> {
        versions.sort_by(|a, b| (&b.place, &a.text).cmp(&(&a.place, &b.text)));
        versions.dedup_by(|a, b| a.text == b.text);
        versions
    }

    /// The best of these, nearest first. Nothing farther beats a proven release that may simply go and leaves
    /// all flags behind, so the search ends at the first of that kind.
    fn best(&self, versions: &[Version]) -> Option<Verdict<'a>> {
        let steps = Steps::new(self.scene, Some(&self.from.version));
        let mut best: Option<((Level, Rank), Verdict<'a>)> = None;
        for version in versions {
            let verdict = self.back_to(version);
            let ideal = verdict.in_need() == Level::Allow
                && verdict.kept.is_empty()
                && (verdict.proof.proven() || self.scene.ran.is_empty());
            let rank = (verdict.in_need(), Rank::of(self.scene, &steps, MoveKind::Rollback, &verdict));
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, verdict));
            }
            if ideal {
                break;
            }
        }
        best.map(|(_, verdict)| verdict)
    }

    fn back_to(&self, version: &Version) -> Verdict<'a> {
        weigh(self.scene, &self.question_to(version))
    }

    fn is_hopeless(&self, version: &Version) -> bool {
        is_hopeless(self.scene, &self.question_to(version))
    }

    fn question_to(&self, version: &Version) -> Question {
        Question { to: version.text.clone(), ..self.question.clone() }
    }
}
