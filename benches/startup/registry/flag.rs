//! Flags: what makes releases bad. A mix of both kinds, of severities, of open and withdrawn ones.

use super::service::base;
use super::{File, Service, time};
use crate::random::Random;
use crate::size::Size;

const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];
const VECTORS: [&str; 5] = [
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N",
    "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:N",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:N/SC:N/SI:N/SA:N",
    "CVSS:4.0/AV:L/AC:H/AT:P/PR:L/UI:P/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N",
    "AV:N/AC:M/Au:N/C:P/I:P/A:N",
];
const WEAKNESSES: [&str; 5] = [
    "Session fixation in token refresh",
    "Path traversal in the export of invoices",
    "Header injection through the tracing baggage",
    "Missing check of the audience in signed links",
    "Request smuggling behind the old proxy",
];
const TROUBLES: [&str; 5] = [
    "p99 latency x10 above 400 rps",
    "memory grows until the node evicts it",
    "deadlock of the connection pool after a failover",
    "retries storm the queue when a shard is slow",
    "start takes 9 minutes on a cold cache",
];

/// A flag of one service, in its folder. Six of ten are advisories.
pub fn file(service: &Service, index: usize, random: &mut Random) -> File {
    match index {
        0 => certain(service),
        _ if index % 5 < 3 => advisory(service, index, random),
        _ => instability(service, index, random),
    }
}

/// The one that decides the measured check: exploited and critical, so no trade is better; fixed in
/// what runs, and open on the target.
fn certain(service: &Service) -> File {
    let (first, fix) = (service.target() - 5, service.running());
    let body = [
        title(WEAKNESSES[0]),
        "severity = \"critical\"\n".to_owned(),
        format!("cvss = \"{}\"\nexploited = true\n", VECTORS[0]),
        affects(service, first, fix, ""),
        recorded(service.age(fix), "appsec"),
    ];
    flag_file(service, "advisories", &advisory_id(service.flag_number(0)), &body.concat())
}

fn advisory(service: &Service, index: usize, random: &mut Random) -> File {
    let id = advisory_id(service.flag_number(index));
    let (first, fix) = span(service, random);
    let alias = random.text("23456789cfghjmpqrvwx", 4);
    let body = [
        title(random.pick(&WEAKNESSES)),
        format!("url = \"https://security.example.com/advisories/{id}\"\n"),
        severity(random),
        format!("cvss = \"{}\"\n", random.pick(&VECTORS)),
        some(random.once_in(12), "exploited = true\n"),
        format!("aliases = [\"GHSA-{alias}-{alias}-{alias}\"]\n"),
        affects(service, first, fix, ""),
        recorded(service.age(fix), "appsec"),
        withdrawn(service, fix, random),
        some(random.once_in(6), MITIGATION),
    ];
    flag_file(service, "advisories", &id, &body.concat())
}

fn instability(service: &Service, index: usize, random: &mut Random) -> File {
    let id = format!("INC-{}", 1_000 + service.flag_number(index));
    let (first, fix) = span(service, random);
    let body = [
        title(random.pick(&TROUBLES)),
        format!("url = \"https://incidents.example.com/{id}/review\"\n"),
        severity(random),
        affects(service, first, fix, &some(random.once_in(3), ", environments = [\"prod\"]")),
        recorded(service.age(first), "sre on call"),
        some(random.once_in(4) && service.age(first) > 30, "until = 2026-10-31\n"),
        withdrawn(service, first, random),
    ];
    flag_file(service, "instabilities", &id, &body.concat())
}

/// A flag on several services: by a tag of what they are built on, else by their names.
pub fn shared_file(size: Size, index: usize, random: &mut Random) -> File {
    let id = format!("CVE-2025-{}", 20_000 + index);
    let body = [
        title("Out-of-bounds read in a library of the base image"),
        severity(random),
        format!("cvss = \"{}\"\n", random.pick(&VECTORS)),
        shared_affects(size, index, random),
        recorded(40 * (index % 8) + 20, "appsec"),
    ];
    (format!("advisories/{id}.toml"), format!("[advisory.{id}]\n{}", body.concat()))
}

fn shared_affects(size: Size, index: usize, random: &mut Random) -> String {
    if index.is_multiple_of(2) || size.services() < 8 {
        return format!("affects = [{{ services = \"*\", tag = \"{}\" }}]\n", base(40 * (index % 8) + 60));
    }
    let first = random.below(size.services() - 4);
    let services = (first..first + 4).map(|number| Service::new(size, number));
    let lines: String = services.map(|service| format!("    {},\n", affected(&service, 0, 4, ""))).collect();
    format!("affects = [\n{lines}]\n")
}

/// Never empty, and never without a fix: from one release to a later one.
fn span(service: &Service, random: &mut Random) -> (usize, usize) {
    let first = random.below(service.versions.len() - 2);
    let length = 1 + random.below(service.versions.len() / 4);
    (first, (first + length).min(service.versions.len() - 1))
}

fn affects(service: &Service, first: usize, fix: usize, more: &str) -> String {
    format!("affects = [{}]\n", affected(service, first, fix, more))
}

fn affected(service: &Service, first: usize, fix: usize, more: &str) -> String {
    let (name, first, fix) = (&service.name, &service.versions[first], &service.versions[fix]);
    format!("{{ service = \"{name}\", versions = \">={first}, <{fix}\"{more}, fixed_in = [\"{fix}\"] }}")
}

const MITIGATION: &str = r#"mitigation = [{ id = "waf-r3", do = "enable WAF rule R3", lowers_to = "hold", hours = 4 }]
"#;

fn title(words: &str) -> String {
    format!("title = \"{words}\"\n")
}

/// Most say it; the others leave it to the vector, or are unknown.
fn severity(random: &mut Random) -> String {
    let word = random.pick(&SEVERITIES);
    some(!random.once_in(4), &format!("severity = \"{word}\"\n"))
}

fn recorded(age: usize, by: &str) -> String {
    let mailbox = by.replace(' ', "-");
    format!("recorded = {}\nby = \"{by} <{mailbox}@example.com>\"\n", time::before(age, 8))
}

fn withdrawn(service: &Service, recorded: usize, random: &mut Random) -> String {
    let at = time::before(service.age(recorded), 20);
    let line = format!(
        "withdrawn = {{ at = {at}, by = \"appsec <appsec@example.com>\", reason = \"not reachable\" }}\n"
    );
    some(random.once_in(8) && service.age(recorded) > 14, &line)
}

fn some(given: bool, text: &str) -> String {
    if given { text.to_owned() } else { String::new() }
}

/// The id of an advisory by its number among all flags of the registry.
pub fn advisory_id(number: usize) -> String {
    format!("CVE-2026-{}", 10_000 + number)
}

fn flag_file(service: &Service, folder: &str, id: &str, body: &str) -> File {
    let kind = if folder == "advisories" { "advisory" } else { "instability" };
    (service.path(&format!("{folder}/{id}.toml")), format!("[{kind}.{id}]\n{body}"))
}
