//! Flags: that releases are bad, with what runs where that is hit; and that they aren't any more.

use super::places::occasion;
use super::{Teller, Words};
use crate::judge::and;
use crate::model::Name;
use crate::record::{Affected, Deed, Place, Statement};
use crate::report::commands::quoted;
use crate::report::words::some;

impl Teller<'_> {
    /// Releases were flagged.
    pub(super) fn flagged(&self, says: &Statement) -> Words {
        let Deed::Flagged { flag, key, title, severity, exploited, compromised, affects, extended } =
            &says.deed
        else {
            return Words::default();
        };
        let (service, what) = (&says.service, if &**key == "security" { "insecure" } else { "unstable" });
        let weight = weight(severity, *exploited, *compromised);
        let wider = if *extended { " is wider now, and" } else { "" };
        let runs = running(affects);
        let sentence = format!(
            "{service} {} {}: {flag} ({weight}){wider} {runs}: {title}; flagged {}.",
            hits(affects),
            if *extended { format!("is {what}") } else { format!("was flagged {what}") },
            occasion(says)
        );
        let mut words = Words::of(sentence);
        words.field("Flag", &**flag);
        words.field("Severity", weight);
        words.field("Title", &**title);
        words.field("Versions", some(&affects.versions));
        words.field("Fixed in", some(&affects.fixed_in));
        self.what_now(&mut words, flag, affects, *compromised);
        words.link = self.flag_url(flag);
        words
    }

    /// What can be done in each place where something that is hit runs.
    fn what_now(&self, words: &mut Words, flag: &str, affects: &Affected, compromised: bool) {
        if affects.running.is_empty() {
            let hit = affects.hits.last().map_or("<version>", |hit| &**hit);
            words.more.push(
                "Nothing that is known to run is hit; from now on, moves to these releases are judged by it."
                    .into(),
            );
            words.command = Some(self.command("rollback-check", &quoted(hit), self.somewhere()));
            return;
        }
        for Place { environment, version } in &affects.running {
            words.field(&format!("Runs in {environment}"), &**version);
            match self.safe(environment, version, Some(flag)) {
                Some(safe) => {
                    words.more.push(format!(
                        "In {environment}, where {version} runs, the safe target is {}: `{}`.",
                        safe.words, safe.command
                    ));
                    words.field(&format!("Safe target in {environment}"), safe.version);
                    words.command.get_or_insert(safe.command);
                }
                None => {
                    let command = self.command("targets", "", Some(environment));
                    let stop = match compromised {
                        true => " Stop or isolate the service: it runs a malicious artifact.",
                        false => "",
                    };
                    words.more.push(format!(
                        "In {environment}, where {version} runs, no release that is better may simply be gone to: `{command}` shows what each would take.{stop}"
                    ));
                    words.field(&format!("Safe target in {environment}"), "none");
                    words.command.get_or_insert(command);
                }
            }
        }
    }

    /// A flag was withdrawn, or its range closed.
    pub(super) fn cleared(&self, says: &Statement) -> Words {
        let Deed::Cleared { flag, key, reason, fixed_in } = &says.deed else { return Words::default() };
        let service = &says.service;
        let sentence = match fixed_in {
            Some(version) => {
                format!(
                    "{flag} of {service} ({key}) is fixed in {version}: {reason}; said {}.",
                    occasion(says)
                )
            }
            None => format!("{flag} of {service} ({key}) was withdrawn: {reason}; {}.", occasion(says)),
        };
        let mut words = Words::of(sentence);
        words.more.push(match fixed_in {
            Some(version) => format!("Releases from {version} on aren't hit any more; the older ones still are."),
            None => "Moves to the releases that it hit aren't judged by it any more; for a week a warning still says that it stood.".into(),
        });
        words.field("Flag", &**flag);
        words.field("Fixed in", fixed_in.as_deref().unwrap_or_default());
        words.command = Some(self.command("status", "", None));
        words.link = self.flag_url(flag);
        words
    }

    /// Where more can be read of a flag.
    fn flag_url(&self, id: &str) -> Option<String> {
        let (service, registry) = (self.service?, self.telling.registry?);
        let flag = registry.flags_of(service).find(|flag| flag.id.as_str() == id)?;
        flag.url.as_deref().map(str::to_owned)
    }

    /// An environment in which something of the service runs, for a command that needs one.
    fn somewhere(&self) -> Option<&str> {
        let service = self.service?;
        service.running.keys().next().map(Name::as_str)
    }
}

/// `high, exploited`.
fn weight(severity: &str, exploited: bool, compromised: bool) -> String {
    let words = [Some(severity), exploited.then_some("exploited"), compromised.then_some("compromised")];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `<2.4.0`, or what else it hits.
fn hits(affects: &Affected) -> String {
    match affects.versions.is_empty() {
        true => some(&affects.hits),
        false => affects.versions.join(" or "),
    }
}

/// `runs in prod (2.3.0)`, or that nothing does.
fn running(affects: &Affected) -> String {
    if affects.running.is_empty() {
        return "hits nothing that is known to run".into();
    }
    let places: Vec<String> =
        affects.running.iter().map(|place| format!("{} ({})", place.environment, place.version)).collect();
    format!("hits what runs in {}", and(places.iter().map(String::as_str)))
}
