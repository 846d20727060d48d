//! Opening a document: what it must be before anything in it is looked at, and why it isn't.

use serde::{Deserialize, Deserializer};

use super::Tool;

/// The largest document that is read: 64 MB. A cluster's whole output may be large, but not without bound.
pub const MAX_DOCUMENT: usize = 64 * 1024 * 1024;

/// Why a document says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ImportError {
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ImportError {
    pub(in crate::import) fn new(message: impl Into<String>, hint: impl Into<String>) -> ImportError {
        ImportError { message: message.into(), hint: Some(hint.into()) }
    }
}

impl Tool {
    /// The command that prints what is read, as it is to be piped in.
    pub fn command(self) -> &'static str {
        match self {
            Tool::Kubectl => "kubectl get deploy,sts,ds,rs -o json",
            Tool::Helm => "helm history RELEASE -o json",
            Tool::ArgoCd => "argocd app get APP -o json",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Kubectl => "kubectl",
            Tool::Helm => "helm",
            Tool::ArgoCd => "argocd",
        }
    }
}

/// The text of a document that looks like JSON.
pub(super) fn text(tool: Tool, bytes: &[u8]) -> Result<&str, ImportError> {
    let command = tool.command();
    if bytes.len() > MAX_DOCUMENT {
        let hint = "ask for less: one namespace (`-n NAMESPACE`), or by label (`-l app=NAME`)";
        return Err(ImportError::new("the document is larger than 64 MB", hint));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let hint = "pipe it in directly, or save it as UTF-8";
        return Err(ImportError::new("the document is in UTF-16, not in UTF-8", hint));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("the document is not UTF-8: byte {} is wrong", error.valid_up_to() + 1);
        ImportError::new(message, format!("pipe in `{command}` as it is"))
    })?;
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => Err(ImportError::new(
            "the document is empty",
            format!("did the command before the pipe fail? it should be `{command}`"),
        )),
        Some('{' | '[') => Ok(text),
        Some(_) if is_yaml(text) => {
            Err(ImportError::new("the document is YAML, not JSON", format!("add `-o json`: `{command}`")))
        }
        Some(_) => {
            let message = "the document is not JSON; it looks like a table or a message";
            Err(ImportError::new(message, format!("add `-o json`: `{command}`")))
        }
    }
}

/// Whether a text that isn't JSON begins as YAML does: with `---`, `key:` or a list.
fn is_yaml(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
    let key = first.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty()
            && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c))
            && (rest.is_empty() || rest.starts_with(' '))
            && key.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c == '-')
    });
    first.starts_with("---") || first.starts_with("- ") || key && !first.starts_with("error")
}

/// Takes the fields that are read out of JSON.
pub(super) fn parse<'de, T: Deserialize<'de>>(tool: Tool, text: &'de str) -> Result<T, ImportError> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or(&what);
        if error.is_eof() {
            let hint = format!("pipe in all of `{}`", tool.command());
            return ImportError::new(format!("the document is cut off at line {line}"), hint);
        }
        let message = format!("line {line}, column {column} of the document can't be read: {what}");
        ImportError::new(message, format!("pipe in `{}` as it is", tool.command()))
    })
}

/// Takes `null` for what isn't there, as these tools write it.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
