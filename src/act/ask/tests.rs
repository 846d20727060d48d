use super::*;
use crate::judge::Along;
use crate::model::{MoveKind, parse_time};
use crate::record::{Ids, Known, State, Who};
use crate::registry::MemoryTree;

const MAIN: &str = r#"
format = 1
[environment.prod]
[team.sre]
members = ["sam@example.com"]
[team.sec]
members = ["mina@example.com"]
"#;

const SERVICE: &str = r#"
[service.shop]
owner = { reliability = "sre", security = "sec" }
running = { prod = "1.2.0" }
release = [{ version = "1.0.0" }, { version = "1.1.0" }, { version = "1.2.0" }]
ran = [{ environment = "prod", version = "1.1.0", since = 2026-10-01, until = 2026-11-01 }]
"#;

fn flag(severity: &str) -> String {
    format!(
        "[advisory.CVE-1]\ntitle = \"x\"\nseverity = \"{severity}\"\naffects = [{{ service = \"shop\", versions = \"<1.2.0\" }}]\n"
    )
}

fn tree(severity: &str, rules: &str) -> MemoryTree {
    [
        ("holdpoint.toml", format!("{MAIN}{rules}")),
        ("services/shop/service.toml", SERVICE.to_owned()),
        ("services/shop/advisories/CVE-1.toml", flag(severity)),
    ]
    .into_iter()
    .collect()
}

fn at(text: &str) -> Time {
    parse_time(text).unwrap()
}

fn occasion(by: &str, now: &str) -> Occasion {
    Occasion {
        now: at(now),
        who: Who { by: by.into(), known: Known::Git },
        ids: Ids::from(7),
        state: State::default(),
        ci: BTreeMap::new(),
    }
}

fn request(by: &str) -> Request {
    let place = Question::of_place(
        &Name::new("shop").unwrap(),
        Some(&Name::new("prod").unwrap()),
        MoveKind::Rollback,
    );
    let question = Question { to: "1.1.0".into(), asker: Some(by.into()), along: Along::default(), ..place };
    let (branches, ids) = (BTreeMap::new(), BTreeMap::new());
    Request { question, reason: None, ticket: None, lasts: None, branches, ids }
}

const SAM: &str = "Sam <sam@example.com>";
const NOW: &str = "2026-11-22T03:00:00Z";

fn asked(tree: &MemoryTree, by: &str) -> Asked {
    let now = Moment::present(at(NOW));
    ask(tree, "holdpoint.toml", &request(by), now, &occasion(by, NOW)).unwrap()
}

#[test]
fn the_team_whose_key_holds_is_asked_with_the_sign_off_as_merging_it_would_have_it() {
    let tree = tree("high", "");
    let Asked::Asked(stand) = asked(&tree, SAM) else { panic!() };
    let [wanted] = stand.questions.as_slice() else { panic!("{:?}", stand.questions) };
    assert_eq!((wanted.key, wanted.team.as_ref().map(Name::as_str)), (Key::Security, Some("sec")));
    assert_eq!((wanted.accepts.join(" "), wanted.silent), ("CVE-1".to_owned(), None));
    let (path, bytes) = wanted.file.clone().unwrap();
    assert_eq!(path, format!("services/shop/sign-offs/security/{}.toml", wanted.id));
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains("by = \"merge\"") && text.contains("asked_by = \"Sam <sam@example.com>\""),
        "{text}"
    );
    assert!(text.contains("needed for the rollback of shop 1.2.0 -> 1.1.0"), "{text}");
    assert!(matches!(&stand.says[0].deed, Deed::Asked { key, .. } if &**key == "security"));
    // Nobody has merged it: it doesn't count, whoever looks.
    let with: MemoryTree = [(path.as_str(), text)].into_iter().collect();
    let mut all = tree.clone();
    with.files().iter().for_each(|(path, bytes)| all.put(path, bytes.clone()));
    let again = Occasion { ids: Ids::from(9), ..occasion(SAM, NOW) };
    let again = ask(&all, "holdpoint.toml", &request(SAM), Moment::present(at(NOW)), &again).unwrap();
    assert!(matches!(again, Asked::Asked(_)));
}

