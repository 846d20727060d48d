//! What every reader has at hand: the texts, the list of mistakes so far, and the declared environments.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use toml_parser::lexer::Token;

use crate::model::{Environment, Name, Sources};
use crate::registry::mistake::{Mistake, Place};
use crate::registry::wording::{meant, quoted};

/// The reader's desk. Readers hand back what they could read and leave their mistakes here; one mistake
/// that is no warning, and nothing of what was read is used.
pub(super) struct Desk<'a> {
    pub(super) sources: &'a Sources,
    list: RefCell<Vec<Mistake>>,
    environments: OnceCell<BTreeMap<Name, Environment>>,
    /// Room for the parser, used for one file after the other.
    pub(super) tokens: RefCell<Vec<Token>>,
}

impl<'a> Desk<'a> {
    /// A desk with the mistakes that were found on the way to the texts.
    pub(super) fn new(sources: &'a Sources, list: Vec<Mistake>) -> Desk<'a> {
        Desk { sources, list: RefCell::new(list), environments: OnceCell::new(), tokens: RefCell::default() }
    }

    pub(super) fn report(&self, mistake: Mistake) {
        self.list.borrow_mut().push(mistake);
    }

    /// Whether there is such a mistake.
    pub(super) fn has(&self, is_such: impl Fn(&Mistake) -> bool) -> bool {
        self.list.borrow().iter().any(is_such)
    }

    /// Everything that was found.
    pub(super) fn into_list(self) -> Vec<Mistake> {
        self.list.into_inner()
    }

    /// Makes the declared environments known, once.
    pub(super) fn declare(&self, environments: BTreeMap<Name, Environment>) {
        _ = self.environments.set(environments);
    }

    /// The declared environments; empty: any name will do.
    pub(super) fn environments(&self) -> BTreeMap<Name, Environment> {
        self.environments.get().cloned().unwrap_or_default()
    }

    /// Reports an environment that nobody declared, when any are.
    pub(super) fn check_environment(&self, name: &Name, place: impl FnOnce() -> Place) {
        let Some(declared) = self.environments.get() else { return };
        if declared.is_empty() || declared.contains_key(name) {
            return;
        }
        let hint = meant(name.as_str(), declared.keys().map(Name::as_str), "declared:");
        let message = format!("no environment {} is declared", quoted(name.as_str()));
        let mistake = Mistake::at(place(), message).maybe_hint(hint);
        self.report(mistake.label("not one of `[environment.*]`"));
    }
}
