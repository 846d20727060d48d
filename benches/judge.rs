//! How long judging takes without reading: all 37,675 rollbacks of the curl example, in one go.
//!
//! `cargo bench --bench judge`. The goal is under two seconds in a release build.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark"
)]

use std::path::Path;
use std::time::Instant;

use holdpoint::disk::DiskTree;
use holdpoint::judge::{Moment, Question, judge};
use holdpoint::model::{MoveKind, Name, parse_time};
use holdpoint::registry::{Ask, load};

fn main() {
    let tree = DiskTree::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/curl"));
    let curl = Name::new("curl").unwrap();
    let Ok(loaded) = load(&tree, "holdpoint.toml", &Ask::Service(curl.clone())) else {
        unreachable!("examples/curl is in the repository")
    };
    let versions: Vec<&str> =
        loaded.registry.services["curl"].releases.iter().map(|r| &*r.version.text).collect();
    let moment = Moment::present(parse_time("2026-11-22T03:00:00Z").unwrap());
    let begun = Instant::now();
    let (mut pairs, mut reopened) = (0_u32, 0_usize);
    for (newer, from) in versions.iter().enumerate() {
        for to in &versions[..newer] {
            let question = Question {
                service: curl.clone(),
                environment: None,
                from: Some((*from).into()),
                to: (*to).into(),
                asked: MoveKind::Rollback,
                incident: None,
                asker: None,
                along: Default::default(),
            };
            reopened += judge(&loaded.registry, &question, moment).unwrap().changes.reopened.len();
            pairs += 1;
        }
    }
    let took = begun.elapsed();
    println!(
        "judged {pairs} rollbacks of curl in {took:.2?}: {:.1?} each, {reopened} advisories reopened",
        took / pairs
    );
}
