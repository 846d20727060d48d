//! What is asked of `run`, and where: the move, the command, the registry.

use std::ffi::{OsStr, OsString};

use anyhow::Result;

use super::Args;
use crate::act::movement::Going;
use crate::cli::check;
use crate::cli::environment;
use crate::cli::failure::Complaint;
use crate::cli::publish::fresh;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::judge::{self, Along, Moment, Question};
use crate::model::{MoveKind, Name};
use crate::registry::{Ask, LoadError, Loaded, load};
use crate::report::commands;

/// A move that is asked for, and where it is to be made.
pub(super) struct Ground<'a> {
    pub args: &'a Args,
    pub settings: &'a Settings,
    pub found: &'a Found,
    /// The move; its environment is settled.
    pub question: Question,
    /// When it is judged.
    pub moment: Moment,
    /// The command, as it is shown and recorded.
    pub words: Vec<String>,
    /// What was understood.
    pub notes: Vec<String>,
}

impl<'a> Ground<'a> {
    /// Settles what is asked: where, and with which command.
    ///
    /// # Errors
    /// When there is no command, no such service or environment, or a mistake that no break-glass goes on against.
    pub fn of(args: &'a Args, settings: &'a Settings, found: &'a Found) -> Result<Ground<'a>> {
        let loaded = load(&found.tree(), &found.main, &Ask::Service(args.service.clone()));
        let question = Question {
            service: args.service.clone(),
            environment: args.env.clone(),
            from: args.from.clone(),
            to: args.version.clone(),
            asked: MoveKind::Rollback,
            incident: args.incident.clone(),
            asker: None,
            along: Along::default(),
        };
        let words = args.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let (moment, notes) = (settings.moment, Vec::new());
        let mut ground = Ground { args, settings, found, question, moment, words, notes };
        ground.notes.extend(fresh::notes(found));
        let known = match loaded {
            Ok(loaded) => ground.settle(&loaded),
            Err(LoadError::Mistakes(_)) if args.break_glass().is_some() => ground.need_environment(),
            Err(error) => Err(found.complaint(error)),
        };
        match args.command.is_empty() {
            true => Err(ground.commandless(known.is_ok()).into()),
            false => known.map(|()| ground),
        }
    }

    /// Settles the environment, and says what was left out of account.
    fn settle(&mut self, loaded: &Loaded) -> Result<()> {
        let service = loaded.registry.services.get(&self.args.service);
        let service = service.ok_or_else(|| check::gone(&self.args.service))?;
        let (environment, note) = environment::to_write(&loaded.registry, service, self.args.env.as_ref())?;
        self.question.environment = Some(environment);
        self.notes.extend(note);
        if loaded.registry.policy.max_age.is_some() {
            self.moment.refreshed = self.found.refreshed();
        }
        let moment = self.moment;
        let verdict = judge::judge(&loaded.registry, &self.question, moment);
        let named = self.args.incident.as_deref();
        self.notes
            .extend(verdict.and_then(|verdict| {
                check::left_out_of(named, (&loaded.registry, moment), &verdict.movement)
            }));
        Ok(())
    }

    fn need_environment(&self) -> Result<()> {
        let missing =
            || Complaint::usage("which environment? the registry can't be read", "name it: --env prod");
        self.question.environment.as_ref().map(|_| ()).ok_or_else(|| missing().into())
    }

    /// That there is no command, with the service's own one where that is known.
    fn commandless(&self, known: bool) -> Complaint {
        let (question, found) = (&self.question, self.found);
        let ask = Ask::Service(question.service.clone());
        let loaded = known.then(|| load(&found.tree(), &found.main, &ask).ok()).flatten();
        let deploy = loaded.as_ref().and_then(|loaded| {
            let verdict = judge::judge(&loaded.registry, question, self.moment)?;
            Some(commands::run(&found.context(self.settings, loaded, None), &verdict.movement, &question.to))
        });
        let hint = deploy.unwrap_or_else(|| {
            format!(
                "holdpoint run {} {} … -- <your command>",
                question.service,
                commands::quoted(&question.to)
            )
        });
        Complaint::usage("no command: it stands behind `--`", &hint)
    }

    /// The program and its arguments.
    pub fn command(&self) -> (&'a OsStr, &'a [OsString]) {
        let command = self.args.command.split_first();
        command.map_or((OsStr::new(""), &[]), |(name, arguments)| (name, arguments))
    }

    /// The move, with what goes on against its verdict.
    pub fn going(&self) -> Going<'_> {
        let (break_glass, strict) = (self.args.break_glass(), self.settings.fail_on_warn);
        Going { question: &self.question, moment: self.moment, break_glass, strict }
    }

    /// The environment, which is settled.
    pub fn environment(&self) -> Result<&Name> {
        let missing = || Complaint::usage("which environment?", "name it: --env prod");
        Ok(self.question.environment.as_ref().ok_or_else(missing)?)
    }
}
