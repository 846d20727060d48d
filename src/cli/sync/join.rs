//! What this clone has committed and what others have published, joined in a commit: a merge, so that every commit that
//! the record names stays reachable.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::cli::registry::Found;
use crate::git::{Checkout, CommitTree, Differs, Done, Failed, Held, Made, Objects, Part};
use crate::merge::{self, Change, Side};
use crate::model::Name;
use crate::record::FOLDER;
use crate::registry::{Ask, FOLDERS, LoadError, Mistakes, Tree, load};
use crate::report::sync::{Conflict, Conflicts};

/// What the two came to.
pub(in crate::cli) enum Joined {
    /// All that this clone has committed is published already, under other ids.
    Published,
    /// A commit that has both.
    Made(String),
    /// Both changed the same.
    Conflicts(Conflicts),
}

type Paths = BTreeMap<String, Change<Held>>;

/// Joins two commits. A file that both changed is settled by whom to `prefer`, if anybody.
///
/// # Errors
/// In words, when Git can't do it, or the two have no history in common here.
pub(in crate::cli) fn join(
    found: &Found,
    checkout: &Checkout,
    ours: &str,
    theirs: &str,
    prefer: Option<Side>,
    until: Instant,
) -> Result<Joined, String> {
    let says = |failed: Failed| failed.to_string();
    let parting = checkout.parting(ours, theirs, until).map_err(says)?;
    let parting = parting.ok_or_else(|| unrelated(checkout))?;
    let own = checkout.only_in(ours, Some(theirs), until).map_err(says)?;
    let objects = Objects::open(&found.folder).map_err(|error| error.to_string())?;
    let commit = |id: &str| objects.commit(id).map_err(|error| error.to_string());
    let (at_ours, at_theirs) = (commit(ours)?, commit(theirs)?);
    let all = checkout.differences(&parting, ours, until).map_err(says)?;
    let services =
        all.iter().filter_map(|differs| of_record(checkout, &differs.path)).collect::<BTreeSet<Name>>();
    let mut known = BTreeSet::new();
    for service in &services {
        known.extend(merge::ids(service, &objects.tree(&at_theirs)).map_err(|error| error.to_string())?);
    }
    let (base, left) = parted(&parting, &own, &known);
    if left.is_empty() {
        return Ok(Joined::Published);
    }
    let at_base = commit(&base)?;
    let join = Join {
        checkout,
        until,
        main: &found.main,
        base: objects.tree(&at_base),
        ours: objects.tree(&at_ours),
        theirs: objects.tree(&at_theirs),
    };
    let mine = changes(checkout.differences(&base, ours, until).map_err(says)?);
    let there = changes(checkout.differences(&base, theirs, until).map_err(says)?);
    let parts = match join.parts(&mine, &there, prefer)? {
        Ok(parts) => parts,
        Err(conflicts) => return Ok(Joined::Conflicts(conflicts)),
    };
    let came = checkout.apart(theirs, ours, until).map_err(says)?.0;
    let message = message(left.len(), came);
    let made = Made { parents: &[theirs.to_owned(), ours.to_owned()], message: &message };
    let id = checkout.commit_on(theirs, &parts, made, until).map_err(says)?;
    let merged = commit(&id)?;
    if let Some(mistakes) = join.meaning(&objects.tree(&merged), &mine, &there) {
        return Ok(Joined::Conflicts(Conflicts { files: Vec::new(), meaning: Some(mistakes) }));
    }
    Ok(Joined::Made(id))
}

fn unrelated(checkout: &Checkout) -> String {
    let what = "this branch and what is published have no history in common";
    match checkout.shallow {
        true => format!("{what} in this shallow clone: git fetch --unshallow"),
        false => what.to_owned(),
    }
}

/// Where the two really part, and the commits of ours from there on: acts whose lines stand in what the others have, at
/// the beginning of what is ours, are on both sides. That a commit of theirs only says so doesn't count.
fn parted<'d>(parting: &str, own: &'d [Done], known: &BTreeSet<Box<str>>) -> (String, Vec<&'d Done>) {
    let is_known =
        |done: &Done| !done.acts.is_empty() && done.acts.iter().all(|act| known.contains(act.as_str()));
    let both = own.iter().take_while(|done| is_known(done) && done.parents.len() <= 1).count();
    let base = both.checked_sub(1).and_then(|last| own.get(last)).map_or(parting, |done| &done.id);
    (base.to_owned(), own.iter().skip(both).collect())
}

fn changes(differs: Vec<Differs>) -> Paths {
    differs.into_iter().map(|Differs { path, before, after }| (path, Change { before, after })).collect()
}

