//! The naive judge: the contract's table, line by line, with loops and sets.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use holdpoint::judge::{Arrival, Artifact, Moment, Question};
use holdpoint::model::{
    FlagKind, Key, Level, MoveKind, Name, Owner, Registry, Release, Service, Time, Version,
};

use super::levels::{Around, Reason, weigh};
use super::past::{Known, State, Stay, flags, groups, older, release, seen, state};

/// What a judge answers, in words that two judges can be compared by.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub kind: MoveKind,
    pub from: Option<String>,
    pub level: Level,
    /// Reliability, security.
    pub keys: [Level; 2],
    /// Code, subject, level; sorted.
    pub reasons: Vec<(String, String, Level)>,
    pub reopened: BTreeSet<String>,
    pub carried: BTreeSet<String>,
    pub closed: BTreeSet<String>,
    pub needed: Vec<Key>,
    /// Sign-offs that count, until when, and whether they are the asker's own.
    pub given: BTreeSet<(String, Time, bool)>,
    /// Active flags on what runs that the target has as well, and those that it doesn't have.
    pub kept: BTreeSet<String>,
    pub left: BTreeSet<String>,
}

pub(super) const SECURITY: Owner = Owner::One(Key::Security);
pub(super) const RELIABILITY: Owner = Owner::One(Key::Reliability);

/// Judges one move. None: no such service.
pub fn judge(registry: &Registry, question: &Question, moment: Moment) -> Option<Answer> {
    Some(case(registry, question, moment)?.judge())
}

pub(super) fn case<'a>(registry: &'a Registry, question: &'a Question, moment: Moment) -> Option<Case<'a>> {
    let service = registry.services.get(&question.service)?;
    let place = question.environment.as_ref();
    let mut state = state(service, place, moment);
    let entered = state.entered.take();
    let mut case = Case {
        registry,
        service,
        place,
        moment,
        said: question.from.as_ref().map(|from| Version::new(from, &service.scale)),
        to: Version::new(&question.to, &service.scale),
        asked: question.asked,
        incident: incident(registry, question, moment),
        asker: question.asker.as_deref(),
        artifact: question.along.artifact.as_ref(),
        moves: &question.along.moves,
        state,
    };
    // What was accepted of a flag stands while what runs has it; of the release itself, while it runs.
    let known = flags(registry, service, moment);
    case.state.entered = entered.filter(|entered| {
        let code =
            |subject: &str| holdpoint::judge::Code::from_word(subject.split(':').next().unwrap()).is_some();
        let has = |subject: &str| {
            case.running().iter().any(|version| {
                known
                    .iter()
                    .any(|flag| flag.active && flag.flag.id.as_str() == subject && case.hits(flag, version))
            })
        };
        entered.subjects.iter().any(|subject| code(subject) || has(subject))
    });
    Some(case)
}

/// The incident that is named, else one that goes on for the service.
fn incident(registry: &Registry, question: &Question, moment: Moment) -> Option<String> {
    let mut current = registry.incidents.iter().filter(|incident| {
        let ended = incident.ended.is_some_and(|ended| seen(ended, moment).is_some());
        incident.services.contains(&question.service) && seen(incident.started, moment).is_some() && !ended
    });
    let named = |id: &str| question.incident.as_ref().is_some_and(|wanted| **wanted == *id);
    let chosen = current.clone().find(|incident| named(incident.id.as_str())).or_else(|| current.next());
    chosen.map(|incident| incident.id.to_string())
}

/// One move with all that is known round it.
pub(super) struct Case<'a> {
    pub(super) registry: &'a Registry,
    pub(super) service: &'a Service,
    pub(super) place: Option<&'a Name>,
    pub(super) moment: Moment,
    /// `--from`.
    pub(super) said: Option<Version>,
    pub(super) to: Version,
    pub(super) asked: MoveKind,
    pub(super) incident: Option<String>,
    pub(super) asker: Option<&'a str>,
    pub(super) artifact: Option<&'a Artifact>,
    pub(super) moves: &'a [Arrival],
    pub(super) state: State<'a>,
}

