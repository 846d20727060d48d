//! Registries of any text: what can be loaded can be tidied and edited, and still says what it said.
#![no_main]

use holdpoint::model::Name;
use holdpoint::registry::edit::{EditError, Editor, Value};
use holdpoint::registry::{Ask, Changed, MemoryTree, load, tidy};
use libfuzzer_sys::fuzz_target;

const MAIN: &str = "holdpoint.toml";

fuzz_target!(|text: &str| {
    let tree = MemoryTree::from_iter([(MAIN, text)]);
    let Ok(before) = load(&tree, MAIN, &Ask::Everything) else { return };
    let services = |tree: &dyn holdpoint::registry::Tree| {
        let loaded = load(tree, MAIN, &Ask::Everything);
        loaded.map(|loaded| loaded.registry.services.into_keys().collect::<Vec<_>>()).ok()
    };
    let names: Vec<Name> = before.registry.services.keys().cloned().collect();
    if let Ok(tidied) = tidy(&tree, MAIN, None) {
        let after = Changed { tree: &tree, changes: &tidied.changes };
        assert_eq!(services(&after), Some(names.clone()), "tidying changes what the registry holds");
        let again = tidy(&after, MAIN, None);
        assert!(again.is_ok_and(|again| again.changes.is_empty()), "tidying twice is not tidying once");
    }
    let Some(service) = names.first() else { return };
    let mut editor = Editor::new(&tree, MAIN);
    match editor.set(service, &["about"], Value::Text("edited".into())).and_then(|_| editor.finish()) {
        Ok(changes) => {
            let after = Changed { tree: &tree, changes: &changes };
            let loaded = load(&after, MAIN, &Ask::Everything).ok();
            let about = loaded.and_then(|loaded| loaded.registry.services.get(service)?.about.clone());
            assert_eq!(about.as_deref(), Some("edited"));
        }
        Err(EditError::Form { .. }) => {}
        Err(error) => panic!("an edit of a sound registry failed: {error}"),
    }
});
