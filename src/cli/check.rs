//! What both checks do: load, judge, record it if that is wanted, report, exit.

use std::process::ExitCode;

use anyhow::Result;

use super::acting::Acting;
use super::args::{Format, incident, name, version};
use super::environment;
use super::exit;
use super::failure::{Complaint, brief};
use super::publish::{Act, Way, carry_on};
use super::registry::{self, Found, Opened};
use super::settings::Settings;
use super::telling;
use super::write::refuse_as_of;
use crate::judge::{self, Along, Moment, Move, Question, Verdict};
use crate::model::{MoveKind, Name, Registry};
use crate::record::{Deed, Deeds, Occasion, Statement, Writes};
use crate::registry::{Changes, Tree};
use crate::report::{Answer, Notice, human, json, markdown};

/// How many incidents a note names.
const LISTED: usize = 3;

/// What both checks are asked.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The release to go to
    #[arg(value_parser = version)]
    version: Option<Box<str>>,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// What runs there, when the registry doesn't know or is behind
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from: Option<Box<str>>,

    /// The incident that it is for, of those that are on for the service; rules can ask for it
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,
}

impl Check {
    /// The service.
    pub fn service(&self) -> &Name {
        &self.service
    }
}

/// What a check can leave behind.
#[derive(Debug, clap::Args)]
pub(super) struct Recording {
    /// Writes a line into the record: what was asked, and how it was judged
    #[arg(long)]
    record: bool,

    #[command(flatten)]
    acting: Acting,
}

/// Who records a verdict, and where.
pub(super) struct Recorder {
    found: Found,
    occasion: Occasion,
}

impl Recording {
    /// What it takes to record; None: that isn't wanted, and nothing was done for it.
    fn recorder(&self, settings: &Settings) -> Result<Option<Recorder>> {
        if !self.record {
            let said = self.acting.is_said();
            let needless =
                || Complaint::usage("--by is for the record, and nothing is recorded", "add --record");
            return if said { Err(needless().into()) } else { Ok(None) };
        }
        refuse_as_of(settings, "leave out --record to look at another time")?;
        self.taken(settings).map(Some)
    }

    /// The same where whoever asks is named for the judgement as well, which doesn't look at another time.
    pub fn recorder_of_asker(&self, settings: &Settings) -> Result<Option<Recorder>> {
        self.record.then(|| self.taken(settings)).transpose()
    }

    fn taken(&self, settings: &Settings) -> Result<Recorder> {
        let found = Found::by(settings)?;
        let occasion = self.acting.occasion(&found, settings)?;
        Ok(Recorder { found, occasion })
    }

    /// Who asks, where that is known.
    pub fn asker(&self) -> Option<Box<str>> {
        self.acting.asker()
    }
}

impl Recorder {
    /// Writes the line; the note says that it stands. False: it could not be written, which is said, also on
    /// standard error.
    fn record(&self, verdict: &Verdict<'_>, settings: &Settings, notes: &mut Vec<String>) -> bool {
        self.record_all(&[verdict], settings, notes)
    }

    /// The same for several, each in its service's record.
    pub fn record_all(
        &self,
        verdicts: &[&Verdict<'_>],
        settings: &Settings,
        notes: &mut Vec<String>,
    ) -> bool {
        let says = |verdict: &&Verdict<'_>| {
            self.occasion.says(&verdict.movement.service.name, Deed::Checked).judged(verdict)
        };
        let lines = Lines { says: verdicts.iter().map(says).collect(), none: Changes::new() };
        // What was answered was answered, whatever others have published meanwhile.
        let act = |_: &dyn Tree, _: &str, _: &Occasion| Ok(lines.clone());
        let act = Act { act: &act, occasion: &self.occasion };
        match carry_on(&self.found, settings, &act, Way { at_most: None, stands: true }) {
            Ok(acted) => {
                let recorded = |says: &Statement| format!("recorded as {} in log/{}", says.id, says.service);
                notes.extend(lines.says.iter().map(recorded));
                let notice = telling::tell(&self.found, settings, acted.value.writes().says, &self.occasion);
                notes.extend(acted.published.map(|published| published.sentence()));
                notes.extend(notice.iter().flat_map(Notice::sentences));
                true
            }
            Err(error) => {
                let (why, hint) = brief(&error);
                let message = format!("the check is not recorded: {why}");
                settings.outputs.mutter(&human::failure(&message, hint.as_deref()));
                notes.push(message);
                false
            }
        }
    }
}

/// The lines of a check.
#[derive(Clone)]
struct Lines {
    says: Vec<Statement>,
    /// It changes no file.
    none: Changes,
}

impl Deeds for Lines {
    fn writes(&self) -> Writes<'_> {
        Writes { changes: &self.none, says: &self.says }
    }

    fn says_mut(&mut self) -> &mut [Statement] {
        &mut self.says
    }
}

