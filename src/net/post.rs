//! One request and its answer.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::{after, way, words};
use crate::telling::wire::{Order, Reply};

/// How much of an answer is read.
const MOST: u64 = 64 * 1024;
/// How much of it is told, in characters.
const TOLD: usize = 300;

/// Who sends, for each set of certificates that are trusted.
#[derive(Default)]
pub(super) struct Agents(Mutex<BTreeMap<Option<String>, Agent>>);

impl Agents {
    /// The one that trusts these certificates, or the system's.
    fn of(&self, ca: Option<&String>) -> Result<Agent, String> {
        let broken = |_| "an earlier request failed badly".to_owned();
        let mut agents = self.0.lock().map_err(broken)?;
        if let Some(agent) = agents.get(&ca.cloned()) {
            return Ok(agent.clone());
        }
        let agent = agent(ca)?;
        agents.insert(ca.cloned(), agent.clone());
        Ok(agent)
    }
}

fn agent(ca: Option<&String>) -> Result<Agent, String> {
    let roots = match ca {
        None => RootCerts::PlatformVerifier,
        Some(pem) => RootCerts::Specific(Arc::new(certificates(pem)?)),
    };
    let tls = TlsConfig::builder().root_certs(roots).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("holdpoint/", env!("CARGO_PKG_VERSION")));
    Ok(config.build().new_agent())
}

fn certificates(pem: &str) -> Result<Vec<Certificate<'static>>, String> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err("its `ca_file` is no PEM".into()),
        }
    }
    if certificates.is_empty() { Err("its `ca_file` holds no certificate".into()) } else { Ok(certificates) }
}

/// Sends an order, and gives what became of it within the time that is left.
pub(super) fn post(order: &Order, left: Duration, agents: &Agents) -> Reply {
    let reply = |says: String| Reply { n: order.n, status: None, says, retry_after: None };
    let agent = match agents.of(order.ca.as_ref()) {
        Ok(agent) => agent,
        Err(why) => return reply(why),
    };
    let proxy = match way::proxy(&order.url, |name| std::env::var(name).ok()) {
        Ok(proxy) => proxy,
        Err(why) => return reply(why),
    };
    let mut request = agent.post(&order.url).config().timeout_global(Some(left)).proxy(proxy).build();
    for (name, says) in &order.headers {
        request = request.header(name, says);
    }
    match request.send(&*order.body) {
        Ok(response) => answered(order.n, response),
        Err(error) => reply(words::of(&error, &order.url)),
    }
}

/// What a receiver answers. Of one that took it, no more is read.
fn answered(n: usize, mut response: Response<Body>) -> Reply {
    let status = response.status();
    let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = after.and_then(|text| after::seconds(text, chrono::Utc::now()));
    let mut says = Vec::new();
    if !status.is_success() {
        // What was read until it failed or was too much is told.
        let _ = response.body_mut().as_reader().take(MOST).read_to_end(&mut says);
    }
    let says: String = String::from_utf8_lossy(&says).trim().chars().take(TOLD).collect();
    Reply { n, status: Some(status.as_u16()), says, retry_after }
}
