//! A verdict, as the record tells it.

use crate::judge;
use crate::record::{Movement, Reason, Statement};

impl Statement {
    /// The same statement with how the move was judged: the move, the incident, the verdict and all its reasons.
    pub fn judged(mut self, verdict: &judge::Verdict<'_>) -> Statement {
        let movement = &verdict.movement;
        self.environment = movement.environment.as_ref().map(|name| name.as_str().into());
        self.movement = Some(Movement {
            kind: movement.kind.word().into(),
            from: movement.from.as_ref().map(|version| version.text.clone()),
            to: movement.to.text.clone(),
        });
        self.incident = movement.incident.clone();
        self.verdict = Some(verdict.level.word().into());
        self.reasons = verdict.reasons.iter().map(reason).collect();
        self
    }
}

fn reason(reason: &judge::Reason<'_>) -> Reason {
    Reason {
        code: reason.finding.code().word().into(),
        subject: reason.finding.subject().into(),
        level: reason.level.word().into(),
        rule: reason.rule.map(|rule| rule.name.clone()),
        sign_offs: reason.sign_offs.iter().map(|sign_off| sign_off.id.as_str().into()).collect(),
    }
}
