//! What there is to say of a registry that was laid, once for all formats.

use crate::act::init::{Kept, Next, Plan};
use crate::import::tags::Tagged;
use crate::model::Name;
use crate::report::commands::quoted;

/// A registry that was laid, or would be.
#[derive(Debug, Clone, Copy)]
pub struct Laid<'a> {
    /// Its folder, as it was named.
    pub folder: &'a str,
    /// Whether commands have to name it.
    pub named: bool,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The first service.
    pub service: &'a Name,
    /// The files.
    pub plan: &'a Plan,
    /// What to try first.
    pub next: &'a [Next],
    /// Where its releases come from; None: they are examples.
    pub source: Option<Source<'a>>,
    /// What else is to be known.
    pub notes: &'a [String],
}

/// The tags that releases were made of.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The repository, as it was named.
    pub repository: &'a str,
    /// What became of its tags.
    pub tagged: &'a Tagged,
}

/// A command to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Ready to paste into a POSIX shell.
    pub command: String,
    /// What it is for.
    pub about: String,
    /// Its exit code, where that is known beforehand.
    pub exit: Option<u8>,
}

impl Laid<'_> {
    /// What to try first, in this order.
    pub fn steps(&self) -> Vec<Step> {
        self.next.iter().map(|next| self.step(next)).collect()
    }

    fn step(&self, next: &Next) -> Step {
        let registry =
            if self.named { format!(" --registry {}", quoted(self.folder)) } else { String::new() };
        let service = self.service;
        match next {
            Next::SayWhatRuns { file, line } => Step {
                command: format!("echo {} >> {}", quoted(line), quoted(&self.path(file))),
                about: "what runs: put your own environment and version there".into(),
                exit: Some(0),
            },
            Next::Check { kind, version, environment, says } => {
                let to = version.as_deref().map_or(String::new(), |to| format!(" {}", quoted(to)));
                let what = match version.is_some() {
                    true => format!("may it go to {}?", version.as_deref().unwrap_or_default()),
                    false => "may it go back one release?".into(),
                };
                let says_what =
                    says.map_or(String::new(), |(word, code)| format!(" It says {word}, exit {code}."));
                Step {
                    command: format!("holdpoint {kind}-check {service}{to} --env {environment}{registry}"),
                    about: format!("{what}{says_what}"),
                    exit: says.map(|(_, code)| code),
                }
            }
            Next::Targets { environment } => Step {
                command: format!("holdpoint targets {service} --env {environment}{registry}"),
                about: "where could it go? Every release, best first.".into(),
                exit: Some(0),
            },
        }
    }

    /// `10 files in registry: checkout, 6 releases, …`
    pub fn headline(&self) -> String {
        let files = match self.plan.sheets.len() {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        let would = if self.dry_run { " would be laid" } else { "" };
        let releases = self.source.map_or_else(|| "with example releases".into(), |source| source.count());
        format!("{files}{would} in {}: {}, {releases}", self.folder, self.service)
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        if self.dry_run { "DRY RUN" } else { "LAID" }
    }

    /// A file of the registry, from the working directory.
    pub fn path(&self, file: &str) -> String {
        match self.folder.trim_end_matches('/') {
            "" | "." => file.to_owned(),
            folder => format!("{folder}/{file}"),
        }
    }
}

impl Source<'_> {
    /// `6 releases, 1.0.0 to 2.4.1, from 9 tags of shop`
    pub fn count(&self) -> String {
        let Tagged { releases, odd, .. } = self.tagged;
        let versions = match &releases[..] {
            [] => String::new(),
            [one] => format!("1 release, {}", one.version),
            [first, .., last] => {
                format!("{} releases, {} to {}", releases.len(), first.version, last.version)
            }
        };
        let tags = releases.len() + odd.len();
        format!("{versions}, from {tags} tag{} of {}", if tags == 1 { "" } else { "s" }, self.repository)
    }

    /// How the order was come by.
    pub fn order(&self) -> String {
        let (order, of) = (self.tagged.order, self.tagged.versions);
        let count = |wanted| {
            self.tagged.placed.iter().find(|(order, _)| *order == wanted).map_or(of, |(_, count)| *count)
        };
        let others = self.tagged.placed.iter().filter(|(other, _)| *other != order);
        let others: Vec<String> = others.map(|(other, count)| format!("{} {count}", other.word())).collect();
        let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
        match (self.tagged.guessed, order.word()) {
            (true, "listed") => {
                format!("listed, guessed: by date, for no order places half of the {of} versions{others}")
            }
            (true, word) => {
                format!(
                    "{word}, guessed: it places {} of {of} versions{others}; --order says otherwise",
                    count(order)
                )
            }
            (false, word) => {
                format!("{word}, as you say: {} of {of} versions{others}", self.tagged.releases.len())
            }
        }
    }

    /// How the versions are written.
    pub fn versions(&self) -> String {
        let prefixes = self.tagged.prefixes.iter().filter(|prefix| !prefix.is_empty());
        let cut: Vec<String> = prefixes.map(|prefix| format!("`{prefix}`")).collect();
        let v = self.tagged.releases.iter().filter(|release| release.version.starts_with('v'));
        match (&cut[..], v.count()) {
            ([], 0) => "as tagged".into(),
            ([], _) => "as tagged, with their `v`; --tag-prefix v leaves it out".into(),
            (cut, 0) => format!("as tagged, without {}", cut.join(", ")),
            (cut, _) => {
                let also = self
                    .tagged
                    .prefixes
                    .iter()
                    .map(|prefix| format!(" --tag-prefix {}", quoted(&format!("{prefix}v"))));
                format!(
                    "as tagged, without {}, with their `v`;{} leaves it out",
                    cut.join(", "),
                    also.collect::<String>()
                )
            }
        }
    }
}

/// What is to be done about a file that is left alone; None: nothing.
pub(super) fn about(kept: &Kept) -> Option<String> {
    let place = if kept.in_repository { " in the repository's root" } else { "" };
    Some(match (kept.exists, kept.add.is_empty()) {
        (true, true) => return None,
        (true, false) => format!("is there already{place} and left alone; add to it:"),
        (false, _) => "belongs into the repository's root; put this there:".into(),
    })
}
