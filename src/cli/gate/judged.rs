//! The moves, each judged by every registry that counts, with all others made in the same go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Error, Result};

use super::Args;
use super::asked::Asked;
use super::change::Beside;
use super::moving::{Moving, arrivals};
use super::sides::{Book, Books};
use crate::cli::check::left_out_of;
use crate::cli::environment;
use crate::cli::failure::brief;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::gate::FoundMove;
use crate::judge::{self, Advice, Along, Arrival, Question};
use crate::model::{MoveKind, Name, Sources};
use crate::registry::Loaded;
use crate::report::{Answer, Context, Gap, GatedMove, Judged};

/// All that is to be judged, and by what.
pub(super) struct Judging<'s> {
    args: &'s Args,
    pub asked: Asked,
    books: Books,
    /// What is found beside the moves.
    pub change: Beside,
    pub notes: Vec<String>,
    found: Vec<FoundMove>,
    moves: Vec<Moving>,
    /// For a report of no move.
    nothing: Sources,
}

/// A move that was judged.
pub(super) struct Done<'a> {
    moving: &'a Moving,
    /// By each registry that holds the service; the first one counts where they agree.
    answers: Vec<Said<'a>>,
}

/// What one registry says.
struct Said<'a> {
    book: &'a Book,
    loaded: &'a Loaded,
    advice: Advice<'a>,
    notes: Vec<String>,
}

impl<'s> Judging<'s> {
    /// Finds out what moves, and loads what it takes to judge that.
    ///
    /// # Errors
    /// When there is no registry, or the trees can't be compared.
    pub fn new(args: &'s Args, asked: Asked, settings: &Settings) -> Result<Judging<'s>> {
        let mut notes = Vec::new();
        let mut change = Beside::default();
        let trees = asked.trees()?;
        let mut books = Books::open(trees.revisions(), settings, &mut notes)?;
        let (moves, found) = match &asked {
            Asked::Named(one) => (vec![Moving::listed(one, None)], Vec::new()),
            Asked::List(list, file) => {
                (list.iter().map(|one| Moving::listed(one, Some(file))).collect(), Vec::new())
            }
            Asked::Diff(_) | Asked::Rendered { .. } => {
                let found = change.find(&trees, &books.finder()?, args.leniency())?;
                (found.iter().enumerate().map(Moving::found).collect(), found)
            }
        };
        books.settle(!moves.is_empty() || !change.is_empty(), &mut notes)?;
        books.load(&moves);
        let nothing = Sources::default();
        Ok(Judging { args, asked, books, change, notes, found, moves, nothing })
    }

    /// The registry that is found.
    pub fn registry(&self) -> &Found {
        &self.books.first.opened.found
    }

    /// What is said of the registry where nothing moves.
    pub fn context(&self, settings: &Settings) -> Context<'_> {
        self.books.first.opened.context(settings, &self.nothing, &[])
    }

    /// Judges each move; what can't be judged becomes a gap.
    pub fn judge(&self) -> (Vec<Done<'_>>, Vec<Gap>) {
        let (mut done, mut gaps) = (Vec::new(), self.unreadable_services());
        let places: Vec<Result<Option<Name>>> = self.moves.iter().map(|moving| self.place(moving)).collect();
        let placed = self.moves.iter().zip(&places);
        let placed = placed.filter_map(|(moving, place)| Some((moving, place.as_ref().ok()?.as_ref()?)));
        let arrivals: Arc<[Arrival]> = arrivals(placed, &self.change.removed).into();
        for (moving, place) in self.moves.iter().zip(places) {
            match place.and_then(|place| self.answers(moving, place, &arrivals)) {
                Ok(answers) => done.push(Done { moving, answers }),
                Err(error) => gaps.push(self.unjudged(moving, &error)),
            }
        }
        (done, gaps)
    }

    /// The registries that hold the service of a move, as they were loaded for it.
    ///
    /// # Errors
    /// When none does, or one that does has mistakes.
    fn holding(&self, moving: &Moving) -> Result<Vec<(&Book, &Loaded)>> {
        let mut holding = Vec::new();
        for book in self.books.all() {
            match book.service(&moving.service) {
                None => {}
                Some(Ok(loaded)) => holding.push((book, loaded)),
                Some(Err(error)) => {
                    let (why, hint) = brief(error);
                    return Err(crate::cli::failure::Complaint::unjudged(why, hint).into());
                }
            }
        }
        if holding.is_empty() { Err(self.books.first.no_service(&moving.service)) } else { Ok(holding) }
    }

