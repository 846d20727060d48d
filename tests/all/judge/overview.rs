//! What runs, judged as if it came from nothing: its levels, the way back, what needs attention.

use holdpoint::judge::{Matter, Moment, Overview, Running, WayBack, environments, overview};
use holdpoint::model::{Key, Name, Registry, format_time, parse_time};

use super::{BASE, changed, now, with, world};

fn seen<'a>(registry: &'a Registry, environment: &str, moment: Moment) -> Overview<'a> {
    let environment = (environment != "-").then(|| Name::new(environment).unwrap());
    overview(registry, &Name::new("shop").unwrap(), environment.as_ref(), moment).unwrap()
}

/// An overview in a few lines: what runs with both keys, the way back, what needs attention.
fn said(overview: &Overview<'_>) -> Vec<String> {
    let since = |at: Option<_>| at.map_or(String::new(), |at| format!(" since {}", format_time(at)));
    let runs: Vec<String> =
        overview.releases().iter().map(|r| format!("{}{}", r.version(), since(r.since))).collect();
    let running = match &overview.running {
        Running::Unknown => "unknown".into(),
        Running::Releases(_) if runs.is_empty() => "nothing".into(),
        Running::Releases(_) => runs.join(" + "),
    };
    let key = |key| overview.key(key).map_or("-", |level| level.word());
    let mut lines = vec![format!("{running}: {} / {}", key(Key::Reliability), key(Key::Security))];
    lines.push(match &overview.way_back {
        WayBack::To(back) => format!("back to {} {}", back.movement.to, back.level),
        WayBack::Desert(back) => format!("desert, at best {} {}", back.movement.to, back.level),
        other => format!("{other:?}"),
    });
    for one in &overview.attention {
        let what = match &one.matter {
            Matter::Found(reason) => {
                let (code, subject) = (reason.finding.code().word(), reason.finding.subject());
                if subject == code { subject } else { format!("{code} {subject}") }
            }
            Matter::UnknownRunning => "unknown-running".into(),
            Matter::NothingOlder => "nothing-older".into(),
            Matter::Incident(incident) => format!("incident {}", incident.id),
            Matter::AcceptanceLapsed(entered) => format!("lapsed {}", entered.by),
            Matter::AcceptanceExpires(entered) => format!("expires {}", entered.by),
            Matter::SignOffExpires(sign_off, at) => format!("expires {} {}", sign_off.id, format_time(*at)),
            Matter::MitigationEnds(flag, with, at) => {
                format!("ends {}/{} {}", flag.id, with.id, format_time(*at))
            }
            Matter::SupportEnds(support) => format!("support-ends {}", format_time(support.until)),
            Matter::DebtOpen(owed) => {
                format!("debt {} {} {:?}", owed.debt.id, owed.unreviewed.len(), owed.went)
            }
        };
        let on: Vec<&str> = one.on.iter().map(|version| &*version.text).collect();
        let on = if on.is_empty() { String::new() } else { format!(" on {}", on.join(", ")) };
        lines.push(format!("{} {what}{on}", one.level()));
    }
    lines
}

#[track_caller]
fn expect(registry: &Registry, environment: &str, lines: &[&str]) {
    assert_eq!(said(&seen(registry, environment, now())), lines, "{environment}");
}

const HIGH: &str = r#"
[advisory.CVE-1]
title = "t"
severity = "high"
affects = [{ service = "shop", versions = ">=1.3.0" }]
"#;

#[test]
fn a_quiet_place_has_nothing_but_its_way_back() {
    let back = "back to 1.2.0 allow";
    expect(&with(""), "prod", &["1.3.0 since 2026-11-11T00:00:00Z: allow / allow", back]);
}

#[test]
fn every_flag_on_what_runs_counts_as_if_it_came_from_nothing() {
    // A restart would carry it; what runs is judged as a first deployment would be.
    let lines = ["1.3.0 since 2026-11-11T00:00:00Z: allow / hold", "back to 1.2.0 allow"];
    expect(&with(HIGH), "prod", &[lines[0], lines[1], "hold advisory-reopened CVE-1 on 1.3.0"]);
    let scheduled = HIGH.replace("severity", "effective = 2026-12-01\nseverity");
    let lines = ["1.3.0 since 2026-11-11T00:00:00Z: allow / warn", "back to 1.2.0 allow"];
    expect(&with(&scheduled), "prod", &[lines[0], lines[1], "warn flag-scheduled CVE-1 on 1.3.0"]);
}

