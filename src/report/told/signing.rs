//! Acceptances: that one is asked for, given, taken back; and that somebody went ahead without.

use super::places::{moving, occasion};
use super::{Teller, Words};
use crate::judge::{Reason, Verdict};
use crate::model::{Key, Level, MoveKind};
use crate::record::{Deed, Statement};
use crate::report::commands::{self, quoted};
use crate::report::words::{self, some};
use crate::telling::passed_over;

impl Teller<'_> {
    /// The command by which a key accepts what holds a move.
    pub(super) fn sign_off(&self, verdict: &Verdict<'_>, key: Key) -> String {
        let movement = &verdict.movement;
        let held = |reason: &&Reason<'_>| reason.level == Level::Hold && reason.signers.keys().contains(&key);
        let mut subjects: Vec<String> =
            verdict.reasons.iter().filter(held).map(|reason| reason.finding.subject()).collect();
        subjects.dedup();
        commands::sign_off(&self.telling.context, movement, &movement.to.text, key, &subjects, &[])
    }

    /// A team is asked to sign.
    pub(super) fn asked(&self, says: &Statement) -> Words {
        let Deed::Asked { ask, key, accepts, reason, ticket, branch, silent } = &says.deed else {
            return Words::default();
        };
        let sentence = format!(
            "{} asks {key} to accept {} for {}: {reason}; asked at {} (UTC).",
            says.by,
            some(accepts),
            moving(says),
            crate::model::format_time(says.at)
        );
        let mut words = Words::of(sentence);
        words.field("Subjects", accepts.join(", "));
        words.field("Reason", &**reason);
        words.field("Ticket", ticket.as_deref().unwrap_or_default());
        let (Some(movement), Some(environment)) = (&says.movement, says.environment.as_deref()) else {
            return words;
        };
        let asked = if &*movement.kind == "rollback" { MoveKind::Rollback } else { MoveKind::Redeploy };
        let key = Key::ALL.into_iter().find(|own| own.word() == &**key);
        if let Some((advice, key)) = self.advice(environment, &movement.to, asked).zip(key) {
            let verdict = &advice.verdict;
            words.field("Verdict", verdict.level.word());
            for reason in verdict.reasons.iter().filter(|reason| !reason.level.proceeds()) {
                words.more.push(format!("{}: {}.", reason.level, reason.finding.message()));
            }
            if !verdict.changes.closed.is_empty() {
                words.more.push(format!("It leaves {}.", words::ids(&verdict.changes.closed)));
            }
            words.command = Some(self.sign_off(verdict, key));
        }
        if let Some(command) = &words.command {
            words.more.push(format!("To accept it: `{command}`."));
        }
        if let Some(branch) = branch {
            words.more.push(format!(
                "Or merge the branch `{branch}`, which holds just that sign-off ({ask}): merging it signs."
            ));
            words.field("Branch", &**branch);
        }
        if let Some(safe) = self.safe(environment, &movement.to, None) {
            words.more.push(format!("Instead of that, it could go to {}.", safe.words));
            words.field("Safe target", safe.words);
        }
        if let Some(time) = silent {
            words.more.push(format!("If nobody answers by {time} (UTC), a rule agreed on beforehand lets it go on, and leaves a debt."));
            words.field("Goes on at", &**time);
        }
        words
    }

    /// A team signed.
    pub(super) fn signed_off(&self, says: &Statement) -> Words {
        let Deed::SignedOff { sign_off, key, accepts, reason, ticket, expires, .. } = &says.deed else {
            return Words::default();
        };
        let sentence = format!(
            "{} accepted {} as {key} for {} until {expires} (UTC): {reason}.",
            says.by,
            some(accepts),
            moving(says)
        );
        let mut words = Words::of(sentence);
        words.field("Sign-off", &**sign_off);
        words.field("Subjects", accepts.join(", "));
        words.field("Expires", &**expires);
        words.field("Ticket", ticket.as_deref().unwrap_or_default());
        words.more.push(format!(
            "To take it back: `holdpoint sign-off revoke {} --reason \"<why>\"`.",
            quoted(sign_off)
        ));
        let check = says.movement.as_ref().map(|movement| {
            self.command(
                &format!("{}-check", movement.kind),
                &quoted(&movement.to),
                says.environment.as_deref(),
            )
        });
        words.command = check;
        words
    }

    /// A sign-off was taken back.
    pub(super) fn revoked(&self, says: &Statement) -> Words {
        let Deed::Revoked { sign_off, key, reason } = &says.deed else { return Words::default() };
        let sentence = format!(
            "The sign-off {sign_off} ({key}) for {} was taken back: {reason}; {}.",
            moving(says),
            occasion(says)
        );
        let mut words = Words::of(sentence);
        words.more.push("What it let go is held again; what runs by it runs without an acceptance.".into());
        words.field("Sign-off", &**sign_off);
        words.command = Some(self.command("status", "", says.environment.as_deref()));
        words
    }

    /// Somebody went ahead against the verdict.
    pub(super) fn broke_glass(&self, says: &Statement) -> Words {
        let Deed::BrokeGlass { debt, reason, subjects, unjudged, due } = &says.deed else {
            return Words::default();
        };
        let verdict = says.verdict.as_deref().unwrap_or("could not be judged");
        let sentence = format!(
            "{} goes ahead against the verdict ({verdict}) with {}: {reason}; {}.",
            says.by,
            moving(says),
            occasion(says)
        );
        let mut words = Words::of(sentence);
        if unjudged.is_empty() {
            words.more.push(format!("Passed over: {}.", some(subjects)));
        } else {
            words.more.push(format!("The registry could not be read: {}.", some(unjudged)));
        }
        let keys = passed_over(says);
        let keys: Vec<&str> = keys.iter().map(|key| key.word()).collect();
        words
            .more
            .push(format!("The key that was passed over: {}.", crate::judge::and(keys.iter().copied())));
        words.field("Verdict", verdict);
        words.field("Subjects", subjects.join(", "));
        words.field("Reason", &**reason);
        words.field("Due", due.as_deref().unwrap_or_default());
        match debt {
            Some(debt) => {
                let key = keys.first().copied().unwrap_or("security");
                let review =
                    format!("holdpoint review {} --as {key} --note \"<what was found>\"", quoted(debt));
                words.more.push(format!("It leaves the debt {debt}, which each team reviews: `{review}`."));
                words.field("Debt", &**debt);
                words.command = Some(review);
            }
            None => words.command = Some(self.command("status", "", says.environment.as_deref())),
        }
        words
    }
}
