//! Laying a new registry: commented files that explain themselves, from which both teams go on.
//!
//! [`lay`] makes the files of a [`Request`], [`settle`] holds them against what stands in the folder already,
//! and [`next`] says what to try first. The texts are templates (`templates/`), with a closed set of
//! placeholders; a line that begins with `#` and no blank is an example to be uncommented, and a test
//! uncomments them all.

mod releases;
mod service;
mod settle;
mod template;

pub use service::service_name;
pub use settle::{InitError, Kept, Plan, settle};

use chrono::{Days, NaiveDate};

use crate::import::tags::{Release, Tagged};
use crate::model::{MoveKind, Name};
use crate::registry::edit::{Value, written_key};
use crate::registry::schema;
use crate::version::{Order, Scale};
use template::{Values, body, escaped, fill};

/// The name of the main file.
pub const MAIN: &str = "holdpoint.toml";
/// The environment of all examples.
const PROD: &str = "prod";

/// What is to be laid.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The first service.
    pub service: &'a Name,
    /// In one file, or in folders.
    pub form: Form,
    /// Its releases; None: made-up ones, with a flag of each kind.
    pub tagged: Option<&'a Tagged>,
    /// What runs where, as far as it was said.
    pub running: &'a [(Name, String)],
    /// The day, from which the dates of examples are counted.
    pub today: NaiveDate,
    /// Where the folder lies in its repository; empty: at its root, or in none.
    pub inside: &'a str,
    /// Whether its repository has a remote, so that acts can be shared.
    pub shared: bool,
}

/// In how many files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A folder for each service, a file for each flag.
    Folders,
    /// `holdpoint.toml` only.
    Single,
}

/// A file to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where, in the registry's folder.
    pub path: String,
    /// What it is for.
    pub about: &'static str,
    /// All of it.
    pub text: String,
    /// A file that a repository may have already; it is then left alone.
    pub common: bool,
}

/// Something to try next. It works once those before it were done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// To write down what runs: a line at the end of a file.
    SayWhatRuns {
        /// The file, in the registry's folder.
        file: String,
        /// The line.
        line: String,
    },
    /// A check.
    Check {
        /// Of which kind.
        kind: MoveKind,
        /// To which release; None: what ran before.
        version: Option<String>,
        /// Where.
        environment: String,
        /// What comes out: only of the examples is it known.
        says: Option<(&'static str, u8)>,
    },
    /// Every release as a target.
    Targets {
        /// Where.
        environment: String,
    },
}

/// Makes the files of a registry.
pub fn lay(request: &Request<'_>) -> Vec<Sheet> {
    let values = values(request);
    match request.form {
        Form::Single => vec![sheet(MAIN, "everything", single(request, &values)), ignored(&values)],
        Form::Folders => folders(request, &values).into_iter().map(with_schema).collect(),
    }
}

/// What whoever writes leaves behind, in whatever form.
fn ignored(values: &Values) -> Sheet {
    let text = fill(include_str!("templates/gitignore"), values);
    Sheet { common: true, ..sheet(".gitignore", "what Git is not to keep", text) }
}

/// A file that tells editors by its first line where the schema is.
fn with_schema(sheet: Sheet) -> Sheet {
    if !sheet.path.ends_with(".toml") {
        return sheet;
    }
    Sheet { text: format!("{}\n{}", schema::line(&sheet.path), sheet.text), ..sheet }
}

fn sheet(path: impl Into<String>, about: &'static str, text: String) -> Sheet {
    Sheet { path: path.into(), about, text, common: false }
}

