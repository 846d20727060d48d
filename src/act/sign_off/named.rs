//! What may be named: only what is held, and only what the key may sign.

use super::{Refusal, gone, judged, unfit};
use crate::judge::{Code, Moment, Question, Reason, Relief, Verdict, and, judge, overview};
use crate::model::{Flag, Key, Level, Registry, SignOff, format_time};
use crate::registry::Loaded;
use crate::registry::wording::nearest;

/// A request that names nothing: what could be named is for whoever asked to say.
#[derive(Debug, Clone)]
pub struct Unnamed {
    /// The registry.
    pub before: Loaded,
    /// The move.
    pub question: Question,
    /// When.
    pub moment: Moment,
    /// The key that was to be signed for.
    pub key: Key,
}

impl Unnamed {
    /// How the move is judged.
    pub fn verdict(&self) -> Option<Verdict<'_>> {
        judged(&self.before, &self.question, self.moment)
    }
}

/// The move, judged without the signatures of this key: as it is, and with the mitigations that are said to be on.
pub(super) struct Trial {
    plain: Registry,
    mitigated: Registry,
    question: Question,
    moment: Moment,
    own: SignOff,
}

impl Trial {
    /// `own` is the sign-off with its mitigations, that accepts nothing yet.
    pub fn of(
        registry: &Registry,
        question: &Question,
        moment: Moment,
        own: SignOff,
    ) -> Result<Trial, Refusal> {
        let mut plain = registry.clone();
        let service = plain.services.get_mut(&question.service).ok_or_else(|| gone(&question.service))?;
        service.sign_offs.iter_mut().filter(|of| of.key == own.key).for_each(|of| of.accepts.clear());
        let mut mitigated = plain.clone();
        let service = mitigated.services.get_mut(&question.service);
        service.into_iter().for_each(|service| service.sign_offs.push(own.clone()));
        Ok(Trial { plain, mitigated, question: question.clone(), moment, own })
    }

    /// Holds the mitigations and the subjects against the move; gives what is worth a word.
    pub fn check(&self, accepts: &[Box<str>]) -> Result<Vec<String>, Refusal> {
        let missing = || gone(&self.question.service);
        let plain = judge(&self.plain, &self.question, self.moment).ok_or_else(missing)?;
        let mitigated = judge(&self.mitigated, &self.question, self.moment).ok_or_else(missing)?;
        compromised(&plain)?;
        let mut notes = Vec::new();
        for (flag, id) in &self.own.with {
            notes.extend(self.check_mitigation(flag.as_str(), id.as_str(), &plain)?);
        }
        for subject in accepts {
            if self.holds_what_runs(subject) {
                notes.push(format!(
                    "{subject} holds what runs there: that is accepted, a move back onto it isn't needed"
                ));
            } else {
                self.check_subject(subject, &plain, &mitigated)?;
            }
        }
        Ok(notes)
    }

    /// Whether a mitigation is offered by a flag that bears on this move, and is this key's to put on.
    fn check_mitigation(&self, flag: &str, id: &str, plain: &Verdict<'_>) -> Result<Option<String>, Refusal> {
        let key = self.own.key;
        let named = format!("{flag}/{id}");
        let reason = plain.reasons.iter().find(|reason| {
            reason.finding.flag().is_some_and(|of| of.id.as_str() == flag) && is_mitigated(reason)
        });
        let Some((reason, flag)) = reason.and_then(|reason| Some((reason, reason.finding.flag()?))) else {
            let offering = plain.reasons.iter().filter(|reason| is_mitigated(reason));
            let offers = offers(offering.filter_map(|reason| reason.finding.flag()), key);
            return Err(unfit(
                format!("--with `{named}`: `{flag}` is no reason of this move"),
                offered(&named, &offers),
            ));
        };
        if flag.kind.key() != key {
            let (kind, owner) = (flag.kind.word(), flag.kind.key());
            let message = format!(
                "--with `{named}`: {} is an {kind}, and that {id} is on is for {owner} to say",
                flag.id
            );
            return Err(unfit(message, format!("have it signed with --as {owner}")));
        }
        let Some(mitigation) = flag.mitigations.iter().find(|of| of.id.as_str() == id) else {
            let message = format!("--with `{named}`: {} offers no mitigation `{id}`", flag.id);
            return Err(unfit(message, offered(&named, &offers(std::iter::once(flag), key))));
        };
        let now = self.moment.now;
        let longest = self.plain.policy.sign_off_max;
        let (_, until) = self.own.mitigation(mitigation.hours, longest);
        let level =
            self.staying(&self.plain, flag.id.as_str()).max(Some(reason.level)).unwrap_or(reason.level);
        Ok(if level <= mitigation.lowers_to {
            Some(format!("{id} changes nothing here: {} is {} without it", flag.id, a(level)))
        } else {
            let hours = mitigation.hours.filter(|_| until > now);
            hours.map(|hours| {
                format!("{id} counts for {hours} hours, until {} at the latest", format_time(until))
            })
        })
    }

