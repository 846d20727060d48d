//! What people agreed on: sign-offs, debts, incidents and rules.

use std::fmt::Write;

use chrono::TimeDelta;
use holdpoint::model::format_time;

use super::{World, now};

/// Subjects that aren't a flag's id.
const SUBJECTS: &[&str] = &[
    "ping-pong",
    "unknown-release",
    "out-of-support",
    "far-back",
    "acceptance-expired",
    "below-floor",
    "unproven-release",
    "no-way-back",
    "unknown-from",
    "from-disagrees",
    "clock-disagrees",
    "stale-registry",
    "move-under-way",
    "frozen:f0",
    "advisory-reopened",
    "compromised-release",
    "withdrawn-release",
];

const ZONES: &[&str] = &["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"];

const CODES: &[&str] = &[
    "compromised-release",
    "advisory-reopened",
    "advisory-carried",
    "advisory-closed",
    "below-floor",
    "out-of-support",
    "unstable-release",
    "does-not-help",
    "barrier-crossed",
    "ping-pong",
    "unproven-release",
    "far-back",
    "withdrawn-release",
    "no-way-back",
    "unknown-release",
    "unknown-from",
    "from-disagrees",
    "flag-scheduled",
    "flag-withdrawn",
    "flagged-elsewhere",
    "fix-unclear",
    "acceptance-expired",
    "open-debt",
    "clock-disagrees",
    "stale-registry",
    "move-under-way",
    "frozen",
];

const CASES: &[(&str, &str)] = &[
    ("below-floor", "already-below"),
    ("out-of-support", "already-out"),
    ("barrier-crossed", "possible"),
    ("far-back", "over-a-year"),
    ("unknown-release", "newest"),
    ("unknown-release", "running"),
    ("unknown-release", "unplaceable"),
];

impl World {
    pub(super) fn terms(&mut self, index: usize) {
        if !self.placed() {
            return;
        }
        for n in 0..*self.dice.pick(&[0, 1, 2, 4]) {
            self.sign_off(index, n);
        }
        for n in 0..*self.dice.pick(&[0, 0, 0, 1, 2]) {
            self.debt(index, n);
        }
    }

    fn sign_off(&mut self, index: usize, n: usize) {
        let name = self.services[index].name;
        let (environment, to) = (*self.dice.pick(&self.environments), self.version(index));
        self.signed.push((name, environment, to));
        let mut accepts = self.dice.some(&self.flags, 60);
        accepts.extend(self.dice.some(SUBJECTS, 50).iter().map(|subject| (*subject).to_owned()));
        for version in self.services[index].pool.clone() {
            if self.dice.percent(30) {
                accepts.push(format!("barrier-crossed:{version}"));
            }
        }
        let mitigated = self.mitigated();
        if accepts.is_empty() && mitigated.is_empty() {
            accepts.push("ping-pong".into());
        }
        let accepts: Vec<_> = accepts.iter().map(|subject| format!("\"{subject}\"")).collect();
        let with: Vec<_> = mitigated.iter().map(|id| format!("\"{id}/m1\"")).collect();
        let key = self.dice.word(&["reliability", "security"]);
        let by = self.dice.word(&[
            "Rosa <rosa@example.com>",
            "Mina <MINA@example.com>",
            "rosa@example.com",
            "mina@example.com",
            "Mina <mina@example.com> <eve@example.com>",
        ]);
        let max = TimeDelta::hours(self.policy.sign_off_max);
        let second = TimeDelta::seconds(*self.dice.pick(&[-1, 0, 1]));
        let at = match self.dice.below(10) {
            0 => now() + max + second,
            1 => now() - max + second,
            2 => now() + TimeDelta::minutes(*self.dice.pick(&[5, 10, 30])),
            3..=5 => now() - TimeDelta::hours(2) + second,
            _ => now() - TimeDelta::minutes(*self.dice.pick(&[0, 1, 59, 60])),
        };
        let expires = match self.dice.below(5) {
            0 => now() + second,
            1 => now() + TimeDelta::days(30),
            _ => now() + TimeDelta::hours(*self.dice.pick(&[1, 3, 26])),
        };
        let expires = expires.max(at + TimeDelta::seconds(1));
        let id = format!("S{index}{n}");
        let revoked = match self.dice.below(12) {
            0 => format!("revoked = {{ at = {}, reason = \"over\" }}\n", format_time(now() + second)),
            1 => format!(
                "revoked = {{ at = {}, reason = \"over\" }}\n",
                format_time(now() + TimeDelta::hours(1))
            ),
            _ => String::new(),
        };
        let text = format!(
            "\n[sign-off.{id}]\nservice = \"{name}\"\nenvironment = \"{environment}\"\nto = \"{to}\"\n\
             accepts = [{}]\nwith = [{}]\nas = \"{key}\"\nby = \"{by}\"\nreason = \"needed\"\n\
             at = {}\nexpires = {}\n{revoked}",
            accepts.join(", "),
            with.join(", "),
            format_time(at),
            format_time(expires)
        );
        self.put(&format!("services/{name}/sign-offs/{key}/{id}.toml"), &text);
    }

