//! Compose files: the images of services, with variables at their defaults.

use crate::gate::node::Node;
use crate::gate::read::Page;
use crate::gate::read::reference::of_reference;
use crate::gate::{Source, Workload};

/// The keys that a Compose file may have, beside those that begin with `x-`.
const KEYS: [&str; 9] =
    ["version", "name", "include", "services", "networks", "volumes", "configs", "secrets", "models"];

/// Whether a document is a Compose file.
pub(super) fn is_document(node: &Node) -> bool {
    let services = node.get("services").map(Node::pairs).unwrap_or_default();
    let runs = |service: &Node| ["image", "build", "extends"].iter().any(|key| service.get(key).is_some());
    // Values of a chart may list services as well: there, an image is mostly a table, or other keys stand beside.
    let is_table = |service: &Node| service.get("image").is_some_and(Node::is_map);
    let is_known = |key: &str| KEYS.contains(&key) || key.starts_with("x-");
    services.iter().any(|pair| runs(&pair.value))
        && !services.iter().any(|pair| is_table(&pair.value))
        && node.pairs().iter().all(|pair| is_known(&pair.key))
}

/// Reads a Compose file.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    for pair in node.get("services").map(Node::pairs).unwrap_or_default() {
        let Some(image) = pair.value.get("image") else { continue };
        let Some(text) = image.text() else { continue };
        let workload =
            Workload { kind: "Compose service".into(), name: pair.key.to_string(), ..Workload::default() };
        let spot = page.spot(image.line);
        page.sheet.sightings.push(of_reference(&filled(text), Source::Compose, workload, spot));
    }
}

/// A text with its variables at their defaults. One without a default stays as `${NAME}`.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        if let Some(behind) = behind.strip_prefix('$') {
            out.push('$');
            rest = behind;
        } else if let Some((inner, behind)) = behind.strip_prefix('{').and_then(braced) {
            out.push_str(&variable(inner));
            rest = behind;
        } else {
            let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(behind.len());
            out.push_str(&variable(&behind[..end]));
            rest = &behind[end..];
        }
    }
    out + rest
}

/// What stands before the brace that closes, and what behind it.
fn braced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&text[..at], &text[at + 1..]));
        }
    }
    None
}

fn variable(inner: &str) -> String {
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (name, behind) = inner.split_at(end);
    match behind.strip_prefix(":-").or_else(|| behind.strip_prefix('-')) {
        // Each default is shorter than what it stands in, so this ends.
        Some(default) => filled(default),
        None => format!("${{{name}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_its_default_or_stays() {
        for (text, want) in [
            ("shop/checkout:2.4.1", "shop/checkout:2.4.1"),
            ("shop/checkout:${TAG:-2.4.1}", "shop/checkout:2.4.1"),
            ("${HOST-r.io}/checkout:${TAG-2.4.1}", "r.io/checkout:2.4.1"),
            ("a:${A:-${B:-1}}x", "a:1x"),
            ("a:${TAG}", "a:${TAG}"),
            ("a:${TAG:?say which}", "a:${TAG}"),
            ("a:$TAG-x", "a:${TAG}-x"),
            ("a:$$TAG", "a:$TAG"),
            ("a:${TAG", "a:${}{TAG"),
            ("ü$", "ü${}"),
        ] {
            assert_eq!(filled(text), want, "{text}");
        }
    }
}
