//! Receivers side by side: those by HTTP through the helper, the others each by a thread of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use super::goods::{Goods, Way};
use super::{HELPER, Post, no_answer};
use crate::child::{End, Environment, Fed, Feed, feed};
use crate::disk;
use crate::model::{Name, plain};
use crate::telling::wire::{NO_ANSWER, Order, Reply, line};
use crate::telling::{Answer, body};

/// What the helper may know of our environment: the way out, and which certificates are trusted.
const HANDED_ON: [&str; 16] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "PATH",
    "LANG",
    "TMPDIR",
    "SystemRoot",
    "LOCALDOMAIN",
    "RES_OPTIONS",
];

/// The part of the budget that is kept for ending what isn't done.
const KEPT: u32 = 20;

/// A number of a parcel, and what became of it.
type Answered = (usize, Answer);

/// Hands everything over, and gives the answers that came in time.
pub(super) fn hand_over(
    goods: Vec<(usize, Goods)>,
    post: &Post<'_>,
    variables: Vec<String>,
    began: Instant,
) -> Vec<Answered> {
    let end = began + post.budget;
    let until = end - post.budget / KEPT;
    let (sender, receiver) = channel();
    let (mut by_http, mut lanes) = (Vec::new(), BTreeMap::<Name, Vec<(usize, Way)>>::new());
    let mut waiting = goods.len();
    for (at, Goods { lane, way }) in goods {
        match way {
            Way::Http { .. } => by_http.push((at, lane, way)),
            other => lanes.entry(lane).or_default().push((at, other)),
        }
    }
    if !by_http.is_empty() {
        let (post, sender) = (Sending::of(post), sender.clone());
        thread::spawn(move || http(by_http, post, until, &sender));
    }
    for lane in lanes.into_values() {
        let (folder, sender) = (post.folder.to_owned(), sender.clone());
        let environment = Environment::Without(variables.clone());
        thread::spawn(move || in_order(lane, &folder, &environment, until, &sender));
    }
    drop(sender);
    let mut answers = Vec::with_capacity(waiting);
    while waiting > 0 {
        // Threads that hang (a file on a disk that doesn't answer) are left behind.
        match receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(answer) => answers.push(answer),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
        waiting -= 1;
    }
    answers
}

/// What is needed to send by HTTP.
struct Sending {
    helper: Option<PathBuf>,
    folder: PathBuf,
    /// What is said where there is no answer.
    no_answer: String,
}

impl Sending {
    fn of(post: &Post<'_>) -> Sending {
        Sending {
            helper: post.helper.clone(),
            folder: post.folder.to_owned(),
            no_answer: no_answer(post.budget),
        }
    }
}

/// Through the helper, all at once.
fn http(goods: Vec<(usize, Name, Way)>, post: Sending, until: Instant, sender: &Sender<Answered>) {
    let numbers: Vec<usize> = goods.iter().map(|(at, ..)| *at).collect();
    let fail_all = |why: &str| numbers.iter().for_each(|at| _ = sender.send((*at, Answer::failed(why))));
    let Some(helper) = post.helper.filter(|helper| helper.is_file()) else {
        let why = format!("`{HELPER}`, which sends by HTTP, isn't beside `holdpoint`; install both");
        return fail_all(&why);
    };
    let left = until.saturating_duration_since(Instant::now());
    // A little less than we wait: it can then say itself who didn't answer.
    let within = u64::try_from((left - left / KEPT).as_millis()).unwrap_or(u64::MAX);
    let input: String = orders(goods, within).iter().map(line).collect();
    let environment = Environment::Only(HANDED_ON.map(str::to_owned).to_vec());
    let name = helper.into_os_string();
    let (arguments, folder, input) = (Vec::new(), &*post.folder, input.into_bytes());
    let fed = feed(Feed { name, arguments, folder, environment, input }, until);
    let mut answered = Vec::new();
    for text in String::from_utf8_lossy(&fed.out).lines() {
        let Ok(reply) = serde_json::from_str::<Reply>(text) else { continue };
        answered.push(reply.n);
        let _ = sender.send((reply.n, of_reply(reply, &post.no_answer)));
    }
    if let Some(end) = &fed.end
        && *end != End::Code(0)
    {
        let why = format!("`{HELPER}` {}", ended(end));
        let unanswered = numbers.iter().filter(|at| !answered.contains(at));
        unanswered.for_each(|at| _ = sender.send((*at, Answer::failed(&*why))));
    }
}

