//! `docs/story.md`, played: a repository with tags, then every command of the night by whoever types it.
//!
//! Acts are done now, so the test plays the page at the time of day that it is, and translates: instants of the page
//! become as long ago, or ahead, as they were at 03:00 of that night, and what comes out is told in the page's time;
//! ids and hashes become those of the page, in the order in which they come.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes what the commands say into the page.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, DurationRound, NaiveDate, NaiveTime, SubsecRound, TimeDelta, Utc};

use super::repository::{shell, tagged};

/// When it is night on the page.
pub(super) const NIGHT: &str = "2026-11-22T03:00:00Z";
/// The page tells its times in steps of ten minutes: the test takes less than one.
const STEP: TimeDelta = TimeDelta::minutes(10);

/// Between the page and the run that plays it.
pub(super) struct Translation {
    /// How much later it is now than on the page.
    later: TimeDelta,
    /// What stands on the page for an id or a hash of this run.
    told: BTreeMap<String, String>,
}

impl Translation {
    pub(super) fn beginning(now: DateTime<Utc>) -> Translation {
        let night: DateTime<Utc> = NIGHT.parse().unwrap();
        Translation { later: now.trunc_subsecs(0) - night, told: BTreeMap::new() }
    }

    /// What the page says, for this run.
    pub(super) fn played(&self, page: &str) -> String {
        let text = instants(page, |at| at + self.later);
        let text = months(&text, &month_of_page(), &self.month());
        words(&text, |word| {
            let real = self.told.iter().find(|(_, told)| *told == word).map(|(real, _)| real.clone());
            real.unwrap_or_else(|| word.to_owned())
        })
    }

    /// What this run said, for the page.
    pub(super) fn told(&mut self, run: &str) -> String {
        let later = self.later;
        let text = instants(run, |at| (at - later).duration_trunc(STEP).unwrap());
        let text = months(&text, &self.month(), &month_of_page());
        let text = self.diary(&text);
        words(&text, |word| match of_this_run(word) {
            Some(digits) => {
                let next = self.told.len() as u64;
                let word_of_page = || made(word, digits, next);
                self.told.entry(word.to_owned()).or_insert_with(word_of_page).clone()
            }
            None => word.to_owned(),
        })
    }

    /// `2026-11-22 Sunday`, and below it what was done at which time of that day.
    fn diary(&self, text: &str) -> String {
        let (mut out, mut day, mut told) = (String::new(), None, None);
        for line in text.split_inclusive('\n') {
            let heading = line.trim_end().split_once(' ').filter(|(_, weekday)| weekday.ends_with("day"));
            if let Some(date) = heading.and_then(|(date, _)| date.parse::<NaiveDate>().ok()) {
                day = Some(date);
                continue;
            }
            let time = line.get(2..10).filter(|_| line.starts_with("  ") && line.get(10..11) == Some("Z"));
            match (day, time.and_then(|time| time.parse::<NaiveTime>().ok())) {
                (Some(day), Some(time)) => {
                    let at = (day.and_time(time).and_utc() - self.later).duration_trunc(STEP).unwrap();
                    if told != Some(at.date_naive()) {
                        told = Some(at.date_naive());
                        out.push_str(&at.format("%Y-%m-%d %A\n").to_string());
                    }
                    out.push_str(&at.format("  %H:%M:%S").to_string());
                    out.push_str(&line[10..]);
                }
                _ => out.push_str(line),
            }
        }
        out
    }

    fn month(&self) -> String {
        let night: DateTime<Utc> = NIGHT.parse().unwrap();
        (night + self.later).format("%Y-%m").to_string()
    }
}

fn month_of_page() -> String {
    NIGHT[..7].to_owned()
}

/// Files of the record are named by month.
fn months(text: &str, from: &str, to: &str) -> String {
    text.replace(&format!("/{from}.jsonl"), &format!("/{to}.jsonl"))
}

