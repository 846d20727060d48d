//! What comes of looking at a whole registry: its mistakes, each once, and its warnings.

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::{Warning, odd};
use crate::model::{Name, Sources};
use crate::registry::{Mistake, Mistakes, Place, Weight};

/// All of it.
#[derive(Debug, Default)]
pub struct Findings {
    /// What stops checks, by file and place, with the texts to show it in.
    pub mistakes: Mistakes,
    /// What is odd, by file and place.
    pub warnings: Vec<Warning>,
    /// How many services were looked at.
    pub services: usize,
}

impl Findings {
    /// The lints that occurred, with how often each did; the most frequent first.
    pub fn by_lint(&self) -> Vec<(&'static str, usize)> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for warning in &self.warnings {
            *counts.entry(warning.lint.word).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}

/// Mistakes of several loads. What is wrong in a shared file is reported by every load that reads it.
#[derive(Debug, Default)]
pub(super) struct Collected {
    list: Vec<Mistake>,
    sources: Sources,
    /// Which index each kept text has.
    texts: BTreeMap<Box<str>, u32>,
    known: BTreeSet<(Box<str>, Option<usize>, Box<str>)>,
}

impl Collected {
    /// Takes the mistakes of one load, and gives its warnings.
    pub fn add(&mut self, mistakes: &Mistakes, service: Option<&Name>) -> Vec<Warning> {
        let (wrong, doubted): (Vec<_>, Vec<_>) =
            mistakes.list.iter().partition(|mistake| mistake.weight == Weight::Mistake);
        wrong.into_iter().for_each(|mistake| self.take(mistake, &mistakes.sources));
        doubted.into_iter().map(|mistake| odd(mistake, &mistakes.sources, service)).collect()
    }

    fn take(&mut self, mistake: &Mistake, sources: &Sources) {
        let start = mistake.place.as_ref().map(|place| place.span.start);
        if !self.known.insert((mistake.file(sources).into(), start, mistake.message.as_str().into())) {
            return;
        }
        let mut kept = mistake.clone();
        kept.place = mistake.place.as_ref().map(|place| self.keep(place, sources));
        kept.also = mistake.also.as_ref().map(|(place, words)| (self.keep(place, sources), words.clone()));
        self.list.push(kept);
    }

    /// The same place in the texts that are kept.
    fn keep(&mut self, place: &Place, sources: &Sources) -> Place {
        let Some(source) = sources.file(place.file) else { return place.clone() };
        let file = match self.texts.get(source.path.as_str()) {
            Some(file) => *file,
            None => {
                let file = self.sources.add(source.path.clone(), source.text.clone());
                self.texts.insert(source.path.as_str().into(), file);
                file
            }
        };
        Place::new(file, place.span.clone())
    }

    /// All of them, in order, whichever load came first.
    pub fn finish(mut self) -> Mistakes {
        self.list.sort_by(|a, b| a.message.cmp(&b.message));
        Mistakes::new(self.sources, self.list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_of_two_loads_is_kept_once_and_in_its_text() {
        let load = |before: &str| {
            let mut sources = Sources::default();
            sources.add(before, "unrelated".into());
            let file = sources.add("holdpoint.toml", "a\nb\n".into());
            let mistake = Mistake::at(Place::new(file, 2..3), "no `b`").also(Place::new(file, 0..1), "but");
            let doubt = Mistake::at(Place::new(file, 0..1), "odd").warning();
            Mistakes::new(sources, vec![mistake, doubt, Mistake::of("services/x", "no service")])
        };
        let mut collected = Collected::default();
        assert_eq!(collected.add(&load("one.toml"), None).len(), 1);
        let doubted = collected.add(&load("two.toml"), None);
        assert_eq!((&*doubted[0].file, doubted[0].line), ("holdpoint.toml", 1));
        let mistakes = collected.finish();
        assert_eq!(mistakes.list.len(), 2);
        assert_eq!(mistakes.sources.files().len(), 1, "only texts that are shown are kept");
        assert_eq!(mistakes.list[0].position(&mistakes.sources), Some((2, 1)));
    }
}
