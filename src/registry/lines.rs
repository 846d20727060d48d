//! A file's text by its lines and comments, for those who put something between them.

/// Where the text begins: behind a byte order mark.
pub(super) fn top(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// Where the line of a place begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(top(text), |end| end + 1)
}

/// Behind the line of a place, its break and all.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |end| at + end + 1)
}

/// The comments of a piece of TOML, in their order.
pub(super) fn comments(text: &str) -> Vec<&str> {
    use toml_parser::{Source, lexer::TokenKind};
    let tokens = Source::new(text).lex();
    let comments = tokens.filter(|token| token.kind() == TokenKind::Comment);
    comments.filter_map(|token| text.get(token.span().start()..token.span().end())).collect()
}

/// Whether two texts hold the same comments, wherever they stand.
pub(super) fn same_comments(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (comments(a), comments(b));
    a.sort_unstable();
    b.sort_unstable();
    a == b
}