fn orders(goods: Vec<(usize, Name, Way)>, within: u64) -> Vec<Order> {
    let mut lanes: Vec<Name> = goods.iter().map(|(_, lane, _)| lane.clone()).collect();
    lanes.sort();
    lanes.dedup();
    let order = |(n, name, way): (usize, Name, Way)| {
        let Way::Http { url, body: body::Body { headers, text }, ca } = way else { return None };
        let lane = lanes.binary_search(&name).unwrap_or_default();
        let headers = headers.into_iter().map(|(name, says)| (name.to_owned(), says)).collect();
        Some(Order { n, lane, url, headers, body: text, ca, within })
    };
    goods.into_iter().filter_map(order).collect()
}

fn of_reply(reply: Reply, no_answer: &str) -> Answer {
    match reply.status {
        Some(status) => Answer::of_status(status, &reply.says, reply.retry_after),
        None => Answer::failed(reply.says.replace(NO_ANSWER, no_answer)),
    }
}

/// To one receiver, one behind the other.
fn in_order(
    lane: Vec<(usize, Way)>,
    folder: &Path,
    environment: &Environment,
    until: Instant,
    sender: &Sender<Answered>,
) {
    for (at, way) in lane {
        let answer = match way {
            Way::Program { name, arguments, input } => {
                let called = plain(&name.to_string_lossy()).into_owned();
                let input = input.into_bytes();
                let environment = environment.clone();
                program(&called, &feed(Feed { name, arguments, folder, environment, input }, until))
            }
            Way::File { path, line } => Some(match disk::append(&path, line.as_bytes()) {
                Ok(()) => Answer::arrived("written"),
                Err(error) => Answer::failed(format!("it can't be written to: {}", system(&error))),
            }),
            Way::Http { .. } => None,
        };
        if let Some(answer) = answer {
            let _ = sender.send((at, answer));
        }
    }
}

/// What became of a program. None: it was not done in time.
fn program(called: &str, fed: &Fed) -> Option<Answer> {
    let end = fed.end.as_ref()?;
    if *end == End::Code(0) {
        return Some(Answer::arrived(format!("`{called}` took it")));
    }
    let said = String::from_utf8_lossy(&fed.err);
    let said = said.lines().map(str::trim).find(|line| !line.is_empty());
    let said = said.map_or_else(String::new, |said| format!(": {said}"));
    Some(Answer::failed(format!("`{called}` {}{said}", ended(end))))
}

fn ended(end: &End) -> String {
    match end {
        End::Code(code) => format!("failed with {code}"),
        End::Signal { name, .. } => format!("was ended by {name}"),
        End::NotStarted { why, .. } => format!("can't be started: {why}"),
        End::Lost(why) => format!("was lost: {why}"),
    }
}

/// The system's words without its number.
fn system(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_said_in_words() {
        let fed = |end, err: &str| Fed { end, out: Vec::new(), err: err.as_bytes().to_vec() };
        let of = |fed: Fed| program("jq", &fed).map(|answer| (answer.arrived, answer.answer));
        assert_eq!(of(fed(Some(End::Code(0)), "")), Some((true, "`jq` took it".into())));
        assert_eq!(
            of(fed(Some(End::Code(3)), "\n bad \nx")),
            Some((false, "`jq` failed with 3: bad".into()))
        );
        assert_eq!(of(fed(None, "bad")), None, "there is no answer");
        let lost = Some(End::Signal { number: 9, name: "SIGKILL".into() });
        assert_eq!(of(fed(lost, "")), Some((false, "`jq` was ended by SIGKILL".into())));
    }
}
