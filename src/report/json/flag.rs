//! `holdpoint/flag/v1`: a flag that was made, or made wider, and what it does.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Registry, score, sentence, text};
use crate::act::flag::{self, Outcome, Reach};
use crate::judge::Code;
use crate::model::{Flag, format_time};
use crate::report::flagging::insecure;
use crate::report::{Flagging, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/flag/v1";

#[derive(Serialize)]
struct FlagV1<'a> {
    schema: &'static str,
    act: &'static str,
    outcome: &'static str,
    dry_run: bool,
    message: String,
    flag: Facts<'a>,
    /// Each service that it hits, in the order in which they were named.
    services: Vec<Service<'a>>,
    /// The files that are written, the record aside.
    changed: Vec<&'a str>,
    notes: Vec<String>,
    /// What to paste next.
    next: Vec<String>,
    /// The difference, when nothing was written.
    diff: Option<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
    warnings: Vec<One<'a>>,
}

/// The flag as it stands.
#[derive(Serialize)]
struct Facts<'a> {
    id: &'a str,
    kind: &'static str,
    #[serde(rename = "as")]
    key: &'static str,
    says: &'static str,
    title: Option<String>,
    url: Option<&'a str>,
    severity: Option<&'static str>,
    score: Option<f64>,
    exploited: bool,
    compromised: bool,
    aliases: &'a [Box<str>],
    effective: Option<String>,
    until: Option<String>,
    by: Option<String>,
    ticket: Option<String>,
}

#[derive(Serialize)]
struct Service<'a> {
    service: &'a str,
    versions: &'a [Box<str>],
    except: &'a [Box<str>],
    environments: Vec<&'a str>,
    fixed_in: &'a [Box<str>],
    /// The registered releases that it hits.
    releases: &'a [Box<str>],
    /// Those of them that it didn't hit before.
    newly_hit: &'a [Box<str>],
    /// How many releases are registered.
    known: usize,
    running: Vec<Runs<'a>>,
    ways_back: Vec<Way<'a>>,
    voided: Vec<Voided<'a>>,
    stopped: Vec<Stopped<'a>>,
    origin: At<'a>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct Runs<'a> {
    environment: &'a str,
    version: &'a str,
    /// False: its version can't be compared, so it may be hit.
    sure: bool,
    newly_hit: bool,
    verdict: &'static str,
    next: Option<String>,
}

#[derive(Serialize)]
struct Way<'a> {
    environment: &'a str,
    lost: bool,
    before: Option<Back<'a>>,
    after: Option<Back<'a>>,
}

#[derive(Serialize)]
struct Back<'a> {
    version: &'a str,
    verdict: &'static str,
}

#[derive(Serialize)]
struct Voided<'a> {
    id: &'a str,
    #[serde(rename = "as")]
    key: &'static str,
    by: String,
    environment: &'a str,
    to: &'a str,
    verdict: &'static str,
    reasons: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Stopped<'a> {
    environment: &'a str,
    from: Option<&'a str>,
    to: &'a str,
    before: &'static str,
    after: &'static str,
    reasons: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
    code: &'static str,
    subject: &'a str,
}

/// Writes what a flag does.
pub fn flag(flagging: &Flagging) -> String {
    let (context, flagged) = (&flagging.context, flagging.flagged);
    let word = flagging.word().to_lowercase();
    text::write(&FlagV1 {
        schema: SCHEMA,
        act: "flag-release",
        outcome: match flagged.outcome {
            Outcome::Flagged => "flagged",
            Outcome::Extended => "extended",
            Outcome::Unchanged => "unchanged",
        },
        dry_run: flagging.dry_run,
        message: sentence(&format!("{word}: {}", flagging.what())),
        flag: facts(flagging, flagged.flag()),
        services: flagged.reaches.iter().map(|reach| service(flagging, reach)).collect(),
        changed: flagged.changes.files().keys().map(String::as_str).collect(),
        notes: flagged.notes.iter().map(|note| sentence(note)).collect(),
        next: flagging.next(),
        diff: flagging.dry_run.then(|| diff::text(&flagged.changes)),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn facts<'a>(flagging: &Flagging<'a>, flag: Option<&'a Flag>) -> Facts<'a> {
    let (id, kind) = (&flagging.flagged.id, flagging.flagged.kind);
    let said = |text: Option<&Box<str>>| text.map(|text| sentence(text));
    Facts {
        id: id.as_str(),
        kind: kind.word(),
        key: kind.key().word(),
        says: insecure(kind),
        title: flag.map(|flag| sentence(&flag.title)),
        url: flag.and_then(|flag| flag.url.as_deref()),
        severity: flag.map(|flag| flag.severity.word()),
        score: flag.and_then(Flag::score).map(score),
        exploited: flag.is_some_and(|flag| flag.exploited),
        compromised: flag.is_some_and(|flag| flag.compromised),
        aliases: flag.map_or(&[], |flag| &flag.aliases),
        effective: flag.and_then(|flag| flag.effective).map(format_time),
        until: flag.and_then(|flag| flag.until).map(format_time),
        by: said(flag.and_then(|flag| flag.by.as_ref())),
        ticket: said(flag.and_then(|flag| flag.ticket.as_ref())),
    }
}

fn service<'a>(flagging: &Flagging<'a>, reach: &'a Reach) -> Service<'a> {
    Service {
        service: reach.service.as_str(),
        versions: &reach.said.0,
        except: &reach.said.1,
        environments: reach.environments.iter().map(|name| name.as_str()).collect(),
        fixed_in: &reach.fixed_in,
        releases: &reach.releases,
        newly_hit: &reach.new,
        known: reach.known,
        running: reach.runs.iter().map(|runs| self::runs(flagging, reach, runs)).collect(),
        ways_back: reach.ways.iter().map(way).collect(),
        voided: reach.voided.iter().map(voided).collect(),
        stopped: reach.stopped.iter().map(stopped).collect(),
        origin: At { file: &reach.spot.file, line: reach.spot.line },
    }
}

fn runs<'a>(flagging: &Flagging<'a>, reach: &'a Reach, runs: &'a flag::RunsHit) -> Runs<'a> {
    let next = reach.next.iter().find(|next| next.environment == runs.environment);
    Runs {
        environment: runs.environment.as_str(),
        version: &runs.version.text,
        sure: runs.sure,
        newly_hit: runs.new,
        verdict: runs.level.word(),
        next: next.and_then(|next| flagging.command(reach, next)),
    }
}

fn way(way: &flag::Way) -> Way<'_> {
    Way {
        environment: way.environment.as_str(),
        lost: way.is_lost(),
        before: way.before.as_ref().map(back),
        after: way.after.as_ref().map(back),
    }
}

fn back(back: &flag::Back) -> Back<'_> {
    Back { version: &back.version, verdict: back.level.word() }
}

fn voided(voided: &flag::Voided) -> Voided<'_> {
    Voided {
        id: voided.id.as_str(),
        key: voided.key.word(),
        by: sentence(&voided.by),
        environment: voided.environment.as_str(),
        to: &voided.to,
        verdict: voided.level.word(),
        reasons: reasons(&voided.why),
    }
}

fn stopped(stopped: &flag::Stopped) -> Stopped<'_> {
    Stopped {
        environment: stopped.environment.as_str(),
        from: stopped.from.as_deref(),
        to: &stopped.to,
        before: stopped.before.word(),
        after: stopped.after.word(),
        reasons: reasons(&stopped.why),
    }
}

fn reasons(why: &[(Code, String)]) -> Vec<Reason<'_>> {
    why.iter().map(|(code, subject)| Reason { code: code.word(), subject }).collect()
}
