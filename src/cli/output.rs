//! Where reports go: standard output, files, both.

#![expect(
    clippy::disallowed_methods,
    reason = "a door: it writes to standard output, standard error and files"
)]

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice, adapter::strip_str};
use anyhow::Result;

use super::args::{Format, Report, typed_command};
use super::failure::Complaint;
use super::form::{self, Form};
use super::settings::Settings;
use crate::disk::reason;
use crate::report::human::{self, Detail, Look};

/// The reports that were asked for.
#[derive(Debug)]
pub(super) struct Outputs {
    /// The one on standard output.
    stdout: Form,
    /// Those in files.
    files: Vec<Report>,
    colour: ColorChoice,
    /// How the human report is to look.
    pub look: Look,
}

impl Outputs {
    /// Resolves `--format` and `--report` of a command that has these forms beside the usual ones.
    ///
    /// # Errors
    /// When two reports would go to standard output, or to the same file; when the command doesn't have a form.
    pub fn resolve(
        format: Option<Form>,
        reports: &[Report],
        more: &[Form],
        colour: ColorChoice,
        look: Look,
    ) -> Result<Outputs> {
        let mut asked = format.into_iter().chain(reports.iter().map(|report| report.format));
        if let Some(form) = asked.find(|form| !form::has(more, *form)) {
            let message = format!("`{}` has no format `{}`", typed_command(), form.word());
            return Err(Complaint::usage(&message, &format!("it has {}", form::names(more))).into());
        }
        let (to_stdout, files): (Vec<_>, Vec<_>) =
            reports.iter().cloned().partition(|report| report.file == "-");
        let mut stdout = format.into_iter().chain(to_stdout.iter().map(|report| report.format));
        let first = stdout.next().unwrap_or(Form::Usual(Format::Human));
        if stdout.next().is_some() {
            let hint = "send all but one to a file: --report json=verdict.json";
            return Err(Complaint::usage("two reports can't both go to standard output", hint).into());
        }
        let places: Vec<PathBuf> = files.iter().map(|report| place(&report.file)).collect();
        for (index, report) in files.iter().enumerate() {
            if places[..index].contains(&places[index]) {
                let message = format!("two reports can't both go to `{}`", report.file);
                return Err(Complaint::usage(&message, "give each its own file").into());
            }
        }
        Ok(Outputs { stdout: first, files, colour, look })
    }

    /// Only the human report on standard output.
    pub fn plain(colour: ColorChoice, look: Look) -> Outputs {
        Outputs { stdout: Form::Usual(Format::Human), files: Vec::new(), colour, look }
    }

    /// What goes to standard output.
    pub fn on_stdout(&self) -> Form {
        self.stdout
    }

    /// Writes every report. False: one could not be written, which is said on standard error.
    ///
    /// `-q` is for who watches; what goes to a file is to be read later, and is whole.
    pub fn write(&self, report: impl Fn(Format, Look) -> String) -> bool {
        self.deliver(|form, look| Some(report(form.usual()?, look)))
    }

    /// The same of a command that has further forms; None: it doesn't have this one.
    pub fn write_forms(&self, report: impl Fn(Form, Look) -> Option<String>) -> bool {
        self.deliver(report)
    }

    /// Writes every report but the one for people, which went to standard error. False: one could not be written.
    pub fn write_beside(&self, report: impl Fn(Format, Look) -> String) -> bool {
        let report = |form: Form, look| Some(report(form.usual()?, look));
        let files = self.files(|form| report(form, self.whole()));
        let printed = self.stdout == Format::Human || self.out(report(self.stdout, self.look));
        printed && files
    }

    /// Writes the reports that go to files. False: one could not be written.
    pub fn write_files(&self, report: impl Fn(Form) -> String) -> bool {
        self.files(|form| Some(report(form)))
    }

    fn deliver(&self, report: impl Fn(Form, Look) -> Option<String>) -> bool {
        let files = self.files(|form| report(form, self.whole()));
        self.out(report(self.stdout, self.look)) && files
    }

    fn whole(&self) -> Look {
        Look { detail: self.look.detail.max(Detail::Usual), ..self.look }
    }

    fn files(&self, report: impl Fn(Form) -> Option<String>) -> bool {
        let mut delivered = true;
        for Report { format, file } in &self.files {
            let Some(text) = report(*format) else {
                delivered = self.formless();
                continue;
            };
            if let Err(error) = fs::write(file, strip_str(&text).to_string()) {
                self.complain(&format!("the report `{file}` can't be written: {}", reason(&error)));
                delivered = false;
            }
        }
        delivered
    }

    fn out(&self, report: Option<String>) -> bool {
        report.map_or_else(|| self.formless(), |text| self.print(&text))
    }

    /// A form that the command says it has and doesn't write. That is a defect of ours, and must not look delivered.
    fn formless(&self) -> bool {
        self.complain("there is no such report of this command");
        false
    }

    /// Makes sure that the reports can go where they are to go, before something is done that they are to tell of.
    ///
    /// # Errors
    /// When a file can't be opened.
    pub fn check_files(&self) -> Result<()> {
        for Report { file, .. } in &self.files {
            try_open(Path::new(file)).map_err(|error| {
                let message = format!("the report `{file}` can't be written: {}", reason(&error));
                Complaint::unjudged(
                    message,
                    Some("nothing else was written either; give another file".into()),
                )
            })?;
        }
        Ok(())
    }

