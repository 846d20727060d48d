//! Text that fits, and does nothing.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::model::{is_unseen, plain};

/// What stands where something was left out.
const LEFT_OUT: char = '…';

/// The text on one line, without what can't be seen, and at most so many characters long.
pub(super) fn fitting(text: &str, most: usize) -> String {
    cut(plain(text).trim(), most).into_owned()
}

/// At most so many characters, the last of which then says that something was left out.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    if most > 0 {
        short.push(LEFT_OUT);
    }
    Cow::Owned(short)
}

/// At most so many bytes.
pub(super) fn cut_bytes(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let mut end = most.saturating_sub(LEFT_OUT.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let short = text.get(..end).unwrap_or_default().trim_end();
    Cow::Owned(format!("{short}{LEFT_OUT}"))
}

/// The same value without characters that can't be seen in any of its texts. Lines stay lines.
pub(super) fn seen(value: &Value) -> Value {
    let clean = |text: &str| text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_unseen(*c)).collect();
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => items.iter().map(seen).collect(),
        Value::Object(map) => {
            let entries: Map<String, Value> =
                map.iter().map(|(key, value)| (clean(key), seen(value))).collect();
            Value::Object(entries)
        }
        other => other.clone(),
    }
}

/// The link, if it is one that can be clicked and hides nothing.
pub(super) fn link(text: Option<&str>) -> Option<&str> {
    let text = text?.trim();
    let odd = |c: char| !c.is_ascii_graphic() || "<>|\"'`\\^{}".contains(c);
    let web = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    (!web.is_empty() && text.len() <= 2000 && !text.contains(odd)).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        for (text, most, want) in [
            ("rollback", 8, "rollback"),
            ("rollback", 5, "roll…"),
            ("zurück", 5, "zurü…"),
            ("支付服务", 3, "支付…"),
            ("a b c", 3, "a…"),
            ("abc", 0, ""),
            ("", 3, ""),
        ] {
            assert_eq!(cut(text, most), want, "{text} {most}");
        }
        for (text, most, want) in
            [("支付服务", 9, "支付…"), ("支付服务", 8, "支…"), ("abc", 3, "abc"), ("abcd", 3, "…")]
        {
            assert_eq!(cut_bytes(text, most), want, "{text} {most}");
        }
    }

    #[test]
    fn values_lose_what_cant_be_seen_and_keep_their_lines() {
        let value = json!({ "a\u{202e}": ["b\u{0}\nc", { "d": "\u{200b}" }], "n": 1 });
        assert_eq!(seen(&value), json!({ "a": ["b\nc", { "d": "" }], "n": 1 }));
    }

    #[test]
    fn only_what_can_be_clicked_is_a_link() {
        let good = "https://example.com/a?b=c#d";
        assert_eq!(link(Some(good)), Some(good));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://a|b",
            "https://a>b",
            "https://a b",
            "https://ä.example",
            "",
        ] {
            assert_eq!(link(Some(bad)), None, "{bad}");
        }
        assert_eq!(link(None), None);
    }
}
