//! `holdpoint/explain/v1`: what a word or a flag means.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::policy::{RuleV1, rule};
use super::{Registry, score, sentence, text};
use crate::judge::{Code, Standing};
use crate::model::{Flag, Key, Mitigation, Owner, format_time};
use crate::report::explain::{AtService, FlagPage, Known, Meaning};
use crate::report::reasons;
use crate::report::{plain, words};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/explain/v1";

#[derive(Serialize)]
struct Explain<'a> {
    schema: &'static str,
    asked: &'a str,
    /// A documented word; null when it is a flag that was asked for.
    word: Option<WordV1<'a>>,
    flags: Vec<FlagV1<'a>>,
    registry: Option<Registry<'a>>,
    simulated: bool,
    as_of: Option<String>,
    notes: Vec<Cow<'a, str>>,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct WordV1<'a> {
    /// `reason` or `lint`.
    kind: &'static str,
    word: &'static str,
    documentation: &'static str,
    /// Of reasons: whose business (null: the flag's), the cases that rules can match, and the rules that speak
    /// of it, the registry's own first.
    key: Option<&'static str>,
    cases: &'static [&'static str],
    rules: Vec<RuleV1<'a>>,
}

#[derive(Serialize)]
struct FlagV1<'a> {
    id: &'a str,
    kind: &'static str,
    key: &'static str,
    title: Cow<'a, str>,
    url: Option<Cow<'a, str>>,
    severity: &'static str,
    score: Option<f64>,
    exploited: bool,
    compromised: bool,
    aliases: Vec<&'a str>,
    standing: &'static str,
    /// From when it counts, where it is scheduled.
    counts_from: Option<String>,
    recorded: Option<String>,
    effective: Option<String>,
    until: Option<String>,
    withdrawn: Option<WithdrawnV1<'a>>,
    narrowed: Option<String>,
    by: Option<Cow<'a, str>>,
    ticket: Option<Cow<'a, str>>,
    mitigations: Vec<MitigationV1<'a>>,
    origin: Spot<'a>,
    services: Vec<AtServiceV1<'a>>,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct WithdrawnV1<'a> {
    at: String,
    by: Option<Cow<'a, str>>,
    reason: Cow<'a, str>,
}

#[derive(Serialize)]
struct MitigationV1<'a> {
    id: &'a str,
    #[serde(rename = "do")]
    instruction: Cow<'a, str>,
    lowers_to: &'static str,
    hours: Option<u32>,
}

#[derive(Serialize)]
struct AtServiceV1<'a> {
    service: &'a str,
    affects: Vec<AffectsV1<'a>>,
    /// The registered releases that it hits, and how many there are in all.
    releases: Vec<&'a str>,
    releases_known: usize,
    runs: Vec<RunsV1<'a>>,
    ran_lately: Vec<RanV1<'a>>,
    fixed_in: Vec<&'a str>,
    team: Option<&'a str>,
    members: Vec<Cow<'a, str>>,
    sign_offs: Vec<SignOffV1<'a>>,
    debts: Vec<DebtV1<'a>>,
}

#[derive(Serialize)]
struct AffectsV1<'a> {
    versions: Option<String>,
    except: Option<String>,
    tag: Option<&'a str>,
    digests: Vec<&'a str>,
    environments: Vec<&'a str>,
}

#[derive(Serialize)]
struct RunsV1<'a> {
    environment: &'a str,
    version: &'a str,
    /// False: it can't be told whether this version is hit.
    sure: bool,
}

#[derive(Serialize)]
struct RanV1<'a> {
    environment: &'a str,
    version: &'a str,
    until: String,
}

#[derive(Serialize)]
struct SignOffV1<'a> {
    id: &'a str,
    environment: &'a str,
    to: &'a str,
    #[serde(rename = "as")]
    key: &'static str,
    by: Cow<'a, str>,
    counts: bool,
    expires: Option<String>,
    refusal: Option<String>,
}

#[derive(Serialize)]
struct DebtV1<'a> {
    id: &'a str,
    environment: &'a str,
    from: Option<&'a str>,
    to: &'a str,
    by: Cow<'a, str>,
    due: String,
    unreviewed: Vec<&'static str>,
}

/// Writes what a documented word means.
pub fn meaning(meaning: &Meaning) -> String {
    let context = meaning.own.map(|(_, context)| context);
    let own = meaning.own.map_or(&[][..], |(own, _)| own);
    let (word, code) = (meaning.word, meaning.word.code());
    let of = |rules| code.map_or_else(Vec::new, |code| reasons::levels(code, rules));
    let rules = of(own).into_iter().chain(of(meaning.shipped));
    text::write(&Explain {
        schema: SCHEMA,
        asked: word.word(),
        word: Some(WordV1 {
            kind: word.kind(),
            word: word.word(),
            documentation: word.documentation(),
            key: code.and_then(Code::owner).map(Owner::word),
            cases: code.map_or(&[], Code::cases),
            rules: rules.map(|level| rule(level.rule, context.as_ref())).collect(),
        }),
        flags: Vec::new(),
        registry: context.as_ref().map(Registry::of),
        simulated: context.is_some_and(|context| context.simulated),
        as_of: context.map(|context| format_time(context.as_of)),
        notes: meaning.notes.iter().map(|note| plain(note)).collect(),
        warnings: Vec::new(),
    })
}

