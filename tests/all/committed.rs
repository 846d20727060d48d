//! A registry in a commit says what the same one says on disk: the example, and every registry with a mistake.

use std::path::Path;

use holdpoint::disk::DiskTree;
use holdpoint::git::Objects;
use holdpoint::registry::{Ask, Tree, Whole, load};

use crate::repository::sh;
use crate::whole::registries;

/// What is loaded, in words that show every field and every mistake: all at once, and service by service.
fn loaded(tree: &dyn Tree) -> Vec<String> {
    let mut said = vec![format!("{:?}", load(tree, "holdpoint.toml", &Ask::Everything))];
    let Ok(whole) = Whole::open(tree, "holdpoint.toml") else { return said };
    said.push(format!("{:?}", whole.shared(tree)));
    said.extend(whole.names().iter().map(|name| format!("{:?}", whole.service(tree, name))));
    said
}

#[test]
fn a_commit_loads_as_the_folder_does() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tempfile::tempdir().unwrap();
    let copy = format!("cp -R '{0}/examples' '{0}/tests/cases' .", source.display());
    sh(root.path(), &format!("git init -q -b main . && {copy} && git add -A -f && git commit -q -m all"));
    let mut services = 0;
    for registry in registries() {
        let inside = registry.strip_prefix(source).unwrap();
        let folder = root.path().join(inside.strip_prefix("tests").unwrap_or(inside));
        let objects = Objects::open(&folder).unwrap();
        let there = loaded(&DiskTree::new(&folder));
        let commit = objects.commit("HEAD").unwrap();
        assert!(loaded(&objects.tree(&commit)) == there, "{} isn't the same", inside.display());
        services += there.len();
    }
    assert!(services > 300, "{services} is too few to show anything");
}