fn message(left: usize, came: u64) -> String {
    let count = |count: u64| if count == 1 { "1 commit".to_owned() } else { format!("{count} commits") };
    format!("sync: join {} made here with {} published meanwhile\n", count(left as u64), count(came))
}

/// The service whose record a path is of.
fn of_record(checkout: &Checkout, full: &str) -> Option<Name> {
    let rest = checkout.own(full)?.strip_prefix(FOLDER)?.strip_prefix('/')?;
    let (service, file) = rest.split_once('/')?;
    if file.contains('/') || !file.ends_with(".jsonl") { None } else { Name::new(service).ok() }
}

/// Two commits, and the one where they part.
struct Join<'a> {
    checkout: &'a Checkout,
    until: Instant,
    main: &'a str,
    base: CommitTree<'a>,
    ours: CommitTree<'a>,
    theirs: CommitTree<'a>,
}

impl Join<'_> {
    /// What is to be put on what the others have. The inner error is what both changed.
    fn parts(
        &self,
        mine: &Paths,
        there: &Paths,
        prefer: Option<Side>,
    ) -> Result<Result<Vec<Part>, Conflicts>, String> {
        let (logs, files): (Paths, Paths) =
            mine.clone().into_iter().partition(|(path, _)| of_record(self.checkout, path).is_some());
        let others = there.iter().filter(|(path, _)| of_record(self.checkout, path).is_none());
        let others: Paths = others.map(|(path, change)| (path.clone(), change.clone())).collect();
        let joined = merge::files(&files, &others, prefer);
        let mut conflicts: Vec<Conflict> = joined.conflicts.iter().map(|path| self.conflict(path)).collect();
        let mut parts: Vec<Part> = joined.take.into_iter().map(|(path, held)| Part { path, held }).collect();
        let services: BTreeSet<Name> =
            logs.keys().filter_map(|path| of_record(self.checkout, path)).collect();
        for service in services {
            match merge::record(&service, &self.base, &self.ours, &self.theirs) {
                Ok(files) => {
                    for (path, bytes) in files {
                        let path = self.checkout.full(&path);
                        let id = self
                            .checkout
                            .store(&path, &bytes, self.until)
                            .map_err(|failed| failed.to_string())?;
                        let mode = "100644".to_owned();
                        parts.push(Part { path, held: Some(Held { mode, id }) });
                    }
                }
                Err(error) => conflicts.push(Conflict {
                    path: self.checkout.full(&format!("{FOLDER}/{service}")),
                    ours: None,
                    theirs: None,
                    why: Some(error.to_string()),
                }),
            }
        }
        Ok(if conflicts.is_empty() { Ok(parts) } else { Err(Conflicts { files: conflicts, meaning: None }) })
    }

    /// A file that both changed, with what stands in it.
    fn conflict(&self, full: &str) -> Conflict {
        let read =
            |tree: &CommitTree<'_>| self.checkout.own(full).and_then(|path| tree.read(path).ok().flatten());
        let outside = self.checkout.own(full).is_none();
        let why = outside.then(|| "it was changed here and there; it isn't of the registry".to_owned());
        Conflict { path: full.to_owned(), ours: read(&self.ours), theirs: read(&self.theirs), why }
    }

    /// What is wrong with both changes together, and with neither alone.
    fn meaning(&self, merged: &CommitTree<'_>, mine: &Paths, there: &Paths) -> Option<Mistakes> {
        self.touched(mine, there).iter().find_map(|ask| {
            let fails = |tree: &dyn Tree| match load(tree, self.main, ask) {
                Err(LoadError::Mistakes(mistakes)) => Some(mistakes),
                _ => None,
            };
            fails(merged).filter(|_| fails(&self.ours).is_none() && fails(&self.theirs).is_none())
        })
    }

    /// What has to load: the services that either side touched; all of them, where what they share was touched.
    fn touched(&self, mine: &Paths, there: &Paths) -> Vec<Ask> {
        let [services, shared @ ..] = FOLDERS;
        let below =
            |path: &str, folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let of = |full: &String| {
            let path = self.checkout.own(full)?;
            if path == self.main || shared.iter().any(|folder| below(path, folder)) {
                return Some(None);
            }
            let name = path.strip_prefix(services)?.strip_prefix('/')?.split('/').next()?;
            Name::new(name.strip_suffix(".toml").unwrap_or(name)).ok().map(Some)
        };
        let all: BTreeSet<Option<Name>> = mine.keys().chain(there.keys()).filter_map(of).collect();
        match all.contains(&None) {
            true => vec![Ask::Everything],
            false => all.into_iter().flatten().map(Ask::Service).collect(),
        }
    }
}
