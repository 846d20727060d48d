//! What clearing a flag means for one service: the registry before, held against the registry after.

use super::Candidate;
use crate::judge::{
    Code, Hit, Moment, Overview, Question, Standing, Verdict, WayBack, environments, judge, overview,
    portrait,
};
use crate::model::{Key, Level, MoveKind, Name, Registry, Release, Service, Time, Version};

/// What clearing a flag means for one service.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The service.
    pub service: Name,
    /// The registered releases that the flag no longer hits.
    pub freed: Vec<Freed>,
    /// Those that it still hits.
    pub still: Vec<Box<str>>,
    /// Freed releases that run, and where.
    pub runs: Vec<Hit>,
    /// What the judge says otherwise of what runs, and of going back to what ran.
    pub changes: Vec<Change>,
    /// How many of those moves come out as they did.
    pub same: usize,
    /// Environments that have a safe way back again, and to which release.
    pub ways_back: Vec<(Name, Box<str>)>,
    /// Releases that were held as ping-pong for this flag and are no longer.
    pub released: Vec<(Name, Box<str>)>,
    /// Sign-offs that count, and accept what there is no need to accept any more.
    pub sign_offs: Vec<Pointless>,
}

/// A release that is freed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freed {
    /// Its version.
    pub version: Box<str>,
    /// The other flags that hit it.
    pub others: Vec<Box<str>>,
}

/// A move, or staying, that the judge sees otherwise.
#[derive(Debug, Clone)]
pub struct Change {
    /// Where.
    pub environment: Name,
    /// The move; None: it runs there.
    pub kind: Option<MoveKind>,
    /// What runs.
    pub from: Option<Box<str>>,
    /// The release.
    pub to: Box<str>,
    /// The verdict before, and both keys.
    pub before: (Level, [Level; 2]),
    /// The verdict after, and both keys.
    pub after: (Level, [Level; 2]),
    /// What decides it after: the subjects of the reasons that are as heavy as the verdict, if it is no allow.
    pub because: Vec<String>,
}

/// A sign-off that nothing needs any more.
#[derive(Debug, Clone)]
pub struct Pointless {
    /// Its id.
    pub id: Box<str>,
    /// Who signed.
    pub by: Box<str>,
    /// For which release, and where.
    pub to: (Box<str>, Name),
    /// Until when it counts.
    pub until: Time,
    /// It accepts other subjects as well.
    pub partly: bool,
}

impl Effect {
    /// Holds the two against each other.
    pub(super) fn of(
        before: &Registry,
        after: &Registry,
        name: &Name,
        target: &Candidate,
        now: Time,
    ) -> Effect {
        let moment = Moment::present(now);
        let mut effect = Effect {
            service: name.clone(),
            freed: Vec::new(),
            still: Vec::new(),
            runs: Vec::new(),
            changes: Vec::new(),
            same: 0,
            ways_back: Vec::new(),
            released: Vec::new(),
            sign_offs: Vec::new(),
        };
        effect.see_releases((before, after), target, moment);
        if let Some(service) = before.services.get(name) {
            for environment in environments(service) {
                effect.see_place((before, after), service, environment, moment);
            }
        }
        effect
    }

    fn see_releases(&mut self, (before, after): (&Registry, &Registry), target: &Candidate, moment: Moment) {
        let (Some(old), Some(new)) = (before.services.get(&self.service), after.services.get(&self.service))
        else {
            return;
        };
        let flag = |registry, service| target.among(Registry::flags_of(registry, service));
        let (Some(old_flag), Some(new_flag)) = (flag(before, old), flag(after, new)) else { return };
        let portraits = portrait(before, &self.service, old_flag, moment).zip(portrait(
            after,
            &self.service,
            new_flag,
            moment,
        ));
        let Some((was, is)) = portraits else { return };
        let withdrawn = matches!(is.standing, Standing::Withdrawn(_));
        let hit_still = |version: &Version| {
            !withdrawn && is.releases.iter().any(|release| release.version.text == version.text)
        };
        for release in was.releases {
            let version = &release.version;
            if hit_still(version) {
                self.still.push(version.text.clone());
            } else {
                let others = others(after, new, release, target, moment);
                self.freed.push(Freed { version: version.text.clone(), others });
            }
        }
        let runs_still = |hit: &Hit| !withdrawn && is.runs.contains(hit);
        self.runs = was.runs.into_iter().filter(|hit| !runs_still(hit)).collect();
        let counts =
            was.sign_offs.iter().filter_map(|(sign_off, counts)| Some((*sign_off, *counts.as_ref().ok()?)));
        for (sign_off, until) in counts {
            let freed = !hit_still(&Version::new(&sign_off.to, &new.scale));
            let id = target.id.as_str();
            if freed {
                self.sign_offs.push(Pointless {
                    id: sign_off.id.as_str().into(),
                    by: sign_off.by.clone(),
                    to: (sign_off.to.clone(), sign_off.environment.clone()),
                    until,
                    partly: sign_off.accepts.iter().any(|subject| **subject != *id),
                });
            }
        }
    }

