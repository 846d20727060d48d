//! `[git]`: how acts reach others. No verdict needs it, so a mistake in it stops no check.

use crate::model::{Publish, Sharing, Sources, is_branch, is_remote};
use crate::registry::desk::Desk;
use crate::registry::mistake::Mistakes;
use crate::registry::reader::Table;
use crate::registry::shape::{GIT, ROOT};
use crate::registry::wording::quoted;
use crate::registry::{Tree, TreeError, syntax};

/// Reads `[git]` of the main file alone, whatever else stands there. The inner error is what is wrong with it.
///
/// # Errors
/// When the file can't be read.
pub fn sharing(tree: &dyn Tree, main: &str) -> Result<Result<Sharing, Mistakes>, TreeError> {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    let Some(bytes) = tree.read(main)? else { return Ok(Ok(Sharing::default())) };
    let file = syntax::take(&mut sources, main, bytes, &mut list).unwrap_or_default();
    let (sharing, list) = {
        let desk = Desk::new(&sources, Vec::new());
        // What can't be parsed elsewhere in the file is for whoever loads it to say.
        let (map, _) = syntax::parse_anyhow(&desk, file);
        let sharing = read(&Table::of(&map, file, &ROOT, &desk));
        drop(map);
        (sharing, desk.into_list())
    };
    Ok(if list.is_empty() { Ok(sharing) } else { Err(Mistakes::new(sources, list)) })
}

/// `[git]`.
pub(super) fn read(root: &Table<'_>) -> Sharing {
    let Some(table) = root.table("git", &GIT) else { return Sharing::default() };
    let name = |key: &'static str, fits: fn(&str) -> bool, hint: &str| {
        let (value, text) = (table.get(key)?, table.text(key)?);
        if !fits(&text) {
            value.report_hint(format!("{} can't be {}", value.called(), quoted(&text)), hint);
            return None;
        }
        Some(text)
    };
    Sharing {
        publish: table.word("publish", Publish::WORDS, Publish::from_word).unwrap_or_default(),
        remote: name(
            "remote",
            is_remote,
            "it is a name that `git remote` shows, such as `origin`, and no address",
        ),
        branch: name("branch", is_branch, "it is the name of a branch, such as `main`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    fn of(text: &str) -> Result<Sharing, Mistakes> {
        let tree: MemoryTree = [("holdpoint.toml", text)].into_iter().collect();
        sharing(&tree, "holdpoint.toml").unwrap()
    }

    #[test]
    fn it_is_read_whatever_else_stands_there() {
        assert_eq!(of("format = 1\n").unwrap(), Sharing::default());
        let all = of("nonsense = 1\n[git]\npublish = \"push\"\nremote = \"up\"\nbranch = \"a/b\"\n[team]\nx")
            .unwrap();
        let want = Sharing { publish: Publish::Push, remote: Some("up".into()), branch: Some("a/b".into()) };
        assert_eq!(all, want);
        assert_eq!(sharing(&MemoryTree::new(), "holdpoint.toml").unwrap().unwrap(), Sharing::default());
    }

    #[test]
    fn what_is_wrong_with_it_is_said() {
        for (text, says) in [
            ("publish = \"psuh\"", "`publish` of the Git settings can't be `psuh`"),
            (
                "remote = \"https://example.com/r\"",
                "`remote` of the Git settings can't be `https://example.com/r`",
            ),
            ("branch = \"--mirror\"", "`branch` of the Git settings can't be `--mirror`"),
            ("publich = \"push\"", "no key `publich` in the Git settings"),
            ("remote = 1", "`remote` of the Git settings must be a text, not a number"),
        ] {
            let mistakes = of(&format!("[git]\n{text}\n")).unwrap_err();
            assert_eq!(mistakes.list[0].message, says);
        }
    }
}
