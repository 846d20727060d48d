//! References to container images: `[host[:port]/]path[:tag][@alg:hex]`.

/// A reference, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Image {
    /// Host and path, as Docker would complete them: `nginx` is `docker.io/library/nginx`.
    pub repository: String,
    /// The tag as written.
    pub tag: Option<String>,
    /// The digest, `sha256:…`.
    pub digest: Option<String>,
}

/// The registry that is meant where none is named, and its other names.
const HUB: &str = "docker.io";
const HUB_ALIASES: [&str; 2] = ["index.docker.io", "registry-1.docker.io"];

impl Image {
    /// Reads a reference. None: it names no repository.
    pub fn parse(text: &str) -> Option<Image> {
        let text = text.trim();
        // How container runtimes begin a resolved reference.
        let text = text.strip_prefix("docker-pullable://").unwrap_or(text);
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_ascii_lowercase())),
            None => (text, None),
        };
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        let (path, tag) = match name.get(last..)?.rfind(':') {
            Some(colon) => (name.get(..last + colon)?, name.get(last + colon + 1..)),
            None => (name, None),
        };
        let hash = digest.as_deref().is_none_or(|digest| digest.contains(':'));
        let odd = path.is_empty() || path.starts_with('/') || path.ends_with('/') || path.contains("//");
        if odd || !hash || path.contains(char::is_whitespace) || matches!(path, "sha256" | "sha512") {
            return None;
        }
        let tag = tag.filter(|tag| !tag.is_empty()).map(str::to_owned);
        Some(Image { repository: completed(path), tag, digest })
    }

    /// The repository in the short form that people write: without what Docker adds by itself.
    pub fn short(&self) -> &str {
        let hub = self.repository.strip_prefix("docker.io/").unwrap_or(&self.repository);
        hub.strip_prefix("library/").unwrap_or(hub)
    }
}

/// A path with its host, and with `library/` where the hub has its own images.
fn completed(path: &str) -> String {
    let (host, rest) = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
        _ => (HUB, path),
    };
    let host = host.to_ascii_lowercase();
    let host = if HUB_ALIASES.contains(&host.as_str()) { HUB } else { &host };
    let library = if host == HUB && !rest.contains('/') { "library/" } else { "" };
    format!("{host}/{library}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_and_completed() {
        let hex = "a".repeat(64);
        for (text, repository, tag, digest) in [
            ("nginx", "docker.io/library/nginx", None, None),
            ("nginx:1.27", "docker.io/library/nginx", Some("1.27"), None),
            ("docker.io/nginx:1", "docker.io/library/nginx", Some("1"), None),
            ("index.docker.io/library/nginx", "docker.io/library/nginx", None, None),
            ("shop/checkout:v2", "docker.io/shop/checkout", Some("v2"), None),
            ("localhost:5000/checkout", "localhost:5000/checkout", None, None),
            ("localhost/checkout:1", "localhost/checkout", Some("1"), None),
            (
                "Registry.Example.com:8443/a/b:2.4.1_b5",
                "registry.example.com:8443/a/b",
                Some("2.4.1_b5"),
                None,
            ),
            ("r.io/a:1@sha256:HEX", "r.io/a", Some("1"), Some("sha256:HEX")),
            ("docker-pullable://r.io/a@sha256:HEX", "r.io/a", None, Some("sha256:HEX")),
        ] {
            let image = Image::parse(&text.replace("HEX", &hex)).unwrap();
            let digest = digest.map(|digest| digest.replace("HEX", &hex));
            assert_eq!(
                (image.repository.as_str(), image.tag.as_deref(), image.digest),
                (repository, tag, digest),
                "{text}"
            );
        }
        for wrong in ["", "/", ":1", "@sha256:aa", "a@b", "a b", "sha256:abc", "a/", "/a", "r.io//a"] {
            assert_eq!(Image::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn people_see_the_short_form() {
        for (text, short) in [("nginx:1", "nginx"), ("a/b", "a/b"), ("r.io/library/x", "r.io/library/x")] {
            assert_eq!(Image::parse(text).unwrap().short(), short);
        }
    }
}
