//! `holdpoint flag-release`: a team says that releases are insecure or unstable.

use std::process::ExitCode;

use anyhow::Result;

use super::acting::Acting;
use super::args::{Format, Reports, moment, name, version};
use super::exit;
use super::failure::Complaint;
use super::question;
use super::registry::Found;
use super::settings::Settings;
use super::write::{self, carry_out, refuse_as_of, refused};
use crate::act::flag::{self, Offer, Part, Request};
use crate::act::{Said, said};
use crate::model::{FlagKind, Id, Name, Severity, Time, parse_time};
use crate::record::Occasion;
use crate::report::{Flagging, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint flag-release checkout 2.4.1 --unstable --id INC-482 --title \"p99 latency x10 above 400 rps\"
  holdpoint flag-release checkout '>=2.1.0, <2.4.0' --insecure --id CVE-2026-31337 --severity high --exploited \\
      --title \"Session fixation in token refresh\" --fixed-in 2.4.0 --dry-run
  holdpoint flag-release checkout '<2.4.0' --insecure --title \"Hole in libfoo\" --service 'cart=<1.9.2' --fixed-in cart=1.9.2
  holdpoint flag-release checkout 2.4.0 --insecure --id CVE-2026-31337 --extend       the fix was none
  holdpoint flag-release checkout '<2.4.0' --insecure --title \"Hole in /admin\" \\
      --mitigation 'waf-r3=hold,4h: enable WAF rule R3'

VERSIONS is what flags in the registry have: comparators joined by commas, such as '>=2.1.0, <2.4.0'; a bare
version is everything of equal precedence; '*' is every release. Several are any of them. Put it in quotes:
a shell takes < and > for itself, and then looks for a file of that name. <2.4.0 holds 2.4.0-rc.1 too.

What runs and is hit comes first, then the way back, sign-offs that are void, moves that no longer go, and what
to do next. --dry-run says the same and writes nothing.

Without --insecure or --unstable it is what the team says of which you are a member (`owner` of the service);
on a terminal you are asked. Anyone may flag; only the flag's own team takes it back.

Doing it again changes nothing. A flag that stands under the same id is refused, with what stands there, unless
--extend makes it wider: more releases, more services, more severe. Nothing of a flag is ever taken back here.

Exit codes:
  0 flagged, or flagged already · 2 wrong usage
  3 could not be flagged: nothing was written; or it was, and the report could not be, which is said
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  services/SERVICE/advisories/ID.toml or instabilities/ID.toml; advisories/ID.toml or instabilities/ID.toml for
  several services; holdpoint.toml where the service stands there and has no folder; and log/SERVICE/";

/// Says that releases are insecure or unstable; every check holds it against moves from then on.
///
/// Shows first what runs and is hit. One flag, one file; comments and order stay where a file is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The releases, in quotes: '>=2.1.0, <2.4.0', 2.4.1 or '*'; several are any of them
    #[arg(required = true)]
    versions: Vec<Box<str>>,

    /// Security says: insecure
    #[arg(long, conflicts_with = "unstable")]
    insecure: bool,

    /// SRE says: unstable
    #[arg(long)]
    unstable: bool,

    /// What is wrong, in one line
    #[arg(long, required_unless_present = "extend", value_parser = said)]
    title: Option<Said>,

    /// Its id: a CVE, a GHSA, an incident's number; one is made unless given
    #[arg(long, value_name = "ID", value_parser = id)]
    id: Option<Id>,

    /// How bad it is; without it the word for the CVSS score; without both it is judged like high
    #[arg(long, value_name = "WORD", value_parser = severity())]
    severity: Option<Severity>,

    /// A CVSS vector: v2, v3.0, v3.1 or v4.0
    #[arg(long, value_name = "VECTOR", value_parser = flag::vector)]
    cvss: Option<Box<str>>,

    /// It is known to be exploited
    #[arg(long)]
    exploited: bool,

    /// The artifact is malicious, never to run anywhere: nothing can sign that off
    #[arg(long)]
    compromised: bool,

    /// Another id of the same bug; may be given several times
    #[arg(long = "alias", value_name = "ALIAS", value_parser = said)]
    aliases: Vec<Said>,

    /// Where to read more
    #[arg(long, value_name = "URL", value_parser = said)]
    url: Option<Said>,

    /// A release that mends it; of another service: SERVICE=VERSION; may be given several times
    #[arg(long, value_name = "VERSION", value_parser = fixed)]
    fixed_in: Vec<Of>,

    /// Releases that are not hit although VERSIONS has them; a bare version is exactly that one; as --fixed-in
    #[arg(long, value_name = "VERSION", value_parser = of)]
    except: Vec<Of>,

    /// Only in this environment, or this group's; may be given several times
    #[arg(long = "env", value_name = "ENV", value_parser = name)]
    environments: Vec<Name>,

    /// When it begins to count, if not at once: RFC 3339 with an offset, or a date (its beginning, UTC)
    #[arg(long, value_name = "TIME", value_parser = moment)]
    effective: Option<Time>,

    /// Until when it counts: RFC 3339 with an offset, or a date (to its end, UTC)
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Time>,

    /// What can be put on against it: ID=LEVEL[,HOURS]: WHAT TO DO; may be given several times
    #[arg(long = "mitigation", value_name = "MITIGATION", value_parser = flag::offer)]
    mitigations: Vec<Offer>,

    /// A ticket
    #[arg(long, value_name = "TICKET", value_parser = said)]
    ticket: Option<Said>,

    /// Another service that it hits, with its own versions; may be given several times
    #[arg(long = "service", value_name = "SERVICE=VERSIONS", value_parser = flag::part)]
    further: Vec<Part>,

    /// Makes the flag that stands under this id wider
    #[arg(long, requires = "id")]
    extend: bool,

    /// It may be about releases to come: no known one need be hit
    #[arg(long)]
    future: bool,

    /// Only shows what would be written, and what it would do
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,
}

