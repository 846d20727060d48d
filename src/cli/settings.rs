//! What the global options mean here and now: the clock, the terminal and the environment, read once.

#![expect(
    clippy::disallowed_methods,
    reason = "a door: it reads the clock, the environment and the terminal"
)]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Result;
use chrono::{SubsecRound, Utc};

use super::args::{Args, Colour, FailOn, Global};
use super::output::Outputs;
use super::publish::Asked;
use crate::judge::Moment;
use crate::model::Time;
use crate::report::human::{Detail, Look};

/// Columns where no terminal says otherwise, and the bounds within which one is believed.
const USUAL_WIDTH: usize = 120;
const NARROWEST: usize = 40;
const WIDEST: usize = 120;

/// The resolved global options.
#[derive(Debug)]
pub(super) struct Settings {
    /// Where the registry is, if that was said, and by which way.
    pub registry: Option<Said>,
    /// Where the working directory is; None when it is gone.
    pub here: Option<PathBuf>,
    /// The moment to judge; `refreshed` is filled in once the registry is loaded.
    pub moment: Moment,
    /// The revision whose registry is looked at, if that was said.
    pub at_revision: Option<String>,
    /// Whether the moment or the revision was given.
    pub simulated: bool,
    /// Where reports go.
    pub outputs: Outputs,
    /// Exit with 0 whatever the verdict is.
    pub report_only: bool,
    /// Exit with 5 on a warning.
    pub fail_on_warn: bool,
    /// How long the command waits for others who write, once it has said so.
    pub patience: OnceLock<Duration>,
    /// How far an act is to go, once the command has said so; a command that never does is none that acts.
    pub publishing: OnceLock<Asked>,
    /// How long telling others of an act may take; filled in by the command.
    pub telling: OnceLock<Duration>,
}

/// Where the registry is, as somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// With `--registry`.
    Option(String),
    /// With `HOLDPOINT_REGISTRY`.
    Variable(String),
}

impl Said {
    /// The path.
    pub fn path(&self) -> &str {
        let (Said::Option(path) | Said::Variable(path)) = self;
        path
    }
}

impl Settings {
    /// Resolves what was typed.
    pub fn resolve(args: &Args) -> Result<Settings> {
        let global = &args.global;
        let (reports, forms) = (args.reports(), args.command.forms());
        let outputs = Outputs::resolve(global.format, &reports, forms, colour(global.color), look(global))?;
        Ok(Settings::with(global, outputs))
    }

    /// What to tell an error with when even the reports could not be resolved.
    pub fn fallback(global: &Global) -> Settings {
        Settings::with(global, Outputs::plain(colour(global.color), look(global)))
    }

    fn with(global: &Global, outputs: Outputs) -> Settings {
        let now = now();
        Settings {
            registry: said(global.registry.clone()),
            here: std::env::current_dir().ok(),
            moment: global.as_of.map_or_else(|| Moment::present(now), Moment::as_of),
            at_revision: global.at_revision.clone(),
            simulated: global.as_of.is_some() || global.at_revision.is_some(),
            outputs,
            report_only: global.report_only,
            fail_on_warn: global.fail_on == Some(FailOn::Warn),
            patience: OnceLock::new(),
            publishing: OnceLock::new(),
            telling: OnceLock::new(),
        }
    }
}

/// Now, in whole seconds, so that `--as-of` with what a report says gives the same answer.
pub(super) fn now() -> Time {
    Utc::now().trunc_subsecs(0)
}

/// Where the registry is: what `--registry` says, else the environment.
pub(super) fn said(option: Option<String>) -> Option<Said> {
    // A path that is no text won't be found, and must not be passed over in silence.
    let text = |path: std::ffi::OsString| path.to_string_lossy().into_owned();
    let variable = || std::env::var_os("HOLDPOINT_REGISTRY").map(text).filter(|path| !path.is_empty());
    option.map(Said::Option).or_else(|| variable().map(Said::Variable))
}

fn colour(colour: Colour) -> anstream::ColorChoice {
    match colour {
        Colour::Auto => anstream::ColorChoice::Auto,
        Colour::Always => anstream::ColorChoice::Always,
        Colour::Never => anstream::ColorChoice::Never,
    }
}

fn look(global: &Global) -> Look {
    let detail = match (global.quiet, global.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Usual,
    };
    Look { width: width(), detail }
}

/// The width that the user set, else the terminal's, else a sensible one.
fn width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal =
        || terminal_size::terminal_size_of(std::io::stdout()).map(|(columns, _)| usize::from(columns.0));
    set.or_else(terminal)
        .filter(|columns| *columns > 0)
        .map_or(USUAL_WIDTH, |columns| columns.clamp(NARROWEST, WIDEST))
}
