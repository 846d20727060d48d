//! Small dense worlds: one service or two, few releases, and everything that can be said of them.
//!
//! A world is the text of a registry, in one file or spread, and is read by the real loader. Times stand
//! close around [`now`], and often exactly at, just before or just after the end of a window.

mod flags;
mod questions;
mod state;
mod terms;

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::TimeDelta;
use holdpoint::model::{Name, Registry, Time, format_time, parse_time};
use holdpoint::registry::{Ask, LoadError, MemoryTree, Mistake, load};
use holdpoint::version::{Order, Scale};

use crate::dice::Dice;
pub use questions::{Asked, questions};

/// The instant round which everything happens.
pub fn now() -> Time {
    parse_time("2026-11-22T03:00:00Z").unwrap()
}

/// A generated registry as text.
pub struct World {
    /// Its files, by path.
    pub files: BTreeMap<String, String>,
    /// The services, the first of which is asked about most.
    pub services: Vec<Line>,
    /// The environments that may be asked about; empty: the registry knows none.
    pub environments: Vec<&'static str>,
    /// The incidents, whether current or not.
    pub incidents: Vec<&'static str>,
    /// What people signed for: service, environment and target.
    pub signed: Vec<(&'static str, &'static str, &'static str)>,
    dice: Dice,
    form: Form,
    flags: Vec<String>,
    declared: bool,
    policy: Policy,
}

/// One service's versions.
pub struct Line {
    /// The service's name.
    pub name: &'static str,
    /// Versions that have a place, oldest first, registered or not.
    pub pool: Vec<&'static str>,
    /// Those that are registered, in the same order.
    pub registered: Vec<&'static str>,
    /// Words without a place.
    pub unplaceable: Vec<&'static str>,
    scale: Scale,
    listed: bool,
}

/// How the registry is spread over files.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    OneFile,
    Folder,
    Mixed,
}

/// The periods of this world, in days and hours.
struct Policy {
    baseline: i64,
    ping_pong: i64,
    sign_off_max: i64,
    review_within: i64,
}

const SEMVER: &[&str] = &[
    "1.9.0",
    "2.0.0-rc.1",
    "2.0.0",
    "2.0.1+b7",
    "2.1.0",
    "2.1.0+b1",
    "v2.2",
    "2.2.1",
    "2.3.0-rc.1",
    "2.3.0",
    "2.3.9",
    "2.4.0",
    "2.4.1",
];
const CALVER: &[&str] = &[
    "2025.11",
    "2026.01rc1",
    "2026.01",
    "2026.1.1",
    "2026.02",
    "2026.02.10",
    "2026.3rc2",
    "2026.3",
    "2026.10",
];
const PEP440: &[&str] = &[
    "1.9",
    "2.0.dev3",
    "2.0a1",
    "2.0rc1",
    "v2.0.0",
    "2.0+local",
    "2.0.post1.dev2",
    "2.0-1",
    "2.1b2",
    "2.1",
    "2.10",
    "1!0.9",
];
const DEBIAN: &[&str] = &[
    "1.9-1",
    "2.0~rc1-1",
    "2.0-1~bpo11+1",
    "2.0-1",
    "2.0-1+b1",
    "2.0-1.1",
    "2.0+dfsg-1",
    "2.0.1-1",
    "2.10-1",
    "1:0.9~beta2-1",
    "1:0.9-1",
    "1:0.9-2",
];
const RPM: &[&str] = &[
    "1.9-1.el9",
    "2.0~rc1-1.el9",
    "2.0",
    "2.0-1.el8",
    "2.0-1.el9",
    "2.0-10.el9",
    "2.0^git1-1.el9",
    "2.0a-1.el9",
    "2.0.1-1.el9",
    "2.10-1.el9",
    "1:0.9~beta-1.el9",
    "1:0.9-1.el9",
];
const LISTED: &[&str] = &["zeta", "10", "9", "beta-2", "2.4.0-rc.1", "alpha", "r9"];

