//! What kubectl, helm and Argo CD print, of any bytes: reading it never panics.
#![no_main]

use std::sync::LazyLock;

use holdpoint::import::sight::{Tool, Wanted, read};
use holdpoint::model::{Name, Service};
use holdpoint::registry::{Ask, MemoryTree, load};
use libfuzzer_sys::fuzz_target;

const REGISTRY: &str = r#"
format = 1
[service.checkout]
images = ["registry.example.com/shop/checkout"]
release = [{ version = "2.3.0" }, { version = "2.4.0", digests = ["sha256:00"] }, { version = "2.4.1", commit = "9f3c2ab" }]
"#;

static SERVICE: LazyLock<Option<Service>> = LazyLock::new(|| {
    let tree = MemoryTree::from_iter([("holdpoint.toml", REGISTRY)]);
    let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).ok()?;
    loaded.registry.services.into_iter().find(|(name, _)| Name::as_str(name) == "checkout").map(|(_, s)| s)
});

fuzz_target!(|data: &[u8]| {
    let Some(service) = SERVICE.as_ref() else { panic!("the registry of this target is wrong") };
    let wanted = Wanted { service, namespaces: &[], helm_release: None, helm_version: None };
    for tool in [Tool::Kubectl, Tool::Helm, Tool::ArgoCd] {
        let _ = read(tool, data, wanted);
    }
});
