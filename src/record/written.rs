//! How a line is written: its fields in the order in which a person reads them.
//!
//! What every line has comes first, then what belongs to its kind, then by whom and on what occasion; the hash of the
//! line before stands last. A reader doesn't care about the order; whoever opens the file does.

use std::collections::BTreeMap;

use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::model::Time;
use crate::record::line::instant;
use crate::record::{Addressee, Deed, Known, Line, Movement, Reason, State, Statement};

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    id: &'a str,
    #[serde(with = "instant")]
    at: Time,
    kind: &'a str,
    service: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    #[serde(rename = "move", skip_serializing_if = "Option::is_none")]
    movement: Option<&'a Movement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [Reason],
    #[serde(flatten)]
    deed: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<&'a str>,
    by: &'a str,
    known: Known,
    registry: &'a State,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ci: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tell: &'a [Addressee],
    #[serde(skip_serializing_if = "Option::is_none")]
    unrouted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<&'a str>,
}

impl<'a> Written<'a> {
    fn of(statement: &'a Statement, place: Option<(u64, &'a str)>) -> Result<Written<'a>, serde_json::Error> {
        Ok(Written {
            seq: place.map(|(seq, _)| seq),
            id: &statement.id,
            at: statement.at,
            kind: statement.deed.word(),
            service: &statement.service,
            environment: statement.environment.as_deref(),
            movement: statement.movement.as_ref(),
            verdict: statement.verdict.as_deref(),
            reasons: &statement.reasons,
            deed: fields(&statement.deed)?,
            incident: statement.incident.as_deref(),
            by: &statement.by,
            known: statement.known,
            registry: &statement.registry,
            ci: &statement.ci,
            group: statement.group.as_deref(),
            tell: &statement.tell,
            unrouted: statement.unrouted.as_deref(),
            prev: place.map(|(_, prev)| prev),
        })
    }
}

