//! The commands that reports offer for pasting: the real program takes them.
//!
//! They are taken from all that the shop's verdicts, flags and reviews say, with what a person fills in put into
//! them, and done with `--dry-run` where a command acts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::repository::{sh, shell};

/// What a person fills in.
const FILLED: [(&str, &str); 6] = [
    ("<your command>", "true"),
    ("<why>", "because"),
    ("<what was found>", "nothing"),
    ("<what is wrong>", "slow"),
    ("<version>", "2.4.1"),
    ("--env …", "--env prod"),
];

/// The commands that write, and so are only shown.
const ACTS: [&str; 8] = ["run", "sign-off", "record", "flag-release", "review", "observe", "ask", "incident"];

/// The shop, with a break-glass.
fn shop(root: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
    fs::create_dir(root.join("examples")).unwrap();
    sh(root, &format!("cp -R '{}' examples/shop", from.display()));
    let debts = root.join("examples/shop/services/checkout/debts");
    fs::create_dir(&debts).unwrap();
    let debt = "[debt.01KAF4]\nservice = \"checkout\"\nenvironment = \"prod-eu\"\nfrom = \"2.4.1\"\nto = \"2.3.0\"\nsubjects = [\"CVE-2026-31337\"]\nreason = \"r\"\nby = \"x\"\nat = 2026-11-20T03:00:00Z\n";
    fs::write(debts.join("01KAF4.toml"), debt).unwrap();
}

/// What is asked: the tables of the shop's README, and some that act.
fn asked() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop/README.md");
    let page = fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut asked: Vec<String> = rows.map(|row| format!("holdpoint {row}")).collect();
    asked.extend(
        [
            "holdpoint flag-release checkout 2.4.0 --insecure --title t --dry-run",
            "holdpoint flag-release checkout 2.4.1 --insecure --title t --dry-run",
            "holdpoint sign-off checkout 2.4.1 --env prod-eu --accept INC-482 --as reliability --reason r --expires 4h --dry-run",
            "holdpoint run checkout 2.4.0 --env prod --dry-run -- true",
            "holdpoint review",
        ]
        .map(str::to_owned),
    );
    asked.iter().map(|line| line.replacen("holdpoint ", "holdpoint --registry examples/shop ", 1)).collect()
}

/// Every command in a report: on a line of its own, behind `Next:`, or in backticks.
fn offered(report: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in report.lines() {
        let line = line.trim();
        let alone = line.strip_prefix("Next: ").unwrap_or(line);
        if alone.starts_with("holdpoint ") {
            found.insert(alone.to_owned());
            continue;
        }
        let quoted = line.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("holdpoint "));
        found.extend(quoted.map(str::to_owned));
    }
    found
}

#[test]
fn what_reports_offer_is_taken_by_the_program() {
    let root = tempfile::tempdir().unwrap();
    shop(root.path());
    let mut commands = BTreeSet::new();
    for line in asked() {
        let output = shell(root.path(), &line).env("COLUMNS", "2000").output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        commands.extend(offered(&text));
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for command in &commands {
        let verb = command.split(' ').nth(1).unwrap();
        let mut line = FILLED.iter().fold(command.clone(), |line, (from, to)| line.replace(from, to));
        let acts = ACTS.contains(&verb) && line != "holdpoint review" && !is_look(&line);
        if acts {
            line = match line.split_once(" -- ") {
                Some((before, behind)) => format!("{before} --dry-run -- {behind}"),
                None => format!("{line} --dry-run"),
            };
        }
        let output = shell(root.path(), &line).env("HOLDPOINT_REGISTRY", "examples/shop").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_ne!(output.status.code(), Some(2), "`{command}` is offered, and isn't taken:\n{said}");
        *taken.entry(verb.to_owned()).or_default() += 1;
    }
    for verb in ["run", "sign-off", "record", "review", "targets", "rollback-check"] {
        assert!(taken.contains_key(verb), "no `{verb}` was offered: {taken:?}");
    }
}

/// `review DEBT` alone only tells.
fn is_look(line: &str) -> bool {
    line.starts_with("holdpoint review ") && !line.contains("--note") && !line.contains("--close")
}
