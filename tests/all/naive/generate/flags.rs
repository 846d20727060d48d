//! Advisories and instabilities with everything that can be said of them.

use std::fmt::Write;

use holdpoint::model::format_time;
use holdpoint::version::Ranges;

use super::World;

impl World {
    pub(super) fn flag(&mut self, id: &str) {
        let (kind, folder) =
            if id.starts_with("CVE") { ("advisory", "advisories") } else { ("instability", "instabilities") };
        let mut text = format!("\n[{kind}.{id}]\ntitle = \"what {id} is\"\n");
        if self.dice.percent(85) {
            let severity = self.dice.word(&["low", "medium", "high", "high", "critical"]);
            writeln!(text, "severity = \"{severity}\"").unwrap();
        }
        if self.dice.percent(30) {
            // 9.8, 5.9, and 8.1
            let metrics = self.dice.word(&["AC:L", "AC:H", "AC:H"]);
            let harm = if self.dice.percent(50) { "C:H/I:H/A:H" } else { "C:N/I:N/A:H" };
            writeln!(text, "cvss = \"CVSS:3.1/AV:N/{metrics}/PR:N/UI:N/S:U/{harm}\"").unwrap();
        }
        for (word, percent) in [("exploited", 25), ("compromised", 6)] {
            if self.dice.percent(percent) {
                writeln!(text, "{word} = true").unwrap();
            }
        }
        let (home, narrow) = self.affects(&mut text);
        self.dates(narrow, &mut text);
        if self.dice.percent(60) {
            let lowers_to = self.dice.word(&["warn", "hold", "allow"]);
            let hours = *self.dice.pick(&["", ", hours = 2", ", hours = 2", ", hours = 24"]);
            writeln!(
                text,
                "mitigation = [{{ id = \"m1\", do = \"enable it\", lowers_to = \"{lowers_to}\"{hours} }}]"
            )
            .unwrap();
        }
        let path = match home {
            Some(index) => format!("services/{}/{folder}/{id}.toml", self.services[index].name),
            None => format!("{folder}/{id}.toml"),
        };
        self.put(&path, &text);
    }

    /// Writes `affects`; gives the one service it names, and the range of its only entry, if it has one.
    fn affects(&mut self, text: &mut String) -> (Option<usize>, Option<usize>) {
        let mut homes = vec![];
        let mut entries = vec![];
        for _ in 0..*self.dice.pick(&[1, 1, 1, 2]) {
            let index = if self.dice.percent(85) { 0 } else { self.services.len() - 1 };
            let environments = self.limits();
            if self.dice.percent(12) {
                homes.push(None);
                let by =
                    self.dice.word(&["tag = \"base:a\"", "tag = \"base:b\"", "digests = [\"sha256:AA\"]"]);
                entries.push(format!("{{ services = \"*\", {by}{environments} }}"));
                continue;
            }
            homes.push(Some(index));
            entries.push(self.entry(index, &environments));
        }
        writeln!(text, "affects = [{}]", entries.join(", ")).unwrap();
        let home = if homes.windows(2).all(|pair| pair[0] == pair[1]) { homes[0] } else { None };
        let narrow = if homes.len() == 1 && entries[0].contains("versions") { home } else { None };
        (home, narrow)
    }

    fn entry(&mut self, index: usize, environments: &str) -> String {
        let name = self.services[index].name;
        if self.dice.percent(8) {
            return format!("{{ service = \"{name}\", digests = [\"sha256:bb\"]{environments} }}");
        }
        let versions = self.range(index);
        let mut entry = format!("{{ service = \"{name}\", versions = {versions}");
        let mut except = None;
        if self.dice.percent(25) {
            let spared =
                if self.dice.percent(70) { self.bound(index).to_owned() } else { self.interval(index) };
            write!(entry, ", except = \"{spared}\"").unwrap();
            except = Some(spared);
        }
        if self.dice.percent(6) {
            entry.push_str(", tag = \"base:a\"");
        }
        if self.dice.percent(45) {
            let fixes = self.fixes(index, &versions, except.as_deref());
            if !fixes.is_empty() {
                write!(entry, ", fixed_in = [{}]", fixes.join(", ")).unwrap();
            }
        }
        format!("{entry}{environments} }}")
    }

    /// Registered releases outside of the range, two at most: a fix inside of it is a mistake.
    fn fixes(&mut self, index: usize, versions: &str, except: Option<&str>) -> Vec<String> {
        let line = &self.services[index];
        let texts = versions.trim_matches(['[', ']']).split("\", \"").map(|text| text.trim_matches('"'));
        let ranges = Ranges::parse(texts, &line.scale).unwrap();
        let except = except.map(|except| Ranges::parse_except([except], &line.scale).unwrap());
        let outside = |version: &&&str| {
            let place = line.scale.place(version);
            let spared = except.as_ref().and_then(|except| except.contains(version, place.as_ref()));
            ranges.contains(version, place.as_ref()) == Some(false) || spared == Some(true)
        };
        let outside: Vec<_> = line.registered.iter().filter(outside).map(|v| format!("\"{v}\"")).collect();
        self.dice.sample(&outside, 2)
    }

    fn limits(&mut self) -> String {
        if !self.placed() || self.dice.percent(70) {
            return String::new();
        }
        let named: Vec<_> =
            self.dice.some(&self.environments, 45).iter().map(|name| format!("\"{name}\"")).collect();
        if named.is_empty() { String::new() } else { format!(", environments = [{}]", named.join(", ")) }
    }

    fn dates(&mut self, narrow: Option<usize>, text: &mut String) {
        let mut begins = None;
        if self.dice.percent(70) {
            let recorded = self.mostly_past();
            begins = Some(recorded);
            writeln!(text, "recorded = {}", format_time(recorded)).unwrap();
        }
        let effective = self.around(50);
        let scheduled = self.dice.percent(25);
        if scheduled {
            begins = begins.max(Some(effective));
            writeln!(text, "effective = {}", format_time(effective)).unwrap();
        }
        let until = self.around(60);
        // One that ends before it begins is refused by the loader.
        if self.dice.percent(40) && begins.is_none_or(|begins| begins < until) {
            writeln!(text, "until = {}", format_time(until)).unwrap();
        }
        if self.dice.percent(15) {
            let at = format_time(self.mostly_past());
            writeln!(text, "withdrawn = {{ at = {at}, by = \"ann\", reason = \"no\" }}").unwrap();
        }
        if let Some(index) = narrow
            && self.dice.percent(20)
        {
            let (at, was) = (format_time(self.mostly_past()), self.range(index));
            writeln!(text, "narrowed = {{ at = {at}, was = {was} }}").unwrap();
        }
    }
}
