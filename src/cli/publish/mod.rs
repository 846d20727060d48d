//! Publishing: an act that was written is committed, and pushed, as far as it is to go.
//!
//! [`carry_on`] does an act on disk, which is the moment from which on it counts here, and then sees to the rest: a
//! commit of exactly what it wrote (`commit.rs`), a push that only moves forward, and where others were first the act
//! again on what they have published (`again.rs`), by the same function on another tree. What comes of that is then
//! brought here (`arrive.rs`, `bring.rs`). Nothing of that takes an act back, but that it can't be done any more on what others
//! have published. All goes by the `git` program, which asks nobody.

#![expect(clippy::disallowed_methods, reason = "a door: it has a budget of time")]

mod again;
mod arrive;
mod bring;
mod commit;
pub(super) mod fresh;
mod offer;
mod wish;

use std::time::{Duration, Instant};

use anyhow::Result;

use self::again::Again;
use self::commit::{Committed, Uncommitted};
use self::wish::Wish;
use super::acting;
use super::registry::Found;
use super::settings::Settings;
use super::write::{on_disk, writer};
use crate::disk::{PublishLock, Writer};
use crate::git::{Checkout, Failed, Far, Pushed, Stand};
use crate::model::Publish;
use crate::record::{Deeds, Occasion};
use crate::registry::{Changed, Tree};
use crate::report::{Notice, Published, Reached, plain};
use crate::telling;

pub(super) use self::bring::{LEAST, bring_up};
pub(super) use self::offer::{Offered, Out, offer, way_out};
pub(super) use self::wish::{Asked, Options, elsewhere, far};

/// An act: what is done on a tree of files, and what of it is to be written.
pub(super) struct Act<'a, T> {
    /// Works out what changes, by the name of the main file, on an occasion.
    pub act: &'a dyn Fn(&dyn Tree, &str, &Occasion) -> Result<T>,
    /// When it is done, and by whom.
    pub occasion: &'a Occasion,
}

impl<T: Deeds> Act<'_, T> {
    /// Does it on a tree, and says to whom what it says is to be told, as that tree has it.
    pub fn on(&self, tree: &dyn Tree, main: &str, occasion: &Occasion) -> Result<T> {
        let mut done = (self.act)(tree, main, occasion)?;
        // Who is to hear of it is asked of the registry as it leaves it.
        let changes = done.writes().changes.clone();
        telling::address(&Changed { tree, changes: &changes }, main, done.says_mut());
        Ok(done)
    }
}

/// What is special about publishing one act.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Way {
    /// The longest that it may take, whatever was said.
    pub at_most: Option<Duration>,
    /// It stands although it is refused on what others have published: it happened, or nothing is to stop it.
    pub stands: bool,
}

/// What an act came to, and how far it got.
pub(super) struct Acted<T> {
    /// What came of it.
    pub value: T,
    /// How far it got; None: it was not to go anywhere, or nothing was written.
    pub published: Option<Published>,
    /// Who was told of it; None: nobody was to be, or that comes later.
    pub notice: Option<Notice>,
}

impl<T> Acted<T> {
    /// One that is not to go anywhere.
    pub fn here(value: T) -> Acted<T> {
        Acted { value, published: None, notice: None }
    }

    /// Whether it got as far as it was to get, or waits for a connection; that it can't be committed is another matter.
    pub fn is_committed(&self) -> bool {
        self.published.as_ref().is_none_or(|published| published.state != Reached::Uncommitted)
    }
}

/// The longest pause before an act that was overtaken is pushed again, and the first.
const PAUSES: (u64, u64) = (30, 2_000); // milliseconds