    /// Writes to standard output. False: it could not be written.
    pub fn print(&self, text: &str) -> bool {
        let stdout = io::stdout().lock();
        let colour = if self.colour == ColorChoice::Auto { AutoStream::choice(&stdout) } else { self.colour };
        let written = if colour == ColorChoice::Never {
            // Taken out here and not on the way, the report is one write and not one per style.
            all(stdout, strip_str(text).to_string().as_bytes())
        } else {
            all(AutoStream::new(stdout, colour), text.as_bytes())
        };
        match written {
            Ok(()) => true,
            // Whoever reads has read enough; the exit code tells the rest.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => true,
            Err(error) => {
                self.complain(&format!("standard output can't be written: {}", reason(&error)));
                false
            }
        }
    }

    /// Says on standard error what failed.
    pub fn complain(&self, text: &str) {
        self.mutter(&human::failure(text, None));
    }

    /// Writes to standard error; where even that fails, the exit code has to do.
    pub fn mutter(&self, text: &str) {
        let _ = AutoStream::new(io::stderr().lock(), self.colour).write_all(text.as_bytes());
    }
}

/// Refuses `--format` and `--report` of a command whose output has one form only.
pub(super) fn check_no_reports(command: &str, settings: &Settings) -> Result<()> {
    if settings.outputs.stdout == Format::Human {
        return check_no_files(command, settings);
    }
    let message = format!("`{command}` has one form only");
    Err(Complaint::usage(&message, "leave out --format").into())
}

/// Refuses `--report` of a command that makes no reports.
pub(super) fn check_no_files(command: &str, settings: &Settings) -> Result<()> {
    if settings.outputs.files.is_empty() {
        return Ok(());
    }
    let hint = format!("send its output there: `holdpoint {command} > FILE`");
    Err(Complaint::usage(&format!("`{command}` makes no reports"), &hint).into())
}

/// Where a file lies, however it is spelt.
fn place(file: &str) -> PathBuf {
    let path = Path::new(file);
    let of_new = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?.join(path.file_name()?))
    };
    // What lies in a folder that isn't there can't be written anyway.
    fs::canonicalize(path).ok().or_else(of_new).unwrap_or_else(|| path.into())
}

/// Opens a file as for writing, and leaves everything as it was. A pipe or a device can't be tried without harm.
fn try_open(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(data) if data.is_file() || data.is_dir() => {
            fs::File::options().append(true).open(path)?;
        }
        Ok(_) => {}
        Err(_) => {
            fs::File::create_new(path)?;
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn all(mut to: impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes).and_then(|()| to.flush())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(format: Option<Format>, reports: &[(Format, &str)]) -> Result<Outputs> {
        let look = Look { width: 80, detail: Detail::Usual };
        let report =
            |(format, file): &(Format, &str)| Report { format: Form::Usual(*format), file: (*file).into() };
        let reports: Vec<Report> = reports.iter().map(report).collect();
        Outputs::resolve(format.map(Form::Usual), &reports, &[], ColorChoice::Never, look)
    }

    #[test]
    fn a_form_is_taken_by_the_commands_that_have_it_only() {
        let look = Look { width: 80, detail: Detail::Usual };
        let ask = |format, reports: &[Report], more: &[Form]| {
            Outputs::resolve(format, reports, more, ColorChoice::Never, look)
        };
        let file = [Report { format: Form::Html, file: "f".into() }];
        assert!(ask(Some(Form::Csv), &file, &[Form::Csv, Form::Html]).is_ok());
        for refused in [ask(Some(Form::Csv), &[], &[]), ask(None, &file, &[Form::Csv])] {
            assert!(refused.is_err());
        }
    }

    #[test]
    fn files_are_tried_and_left_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str| {
            let path = folder.path().join(name).to_str().unwrap().to_owned();
            resolve(None, &[(Format::Json, &path)]).unwrap().check_files()
        };
        fs::write(folder.path().join("old"), "text").unwrap();
        assert!(check("new").is_ok() && check("old").is_ok());
        assert!(!folder.path().join("new").exists());
        assert_eq!(fs::read_to_string(folder.path().join("old")).unwrap(), "text");
        assert!(check("no/folder").is_err() && check("").is_err());
    }

    #[test]
    fn one_report_at_most_goes_to_standard_output() {
        use Format::{Human, Json};
        assert_eq!(resolve(None, &[]).unwrap().on_stdout(), Human);
        assert_eq!(resolve(None, &[(Json, "f")]).unwrap().on_stdout(), Human);
        assert_eq!(resolve(None, &[(Json, "-")]).unwrap().on_stdout(), Json);
        assert!(resolve(Some(Json), &[(Json, "f"), (Human, "g")]).is_ok());
        for wrong in [resolve(Some(Json), &[(Human, "-")]), resolve(None, &[(Json, "-"), (Json, "-")])] {
            assert!(wrong.is_err());
        }
        assert!(resolve(None, &[(Json, "f"), (Human, "f")]).is_err());
    }
}
