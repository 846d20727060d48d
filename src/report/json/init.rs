//! `holdpoint/init/v1`: a registry that was laid, or would be.

use serde::Serialize;

use super::{sentence, text};
use crate::model::format_time;
use crate::report::{Laid, Source};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/init/v1";

#[derive(Serialize)]
struct Init<'a> {
    schema: &'static str,
    folder: &'a str,
    dry_run: bool,
    service: &'a str,
    files: Vec<File<'a>>,
    /// None: the releases are examples.
    tags: Option<Tags<'a>>,
    notes: Vec<String>,
    next: Vec<Command>,
}

/// A file of the layout, or CODEOWNERS in the root of the repository around it.
#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    /// Whether it is one of the new ones.
    written: bool,
    /// Whether `path` begins at the repository's root, and not in the folder.
    in_repository: bool,
    /// What belongs into it and isn't there.
    add: &'a [String],
}

#[derive(Serialize)]
struct Tags<'a> {
    repository: &'a str,
    order: &'static str,
    order_guessed: bool,
    versions: usize,
    placed: Vec<Placed>,
    prefixes: &'a [String],
    releases: Vec<Release<'a>>,
    odd: Vec<Odd<'a>>,
}

#[derive(Serialize)]
struct Placed {
    order: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct Release<'a> {
    version: &'a str,
    tag: &'a str,
    released: Option<String>,
    commit: &'a str,
}

#[derive(Serialize)]
struct Odd<'a> {
    tag: &'a str,
    code: &'static str,
    why: String,
}

#[derive(Serialize)]
struct Command {
    command: String,
    about: String,
    exit: Option<u8>,
}

/// Writes what was laid.
pub fn init(laid: &Laid) -> String {
    let new = laid.plan.sheets.iter().map(|sheet| File {
        path: &sheet.path,
        written: !laid.dry_run,
        in_repository: false,
        add: &[],
    });
    let kept = laid.plan.kept.iter().map(|kept| File {
        path: &kept.path,
        written: false,
        in_repository: kept.in_repository,
        add: &kept.add,
    });
    let step = |step: crate::report::Step| Command {
        command: sentence(&step.command),
        about: sentence(&step.about),
        exit: step.exit,
    };
    text::write(&Init {
        schema: SCHEMA,
        folder: laid.folder,
        dry_run: laid.dry_run,
        service: laid.service.as_str(),
        files: new.chain(kept).collect(),
        tags: laid.source.as_ref().map(tags),
        notes: laid.notes.iter().map(|note| sentence(note)).collect(),
        next: laid.steps().into_iter().map(step).collect(),
    })
}

fn tags<'a>(source: &Source<'a>) -> Tags<'a> {
    let tagged = source.tagged;
    let placed =
        |(order, count): &(crate::version::Order, usize)| Placed { order: order.word(), count: *count };
    let release = |release: &'a crate::import::tags::Release| Release {
        version: &release.version,
        tag: &release.tag,
        released: release.released.map(format_time),
        commit: &release.commit,
    };
    let odd = |odd: &'a crate::import::tags::Odd| Odd {
        tag: &odd.tag,
        code: odd.why.word(),
        why: sentence(&odd.why.to_string()),
    };
    Tags {
        repository: source.repository,
        order: tagged.order.word(),
        order_guessed: tagged.guessed,
        versions: tagged.versions,
        placed: tagged.placed.iter().map(placed).collect(),
        prefixes: &tagged.prefixes,
        releases: tagged.releases.iter().map(release).collect(),
        odd: tagged.odd.iter().map(odd).collect(),
    }
}
