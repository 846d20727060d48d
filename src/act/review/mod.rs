//! Reviewing a break-glass: a team looks back at it, and the debt is closed once nothing is owed any more.
//!
//! [`review`] is the entry point. What is still owed is the judge's business ([`judge::owed`]); here it is only
//! asked. A review is never rewritten: another member may add one, and saying the same again changes nothing. The
//! debt that a last review settles is closed in the same act; one that is settled later, when its release is left,
//! is closed by [`Asked::Close`]. Closing takes the debt out of the registry; the record keeps what was found.
//!
//! Deliberately absent: closing a debt without its reviews, and any other way to make it go away.

#[cfg(test)]
mod tests;

use crate::act::refusal::{Refusal, unfit, unsaid};
use crate::act::{Said, member};
use crate::judge::{self, Moment, Owed};
use crate::model::{Debt, Id, Key, Name, Registry, Review, Service, format_time, is_same_person};
use crate::record::{Deed, Movement, Occasion, Statement};
use crate::registry::edit::{Editor, Fields, Value};
use crate::registry::{Ask, Changes, Loaded, Tree, load};

/// What is asked about a debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Of which service.
    pub service: Name,
    /// Which; case doesn't count.
    pub debt: Id,
    /// What is to be done.
    pub asked: Asked,
}

/// What is to be done with a debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A team has looked back at it.
    Review {
        /// For which key; None: that of the team that the reviewer is in.
        key: Option<Key>,
        /// What was found.
        note: Said,
    },
    /// It is to be closed, if nothing is owed.
    Close,
}

/// What becomes of a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has one review more, and stays open.
    Reviewed,
    /// It had this review already, and stays as it is.
    Unchanged,
    /// It is closed: nothing is owed any more.
    Closed,
    /// It was to be closed, and something is owed still.
    Open,
}

/// A debt after the act.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The key that was reviewed for; None: it was only to be closed.
    pub key: Option<Key>,
    /// The debt with its new review.
    pub debt: Debt,
    /// The registry as it was: what is owed is told from it.
    pub before: Loaded,
    /// The files to write.
    pub changes: Changes,
    /// What the record gets.
    pub says: Vec<Statement>,
}

/// Works out what a review changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be read or edited, the debt isn't open any more, or the one who acts may not review it.
pub fn review(
    tree: &dyn Tree,
    main: &str,
    request: &Request,
    occasion: &Occasion,
) -> Result<Reviewed, Refusal> {
    let before = load(tree, main, &Ask::Service(request.service.clone()))?;
    let registry = &before.registry;
    let service = registry.services.get(&request.service).ok_or_else(|| gone(request))?;
    let debt = service.debts.iter().find(|debt| is_called(debt, request.debt.as_str()));
    let debt = debt.ok_or_else(|| gone(request))?;
    let (key, new) = match &request.asked {
        Asked::Close => (None, None),
        Asked::Review { key, note } => {
            let key = match key {
                Some(key) => *key,
                None => own_key(registry, service, occasion)?,
            };
            check_reviewer(registry, service, debt, key, occasion)?;
            (Some(key), new_review(registry, debt, key, note, occasion)?)
        }
    };
    let mut reviewed = debt.clone();
    reviewed.reviews.extend(new.clone());
    let moment = Moment::present(occasion.now);
    let settled =
        judge::owed(registry, &request.service, &reviewed, moment).is_some_and(|owed| owed.is_settled());
    let outcome = match (settled, &new, key) {
        (true, _, _) => Outcome::Closed,
        (false, Some(_), _) => Outcome::Reviewed,
        (false, None, Some(_)) => Outcome::Unchanged,
        (false, None, None) => Outcome::Open,
    };
    let file = registry.sources.path(debt.origin);
    let mut editor = Editor::new(tree, main);
    match (outcome, &new) {
        (Outcome::Closed, _) => editor.take_out(&service.name, file, ["debt", debt.id.as_str()])?,
        (_, Some(new)) => {
            let list = ["debt", debt.id.as_str(), "reviews"];
            editor.push_in(&service.name, file, &list, &fields(new)).map(|_| ())?;
        }
        (_, None) => {}
    }
    let changes = editor.finish()?;
    let says = match outcome {
        Outcome::Reviewed | Outcome::Closed => {
            vec![statement(occasion, service, debt, key, new.as_ref(), outcome)]
        }
        Outcome::Unchanged | Outcome::Open => Vec::new(),
    };
    Ok(Reviewed { outcome, key, debt: reviewed, before, changes, says })
}

