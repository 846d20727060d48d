//! One thing that needs attention, in words.

use crate::judge::{Attention, Code, Finding, Matter, Overview, Reason, WayBack, Weight, and};
use crate::model::{Flag, Key, Level, Origin, Owner, Registry, Time, format_time, format_until};
use crate::report::review::waits;
use crate::report::{plain, words};

/// One thing that needs attention.
#[derive(Debug)]
pub struct Item {
    /// A stable word: the reason's code, or what it is of the things that no move has a reason for.
    pub code: &'static str,
    /// How heavy it is.
    pub level: Level,
    /// Whose business it is.
    pub owner: &'static str,
    /// The id of what it is about: a flag, a sign-off, a debt, an incident; else the code.
    pub subject: Box<str>,
    /// In a few words, without titles.
    pub short: String,
    /// In a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where it stands: file and line.
    pub origin: Option<(Box<str>, usize)>,
    /// The moment that it speaks of: when it begins, ends, is due.
    pub at: Option<Time>,
    /// The running releases that it is about; empty: the place.
    pub on: Vec<Box<str>>,
    /// The rule that decided its level.
    pub rule: Option<Box<str>>,
    /// Worth knowing, and nothing to do about now: shown only when all is asked for.
    pub minor: bool,
}

impl Item {
    /// What is told of one thing.
    pub fn of(registry: &Registry, overview: &Overview<'_>, attention: &Attention<'_>) -> Item {
        let told = told(overview, &attention.matter);
        let on: Vec<Box<str>> = attention.on.iter().map(|version| plain(&version.text).into()).collect();
        // Where one release runs, it goes without saying which one is meant.
        let of_some = overview.releases().len() > on.len() && !on.is_empty();
        let meant = if of_some { format!(" on {}", and(on.iter().map(|v| &**v))) } else { String::new() };
        let origin = told
            .origin
            .map(|origin| (Box::from(registry.sources.path(origin)), registry.sources.line(origin)));
        let in_brackets = if meant.is_empty() { String::new() } else { format!(" ({})", meant.trim_start()) };
        Item {
            code: told.code,
            level: attention.level(),
            owner: told.owner.word(),
            subject: told.subject.into(),
            short: plain(&format!("{}{meant}", told.short)).into_owned(),
            message: plain(&format!("{}{in_brackets}", told.message)).into_owned(),
            hint: told.hint.map(|hint| plain(&hint).into_owned()),
            origin,
            at: told.at,
            on,
            rule: reason(&attention.matter).and_then(|reason| reason.rule).map(|rule| rule.name.clone()),
            minor: is_minor(&attention.matter) && !sets_a_key(overview, attention),
        }
    }
}

/// What the words are made of, before it is cleaned.
struct Told {
    code: &'static str,
    owner: Owner,
    subject: String,
    short: String,
    message: String,
    hint: Option<String>,
    origin: Option<Origin>,
    at: Option<Time>,
}

fn reason<'v, 'a>(matter: &'v Matter<'a>) -> Option<&'v Reason<'a>> {
    match matter {
        Matter::Found(reason) => Some(reason),
        _ => None,
    }
}

fn is_minor(matter: &Matter<'_>) -> bool {
    match matter {
        Matter::NothingOlder => true,
        // A rule may make more of it.
        Matter::Found(reason) => {
            let code = reason.finding.code();
            reason.level <= Level::Warn
                && matches!(code, Code::FlagWithdrawn | Code::FlaggedElsewhere | Code::FixUnclear)
        }
        _ => false,
    }
}

/// Whether it is all there is to say why a key stands where it stands: then it must be said.
fn sets_a_key(overview: &Overview<'_>, attention: &Attention<'_>) -> bool {
    let sets = |one: &Attention<'_>, key: Key| {
        let of_key = |reason: &Reason<'_>| reason.finding.owner().keys().contains(&key);
        let level = overview.key(key).filter(|level| *level > Level::Allow);
        reason(&one.matter).filter(|reason| of_key(reason)).map(|reason| reason.level) == level
            && level.is_some()
    };
    let told = |key: Key| overview.attention.iter().any(|one| !is_minor(&one.matter) && sets(one, key));
    Key::ALL.into_iter().any(|key| sets(attention, key) && !told(key))
}