    /// Flags that offer a mitigation.
    fn mitigated(&mut self) -> Vec<String> {
        let all: String = self.files.values().map(String::as_str).collect();
        let offers = |id: &&String| {
            let start = all.find(&format!(".{id}]\n"));
            start.is_some_and(|start| {
                let text = &all[start..];
                text[..text.find("\n\n").unwrap_or(text.len())].contains("mitigation")
            })
        };
        let offering: Vec<String> = self.flags.iter().filter(offers).cloned().collect();
        self.dice.some(&offering, 80)
    }

    fn debt(&mut self, index: usize, n: usize) {
        let (name, id) = (self.services[index].name, format!("D{index}{n}"));
        let environment = *self.dice.pick(&self.environments);
        let (from, to, at) = (self.version(index), self.version(index), self.mostly_past());
        let mut text = format!(
            "\n[debt.{id}]\nservice = \"{name}\"\nenvironment = \"{environment}\"\nfrom = \"{from}\"\nto = \"{to}\"\n\
             subjects = [\"{}\"]\nreason = \"outage\"\nby = \"ann\"\nat = {}\n",
            self.flags[0],
            format_time(at)
        );
        if self.dice.percent(60) {
            writeln!(text, "due = {}", format_time(self.around(40))).unwrap();
        }
        let mut reviews = vec![];
        for key in self.dice.some(&["security", "reliability"], 50) {
            let at = format_time(self.mostly_past());
            reviews.push(format!("{{ as = \"{key}\", by = \"ann\", at = {at}, note = \"seen\" }}"));
        }
        writeln!(text, "reviews = [{}]", reviews.join(", ")).unwrap();
        self.put(&format!("services/{name}/debts/{id}.toml"), &text);
    }

    /// Incidents and the registry's own rules; both stand in `holdpoint.toml` only.
    pub(super) fn rules(&mut self) {
        let mut text = String::new();
        if self.dice.percent(30) {
            let services: Vec<_> = self.services.iter().map(|line| format!("\"{}\"", line.name)).collect();
            let both = self.dice.percent(80);
            let services = if both { &services[..] } else { &services[..1] };
            let started = self.mostly_past();
            write!(
                text,
                "\n[incident.OUT-1]\nservices = [{}]\nseverity = \"sev1\"\nstarted = {}\n",
                services.join(", "),
                format_time(started)
            )
            .unwrap();
            if self.dice.percent(30) {
                let ended = self.around(50).max(started);
                writeln!(text, "ended = {}", format_time(ended)).unwrap();
            }
            self.incidents.push("OUT-1");
        }
        if self.dice.percent(40) {
            for n in 0..1 + self.dice.below(3) {
                self.rule(n, &mut text);
            }
        }
        if self.dice.percent(25) {
            for n in 0..1 + self.dice.below(2) {
                self.freeze(n, &mut text);
            }
        }
        self.files.get_mut("holdpoint.toml").unwrap().push_str(&text);
    }

