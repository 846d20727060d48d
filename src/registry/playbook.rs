//! What playbooks are made of: `[[step]]` of the main file, and Markdown files with a head of TOML.
//!
//! No verdict needs any of it, so no check looks at it: a mistake here stops `playbook` and is `lint`'s. What stands
//! below the head of a file is no TOML, and [`crate::playbook`]'s business.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Condition, Environment, Key, Name, Phase, Sources, Step};
use crate::registry::condition::{condition, owner};
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{CONDITION, PLAYBOOK, ROOT, STEP};
use crate::registry::tree::{EntryKind, Tree, TreeError};
use crate::registry::wording::quoted;
use crate::registry::{config, syntax};

/// The folder of the templates, beside the main file.
pub const PLAYBOOKS: &str = "playbooks";
/// The largest playbook that is read, in bytes.
pub const MAX_PLAYBOOK: usize = 256 * 1024;
/// How many steps a registry may have: nobody goes through more at night.
pub const MAX_STEPS: usize = 1_000;
/// How many templates are read.
const MAX_TEMPLATES: usize = 100;
/// What a head begins and ends with.
const FENCE: &str = "+++";

/// All that is known for playbooks, and all that is wrong with it.
#[derive(Debug, Default)]
pub struct Playbooks {
    /// The texts: the main file first.
    pub sources: Sources,
    /// The steps of rules, in the order of the file.
    pub steps: Vec<PlacedStep>,
    /// The files, by their paths.
    pub files: Vec<FrontMatter>,
    /// The environments that the main file declares.
    pub environments: BTreeMap<Name, Environment>,
    /// What is wrong.
    pub list: Vec<Mistake>,
}

/// A step, and where its texts stand.
#[derive(Debug, Clone)]
pub struct PlacedStep {
    /// The step.
    pub step: Step,
    /// Where its text stands.
    pub text: Place,
    /// Where its command stands.
    pub command: Option<Place>,
}

/// The head of a file.
#[derive(Debug, Clone)]
pub struct FrontMatter {
    /// The file, in [`Playbooks::sources`].
    pub file: u32,
    /// What it is for.
    pub when: Condition,
    /// Its place among those that fit.
    pub order: Option<u32>,
    /// The bytes below the head.
    pub body: Range<usize>,
}

/// Reads the steps and the templates of a registry. `main` is the name of its main file.
///
/// # Errors
/// When the main file or the folder can't be read.
pub fn playbooks(tree: &dyn Tree, main: &str) -> Result<Playbooks, TreeError> {
    let (mut files, mut list) = (Vec::new(), Vec::new());
    for entry in tree.list(PLAYBOOKS)?.unwrap_or_default() {
        let is_template = entry.name.ends_with(".md") && !entry.name.eq_ignore_ascii_case("readme.md");
        if entry.kind != EntryKind::File || entry.name.starts_with('.') || !is_template {
            continue;
        }
        let path = format!("{PLAYBOOKS}/{}", entry.name);
        if files.len() == MAX_TEMPLATES {
            let message = format!("there are more than {MAX_TEMPLATES} templates; this one is not read");
            list.push(Mistake::of(path, message));
            break;
        }
        match tree.read(&path) {
            Ok(bytes) => files.push((path, bytes.unwrap_or_default())),
            Err(error) => list.push(error.into()),
        }
    }
    let read = playbooks_by_hand(tree, main, files)?;
    Ok(Playbooks { list: list.into_iter().chain(read.list).collect(), ..read })
}

