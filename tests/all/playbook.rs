//! Playbooks from outside: their commands run as printed, and nothing in them is what a check wouldn't say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use chrono::Utc;
use holdpoint::judge::{Moment, Question, judge, survey};
use holdpoint::model::{MoveKind, Name, Registry, Sources};
use holdpoint::playbook::{Books, Course, Playbook, Wanted, draw};
use holdpoint::registry::{Ask, MemoryTree, load};
use holdpoint::report::human::{Detail, Look};
use holdpoint::report::playbook::{Drawn, Item};
use holdpoint::report::status::Place;
use holdpoint::report::{Context, human, json, markdown};
use serde_json::Value;

use crate::dice::Dice;
use crate::markdown::{hostile, outside_code};
use crate::naive::generate::{now, world};
use crate::repository::shell;
use crate::story::Translation;

/// The shop, as long ago as it was on its night, with every program that its playbooks name: each notes that it was
/// called, and does nothing.
struct Stage {
    root: tempfile::TempDir,
}

/// The programs of the shop's deployments and steps.
const PROGRAMS: [&str; 4] = ["helm", "kubectl", "nomad", "wafctl"];

impl Stage {
    fn set() -> Stage {
        let stage = Stage { root: tempfile::tempdir().unwrap() };
        let translation = Translation::beginning(Utc::now());
        let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
        copy(&shop, &stage.path("shop"), &|text| translation.played(text));
        fs::create_dir(stage.path("bin")).unwrap();
        for name in PROGRAMS {
            let script = format!("#!/bin/sh\necho {name} \"$@\" >> '{}'\n", stage.path("called").display());
            let path = stage.path("bin").join(name);
            fs::write(&path, script).unwrap();
            set_executable(&path);
        }
        fs::write(stage.path("called"), "").unwrap();
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs a line of the shell as whoever does such things.
    fn run(&self, line: &str) -> Output {
        let (name, mail) = match line.contains("--as security") || line.starts_with("wafctl") {
            true => ("Mina Okafor", "mina@example.com"),
            false => ("Rosa Lindqvist", "rosa@example.com"),
        };
        let line = format!("PATH='{}':\"$PATH\"; {line}", self.path("bin").display());
        let mut command = shell(&self.path("shop"), &line);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), name).env(format!("GIT_{who}_EMAIL"), mail);
        }
        command.output().unwrap()
    }

    fn said(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn called(&self) -> String {
        fs::read_to_string(self.path("called")).unwrap()
    }
}

#[cfg(unix)]
fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Copies a folder, its texts in other words.
fn copy(from: &Path, to: &Path, other: &dyn Fn(&str) -> String) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &there, other),
            false => fs::write(there, other(&fs::read_to_string(&path).unwrap())).unwrap(),
        }
    }
}

/// The lines of all blocks to copy from.
fn commands(markdown: &str) -> Vec<String> {
    let (mut commands, mut inside) = (Vec::new(), false);
    for line in markdown.lines() {
        match line.trim_start().starts_with("```") {
            true => inside = !inside,
            false if inside => commands.push(line.trim_start().to_owned()),
            false => {}
        }
    }
    assert!(!inside, "a block isn't closed");
    commands
}

/// What stands in commands for people's own words, and such words.
const OWN_WORDS: [(&str, &str); 3] =
    [("<why>", "looked into it"), ("<version>", "2026.11.2"), ("<what is wrong>", "slow")];

fn in_own_words(command: &str) -> String {
    let words = OWN_WORDS.iter().fold(command.to_owned(), |said, (mark, own)| said.replace(mark, own));
    assert!(!words.contains('<'), "{words}");
    words
}

/// A playbook's arguments, what the answer is called, and a call that it leads to.
const PLAYBOOKS: [(&str, &str, &str); 6] = [
    ("checkout --env prod", "go", "helm upgrade checkout shop/checkout --version 2.4.0"),
    ("checkout --env prod --to 2.3.9", "go", "helm upgrade checkout shop/checkout --version 2.3.9"),
    ("ledger --env prod --to dolomite", "sign", "nomad job run -var release=dolomite ledger.nomad.hcl"),
    ("checkout --env prod --to 2.3.0", "stop", "wafctl enable --service checkout --environment prod"),
    (
        "catalog --env prod",
        "deadlock",
        "kubectl -n shop set image deployment/catalog catalog=registry.example.com/shop/catalog:2026.11.1",
    ),
    ("catalog --env staging", "unknown", "wafctl enable --service catalog --environment staging"),
];

