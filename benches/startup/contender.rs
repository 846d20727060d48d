//! The programs that are run, each with the exit code that it must end with.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, anyhow, bail, ensure};

use crate::registry::{self, Service};
use crate::size::Size;

/// As the release profile of Cargo.toml builds the real one.
const AS_RELEASED: [&str; 8] = [
    "--edition=2024",
    "-Copt-level=3",
    "-Clto=fat",
    "-Ccodegen-units=1",
    "-Cstrip=symbols",
    "-Cpanic=unwind",
    "--crate-name=empty",
    "-o",
];

/// What the empty program is called in the tables.
pub const EMPTY: &str = "empty program";
/// What the gate over a change of manifests is called in the tables.
pub const GATE: &str = "gate, 2,000 manifests";
/// What Git is called in the tables.
pub const GIT: &str = "git rev-parse";

/// Whether the program has a command.
pub fn has_command(command: &str) -> anyhow::Result<bool> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    program.args([command, "--help"]).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(program.status().context("can't start the program")?.success())
}

/// What a command over a whole registry is called in the tables.
pub fn whole_name(command: &str, size: Size) -> String {
    format!("{command} {}", size.name())
}

/// A program with its arguments.
pub struct Contender {
    pub name: String,
    pub size: Option<Size>,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    expected: i32,
    /// Looks at every service.
    pub whole: bool,
}

impl Contender {
    /// The floor: a Rust program that does nothing, linked like the real one.
    pub fn empty(scratch: &Path) -> anyhow::Result<Self> {
        let (source, program) = (scratch.join("empty.rs"), scratch.join("empty"));
        std::fs::write(&source, "fn main() {}\n")?;
        let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let status = Command::new(compiler).args(AS_RELEASED).arg(&program).arg(&source).status();
        ensure!(status.context("can't start `rustc`")?.success(), "`rustc` can't build the empty program");
        Ok(Self::new(EMPTY, None, program, &[], scratch, 0))
    }

    /// The yardstick: Git answers its smallest question, in a repository with one commit.
    pub fn git(scratch: &Path) -> anyhow::Result<Self> {
        let repository = scratch.join("repository");
        if !repository.is_dir() {
            std::fs::create_dir_all(&repository)?;
            registry::commit(&repository)?;
        }
        Ok(Self::new(GIT, None, "git".into(), &["rev-parse", "HEAD"], &repository, 0))
    }

    /// The measured check. It is blocked on any day, by an advisory that is made for it.
    pub fn check(size: Size, registry: PathBuf) -> anyhow::Result<Self> {
        let service = Service::new(size, size.checked());
        let target = &service.versions[service.target()];
        let folder = registry.to_str().context("the target folder's path is not UTF-8")?;
        let arguments = ["--registry", folder, "rollback-check", &service.name, target, "--env", "prod"];
        let program = PathBuf::from(env!("CARGO_BIN_EXE_holdpoint"));
        let name = format!("check {}", size.name());
        Ok(Self::new(&name, Some(size), program, &arguments, &registry, 1))
    }

    /// A command over every service of a registry, which ends with 0 whatever stands there.
    pub fn whole(command: &str, size: Size, registry: &Path) -> anyhow::Result<Self> {
        let folder = registry.to_str().context("the target folder's path is not UTF-8")?;
        let program = PathBuf::from(env!("CARGO_BIN_EXE_holdpoint"));
        let name = whole_name(command, size);
        let of_whole = Self::new(&name, None, program, &["--registry", folder, command], registry, 0);
        Ok(Self { whole: true, ..of_whole })
    }

    /// The gate over a change of many manifests, which blocks on any day.
    pub fn gate(registry: &Path, manifests: &Path) -> anyhow::Result<Self> {
        let folder = registry.to_str().context("the target folder's path is not UTF-8")?;
        let arguments = ["--registry", folder, "gate", "--diff", "base..head"];
        let program = PathBuf::from(env!("CARGO_BIN_EXE_holdpoint"));
        let gate = Self::new(GATE, None, program, &arguments, manifests, 1);
        Ok(Self { whole: true, ..gate })
    }

    fn new(
        name: &str,
        size: Option<Size>,
        program: PathBuf,
        arguments: &[&str],
        folder: &Path,
        expected: i32,
    ) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self {
            name: name.to_owned(),
            size,
            program,
            arguments,
            folder: folder.to_owned(),
            expected,
            whole: false,
        }
    }

    /// Ready to run, mute.
    pub fn command(&self) -> Command {
        self.command_under::<&str>(&[])
    }

    /// The same under another program, which comes first: `valgrind …`.
    ///
    /// The environment is bare: what Cargo sets for its benches would slow down the dynamic linker.
    pub fn command_under<S: AsRef<OsStr>>(&self, wrapper: &[S]) -> Command {
        let mut words = wrapper.iter().map(AsRef::as_ref).chain([self.program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(&self.arguments).current_dir(&self.folder);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", crate::SCRATCH).env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Ended as it must? Anything else means that something else was measured.
    pub fn accept(&self, status: ExitStatus) -> anyhow::Result<()> {
        if status.code() != Some(self.expected) {
            bail!("`{}` must exit with {}, and ended with {status}", self.name, self.expected);
        }
        Ok(())
    }

    /// The exit code, and the first line of what it says.
    pub fn seen(&self) -> anyhow::Result<(String, String)> {
        let output = self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        let code = output.status.code().map_or("by a signal".to_owned(), |code| code.to_string());
        let said = if output.stdout.is_empty() { output.stderr } else { output.stdout };
        let line = String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned();
        Ok((code, line))
    }

    /// Fails with what the program said, unless it ends as it must.
    pub fn prove(&self) -> anyhow::Result<()> {
        let output = self.command().stderr(Stdio::piped()).output();
        let output = output.with_context(|| format!("can't start `{}`", self.program.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        self.accept(output.status).map_err(|error| anyhow!("{error}\n{said}"))
    }
}