/// What follows from a case before any reason is looked for.
pub(super) struct Facts<'a> {
    pub(super) from: Option<Version>,
    pub(super) kind: MoveKind,
    pub(super) baseline: Vec<Version>,
    pub(super) unknown_from: bool,
    /// The target runs here now.
    pub(super) runs: bool,
    pub(super) target: Option<&'a Release>,
    /// Releases that are registered by then.
    pub(super) registered: Vec<&'a Release>,
    pub(super) flags: Vec<Known<'a>>,
}

impl<'a> Case<'a> {
    pub(super) fn running(&self) -> &[Version] {
        self.state.running.as_deref().unwrap_or_default()
    }

    pub(super) fn hits(&self, flag: &Known, version: &Version) -> bool {
        flag.surely_hits(version, self.place)
    }

    fn spares(&self, flag: &Known, version: &Version) -> bool {
        flag.hits(version, self.place) == Some(false)
    }

    /// `--from`, else the newest of what runs other than the target, else the target when only it runs.
    fn from(&self) -> Option<Version> {
        if let Some(said) = &self.said {
            return Some(said.clone());
        }
        let mut from: Option<&Version> = None;
        for version in self.running() {
            if version.text == self.to.text {
                continue;
            }
            from = match from {
                Some(best) if best.place > version.place => Some(best),
                _ => Some(version),
            };
        }
        from.or_else(|| self.running().first()).cloned()
    }

    /// What runs in the nearest group that has any, on a first deployment into it.
    fn first_baseline(&self) -> Option<Vec<Version>> {
        let place = self.place?;
        if !self.running().is_empty() || self.state.told || self.said.is_some() {
            return None;
        }
        for group in groups(self.registry, place).iter().skip(1) {
            let mut found: Vec<Version> = vec![];
            let mut members: BTreeSet<&Name> = self.registry.environments.keys().collect();
            members.extend(self.service.running.keys());
            members.extend(self.service.ran.iter().map(|ran| &ran.environment));
            for member in members {
                if groups(self.registry, member).contains(group) {
                    found.extend(state(self.service, Some(member), self.moment).running.unwrap_or_default());
                }
            }
            if !found.is_empty() {
                return Some(found);
            }
        }
        None
    }

    fn baseline(&self, from: Option<&Version>) -> Vec<Version> {
        if from.is_none() && self.state.running.as_ref().is_some_and(Vec::is_empty) {
            return vec![];
        }
        let mut baseline = vec![];
        let running = |version: &Version| self.running().iter().any(|runs| runs.text == version.text);
        match self.state.entered {
            None => {
                baseline.extend(self.running().iter().cloned());
                baseline.extend(from.cloned());
            }
            Some(entered) => {
                baseline.extend(entered.from.clone());
                baseline.extend(from.filter(|from| !running(from)).cloned());
                if entered.from.is_none() {
                    return baseline;
                }
            }
        }
        let left = self.state.entered.and_then(|entered| {
            let from = entered.from.as_ref()?;
            let of_it = |stay: &&Stay| stay.version.text == from.text;
            self.state.stays.iter().filter(of_it).map(|stay| stay.end).max()
        });
        for stay in &self.state.stays {
            let recent = self.moment.now < self.registry.policy.baseline.after(stay.end);
            let since_entered = left.is_some_and(|left| stay.start.is_some_and(|start| start >= left));
            if older(&self.to, &stay.version) && recent && !since_entered {
                baseline.push(stay.version.clone());
            }
        }
        baseline
    }

