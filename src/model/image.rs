//! References to container images: `[host[:port]/]path[:tag][@alg:hex]`.
//!
//! A reference is kept as written. Two are compared by [`Image::home`], which completes them as Docker does:
//! `nginx` is `docker.io/library/nginx`.

/// A reference, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Image {
    /// Host and path as written.
    pub repository: String,
    /// The tag as written.
    pub tag: Option<String>,
    /// The digest in lower case, `sha256:…`.
    pub digest: Option<String>,
}

/// Why a text is no reference to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Nothing stands there, or only a tag or a digest.
    #[error("it names no repository")]
    NoRepository,
    /// A part of the repository has a character that none may have.
    #[error("its repository holds `{}`, which can't stand there", .0.escape_default())]
    Repository(char),
    /// A part of the repository is empty, or begins or ends with a separator.
    #[error("a part of its repository is empty, or begins or ends with a separator")]
    Part,
    /// The port of the host is no number.
    #[error("the port of its host is no number")]
    Port,
    /// The tag isn't one.
    #[error("its tag is empty, too long, or holds what can't stand in a tag")]
    Tag,
    /// The digest isn't one.
    #[error("its digest isn't written as `algorithm:hexadecimal`")]
    Digest,
}

/// The registry that is meant where none is named, and its other names.
const HUB: &str = "docker.io";
const HUB_ALIASES: [&str; 2] = ["index.docker.io", "registry-1.docker.io"];
/// The longest tag, and the shortest hash.
const LONGEST_TAG: usize = 128;
const SHORTEST_HASH: usize = 32;

impl Image {
    /// Reads a reference as container runtimes do.
    ///
    /// # Errors
    /// When a runtime would refuse it.
    pub fn read(text: &str) -> Result<Image, ImageError> {
        let image = Image::split(text.trim()).ok_or(ImageError::NoRepository)?;
        check_repository(&image.repository)?;
        if !image.tag.as_deref().is_none_or(is_tag) || written_tag(text.trim()) == Some("") {
            return Err(ImageError::Tag);
        }
        if image.digest.as_deref().is_none_or(is_digest) { Ok(image) } else { Err(ImageError::Digest) }
    }

    /// Takes a reference apart that a cluster shows, which is lenient about what it shows. None: it names no
    /// repository.
    pub fn parse(text: &str) -> Option<Image> {
        let text = text.trim();
        // How container runtimes begin a resolved reference.
        let image = Image::split(text.strip_prefix("docker-pullable://").unwrap_or(text))?;
        let hash = image.digest.as_deref().is_none_or(|digest| digest.contains(':'));
        let path = &*image.repository;
        let odd = path.starts_with('/') || path.ends_with('/') || path.contains("//");
        if odd || !hash || path.contains(char::is_whitespace) || matches!(path, "sha256" | "sha512") {
            return None;
        }
        Some(image)
    }

    /// Takes a reference apart without a look at the parts. The tag's colon is the last one behind the last `/`.
    fn split(text: &str) -> Option<Image> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_ascii_lowercase())),
            None => (text, None),
        };
        let tag = written_tag(text);
        let end = name.len() - tag.map_or(0, |tag| tag.len() + 1);
        let repository = name.get(..end).filter(|path| !path.is_empty())?.to_owned();
        Some(Image { repository, tag: tag.filter(|tag| !tag.is_empty()).map(str::to_owned), digest })
    }

    /// Host and path as Docker would complete them: what makes two repositories the same one.
    pub fn home(&self) -> String {
        completed(&self.repository)
    }

    /// The repository in the short form that people write: without what Docker adds by itself.
    pub fn short(&self) -> String {
        let home = self.home();
        let hub = home.strip_prefix("docker.io/").unwrap_or(&home);
        hub.strip_prefix("library/").unwrap_or(hub).to_owned()
    }
}

/// What stands where the tag does, even if that is nothing.
fn written_tag(text: &str) -> Option<&str> {
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    let last = name.rsplit('/').next()?;
    last.rsplit_once(':').map(|(_, tag)| tag)
}

/// A path with its host, and with `library/` where the hub has its own images.
fn completed(path: &str) -> String {
    let (host, rest) = host_and_path(path);
    let host = host.unwrap_or(HUB).to_ascii_lowercase();
    let host = if HUB_ALIASES.contains(&host.as_str()) { HUB } else { &host };
    let library = if host == HUB && !rest.contains('/') { "library/" } else { "" };
    format!("{host}/{library}{rest}")
}

/// The first part is a host when it looks like one.
fn host_and_path(path: &str) -> (Option<&str>, &str) {
    match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), rest),
        _ => (None, path),
    }
}

