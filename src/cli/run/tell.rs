//! Telling what became of a `run`: people on standard error, programs in the reports that were asked for.

use std::process::ExitCode;

use super::ground::Ground;
use crate::cli::args::Format;
use crate::judge;
use crate::registry::{Loaded, Mistakes};
use crate::report::{Answer, Glass, Notice, Outcome, Published, Run, human, json, markdown};

/// What is to be told.
pub(super) struct Told<'a> {
    /// The registry by which it was judged; None: it could not be.
    pub loaded: Option<&'a Loaded>,
    pub mistakes: Option<&'a Mistakes>,
    pub glass: Option<Glass<'a>>,
    pub outcome: Outcome<'a>,
    pub notes: &'a [String],
    /// How far what is recorded got on its way to others.
    pub published: Option<&'a Published>,
    /// Who was told.
    pub notice: Option<&'a Notice>,
}

impl<'a> Told<'a> {
    /// What is told of a move that nobody broke the glass for.
    pub fn of(loaded: Option<&'a Loaded>, outcome: Outcome<'a>, notes: &'a [String]) -> Told<'a> {
        Told { loaded, mistakes: None, glass: None, outcome, notes, published: None, notice: None }
    }
}

impl Ground<'_> {
    /// Makes the report, with the verdict and what could be done instead.
    pub fn tell<R>(&self, told: Told<'_>, write: impl FnOnce(&Run) -> R) -> R {
        let revision = self.found.revision();
        let (question, moment) = (&self.question, self.moment);
        let advice = told.loaded.and_then(|loaded| judge::advise(&loaded.registry, question, moment));
        let answer = told.loaded.zip(advice.as_ref()).map(|(loaded, advice)| Answer {
            context: self.found.context(self.settings, loaded, revision.as_deref()),
            advice,
            notes: &[],
        });
        write(&Run {
            registry: self.found.path(),
            question,
            answer,
            mistakes: told.mistakes,
            command: &self.words,
            glass: told.glass,
            outcome: told.outcome,
            notes: told.notes,
            published: told.published,
            notice: told.notice,
            at: moment.now,
        })
    }
}

/// Writes the reports that were asked for; the one for people goes to standard error by itself.
pub(super) fn deliver(ground: &Ground, run: &Run) -> bool {
    ground.settings.outputs.write_beside(|format, look| match format {
        Format::Human => human::run(run, look),
        Format::Json => json::run(run),
        Format::Markdown => markdown::run(run, look.detail),
    })
}

/// Tells that nothing was started, and why; `code` takes whether every report was delivered.
pub(super) fn refuse(ground: &Ground, told: Told<'_>, code: impl FnOnce(bool) -> u8) -> ExitCode {
    let outputs = &ground.settings.outputs;
    ground.tell(told, |run| {
        outputs.mutter(&human::going(run, outputs.look));
        ExitCode::from(code(deliver(ground, run)))
    })
}