    /// Whether a subject is held once the mitigations are on, and is for this key to sign.
    fn check_subject(
        &self,
        subject: &str,
        plain: &Verdict<'_>,
        mitigated: &Verdict<'_>,
    ) -> Result<(), Refusal> {
        let key = self.own.key;
        let named = |verdict: &Verdict<'_>| -> Option<(Level, bool)> {
            let mut of = verdict.reasons.iter().filter(|reason| reason.finding.is_subject(subject));
            let held = of.clone().find(|reason| is_held_for(reason, key));
            held.or_else(|| of.next()).map(|reason| (reason.level, reason.signers.keys().contains(&key)))
        };
        let held: Vec<String> = held(mitigated, key);
        let rest = || match &held[..] {
            [] => format!("nothing is held for {key}"),
            held => format!("held for {key}: {}", and(held.iter().map(String::as_str))),
        };
        match (named(mitigated), named(plain)) {
            (None, _) => Err(unfit(
                format!("`{subject}` is no reason of this move"),
                self.meant(subject, mitigated, &rest()),
            )),
            (Some((Level::Hold, true)), _) => Ok(()),
            (Some((Level::Hold, false)), _) => {
                let signers = mitigated.reasons.iter().find(|reason| reason.finding.is_subject(subject));
                let owner = signers.map_or("", |reason| reason.signers.word());
                let message = format!("`{subject}` is for {owner} to sign, not for {key}");
                Err(unfit(message, format!("leave it out, and have it signed with --as {owner}; {}", rest())))
            }
            (Some((Level::Block, _)), _) => {
                let message = format!("`{subject}` is a block, and a block can't be signed off");
                Err(unfit(message, self.unblock(subject, mitigated)))
            }
            (Some((level, _)), Some((before, _))) if before > level && before >= Level::Hold => {
                let message = format!(
                    "`{subject}` isn't held once {} is on: it is {} then",
                    self.on(mitigated, subject),
                    a(level)
                );
                Err(unfit(message, format!("leave `--accept {subject}` out; --with alone is enough for it")))
            }
            (Some((level, _)), _) => {
                let message = format!(
                    "`{subject}` is only {}: it stops nothing, so there is nothing to accept",
                    a(level)
                );
                Err(unfit(message, format!("leave it out; {}", rest())))
            }
        }
    }

    /// Whether the release runs there and is held by a subject, as `status` and an open break-glass see it: going to
    /// what runs is stopped by nothing, and staying on it may have to be accepted all the same.
    fn holds_what_runs(&self, subject: &str) -> bool {
        self.of_what_runs(&self.mitigated, |reason| {
            is_held_for(reason, self.own.key) && reason.finding.is_subject(subject)
        })
        .is_some()
    }

    /// How a flag weighs on the release where it runs; None: it doesn't run there, or the flag says nothing of it.
    fn staying(&self, registry: &Registry, flag: &str) -> Option<Level> {
        self.of_what_runs(registry, |reason| {
            is_mitigated(reason) && reason.finding.flag().is_some_and(|of| of.id.as_str() == flag)
        })
    }

    /// The worst level of some reasons that `status` has against the release, where it runs.
    fn of_what_runs(&self, registry: &Registry, is_meant: impl Fn(&Reason<'_>) -> bool) -> Option<Level> {
        let (service, environment) = (&self.question.service, self.question.environment.as_ref());
        let seen = overview(registry, service, environment, self.moment)?;
        let runs = seen.releases().iter().filter(|runs| runs.version().text == self.question.to);
        let reasons = runs.flat_map(|runs| &runs.verdict.reasons);
        reasons.filter(|reason| is_meant(reason)).map(|reason| reason.level).max()
    }

    /// The mitigation of this sign-off that lowers a subject.
    fn on(&self, mitigated: &Verdict<'_>, subject: &str) -> String {
        let reasons = mitigated.reasons.iter().filter(|reason| reason.finding.is_subject(subject));
        let mut on = reasons.flat_map(|reason| &reason.relief).filter_map(|relief| match relief {
            Relief::Mitigated(mitigation, ..) => Some(mitigation.id.to_string()),
            _ => None,
        });
        on.next().unwrap_or_else(|| "the mitigation".to_owned())
    }

    /// What could have been meant by a subject that is no reason of the move.
    fn meant(&self, subject: &str, verdict: &Verdict<'_>, rest: &str) -> String {
        let of_flag = |flag: &&Flag| flag.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(subject));
        let mut flags = verdict.reasons.iter().filter_map(|reason| reason.finding.flag());
        if let Some(flag) = flags.find(of_flag) {
            return format!("it is an alias of `{}`: a sign-off names the flag's id; {rest}", flag.id);
        }
        let subjects: Vec<String> = verdict.reasons.iter().map(|reason| reason.finding.subject()).collect();
        match nearest(subject, subjects.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`? {rest}"),
            None => rest.to_owned(),
        }
    }

    /// What could be done about a block.
    fn unblock(&self, subject: &str, verdict: &Verdict<'_>) -> String {
        let reasons = verdict.reasons.iter().filter(|reason| reason.finding.is_subject(subject));
        let flags = reasons.filter(|reason| is_mitigated(reason)).filter_map(|reason| reason.finding.flag());
        let lowers = flags.flat_map(|flag| flag.mitigations.iter().map(move |m| (flag, m)));
        let lowers = lowers.filter(|(_, mitigation)| mitigation.lowers_to < Level::Block);
        let offer = lowers.min_by_key(|(_, mitigation)| mitigation.lowers_to);
        let targets = format!("`holdpoint targets {}` shows where else to go", self.question.service);
        match offer {
            Some((flag, mitigation)) => format!(
                "put on {} ({}), which makes it {}, and say so with --with {}/{}; or go elsewhere: {targets}",
                mitigation.id,
                mitigation.instruction,
                a(mitigation.lowers_to),
                flag.id,
                mitigation.id
            ),
            None => targets,
        }
    }
}

/// Nothing at all is signed for a compromised release.
fn compromised(verdict: &Verdict<'_>) -> Result<(), Refusal> {
    let found = verdict.reasons.iter().find(|reason| reason.finding.code() == Code::CompromisedRelease);
    let Some(reason) = found else { return Ok(()) };
    let (to, service) = (&verdict.movement.to, &verdict.movement.service.name);
    let message =
        format!("{to} is a compromised artifact by {}: no sign-off opens that", reason.finding.subject());
    Err(unfit(message, format!("never run it; `holdpoint targets {service}` shows where else to go")))
}

/// Whether a mitigation of its flag bears on a reason.
fn is_mitigated(reason: &Reason<'_>) -> bool {
    use Code::{AdvisoryCarried, AdvisoryReopened, DoesNotHelp, UnstableRelease};
    matches!(reason.finding.code(), AdvisoryReopened | AdvisoryCarried | UnstableRelease | DoesNotHelp)
}

fn is_held_for(reason: &Reason<'_>, key: Key) -> bool {
    reason.level == Level::Hold && reason.signers.keys().contains(&key)
}

/// The subjects that this key may sign.
fn held(verdict: &Verdict<'_>, key: Key) -> Vec<String> {
    let held = verdict.reasons.iter().filter(|reason| is_held_for(reason, key));
    held.map(|reason| reason.finding.subject()).collect()
}

/// The mitigations that flags of this key offer.
fn offers<'f>(flags: impl Iterator<Item = &'f Flag>, key: Key) -> Vec<String> {
    let of_key = flags.filter(|flag| flag.kind.key() == key);
    of_key.flat_map(|flag| flag.mitigations.iter().map(move |m| format!("{}/{}", flag.id, m.id))).collect()
}

fn offered(named: &str, offers: &[String]) -> String {
    match (nearest(named, offers.iter().map(String::as_str)), offers) {
        (_, []) => "no mitigation is offered".to_owned(),
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, offers) => format!("offered: {}", and(offers.iter().map(String::as_str))),
    }
}

/// A level as a thing.
fn a(level: Level) -> &'static str {
    match level {
        Level::Allow => "no obstacle",
        Level::Warn => "a warning",
        Level::Hold => "a hold",
        Level::Block => "a block",
    }
}
