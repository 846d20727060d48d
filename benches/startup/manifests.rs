//! A change of deployment manifests: a repository with 2,000 of them, of which a commit touches every one.
//!
//! All but one are of images that no service has; that one sets the measured service back onto what blocks it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::registry::{Service, git};
use crate::size::Size;

/// How many manifests there are.
pub const MANIFESTS: usize = 2_000;
/// Which of them is of the measured service.
const MEASURED: usize = 1_317;

/// The repository; made now, if no complete one is there. The change leads from `base` to `head`.
pub fn made(scratch: &Path, size: Size, seed: u64) -> anyhow::Result<PathBuf> {
    let folder = scratch.join(format!("packed-manifests-{}-{seed}", size.name()));
    if !folder.is_dir() {
        let unfinished = folder.with_extension("unfinished");
        let _ = std::fs::remove_dir_all(&unfinished);
        make(&unfinished, size).with_context(|| format!("can't make `{}`", folder.display()))?;
        std::fs::rename(&unfinished, &folder)?;
    }
    Ok(folder)
}

fn make(folder: &Path, size: Size) -> anyhow::Result<()> {
    let service = Service::new(size, size.checked());
    std::fs::create_dir_all(folder)?;
    git(folder, &["init", "--quiet"])?;
    let running = service.versions.last().context("a service has releases")?;
    for (tag, number, version) in
        [("base", "1.0.0", running), ("head", "1.0.1", &service.versions[service.target()])]
    {
        for at in 0..MANIFESTS {
            let (name, version) = match at {
                MEASURED => (service.name.clone(), version.as_str()),
                _ => (format!("other-{at}"), number),
            };
            let path = folder.join(format!("clusters/prod/app-{at:04}/deployment.yaml"));
            std::fs::create_dir_all(path.parent().context("it has a folder")?)?;
            std::fs::write(path, manifest(&name, version))?;
        }
        git(folder, &["add", "--all"])?;
        git(folder, &["commit", "--quiet", "--message", tag])?;
        git(folder, &["tag", tag])?;
    }
    // As whoever clones it has it. Loose files, each opened by itself, would cost Git more than all else.
    git(folder, &["repack", "-a", "-d", "--quiet"])?;
    Ok(())
}

/// A deployment with a service, as long as they mostly are.
fn manifest(name: &str, version: &str) -> String {
    let mut text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: shop\n  labels:\n    app: {name}\nspec:\n  \
         replicas: 3\n  selector:\n    matchLabels:\n      app: {name}\n  template:\n    metadata:\n      labels:\n        app: \
         {name}\n    spec:\n      containers:\n        - name: {name}\n          image: \
         registry.example.com/shop/{name}:{version}\n          ports:\n            - containerPort: 8080\n          env:\n"
    );
    for variable in ["LOG_LEVEL", "REGION", "DATABASE_URL", "CACHE_URL", "TIMEOUT"] {
        let _ = write!(text, "            - name: {variable}\n              value: \"x\"\n");
    }
    let _ = write!(
        text,
        "          resources:\n            requests: {{ cpu: 100m, memory: 128Mi }}\n            limits: {{ memory: 256Mi }}\n\
         ---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  selector:\n    app: {name}\n  \
         ports:\n    - port: 80\n      targetPort: 8080\n"
    );
    text
}