    pub(super) fn facts(&self) -> Facts<'a> {
        let first = self.first_baseline();
        let from = self.from();
        let unplaceable = self.running().iter().chain(&from).any(|version| version.place.is_none());
        let nobody_knows = self.state.running.is_none() && self.said.is_none() && first.is_none();
        let empty = self.said.is_none()
            && (first.is_some() || self.state.running.as_ref().is_some_and(Vec::is_empty));
        let kind = match &from {
            None if empty => MoveKind::Redeploy,
            Some(from) if from.text == self.to.text => MoveKind::Redeploy,
            Some(from) if from.place.is_some() && self.to.place.is_some() => {
                if older(&self.to, from) {
                    MoveKind::Rollback
                } else {
                    MoveKind::Redeploy
                }
            }
            _ => self.asked,
        };
        Facts {
            kind,
            baseline: first.unwrap_or_else(|| self.baseline(from.as_ref())),
            unknown_from: nobody_knows || unplaceable,
            runs: self.running().iter().any(|version| version.text == self.to.text),
            target: release(self.service, &self.to.text, self.moment),
            registered: (self.service.releases.iter())
                .filter(|known| release(self.service, &known.version.text, self.moment).is_some())
                .collect(),
            flags: flags(self.registry, self.service, self.moment),
            from,
        }
    }

    fn incident_severity(&self) -> Option<String> {
        let mut all = self.registry.incidents.iter();
        let it = all.find(|incident| Some(incident.id.as_str()) == self.incident.as_deref())?;
        it.severity.as_ref().map(ToString::to_string)
    }

    fn judge(&self) -> Answer {
        let facts = self.facts();
        let mut reasons: Vec<Reason> = vec![];
        let (mut reopened, mut carried, mut closed) = (vec![], vec![], vec![]);
        for flag in &facts.flags {
            self.exposure(&facts, flag, &mut reasons, [&mut reopened, &mut carried, &mut closed]);
            self.notices(&facts, flag, &mut reasons);
        }
        self.security(&facts, &mut reasons);
        self.barriers(&facts, &mut reasons);
        self.history(&facts, &mut reasons);
        self.registration(&facts, &mut reasons);
        self.upkeep(&facts, &mut reasons);
        self.beside(&facts, &mut reasons);
        self.freezes(&facts, &mut reasons);
        let around = Around {
            registry: self.registry,
            service: self.service,
            place: self.place,
            kind: facts.kind,
            tags: facts
                .target
                .map(|target| target.tags.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            incident: self.incident.clone(),
            incident_severity: self.incident_severity(),
            asker: self.asker,
            on: self.mitigations_on(),
            now: self.moment.now,
        };
        for reason in &mut reasons {
            weigh(reason, &around);
        }
        self.relieve(&facts, &mut reasons, &reopened, &closed);
        let worst = |key: Option<Key>| {
            let of_key = |reason: &&Reason| key.is_none_or(|key| reason.owner.keys().contains(&key));
            reasons.iter().filter(of_key).map(|reason| reason.level).max().unwrap_or(Level::Allow)
        };
        let ids = |flags: &[&Known]| flags.iter().map(|known| known.flag.id.to_string()).collect();
        let wanted = |key: &Key| reasons.iter().any(|reason| reason.wanting.contains(key));
        let mut words: Vec<_> = reasons
            .iter()
            .map(|reason| (reason.code.to_owned(), reason.subject.clone(), reason.level))
            .collect();
        words.sort();
        Answer {
            kind: facts.kind,
            from: facts.from.as_ref().map(|from| from.text.to_string()),
            level: worst(None),
            keys: [worst(Some(Key::Reliability)), worst(Some(Key::Security))],
            reasons: words,
            reopened: ids(&reopened),
            carried: ids(&carried),
            closed: ids(&closed),
            needed: Key::ALL.into_iter().filter(wanted).collect(),
            given: (self.valid_sign_offs().into_iter())
                .map(|sign_off| (sign_off.id.to_string(), self.lapses(sign_off), self.asks(sign_off)))
                .collect(),
            kept: self.of_from(&facts, |flag| !self.spares(flag, &self.to)),
            left: self.of_from(&facts, |flag| self.spares(flag, &self.to)),
        }
    }

    /// The active flags of either kind on what runs, of which this is true.
    fn of_from(&self, facts: &Facts, which: impl Fn(&Known) -> bool) -> BTreeSet<String> {
        let Some(from) = &facts.from else { return BTreeSet::new() };
        let flags = facts.flags.iter().filter(|flag| flag.active && self.hits(flag, from) && which(flag));
        flags.map(|flag| flag.flag.id.to_string()).collect()
    }

    /// Reopens, carries, closes; unstable, does not help; compromised.
    fn exposure<'k>(
        &self,
        facts: &Facts,
        flag: &'k Known<'a>,
        reasons: &mut Vec<Reason<'a>>,
        changes: [&mut Vec<&'k Known<'a>>; 3],
    ) {
        if !flag.active {
            return;
        }
        let [reopened, carried, closed] = changes;
        let advisory = flag.flag.kind == FlagKind::Advisory;
        if self.hits(flag, &self.to) {
            let everywhere = facts.baseline.iter().all(|version| self.hits(flag, version));
            let carries = facts.runs || (!facts.unknown_from && !facts.baseline.is_empty() && everywhere);
            if flag.flag.compromised {
                reasons.push(of_flag("compromised-release", SECURITY, flag));
            }
            if advisory {
                if carries { carried.push(flag) } else { reopened.push(flag) }
            }
            match (advisory, carries) {
                (true, _) if flag.flag.compromised => {}
                (true, true) => reasons.push(of_flag("advisory-carried", SECURITY, flag)),
                (true, false) => reasons.push(of_flag("advisory-reopened", SECURITY, flag)),
                (false, true) => reasons.push(of_flag("does-not-help", RELIABILITY, flag)),
                (false, false) => reasons.push(of_flag("unstable-release", RELIABILITY, flag)),
            }
        }
        let leaves = facts.from.as_ref().is_some_and(|from| self.hits(flag, from));
        if advisory && leaves && self.spares(flag, &self.to) {
            closed.push(flag);
            reasons.push(of_flag("advisory-closed", SECURITY, flag));
        }
    }

    /// Scheduled, withdrawn, elsewhere, unclear.
    fn notices(&self, facts: &Facts, flag: &Known<'a>, reasons: &mut Vec<Reason<'a>>) {
        let owner = Owner::One(flag.flag.kind.key());
        let now = self.moment.now;
        let lately = |at: Time| now < at + TimeDelta::days(7);
        let hit = self.hits(flag, &self.to);
        if flag.scheduled && hit {
            reasons.push(of_flag("flag-scheduled", owner, flag));
        }
        let withdrawn = flag.withdrawn.is_some_and(lately) && hit;
        let narrowed = flag.withdrawn.is_none()
            && flag.narrowed.is_some_and(lately)
            && flag.once_hit(&self.to, self.place)
            && !hit;
        if withdrawn || narrowed {
            reasons.push(of_flag("flag-withdrawn", owner, flag));
        }
        if flag.active && self.spares(flag, &self.to) && flag.hits_elsewhere(&self.to, self.place) {
            reasons.push(of_flag("flagged-elsewhere", owner, flag));
        }
        let before = facts.registered.iter().filter(|known| older(&known.version, &self.to));
        let nearest = before.clone().map(|known| &known.version.place).max();
        let unclear = before
            .filter(|known| Some(&known.version.place) == nearest)
            .any(|known| flag.hits_without_fix(&known.version, self.place));
        if flag.active && unclear && self.spares(flag, &self.to) {
            reasons.push(of_flag("fix-unclear", owner, flag));
        }
    }

    /// Floor, support, lapsed acceptance.
    fn security(&self, facts: &Facts, reasons: &mut Vec<Reason<'a>>) {
        let from = facts.from.as_ref();
        if let Some(floor) = &self.service.floor
            && older(&self.to, &floor.version)
        {
            let below = |from: &Version| older(from, &floor.version) && !older(&self.to, from);
            let already = self.all_that_may_run(from, below);
            reasons.push(plain("below-floor", SECURITY, already.then_some("already-below")));
        }
        let out = |version: &Version| {
            let mut lines =
                self.service.support.iter().filter(|line| {
                    line.versions.contains(&version.text, version.place.as_ref()) == Some(true)
                });
            lines.clone().count() > 0 && lines.all(|line| self.moment.now >= line.until)
        };
        if out(&self.to) {
            let already = self.all_that_may_run(from, out);
            reasons.push(plain("out-of-support", SECURITY, already.then_some("already-out")));
        }
        if let (Some(entered), Some(from)) = (self.state.entered, from) {
            let exposed = facts.flags.iter().any(|flag| {
                let accepted = entered.subjects.iter().any(|subject| **subject == *flag.flag.id.as_str());
                accepted && flag.flag.kind == FlagKind::Advisory && flag.active && self.hits(flag, &self.to)
            });
            let restart = facts.runs && from.text == self.to.text;
            if self.moment.now >= entered.expires && !restart && exposed {
                reasons.push(plain("acceptance-expired", SECURITY, None));
            }
        }
    }

    /// Whether it is true of `from`, and of all that runs as well when the caller says otherwise.
    pub(super) fn all_that_may_run(&self, from: Option<&Version>, holds: impl Fn(&Version) -> bool) -> bool {
        let running: &[Version] = if self.caller_disagrees() { self.running() } else { &[] };
        from.is_some_and(&holds) && running.iter().all(holds)
    }

    pub(super) fn caller_disagrees(&self) -> bool {
        let says = |said: &Version| self.running().iter().all(|version| version.text != said.text);
        self.said.as_ref().is_some_and(says)
    }

    fn barriers(&self, facts: &Facts, reasons: &mut Vec<Reason<'a>>) {
        for barrier in &self.service.barriers {
            if facts.runs || !older(&self.to, &barrier.before) {
                continue;
            }
            let reached = |version: &Version| version.place.is_some() && !older(version, &barrier.since);
            let here: Vec<&Version> = self.running().iter().chain(&facts.from).collect();
            let claimed = self.caller_disagrees() && self.state.running.is_some();
            let real: Vec<&Version> = if claimed { self.running().iter().collect() } else { here.clone() };
            let back_already = real.iter().any(|version| older(version, &barrier.before));
            let stays = &self.state.stays;
            let mut crossed = here.iter().any(|version| reached(version));
            for (n, stay) in stays.iter().enumerate() {
                let mut last = true;
                for (m, other) in stays.iter().enumerate() {
                    if !older(&other.version, &barrier.before) {
                        continue;
                    }
                    // While one replaces the other both run; without dates the order of the lines counts.
                    let after = if stay.ended && other.ended {
                        stay.start.is_some_and(|start| start >= other.end) || stay.end > other.end
                    } else {
                        n > m
                    };
                    last = last && after;
                }
                crossed = crossed || (reached(&stay.version) && last && !back_already);
            }
            if crossed || facts.unknown_from {
                let mut reason = plain("barrier-crossed", RELIABILITY, (!crossed).then_some("possible"));
                reason.subject = format!("barrier-crossed:{}", barrier.before.text);
                reason.reversible = Some(barrier.undo.is_some());
                reasons.push(reason);
            }
        }
    }

    /// Ping-pong, unproven, far back, no way back.
    fn history(&self, facts: &Facts, reasons: &mut Vec<Reason<'a>>) {
        let now = self.moment.now;
        let open = facts.flags.iter().any(|flag| flag.active && self.hits(flag, &self.to));
        let ever =
            (facts.flags.iter()).any(|flag| self.hits(flag, &self.to) || flag.once_hit(&self.to, self.place));
        let settled =
            self.service.settled.get(&self.to.text).and_then(|settled| seen(settled.at, self.moment));
        let again = self.state.stays.iter().any(|stay| {
            stay.version.text == self.to.text
                && stay.rolled_back
                && now < self.registry.policy.ping_pong.after(stay.end)
        });
        let fled =
            self.state.stays.iter().filter(|stay| stay.version.text == self.to.text && stay.rolled_back);
        let recent = fled.filter(|stay| now < self.registry.policy.ping_pong.after(stay.end));
        // Of several that ended together the registry's last.
        let last = recent.max_by_key(|stay| stay.end);
        let is_settled =
            last.is_some_and(|stay| settled.is_some_and(|at| at >= stay.start.unwrap_or(stay.end)));
        let again = again && !is_settled;
        if !facts.runs && again && (open || !ever) {
            reasons.push(plain("ping-pong", Owner::Both, None));
        }
        let ran = self.state.stays.iter().any(|stay| stay.version.text == self.to.text);
        if facts.kind == MoveKind::Rollback && self.state.told && !ran && !facts.runs {
            reasons.push(plain("unproven-release", RELIABILITY, None));
        }
        let released = |version: &Version| {
            let known = release(self.service, &version.text, self.moment)?;
            seen(known.released?, self.moment)
        };
        let mut left = vec![facts.from.as_ref().and_then(released)];
        if self.caller_disagrees() {
            left.extend(self.running().iter().map(released));
        }
        if let (Some(from), Some(to)) = (left.into_iter().flatten().max(), released(&self.to)) {
            let case = (from - to > TimeDelta::days(365)).then_some("over-a-year");
            if from - to > TimeDelta::days(90) {
                reasons.push(plain("far-back", RELIABILITY, case));
            }
        }
        if facts.kind == MoveKind::Redeploy && self.to.place.is_some() && !self.way_back(facts) {
            reasons.push(plain("no-way-back", RELIABILITY, None));
        }
    }

    /// Whether, once this move is done, some older release could be returned to without a hold.
    fn way_back(&self, facts: &Facts) -> bool {
        let mut after = self.state.clone();
        // Nobody wrote down since when it ran.
        for left in self.running() {
            let end = self.moment.now;
            after.stays.push(Stay {
                version: left.clone(),
                start: None,
                end,
                ended: true,
                rolled_back: false,
            });
            after.told = true;
        }
        after.running = Some(vec![self.to.clone()]);
        // An acceptance stands until what was accepted is left.
        after.entered = after.entered.filter(|entered| {
            facts.flags.iter().any(|flag| {
                let accepted = entered.subjects.iter().any(|subject| **subject == *flag.flag.id.as_str());
                accepted && flag.active && self.hits(flag, &self.to)
            })
        });
        facts.registered.iter().filter(|known| older(&known.version, &self.to)).any(|known| {
            let back = Case {
                said: None,
                to: known.version.clone(),
                asked: MoveKind::Rollback,
                incident: self.incident.clone(),
                artifact: None,
                state: after.clone(),
                ..*self
            };
            // Who needs it has an incident, and in one a freeze stops nothing.
            back.judge().reasons.iter().all(|(code, _, level)| code == "frozen" || *level <= Level::Warn)
        })
    }

    /// Withdrawn, unknown; what runs isn't known, or not agreed on.
    fn registration(&self, facts: &Facts, reasons: &mut Vec<Reason<'a>>) {
        if let Some(target) = facts.target {
            let withdrawn = target.withdrawn.as_ref().and_then(|withdrawn| seen(withdrawn.at, self.moment));
            if withdrawn.is_some() {
                reasons.push(plain("withdrawn-release", RELIABILITY, None));
            }
        } else {
            let known = &facts.registered;
            let newest = !known.is_empty() && known.iter().all(|known| older(&known.version, &self.to));
            let case = if facts.runs {
                Some("running")
            } else if self.to.place.is_none() {
                Some("unplaceable")
            } else {
                newest.then_some("newest")
            };
            reasons.push(plain("unknown-release", Owner::Both, case));
        }
        if facts.unknown_from {
            reasons.push(plain("unknown-from", Owner::Both, None));
        }
        if let (Some(said), Some(running)) = (&self.said, &self.state.running)
            && !running.iter().any(|version| version.text == said.text)
        {
            reasons.push(plain("from-disagrees", Owner::Both, None));
        }
    }
}

pub(super) fn plain<'a>(code: &'static str, owner: Owner, case: Option<&'static str>) -> Reason<'a> {
    Reason {
        code,
        subject: code.into(),
        owner,
        case,
        flag: None,
        reversible: None,
        level: Level::Allow,
        sign: owner,
        wanting: vec![],
    }
}

fn of_flag<'a>(code: &'static str, owner: Owner, known: &Known<'a>) -> Reason<'a> {
    Reason { subject: known.flag.id.to_string(), flag: Some(known.flag), ..plain(code, owner, None) }
}
