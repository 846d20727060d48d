//! How the program asks its helper to send something by HTTP, and is answered: a line of JSON each.
//!
//! Secrets go this way, on a pipe, and by no other: arguments and variables of a program can be seen by others.

use serde::{Deserialize, Serialize};

/// What the helper says of a receiver that didn't answer within the time of its order.
pub const NO_ANSWER: &str = "no answer in time";

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number: the reply bears it.
    pub n: usize,
    /// Orders of one lane go one behind the other, different lanes side by side.
    pub lane: usize,
    /// Where to.
    pub url: String,
    /// Headers with what they say.
    pub headers: Vec<(String, String)>,
    /// What is posted.
    pub body: String,
    /// Certificates in PEM that are trusted instead of the system's.
    #[serde(default)]
    pub ca: Option<String>,
    /// Within how many milliseconds all must be over.
    pub within: u64,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The number of the order.
    pub n: usize,
    /// The status; None: there was no answer.
    pub status: Option<u16>,
    /// What the receiver said, or why there is no answer.
    pub says: String,
    /// In how many seconds it may be tried again.
    #[serde(default)]
    pub retry_after: Option<u64>,
}

/// The value as one line.
pub fn line(value: &impl Serialize) -> String {
    // Plain data can't fail to become JSON.
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}
