//! Reports for a chat or a pull request: Markdown that GitHub, GitLab and plain chats read alike.
//!
//! A report that is posted is acted upon: `@name` calls somebody, `#12` and a commit's hash leave a mark
//! elsewhere, an image loads from wherever it likes, a line that begins with `/` is a command to some bots. So
//! all text that others wrote goes through `text` or `code`, and here is the only place that escapes.
//! A backslash doesn't help against a mention, for mentions are looked for in what was rendered; inside a code
//! span nothing is. So a word that refers to something becomes one, whole, and stays readable and copyable.
//!
//! Comments have a limit, 65,536 characters on GitHub: `page` cuts by whole rows and says how many are left
//! out. The verdict, both keys and the next command always stay.

mod asking;
mod audit;
mod clearing;
mod difference;
mod explain;
mod flag;
mod gate;
mod incident;
mod init;
mod lint;
mod log;
mod mistakes;
mod notify;
mod observation;
mod page;
mod playbook;
mod policy;
mod record;
mod release;
mod replay;
mod review;
mod run;
mod settled;
mod sign_off;
mod since;
mod status;
mod sync;
mod targets;
mod trial;
mod verdict;

pub use asking::asking;
pub use audit::{log_export, log_report};
pub use clearing::clearing;
pub use difference::difference;
pub use explain::{known, meaning};
pub use flag::flag;
pub use gate::{MARK, gate};
pub use incident::incident;
pub use init::init;
pub use mistakes::{failure, mistakes, refused};
pub use notify::{flush, notifying, trials};
pub use observation::observation;
pub use record::record;
pub use release::release;
pub use replay::log_replay;
pub use review::review;
pub use run::run;
pub use settled::settled;
pub use sign_off::sign_off;
pub use since::since;

pub use lint::lint;
pub use log::{log, log_heads, log_repair, log_verify};
pub use playbook::{playbook, playbook_check};
pub use policy::{policy, why};
pub use status::status;
pub use sync::sync;
pub use targets::targets;
pub use trial::trial;
pub use verdict::verdict;

use std::borrow::Cow;

use crate::report::plain;

/// The longest text that others wrote which is shown in full, in characters: a title, a reason, a path.
const LONGEST: usize = 800;

/// Text for anywhere in a line: what others wrote stays what it says, and does nothing.
///
/// Our own sentences have backticks round names; so what stands between two of them is shown as code.
fn text(raw: &str) -> String {
    let raw = clipped(raw, LONGEST);
    let mut out = String::with_capacity(raw.len() + 16);
    if !has_spans(&raw) {
        words(&raw, true, &mut out);
        return out;
    }
    for (index, part) in raw.split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str(&code(part));
        } else {
            words(part, index == 0, &mut out);
        }
    }
    out
}

/// Whether the backticks of a text come in pairs that can stay: something stands in each, none touches another,
/// and none touches a word that would become code itself.
fn has_spans(raw: &str) -> bool {
    let parts: Vec<&str> = raw.split('`').collect();
    let last = parts.len() - 1;
    last > 0
        && last.is_multiple_of(2)
        && parts.iter().enumerate().all(|(index, part)| match index % 2 {
            1 => !part.is_empty() && part.trim().len() == part.len(),
            _ => {
                let beside = [part.split(' ').next(), part.split(' ').next_back()];
                (!part.is_empty() || index == 0 || index == last) && !beside.into_iter().flatten().any(refers)
            }
        })
}

/// Words without code spans of their own; `first`: they may begin a line.
fn words(raw: &str, first: bool, out: &mut String) {
    for (index, word) in raw.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if refers(word) {
            as_code(word, out);
        } else {
            escaped(word, first && index == 0, out);
        }
    }
}

/// A code span for names, versions, paths and commands: it survives backticks.
fn code(raw: &str) -> String {
    let raw = clipped(raw, LONGEST);
    if raw.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&raw) + 1);
    let pad = if raw.starts_with('`') || raw.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{raw}{pad}{fence}")
}

