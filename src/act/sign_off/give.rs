//! Giving a sign-off.

use super::named::Trial;
use super::{Done, Outcome, Refusal, Unnamed, gone, judged, stays, unfit, unsaid};
use crate::act::{Said, member};
use crate::judge::{Along, Moment, Question, Verdict, and};
use crate::model::{
    CLOCK_TOLERANCE, Id, Key, MoveKind, Name, Origin, Registry, Service, SignOff, Time, Window, format_time,
    is_same_person,
};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{Editor, Fields, Spot, Value};
use crate::registry::{Ask, Changed, Loaded, Tree, load};

/// How long a sign-off lasts of which nothing is said, unless policy allows less: one shift has to renew what the
/// one before accepted.
pub const USUAL: Window = Window::hours(4);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which service.
    pub service: Name,
    /// Where.
    pub environment: Name,
    /// Where the move goes, as written.
    pub to: Box<str>,
    /// What the caller says runs there; None: what the registry says.
    pub from: Option<Box<str>>,
    /// For which incident.
    pub incident: Option<Box<str>>,
    /// The subjects to accept.
    pub accepts: Vec<Box<str>>,
    /// The mitigations that are on, as (flag's id, mitigation's id).
    pub with: Vec<(Id, Id)>,
    /// The key to sign for; None: that of the signer's team.
    pub key: Option<Key>,
    /// Who asks for the move; None: nobody said.
    pub asker: Option<Box<str>>,
    /// Why.
    pub reason: Option<Said>,
    /// A ticket.
    pub ticket: Option<Said>,
    /// How long; None: [`USUAL`].
    pub expires: Option<Expiry>,
}

/// Until when a sign-off lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// For so long from now.
    For(Window),
    /// Until then.
    Until(Time),
}

impl Expiry {
    fn end(self, now: Time) -> Time {
        match self {
            Expiry::For(period) => period.after(now),
            Expiry::Until(time) => time,
        }
    }
}

/// Works out a sign-off on the registry as it is. `main` is the name of its main file.
///
/// # Errors
/// When something that is named isn't held, or not for this key to sign; when the signer may not; when it would
/// last too long; when the file can't be edited.
pub fn give(
    tree: &dyn Tree,
    main: &str,
    before: Loaded,
    request: &Request,
    moment: Moment,
    occasion: &Occasion,
) -> Result<Done, Refusal> {
    let signer = Signer::of(&before.registry, request, moment, occasion)?;
    if request.accepts.is_empty() && request.with.is_empty() {
        let (key, question) = (signer.key, signer.question);
        return Err(Refusal::Unnamed(Box::new(Unnamed { before, question, moment, key })));
    }
    let reason = request.reason.as_ref().ok_or_else(|| {
        unsaid(
            "why? a sign-off says it",
            "say it with --reason \"…\": it is kept, and shown wherever it counts",
        )
    })?;
    let ends = signer.ends()?;
    let mut notes = signer.check()?;
    let verdict = judged(&before, &signer.question, moment).ok_or_else(|| gone(&request.service))?;
    if let Some(stands) = signer.standing(&verdict, ends) {
        notes = vec![format!("signed at {} already; a later --expires signs anew", format_time(stands.at))];
        let spot = spot(&before, stands.origin);
        let (sign_off, question) = (stands.clone(), signer.question);
        let (changes, says) = Default::default();
        let outcome = Outcome::Stands;
        return Ok(Done {
            outcome,
            sign_off,
            spot,
            changes,
            says,
            changed: None,
            question,
            moment,
            notes,
            before,
        });
    }
    notes.extend(signer.notes(&verdict));
    let sign_off = signer.draft(occasion, reason, ends);
    let mut editor = Editor::new(tree, main);
    let folder = format!("sign-offs/{}", sign_off.key);
    let spot = editor.add_own(
        &request.service,
        &folder,
        ["sign-off", sign_off.id.as_str()],
        &fields(&request.service, &sign_off),
    )?;
    let changes = editor.finish()?;
    let ask = Ask::Service(request.service.clone());
    let after = load(&Changed { tree, changes: &changes }, main, &ask)?;
    let says = vec![says(&after, &signer, &sign_off, occasion)];
    let (outcome, question) = (Outcome::Signed, signer.question);
    Ok(Done { outcome, sign_off, spot, changes, says, changed: Some(after), question, moment, notes, before })
}

