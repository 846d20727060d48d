//! What `record rollback` and `record redeploy` do: judge, write, report.

use std::process::ExitCode;

use anyhow::Result;

use crate::act::movement::{self, Act, Going, Judged, Record};
use crate::act::{Said, said};
use crate::cli::acting::Acting;
use crate::cli::args::{Format, incident, moment, name, version};
use crate::cli::check;
use crate::cli::environment;
use crate::cli::exit;
use crate::cli::failure::Complaint;
use crate::cli::publish::{Acted, fresh};
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::cli::write::{self, carry_out, refuse_as_of, refused};
use crate::judge::{self, Along, Moment, Question};
use crate::model::{MoveKind, Name, Sources, Time};
use crate::record::{Deeds, Occasion, Statement, Writes};
use crate::registry::{Ask, LoadError, Loaded, Tree, load};
use crate::report::record::{Done, Outcome, Record as Report};
use crate::report::{Answer, Glass, all_the_same, human, json, markdown, proposals};

/// What both say of a move.
#[derive(Debug, clap::Args)]
pub(super) struct Moved {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The release that it went to
    #[arg(value_parser = version)]
    version: Box<str>,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// What ran there before, when the registry doesn't know or is behind
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from: Option<Box<str>>,

    /// When it was made: RFC 3339 with an offset, or a date (its beginning, UTC); just now, unless given
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Time>,

    /// Your own name for this move, such as a pipeline's number: said again with the same, nothing happens
    #[arg(long, value_name = "KEY", value_parser = said)]
    key: Option<Said>,

    /// The incident that it was for, of those that are on for the service; rules can ask for it
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    /// It was made whatever the verdict is, and this is why
    #[arg(long, value_name = "REASON", value_parser = said)]
    break_glass: Option<Said>,

    /// Only shows the verdict and what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,
}

/// The rest of the help of both.
macro_rules! after_help_of_moves {
    () => {
        "
The move is judged by the registry as it is now; --at only says when it was made. Where it would be stopped, nothing
is written: say with --break-glass why it was made all the same, which leaves a debt that both teams review, or leave
the move aside and say what runs: `holdpoint observe`. The kind is taken from the versions where they can be compared.

Was the release seen there before the move is recorded (`observe` came first), it is judged as it was before. Where
something runs since later than --at, the record gets its line, and what runs is left as it stands.

--report-only and --dry-run write nothing; --dry-run keeps the verdict's exit code.

Exit codes:
  0 recorded, or recorded already under the same --key · 1 block · 2 wrong usage · 3 could not judge, or not record
  4 hold · 5 warn, only with --fail-on warn: nothing is written then

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/; with --key log/SERVICE/
Files that are written:
  log/SERVICE/; the one that holds `running` and `ran` of the service, else services/SERVICE/running.toml;
  with --break-glass services/SERVICE/debts/, or holdpoint.toml"
    };
}
pub(super) use after_help_of_moves;

/// What came of it, with what was understood.
struct Told {
    question: Question,
    moment: Moment,
    record: Record,
    notes: Vec<String>,
}

impl Deeds for Told {
    fn writes(&self) -> Writes<'_> {
        self.record.writes()
    }

    fn says_mut(&mut self) -> &mut [Statement] {
        self.record.says_mut()
    }
}

/// Judges, writes and reports.
pub(super) fn run(args: &Moved, asked: MoveKind, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out; `--at` says when the move was made")?;
    let found = Found::by(settings)?;
    let occasion = args.acting.occasion(&found, settings)?;
    let fresh = fresh::notes(&found);
    let dry_run = args.dry_run || settings.report_only;
    let act =
        |tree: &dyn Tree, main: &str, on: &Occasion| args.act(asked, settings, &found, on, (tree, main));
    let acted = carry_out(&found, settings, dry_run, &occasion, act)?;
    let told = &acted.value;
    let delivered = tell(args, &acted, settings, &found, dry_run, &fresh);
    Ok(ExitCode::from(match &told.record {
        Record::Stopped(stopped) => exit::of_verdict(stopped.level, settings, delivered),
        Record::Done(_) => exit::of_answer(write::delivered(delivered, !dry_run, settings)),
        Record::Again(_) => exit::of_answer(delivered),
    }))
}

impl Moved {
    fn break_glass(&self) -> Option<&str> {
        self.break_glass.as_ref().map(Said::as_str)
    }

