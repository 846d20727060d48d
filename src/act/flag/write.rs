//! Where a flag is written, and what: a new one, or what a standing one lacks.

use super::entry::Entry;
use super::growth::{Growth, offered};
use super::standing::{Plan, Standing, is_alike};
use super::{Offer, Outcome, Refusal, Request, unfit_with};
use crate::model::{Affects, Flag, FlagKind, Id, Name, Severity, Time};
use crate::record::Occasion;
use crate::registry::Tree;
use crate::registry::edit::{EditError, Editor, Fields, Value};

/// What is to be written.
pub(super) struct Writing<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) main: &'a str,
    pub(super) request: &'a Request,
    pub(super) occasion: &'a Occasion,
    pub(super) entries: &'a [Entry],
    pub(super) stands: &'a [Option<Standing<'a>>],
    pub(super) plan: &'a Plan<'a>,
}

/// Where a flag goes.
enum Home {
    /// The main file, in which everything of its services stands.
    Main,
    /// A file of its own.
    File(String),
}

/// What a flag says beside what it hits.
struct Facts {
    title: Box<str>,
    url: Option<Box<str>>,
    severity: Option<Severity>,
    cvss: Option<Box<str>>,
    exploited: bool,
    compromised: bool,
    aliases: Vec<Box<str>>,
    effective: Option<Time>,
    until: Option<Time>,
    ticket: Option<Box<str>>,
    mitigations: Vec<Offer>,
}

