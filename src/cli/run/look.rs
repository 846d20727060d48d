//! Behind the command: what runs now, as `--observe` sees it.

use super::Args;
use super::begin::Begun;
use super::ground::Ground;
use crate::child::{self, End, Ended, Minded};
use crate::import::sight::{self, ImportError, MAX_DOCUMENT, Observation, Wanted};
use crate::model::Service;

/// What was seen, or why nothing was; neither, when nobody was to look.
#[derive(Default)]
pub(super) struct Seen {
    pub observation: Option<Observation>,
    pub trouble: Option<String>,
}

/// Looks, if that was asked for and the command was started. Nothing that goes wrong with it loses the record.
pub(super) fn look(
    ground: &Ground,
    begun: &Begun,
    ended: &Ended,
    variables: &[(&'static str, String)],
    minded: &mut Minded,
) -> Seen {
    let Some(line) = &ground.args.observe else { return Seen::default() };
    if matches!(ended.end, End::NotStarted { .. }) {
        return Seen::default();
    }
    let before = begun.started.judged.before();
    let service = before.and_then(|before| before.registry.services.get(&ground.question.service));
    let seen = service.ok_or_else(|| "the registry can't be read".to_owned()).and_then(|service| {
        let bytes = child::listen(line, variables, MAX_DOCUMENT as u64, minded)?;
        read(&bytes, ground.args, service).map_err(|error| {
            let hint = error.hint.map_or(String::new(), |hint| format!(" ({hint})"));
            format!("{}{hint}", error.message)
        })
    });
    match seen {
        Ok(observation) => Seen { observation: Some(observation), trouble: None },
        Err(why) => Seen { observation: None, trouble: Some(format!("--observe: {why}")) },
    }
}

fn read(bytes: &[u8], args: &Args, service: &Service) -> Result<Observation, ImportError> {
    let wanted = Wanted {
        service,
        namespaces: &args.namespace,
        helm_release: args.helm_release.as_deref(),
        helm_version: args.helm_version.map(Into::into),
    };
    sight::read(sight::detect(bytes)?, bytes, wanted)
}
