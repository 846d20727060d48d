//! Two registries side by side: what all services share is read once of each, and each service is then loaded of
//! both, compared and let go.

use std::collections::BTreeSet;

use super::compare::{Compared, Known, Side, compare, compare_rules};
use super::difference::{Alone, Difference};
use super::place::{environments, survey};
use super::rules::{RulesDifference, rules};
use super::touched::Touched;
use super::{Chronicle, chronicle};
use crate::judge::Moment;
use crate::model::{FlagKind, Id, Name, Policy, Registry, Rule};
use crate::registry::{LoadError, Loaded, Mistake, Mistakes, Tree, Weight, Whole};

/// Two registries, or the same at two times.
#[derive(Debug)]
pub struct Pair {
    before: Earlier,
    after: Whole,
    shared: Option<Box<(Registry, Registry)>>,
    /// What is different in the rules and periods.
    rules: RulesDifference,
    flags: [BTreeSet<(FlagKind, Id)>; 2],
    moment: Moment,
}

/// The earlier registry.
#[derive(Debug)]
enum Earlier {
    Read(Box<Whole>),
    /// It can't be read, and why.
    Unread(String),
}

/// What was found of one service.
#[derive(Debug, Default)]
pub struct Looked {
    compared: Option<Compared>,
    by_rules: Compared,
    alone: Option<Alone>,
    chronicle: Chronicle,
    /// What is wrong with it in the later registry.
    wrong: Option<Mistakes>,
    /// Why it can't be read in the earlier registry.
    unread: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Reviewed {
    /// What is different.
    pub difference: Difference,
    /// What is wrong with the later registry.
    pub mistakes: Vec<Mistakes>,
    /// What can't be read of the earlier one, and why.
    pub unread: Vec<String>,
}

impl Pair {
    /// Reads what all services share, of both. `main` is the name of the main file.
    ///
    /// # Errors
    /// When the later registry isn't there, or its main file can't be parsed.
    pub fn open(before: &dyn Tree, after: &dyn Tree, main: &str, moment: Moment) -> Result<Pair, LoadError> {
        // How old the registry is has nothing to do with what is different in it.
        let moment = Moment { refreshed: Some(moment.now), ..moment };
        let later = Whole::open(after, main)?;
        let earlier = match Whole::open(before, main) {
            Ok(whole) => Earlier::Read(Box::new(whole)),
            Err(error) => Earlier::Unread(told(&error)),
        };
        let new = later.shared(after).ok();
        let old = match &earlier {
            Earlier::Read(whole) => whole.shared(before).ok(),
            Earlier::Unread(_) => None,
        };
        let flags = [&old, &new].map(|loaded| loaded.as_ref().map(of_shared).unwrap_or_default());
        let shared = old.zip(new).map(|(old, new)| Box::new((old.registry, new.registry)));
        let rules = shared.as_ref().map(|shared| rules(&shared.0, &shared.1, moment.now)).unwrap_or_default();
        Ok(Pair { before: earlier, after: later, shared, rules, flags, moment })
    }

    /// The services of either, that a change may concern.
    pub fn names(&self, touched: &Touched) -> Vec<Name> {
        let earlier = match &self.before {
            Earlier::Read(whole) => whole.names(),
            Earlier::Unread(_) => &[],
        };
        let mut names = touched.among(self.after.names().iter().chain(earlier).cloned());
        names.extend(touched.records.iter().cloned());
        names.sort();
        names.dedup();
        names
    }

    /// Whether either has a service of this name.
    pub fn knows(&self, name: &Name) -> bool {
        let earlier = matches!(&self.before, Earlier::Read(whole) if has(whole, name));
        earlier || has(&self.after, name)
    }

    /// Looks at one service of both. The trees must be those that were opened.
    pub fn look(&self, name: &Name, touched: &Touched, before: &dyn Tree, after: &dyn Tree) -> Looked {
        let mut looked = Looked::default();
        if touched.records.contains(name) {
            match chronicle(name, before, after) {
                Ok(chronicle) => looked.chronicle = chronicle,
                Err(error) => looked.wrong = Some(Mistakes::new(Default::default(), vec![error.into()])),
            }
        }
        if touched.everyone || touched.services.contains(name) {
            self.compare(name, before, after, &mut looked);
        }
        looked
    }

