//! What is said held against one flag that stands: what it lacks is growth, what it says otherwise a contradiction.

use super::standing::Standing;
use super::{Offer, Request};
use crate::model::{Mitigation, Severity, Vector, format_time, format_until};
use crate::registry::{Mistake, quoted};

/// What a flag that stands gets, beside what it hits.
#[derive(Debug, Clone, Default)]
pub(super) struct Growth {
    pub(super) severity: Option<Severity>,
    pub(super) exploited: bool,
    pub(super) compromised: bool,
    pub(super) aliases: Vec<Box<str>>,
    pub(super) url: Option<Box<str>>,
    pub(super) cvss: Option<Box<str>>,
    pub(super) ticket: Option<Box<str>>,
    pub(super) mitigations: Vec<Offer>,
}

impl Growth {
    /// Whether there is none.
    pub(super) fn is_none(&self) -> bool {
        let texts = [&self.url, &self.cvss, &self.ticket];
        texts.into_iter().all(Option::is_none)
            && !(self.severity.is_some() || self.exploited || self.compromised)
            && self.aliases.is_empty()
            && self.mitigations.is_empty()
    }

    /// What of the request the flag lacks, and each thing that it says otherwise.
    pub(super) fn of(request: &Request, standing: &Standing<'_>) -> (Growth, Vec<Mistake>) {
        let mut held = Held { request, standing, contradictions: Vec::new() };
        held.as_a_whole();
        if !held.contradictions.is_empty() {
            return (Growth::default(), held.contradictions);
        }
        held.title();
        held.times();
        let flag = standing.flag;
        let said = |said: &Option<crate::act::Said>| said.as_ref().map(|said| Box::from(said.as_str()));
        let vector = request.cvss.as_deref().and_then(Vector::parse).map(|vector| vector.to_string().into());
        let growth = Growth {
            severity: held.severity(),
            exploited: request.exploited && !flag.exploited,
            compromised: request.compromised && !flag.compromised,
            aliases: held.aliases(),
            url: held.filled("url", flag.url.clone(), said(&request.url)),
            cvss: held.filled("cvss", flag.cvss.as_ref().map(|vector| vector.to_string().into()), vector),
            ticket: held.filled("ticket", flag.ticket.clone(), said(&request.ticket)),
            mitigations: held.mitigations(),
        };
        (growth, held.contradictions)
    }
}

/// One comparison.
struct Held<'a> {
    request: &'a Request,
    standing: &'a Standing<'a>,
    contradictions: Vec<Mistake>,
}

impl Held<'_> {
    /// A flag of the other team, or one that was taken back, isn't this one.
    fn as_a_whole(&mut self) {
        let (flag, kind) = (self.standing.flag, self.request.kind);
        if let Some(withdrawn) = &flag.withdrawn {
            let (at, reason) = (format_time(withdrawn.at), &withdrawn.reason);
            let hint = "what was taken back stays so: flag it under another id, with this one as --alias";
            let message = format!("`{}` was withdrawn at {at}: {reason}", flag.id);
            self.contradictions
                .push(self.standing.mistake(message, hint).label("the flag that was withdrawn"));
        } else if flag.kind != kind {
            let title = quoted(&flag.title);
            let message = format!("`{}` stands already, as an {}: {title}", flag.id, flag.kind.word());
            let hint = format!("an {} needs an id of its own", kind.word());
            self.contradictions.push(self.standing.mistake(message, &hint));
        }
    }

    fn contradicts(&mut self, key: &str, stands: &str, said: &str) {
        let message = format!("`{key}` of `{}` is {stands}, not {said}", self.standing.flag.id);
        let hint =
            "a flag is only made wider here; what was wrong is mended in the file, in a reviewed change";
        self.contradictions.push(self.standing.mistake(message, hint));
    }

    fn title(&mut self) {
        let stands = &self.standing.flag.title;
        if let Some(title) = self.request.title.as_ref().filter(|title| title.as_str() != &**stands) {
            self.contradicts("title", &quoted(stands), &quoted(title.as_str()));
        }
    }

    /// Other times would take something back, or make more of what was said than its author did.
    fn times(&mut self) {
        let (flag, request) = (self.standing.flag, self.request);
        let not_said = || "not said".to_owned();
        if let Some(from) = request.effective.filter(|from| flag.effective != Some(*from)) {
            let stands = flag.effective.map_or_else(not_said, format_time);
            self.contradicts("effective", &stands, &format_time(from));
        }
        if let Some(until) = request.until.filter(|until| flag.until != Some(*until)) {
            let stands = flag.until.map_or_else(not_said, format_until);
            self.contradicts("until", &stands, &format_until(until));
        }
    }

    /// A severity that is said may weigh more than the one that stands. To know it is `high` where nothing was known
    /// weighs the same and says more.
    fn severity(&mut self) -> Option<Severity> {
        let stands = self.standing.flag.severity;
        let said = self.request.weight().filter(|said| *said != stands)?;
        if said.rank() > stands.rank() || stands == Severity::Unknown && said == Severity::High {
            return Some(said);
        }
        // A vector below the word that stands only informs; without a word it would lower the flag.
        if self.request.severity.is_some() || stands == Severity::Unknown {
            self.contradicts("severity", &format!("`{stands}`"), &format!("`{said}`"));
        }
        None
    }

    /// What wasn't known yet is filled in.
    fn filled(&mut self, key: &str, stands: Option<Box<str>>, said: Option<Box<str>>) -> Option<Box<str>> {
        match (stands, said?) {
            (None, said) => Some(said),
            (Some(stands), said) => {
                if stands != said {
                    self.contradicts(key, &quoted(&stands), &quoted(&said));
                }
                None
            }
        }
    }

    fn aliases(&self) -> Vec<Box<str>> {
        let known = &self.standing.flag.aliases;
        let said = self.request.aliases.iter().map(|alias| alias.as_str());
        let is_new = |alias: &&str| !known.iter().any(|known| known.eq_ignore_ascii_case(alias));
        said.filter(is_new).map(Box::from).collect()
    }

    fn mitigations(&mut self) -> Vec<Offer> {
        let mut new = Vec::new();
        for offer in &self.request.mitigations {
            let known = self.standing.flag.mitigations.iter().find(|known| known.id == offer.id);
            match known.map(offered) {
                None => new.push(offer.clone()),
                Some(known) if known == *offer => {}
                Some(known) => self.contradicts("mitigation", &written(&known), &written(offer)),
            }
        }
        new
    }
}

/// A mitigation that stands, as it would be said.
pub(super) fn offered(known: &Mitigation) -> Offer {
    Offer {
        id: known.id.clone(),
        instruction: known.instruction.clone(),
        lowers_to: known.lowers_to,
        hours: known.hours,
    }
}

fn written(offer: &Offer) -> String {
    let hours = offer.hours.map_or(String::new(), |hours| format!(",{hours}h"));
    quoted(&format!("{}={}{hours}: {}", offer.id, offer.lowers_to, offer.instruction))
}
