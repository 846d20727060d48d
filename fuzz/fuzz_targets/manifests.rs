//! Manifests: two files of anything, behind `---PATH` lines, must be found or refused, and the same twice.

#![no_main]

use holdpoint::gate::{self, Change, Nothing};
use holdpoint::registry::{Ask, MemoryTree, load};
use libfuzzer_sys::fuzz_target;

const REGISTRY: &str = include_str!("../../tests/gate/registry/holdpoint.toml");

fuzz_target!(|text: &str| {
    let tree: MemoryTree = [("holdpoint.toml", REGISTRY)].into_iter().collect();
    let Ok(loaded) = load(&tree, "holdpoint.toml", &Ask::Everything) else { panic!("the registry is sound") };
    let mut changes: Vec<Change> = Vec::new();
    // A path beginning with `-` is of the base side, any other of the head.
    for part in text.split("---PATH ").skip(1) {
        let (path, body) = part.split_once('\n').unwrap_or((part, ""));
        let (is_base, path) = path.strip_prefix('-').map_or((false, path), |path| (true, path));
        let at = changes.iter().position(|change| change.path == path).unwrap_or_else(|| {
            changes.push(Change { path: path.to_owned(), base: None, head: None });
            changes.len() - 1
        });
        let side = if is_base { &mut changes[at].base } else { &mut changes[at].head };
        *side = Some(body.as_bytes().to_vec());
    }
    let found = gate::find(&loaded.registry, &changes, &Nothing);
    assert_eq!(found, gate::find(&loaded.registry, &changes, &Nothing));
    for found in &found.moves {
        assert!(found.spot.line > 0 && changes.iter().any(|change| change.path == found.spot.file));
    }
});
