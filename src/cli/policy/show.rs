//! `holdpoint policy show`: the rules in force, in their order.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::args::{Format, Reports, name};
use crate::cli::settings::Settings;
use crate::cli::{environment, exit, registry};
use crate::judge;
use crate::model::{Condition, Name, Registry, Service};
use crate::report::policy::InForce;
use crate::report::{Context, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint policy show
  holdpoint policy show --for checkout --env prod
  holdpoint policy show --format json

Exit codes:
  0 answered · 2 wrong usage · 3 the registry can't be read, or no such service or environment

Files that are read:
  holdpoint.toml, advisories/, instabilities/; with --for also services/SERVICE/; with --env alone, where no
  environment is declared, all of services/";

/// The rules in force, in their order, with the file and line of each; then the shipped defaults.
///
/// With --for and --env, rules that can never match there are left out and counted.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Only the rules that can match for this service
    #[arg(long = "for", value_name = "SERVICE", value_parser = name)]
    service: Option<Name>,

    /// Only the rules that can match in this environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Shows the policy.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.service {
        Some(service) => {
            let opened = registry::open(settings, service)?;
            let of = opened.registry.services.get(service);
            if let (Some(of), Some(env)) = (of, &args.env) {
                environment::choose(&opened.registry, of, Some(env))?;
            }
            show(args, settings, &opened.registry, of, opened.context(settings))
        }
        None => {
            let opened = registry::open_whole(settings)?;
            let loaded = opened.shared()?;
            if let Some(env) = &args.env {
                environment::check(&opened, &loaded.registry, env, settings)?;
            }
            let context = opened.context(settings, &loaded.registry.sources, &loaded.warnings);
            show(args, settings, &loaded.registry, None, context)
        }
    }
}

fn show(
    args: &Args,
    settings: &Settings,
    registry: &Registry,
    service: Option<&Service>,
    context: Context,
) -> Result<ExitCode> {
    let environment = args.env.as_ref();
    let could_match = |when: &Condition| judge::could_match(registry, when, service, environment);
    let all = registry.rules.iter().enumerate().map(|(index, rule)| (index + 1, rule));
    let rules: Vec<_> = all.filter(|(_, rule)| could_match(&rule.when)).collect();
    let policy = InForce {
        context,
        service: args.service.as_ref(),
        environment,
        policy: &registry.policy,
        freezes: registry.freezes.iter().filter(|of| could_match(&of.when)).collect(),
        left_out: registry.rules.len() - rules.len(),
        rules,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::policy(&policy, look),
        Format::Json => json::policy(&policy),
        Format::Markdown => markdown::policy(&policy, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}
