//! Services that need each other, and artifacts that aren't what their tag says.

use std::sync::Arc;

use super::{BASE, expect, now, question, said, verdict, world};
use holdpoint::judge::{Along, Arrival, Artifact, Question, Verdict, judge};
use holdpoint::model::{Name, Registry};
use holdpoint::registry::{Ask, LoadError, MemoryTree, Whole, load};

/// [`BASE`], of which 1.2.0 needs `cart` so, and `cart` as it runs.
fn shop(needs: &str, cart: &str) -> String {
    let from = "{ version = \"1.2.0\",";
    let base = BASE.replace(from, &format!("{from} needs = [{needs}],"));
    assert_ne!(base, BASE);
    format!("{base}{cart}")
}

const CART: &str = "[service.cart]\nrunning = { prod = '1.8.0', dev = [] }\nrelease = [{ version = '1.6.0' }, { version = '1.7.0' }, { version = '1.8.0' }]\n";
const NEED: &str = "{ service = 'cart', versions = '>=1.7.0' }";

fn messages(verdict: &Verdict<'_>) -> Vec<String> {
    let needs = verdict.reasons.iter().filter(|reason| reason.finding.code().word() == "needs-other");
    needs.map(|reason| reason.finding.message()).collect()
}

#[test]
fn what_goes_must_find_what_it_needs() {
    expect(&world(&shop(NEED, CART)), "1.2.0", &[]);
    for (runs, level, message) in [
        ("'1.6.0'", "hold", "needs cart >=1.7.0, and 1.6.0 will run beside it"),
        // While it rolls out, both are asked.
        ("['1.8.0', '1.6.0']", "hold", "needs cart >=1.7.0, and 1.6.0 will run beside it"),
        ("[]", "hold", "needs cart >=1.7.0, and nothing of it will run here"),
        // What can't be compared is not what is needed.
        ("'latest'", "hold", "needs cart >=1.7.0, and latest will run beside it"),
    ] {
        let registry = world(&shop(NEED, &CART.replace("'1.8.0', dev", &format!("{runs}, dev"))));
        expect(&registry, "1.2.0", &[&format!("needs-other needs-other:cart {level}")]);
        assert_eq!(messages(&verdict(&registry, "1.2.0")), [message]);
    }
    // What isn't moved there is asked of nothing.
    expect(&world(&shop(NEED, &CART.replace("1.8.0', dev", "1.6.0', dev"))), "1.1.0", &[]);
    let unknown = world(&shop(NEED, &CART.replace("prod = '1.8.0', ", "")));
    expect(&unknown, "1.2.0", &["needs-other needs-other:cart warn"]);
    assert_eq!(
        messages(&verdict(&unknown, "1.2.0")),
        ["needs cart >=1.7.0, and nobody says what runs of it here"]
    );
}

#[test]
fn only_what_a_move_makes_worse_holds_it() {
    let both = |from: &str, cart: &str| {
        let text =
            shop(NEED, cart).replace("{ version = \"1.3.0\",", &format!("{{ version = \"1.3.0\", {from}"));
        world(&text)
    };
    let low = CART.replace("1.8.0', dev", "1.6.0', dev");
    // What runs lacks it as well, if only in another range.
    let lacks = both("needs = [{ service = 'cart', versions = '>=1.8.0' }],", &low);
    expect(&lacks, "1.2.0", &["needs-other needs-other:cart warn"]);
    assert_eq!(
        messages(&verdict(&lacks, "1.2.0")),
        ["needs cart >=1.7.0, and 1.6.0 will run beside it, as now"]
    );
    // A restart.
    expect(&lacks, "1.3.0", &["needs-other needs-other:cart warn"]);
    // What runs has what it needs.
    let has = both("needs = [{ service = 'cart', versions = '<1.7.0' }],", &low);
    expect(&has, "1.2.0", &["needs-other needs-other:cart hold"]);
    // What is only said to run excuses nothing.
    expect(&lacks, "1.1.0 -> 1.2.0", &["needs-other needs-other:cart hold", "from-disagrees warn"]);
}

