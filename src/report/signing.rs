//! The answer to `sign-off` and `sign-off revoke`, and its words.

use crate::act::sign_off::{Done, Outcome, stays};
use crate::judge::{Move, Reason, Verdict, and};
use crate::model::{Key, Level, SignOff, format_time};
use crate::report::{Context, Wanted, commands, words};

/// What becomes of a sign-off.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// How the registry was looked at; its texts are those that it has afterwards.
    pub context: Context<'a>,
    /// What comes of it.
    pub done: &'a Done,
    /// How the move was judged.
    pub before: &'a Verdict<'a>,
    /// How it is judged from now on.
    pub after: &'a Verdict<'a>,
    /// Whether it is only shown: nothing was written.
    pub dry_run: bool,
}

/// What is to be done now.
#[derive(Debug)]
pub enum After {
    /// Nothing that this act leads to.
    Nothing,
    /// The move may go: a command to paste.
    Run(String),
    /// Somebody else has to sign as well: who, and the command for them.
    Sign(Vec<(String, String)>),
    /// No signature opens what is left.
    Shut(String),
}

impl Signing<'_> {
    /// The sign-off.
    pub fn sign_off(&self) -> &SignOff {
        &self.done.sign_off
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.done.outcome, self.dry_run) {
            (Outcome::Signed, false) => "SIGNED",
            (Outcome::Signed, true) => "WOULD SIGN",
            (Outcome::Stands, _) => "UNCHANGED",
            (Outcome::Revoked, false) => "REVOKED",
            (Outcome::Revoked, true) => "WOULD REVOKE",
            (Outcome::Gone, _) => "UNCHANGED",
        }
    }

    /// What comes behind it: `as security for rollback checkout 2.4.1 -> 2.3.0 in prod`.
    pub fn headline(&self) -> String {
        let (key, movement) = (self.sign_off().key, words::movement(self.after));
        match self.done.outcome {
            Outcome::Signed => format!("as {key} for {movement}"),
            Outcome::Stands | Outcome::Revoked | Outcome::Gone => {
                format!("{}, signed as {key} for {movement}", self.sign_off().id)
            }
        }
    }

    /// What the sign-off says, each with its label.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let sign_off = self.sign_off();
        let with: Vec<String> = sign_off.with.iter().map(|(flag, id)| format!("{flag}/{id}")).collect();
        let list = |items: Vec<&str>| (!items.is_empty()).then(|| and(items.into_iter()));
        let by = format!("{} (known from {})", sign_off.by, words::known(sign_off));
        let revoked = sign_off.revoked.as_ref().map(|revoked| {
            let by = revoked.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
            format!("{}{by}: {}", format_time(revoked.at), revoked.reason)
        });
        let all = [
            ("accepts", list(sign_off.accepts.iter().map(|subject| &**subject).collect())),
            ("with", list(with.iter().map(String::as_str).collect())),
            ("by", Some(by)),
            ("reason", Some(sign_off.reason.to_string())),
            ("ticket", sign_off.ticket.as_ref().map(ToString::to_string)),
            ("until", Some(format_time(sign_off.expires))),
            ("revoked", revoked),
            ("id", Some(sign_off.id.to_string())),
            ("stands", Some(format!("{}:{}", self.done.spot.file, self.done.spot.line))),
        ];
        all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
    }

    /// The verdict before, and from now on, when that is another one.
    pub fn verdicts(&self) -> Vec<(&'static str, &Verdict<'_>)> {
        match self.done.outcome {
            Outcome::Signed | Outcome::Revoked => vec![("before", self.before), ("after", self.after)],
            Outcome::Stands | Outcome::Gone => vec![("verdict", self.after)],
        }
    }

    /// What to do now.
    pub fn next(&self) -> After {
        let (verdict, movement) = (self.after, &self.after.movement);
        let gave = matches!(self.done.outcome, Outcome::Signed | Outcome::Stands);
        match verdict.level {
            _ if !gave || self.dry_run => After::Nothing,
            Level::Allow | Level::Warn if stays(verdict) => After::Nothing,
            Level::Allow | Level::Warn => {
                After::Run(commands::run(&self.context, movement, &movement.to.text))
            }
            Level::Hold => {
                let wanted = Wanted::of(verdict);
                let signers =
                    wanted.iter().map(|one| (words::signer(movement, one), self.command(movement, one)));
                After::Sign(signers.collect())
            }
            Level::Block => {
                let blocks: Vec<&Reason> =
                    verdict.reasons.iter().filter(|of| of.level == Level::Block).collect();
                let what = words::joined(&words::brief(verdict, &blocks));
                After::Shut(format!("it stays blocked, which no sign-off opens: {what}"))
            }
        }
    }

    fn command(&self, movement: &Move, wanted: &Wanted) -> String {
        commands::sign_off(
            &self.context,
            movement,
            &movement.to.text,
            wanted.key,
            &wanted.subjects,
            &wanted.with,
        )
    }
}

/// What could be named for a key, with the command that names it; or that nothing can, and why.
pub fn could_be_named(context: &Context, verdict: &Verdict, key: Key) -> String {
    let movement = &verdict.movement;
    let blocked = verdict.level == Level::Block;
    let wanted = if blocked { Wanted::mitigated(verdict) } else { Wanted::of(verdict) };
    let Some(wanted) = wanted.into_iter().find(|wanted| wanted.key == key) else {
        let why = match verdict.level {
            Level::Allow | Level::Warn => format!("the move may go as it is ({})", verdict.level),
            Level::Hold => format!("{} must sign", and(verdict.needed().into_iter().map(Key::word))),
            Level::Block => "it is blocked, and a block can't be signed off".to_owned(),
        };
        return format!("nothing is held for {key}: {why}");
    };
    let is_named = |reason: &&Reason| {
        !reason.level.proceeds() && wanted.subjects.iter().any(|subject| reason.finding.is_subject(subject))
    };
    let named = verdict.reasons.iter().filter(is_named);
    let named: Vec<String> =
        named.map(|reason| format!("{} ({})", reason.finding.subject(), reason.finding.message())).collect();
    let what = match wanted.with.is_empty() {
        true => format!("held for {key}: {}", named.join("; ")),
        false => {
            format!("blocked; held for {key} once {} is on: {}", wanted.with.join(", "), named.join("; "))
        }
    };
    let command =
        commands::sign_off(context, movement, &movement.to.text, key, &wanted.subjects, &wanted.with);
    format!("{what}. To accept: {command}")
}
