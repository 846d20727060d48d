//! Synthetic registries: believable, valid under the format, and the same bytes for the same seed.
//!
//! [`made`] is the entry. Each service has its releases, a floor, a line out of support, a barrier, what runs
//! and ran, and its flags; the checked one also has 50 sign-offs that have long expired, and a year of log.
//! Beside them stand 20 shared advisories, teams, two environments, and a rule of the registry's own.
//! All times lie before the end of November 2026, and the verdict doesn't depend on today.

mod cache;
mod flag;
mod past;
mod service;
mod time;

use std::path::Path;

use crate::random::Random;
use crate::size::Size;

pub use cache::{commit, git, made};
pub use service::Service;

/// How many flags stand in the shared folder.
const SHARED: usize = 20;
/// Teams of SREs among which the services are spread.
const TEAMS: usize = 8;

/// A file's path inside the registry, and its text.
type File = (String, String);

/// Writes the registry of this size into an empty folder.
fn write(folder: &Path, size: Size, seed: u64) -> anyhow::Result<()> {
    let log = past::log(&Service::new(size, size.checked()), &mut stream(seed, 1));
    put(folder, &log)?;
    match size {
        Size::OneFile => put(folder, &[one_file(size, seed)]),
        _ => write_folders(folder, size, seed),
    }
}

/// The services are dealt out to as many threads as there are cores: the large registry is mostly system calls.
fn write_folders(folder: &Path, size: Size, seed: u64) -> anyhow::Result<()> {
    put(folder, &[("holdpoint.toml".to_owned(), head())])?;
    put(folder, &shared(size, seed))?;
    let threads = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let write_share = |first: usize| {
            (first..size.services())
                .step_by(threads)
                .try_for_each(|number| put(folder, &service_files(size, number, seed)))
        };
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || write_share(first))).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| anyhow::anyhow!("a writing thread panicked"))?)
    })
}

fn one_file(size: Size, seed: u64) -> File {
    let services = (0..size.services()).flat_map(|number| service_files(size, number, seed));
    let tables = shared(size, seed).into_iter().chain(services).map(|(_, text)| text);
    let texts: Vec<String> = std::iter::once(head()).chain(tables).collect();
    ("holdpoint.toml".to_owned(), texts.join("\n"))
}

/// All files of one service, the log excepted.
fn service_files(size: Size, number: usize, seed: u64) -> Vec<File> {
    let service = Service::new(size, number);
    let mut random = stream(seed, 16 + number as u64);
    let mut files = service.files(&mut random);
    files.extend((0..size.flags()).map(|index| flag::file(&service, index, &mut random)));
    if number == size.checked() {
        files.extend(past::sign_offs(&service, &mut random));
    }
    files
}

fn shared(size: Size, seed: u64) -> Vec<File> {
    let mut random = stream(seed, 2);
    (0..SHARED).map(|index| flag::shared_file(size, index, &mut random)).collect()
}

fn stream(seed: u64, number: u64) -> Random {
    Random::new(seed, number)
}

/// `holdpoint.toml`, as far as it is about no service.
fn head() -> String {
    let teams: String = (0..TEAMS).map(|n| team(&format!("sre-{n}"))).collect();
    format!(
        r#"# A synthetic registry: see benches/startup.
format = 1

[environment.prod]
[environment.staging]

[policy]
baseline = "30d"

[[rule]]
name = "critical-services-go-where-they-have-been"
when = {{ reason = "unproven-release", tier = "critical", environment = "prod" }}
then = "hold"
because = "https://wiki.example.com/releases#proven"
{}{teams}"#,
        team("appsec"),
    )
}

fn team(name: &str) -> String {
    format!("\n[team.{name}]\nmembers = [\"{name}@example.com\", \"{name}-deputy@example.com\"]\n")
}

fn put(folder: &Path, files: &[File]) -> anyhow::Result<()> {
    let mut made = None;
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().map(Path::to_owned);
        if made != parent {
            parent.as_deref().map(std::fs::create_dir_all).transpose()?;
            made = parent;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