#[test]
fn every_command_runs_as_it_is_printed() {
    for (arguments, course, called) in PLAYBOOKS {
        let stage = Stage::set();
        let json: Value =
            serde_json::from_str(&stage.said(&format!("holdpoint playbook {arguments} --format json")))
                .unwrap();
        assert_eq!(json["course"], course, "{arguments}");
        let commands = commands(&stage.said(&format!("holdpoint playbook {arguments} --format markdown")));
        assert!(commands.len() >= 3, "{arguments}: {commands:?}");
        for command in &commands {
            let output = stage.run(&in_own_words(command));
            let code = output.status.code().unwrap();
            // What is judged may come out as anything that a verdict is; nothing else may fail.
            let is_check = command.contains("-check ");
            let fine = code == 0 || is_check && matches!(code, 1 | 4);
            let said = [output.stdout, output.stderr].concat();
            assert!(fine, "{arguments}\n$ {command}\nexit {code}\n{}", String::from_utf8_lossy(&said));
        }
        assert!(stage.called().lines().any(|line| line == called), "{arguments}: {}", stage.called());
        let after: Value = serde_json::from_str(&stage.said("holdpoint status --format json")).unwrap();
        assert!(after["places"].is_array(), "{after}");
    }
}

#[test]
fn a_generated_playbook_has_what_is_checked_and_one_by_hand_is_told_what_it_lacks() {
    let stage = Stage::set();
    let generated = stage.said("holdpoint playbook checkout --env prod --format markdown");
    fs::write(stage.path("shop/generated.md"), &generated).unwrap();
    let by_hand = "# Slow checkout\n\n## Act\n\n- [ ] roll back\n";
    fs::write(stage.path("shop/by-hand.md"), by_hand).unwrap();
    stage.said("holdpoint playbook --check generated.md");
    let output = stage.run("holdpoint playbook --check generated.md by-hand.md --report junit=f.xml --report github=f.txt --report sarif=f.json --report gitlab=g.json");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for step in ["waf-first", "security-joins"] {
        assert!(said.contains(&format!("by-hand.md:1: it lacks security's step `{step}`")), "{said}");
    }
    let report = |name: &str| fs::read_to_string(stage.path("shop").join(name)).unwrap();
    assert!(report("f.xml").contains("tests=\"3\" failures=\"2\" errors=\"0\""), "{}", report("f.xml"));
    assert_eq!(
        report("f.txt").matches("::error title=BLOCK step-missing,file=by-hand.md,line=1::").count(),
        2
    );
    let sarif: Value = serde_json::from_str(&report("f.json")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    // Changed since: the step says something else by now.
    let main = report("holdpoint.toml").replace("Turn the WAF rules", "Turn all WAF rules");
    fs::write(stage.path("shop/holdpoint.toml"), main).unwrap();
    let output = stage.run("holdpoint playbook --check generated.md");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.code() == Some(1) && said.contains("`waf-first` says something else by now"),
        "{said}"
    );
}

/// Steps for every phase, by all sorts of conditions.
const STEPS: &str = r#"
[[step]]
name = "always"
phase = "before"
owner = "both"
text = "to {to} from {from}"
[[step]]
name = "exploited"
when = { exploited = true }
phase = "before"
owner = "security"
text = "{verdict}"
command = "x {to}"
requires = "sign-off:security"
[[step]]
name = "back"
when = { move = "rollback", key = "reliability" }
phase = "act"
owner = "reliability"
text = "t"
[[step]]
name = "reopened"
when = { reason = ["advisory-reopened", "unstable-release"], severity_at_least = "high" }
phase = "follow-up"
owner = "security"
text = "t"
"#;

/// How many worlds are looked at.
const WORLDS: u64 = 150;