#[test]
fn the_way_back_is_what_targets_ranks_first_among_the_older() {
    // The nearest has the flag too, so the one behind it is better, though farther.
    let two = HIGH.replace(">=1.3.0", ">=1.2.0").replace("high", "medium");
    let lines = ["1.3.0 since 2026-11-11T00:00:00Z: allow / warn", "back to 1.1.0 allow"];
    expect(&with(&two), "prod", &[lines[0], lines[1], "warn advisory-reopened CVE-1 on 1.3.0"]);
    // Where all are warnings, the one that leaves the flag, though unproven.
    let text = BASE.replace(
        "{ version = \"1.1.0\"",
        "{ version = \"1.1.5\", released = 2026-10-05 },\n    { version = \"1.1.0\"",
    );
    let warned = r#"
[advisory.CVE-2]
title = "t"
severity = "low"
affects = [{ service = "shop", versions = "<1.1.5 || =1.2.0 || =1.3.0" }]
"#
    .replace("\"<1.1.5 || =1.2.0 || =1.3.0\"", "[\"<1.1.5\", \"1.2.0\", \"1.3.0\"]");
    let seen_there = world(&format!("{text}{warned}"));
    let overview = seen(&seen_there, "prod", now());
    assert_eq!(said(&overview)[1], "back to 1.1.5 warn");
}

#[test]
fn no_older_release_better_than_a_hold_is_a_desert() {
    let lines = ["1.3.0 since 2026-11-11T00:00:00Z: warn / allow", "desert, at best 1.2.0 hold"];
    let old = HIGH.replace("\">=1.3.0\"", "\"<1.3.0\", fixed_in = [\"1.3.0\"]");
    expect(&with(&old), "prod", &[lines[0], lines[1], "warn no-way-back"]);
    // Beyond the nearest ten one is open: no desert.
    let many: String =
        (0..15).map(|n| format!("{{ version = \"0.{n}.0\", released = 2026-08-01 }},\n")).collect();
    let text = BASE.replace("{ version = \"1.0.0\"", &format!("{many}{{ version = \"1.0.0\""));
    let old = HIGH.replace("\">=1.3.0\"", "[\">=0.3.0, <1.3.0\"]");
    let registry = world(&format!("{text}{old}"));
    assert_eq!(said(&seen(&registry, "prod", now()))[1], "back to 0.2.0 warn");
}

#[test]
fn a_first_release_is_no_desert() {
    let only = world(
        "format = 1\n[service.shop]\nrunning = { prod = \"1.0.0\" }\nrelease = [{ version = \"1.0.0\" }]\n",
    );
    expect(&only, "prod", &["1.0.0: allow / allow", "NothingOlder", "allow nothing-older"]);
}