/// Every instant such as `2026-11-22T03:00:00Z`, as another one.
fn instants(text: &str, other: impl Fn(DateTime<Utc>) -> DateTime<Utc>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('T') {
        let (start, end) = (at.saturating_sub(10), at + 10);
        let instant = rest.get(start..end).filter(|text| text.ends_with('Z'));
        match instant.and_then(|text| text.parse::<DateTime<Utc>>().ok()) {
            Some(instant) => {
                out.push_str(&rest[..start]);
                out.push_str(&other(instant).format("%Y-%m-%dT%H:%M:%SZ").to_string());
                rest = &rest[end..];
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

/// Every word of letters and digits, as another one.
fn words(text: &str, mut other: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        out.push_str(&other(word));
        out.push_str(&part[word.len()..]);
    }
    out
}

const HEX: &[u8] = b"0123456789abcdef";
const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The digits of an id or a hash that another run would have otherwise; None: it is a word like others.
fn of_this_run(word: &str) -> Option<&'static [u8]> {
    let of = |digits: &[u8]| word.bytes().all(|byte| digits.contains(&byte));
    match word.len() {
        26 if word.starts_with("01") && of(CROCKFORD) => Some(CROCKFORD),
        40 | 64 if of(HEX) && word.bytes().any(|byte| byte != b'0') => Some(HEX),
        _ => None,
    }
}

/// A word that looks like it, the same in every run.
fn made(like: &str, digits: &[u8], number: u64) -> String {
    let mut state = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut digit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(digits[(state >> 33) as usize % digits.len()])
    };
    // A ULID begins with its time.
    let head = if digits == CROCKFORD { "01KAQ4V800" } else { "" };
    head.chars().chain(std::iter::from_fn(|| Some(digit()))).take(like.len()).collect()
}

/// The night, as it is played.
struct Stage {
    root: PathBuf,
    here: PathBuf,
    translation: Translation,
}

impl Stage {
    fn set(root: &Path) -> Stage {
        let translation = Translation::beginning(Utc::now());
        let day = |at: &str| translation.played(at)[..10].to_owned();
        let tags = [("2.3.0", "2026-09-22T10:00:00Z"), ("2.4.0", "2026-11-01T10:00:00Z")];
        let tags: Vec<String> = tags.iter().map(|(tag, at)| format!("{tag} {}", day(at))).collect();
        tagged(&root.join("checkout"), &tags.iter().map(String::as_str).collect::<Vec<_>>());
        Stage { root: root.to_owned(), here: root.to_owned(), translation }
    }

    /// What a block becomes when it is played.
    fn played(&mut self, language: &str, block: &str) -> String {
        match language {
            "console" => {
                let typed = block.lines().filter_map(typed);
                typed.map(|(who, command)| format!("{who}$ {command}\n{}", self.said(who, command))).collect()
            }
            "toml" => {
                let path = block.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
                let text = block.split_once('\n').unwrap().1;
                fs::write(self.here.join(path), text).unwrap();
                block.to_owned()
            }
            other => panic!("a block of `{other}`"),
        }
    }

    fn said(&mut self, who: &str, command: &str) -> String {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.here = self.here.join(folder);
            return String::new();
        }
        let (name, address) =
            if who == "sam" { ("Sam", "sam@example.com") } else { ("Ann", "ann@example.com") };
        // As on a terminal: `run` leaves standard output to the command that it runs.
        let script = format!("{{ {}\n}} 2>&1", self.translation.played(command));
        let mut shell = shell(&self.here, &script);
        for role in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{role}_NAME"), name).env(format!("GIT_{role}_EMAIL"), address);
        }
        let output = shell.env("HOME", &self.root).env("COLUMNS", "100").output().unwrap();
        let mut said = self.translation.told(&String::from_utf8(output.stdout).unwrap());
        match output.status.code().unwrap() {
            0 => {}
            code => said.push_str(&format!("exit {code}\n")),
        }
        said
    }
}

/// `sam$ holdpoint status`: who, and what.
fn typed(line: &str) -> Option<(&str, &str)> {
    ["sam", "ann"].into_iter().find_map(|who| Some((who, line.strip_prefix(who)?.strip_prefix("$ ")?)))
}

fn page() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/story.md");
    let text = fs::read_to_string(&path).unwrap();
    (path, text)
}

