//! Which mistakes stop which checks, and which files a check opens.

use std::cell::RefCell;

use super::{ask, read, shown};
use crate::registry::{Ask, Entry, MAX_FILE, MemoryTree, Tree, TreeError, Weight, load};

const MAIN: &str = "format = 1\n\n[service.checkout]\n\n[service.search]\nteir = \"x\"\n\n";

fn tree(files: &[(&str, &str)]) -> MemoryTree {
    let mut tree: MemoryTree = files.iter().copied().collect();
    if !tree.files().contains_key("holdpoint.toml") {
        tree.put("holdpoint.toml", "format = 1\n[service.checkout]\n");
    }
    tree
}

fn says(tree: &MemoryTree, ask: &Ask) -> String {
    load(tree, "holdpoint.toml", ask).err().map(|error| shown(&error)).unwrap_or_default()
}

#[test]
fn what_is_wrong_with_another_service_only_stops_no_check() {
    for other in [
        "",
        "[advisory.A]\ntitel = 1\naffects = [{ service = \"search\", versions = \"^1\" }]\n",
        "[advisory.A]\naffects = [{ service = \"search\" }, { service = \"billing\" }]\n",
        "[sign-off.A]\nservice = \"search\"\n",
        "[debt.A]\nservice = \"search\"\n",
        "[incident.A]\nservices = [\"search\", \"billing\"]\n",
    ] {
        let mut tree = tree(&[("holdpoint.toml", &format!("{MAIN}{other}"))]);
        tree.put("services/billing/service.toml", "][");
        let checkout = read(&tree, &ask("checkout")).registry;
        assert_eq!(checkout.services.len(), 1, "{other}");
        assert!(checkout.flags.is_empty() && checkout.incidents.is_empty());
        assert!(!says(&tree, &ask("search")).is_empty() && !says(&tree, &Ask::Everything).is_empty());
    }
}

#[test]
fn what_may_concern_the_service_stops_its_check() {
    for mine in [
        "[advisory.A]\ntitel = 1\naffects = [{ services = \"*\", tag = \"x\" }]\n",
        "[advisory.A]\naffects = [{ service = \"search\" }, { service = \"checkout\" }]\n",
        "[advisory.A]\naffects = []\n",
        "[advisory.A]\naffects = [{ service = \"serach\", versions = \"*\" }]\n",
        "[advisory.A]\naffects = [{ service = 1 }]\n",
        "[advisory]\nA = 1\n",
        "[sign-off.A]\nservce = \"search\"\n",
        "[incident.A]\nservices = [\"search\", \"nobody\"]\n",
        "[team.a]\nmember = []\n",
    ] {
        let tree = tree(&[("holdpoint.toml", &format!("{MAIN}{mine}"))]);
        assert!(!says(&tree, &ask("checkout")).is_empty(), "{mine}");
    }
}

#[test]
fn entries_on_other_services_are_left_out_of_a_shared_flag() {
    let flag = "[advisory.A]\ntitle = \"x\"\nnarrowed = { at = 2026-01-01, was = \"*\" }\naffects = [{ service = \"search\", versions = \"<1\" }, { service = \"checkout\", versions = \"<2\" }]\n";
    let main = "format = 1\n[service.checkout]\n";
    let tree = tree(&[
        ("holdpoint.toml", main),
        ("services/search/service.toml", "[service.search]\n"),
        ("advisories/A.toml", flag),
    ]);
    let of = |ask: &Ask| {
        let flag = read(&tree, ask).registry.flags.remove(0);
        (flag.affects.len(), flag.narrowed.unwrap().was.len())
    };
    assert_eq!((of(&ask("checkout")), of(&ask("search")), of(&Ask::Everything)), ((1, 1), (1, 1), (2, 2)));
}

/// One id may name two flags as long as no service has both.
#[test]
fn flags_of_one_id_collide_only_on_a_common_service() {
    let flag = |kind: &str, services: &str| format!("[{kind}.A]\ntitle = \"x\"\naffects = [{services}]\n");
    let on = |service: &str| format!("{{ service = \"{service}\", versions = \"*\" }}");
    let all = "{ services = \"*\", tag = \"x\" }".to_owned();
    for (one, other, collide) in [
        (on("checkout"), on("search"), false),
        (on("checkout"), format!("{}, {}", on("search"), on("checkout")), true),
        (on("search"), all.clone(), true),
        (all.clone(), all, true),
    ] {
        let main = format!(
            "format = 1\n[service.checkout]\n[service.search]\n{}{}",
            flag("advisory", &one),
            flag("instability", &other)
        );
        let said = says(&tree(&[("holdpoint.toml", &main)]), &Ask::Everything);
        assert_eq!(said.contains("the flag `A` is defined twice"), collide, "{said}");
    }
}

