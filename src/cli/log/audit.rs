//! What `log export` and `log report` have in common: the period, the lines, what the registry adds.

use anyhow::Result;
use chrono::{Days, NaiveDate, TimeDelta};

use super::{Opened, unread};
use crate::audit::{Facts, Ledger, Period, USUAL};
use crate::cli::args::moment;
use crate::cli::failure::{Complaint, brief};
use crate::cli::settings::Settings;
use crate::model::{Name, Time};
use crate::record::{Finding, Spot, Trouble, Verified, verify};
use crate::registry::Whole;
use crate::report::audit::Span;

/// Of which time.
#[derive(Debug, clap::Args)]
pub(super) struct Within {
    /// From then on: RFC 3339 with an offset, or a date; unless given, ninety days before the end
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Time>,

    /// Until then: RFC 3339 with an offset, or a date (to its end); unless given, now
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Until>,
}

/// Until when: of a date its whole day, of a time its own second.
#[derive(Debug, Clone, Copy)]
struct Until {
    end: Time,
    before: Time,
}

fn until(text: &str) -> Result<Until, String> {
    let time = moment(text)?;
    let next = match text.parse::<NaiveDate>() {
        Ok(_) => time.checked_add_days(Days::new(1)).map(|next| (next, next)),
        Err(_) => time.checked_add_signed(TimeDelta::seconds(1)).map(|next| (time, next)),
    };
    let (end, before) = next.ok_or("it is too late a time")?;
    Ok(Until { end, before })
}

impl Within {
    /// The period. What lies ahead isn't known yet, so it ends now at the latest.
    pub fn span(&self, settings: &Settings) -> Result<Span> {
        let now = settings.moment.now;
        let present = Until { end: now, before: now + TimeDelta::seconds(1) };
        let until = self.until.filter(|until| until.end <= now).unwrap_or(present);
        let since = self.since.unwrap_or_else(|| USUAL.before(until.end));
        if since >= until.before {
            let message = "the period ends before it begins";
            return Err(Complaint::usage(message, "--since is earlier than --until, and than now").into());
        }
        let period = Period { since, end: until.end, before: until.before };
        Ok(Span { period, usual: self.since.is_none() })
    }
}

/// The record of a service with the result of verifying it.
pub(super) struct Kept {
    pub ledger: Ledger,
    pub verified: Verified,
}

/// Reads and verifies the records; what was recorded after the present moment isn't there yet.
pub(super) fn kept(opened: &Opened, settings: &Settings) -> Result<Vec<Kept>> {
    let each = |service: &Name| {
        let verified = verify(&opened.tree, service, &[]).map_err(unread)?;
        let mut ledger = Ledger::read(&opened.tree, service).map_err(unread)?;
        if settings.simulated {
            ledger.entries.retain(|entry| entry.at <= settings.moment.now);
        }
        Ok(Kept { ledger, verified })
    };
    opened.services.iter().map(each).collect()
}

/// What stands among the records and is none; said when all of them are looked at.
pub(super) fn beside(opened: &Opened, services: &[Name]) -> Vec<Finding> {
    let strange = opened.strange.iter().filter(|_| services.is_empty());
    let finding =
        |path: &String| Finding { spot: Spot { file: path.clone(), line: 0 }, trouble: Trouble::Strange };
    strange.map(finding).collect()
}

/// What the registry adds to the record of each service, or why it adds nothing.
pub(super) fn facts(opened: &Opened) -> Vec<Result<Facts, String>> {
    let found = &opened.found;
    let why = |error| {
        let (message, _) = brief(&found.complaint(error));
        message
    };
    let whole = Whole::open(&opened.tree, &found.main).map_err(why);
    let each = |name: &Name| {
        let whole = whole.as_ref().map_err(Clone::clone)?;
        if !whole.names().contains(name) {
            return Err(format!("there is no service `{name}` in it any more"));
        }
        let loaded = whole.service(&opened.tree, name).map_err(why)?;
        let service = loaded.registry.services.get(name);
        service
            .map(|service| Facts::of(&loaded.registry, service))
            .ok_or_else(|| "the service isn't there".into())
    };
    opened.services.iter().map(each).collect()
}
