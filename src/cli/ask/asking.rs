//! Asking, from the question to the answer: the branch, the record, who is told, and the wait.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use super::wait::{self, Waited};
use crate::act::Said;
use crate::act::ask::{self, Asked, Request, Silent, Wanted};
use crate::cli::publish::{Acted, Offered, offer};
use crate::cli::registry::Found;
use crate::cli::settings::{self, Settings};
use crate::cli::write::{carry_out, refused};
use crate::judge::{Advice, Moment, Question};
use crate::model::{Id, Key, Name, Time, Window};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::{Snapshot, Tree};
use crate::report::asking::{Answer, Branch, Report};
use crate::report::{Context, Notice, Published};

/// How long, and how often, an answer is looked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Wait {
    pub most: Duration,
    pub poll: Duration,
}

/// A question that is to be put to others.
pub(in crate::cli) struct Asking<'a> {
    pub found: &'a Found,
    pub settings: &'a Settings,
    pub occasion: &'a Occasion,
    pub question: Question,
    pub reason: Option<Said>,
    pub ticket: Option<Said>,
    pub lasts: Option<Window>,
    pub dry_run: bool,
}

/// What became of it.
pub(in crate::cli) struct Done {
    pub asked: Asked,
    pub branches: BTreeMap<Key, Branch>,
    pub published: Option<Published>,
    pub notice: Option<Notice>,
    pub answer: Option<Answer>,
    waits: bool,
    dry_run: bool,
}

impl Done {
    /// Whether a question has reached the team that it is for, or somebody of whom no route says which team they are.
    fn is_told(&self, wanted: &Wanted) -> bool {
        let of =
            |says: &&Statement| matches!(&says.deed, Deed::Asked { ask, .. } if **ask == *wanted.id.as_str());
        let Some(line) = self.asked.stand().says.iter().find(of) else { return false };
        let team = wanted.team.as_ref().map(Name::as_str);
        let told = self.notice.iter().flat_map(|notice| &notice.told);
        let mut heard = told.filter(|told| told.arrived && told.event == line.id);
        heard.any(|told| told.team.is_none() || team.is_none() || told.team.as_deref() == team)
    }

    /// What was told besides, of what came of silence.
    fn and(&mut self, published: Option<Published>, notice: Option<Notice>) {
        self.published = published.or(self.published.take());
        match (&mut self.notice, notice) {
            (Some(known), Some(more)) => {
                known.told.extend(more.told);
                known.trouble.extend(more.trouble);
                known.unrecorded = known.unrecorded.take().or(more.unrecorded);
            }
            (known, more) => *known = known.take().or(more),
        }
    }

    /// The report of it.
    pub fn report<'a>(&'a self, context: Context<'a>, advice: &'a Advice<'a>) -> Report<'a> {
        Report {
            context,
            advice,
            asked: &self.asked,
            branches: &self.branches,
            answer: self.answer.as_ref(),
            waits: self.waits,
            dry_run: self.dry_run,
        }
    }
}