/// A version, and the service that it is said of if that isn't the first one.
type Of = (Option<Name>, Box<str>);

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    /// The services with what is hit of each; one that is named again has more ranges.
    fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part { service: self.service.clone(), versions: self.versions.clone() }];
        for more in &self.further {
            match parts.iter_mut().find(|part| part.service == more.service) {
                Some(part) => part.versions.extend_from_slice(&more.versions),
                None => parts.push(more.clone()),
            }
        }
        parts
    }

    fn request(&self, kind: FlagKind) -> Request {
        Request {
            kind,
            parts: self.parts(),
            id: self.id.clone(),
            title: self.title.clone(),
            url: self.url.clone(),
            severity: self.severity,
            cvss: self.cvss.clone(),
            exploited: self.exploited,
            compromised: self.compromised,
            aliases: self.aliases.clone(),
            except: self.except.clone(),
            fixed_in: self.fixed_in.clone(),
            environments: self.environments.clone(),
            effective: self.effective,
            until: self.until,
            mitigations: self.mitigations.clone(),
            ticket: self.ticket.clone(),
            extend: self.extend,
            future: self.future,
        }
    }
}

/// Flags and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "say from when on it counts with --effective")?;
    let found = Found::by(settings)?;
    let occasion = args.acting.occasion(&found, settings)?;
    let request = args.request(kind(args, &found, &occasion)?);
    let acted = carry_out(&found, settings, args.dry_run, &occasion, |tree, main, on| {
        flag::flag(tree, main, &request, on).map_err(|refusal| refused(refusal, &found))
    })?;
    let flagged = &acted.value;
    let revision = found.revision();
    let Some(first) = flagged.reaches.first() else { return Ok(ExitCode::from(exit::GO)) };
    let flagging = Flagging {
        context: found
            .context(settings, &first.after, revision.as_deref())
            .reached(acted.published.as_ref())
            .told(acted.notice.as_ref()),
        flagged,
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::flag(&flagging, look),
        Format::Json => json::flag(&flagging),
        Format::Markdown => markdown::flag(&flagging, look.detail),
    });
    let written = !args.dry_run && !flagged.changes.is_empty();
    Ok(write::code(&acted, write::delivered(delivered, written, settings)))
}

/// Insecure or unstable: as said, else what the caller's team says, else as they answer.
fn kind(args: &Args, found: &Found, occasion: &Occasion) -> Result<FlagKind> {
    match (args.insecure, args.unstable) {
        (true, _) => return Ok(FlagKind::Advisory),
        (_, true) => return Ok(FlagKind::Instability),
        _ => {}
    }
    let services: Vec<Name> = args.parts().into_iter().map(|part| part.service).collect();
    let known = flag::by_team(&found.tree(), &found.main, &services, &occasion.who.by);
    let why = match known.map_err(|refusal| refused(refusal, found))? {
        Ok(kind) => return Ok(kind),
        Err(why) => why,
    };
    let choices = [("insecure", FlagKind::Advisory), ("unstable", FlagKind::Instability)];
    question::choose("Is it insecure (security) or unstable (reliability)?", &choices).ok_or_else(|| {
        let message = format!("it isn't said whether the releases are insecure or unstable, and {why}");
        Complaint::usage(&message, "add --insecure (security says so) or --unstable (SRE says so)").into()
    })
}

fn id(text: &str) -> Result<Id, String> {
    Id::new(text).map_err(|error| format!("an id {error}; it is made of letters, digits, `.`, `_` and `-`"))
}

fn severity() -> impl clap::builder::TypedValueParser<Value = Severity> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(Severity::WORDS).map(|word| Severity::from_word(&word).unwrap_or_default())
}

/// Takes `VERSION` or `SERVICE=VERSION`; what stands in `except` may be a range.
fn of(text: &str) -> Result<Of, String> {
    let named = text.split_once('=').and_then(|(name, rest)| Some((Name::new(name).ok()?, rest)));
    match named {
        Some((_, "")) => Err("nothing stands behind `=`".into()),
        Some((name, rest)) => Ok((Some(name), rest.into())),
        None if text.trim().is_empty() => Err("it is empty".into()),
        None => Ok((None, text.into())),
    }
}

fn fixed(text: &str) -> Result<Of, String> {
    let (name, text) = of(text)?;
    Ok((name, version(&text)?))
}

/// The first instant that is over: of a date, the end of its day.
fn until(text: &str) -> Result<Time, String> {
    let time = moment(text)?;
    let is_date = text.len() == "2026-11-22".len() && parse_time(text).is_ok();
    match is_date {
        true => {
            time.checked_add_signed(chrono::TimeDelta::days(1)).ok_or_else(|| "it is too far away".into())
        }
        false => Ok(time),
    }
}