impl Writing<'_> {
    /// Writes it.
    ///
    /// # Errors
    /// When something can't be read or edited.
    pub(super) fn write(
        &self,
        editor: &mut Editor<'_>,
        id: &Id,
        notes: &mut Vec<String>,
    ) -> Result<Outcome, Refusal> {
        let Some((first, growth)) = self.plan.growths.first() else {
            let all: Vec<&Entry> = self.entries.iter().collect();
            self.make(editor, id, &Facts::said(self.request)?, &all)?;
            return Ok(Outcome::Flagged);
        };
        if self.plan.is_done() {
            return Ok(Outcome::Unchanged);
        }
        for (standing, growth) in &self.plan.growths {
            self.widen(editor, standing, growth, notes)?;
        }
        // A flag in the folder of another service can't name this one, which gets a flag of its own that says the same.
        let facts = Facts::of(first.flag, growth);
        for (entry, _) in self.entries.iter().zip(self.stands).filter(|(_, stands)| stands.is_none()) {
            self.make(editor, &first.flag.id, &facts, &[entry])?;
        }
        Ok(Outcome::Extended)
    }

    /// Makes a new flag.
    fn make(
        &self,
        editor: &mut Editor<'_>,
        id: &Id,
        facts: &Facts,
        entries: &[&Entry],
    ) -> Result<(), Refusal> {
        let Some(service) = entries.first().map(|entry| &entry.service) else { return Ok(()) };
        entries.iter().for_each(|entry| editor.concerns(&entry.service));
        let table = [self.request.kind.word(), id.as_str()];
        let affects = entries.iter().map(|entry| Value::Table(affected(entry, &entry.versions))).collect();
        let fields = facts.fields(Value::List(affects), self.occasion);
        match self.home(id, entries)? {
            Home::Main => editor.set_in(service, self.main, &table, Value::Section(fields))?,
            Home::File(file) => editor.create(service, &file, table, &fields)?,
        };
        Ok(())
    }

    /// Where a new flag on these services goes.
    fn home(&self, id: &Id, entries: &[&Entry]) -> Result<Home, Refusal> {
        let folder = match self.request.kind {
            FlagKind::Advisory => "advisories",
            FlagKind::Instability => "instabilities",
        };
        let has_folder = |name: &Name| self.tree.list(&format!("services/{name}")).map(|list| list.is_some());
        let mut folders = 0;
        for entry in entries {
            folders += usize::from(has_folder(&entry.service).map_err(EditError::Unreadable)?);
        }
        Ok(match (entries, folders) {
            (_, 0) => Home::Main,
            ([one], _) => Home::File(format!("services/{}/{folder}/{id}.toml", one.service)),
            _ => Home::File(format!("{folder}/{id}.toml")),
        })
    }

    /// Gives a standing flag what it lacks.
    fn widen(
        &self,
        editor: &mut Editor<'_>,
        standing: &Standing<'_>,
        growth: &Growth,
        notes: &mut Vec<String>,
    ) -> Result<(), Refusal> {
        let flag = standing.flag;
        let (file, table) = (standing.file(), [flag.kind.word(), flag.id.as_str()]);
        let own = || {
            let pairs = self.entries.iter().zip(self.stands).zip(&self.plan.covered);
            let here =
                |stands: &Option<Standing<'_>>| stands.as_ref().is_some_and(|other| other.is(standing));
            pairs.filter(move |((_, stands), _)| here(stands)).map(|((entry, _), covered)| (entry, *covered))
        };
        let Some(service) = own().map(|(entry, _)| &entry.service).next() else { return Ok(()) };
        own().for_each(|(entry, _)| editor.concerns(&entry.service));
        // What an entry says is changed before another comes behind it, while the offsets are those that were read.
        let mut lists: Vec<(u32, Vec<&str>)> = Vec::new();
        let mut added: Vec<(&Entry, Vec<Box<str>>)> = Vec::new();
        for (entry, _) in own().filter(|(_, covered)| !covered) {
            added.extend(self.lacking(flag, entry, &mut lists));
        }
        let new: Vec<&Entry> = added.iter().map(|(entry, _)| *entry).collect();
        for affects in &flag.affects {
            unmend(affects, &new, flag, &mut lists, notes);
        }
        lists.sort_by_key(|(offset, _)| std::cmp::Reverse(*offset));
        for (offset, texts) in &lists {
            editor.set_affected(service, file, table, *offset as usize, "fixed_in", texts)?;
        }
        for (entry, versions) in &added {
            editor.push_in(
                &entry.service,
                file,
                &[table[0], table[1], "affects"],
                &affected(entry, versions),
            )?;
        }
        set(editor, service, standing, growth)
    }

    /// What of an entry is not said yet: as one to be added, or as a longer `fixed_in` of one that stands.
    fn lacking<'e, 'f>(
        &self,
        flag: &'f Flag,
        entry: &'e Entry,
        lists: &mut Vec<(u32, Vec<&'f str>)>,
    ) -> Option<(&'e Entry, Vec<Box<str>>)>
    where
        'e: 'f,
    {
        let alike: Vec<&Affects> = flag.affects.iter().filter(|affects| is_alike(affects, entry)).collect();
        let ranges = entry.affects.versions.iter().flat_map(crate::version::Ranges::each);
        let stands = |range: &crate::version::Ranges| {
            let mut all = alike.iter().filter_map(|affects| affects.versions.as_ref());
            all.any(|ranges| ranges.each().any(|one| one == *range))
        };
        let missing: Vec<Box<str>> = ranges
            .zip(&entry.versions)
            .filter(|(range, _)| !stands(range))
            .map(|(_, text)| text.clone())
            .collect();
        if !missing.is_empty() {
            return Some((entry, missing));
        }
        let affects = alike.first()?;
        let mut fixed: Vec<&str> = affects.fixed_in.iter().map(|version| &*version.text).collect();
        fixed.extend(
            entry
                .fixed_in
                .iter()
                .map(|text| &**text)
                .filter(|text| affects.fixed_in.iter().all(|version| *version.text != **text)),
        );
        lists.push((affects.origin.offset, fixed));
        None
    }
}

/// The keys beside `affects`.
fn set(
    editor: &mut Editor<'_>,
    service: &Name,
    standing: &Standing<'_>,
    growth: &Growth,
) -> Result<(), Refusal> {
    let (flag, file) = (standing.flag, standing.file());
    let table = [flag.kind.word(), flag.id.as_str()];
    let text = |text: &Option<Box<str>>| text.as_deref().map(Value::from);
    let aliases = flag.aliases.iter().chain(&growth.aliases);
    let keys = given([
        ("url", text(&growth.url)),
        ("severity", growth.severity.map(|severity| Value::from(severity.word()))),
        ("cvss", text(&growth.cvss)),
        ("exploited", growth.exploited.then_some(Value::Bool(true))),
        ("compromised", growth.compromised.then_some(Value::Bool(true))),
        ("aliases", (!growth.aliases.is_empty()).then(|| Value::texts(aliases))),
        ("ticket", text(&growth.ticket)),
    ]);
    for (key, value) in keys {
        editor.set_in(service, file, &[table[0], table[1], &key], value)?;
    }
    for offer in &growth.mitigations {
        editor.add_mitigation(service, file, table, &offer_fields(offer))?;
    }
    Ok(())
}

/// Takes out of `fixed_in` what is now hit: the fix was none.
fn unmend<'f>(
    affects: &'f Affects,
    added: &[&Entry],
    flag: &Flag,
    lists: &mut Vec<(u32, Vec<&'f str>)>,
    notes: &mut Vec<String>,
) {
    let is_hit = |version: &crate::model::Version| {
        let of_service = |entry: &&&Entry| affects.scope == entry.affects.scope;
        added.iter().filter(of_service).any(|entry| entry.affects.hits(version, None) == Some(true))
    };
    let (hit, stays): (Vec<_>, Vec<_>) = affects.fixed_in.iter().partition(|version| is_hit(version));
    for version in &hit {
        notes.push(format!("`{version}` was said to mend `{}`, and is taken out of its `fixed_in`", flag.id));
    }
    if !hit.is_empty() && lists.iter().all(|(offset, _)| *offset != affects.origin.offset) {
        lists.push((affects.origin.offset, stays.iter().map(|version| &*version.text).collect()));
    }
}

/// An entry of `affects`, with these ranges.
fn affected(entry: &Entry, versions: &[Box<str>]) -> Fields {
    let one_or_more = |texts: &[Box<str>]| match texts {
        [] => None,
        [one] => Some(Value::from(&**one)),
        several => Some(Value::texts(several)),
    };
    let list = |texts: Vec<&str>| (!texts.is_empty()).then(|| Value::texts(texts));
    let all = [
        ("service", Some(Value::from(entry.service.as_str()))),
        ("versions", one_or_more(versions)),
        ("except", one_or_more(&entry.except)),
        ("environments", list(entry.environments.iter().map(Name::as_str).collect())),
        ("fixed_in", list(entry.fixed_in.iter().map(|text| &**text).collect())),
    ];
    given(all)
}

fn offer_fields(offer: &Offer) -> Fields {
    given([
        ("id", Some(Value::from(offer.id.as_str()))),
        ("do", Some(Value::from(&*offer.instruction))),
        ("lowers_to", Some(Value::from(offer.lowers_to.word()))),
        ("hours", offer.hours.map(|hours| Value::Number(hours.into()))),
    ])
}

fn given<const N: usize>(all: [(&str, Option<Value>); N]) -> Fields {
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

impl Facts {
    /// As they are said of a new flag.
    fn said(request: &Request) -> Result<Facts, Refusal> {
        let title = request.title.as_ref().ok_or_else(|| {
            unfit_with("a new flag needs a title", Some("add --title: in one line, what is wrong".to_owned()))
        })?;
        let text = |said: &Option<crate::act::Said>| said.as_ref().map(|said| said.as_str().into());
        Ok(Facts {
            title: title.as_str().into(),
            url: text(&request.url),
            severity: request.severity,
            cvss: request.cvss.clone(),
            exploited: request.exploited,
            compromised: request.compromised,
            aliases: request.aliases.iter().map(|alias| alias.as_str().into()).collect(),
            effective: request.effective,
            until: request.until,
            ticket: text(&request.ticket),
            mitigations: request.mitigations.clone(),
        })
    }

    /// Those of a flag that stands, with what is added to it.
    fn of(flag: &Flag, growth: &Growth) -> Facts {
        let stands = (flag.severity != Severity::Unknown).then_some(flag.severity);
        let offers = flag.mitigations.iter().map(offered);
        Facts {
            title: flag.title.clone(),
            url: growth.url.clone().or_else(|| flag.url.clone()),
            severity: growth.severity.or(stands),
            cvss: growth.cvss.clone().or_else(|| flag.cvss.as_ref().map(|vector| vector.to_string().into())),
            exploited: flag.exploited || growth.exploited,
            compromised: flag.compromised || growth.compromised,
            aliases: flag.aliases.iter().chain(&growth.aliases).cloned().collect(),
            effective: flag.effective,
            until: flag.until,
            ticket: growth.ticket.clone().or_else(|| flag.ticket.clone()),
            mitigations: offers.chain(growth.mitigations.iter().cloned()).collect(),
        }
    }

    /// The keys with their values, in the order of the format.
    fn fields(&self, affects: Value, occasion: &Occasion) -> Fields {
        let text = |text: &Option<Box<str>>| text.as_deref().map(Value::from);
        let yes = |is: bool| is.then_some(Value::Bool(true));
        let offers: Vec<Value> =
            self.mitigations.iter().map(|offer| Value::Table(offer_fields(offer))).collect();
        given([
            ("title", Some(Value::from(&*self.title))),
            ("url", text(&self.url)),
            ("severity", self.severity.map(|severity| Value::from(severity.word()))),
            ("cvss", text(&self.cvss)),
            ("exploited", yes(self.exploited)),
            ("compromised", yes(self.compromised)),
            ("aliases", (!self.aliases.is_empty()).then(|| Value::texts(&self.aliases))),
            ("affects", Some(affects)),
            ("recorded", Some(Value::from(occasion.now))),
            ("effective", self.effective.map(Value::from)),
            ("until", self.until.map(Value::from)),
            ("by", Some(Value::from(&*occasion.who.by))),
            ("ticket", text(&self.ticket)),
            ("mitigation", (!offers.is_empty()).then_some(Value::List(offers))),
        ])
    }
}
