//! `holdpoint notify test`: whether a sink takes something.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::cli::acting::Acting;
use crate::cli::args::{Format, Reports, name};
use crate::cli::exit;
use crate::cli::failure::{Complaint, Refused};
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::cli::telling::{self, Sent};
use crate::cli::write::{duration, refuse_as_of};
use crate::model::{Name, Sink, Sources};
use crate::record::{Occasion, recorded};
use crate::registry::sinks;
use crate::report::notify::{Trial, Trials};
use crate::report::{human, json, markdown, told};
use crate::telling::{Answer, Parcel, pending};

const AFTER: &str = "\
Examples:
  holdpoint notify test                one message to every sink
  holdpoint notify test sec-slack      to one

The message says that it is a test, and who sent it. Nothing is told of any service, and nobody is paged: PagerDuty gets
a change event. A sink that had said it is gone, and takes this, is told again what waits for it.

Exit codes:
  0 all took it · 1 some didn't · 2 wrong usage · 3 could not be done
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, log/
Files that are written:
  log/SERVICE/, only where a sink that was gone is there again";

/// Sends a test message to one sink, or to all.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// The sink; unless given, all of them
    #[arg(value_name = "SINK", value_parser = name)]
    sink: Option<Name>,

    /// How long it may take, all sinks side by side
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    timeout: Duration,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Sends, and reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: a sink is tried now")?;
    let found = Found::by(settings)?;
    let all = sinks(&found.tree(), &found.main)
        .map_err(|error| Complaint::unjudged(error.to_string(), None))?
        .map_err(Refused)?;
    let wanted: Vec<&Sink> = match &args.sink {
        Some(name) => vec![all.get(name).ok_or_else(|| unknown(name, &all))?],
        None => all.values().collect(),
    };
    if wanted.is_empty() {
        let hint = "define one: docs/telling.md shows each kind";
        return Err(Complaint::unjudged("the registry has no `[sink.*]`", Some(hint.into())).into());
    }
    let occasion = args.acting.machines_occasion(&found, settings)?;
    let message = told::test(&occasion.id().to_string(), &occasion.who.by, occasion.now);
    let parcels: Vec<Parcel<'_>> = wanted.iter().map(|sink| Parcel { message: &message, sink }).collect();
    let post = telling::Post::here(&found.folder, settings.moment.now, args.timeout);
    let answers = telling::deliver(&parcels, &post);
    for (sink, answer) in wanted.iter().zip(&answers) {
        come_back(&found, settings, sink, answer, &occasion);
    }
    let trials: Vec<Trial<'_>> =
        wanted.iter().zip(&answers).map(|(sink, answer)| Trial { sink, answer }).collect();
    let none = Sources::default();
    let trials = Trials { context: found.bare(settings, &none), id: &message.id, trials: &trials };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::trials(&trials, look),
        Format::Json => json::trials(&trials),
        Format::Markdown => markdown::trials(&trials, look.detail),
    });
    let arrived = answers.iter().all(|answer| answer.arrived);
    Ok(ExitCode::from(exit::of_question(arrived, delivered)))
}

fn unknown(name: &Name, all: &BTreeMap<Name, Sink>) -> Complaint {
    let known: Vec<String> = all.keys().map(|name| format!("`{name}`")).collect();
    let hint = match known.is_empty() {
        true => format!("define it: `[sink.{name}]`"),
        false => format!("defined: {}", known.join(", ")),
    };
    Complaint::unjudged(format!("no sink `{name}`"), Some(hint))
}

/// Writes down that a sink that was gone took something, in each record that says it is.
fn come_back(found: &Found, settings: &Settings, sink: &Sink, answer: &Answer, occasion: &Occasion) {
    if !answer.arrived {
        return;
    }
    let tree = found.tree();
    let services = recorded(&tree).map(|recorded| recorded.services).unwrap_or_default();
    let gone = |name: &&Name| {
        let outbox = pending(&tree, std::slice::from_ref(name), None).unwrap_or_default();
        outbox.gone.contains_key(sink.name.as_str())
    };
    let services: Vec<Name> = services.iter().filter(gone).cloned().collect();
    if let Some(why) = Sent::came_back(found, settings, sink, answer, &services, occasion) {
        settings.outputs.mutter(&format!("note: it isn't recorded that the sink is there again: {why}\n"));
    }
}
