//! Whether each line holds the hash of the one before it; and where one doesn't, what most likely happened.
//!
//! A line that holds another hash than that of the line before it says only that something is wrong between the two.
//! What is wrong shows in the other lines: the hash may be that of a line that stands elsewhere (lines were moved, or
//! some were put in), or of none (a line was changed, or is missing, which the numbers tell apart).

use std::collections::{BTreeSet, HashMap};

use super::facts::Facts;
use super::trouble::{Block, Finding, Spot, Trouble};
use crate::record::chain::Hash;

/// Finds what is wrong with the chain; `trusted` are lines that are known from elsewhere not to have been changed.
pub(super) fn broken(facts: &Facts, trusted: &BTreeSet<usize>) -> Vec<Finding> {
    let mut index = HashMap::new();
    for (at, fact) in facts.list.iter().enumerate() {
        index.entry(fact.hash).or_insert(at);
    }
    let mut links = Links {
        facts,
        trusted,
        index,
        told: BTreeSet::new(),
        moved: BTreeSet::new(),
        gaps: BTreeSet::new(),
        found: Vec::new(),
    };
    for at in 0..facts.list.len() {
        if links.is_broken(at) && !links.told.contains(&at) {
            links.explain(at);
        }
    }
    links.count();
    links.found
}

struct Links<'a> {
    facts: &'a Facts,
    trusted: &'a BTreeSet<usize>,
    /// The first line of each hash.
    index: HashMap<Hash, usize>,
    /// Lines whose link is explained already.
    told: BTreeSet<usize>,
    /// Lines that don't stand where they belong, so that their numbers can't come one after the other.
    moved: BTreeSet<usize>,
    /// Lines before which some are missing, or between which and the one before the order breaks.
    gaps: BTreeSet<usize>,
    found: Vec<Finding>,
}