fn told(overview: &Overview<'_>, matter: &Matter<'_>) -> Told {
    let one = |code, owner, subject: &str, message: String| Told {
        code,
        owner,
        subject: subject.to_owned(),
        short: message.clone(),
        message,
        hint: None,
        origin: None,
        at: None,
    };
    let service = overview.service.name.as_str();
    match matter {
        Matter::Found(reason) => found(overview, reason),
        Matter::UnknownRunning => Told {
            hint: Some(format!(
                "say what runs: `holdpoint observe {service} --env <env> --running \"<version>\"`"
            )),
            ..one("unknown-running", Owner::Both, "unknown-running", "nobody said what runs here".into())
        },
        Matter::NothingOlder => {
            let message = "no older release is known that one could go back to".into();
            one("nothing-older", Owner::One(Key::Reliability), "nothing-older", message)
        }
        Matter::Incident(incident) => {
            let severity = incident.severity.as_ref().map_or(String::new(), |word| format!(" ({word})"));
            let id = incident.id.as_str();
            let message = format!("incident {id}{severity} is on since {}", format_time(incident.started));
            Told {
                short: format!("incident {id}{severity} is on"),
                at: Some(incident.started),
                ..one("incident", Owner::Both, id, message)
            }
        }
        Matter::AcceptanceLapsed(entered) | Matter::AcceptanceExpires(entered) => {
            let lapsed = matches!(matter, Matter::AcceptanceLapsed(_));
            let (code, verb) =
                if lapsed { ("acceptance-lapsed", "lapsed") } else { ("acceptance-expires", "expires") };
            let subjects = words::some(&entered.subjects);
            let message = format!(
                "the acceptance of {subjects} ({}) {verb} at {}",
                entered.by,
                format_time(entered.expires)
            );
            Told {
                hint: Some("leave the exposure, or have it signed again".into()),
                origin: Some(entered.origin),
                at: Some(entered.expires),
                ..one(code, Owner::Both, &entered.by, message)
            }
        }
        Matter::SignOffExpires(sign_off, at) => {
            let message = format!(
                "sign-off {} of {} expires at {}",
                sign_off.id,
                words::some(&sign_off.accepts),
                format_time(*at)
            );
            Told {
                origin: Some(sign_off.origin),
                at: Some(*at),
                ..one("sign-off-expires", Owner::One(sign_off.key), sign_off.id.as_str(), message)
            }
        }
        Matter::MitigationEnds(flag, mitigation, at) => {
            let message = format!("{} against {} counts until {}", mitigation.id, flag.id, format_time(*at));
            let subject = format!("{}/{}", flag.id, mitigation.id);
            Told { at: Some(*at), ..one("mitigation-ends", Owner::One(flag.kind.key()), &subject, message) }
        }
        Matter::SupportEnds(support) => {
            let message = format!("its support lasts until {}", format_until(support.until));
            Told {
                origin: Some(support.origin),
                at: Some(support.until),
                ..one("support-ends", Owner::One(Key::Security), "support-ends", message)
            }
        }
        Matter::DebtOpen(owed) => {
            let debt = owed.debt;
            let close = if owed.is_settled() { " --close" } else { "" };
            Told {
                short: format!("break-glass {} is open", debt.id),
                hint: Some(format!("`holdpoint review {}{close}`", debt.id)),
                origin: Some(debt.origin),
                at: Some(owed.due),
                ..one(
                    "debt-open",
                    Owner::Both,
                    debt.id.as_str(),
                    format!("break-glass {} {}", debt.id, waits(owed)),
                )
            }
        }
    }
}

