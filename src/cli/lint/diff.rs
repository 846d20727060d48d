//! `holdpoint lint --diff BASE..HEAD`: what a change of the registry does to verdicts.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::args::Format;
use crate::cli::between::{Between, Range};
use crate::cli::exit;
use crate::cli::failure::Complaint;
use crate::cli::settings::Settings;
use crate::cli::side_by_side::each;
use crate::model::{Name, Sources};
use crate::report::difference::{Compares, Comparing};
use crate::report::{Context, human, json, markdown};
use crate::survey::{Pair, touched};

/// Compares, of the services that the change may concern, those that are wanted; none named: all.
pub(super) fn run(range: &Range, only: &[Name], strict: bool, settings: &Settings) -> Result<ExitCode> {
    let between = Between::open(range, settings)?;
    let (before, after) = between.trees();
    let main = &between.found.main;
    let touched = touched(between.paths.iter().map(String::as_str), main, &before, &after);
    let pair =
        Pair::open(&before, &after, main, settings.moment).map_err(|error| between.found.complaint(error))?;
    if let Some(name) = only.iter().find(|name| !pair.knows(name)) {
        let message = format!("no service `{name}` in either state of the registry");
        return Err(Complaint::unjudged(message, Some("`holdpoint status` lists those of now".into())).into());
    }
    let mut names = pair.names(&touched);
    names.retain(|name| only.is_empty() || only.contains(name));
    let looked = each(
        &names,
        settings,
        || between.trees(),
        |(before, after), name| pair.look(name, &touched, before, after),
    );
    let reviewed = pair.finish(looked);

    let sources = Sources::default();
    let revision = between.after().id.map(str::to_owned).or_else(|| between.found.revision());
    let context = Context { revision: revision.as_deref(), ..between.found.bare(settings, &sources) };
    let comparing = Comparing {
        context,
        what: Compares::Registry,
        before: between.before(),
        after: between.after(),
        reviewed: &reviewed,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::difference(&comparing, look),
        Format::Json => json::difference(&comparing),
        Format::Markdown => markdown::difference(&comparing, look.detail),
    });
    let difference = &reviewed.difference;
    let wrong = !reviewed.mistakes.is_empty() || difference.has_errors();
    let odd = strict && (difference.loosens() || difference.stranded().next().is_some());
    Ok(ExitCode::from(exit::of_lint(wrong, odd, delivered)))
}