    /// Works out what it changes, on the registry as it is.
    fn act(
        &self,
        asked: MoveKind,
        settings: &Settings,
        found: &Found,
        occasion: &Occasion,
        (tree, main): (&dyn Tree, &str),
    ) -> Result<Told> {
        let mut question = Question {
            service: self.service.clone(),
            environment: self.env.clone(),
            from: self.from.clone(),
            to: self.version.clone(),
            asked,
            incident: self.incident.clone(),
            asker: Some(occasion.who.by.clone()),
            along: Along::default(),
        };
        let (mut moment, mut notes) = (settings.moment, Vec::new());
        match load(tree, main, &Ask::Service(self.service.clone())) {
            Ok(loaded) => {
                if loaded.registry.policy.max_age.is_some() {
                    moment.refreshed = found.refreshed();
                }
                self.settle(&loaded, &mut question, moment, &mut notes)?;
            }
            Err(LoadError::Mistakes(_)) if self.break_glass.is_some() && self.env.is_some() => {}
            Err(LoadError::Mistakes(_)) if self.break_glass.is_some() => {
                let message = "which environment? the registry can't be read";
                return Err(Complaint::usage(message, "name it: --env prod").into());
            }
            Err(error) => return Err(found.complaint(error)),
        }
        let (break_glass, strict) = (self.break_glass(), settings.fail_on_warn);
        let going = Going { question: &question, moment, break_glass, strict };
        let act = Act { going, moved: self.at, key: self.key.as_ref().map(Said::as_str) };
        let record =
            movement::record(tree, main, act, occasion).map_err(|refusal| refused(refusal, found))?;
        Ok(Told { question, moment, record, notes })
    }

    /// Settles the environment, and says what was left out of account.
    fn settle(
        &self,
        loaded: &Loaded,
        question: &mut Question,
        moment: Moment,
        notes: &mut Vec<String>,
    ) -> Result<()> {
        let service = loaded.registry.services.get(&self.service);
        let service = service.ok_or_else(|| check::gone(&self.service))?;
        let (environment, note) = environment::to_write(&loaded.registry, service, self.env.as_ref())?;
        question.environment = Some(environment);
        notes.extend(note);
        let verdict = judge::judge(&loaded.registry, question, moment);
        let left_out = verdict.and_then(|verdict| {
            check::left_out_of(self.incident.as_deref(), (&loaded.registry, moment), &verdict.movement)
        });
        notes.extend(left_out);
        Ok(())
    }
}

/// Reports what came of it. False: something could not be delivered.
fn tell(
    args: &Moved,
    acted: &Acted<Told>,
    settings: &Settings,
    found: &Found,
    dry_run: bool,
    fresh: &[String],
) -> bool {
    let (told, revision, none) = (&acted.value, found.revision(), Sources::default());
    let (question, bare) = (&told.question, found.bare(settings, &none));
    let loaded = match &told.record {
        Record::Done(recorded) => recorded.judged.before(),
        Record::Again(repeated) => Some(&repeated.before),
        Record::Stopped(stopped) => Some(&stopped.before),
    };
    let advice = loaded.and_then(|loaded| judge::advise(&loaded.registry, question, told.moment));
    let answer = loaded.zip(advice.as_ref()).map(|(loaded, advice)| Answer {
        context: found.context(settings, loaded, revision.as_deref()),
        advice,
        notes: &[],
    });
    let next = match (&told.record, &question.environment) {
        (Record::Done(recorded), Some(environment)) => {
            proposals(&bare, &question.service, environment, &recorded.next)
        }
        (Record::Stopped(stopped), Some(environment)) => {
            all_the_same(&bare, question, environment, stopped.compromised, args.at)
        }
        _ => Vec::new(),
    };
    let (mut notes, mut glass, mut mistakes) = (told.notes.clone(), None, None);
    notes.extend(fresh.iter().cloned());
    let outcome = match &told.record {
        Record::Stopped(stopped) => {
            Outcome::Stopped { compromised: stopped.compromised && args.break_glass.is_some() }
        }
        Record::Again(repeated) => Outcome::Again(&repeated.line),
        Record::Done(recorded) => {
            notes.extend(recorded.notes.iter().cloned());
            if let Judged::Not(list) = &recorded.judged {
                mistakes = Some(list);
            }
            glass = recorded.broken.as_ref().zip(args.break_glass()).map(|(broken, reason)| Glass {
                reason,
                debt: broken.debt.as_ref().map(|id| id.as_str()),
                subjects: &broken.subjects,
                due: broken.due,
            });
            let line = recorded.says.last().map(|line| &*line.id);
            let ended = recorded.ended.as_ref();
            Outcome::Done(Done { place: &recorded.place, changes: &recorded.changes, line, ended, dry_run })
        }
    };
    let report = Report {
        context: bare.reached(acted.published.as_ref()).told(acted.notice.as_ref()),
        question,
        answer,
        mistakes,
        glass,
        outcome,
        moved: args.at,
        proposals: &next,
        notes: &notes,
    };
    settings.outputs.write(|format, look| match format {
        Format::Human => human::record(&report, look),
        Format::Json => json::record(&report),
        Format::Markdown => markdown::record(&report, look.detail),
    })
}