#[test]
fn what_stays_must_not_lose_what_it_needs() {
    let cart = |need: &str| {
        CART.replace("{ version = '1.8.0' }", &format!("{{ version = '1.8.0', needs = [{need}] }}"))
    };
    let registry = everything(&format!("{BASE}{}", cart("{ service = 'shop', versions = '>=1.2.0' }")));
    expect(&registry, "1.2.0", &[]);
    expect(&registry, "1.1.0", &["needs-other needs-other:cart hold"]);
    assert_eq!(messages(&verdict(&registry, "1.1.0")), ["cart 1.8.0 stays and needs shop >=1.2.0"]);
    // It has it as little now.
    let registry = everything(&format!("{BASE}{}", cart("{ service = 'shop', versions = '>=2' }")));
    expect(&registry, "1.2.0", &["needs-other needs-other:cart warn"]);
    // A check of one service looks at those that it needs itself, and only at those.
    expect(&world(&format!("{BASE}{}", cart("{ service = 'shop', versions = '>=1.2.0' }"))), "1.1.0", &[]);
    let mutual = shop(NEED, &cart("{ service = 'shop', versions = '>=1.3.0' }"));
    expect(&world(&mutual), "1.2.0", &["needs-other needs-other:cart hold"]);
}

#[test]
fn moves_in_the_same_go_are_seen_by_each_other() {
    let registry = world(&shop(NEED, &CART.replace("1.8.0', dev", "1.6.0', dev")));
    let with = |to: &[&str], place: &str| {
        let (service, environment) = (Name::new("cart").unwrap(), Name::new(place).unwrap());
        let to = to.iter().map(|to| (*to).into()).collect();
        let along = Along { artifact: None, moves: Arc::new([Arrival { service, environment, to }]) };
        said(&judge(&registry, &Question { along, ..question("1.2.0") }, now()).unwrap())
    };
    assert_eq!(with(&["1.7.0"], "prod"), [""; 0]);
    assert_eq!(with(&["1.7.0", "1.6.0"], "prod"), ["needs-other needs-other:cart hold"]);
    assert_eq!(with(&["1.7.0"], "dev"), ["needs-other needs-other:cart hold"], "elsewhere");
    assert_eq!(with(&[], "prod"), ["needs-other needs-other:cart hold"], "it is taken away");
}

#[test]
fn an_artifact_is_what_its_tag_says() {
    let registry = |more: &str| {
        let with = |version: &str, digest: &str| {
            (
                format!("{{ version = \"{version}\","),
                format!("{{ version = \"{version}\", digests = ['{digest}'],"),
            )
        };
        let [(a, b), (c, d)] = [with("1.2.0", "sha256:aa"), with("1.1.0", "sha256:bb")];
        world(&format!("{}{more}", BASE.replace(&a, &b).replace(&c, &d)))
    };
    let of = |registry: &Registry, to: &str, tag: Option<&str>, digest: &str| {
        let artifact = Artifact { digest: digest.into(), tag: tag.map(Into::into) };
        let along = Along { artifact: Some(artifact), ..Along::default() };
        said(&judge(registry, &Question { along, ..question(to) }, now()).unwrap())
    };
    let plain = registry("");
    for (to, tag, digest) in [
        ("1.2.0", Some("1.2.0"), "sha256:aa"),
        ("1.2.0", Some("v1.2.0"), "sha256:aa"),
        ("1.2.0", None, "sha256:aa"),
        // A tag that moves says no release.
        ("1.2.0", Some("latest"), "sha256:aa"),
        // Of a release without digests nobody can tell.
        ("1.0.0", Some("1.0.0"), "sha256:cc"),
    ] {
        assert_eq!(of(&plain, to, tag, digest), [""; 0], "{to} {tag:?} {digest}");
    }
    for (to, tag, digest) in [
        ("1.1.0", Some("1.2.0"), "sha256:bb"),
        ("1.2.0", Some("1.2.0"), "sha256:cc"),
        ("1.2.0", None, "sha256:cc"),
    ] {
        assert_eq!(of(&plain, to, tag, digest), ["digest-mismatch hold"], "{to} {tag:?} {digest}");
    }
    // What else could be done is another artifact.
    let artifact = Artifact { digest: "sha256:cc".into(), tag: None };
    let along = Along { artifact: Some(artifact), ..Along::default() };
    let advice = holdpoint::judge::advise(&plain, &Question { along, ..question("1.2.0") }, now()).unwrap();
    assert!(advice.targets.iter().any(|target| target.verdict.reasons.is_empty()));
    let rule = "[[rule]]\nwhen = { reason = 'digest-mismatch', key = 'security' }\nthen = 'block'\n";
    assert_eq!(of(&registry(rule), "1.2.0", None, "sha256:cc"), ["digest-mismatch block"]);
}

