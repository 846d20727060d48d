//! Who was told of an act, and its words.

use crate::judge::and;
use crate::model::Time;
use crate::report::plain;

/// What became of telling others of an act.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notice {
    /// One for each event and sink, those of this act before earlier ones that waited.
    pub told: Vec<Told>,
    /// Why nobody could say who is to be told, or whom a sink is.
    pub trouble: Vec<String>,
    /// Teams that must hear of it, and that no route leads to.
    pub unreachable: Vec<String>,
    /// Why it isn't recorded who was told.
    pub unrecorded: Option<String>,
    /// The command that tells what is left.
    pub next: String,
}

/// One event, told to one sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The event's id.
    pub event: Box<str>,
    /// Its kind: `rollback.started`.
    pub kind: Box<str>,
    /// Of which service.
    pub service: Box<str>,
    /// The team.
    pub team: Option<Box<str>>,
    /// The sink.
    pub sink: Box<str>,
    /// Whether it arrived.
    pub arrived: bool,
    /// What was answered.
    pub answer: Box<str>,
    /// Before when it isn't to be tried again.
    pub not_before: Option<Time>,
    /// Whether the sink said that it is gone.
    pub gone: bool,
    /// Whether it is of an earlier act.
    pub earlier: bool,
}

impl Told {
    /// `appsec by sec-slack`, or the sink alone.
    fn whom(&self) -> String {
        match &self.team {
            Some(team) => format!("{team} by {}", self.sink),
            None => self.sink.to_string(),
        }
    }
}

impl Notice {
    /// Whether everybody who is to be told was.
    pub fn is_well(&self) -> bool {
        self.told.iter().all(|told| told.arrived)
            && self.trouble.is_empty()
            && self.unreachable.is_empty()
            && self.unrecorded.is_none()
    }

    /// Whether something is left that the command would tell.
    pub fn has_left(&self) -> bool {
        !self.trouble.is_empty() || self.told.iter().any(|told| !told.arrived)
    }

    /// What there is to say, sentence by sentence.
    pub fn sentences(&self) -> Vec<String> {
        let mut out = Vec::new();
        let (own, earlier): (Vec<&Told>, Vec<&Told>) = self.told.iter().partition(|told| !told.earlier);
        let mut whom: Vec<String> = Vec::new();
        for told in own.iter().filter(|told| told.arrived) {
            if !whom.contains(&told.whom()) {
                whom.push(told.whom());
            }
        }
        if !whom.is_empty() {
            out.push(format!("told {}", and(whom.iter().map(String::as_str))));
        }
        for told in own.iter().filter(|told| !told.arrived) {
            let gone = if told.gone { "; the sink takes nothing any more" } else { "" };
            out.push(format!("NOT TOLD {}: {}{gone} ({})", told.whom(), told.answer, told.kind));
        }
        let (arrived, left): (Vec<&&Told>, Vec<&&Told>) = earlier.iter().partition(|told| told.arrived);
        if !earlier.is_empty() {
            let left =
                if left.is_empty() { String::new() } else { format!(", {} still waiting", left.len()) };
            out.push(format!("of what waited from before, {} told{left}", arrived.len()));
        }
        out.extend(self.trouble.iter().cloned());
        if !self.unreachable.is_empty() {
            let teams = and(self.unreachable.iter().map(String::as_str));
            out.push(format!(
                "NOT TOLD {teams}: no route leads there; tell them yourself, and add a `[[notify]]`"
            ));
        }
        out.extend(self.unrecorded.iter().map(|why| format!("it isn't recorded who was told: {why}")));
        out.into_iter().map(|sentence| plain(&sentence).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sink: &str, arrived: bool, earlier: bool) -> Told {
        Told {
            event: "E".into(),
            kind: "rollback.started".into(),
            service: "checkout".into(),
            team: Some("appsec".into()),
            sink: sink.into(),
            arrived,
            answer: if arrived { "204".into() } else { "connection\u{1b}[2J refused".into() },
            not_before: None,
            gone: false,
            earlier,
        }
    }

    #[test]
    fn it_says_who_was_told_and_who_was_not() {
        let notice = Notice {
            told: vec![told("chat", true, false), told("mail", false, false), told("chat", false, true)],
            unreachable: vec!["sre".into()],
            ..Notice::default()
        };
        assert_eq!(
            notice.sentences(),
            [
                "told appsec by chat",
                "NOT TOLD appsec by mail: connection[2J refused (rollback.started)",
                "of what waited from before, 0 told, 1 still waiting",
                "NOT TOLD sre: no route leads there; tell them yourself, and add a `[[notify]]`",
            ]
        );
        assert!(!notice.is_well() && notice.has_left());
        let well =
            Notice { told: vec![told("chat", true, false), told("chat", true, false)], ..Notice::default() };
        assert_eq!((well.sentences(), well.is_well()), (vec!["told appsec by chat".to_owned()], true));
    }
}
