//! What all services share: the main file and the shared flags, found once and parsed once.
//!
//! A check of one service borrows from the texts; who goes over all services takes the tables along
//! ([`Common::into_owned`]).

use std::collections::HashMap;

use crate::judge;
use crate::model::{Flag, Rule, Scope, Sources};
use crate::registry::desk::Desk;
use crate::registry::document::Map;
use crate::registry::layout::{Item, Walk};
use crate::registry::mistake::Mistake;
use crate::registry::reader::Table;
use crate::registry::shape::ROOT;
use crate::registry::{format, rule, syntax};

/// The files beside the services' folders.
pub(super) struct Base {
    pub(super) main: u32,
    pub(super) shared: Vec<Item>,
    /// Whether there is a folder of services.
    pub(super) has_services: bool,
}

/// What stands in them.
pub(super) struct Common<'t> {
    /// The main file, and its tables.
    pub(super) main: u32,
    pub(super) root: Map<'t>,
    /// The files with shared flags, those that could be parsed.
    pub(super) shared: Vec<(Item, Map<'t>)>,
    /// Flags that were read ahead, by their file: those that say the same of every service.
    pub(super) ready: HashMap<u32, Flag>,
    /// The shipped rules.
    pub(super) shipped: Vec<Rule>,
}

impl Base {
    /// Reads the main file and the shared flags. None: there is no main file, or it can't be read.
    pub(super) fn gather(walk: &mut Walk<'_>, main: &str) -> Option<Base> {
        let file = walk.read(main)?;
        let there = walk.root(main);
        let mut shared = Vec::new();
        for folder in there.iter().filter(|folder| **folder != "services") {
            shared.extend(walk.shared(folder));
        }
        Some(Base { main: file, shared, has_services: there.contains(&"services") })
    }
}

/// Why the main file's tables are of no use.
pub(super) enum Useless {
    /// Its syntax is wrong, which is reported.
    Broken,
    /// It was written for a newer holdpoint: nothing else can be said about it.
    Newer(Box<Mistake>),
}

impl<'t> Common<'t> {
    /// Parses what was read, each file once, and reports what is wrong with its syntax.
    pub(super) fn parse(base: Base, desk: &Desk<'t>) -> Result<Common<'t>, Useless> {
        let Some(root) = syntax::parse(desk, base.main) else {
            let newer = format::newer(&syntax::parse_anyhow(desk, base.main).0, base.main);
            return Err(newer.map_or(Useless::Broken, |mistake| Useless::Newer(mistake.into())));
        };
        if let Some(mistake) = format::newer(&root, base.main) {
            return Err(Useless::Newer(mistake.into()));
        }
        let parsed = |item: Item| syntax::parse(desk, item.file).map(|tree| (item, tree));
        let shared = base.shared.into_iter().filter_map(parsed).collect();
        Ok(Common { main: base.main, root, shared, ready: HashMap::new(), shipped: shipped_rules(desk) })
    }

    /// The same, with texts of its own.
    pub(super) fn into_owned(self) -> Common<'static> {
        Common {
            main: self.main,
            root: self.root.into_owned(),
            shared: self.shared.into_iter().map(|(item, tree)| (item, tree.into_owned())).collect(),
            ready: self.ready,
            shipped: self.shipped,
        }
    }

    /// Keeps those flags that name no service and have nothing wrong with them: read for one service, they are
    /// what they are for any.
    pub(super) fn keep_ready(&mut self, flags: Vec<Flag>, mistakes: &[Mistake]) {
        let is_wrong =
            |file| mistakes.iter().any(|mistake| mistake.place.as_ref().is_some_and(|p| p.file == file));
        let every = |flag: &Flag| flag.affects.iter().all(|affects| affects.scope == Scope::Every);
        let alone = flags.into_iter().filter(|flag| flag.origin.file != self.main);
        let ready = alone.filter(|flag| every(flag) && !is_wrong(flag.origin.file));
        self.ready = ready.map(|flag| (flag.origin.file, flag)).collect();
    }
}

/// The shipped defaults, read like any rules. They are part of the program, so a mistake in them is a bug;
/// it stops every check, since a reason that no rule decides would be a guess.
fn shipped_rules(desk: &Desk<'_>) -> Vec<Rule> {
    let (rules, mistakes) = read_shipped();
    for mistake in mistakes {
        let message = format!("the shipped rules are wrong: {}", mistake.message);
        desk.report(Mistake::of("defaults.toml", message).hint("this is a bug of holdpoint"));
    }
    rules
}

/// The shipped rules alone, for whoever has no registry at hand.
pub fn shipped() -> Vec<Rule> {
    read_shipped().0
}

fn read_shipped() -> (Vec<Rule>, Vec<Mistake>) {
    let mut sources = Sources::default();
    let file = sources.add("defaults.toml", judge::DEFAULTS.to_owned());
    let own = Desk::new(&sources, Vec::new());
    let rules = syntax::parse(&own, file)
        .map(|table| rule::rules(&Table::open(&table, 0..0, file, &ROOT, &own)))
        .unwrap_or_default();
    (rules.into_iter().map(|rule| Rule { origin: None, ..rule }).collect(), own.into_list())
}
