//! Who was told of an act, for programs.

use serde::Serialize;

use super::sentence;
use crate::model::format_time;
use crate::report;

#[derive(Serialize)]
pub(super) struct Notice<'a> {
    told: Vec<Told<'a>>,
    /// Why nobody could say who is to be told, or whom a sink is.
    trouble: Vec<String>,
    /// Teams that must hear of it, and that no route leads to.
    unreachable: &'a [String],
    /// Why it isn't recorded who was told.
    unrecorded: Option<String>,
}

#[derive(Serialize)]
struct Told<'a> {
    event: &'a str,
    kind: &'a str,
    service: &'a str,
    team: Option<&'a str>,
    sink: &'a str,
    arrived: bool,
    answer: String,
    not_before: Option<String>,
    gone: bool,
    /// Whether it is of an earlier act.
    earlier: bool,
}

impl<'a> Notice<'a> {
    /// None: nobody was to be told.
    pub fn of(notice: Option<&'a report::Notice>) -> Option<Notice<'a>> {
        notice.map(|notice| Notice {
            told: notice.told.iter().map(told).collect(),
            trouble: notice.trouble.iter().map(|why| sentence(why)).collect(),
            unreachable: &notice.unreachable,
            unrecorded: notice.unrecorded.as_deref().map(sentence),
        })
    }
}

fn told(told: &report::Told) -> Told<'_> {
    Told {
        event: &told.event,
        kind: &told.kind,
        service: &told.service,
        team: told.team.as_deref(),
        sink: &told.sink,
        arrived: told.arrived,
        answer: sentence(&told.answer),
        not_before: told.not_before.map(format_time),
        gone: told.gone,
        earlier: told.earlier,
    }
}