/// An address that may be followed: http and https only, and nothing but an address. Anything else is shown
/// as code.
fn link(url: &str) -> String {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let known = ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme));
    if !known || url.chars().count() > LONGEST || !url.chars().all(|c| c.is_ascii_graphic()) {
        return code(url);
    }
    let mut out = String::from("<");
    for c in url.chars() {
        match c {
            // Not allowed in an address as they are, and each means something to some reader of Markdown.
            '<' | '>' | '|' | '`' | '\\' | '"' | '^' | '{' | '}' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('>');
    out
}

/// A block whose lines are copied as they are.
fn fenced(lines: &[String]) -> String {
    let lines: Vec<Cow<str>> = lines.iter().map(|line| plain(line)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}\n{}\n{fence}\n", lines.join("\n"))
}

/// A row of a table; the cells are Markdown already. In a table, a pipe divides even inside a code span.
fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.as_ref().replace('|', r"\|")).collect();
    format!("| {} |", cells.join(" | "))
}

/// The head of a table.
fn table_head(columns: &[&str]) -> String {
    format!("{}\n|{}", row(columns), "---|".repeat(columns.len()))
}

/// What can be seen of a text, cut before it is escaped, so that no escape is ever cut.
fn clipped(raw: &str, most: usize) -> String {
    let raw = plain(raw);
    let raw = raw.trim();
    match raw.char_indices().nth(most) {
        None => raw.to_owned(),
        Some((end, _)) => format!("{}…", raw[..end].trim_end()),
    }
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A word as code, with the punctuation of the sentence left outside.
fn as_code(word: &str, out: &mut String) {
    let core = word.trim_start_matches(['(', '"', '\'']);
    let before = &word[..word.len() - core.len()];
    let closing =
        |c: char| matches!(c, '"' | '\'' | ',' | '.' | ';' | ':' | '?') || c == ')' && !core.contains('(');
    let core = core.trim_end_matches(closing);
    let after = &word[before.len() + core.len()..];
    out.push_str(before);
    out.push_str(&code(core));
    out.push_str(after);
}

/// A word that refers to nothing, with everything escaped that would be read as markup.
fn escaped(word: &str, first: bool, out: &mut String) {
    if first && word.starts_with(['#', '+', '-', '=', ':', '/']) {
        out.push('\\');
    }
    let number = word.trim_end_matches(['.', ')']);
    let numbered = first && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    for c in word.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Not `\|`: whether that divides a row would hang on the backslashes before it.
            '|' => out.push_str("&#124;"),
            // A link or an image needs its brackets, so its parentheses may stay as they are.
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' => out.extend(['\\', c]),
            '.' | ')' if numbered => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
}

/// Whether somebody's software would make more of this word than text: a mention, a reference to an issue, a
/// merge request, a label, a milestone or a commit, an address, a formula, an emoji.
fn refers(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let address = ["://", "www.", "mailto:", "xmpp:"].iter().any(|sign| lower.contains(sign));
    address
        || word.contains(['@', '$'])
        || word.contains(['[', '*']) && word.contains(':')
        || has_sigil(word)
        || has_ticket(&lower)
        || has_hash(word)
        || has_emoji(word)
}

/// `#12`, `owner/name#12`, `!12`, `%12`, `&12`, `~label`, `^alert`.
fn has_sigil(word: &str) -> bool {
    let next = word.chars().skip(1);
    word.chars().zip(next).any(|(sigil, next)| match sigil {
        '#' | '%' | '~' | '^' => next.is_alphanumeric() || next == '"',
        '!' | '&' => next.is_numeric(),
        _ => false,
    })
}

/// `GH-12`, `GL-12`.
fn has_ticket(lower: &str) -> bool {
    ["gh-", "gl-"].iter().any(|tracker| {
        lower.match_indices(tracker).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let after = lower[at + tracker.len()..].chars().next();
            !before.is_some_and(|c| c.is_ascii_alphanumeric()) && after.is_some_and(char::is_numeric)
        })
    })
}

