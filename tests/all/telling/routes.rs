//! Who is told: by routes and their conditions, and whatever the routes are, whoever was passed over.

use super::place::{HELD, MAIN, MINA, SAM, all_told, file, flag, flush, heard, kinds, shop, shop_of};
use crate::git::Site;

const BREAK: &str = "run shop 1.1.0 --env prod --break-glass \"prod is down\"";

fn break_glass(site: &Site) -> crate::git::Done {
    site.run("a", &format!("{BREAK} {SAM} -- true"))
}

#[test]
fn whoever_was_passed_over_is_told_though_no_route_names_it() {
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"release.cleared\"]\nteam = \"sec\"\nto = [\"sec\"]\n\
                      [[notify]]\non = [\"release.cleared\"]\nteam = \"sre\"\nto = [\"sre\"]\n";
        format!("{routes}{}{}{HELD}", file(site, "sre"), file(site, "sec"))
    });
    break_glass(&site).says(0, &["told sec by sec"]);
    assert_eq!(kinds(&site, "sec"), ["break-glass.used"]);
    assert!(heard(&site, "sre").is_empty(), "only whose key it was");
    let words = heard(&site, "sec")[0]["paragraph"].as_str().unwrap().to_owned();
    for part in
        ["Sam <sam@example.com> goes ahead", "prod is down", "Passed over: CVE-1", "holdpoint review "]
    {
        assert!(words.contains(part), "no {part}: {words}");
    }
    all_told(&site);
}

#[test]
fn that_nobody_could_be_reached_is_said() {
    let routes = "[[notify]]\non = [\"*\"]\nteam = \"sre\"\nto = [\"sre\"]\n";
    let site = shop_of(|site| format!("{routes}{}{HELD}", file(site, "sre")));
    break_glass(&site)
        .says(0, &["told sre by sre", "NOT TOLD sec: no route leads there; tell them yourself"]);
    // Nobody has asked to be told by holdpoint: nothing is said.
    let site = shop_of(|_| HELD.to_owned());
    let done = break_glass(&site);
    assert!(done.code == 0 && !done.all().contains("TOLD"), "{}", done.all());
}

#[test]
fn a_broken_glass_that_nobody_could_route_is_told_later() {
    let site = shop(HELD);
    let good = site.read("a", "holdpoint.toml");
    site.put("a", "holdpoint.toml", &good.replace("on = [\"release.*\"", "on = [\"relaese.*\""));
    break_glass(&site).says(0, &["nobody can say who is to be told"]);
    site.put("a", "holdpoint.toml", &good);
    flush(&site, "a", MINA).says(0, &["TOLD"]);
    assert!(kinds(&site, "sec").contains(&"break-glass.used".to_owned()));
    assert!(kinds(&site, "sre").contains(&"break-glass.used".to_owned()));
}

#[test]
fn routes_ask_for_events_owners_and_conditions() {
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"*.flagged\"]\nteam = \"sec\"\nowned = true\nto = [\"own\"]\n\
                      [[notify]]\non = [\"release.*\"]\nwhen = { severity = [\"critical\"] }\nto = [\"grave\"]\n\
                      [[notify]]\non = [\"*\"]\nwhen = { service = \"shop\" }\nto = [\"prod\"]\n\
                      [[notify]]\non = [\"release.cleared\"]\nto = [\"cleared\"]\n";
        let sinks = ["own", "grave", "prod", "cleared"].map(|name| file(site, name));
        format!("{routes}{}", sinks.concat())
    });
    let till = "[service.till]\nowner = { reliability = \"sre\" }\nrunning = { staging = \"1.0.0\" }\n\
                release = [{ version = \"1.0.0\" }]\n";
    site.put("a", "services/till/service.toml", till);
    let till = "flag-release till 1.0.0 --unstable --title slow --severity critical --id INC-1";
    site.run("a", &format!("{till} {SAM}")).says(0, &["told grave"]);
    site.run("a", &flag("CVE-2")).says(0, &["told prod and sec by own"]);
    site.run("a", &format!("clear-flag CVE-2 --reason wrong {MINA}")).says(0, &["told"]);
    assert_eq!(kinds(&site, "own"), ["release.flagged"], "what the team owns");
    assert_eq!(kinds(&site, "grave"), ["release.flagged"], "what is critical");
    assert_eq!(heard(&site, "grave")[0]["service"], "till");
    assert_eq!(kinds(&site, "cleared"), ["release.cleared"]);
    let prod = kinds(&site, "prod");
    assert!(prod.contains(&"release.flagged".to_owned()), "{prod:?}");
    assert!(heard(&site, "prod").iter().all(|event| event["service"] == "shop"));
}

#[test]
fn several_routes_to_one_sink_tell_it_once() {
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"release.*\"]\nteam = \"sre\"\nto = [\"all\", \"all\"]\n\
                      [[notify]]\non = [\"*.flagged\"]\nteam = \"sec\"\nto = [\"all\"]\n\
                      [[notify]]\non = [\"*\"]\nto = [\"all\"]\n";
        format!("{routes}{}", file(site, "all"))
    });
    site.run("a", &flag("CVE-1")).says(0, &["told all, sec by all and sre by all"]);
    assert_eq!(kinds(&site, "all"), ["release.flagged"]);
    assert!(heard(&site, "all")[0]["team"].is_null(), "it is worded for all of them");
    all_told(&site);
}

#[test]
fn lint_names_a_team_that_does_not_hear_of_what_concerns_it() {
    let routes = "[[notify]]\non = [\"rollback.*\", \"verdict.*\", \"debt.*\", \"drift.*\"]\nteam = \"sec\"\nto = [\"sec\"]\n";
    let site = shop_of(|site| format!("{routes}{}", file(site, "sec")));
    let done = site.run("a", "lint");
    assert!(done.all().contains("no route tells `sre` of release.flagged"), "{}", done.all());
    assert!(MAIN.contains("sre"));
}
