//! One message for one receiver, and what became of it.

use crate::model::{Sink, plain};
use crate::telling::Message;

/// The longest answer that is kept, in characters.
const LONGEST: usize = 200;
/// What receivers answer that want nothing more, ever.
const GONE: u16 = 410;

/// One message for one receiver.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// What is to be told.
    pub message: &'a Message,
    /// Whom.
    pub sink: &'a Sink,
}

/// What became of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the receiver has it.
    pub arrived: bool,
    /// What the receiver said, or why it didn't: short, printable, and without any secret.
    pub answer: String,
    /// In how many seconds it may be tried again, as the receiver asked.
    pub retry_after: Option<u64>,
    /// Whether the receiver wants nothing more, ever (410).
    pub gone: bool,
}

impl Answer {
    /// That it arrived.
    pub fn arrived(answer: impl Into<String>) -> Answer {
        Answer { arrived: true, answer: answer.into(), retry_after: None, gone: false }
    }

    /// That it didn't, and may be tried again.
    pub fn failed(answer: impl Into<String>) -> Answer {
        Answer { arrived: false, ..Answer::arrived(answer) }
    }

    /// What a status means, with what else the receiver said.
    pub fn of_status(status: u16, says: &str, retry_after: Option<u64>) -> Answer {
        let arrived = (200..300).contains(&status);
        let what = match status {
            300..400 => " (it points elsewhere, and nothing is sent there)",
            GONE => " (it wants nothing more)",
            _ => "",
        };
        let says = plain(says);
        let answer = if says.trim().is_empty() {
            format!("{status}{what}")
        } else {
            format!("{status}{what}: {says}")
        };
        Answer { arrived, answer, retry_after: retry_after.filter(|_| !arrived), gone: status == GONE }
    }

    /// The same on one short line, without any of these secrets.
    #[must_use]
    pub fn without(self, secrets: &[String]) -> Answer {
        let mut answer = plain(&self.answer).trim().to_owned();
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            answer = answer.replace(&**secret, "…");
        }
        if answer.chars().nth(LONGEST).is_some() {
            answer = answer.chars().take(LONGEST - 1).chain(['…']).collect();
        }
        Answer { answer, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_it_arrived_and_what_to_do() {
        for (status, says, after, arrived, answer, retry, gone) in [
            (200, "", None, true, "200", None, false),
            (202, "ok", Some(9), true, "202: ok", None, false),
            (301, "", None, false, "301 (it points elsewhere, and nothing is sent there)", None, false),
            (404, "no_service", None, false, "404: no_service", None, false),
            (410, "", None, false, "410 (it wants nothing more)", None, true),
            (429, "", Some(30), false, "429", Some(30), false),
            (500, "a\r\n\u{1b}[2Jb", None, false, "500: a [2Jb", None, false),
        ] {
            let got = Answer::of_status(status, says, after);
            let want = Answer { arrived, answer: answer.into(), retry_after: retry, gone };
            assert_eq!(got, want);
        }
    }

    #[test]
    fn an_answer_is_short_and_tells_no_secret() {
        let secrets = ["T00/B11".to_owned(), String::new()];
        let answer = Answer::failed("no hook T00/B11\nhere").without(&secrets).answer;
        assert_eq!(answer, "no hook … here");
        assert_eq!(Answer::failed("x".repeat(999)).without(&secrets).answer.chars().count(), 200);
    }
}