#[test]
fn nothing_is_stated_that_a_check_would_not_say() {
    let mut courses = BTreeSet::new();
    for seed in 0..WORLDS {
        let mut world = world(seed);
        world.files.get_mut("holdpoint.toml").unwrap().push_str(STEPS);
        let registry = world.load_all();
        let tree: MemoryTree = world.files.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
        let books = Books::open(&tree, "holdpoint.toml").unwrap().unwrap();
        let mut dice = Dice::new(seed);
        for line in &world.services {
            let service = Name::new(line.name).unwrap();
            let environment =
                (!world.environments.is_empty()).then(|| Name::new(dice.word(&world.environments)).unwrap());
            let to = dice.percent(50).then(|| Box::from(dice.word(&line.pool)));
            let wanted = Wanted { service, environment, incident: None, to };
            let moment = Moment::present(now());
            let playbook = draw(&registry, &books, &wanted, moment).unwrap();
            courses.insert(playbook.course.word());
            let says = Says { registry: &registry, wanted: &wanted, moment };
            says.check(&playbook, seed);
        }
    }
    assert!(courses.len() >= 5, "{courses:?}");
}

/// How a registry was looked at that nobody will look at again.
fn context(sources: &Sources) -> Context<'_> {
    Context {
        sources,
        registry: "r",
        named: false,
        revision: None,
        committed: false,
        as_of: now(),
        simulated: false,
        longest: None,
        warnings: &[],
        published: None,
        notice: None,
    }
}

fn drawn<'a>(registry: &'a Registry, playbook: &'a Playbook<'a>, context: Context<'a>) -> Drawn<'a> {
    let place = Place::of(registry, &playbook.overview);
    Drawn { context, registry, playbook, place, routes: Some(&[]), incident: None, notes: &[] }
}

/// What the judge says of the same place at the same moment.
struct Says<'a> {
    registry: &'a Registry,
    wanted: &'a Wanted,
    moment: Moment,
}