/// A reason, in the words of what runs and not of a move.
fn found(overview: &Overview<'_>, reason: &Reason<'_>) -> Told {
    let finding = &reason.finding;
    let signed = signed(reason);
    let (short, message) = match finding {
        Finding::AdvisoryReopened(flag) | Finding::Unstable(flag) => {
            (format!("{}{signed}", in_short(flag)), format!("{}{signed}", Weight(flag)))
        }
        Finding::Compromised(flag) => (format!("compromised: {}", flag.id), finding.message()),
        Finding::NoWayBack => (desert(overview), desert(overview)),
        Finding::AcceptanceExpired { entered, flags } => {
            let message = format!(
                "the acceptance of {} ({}) lapsed at {}",
                words::ids(flags),
                entered.by,
                format_time(entered.expires)
            );
            ("its acceptance has lapsed".into(), message)
        }
        _ => (words::reason(reason, overview.environment.as_ref()), finding.message()),
    };
    let version = overview.releases().first().map_or("", |runs| &runs.version().text);
    Told {
        code: finding.code().word(),
        owner: finding.owner(),
        subject: finding.subject(),
        short,
        message,
        hint: finding.hint(overview.service.name.as_str(), version),
        origin: finding.origin(),
        at: when(finding),
    }
}

fn when(finding: &Finding<'_>) -> Option<Time> {
    match finding {
        Finding::Scheduled(_, at) | Finding::Retracted(_, at) => Some(*at),
        Finding::OpenDebt { due, .. } => Some(*due),
        Finding::AcceptanceExpired { entered, .. } => Some(entered.expires),
        Finding::OutOfSupport { support, .. } => Some(support.until),
        Finding::UnderWay(under_way) => Some(under_way.since),
        _ => None,
    }
}

/// `no safe way back: 2.3.0 is a hold`
fn desert(overview: &Overview<'_>) -> String {
    match &overview.way_back {
        WayBack::Desert(best) => format!("no safe way back: at best {}, a {}", best.movement.to, best.level),
        _ => "no safe way back".into(),
    }
}

/// `CVE-2026-31337 (high, exploited)`
fn in_short(flag: &Flag) -> String {
    let exploited = if flag.exploited { ", exploited" } else { "" };
    format!("{} ({}{exploited})", flag.id, flag.severity.word())
}

/// Who accepted it, while that counts.
fn signed(reason: &Reason<'_>) -> String {
    if reason.wanting().next().is_some() || reason.sign_offs.is_empty() {
        return String::new();
    }
    format!(", accepted by {}", and(reason.sign_offs.iter().map(|sign_off| sign_off.id.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Moment, overview};
    use crate::model::{Name, parse_time};
    use crate::registry::{Ask, MemoryTree, load};

    /// What is told of the only place of `shop`, by code.
    fn told(more: &str) -> Vec<&'static str> {
        let head = "format = 1\n[service.shop]\nrunning = { prod = \"2\" }\nrelease = [{ version = \"1\" }, { version = \"2\" }]\n";
        let mut tree = MemoryTree::default();
        tree.put("holdpoint.toml", format!("{head}{more}"));
        let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap();
        let moment = Moment::as_of(parse_time("2026-11-22").unwrap());
        let (shop, prod) = (Name::new("shop").unwrap(), Name::new("prod").unwrap());
        let overview = overview(&loaded.registry, &shop, Some(&prod), moment).unwrap();
        let items = overview.attention.iter().map(|one| Item::of(&loaded.registry, &overview, one));
        items.filter(|item| !item.minor).map(|item| item.code).collect()
    }

    #[test]
    fn a_minor_reason_is_told_where_it_alone_sets_a_key() {
        let flag = |kind: &str, id: &str, more: &str| {
            format!(
                "[{kind}.{id}]\ntitle = \"t\"\nseverity = \"low\"\naffects = [{{ service = \"shop\", versions = \"2\" }}]\n{more}\n"
            )
        };
        let young = "recorded = 2026-11-01\nwithdrawn = { at = 2026-11-21, reason = \"r\" }";
        assert_eq!(told(&flag("advisory", "C-1", young)), ["flag-withdrawn"]);
        let both = format!("{}{}", flag("advisory", "C-1", young), flag("advisory", "C-2", ""));
        assert_eq!(told(&both), ["advisory-reopened"], "the heavier one says why already");
        let other = format!("{}{}", flag("advisory", "C-1", young), flag("instability", "I-2", ""));
        assert_eq!(told(&other), ["unstable-release", "flag-withdrawn"], "but not for the other key");
    }
}