impl Asking<'_> {
    /// Asks, and waits for the answer if that is wanted.
    pub fn ask(&self, wait: Option<Wait>) -> Result<Done> {
        let request = self.request();
        let plan = self.found.steady(|tree| self.act(&Snapshot::new(tree), &request, self.occasion))?;
        let (mut branches, mut request, waits) = (BTreeMap::new(), request, wait.is_some());
        let mut done = if let (Asked::Asked(stand), false) = (&plan, self.dry_run) {
            for wanted in &stand.questions {
                request.ids.insert(wanted.key, wanted.id.clone());
                let branch = self.branch(wanted);
                if let Branch::Offered { branch: name, .. } = &branch {
                    request.branches.insert(wanted.key, name.as_str().into());
                }
                branches.insert(wanted.key, branch);
            }
            let act = |tree: &dyn Tree, _: &str, on: &Occasion| self.act(tree, &request, on);
            let acted = carry_out(self.found, self.settings, false, self.occasion, act)?;
            let Acted { value, published, notice } = acted;
            Done { asked: value, branches, published, notice, answer: None, waits, dry_run: false }
        } else {
            let (published, notice) = (None, None);
            Done { asked: plan, branches, published, notice, answer: None, waits, dry_run: self.dry_run }
        };
        if let (Asked::Asked(_), Some(wait), false) = (&done.asked, wait, self.dry_run) {
            done.answer = Some(self.wait(&mut done, wait)?);
        }
        Ok(done)
    }

    fn request(&self) -> Request {
        Request {
            question: self.question.clone(),
            reason: self.reason.clone(),
            ticket: self.ticket.clone(),
            lasts: self.lasts,
            branches: BTreeMap::new(),
            // One for each key, whatever becomes of the registry meanwhile.
            ids: Key::ALL.into_iter().map(|key| (key, self.occasion.id())).collect::<BTreeMap<Key, Id>>(),
        }
    }

    fn act(&self, tree: &dyn Tree, request: &Request, occasion: &Occasion) -> Result<Asked> {
        let moment = Moment { refreshed: self.found.refreshed(), ..Moment::present(occasion.now) };
        ask::ask(tree, &self.found.main, request, moment, occasion)
            .map_err(|refusal| refused(refusal, self.found))
    }

    /// Publishes the branch whose merging signs.
    fn branch(&self, wanted: &Wanted) -> Branch {
        let Some((path, bytes)) = &wanted.file else {
            return Branch::None(
                "the registry is one file, in which a sign-off can't be merged by itself".into(),
            );
        };
        let name = format!("holdpoint/ask/{}", wanted.id);
        let subjects = wanted.accepts.join(", ");
        let message = format!(
            "sign-off: {} {} as {}: {subjects}\n\nAsked by {}. Merging this signs it: by a merge commit, made by a member of the team that\nowns the key.\n",
            self.question.service, self.question.to, wanted.key, self.occasion.who.by
        );
        match offer(self.found, self.settings, (path, bytes), &name, &message) {
            Ok(Some(Offered { branch, remote, into })) => Branch::Offered { branch, remote, into },
            Ok(None) => Branch::None("acts of this registry aren't pushed (`[git] publish`)".into()),
            Err(why) => Branch::None(why),
        }
    }

    /// Waits for the answer.
    fn wait(&self, done: &mut Done, wait: Wait) -> Result<Answer> {
        let questions = &done.asked.stand().questions;
        let all: Option<Vec<Time>> = questions.iter().map(|wanted| wanted.silent).collect();
        // Silence is an answer only of those who were told.
        let heard = || questions.iter().all(|wanted| done.is_told(wanted));
        let silent = all.and_then(|all| all.into_iter().max()).filter(|_| heard());
        self.say(questions, wait, silent);
        let watch = wait::Watch { asking: self, wait, silent };
        Ok(match watch.wait()? {
            Waited::Goes { by } => Answer::Signed { by },
            Waited::Stuck(why) => Answer::Stuck(why),
            Waited::TimeUp => Answer::None,
            Waited::Silent => {
                let asked = self.occasion.now;
                let now = settings::now();
                let act = |tree: &dyn Tree, main: &str, on: &Occasion| -> Result<Silent> {
                    let moment = Moment::present(on.now);
                    let what = (&self.question, questions.as_slice());
                    ask::silent(tree, main, what, asked, moment, on)
                        .map_err(|refusal| refused(refusal, self.found))
                };
                let occasion = Occasion { now, ..self.occasion.clone() };
                let acted = carry_out(self.found, self.settings, false, &occasion, act)?;
                done.and(acted.published, acted.notice);
                Answer::Silence
            }
        })
    }

    /// Says that it is being waited for, so that nobody takes it for a command that hangs.
    fn say(&self, questions: &[Wanted], wait: Wait, silent: Option<Time>) {
        let who = |wanted: &Wanted| match &wanted.team {
            Some(team) => format!("{team} ({})", wanted.key),
            None => wanted.key.to_string(),
        };
        let who: Vec<String> = questions.iter().map(who).collect();
        let silent = silent.map_or(String::new(), |time| {
            format!("; if nobody answers, it goes on at {} (UTC)", crate::model::format_time(time))
        });
        let text = format!(
            "asked {}; waiting for {} s{silent} (Ctrl-C ends the wait)",
            who.join(" and "),
            wait.most.as_secs()
        );
        self.settings.outputs.mutter(&format!("{}\n", crate::report::plain(&text)));
    }
}