/// Where a sign-off stands already.
pub(super) fn spot(loaded: &Loaded, origin: Origin) -> Spot {
    let sources = &loaded.registry.sources;
    Spot { file: sources.path(origin).to_owned(), line: sources.line(origin) }
}

/// Who signs, and for what.
struct Signer<'a> {
    registry: &'a Registry,
    request: &'a Request,
    question: Question,
    moment: Moment,
    key: Key,
    by: &'a str,
}

impl<'a> Signer<'a> {
    /// The signer, when nothing about the person is against it.
    fn of(
        registry: &'a Registry,
        request: &'a Request,
        moment: Moment,
        occasion: &'a Occasion,
    ) -> Result<Signer<'a>, Refusal> {
        let service = registry.services.get(&request.service).ok_or_else(|| gone(&request.service))?;
        let by = &*occasion.who.by;
        let key = request.key.map_or_else(|| key(registry, service, by), Ok)?;
        member::check(registry, service, key, by)?;
        let asker = request.asker.clone().or_else(|| mover(service, request));
        if let Some(asker) =
            asker.as_deref().filter(|asker| key == Key::Security && is_same_person(asker, by))
        {
            let message = format!(
                "for security nobody signs what they ask for themselves, and {asker} asks for this move"
            );
            let team = service.owners.of(key).map_or("security".to_owned(), ToString::to_string);
            return Err(unfit(message, format!("have somebody else of {team} sign")));
        }
        let place = Question::of_place(&request.service, Some(&request.environment), MoveKind::Rollback);
        let question = Question {
            from: request.from.clone(),
            to: request.to.clone(),
            incident: request.incident.clone(),
            asker,
            along: Along::default(),
            ..place
        };
        Ok(Signer { registry, request, question, moment, key, by })
    }

    /// Until when it lasts.
    fn ends(&self) -> Result<Time, Refusal> {
        let (now, longest) = (self.moment.now, self.registry.policy.sign_off_max);
        let latest = longest.after(now);
        let Some(expires) = self.request.expires else { return Ok(USUAL.after(now).min(latest)) };
        let ends = expires.end(now);
        if ends <= now {
            let message =
                format!("--expires {} lies in the past; it is {}", format_time(ends), format_time(now));
            return Err(unsaid(message, "say how long from now, such as --expires 4h"));
        }
        if ends > latest {
            let message = format!(
                "a sign-off lasts {longest} at most (`policy.sign_off_max`), and this one would last longer"
            );
            return Err(unsaid(
                message,
                format!("the longest is --expires {longest}, until {}", format_time(latest)),
            ));
        }
        Ok(ends)
    }

    /// Holds what is named against the move; gives what is worth a word.
    fn check(&self) -> Result<Vec<String>, Refusal> {
        let with = self.request.with.clone();
        let own = SignOff { with, ..self.blank() };
        Trial::of(self.registry, &self.question, self.moment, own)?.check(&self.request.accepts)
    }

    /// A sign-off of this person and move that accepts nothing yet.
    fn blank(&self) -> SignOff {
        SignOff {
            id: Id::ulid(self.moment.now, 0),
            environment: self.request.environment.clone(),
            to: self.request.to.clone(),
            accepts: Vec::new(),
            with: Vec::new(),
            key: self.key,
            by: self.by.into(),
            known: None,
            asked_by: None,
            silence: None,
            reason: Box::default(),
            ticket: None,
            at: self.moment.now,
            expires: self.registry.policy.sign_off_max.after(self.moment.now),
            revoked: None,
            origin: Origin::default(),
        }
    }

    /// The sign-off as it will be.
    fn draft(&self, occasion: &Occasion, reason: &Said, expires: Time) -> SignOff {
        SignOff {
            id: occasion.id(),
            accepts: once(&self.request.accepts),
            with: once(&self.request.with),
            known: Some(occasion.who.known.word().into()),
            reason: reason.as_str().into(),
            ticket: self.request.ticket.clone().map(Into::into),
            expires,
            ..self.blank()
        }
    }

    /// The same sign-off by the same person that counts already, and for about as long or without an end being asked
    /// for.
    fn standing<'v>(&self, verdict: &Verdict<'v>, ends: Time) -> Option<&'v SignOff> {
        let same = |sign_off: &SignOff| {
            sign_off.key == self.key
                && sign_off.environment == self.request.environment
                && is_same_person(&sign_off.by, self.by)
                && is_same(&sign_off.accepts, &self.request.accepts)
                && is_same(&sign_off.with, &self.request.with)
        };
        let enough = |expires| self.request.expires.is_none() || ends <= CLOCK_TOLERANCE.after(expires);
        let mut given = verdict.given.iter().filter(|given| same(given.sign_off) && enough(given.expires));
        given.next().map(|given| given.sign_off)
    }

    /// What the signer should think of.
    fn notes(&self, verdict: &Verdict<'_>) -> Vec<String> {
        let is_open = self.key == Key::Security && self.question.asker.is_none() && !stays(verdict);
        let somebody = is_open.then(|| {
            "somebody else has to run it: for security nobody signs what they ask for themselves".to_owned()
        });
        somebody.into_iter().chain(self.also()).collect()
    }

    /// Where else it counts: what is said of a group holds for what is in it.
    fn also(&self) -> Option<String> {
        let group = &self.request.environment;
        let is_in = |name: &&Name| *name != group && self.registry.lineage(name).contains(&group);
        let inside: Vec<&str> = self.registry.environments.keys().filter(is_in).map(Name::as_str).collect();
        let are = if inside.len() == 1 { "is" } else { "are" };
        (!inside.is_empty())
            .then(|| format!("it counts in {}, too, which {are} in {group}", and(inside.into_iter())))
    }
}