/// The world of this seed.
pub fn world(seed: u64) -> World {
    let mut dice = Dice::new(seed);
    let form = *dice.pick(&[Form::OneFile, Form::OneFile, Form::Folder, Form::Mixed]);
    let mut services = vec![line("checkout", &mut dice)];
    if dice.percent(20) {
        services.push(line("cart", &mut dice));
    }
    let (declared, environments) = match dice.below(10) {
        0 => (false, vec![]),
        1 | 2 => (false, vec!["prod", "staging"]),
        3..=5 => (true, vec!["prod", "staging"]),
        _ => (true, vec!["prod", "prod-eu", "prod-eu-1", "prod-us", "staging"]),
    };
    let policy = Policy {
        baseline: *dice.pick(&[30, 1, 7, 30]),
        ping_pong: *dice.pick(&[14, 1, 14]),
        sign_off_max: *dice.pick(&[72, 2, 24]),
        review_within: *dice.pick(&[72, 1]),
    };
    let mut world = World {
        files: BTreeMap::new(),
        services,
        environments,
        incidents: vec![],
        signed: vec![],
        dice,
        form,
        flags: vec![],
        declared,
        policy,
    };
    world.write();
    world
}

fn line(name: &'static str, dice: &mut Dice) -> Line {
    let (order, pool, count) = match dice.below(8) {
        0 => (Order::Calver, CALVER, 3 + dice.below(6)),
        1 => (Order::Listed, LISTED, 3 + dice.below(5)),
        2 => (Order::Pep440, PEP440, 3 + dice.below(6)),
        3 => (Order::Debian, DEBIAN, 3 + dice.below(6)),
        4 => (Order::Rpm, RPM, 3 + dice.below(6)),
        _ => (Order::Semver, SEMVER, 3 + dice.below(6)),
    };
    let registered = dice.sample(pool, count);
    let listed = order == Order::Listed;
    let scale = if listed { Scale::listed(&registered) } else { Scale::new(order) };
    let pool = if listed { registered.clone() } else { pool.to_vec() };
    Line { name, pool, registered, unplaceable: vec!["nightly", "main-4be07d1"], scale, listed }
}

impl World {
    fn write(&mut self) {
        self.head();
        self.flags = (0..2 + self.dice.below(6))
            .map(|n| format!("{}-{n}", if self.dice.percent(60) { "CVE" } else { "INC" }))
            .collect();
        for index in 0..self.services.len() {
            self.service(index);
            self.state(index);
        }
        for id in self.flags.clone() {
            self.flag(&id);
        }
        for index in 0..self.services.len() {
            self.terms(index);
        }
        self.rules();
    }

    /// Adds text to the file of the layout, or to the one file.
    fn put(&mut self, path: &str, text: &str) {
        let spread = match self.form {
            Form::OneFile => false,
            Form::Folder => true,
            Form::Mixed => self.dice.percent(50),
        };
        let path = if spread { path } else { "holdpoint.toml" };
        self.files.entry(path.into()).or_default().push_str(text);
    }

    fn head(&mut self) {
        let mut text = "format = 1\n\n[policy]\n".to_owned();
        let Policy { baseline, ping_pong, sign_off_max, review_within } = self.policy;
        writeln!(text, "baseline = \"{baseline}d\"\nping_pong = \"{ping_pong}d\"").unwrap();
        writeln!(text, "sign_off_max = \"{sign_off_max}h\"\nreview_within = \"{review_within}h\"").unwrap();
        if self.dice.percent(15) {
            text.push_str("max_age = \"24h\"\n");
        }
        if self.declared {
            for environment in &self.environments {
                let group = match *environment {
                    "prod-eu" | "prod-us" => "in = \"prod\"\n",
                    "prod-eu-1" => "in = \"prod-eu\"\n",
                    _ => "",
                };
                write!(text, "\n[environment.{environment}]\n{group}").unwrap();
            }
        }
        for (team, member) in [("sre", "rosa@example.com"), ("appsec", "mina@example.com")] {
            if self.dice.percent(60) {
                write!(text, "\n[team.{team}]\nmembers = [\"{member}\"]\n").unwrap();
            }
        }
        self.files.insert("holdpoint.toml".into(), text);
    }