fn check_repository(repository: &str) -> Result<(), ImageError> {
    let (host, path) = host_and_path(repository);
    if let Some(host) = host {
        let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(ImageError::Port);
        }
        check_part(name, |c| c.is_ascii_alphanumeric())?;
    }
    path.split('/').try_for_each(|part| check_part(part, |c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

fn check_part(part: &str, allowed: impl Fn(char) -> bool) -> Result<(), ImageError> {
    let separator = |c: char| matches!(c, '.' | '_' | '-');
    if let Some(wrong) = part.chars().find(|&c| !allowed(c) && !separator(c)) {
        return Err(ImageError::Repository(wrong));
    }
    let framed = part.is_empty() || part.starts_with(separator) || part.ends_with(separator);
    if framed || part.contains("..") { Err(ImageError::Part) } else { Ok(()) }
}

/// Whether a text may be a tag.
fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.starts_with(word)
        && tag.len() <= LONGEST_TAG
        && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

/// Whether a text in lower case may be a digest.
fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hash)) = digest.split_once(':') else { return false };
    let parts = algorithm.split(['-', '_', '+', '.']);
    let algorithm = parts.clone().all(|part| part.starts_with(|c: char| c.is_ascii_lowercase()))
        && algorithm.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '.'));
    algorithm && hash.len() >= SHORTEST_HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_as_written_and_completed() {
        let hex = "a".repeat(64);
        for (text, repository, home, tag, digest) in [
            ("nginx", "nginx", "docker.io/library/nginx", None, None),
            ("nginx:1.27", "nginx", "docker.io/library/nginx", Some("1.27"), None),
            ("docker.io/nginx:1", "docker.io/nginx", "docker.io/library/nginx", Some("1"), None),
            (
                "index.docker.io/library/nginx",
                "index.docker.io/library/nginx",
                "docker.io/library/nginx",
                None,
                None,
            ),
            ("shop/checkout:v2", "shop/checkout", "docker.io/shop/checkout", Some("v2"), None),
            ("localhost:5000/checkout", "localhost:5000/checkout", "localhost:5000/checkout", None, None),
            ("localhost:5000/a:1", "localhost:5000/a", "localhost:5000/a", Some("1"), None),
            ("localhost/checkout:1", "localhost/checkout", "localhost/checkout", Some("1"), None),
            (
                "Registry.Example.com:8443/a/b:2.4.1_b5",
                "Registry.Example.com:8443/a/b",
                "registry.example.com:8443/a/b",
                Some("2.4.1_b5"),
                None,
            ),
            ("r.io/a:1@sha256:HEX", "r.io/a", "r.io/a", Some("1"), Some("sha256:HEX")),
            ("r.io/a@SHA256:HEX", "r.io/a", "r.io/a", None, Some("sha256:HEX")),
            (" r.io/a__b/c-d.e:latest\n", "r.io/a__b/c-d.e", "r.io/a__b/c-d.e", Some("latest"), None),
        ] {
            let image = Image::read(&text.replace("HEX", &hex)).unwrap();
            let digest = digest.map(|digest| digest.replace("HEX", &hex));
            assert_eq!(image.home(), home, "{text}");
            assert_eq!(image, Image::parse(&text.replace("HEX", &hex)).unwrap());
            assert_eq!(
                (image.repository.as_str(), image.tag.as_deref(), image.digest),
                (repository, tag, digest),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_runtime_would_refuse_is_no_reference() {
        let long = format!("a:{}", "b".repeat(129));
        for (text, error) in [
            ("", ImageError::NoRepository),
            (":1", ImageError::NoRepository),
            ("@sha256:aa", ImageError::NoRepository),
            ("a b", ImageError::Repository(' ')),
            ("Checkout:1", ImageError::Repository('C')),
            ("r.io/${NAME}:1", ImageError::Repository('$')),
            ("a/", ImageError::Part),
            ("/a", ImageError::Part),
            ("r.io//a", ImageError::Part),
            ("r.io/-a", ImageError::Part),
            ("r.io/a..b", ImageError::Part),
            ("r.io:port/a", ImageError::Port),
            ("r.io:/a", ImageError::Port),
            ("a:", ImageError::Tag),
            ("a:-1", ImageError::Tag),
            ("a:2.4.1+b5", ImageError::Tag),
            ("a:${TAG}", ImageError::Tag),
            (&long, ImageError::Tag),
            ("a@b", ImageError::Digest),
            ("a@sha256:abc", ImageError::Digest),
            ("a@sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", ImageError::Digest),
        ] {
            assert_eq!(Image::read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn what_a_cluster_shows_is_read_leniently() {
        let hex = "a".repeat(64);
        let shown = Image::parse(&format!("docker-pullable://r.io/a@sha256:{hex}")).unwrap();
        assert_eq!((shown.repository.as_str(), shown.digest), ("r.io/a", Some(format!("sha256:{hex}"))));
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
