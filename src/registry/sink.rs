//! `[sink.NAME]`: where messages go. No verdict needs it and nothing that is written, so a mistake in it stops neither
//! checks nor acts: it is `lint`'s ([`super::Whole::mistakes`]), and whoever sends messages is told by [`sinks`].
//!
//! The registry is read by many and kept for ever, so no secret may stand in it, and one that somebody wrote there is
//! not shown again: a mistake about it points at the table's header, or at no text at all.

use std::collections::BTreeMap;

use crate::model::{EventFormat, Mailbox, Name, Secret, Sink, SinkKind, Sources};
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Mistakes, Place};
use crate::registry::reader::{Entry, Table, Value};
use crate::registry::shape::{ROOT, SINK};
use crate::registry::wording::{listed, meant, quoted};
use crate::registry::{Tree, TreeError, syntax};

/// Keys under which people would write a secret itself.
const SECRETS: &[&str] = &[
    "url",
    "webhook",
    "webhook_url",
    "secret",
    "signing_secret",
    "key",
    "routing_key",
    "integration_key",
    "api_key",
    "token",
    "password",
];

/// Reads `[sink.*]` of the main file alone, whatever else stands there. The inner error is what is wrong with it.
///
/// # Errors
/// When the file can't be read.
pub fn sinks(tree: &dyn Tree, main: &str) -> Result<Result<BTreeMap<Name, Sink>, Mistakes>, TreeError> {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    let Some(bytes) = tree.read(main)? else { return Ok(Ok(BTreeMap::new())) };
    let file = syntax::take(&mut sources, main, bytes, &mut list).unwrap_or_default();
    let (sinks, list) = {
        let desk = Desk::new(&sources, Vec::new());
        // What can't be parsed elsewhere in the file is for whoever loads it to say.
        let (map, _) = syntax::parse_anyhow(&desk, file);
        let sinks = read(&Table::of(&map, file, &ROOT, &desk));
        drop(map);
        (sinks, desk.into_list())
    };
    Ok(if list.is_empty() { Ok(sinks) } else { Err(Mistakes::new(sources, list)) })
}

/// `[sink.*]`.
pub(super) fn read(root: &Table<'_>) -> BTreeMap<Name, Sink> {
    let sink = |entry: Entry<'_>| {
        let name = entry.name();
        let map = entry.value.node().as_table();
        let Some(map) = map else { return entry.value.wrong("a table", Some("write `[sink.NAME]`".into())) };
        let table = Table::of(map, entry.value.file, &SINK, entry.value.desk);
        let reading = Reading { table, header: entry.key_place.clone() };
        let kind = reading.kind();
        let origin = entry.key_place.origin();
        name.zip(kind).map(|(name, kind)| (name.clone(), Sink { name, kind, origin }))
    };
    root.get("sink").and_then(Value::entries).into_iter().flatten().filter_map(sink).collect()
}

/// The keys of a kind.
pub(super) fn keys_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "webhook" => &["kind", "url_env", "url_file", "secret_env", "secret_file", "format", "ca_file"],
        "slack" => &["kind", "url_env", "url_file", "ca_file"],
        "pagerduty" => &["kind", "key_env", "key_file", "url", "ca_file"],
        "command" => &["kind", "command"],
        "email" => &["kind", "command", "from", "to"],
        _ => &["kind", "path"],
    }
}

/// A sink that is being read.
struct Reading<'a> {
    table: Table<'a>,
    header: Place,
}

