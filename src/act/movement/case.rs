//! A move against its verdict: whether it goes, and what the record is told of it.

use super::{Going, Judged, Refusal, Stopped, exposure, unfit};
use crate::judge::{self, Code, Verdict};
use crate::model::{Level, MoveKind, Name, Policy, Registry, Service, Version, Window};
use crate::record::{Deed, Movement, Occasion, Statement};
use crate::registry::{
    Ask, LoadError, Loaded, Mistake, Mistakes, Readable, Tree, Weight, holds_service, load, readable,
};

/// How many mistakes the record names.
const NAMED: usize = 5;

/// What a move is judged by: the registry, or the mistakes against which a break-glass goes on.
pub(super) enum Ground {
    Firm(Box<Loaded>),
    Broken(Mistakes),
}

impl Ground {
    /// The registry as it is.
    ///
    /// # Errors
    /// When it can't be loaded, unless it only has mistakes, it holds the service, and a break-glass goes on against
    /// that.
    pub fn of(tree: &dyn Tree, main: &str, going: Going<'_>) -> Result<Ground, Refusal> {
        match load(tree, main, &Ask::Service(going.question.service.clone())) {
            Ok(loaded) => Ok(Ground::Firm(Box::new(loaded))),
            Err(LoadError::Mistakes(mistakes)) if going.break_glass.is_some() => {
                unjudged(tree, main, going)?;
                Ok(Ground::Broken(mistakes))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Judges a move on it.
    ///
    /// # Errors
    /// When the service isn't there.
    pub fn judge(self, going: Going<'_>) -> Result<Judged, Refusal> {
        let before = match self {
            Ground::Firm(before) => before,
            Ground::Broken(mistakes) => return Ok(Judged::Not(mistakes)),
        };
        let verdict = judge::judge(&before.registry, going.question, going.moment);
        let level = verdict.map(|verdict| verdict.level).ok_or_else(|| gone(&going.question.service))?;
        Ok(Judged::By(before, level))
    }
}

/// The loader gives the service or an error; this is for the compiler.
pub(super) fn gone(service: &Name) -> Refusal {
    Refusal::Unfit { message: format!("no service `{service}`"), hint: None }
}

/// Whether a break-glass may go on without a verdict: somewhere to record it there must be, and what can still be
/// read of the registry must not say that the release is compromised.
fn unjudged(tree: &dyn Tree, main: &str, going: Going<'_>) -> Result<(), Refusal> {
    let service = &going.question.service;
    if !holds_service(tree, main, service)? {
        return Err(unfit(
            format!(
                "no service `{service}` is to be found in the registry, which has mistakes: there is nowhere to record it"
            ),
            "run the command by hand; once the registry is mended, `holdpoint record` takes it",
        ));
    }
    let Readable { registry, doubtful } = readable(tree, main, service);
    if let Some(registry) = &registry {
        check_readable(registry, going)?;
    }
    match doubtful.first() {
        Some((file, line)) => Err(unfit(
            format!(
                "{file}:{line} calls a release compromised, and with the registry's mistakes it can't be told whether \
                 `{}` is one: no break-glass goes there",
                going.question.to
            ),
            "mend the mistakes (`holdpoint lint` shows them), or look for yourself and run the command by hand",
        )),
        None => Ok(()),
    }
}

/// Whether what can still be read knows the environment, and doesn't call the release compromised.
fn check_readable(registry: &Registry, going: Going<'_>) -> Result<(), Refusal> {
    let environment = going.question.environment.as_ref();
    if let Some(name) = environment
        .filter(|name| !registry.environments.is_empty() && !registry.environments.contains_key(*name))
    {
        return Err(unfit(format!("no environment `{name}`"), "name one that is declared"));
    }
    let verdict = judge::judge(registry, going.question, going.moment);
    match verdict.is_some_and(|verdict| is_compromised(&verdict)) {
        true => Err(unfit(
            format!("`{}` is a compromised release: no break-glass goes there", going.question.to),
            "take another release, or stop or isolate the service",
        )),
        false => Ok(()),
    }
}

fn is_compromised(verdict: &Verdict<'_>) -> bool {
    verdict.reasons.iter().any(|reason| reason.finding.code() == Code::CompromisedRelease)
}

/// A move with its verdict, as far as acting on it is concerned.
pub(super) struct Case<'a> {
    pub going: Going<'a>,
    pub environment: &'a Name,
    pub verdict: Option<Verdict<'a>>,
    registry: Option<&'a Registry>,
    mistakes: Option<&'a Mistakes>,
}

impl<'a> Case<'a> {
    /// # Errors
    /// When no environment is named.
    pub fn of(judged: &'a Judged, going: Going<'a>) -> Result<Case<'a>, Refusal> {
        let environment = going.question.environment.as_ref();
        let environment = environment.ok_or_else(|| unfit("which environment?", "name it: --env prod"))?;
        let mistakes = if let Judged::Not(mistakes) = judged { Some(mistakes) } else { None };
        let registry = judged.before().map(|before| &before.registry);
        Ok(Case { going, environment, verdict: judged.verdict(going), registry, mistakes })
    }

    /// The verdict that stops it, and whether a break-glass is refused as well; None: it goes.
    pub fn stop(&self) -> Option<(Level, bool)> {
        let verdict = self.verdict.as_ref()?;
        let compromised = is_compromised(verdict);
        let proceeds = verdict.level.proceeds() && !(self.going.strict && verdict.level == Level::Warn);
        let goes = proceeds || self.going.break_glass.is_some() && !compromised;
        (!goes).then_some((verdict.level, compromised))
    }

    /// What stops it unless the glass is broken.
    pub fn against(&self) -> Vec<Box<str>> {
        let Some(verdict) = &self.verdict else { return vec![UNJUDGED.into()] };
        let mut subjects: Vec<Box<str>> = Vec::new();
        for reason in verdict.reasons.iter().filter(|reason| !reason.level.proceeds()) {
            let subject = reason.finding.subject().into();
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        subjects
    }

    /// The first lines of the mistakes that kept it from being judged.
    pub fn unjudged(&self) -> Vec<Box<str>> {
        let Some(mistakes) = self.mistakes else { return Vec::new() };
        let line = |mistake: &Mistake| {
            let line =
                mistake.position(&mistakes.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
            format!("{}{line}: {}", mistake.file(&mistakes.sources), mistake.message).into()
        };
        let stops = mistakes.list.iter().filter(|mistake| mistake.weight == Weight::Mistake);
        stops.take(NAMED).map(line).collect()
    }

    /// The service; None: it could not be judged.
    pub fn service(&self) -> Option<&'a Service> {
        self.verdict.as_ref().map(|verdict| verdict.movement.service)
    }

    /// What runs; None: nothing, or nobody knows.
    pub fn from(&self) -> Option<&Version> {
        self.verdict.as_ref().and_then(|verdict| verdict.movement.from.as_ref())
    }

    /// Within which time a break-glass is to be reviewed.
    pub fn review_within(&self) -> Window {
        self.registry
            .map_or_else(|| Policy::default().review_within, |registry| registry.policy.review_within)
    }

    /// Rollback or redeploy.
    pub fn kind(&self) -> MoveKind {
        self.verdict.as_ref().map_or(self.going.question.asked, |verdict| verdict.movement.kind)
    }

    /// The move, as the record tells it.
    pub fn movement(&self) -> Movement {
        let said = self.going.question.from.clone();
        Movement {
            kind: self.kind().word().into(),
            from: self.from().map(|from| from.text.clone()).or(said),
            to: self.going.question.to.clone(),
        }
    }

    /// The incident that it is for.
    pub fn incident(&self) -> Option<Box<str>> {
        match &self.verdict {
            Some(verdict) => verdict.movement.incident.clone(),
            None => self.going.question.incident.clone(),
        }
    }

    /// A statement about it, with the verdict.
    pub fn says(&self, occasion: &Occasion, deed: Deed) -> Statement {
        let statement = occasion.says(&self.going.question.service, deed);
        match &self.verdict {
            Some(verdict) => statement.judged(verdict),
            None => Statement {
                environment: Some(self.environment.as_str().into()),
                movement: Some(self.movement()),
                incident: self.incident(),
                ..statement
            },
        }
    }

    /// What is accepted with it, by sign-offs or by a debt.
    pub fn accepted(&self, debt: Option<&super::debt::Opened>) -> Option<exposure::Accepted> {
        exposure::accepted(self.verdict.as_ref()?, debt.map(exposure::ByDebt::opened))
    }
}

/// The subject of a debt that was made without a verdict.
pub(super) const UNJUDGED: &str = "could-not-judge";

/// That it may not go, with the registry that says so.
pub(super) fn stopped(judged: Judged, (level, compromised): (Level, bool)) -> Option<Stopped> {
    match judged {
        Judged::By(before, _) => Some(Stopped { before: *before, level, compromised }),
        Judged::Not(_) => None,
    }
}
