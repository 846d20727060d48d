//! Commands that a report offers for pasting.

use std::borrow::Cow;

use crate::act::movement::Named;
use crate::act::sign_off::USUAL;
use crate::judge::{Move, Question};
use crate::model::{Id, Key, MoveKind, Name, Time, format_time};
use crate::registry::shell_word;
use crate::report::{Context, plain};

/// What stands for a command that the registry doesn't know.
const UNKNOWN_DEPLOY: &str = "<your command>";

/// The command that goes to `to` and records it: `holdpoint run … -- <deploy>`.
pub fn run(context: &Context, movement: &Move, to: &str) -> String {
    let Some(deploy) = &movement.service.deploy else { return run_by_hand(context, movement, to) };
    let deploy = deploy.replace("{to}", &quoted(to));
    format!("{} -- {}", about(context, movement, "run", to), plain(&deploy))
}

/// The same under an incident that somebody named.
pub fn run_under(context: &Context, movement: &Move, to: &str, incident: Option<&str>) -> String {
    let command = run(context, movement, to);
    let option = incident.map_or(String::new(), |id| format!(" --incident {}", quoted(id)));
    command.replacen(" -- ", &format!("{option} -- "), 1)
}

/// The same with the deployment left to fill in.
pub fn run_by_hand(context: &Context, movement: &Move, to: &str) -> String {
    format!("{} -- {UNKNOWN_DEPLOY}", about(context, movement, "run", to))
}

/// The command by which a key accepts `subjects` (and says that the mitigations `with` are on).
pub fn sign_off(
    context: &Context,
    movement: &Move,
    to: &str,
    key: Key,
    subjects: &[String],
    with: &[String],
) -> String {
    let place = (&movement.service.name, movement.environment.as_ref());
    sign_off_at(context, place, to, key, subjects, with)
}

/// The same for what runs in a place, without a move.
pub fn sign_off_at(
    context: &Context,
    place: (&Name, Option<&Name>),
    to: &str,
    key: Key,
    subjects: &[String],
    with: &[String],
) -> String {
    // A service that is called like the command that takes sign-offs back stands behind an option.
    let (verb, key) = match place.0.as_str() {
        "revoke" => (format!("sign-off --as {key}"), String::new()),
        _ => ("sign-off".to_owned(), format!(" --as {key}")),
    };
    let mut command = at(context, place, &format!("{verb} {} {}", place.0, quoted(to)));
    for (option, values) in [("--accept", subjects), ("--with", with)] {
        for value in values {
            command.push_str(&format!(" {option} {}", quoted(value)));
        }
    }
    let expires = context.longest.map_or(USUAL, |longest| longest.min(USUAL));
    command.push_str(&format!("{key} --reason \"<why>\" --expires {expires}"));
    command
}

/// The command by which a key's team says that it has looked back at a break-glass; the service is only named
/// where the id alone isn't enough.
pub fn review(context: &Context, debt: &Id, key: Key, service: Option<&Name>) -> String {
    format!("{} --as {key} --note \"<what was found>\"", of_debt(context, debt, service))
}

/// The command that closes a break-glass for which nothing is owed.
pub fn close(context: &Context, debt: &Id, service: Option<&Name>) -> String {
    format!("{} --close", of_debt(context, debt, service))
}

fn of_debt(context: &Context, debt: &Id, service: Option<&Name>) -> String {
    let service = service.map_or(String::new(), |service| format!(" --service {service}"));
    named(context, format!("holdpoint review {}{service}", quoted(debt.as_str())))
}

/// The command that judges going to `to`.
pub fn check(context: &Context, movement: &Move, to: &str) -> String {
    about(context, movement, "rollback-check", to)
}

/// The command that judges going forward to `to`.
pub fn check_forward(context: &Context, movement: &Move, to: &str) -> String {
    about(context, movement, "redeploy-check", to)
}

/// The command that draws up a playbook for going to `to`.
pub fn playbook(context: &Context, movement: &Move, to: &str) -> String {
    let place = (&movement.service.name, movement.environment.as_ref());
    format!("{} --to {}", at(context, place, &format!("playbook {}", place.0)), quoted(to))
}

/// The command that asks whoever has to sign for going to `to`.
pub fn ask(context: &Context, movement: &Move, to: &str, incident: Option<&str>) -> String {
    let incident = incident.map_or(String::new(), |id| format!(" --incident {}", quoted(id)));
    format!("{}{incident} --reason \"<why>\"", about(context, movement, "ask", to))
}

/// The command that ends an incident.
pub fn end_incident(context: &Context, id: &str) -> String {
    named(context, format!("holdpoint incident end {}", quoted(id)))
}

/// The command that shows the last lines of a place's record.
pub fn log(context: &Context, place: (&Name, Option<&Name>)) -> String {
    at(context, place, &format!("log show {}", place.0))
}

