//! What counts when nobody answers: rules that were agreed on beforehand sign, and a debt is left.

use super::{Refusal, Wanted};
use crate::act::movement::Opened;
use crate::act::refusal::unfit;
use crate::act::sign_off::USUAL;
use crate::act::sign_off::give::fields;
use crate::judge::{self, Moment, Question, Verdict};
use crate::model::{Level, Origin, SignOff, Time, Window, format_time};
use crate::record::{Deed, Movement, Occasion, Statement};
use crate::registry::edit::Editor;
use crate::registry::{Ask as Load, Changed, Changes, Loaded, Tree, load};

/// What comes of silence.
#[derive(Debug, Clone)]
pub struct Silent {
    /// The files to write: the sign-offs, and the debt.
    pub changes: Changes,
    /// The lines of the record.
    pub says: Vec<Statement>,
    /// The verdict since.
    pub level: Level,
    /// The registry as it will be.
    pub after: Loaded,
}

/// Signs by rule for questions that nobody answered. `asked`: when they were, from which on the rules' time counts.
///
/// # Errors
/// When the registry can't be loaded or edited, or its rules don't say so (any more, or not yet).
pub fn silent(
    tree: &dyn Tree,
    main: &str,
    (question, questions): (&Question, &[Wanted]),
    asked: Time,
    moment: Moment,
    occasion: &Occasion,
) -> Result<Silent, Refusal> {
    let before = load(tree, main, &Load::Service(question.service.clone()))?;
    let gone = || unfit(format!("no service `{}`", question.service), "name one that is registered");
    let verdict = judge::judge(&before.registry, question, moment).ok_or_else(gone)?;
    let Some(environment) = &question.environment else {
        return Err(unfit("which environment?", "name it: --env prod"));
    };
    let longest = before.registry.policy.sign_off_max;
    let mut editor = Editor::new(tree, main);
    let (mut says, mut subjects) = (Vec::new(), Vec::new());
    for wanted in questions {
        let folder = format!("sign-offs/{}", wanted.key);
        for (rule, accepts) in by_rule(&verdict, wanted) {
            let sign_off = SignOff {
                id: occasion.id(),
                environment: environment.clone(),
                to: verdict.movement.to.text.clone(),
                accepts: accepts.clone(),
                with: Vec::new(),
                key: wanted.key,
                by: format!("rule {rule}").into(),
                known: Some("policy".into()),
                asked_by: Some(occasion.who.by.clone()),
                silence: Some((rule.clone(), asked)),
                reason: format!("nobody answered the question {} of {}", wanted.id, format_time(asked))
                    .into(),
                ticket: None,
                at: occasion.now,
                expires: lasts(longest).after(occasion.now),
                revoked: None,
                origin: Origin::default(),
            };
            let id = ["sign-off", sign_off.id.as_str()];
            editor.add_own(&question.service, &folder, id, &fields(&question.service, &sign_off))?;
            says.push(line(&sign_off, question, occasion));
            subjects.extend(accepts);
        }
    }
    if subjects.is_empty() {
        let hint = "a team has to sign: holdpoint ask says which";
        return Err(unfit("no rule says that silence lets this go on", hint));
    }
    subjects.dedup();
    let movement = Movement {
        kind: verdict.movement.kind.word().into(),
        from: verdict.movement.from.as_ref().map(|from| from.text.clone()),
        to: verdict.movement.to.text.clone(),
    };
    let due = before.registry.policy.review_within.after(occasion.now);
    let reason = "nobody answered in time, and a rule lets it go on then";
    let place = (&question.service, environment);
    let debt = Opened::new(place, &movement, subjects, reason, due, occasion);
    debt.write(&mut editor, tree, main, &question.service)?;
    let changes = editor.finish()?;
    let ask = Load::Service(question.service.clone());
    let after = load(&Changed { tree, changes: &changes }, main, &ask)?;
    let since = judge::judge(&after.registry, question, moment).ok_or_else(gone)?;
    let says = says.into_iter().map(|says: Statement| says.judged(&since)).collect();
    let level = since.level;
    if !level.proceeds() {
        let hint = "ask again: what holds it changed meanwhile";
        return Err(unfit(format!("it is still judged {level}"), hint));
    }
    Ok(Silent { changes, says, level, after })
}

/// A signature by rule lasts as any.
fn lasts(longest: Window) -> Window {
    USUAL.min(longest)
}

/// What each rule that says so holds for this key.
fn by_rule(verdict: &Verdict<'_>, wanted: &Wanted) -> Vec<(Box<str>, Vec<Box<str>>)> {
    let mut all: Vec<(Box<str>, Vec<Box<str>>)> = Vec::new();
    for reason in verdict.reasons.iter().filter(|reason| reason.wanting().any(|key| key == wanted.key)) {
        let subject: Box<str> = reason.finding.subject().into();
        let Some(rule) = reason.rule.filter(|rule| rule.silence.is_some()) else { continue };
        // Only what was asked about.
        if !wanted.accepts.contains(&subject) {
            continue;
        }
        match all.iter_mut().find(|(name, _)| *name == rule.name) {
            Some((_, subjects)) => subjects.push(subject),
            None => all.push((rule.name.clone(), vec![subject])),
        }
    }
    all
}

fn line(sign_off: &SignOff, question: &Question, occasion: &Occasion) -> Statement {
    let deed = Deed::SignedOff {
        sign_off: sign_off.id.as_str().into(),
        key: sign_off.key.word().into(),
        accepts: sign_off.accepts.clone(),
        with: Vec::new(),
        reason: sign_off.reason.clone(),
        ticket: None,
        asked_by: sign_off.asked_by.clone(),
        expires: format_time(sign_off.expires).into(),
    };
    occasion.says(&question.service, deed)
}
