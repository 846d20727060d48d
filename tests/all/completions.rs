//! What a shell is offered at the tabulator key: the scripts, run by the shells that are here.
//!
//! Bash is asked as it asks itself: through the function that the script registers, with `COMP_WORDS` set.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/shop");

/// Defines `complete_line`, which prints the candidates for a line, one each; the line ends where the cursor is.
const ASK: &str = r#"
source <(holdpoint completions bash) || exit 9
complete_line() {
    read -ra COMP_WORDS <<< "$1"
    [[ "$1" == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
    COMP_LINE="$1" COMP_POINT=${#1} COMPREPLY=()
    _clap_complete_holdpoint holdpoint "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
    (( ${#COMPREPLY[@]} )) && printf '%s\n' "${COMPREPLY[@]}"
    true
}
complete_line "$LINE"
"#;

/// Whether a program is here; a test that needs it says that it was left out.
#[expect(clippy::print_stderr, reason = "it is said to whoever runs the tests")]
pub fn is_here(program: &str) -> bool {
    let here = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("left out: there is no {program} here");
    }
    here
}

/// A command that finds this holdpoint, in a folder, with a clean environment.
fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let own = Path::new(env!("CARGO_BIN_EXE_holdpoint")).parent().unwrap().to_str().unwrap();
    let paths = format!("{own}:{}", std::env::var("PATH").unwrap_or_default());
    command.env_clear().env("PATH", paths).env("HOME", folder).current_dir(folder);
    command
}

/// What bash offers for a line; nothing may be said beside it.
fn offered(folder: &Path, line: &str) -> Vec<String> {
    let output = command("bash", folder).args(["--norc", "-c", ASK]).env("LINE", line).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{line}: {said}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn registry(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("holdpoint.toml"), text).unwrap();
    folder
}

#[test]
fn bash_completes_what_the_registry_knows() {
    if !is_here("bash") {
        return;
    }
    let shop = Path::new(SHOP);
    for (line, wanted) in [
        ("holdpoint roll", &["rollback-check"][..]),
        ("holdpoint rollback-check c", &["catalog", "checkout"]),
        ("holdpoint targets l", &["ledger"]),
        ("holdpoint rollback-check checkout 2.3", &["2.3.9", "2.3.8", "2.3.0"]),
        ("holdpoint -q rollback-check checkout --env prod 2.4", &["2.4.1", "2.4.0"]),
        ("holdpoint rollback-check checkout --from 2.4", &["2.4.1", "2.4.0"]),
        ("holdpoint rollback-check checkout --env ", &["prod", "prod-eu", "staging"]),
        ("holdpoint rollback-check checkout --env=st", &["--env=staging"]),
        ("holdpoint rollback-check --env p", &["prod", "prod-eu"]),
        ("holdpoint redeploy-check checkout --incident ", &["INC-482"]),
        ("holdpoint rollback-check checkout --report j", &["json="]),
        ("holdpoint completions b", &["bash"]),
        ("holdpoint man t", &["targets"]),
        ("holdpoint rollback-check nobody 2", &[]),
        ("holdpoint rollback-check check 2", &[]),
    ] {
        assert_eq!(offered(shop, line), wanted, "{line}");
    }
}

#[test]
fn the_registry_is_found_as_a_check_finds_it() {
    if !is_here("bash") {
        return;
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let ask = |line: &str| offered(elsewhere.path(), line);
    assert_eq!(ask("holdpoint targets c"), [""; 0]);
    assert_eq!(ask(&format!("holdpoint --registry {SHOP} targets c")), ["catalog", "checkout"]);
    assert_eq!(
        ask(&format!("holdpoint --registry={SHOP}/holdpoint.toml targets c")),
        ["catalog", "checkout"]
    );
    let inside = Path::new(SHOP).join("services/checkout");
    assert_eq!(offered(&inside, "holdpoint targets c"), ["catalog", "checkout"]);
    std::os::unix::fs::symlink(SHOP, elsewhere.path().join("shop")).unwrap();
    assert_eq!(ask("holdpoint --registry ~/shop targets c"), ["catalog", "checkout"]);
    let line = "LINE='holdpoint targets c'; export HOLDPOINT_REGISTRY";
    let script = format!("{line}=\"$HOME/shop\"\n{ASK}");
    let output = command("bash", elsewhere.path()).args(["--norc", "-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "catalog\ncheckout\n");
}

/// Nothing is said into the prompt, whatever the registry holds.
#[test]
fn a_broken_registry_gives_no_candidates_and_no_words() {
    if !is_here("bash") {
        return;
    }
    for text in ["][", "format = 2\n", "format = 1\n[service.a]\nteir = 1\n", "\u{0}\u{1}", ""] {
        let folder = registry(text);
        assert_eq!(offered(folder.path(), "holdpoint rollback-check a 1"), [""; 0], "{text}");
        assert_eq!(offered(folder.path(), "holdpoint rollback-check a --env p"), [""; 0], "{text}");
    }
    // What can be told all the same: the folders are the services' names.
    let folder = registry("][");
    fs::create_dir_all(folder.path().join("services/checkout")).unwrap();
    assert_eq!(offered(folder.path(), "holdpoint targets c"), ["checkout"]);
}

/// Bash puts a candidate on the command line as it is, so one that it would act on is not offered.
#[test]
fn hostile_versions_are_not_offered() {
    if !is_here("bash") {
        return;
    }
    let folder = registry(
        "format = 1\n[service.a]\norder = \"listed\"\nrelease = [{ version = \"1$(touch${IFS}x)\" }, \
         { version = \"1;reboot\" }, { version = \"1`id`\" }, { version = \"1.0\" }]\n",
    );
    assert_eq!(offered(folder.path(), "holdpoint rollback-check a 1"), ["1.0"]);
    assert!(!folder.path().join("x").exists());
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(env!("CARGO_BIN_EXE_holdpoint"), folder.path());
    command.args(arguments).envs(variables.iter().copied()).output().unwrap()
}

/// A variable that leaks into a pipeline must not make a check say go.
#[test]
fn only_the_script_is_answered() {
    let leaked = [("HOLDPOINT_COMPLETE", "bash"), ("COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "1")];
    let check = run(&["rollback-check", "checkout", "2.3.0", "--registry", SHOP, "--env", "prod"], &leaked);
    assert_eq!(check.status.code(), Some(1), "the block that it is");
    let none = run(&["--", "holdpoint", "targets"], &[]);
    assert_eq!(none.status.code(), Some(2), "without the variable it is wrong usage");
    for words in [&["--"][..], &["--", "holdpoint"], &["--", "holdpoint", "\u{0fff}"]] {
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let output = run(words, &[("HOLDPOINT_COMPLETE", shell), ("_CLAP_COMPLETE_INDEX", "99")]);
            assert!(output.status.success() && output.stderr.is_empty(), "{shell} {words:?}: {output:?}");
        }
    }
}

#[test]
fn every_shell_has_its_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&["completions", shell], &[]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("HOLDPOINT_COMPLETE"), "{shell}: {script}");
    }
    assert_eq!(run(&["completions", "tcsh"], &[]).status.code(), Some(2));
    assert_eq!(run(&["completions", "bash", "--format", "json"], &[]).status.code(), Some(2));
}

#[test]
fn fish_and_zsh_take_their_scripts() {
    let shop = Path::new(SHOP);
    if is_here("fish") {
        let script = "holdpoint completions fish | source; complete --do-complete 'holdpoint rollback-check checkout 2.4'";
        let output = command("fish", shop).args(["--no-config", "-c", script]).output().unwrap();
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(said.starts_with("2.4.1\treleased 2026-11-18, runs in prod"), "{said}{output:?}");
    }
    if is_here("zsh") {
        let script = "autoload -Uz compinit && compinit -u -D && source <(holdpoint completions zsh) \
                      && print -r -- $_comps[holdpoint]";
        let output = command("zsh", shop).args(["-f", "-c", script]).output().unwrap();
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(said, "_clap_dynamic_completer_holdpoint\n", "{output:?}");
    }
}