    fn compare(&self, name: &Name, before: &dyn Tree, after: &dyn Tree, looked: &mut Looked) {
        let new = if has(&self.after, name) { Some(self.after.service(after, name)) } else { None };
        let mut new = match new.transpose() {
            Ok(new) => new,
            Err(LoadError::Mistakes(mistakes)) => return looked.wrong = Some(mistakes),
            Err(error) => {
                let mistake = Mistake::of(format!("services/{name}"), error.to_string());
                return looked.wrong = Some(Mistakes::new(Default::default(), vec![mistake]));
            }
        };
        let old = match self.earlier(name, before) {
            Ok(old) => old,
            Err(why) => {
                looked.unread = why;
                looked.alone = new.map(|new| alone(name, &new.registry, self.moment));
                return;
            }
        };
        let known = Known {
            earlier: &self.flags[0],
            later: &self.flags[1],
            appended: Some(&looked.chronicle.appended),
        };
        let side = |loaded| Option::as_ref(loaded).and_then(|of: &Loaded| Side::of(&of.registry, name));
        let sides = [side(&old), side(&new)];
        looked.compared = Some(compare(name, sides[0], sides[1], &known, self.moment));
        if let (Some((rules, policy)), Some(_), Some(new)) = (self.other_rules(), &old, &mut new) {
            looked.by_rules = compare_rules(name, &mut new.registry, (rules, policy), self.moment);
        }
    }

    /// The service in the earlier registry; None: it isn't in it. The error is why it can't be read; without one it
    /// was said of the whole registry.
    fn earlier(&self, name: &Name, before: &dyn Tree) -> Result<Option<Loaded>, Option<String>> {
        let Earlier::Read(whole) = &self.before else { return Err(None) };
        if !has(whole, name) {
            return Ok(None);
        }
        whole.service(before, name).map(Some).map_err(|error| Some(format!("{name}: {}", told(&error))))
    }

    /// The earlier rules and periods, if they are others.
    fn other_rules(&self) -> Option<(&[Rule], Policy)> {
        let (old, _) = &**self.shared.as_ref()?;
        (!self.rules.is_empty()).then_some((&old.rules, old.policy))
    }

    /// Puts together what was found of all services.
    pub fn finish(&self, all: impl IntoIterator<Item = Looked>) -> Reviewed {
        let mut reviewed = Reviewed::default();
        if let Earlier::Unread(why) = &self.before {
            reviewed.unread.push(why.clone());
        }
        let shared = self.after.mistakes();
        if shared.list.iter().any(|mistake| mistake.weight == Weight::Mistake) {
            reviewed.mistakes.push(shared.clone());
        }
        if let Some(shared) = &self.shared {
            reviewed.difference.add_shared(&shared.0, &shared.1, self.moment.now);
            reviewed.difference.add_rules(self.rules.clone());
        }
        for looked in all {
            let difference = &mut reviewed.difference;
            difference.add_chronicle(looked.chronicle);
            difference.alone.extend(looked.alone);
            difference.add_by_rules(looked.by_rules);
            looked.compared.into_iter().for_each(|compared| difference.add(compared));
            reviewed.mistakes.extend(looked.wrong);
            reviewed.unread.extend(looked.unread);
        }
        reviewed.difference = std::mem::take(&mut reviewed.difference).finish();
        reviewed
    }
}

/// Whether a registry has a service; its names are sorted.
fn has(whole: &Whole, name: &Name) -> bool {
    whole.names().binary_search(name).is_ok()
}

fn of_shared(loaded: &Loaded) -> BTreeSet<(FlagKind, Id)> {
    loaded.registry.flags.iter().map(|flag| (flag.kind, flag.id.clone())).collect()
}

/// A service as it stands, where nothing is known of what was before.
fn alone(name: &Name, registry: &Registry, moment: Moment) -> Alone {
    let environments = registry.services.get(name).map_or_else(Vec::new, |service| environments([service]));
    Alone { service: name.clone(), places: survey(registry, name, &environments, moment) }
}

/// Why something can't be read, in a sentence.
fn told(error: &LoadError) -> String {
    let LoadError::Mistakes(mistakes) = error else { return error.to_string() };
    let first = mistakes.list.iter().find(|mistake| mistake.weight == Weight::Mistake);
    let first = first.map_or(String::new(), |first| {
        let line = first.position(&mistakes.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
        format!(": {}{line}: {}", first.file(&mistakes.sources), first.message)
    });
    format!("{error}{first}")
}
