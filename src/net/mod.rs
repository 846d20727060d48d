//! The door to the network: HTTP out, and nothing else.
//!
//! Only the helper `holdpoint-send` uses it. What HTTPS takes would cost every check of `holdpoint` its share of a
//! start, so nothing of that program may name this room; then the linker leaves all of it out.
//!
//! [`main`] reads orders, lines of JSON ([`crate::telling::wire`]), to their end; sends them side by side; and prints a
//! reply as soon as there is one. Whoever started it may end it at any time: what has no reply then may have arrived.
//!
//! Deliberately absent: redirects (an address is a secret, and another host is another receiver), cookies, and a second
//! try, which is for whoever keeps what waits.

#![expect(
    clippy::disallowed_methods,
    reason = "a door: it reads and writes its own standard streams, and needs the clock"
)]

mod after;
mod post;
mod way;
mod words;

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::telling::wire::{Order, Reply, line};
use post::Agents;

/// How many go side by side.
const SIDE_BY_SIDE: usize = 32;
/// The status of a receiver that wants nothing more.
const GONE: u16 = 410;

/// Reads orders from standard input, and writes replies to standard output.
pub fn main() -> ExitCode {
    let began = Instant::now();
    let mut orders = Vec::new();
    for text in std::io::stdin().lock().lines().map_while(Result::ok).filter(|text| !text.trim().is_empty()) {
        match serde_json::from_str::<Order>(&text) {
            Ok(order) => orders.push(order),
            // What can't be read may hold a secret, so it isn't shown.
            Err(_) => return ExitCode::from(2),
        }
    }
    send(orders, began, |reply| {
        let mut out = std::io::stdout().lock();
        // Nobody reads it any more when that fails.
        let _ = out.write_all(line(&reply).as_bytes()).and_then(|()| out.flush());
    });
    ExitCode::SUCCESS
}

/// Sends everything; tells each reply as it comes.
fn send(orders: Vec<Order>, began: Instant, tell: impl Fn(Reply) + Sync) {
    let mut lanes: BTreeMap<usize, Vec<Order>> = BTreeMap::new();
    for order in orders {
        lanes.entry(order.lane).or_default().push(order);
    }
    let hands = lanes.len().min(SIDE_BY_SIDE);
    let (waiting, agents) = (Mutex::new(lanes.into_values()), Agents::default());
    let next = || waiting.lock().ok()?.next();
    thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                while let Some(lane) = next() {
                    in_order(lane, began, &agents, &tell);
                }
            });
        }
    });
}

/// Sends to one receiver, one behind the other, until it says that it wants no more for now.
fn in_order(lane: Vec<Order>, began: Instant, agents: &Agents, tell: impl Fn(Reply)) {
    let mut stop: Option<Reply> = None;
    for order in lane {
        let left = Duration::from_millis(order.within).saturating_sub(began.elapsed());
        let reply = match &stop {
            Some(stop) => Reply { n: order.n, says: "not tried, for this reason".into(), ..stop.clone() },
            None if left.is_zero() => Reply {
                n: order.n,
                status: None,
                says: "not tried: no time was left".into(),
                retry_after: None,
            },
            None => post::post(&order, left, agents),
        };
        let refused = reply.status.is_some_and(|status| !(200..300).contains(&status));
        if stop.is_none() && (reply.status == Some(GONE) || refused && reply.retry_after.is_some()) {
            stop = Some(reply.clone());
        }
        tell(reply);
    }
}
