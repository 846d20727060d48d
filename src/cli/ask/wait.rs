//! Waiting for an answer: what is published is fetched, else what stands here is looked at, until the move may go.

#![expect(clippy::disallowed_methods, reason = "a door: it waits, and looks at the clock")]

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::asking::{Asking, Wait};
use crate::cli::publish::{LEAST, Out, bring_up, way_out};
use crate::cli::settings;
use crate::git::{Checkout, Far, Objects};
use crate::judge::{self, Moment};
use crate::model::{Level, Time};
use crate::registry::{Ask, Tree, load};

/// The longest pause between two looks.
const RAREST: Duration = Duration::from_secs(15);

/// What became of waiting.
pub(super) enum Waited {
    /// The move may go; who signed.
    Goes { by: Vec<String> },
    /// It may go on what is published, and that can't be brought here.
    Stuck(String),
    /// Nobody answered for as long as the rules want.
    Silent,
    /// Nobody answered.
    TimeUp,
}

/// A wait.
pub(super) struct Watch<'a> {
    pub asking: &'a Asking<'a>,
    pub wait: Wait,
    /// When silence becomes an answer.
    pub silent: Option<Time>,
}

impl Watch<'_> {
    pub fn wait(&self) -> Result<Waited> {
        let end = Instant::now() + self.wait.most;
        let mut pause = self.wait.poll;
        loop {
            if let Some(waited) = self.look(end) {
                return Ok(waited);
            }
            if self.silent.is_some_and(|silent| silent <= settings::now()) {
                return Ok(Waited::Silent);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Waited::TimeUp);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 3 / 2).min(RAREST);
        }
    }

    /// Looks once. None: nobody has answered yet, or it can't be told just now.
    fn look(&self, end: Instant) -> Option<Waited> {
        let Asking { found, settings, .. } = self.asking;
        if let Some(by) = self.goes(&found.tree()) {
            return Some(Waited::Goes { by });
        }
        let until = end.max(Instant::now() + LEAST);
        let Out { checkout, far, stand } = way_out(found, settings, until)?;
        let tip = checkout.fetch(&far, until).ok()??;
        let objects = Objects::open(&found.folder).ok()?;
        let commit = objects.commit(&tip).ok()?;
        let by = self.goes(&objects.tree(&commit))?;
        let head = stand.head.as_deref()?;
        match self.bring(&checkout, &far, (head, &tip), stand.branch.as_deref(), until) {
            Ok(()) => Some(Waited::Goes { by }),
            Err(why) => Some(Waited::Stuck(why)),
        }
    }

    /// Brings what is published here.
    fn bring(
        &self,
        checkout: &Checkout,
        far: &Far,
        (head, tip): (&str, &str),
        branch: Option<&str>,
        until: Instant,
    ) -> Result<(), String> {
        let Asking { found, settings, .. } = self.asking;
        let _lock = crate::cli::publish::lock(checkout, settings, until)?;
        if !checkout.is_before(head, tip, until).map_err(|failed| failed.to_string())? {
            return Err(format!(
                "commits of this clone aren't in {}/{} yet: holdpoint sync",
                far.remote, far.branch
            ));
        }
        bring_up(found, settings, checkout, (head, tip), branch, until)
    }

    /// Whether the move may go by these files, and who signed for it.
    fn goes(&self, tree: &dyn Tree) -> Option<Vec<String>> {
        let question = &self.asking.question;
        let loaded = load(tree, &self.asking.found.main, &Ask::Service(question.service.clone())).ok()?;
        let verdict = judge::judge(&loaded.registry, question, Moment::present(settings::now()))?;
        let by = verdict.given.iter().map(|given| given.sign_off.by.to_string());
        (verdict.level <= Level::Warn).then(|| by.collect())
    }
}
