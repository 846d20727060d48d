//! Handing messages to those whom they are for.
//!
//! [`deliver`] hands over parcels, all receivers side by side, within one budget of time, and says what became of each.
//! It never fails as a whole: whatever is wrong with a receiver is that one's answer. What didn't arrive is for whoever
//! keeps what waits. A parcel without an answer may have arrived all the same; handed over again, it has the same id.

#![expect(
    clippy::disallowed_methods,
    reason = "a door: secrets are read from the environment and from files, and time is counted"
)]

mod beside;
mod goods;
mod secret;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::model::{Sink, SinkKind, Time};
use crate::telling::{Answer, Parcel};
use goods::{Goods, Packer};

/// The name of the helper that sends by HTTP.
const HELPER: &str = "holdpoint-send";

/// Where and when parcels are handed over.
#[derive(Debug, Clone)]
pub struct Post<'a> {
    /// The folder of the registry: paths of sinks are relative to it, and their commands run there.
    pub folder: &'a Path,
    /// The helper that sends by HTTP.
    pub helper: Option<PathBuf>,
    /// The time that each attempt bears.
    pub now: Time,
    /// How long is waited for all receivers together.
    pub budget: Duration,
}

impl<'a> Post<'a> {
    /// From this program, with the helper that is installed beside it.
    pub fn here(folder: &'a Path, now: Time, budget: Duration) -> Post<'a> {
        // Whoever is found by a link has the helper beside what it leads to.
        let own = std::env::current_exe().map(|own| own.canonicalize().unwrap_or(own));
        let name = format!("{HELPER}{}", std::env::consts::EXE_SUFFIX);
        let helper = own.ok().map(|own| own.with_file_name(name));
        Post { folder, helper, now, budget }
    }
}

/// Hands over parcels; gives an answer for each, in their order.
///
/// What goes to the same receiver goes one behind the other, so that an alert is raised before it is resolved.
pub fn deliver(parcels: &[Parcel<'_>], post: &Post<'_>) -> Vec<Answer> {
    // Programs run there, and their paths begin there: a relative one would be walked twice.
    let folder =
        std::path::absolute(Path::new(".").join(post.folder)).unwrap_or_else(|_| post.folder.to_owned());
    let post = &Post { folder: &folder, ..post.clone() };
    let mut packer = Packer::new(post);
    let packed: Vec<Result<Goods, String>> = parcels.iter().map(|parcel| packer.pack(parcel)).collect();
    let mut answers: Vec<Option<Answer>> =
        packed.iter().map(|packed| packed.as_ref().err().map(|why| Answer::failed(why.clone()))).collect();
    let goods = packed.into_iter().enumerate().filter_map(|(at, packed)| Some((at, packed.ok()?)));
    for (at, answer) in beside::hand_over(goods.collect(), post, packer.variables(), Instant::now()) {
        if let Some(known) = answers.get_mut(at) {
            *known = Some(answer);
        }
    }
    let none = || Answer::failed(no_answer(post.budget));
    let secrets = packer.secrets();
    answers.into_iter().map(|answer| answer.unwrap_or_else(none).without(secrets)).collect()
}

/// Why a sink's secrets can't be had; None: they can, or it has none. What they are isn't said.
pub(in crate::cli) fn missing(sink: &Sink, folder: &Path) -> Option<String> {
    let secrets = match &sink.kind {
        SinkKind::Webhook { url, secret, .. } => [Some(url), secret.as_ref()],
        SinkKind::Slack { url, .. } => [Some(url), None],
        SinkKind::PagerDuty { key, .. } => [Some(key), None],
        SinkKind::Command { .. } | SinkKind::Email { .. } | SinkKind::File { .. } => [None, None],
    };
    secrets.into_iter().flatten().find_map(|of| secret::read(of, folder).err())
}

/// That there was no answer in so much time.
fn no_answer(budget: Duration) -> String {
    match budget.as_millis() {
        whole if whole % 1000 == 0 => format!("no answer within {} s", whole / 1000),
        part => format!("no answer within {part} ms"),
    }
}
