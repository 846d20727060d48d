//! Asking: a team is asked to accept, by name, what holds a move; and what counts when nobody answers.
//!
//! [`ask`] works out which keys are wanting, and a question for each that whoever asks can't sign: a line of the
//! record, and the sign-off as it would stand once somebody merges it. Nothing of the registry changes by asking. What
//! is blocked isn't asked for: no signature opens it. [`silent`] signs by the rules that say what silence means, and
//! leaves a debt.
//!
//! Deliberately absent: the branch, telling, and waiting.

mod silent;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use silent::{Silent, silent};

use crate::act::Said;
use crate::act::refusal::{Refusal, unfit};
use crate::act::sign_off::USUAL;
use crate::act::sign_off::give::fields;
use crate::judge::{self, Advice, Moment, Question, Verdict};
use crate::model::{
    BY_MERGE, Id, Key, Level, Membership, Name, Origin, Registry, Service, SignOff, Time, Window, format_time,
};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::Editor;
use crate::registry::{Ask as Load, Changes, Loaded, Tree, load};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The move; its environment must be named.
    pub question: Question,
    /// Why; None: it says itself which move it is for.
    pub reason: Option<Said>,
    /// A ticket.
    pub ticket: Option<Said>,
    /// How long what is signed is to last; None: as usual.
    pub lasts: Option<Window>,
    /// The branches that were published, whose merging signs.
    pub branches: BTreeMap<Key, Box<str>>,
    /// The ids of the questions, so that asking again on another state asks the same.
    pub ids: BTreeMap<Key, Id>,
}

/// What comes of asking.
#[derive(Debug, Clone)]
pub enum Asked {
    /// There is nothing to ask: it may go, or only whoever asks has to sign.
    Needless(Box<Stand>),
    /// It is blocked, which nobody can sign.
    Hopeless(Box<Stand>),
    /// Somebody is asked.
    Asked(Box<Stand>),
}

/// How things stand with what was asked for.
#[derive(Debug, Clone)]
pub struct Stand {
    /// The registry by which it was judged.
    pub before: Loaded,
    /// The move.
    pub question: Question,
    /// When.
    pub moment: Moment,
    /// The verdict.
    pub level: Level,
    /// What others are asked.
    pub questions: Vec<Wanted>,
    /// The keys that whoever asks can sign.
    pub own: Vec<Key>,
    /// The lines of the record.
    pub says: Vec<Statement>,
    /// It changes no file.
    pub changes: Changes,
}

/// One key that is wanting.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The question's id, which is the sign-off's.
    pub id: Id,
    /// The key.
    pub key: Key,
    /// The team that is asked; None: nobody is known to own the key.
    pub team: Option<Name>,
    /// What is to be accepted.
    pub accepts: Vec<Box<str>>,
    /// The sign-off as a file of its own, signed by merging it; None: this registry can't hold it so.
    pub file: Option<(String, Vec<u8>)>,
    /// When it goes on if nobody answers.
    pub silent: Option<Time>,
    /// The rules that say so.
    pub rules: Vec<Box<str>>,
}

impl Stand {
    /// The verdict again, with what could be done instead.
    pub fn advice(&self) -> Option<Advice<'_>> {
        judge::advise(&self.before.registry, &self.question, self.moment)
    }
}

impl Asked {
    /// How things stand.
    pub fn stand(&self) -> &Stand {
        match self {
            Asked::Needless(stand) | Asked::Hopeless(stand) | Asked::Asked(stand) => stand,
        }
    }
}

/// Works out what is to be asked, on the registry as it is. `main` is the name of its main file.
///
/// # Errors
/// When the registry can't be loaded, or no environment is named.
pub fn ask(
    tree: &dyn Tree,
    main: &str,
    request: &Request,
    moment: Moment,
    occasion: &Occasion,
) -> Result<Asked, Refusal> {
    let question = &request.question;
    let before = load(tree, main, &Load::Service(question.service.clone()))?;
    let Some(verdict) = judge::judge(&before.registry, question, moment) else {
        return Err(unfit(format!("no service `{}`", question.service), "name one that is registered"));
    };
    let service = verdict.movement.service;
    let environment =
        question.environment.as_ref().ok_or_else(|| unfit("which environment?", "name it: --env prod"))?;
    let needed = verdict.needed();
    let by = &*occasion.who.by;
    let (own, asked): (Vec<Key>, Vec<Key>) =
        needed.into_iter().partition(|key| is_own(&before.registry, service, *key, by));
    let mut questions = Vec::new();
    if verdict.level == Level::Hold {
        for key in asked {
            let longest = before.registry.policy.sign_off_max;
            let wanted = Draft { request, verdict: &verdict, environment, key, occasion, longest };
            questions.push(wanted.question(tree, main)?);
        }
    }
    let says: Vec<Statement> =
        questions.iter().map(|wanted| line(wanted, request, &verdict, occasion)).collect();
    let (level, is_asked) = (verdict.level, !questions.is_empty());
    let stand = Box::new(Stand {
        question: question.clone(),
        moment,
        level,
        questions,
        own,
        says,
        changes: Changes::new(),
        before,
    });
    Ok(match level {
        Level::Block => Asked::Hopeless(stand),
        _ if is_asked => Asked::Asked(stand),
        _ => Asked::Needless(stand),
    })
}

