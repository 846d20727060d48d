//! One service: its releases, and all of its tables but the flags.

use super::{File, TEAMS, time};
use crate::random::Random;
use crate::size::Size;

/// Days between two releases.
const PACE: usize = 4;

/// A service and the versions of its releases, oldest first.
pub struct Service {
    pub name: String,
    pub versions: Vec<String>,
    number: usize,
    size: Size,
}

impl Service {
    pub fn new(size: Size, number: usize) -> Self {
        let versions = (0..size.releases()).map(|index| version(index, size.releases())).collect();
        Self { name: format!("svc-{number:04}"), versions, number, size }
    }

    /// The number of one of its flags among all flags of the registry.
    pub fn flag_number(&self, index: usize) -> usize {
        self.number * self.size.flags() + index
    }

    /// The SREs who own it.
    pub fn team(&self) -> String {
        format!("sre-{}", self.number % TEAMS)
    }

    /// What runs in prod; the newest release is still in staging.
    pub fn running(&self) -> usize {
        self.versions.len() - 2
    }

    /// Where the measured check wants to go back to: a release that ran in prod, and that
    /// [`super::flag`] makes a known exploited vulnerability of.
    pub fn target(&self) -> usize {
        self.versions.len() - 5
    }

    /// How many days before the newest one a release came out.
    pub fn age(&self, release: usize) -> usize {
        (self.versions.len() - 1 - release) * PACE
    }

    /// The files of the folder form; in the one-file form, all in one table.
    pub fn files(&self, random: &mut Random) -> Vec<File> {
        let releases = self.releases(random) + &self.barrier();
        let (about, security, running) = (self.about(random), self.security(), self.running_keys());
        if self.size == Size::OneFile {
            let keys = about + &security + &running;
            return vec![self.file("service.toml", keys, &(self.ran() + &releases))];
        }
        vec![
            self.file("service.toml", about, &releases),
            self.file("security.toml", security, ""),
            self.file("running.toml", running, &self.ran()),
        ]
    }

    /// The path of a file in the service's folder.
    pub fn path(&self, file: &str) -> String {
        format!("services/{}/{file}", self.name)
    }

    fn file(&self, name: &str, keys: String, tables: &str) -> File {
        (self.path(name), format!("[service.{}]\n{keys}{tables}", self.name))
    }

    fn about(&self, random: &mut Random) -> String {
        let (name, team) = (&self.name, self.team());
        let tier = random.pick(&["critical", "standard", "internal"]);
        format!(
            r#"about = "Synthetic service {name}"
owner = {{ reliability = "{team}", security = "appsec" }}
tier = "{tier}"
order = "semver"
images = ["registry.example.com/shop/{name}"]
deploy = "helm upgrade {name} shop/{name} --version {{to}}"
"#
        )
    }

    fn security(&self) -> String {
        let floor = &self.versions[self.versions.len() / 5];
        format!("floor = \"{floor}\"\nsupport = [{{ versions = \"<{floor}\", until = 2026-06-30 }}]\n")
    }

    fn running_keys(&self) -> String {
        let prod = &self.versions[self.running()];
        let staging = &self.versions[self.versions.len() - 1];
        format!("running = {{ prod = \"{prod}\", staging = [\"{prod}\", \"{staging}\"] }}\n")
    }

    /// Each of the last releases was replaced in prod by the next, a day after that came out.
    fn ran(&self) -> String {
        (self.running() - 8..self.running()).map(|release| self.ran_once(release)).collect()
    }

    fn ran_once(&self, release: usize) -> String {
        let (version, next) = (&self.versions[release], &self.versions[release + 1]);
        let (since, until) =
            (time::before(self.age(release) - 1, 9), time::before(self.age(release + 1) - 1, 9));
        format!(
            r#"
[[service.{}.ran]]
environment = "prod"
version = "{version}"
since = {since}
until = {until}
left_for = "{next}"
kind = "redeploy"
"#,
            self.name
        )
    }

    fn releases(&self, random: &mut Random) -> String {
        (0..self.versions.len()).map(|release| self.release(release, random)).collect()
    }

    fn release(&self, release: usize, random: &mut Random) -> String {
        let (version, released) = (&self.versions[release], time::before(self.age(release), 10));
        let (commit, base) = (random.hex(7), base(self.age(release)));
        format!(
            r#"
[[service.{}.release]]
version = "{version}"
released = {released}
commit = "{commit}"
tags = ["{base}"]
"#,
            self.name
        )
    }

    /// Far enough back that the measured move doesn't cross it.
    fn barrier(&self) -> String {
        let before = self.versions.len() * 3 / 10;
        let (before, since) = (&self.versions[before], &self.versions[before + 1]);
        format!(
            r#"
[[service.{}.barrier]]
before = "{before}"
since = "{since}"
reason = "migration 0042 drops the old orders table"
reversible = true
undo = "run db/0042.down.sql; 40 minutes of read-only"
"#,
            self.name
        )
    }
}

/// Five patches to a minor, and two majors.
fn version(index: usize, releases: usize) -> String {
    let major = 1 + 2 * index / releases;
    let within = index % (releases / 2);
    format!("{major}.{}.{}", within / 5, within % 5)
}

/// The base image of that day: a new one every 40 days.
pub fn base(age: usize) -> String {
    format!("base:debian12-{:02}", age / 40)
}
