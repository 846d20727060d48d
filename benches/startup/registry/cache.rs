//! Registries are kept: the large one takes longer to make than to measure.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::write;
use crate::size::Size;

/// The generator's own text: when it changes, so does the name of what it makes.
const GENERATOR: [&str; 8] = [
    include_str!("mod.rs"),
    include_str!("cache.rs"),
    include_str!("flag.rs"),
    include_str!("past.rs"),
    include_str!("service.rs"),
    include_str!("time.rs"),
    include_str!("../random.rs"),
    include_str!("../size.rs"),
];

/// The folder of this registry; made now, if no complete one is there.
pub fn made(scratch: &Path, size: Size, seed: u64) -> anyhow::Result<PathBuf> {
    let stem = format!("{}-{seed}-", size.name());
    let folder = scratch.join(format!("{stem}{:016x}", fingerprint()));
    if !folder.is_dir() {
        remove_outdated(scratch, &stem)?;
        make(&folder, size, seed).with_context(|| format!("can't make `{}`", folder.display()))?;
    }
    Ok(folder)
}

/// Only a complete registry gets its name.
fn make(folder: &Path, size: Size, seed: u64) -> anyhow::Result<()> {
    eprintln!("making the registry `{}`", size.name());
    let unfinished = folder.with_extension("unfinished");
    std::fs::create_dir_all(&unfinished)?;
    write(&unfinished, size, seed)?;
    commit(&unfinished)?;
    std::fs::rename(&unfinished, folder)?;
    Ok(())
}

/// What an older generator left, and what was never finished.
fn remove_outdated(scratch: &Path, stem: &str) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(scratch)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(stem) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A repository of its own with one commit, so that a check that reads HEAD finds one here, and not the
/// one that this crate lies in. The commit is empty: adding 330,000 files would change nothing for a check.
pub fn commit(folder: &Path) -> anyhow::Result<()> {
    git(folder, &["init", "--quiet"])?;
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "A synthetic registry"])
}

/// Runs Git as somebody whom no configuration knows.
pub fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("git");
    command.args([
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.com",
        "-c",
        "commit.gpgSign=false",
    ]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let status = command.args(arguments).current_dir(folder).status().context("can't start `git`")?;
    ensure!(status.success(), "`git {}` failed", arguments.join(" "));
    Ok(())
}

/// FNV-1a.
fn fingerprint() -> u64 {
    GENERATOR.concat().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
