//! Whether conditions hold for moves, for whoever asks with the rules' conditions and decides no level.
//!
//! The conditions are those of [`rules`], asked once more, so that a step of a playbook and a rule with the same
//! `when` can't differ.

use crate::judge::rules::{self, Codes, Context, Traits};
use crate::judge::scene::Scene;
use crate::judge::weigh::{Step, current_incident};
use crate::judge::{Code, Finding, Moment, Question, Verdict, relief};
use crate::model::{Condition, Level, Owner, Registry, Rule};

/// A condition that is asked about.
#[derive(Debug, Clone)]
pub struct Asked {
    rule: Rule,
    codes: Codes,
}

/// Whether a condition holds for a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// It doesn't.
    No,
    /// It asks for no reason: it is true of the place, or of any move of this kind.
    Here,
    /// It is true of these of the verdict's reasons.
    Of(Vec<usize>),
}

impl Asked {
    /// A condition, to be asked about.
    pub fn of(when: &Condition) -> Asked {
        let rule = Rule {
            name: Box::default(),
            when: when.clone(),
            // Only a rule that blocks may speak of a compromised release.
            then: Level::Block,
            sign: None,
            silence: None,
            because: None,
            until: None,
            origin: None,
        };
        Asked { codes: Codes::of(when), rule }
    }
}

/// Which conditions hold for each of these moves, and, last, where nothing is moved at all. The verdicts are those of
/// the judge on this question, each with its own target. None: the registry doesn't hold the service.
pub fn holding<'a>(
    registry: &'a Registry,
    question: &Question,
    moment: Moment,
    verdicts: &[&Verdict<'a>],
    asked: &[Asked],
) -> Option<Vec<Vec<Holds>>> {
    let scene = Scene::set(registry, question, moment)?;
    let asker = question.asker.as_deref();
    let incident = current_incident(&scene, question.incident.as_deref());
    let teams = rules::teams_of(registry, asker);
    let of_move = |verdict: &&Verdict<'a>| {
        let to = Question { to: verdict.movement.to.text.clone(), ..question.clone() };
        let step = Step::new(&scene, &to);
        let signed = relief::signed(&scene, &step, asker);
        let context = Context::new(&scene, &step, incident, &teams, &signed.given);
        asked.iter().map(|asked| holds(&context, verdict, asked)).collect()
    };
    let mut all: Vec<Vec<Holds>> = verdicts.iter().map(of_move).collect();
    let context = Context { teams: &teams, ..Context::of_place(&scene, incident) };
    // Where nothing moves, no kind of move is right.
    let here = |asked: &Asked| asked.rule.when.movement.is_empty() && is_here(&context, asked);
    all.push(asked.iter().map(|asked| if here(asked) { Holds::Here } else { Holds::No }).collect());
    Some(all)
}

fn holds<'a>(context: &Context<'_, 'a>, verdict: &Verdict<'a>, asked: &Asked) -> Holds {
    if is_here(context, asked) {
        return Holds::Here;
    }
    let now = context.scene.moment.now;
    let true_of = |finding: &Finding<'a>| {
        asked.codes.has(finding.code()) && rules::unmet(&asked.rule, &context.traits(finding), now).is_none()
    };
    let reasons = verdict.reasons.iter().enumerate();
    let of: Vec<usize> = reasons.filter(|(_, reason)| true_of(&reason.finding)).map(|(at, _)| at).collect();
    if of.is_empty() { Holds::No } else { Holds::Of(of) }
}

/// Whether a condition holds whatever speaks for or against the move: it is true of a reason that has nothing to
/// match by.
fn is_here(context: &Context<'_, '_>, asked: &Asked) -> bool {
    let when = &asked.rule.when;
    if !when.reason.is_empty() || !when.key.is_empty() {
        return false;
    }
    let scene = context.scene;
    let traits = Traits {
        code: Code::StaleRegistry,
        case: None,
        owner: Owner::Both,
        flag: None,
        reversible: None,
        kind: context.kind,
        tags: context.target.map_or(&[], |release| &release.tags),
        service: scene.service.name.as_str(),
        tier: scene.service.tier.as_deref(),
        lineage: &scene.lineage,
        incident: context.incident.map(|of| (of.id.as_str(), of.severity.as_deref())),
        teams: context.teams,
    };
    rules::unmet(&asked.rule, &traits, scene.moment.now).is_none()
}
