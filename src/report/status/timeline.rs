//! One service's releases beside each other: what stands in which column and between which rows, for every format.

use std::cmp::Reverse;

use super::age;
use crate::judge::{self, Code, Entry, Mark, Weight};
use crate::model::{FlagKind, Key, Level, Rank, Service, Time, Version, format_until};
use crate::report::{plain, words};

/// Fewer alike releases than this aren't worth folding.
const FOLD: usize = 4;

/// The releases of a service, as one environment sees them.
#[derive(Debug)]
pub struct Timeline {
    /// The flags that count or will count, each a column.
    pub flags: Vec<FlagRow>,
    /// The releases, newest first.
    pub releases: Vec<ReleaseRow>,
}

/// A flag that marks some of the releases.
#[derive(Debug)]
pub struct FlagRow {
    /// Its id.
    pub id: Box<str>,
    /// Advisory or instability.
    pub kind: FlagKind,
    /// `CVE-2026-31337 (high 8.1, exploited): session fixation`
    pub words: String,
    /// From when on it counts; None: it does already.
    pub from: Option<Time>,
    /// How bad it is: compromised first, then exploited, then by severity.
    weight: (bool, bool, Rank),
}

/// A release.
#[derive(Debug)]
pub struct ReleaseRow {
    /// Its version.
    pub version: Box<str>,
    /// When it was released.
    pub released: Option<Time>,
    /// Whether it is registered.
    pub registered: bool,
    /// Whether its artifact is gone.
    pub withdrawn: bool,
    /// How it stands by itself for SRE.
    pub reliability: Level,
    /// How it stands by itself for security.
    pub security: Level,
    /// The verdict on going there from what runs.
    pub go: Level,
    /// Why, shortly.
    pub why: String,
    /// Whether it runs, and since when.
    pub runs: Option<Option<Time>>,
    /// Its stays here: since when, until when.
    pub ran: Vec<(Option<Time>, Time)>,
    /// Whether each of the flags hits it. None: it can't be told.
    pub hits: Vec<Option<bool>>,
    /// What stands between it and the next older one: floor, barriers, support.
    pub below: Vec<String>,
}

/// Releases in one row: one, or several that are alike.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'t> {
    /// The newest.
    pub first: &'t ReleaseRow,
    /// The oldest.
    pub last: &'t ReleaseRow,
    /// How many these are.
    pub count: usize,
}

impl Timeline {
    /// What is told of the releases.
    pub fn of(service: &Service, timeline: &judge::Timeline<'_>, now: Time) -> Timeline {
        let mut releases: Vec<ReleaseRow> = timeline.releases.iter().map(ReleaseRow::of).collect();
        for (index, entry) in timeline.releases.iter().enumerate() {
            let below = timeline.releases.get(index + 1);
            releases[index].below = between(service, entry, below, now);
        }
        Timeline { flags: timeline.flags.iter().map(FlagRow::of).collect(), releases }
    }

    /// The flags that get a column when there is room for so many: the worst, in the order of all.
    pub fn columns(&self, most: usize) -> Vec<usize> {
        let mut columns: Vec<usize> = (0..self.flags.len()).collect();
        columns.sort_by_key(|index| Reverse(self.flags[*index].weight));
        columns.truncate(most);
        columns.sort_unstable();
        columns
    }

    /// The rows: where releases are alike as far as these flags tell, one for a whole stretch of them, unless
    /// `all` are wanted.
    pub fn stretches(&self, flags: &[usize], all: bool) -> Vec<Stretch<'_>> {
        let mut stretches = Vec::new();
        for alike in self.releases.chunk_by(|release, next| release.goes_on_in(next, flags)) {
            match alike {
                [first, .., last] if alike.len() >= FOLD && !all => {
                    stretches.push(Stretch { first, last, count: alike.len() });
                }
                _ => stretches.extend(alike.iter().map(|one| Stretch { first: one, last: one, count: 1 })),
            }
        }
        stretches
    }
}

impl FlagRow {
    fn of(mark: &Mark<'_>) -> FlagRow {
        let flag = mark.flag;
        FlagRow {
            id: flag.id.as_str().into(),
            kind: flag.kind,
            words: plain(&Weight(flag).to_string()).into_owned(),
            from: mark.from,
            weight: (flag.compromised, flag.exploited, flag.severity.rank()),
        }
    }
}

impl ReleaseRow {
    fn of(entry: &Entry<'_>) -> ReleaseRow {
        ReleaseRow {
            version: plain(&entry.version.text).into(),
            released: entry.release.and_then(|release| release.released),
            registered: entry.release.is_some(),
            withdrawn: entry.itself.reasons.iter().any(|r| r.finding.code() == Code::WithdrawnRelease),
            reliability: entry.key(Key::Reliability),
            security: entry.key(Key::Security),
            go: entry.go.level,
            why: plain(&words::why(&entry.go)).into_owned(),
            runs: entry.runs,
            ran: entry.ran.clone(),
            hits: entry.hits.clone(),
            below: Vec::new(),
        }
    }

