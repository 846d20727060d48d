//! What a newly registered release means for verdicts at once: flags that hit it already.

use crate::judge::{Along, Finding, Moment, Question, judge};
use crate::model::{Flag, MoveKind, Name, Registry, Release, Scope, Service, Time};

/// A flag that hits a release.
#[derive(Debug, Clone)]
pub struct Hit<'a> {
    /// The flag.
    pub flag: &'a Flag,
    /// From when on; None: it does so now.
    pub from: Option<Time>,
    /// Only in these environments; empty: everywhere.
    pub environments: Vec<&'a Name>,
}

/// The flags that hit a release of a service, wherever it will run, worst first: what the judge would find.
pub fn hits<'a>(
    registry: &'a Registry,
    service: &'a Service,
    release: &'a Release,
    now: Time,
) -> Vec<Hit<'a>> {
    let question = Question {
        service: service.name.clone(),
        environment: None,
        from: None,
        to: release.version.text.clone(),
        asked: MoveKind::Redeploy,
        incident: None,
        asker: None,
        along: Along::default(),
    };
    let reasons = judge(registry, &question, Moment::present(now)).map(|verdict| verdict.reasons);
    let mut found: Vec<Hit<'a>> = Vec::new();
    for reason in reasons.unwrap_or_default() {
        let (flag, from) = match reason.finding {
            Finding::Compromised(flag) | Finding::AdvisoryReopened(flag) | Finding::Unstable(flag) => {
                (flag, None)
            }
            Finding::Scheduled(flag, from) => (flag, Some(from)),
            _ => continue,
        };
        if found.iter().all(|hit| !std::ptr::eq(hit.flag, flag)) {
            found.push(Hit { flag, from, environments: environments(flag, service, release) });
        }
    }
    found
}

/// The environments to which a flag's hits are limited; empty when one of them isn't.
fn environments<'a>(flag: &'a Flag, service: &Service, release: &Release) -> Vec<&'a Name> {
    let concerns = |scope: &Scope| scope.covers(&service.name);
    let entries = flag.affects.iter().filter(|affects| {
        concerns(&affects.scope) && affects.hits(&release.version, Some(release)) == Some(true)
    });
    let mut names: Vec<&Name> = Vec::new();
    for affects in entries {
        if affects.environments.is_empty() || flag.compromised {
            return Vec::new();
        }
        names.extend(&affects.environments);
    }
    names.sort();
    names.dedup();
    names
}