    fn rule(&mut self, n: usize, text: &mut String) {
        let mut when = vec![];
        if self.dice.percent(15) {
            let (code, case) = *self.dice.pick(CASES);
            when.push(format!("reason = \"{code}\", case = \"{case}\""));
        } else if self.dice.percent(70) {
            let codes: Vec<_> =
                (0..1 + self.dice.below(6)).map(|_| format!("\"{}\"", self.dice.word(CODES))).collect();
            when.push(format!("reason = [{}]", distinct(codes).join(", ")));
        }
        for _ in 0..1 + self.dice.below(2) {
            let condition = self.condition();
            let word = condition.split(' ').next().unwrap();
            // Days and hours have one zone.
            let twice = |other: &String| {
                other.split(' ').next() == Some(word) || other.contains("zone") && condition.contains("zone")
            };
            if !when.iter().any(twice) {
                when.push(condition);
            }
        }
        let then = self.dice.word(&["allow", "warn", "hold", "hold", "block"]);
        write!(text, "\n[[rule]]\nname = \"own-{n}\"\nwhen = {{ {} }}\nthen = \"{then}\"\n", when.join(", "))
            .unwrap();
        if self.dice.percent(30) {
            writeln!(text, "sign = \"{}\"", self.dice.word(&["reliability", "security", "both"])).unwrap();
        }
        if self.dice.percent(20) {
            writeln!(text, "until = {}", format_time(self.around(50))).unwrap();
        }
    }

    fn freeze(&mut self, n: usize, text: &mut String) {
        let mut when = vec![];
        for _ in 0..self.dice.below(3) {
            let condition = self.condition();
            let word = condition.split(' ').next().unwrap();
            let fits = ["move", "service", "tier", "environment", "weekday", "hours"].contains(&word);
            let twice = |other: &String| {
                other.split(' ').next() == Some(word) || other.contains("zone") && condition.contains("zone")
            };
            if fits && !when.iter().any(twice) {
                when.push(condition);
            }
        }
        write!(text, "\n[[freeze]]\nname = \"f{n}\"\nwhen = {{ {} }}\n", when.join(", ")).unwrap();
        if self.dice.percent(20) {
            writeln!(text, "from = {}", format_time(self.around(20))).unwrap();
        } else if self.dice.percent(30) {
            writeln!(text, "until = {}", format_time(self.around(80))).unwrap();
        }
    }

    fn condition(&mut self) -> String {
        match self.dice.below(22) {
            0 => format!("key = \"{}\"", self.dice.word(&["reliability", "security", "both"])),
            1 => format!(
                "severity = \"{}\"",
                self.dice.word(&["low", "medium", "high", "critical", "unknown"])
            ),
            2 => "severity = [\"low\", \"critical\"]".into(),
            3 => format!("severity_at_least = \"{}\"", self.dice.word(&["medium", "high", "critical"])),
            4 => format!("exploited = {}", self.dice.percent(50)),
            5 => format!("move = \"{}\"", self.dice.word(&["rollback", "redeploy"])),
            6 => format!("service = \"{}\"", self.dice.word(&["checkout", "c*t", "*", "c?rt", "check*ut*"])),
            7 => "tier = [\"critical\", \"low\"]".into(),
            8 => format!("tag = \"{}\"", self.dice.word(&["base:a", "base:b"])),
            9 => {
                let known =
                    if self.declared { vec!["prod", "p*", "*-eu*", "stag?ng"] } else { vec!["p*", "*"] };
                format!("environment = \"{}\"", self.dice.word(&known))
            }
            10 => format!("reversible = {}", self.dice.percent(50)),
            11 => format!("incident = {}", self.dice.percent(50)),
            12 => format!("kind = \"{}\"", self.dice.word(&["advisory", "instability"])),
            13 => format!("score_at_least = {}", self.dice.word(&["0", "5.9", "8.1", "9.8", "9.9"])),
            14 => format!("older_than = \"{}\"", self.dice.word(&["1h", "1d", "7d", "30d"])),
            15 => format!("younger_than = \"{}\"", self.dice.word(&["1h", "1d", "7d", "30d"])),
            16 => format!("mitigated = {}", self.dice.percent(60)),
            17 => format!("incident_severity = \"{}\"", self.dice.word(&["sev1", "sev2"])),
            18 => {
                let (day, zone) = (self.dice.word(&["sat", "sun", "mon"]), self.dice.word(ZONES));
                format!("weekday = [\"{day}\", \"fri\"], zone = \"{zone}\"")
            }
            19 => {
                let hours = self.dice.word(&["03:00-04:00", "22:00-03:00", "00:00-24:00", "12:00-03:01"]);
                format!("hours = \"{hours}\", zone = \"{}\"", self.dice.word(ZONES))
            }
            20 => format!("asked_by = \"{}\"", self.dice.word(&["sre", "appsec", "none"])),
            _ => format!("incident = \"{}\"", self.dice.word(&["OUT-1", "OUT-2"])),
        }
    }
}

fn distinct(words: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = vec![];
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}
