//! What lowers a reason after its rule: a better trade, an abort, mitigations, sign-offs. In this order.

use crate::judge::exposure::Exposure;
use crate::judge::scene::Scene;
use crate::judge::weigh::Step;
use crate::judge::{Code, Given, Reason, Refusal, Relief};
use crate::model::{Flag, Key, Level, Membership, Mitigation, Rank, SignOff, Time, is_same_person};

/// The sign-offs for a move, sorted by whether they count.
pub(super) struct Signed<'a> {
    pub given: Vec<Given<'a>>,
    pub refused: Vec<(&'a SignOff, Refusal)>,
}

pub(super) fn apply<'a>(
    scene: &Scene<'a>,
    step: &Step<'a>,
    exposure: &Exposure<'a>,
    given: &[Given<'a>],
    reasons: &mut [Reason<'a>],
) {
    let trade = better_trade(exposure);
    let aborts = is_abort(scene, step);
    for reason in reasons.iter_mut().filter(|reason| reason.finding.code() != Code::CompromisedRelease) {
        if let Some(closed) = trade.filter(|_| reason.finding.code() == Code::AdvisoryReopened) {
            lower(reason, Level::Hold, Relief::BetterTrade(closed));
        }
        if aborts && yields_to_abort(reason.finding.code()) {
            lower(reason, Level::Warn, Relief::Abort);
        }
        mitigate(scene, reason, given);
        sign(reason, given);
    }
}

/// Lowers a reason to `level`, and says so; never raises it.
fn lower<'a>(reason: &mut Reason<'a>, level: Level, relief: Relief<'a>) {
    if level < reason.level {
        reason.level = level;
        reason.relief.push(relief);
    }
}

/// How bad an advisory is: exploited first, then by severity.
fn rank(flag: &Flag) -> (bool, Rank) {
    (flag.exploited, flag.severity.rank())
}

/// The worst advisory that the move closes, when it is worse than every one that it reopens.
///
/// What is only said to run (`--from`) closes nothing that doesn't run: a trade needs the real thing.
fn better_trade<'a>(exposure: &Exposure<'a>) -> Option<&'a Flag> {
    let worst_closed = exposure.traded.iter().copied().max_by_key(|flag| rank(flag))?;
    exposure.changes.reopened.iter().all(|flag| rank(flag) < rank(worst_closed)).then_some(worst_closed)
}

/// Whether the move ends an unfinished roll-out by going back to one of its releases.
fn is_abort(scene: &Scene<'_>, step: &Step<'_>) -> bool {
    let unfinished = scene.running.as_ref().is_some_and(|running| running.len() >= 2);
    unfinished && step.runs && step.from.as_ref().is_some_and(|from| !from.is(&step.to.version))
}

/// The reasons that an abort lowers.
fn yields_to_abort(code: Code) -> bool {
    matches!(
        code,
        Code::AdvisoryReopened | Code::AdvisoryCarried | Code::AdvisoryClosed | Code::UnstableRelease
    )
}

/// The sign-offs for a move.
pub(super) fn signed<'a>(scene: &Scene<'a>, step: &Step<'a>, asker: Option<&str>) -> Signed<'a> {
    let mut signed = Signed { given: Vec::new(), refused: Vec::new() };
    let for_this = scene.service.sign_offs.iter().filter(|sign_off| {
        *sign_off.to == *step.to.version.text
            && scene.lineage.contains(&sign_off.environment)
            && scene.moment.sees(sign_off.at)
    });
    for sign_off in for_this {
        let is_by = |asker: &str| is_same_person(asker, &sign_off.by);
        // Who asked for it in writing may not sign it for security, whoever asks now.
        let own = asker.is_some_and(is_by) || sign_off.asked_by.as_deref().is_some_and(is_by);
        match validity(scene, sign_off) {
            Ok(_) if own && sign_off.key == Key::Security => signed.refused.push((sign_off, Refusal::Own)),
            Ok(expires) => signed.given.push(Given { sign_off, expires, own }),
            Err(refusal) => signed.refused.push((sign_off, refusal)),
        }
    }
    signed
}