/// Reads the steps of a registry, and these files in place of its templates: their paths and bytes.
///
/// # Errors
/// When the main file can't be read.
pub fn playbooks_by_hand(
    tree: &dyn Tree,
    main: &str,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Playbooks, TreeError> {
    let (mut sources, mut bare, mut list) = (Sources::default(), Sources::default(), Vec::new());
    let bytes = tree.read(main)?.unwrap_or_default();
    let root = syntax::take(&mut sources, main, bytes, &mut list).unwrap_or_default();
    // What else is wrong with the main file is for whoever loads it to say.
    list.clear();
    bare.add(main, sources.file(root).map_or_else(String::new, |source| source.text.clone()));
    let mut heads = Vec::new();
    for (path, bytes) in files {
        let head = head(&mut sources, &path, bytes, &mut list);
        // The same bytes with nothing but the head in them, so that a place in the one is that in the other.
        let last = sources.files().last().map_or("", |source| &source.text);
        let text = head.as_ref().map_or_else(String::new, |(_, toml, _)| only(last, toml));
        if sources.files().len() > bare.files().len() {
            bare.add(path, text);
        }
        heads.extend(head);
    }
    let read = read(&bare, root, heads);
    list.extend(read.list);
    Ok(Playbooks { sources, list, ..read })
}

/// A file, the TOML of its head, and what stands below.
type Head = (u32, Range<usize>, Range<usize>);

/// Takes a file and finds its head. None: it can't be read, which is reported.
fn head(sources: &mut Sources, path: &str, bytes: Vec<u8>, list: &mut Vec<Mistake>) -> Option<Head> {
    if bytes.len() > MAX_PLAYBOOK {
        let message = format!("{} is larger than {} kB", quoted(path), MAX_PLAYBOOK / 1024);
        list.push(Mistake::of(path, message).hint("a playbook is read by people, at night: divide it"));
        return None;
    }
    let file = syntax::take(sources, path, bytes, list)?;
    let text = sources.file(file).map_or("", |source| &source.text);
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_start_matches('\u{feff}').trim_end() != FENCE {
        return Some((file, 0..0, 0..text.len()));
    }
    let start = first.len();
    let mut at = start;
    for line in lines {
        if line.trim_end() == FENCE {
            return Some((file, start..at, at + line.len()..text.len()));
        }
        at += line.len();
    }
    let mistake = Mistake::at(Place::new(file, 0..FENCE.len()), "the head of this playbook has no end");
    list.push(mistake.hint("write a second line `+++` below it"));
    None
}

/// The text with everything but a stretch made blank; line breaks stay.
fn only(text: &str, stretch: &Range<usize>) -> String {
    let blank = |text: &str| -> String {
        text.chars().map(|c| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) }).collect()
    };
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    format!(
        "{}{}{}",
        blank(part(0..stretch.start)),
        part(stretch.clone()),
        blank(part(stretch.end..text.len()))
    )
}

/// Reads what is TOML. The environments that the main file declares are known by then.
fn read(sources: &Sources, main: u32, heads: Vec<Head>) -> Playbooks {
    let desk = Desk::new(sources, Vec::new());
    desk.declare(environments(sources, main));
    let (map, _) = syntax::parse_anyhow(&desk, main);
    let steps = steps(&Table::of(&map, main, &ROOT, &desk));
    drop(map);
    let mut files = Vec::new();
    for (file, _, body) in heads {
        let Some(map) = syntax::parse(&desk, file) else { continue };
        let table = Table::open(&map, 0..0, file, &PLAYBOOK, &desk);
        let when = table.table("when", &CONDITION).map(|when| condition(&when)).unwrap_or_default();
        files.push(FrontMatter { file, when, order: table.get("order").and_then(Value::count), body });
    }
    let environments = desk.environments();
    Playbooks { sources: Sources::default(), steps, files, environments, list: desk.into_list() }
}

/// The environments, with nothing said of what is wrong with them: a check says that.
fn environments(sources: &Sources, main: u32) -> BTreeMap<Name, Environment> {
    let desk = Desk::new(sources, Vec::new());
    let (map, _) = syntax::parse_anyhow(&desk, main);
    config::environments(&Table::of(&map, main, &ROOT, &desk))
}

/// `[[step]]`.
pub(super) fn steps(root: &Table<'_>) -> Vec<PlacedStep> {
    let tables = root.tables("step", &STEP);
    if let Some(table) = tables.get(MAX_STEPS) {
        let message = format!("there are {} steps, and at most {MAX_STEPS} are read", tables.len());
        table.desk.report(Mistake::at(table.place(), message).hint("remove those that nobody needs"));
    }
    let mut steps: Vec<PlacedStep> = Vec::new();
    for table in tables.iter().take(MAX_STEPS) {
        let Some(placed) = step(table) else { continue };
        let same =
            |other: &&PlacedStep| other.step.name.as_str().eq_ignore_ascii_case(placed.step.name.as_str());
        if let (Some(_), Some(name)) = (steps.iter().find(same), table.get("name")) {
            let message = format!("two steps are called {}", quoted(placed.step.name.as_str()));
            name.report_hint(message, "playbooks are held to a step by its name: rename one");
        }
        steps.push(placed);
    }
    steps
}

fn step(table: &Table<'_>) -> Option<PlacedStep> {
    let name = table.get("name").and_then(Value::id);
    let when = table.table("when", &CONDITION).map(|when| condition(&when)).unwrap_or_default();
    let phase = table.word("phase", Phase::WORDS, Phase::from_word);
    let owner = table.word("owner", &["reliability", "security", "both"], owner);
    let (text, command) = (table.text("text"), table.text("command"));
    let requires = table.word("requires", &["sign-off:reliability", "sign-off:security"], signed_by);
    let order = table.get("order").and_then(Value::count);
    let place =
        |key: &'static str| table.has(key).then(|| table.get(key)).flatten().map(|value| value.place());
    let at = (place("text"), place("command"));
    let step = Step {
        name: name?,
        when,
        phase: phase?,
        owner: owner?,
        text: text?,
        command,
        requires,
        order,
        origin: table.origin(),
    };
    Some(PlacedStep { step, text: at.0?, command: at.1 })
}

