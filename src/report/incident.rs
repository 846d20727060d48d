//! The answer to `incident start` and `incident end`, and its words.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::act::incident::{Left, Outcome, Owed, RolledBack, Written};
use crate::judge::and;
use crate::model::{Name, format_time};
use crate::report::explain::Fact;
use crate::report::{Context, commands};

/// What becomes of an incident.
#[derive(Debug, Clone, Copy)]
pub struct IncidentReport<'a> {
    /// How the registry was looked at; its texts are those that it has afterwards.
    pub context: Context<'a>,
    /// What comes of it.
    pub written: &'a Written,
    /// Whether it is only shown: nothing was written.
    pub dry_run: bool,
}

impl IncidentReport<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.written.outcome, self.dry_run) {
            (Outcome::Started, false) => "STARTED",
            (Outcome::Started, true) => "WOULD START",
            (Outcome::Extended, false) => "EXTENDED",
            (Outcome::Extended, true) => "WOULD EXTEND",
            (Outcome::Ended, false) => "ENDED",
            (Outcome::Ended, true) => "WOULD END",
            (Outcome::Unchanged, _) => "UNCHANGED",
        }
    }

    /// What comes behind the first word: `incident INC-482 (sev1) on checkout: holdpoint.toml:12`.
    pub fn headline(&self) -> String {
        let incident = &self.written.incident;
        let severity = incident.severity.as_ref().map_or(String::new(), |word| format!(" ({word})"));
        // Alerts may be over of which nobody heard before.
        if incident.services.is_empty() {
            return format!("incident {}", incident.id);
        }
        let services = and(incident.services.iter().map(Name::as_str));
        format!("incident {}{severity} on {services}: {}", incident.id, self.place())
    }

    /// Where it stands: `file:line`.
    pub fn place(&self) -> String {
        let (file, line) = &self.written.place;
        format!("{file}:{line}")
    }

    /// How long it lasted; None: it is on.
    pub fn lasted(&self) -> Option<String> {
        let incident = &self.written.incident;
        incident.ended.map(|ended| length(ended - incident.started))
    }

    /// What there is to tell of it.
    pub fn facts(&self) -> Vec<Fact> {
        let (written, incident) = (self.written, &self.written.incident);
        if incident.services.is_empty() {
            return Vec::new();
        }
        let started = format_time(incident.started);
        let time = match (incident.ended, self.lasted()) {
            (Some(ended), Some(lasted)) => format!("{started} to {}: {lasted}", format_time(ended)),
            _ => format!("on since {started}"),
        };
        let extended = written.outcome == Outcome::Extended && !written.added.is_empty();
        let added = extended.then(|| and(written.added.iter().map(Name::as_str)));
        let severity = written.severity_was.as_ref().map(|was| {
            let is = incident.severity.as_deref().unwrap_or("none");
            format!("{is}, was {was}")
        });
        let checks = (incident.ended.is_none() && written.outcome != Outcome::Unchanged).then(|| {
            "checks of these services are made under it from now on; rules can ask for an incident".into()
        });
        let others = written.others.iter().map(|other| {
            let services = and(other.services.iter().map(Name::as_str));
            format!("{} on {services}, since {}", other.id, format_time(other.started))
        });
        let all = [
            ("time", vec![time]),
            ("new", added.into_iter().collect()),
            ("severity", severity.into_iter().collect()),
            ("checks", checks.into_iter().collect()),
            ("also on", others.collect()),
            ("left to do", self.left()),
        ];
        let all = all.into_iter().map(|(label, lines)| Fact { label, lines });
        all.filter(|fact| !fact.lines.is_empty()).collect()
    }

    /// What is left to do, in words.
    fn left(&self) -> Vec<String> {
        let of = |left: &Left| {
            let debts = left.debts.iter().map(|debt| owed(&left.service, debt));
            let rollbacks = left.rollbacks.iter().map(|rollback| rolled_back(&left.service, rollback));
            debts.chain(rollbacks).collect::<Vec<_>>()
        };
        let left: Vec<String> = self.written.left.iter().flat_map(of).collect();
        if left.is_empty() && self.written.outcome == Outcome::Ended && self.written.notes.is_empty() {
            return vec!["nothing: no open break-glass, no rollback without an instability recorded".into()];
        }
        left
    }

    /// What to paste next.
    pub fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        for Left { service, debts, rollbacks } in &self.written.left {
            commands.extend(rollbacks.iter().map(|rollback| {
                let RolledBack { version, flag, unregistered, .. } = rollback;
                commands::flag_unstable(&self.context, service, version, flag, *unregistered)
            }));
            let of = (self.written.left.len() > 1).then_some(service);
            let reviews = debts.iter().flat_map(|debt| debt.wanting.iter().map(move |key| (debt, *key)));
            commands.extend(reviews.map(|(debt, key)| commands::review(&self.context, &debt.debt, key, of)));
        }
        if commands.is_empty() && matches!(self.written.outcome, Outcome::Started | Outcome::Extended) {
            commands.push(commands::status(&self.context, &self.written.incident.services));
        }
        let mut seen = BTreeSet::new();
        commands.retain(|command| seen.insert(command.clone()));
        commands
    }
}

fn owed(service: &Name, owed: &Owed) -> String {
    let what = match &*owed.wanting {
        [] => "is reviewed, and what it left exposed isn't left or accepted yet".to_owned(),
        keys => format!(
            "is to be reviewed by {}, due {}",
            and(keys.iter().map(|key| key.word())),
            format_time(owed.due)
        ),
    };
    format!("{service}: break-glass {} in {} {what}", owed.debt, owed.environment)
}

fn rolled_back(service: &Name, rollback: &RolledBack) -> String {
    let RolledBack { environment, version, left_for, at, .. } = rollback;
    let to = left_for.as_ref().map_or(String::new(), |to| format!(" for {to}"));
    format!(
        "{service}: {version} was left{to} by a rollback in {environment} at {}, and nothing says what is wrong \
         with it",
        format_time(*at)
    )
}

/// `2 h 40 min`, `3 d 4 h`, `12 min`.
fn length(length: TimeDelta) -> String {
    let minutes = length.num_minutes();
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        _ if minutes < 1 => "under a minute".into(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_as_people_tell_them() {
        for (seconds, want) in [
            (59, "under a minute"),
            (60, "1 min"),
            (3_600, "1 h"),
            (9_659, "2 h 40 min"),
            (86_400, "1 d"),
            (273_600, "3 d 4 h"),
        ] {
            assert_eq!(length(TimeDelta::seconds(seconds)), want);
        }
    }
}
