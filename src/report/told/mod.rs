//! The words of an event: what happened, to what, why it matters to who is told, and what can be done now.
//!
//! They are made in this one place for all receivers ([`crate::telling`] has the messages' shape, and what each
//! receiver makes of it). What is said of a line is what the line says; what can be done is worked out on the registry
//! as it is when somebody is told, by the judge. Texts of others are stripped here.

mod fields;
mod flags;
mod moves;
mod passing;
mod places;
mod role;
mod signing;

use serde_json::json;

use self::fields::fields;
use self::role::Role;
use crate::model::{EventKind, Name, Registry, Service, Time, format_time};
use crate::record::{Addressee, Deed, Statement};
use crate::report::{Context, plain};
use crate::telling::{Event, Message, Urgency};

/// What is told of an event, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// How the registry was looked at. Whoever is told has it elsewhere, so commands never name it.
    pub context: Context<'a>,
    /// What happened.
    pub event: &'a Event,
    /// Who is told.
    pub to: &'a Addressee,
    /// The registry as it is now; None: it can't be read.
    pub registry: Option<&'a Registry>,
    /// When it is told.
    pub now: Time,
}

/// The words of one kind of event.
#[derive(Debug, Default)]
struct Words {
    /// What happened, in one sentence.
    sentence: String,
    /// Why it matters to who is told, and what can be done, sentence by sentence.
    more: Vec<String>,
    /// What to type next.
    command: Option<String>,
    /// Names and values that only this kind has.
    fields: Vec<(String, String)>,
    /// Where more can be read.
    link: Option<String>,
}

impl Words {
    fn of(sentence: String) -> Words {
        Words { sentence, ..Words::default() }
    }

    fn field(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.fields.push((name.to_owned(), value));
        }
    }
}

/// The message.
pub fn message(telling: &Telling<'_>) -> Message {
    let telling = Telling { context: Context { named: false, ..telling.context }, ..*telling };
    let teller = Teller { telling, service: service(&telling) };
    let mut words = teller.words();
    words.sentence = plain(&words.sentence).into_owned();
    let paragraph = [&words.sentence].into_iter().chain(&words.more);
    let paragraph = paragraph.map(|sentence| plain(sentence).into_owned()).collect::<Vec<_>>().join(" ");
    let event = telling.event;
    let fields = fields(&teller, std::mem::take(&mut words.fields));
    let data = teller.data();
    Message {
        id: event.id().into(),
        kind: event.kind().word().into(),
        at: event.at(),
        service: Some(event.service().into()),
        environment: event.environment().map(Into::into),
        urgency: teller.urgency(),
        sentence: words.sentence,
        paragraph,
        fields,
        command: words.command,
        link: words.link,
        team: telling.to.team.clone(),
        incident: event.line().and_then(|says| says.incident.clone()),
        subject_key: teller.subject_key().into(),
        resolves: teller.resolves(),
        data,
    }
}

/// A message that only tries whether a receiver takes it.
pub fn test(id: &str, by: &str, at: Time) -> Message {
    let sentence = format!("This is a test of holdpoint, sent by {by} at {} (UTC).", format_time(at));
    let sentence = plain(&sentence).into_owned();
    Message {
        id: id.into(),
        kind: "test".into(),
        at,
        service: None,
        environment: None,
        urgency: Urgency::Info,
        paragraph: format!("{sentence} Nothing has happened, and there is nothing to do."),
        fields: vec![("Sent by".to_owned(), plain(by).into_owned())],
        command: None,
        link: None,
        team: None,
        incident: None,
        subject_key: "test".into(),
        resolves: false,
        data: json!({}),
        sentence,
    }
}

/// The one sentence of an event, for whoever looks by themselves.
pub fn sentence(telling: &Telling<'_>) -> String {
    message(telling).sentence
}

fn service<'a>(telling: &Telling<'a>) -> Option<&'a Service> {
    let name = Name::new(telling.event.service()).ok()?;
    telling.registry?.services.get(&name)
}

/// One event, and one who is told of it.
struct Teller<'a> {
    telling: Telling<'a>,
    service: Option<&'a Service>,
}

impl<'a> Teller<'a> {
    fn words(&self) -> Words {
        match self.telling.event {
            Event::Passing(passing) => self.passing(passing),
            Event::Said(says, kind) => match &says.deed {
                Deed::Flagged { .. } => self.flagged(says),
                Deed::Cleared { .. } => self.cleared(says),
                Deed::SignedOff { .. } => self.signed_off(says),
                Deed::Revoked { .. } => self.revoked(says),
                Deed::Asked { .. } => self.asked(says),
                Deed::BrokeGlass { .. } => self.broke_glass(says),
                Deed::Observed { .. } => self.drifted(says),
                Deed::Checked => self.judged(says),
                _ => self.moved(says, *kind),
            },
        }
    }

    fn role(&self) -> Role {
        Role::of(self.telling.to.team.as_deref(), self.service)
    }

    /// How much it presses: somebody is woken for what holds somebody else up, for a rule that was broken, and for
    /// what is bad and runs.
    fn urgency(&self) -> Urgency {
        let event = self.telling.event;
        match event.kind() {
            EventKind::VerdictHeld | EventKind::SignOffAsked | EventKind::BreakGlassUsed => Urgency::Page,
            EventKind::ReleaseFlagged => match event.line().map(|says| &says.deed) {
                Some(Deed::Flagged { affects, .. }) if !affects.running.is_empty() => Urgency::Page,
                _ => Urgency::Info,
            },
            EventKind::VerdictBlocked
            | EventKind::SignOffRevoked
            | EventKind::SignOffExpiring
            | EventKind::DebtOverdue
            | EventKind::DesertFound
            | EventKind::DriftSeen => Urgency::Warn,
            EventKind::RollbackStarted
            | EventKind::RollbackFinished
            | EventKind::RedeployStarted
            | EventKind::RedeployFinished
            | EventKind::ReleaseCleared
            | EventKind::SignOffGiven => Urgency::Info,
        }
    }

    /// What it is about, so that what ends it can be joined with what began it.
    fn subject_key(&self) -> String {
        let event = self.telling.event;
        let (service, environment) = (event.service(), event.environment().unwrap_or_default());
        let to = |says: &Statement| says.movement.as_ref().map_or(String::new(), |to| to.to.to_string());
        match event {
            Event::Passing(passing) => {
                format!("{}/{service}/{environment}/{}", passing.kind.word(), passing.subject)
            }
            Event::Said(says, _) => match &says.deed {
                Deed::Flagged { flag, .. } | Deed::Cleared { flag, .. } => format!("{service}/{flag}"),
                Deed::BrokeGlass { debt: Some(debt), .. } => format!("{service}/debt/{debt}"),
                Deed::Checked | Deed::SignedOff { .. } | Deed::Revoked { .. } | Deed::Asked { .. } => {
                    format!("{service}/{environment}/to/{}", to(says))
                }
                _ => format!("{service}/{environment}"),
            },
        }
    }

    /// Whether it ends what was raised before.
    fn resolves(&self) -> bool {
        let deed = self.telling.event.line().map(|says| &says.deed);
        matches!(deed, Some(Deed::Cleared { fixed_in: None, .. } | Deed::SignedOff { .. }))
    }

    /// What programs get beside the words: the line, or what time has brought.
    fn data(&self) -> serde_json::Value {
        match self.telling.event {
            Event::Said(says, _) => json!({ "line": says }),
            Event::Passing(passing) => json!({
                "subject": passing.subject,
                "until": passing.until.map(format_time),
            }),
        }
    }
}