    fn service(&mut self, index: usize) {
        let name = self.services[index].name;
        let line = &self.services[index];
        let order = line.scale.order().word();
        let mut text = format!("\n[service.{name}]\norder = \"{order}\"\n");
        if self.dice.percent(50) {
            text.push_str("tier = \"critical\"\n");
        }
        let owners = ["reliability = \"sre\"", "security = \"appsec\""];
        let owners = self.dice.some(&owners, 70);
        writeln!(text, "owner = {{ {} }}", owners.join(", ")).unwrap();
        if self.dice.percent(40) {
            writeln!(text, "floor = \"{}\"", self.bound(index)).unwrap();
        }
        if self.dice.percent(40) {
            let mut entries = vec![];
            for _ in 0..1 + self.dice.below(2) {
                let (versions, until) = (self.range(index), self.around(40));
                entries.push(format!("{{ versions = {versions}, until = {} }}", format_time(until)));
            }
            writeln!(text, "support = [{}]", entries.join(", ")).unwrap();
        }
        for version in self.services[index].registered.clone() {
            writeln!(text, "\n[[service.{name}.release]]\nversion = \"{version}\"").unwrap();
            if self.dice.percent(75) {
                writeln!(text, "released = {}", format_time(self.mostly_past())).unwrap();
            }
            let tags = self.dice.some(&["\"base:a\"", "\"base:b\""], 30);
            writeln!(text, "tags = [{}]", tags.join(", ")).unwrap();
            let digests = self.dice.some(&["\"sha256:aa\"", "\"sha256:BB\""], 25);
            writeln!(text, "digests = [{}]", digests.join(", ")).unwrap();
            if let Some(other) = (0..self.services.len()).find(|other| *other != index)
                && self.dice.percent(50)
            {
                let (name, versions) = (self.services[other].name, self.range(other));
                writeln!(text, "needs = [{{ service = \"{name}\", versions = {versions} }}]").unwrap();
            }
            if self.dice.percent(8) {
                let at = format_time(self.mostly_past());
                writeln!(text, "withdrawn = {{ at = {at}, reason = \"gone\" }}").unwrap();
            }
        }
        let mut befores = vec![];
        for _ in 0..self.dice.below(3) {
            self.barrier(index, &mut befores, &mut text);
        }
        self.put(&format!("services/{name}/service.toml"), &text);
    }

    fn barrier(&mut self, index: usize, befores: &mut Vec<usize>, text: &mut String) {
        let (name, listed) = (self.services[index].name, self.services[index].listed);
        let pool = if listed { &self.services[index].registered } else { &self.services[index].pool };
        let pool = pool.clone();
        let at = self.dice.below(pool.len());
        // Two before one place are refused; the pools have some versions of equal place.
        let scale = &self.services[index].scale;
        let same = |one: &usize| scale.place(pool[*one]) == scale.place(pool[at]);
        if befores.iter().any(same) {
            return;
        }
        befores.push(at);
        write!(text, "\n[[service.{name}.barrier]]\nbefore = \"{}\"\nreason = \"migration\"\n", pool[at])
            .unwrap();
        if self.dice.percent(60) {
            writeln!(text, "since = \"{}\"", self.dice.word(&pool[at..])).unwrap();
        }
        if self.dice.percent(50) {
            text.push_str("reversible = true\nundo = \"down.sql\"\n");
        }
    }