#[test]
fn the_whole_registry_is_looked_over_on_request() {
    for (path, said) in [
        (
            "services/readme.txt",
            "services/readme.txt: the file `services/readme.txt` is not part of the layout",
        ),
        (
            "services/Checkout/service.toml",
            "services/Checkout: the folder `services/Checkout` can't be a service",
        ),
    ] {
        let none = tree(&[(path, "")]);
        assert!(says(&none, &Ask::Everything).starts_with(said), "{}", says(&none, &Ask::Everything));
        // A check looks there too while its service has no folder: this might have been meant as one.
        assert!(says(&none, &ask("checkout")).starts_with(said), "{}", says(&none, &ask("checkout")));
        let own = tree(&[(path, ""), ("services/checkout/security.toml", "[service.checkout]\n")]);
        assert!(says(&own, &Ask::Everything).starts_with(said), "{}", says(&own, &Ask::Everything));
        assert_eq!(says(&own, &ask("checkout")), "");
    }
}

#[test]
fn notes_dotfiles_and_strangers_are_let_be() {
    let tree = tree(&[
        ("services/checkout/.lock", ""),
        ("services/checkout/README.md", ""),
        ("advisories/notes.md", ""),
        ("src/main.rs", ""),
        ("playbooks/checkout.toml", "]["),
        ("log/checkout/2026-11.jsonl", ""),
    ]);
    assert_eq!(
        (says(&tree, &ask("checkout")), says(&tree, &Ask::Everything)),
        (String::new(), String::new())
    );
}

#[test]
fn the_main_file_may_have_another_name() {
    let tree: MemoryTree =
        [("holdpoint.toml", "]["), ("prod.toml", "format = 1\n[service.a]\n")].into_iter().collect();
    assert!(load(&tree, "prod.toml", &ask("a")).is_ok());
    assert!(
        load(&tree, "none.toml", &ask("a"))
            .is_err_and(|error| error.to_string() == "no registry: there is no `none.toml`")
    );
}

#[test]
fn a_vector_that_can_not_be_read_is_only_said() {
    let flag = "[advisory.A]\ntitle = \"x\"\ncvss = \"CVSS:3.1/none\"\naffects = [{ service = \"checkout\", versions = \"*\" }]\n";
    let loaded = read(&tree(&[("advisories/A.toml", flag)]), &ask("checkout"));
    let [warning] = &loaded.warnings[..] else { panic!("{:?}", loaded.warnings) };
    assert_eq!((warning.weight, warning.position(&loaded.registry.sources)), (Weight::Warning, Some((3, 8))));
    assert_eq!(warning.message, "the CVSS vector `CVSS:3.1/none` can't be read, so it gives no score");
    assert_eq!(
        (loaded.registry.flags[0].severity.word(), loaded.registry.flags[0].score()),
        ("unknown", None)
    );
}

#[test]
fn large_files_and_wrong_places_are_refused() {
    let mut large = tree(&[]);
    large.put("services/checkout/service.toml", vec![b'#'; MAX_FILE + 1]);
    assert!(says(&large, &ask("checkout")).starts_with(
        "services/checkout/service.toml: `services/checkout/service.toml` is larger than 16 MB"
    ));
    let misplaced = tree(&[("services/checkout", "")]);
    assert!(
        says(&misplaced, &ask("checkout"))
            .starts_with("services/checkout: `services/checkout` is not a folder")
    );
}

/// A tree that notes what was asked of it.
struct Watched<'a>(&'a MemoryTree, RefCell<Vec<String>>);

impl Tree for Watched<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        self.1.borrow_mut().push(format!("list {folder}"));
        self.0.list(folder)
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        self.1.borrow_mut().push(format!("read {path}"));
        self.0.read(path)
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        self.1.borrow_mut().push(format!("look {path}"));
        self.0.has_folder(path)
    }
}

#[test]
fn a_check_opens_its_service_and_what_is_shared() {
    let flag = "[advisory.A]\ntitle = \"x\"\naffects = [{ service = \"search\", versions = \"<1\" }]\n";
    let tree = tree(&[
        ("holdpoint.toml", "format = 1\n"),
        ("services/checkout/service.toml", "[service.checkout]\n"),
        ("services/search/service.toml", "[service.search]\n"),
        ("services/billing/service.toml", "[service.billing]\n"),
        ("advisories/A.toml", flag),
    ]);
    let watched = Watched(&tree, RefCell::default());
    assert!(load(&watched, "holdpoint.toml", &ask("checkout")).is_ok());
    assert_eq!(
        watched.1.into_inner(),
        [
            "read holdpoint.toml",
            "list ",
            "list advisories",
            "read advisories/A.toml",
            "read services/checkout.toml",
            "list services/checkout",
            "read services/checkout/service.toml",
            "look services/search",
        ]
    );
}