/// Does an act, and publishes it.
///
/// # Errors
/// When it can't be done; or when what others have published meanwhile leaves no room for it, and it was taken back.
pub(super) fn carry_on<T: Deeds>(
    found: &Found,
    settings: &Settings,
    act: &Act<'_, T>,
    way: Way,
) -> Result<Acted<T>> {
    let here = || on_disk(found, settings, act, act.occasion);
    let only_here = |why: String| {
        let value = here()?;
        let is_written = !value.writes().is_empty();
        Ok(Acted { value, published: is_written.then(|| Published::uncommitted(why)), notice: None })
    };
    let wish = match Wish::of(found, settings) {
        Ok(Some(wish)) => wish,
        Ok(None) => return Ok(Acted::here(here()?)),
        Err(error) if way.stands => {
            return only_here(super::failure::brief(&error).0);
        }
        Err(error) => return Err(error),
    };
    let until = Instant::now() + way.at_most.map_or(wish.timeout, |most| most.min(wish.timeout));
    let checkout = match Checkout::around(&found.folder, until.max(Instant::now() + LEAST)) {
        Ok(Some(checkout)) => checkout,
        Ok(None) => return only_here("the registry lies in no Git repository".into()),
        Err(failed) => return only_here(failed.to_string()),
    };
    let _lock = match lock(&checkout, settings, until) {
        Ok(lock) => lock,
        Err(why) => return only_here(why),
    };
    let stand = checkout.stand(until.max(Instant::now() + LEAST));
    // Whoever had the lock may have brought the checkout up.
    let occasion = act.occasion.on(acting::state(found));
    let value = on_disk(found, settings, act, &occasion)?;
    if value.writes().is_empty() {
        return Ok(Acted::here(value));
    }
    let press = match stand {
        Ok(stand) => Press { found, settings, act, occasion, way, wish, checkout: &checkout, stand, until },
        Err(failed) => {
            return Ok(Acted {
                value,
                published: Some(Published::uncommitted(failed.to_string())),
                notice: None,
            });
        }
    };
    press.publish(value)
}

/// Takes the lock of whoever publishes here, or says why not.
pub(super) fn lock(checkout: &Checkout, settings: &Settings, until: Instant) -> Result<PublishLock, String> {
    let Writer { command, .. } = writer(settings);
    let waiting = Writer { command, patience: until.saturating_duration_since(Instant::now()) };
    let file = checkout.lock_file();
    let waits = |holder: Option<crate::disk::Writing>| {
        let who = holder.map_or_else(|| "another program".to_owned(), |holder| holder.to_string());
        let text = format!("waiting: {who} is publishing what was done here");
        settings.outputs.mutter(&format!("{}\n", plain(&text)));
    };
    match PublishLock::take(&file, &waiting, &waits) {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(Some(holder))) => Err(format!("{holder} was publishing all the time")),
        Ok(Err(None)) => Err("another program was publishing all the time".into()),
        Err(error) => Err(format!("`{}` can't be locked: {}", file.display(), crate::disk::reason(&error))),
    }
}

/// An act that was written, on its way.
struct Press<'a, T> {
    found: &'a Found,
    settings: &'a Settings,
    act: &'a Act<'a, T>,
    /// The occasion on which it was done here, with no id used yet.
    occasion: Occasion,
    way: Way,
    wish: Wish,
    checkout: &'a Checkout,
    stand: Stand,
    until: Instant,
}