#[test]
fn a_pre_release_is_a_way_back_only_where_one_runs_or_it_ran_here_itself() {
    let shop = |running: &str, more: &str| {
        let list = r#"["2.0.0-rc.1", "2.0.0", "2.1.0-rc.1", "2.1.0"]"#;
        let releases =
            list.replace('[', "[{ version = ").replace(", ", " }, { version = ").replace(']', " }]");
        world(&format!(
            "format = 1\n[service.shop]\nrunning = {{ prod = \"{running}\" }}\nrelease = {releases}\n{more}
[advisory.CVE-1]\ntitle = \"t\"\nseverity = \"critical\"
affects = [{{ service = \"shop\", versions = \"2.0.0\" }}]\n"
        ))
    };
    let back = |registry: &Registry| said(&seen(registry, "prod", now()))[1].clone();
    assert_eq!(back(&shop("2.1.0", "")), "desert, at best 2.0.0 block");
    assert_eq!(back(&shop("2.1.0-rc.1", "")), "back to 2.0.0-rc.1 allow");
    let ran = "[[service.shop.ran]]\nenvironment = \"prod\"\nversion = \"2.0.0-rc.1\"\nuntil = 2026-01-01\n";
    assert_eq!(back(&shop("2.1.0", ran)), "back to 2.0.0-rc.1 allow");
    assert_eq!(back(&shop("2.0.0", "")), "NothingOlder");
}

#[test]
fn a_roll_out_shows_both_releases_and_each_flag_once() {
    let both =
        changed("prod = \"1.3.0\"", "prod = [\"1.2.0\", \"1.3.0\"]", &HIGH.replace(">=1.3.0", ">=1.2.0"));
    let lines = [
        "1.3.0 since 2026-11-11T00:00:00Z + 1.2.0: allow / hold",
        "back to 1.1.0 allow",
        "hold advisory-reopened CVE-1 on 1.3.0, 1.2.0",
    ];
    expect(&both, "prod", &lines);
}

#[test]
fn what_isnt_known_is_said_and_never_fine() {
    let unknown = with("[[service.shop.ran]]\nenvironment = \"dr\"\nversion = \"1.0.0\"\n");
    expect(&unknown, "dr", &["unknown: - / -", "Untold", "warn unknown-running"]);
    let empty = changed("prod = \"1.3.0\"", "prod = []", "");
    expect(&empty, "prod", &["nothing: - / -", "NothingRuns"]);
    let stranger = changed("prod = \"1.3.0\"", "prod = \"1.2.5\"", "");
    let lines = ["1.2.5: hold / hold", "back to 1.2.0 allow", "hold unknown-release on 1.2.5"];
    expect(&stranger, "prod", &lines);
    let odd = changed("prod = \"1.3.0\"", "prod = \"latest\"", HIGH);
    let lines = ["latest: block / block", "back to 1.2.0 warn", "block unknown-release on latest"];
    expect(&odd, "prod", &lines);
    assert_eq!(said(&seen(&with(""), "-", now())), ["unknown: - / -", "Untold", "warn unknown-running"]);
}

#[test]
fn acceptances_are_said_before_they_lapse_and_after() {
    let entered = |expires: &str| {
        let entry = format!(
            "{HIGH}\n[service.shop.entered.prod]\nfrom = \"1.2.0\"\nby = \"sign-off S1\"\nsubjects = [\"CVE-1\"]\nexpires = {expires}\n"
        );
        let sign_off = format!(
            "[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.3.0\"\naccepts = [\"CVE-1\"]\nas = \"security\"\nby = \"a\"\nreason = \"r\"\nat = 2026-11-20T00:00:00Z\nexpires = {expires}\n"
        );
        with(&format!("{entry}{sign_off}"))
    };
    let head = "1.3.0 since 2026-11-11T00:00:00Z: allow";
    let flag = "advisory-reopened CVE-1 on 1.3.0";
    let far = [&format!("{head} / warn"), "back to 1.2.0 allow", &format!("warn {flag}")];
    expect(&entered("2026-11-23T00:00:01Z"), "prod", &[far[0], far[1], far[2], "warn expires sign-off S1"]);
    let lapsed = [&format!("{head} / hold"), "back to 1.2.0 allow", &format!("hold {flag}")];
    expect(
        &entered("2026-11-22T00:00:00Z"),
        "prod",
        &[lapsed[0], lapsed[1], lapsed[2], "hold acceptance-expired"],
    );
}

#[test]
fn a_sign_off_without_an_entry_is_said_too_when_it_ends() {
    let signed = |expires: &str| {
        with(&format!(
            "{HIGH}[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.3.0\"\naccepts = [\"CVE-1\"]\nas = \"security\"\nby = \"a\"\nreason = \"r\"\nat = 2026-11-21T12:00:00Z\nexpires = {expires}\n"
        ))
    };
    let lines = ["1.3.0 since 2026-11-11T00:00:00Z: allow / warn", "back to 1.2.0 allow"];
    let flag = "warn advisory-reopened CVE-1 on 1.3.0";
    let ends = "warn expires S1 2026-11-23T03:00:00Z on 1.3.0";
    expect(&signed("2026-11-23T03:00:00Z"), "prod", &[lines[0], lines[1], flag, ends]);
    expect(&signed("2026-11-23T03:00:01Z"), "prod", &[lines[0], lines[1], flag]);
}

#[test]
fn debts_are_open_until_closed_and_overdue_ones_weigh_by_the_rules() {
    let debt = |due: &str, reviews: &str| {
        with(&format!(
            "[debt.D1]\nservice = \"shop\"\nenvironment = \"prod\"\nfrom = \"1.2.0\"\nto = \"1.3.0\"\nsubjects = [\"X\"]\nreason = \"r\"\nby = \"a\"\nat = 2026-11-11\ndue = {due}\nreviews = [{reviews}]\n"
        ))
    };
    let head = "1.3.0 since 2026-11-11T00:00:00Z:";
    let back = "back to 1.2.0 allow";
    let fine = format!("{head} allow / allow");
    expect(&debt("2026-11-30", ""), "prod", &[&fine, back, "warn debt D1 2 Settled"]);
    let (late, warned) = (format!("{head} warn / warn"), "back to 1.2.0 warn");
    expect(&debt("2026-11-20", ""), "prod", &[&late, warned, "warn open-debt open-debt:D1"]);
    let review = |key: &str| format!("{{ as = \"{key}\", by = \"a\", at = 2026-11-12 }}");
    let reviewed = format!("{}, {}", review("security"), review("reliability"));
    expect(&debt("2026-11-20", &reviewed), "prod", &[&fine, back, "warn debt D1 0 Settled"]);
    // Where nobody knows what runs, a rule still says how heavy the debt is.
    let rule = "[[rule]]\nname = \"strict\"\nwhen = { reason = \"open-debt\" }\nthen = \"hold\"\n";
    let lost = changed(
        "prod = \"1.3.0\"",
        "staging = \"1.3.0\"",
        &format!(
            "{rule}[debt.D1]\nservice = \"shop\"\nenvironment = \"dr\"\nfrom = \"1.2.0\"\nto = \"1.3.0\"\nsubjects = [\"X\"]\nreason = \"r\"\nby = \"a\"\nat = 2026-11-11\n"
        ),
    );
    expect(&lost, "dr", &["unknown: - / -", "Untold", "hold open-debt open-debt:D1", "warn unknown-running"]);
}

#[test]
fn moves_incidents_and_the_end_of_support_are_said() {
    let more = r#"
[service.shop.under-way.prod]
to = "1.2.0"
since = 2026-11-22T02:00:00Z
by = "a"
[incident.INC-1]
services = ["shop"]
started = 2026-11-22T01:00:00Z
[incident.INC-0]
services = ["shop"]
started = 2026-11-20T01:00:00Z
ended = 2026-11-20T02:00:00Z
"#;
    let ending =
        changed("running =", "support = [{ versions = \"1.3.0\", until = 2026-12-01 }]\nrunning =", more);
    let lines = [
        "1.3.0 since 2026-11-11T00:00:00Z: warn / allow",
        "back to 1.2.0 warn",
        "warn incident INC-1",
        "warn move-under-way",
        "warn support-ends 2026-12-02T00:00:00Z on 1.3.0",
    ];
    expect(&ending, "prod", &lines);
}

#[test]
fn a_group_s_other_members_are_no_excuse() {
    // Nothing ever ran in prod-eu; its first baseline would be what the group runs. What runs is judged without.
    let groups = "[environment.prod]\n[environment.prod-eu]\nin = \"prod\"\n";
    let both = "running = { prod = \"1.3.0\", prod-eu = \"1.3.0\" }";
    let registry = changed("running = { prod = \"1.3.0\" }", both, &format!("{HIGH}{groups}"));
    let lines = ["1.3.0: allow / hold", "back to 1.2.0 allow", "hold advisory-reopened CVE-1 on 1.3.0"];
    expect(&registry, "prod-eu", &lines);
}

#[test]
fn a_past_moment_shows_what_ran_then() {
    let registry = with(HIGH);
    let moment = Moment::as_of(parse_time("2026-10-25").unwrap());
    let then = said(&seen(&registry, "prod", moment));
    assert_eq!(then, ["1.2.0 since 2026-10-21T00:00:00Z: allow / allow", "back to 1.1.0 allow"]);
}

#[test]
fn since_is_when_what_ran_before_was_left_for_it() {
    let since = |running: &str, ran: &[(&str, &str, &str)]| {
        let stays: String = ran
            .iter()
            .map(|(version, until, next)| {
                let next = if next.is_empty() { String::new() } else { format!("left_for = \"{next}\"\n") };
                format!("[[service.shop.ran]]\nenvironment = \"prod\"\nversion = \"{version}\"\nuntil = {until}\n{next}")
            })
            .collect();
        let head = format!(
            "format = 1\n[service.shop]\nrunning = {{ prod = {running} }}\nrelease = [{{ version = \"1\" }}, {{ version = \"2\" }}, {{ version = \"3\" }}]\n"
        );
        let registry = world(&format!("{head}{stays}"));
        let overview = seen(&registry, "prod", now());
        let of = |runs: &holdpoint::judge::Runs<'_>| {
            runs.since.map_or("?".into(), |at| at.format("%d").to_string())
        };
        overview.releases().iter().map(of).collect::<Vec<String>>().join(" ")
    };
    for (running, ran, expected) in [
        ("\"1\"", &[][..], "?"),
        ("\"2\"", &[("1", "2026-11-01", "2")], "01"),
        ("\"2\"", &[("1", "2026-11-01", "")], "01"),
        // Left for something that doesn't run: somebody changed `running` without a word on when.
        ("\"3\"", &[("1", "2026-11-01", "2")], "?"),
        // There and back again.
        ("\"1\"", &[("1", "2026-11-01", "2"), ("2", "2026-11-05", "1")], "05"),
        // What was left for it before an earlier stay of its own says nothing of this one.
        ("\"2\"", &[("1", "2026-11-01", "2"), ("2", "2026-11-05", "3")], "?"),
        ("[\"2\", \"3\"]", &[("1", "2026-11-01", "2")], "? 01"),
        ("[\"2\", \"3\"]", &[("1", "2026-11-01", "")], "? ?"),
    ] {
        assert_eq!(since(running, ran), expected, "{running} {ran:?}");
    }
}

#[test]
fn the_environments_of_a_service_are_those_it_is_known_in() {
    let more = "[environment.prod]\n[environment.dr]\n[environment.unused]\n[service.shop.under-way.dr]\nto = \"1.2.0\"\nsince = 2026-11-22\nby = \"a\"\n";
    let registry = with(more);
    let names: Vec<&str> =
        environments(&registry.services["shop"]).into_iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["dr", "prod"]);
}