/// Until when a sign-off counts, or why it doesn't, whoever asks.
pub(super) fn validity(scene: &Scene<'_>, sign_off: &SignOff) -> Result<Time, Refusal> {
    let (now, longest) = (scene.moment.now, scene.registry.policy.sign_off_max);
    let ends = sign_off.ends(longest);
    // Whoever takes a sign-off back by a clock that is ahead takes it back now.
    if let Some(revoked) = sign_off.revoked.as_ref().filter(|revoked| scene.moment.sees(revoked.at)) {
        return Err(Refusal::Revoked(revoked.clone()));
    }
    if now < sign_off.begins(longest) {
        return Err(Refusal::Ahead);
    }
    if ends <= now {
        return Err(Refusal::Lapsed(ends));
    }
    if let Some((rule, asked)) = &sign_off.silence {
        return if is_silence(scene, rule, *asked, sign_off.at) {
            Ok(ends)
        } else {
            Err(Refusal::NoSuchRule(rule.clone()))
        };
    }
    if sign_off.is_open() {
        return Err(Refusal::Unmerged);
    }
    match scene.registry.membership(scene.service, sign_off.key, &sign_off.by) {
        Membership::Outsider(team) => Err(Refusal::NotMember(team.clone())),
        Membership::Member(_) | Membership::NoTeam => Ok(ends),
    }
}

/// Whether a rule lets its hold go on for a question that nobody answered from `asked` until `at`.
fn is_silence(scene: &Scene<'_>, name: &str, asked: Time, at: Time) -> bool {
    let rule = scene.registry.rules.iter().find(|rule| *rule.name == *name);
    let after = rule.filter(|rule| rule.then == Level::Hold).and_then(|rule| rule.silence);
    after.is_some_and(|after| after.after(asked) <= at)
}

/// Lowers a flag's reason by the mitigations that a sign-off of the flag's own key says are on.
fn mitigate<'a>(scene: &Scene<'a>, reason: &mut Reason<'a>, given: &[Given<'a>]) {
    let Some(flag) = reason.finding.flag() else { return };
    let on_target = matches!(
        reason.finding.code(),
        Code::AdvisoryReopened | Code::AdvisoryCarried | Code::UnstableRelease | Code::DoesNotHelp
    );
    if !on_target {
        return;
    }
    for mitigation in &flag.mitigations {
        let on = given.iter().filter_map(|given| in_force(scene, flag, mitigation, given.sign_off));
        if let Some((sign_off, ends)) = on.max_by_key(|(_, ends)| *ends) {
            lower(reason, mitigation.lowers_to, Relief::Mitigated(mitigation, sign_off, ends));
        }
    }
}

/// Whether one of these sign-offs says that a mitigation of a flag is on.
pub(super) fn is_mitigated(scene: &Scene<'_>, flag: &Flag, given: &[Given<'_>]) -> bool {
    let said = |mitigation| given.iter().any(|of| in_force(scene, flag, mitigation, of.sign_off).is_some());
    flag.mitigations.iter().any(said)
}

/// The sign-off and the end of its word that this mitigation is on, while it holds.
fn in_force<'a>(
    scene: &Scene<'_>,
    flag: &Flag,
    mitigation: &Mitigation,
    sign_off: &'a SignOff,
) -> Option<(&'a SignOff, Time)> {
    let now = scene.moment.now;
    let named = sign_off.with.iter().any(|(of, id)| *of == flag.id && *id == mitigation.id);
    let (begins, ends) = sign_off.mitigation(mitigation.hours, scene.registry.policy.sign_off_max);
    (named && sign_off.key == flag.kind.key() && begins <= now && now < ends).then_some((sign_off, ends))
}

/// Whether it was this rule that held a reason.
fn gave(reason: &Reason<'_>, rule: &str) -> bool {
    reason.rule.is_some_and(|gave| *gave.name == *rule)
}

/// Notes the sign-offs that name a held reason; when no key is wanting any more, it is a warning.
fn sign<'a>(reason: &mut Reason<'a>, given: &[Given<'a>]) {
    if reason.level != Level::Hold {
        return;
    }
    for key in reason.signers.keys() {
        let names_it = |given: &&Given<'a>| {
            let mut accepts = given.sign_off.accepts.iter();
            given.sign_off.key == *key
                && given.sign_off.silence.as_ref().is_none_or(|(rule, _)| gave(reason, rule))
                && accepts.any(|subject| reason.finding.is_subject(subject))
        };
        let longest = given.iter().filter(names_it).max_by_key(|given| given.expires);
        reason.sign_offs.extend(longest.map(|given| given.sign_off));
    }
    if reason.wanting().next().is_none() {
        lower(reason, Level::Warn, Relief::Signed);
    }
}
