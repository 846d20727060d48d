//! When releases ran: what the entries of one environment in `ran` say together.
//!
//! [`Stays`] is the entry point. Ends that are missing are taken from beside; whoever judges the history and
//! whoever writes it on asks here, so that they can't disagree.

use std::collections::BTreeSet;

use crate::model::{Ran, Time, Version};

/// An entry, as far as times are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The version as written.
    pub version: &'a str,
    /// Since when.
    pub since: Option<Time>,
    /// Until when.
    pub until: Option<Time>,
    /// What it was left for, as written.
    pub left_for: Option<&'a str>,
    /// Whether nothing says that it ended.
    pub open: bool,
}

impl<'a> From<&'a Ran> for Entry<'a> {
    fn from(ran: &'a Ran) -> Entry<'a> {
        Entry {
            version: &ran.version.text,
            since: ran.since,
            until: ran.until,
            left_for: ran.left_for.as_ref().map(|version| &*version.text),
            open: ran.is_open(),
        }
    }
}

/// From when to when a release ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When it began: as it says, else when the one before ended; None: nobody knows.
    pub start: Option<Time>,
    /// When it ended: as it says, else when the one after began; None: it goes on, or nobody knows.
    pub end: Option<Time>,
    /// Whether the release still runs.
    pub goes_on: bool,
}

/// The entries of one environment, newest last, against what runs there.
#[derive(Debug, Clone)]
pub struct Stays<'a> {
    entries: Vec<Entry<'a>>,
    spans: Vec<Span>,
}

impl<'a> Stays<'a> {
    /// `running` is what runs by the registry's word.
    pub fn of(entries: Vec<Entry<'a>>, running: impl IntoIterator<Item = &'a str>) -> Stays<'a> {
        let running: BTreeSet<&str> = running.into_iter().collect();
        let goes_on = going_on(&entries, &running);
        let span = |(at, entry): (usize, &Entry<'_>)| {
            let before = at.checked_sub(1).and_then(|before| entries.get(before));
            let next = entries.get(at + 1);
            let goes_on = goes_on.get(at).copied().unwrap_or_default();
            let ended = || entry.until.or_else(|| next.and_then(|next| next.since));
            Span {
                start: entry.since.or_else(|| before.and_then(|before| before.until)),
                end: if goes_on { None } else { ended() },
                goes_on,
            }
        };
        let spans = entries.iter().enumerate().map(span).collect();
        Stays { entries, spans }
    }

    /// The stay of each entry, in their order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Since when a release runs that runs at a moment, `alone` or beside others; None: nobody knows. Of what
    /// was left, only ends that are `seen` count.
    ///
    /// `running` holds no times. The entry that goes on does; else it runs since it was gone over to.
    pub fn since(
        &self,
        version: &Version,
        alone: bool,
        at: Time,
        seen: impl Fn(Time) -> bool,
    ) -> Option<Time> {
        let covers = |(entry, span): &(&Entry<'_>, &Span)| {
            let begun = span.start.is_some_and(|start| start <= at);
            *entry.version == *version.text && begun && (span.goes_on || span.end.is_some_and(|end| at < end))
        };
        if let Some((_, span)) = self.entries.iter().zip(&self.spans).find(covers) {
            return span.start;
        }
        // What isn't over yet, and what isn't known to be over yet, tells nothing of now.
        let over =
            |at: &usize| self.spans.get(*at).is_some_and(|span| !span.goes_on && span.end.is_none_or(&seen));
        let over: Vec<usize> = (0..self.entries.len()).filter(over).collect();
        let last = self.last_to_end(over.iter().copied());
        // The last to be left made room for whatever runs alone now.
        let is = |at: usize| self.entries.get(at).is_some_and(|entry| *entry.version == *version.text);
        let left_for_it = |at: &usize| match self.entries.get(*at).and_then(|entry| entry.left_for) {
            Some(next) => *next == *version.text,
            None => alone && last == Some(*at) && !is(*at),
        };
        let arrival = self.last_to_end(over.iter().copied().filter(left_for_it))?;
        let own = self.last_to_end(over.iter().copied().filter(|at| is(*at)));
        // What was left for it before it was itself left is of an earlier stay.
        let anew = own.is_none_or(|own| !self.ended_later(own, arrival));
        self.spans.get(arrival).filter(|_| anew).and_then(|span| span.end)
    }

    /// Which of these entries was left last.
    fn last_to_end(&self, which: impl Iterator<Item = usize>) -> Option<usize> {
        which.reduce(|last, at| if self.ended_later(last, at) { last } else { at })
    }

    /// Whether an entry ended later than another. Where that isn't known, their order decides.
    fn ended_later(&self, at: usize, other: usize) -> bool {
        let end = |at: usize| self.spans.get(at).and_then(|span| span.end);
        match (end(at), end(other)) {
            (Some(end), Some(other)) => end > other,
            _ => at > other,
        }
    }
}