impl Reviewed {
    /// What is owed for it now.
    pub fn owed(&self, service: &Name, moment: Moment) -> Option<Owed<'_>> {
        judge::owed(&self.before.registry, service, &self.debt, moment)
    }
}

/// Whether a debt has this id; case doesn't count.
pub fn is_called(debt: &Debt, id: &str) -> bool {
    debt.id.as_str().eq_ignore_ascii_case(id)
}

fn gone(request: &Request) -> Refusal {
    unfit(
        format!("no break-glass `{}` of `{}` is open", request.debt, request.service),
        format!("it may be closed by now: `holdpoint log show {}` says by whom", request.service),
    )
}

/// The key of the one team that the reviewer is in.
fn own_key(registry: &Registry, service: &Service, occasion: &Occasion) -> Result<Key, Refusal> {
    member::own_key(registry, service, &occasion.who.by).map_err(|why| {
        unsaid("for which key is it reviewed?", format!("{why}: say --as reliability or --as security"))
    })
}

/// Members of the key's team review; and for security somebody else than the one who broke the glass, as nobody
/// signs for security what they ask for.
fn check_reviewer(
    registry: &Registry,
    service: &Service,
    debt: &Debt,
    key: Key,
    occasion: &Occasion,
) -> Result<(), Refusal> {
    let by = &occasion.who.by;
    member::check(registry, service, key, by).map_err(|of| unfit(of.message, of.hint))?;
    if key == Key::Security && is_same_person(by, &debt.by) {
        let message = format!("{by} broke the glass, and can't review that for security");
        return Err(unfit(
            message,
            "another member of the team reviews it; the reliability key may be one's own",
        ));
    }
    Ok(())
}

/// The review to be added; None: it stands there already.
fn new_review(
    registry: &Registry,
    debt: &Debt,
    key: Key,
    note: &Said,
    occasion: &Occasion,
) -> Result<Option<Review>, Refusal> {
    let by = &occasion.who.by;
    let own = debt.reviews.iter().find(|review| review.key == key && is_same_person(&review.by, by));
    if let Some(own) = own {
        let said = own.note.as_deref().unwrap_or_default();
        if said == note.as_str() {
            return Ok(None);
        }
        let sources = &registry.sources;
        let (file, line) = (sources.path(debt.origin), sources.line(debt.origin));
        let at = format_time(own.at);
        let message =
            format!("{} reviewed it for {key} at {at}: \"{said}\" ({file}:{line}), not \"{note}\"", own.by);
        let hint = "a review isn't rewritten; another member of the team may add one";
        return Err(unfit(message, hint));
    }
    let note = Some(note.as_str().into());
    Ok(Some(Review { key, by: by.clone(), at: occasion.now, note }))
}

/// A review as it is written.
fn fields(review: &Review) -> Fields {
    let mut fields: Fields = vec![
        ("as".into(), Value::from(review.key.word())),
        ("by".into(), Value::from(&*review.by)),
        ("at".into(), Value::Time(review.at)),
    ];
    fields.extend(review.note.as_deref().map(|note| ("note".into(), Value::from(note))));
    fields
}

fn statement(
    occasion: &Occasion,
    service: &Service,
    debt: &Debt,
    key: Option<Key>,
    new: Option<&Review>,
    outcome: Outcome,
) -> Statement {
    let deed = Deed::Reviewed {
        debt: debt.id.as_str().into(),
        key: key.map(|key| key.word().into()),
        note: new.and_then(|review| review.note.clone()),
        closed: outcome == Outcome::Closed,
    };
    Statement {
        environment: Some(debt.environment.as_str().into()),
        movement: Some(Movement {
            kind: debt.kind().word().into(),
            from: debt.from.as_ref().map(|from| from.text.clone()),
            to: debt.to.text.clone(),
        }),
        ..occasion.says(&service.name, deed)
    }
}