    /// Where a move is made. An environment that the first registry doesn't know is none.
    fn place(&self, moving: &Moving) -> Result<Option<Name>> {
        let holding = self.holding(moving)?;
        let (_, loaded) = holding.first().ok_or_else(|| self.books.first.no_service(&moving.service))?;
        let service = loaded.registry.services.get(&moving.service);
        let service = service.ok_or_else(|| self.books.first.no_service(&moving.service))?;
        environment::choose(&loaded.registry, service, moving.environment.as_ref())
    }

    fn answers(
        &self,
        moving: &Moving,
        environment: Option<Name>,
        arrivals: &Arc<[Arrival]>,
    ) -> Result<Vec<Said<'_>>> {
        let question = Question {
            service: moving.service.clone(),
            environment,
            from: moving.from.clone(),
            to: moving.to.clone(),
            asked: MoveKind::Redeploy,
            incident: self.args.incident.clone(),
            asker: self.args.recording.asker(),
            along: Along { artifact: moving.artifact.clone(), moves: Arc::clone(arrivals) },
        };
        let holding = self.holding(moving)?.into_iter();
        holding.map(|(book, loaded)| self.said(book, loaded, &question)).collect()
    }

    fn said<'a>(&'a self, book: &'a Book, loaded: &'a Loaded, question: &Question) -> Result<Said<'a>> {
        let mut moment = book.opened.moment;
        moment.refreshed = moment.refreshed.filter(|_| loaded.registry.policy.max_age.is_some());
        let advice = judge::advise(&loaded.registry, question, moment);
        let advice = advice.ok_or_else(|| book.no_service(&question.service))?;
        let named = self.args.incident.as_deref();
        let left_out = left_out_of(named, (&loaded.registry, moment), &advice.verdict.movement);
        let behind = book.behind.iter().filter(|(name, _)| *name == question.service);
        let notes = left_out.into_iter().chain(behind.map(|(_, note)| note.clone())).collect();
        Ok(Said { book, loaded, advice, notes })
    }

    fn unjudged(&self, moving: &Moving, error: &Error) -> Gap {
        let (why, hint) = brief(error);
        let gap = Gap::unjudged(Some(&moving.service), &moving.words(), &why, hint);
        Gap { spot: moving.spot(&self.found).cloned(), ..gap }
    }

    /// Services whose tables can't be read. Nobody knows which images are theirs, nor what their releases need.
    fn unreadable_services(&self) -> Vec<Gap> {
        if self.moves.is_empty() && self.change.is_empty() {
            return Vec::new();
        }
        let moved: BTreeSet<&Name> = self.moves.iter().map(|moving| &moving.service).collect();
        let mut broken: BTreeMap<&Name, &(String, Option<String>)> = BTreeMap::new();
        // What can't be read where this is to go is mended by the change, if it doesn't move.
        broken.extend(&self.books.first.broken);
        let broken = broken.into_iter().filter(|(name, _)| !moved.contains(name));
        let what = match &self.asked {
            Asked::Named(_) | Asked::List(..) => "whether it needs what moves",
            Asked::Diff(_) | Asked::Rendered { .. } => "whether it moves as well",
        };
        let gap = |(name, (why, hint)): (&Name, &(String, Option<String>))| {
            Gap::unjudged(Some(name), &format!("the service `{name}`, and {what},"), why, hint.clone())
        };
        broken.map(gap).collect()
    }

    /// The same for reports.
    pub fn gated<'a>(&'a self, done: &'a [Done<'a>], settings: &Settings) -> Vec<GatedMove<'a>> {
        let one = |of: &'a Done<'a>| {
            let mut answers = of.answers.iter().map(|said| Judged {
                side: said.book.side,
                answer: Answer {
                    context: said.book.context(settings, said.loaded),
                    advice: &said.advice,
                    notes: &said.notes,
                },
            });
            Some(GatedMove {
                found: of.moving.found.and_then(|index| self.found.get(index)),
                said: of.moving.said.clone(),
                judged: answers.next()?,
                also: answers.next(),
            })
        };
        done.iter().filter_map(one).collect()
    }
}