    /// Judges what runs in a place, and going to each release that ran there, before and after.
    fn see_place(
        &mut self,
        (before, after): (&Registry, &Registry),
        service: &Service,
        place: &Name,
        moment: Moment,
    ) {
        let seen = |registry| overview(registry, &service.name, Some(place), moment);
        let (Some(old), Some(new)) = (seen(before), seen(after)) else { return };
        if let (WayBack::Desert(_), WayBack::To(way)) = (&old.way_back, &new.way_back) {
            self.ways_back.push((place.clone(), way.movement.to.text.clone()));
        }
        for (was, is) in old.releases().iter().zip(new.releases()) {
            self.compare(place, None, &was.verdict, &is.verdict);
        }
        for to in ran_here(service, place, &old, before, moment) {
            let question = Question {
                to: to.clone(),
                ..Question::of_place(&service.name, Some(place), MoveKind::Rollback)
            };
            let verdicts = judge(before, &question, moment).zip(judge(after, &question, moment));
            let Some((was, is)) = verdicts else { continue };
            self.compare(place, Some(is.movement.kind), &was, &is);
            let bounces = |verdict: &Verdict<'_>| {
                verdict.reasons.iter().any(|reason| reason.finding.code() == Code::PingPong)
            };
            if bounces(&was) && !bounces(&is) {
                self.released.push((place.clone(), to));
            }
        }
    }

    fn compare(&mut self, place: &Name, kind: Option<MoveKind>, was: &Verdict<'_>, is: &Verdict<'_>) {
        let levels = |verdict: &Verdict<'_>| (verdict.level, Key::ALL.map(|key| verdict.key(key)));
        if levels(was) == levels(is) {
            self.same += 1;
            return;
        }
        let decides =
            |reason: &&crate::judge::Reason<'_>| reason.level == is.level && is.level > Level::Allow;
        self.changes.push(Change {
            environment: place.clone(),
            kind,
            from: kind.and(is.movement.from.as_ref()).map(|from| from.text.clone()),
            to: is.movement.to.text.clone(),
            before: levels(was),
            after: levels(is),
            because: is
                .reasons
                .iter()
                .filter(decides)
                .map(|reason| match reason.finding.flag() {
                    Some(flag) => format!("{} {}", reason.finding.code().word(), flag.id),
                    None => reason.finding.subject(),
                })
                .collect(),
        });
    }
}

/// The other flags that count and hit a release.
fn others(
    registry: &Registry,
    service: &Service,
    release: &Release,
    target: &Candidate,
    moment: Moment,
) -> Vec<Box<str>> {
    let hits = |flag: &&crate::model::Flag| {
        !target.is(flag)
            && Standing::of(flag, moment) == Standing::Active
            && flag.affects.iter().any(|affects| {
                affects.scope.covers(&service.name)
                    && affects.hits(&release.version, Some(release)) == Some(true)
            })
    };
    registry.flags_of(service).filter(hits).map(|flag| flag.id.as_str().into()).collect()
}

/// The releases that ran in a place within `policy.target_age` and don't run there now, the newest stay first.
fn ran_here(
    service: &Service,
    place: &Name,
    now: &Overview<'_>,
    registry: &Registry,
    moment: Moment,
) -> Vec<Box<str>> {
    let window = registry.policy.target_age;
    let lately = service.ran.iter().rev().filter(|ran| {
        ran.environment == *place && ran.until.is_none_or(|until| moment.now < window.after(until))
    });
    let mut versions: Vec<Box<str>> = Vec::new();
    for ran in lately {
        let runs = now.releases().iter().any(|runs| runs.version().text == ran.version.text);
        if !runs && !versions.contains(&ran.version.text) {
            versions.push(ran.version.text.clone());
        }
    }
    versions
}