impl Says<'_> {
    fn question(&self, to: &str) -> Question {
        let question =
            Question::of_place(&self.wanted.service, self.wanted.environment.as_ref(), MoveKind::Rollback);
        Question { to: to.into(), ..question }
    }

    fn level(&self, to: &str) -> String {
        judge(self.registry, &self.question(to), self.moment).unwrap().level.to_string()
    }

    fn check(&self, playbook: &Playbook<'_>, seed: u64) {
        let sources = Sources::default();
        let drawn = drawn(self.registry, playbook, context(&sources));
        let json: Value = serde_json::from_str(&json::playbook(&drawn)).unwrap();
        self.check_json(&json, seed);
        self.check_markdown(&markdown::playbook(&drawn), seed);
        self.check_steps(playbook, &drawn, seed);
        // A command makes only a move that may go, or that signatures let go.
        let run = drawn
            .document()
            .tasks()
            .flat_map(|task| task.commands.clone())
            .find(|of| of.starts_with("holdpoint run "));
        if let Some(run) = run {
            let to = &drawn.verdict().unwrap().movement.to.text;
            assert!(run.starts_with(&format!("holdpoint run {} ", self.wanted.service)), "{run}");
            assert!(matches!(playbook.course, Course::Go | Course::Sign | Course::Deadlock), "world {seed}");
            assert!(
                playbook.course != Course::Go || matches!(&*self.level(to), "allow" | "warn"),
                "world {seed}"
            );
        }
    }

    fn check_json(&self, json: &Value, seed: u64) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let targets = json["targets"].as_array().unwrap();
        for target in targets {
            let version = text(&target["version"]);
            assert_eq!(text(&target["verdict"]), self.level(&version), "world {seed}: {version}");
        }
        let all = survey(self.registry, &self.question(""), self.moment).unwrap();
        let named: Vec<String> = targets.iter().map(|target| text(&target["version"])).collect();
        let want: Vec<String> = all.iter().map(|target| target.verdict.movement.to.to_string()).collect();
        assert_eq!(named, want, "world {seed}: as `targets` ranks them");
        if !json["verdict"].is_null() {
            let to = text(&json["verdict"]["move"]["to"]);
            assert_eq!(text(&json["verdict"]["verdict"]), self.level(&to), "world {seed}: {to}");
        }
    }

    /// Each row, and each sentence that says a level of a version.
    fn check_markdown(&self, markdown: &str, seed: u64) {
        for line in markdown.lines() {
            let cells: Vec<&str> = line.split(" | ").collect();
            let version = line.split('`').nth(1).unwrap_or_default();
            if let [_, verdict, _, _, ..] = &*cells
                && line.starts_with("| `")
            {
                assert_eq!(verdict.trim_matches('*'), self.level(version), "world {seed}: {line}");
            }
            for words in ["Go to `", "Stay on `", "Don't go to `", "The way forward is `"] {
                let Some(rest) = line.strip_prefix(words) else { continue };
                let (version, rest) = rest.split_once("`, ").unwrap();
                let level = rest.split([' ', ':', '.']).next().unwrap();
                assert_eq!(level, self.level(version), "world {seed}: {line}");
            }
        }
    }

    /// Every step that holds for a way is there, once, in its phase.
    fn check_steps(&self, playbook: &Playbook<'_>, drawn: &Drawn<'_>, seed: u64) {
        let document = drawn.document();
        for of in &playbook.steps {
            let step = &of.instruction.step;
            let is = |item: &Item| matches!(item, Item::Task(task) if task.step.as_deref() == Some(step.name.as_str()));
            let there: Vec<_> = document
                .sections
                .iter()
                .filter(|section| section.items.iter().any(is))
                .map(|section| section.phase)
                .collect();
            assert_eq!(there, [step.phase], "world {seed}: {}", step.name);
            for way in &of.ways {
                let verdict = judge(self.registry, &self.question(&way.version), self.moment).unwrap();
                let subjects: Vec<String> = verdict.reasons.iter().map(|of| of.finding.subject()).collect();
                assert!(way.subjects.iter().all(|subject| subjects.contains(subject)), "world {seed}");
            }
        }
        assert!(
            playbook.steps.iter().any(|of| of.instruction.step.name.as_str() == "always"),
            "world {seed}"
        );
    }
}

/// A step that says what others wrote, in a text and in a command.
const LOUD: &str = r#"
[[step]]
name = "loud"
phase = "act"
owner = "security"
text = "tell @team #12 <b>x</b> [x](y) `{to}` {incident} ::error::\n## Act"
command = "echo {to} {service} ; # {incident} ``` \n```\n@team"
"#;

#[test]
fn whatever_others_wrote_does_nothing() {
    for seed in 0..8 {
        let mut dice = Dice::new(seed);
        let main = hostile(&mut dice, 12, 6) + LOUD;
        let tree: MemoryTree = [("holdpoint.toml", main)].into_iter().collect();
        let registry = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry;
        let books = Books::open(&tree, "holdpoint.toml").unwrap().unwrap();
        let moment = Moment::present(now());
        for to in [None, Some("1.1.0"), Some("1.5.0"), Some("9`9|@x")] {
            let wanted = Wanted {
                service: Name::new("shop").unwrap(),
                environment: Some(Name::new("prod").unwrap()),
                incident: None,
                to: to.map(Box::from),
            };
            let playbook = draw(&registry, &books, &wanted, moment).unwrap();
            let sources = Sources::default();
            let drawn = drawn(&registry, &playbook, context(&sources));
            let markdown = markdown::playbook(&drawn);
            harmless(&markdown);
            let human = human::playbook(&drawn, Look { width: 120, detail: Detail::Usual });
            assert!(!human.lines().any(|line| line.trim_start().starts_with("::")), "{human}");
        }
    }
}