/// Which entries are of what still runs: the open ones of a release that runs, wherever they stand, unless
/// another entry of that release stands behind.
fn going_on(entries: &[Entry<'_>], running: &BTreeSet<&str>) -> Vec<bool> {
    let mut left: BTreeSet<&str> = running.clone();
    let mut goes_on: Vec<bool> =
        entries.iter().rev().map(|entry| left.remove(entry.version) && entry.open).collect();
    goes_on.reverse();
    goes_on
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{format_time, parse_time};
    use crate::version::{Order, Scale};

    fn day(text: &str) -> Option<Time> {
        parse_time(&format!("2025-11-{text:0>2}")).ok()
    }

    /// `VERSION SINCE UNTIL [LEFT_FOR]`, `-` for what isn't said.
    fn entry(text: &'static str) -> Entry<'static> {
        let words: Vec<&str> = text.split(' ').collect();
        let left_for = words.get(3).copied();
        let until = day(words[2]);
        Entry {
            version: words[0],
            since: day(words[1]),
            until,
            left_for,
            open: until.is_none() && left_for.is_none(),
        }
    }

    fn shown(time: Option<Time>) -> String {
        time.map_or("?".into(), |time| format_time(time)[8..10].trim_start_matches('0').to_owned())
    }

    /// The stays, `+` for one that goes on; and since when the first of `running` runs.
    fn told(running: &str, entries: &[&'static str]) -> String {
        let running: Vec<&str> = running.split(' ').collect();
        let stays = Stays::of(entries.iter().map(|text| entry(text)).collect(), running.iter().copied());
        let span = |span: &Span| {
            let end = if span.goes_on { "+".into() } else { shown(span.end) };
            format!("{}-{end}", shown(span.start))
        };
        let spans: Vec<String> = stays.spans().iter().map(span).collect();
        let version = Version::new(running[0], &Scale::new(Order::Semver));
        format!(
            "{} @{}",
            spans.join(" "),
            shown(stays.since(&version, running.len() == 1, day("30").unwrap(), |_| true))
        )
    }

    #[test]
    fn ends_are_taken_from_beside() {
        for (running, entries, want) in [
            ("3", &["1 1 5", "2 - 9"][..], "1-5 5-9 @9"),
            ("3", &["1 - -", "2 5 -", "3 9 -"], "?-5 5-9 9-+ @9"),
            ("3", &["1 - - 3", "2 - -"], "?-? ?-? @?"),
            // An open entry of a release that runs goes on wherever it stands.
            ("2 2.1", &["2 1 -", "2.1 10 20 2"], "1-+ 10-20 @1"),
            ("2 1", &["1 1 -", "2 5 -", "3 6 8 2"], "1-+ 5-+ 6-8 @5"),
            ("2", &["1 1 -", "2 5 -"], "1-5 5-+ @5"),
            // Not one that came back since.
            ("2", &["2 1 -", "1 5 9 2", "2 9 -"], "1-5 5-9 9-+ @9"),
            ("2", &["2 1 -", "2 5 9", "1 9 12 2"], "1-5 5-9 9-12 @12"),
        ] {
            assert_eq!(told(running, entries), want, "{running}: {entries:?}");
        }
    }

    #[test]
    fn what_was_left_for_a_release_tells_since_when_it_runs() {
        for (running, entries, want) in [
            ("2", &["1 1 5 2"][..], "@5"),
            ("2", &["1 1 5"], "@5"),
            ("2 3", &["1 1 5"], "@?"),
            ("2", &["1 1 5 2", "2 5 9 1"], "@?"),
            ("1", &["1 1 5 2", "2 5 9 1"], "@9"),
            // The last to be left, not the last that is written.
            ("3", &["2 1 25 3", "2.1 10 20 2"], "@25"),
            ("3", &["2 1 25", "2.1 10 20"], "@25"),
            ("2", &["1 1 5 2", "2 5 -", "3 9 12 2"], "@5"),
        ] {
            let told = told(running, entries);
            assert_eq!(told.rsplit(' ').next(), Some(want), "{running}: {entries:?}");
        }
    }
}
