//! Two commits of a repository as the two trees of a change.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use anyhow::Result;

use super::asked::Diff;
use crate::cli::between::missing as missing_objects;
use crate::cli::failure::Complaint;
use crate::gate::{Around, Change, Hint, Side, Spot, Unreadable, is_read, reverts};
use crate::git::{Blob, BlobError, BlobKind, Commit, Differing, Objects};
use crate::model::Gate;
use crate::registry::MAX_FILE;

/// Through how many links a path may lead.
const LINKS: usize = 10;
/// How many files are taken through links that differ.
const BEHIND: usize = 10_000;
/// What makes a path a pattern to Git.
const PATTERN: [char; 4] = ['*', '?', '[', ':'];
/// How much of a commit's id people are shown.
const SHORT: usize = 12;

/// The commits that are compared.
#[derive(Debug)]
pub(super) struct Revisions {
    pub objects: Objects,
    /// Where the change is to go: what is known there is the newest that is published.
    pub base: Commit,
    /// What is to go there.
    pub head: Commit,
    /// Where the two parted.
    parted: Commit,
    paths: Vec<String>,
    listed: [OnceCell<Result<BTreeMap<String, Blob>, String>>; 2],
}

/// What differs between them.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub changes: Vec<Change>,
    /// What can't be read.
    pub unreadable: Vec<Unreadable>,
    pub hints: Vec<Hint>,
}

impl Revisions {
    /// Finds the commits, and where they parted.
    ///
    /// # Errors
    /// When one of them isn't there, or isn't in this clone.
    pub fn open(diff: &Diff) -> Result<Revisions> {
        let objects = Objects::open(&diff.folder).map_err(|error| {
            let hint = "name the repository of the manifests with --repo, or stand in it";
            Complaint::unjudged(error.to_string(), Some(hint.into()))
        })?;
        let commit = |rev: &str| {
            objects.commit(rev).map_err(|error| match objects.is_shallow() {
                true => Complaint::unjudged(error.to_string(), Some(unshallow(diff))),
                false => missing_objects(&objects, error),
            })
        };
        let (base, head) = (commit(&diff.range.base)?, commit(&diff.range.head)?);
        let parted = objects.merge_base(&base, &head).map_err(|error| missing_objects(&objects, error))?;
        let parted = parted.ok_or_else(|| {
            let message = format!("`{}`: the two have no commit in common in this clone", diff.range);
            let hint = match objects.is_shallow() {
                true => unshallow(diff),
                false => "name a commit that HEAD comes from: git merge-base --all shows none".into(),
            };
            Complaint::unjudged(message, Some(hint))
        })?;
        let paths = diff.paths.clone();
        Ok(Revisions { objects, base, head, parted, paths, listed: Default::default() })
    }

