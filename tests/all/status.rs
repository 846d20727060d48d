//! `status` on terminals of several widths: columns stay straight whatever stands in them, colours are only
//! colours, and what is piped has none.

use std::path::Path;
use std::process::Command;

use anstream::adapter::strip_str;
use unicode_width::UnicodeWidthStr;

/// What the program says, at a width, run in the registry of a case.
fn said(width: usize, words: &[&str]) -> String {
    let registry = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/status/registry");
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(["--as-of", "2026-11-22T03:00:00Z", "status"]).args(words).current_dir(registry);
    command.env_clear().env("COLUMNS", width.to_string());
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The columns of a line: where each begins, counted as a terminal shows it.
fn columns(head: &str) -> Vec<usize> {
    let words = head.match_indices(|c: char| c != ' ').map(|(at, _)| at);
    let begins = |at: &usize| *at == 0 || head[..*at].ends_with("  ");
    words.filter(begins).map(|at| head[..at].width()).collect()
}

/// Whether nothing stands in the gap before each column.
fn keeps(line: &str, columns: &[usize]) -> bool {
    let mut taken = 0;
    let mut blanks = vec![true; line.width() + 2];
    let mut buffer = [0; 4];
    for c in line.chars() {
        let text: &str = c.encode_utf8(&mut buffer);
        let width = text.width();
        blanks[taken..taken + width].fill(c == ' ');
        taken += width;
    }
    let blank = |at: usize| blanks.get(at).copied().unwrap_or(true);
    columns.iter().filter(|column| **column >= 2).all(|column| blank(column - 1) && blank(column - 2))
}

/// The tables of a report: for each its head and its rows, what stands below a row left out.
fn tables(report: &str) -> Vec<(Vec<usize>, Vec<&str>)> {
    let mut tables: Vec<(Vec<usize>, Vec<&str>)> = Vec::new();
    let mut inside = false;
    for line in report.lines() {
        let is_head = ["  service  ", "  release  "].iter().any(|head| line.starts_with(head));
        if is_head {
            tables.push((columns(line), Vec::new()));
        }
        inside = is_head || inside && !line.is_empty();
        let indent = line.len() - line.trim_start().len();
        let below = indent == 4 || indent == 6 || line.starts_with("  ──");
        if inside
            && !below
            && let Some((_, rows)) = tables.last_mut()
        {
            rows.push(line);
        }
    }
    tables
}

#[test]
fn columns_stay_straight_whatever_stands_in_them() {
    for width in [40, 60, 80, 100, 120] {
        for words in [&[][..], &["genji"], &["billing"], &["lantern", "-v"]] {
            let report = said(width, words);
            // With -v, what stands below a place is laid out in columns of its own.
            let of_releases = words.contains(&"-v");
            let part = if of_releases { report.split_once("newest first").unwrap().1 } else { &report };
            let tables = tables(part);
            for (columns, rows) in &tables {
                for row in rows {
                    assert!(keeps(row, columns), "{width} {words:?}\n{row}\n{columns:?}\n{report}");
                }
            }
            assert!(width < 80 || !tables.is_empty(), "{width} {words:?}\n{report}");
        }
    }
    let wide = said(120, &["genji"]);
    assert!(tables(&wide).iter().any(|(_, rows)| rows.iter().any(|row| row.contains("夏夏"))));
}

#[test]
fn no_line_is_wider_than_the_terminal_but_for_words_that_stay_whole() {
    for width in [60, 80, 100, 120] {
        for words in [&[][..], &["genji"], &["billing"], &["lantern"], &["ferry", "-v"]] {
            for line in said(width, words).lines() {
                let one_word = !line.trim().contains(' ');
                assert!(line.width() <= width || one_word, "{width} {words:?}: {line}");
            }
        }
    }
}

#[test]
fn colours_are_only_colours_and_a_pipe_gets_none() {
    for width in [60, 80, 120] {
        for words in [&[][..], &["genji"], &["lantern", "-v"], &["-q"]] {
            let plain = said(width, words);
            assert!(!plain.contains('\u{1b}'), "{words:?}");
            let coloured = said(width, &[words, &["--color", "always"]].concat());
            assert!(coloured.contains('\u{1b}'), "{words:?}");
            assert_eq!(strip_str(&coloured).to_string(), plain, "{words:?}");
        }
    }
}
