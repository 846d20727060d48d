//! `holdpoint/ask/v1`: who was asked what, and what came of it.

use serde::Serialize;

use super::notice::Notice;
use super::published::Published;
use super::{Registry, sentence, text};
use crate::act::ask::Asked;
use crate::model::format_time;
use crate::report::asking::{Answer, Branch, Report};

#[derive(Serialize)]
struct AskV1<'a> {
    schema: &'static str,
    /// `asked`, `needless`, `hopeless`.
    outcome: &'static str,
    /// `signed`, `silence`, `stuck`, `none`; null: nobody waited.
    answer: Option<&'static str>,
    verdict: &'static str,
    dry_run: bool,
    message: String,
    questions: Vec<QuestionV1<'a>>,
    /// The keys that whoever asks can sign.
    own: Vec<&'static str>,
    /// Who signed, where that was waited for.
    signed_by: Vec<String>,
    notes: Vec<String>,
    instead: Vec<String>,
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct QuestionV1<'a> {
    id: &'a str,
    key: &'static str,
    team: Option<&'a str>,
    subjects: &'a [Box<str>],
    command: String,
    branch: Option<&'a str>,
    remote: Option<&'a str>,
    silent: Option<String>,
}

/// Writes it.
pub fn asking(report: &Report) -> String {
    let stand = report.asked.stand();
    let commands = report.commands();
    let questions = stand.questions.iter().map(|wanted| {
        let (branch, remote) = match report.branches.get(&wanted.key) {
            Some(Branch::Offered { branch, remote, .. }) => (Some(branch.as_str()), Some(remote.as_str())),
            _ => (None, None),
        };
        let command = commands.iter().find(|(key, _)| *key == wanted.key);
        QuestionV1 {
            id: wanted.id.as_str(),
            key: wanted.key.word(),
            team: wanted.team.as_ref().map(|team| team.as_str()),
            subjects: &wanted.accepts,
            command: command.map(|(_, command)| command.clone()).unwrap_or_default(),
            branch,
            remote,
            silent: wanted.silent.map(format_time),
        }
    });
    let signed_by = match report.answer {
        Some(Answer::Signed { by }) => by.iter().map(|by| sentence(by)).collect(),
        _ => Vec::new(),
    };
    text::write(&AskV1 {
        schema: "holdpoint/ask/v1",
        outcome: match report.asked {
            Asked::Asked(_) => "asked",
            Asked::Needless(_) => "needless",
            Asked::Hopeless(_) => "hopeless",
        },
        answer: report.answer.map(|answer| match answer {
            Answer::Signed { .. } => "signed",
            Answer::Silence => "silence",
            Answer::Stuck(_) => "stuck",
            Answer::None => "none",
        }),
        verdict: stand.level.word(),
        dry_run: report.dry_run,
        message: sentence(&format!("{}: {}", report.word().to_lowercase(), report.what())),
        questions: questions.collect(),
        own: stand.own.iter().map(|key| key.word()).collect(),
        signed_by,
        notes: report.sentences(),
        instead: report.instead().iter().map(|target| sentence(target)).collect(),
        published: Published::of(report.context.published),
        notified: Notice::of(report.context.notice),
        registry: Registry::of(&report.context),
        as_of: format_time(report.context.as_of),
    })
}