    /// What differs, as far as these settings look at it.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn differences(&self, gate: &Gate) -> Result<Differences> {
        let mut out = Differences { hints: self.missing_paths()?, ..Differences::default() };
        let differing = self.objects.differing(&self.parted, &self.head, &self.paths);
        let differing = differing.map_err(|error| missing_objects(&self.objects, error))?;
        out.hints.extend(differing.iter().filter_map(submodule));
        let read = |of: &&Differing| submodule(of).is_none() && is_read(gate, &of.path);
        self.take(&differing.iter().filter(read).collect::<Vec<_>>(), &mut out);
        let mut left = BEHIND;
        for of in differing.iter().filter(|of| is_link(&of.before) || is_link(&of.after)) {
            self.take_behind(of, gate, &mut left, &mut out);
        }
        out.hints.extend(self.reverted());
        Ok(out)
    }

    /// The paths of those to look below that aren't there on either side.
    ///
    /// # Errors
    /// When none of them is: then nothing would be looked at.
    fn missing_paths(&self) -> Result<Vec<Hint>> {
        let mut missing = Vec::new();
        for path in &self.paths {
            // What Git takes as a pattern is its business.
            let here = [self.objects.prefix().as_str(), "."].join("/");
            let place = joined(here.trim_start_matches('/'), path);
            let place = place.filter(|place| !place.is_empty() && !path.contains(PATTERN));
            let Some(place) = place else { continue };
            let has = |commit| {
                self.objects.has(commit, &place).map_err(|error| missing_objects(&self.objects, error))
            };
            if !has(&self.parted)? && !has(&self.head)? {
                missing.push(format!("there is nothing at {path} on either side of the change"));
            }
        }
        match missing.first() {
            Some(first) if missing.len() == self.paths.len() => {
                let hint = "name folders as they are seen from where you stand (with --repo, from there), or none: then \
                            all is looked at";
                Err(Complaint::unjudged(first.clone(), Some(hint.into())).into())
            }
            _ => Ok(missing.into_iter().map(|text| Hint { text, spot: None }).collect()),
        }
    }

    /// Takes the files of the folders that a link leads to: whoever deploys by the link gets others.
    fn take_behind(&self, of: &Differing, gate: &Gate, left: &mut usize, out: &mut Differences) {
        let mut files: BTreeMap<String, Change> = BTreeMap::new();
        for (side, blob) in [(Side::Base, &of.before), (Side::Head, &of.after)] {
            let Some(blob) = blob.as_ref().filter(|blob| blob.kind == BlobKind::Link) else { continue };
            for (path, real, blob) in self.behind(side, &of.path, blob, gate) {
                if *left == 0 {
                    let why = format!("links that differ lead to more than {BEHIND} files: over the budget");
                    let spot = Spot::new(of.path.clone(), 1);
                    return out.unreadable.push(Unreadable { spot, side, why, hint: None });
                }
                *left -= 1;
                let bytes = self.bytes(side, real, blob, LINKS);
                let empty = || Change { path: path.clone(), base: None, head: None };
                let change = files.entry(path.clone()).or_insert_with(empty);
                match bytes {
                    Ok(bytes) if side == Side::Base => change.base = bytes,
                    Ok(bytes) => change.head = bytes,
                    Err(why) => {
                        out.unreadable.push(Unreadable { spot: Spot::new(path, 1), side, why, hint: None });
                    }
                }
            }
        }
        for (path, change) in files.into_iter().filter(|(_, change)| change.base != change.head) {
            // Where a folder becomes a link, one of the sides is there already.
            match out.changes.iter_mut().find(|known| known.path == path) {
                Some(known) => {
                    known.base = known.base.take().or(change.base);
                    known.head = known.head.take().or(change.head);
                }
                None => out.changes.push(change),
            }
        }
    }

    /// The files of a folder that a link leads to: their paths through the link, and where they are.
    fn behind(&self, side: Side, link: &str, blob: &Blob, gate: &Gate) -> Vec<(String, &str, &Blob)> {
        let target = self.objects.bytes(blob, MAX_FILE as u64).unwrap_or_default();
        let place = joined(link, &String::from_utf8_lossy(&target));
        let (Some(place), Ok(listed)) = (place, self.listed(side)) else { return Vec::new() };
        let folder = if place.is_empty() { place } else { format!("{place}/") };
        let mut found = Vec::new();
        for (path, blob) in listed.range(folder.clone()..) {
            let Some(below) = path.strip_prefix(&folder) else { break };
            let through = format!("{link}/{below}");
            if blob.kind != BlobKind::Submodule && is_read(gate, &through) {
                found.push((through, path.as_str(), blob));
            }
        }
        found
    }

    /// Takes the files that differ, all of them read in one go.
    fn take(&self, differing: &[&Differing], out: &mut Differences) {
        let blobs: Vec<&Blob> = differing.iter().flat_map(|of| [&of.before, &of.after]).flatten().collect();
        let mut read = self.objects.bytes_of_each(&blobs, MAX_FILE as u64).into_iter();
        for of in differing {
            let mut side = |side: Side, blob: &Option<Blob>| {
                let blob = blob.as_ref()?;
                let read = read.next().unwrap_or(Err(BlobError::NotHere));
                let bytes = self.through(side, &of.path, blob, read, LINKS);
                bytes.unwrap_or_else(|why| {
                    let (spot, hint) = (Spot::new(of.path.clone(), 1), None);
                    out.unreadable.push(Unreadable { spot, side, why, hint });
                    None
                })
            };
            let (base, head) = (side(Side::Base, &of.before), side(Side::Head, &of.after));
            out.changes.push(Change { path: of.path.clone(), base, head });
        }
    }

    /// The bytes of a file, through the links that lead to it. None: they lead nowhere.
    fn bytes(&self, side: Side, path: &str, blob: &Blob, links: usize) -> Result<Option<Vec<u8>>, String> {
        self.through(side, path, blob, self.objects.bytes(blob, MAX_FILE as u64), links)
    }

    /// The same, once it is read.
    fn through(
        &self,
        side: Side,
        path: &str,
        blob: &Blob,
        read: Result<Vec<u8>, BlobError>,
        links: usize,
    ) -> Result<Option<Vec<u8>>, String> {
        let bytes = read.map_err(|error| error.to_string())?;
        if blob.kind != BlobKind::Link {
            return Ok(Some(bytes));
        }
        let target = String::from_utf8_lossy(&bytes);
        let place = links.checked_sub(1).zip(joined(path, &target));
        let Some((links, place)) = place else { return Ok(None) };
        match self.listed(side)?.get(&place) {
            Some(next) if next.kind != BlobKind::Submodule => self.bytes(side, &place, next, links),
            _ => Ok(None),
        }
    }

    fn listed(&self, side: Side) -> Result<&BTreeMap<String, Blob>, String> {
        let (index, commit) = match side {
            Side::Base => (0, &self.parted),
            Side::Head => (1, &self.head),
        };
        let list = || match self.objects.contents(commit) {
            Ok(contents) => Ok(contents.into_iter().collect()),
            Err(error) => Err(error.to_string()),
        };
        let listed = self.listed.get(index).map(|cell| cell.get_or_init(list));
        listed.ok_or_else(String::new)?.as_ref().map_err(Clone::clone)
    }

    /// The commits that the change says it takes back.
    fn reverted(&self) -> Vec<Hint> {
        // It decides nothing, so what can't be told is left out.
        let messages = self.objects.messages(&self.parted, &self.head).unwrap_or_default();
        let commits = messages.iter().flat_map(|message| reverts(message));
        let said = commits.map(|commit| format!("this reverts commit {}", short(commit)));
        said.map(|text| Hint { text, spot: None }).collect()
    }
}

