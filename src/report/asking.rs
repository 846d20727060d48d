//! The answer to `ask`, and its words.

use std::collections::BTreeMap;

use crate::act::ask::{Asked, Wanted};
use crate::judge::{Advice, and};
use crate::model::{Key, format_time};
use crate::report::{Context, commands, plain, words};

/// What became of asking.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// The verdict when it was asked, with what could be done instead.
    pub advice: &'a Advice<'a>,
    /// What was asked.
    pub asked: &'a Asked,
    /// The branch of each key's question.
    pub branches: &'a BTreeMap<Key, Branch>,
    /// What came of waiting; None: nobody waited.
    pub answer: Option<&'a Answer>,
    /// Whether somebody wants to go on once it may go.
    pub waits: bool,
    /// Whether it was only to be shown.
    pub dry_run: bool,
}

/// The branch whose merging signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branch {
    /// It is published.
    Offered {
        /// Its name.
        branch: String,
        /// On which remote.
        remote: String,
        /// The branch that it is to be merged into.
        into: String,
    },
    /// There is none, and why.
    None(String),
}

/// What came of waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The move may go: these signed.
    Signed {
        /// Who.
        by: Vec<String>,
    },
    /// Nobody answered, and rules let it go on then.
    Silence,
    /// It may go on what is published, which can't be brought here, and why.
    Stuck(String),
    /// Nobody answered.
    None,
}

impl Report<'_> {
    /// Whether it was asked, or needed nobody; with a wait, whether the move may go.
    pub fn is_well(&self) -> bool {
        match (self.answer, self.asked) {
            (Some(Answer::Signed { .. } | Answer::Silence), _) => true,
            (Some(Answer::Stuck(_) | Answer::None), _) | (None, Asked::Hopeless(_)) => false,
            (None, Asked::Asked(_)) => true,
            // What only whoever asks has to sign doesn't go yet, and nobody else is to be waited for.
            (None, Asked::Needless(stand)) => stand.own.is_empty() || !self.waits,
        }
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.answer, self.asked) {
            (Some(Answer::Signed { .. }), _) => "SIGNED",
            (Some(Answer::Silence), _) => "SILENCE",
            (Some(Answer::Stuck(_)), _) => "SIGNED ELSEWHERE",
            (Some(Answer::None), _) => "NO ANSWER",
            (None, Asked::Asked(_)) if self.dry_run => "WOULD ASK",
            (None, Asked::Asked(_)) => "ASKED",
            (None, Asked::Needless(stand)) if stand.own.is_empty() => "NOTHING TO ASK",
            (None, Asked::Needless(_)) => "YOURS TO SIGN",
            (None, Asked::Hopeless(_)) => "BLOCK",
        }
    }

    /// What comes behind it.
    pub fn what(&self) -> String {
        let stand = self.asked.stand();
        let movement = words::movement(&self.advice.verdict);
        if stand.questions.is_empty() {
            return movement;
        }
        let who: Vec<String> = stand.questions.iter().map(whom).collect();
        plain(&format!("{}: {movement}", and(who.iter().map(String::as_str)))).into_owned()
    }

    /// What else there is to say, sentence by sentence.
    pub fn sentences(&self) -> Vec<String> {
        let stand = self.asked.stand();
        let mut out = Vec::new();
        match self.asked {
            Asked::Needless(_) if stand.own.is_empty() => {
                out.push(format!("it is judged {}, so nobody need be asked", stand.level));
            }
            Asked::Needless(_) => {
                let keys: Vec<&str> = stand.own.iter().map(|key| key.word()).collect();
                out.push(format!(
                    "the {} key holds it, and you may sign for that yourself",
                    keys.join(" and ")
                ));
            }
            Asked::Hopeless(_) => {
                out.push("a block can't be signed: take another release, or break the glass".into());
            }
            Asked::Asked(_) => {
                for wanted in &stand.questions {
                    out.push(format!("{} is to accept {}", whom(wanted), wanted.accepts.join(", ")));
                    match self.branches.get(&wanted.key) {
                        Some(Branch::Offered { branch, remote, into }) => out.push(format!(
                            "merging {remote}/{branch} into {into} signs it, by a merge commit"
                        )),
                        Some(Branch::None(why)) => out.push(format!("no branch to merge: {why}")),
                        None => {}
                    }
                    if let Some(silent) = wanted.silent {
                        let rules: Vec<&str> = wanted.rules.iter().map(|rule| &**rule).collect();
                        out.push(format!(
                            "if nobody answers by {}, `run --ask --wait` goes on by {}, and leaves a debt",
                            format_time(silent),
                            and(rules.into_iter())
                        ));
                    }
                }
                if !stand.own.is_empty() {
                    let keys: Vec<&str> = stand.own.iter().map(|key| key.word()).collect();
                    out.push(format!("the {} key is yours to sign, too", keys.join(" and ")));
                }
            }
        }
        match self.answer {
            Some(Answer::Signed { by }) if by.is_empty() => out.push("it may go now".into()),
            Some(Answer::Signed { by }) => {
                out.push(format!("signed by {}: it may go now", and(by.iter().map(String::as_str))));
            }
            Some(Answer::Silence) => {
                out.push("nobody answered, and a rule lets it go on then; each team reviews that".into());
            }
            Some(Answer::Stuck(why)) => out.push(format!("it is signed, and can't be brought here: {why}")),
            Some(Answer::None) => out.push("nobody answered in time; what was asked stays asked".into()),
            None => {}
        }
        out.into_iter().map(|sentence| plain(&sentence).into_owned()).collect()
    }

    /// The commands that sign, one for each key that is wanting.
    pub fn commands(&self) -> Vec<(Key, String)> {
        let stand = self.asked.stand();
        let movement = &self.advice.verdict.movement;
        let of_others = stand.questions.iter().map(|wanted| (wanted.key, texts(&wanted.accepts)));
        let own = stand.own.iter().map(|key| {
            let reasons = self.advice.verdict.reasons.iter();
            let wanting = reasons.filter(|reason| reason.wanting().any(|wanting| wanting == *key));
            (*key, wanting.map(|reason| reason.finding.subject()).collect::<Vec<String>>())
        });
        of_others
            .chain(own)
            .map(|(key, subjects)| {
                (key, commands::sign_off(&self.context, movement, &movement.to.text, key, &subjects, &[]))
            })
            .collect()
    }

    /// What could be done instead, best first.
    pub fn instead(&self) -> Vec<String> {
        let better = self.advice.targets.iter().filter(|target| target.verdict.level.proceeds());
        let words = |target: &crate::judge::Target<'_>| {
            let to = if target.stay { "stay".to_owned() } else { target.verdict.movement.to.to_string() };
            format!("{to} ({}): {}", target.verdict.level, words::target(target))
        };
        better.take(3).map(words).collect()
    }
}

fn texts(list: &[Box<str>]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// `appsec (security)`.
fn whom(wanted: &Wanted) -> String {
    match &wanted.team {
        Some(team) => format!("{team} ({})", wanted.key),
        None => wanted.key.to_string(),
    }
}