#[test]
fn the_night_goes_as_it_is_told() {
    let (path, page) = page();
    let root = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(root.path());
    let mut played = String::new();
    for (index, part) in page.split("```").enumerate() {
        if index % 2 == 0 {
            played.push_str(part);
            continue;
        }
        let (language, block) = part.split_once('\n').unwrap();
        played.push_str(&format!("```{language}\n{}```", stage.played(language, block)));
    }
    in_this_order(&played);
    recorded(&root.path().join("registry/log/checkout"));
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        fs::write(&path, played).unwrap();
        return;
    }
    assert_eq!(played, page, "docs/story.md is behind the program; write it anew with HOLDPOINT_BLESS=1");
}

/// What must happen, however it is worded beside that.
#[track_caller]
fn in_this_order(played: &str) {
    let mut rest = played;
    for part in [
        "\nFLAGGED  CVE-2026-31337 insecure",
        "\nFLAGGED  INC-482 unstable",
        "\nBLOCK  rollback checkout 2.4.1 -> 2.3.0 in prod",
        "reopens CVE-2026-31337",
        "exit 1",
        "\nALLOW  rollback checkout 2.4.1 -> 2.4.0 in prod",
        "\ndeploying 2.4.0\n",
        "\nFLAGGED  CVE-2026-40404 insecure",
        "prod: 2.4.0 runs and is hit",
        "\nHOLD  redeploy checkout 2.4.0 -> 2.4.1 in prod",
        "left by a rollback",
        "Nothing was started",
        "exit 4",
        "\nsam$ holdpoint sign-off",
        "\nann$ holdpoint sign-off",
        "\nWARN  redeploy checkout 2.4.0 -> 2.4.1 in prod",
        "\ndeploying 2.4.1\n",
        "\nsam$ holdpoint log show",
        "\nsam$ holdpoint log verify",
    ] {
        let (_, behind) =
            rest.split_once(part).unwrap_or_else(|| panic!("no `{part}` in its place:\n{played}"));
        rest = behind;
    }
    assert_eq!(played.matches("\nexit ").count(), 2, "only the two moves that may not go are refused");
}

/// The record has all of it, and nothing else.
#[track_caller]
fn recorded(folder: &Path) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["kind"].as_str())
        .filter(|kind| !["released", "observed"].contains(kind))
        .collect();
    let move_made = ["started", "finished"];
    let wanted =
        [&["flagged", "flagged"][..], &move_made, &["flagged", "signed-off", "signed-off"], &move_made];
    assert_eq!(kinds, wanted.concat());
    let by: Vec<&str> = lines.iter().filter_map(|line| line["by"].as_str()).collect();
    assert!(by.contains(&"Sam <sam@example.com>") && by.contains(&"Ann <ann@example.com>"), "{by:?}");
    let seqs: Vec<u64> = lines.iter().filter_map(|line| line["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=lines.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_run_is_told_in_the_words_of_the_page() {
    let mut translation = Translation::beginning("2031-02-03T17:41:22Z".parse().unwrap());
    assert_eq!(translation.played("at 2026-11-18T10:00:00Z, T"), "at 2031-01-31T00:41:22Z, T");
    assert_eq!(translation.told("at 2031-01-31T00:41:22Z"), "at 2026-11-18T10:00:00Z");
    assert_eq!(translation.told("by 2031-02-03T21:42:01Z"), "by 2026-11-22T07:00:00Z");
    assert_eq!(translation.told("log/x/2031-02.jsonl"), "log/x/2026-11.jsonl");
    let diary = translation.told("2031-02-03 Monday\n  17:42:00Z  flagged  x\n  done\n");
    assert_eq!(diary, "2026-11-22 Sunday\n  03:00:00Z  flagged  x\n  done\n");
    let (one, other) = ("01M81SGRJ050R7AVD478SANTC5", "01M81SGRJ0JCAM4R5H5S6Z26W9");
    let told = translation.told(&format!("{one}, {other}, {one}; 2.4.1"));
    let ids: Vec<&str> = told.split([',', ';']).map(str::trim).collect();
    assert!(ids[0] == ids[2] && ids[0] != ids[1] && ids[3] == "2.4.1" && ids[0].len() == 26, "{told}");
    assert_eq!(translation.played(ids[1]), other, "an id of the page is that of this run");
}