#[test]
fn what_may_go_needs_nobody_and_what_is_blocked_nobody_can_sign() {
    assert!(matches!(asked(&tree("low", ""), SAM), Asked::Needless(_)));
    assert!(matches!(asked(&tree("critical", ""), SAM), Asked::Hopeless(_)));
    // A hold of reliability alone is for the SRE who asks to sign.
    let own = tree(
        "low",
        "[[rule]]\nwhen = { reason = \"no-way-back\" }\nthen = \"hold\"\n[[rule]]\nwhen = { reason = \"advisory-reopened\" }\nthen = \"hold\"\nsign = \"reliability\"\n",
    );
    let Asked::Needless(stand) = asked(&own, SAM) else { panic!() };
    assert_eq!(stand.own, [Key::Reliability]);
}

const SILENCE: &str = "[[rule]]\nname = \"calm\"\nwhen = { reason = \"advisory-reopened\", severity = \"high\" }\n\
                       then = \"hold\"\nif_silent = \"proceed\"\nsilent_after = \"15m\"\n";

#[test]
fn silence_counts_once_its_time_is_over_and_leaves_a_debt() {
    let tree = tree("high", SILENCE);
    let Asked::Asked(stand) = asked(&tree, SAM) else { panic!() };
    assert_eq!(stand.questions[0].silent, Some(at("2026-11-22T03:15:00Z")));
    let after = |now: &str| {
        let moment = Moment::present(at(now));
        let what = (&stand.question, stand.questions.as_slice());
        silent(&tree, "holdpoint.toml", what, at(NOW), moment, &occasion(SAM, now))
    };
    let early = after("2026-11-22T03:14:59Z").unwrap_err().to_string();
    assert!(early.contains("still judged hold"), "{early}");
    let silent = after("2026-11-22T03:15:00Z").unwrap();
    assert_eq!(silent.level, Level::Warn);
    let service = &silent.after.registry.services[&Name::new("shop").unwrap()];
    assert_eq!((service.sign_offs.len(), service.debts.len()), (1, 1));
    assert_eq!(&*service.sign_offs[0].by, "rule calm");
    assert!(matches!(&silent.says[0].deed, Deed::SignedOff { .. }));
}

#[test]
fn no_rule_no_silence() {
    let tree = tree("high", "");
    let Asked::Asked(stand) = asked(&tree, SAM) else { panic!() };
    let now = "2026-11-22T09:00:00Z";
    let what = (&stand.question, stand.questions.as_slice());
    let moment = Moment::present(at(now));
    let error = silent(&tree, "holdpoint.toml", what, at(NOW), moment, &occasion(SAM, now)).unwrap_err();
    assert!(error.to_string().contains("no rule says"), "{error}");
}

#[test]
fn a_signature_by_rule_covers_only_what_that_rule_holds_as_long_as_it_says_so() {
    let mut tree = tree("high", SILENCE);
    let sign_off = |asked: &str| {
        format!(
            "[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\naccepts = [\"CVE-1\"]\nas = \"security\"\n\
             by = \"rule calm\"\nknown = \"policy\"\nrule = \"calm\"\nasked = {asked}\nreason = \"r\"\n\
             at = 2026-11-22T02:50:00Z\nexpires = 2026-11-22T06:00:00Z\n"
        )
    };
    let path = "services/shop/sign-offs/security/S1.toml";
    tree.put(path, sign_off("2026-11-22T02:30:00Z"));
    assert!(matches!(asked(&tree, SAM), Asked::Needless(_)));
    tree.put(path, sign_off("2026-11-22T02:40:00Z"));
    assert!(matches!(asked(&tree, SAM), Asked::Asked(_)), "not silent for long enough");
    tree.put(path, sign_off("2026-11-22T02:30:00Z"));
    tree.put(
        "holdpoint.toml",
        format!("{MAIN}{}", SILENCE.replace("if_silent = \"proceed\"\nsilent_after = \"15m\"\n", "")),
    );
    assert!(matches!(asked(&tree, SAM), Asked::Asked(_)), "the rule doesn't say so any more");
}
