//! The files to be, held against what stands there: nobody's file is overwritten, and what comes out is sound.

use super::{MAIN, Request, Sheet, lay};
use crate::registry::{Ask, Changed, Changes, LoadError, Tree, TreeError, load, shell_word};

/// Where GitHub and GitLab look for it, in a repository's root.
const OWNERS: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The files to be written.
    pub sheets: Vec<Sheet>,
    /// The same, as changes.
    pub changes: Changes,
    /// Files that are left alone.
    pub kept: Vec<Kept>,
}

/// A file that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where, in the registry's folder or, if `in_repository`, in its repository's root.
    pub path: String,
    /// Whether `path` begins at the repository's root.
    pub in_repository: bool,
    /// Whether it is there already.
    pub exists: bool,
    /// The lines that belong into it and aren't there.
    pub add: Vec<String>,
}

/// Why nothing can be laid.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is a registry.
    #[error("there is a registry already: `{MAIN}`")]
    Registry,
    /// There are other files in the way.
    #[error("{} there already", in_the_way(.0))]
    Occupied(Vec<String>),
    /// What stands there can't be looked at.
    #[error(transparent)]
    Unreadable(#[from] TreeError),
    /// With what stands there beside them, the files would be no sound registry.
    #[error("{0}")]
    Unsound(String),
}

impl InitError {
    /// What to do about it; `folder` is the registry's, as it was named.
    pub fn hint(&self, folder: &str) -> String {
        let own = match folder.trim_end_matches('/') {
            "" | "." => "registry".to_owned(),
            folder => format!("{folder}/registry"),
        };
        match self {
            InitError::Registry => {
                "nothing was touched; go on from what is there, or give another folder".into()
            }
            InitError::Occupied(_) | InitError::Unsound(_) => {
                format!("nothing was touched; give a folder of its own: holdpoint init {}", shell_word(&own))
            }
            InitError::Unreadable(error) => error.hint().unwrap_or("nothing was touched").into(),
        }
    }
}

fn in_the_way(paths: &[String]) -> String {
    let named: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    format!("{} {}", named.join(", "), if paths.len() == 1 { "is" } else { "are" })
}

/// Works out what laying a registry in `tree` takes. `repository` is the root of the repository around it.
///
/// # Errors
/// When there is a registry, another file of the layout, or anything that wouldn't go together with one.
pub fn settle(
    request: &Request<'_>,
    tree: &dyn Tree,
    repository: Option<&dyn Tree>,
) -> Result<Plan, InitError> {
    // A link that leads nowhere is a main file, too: somebody's registry is meant to be there.
    let names = tree.list("")?.unwrap_or_default();
    if names.iter().any(|entry| entry.name == MAIN) {
        return Err(InitError::Registry);
    }
    let mut plan = Plan { sheets: Vec::new(), changes: Changes::new(), kept: Vec::new() };
    let mut occupied = Vec::new();
    for sheet in lay(request) {
        if sheet.path == "CODEOWNERS"
            && let Some(kept) = owners(&sheet, request, repository)?
        {
            plan.kept.push(kept);
            continue;
        }
        match tree.read(&sheet.path)? {
            None => {
                plan.changes.put(&sheet.path, None, Some(sheet.text.clone().into_bytes()));
                plan.sheets.push(sheet);
            }
            Some(there) if sheet.common => plan.kept.push(Kept {
                add: if has_lines(&sheet.path) { missing(&sheet.text, &there) } else { Vec::new() },
                path: sheet.path,
                in_repository: false,
                exists: true,
            }),
            Some(_) => occupied.push(sheet.path),
        }
    }
    if !occupied.is_empty() {
        return Err(InitError::Occupied(occupied));
    }
    check(tree, &plan.changes)?;
    Ok(plan)
}

/// What to say of CODEOWNERS where the registry's folder isn't the place for it.
fn owners(
    sheet: &Sheet,
    request: &Request<'_>,
    repository: Option<&dyn Tree>,
) -> Result<Option<Kept>, TreeError> {
    let Some(repository) = repository else { return Ok(None) };
    for path in OWNERS {
        if let Some(there) = repository.read(path)? {
            let add = missing(&sheet.text, &there);
            return Ok(Some(Kept { path: path.to_owned(), in_repository: true, exists: true, add }));
        }
    }
    let elsewhere = || Kept {
        path: "CODEOWNERS".to_owned(),
        in_repository: true,
        exists: false,
        add: missing(&sheet.text, b""),
    };
    Ok((!request.inside.is_empty()).then(elsewhere))
}

/// Whether a file is a list of lines, to which others can be added.
fn has_lines(path: &str) -> bool {
    !path.ends_with(".md") && !path.ends_with(".json")
}

/// The lines of a text, but comments, that another doesn't have.
fn missing(text: &str, there: &[u8]) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let there: Vec<Vec<String>> = String::from_utf8_lossy(there).lines().map(words).collect();
    let wanted = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    wanted.filter(|line| !there.contains(&words(line))).map(str::to_owned).collect()
}

/// Loads the registry as it would be.
fn check(tree: &dyn Tree, changes: &Changes) -> Result<(), InitError> {
    match load(&Changed { tree, changes }, MAIN, &Ask::Everything) {
        Ok(_) => Ok(()),
        Err(LoadError::Mistakes(mistakes)) => {
            let first = mistakes.list.first().map_or_else(String::new, |mistake| mistake.message.clone());
            Err(InitError::Unsound(first))
        }
        Err(error) => Err(InitError::Unsound(error.to_string())),
    }
}
