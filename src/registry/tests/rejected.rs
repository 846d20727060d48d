//! Every shape that the format refuses: the registries of `tests/cases`, with what is said about each.

#![expect(
    clippy::disallowed_methods,
    reason = "the cases are folders on disk, which the whole tool is tried on too"
)]

use std::fs;
use std::path::Path;

use super::{ask, shown};
use crate::registry::{Ask, MemoryTree, load};

/// `== case`, then what is shown: `file:line:column: message`, a second place, a hint.
const EXPECTED: &str = include_str!("rejected.txt");

fn fill(tree: &mut MemoryTree, folder: &Path, path: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            fill(tree, &entry.path(), &path);
        } else if entry.file_type().unwrap().is_file() {
            tree.put(&path, fs::read(entry.path()).unwrap());
        }
    }
}

fn case(folder: &Path) -> Option<String> {
    let mut tree = MemoryTree::new();
    fill(&mut tree, &folder.join("registry"), "");
    let command = fs::read_to_string(folder.join("command")).unwrap();
    let service = command.split_whitespace().nth(1).unwrap();
    let error = load(&tree, "holdpoint.toml", &ask(service)).err()?;
    let everything = load(&tree, "holdpoint.toml", &Ask::Everything).is_err();
    let no_service = matches!(error, crate::registry::LoadError::NoService { .. });
    assert!(everything || no_service, "{}: a mistake for a check is one for all", folder.display());
    Some(shown(&error))
}

#[test]
fn every_rejected_shape_says_what_is_wrong_and_where() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut names: Vec<String> = fs::read_dir(cases.clone())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // Other cases of the whole tool stand beside these; here, those that the loader refuses.
    let said: String =
        names.iter().filter_map(|name| Some(format!("== {name}\n{}\n", case(&cases.join(name))?))).collect();
    if said != EXPECTED {
        let actual = std::env::temp_dir().join("holdpoint-rejected.txt");
        fs::write(&actual, said).unwrap();
        panic!("src/registry/tests/rejected.txt differs from {}", actual.display());
    }
}