/// What may be the hash of a commit: seven hexadecimal digits or more, and nothing else up to punctuation.
fn has_hash(word: &str) -> bool {
    word.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() >= 7 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `:name:`. The minutes of a time are none.
fn has_emoji(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().any(|name| {
        let minutes = name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_digit());
        let of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '+' | '-');
        !minutes && !name.is_empty() && name.chars().all(of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_keeps_its_words_and_does_nothing() {
        for (raw, want) in [
            ("p99 latency x10 above 400 rps", "p99 latency x10 above 400 rps"),
            ("thanks @alice, see (#12).", "thanks `@alice`, see (`#12`)."),
            ("shop/web#7 GH-1 gl-2 !9 %3 &4 ~bug", "`shop/web#7` `GH-1` `gl-2` `!9` `%3` `&4` `~bug`"),
            ("fixes 9f3c2ab", "fixes `9f3c2ab`"),
            ("2026-11-22T03:10:00Z :tada:", "2026-11-22T03:10:00Z `:tada`:"),
            ("ann <ann@example.com>", "ann `<ann@example.com>`"),
            ("<img src=x> & a|b", "&lt;img src=x&gt; &amp; a&#124;b"),
            ("![x](https://evil.example/x)", "`![x](https://evil.example/x)`"),
            ("[x](y) *b* _i_ ~~s~~ `c`", r"\[x\](y) \*b\* \_i\_ `~~s~~` `c`"),
            ("add `reversible = true`, or remove `undo`", "add `reversible = true`, or remove `undo`"),
            ("an `odd one", r"an \`odd one"),
            ("two `a``b`", r"two \`a\`\`b\`"),
            ("`@a`", "`@a`"),
            ("@a`b`", "`` @a`b` ``"),
            ("# head", r"\# head"),
            ("- item", r"\- item"),
            ("12. item", r"12\. item"),
            ("2.4.1 keeps it", "2.4.1 keeps it"),
            ("/close", r"\/close"),
            ("> quote", "&gt; quote"),
            ("a\r\n\n| b |\u{1b}[2J\u{202e}", r"a &#124; b &#124;\[2J"),
            ("costs $5 or 6$", "costs `$5` or `6$`"),
            ("a `@b`", "a `@b`"),
            ("", ""),
        ] {
            assert_eq!(text(raw), want, "{raw:?}");
        }
    }

    #[test]
    fn code_survives_backticks() {
        for (raw, want) in [
            ("2.4.1", "`2.4.1`"),
            ("a`b", "``a`b``"),
            ("`a`", "`` `a` ``"),
            ("a``b", "```a``b```"),
            ("a\nb", "`a b`"),
            ("", ""),
        ] {
            assert_eq!(code(raw), want, "{raw:?}");
        }
        assert_eq!(fenced(&["a".into(), "b ``` c".into()]), "````\na\nb ``` c\n````\n");
        assert_eq!(row(&[code("a|b"), text("c|d")]), r"| `a\|b` | c&#124;d |");
    }

    #[test]
    fn only_addresses_are_followed() {
        assert_eq!(link("https://example.com/a?b=c#d"), "<https://example.com/a?b=c#d>");
        assert_eq!(link("https://example.com/a|b>`"), "<https://example.com/a%7Cb%3E%60>");
        for other in
            ["javascript:alert(1)", "ftp://example.com", "https://example.com/a b", "https://exämple.com"]
        {
            assert_eq!(link(other), code(other));
        }
    }

    #[test]
    fn what_is_too_long_is_cut_before_it_is_escaped() {
        let cut = text(&"<".repeat(LONGEST + 1));
        assert_eq!(cut, format!("{}…", "&lt;".repeat(LONGEST)));
    }

    /// What is left of Markdown outside its code spans: read here anew, by the rule of the standard (a run of
    /// backticks is closed by the next run of the same length).
    pub(super) fn outside_code(markdown: &str) -> String {
        let chars: Vec<char> = markdown.chars().collect();
        let run = |at: usize| chars[at..].iter().take_while(|c| **c == '`').count();
        let mut out = String::new();
        let mut at = 0;
        while at < chars.len() {
            if chars[at] == '\\' && at + 1 < chars.len() {
                out.extend([chars[at], chars[at + 1]]);
                at += 2;
            } else if chars[at] == '`' {
                let length = run(at);
                let mut end = at + length;
                while end < chars.len() && run(end) != length {
                    end += run(end).max(1);
                }
                assert!(end < chars.len(), "a code span isn't closed: {markdown:?}");
                out.push('\u{1}');
                at = end + length;
            } else {
                out.push(chars[at]);
                at += 1;
            }
        }
        out
    }

    /// Nothing in this Markdown, made from one text, does anything.
    fn check(raw: &str) {
        let markdown = text(raw);
        let outside = outside_code(&markdown);
        let chars: Vec<char> = outside.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let next = chars.get(at + 1).copied().unwrap_or(' ');
            match chars[at] {
                '\\' => {
                    assert!(next.is_ascii_punctuation(), "{raw:?} -> {markdown:?}");
                    at += 1;
                }
                '*' | '_' | '[' | ']' | '~' | '`' | '<' | '>' | '|' | '@' | '$' | '\n' => {
                    panic!("{raw:?} -> {markdown:?}")
                }
                '&' => {
                    let rest: String = chars[at..].iter().take(6).collect();
                    let entities = ["&lt;", "&gt;", "&amp;", "&#124;"];
                    assert!(
                        entities.iter().any(|entity| rest.starts_with(entity)),
                        "{raw:?} -> {markdown:?}"
                    );
                }
                '#' | '%' => {
                    let of_entity = at > 0 && chars[at - 1] == '&';
                    assert!(of_entity || !next.is_alphanumeric(), "{raw:?} -> {markdown:?}");
                }
                '!' => assert!(!next.is_numeric(), "{raw:?} -> {markdown:?}"),
                _ => {}
            }
            at += 1;
        }
        assert!(
            !outside.contains("://") && !outside.to_lowercase().contains("www."),
            "{raw:?} -> {markdown:?}"
        );
        let first = outside.chars().next().unwrap_or('a');
        assert!(!"#+-=:/> ".contains(first), "{raw:?} -> {markdown:?}");
    }

    /// Columns of a row: a pipe divides unless a backslash stands before it.
    pub(super) fn columns(row: &str) -> usize {
        let bytes = row.as_bytes();
        (0..bytes.len()).filter(|&at| bytes[at] == b'|' && (at == 0 || bytes[at - 1] != b'\\')).count() - 1
    }

    proptest! {
        #[test]
        fn no_text_does_anything(raw in r"[-@#!$%&~^*_\[\]()<>|`\\/:.,;+= a-fA-F0-9w]{0,40}") {
            check(&raw);
        }

        #[test]
        fn nor_does_any_other(raw in ".{0,60}") {
            check(&raw);
        }

        #[test]
        fn a_row_keeps_its_columns(cells in prop::collection::vec(r"[|\\`a@ ]{0,12}", 1..5)) {
            let by_text: Vec<String> = cells.iter().map(|cell| text(cell)).collect();
            let by_code: Vec<String> = cells.iter().map(|cell| code(cell)).collect();
            prop_assert_eq!(columns(&row(&by_text)), cells.len());
            prop_assert_eq!(columns(&row(&by_code)), cells.len());
        }

        #[test]
        fn a_code_span_holds_what_was_put_in(raw in r"[`a |\\<@]{1,20}") {
            let span = code(&raw);
            prop_assert_eq!(outside_code(&span).len(), usize::from(!raw.trim().is_empty()));
        }
    }
}
