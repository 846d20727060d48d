//! Made-up gates for the tests of the formats.

use crate::gate::{FoundMove, Said, Side, Source, Spot, Workload};
use crate::judge::{Advice, Moment, Question, advise};
use crate::model::{MoveKind, Name, parse_time};
use crate::registry::{Ask, Loaded, MemoryTree, load};
use crate::report::{Answer, Asked, Context, Gap, Gated, GatedMove, Judged};

/// What the shop's registry says; checkout 2.3.0 is insecure, 2.4.1 unstable.
const SHOP: &str = r#"format = 1
[service.checkout]
running = { prod = "2.4.1" }
release = [{ version = "2.3.0" }, { version = "2.4.0" }, { version = "2.4.1" }]
[[service.checkout.ran]]
environment = "prod"
version = "2.4.0"
since = 2026-11-02T09:00:00Z
until = 2026-11-18T15:10:00Z
[instability.INC-482]
title = "p99 latency x10"
severity = "high"
affects = [{ service = "checkout", versions = ">=2.4.1" }]
[team.appsec]
members = ["ann@example.com"]
"#;

/// The shop's registry with one advisory of this title on 2.3.0, and more.
pub(in crate::report) fn shop(title: &str, more: &str) -> Loaded {
    let title = serde_json::to_string(title).unwrap();
    let advisory = format!(
        "[advisory.CVE-2026-31337]\ntitle = {title}\nseverity = \"high\"\nexploited = true\n\
         url = \"https://example.com/a\"\naffects = [{{ service = \"checkout\", versions = \"<2.4.0\", fixed_in = [\"2.4.0\"] }}]\n"
    );
    let mut tree = MemoryTree::default();
    tree.put("holdpoint.toml", format!("{SHOP}{advisory}{more}"));
    load(&tree, "holdpoint.toml", &Ask::Everything).unwrap_or_else(|error| panic!("{error:?}"))
}

fn moment() -> Moment {
    Moment::as_of(parse_time("2026-11-22").unwrap())
}

/// The advice on going there in prod.
pub(in crate::report) fn to<'a>(shop: &'a Loaded, version: &str) -> Advice<'a> {
    let question = Question {
        to: version.into(),
        ..Question::of_place(&name("checkout"), Some(&name("prod")), MoveKind::Rollback)
    };
    advise(&shop.registry, &question, moment()).unwrap()
}

pub(in crate::report) fn context(shop: &Loaded) -> Context<'_> {
    Context {
        sources: &shop.registry.sources,
        registry: "deploy",
        named: false,
        revision: None,
        as_of: moment().now,
        committed: false,
        simulated: false,
        longest: None,
        warnings: &[],
        published: None,
        notice: None,
    }
}

pub(in crate::report) fn judged<'a>(
    shop: &'a Loaded,
    advice: &'a Advice<'a>,
    side: Option<Side>,
) -> Judged<'a> {
    Judged { side, answer: Answer { context: context(shop), advice, notes: &[] } }
}

/// How a move stands in a file of this name.
pub(in crate::report) fn found(file: &str, version: &str) -> FoundMove {
    FoundMove {
        service: name("checkout"),
        environment: name("prod"),
        from: Some(Said { version: "2.4.1".into(), tag: Some("2.4.1".into()), ..Said::default() }),
        to: Said { version: version.into(), tag: Some(version.into()), ..Said::default() },
        spot: Spot::new(file, 12),
        base_spot: Some(Spot::new(file, 12)),
        also: Vec::new(),
        image: "registry.example.com/shop/checkout".into(),
        workload: Workload { kind: "Deployment".into(), name: "checkout".into(), ..Workload::default() },
        source: Source::Kubernetes,
    }
}

pub(in crate::report) fn moved<'a>(
    shop: &'a Loaded,
    advice: &'a Advice<'a>,
    found: &'a FoundMove,
) -> GatedMove<'a> {
    GatedMove { found: Some(found), said: None, judged: judged(shop, advice, None), also: None }
}

/// A gate over these moves and gaps.
pub(in crate::report) fn gate<'a>(
    shop: &'a Loaded,
    moves: &'a [GatedMove<'a>],
    gaps: &'a [Gap],
) -> Gated<'a> {
    Gated {
        context: context(shop),
        asked: Asked::Diff { base: "main", head: "HEAD" },
        moves,
        removed: &[],
        gaps,
        hints: &[],
        templates: &[],
        notes: &[],
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}