impl Around for Revisions {
    fn paths(&self, side: Side) -> Result<Vec<String>, String> {
        let files = self.listed(side)?.iter().filter(|(_, blob)| blob.kind != BlobKind::Submodule);
        Ok(files.map(|(path, _)| path.clone()).collect())
    }

    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.listed(side)?.get(path) {
            Some(blob) if blob.kind != BlobKind::Submodule => self.bytes(side, path, blob, LINKS),
            _ => Ok(None),
        }
    }
}

fn is_link(blob: &Option<Blob>) -> bool {
    blob.as_ref().is_some_and(|blob| blob.kind == BlobKind::Link)
}

/// That another repository goes elsewhere, which nobody looks into.
fn submodule(of: &Differing) -> Option<Hint> {
    let is_one = |blob: &Option<Blob>| blob.as_ref().is_some_and(|blob| blob.kind == BlobKind::Submodule);
    if !is_one(&of.before) && !is_one(&of.after) {
        return None;
    }
    let said = |blob: &Option<Blob>| {
        blob.as_ref().map_or_else(|| "nothing".to_owned(), |blob| short(&blob.id).to_owned())
    };
    let text = format!(
        "the submodule {} goes from {} to {}: what it holds isn't looked at",
        of.path,
        said(&of.before),
        said(&of.after)
    );
    Some(Hint { text, spot: None })
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

/// Where a link leads, from the top of the repository. None: out of it.
fn joined(link: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What brings the history that is missing.
fn unshallow(diff: &Diff) -> String {
    let base = &diff.range.base;
    let fetch = match base.split_once('/') {
        Some((remote, branch)) => {
            format!("git fetch --unshallow {remote} '+refs/heads/{branch}:refs/remotes/{remote}/{branch}'")
        }
        None => "git fetch --unshallow".into(),
    };
    format!(
        "this clone is shallow; the rest of its history comes with: {fetch} (in CI, clone with the whole history: \
         fetch-depth: 0, GIT_DEPTH: 0)"
    )
}