fn folders(request: &Request<'_>, values: &Values) -> Vec<Sheet> {
    let filled = |template| fill(template, values);
    let of_service = |path: &str, about, template| {
        sheet(format!("services/{}/{path}", request.service), about, filled(template))
    };
    let common = |path: &str, about, template| Sheet { common: true, ..sheet(path, about, filled(template)) };
    let flags = match request.tagged {
        None => [
            of_service("advisories/EXAMPLE-1.toml", "an example of security's flags", ADVISORY),
            of_service("instabilities/EXAMPLE-2.toml", "an example of SRE's flags", INSTABILITY),
        ],
        Some(_) => [
            of_service("advisories/README.md", "how security flags a release", ADVISORIES),
            of_service("instabilities/README.md", "how SRE flags a release", INSTABILITIES),
        ],
    };
    let own = [
        sheet(MAIN, "policy, teams, rules", filled(include_str!("templates/holdpoint.toml"))),
        of_service("service.toml", "the service, its releases, its barriers", SERVICE),
        of_service("security.toml", "its floor and support windows", SECURITY),
        of_service("running.toml", "what runs and ran where", RUNNING),
    ];
    let beside = [
        common("CODEOWNERS", "who is asked about which file", include_str!("templates/CODEOWNERS")),
        common(".gitattributes", "how Git treats the files", include_str!("templates/gitattributes")),
        ignored(values),
        common("README.md", "a word to the team", include_str!("templates/README.md")),
    ];
    let schema =
        Sheet { common: true, ..sheet(schema::PATH, "for editors: which keys there are", schema::text()) };
    own.into_iter().chain(flags).chain(beside).chain([schema]).collect()
}

const SERVICE: &str = include_str!("templates/service.toml");
const SECURITY: &str = include_str!("templates/security.toml");
const RUNNING: &str = include_str!("templates/running.toml");
const ADVISORY: &str = include_str!("templates/advisory.toml");
const INSTABILITY: &str = include_str!("templates/instability.toml");
const ADVISORIES: &str = include_str!("templates/advisories.md");
const INSTABILITIES: &str = include_str!("templates/instabilities.md");

/// Everything in one file. What runs stands last, so that a line at the end says so.
fn single(request: &Request<'_>, values: &Values) -> String {
    let mut parts = vec![
        format!(
            "# The registry: what is known about every release, by both teams.\n\
             # Editors explain its keys once they have the schema: `holdpoint schema > {}`, and as the\n\
             # first line of this file `{}`.\n\n",
            schema::PATH,
            schema::line(MAIN)
        ),
        fill(body(include_str!("templates/holdpoint.toml")), values),
        fill(body(SERVICE), values),
    ];
    match request.tagged {
        None => parts.extend([fill(body(ADVISORY), values), fill(body(INSTABILITY), values)]),
        Some(_) => parts.push(fill(include_str!("templates/flags.toml"), values)),
    }
    parts.push(fill(body(RUNNING), values));
    let head = parts.remove(0);
    format!("{head}{}", parts.join("\n"))
}

/// What stands for the placeholders.
fn values(request: &Request<'_>) -> Values {
    let example = releases::example(request.today);
    let list: &[Release] = request.tagged.map_or(&example, |tagged| &tagged.releases);
    let order = request.tagged.map_or(Order::Semver, |tagged| tagged.order);
    let text = |release: Option<&Release>| escaped(release.map_or("", |release| &release.version));
    let oldest = text(list.first());
    let mut values = Values::new(vec![
        ("service", request.service.to_string()),
        ("key", releases::key(request.service)),
        ("order", order.word().to_owned()),
        ("orders", Order::WORDS.join(", ")),
        ("oldest", oldest.clone()),
        ("newest", text(newest(list, order))),
        (
            "floor",
            if request.tagged.is_some() {
                format!("#floor = \"{oldest}\"")
            } else {
                format!("floor = \"{oldest}\"")
            },
        ),
        ("releases", releases::written(request.service, list)),
        (
            "ran",
            request
                .tagged
                .map_or_else(|| releases::example_ran(request.service, request.today), |_| String::new()),
        ),
        ("running", running(request, newest(list, order))),
        ("today", request.today.to_string()),
        ("recorded", releases::day(request.today, releases::FLAGGED).to_string()),
        ("until", later(request.today, 14)),
        ("far", later(request.today, 365)),
        ("git", if request.shared { "" } else { "#" }.to_owned()),
        ("root", root(request.inside)),
        ("own", if request.inside.is_empty() { OWN.to_owned() } else { String::new() }),
    ]);
    let keys = fill(include_str!("templates/security-keys.toml"), &values);
    // In one file, a service's table stands once: the keys of `security.toml` are beside the others.
    let here = if request.form == Form::Single { format!("\n{keys}") } else { String::new() };
    values.add("security", keys.trim_end().to_owned());
    values.add("security_here", here);
    values
}