/// Writes what is known of a flag.
pub fn known(known: &Known) -> String {
    let context = &known.context;
    text::write(&Explain {
        schema: SCHEMA,
        asked: known.asked,
        word: None,
        flags: known.flags.iter().map(flag).collect(),
        registry: Some(Registry::of(context)),
        simulated: context.simulated,
        as_of: Some(format_time(context.as_of)),
        notes: known.notes.iter().map(|note| plain(note)).collect(),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn flag(page: &FlagPage) -> FlagV1<'_> {
    let flag = &page.flag;
    let optional = |text: &'_ Option<Box<str>>| text.as_deref().map(|text| Cow::Owned(sentence(text)));
    FlagV1 {
        id: flag.id.as_str(),
        kind: flag.kind.word(),
        key: flag.kind.key().word(),
        title: plain(&flag.title),
        url: optional(&flag.url),
        severity: flag.severity.word(),
        score: flag.score().map(score),
        exploited: flag.exploited,
        compromised: flag.compromised,
        aliases: flag.aliases.iter().map(|alias| &**alias).collect(),
        standing: page.standing_word(),
        counts_from: if let Standing::Scheduled(from) = page.standing {
            Some(format_time(from))
        } else {
            None
        },
        recorded: flag.recorded.map(format_time),
        effective: flag.effective.map(format_time),
        until: flag.until.map(format_time),
        withdrawn: withdrawn(flag, page.standing),
        narrowed: flag.narrowed.as_ref().map(|narrowed| format_time(narrowed.at)),
        by: optional(&flag.by),
        ticket: optional(&flag.ticket),
        mitigations: flag.mitigations.iter().map(mitigation).collect(),
        origin: Spot { file: &page.file, line: page.line },
        services: page.services.iter().map(at_service).collect(),
    }
}

fn withdrawn(flag: &Flag, standing: Standing) -> Option<WithdrawnV1<'_>> {
    let Standing::Withdrawn(at) = standing else { return None };
    let of = flag.withdrawn.as_ref()?;
    Some(WithdrawnV1 { at: format_time(at), by: of.by.as_deref().map(plain), reason: plain(&of.reason) })
}

fn mitigation(mitigation: &Mitigation) -> MitigationV1<'_> {
    MitigationV1 {
        id: mitigation.id.as_str(),
        instruction: plain(&mitigation.instruction),
        lowers_to: mitigation.lowers_to.word(),
        hours: mitigation.hours,
    }
}

fn at_service(at: &AtService) -> AtServiceV1<'_> {
    let (team, members) =
        at.team.as_ref().map_or((None, &[][..]), |(team, members)| (Some(team), &**members));
    AtServiceV1 {
        service: at.service.as_str(),
        affects: affects(at),
        releases: at.releases.iter().map(|version| &**version).collect(),
        releases_known: at.known,
        runs: runs(at),
        ran_lately: ran(at),
        fixed_in: at.fixed_in(),
        team: team.map(|name| name.as_str()),
        members: members.iter().map(|member| plain(member)).collect(),
        sign_offs: sign_offs(at),
        debts: debts(at),
    }
}

fn affects(at: &AtService) -> Vec<AffectsV1<'_>> {
    at.affects
        .iter()
        .map(|of| AffectsV1 {
            versions: of.versions.as_ref().map(ToString::to_string),
            except: of.except.as_ref().map(ToString::to_string),
            tag: of.tag.as_deref(),
            digests: of.digests.iter().map(|digest| &**digest).collect(),
            environments: of.environments.iter().map(|name| name.as_str()).collect(),
        })
        .collect()
}

fn runs(at: &AtService) -> Vec<RunsV1<'_>> {
    at.runs
        .iter()
        .map(|hit| RunsV1 {
            environment: hit.environment.as_str(),
            version: &hit.version.text,
            sure: hit.sure,
        })
        .collect()
}

fn ran(at: &AtService) -> Vec<RanV1<'_>> {
    at.ran
        .iter()
        .map(|ran| RanV1 {
            environment: ran.environment.as_str(),
            version: &ran.version.text,
            until: format_time(ran.until),
        })
        .collect()
}

fn sign_offs(at: &AtService) -> Vec<SignOffV1<'_>> {
    at.sign_offs
        .iter()
        .map(|(of, counts)| SignOffV1 {
            id: of.id.as_str(),
            environment: of.environment.as_str(),
            to: &of.to,
            key: of.key.word(),
            by: plain(&of.by),
            counts: counts.is_ok(),
            expires: counts.as_ref().ok().copied().map(format_time),
            refusal: counts.as_ref().err().map(|refusal| sentence(&words::refusal(of, refusal))),
        })
        .collect()
}

fn debts(at: &AtService) -> Vec<DebtV1<'_>> {
    at.debts
        .iter()
        .map(|(debt, due, unreviewed)| DebtV1 {
            id: debt.id.as_str(),
            environment: debt.environment.as_str(),
            from: debt.from.as_ref().map(|from| &*from.text),
            to: &debt.to.text,
            by: plain(&debt.by),
            due: format_time(*due),
            unreviewed: unreviewed.iter().copied().map(Key::word).collect(),
        })
        .collect()
}
