//! Secrets of receivers: read where the registry says that they are, used, and never shown.

use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::model::Secret;

/// The largest file that holds a secret.
const MOST: u64 = 64 * 1024;

/// Reads a secret. The error says what is missing, and nothing of what is there.
pub(super) fn read(secret: &Secret, folder: &Path) -> Result<String, String> {
    let text = match secret {
        Secret::Env(name) => {
            let value = std::env::var_os(&**name).ok_or(format!("environment variable {name} isn't set"))?;
            value.into_string().map_err(|_| format!("environment variable {name} holds no text"))?
        }
        Secret::File(path) => of_file(path, folder)?,
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{} is empty", called(secret)));
    }
    Ok(text.to_owned())
}

/// How messages call where it stands.
pub(super) fn called(secret: &Secret) -> String {
    match secret {
        Secret::Env(name) => format!("environment variable {name}"),
        Secret::File(path) => format!("file `{path}`"),
    }
}

/// A file that a sink names, relative to the registry.
pub(super) fn of_file(path: &str, folder: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => format!("there is no file `{path}`"),
        ErrorKind::PermissionDenied => format!("file `{path}` may not be read"),
        ErrorKind::InvalidData => format!("file `{path}` holds no text"),
        _ => format!("file `{path}` can't be read"),
    };
    let full = folder.join(path);
    if full.is_dir() {
        return Err(format!("`{path}` is a folder"));
    }
    let file = std::fs::File::open(full).map_err(told)?;
    let mut text = String::new();
    file.take(MOST + 1).read_to_string(&mut text).map_err(told)?;
    if text.len() as u64 > MOST { Err(format!("file `{path}` is too large")) } else { Ok(text) }
}

/// What of a secret must not be seen anywhere: itself, and of an address what stands behind its host.
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if let Some((_, rest)) = text.split_once("://") {
        let ends = |c: char| "/?#&=@:".contains(c);
        let (host, behind) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let user = host.rsplit_once('@').map_or("", |(user, _)| user);
        // Short ones, such as `v1`, aren't secret, and would be found in every other word.
        let secret =
            [user, behind].into_iter().flat_map(|part| part.split(ends)).filter(|part| part.len() >= 6);
        parts.extend(secret.map(str::to_owned));
        parts.extend((behind.len() > 1).then(|| behind.to_owned()));
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_from_the_registry_and_what_is_wrong_is_said() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "  secret\n").unwrap();
        std::fs::write(folder.path().join("blank"), " \n").unwrap();
        std::fs::write(folder.path().join("bytes"), [0xff, 0xfe]).unwrap();
        std::fs::write(folder.path().join("large"), vec![b'x'; 70_000]).unwrap();
        let of = |path: &str| read(&Secret::File(path.into()), folder.path());
        assert_eq!(of("key").as_deref(), Ok("secret"));
        for (path, says) in [
            ("blank", "file `blank` is empty"),
            ("bytes", "file `bytes` holds no text"),
            ("large", "file `large` is too large"),
            ("none", "there is no file `none`"),
            (".", "`.` is a folder"),
        ] {
            assert_eq!(of(path).unwrap_err(), says);
        }
        let unset = Secret::Env("HOLDPOINT_TEST_IS_NEVER_SET".into());
        let says = read(&unset, folder.path()).unwrap_err();
        assert_eq!(says, "environment variable HOLDPOINT_TEST_IS_NEVER_SET isn't set");
    }

    #[test]
    fn of_an_address_all_but_the_host_is_secret() {
        let parts = parts("https://user:hunter22@hooks.example.com/v1/T00000/B11111?token=abcdefgh");
        for part in ["hunter22", "T00000", "B11111", "abcdefgh", "/v1/T00000/B11111?token=abcdefgh"] {
            assert!(parts.iter().any(|secret| secret == part), "{part}: {parts:?}");
        }
        assert!(!parts.iter().any(|part| part == "v1" || part == "hooks.example.com"), "{parts:?}");
        assert_eq!(super::parts("https://example.com/"), ["https://example.com/"]);
        assert_eq!(super::parts("whsec_a whsec_bc"), ["whsec_bc", "whsec_a"]);
    }
}
