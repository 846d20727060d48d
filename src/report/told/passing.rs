//! What only time brings.

use super::{Teller, Words};
use crate::judge::{Moment, WayBack, overview};
use crate::model::{EventKind, Name, format_time};
use crate::report::commands::quoted;
use crate::report::words::deciding;
use crate::telling::Passing;

impl Teller<'_> {
    pub(super) fn passing(&self, passing: &Passing) -> Words {
        match passing.kind {
            EventKind::SignOffExpiring => self.expiring(passing),
            EventKind::DebtOverdue => self.overdue(passing),
            _ => self.desert(passing),
        }
    }

    /// What runs stands on a sign-off that is about to end.
    fn expiring(&self, passing: &Passing) -> Words {
        let Passing { service, environment, subject, until, .. } = passing;
        let runs = self.runs(environment);
        let when = match until {
            Some(end) if *end > self.telling.now => format!("ends at {} (UTC)", format_time(*end)),
            Some(end) => format!("ended at {} (UTC)", format_time(*end)),
            None => "has ended".into(),
        };
        let mut words = Words::of(format!(
            "The acceptance by which {runs} runs of {service} in {environment} ({subject}) {when}."
        ));
        words.more.push(
            "Leave that release, or accept it again; after that, moves to other exposed releases are held."
                .into(),
        );
        words.field("Accepted by", &**subject);
        words.field("Ends", until.map(format_time).unwrap_or_default());
        words.command = Some(self.command("targets", "", Some(environment.as_str())));
        words
    }

    /// A break-glass isn't reviewed in time.
    fn overdue(&self, passing: &Passing) -> Words {
        let Passing { service, environment, subject, until, .. } = passing;
        let due = until.map_or(String::new(), |due| format!(", due at {} (UTC)", format_time(due)));
        let mut words = Words::of(format!(
            "The break-glass {subject} of {service} in {environment} isn't reviewed yet{due}."
        ));
        let key = match self.role() {
            super::Role::Owns(key) => key.word(),
            super::Role::Any => "<reliability or security>",
        };
        let review = format!("holdpoint review {} --as {key} --note \"<what was found>\"", quoted(subject));
        words.more.push(format!("Each team looks back at it once: `{review}`."));
        words.field("Debt", &**subject);
        words.field("Due", until.map(format_time).unwrap_or_default());
        words.command = Some(review);
        words
    }

    /// An environment has no safe way back.
    fn desert(&self, passing: &Passing) -> Words {
        let Passing { service, environment, .. } = passing;
        let runs = self.runs(environment);
        let mut words = Words::of(format!(
            "{service} in {environment} has no safe way back from {runs}: a rollback of it would be held or blocked."
        ));
        if let Some(least) = self.least_bad(environment) {
            words.more.push(format!("The least bad is {least}."));
            words.field("Least bad", least);
        }
        words.more.push("Make one before it is needed: mend what holds the nearest older release, or build one that nothing holds.".into());
        words.command = Some(self.command("targets", "", Some(environment.as_str())));
        words
    }

    /// What runs there, in words.
    fn runs(&self, environment: &Name) -> String {
        let running = self.service.and_then(|service| service.running.get(environment));
        let texts: Vec<String> = running.into_iter().flatten().map(ToString::to_string).collect();
        if texts.is_empty() { "what".into() } else { texts.join(" and ") }
    }

    /// The least bad way back.
    fn least_bad(&self, environment: &Name) -> Option<String> {
        let (registry, service) = (self.telling.registry?, self.service?);
        let moment = Moment::present(self.telling.now);
        let overview = overview(registry, &service.name, Some(environment), moment)?;
        let WayBack::Desert(verdict) = &overview.way_back else { return None };
        let why = deciding(verdict).join(", ");
        Some(format!("{} ({}: {why})", verdict.movement.to, verdict.level))
    }
}