/// Loads what the check needs, judges, reports, and answers with the verdict's exit code.
pub(super) fn run(
    check: &Check,
    recording: &Recording,
    asked: MoveKind,
    settings: &Settings,
) -> Result<ExitCode> {
    let recorder = recording.recorder(settings)?;
    let opened = registry::open(settings, &check.service)?;
    let mut notes = Vec::new();
    let question = question(check, asked, &opened, &mut notes)?;
    let advice =
        judge::advise(&opened.registry, &question, opened.moment).ok_or_else(|| gone(&check.service))?;
    notes.extend(understood_otherwise(asked, &advice.verdict.movement));
    notes.extend(left_out(check, &opened, &advice.verdict.movement));

    let recorded = recorder.is_none_or(|recorder| recorder.record(&advice.verdict, settings, &mut notes));

    let answer = Answer { context: opened.context(settings), advice: &advice, notes: &notes };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::verdict(&answer, look),
        Format::Json => json::verdict(&answer),
        Format::Markdown => markdown::verdict(&answer, look.detail),
    });
    let code = exit::of_verdict(advice.verdict.level, settings, delivered && recorded);
    // The process ends here: freeing thousands of small texts one by one would be for nothing.
    std::mem::forget(advice);
    std::mem::forget(opened);
    Ok(ExitCode::from(code))
}

/// The question that was asked, and what had to be filled in.
pub(super) fn question(
    check: &Check,
    asked: MoveKind,
    opened: &Opened,
    notes: &mut Vec<String>,
) -> Result<Question> {
    let service = opened.registry.services.get(&check.service).ok_or_else(|| gone(&check.service))?;
    let environment = environment::choose(&opened.registry, service, check.env.as_ref())?;
    let mut question = Question {
        service: check.service.clone(),
        environment,
        from: check.from.clone(),
        to: check.version.clone().unwrap_or_default(),
        asked,
        incident: check.incident.clone(),
        asker: None,
        along: Along::default(),
    };
    if check.version.is_none() {
        let (to, note) = match asked {
            MoveKind::Rollback => before(opened, &question)?,
            MoveKind::Redeploy => again(opened, &question)?,
        };
        question.to = to;
        notes.push(note);
    }
    Ok(question)
}

/// The release that a rollback without a version goes to.
fn before(opened: &Opened, question: &Question) -> Result<(Box<str>, String)> {
    let Some(previous) = judge::previous(&opened.registry, question, opened.moment) else {
        return Err(nameless(question, "nothing older is known").into());
    };
    let what = if previous.ran { "the release that ran here before" } else { "the next older release" };
    Ok((previous.version.text.clone(), format!("no version was given: this is {what}")))
}

/// The release that a redeploy without a version goes to: what runs, again.
fn again(opened: &Opened, question: &Question) -> Result<(Box<str>, String)> {
    let verdict = judge::judge(&opened.registry, question, opened.moment);
    let Some(from) = verdict.and_then(|verdict| verdict.movement.from) else {
        return Err(nameless(question, "nobody knows what runs").into());
    };
    Ok((from.text, "no version was given: this is a restart of what runs".into()))
}

/// No version was given, and none can be found.
fn nameless(question: &Question, why: &str) -> Complaint {
    let place = question.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    let message = format!("no version was given, and {why} of `{}`{place}", question.service);
    let hint = format!("name it: `holdpoint {}-check {} VERSION`", question.asked, question.service);
    Complaint::unjudged(message, Some(hint))
}

/// That the move isn't of the kind that it was taken for.
fn understood_otherwise(asked: MoveKind, movement: &Move) -> Option<String> {
    if movement.kind == asked {
        return None;
    }
    let (kind, to) = (movement.kind, &movement.to);
    let why = match &movement.from {
        None => "nothing is known to run here".into(),
        Some(from) if from.text == to.text => format!("{to} is what runs"),
        Some(from) if to.is_older_than(from) => format!("{to} is older than {from}"),
        Some(from) if from.is_older_than(to) => format!("{to} is newer than {from}"),
        Some(from) => format!("{to} is not older than {from}"),
    };
    Some(format!("{why}: this is a {kind}, and is judged as one"))
}

/// That the incident that was named isn't the one that the move was judged under.
///
/// A made-up word must not open a rule, so the judge passes it over; whoever mistyped it has to hear that.
pub(super) fn left_out(check: &Check, opened: &Opened, movement: &Move) -> Option<String> {
    left_out_of(check.incident.as_deref(), (&opened.registry, opened.moment), movement)
}

/// The same for whoever has no check.
pub(super) fn left_out_of(
    named: Option<&str>,
    (registry, moment): (&Registry, Moment),
    movement: &Move,
) -> Option<String> {
    let named = named.filter(|named| movement.incident.as_deref() != Some(named))?;
    let service = &movement.service.name;
    let on = judge::incidents_on(registry, service, moment);
    let mut on: Vec<&str> = on.map(|incident| incident.id.as_str()).collect();
    on.sort_by_key(|id| strsim::damerau_levenshtein(named, id));
    let on: Vec<String> = on.into_iter().take(LISTED).map(|id| format!("`{id}`")).collect();
    let what = match (&*on, movement.incident.as_deref()) {
        ([_, _, ..], Some(current)) => format!("; on are {}, of which `{current}` counts", on.join(", ")),
        (_, Some(current)) => format!("; `{current}` is on, and counts"),
        (_, None) => String::new(),
    };
    Some(format!("no incident `{named}` is on for {service}: it is left out of account{what}"))
}

/// The loader gives the service or an error; this is for the compiler.
pub(super) fn gone(service: &Name) -> Complaint {
    Complaint::unjudged(format!("no service `{service}`"), None)
}
