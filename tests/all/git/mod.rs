//! Acts shared through Git: real repositories, the real program, several clones.

mod acts;
mod broken;
mod odd;
mod race;
mod sync;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::repository::shell;

const MAIN: &str = "format = 1
[git]
publish = \"push\"
[environment.prod]
[environment.staging]
";

fn service(name: &str) -> String {
    format!(
        "[service.{name}]\nrunning = {{ prod = \"1.1.0\", staging = \"1.1.0\" }}\n\
         [[service.{name}.release]]\nversion = \"1.0.0\"\n[[service.{name}.release]]\nversion = \"1.1.0\"\n\
         [[service.{name}.release]]\nversion = \"1.2.0\"\n"
    )
}

/// A bare remote, and clones of it that hold a registry.
pub struct Site {
    pub root: TempDir,
    /// Where the registry lies in the repository.
    inside: &'static str,
}

impl Site {
    /// With one clone, `a`, whose registry is published.
    fn new() -> Site {
        Site::inside("")
    }

    /// The same with the registry in a folder of a repository with other things.
    fn inside(inside: &'static str) -> Site {
        let site = Site::empty(inside);
        site.put("a", "holdpoint.toml", MAIN);
        site.put("a", ".gitignore", ".holdpoint*\n");
        for name in ["shop", "till"] {
            site.put("a", &format!("services/{name}/service.toml"), &service(name));
        }
        fs::write(site.path("a").join("README.md"), "readme\n").unwrap();
        fs::write(site.path("a").join("main.go"), "package main\n").unwrap();
        site.begin();
        site
    }

    /// A remote, and a clone `a`, with nothing in them.
    pub fn empty(inside: &'static str) -> Site {
        let site = Site { root: tempfile::tempdir().unwrap(), inside };
        site.sh("", "git init -q --bare -b main remote && git init -q -b main a");
        site
    }

    /// Publishes what clone `a` holds, for the first time.
    pub fn begin(&self) {
        self.sh("a", "git add -A && git commit -qm begin && git remote add origin ../remote");
        self.sh("a", "git push -q -u origin main");
    }

    pub fn clone(&self, name: &str) {
        self.sh("", &format!("git clone -q remote {name}"));
    }

    /// A clone's top folder.
    pub fn path(&self, clone: &str) -> PathBuf {
        self.root.path().join(clone)
    }

    /// A path in a clone's registry.
    pub fn registry(&self, clone: &str) -> PathBuf {
        self.path(clone).join(self.inside)
    }

    pub fn put(&self, clone: &str, path: &str, text: &str) {
        let path = self.registry(clone).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, clone: &str, path: &str) -> String {
        fs::read_to_string(self.registry(clone).join(path)).unwrap_or_default()
    }

    /// Runs a script that has to work, and gives what it prints.
    pub fn sh(&self, clone: &str, script: &str) -> String {
        let output = shell(&self.path(clone), script).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{script}\n{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout).trim_end().to_owned()
    }

    /// Runs holdpoint in a clone's registry.
    pub fn run(&self, clone: &str, line: &str) -> Done {
        self.with(clone, line, &[])
    }

    /// The same with more variables.
    pub fn with(&self, clone: &str, line: &str, variables: &[(&str, &str)]) -> Done {
        let mut command = shell(&self.registry(clone), &format!("exec holdpoint {line}"));
        command.envs(variables.iter().copied());
        Done::of(&command.output().unwrap())
    }

    /// The same with another `git` before the real one: a script for the shell that has the arguments, and goes on to
    /// the real one unless it ends.
    pub fn behind(&self, clone: &str, line: &str, script: &str) -> Done {
        let bin = self.root.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        let real = self.sh("", "command -v git");
        fs::write(bin.join("git"), format!("#!/bin/sh\nreal={real}\n{script}\nexec $real \"$@\"\n")).unwrap();
        self.sh("", "chmod +x bin/git");
        let rest = self.sh("", "printf %s \"$PATH\"");
        self.with(clone, line, &[("PATH", &format!("{}:{rest}", bin.display()))])
    }

    /// Makes a script that is to be executed: a hook.
    pub fn script(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        self.sh("", &format!("chmod +x {}", path.display()));
    }

    /// A commit's id: `HEAD` in a clone, `main` in the remote.
    pub fn id(&self, clone: &str, name: &str) -> String {
        self.sh(clone, &format!("git rev-parse {name}"))
    }

    /// What is published can be read, and every record of it verifies.
    fn check(&self) -> Fresh<'_> {
        let name = format!("fresh-{}", fs::read_dir(self.root.path()).unwrap().count());
        self.clone(&name);
        let verified = self.run(&name, "log verify");
        assert_eq!(verified.code, 0, "{}", verified.all());
        let lint = self.run(&name, "lint");
        assert!(lint.code == 0 || lint.code == 1, "{}", lint.all());
        Fresh { site: self, name }
    }

    /// Everything that a person sees of a checkout: status, differences, staged and not, and all files.
    fn seen(&self, clone: &str) -> String {
        let git = "git status --porcelain; git diff; git diff --cached; git stash list; git log --oneline -n 1 --format=%T";
        let mut files = Vec::new();
        gather(&self.path(clone), &mut files);
        files.sort();
        let text = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let each = files.iter().map(|path| format!("\n== {}\n{}", path.display(), text(path)));
        self.sh(clone, git) + &each.collect::<String>()
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.file_name().unwrap().to_str().unwrap() {
            ".git" | ".holdpoint.lock" => {}
            _ if path.is_dir() => gather(&path, files),
            _ => files.push(path),
        }
    }
}

/// A new clone of what is published.
struct Fresh<'a> {
    site: &'a Site,
    name: String,
}

impl Fresh<'_> {
    fn read(&self, path: &str) -> String {
        self.site.read(&self.name, path)
    }

    /// How many lines the record of a service has.
    fn lines(&self, service: &str) -> usize {
        let folder = self.site.registry(&self.name).join("log").join(service);
        let files = fs::read_dir(folder).map_or_else(|_| Vec::new(), |list| list.flatten().collect());
        files.iter().map(|file| fs::read_to_string(file.path()).unwrap().lines().count()).sum()
    }

    /// That a clone holds the same, and nothing else.
    fn equals(&self, clone: &str) {
        assert_eq!(self.site.id(clone, "HEAD"), self.site.id(&self.name, "HEAD"), "{clone}");
        assert_eq!(self.site.sh(clone, "git status --porcelain"), "", "{clone}");
    }
}

/// What a run of holdpoint came to.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Done {
    pub fn of(output: &Output) -> Done {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Done {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    pub fn all(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.out, self.err)
    }

    /// That it did it, and published it.
    pub fn pushed(&self) -> &Done {
        assert!(self.code == 0 && self.all().contains("pushed to origin/main as"), "{}", self.all());
        self
    }

    /// That it says so, and ended with this code.
    pub fn says(&self, code: i32, texts: &[&str]) -> &Done {
        let all = self.all().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(self.code, code, "{}", self.all());
        texts.iter().for_each(|text| assert!(all.contains(text), "no `{text}` in\n{}", self.all()));
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }
}

/// Flags 1.0.0 of a service.
fn flag(service: &str, id: &str) -> String {
    format!("flag-release {service} 1.0.0 --insecure --title hole --id {id} --severity low")
}
