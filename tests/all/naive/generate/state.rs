//! What runs and ran, what was entered, is under way and settled.

use std::fmt::Write;

use holdpoint::model::format_time;

use super::{World, now};

impl World {
    pub(super) fn state(&mut self, index: usize) {
        if !self.placed() {
            return;
        }
        let name = self.services[index].name;
        let mut running = format!("\n[service.{name}.running]\n");
        let mut rest = String::new();
        for environment in self.environments.clone() {
            self.place(index, environment, &mut running, &mut rest);
        }
        let mut settled = vec![];
        for version in self.services[index].registered.clone() {
            if self.dice.percent(15) {
                // Often at the very moment at which a stay of it ended.
                let at = match ended(&rest, version) {
                    Some(end) if self.dice.percent(40) => end.to_owned(),
                    _ => format_time(self.mostly_past()),
                };
                settled.push(format!("\"{version}\" = {{ at = {at}, by = \"ann\", reason = \"tested\" }}\n"));
            }
        }
        if !settled.is_empty() {
            write!(rest, "\n[service.{name}.settled]\n{}", settled.concat()).unwrap();
        }
        self.put(&format!("services/{name}/running.toml"), &format!("{running}{rest}"));
    }

    fn place(&mut self, index: usize, environment: &str, running: &mut String, rest: &mut String) {
        let name = self.services[index].name;
        let mut runs = vec![];
        match self.dice.below(20) {
            0 | 1 => {}
            2 => writeln!(running, "{environment} = []").unwrap(),
            3..=6 => {
                runs = vec![self.version(index), self.version(index)];
                if runs[0] == runs[1] {
                    runs.pop();
                }
                let words: Vec<_> = runs.iter().map(|version| format!("\"{version}\"")).collect();
                writeln!(running, "{environment} = [{}]", words.join(", ")).unwrap();
            }
            _ => {
                runs = vec![self.version(index)];
                writeln!(running, "{environment} = \"{}\"", runs[0]).unwrap();
            }
        }
        self.ran(index, environment, runs.first().copied(), rest);
        if !runs.is_empty() && self.dice.percent(25) || self.dice.percent(1) {
            let from = if self.dice.percent(15) { runs.first().copied() } else { None };
            let from = from.unwrap_or_else(|| self.version(index));
            let from = if self.dice.percent(10) { String::new() } else { format!("from = \"{from}\"\n") };
            let some = self.dice.some(&self.flags, 50);
            let accepted = if some.is_empty() { &self.flags } else { &some };
            let subjects: Vec<_> = accepted.iter().map(|id| format!("\"{id}\"")).collect();
            let expires = format_time(self.around(50));
            write!(
                rest,
                "\n[service.{name}.entered.{environment}]\n{from}by = \"sign-off S1\"\n\
                 subjects = [{}]\nexpires = {expires}\n",
                subjects.join(", ")
            )
            .unwrap();
        }
        if self.dice.percent(4) {
            let (to, since) = (self.version(index), format_time(self.mostly_past()));
            write!(
                rest,
                "\n[service.{name}.under-way.{environment}]\nto = \"{to}\"\nsince = {since}\nby = \"ann\"\n"
            )
            .unwrap();
        }
    }

    /// A chain of stays, mostly each from the end of the one before; now and then an end isn't known.
    fn ran(&mut self, index: usize, environment: &str, next: Option<&'static str>, rest: &mut String) {
        let name = self.services[index].name;
        let count = *self.dice.pick(&[0, 0, 1, 2, 2, 3, 4]);
        let mut times: Vec<_> = (0..=count).map(|_| now() - self.distance()).collect();
        times.sort();
        if self.dice.percent(3) && count > 0 {
            times[count] = now() + self.distance().min(chrono::TimeDelta::hours(1));
        }
        // Since when what runs does; now and then of something that doesn't.
        let open = if self.dice.percent(25) {
            let version = next.filter(|_| !self.dice.percent(10)).unwrap_or_else(|| self.version(index));
            let since = if self.dice.percent(85) {
                format!("since = {}\n", format_time(self.mostly_past().max(times[count])))
            } else {
                String::new()
            };
            format!(
                "\n[[service.{name}.ran]]\nenvironment = \"{environment}\"\nversion = \"{version}\"\n{since}"
            )
        } else {
            String::new()
        };
        let versions: Vec<_> = (0..count).map(|_| self.version(index)).collect();
        for (stay, version) in versions.iter().enumerate() {
            write!(
                rest,
                "\n[[service.{name}.ran]]\nenvironment = \"{environment}\"\nversion = \"{version}\"\n"
            )
            .unwrap();
            if self.dice.percent(85) {
                writeln!(rest, "since = {}", format_time(times[stay])).unwrap();
            }
            if self.dice.percent(85) {
                writeln!(rest, "until = {}", format_time(times[stay + 1])).unwrap();
            }
            if let Some(left_for) = versions.get(stay + 1).copied().or(next)
                && self.dice.percent(80)
            {
                writeln!(rest, "left_for = \"{left_for}\"").unwrap();
            }
            match self.dice.below(3) {
                0 => rest.push_str("kind = \"rollback\"\n"),
                1 => rest.push_str("kind = \"redeploy\"\n"),
                _ => {}
            }
        }
        rest.push_str(&open);
    }
}

/// When the last stay of this version ended, as written.
fn ended<'t>(tables: &'t str, version: &str) -> Option<&'t str> {
    let stays = tables.split("\n\n").filter(|table| table.contains(&format!("\nversion = \"{version}\"\n")));
    let end = |table: &'t str| table.lines().find_map(|line| line.strip_prefix("until = "));
    stays.filter_map(end).last()
}
