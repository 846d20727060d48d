//! `observe` from outside, in registries of its own: what it writes, what it leaves alone, and what follows.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A registry in one file, with a hand of its own.
const ONE_FILE: &str = r#"format = 1

# What the shop runs. Ask payments-sre before you touch it.
[service.checkout]
images = ["registry.example.com/shop/checkout"]   # the only one
running = { prod = "2.4.1" }  # said by CD

[[service.checkout.release]]
version = "2.3.0"   # the old faithful
[[service.checkout.release]]
version = "2.4.0"
[[service.checkout.release]]
version = "2.4.1"
"#;

const SERVICE: &str = r#"
[service.checkout]
images = ["registry.example.com/shop/checkout"]
release = [{ version = "2.3.0" }, { version = "2.4.0" }, { version = "2.4.1" }]
"#;

/// A temporary registry.
struct Registry(TempDir);

impl Registry {
    fn new(files: &[(&str, &str)]) -> Registry {
        let registry = Registry(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = registry.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        registry
    }

    fn one_file() -> Registry {
        Registry::new(&[("holdpoint.toml", ONE_FILE)])
    }

    fn folder() -> Registry {
        Registry::new(&[
            ("holdpoint.toml", "format = 1\n[environment.prod]\n[environment.staging]\n"),
            ("services/checkout/service.toml", SERVICE),
        ])
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    /// Runs holdpoint on it, with this on standard input.
    fn pipe(&self, line: &str, input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_holdpoint"))
            .args(line.split(' '))
            .current_dir(self.0.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who refuses before reading has closed the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn run(&self, line: &str) -> Output {
        self.pipe(line, "")
    }

    /// Runs it, which must be done; gives what it says.
    fn done(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, which must fail so; gives what it complains of.
    fn fails(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(code), "{line}\n{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/observe").join(name)
}

/// `observe checkout --env prod --TOOL FILE`.
fn from(tool: &str, name: &str) -> String {
    format!("observe checkout --env prod --{tool} {}", data(name).display())
}

#[test]
fn drift_is_shown_and_written_and_comments_survive() {
    let registry = Registry::one_file();
    let said = registry.done(&from("helm", "helm-history.json"));
    let want = "\
OBSERVED  checkout in prod: 2.4.0, not 2.4.1 as the registry said (helm history)

  runs  2.4.0  since 2025-11-20T03:10:00Z · helm revision 6, checkout-2.4.0
  left  2.4.1  2025-11-18T14:00:00Z to 2025-11-20T03:10:00Z, left for 2.4.0 by a rollback
  ran   2.3.0  2025-09-01T07:00:00Z to 2025-11-02T09:00:00Z, left for 2.4.0 by a redeploy
  ran   2.4.0  2025-11-02T09:00:00Z to 2025-11-18T14:00:00Z, left for 2.4.1 by a redeploy
  note: a deployment of `2.4.1` failed: passed over, though parts of it may have run

  written: holdpoint.toml
";
    assert_eq!(said, want);
    let text = registry.read("holdpoint.toml");
    let kept = ONE_FILE.replace("prod = \"2.4.1\"", "prod = \"2.4.0\"");
    assert_eq!(&text[..kept.len()], kept, "all that was there stands as it stood");
    let added = "
[[service.checkout.ran]]
environment = \"prod\"
version = \"2.4.1\"
since = 2025-11-18T14:00:00Z
until = 2025-11-20T03:10:00Z
left_for = \"2.4.0\"
kind = \"rollback\"
known = \"helm history\"
";
    assert!(text.contains(added), "{text}");
    assert!(
        text.ends_with("version = \"2.4.0\"\nsince = 2025-11-20T03:10:00Z\nknown = \"helm history\"\n"),
        "{text}"
    );
}

#[test]
fn seeing_the_same_twice_writes_nothing() {
    for registry in [Registry::one_file(), Registry::folder()] {
        for line in [
            from("kubectl", "kubectl-rolled-back.json"),
            from("kubectl", "kubectl-rolling.json"),
            from("kubectl", "kubectl-deploy.json"),
            from("helm", "helm-history.json"),
            from("argocd", "argocd-app.json"),
            "observe checkout --env prod --running 2.3.0".to_owned(),
            "observe checkout --env prod --nothing".to_owned(),
        ] {
            registry.done(&line);
            let file = ["holdpoint.toml", "services/checkout/running.toml"]
                .into_iter()
                .rfind(|file| registry.0.path().join(file).exists())
                .unwrap();
            let (before, date) = (registry.read(file), modified(&registry, file));
            let said = registry.done(&line);
            assert!(said.contains("as the registry says"), "{line}\n{said}");
            assert!(said.contains("nothing to write: the registry says all that already"), "{line}\n{said}");
            assert_eq!((registry.read(file), modified(&registry, file)), (before, date), "{line}");
        }
    }
}

fn modified(registry: &Registry, file: &str) -> std::time::SystemTime {
    fs::metadata(registry.0.path().join(file)).unwrap().modified().unwrap()
}

#[test]
fn in_folders_it_stands_in_running_toml() {
    let registry = Registry::folder();
    registry.done("observe checkout --env staging --running 2.4.1 --since 2025-11-19T08:00:00+01:00");
    registry.done(&from("kubectl", "kubectl-deploy.json"));
    let want = "\
[service.checkout.running]
staging = \"2.4.1\"
prod = \"2.4.1\"

[[service.checkout.ran]]
environment = \"staging\"
version = \"2.4.1\"
since = 2025-11-19T07:00:00Z
known = \"by hand\"

[[service.checkout.ran]]
environment = \"prod\"
version = \"2.4.1\"
since = 2025-11-18T14:02:10Z
known = \"kubectl\"
";
    assert_eq!(registry.read("services/checkout/running.toml"), want);
    assert_eq!(registry.read("services/checkout/service.toml"), SERVICE);
}

#[test]
fn a_rollback_without_a_version_then_goes_to_what_ran_before() {
    let registry = Registry::folder();
    let check = "rollback-check checkout --env prod --format json --report-only";
    let to = |registry: &Registry| {
        let verdict: Value = serde_json::from_str(&registry.done(check)).unwrap();
        (verdict["move"]["from"].clone(), verdict["move"]["to"].clone())
    };
    registry.done("observe checkout --env prod --running 2.4.1");
    assert_eq!(to(&registry), ("2.4.1".into(), "2.4.0".into()), "the next older, while nothing is known");
    registry.done(&from("kubectl", "kubectl-rolled-back.json"));
    assert_eq!(to(&registry), ("2.4.0".into(), "2.4.1".into()), "what ran here last");
    // And it is known that 2.4.1 was left by a rollback, so it isn't gone back to just like that.
    let back = "redeploy-check checkout 2.4.1 --env prod --as-of 2025-11-21 --format json --report-only";
    let verdict: Value = serde_json::from_str(&registry.done(back)).unwrap();
    let codes: Vec<&Value> =
        verdict["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
    assert!(codes.contains(&&"ping-pong".into()), "{codes:?}");
}

#[test]
fn it_is_read_from_standard_input_and_told_in_every_format() {
    let registry = Registry::one_file();
    let document = fs::read_to_string(data("kubectl-deploy.json")).unwrap();
    let line = "observe checkout --env prod --kubectl - --dry-run --format json --report markdown=report.md";
    let output = registry.pipe(line, &document);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["schema"], "holdpoint/observe/v1");
    assert_eq!(
        (&told["drifted"], &told["dry_run"], &told["changed"]),
        (&false.into(), &true.into(), &true.into())
    );
    assert_eq!(told["running"][0]["version"], "2.4.1");
    assert_eq!(told["running"][0]["since"], "2025-11-18T14:02:10Z");
    assert_eq!(told["files"][0], "holdpoint.toml");
    let markdown = registry.read("report.md");
    assert!(
        markdown.starts_with("## OBSERVED: checkout in prod: 2.4.1, as the registry says (kubectl)"),
        "{markdown}"
    );
    assert_eq!(registry.read("holdpoint.toml"), ONE_FILE, "a dry run writes nothing");
}

#[test]
fn a_dry_run_shows_the_difference() {
    let registry = Registry::one_file();
    let said = registry.done("observe checkout --env prod --running 2.4.0 --since 2025-11-20 --dry-run");
    let diff = "\
--- a/holdpoint.toml
+++ b/holdpoint.toml
@@ -3,7 +3,7 @@
 # What the shop runs. Ask payments-sre before you touch it.
 [service.checkout]
 images = [\"registry.example.com/shop/checkout\"]   # the only one
-running = { prod = \"2.4.1\" }  # said by CD
+running = { prod = \"2.4.0\" }  # said by CD
";
    assert!(said.contains("would write holdpoint.toml\n") && said.contains(diff), "{said}");
    assert_eq!(registry.read("holdpoint.toml"), ONE_FILE);
    assert!(!registry.0.path().join(".holdpoint.lock").exists());
}

#[test]
fn what_is_not_registered_is_written_and_said() {
    let registry = Registry::one_file();
    let said = registry.done("observe checkout --env prod --running 2.5.0 odd;one");
    assert!(said.contains("warning: 2.5.0 isn't registered: checks know nothing of it"), "{said}");
    assert!(said.contains("odd;one isn't registered, and the order `semver` has no place for it"), "{said}");
    assert!(said.contains("Next: holdpoint release add checkout 2.5.0\n"), "{said}");
    assert!(!said.contains("release add checkout 'odd"), "{said}");
    assert!(registry.read("holdpoint.toml").contains("running = { prod = [\"odd;one\", \"2.5.0\"] }"));
}

#[test]
fn environments_are_those_that_are_declared() {
    let folder = Registry::folder();
    let error = folder.fails("observe checkout --env prdo --running 2.4.0", 3);
    assert!(error.contains("no environment `prdo`") && error.contains("did you mean `prod`?"), "{error}");
    assert!(
        folder.fails("observe checkout --running 2.4.0", 2).contains("give --env, one of `prod`, `staging`")
    );
    // Without declared ones, a new one may be named, and the only one needn't be.
    let one = Registry::one_file();
    let said = one.done("observe checkout --env staging --running 2.4.0");
    assert!(
        said.contains("note: `staging` is a new environment of checkout; so far there were `prod`"),
        "{said}"
    );
    assert!(
        Registry::one_file().done("observe checkout --running 2.4.1").contains("checkout in prod: 2.4.1")
    );
    let none = Registry::new(&[("holdpoint.toml", &format!("format = 1\n{SERVICE}"))]);
    assert!(none.fails("observe checkout --running 2.4.0", 2).contains("name it: --env prod"));
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_written() {
    let registry = Registry::one_file();
    for (line, code, words) in [
        ("observe checkout --env prod", 2, "required arguments"),
        ("observe checkout --env prod --running 2.4.0 --nothing", 2, "cannot be used with"),
        ("observe checkout --env prod --nothing --since 2025-11-20", 2, "cannot be used with"),
        ("observe checkout --env prod --running 2.4.0 --helm-release x", 2, "cannot be used with"),
        ("observe checkout --env prod --running <2", 2, "can't begin with"),
        ("observe checkout --env prod --running none", 2, "say so: `--nothing`"),
        ("observe checkout --env prod --nothing --as-of 2025-11-20", 2, "this command writes"),
        ("observe checkuot --env prod --nothing", 3, "did you mean `checkout`?"),
        ("observe checkout --env prod --kubectl -", 3, "the document is empty"),
        (
            "observe checkout --env prod --kubectl nowhere.json",
            3,
            "`nowhere.json` can't be read: no such file",
        ),
        ("observe checkout --env prod --helm .", 3, "`.` can't be read: is a directory"),
        ("observe checkout --env prod --helm holdpoint.toml", 3, "it looks like a table or a message"),
    ] {
        let error = registry.fails(line, code);
        assert!(error.contains(words), "{line}\n{error}");
    }
    assert_eq!(registry.read("holdpoint.toml"), ONE_FILE);
    let broken =
        Registry::new(&[("holdpoint.toml", &ONE_FILE.replace("version = \"2.3.0\"", "vresion = \"2.3.0\""))]);
    assert!(
        broken.fails("observe checkout --env prod --running 2.4.0", 3).contains("did you mean `version`?")
    );
}

#[test]
fn observers_at_the_same_time_lose_nothing() {
    let registry = Registry::one_file();
    std::thread::scope(|scope| {
        for environment in ["a", "b", "c", "d", "e", "f"] {
            let registry = &registry;
            scope.spawn(move || {
                registry.done(&format!(
                    "observe checkout --env {environment} --running 2.4.0 --since 2025-11-20"
                ));
            });
        }
    });
    let text = registry.read("holdpoint.toml");
    for environment in ["a", "b", "c", "d", "e", "f"] {
        assert!(text.contains(&format!("{environment} = \"2.4.0\"")), "{text}");
        assert!(text.contains(&format!("environment = \"{environment}\"\n")), "{text}");
    }
}

#[test]
fn it_fits_every_width_and_colour_adds_nothing_but_colour() {
    let registry = Registry::one_file();
    let say = |width: usize, colour: &str| {
        let line = format!("{} --dry-run --color {colour}", from("helm", "helm-history.json"));
        let output = Command::new(env!("CARGO_BIN_EXE_holdpoint"))
            .args(line.split(' '))
            .current_dir(registry.0.path())
            .env_clear()
            .env("COLUMNS", width.to_string())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for width in [60, 80, 120] {
        let plain = say(width, "never");
        let coloured = say(width, "always");
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        // The first line isn't wrapped, and what follows the report is the files' own text.
        let report = plain.lines().skip(1).take_while(|line| !line.starts_with("--- "));
        for line in report {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn what_a_document_says_can_not_move_the_cursor() {
    let registry = Registry::one_file();
    let document = fs::read_to_string(data("kubectl-deploy.json")).unwrap();
    let hostile =
        document.replace("\"name\": \"checkout\"", "\"name\": \"c\\u001b[2J\\u202e\\u001b[1;1HALLOW\"");
    assert_ne!(hostile, document);
    for format in ["human", "json", "markdown"] {
        let output =
            registry.pipe(&format!("observe checkout --env prod --kubectl - --format {format}"), &hostile);
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.contains(&0x1b), "{format}");
        assert!(!String::from_utf8(output.stdout).unwrap().contains('\u{202e}'), "{format}");
    }
    let tag = document.replace("shop/checkout:2.4.1", "shop/checkout:2\\u001b[2J");
    let output = registry.pipe("observe checkout --env prod --kubectl - --format json", &tag);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(
        !said.contains('\u{1b}') && said.contains("is no version: a version can't hold control characters"),
        "{said}"
    );
    assert!(!registry.read("holdpoint.toml").contains('\u{1b}'));
}