/// The command that shows where a service could go.
pub fn targets(context: &Context, place: (&Name, Option<&Name>)) -> String {
    at(context, place, &format!("targets {}", place.0))
}

/// The command that says what runs.
pub fn observe(context: &Context, service: &Name, environment: &Name) -> String {
    let place = (service, Some(environment));
    format!("{} --running \"<version>\"", at(context, place, &format!("observe {service}")))
}

/// A move that was made and isn't in the record.
#[derive(Debug, Clone, Copy)]
pub struct Recording<'a> {
    /// Rollback or redeploy.
    pub kind: MoveKind,
    /// Of which service.
    pub service: &'a Name,
    /// To which release.
    pub to: &'a str,
    /// Where.
    pub environment: &'a Name,
    /// From which; None: nobody knows.
    pub from: Option<&'a str>,
    /// When.
    pub at: Time,
    /// What it is known by: said again with the same, nothing happens.
    pub key: &'a str,
    /// For which incident.
    pub incident: Option<&'a str>,
    /// Why it went against the verdict.
    pub break_glass: Option<&'a str>,
    /// By whom.
    pub by: &'a str,
}

/// The command that brings a move into the record.
pub fn record(context: &Context, of: &Recording) -> String {
    let what = format!("record {} {} {}", of.kind, of.service, quoted(of.to));
    let mut command = at(context, (of.service, Some(of.environment)), &what);
    let at = format_time(of.at);
    let options = [
        ("from", of.from),
        ("at", Some(&*at)),
        ("key", Some(of.key)),
        ("incident", of.incident),
        ("by", Some(of.by)),
        ("break-glass", of.break_glass),
    ];
    for (option, value) in options {
        command.extend(value.map(|value| format!(" --{option} {}", quoted(value))));
    }
    command
}

/// The command that records a move that was made though the verdict stops it.
pub fn record_all_the_same(
    context: &Context,
    question: &Question,
    environment: &Name,
    moved: Option<Time>,
) -> String {
    let what = format!("record {} {} {}", question.asked, question.service, quoted(&question.to));
    let mut command = at(context, (&question.service, Some(environment)), &what);
    let moved = moved.map(format_time);
    for (option, value) in [
        ("from", question.from.as_deref()),
        ("at", moved.as_deref()),
        ("incident", question.incident.as_deref()),
    ] {
        command.extend(value.map(|value| format!(" --{option} {}", quoted(value))));
    }
    command + " --break-glass \"<why>\""
}

/// The command that shows how services stand.
pub fn status<'a>(context: &Context, services: impl IntoIterator<Item = &'a Name>) -> String {
    let names = services.into_iter().map(|name| format!(" {name}"));
    named(context, format!("holdpoint status{}", names.collect::<String>()))
}

/// The command by which SRE says that a release which was left is unstable.
pub fn flag_unstable(
    context: &Context,
    service: &Name,
    version: &str,
    id: &Named,
    unregistered: bool,
) -> String {
    let title = " --title \"<what is wrong>\"";
    let how = match id {
        Named::Nothing => title.to_owned(),
        Named::New(id) => format!(" --id {}{title}", quoted(id)),
        // It has its title.
        Named::Wider(id) => format!(" --id {} --extend", quoted(id)),
    };
    let future = if unregistered { " --future" } else { "" };
    let command = format!("holdpoint flag-release {service} {} --unstable{how}{future}", quoted(version));
    named(context, command)
}

/// `holdpoint VERB SERVICE VERSION --env ENV`, and the registry when it was named.
fn about(context: &Context, movement: &Move, verb: &str, to: &str) -> String {
    let place = (&movement.service.name, movement.environment.as_ref());
    at(context, place, &format!("{verb} {} {}", place.0, quoted(to)))
}

fn at(context: &Context, (_, environment): (&Name, Option<&Name>), what: &str) -> String {
    let environment = environment.map_or(String::new(), |name| format!(" --env {name}"));
    named(context, format!("holdpoint {what}{environment}"))
}

/// The command with the registry, when that was named.
fn named(context: &Context, command: String) -> String {
    match context.named {
        true => format!("{command} --registry {}", quoted(context.registry)),
        false => command,
    }
}

/// The text as one word of a POSIX shell: as it is where that is safe, else in single quotes.
pub fn quoted(text: &str) -> Cow<'_, str> {
    match plain(text) {
        Cow::Borrowed(text) => shell_word(text),
        Cow::Owned(text) => Cow::Owned(shell_word(&text).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_read_otherwise_is_quoted() {
        for safe in ["2.4.1", "1:2.0-3+b1", "barrier-crossed:2.4.0", "examples/shop"] {
            assert_eq!(quoted(safe), safe);
        }
        assert_eq!(quoted("2.4.1;rm -rf ~"), "'2.4.1;rm -rf ~'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a\nb"), "'a b'");
    }
}
