//! Reports to print: one HTML file that holds all it needs. No script, and nothing that is loaded from elsewhere.
//!
//! All text goes through `text`, the only place that escapes; there are no attributes that hold text of others.

mod audit;
mod chart;
mod style;

pub use audit::report;

use crate::report::plain;

/// Writes why there is no report, so that no older file passes for this one.
pub fn failure((message, hint): &(String, Option<String>)) -> String {
    let hint = hint.as_ref().map_or(String::new(), |hint| format!("<p>{}</p>\n", text(hint)));
    page("No report", &format!("<h1>No report</h1>\n<p>{}</p>\n{hint}", text(message)))
}

/// A page; `body` is HTML.
fn page(title: &str, body: &str) -> String {
    let head = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
                <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
                <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    format!(
        "{head}<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        text(title),
        style::STYLE
    )
}

/// Text of others: without what can't be seen, and nothing in it is markup.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in plain(raw).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The longest word that keeps a column wide for it.
const WHOLE: usize = 24;

/// A cell: a long word may be broken anywhere, so that it doesn't push the table off the paper; of others, those with
/// hyphens and digits (times, flags) stay on one line.
fn cell(raw: &str) -> String {
    let word = |word: &str| match word.chars().count() {
        long if long > WHOLE => format!("<span class=\"b\">{}</span>", text(word)),
        _ if word.contains('-') && word.contains(|c: char| c.is_ascii_digit() || c == '>') => {
            format!("<span class=\"w\">{}</span>", text(word))
        }
        _ => text(word),
    };
    plain(raw).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Sentences of ours have backticks round names: what stands between two of them is shown as code.
fn sentence(raw: &str) -> String {
    let parts: Vec<&str> = raw.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(raw);
    }
    let each = |(place, part): (usize, &&str)| match place % 2 {
        1 if !part.is_empty() => format!("<code>{}</code>", text(part)),
        1 => "``".into(),
        _ => text(part),
    };
    parts.iter().enumerate().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_markup() {
        for (raw, want) in [
            ("<script>alert('1')</script>", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
            ("a & \"b\"", "a &amp; &quot;b&quot;"),
            ("a\u{202e}b\u{1b}[2J", "ab[2J"),
        ] {
            assert_eq!(text(raw), want);
        }
        let (time, word) = ("2026-11-22T03:00:00Z", "<b>-1");
        let want = format!("at <span class=\"w\">{time}</span> <span class=\"w\">&lt;b&gt;-1</span> a-b");
        assert_eq!(cell(&format!("at {time} {word} a-b")), want);
        let long = "x".repeat(WHOLE + 1);
        assert_eq!(cell(&long), format!("<span class=\"b\">{long}</span>"));
        assert_eq!(sentence("see `log verify`, <b>"), "see <code>log verify</code>, &lt;b&gt;");
        assert_eq!(sentence("an `odd one"), "an `odd one");
        assert_eq!(sentence("two `` none"), "two `` none");
    }
}
