//! The loader over trees in memory. What it says of each rejected shape stands in `tests/cases`.

mod good;
mod scope;

use crate::registry::{Ask, LoadError, Loaded, MemoryTree, Mistake, Mistakes, load, position};

/// The question about one service.
fn ask(service: &str) -> Ask {
    Ask::Service(crate::model::Name::new(service).unwrap())
}

/// A good registry, read; or a panic that shows the mistakes.
fn read(tree: &MemoryTree, ask: &Ask) -> Loaded {
    load(tree, "holdpoint.toml", ask).unwrap_or_else(|error| panic!("{}", shown(&error)))
}

/// What is wrong, one mistake after the other, as plain text.
fn shown(error: &LoadError) -> String {
    match error {
        LoadError::Mistakes(mistakes) => mistakes.list.iter().map(|mistake| one(mistakes, mistake)).collect(),
        other => format!("{other}\n    hint: {}\n", other.hint().unwrap_or_default()),
    }
}

fn one(mistakes: &Mistakes, mistake: &Mistake) -> String {
    let mut out = mistake.file(&mistakes.sources).to_owned();
    if let Some((line, column)) = mistake.position(&mistakes.sources) {
        out += &format!(":{line}:{column}");
    }
    out += &format!(": {}\n", mistake.message);
    if let Some((place, label)) = &mistake.also {
        let (line, column) = position(&mistakes.sources, place);
        out += &format!("    {label}: {}:{line}:{column}\n", mistakes.sources.path(place.origin()));
    }
    if let Some(hint) = &mistake.hint {
        out += &format!("    hint: {hint}\n");
    }
    out
}