impl<T: Deeds> Press<'_, T> {
    fn publish(&self, value: T) -> Result<Acted<T>> {
        let committed = match self.commit(&value) {
            Ok(committed) => committed,
            Err(Uncommitted { why, next }) => {
                let published = Published { next, ..Published::uncommitted(why) };
                return Ok(Acted { value, published: Some(published), notice: None });
            }
        };
        let far = match self.way_out() {
            Ok(Some(far)) => far,
            Ok(None) => {
                let published = self.published(Reached::Committed, &committed, None);
                return Ok(Acted { value, published: Some(published), notice: None });
            }
            Err((far, why, next)) => {
                return Ok(Acted {
                    value,
                    published: Some(self.waiting(&committed, far, why, next)),
                    notice: None,
                });
            }
        };
        self.push(value, &committed, &far)
    }

    /// Where it is to be pushed to. None: nowhere. The error is why it can't be.
    fn way_out(&self) -> Result<Option<Far>, (Option<Far>, String, Vec<String>)> {
        if self.wish.publish != Publish::Push {
            return Ok(None);
        }
        self.wish.far(self.checkout, &self.stand, self.here()).map(Some)
    }

    /// Pushes, and does the act again where others were first.
    fn push(&self, value: T, committed: &Committed, far: &Far) -> Result<Acted<T>> {
        let mut commit = committed.id.clone();
        // What the act came to when it was done again; it counts once that is published.
        let mut redone: Option<T> = None;
        let mut pause = PAUSES.0;
        let why = loop {
            match self.checkout.push(&commit, far, self.until) {
                Pushed::Done => return Ok(self.arrived(redone.unwrap_or(value), committed, &commit, far)),
                Pushed::Refused(why) => break format!("`{}` refuses: {why}", far.remote),
                Pushed::Unreached(failed) => break unreached(far, &failed),
                Pushed::Overtaken => {}
            }
            let tip = match self.checkout.fetch(far, self.until) {
                Ok(Some(tip)) => tip,
                Ok(None) if self.rest(&mut pause) => continue,
                Ok(None) => break unreached(far, &Failed::TimeUp),
                Err(failed) => break unreached(far, &failed),
            };
            // It may have arrived, and the answer was lost.
            if self.checkout.is_before(&commit, &tip, self.here()).unwrap_or(false) {
                return Ok(self.arrived(redone.unwrap_or(value), committed, &commit, far));
            }
            match self.again(&tip) {
                Again::Done { value, id } => (redone, commit) = (Some(value), id),
                // Others did the same; or it stops by itself, as a move does to a release that is compromised by now,
                // whatever glass was broken.
                Again::Nothing { value: found, base } => {
                    return Ok(self.needless(found, committed, &base, far));
                }
                Again::Refused { error, base } if !self.way.stands => {
                    return Err(self.taken_back(error, committed, &base, far));
                }
                Again::Refused { error, .. } => {
                    let (why, _) = super::failure::brief(&error);
                    break format!("it can't be done again on what others have published: {why}");
                }
                Again::Stuck(why) => break why,
            }
            if !self.rest(&mut pause) {
                break unreached(far, &Failed::TimeUp);
            }
        };
        let next = vec![self.sync_command()];
        Ok(Acted {
            value,
            published: Some(self.waiting(committed, Some(far.clone()), why, next)),
            notice: None,
        })
    }

    /// Until when what Git does on this machine may take: not the network, but a hook may hang.
    fn here(&self) -> Instant {
        self.until.max(Instant::now() + LEAST)
    }

    /// Waits for a while, longer each time, and not as long as others do. False: the time is over.
    fn rest(&self, pause: &mut u64) -> bool {
        let mut byte = [0];
        let _ = getrandom::fill(&mut byte);
        let jitter = *pause * u64::from(byte[0]) / 255;
        let left = self.until.saturating_duration_since(Instant::now());
        std::thread::sleep(Duration::from_millis(*pause / 2 + jitter).min(left));
        *pause = (*pause * 3 / 2).min(PAUSES.1);
        Instant::now() < self.until
    }

    fn published(&self, state: Reached, committed: &Committed, far: Option<&Far>) -> Published {
        Published {
            state,
            commit: Some(committed.id.clone()),
            branch: self.stand.branch.clone(),
            remote: far.map(|far| far.remote.clone()),
            why: None,
            next: Vec::new(),
            notes: committed.notes.clone(),
        }
    }

    fn waiting(&self, committed: &Committed, far: Option<Far>, why: String, next: Vec<String>) -> Published {
        let published = self.published(Reached::Waiting, committed, far.as_ref());
        Published { why: Some(why), next, ..published }
    }

    fn sync_command(&self) -> String {
        wish::sync_command(self.found, self.settings)
    }
}

fn unreached(far: &Far, failed: &Failed) -> String {
    match failed {
        Failed::TimeUp => format!("`{}` didn't take it in time", far.remote),
        failed => format!("`{}` can't be reached: {failed}", far.remote),
    }
}
