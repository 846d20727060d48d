//! Rules: the first that matches a finding decides its level.

use std::rc::Rc;

use crate::judge::scene::Scene;
use crate::judge::weigh::Step;
use crate::judge::{Code, Finding, Reason};
use crate::model::{Condition, Flag, IncidentCondition, Level, MoveKind, Registry, Release, Rule};

/// What conditions are held against besides the finding itself.
pub(super) struct Context<'s, 'a> {
    scene: &'s Scene<'a>,
    kind: MoveKind,
    target: Option<&'a Release>,
    incident: Option<&'s str>,
}

impl<'s, 'a> Context<'s, 'a> {
    pub fn new(scene: &'s Scene<'a>, step: &Step<'a>, incident: Option<&'s str>) -> Context<'s, 'a> {
        Context { scene, kind: step.kind, target: step.to.release, incident }
    }

    /// For what is true of a place although no release stands for it.
    pub fn of_place(scene: &'s Scene<'a>, incident: Option<&'s str>) -> Context<'s, 'a> {
        Context { scene, kind: MoveKind::Redeploy, target: None, incident }
    }
}

/// A set of codes, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Codes(u32);

const _: () = assert!(Code::ALL.len() <= 32);

impl Codes {
    /// The codes that a condition lets through; all when it names none.
    fn of(when: &Condition) -> Codes {
        if when.reason.is_empty() {
            return Codes(u32::MAX);
        }
        let codes = when.reason.iter().filter_map(|word| Code::from_word(word));
        Codes(codes.fold(0, |set, code| set | 1 << code as u32))
    }

    fn has(self, code: Code) -> bool {
        self.0 & 1 << code as u32 != 0
    }
}

/// The rules in their order, with the codes that each can match.
pub(super) fn by_code(registry: &Registry) -> Rc<[(Codes, &Rule)]> {
    registry.rules.iter().map(|rule| (Codes::of(&rule.when), rule)).collect()
}

/// Gives a finding its level.
pub(super) fn decide<'a>(context: &Context<'_, 'a>, finding: Finding<'a>) -> Reason<'a> {
    let signers = finding.owner();
    let code = finding.code();
    let now = context.scene.moment.now;
    let mut rules = context.scene.rules.iter().filter(|(codes, _)| codes.has(code)).map(|(_, rule)| *rule);
    let rule = rules.find(|rule| {
        // No rule lowers what must never run: only one that blocks it may put its name to it.
        !(code == Code::CompromisedRelease && rule.then != Level::Block)
            && rule.until.is_none_or(|until| now < until)
            && matches(context, &rule.when, &finding)
    });
    Reason {
        level: level(&finding, rule),
        signers: rule.and_then(|rule| rule.sign).unwrap_or(signers),
        finding,
        rule,
        relief: Vec::new(),
        sign_offs: Vec::new(),
    }
}

/// The rule's level. The shipped rules decide every finding, which a test holds; should a model come
/// without them, nothing may slip through.
fn level(finding: &Finding<'_>, rule: Option<&Rule>) -> Level {
    match (finding.code(), rule) {
        (Code::CompromisedRelease, _) | (_, None) => Level::Block,
        (_, Some(rule)) => rule.then,
    }
}

/// Whether all conditions but those on the code hold.
fn matches(context: &Context<'_, '_>, when: &Condition, finding: &Finding<'_>) -> bool {
    let service = context.scene.service;
    let word = |wanted: &[Box<str>], is: Option<&str>| {
        wanted.is_empty() || is.is_some_and(|is| wanted.iter().any(|wanted| **wanted == *is))
    };
    word(&when.case, finding.case())
        && (when.key.is_empty() || when.key.contains(&finding.owner()))
        && of_flag(when, finding.flag())
        && (when.movement.is_empty() || when.movement.contains(&context.kind))
        && globs(&when.service, [service.name.as_str()])
        && word(&when.tier, service.tier.as_deref())
        && tagged(&when.tag, context.target)
        && globs(&when.environment, context.scene.lineage.iter().map(|name| name.as_str()))
        && reversible(when.reversible, finding)
        && incident(when.incident.as_ref(), context.incident)
}

/// The conditions on a flag: none given, or there is a flag and it meets them.
fn of_flag(when: &Condition, flag: Option<&Flag>) -> bool {
    let given = !when.severity.is_empty() || when.severity_at_least.is_some() || when.exploited.is_some();
    !given
        || flag.is_some_and(|flag| {
            (when.severity.is_empty() || when.severity.contains(&flag.severity))
                && when.severity_at_least.is_none_or(|least| flag.severity.rank() >= least.rank())
                && when.exploited.is_none_or(|exploited| flag.exploited == exploited)
        })
}

fn tagged(wanted: &[Box<str>], target: Option<&Release>) -> bool {
    wanted.is_empty() || target.is_some_and(|release| wanted.iter().any(|tag| release.tags.contains(tag)))
}

fn reversible(wanted: Option<bool>, finding: &Finding<'_>) -> bool {
    match (wanted, finding) {
        (None, _) => true,
        (Some(wanted), Finding::BarrierCrossed { barrier, .. }) => barrier.undo.is_some() == wanted,
        (Some(_), _) => false,
    }
}

fn incident(wanted: Option<&IncidentCondition>, is: Option<&str>) -> bool {
    match wanted {
        None => true,
        Some(IncidentCondition::Any(wanted)) => is.is_some() == *wanted,
        Some(IncidentCondition::Ids(ids)) => is.is_some_and(|is| ids.iter().any(|id| **id == *is)),
    }
}

fn globs<'n>(wanted: &[Box<str>], names: impl IntoIterator<Item = &'n str> + Clone) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|glob| names.clone().into_iter().any(|name| glob_matches(glob, name)))
}

/// Whether `name` matches a glob: `*` stands for any characters, also none, `?` for exactly one.
///
/// Names are ASCII, so bytes are characters. Linear but for one remembered star: no pattern can hang it.
pub fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match glob.get(g) {
            Some(b'*') => {
                star = Some((g, n));
                g += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[n] => {
                g += 1;
                n += 1;
            }
            _ => {
                // Let the last star take one more character, and try again behind it.
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                g = at + 1;
                n = taken + 1;
            }
        }
    }
    glob[g..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (glob, name, expected) in [
            ("checkout", "checkout", true),
            ("checkout", "checkout2", false),
            ("*", "", true),
            ("pay*", "payments", true),
            ("*-eu", "prod-eu", true),
            ("*-eu", "prod-eu2", false),
            ("p?od", "prod", true),
            ("p?od", "pod", false),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("", "a", false),
        ] {
            assert_eq!(glob_matches(glob, name), expected, "{glob} {name}");
        }
        assert!(!glob_matches(&"*a".repeat(40), &"a".repeat(39)));
    }
}
