//! The parts of the documentation that are made from the code, held against it.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes them anew. A page has one test: two would write over each other.

use std::fmt::Write as _;
use std::path::Path;

use holdpoint::judge::Code;
use holdpoint::lint::LINTS;
use holdpoint::playbook::words::{Block, Inline};
use holdpoint::registry::{Kind, SHAPES, Shape, shipped};
use holdpoint::report::audit::{cells, evidence};
use holdpoint::report::reasons;
use holdpoint::survey::KINDS;

/// Holds what stands between `<!-- generated: NAME -->` and `<!-- end -->` of a page against `wanted`.
pub fn hold(page: &str, name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let mark = format!("<!-- generated: {name} -->\n");
    let start = text.find(&mark).unwrap_or_else(|| panic!("{page} has no part `{name}`")) + mark.len();
    let end = start + text[start..].find("<!-- end -->").unwrap();
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        std::fs::write(&path, format!("{}{wanted}{}", &text[..start], &text[end..])).unwrap();
        return;
    }
    assert_eq!(&text[start..end], wanted, "{page} is behind the code; write it anew with HOLDPOINT_BLESS=1");
}

#[test]
fn the_format_is_documented() {
    hold("docs/registry.md", "cases", &cases());
    hold("docs/registry.md", "shapes", &keys());
}

#[test]
fn the_reasons_are_documented() {
    hold("docs/reasons.md", "reasons", &all_reasons());
}

#[test]
fn the_criteria_of_the_report_are_documented() {
    let mut page =
        String::from("\n| section | SOC 2 | ISO/IEC 27001:2022 | NIST CSF 2.0 |\n|---|---|---|---|\n");
    for of in evidence::ALL {
        let list = |list: &[&str]| list.join(", ");
        let (soc2, iso, csf) = (list(of.soc2), list(of.iso), list(of.csf));
        writeln!(page, "| {} | {soc2} | {iso} | {csf} |", of.title).unwrap();
    }
    page.push('\n');
    hold("docs/audit.md", "criteria", &page);
    // Every column of the export has its line.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
    let text = std::fs::read_to_string(path).unwrap();
    let columns = text.split("### The columns").nth(1).unwrap().split("CSV is").next().unwrap();
    for column in cells::COLUMNS {
        assert!(columns.contains(&format!("`{column}`")), "docs/audit.md lacks the column `{column}`");
    }
}

#[test]
fn the_lints_are_documented() {
    let mut page = String::from("\n");
    for lint in LINTS {
        write!(page, "## `{}`\n\n{}\n\n", lint.word, lint.documentation).unwrap();
    }
    hold("docs/lints.md", "lints", &page);
}

#[test]
fn the_kinds_of_changes_are_documented() {
    let mut page = String::from("\n| kind | effect | |\n|---|---|---|\n");
    for kind in KINDS {
        writeln!(page, "| `{}` | {} | {} |", kind.word, kind.effect.word(), kind.documentation).unwrap();
    }
    hold("docs/review.md", "kinds", &format!("{page}\n"));
}

#[test]
fn the_placeholders_are_documented() {
    let mut page = String::from("\n| placeholder | |\n|---|---|\n");
    let inline = Inline::ALL.iter().map(|of| (of.word(), of.means()));
    for (word, means) in inline.chain(Block::ALL.iter().map(|of| (of.word(), of.means()))) {
        writeln!(page, "| `{{{word}}}` | {means} |").unwrap();
    }
    hold("docs/playbooks.md", "placeholders", &format!("{page}\n"));
}

fn all_reasons() -> String {
    let rules = shipped();
    let key = reasons::key;
    let levels = |code: Code| {
        let bold = |level: &str| format!("**{level}**");
        let levels: Vec<String> =
            reasons::levels(code, &rules).iter().map(|level| level.sentence(bold)).collect();
        levels.join("; ")
    };
    let mut page = String::from("\n| reason | key | shipped level |\n|---|---|---|\n");
    for code in Code::ALL {
        let word = code.word();
        writeln!(page, "| [`{word}`](#{word}) | {} | {} |", key(code), levels(code)).unwrap();
    }
    for code in Code::ALL {
        write!(page, "\n## `{}`\n\n{}\n", code.word(), code.documentation()).unwrap();
        let cases: Vec<String> = code.cases().iter().map(|case| format!("`{case}`")).collect();
        if !cases.is_empty() {
            write!(page, "\nCases that a rule can match: {}.\n", cases.join(", ")).unwrap();
        }
        write!(page, "\nKey: {}. Shipped level: {}.\n", key(code), levels(code)).unwrap();
    }
    format!("{page}\n")
}

fn keys() -> String {
    let mut page = String::new();
    for shape in SHAPES {
        write!(page, "\n### `{}`\n\n{}\n\n| key | value | |\n|---|---|---|\n", shape.header, shape.doc)
            .unwrap();
        for field in shape.fields {
            let required = if field.required { "**required.** " } else { "" };
            writeln!(page, "| `{}` | {} | {required}{} |", field.name, value(field.kind), field.doc).unwrap();
        }
    }
    format!("{page}\n")
}

fn cases() -> String {
    let mut page = String::from("\n| reason | cases |\n|---|---|\n");
    for code in Code::ALL.into_iter().filter(|code| !code.cases().is_empty()) {
        let cases: Vec<String> = code.cases().iter().map(|case| format!("`{case}`")).collect();
        writeln!(page, "| `{}` | {} |", code.word(), cases.join(", ")).unwrap();
    }
    format!("{page}\n")
}

/// What a key's value may be, for people.
fn value(kind: Kind) -> String {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::Format => "`1`".into(),
        Kind::Text | Kind::Version => "text".into(),
        Kind::Texts | Kind::Versions => "list of texts".into(),
        Kind::SomeTexts => "list of texts, not empty".into(),
        Kind::TextOrTexts | Kind::VersionOrVersions => "text, or list of texts".into(),
        Kind::Word(list) => words(list),
        Kind::Words(list) => format!("{}, or a list of them", words(list)),
        Kind::Codes => "code, or list of codes".into(),
        Kind::Cases => "case, or list of cases".into(),
        Kind::Name => "name".into(),
        Kind::Names => "list of names".into(),
        Kind::Id => "id".into(),
        Kind::Ranges => "comparators, or a list of such texts".into(),
        Kind::Time => "time or date".into(),
        Kind::Until => "time, or date (to its end)".into(),
        Kind::Window => "period".into(),
        Kind::Bool => "`true`, `false`".into(),
        Kind::Count => "whole number from 1".into(),
        Kind::BoolOrIds => "`true`, `false`, id, or list of ids".into(),
        Kind::Score => "number from 0 to 10".into(),
        Kind::Hours => "hours, or list of hours".into(),
        Kind::Zone => "time zone".into(),
        Kind::NameOrNames => "name, or list of names".into(),
        Kind::Star => "`\"*\"`".into(),
        Kind::Table(shape) => named(shape, "table"),
        Kind::Tables(shape) => named(shape, "list of tables"),
        Kind::Map(keys, value_kind) => format!("table: {keys} to {}", value(*value_kind)),
    }
}

fn named(shape: &Shape, what: &str) -> String {
    format!("{what}: `{}`", shape.header.replace('|', "\\|"))
}
