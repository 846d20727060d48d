//! Exposures of records whose right answers are worked out by hand.

use super::*;
use crate::audit::testing::{at, book};

const FLAG: &str = r#"{"kind":"flagged","at":"AT","flag":"CVE-1","as":"security","title":"t","severity":"high","exploited":false,"compromised":false,"extended":false,"affects":{"hits":["1","2"],"running":RUNNING}}"#;

fn flag(at: &str, running: &str) -> String {
    FLAG.replace("AT", at).replace("RUNNING", running)
}

fn observed(at: &str, was: &str, running: &str) -> String {
    format!(
        r#"{{"kind":"observed","at":"{at}","environment":"prod","was":["{was}"],"running":["{running}"],"source":"kubectl"}}"#
    )
}

/// `CVE-1 prod 1 found 02T10 to 03T10 left`, for each exposure.
fn told(lines: &[String]) -> Vec<String> {
    let ledger = book(&lines.join("\n"));
    let (folds, past) = (Folds::of(&ledger), Past::of(&ledger));
    let told = |one: &Exposure<'_>| {
        let began = if one.began == Began::Found { "found" } else { "entered" };
        let by = one.accepted.as_ref().map_or(String::new(), |by| {
            let glass = by.glass.map_or(String::new(), |debt| format!("glass {}", debt.unwrap_or("?")));
            format!(" accepted {}{glass} {}", by.sign_offs.join("+"), by.at.format("%dT%H"))
        });
        let end = one.ended.map_or("on".into(), |end| {
            format!("to {} {}", end.at.format("%dT%H"), if end.left { "left" } else { "cleared" })
        });
        let from = one.from.format("%dT%H");
        format!("{} {} {} {began} {from} {end}{by}", one.flag, one.environment, one.versions.join("+"))
    };
    exposures(&ledger, &folds, &past, None, at("2026-12-01")).iter().map(told).collect()
}

const HERE: &str = r#"[{"environment":"prod","version":"1"}]"#;

#[test]
fn what_runs_and_is_found_to_be_hit_is_exposed_until_it_is_left() {
    let got = told(&[flag("11-02T10:00", HERE), observed("11-03T10:00", "1", "3")]);
    assert_eq!(got, ["CVE-1 prod 1 found 02T10 to 03T10 left"]);
    // From one release that is hit to another it goes on.
    let got = told(&[
        flag("11-02T10:00", HERE),
        observed("11-03T10:00", "1", "2"),
        observed("11-04T10:00", "2", "3"),
    ]);
    assert_eq!(got, ["CVE-1 prod 1+2 found 02T10 to 04T10 left"]);
    assert_eq!(told(&[flag("11-02T10:00", HERE)]), ["CVE-1 prod 1 found 02T10 on"]);
}

#[test]
fn clearing_the_flag_ends_it_and_a_flag_made_anew_begins_another() {
    let clear = |fixed: &str| {
        format!(
            r#"{{"kind":"cleared","at":"11-03T10:00","flag":"CVE-1","as":"security","reason":"r"{fixed}}}"#
        )
    };
    let got = told(&[flag("11-02T10:00", HERE), clear(""), flag("11-05T10:00", HERE)]);
    assert_eq!(got, ["CVE-1 prod 1 found 02T10 to 03T10 cleared", "CVE-1 prod 1 found 05T10 on"]);
    // The range is closed at what runs, or at something else.
    let got = told(&[flag("11-02T10:00", HERE), clear(r#","fixed_in":"1""#)]);
    assert_eq!(got, ["CVE-1 prod 1 found 02T10 to 03T10 cleared"]);
    let got = told(&[flag("11-02T10:00", HERE), clear(r#","fixed_in":"3""#)]);
    assert_eq!(got, ["CVE-1 prod 1 found 02T10 on"]);
}

#[test]
fn a_move_to_what_is_hit_enters_it_and_says_by_which_acceptance() {
    let went = |glass: bool, offs: &str| {
        let movement = r#""environment":"prod","move":{"kind":"rollback","from":"3","to":"2"}"#;
        let glass = if glass {
            format!(
                r#"{{"kind":"broke-glass","at":"11-03T09:00","debt":"D1","reason":"r","subjects":["CVE-1"],{movement}}}"#
            )
        } else {
            r#"{"kind":"incident-ended","at":"11-03T09:00"}"#.to_owned()
        };
        let reasons = format!(
            r#""verdict":"warn","reasons":[{{"code":"advisory-reopened","subject":"CVE-1","level":"warn"{offs}}}]"#
        );
        vec![
            flag("11-02T10:00", "[]"),
            glass,
            format!(r#"{{"kind":"started","at":"11-03T09:00","command":[],{movement},{reasons}}}"#),
            format!(
                r#"{{"kind":"finished","at":"11-03T10:00","of":"L3","code":0,"running":["2"],"verified":true,{movement}}}"#
            ),
            observed("11-04T10:00", "2", "3"),
        ]
    };
    let got = told(&went(false, r#","sign_offs":["S1"]"#));
    assert_eq!(got, ["CVE-1 prod 2 entered 03T10 to 04T10 left accepted S1 03T10"]);
    assert_eq!(told(&went(true, "")), ["CVE-1 prod 2 entered 03T10 to 04T10 left accepted glass D1 03T10"]);
    assert_eq!(told(&went(false, "")), ["CVE-1 prod 2 entered 03T10 to 04T10 left"]);
}

#[test]
fn a_judged_move_knows_better_than_the_flags_own_list() {
    // The flag's line names no release; the move's reasons say that its target is hit, and the flag by hand.
    let movement = r#""environment":"prod","move":{"kind":"redeploy","from":"3","to":"4"}"#;
    let recorded = format!(
        r#"{{"kind":"recorded","at":"11-03T10:00","running":["4"],{movement},"verdict":"warn","reasons":[{{"code":"advisory-carried","subject":"CVE-9","level":"warn"}}]}}"#
    );
    assert_eq!(told(&[recorded]), ["CVE-9 prod 4 entered 03T10 on"]);
    // And it names one that isn't: the registry's range was changed by hand since.
    let clean = r#"{"kind":"recorded","at":"11-03T10:00","running":["2"],"environment":"prod","move":{"kind":"redeploy","from":"1","to":"2"},"verdict":"allow"}"#;
    let got = told(&[flag("11-02T10:00", HERE), clean.to_owned()]);
    assert_eq!(got, ["CVE-1 prod 1 found 02T10 to 03T10 left"]);
}

#[test]
fn a_flag_about_one_environment_exposes_no_other() {
    let flag = flag("11-02T10:00", "[]").replace(r#""hits""#, r#""environments":["prod"],"hits""#);
    let staging = observed("11-03T10:00", "3", "1").replace("\"prod\"", "\"staging\"");
    assert_eq!(told(&[flag, staging, observed("11-04T10:00", "3", "1")]), ["CVE-1 prod 1 entered 04T10 on"]);
}