impl Reading<'_> {
    fn kind(&self) -> Option<SinkKind> {
        if !self.table.has("kind") {
            let hint = format!("say what it is: {}", listed(SinkKind::WORDS));
            self.report(&self.header, "a sink needs `kind`", Some(hint));
            return None;
        }
        let word = self.table.word("kind", SinkKind::WORDS, |word| Some(word.to_owned()))?;
        if self.refuse_others(&word) {
            return None;
        }
        let ca_file = self.path("ca_file");
        match &*word {
            "webhook" => Some(SinkKind::Webhook {
                url: self.needed_secret("url", &word)?,
                secret: self.secret("secret"),
                format: self
                    .table
                    .word("format", EventFormat::WORDS, EventFormat::from_word)
                    .unwrap_or_default(),
                ca_file,
            }),
            "slack" => Some(SinkKind::Slack { url: self.needed_secret("url", &word)?, ca_file }),
            "pagerduty" => {
                let url = self.table.get("url").and_then(|value| self.address(value));
                Some(SinkKind::PagerDuty { key: self.needed_secret("key", &word)?, url, ca_file })
            }
            "command" => Some(SinkKind::Command { command: self.command()? }),
            "email" => self.email(),
            _ => Some(SinkKind::File { path: self.needed_path()? }),
        }
    }

    /// Reports the keys that a sink of this kind doesn't have. Whether a secret is among them.
    fn refuse_others(&self, kind: &str) -> bool {
        let (keys, mut secret) = (keys_of(kind), false);
        let fields = SINK.names().filter_map(|key| Some((key, self.table.key_place(key)?)));
        for (key, place) in fields.chain(self.table.unknown()).filter(|(key, _)| !keys.contains(key)) {
            if SECRETS.contains(&key) {
                secret = true;
                self.report(
                    &place,
                    format!("`{key}` would put a secret into the registry"),
                    Some(instead(kind)),
                );
            } else if SINK.field(key).is_some() {
                let hint = format!("its keys: {}", listed(keys));
                self.report(&place, format!("a sink of the kind `{kind}` has no `{key}`"), Some(hint));
            } else {
                let hint = meant(key, keys.iter().copied(), "its keys:");
                self.report(&place, format!("no key {} in a sink", quoted(key)), hint);
            }
        }
        secret
    }

    /// Reports what may stand beside a secret, in a way that doesn't show it: with the header, if nothing else stands in
    /// its line.
    fn report(&self, place: &Place, message: impl Into<String>, hint: Option<String>) {
        let sources = self.table.desk.sources;
        let line = |place: &Place| sources.line(place.origin());
        let mut keys = SINK.names().filter_map(|key| self.table.key_place(key));
        let unknown = || self.table.unknown().map(|(_, place)| place);
        let header = line(&self.header);
        let alone = keys.all(|key| line(&key) != header) && unknown().all(|key| line(&key) != header);
        let mistake = if alone {
            Mistake::at(self.header.clone(), message)
        } else {
            Mistake::of(sources.path(place.origin()), format!("line {}: {}", line(place), message.into()))
        };
        self.table.desk.report(mistake.maybe_hint(hint));
    }

    /// A secret's place that must be there.
    fn needed_secret(&self, what: &str, kind: &str) -> Option<Secret> {
        let (env, file) = places(what);
        if !self.table.has(env) && !self.table.has(file) {
            let message = format!("a sink of the kind `{kind}` needs `{env}` or `{file}`");
            self.report(&self.header, message, Some(instead(kind)));
            return None;
        }
        self.secret(what)
    }

    /// Where a secret stands.
    fn secret(&self, what: &str) -> Option<Secret> {
        let (env, file) = places(what);
        let (in_env, in_file) = (self.table.get(env), self.table.get(file));
        if let (Some(_), Some(value)) = (&in_env, &in_file) {
            self.report(&value.place(), format!("`{env}` and `{file}` say the same thing twice"), None);
            return None;
        }
        if let Some(value) = in_env {
            let name = value.text()?;
            if !is_variable(name) || is_secret(name) {
                let message =
                    format!("`{env}` is to name a variable of the environment, and looks like its value");
                let hint =
                    format!("write `{env} = \"HOLDPOINT_{}\"`, and set that variable", what.to_uppercase());
                self.report(&value.place(), message, Some(hint));
                return None;
            }
            return Some(Secret::Env(name.into()));
        }
        let (value, path) = (in_file?, in_file?.text()?);
        if path.trim().is_empty()
            || path.contains("://")
            || path.chars().any(char::is_control)
            || is_secret(path)
        {
            let message = format!("`{file}` is to name a file, and looks like what it holds");
            let hint = format!("write `{file} = \"/etc/holdpoint/{what}\"`, and keep that file out of Git");
            self.report(&value.place(), message, Some(hint));
            return None;
        }
        Some(Secret::File(path.into()))
    }

    /// Where an API is: an address without anything that is secret.
    fn address(&self, value: Value<'_>) -> Option<Box<str>> {
        let text = value.text()?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let odd = |c: char| c.is_whitespace() || c.is_control() || "@?#".contains(c);
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(odd)) {
            let message = "`url` is to be the address of the Events API alone".to_owned();
            let hint =
                "such as `https://events.eu.pagerduty.com`; what is secret goes into `key_env` or `key_file`";
            self.report(&value.place(), message, Some(hint.into()));
            return None;
        }
        Some(text.trim_end_matches('/').into())
    }

    fn command(&self) -> Option<Vec<Box<str>>> {
        let Some(value) = self.table.get("command") else { return self.missing("command", "[\"PROGRAM\"]") };
        let words = self.table.some_texts("command");
        if words.iter().any(|word| word.contains('\0'))
            || words.first().is_some_and(|word| word.trim().is_empty())
        {
            value.report_hint(
                "`command` names no program",
                "its first word is the program, the others its arguments",
            );
            return None;
        }
        (!words.is_empty()).then_some(words)
    }

    fn email(&self) -> Option<SinkKind> {
        let command = self.command();
        let mailbox = |value: Value<'_>| {
            let text = value.text()?;
            let mailbox = Mailbox::parse(text);
            if mailbox.is_none() {
                let hint = "write `user@example.com` or `Name <user@example.com>`, one address each";
                value.report_hint(format!("{} is no address of mail", quoted(text)), hint);
            }
            mailbox
        };
        let Some(from) = self.table.get("from") else {
            return self.missing("from", "\"holdpoint@example.com\"");
        };
        let from = mailbox(from);
        let Some(value) = self.table.get("to") else { return self.missing("to", "[\"team@example.com\"]") };
        let to: Vec<Mailbox> = value.items("a list of texts")?.filter_map(mailbox).collect();
        if value.node().as_array().is_some_and(|list| list.is_empty()) {
            value.report_empty();
        }
        Some(SinkKind::Email { command: command?, from: from?, to })
    }

    fn missing<T>(&self, key: &str, example: &str) -> Option<T> {
        let hint = format!("add `{key} = {example}`");
        self.report(&self.header, format!("this sink needs `{key}`"), Some(hint));
        None
    }

    fn needed_path(&self) -> Option<Box<str>> {
        if self.table.has("path") { self.path("path") } else { self.missing("path", "\"told.jsonl\"") }
    }

    fn path(&self, key: &'static str) -> Option<Box<str>> {
        let (value, text) = (self.table.get(key)?, self.table.text(key)?);
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            value.report(format!("{} is no path", value.called()));
            return None;
        }
        Some(text)
    }
}