/// Outside of code nothing of a playbook calls, links or formats; a mark is ours.
fn harmless(markdown: &str) {
    let lines: Vec<String> = markdown
        .lines()
        .map(|line| {
            line.trim_start().trim_start_matches("- [ ] ").replace("<!-- holdpoint:step loud --> ", "")
        })
        .collect();
    for (line, outside) in outside_code(&lines.join("\n")) {
        assert!(!outside.contains(['@', '<', '[', ']', '$', '~']), "{line}");
        let is_phase = line.starts_with("# Playbook") || PHASES.contains(&line);
        assert!(!line.starts_with('#') || is_phase, "{line}");
        assert!(!line.starts_with("::") && !line.contains("##["), "{line}");
    }
    let phases: Vec<&str> = markdown.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(phases, PHASES);
}

const PHASES: [&str; 5] = ["## Before", "## Decide", "## Act", "## After", "## Follow-up"];

/// What Alertmanager posts.
fn notification(status: &str, alerts: &[(&str, &str, &str)]) -> String {
    let alert = |(status, service, began): &(&str, &str, &str)| {
        format!(
            r#"{{"status":"{status}","labels":{{"alertname":"Slow","service":"{service}","severity":"critical"}},
            "annotations":{{"summary":"::error::$(reboot)"}},"startsAt":"{began}","endsAt":"0001-01-01T00:00:00Z"}}"#
        )
    };
    let alerts: Vec<String> = alerts.iter().map(alert).collect();
    format!(
        r#"{{"receiver":"bot","status":"{status}","alerts":[{}],"groupKey":"{{}}:{{alertname=\"Slow\"}}","version":"4"}}"#,
        alerts.join(",")
    )
}

#[test]
fn a_bot_begins_the_incident_posts_the_playbook_and_may_do_it_again() {
    let stage = Stage::set();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/incident-bot.sh");
    let post = |text: &str| {
        fs::write(stage.path("posted"), text).unwrap();
        let line = format!("'{}' channels prod < '{}'", script.display(), stage.path("posted").display());
        stage.run(&line)
    };
    let posts = |text: &str| assert!(post(text).status.success());
    let main = || fs::read_to_string(stage.path("shop/holdpoint.toml")).unwrap();
    let channels = || {
        let list = fs::read_dir(stage.path("shop/channels")).unwrap();
        let mut names: Vec<String> =
            list.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    // In the past of this run: what began before now.
    let began = (Utc::now() - chrono::TimeDelta::minutes(5)).to_rfc3339();
    let firing = notification("firing", &[("firing", "checkout", &began)]);
    posts(&firing);
    let (once, posted) = (main(), channels());
    let id = posted[0].split("-checkout").next().unwrap().to_owned();
    assert!(id.starts_with("AM-") && posted == [format!("{id}-checkout.json"), format!("{id}-checkout.md")]);
    let playbook = fs::read_to_string(stage.path("shop/channels").join(&posted[1])).unwrap();
    assert!(playbook.contains("Go to `2.4.0`") && !playbook.contains("reboot"), "{playbook}");
    // Again, and nothing changes.
    posts(&firing);
    assert_eq!((main(), channels()), (once.clone(), posted));
    // The group grows; a service that nobody knows is left out.
    let more = [("firing", "checkout", &*began), ("firing", "catalog", &began), ("firing", "cart", &began)];
    posts(&notification("firing", &more));
    assert!(main().contains("services = [\"checkout\", \"catalog\"]"), "{}", main());
    assert_eq!(channels().len(), 4);
    // It ends, and ends again.
    let over = notification("resolved", &[("resolved", "checkout", &began)]);
    posts(&over);
    let ended = main();
    assert!(ended.contains("ended = "), "{ended}");
    posts(&over);
    assert_eq!(main(), ended);
    // The same alerts, delivered late, begin nothing; new ones do.
    posts(&firing);
    assert_eq!(main(), ended);
    let later = (Utc::now() + chrono::TimeDelta::seconds(30)).to_rfc3339();
    posts(&notification("firing", &[("firing", "checkout", &later)]));
    assert!(main().contains(&format!("[incident.{id}-2]")), "{}", main());
    // What can't be used is said, and changes nothing.
    let before = main();
    for (bad, said) in [
        ("{}", "no notification"),
        (&*notification("firing", &[("firing", "cart", &began)]), "no service `cart`"),
    ] {
        let output = post(bad);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(3) && error.contains(said), "{error}");
    }
    assert_eq!(main(), before);
}