impl Links<'_> {
    fn len(&self) -> usize {
        self.facts.list.len()
    }

    /// Whether a line holds another hash than that of the line before it.
    fn is_broken(&self, at: usize) -> bool {
        self.facts.prev(at).is_some_and(|prev| prev != self.facts.before(at))
    }

    /// Whether a line follows this one by its hash; behind the end, anything does.
    fn leads_to(&self, hash: Hash, next: usize) -> bool {
        next >= self.len() || self.facts.prev(next).is_none_or(|prev| prev == hash)
    }

    /// The line whose hash this one holds, if it is here: Some(None) is the beginning.
    fn real_before(&self, at: usize) -> Option<Option<usize>> {
        match self.facts.prev(at)? {
            hash if hash == [0; 32] => Some(None),
            hash => self.index.get(&hash).map(|found| Some(*found)),
        }
    }

    fn explain(&mut self, at: usize) {
        if self.repeats(at) || self.swapped(at) || self.exchanged(at) {
            return;
        }
        match self.real_before(at) {
            Some(Some(after)) if after > at => self.belongs(at, after),
            Some(before) => self.put_in(at, before),
            None => self.unknown(at),
        }
    }

    fn tell(&mut self, at: usize, trouble: Trouble) {
        self.found.push(Finding { spot: self.facts.spot(at), trouble });
    }

    fn block(&self, first: usize, last: usize) -> Block {
        Block { first: self.facts.spot(first), last: self.facts.spot(last) }
    }

    /// Lines `first..=last` don't stand where they belong.
    fn out_of_order(&mut self, first: usize, last: usize) {
        self.moved.extend(first..=last);
        self.gaps.insert(last + 1);
    }

    /// The line stands there a second time.
    fn repeats(&mut self, at: usize) -> bool {
        let hash = self.facts.list[at].hash;
        let Some(first) = self.index.get(&hash).copied().filter(|first| *first < at) else { return false };
        self.tell(at, Trouble::Repeats(self.facts.spot(first)));
        self.out_of_order(at, at);
        if self.leads_to(self.facts.before(at), at + 1) {
            self.told.insert(at + 1);
        }
        true
    }

    /// Two runs of lines that stand side by side in the wrong order; the first begins here.
    fn swapped(&mut self, at: usize) -> bool {
        let Some(Some(last)) = self.real_before(at).filter(|before| *before > Some(at)) else { return false };
        let mut middle = last;
        while middle > at + 1 && !self.is_broken(middle) {
            middle -= 1;
        }
        let fits = self.facts.prev(middle) == Some(self.facts.before(at))
            && self.leads_to(self.facts.list[middle - 1].hash, last + 1);
        if middle <= at || !fits {
            return false;
        }
        self.told.extend([at, middle, last + 1]);
        self.out_of_order(at, last);
        self.tell_swapped(at, middle, last);
        true
    }

    /// Lines `at..middle` belong behind lines `middle..=last`.
    fn tell_swapped(&mut self, at: usize, middle: usize, last: usize) {
        let facts = self.facts;
        let (one, other) = (self.block(at, middle - 1), self.block(middle, last));
        let ends_file = |index: usize| index + 1 >= facts.list.len() || facts.begins_file(index + 1);
        let whole = |first: usize, last: usize| {
            facts.begins_file(first) && ends_file(last) && facts.list[first].file == facts.list[last].file
        };
        if whole(at, middle - 1) && whole(middle, last) {
            let spot = Spot { line: 0, ..facts.spot(at) };
            let trouble = Trouble::SwappedFiles(one.first.file, other.first.file);
            return self.found.push(Finding { spot, trouble });
        }
        match (middle - at, last + 1 - middle) {
            (1, 2..) => self.tell(at, Trouble::Belongs(other.last)),
            (2.., 1) if at > 0 => self.tell(middle, Trouble::Belongs(facts.spot(at - 1))),
            _ => self.tell(at, Trouble::Swapped(one, other)),
        }
    }

    /// Two lines that are not neighbours stand in each other's place.
    fn exchanged(&mut self, at: usize) -> bool {
        let Some(Some(other)) = self.real_before(at + 1).filter(|other| *other > Some(at + 1)) else {
            return false;
        };
        let fits = self.facts.prev(other) == Some(self.facts.before(at))
            && self.facts.prev(at) == Some(self.facts.before(other))
            && self.leads_to(self.facts.list[at].hash, other + 1);
        if fits {
            self.told.extend([at, at + 1, other, other + 1]);
            self.out_of_order(at, at);
            self.out_of_order(other, other);
            let (one, two) = (self.block(at, at), self.block(other, other));
            self.tell(at, Trouble::Swapped(one, two));
        }
        fits
    }

    /// The line follows one that stands further down.
    fn belongs(&mut self, at: usize, after: usize) {
        self.tell(at, Trouble::Belongs(self.facts.spot(after)));
        self.out_of_order(at, at);
        if self.facts.prev(at + 1) == Some(self.facts.before(at)) {
            self.told.insert(at + 1);
        }
        if self.facts.prev(after + 1) == Some(self.facts.list[at].hash) {
            self.told.insert(after + 1);
        }
    }

    /// The line follows one that stands further up: what is between doesn't belong there.
    fn put_in(&mut self, at: usize, before: Option<usize>) {
        if at == 0 {
            return;
        }
        let first = before.map_or(0, |before| before + 1);
        if first >= at {
            return self.tell(at, Trouble::Unlinked); // it holds its own hash, which can't be
        }
        let forked = self.facts.prev(first) == Some(self.facts.before(first));
        let trouble = Trouble::PutIn {
            follows: before.map(|before| self.facts.spot(before)),
            between: self.block(first, at - 1),
            forked,
        };
        self.tell(at, trouble);
        self.gaps.insert(at);
    }

    /// The line holds a hash that is no line's.
    fn unknown(&mut self, at: usize) {
        if at == 0 {
            return self.beginning();
        }
        if self.blames(at) {
            return self.changed(at - 1);
        }
        let (before, here) = (self.facts.seq(at - 1), self.facts.seq(at));
        match before.zip(here).filter(|(before, here)| before + 1 < *here) {
            Some((before, here)) => {
                let behind = Some(self.facts.spot(at - 1));
                let files = self.facts.begins_file(at);
                self.tell(at, Trouble::Missing { first: before + 1, last: here - 1, behind, files });
            }
            None => self.tell(at, Trouble::Unlinked),
        }
        self.gaps.insert(at);
    }

    /// What is wrong at the first line.
    fn beginning(&mut self) {
        match self.facts.seq(0) {
            Some(seq @ 2..) => {
                let files = true;
                self.tell(0, Trouble::Missing { first: 1, last: seq - 1, behind: None, files });
                self.gaps.insert(0);
            }
            _ => self.tell(0, Trouble::First),
        }
    }

    /// Whether the hash that a line holds is no line's, and by the numbers the one before it is the one that was hashed.
    fn blames(&self, at: usize) -> bool {
        if at == 0 || !self.is_broken(at) || self.told.contains(&at) || self.real_before(at).is_some() {
            return false;
        }
        let (Some(here), before) = (self.facts.seq(at), self.facts.seq(at - 1)) else { return true };
        // Its number may be what was changed; then that of the line before it tells.
        let by_place = at.checked_sub(2).map_or(Some(0), |place| self.facts.seq(place));
        before.is_none_or(|before| before + 1 == here) || by_place.is_some_and(|before| before + 2 == here)
    }

    /// A line was changed after the next one was written; unless that one was, which the one after it says.
    fn changed(&mut self, line: usize) {
        let by = line + 1;
        if self.trusted.contains(&line) {
            return self.tell(by, Trouble::Unlinked);
        }
        let whole = self.facts.prev(line) == Some(self.facts.before(line));
        if whole && self.blames(by + 1) {
            return;
        }
        if whole && by + 1 == self.len() && !self.trusted.contains(&by) {
            return self.tell(by, Trouble::Either(self.facts.spot(line)));
        }
        let before = (line > 0 && self.is_broken(line)).then(|| self.facts.spot(line - 1));
        self.tell(line, Trouble::Changed { by: self.facts.spot(by), before });
    }

    /// The numbers, as far as what was found doesn't explain them already.
    fn count(&mut self) {
        let mut wanted = Some(1);
        for at in 0..self.len() {
            if self.gaps.contains(&at) {
                wanted = None;
            }
            let (here, next) = (self.facts.seq(at), self.facts.seq(at + 1));
            if self.moved.contains(&at) {
                continue;
            }
            let Some(here) = here else {
                wanted = None; // it may stand for several lines
                continue;
            };
            let due = wanted.unwrap_or(here);
            if here != due {
                self.tell(at, Trouble::Number { found: here, wanted: due });
            }
            // Where the next one goes on from here, the count was off and not this line.
            let goes_on = here == due || next == here.checked_add(1);
            wanted = (if goes_on { here } else { due }).checked_add(1);
        }
    }
}