/// All of a registry in one file.
fn everything(text: &str) -> Registry {
    let tree: MemoryTree = [("holdpoint.toml", text)].into_iter().collect();
    load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry
}

#[test]
fn who_is_needed_is_read_and_nobody_else() {
    let cart = |text: &str| format!("[service.cart]\n{text}");
    let good = "running = { prod = '1.8.0' }\nrelease = [{ version = '1.8.0' }]\n";
    let tree = |needs: &str, cart: String| -> MemoryTree {
        let shop = format!("[service.shop]\nrelease = [{{ version = '1.0.0', needs = [{needs}] }}]\n");
        [
            ("holdpoint.toml", "format = 1\n".to_owned()),
            ("services/shop/service.toml", shop),
            ("services/cart/service.toml", cart),
            ("services/cart/advisories/X.toml", "nonsense".into()),
            ("services/other/service.toml", "nonsense".into()),
        ]
        .into_iter()
        .collect()
    };
    let ask = Ask::Service(Name::new("shop").unwrap());
    let mistakes = |tree: &MemoryTree| match load(tree, "holdpoint.toml", &ask) {
        Ok(loaded) => Ok(loaded.registry),
        Err(LoadError::Mistakes(mistakes)) => {
            Err(mistakes.list.into_iter().map(|mistake| mistake.message).collect::<Vec<_>>())
        }
        Err(error) => panic!("{error}"),
    };
    let registry = mistakes(&tree(NEED, cart(good))).unwrap();
    assert_eq!(registry.neighbours.len(), 1);
    // The same where all services are looked at, one by one.
    let files = tree(NEED, cart(good));
    let whole = Whole::open(&files, "holdpoint.toml").unwrap();
    let loaded = whole.service(&files, &Name::new("shop").unwrap()).unwrap();
    assert_eq!(loaded.registry.neighbours.len(), 1);
    // Nobody is needed: nobody is read, however broken.
    assert!(mistakes(&tree("", "nonsense".into())).unwrap().neighbours.is_empty());
    let wrong = |needs: &str, cart: String| mistakes(&tree(needs, cart)).unwrap_err().join("; ");
    assert!(wrong(NEED, "nonsense".into()).contains("expected"), "{}", wrong(NEED, "nonsense".into()));
    assert_eq!(wrong("{ service = 'crat', versions = '*' }", cart(good)), "no service `crat`");
    assert_eq!(
        wrong("{ service = 'shop', versions = '*' }", cart(good)),
        "a release of `shop` can't need `shop` itself"
    );
    assert_eq!(wrong(&format!("{NEED}, {NEED}"), cart(good)), "it needs `cart` twice");
    assert!(wrong("{ service = 'cart', versions = 'x' }", cart(good)).contains("a need of `cart`"));
    assert!(wrong("{ service = 'cart' }", cart(good)).contains("a need needs `versions`"));
}