/// Who may say who owns what.
const OWN: &str = "/CODEOWNERS                       @your-org/sre @your-org/security\n";

fn later(today: NaiveDate, days: u64) -> String {
    today.checked_add_days(Days::new(days)).unwrap_or(today).to_string()
}

/// The registry's folder as CODEOWNERS writes it: what means something in a pattern is escaped.
fn root(inside: &str) -> String {
    if inside.is_empty() {
        return String::new();
    }
    let mut out = String::from("/");
    for c in inside.chars() {
        if matches!(c, ' ' | '[' | ']' | '*' | '?' | '#' | '!' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The newest release that leads to no later one, else the newest of all.
fn newest(list: &[Release], order: Order) -> Option<&Release> {
    let scale = Scale::new(order);
    list.iter().rev().find(|release| !scale.is_prerelease(&release.version)).or(list.last())
}

/// The lines of `[service.X.running]`.
fn running(request: &Request<'_>, newest: Option<&Release>) -> String {
    let line =
        |environment: &str, versions: Value| format!("{} = {}", written_key(environment), versions.inline());
    match (request.running, newest) {
        ([], Some(newest)) if request.tagged.is_some() => {
            format!("#{}", line(PROD, (&*newest.version).into()))
        }
        ([], Some(newest)) => line(PROD, (&*newest.version).into()),
        (said, _) => by_environment(said)
            .into_iter()
            .map(|(name, versions)| match &*versions {
                [only] => line(name, Value::from(*only)),
                several => line(name, Value::texts(several)),
            })
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

/// What runs in each environment: of a roll-out that isn't finished, several releases.
fn by_environment(said: &[(Name, String)]) -> Vec<(&str, Vec<&str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, version) in said {
        match all.iter_mut().find(|(other, _)| *other == name.as_str()) {
            Some((_, versions)) if versions.contains(&version.as_str()) => {}
            Some((_, versions)) => versions.push(version),
            None => all.push((name.as_str(), vec![version])),
        }
    }
    all
}

/// What to try first.
pub fn next(request: &Request<'_>) -> Vec<Next> {
    let environment = request.running.first().map_or(PROD, |(name, _)| name.as_str()).to_owned();
    let check = |version: Option<&str>, says| Next::Check {
        kind: MoveKind::Rollback,
        version: version.map(str::to_owned),
        environment: environment.clone(),
        says,
    };
    let targets = Next::Targets { environment: environment.clone() };
    let Some(tagged) = request.tagged else {
        return vec![check(None, Some(("HOLD", 4))), check(Some("1.0.0"), Some(("BLOCK", 1))), targets];
    };
    let Some(newest) = newest(&tagged.releases, tagged.order) else { return vec![targets] };
    let runs = request.running.first().map_or(&newest.version, |(_, version)| version);
    // From the oldest there is no way back, so what would come after is asked for.
    let first = match tagged.releases.first() {
        Some(oldest) if oldest.version == *runs => Next::Check {
            kind: MoveKind::Redeploy,
            version: Some(newest.version.clone()),
            environment: environment.clone(),
            says: None,
        },
        _ => check(None, None),
    };
    if !request.running.is_empty() {
        return vec![first, targets];
    }
    let file = match request.form {
        Form::Single => MAIN.to_owned(),
        Form::Folders => format!("services/{}/running.toml", request.service),
    };
    let line = running(request, Some(newest)).trim_start_matches('#').to_owned();
    vec![Next::SayWhatRuns { file, line }, first, targets]
}

#[cfg(test)]
mod tests;
