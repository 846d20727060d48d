//! Commands that a report offers for pasting.

use std::borrow::Cow;

use crate::judge::Move;
use crate::model::Key;
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
    // A service that is called like the command that takes sign-offs back stands behind an option.
    let (verb, mut key_behind) = match movement.service.name.as_str() {
        "revoke" => (format!("sign-off --as {key}"), String::new()),
        _ => ("sign-off".to_owned(), format!(" --as {key}")),
    };
    let mut command = about(context, movement, &verb, to);
    for (option, values) in [("--accept", subjects), ("--with", with)] {
        for value in values {
            command.push_str(&format!(" {option} {}", quoted(value)));
        }
    }
    key_behind.push_str(" --reason \"<why>\" --expires 4h");
    command + &key_behind
}

/// `holdpoint VERB SERVICE VERSION --env ENV`, and the registry when it was named.
fn about(context: &Context, movement: &Move, verb: &str, to: &str) -> String {
    let mut command = format!("holdpoint {verb} {} {}", movement.service.name, quoted(to));
    if let Some(environment) = &movement.environment {
        command.push_str(&format!(" --env {environment}"));
    }
    if context.named {
        command.push_str(&format!(" --registry {}", quoted(context.registry)));
    }
    command
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
