//! What is supposed to be the case beside names: incident, score and age of the flag, the hour, who asks.
//!
//! Whatever one of two rules asks for is once so and once not.

use chrono::TimeDelta;

use crate::model::{Calendar, Condition, IncidentCondition, Name, Rule, Score, Time, Window};

/// One way it could be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Circumstances<'r> {
    /// The incident that is on, and its severity.
    pub incident: Option<(&'r str, Option<&'r str>)>,
    pub score: Option<Score>,
    /// For how long the flag has counted; None: always.
    age: Option<TimeDelta>,
    pub mitigated: bool,
    pub team: Option<&'r Name>,
    pub at: Time,
}

/// An incident of which only is asked whether there is one.
const SOME: &str = "INC";

impl<'r> Circumstances<'r> {
    /// Nothing special.
    pub fn plain(now: Time) -> Circumstances<'r> {
        Circumstances { incident: None, score: None, age: None, mitigated: false, team: None, at: now }
    }

    /// Since when the flag counts; None: always.
    pub fn since(&self) -> Option<Time> {
        self.age.map(|age| self.at.checked_sub_signed(age).unwrap_or(Time::MIN_UTC))
    }

    /// Of what is so of the flag, what these rules look at.
    pub fn tell_flag(&self, rules: &[Option<&Rule>], told: &mut Condition) {
        let all = || rules.iter().flatten().map(|rule| &rule.when);
        let reached = |least: &Score| self.score.is_some_and(|score| score >= *least);
        told.score_at_least = all().filter_map(|when| when.score_at_least).filter(reached).max();
        let outlived = |age: &Window| self.age.is_none_or(|is| is >= age.length());
        told.older_than = all().filter_map(|when| when.older_than).filter(outlived).max();
        told.younger_than = all().filter_map(|when| when.younger_than).filter(|age| !outlived(age)).min();
        told.mitigated = all().any(|when| when.mitigated.is_some()).then_some(self.mitigated);
    }

    /// Of the rest, what these rules look at.
    pub fn tell(&self, rules: &[Option<&Rule>], told: &mut Condition) {
        let all = || rules.iter().flatten().map(|rule| &rule.when);
        if all().any(|when| when.incident.is_some()) {
            told.incident = Some(match self.incident {
                None => IncidentCondition::Any(false),
                Some((SOME, _)) => IncidentCondition::Any(true),
                Some((id, _)) => IncidentCondition::Ids(vec![id.into()]),
            });
        }
        if all().any(|when| !when.incident_severity.is_empty()) {
            let severity = self.incident.and_then(|(_, severity)| severity);
            told.incident_severity = severity.map(Box::from).into_iter().collect();
        }
        told.calendar = all().filter_map(|when| when.calendar.clone()).find(|of| of.holds(self.at));
        if all().any(|when| !when.asked_by.is_empty()) {
            told.asked_by = self.team.cloned().into_iter().collect();
        }
    }
}

/// The ways it could be that matter to one of two conditions.
pub(super) fn circumstances<'r>(
    own: &'r Condition,
    other: &'r Condition,
    now: Time,
) -> Vec<Circumstances<'r>> {
    let both = [own, other];
    let mut ways = vec![Circumstances::plain(now)];
    vary(&mut ways, incidents(both), |way, incident| way.incident = Some(incident));
    let scores = both.into_iter().filter_map(|when| when.score_at_least);
    vary(&mut ways, scores.collect(), |way, score| way.score = Some(score));
    vary(&mut ways, ages(both), |way, age| way.age = Some(age));
    let mitigated = both.into_iter().any(|when| when.mitigated.is_some());
    vary(&mut ways, if mitigated { vec![true] } else { Vec::new() }, |way, yes| way.mitigated = yes);
    let teams = both.into_iter().filter_map(|when| when.asked_by.first());
    vary(&mut ways, teams.collect(), |way, team| way.team = Some(team));
    let calendars = both.into_iter().filter_map(|when| when.calendar.as_ref());
    vary(&mut ways, calendars.filter_map(|of| other_time(of, now)).collect(), |way, at| way.at = at);
    ways
}

/// Adds to each way the same with each of these set.
fn vary<'r, T: Copy>(
    ways: &mut Vec<Circumstances<'r>>,
    values: Vec<T>,
    set: impl Fn(&mut Circumstances<'r>, T),
) {
    let as_it_was = ways.clone();
    for value in values {
        ways.extend(as_it_was.iter().cloned().map(|mut way| {
            set(&mut way, value);
            way
        }));
    }
}

fn incidents(both: [&Condition; 2]) -> Vec<(&str, Option<&str>)> {
    let severity = both.into_iter().find_map(|when| when.incident_severity.first()).map(|word| &**word);
    let mut ids: Vec<&str> = Vec::new();
    for when in both {
        ids.extend(match &when.incident {
            None => (!when.incident_severity.is_empty()).then_some(SOME),
            Some(IncidentCondition::Any(_)) => Some(SOME),
            Some(IncidentCondition::Ids(ids)) => Some(ids.first().map_or(SOME, |id| &**id)),
        });
    }
    let severities = [None].into_iter().chain(severity.map(Some));
    severities.flat_map(|severity| ids.iter().map(move |id| (*id, severity))).collect()
}

/// On the edge of each age, and just below it.
fn ages(both: [&Condition; 2]) -> Vec<TimeDelta> {
    let edges = both.into_iter().flat_map(|when| [when.older_than, when.younger_than]).flatten();
    edges.flat_map(|age| [age.length(), age.length() - TimeDelta::minutes(1)]).collect()
}

/// When it is otherwise than now: while it holds, or while it doesn't.
fn other_time(of: &Calendar, now: Time) -> Option<Time> {
    of.borders(now).into_iter().next()
}
