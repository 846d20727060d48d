//! What has piled up over a year, and what no verdict needs any more: old sign-offs, and the log.

use super::flag::advisory_id;
use super::{File, Service, time};
use crate::random::Random;

const SIGN_OFFS: usize = 50;
const MONTHS: usize = 12;
/// About 85 kB a month, so about 1 MB in a year.
const LINES: usize = 220;

/// Sign-offs of both keys, the newest of which expired two weeks before the newest release. All are for the
/// measured move, so that only their expiry keeps them out of its verdict.
pub fn sign_offs(service: &Service, random: &mut Random) -> Vec<File> {
    (0..SIGN_OFFS).map(|index| sign_off(service, index, random)).collect()
}

fn sign_off(service: &Service, index: usize, random: &mut Random) -> File {
    let (id, days, name) = (random.ulid(), 14 + 6 * index, &service.name);
    let (key, by, subject) = if index % 3 < 2 {
        ("security", "appsec".to_owned(), advisory_id(service.flag_number(0)))
    } else {
        ("reliability", service.team(), "unproven-release".to_owned())
    };
    let text = format!(
        r#"[sign-off.{id}]
service = "{name}"
environment = "prod"
to = "{to}"
accepts = ["{subject}"]
as = "{key}"
by = "{by} <{by}@example.com>"
reason = "the shop is down, and the WAF rule holds until the fix is out"
ticket = "INC-{ticket}"
at = {at}
expires = {expires}
"#,
        to = service.versions[service.target()],
        ticket = 400 + index,
        at = time::before(days, 3),
        expires = time::before(days, 7),
    );
    (service.path(&format!("sign-offs/{key}/{id}.toml")), text)
}

/// A year of the checked service's record. The chain's hashes only look like it: no check reads them.
pub fn log(service: &Service, random: &mut Random) -> Vec<File> {
    (0..MONTHS).map(|month| log_of_month(service, 15 + 365 * month / MONTHS, random)).collect()
}

fn log_of_month(service: &Service, days: usize, random: &mut Random) -> File {
    let lines = (0..LINES).map(|line| log_line(service, days, line, random)).collect();
    (format!("log/{}/{}.jsonl", service.name, time::month_before(days)), lines)
}

fn log_line(service: &Service, days: usize, line: usize, random: &mut Random) -> String {
    let (id, previous, name) = (random.ulid(), random.hex(64), &service.name);
    let (at, kind) =
        (time::before(days, line * 24 / LINES), random.pick(&["asked", "decided", "done", "told"]));
    let verdict = random.pick(&["allow", "warn", "hold", "block"]);
    let release = 1 + random.below(service.versions.len() - 1);
    let (from, to) = (&service.versions[release], &service.versions[release - 1]);
    format!(
        r#"{{"schema":"holdpoint/record/v1","id":"{id}","at":"{at}","kind":"{kind}","service":"{name}","environment":"prod","move":"rollback","from":"{from}","to":"{to}","verdict":"{verdict}","by":"ci <deployer@example.com>","known":"ci","subjects":["CVE-2026-10000"],"previous":"sha256:{previous}"}}
"#
    )
}
