//! Services side by side: each is loaded, looked at and let go, on as many threads as there are cores.
//!
//! The results come in the order of the names, whatever the threads do. Only they stay in memory, so they must
//! hold nothing of the registry that they were made from. Where it takes long, a terminal sees how far it is.

#![expect(clippy::disallowed_methods, reason = "a door: it looks at the clock, the terminal and the cores")]

use std::io::{IsTerminal, stderr};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::registry::OpenedWhole;
use super::settings::Settings;
use super::source::Files;
use crate::model::Name;
use crate::registry::{LoadError, Loaded};
use crate::report::human::Detail;

/// Below this, nobody waits.
const PATIENCE: Duration = Duration::from_millis(500);

/// Loads each of these services and makes something of it. A panic in one of the threads is one of ours.
pub(super) fn each_service<R: Send>(
    opened: &OpenedWhole,
    names: &[Name],
    settings: &Settings,
    make: impl Fn(&Name, Result<Loaded, LoadError>) -> R + Sync,
) -> Vec<R> {
    each(names, settings, || opened.found.tree(), |tree: &Files, name| make(name, opened.service(tree, name)))
}

/// Makes something of each of these; every thread has trees of its own to read from.
pub(super) fn each<T: Sync, O, R: Send>(
    items: &[T],
    settings: &Settings,
    own: impl Fn() -> O + Sync,
    make: impl Fn(&O, &T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let progress = Progress::begin(items.len(), settings);
    let look_at = |own: &O, item: &T| {
        let made = make(own, item);
        progress.step();
        made
    };
    let made = deal(items, cores, own, look_at);
    progress.end();
    made
}

/// Deals items out to threads, each with something of its own, and gives the results in the order of the items.
fn deal<T: Sync, O, R: Send>(
    items: &[T],
    threads: usize,
    own: impl Fn() -> O + Sync,
    make: impl Fn(&O, &T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let own = own();
        let mut done = Vec::new();
        while let Some((index, item)) = take(items, &next) {
            done.push((index, make(&own, item)));
        }
        done
    };
    let mut done = match threads.min(items.len()) {
        0 | 1 => work(),
        threads => thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let joined =
                workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            joined.flatten().collect()
        }),
    };
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}

fn take<'t, T>(items: &'t [T], next: &AtomicUsize) -> Option<(usize, &'t T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

/// A line on a terminal that says how far it is; nothing anywhere else.
struct Progress {
    bar: Option<ProgressBar>,
    begun: Instant,
    shown: AtomicBool,
}

impl Progress {
    fn begin(count: usize, settings: &Settings) -> Progress {
        let in_ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
        let quiet = settings.outputs.look.detail == Detail::Quiet;
        let wanted = stderr().is_terminal() && !quiet && !in_ci;
        let bar = wanted.then(|| {
            let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
            let style = ProgressStyle::with_template("{bar:30} {pos} of {len}, {eta} to go");
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Progress { bar, begun: Instant::now(), shown: AtomicBool::new(false) }
    }

    fn step(&self) {
        let Some(bar) = &self.bar else { return };
        bar.inc(1);
        if self.begun.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Takes the line away: the report begins where it stood.
    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 2, 7, 2000] {
            let squares = deal(&items, threads, || (), |(), item| item * item);
            assert!(squares.iter().enumerate().all(|(index, square)| *square == index * index));
            assert_eq!(squares.len(), items.len());
        }
        assert!(deal(&[0; 0], 4, || (), |(), item| *item).is_empty());
    }

    #[test]
    fn a_panic_comes_out() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [1, 3] {
            let fails = || deal(&items, threads, || (), |(), item| assert_ne!(*item, 50, "on purpose"));
            let panic = catch_unwind(AssertUnwindSafe(fails)).unwrap_err();
            let text = panic.downcast_ref::<String>().unwrap();
            assert!(text.contains("on purpose"), "{text}");
        }
    }
}