    /// A version with a place.
    fn bound(&mut self, index: usize) -> &'static str {
        self.dice.word(&self.services[index].pool)
    }

    /// A registered version, mostly.
    fn version(&mut self, index: usize) -> &'static str {
        let line = &self.services[index];
        match self.dice.below(20) {
            0 => self.dice.word(&line.unplaceable),
            1 | 2 => self.dice.word(&line.pool),
            _ => self.dice.word(&line.registered),
        }
    }

    /// What stands behind `versions =`: one string or several.
    fn range(&mut self, index: usize) -> String {
        if self.dice.percent(85) {
            format!("\"{}\"", self.interval(index))
        } else {
            format!("[\"{}\", \"{}\"]", self.interval(index), self.interval(index))
        }
    }

    /// Never empty: the lowest bound of a listed order has nothing below it, and neighbours nothing between.
    fn interval(&mut self, index: usize) -> String {
        let pool = &self.services[index].pool;
        let low = self.dice.below(pool.len());
        let high = self.dice.below(pool.len()).max(low);
        let apart =
            self.services[index].scale.place(pool[low]) < self.services[index].scale.place(pool[high]);
        let (a, b) = (pool[low], pool[high]);
        match self.dice.below(9) {
            0 => "*".into(),
            1 => a.into(),
            2 => format!("={b}"),
            3 if high > 0 => format!("<{b}"),
            4 => format!("<={b}"),
            5 => format!(">={a}"),
            6 if !self.services[index].listed => format!(">{a}"),
            _ if apart => format!(">={a}, <{b}"),
            _ => format!(">={a}, <={b}"),
        }
    }

    /// A time near an edge: so many days or hours from now, or a second beside that.
    fn around(&mut self, ahead: usize) -> Time {
        if self.dice.percent(ahead) { now() + self.distance() } else { now() - self.distance() }
    }

    /// A time in the past, but at times a little ahead of the clock.
    fn mostly_past(&mut self) -> Time {
        let minutes = *self.dice.pick(&[1, 9, 10, 11, 59]);
        if self.dice.percent(3) { now() + TimeDelta::minutes(minutes) } else { now() - self.distance() }
    }

    fn distance(&mut self) -> TimeDelta {
        const DAYS: &[i64] =
            &[0, 1, 2, 3, 5, 6, 7, 8, 13, 14, 15, 29, 30, 31, 60, 90, 91, 200, 364, 365, 366, 400];
        const HOURS: &[i64] = &[0, 1, 2, 3, 23, 24, 25, 71, 72, 73];
        let base = if self.dice.percent(60) {
            TimeDelta::days(*self.dice.pick(DAYS))
        } else {
            TimeDelta::hours(*self.dice.pick(HOURS))
        };
        let aside = TimeDelta::seconds(*self.dice.pick(&[-1, 0, 0, 0, 1]));
        (base + aside).max(TimeDelta::zero())
    }

    /// Whether the registry knows environments at all.
    fn placed(&self) -> bool {
        !self.environments.is_empty()
    }
}

impl World {
    /// The registry that the text says, as the check of one service reads it.
    pub fn load(&self, service: &str) -> Registry {
        self.read(&Ask::Service(Name::new(service).unwrap()))
    }

    /// The whole registry that the text says.
    pub fn load_all(&self) -> Registry {
        self.read(&Ask::Everything)
    }

    fn read(&self, ask: &Ask) -> Registry {
        let mut tree = MemoryTree::new();
        for (path, text) in &self.files {
            tree.put(path, text.as_bytes());
        }
        match load(&tree, "holdpoint.toml", ask) {
            Ok(loaded) => loaded.registry,
            Err(LoadError::Mistakes(mistakes)) => {
                let said = |mistake: &Mistake| format!("{}\n", mistake.message);
                let said: String = mistakes.list.iter().map(said).collect();
                panic!("{}\na generated registry has mistakes:\n{said}", self.text());
            }
            Err(other) => panic!("{}\n{other}", self.text()),
        }
    }

    /// All files, as a failure shows them.
    pub fn text(&self) -> String {
        self.files.iter().map(|(path, text)| format!("# ---- {path}\n{text}\n")).collect()
    }

    /// The same world with all its tables in one file.
    pub fn in_one_file(&self) -> World {
        let mut one = self.files["holdpoint.toml"].clone();
        for (path, text) in self.files.iter().filter(|(path, _)| *path != "holdpoint.toml") {
            one.push_str(&format!("\n# {path}\n{text}"));
        }
        World { files: BTreeMap::from([("holdpoint.toml".to_owned(), one)]), ..world(0) }
    }
}