fn signed_by(word: &str) -> Option<Key> {
    let word = word.strip_prefix("sign-off:")?;
    Key::ALL.into_iter().find(|key| key.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Owner;
    use crate::registry::mistake::position;
    use crate::registry::{Ask, MemoryTree, Whole, load};

    const STEP: &str = "[[step]]\nname = 'waf'\nphase = 'before'\nowner = 'security'\ntext = 't'\n";

    fn tree(main: &str, files: &[(&str, &str)]) -> MemoryTree {
        let main = format!("format = 1\n[service.shop]\n{main}");
        let mut tree: MemoryTree = [("holdpoint.toml", main)].into_iter().collect();
        files.iter().for_each(|(path, text)| tree.put(path, *text));
        tree
    }

    fn of(main: &str, files: &[(&str, &str)]) -> Playbooks {
        playbooks(&tree(main, files), "holdpoint.toml").unwrap()
    }

    #[test]
    fn steps_and_templates_are_read() {
        let text = "+++\nwhen = { service = 'shop' }\norder = 2\n+++\n# ä\n";
        let read = of(
            &format!("{STEP}when = {{ exploited = true }}\nrequires = 'sign-off:security'\norder = 1\n"),
            &[("playbooks/a.md", text), ("playbooks/README.md", "+++"), ("playbooks/b.md", "# b\n")],
        );
        assert!(read.list.is_empty(), "{:?}", read.list);
        let step = &read.steps[0].step;
        assert_eq!((step.owner, step.phase), (Owner::One(Key::Security), Phase::Before));
        assert_eq!(
            (step.when.exploited, step.requires, step.order),
            (Some(true), Some(Key::Security), Some(1))
        );
        assert_eq!(&*read.files[0].when.service, [Box::from("shop")]);
        assert_eq!(&text[read.files[0].body.clone()], "# ä\n");
        assert_eq!((read.files.len(), read.files[1].body.clone()), (2, 0..4));
    }

    #[test]
    fn mistakes_are_told_with_their_lines_and_stop_no_check() {
        for (main, files, said, line) in [
            ("[[step]]\nname = 'a b'\n", &[][..], "holds ` `", 4),
            ("[[step]]\nphase = 'befor'\n", &[], "`befor`", 4),
            (&format!("{STEP}when = {{ exploitd = true }}\n"), &[], "no key `exploitd`", 8),
            (&format!("{STEP}{STEP}"), &[], "two steps are called `waf`", 9),
            ("", &[("playbooks/a.md", "+++\nx = 1\n+++\n")], "no key `x` in the head of a playbook", 2),
            ("", &[("playbooks/a.md", "+++\n\nwhen = 1\n+++\n")], "must be a table", 3),
            ("", &[("playbooks/a.md", "+++\n")], "has no end", 1),
            (
                "[environment.prod]\n",
                &[("playbooks/a.md", "+++\nwhen.environment = 'prd'\n+++\n")],
                "no environment `prd`",
                2,
            ),
        ] {
            let tree = tree(main, files);
            let read = playbooks(&tree, "holdpoint.toml").unwrap();
            let found = read.list.iter().find(|mistake| mistake.message.contains(said));
            let found = found.unwrap_or_else(|| panic!("{said}: {:?}", read.list));
            let place = found.place.as_ref().unwrap();
            assert_eq!(position(&read.sources, place).0, line, "{said}");
            let shop = crate::model::Name::new("shop").unwrap();
            assert!(load(&tree, "holdpoint.toml", &Ask::Service(shop)).is_ok(), "{said}");
            assert!(Whole::open(&tree, "holdpoint.toml").unwrap().mistakes().list.is_empty(), "{said}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let large = "x".repeat(MAX_PLAYBOOK + 1);
        let read = of("", &[("playbooks/a.md", &large)]);
        assert_eq!(read.list[0].message, "`playbooks/a.md` is larger than 256 kB");
        let many: String = (0..10_000).map(|n| STEP.replace("waf", &format!("s{n}"))).collect();
        let read = of(&many, &[]);
        assert_eq!(read.list[0].message, "there are 10000 steps, and at most 1000 are read");
        let deep = format!("+++\nwhen = {}\n+++\n", "{a=".repeat(50_000));
        assert!(!of("", &[("playbooks/a.md", &deep)]).list.is_empty());
    }
}