/// What belongs to a deed, without its kind.
fn fields(deed: &Deed) -> Result<Map<String, Value>, serde_json::Error> {
    let Value::Object(mut fields) = serde_json::to_value(deed)? else { return Ok(Map::new()) };
    fields.shift_remove("kind");
    Ok(fields)
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Written::of(self, None).map_err(S::Error::custom)?.serialize(to)
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Written::of(&self.statement, Some((self.seq, &self.prev))).map_err(S::Error::custom)?.serialize(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Affected, FIRST, Place};

    fn text(text: &str) -> Box<str> {
        text.into()
    }

    fn some(text: &str) -> Option<Box<str>> {
        Some(text.into())
    }

    /// One deed of every kind, with everything that it can hold.
    fn deeds() -> Vec<Deed> {
        let running = vec![text("2.4.0"), text("2.4.1")];
        let key = || text("security");
        vec![
            Deed::Checked,
            Deed::Started { command: vec!["helm".into(), "upgrade".into(), "a \"b\"\n".into()] },
            Deed::Finished {
                of: text("01KAF3"),
                code: Some(-1),
                signal: some("SIGTERM"),
                passed_on: vec![text("SIGINT")],
                running: running.clone(),
                verified: true,
                trouble: some("no such file"),
            },
            Deed::Recorded {
                key: some("deploy-42"),
                moved: some("2026-11-22T03:00:00Z"),
                running: running.clone(),
            },
            Deed::Settled { version: text("2.4.1"), reason: text("load test passed") },
            Deed::Flagged {
                flag: text("CVE-2026-31337"),
                key: key(),
                title: text("Session fixation \u{202e}"),
                severity: text("high"),
                exploited: true,
                compromised: false,
                affects: Affected {
                    versions: vec![text(">=2.1.0, <2.4.0")],
                    except: vec![text("2.3.9")],
                    environments: vec![text("prod")],
                    fixed_in: vec![text("2.4.0")],
                    hits: vec![text("2.3.0")],
                    running: vec![Place { environment: text("prod"), version: text("2.3.0") }],
                },
                extended: true,
            },
            Deed::Cleared {
                flag: text("CVE-1"),
                key: key(),
                reason: text("not ours"),
                fixed_in: some("2.4.0"),
            },
            Deed::SignedOff {
                sign_off: text("01KAF3"),
                key: key(),
                accepts: vec![text("CVE-1")],
                with: vec![text("CVE-1/waf-r3")],
                reason: text("outage"),
                ticket: some("INC-482"),
                asked_by: some("Bob <bob@example.com>"),
                expires: text("2026-11-22T07:05:00Z"),
            },
            Deed::Revoked { sign_off: text("01KAF3"), key: key(), reason: text("by mistake") },
            Deed::BrokeGlass {
                debt: some("01KAF4"),
                reason: text("the shop is down"),
                subjects: vec![text("CVE-1")],
                unjudged: vec![text("`x` is no time")],
                due: some("2026-11-25T03:10:00Z"),
            },
            Deed::Reviewed { debt: text("01KAF4"), key: Some(key()), note: some("fine"), closed: true },
            Deed::Observed { was: Some(vec![]), running: running.clone(), source: text("kubectl") },
            Deed::Released {
                version: text("2.4.2"),
                commit: some("9f3c2ab"),
                digests: vec![text("sha256:00")],
            },
            Deed::IncidentStarted { severity: some("sev1") },
            Deed::IncidentEnded,
            Deed::Asked {
                ask: text("01KAF6"),
                key: key(),
                accepts: vec![text("CVE-1")],
                reason: text("outage"),
                ticket: some("INC-482"),
                branch: some("holdpoint/ask/01KAF6"),
                silent: some("2026-11-22T03:20:00Z"),
            },
            Deed::Told {
                of: text("01KAF3"),
                event: text("rollback.started"),
                subject: some("CVE-1"),
                who: some("appsec"),
                sink: text("sec-slack"),
                arrived: false,
                answer: text("503"),
                not_before: some("2026-11-22T03:06:00Z"),
                gone: true,
            },
        ]
    }

    fn line(deed: Deed, full: bool) -> Line {
        let only = |text: &str| full.then(|| Box::<str>::from(text));
        let reason = Reason {
            code: text("advisory-reopened"),
            subject: text("CVE-1"),
            level: text("block"),
            rule: only("r"),
            sign_offs: only("01KAF3").into_iter().collect(),
        };
        let statement = Statement {
            id: text("01KAF000000000000000000000"),
            at: crate::model::parse_time("2026-11-22T03:05:00Z").unwrap(),
            deed,
            service: text("checkout"),
            environment: only("prod"),
            movement: full.then(|| Movement { kind: text("rollback"), from: None, to: text("2.3.0") }),
            verdict: only("block"),
            reasons: full.then_some(reason).into_iter().collect(),
            incident: only("INC-482"),
            by: text("Ann <ann@example.com>"),
            known: Known::Flag,
            registry: State { revision: only("9f3c2ab"), dirty: full.then_some(false) },
            ci: full.then(|| ("cicd.pipeline.run.id".to_owned(), "42".to_owned())).into_iter().collect(),
            group: only("01KAF5"),
            tell: only("sec-slack")
                .map(|sink| Addressee { team: only("appsec"), sink })
                .into_iter()
                .collect(),
            unrouted: only("holdpoint.toml:3: no sink"),
        };
        Line { seq: 7, statement, prev: FIRST.into() }
    }

    #[test]
    fn every_kind_comes_back_as_it_was_written() {
        let mut words = Vec::new();
        for deed in deeds() {
            words.push(deed.word());
            for full in [true, false] {
                let line = line(deed.clone(), full);
                let text = serde_json::to_string(&line).unwrap();
                assert!(!text.contains('\n') && text.contains(&format!("\"kind\":\"{}\"", deed.word())));
                assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line, "{text}");
                let statement = serde_json::to_string(&line.statement).unwrap();
                assert_eq!(serde_json::from_str::<Statement>(&statement).unwrap(), line.statement);
            }
        }
        assert_eq!(words, Deed::WORDS, "each kind once");
    }

    #[test]
    fn no_field_of_a_kind_is_called_like_one_of_every_line() {
        for deed in deeds() {
            let text = serde_json::to_string(&line(deed.clone(), true)).unwrap();
            let all: Map<String, Value> = serde_json::from_str(&text).unwrap();
            let common = serde_json::to_string(&line(Deed::Checked, true)).unwrap();
            let common: Map<String, Value> = serde_json::from_str(&common).unwrap();
            assert_eq!(all.len(), common.len() + fields(&deed).unwrap().len(), "{text}");
        }
    }

    #[test]
    fn a_line_begins_with_its_place_and_ends_with_the_hash() {
        let text =
            serde_json::to_string(&line(Deed::IncidentStarted { severity: Some("sev1".into()) }, true))
                .unwrap();
        let all: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let want = [
            "seq",
            "id",
            "at",
            "kind",
            "service",
            "environment",
            "move",
            "verdict",
            "reasons",
            "severity",
            "incident",
            "by",
            "known",
            "registry",
            "ci",
            "group",
            "tell",
            "unrouted",
            "prev",
        ];
        assert_eq!(all.keys().collect::<Vec<_>>(), want);
    }
}