/// The keys that say where a secret stands.
fn places(what: &str) -> (&'static str, &'static str) {
    match what {
        "url" => ("url_env", "url_file"),
        "key" => ("key_env", "key_file"),
        _ => ("secret_env", "secret_file"),
    }
}

/// How a secret of such a sink is given.
fn instead(kind: &str) -> String {
    let keys = match kind {
        "webhook" => "`url_env` or `url_file`, and what signs by `secret_env` or `secret_file`",
        "slack" => "`url_env` or `url_file`",
        "pagerduty" => "`key_env` or `key_file`",
        _ => {
            return format!(
                "whoever reads Git reads it; hand it to the program another way; keys: {}",
                listed(keys_of(kind))
            );
        }
    };
    format!(
        "whoever reads Git reads it; name a variable or a file that holds it, by {keys}, and replace one that was committed"
    )
}

fn is_variable(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a text looks like a secret itself: a signing secret, or a routing key of PagerDuty.
fn is_secret(text: &str) -> bool {
    text.starts_with("whsec_") || text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Ask, MemoryTree, Whole, load, position};

    fn of(text: &str) -> Result<BTreeMap<Name, Sink>, Mistakes> {
        let tree: MemoryTree = [("holdpoint.toml", text)].into_iter().collect();
        sinks(&tree, "holdpoint.toml").unwrap()
    }

    #[test]
    fn each_kind_is_read_whatever_else_stands_there() {
        let all = of("nonsense = 1\n[sink.hook]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_file = 'run/hook'\n\
                      format = 'cloudevents'\nca_file = 'ca.pem'\n[sink.chat]\nkind = 'slack'\nurl_file = '/run/chat'\n\
                      [sink.pager]\nkind = 'pagerduty'\nkey_env = 'PD_KEY'\nurl = 'https://events.eu.pagerduty.com/'\n\
                      [sink.tool]\nkind = 'command'\ncommand = ['jq', '.']\n[sink.mail]\nkind = 'email'\n\
                      command = ['sendmail', '-t']\nfrom = 'Hold Point <h@example.com>'\nto = ['a@example.com']\n\
                      [sink.log]\nkind = 'file'\npath = 'told.jsonl'\n[team]\nx")
            .unwrap();
        let env = |name: &str| Secret::Env(name.into());
        let file = |path: &str| Secret::File(path.into());
        let mailbox = |text| Mailbox::parse(text).unwrap();
        let want = [
            ("chat", SinkKind::Slack { url: file("/run/chat"), ca_file: None }),
            (
                "hook",
                SinkKind::Webhook {
                    url: env("HOOK"),
                    secret: Some(file("run/hook")),
                    format: EventFormat::CloudEvents,
                    ca_file: Some("ca.pem".into()),
                },
            ),
            ("log", SinkKind::File { path: "told.jsonl".into() }),
            (
                "mail",
                SinkKind::Email {
                    command: vec!["sendmail".into(), "-t".into()],
                    from: mailbox("Hold Point <h@example.com>"),
                    to: vec![mailbox("a@example.com")],
                },
            ),
            (
                "pager",
                SinkKind::PagerDuty {
                    key: env("PD_KEY"),
                    url: Some("https://events.eu.pagerduty.com".into()),
                    ca_file: None,
                },
            ),
            ("tool", SinkKind::Command { command: vec!["jq".into(), ".".into()] }),
        ];
        assert_eq!(all.len(), want.len());
        for (name, kind) in want {
            assert_eq!(all[name].kind, kind);
            assert!(SinkKind::WORDS.contains(&kind.word()));
        }
        assert!(of("format = 1\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_to_whom_it_concerns() {
        for (text, says) in [
            ("", "a sink needs `kind`"),
            ("kind = 'slak'", "`kind` of a sink can't be `slak`"),
            ("kind = 'slack'", "a sink of the kind `slack` needs `url_env` or `url_file`"),
            (
                "kind = 'pagerduty'\nurl_env = 'X'\nkey_env = 'K'",
                "a sink of the kind `pagerduty` has no `url_env`",
            ),
            (
                "kind = 'slack'\nurl_env = 'A'\nurl_file = 'b'",
                "`url_env` and `url_file` say the same thing twice",
            ),
            ("kind = 'slack'\nurl_env = 'A'\nchannel = '#ops'", "no key `channel` in a sink"),
            ("kind = 'webhook'\nurl_env = 'A'\nformat = 'xml'", "`format` of a sink can't be `xml`"),
            ("kind = 'command'", "this sink needs `command`"),
            ("kind = 'command'\ncommand = []", "`command` of a sink is an empty list"),
            ("kind = 'command'\ncommand = ['']", "`command` names no program"),
            ("kind = 'file'", "this sink needs `path`"),
            ("kind = 'email'\ncommand = ['s']\nto = ['a@b']", "this sink needs `from`"),
            (
                "kind = 'email'\ncommand = ['s']\nfrom = 'a@b'\nto = [\"a@b\\nBcc: c@d\"]",
                "`a@b\\nBcc: c@d` is no address of mail",
            ),
        ] {
            let text = format!("format = 1\n[service.checkout]\n[sink.x]\n{text}\n");
            let list = of(&text).unwrap_err().list;
            assert_eq!(list[0].message, says);
            let tree: MemoryTree = [("holdpoint.toml", text)].into_iter().collect();
            let check = Ask::Service(Name::new("checkout").unwrap());
            assert!(load(&tree, "holdpoint.toml", &check).is_ok(), "no check is stopped by it");
            assert!(load(&tree, "holdpoint.toml", &Ask::Everything).is_ok(), "and nothing that is written");
            let whole = Whole::open(&tree, "holdpoint.toml").unwrap();
            assert!(whole.shared(&tree).is_ok());
            assert_eq!(whole.mistakes().list, list, "but whoever looks for mistakes is told");
        }
    }

    #[test]
    fn a_secret_is_refused_and_not_shown_again() {
        let secret = "T00B11verysecret";
        for (text, says) in [
            (
                "kind = 'slack'\nurl = 'https://hooks.example.com/S'",
                "`url` would put a secret into the registry",
            ),
            ("kind = 'slack'\nurl_env = 'https://hooks.example.com/S'", "`url_env` is to name a variable"),
            ("kind = 'slack'\nurl_file = 'https://hooks.example.com/S'", "`url_file` is to name a file"),
            ("kind = 'webhook'\nurl_env = 'A'\nsecret = 'whsec_S'", "`secret` would put a secret"),
            ("kind = 'webhook'\nurl_env = 'A'\nsecret_env = 'whsec_S'", "`secret_env` is to name a variable"),
            ("kind = 'pagerduty'\nkey = 'S'", "`key` would put a secret"),
            ("kind = 'pagerduty'\nkey_env = '0123456789abcdefS'", "`key_env` is to name a variable"),
            (
                "kind = 'pagerduty'\nkey_env = 'K'\nurl = 'https://u:S@example.com'",
                "`url` is to be the address",
            ),
            ("kind = 'webhook'\nurl_env = 'A'\ntoken = 'S'", "`token` would put a secret"),
            ("kind = 'slack'\nurll = 'https://hooks.example.com/S'", "no key `urll` in a sink"),
            ("kind = 'command'\ncommand = ['x']\npassword = 'S'", "`password` would put a secret"),
        ] {
            let text = text.replace('S', secret);
            for document in
                [format!("[sink.x]\n{text}\n"), format!("sink.x = {{ {} }}\n", text.replace('\n', ", "))]
            {
                let mistakes = of(&document).unwrap_err();
                let found = mistakes.list.iter().find(|mistake| mistake.message.contains(says));
                let found = found.unwrap_or_else(|| panic!("{says}: {:?}", mistakes.list));
                for mistake in &mistakes.list {
                    assert!(!format!("{mistake:?}").contains(secret), "{mistake:?}");
                    let shown = mistake.place.as_ref().map(|place| position(&mistakes.sources, place).0);
                    let shown = shown.and_then(|line| document.lines().nth(line - 1)).unwrap_or_default();
                    assert!(!shown.contains(secret), "its line would be shown: {mistake:?}");
                }
                assert!(found.hint.is_some());
            }
        }
    }
}