/// Whether whoever asks may sign for a key: for reliability, as a member of its team; for security nobody signs what
/// they ask for.
fn is_own(registry: &Registry, service: &Service, key: Key, by: &str) -> bool {
    key == Key::Reliability && matches!(registry.membership(service, key, by), Membership::Member(_))
}

/// One key's question in the making.
struct Draft<'a> {
    request: &'a Request,
    verdict: &'a Verdict<'a>,
    environment: &'a Name,
    key: Key,
    occasion: &'a Occasion,
    longest: Window,
}

impl Draft<'_> {
    fn question(&self, tree: &dyn Tree, main: &str) -> Result<Wanted, Refusal> {
        let id = self.request.ids.get(&self.key).cloned().unwrap_or_else(|| self.occasion.id());
        let wanting = || {
            let reasons = self.verdict.reasons.iter();
            reasons.filter(|reason| reason.wanting().any(|key| key == self.key))
        };
        let mut accepts: Vec<Box<str>> = wanting().map(|reason| reason.finding.subject().into()).collect();
        accepts.dedup();
        // All that holds it must be of rules that say what silence means; the longest of them counts.
        let silences: Option<Vec<Window>> =
            wanting().map(|reason| reason.rule.and_then(|rule| rule.silence)).collect();
        let silent =
            silences.and_then(|all| all.into_iter().max()).map(|after| after.after(self.occasion.now));
        let rules = wanting().filter_map(|reason| Some(reason.rule?.name.clone())).collect();
        let file = self.file(tree, main, &id, &accepts)?;
        let team = self.verdict.movement.service.owners.of(self.key).cloned();
        Ok(Wanted { id, key: self.key, team, accepts, file, silent, rules })
    }

    /// The sign-off as a file of its own. None: it would go into a file that others have a part in.
    fn file(
        &self,
        tree: &dyn Tree,
        main: &str,
        id: &Id,
        accepts: &[Box<str>],
    ) -> Result<Option<(String, Vec<u8>)>, Refusal> {
        let service = &self.request.question.service;
        let now = self.occasion.now;
        let lasts = self.request.lasts.unwrap_or(USUAL).min(self.longest);
        let sign_off = SignOff {
            id: id.clone(),
            environment: self.environment.clone(),
            to: self.verdict.movement.to.text.clone(),
            accepts: accepts.to_vec(),
            with: Vec::new(),
            key: self.key,
            by: BY_MERGE.into(),
            known: None,
            asked_by: Some(self.occasion.who.by.clone()),
            silence: None,
            reason: reason(self.request, self.verdict).into(),
            ticket: self.request.ticket.clone().map(Into::into),
            at: now,
            expires: lasts.after(now),
            revoked: None,
            origin: Origin::default(),
        };
        let mut editor = Editor::new(tree, main);
        let folder = format!("sign-offs/{}", self.key);
        editor.add_own(service, &folder, ["sign-off", id.as_str()], &fields(service, &sign_off))?;
        let changes = editor.finish()?;
        let mut files = changes.files().iter();
        let own = match (files.next(), files.next()) {
            (Some((path, change)), None) if change.before.is_none() => Some((path, change)),
            _ => None,
        };
        Ok(own.and_then(|(path, change)| Some((path.clone(), change.after.clone()?))))
    }
}

/// Why it is asked for.
fn reason(request: &Request, verdict: &Verdict<'_>) -> String {
    if let Some(reason) = &request.reason {
        return reason.as_str().to_owned();
    }
    let movement = &verdict.movement;
    let from = movement.from.as_ref().map_or(String::new(), |from| format!(" {from} ->"));
    let incident = movement.incident.as_ref().map_or(String::new(), |id| format!(", for {id}"));
    format!("needed for the {} of {}{from} {}{incident}", movement.kind, movement.service.name, movement.to)
}

/// The line of the record on one question.
fn line(wanted: &Wanted, request: &Request, verdict: &Verdict<'_>, occasion: &Occasion) -> Statement {
    let deed = Deed::Asked {
        ask: wanted.id.as_str().into(),
        key: wanted.key.word().into(),
        accepts: wanted.accepts.clone(),
        reason: reason(request, verdict).into(),
        ticket: request.ticket.clone().map(Into::into),
        branch: request.branches.get(&wanted.key).cloned(),
        silent: wanted.silent.map(|time| format_time(time).into()),
    };
    occasion.says(&request.question.service, deed).judged(verdict)
}