/// Who has begun this very move.
fn mover(service: &Service, request: &Request) -> Option<Box<str>> {
    let under_way = service.under_way.get(&request.environment)?;
    (under_way.to.text == request.to).then(|| under_way.by.clone())
}

/// The key that the signer's team owns, when it is only one.
fn key(registry: &Registry, service: &Service, by: &str) -> Result<Key, Refusal> {
    member::own_key(registry, service, by).map_err(|why| {
        unsaid("for which key is it signed?", format!("{why}: say --as reliability or --as security"))
    })
}

/// What was said twice counts once.
fn once<T: Clone + PartialEq>(items: &[T]) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    items.iter().for_each(|item| {
        if !kept.contains(item) {
            kept.push(item.clone());
        }
    });
    kept
}

/// Whether two lists hold the same, in any order.
fn is_same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.iter().all(|item| other.contains(item)) && other.iter().all(|item| one.contains(item))
}

/// The mitigations, as a sign-off writes them.
pub(super) fn pairs(with: &[(Id, Id)]) -> Vec<String> {
    with.iter().map(|(flag, id)| format!("{flag}/{id}")).collect()
}

/// The keys with their values, in the order of the format.
pub(in crate::act) fn fields(service: &Name, sign_off: &SignOff) -> Fields {
    let with = pairs(&sign_off.with);
    let all = [
        ("service", Some(Value::from(service.as_str()))),
        ("environment", Some(Value::from(sign_off.environment.as_str()))),
        ("to", Some(Value::from(&*sign_off.to))),
        ("accepts", Some(Value::texts(&sign_off.accepts))),
        ("with", (!with.is_empty()).then(|| Value::texts(with))),
        ("as", Some(Value::from(sign_off.key.word()))),
        ("by", Some(Value::from(&*sign_off.by))),
        ("known", sign_off.known.as_deref().map(Value::from)),
        ("asked_by", sign_off.asked_by.as_deref().map(Value::from)),
        ("rule", sign_off.silence.as_ref().map(|(rule, _)| Value::from(&**rule))),
        ("asked", sign_off.silence.as_ref().map(|(_, asked)| Value::from(*asked))),
        ("reason", Some(Value::from(&*sign_off.reason))),
        ("ticket", sign_off.ticket.as_deref().map(Value::from)),
        ("at", Some(Value::from(sign_off.at))),
        ("expires", Some(Value::from(sign_off.expires))),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// The line of the record, with how the move is judged from now on.
fn says(after: &Loaded, signer: &Signer<'_>, sign_off: &SignOff, occasion: &Occasion) -> Statement {
    let deed = Deed::SignedOff {
        sign_off: sign_off.id.as_str().into(),
        key: sign_off.key.word().into(),
        accepts: sign_off.accepts.clone(),
        with: pairs(&sign_off.with).into_iter().map(Into::into).collect(),
        reason: sign_off.reason.clone(),
        ticket: sign_off.ticket.clone(),
        asked_by: signer.question.asker.clone(),
        expires: format_time(sign_off.expires).into(),
    };
    let statement = occasion.says(&signer.request.service, deed);
    match judged(after, &signer.question, signer.moment) {
        Some(verdict) => statement.judged(&verdict),
        None => statement,
    }
}