    /// Whether SRE has nothing against it that would stop a first deployment.
    pub fn is_stable(&self) -> bool {
        self.reliability.proceeds()
    }

    /// Whether security has nothing against it that would stop a first deployment.
    pub fn is_secure(&self) -> bool {
        self.security.proceeds()
    }

    /// Whether the next older release has nothing to tell apart from this one.
    fn goes_on_in(&self, next: &ReleaseRow, flags: &[usize]) -> bool {
        let hits =
            |row: &ReleaseRow| flags.iter().map(|flag| row.hits.get(*flag).copied()).collect::<Vec<_>>();
        let quiet = |row: &ReleaseRow| row.runs.is_none() && row.ran.is_empty() && row.registered;
        let told = |row: &ReleaseRow| (row.reliability, row.security, row.go, row.withdrawn);
        quiet(self)
            && quiet(next)
            && self.below.is_empty()
            && told(self) == told(next)
            && hits(self) == hits(next)
    }

    /// What it did here: `runs, for 4 days`, `ran 40 days, until 2026-11-02`.
    pub fn here(&self, now: Time) -> String {
        let mut parts = Vec::new();
        match self.runs {
            Some(Some(since)) => parts.push(format!("runs, for {}", age(now - since))),
            Some(None) => parts.push("runs".to_owned()),
            None => {}
        }
        if let Some((_, last)) = self.ran.last() {
            let known = self.ran.iter().map(|(since, until)| since.map(|since| *until - since));
            let known: Option<Vec<_>> = known.collect();
            let length = known.map(|known| age(known.into_iter().sum()));
            let times = (self.ran.len() > 1).then(|| format!("{} times", self.ran.len()));
            let until = format!("until {}", last.format("%Y-%m-%d"));
            let told: Vec<String> = times.into_iter().chain(length).chain([until]).collect();
            parts.push(format!("ran {}", told.join(", ")));
        }
        if self.withdrawn {
            parts.push("withdrawn".into());
        }
        if !self.registered {
            parts.push("not registered".into());
        }
        parts.join("; ")
    }
}

/// What stands between a release and the next older one.
fn between(service: &Service, entry: &Entry<'_>, below: Option<&Entry<'_>>, now: Time) -> Vec<String> {
    let mut lines = Vec::new();
    let crosses = |point: &Version| {
        !entry.version.is_older_than(point)
            && entry.version.place.is_some()
            && below.is_some_and(|below| below.version.is_older_than(point))
    };
    for barrier in service.barriers.iter().filter(|barrier| crosses(&barrier.before)) {
        let how = if barrier.undo.is_some() { "" } else { " (irreversible)" };
        lines.push(format!("barrier before {}: {}{how}", barrier.before, barrier.reason));
    }
    if let Some(floor) = service.floor.as_ref().filter(|floor| crosses(&floor.version)) {
        lines.push(format!("floor {}: what follows is below it", floor.version));
    }
    let support = |entry: &Entry<'_>| entry.support.map(|support| support.until);
    if let Some(until) = below.filter(|below| support(below) != support(entry)).and_then(support) {
        let until_words = format!("supported until {}", format_until(until));
        let words = if until <= now { format!("out of support ({until_words})") } else { until_words };
        lines.push(format!("{words}: what follows"));
    }
    lines.into_iter().map(|line| plain(&line).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;

    #[test]
    fn what_a_release_did_here_is_told_as_far_as_it_is_known() {
        let at = |text: &str| parse_time(text).unwrap();
        let here = |ran: &[(Option<&str>, &str)]| {
            let row = ReleaseRow {
                version: "1".into(),
                released: None,
                registered: true,
                withdrawn: false,
                reliability: Level::Allow,
                security: Level::Allow,
                go: Level::Allow,
                why: String::new(),
                runs: None,
                ran: ran.iter().map(|(since, until)| (since.map(at), at(until))).collect(),
                hits: Vec::new(),
                below: Vec::new(),
            };
            row.here(at("2026-11-22"))
        };
        let (first, last) = ((Some("2026-10-01"), "2026-10-03"), (Some("2026-11-18"), "2026-11-20"));
        assert_eq!(here(&[]), "");
        assert_eq!(here(&[last]), "ran 2 days, until 2026-11-20");
        assert_eq!(here(&[first, last]), "ran 2 times, 4 days, until 2026-11-20");
        assert_eq!(here(&[(None, last.1)]), "ran until 2026-11-20");
        assert_eq!(here(&[first, (None, last.1)]), "ran 2 times, until 2026-11-20");
    }
}
