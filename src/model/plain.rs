//! The one way by which text that others wrote gets into a report.
//!
//! Titles, reasons, names of people, addresses and file names come from whoever could write to the
//! registry. A terminal obeys some of that text: escape sequences move the cursor and rewrite what stands
//! above, bidirectional overrides turn a line around, invisible characters make two names look like one.

use std::borrow::Cow;

/// Wherever it stands in a line, it begins a command to a CI that reads what is printed.
const COMMAND: &str = "##[";

/// The text with everything taken out that a reader can't see but a terminal or a browser acts on.
///
/// White space of any kind, line breaks among it, becomes one blank. What can be seen stays as it is.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.contains("  ")
        && !text.contains(COMMAND)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_unseen(c) {
            out.push(c);
        }
    }
    // What was taken out may have stood between.
    if out.contains(COMMAND) { Cow::Owned(out.replace(COMMAND, "# #[")) } else { Cow::Owned(out) }
}

/// Whether a character is obeyed rather than shown: controls, overrides, and what has no ink at all.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_left_alone_and_not_copied() {
        assert!(matches!(plain("p99 latency x10 above 400 rps"), Cow::Borrowed(_)));
        for text in ["naïve café", "支付服务", "→ · …", "e\u{301}"] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_taken_out() {
        let cases = [
            ("\u{1b}[2J\u{1b}[1;1HALLOW", "[2J[1;1HALLOW"),
            ("a\u{9b}31mb\u{7f}\u{0}\u{8}", "a31mb"),
            ("one\r\ntwo\tthree", "one two three"),
            ("gpj.\u{202e}exe\u{202c} \u{2066}x\u{2069}\u{200e}\u{200f}\u{61c}", "gpj.exe x"),
            ("x ##[add-mask]y #\u{200b}#[z", "x # #[add-mask]y # #[z"),
            ("ad\u{200b}min\u{feff}\u{ad}\u{2060}\u{e0041}", "admin"),
            ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"),
            ("a    b", "a b"),
        ];
        for (text, want) in cases {
            assert_eq!(plain(text), want, "{text:?}");
        }
    }

    #[test]
    fn cleaning_twice_changes_nothing_more() {
        for text in ["\u{1b}]8;;x\u{7}y", " \u{200b} ", "\n\n", ""] {
            let once = plain(text).into_owned();
            assert_eq!(plain(&once), once);
            assert!(!once.chars().any(is_unseen));
        }
    }
}
