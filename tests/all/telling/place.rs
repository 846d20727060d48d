//! Two teams, a service, and who is told what: a registry in a real remote with clones, and receivers of this test.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::stub::Stub;
use crate::git::{Done, Site};

pub const SAM: &str = "--by \"Sam <sam@example.com>\"";
pub const MINA: &str = "--by \"Mina <mina@example.com>\"";

/// A rollback to 1.1.0 is held for security.
pub const HELD: &str = "[advisory.CVE-1]\ntitle = \"Orders of others can be read\"\nseverity = \"high\"\n\
                        affects = [{ service = \"shop\", versions = \"1.1.0\", fixed_in = [\"1.2.0\"] }]\n";

/// What is told to whom, unless a test says otherwise.
pub const ROUTES: &str = "\
[[notify]]
on = [\"release.*\", \"sign-off.*\", \"break-glass.used\", \"debt.overdue\", \"desert.found\"]
team = \"sre\"
to = [\"sre\"]

[[notify]]
on = [\"rollback.*\", \"verdict.*\", \"sign-off.*\", \"break-glass.used\", \"debt.overdue\", \"drift.seen\"]
team = \"sec\"
to = [\"sec\"]
";

/// The registry's main file but for routes and sinks.
pub const MAIN: &str = "format = 1

[git]
publish = \"push\"

[environment.prod]
[environment.staging]

[team.sre]
members = [\"sam@example.com\"]
[team.sec]
members = [\"mina@example.com\"]

";

const SERVICE: &str = "[service.shop]
owner = { reliability = \"sre\", security = \"sec\" }
deploy = \"helm upgrade shop shop/shop --version {to}\"
running = { prod = \"1.2.0\" }
release = [{ version = \"1.0.0\" }, { version = \"1.1.0\" }, { version = \"1.2.0\" }]
ran = [{ environment = \"prod\", version = \"1.1.0\", since = 2025-10-01, until = 2025-11-01 }]
";

/// A sink that adds a line to a file which all clones share.
pub fn file(site: &Site, name: &str) -> String {
    format!("[sink.{name}]\nkind = \"file\"\npath = \"{}\"\n", site.path(&format!("{name}.jsonl")).display())
}

/// A webhook at an address, which a file beside the clones holds.
pub fn hook(site: &Site, name: &str, address: &str) -> String {
    let url = site.path(&format!("{name}.url"));
    fs::write(&url, format!("{address}/{name}\n")).unwrap();
    format!("[sink.{name}]\nkind = \"webhook\"\nurl_file = \"{}\"\n", url.display())
}

/// A sink that hands each event to a script of the shell.
pub fn script(site: &Site, name: &str, text: &str) -> String {
    let path = format!("{name}.sh");
    site.script(&path, text);
    format!("[sink.{name}]\nkind = \"command\"\ncommand = [\"{}\"]\n", site.path(&path).display())
}

/// One clone, `a`, and both teams told by a file each: `sre` and `sec`. `more` stands at the main file's end.
pub fn shop(more: &str) -> Site {
    shop_of(|site| format!("{ROUTES}\n{}{}{more}", file(site, "sre"), file(site, "sec")))
}

/// One clone, `a`, with these routes and sinks.
pub fn shop_of(telling: impl FnOnce(&Site) -> String) -> Site {
    let site = Site::empty("");
    site.put("a", "holdpoint.toml", &format!("{MAIN}{}", telling(&site)));
    site.put("a", ".gitignore", ".holdpoint*\n");
    site.put("a", "services/shop/service.toml", SERVICE);
    site.begin();
    site
}

/// Flags 1.2.0, which runs.
pub fn flag(id: &str) -> String {
    format!("flag-release shop 1.2.0 --insecure --title hole --id {id} --severity low {MINA}")
}

/// The events that a file was told of, as `KIND ID`, in their order.
pub fn heard(site: &Site, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(site.path(&format!("{name}.jsonl"))).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The kinds of the events that a file was told of, in their order.
pub fn kinds(site: &Site, name: &str) -> Vec<String> {
    heard(site, name).iter().map(|event| text(event, "type")).collect()
}

/// The kinds of the events that a receiver got.
pub fn kinds_at(stub: &Stub) -> Vec<String> {
    stub.asked().iter().map(|asked| text(&serde_json::from_str(&asked.body).unwrap(), "type")).collect()
}

/// A text of a value.
pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// The lines of a clone's record of the shop.
pub fn record(folder: &Path) -> Vec<Value> {
    let Ok(months) = fs::read_dir(folder.join("log/shop")) else { return Vec::new() };
    let mut months: Vec<_> = months.map(|month| month.unwrap().path()).collect();
    months.sort();
    let texts = months.iter().map(|month| fs::read_to_string(month).unwrap());
    texts
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>())
        .collect()
}

/// `ID SINK` of what the published record says arrived, and what it still owes.
pub fn owed(site: &Site) -> (Vec<String>, Vec<String>) {
    let name = format!("look-{}", fs::read_dir(site.root.path()).unwrap().count());
    site.clone(&name);
    let verified = site.run(&name, "log verify");
    assert_eq!(verified.code, 0, "{}", verified.all());
    let lines = record(&site.path(&name));
    let told = |line: &&Value| line["kind"] == "told" && line["arrived"] == true;
    let arrived: Vec<String> = lines
        .iter()
        .filter(told)
        .map(|line| format!("{} {}", text(line, "of"), text(line, "sink")))
        .collect();
    let owes = lines.iter().flat_map(|line| {
        let sinks = line["tell"].as_array().cloned().unwrap_or_default();
        sinks.into_iter().map(|to| format!("{} {}", text(line, "id"), text(&to, "sink"))).collect::<Vec<_>>()
    });
    let left = owes.filter(|one| !arrived.contains(one)).collect();
    (arrived, left)
}

/// That all that the published record owes was told.
#[track_caller]
pub fn all_told(site: &Site) {
    let (arrived, left) = owed(site);
    assert!(!arrived.is_empty() && left.is_empty(), "told {arrived:?}\nleft {left:?}");
}

/// What `notify flush` in a clone came to.
pub fn flush(site: &Site, clone: &str, options: &str) -> Done {
    site.run(clone, &format!("notify flush {options}"))
}
