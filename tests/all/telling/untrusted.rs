//! What others wrote does nothing at any receiver, and no secret is seen anywhere.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::SECRET;
use super::place::{MAIN, ROUTES, SAM, file, heard, hook, script, shop_of};
use super::stub::{Stub, nobody, says};
use crate::git::Site;

/// A title that wants to be a header, a mention, markup, a link and a command of a terminal.
const TITLE: &str = "x\\r\\nBcc: eve@example.com\\r\\n\\r\\n<!channel> @everyone <@U1> *b* `c` [l](http://e.example) \\u001b[31m\\u202e";

fn hostile(site: &Site, address: &str) -> String {
    let secret = |name: &str, text: &str| {
        let path = site.path(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let slack = secret("slack.url", &format!("{address}/slack"));
    let key = secret("pager.key", "R0UT1NG");
    let mail = site.path("mail").display().to_string();
    let tee = script(site, "mailer", &format!("cat >> {mail}"));
    let tee = tee.lines().last().unwrap().to_owned();
    let to = ROUTES.replace("[\"sec\"]", "[\"sec\", \"chat\", \"hook\", \"tool\", \"mail\", \"pager\"]");
    let tool = script(site, "tool", &format!("cat >> {}", site.path("tool.jsonl").display()));
    format!(
        "{to}\n{}{}{}{tool}\
         [sink.chat]\nkind = \"slack\"\nurl_file = \"{slack}\"\n\
         [sink.pager]\nkind = \"pagerduty\"\nkey_file = \"{key}\"\nurl = \"{address}\"\n\
         [sink.mail]\nkind = \"email\"\n{tee}\nfrom = \"h@example.com\"\nto = [\"sec@example.com\"]\n\
         [advisory.CVE-1]\ntitle = \"{TITLE}\"\nseverity = \"high\"\n\
         affects = [{{ service = \"shop\", versions = \"1.1.0\", fixed_in = [\"1.2.0\"] }}]\n",
        file(site, "sre"),
        file(site, "sec"),
        hook(site, "hook", address),
    )
}

/// That a text which somebody sees has nothing in it that does something.
#[track_caller]
fn harmless(text: &str) {
    let odd = |c: char| {
        c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(odd), "{text:?}");
}

#[test]
fn what_others_wrote_does_nothing_at_any_receiver() {
    let stub = Stub::http(says("200 OK"));
    let site = shop_of(|site| hostile(site, &stub.address));
    let ask = format!("ask shop 1.1.0 --env prod --reason \"down <!here>\" {SAM}");
    let done = site.run("a", &ask);
    done.says(0, &["ASKED", "told sec by"]);
    harmless(&done.all());
    assert!(!done.all().contains("NOT TOLD"), "{}", done.all());
    let asked = stub.asked();
    assert_eq!(asked.len(), 3);
    for asked in &asked {
        let names: Vec<&str> = asked.headers.iter().map(|(name, _)| &**name).collect();
        assert!(!names.contains(&"bcc"), "{names:?}");
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        each_text(&body, &mut |text| harmless(text));
    }
    let chat = asked.iter().find(|asked| asked.path.contains("slack")).unwrap();
    for mention in ["<!channel>", "<!here>", "<@U1>"] {
        assert!(!chat.body.contains(mention), "{}", chat.body);
    }
    let mail = fs::read_to_string(site.path("mail")).unwrap();
    let head = mail.split("\n\n").next().unwrap().replace('\r', "");
    assert!(!mail.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{mail}");
    assert!(head.lines().filter(|line| line.starts_with("To:")).count() == 1, "{head}");
    for name in ["sec", "sre", "tool"] {
        let events = heard(&site, name);
        assert_eq!(events.len(), 1, "{name}: one line");
        for key in ["sentence", "paragraph"] {
            harmless(events[0][key].as_str().unwrap());
        }
    }
    let since = site.run("a", "status --since 1h");
    harmless(&since.out);
    let page = site.run("a", "status --since 1h --format markdown");
    assert!(page.out.contains("CVE-1") && !page.out.contains("[l](http://e.example)"), "{}", page.out);
}

fn each_text(value: &Value, look: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(list) => list.iter().for_each(|value| each_text(value, look)),
        Value::Object(map) => map.values().for_each(|value| each_text(value, look)),
        _ => {}
    }
}

#[test]
fn no_secret_is_seen_anywhere() {
    // It answers with what it was told by, as some do.
    let stub = Stub::http(says(&format!("404 no hook {SECRET}")));
    let url = format!("{}/{SECRET}", stub.address);
    let site = Site::empty("");
    let outside = site.path("secrets");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("down"), format!("{}/{SECRET}", nobody())).unwrap();
    fs::write(outside.join("odd"), format!("no address {SECRET}")).unwrap();
    fs::write(outside.join("signs"), format!("whsec_{SECRET}")).unwrap();
    let path = |name: &str| outside.join(name).display().to_string();
    let sinks = format!(
        "[[notify]]\non = [\"*\"]\nto = [\"chat\", \"down\", \"odd\", \"hook\", \"pager\"]\n\
         [sink.chat]\nkind = \"slack\"\nurl_env = \"CHAT_URL\"\n\
         [sink.down]\nkind = \"slack\"\nurl_file = \"{}\"\n\
         [sink.odd]\nkind = \"slack\"\nurl_file = \"{}\"\n\
         [sink.hook]\nkind = \"webhook\"\nurl_env = \"CHAT_URL\"\nsecret_file = \"{}\"\n\
         [sink.pager]\nkind = \"pagerduty\"\nkey_env = \"PAGER_KEY\"\nurl = \"{}\"\n",
        path("down"),
        path("odd"),
        path("signs"),
        stub.address,
    );
    site.put("a", "holdpoint.toml", &format!("{MAIN}{sinks}"));
    let service = "[service.shop]\nrunning = { prod = \"1.2.0\" }\nrelease = [{ version = \"1.1.0\" }, { version = \"1.2.0\" }]\n";
    site.put("a", "services/shop/service.toml", service);
    site.begin();
    let variables = [("CHAT_URL", &*url), ("PAGER_KEY", SECRET)];
    let mut said = String::new();
    for line in [
        &*super::place::flag("CVE-1"),
        &format!("run shop 1.1.0 --env prod {SAM} -- true"),
        &format!("notify flush {SAM}"),
        &format!("notify flush --format json {SAM}"),
        &format!("notify test {SAM}"),
        &format!("notify test --format json {SAM}"),
        "notify list",
        "notify list --format json",
        "notify list --format markdown",
        "status --since 1h",
        "log show shop",
        "log show shop --format json",
        "lint",
    ] {
        let done = site.with("a", line, &variables);
        assert_ne!(done.code, 101, "{}", done.all());
        said += &done.all();
    }
    assert!(said.contains("NOT TOLD chat: ") && said.contains("NOT TOLD odd: "), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    // A secret in the registry itself is refused, and not shown again.
    let main = site.read("a", "holdpoint.toml");
    site.put("a", "holdpoint.toml", &main.replace("url_env = \"CHAT_URL\"", &format!("url = \"{url}\"")));
    let done = site.run("a", "lint");
    assert!(done.code != 0 && !done.all().contains(SECRET), "{}", done.all());
    site.put("a", "holdpoint.toml", &main);
    // Neither in the record, nor in anything else of a clone.
    site.clone("b");
    for clone in ["a", "b"] {
        for file in files(&site.path(clone)) {
            let bytes = fs::read(&file).unwrap();
            let has = bytes.windows(SECRET.len()).any(|piece| piece == SECRET.as_bytes());
            assert!(!has, "{}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}
