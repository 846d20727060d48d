//! A webhook: our own JSON, or a CloudEvent, with the headers and the signature of Standard Webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Body, cloudevents, event, event_id};
use crate::model::{EventFormat, Time};
use crate::telling::Message;

/// What a signing secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes a signing secret may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// The secrets that sign: the present one, and the one before while receivers change over.
#[derive(Clone)]
pub struct Keys(Vec<Vec<u8>>);

/// Says nothing of the secrets.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys", self.0.len())
    }
}

/// Why a text is no signing secret. It doesn't repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing stands there.
    #[error("is empty")]
    Empty,
    /// It doesn't begin as one.
    #[error("doesn't begin with `whsec_`")]
    Prefix,
    /// What follows isn't base64.
    #[error("isn't base64 behind `whsec_`")]
    Base64,
    /// Too short to be safe, or too long.
    #[error("has {0} bytes, and not 24 to 64")]
    Length(usize),
}

impl Keys {
    /// Reads one secret, or several with blanks between.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn parse(text: &str) -> Result<Keys, KeyError> {
        let keys: Vec<Vec<u8>> = text.split_whitespace().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Keys(keys)) }
    }

    /// The signatures of what is sent, one for each secret.
    fn sign(&self, id: &str, seconds: i64, text: &str) -> String {
        let signature = |key: &Vec<u8>| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
            mac.update(format!("{id}.{seconds}.{text}").as_bytes());
            Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        };
        self.0.iter().filter_map(signature).collect::<Vec<_>>().join(" ")
    }
}

fn key(text: &str) -> Result<Vec<u8>, KeyError> {
    let text = text.strip_prefix(PREFIX).ok_or(KeyError::Prefix)?;
    let key = STANDARD.decode(text).map_err(|_| KeyError::Base64)?;
    if LENGTHS.contains(&key.len()) { Ok(key) } else { Err(KeyError::Length(key.len())) }
}

/// What is sent at a moment: each attempt has its own time, and so its own signature, and the same id.
pub fn body(message: &Message, format: EventFormat, keys: Option<&Keys>, now: Time) -> Body {
    let mut body = match format {
        EventFormat::Json => Body::json("application/json; charset=utf-8", &event::event(message)),
        EventFormat::CloudEvents => cloudevents::body(message),
    };
    let (id, seconds) = (event_id(message), now.timestamp());
    if let Some(keys) = keys {
        body.headers.push(("webhook-signature", keys.sign(&id, seconds, &body.text)));
    }
    body.headers.push(("webhook-id", id));
    body.headers.push(("webhook-timestamp", seconds.to_string()));
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;
    use crate::telling::body::testing::message;

    /// The specification's own example.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_specifications_example_comes_out_the_same() {
        let keys = Keys::parse(SECRET).unwrap();
        let signature = keys.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_what_the_specification_says() {
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for (text, error) in [
            ("", KeyError::Empty),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", KeyError::Prefix),
            ("whsec_!", KeyError::Base64),
            ("whsec_YWJj", KeyError::Length(3)),
            (&*long, KeyError::Length(65)),
        ] {
            assert_eq!(Keys::parse(text).unwrap_err(), error, "{text}");
        }
        let both = Keys::parse(&format!("{SECRET}\n{SECRET}\n")).unwrap();
        assert_eq!(both.sign("a", 1, "b").split(' ').count(), 2);
        assert_eq!(format!("{both:?}"), "2 keys");
    }

    #[test]
    fn an_attempt_has_its_own_time_and_the_same_id() {
        let keys = Keys::parse(SECRET).unwrap();
        let at = |time| body(&message(), EventFormat::Json, Some(&keys), parse_time(time).unwrap());
        let (one, two) = (at("2026-11-22T03:05:01Z"), at("2026-11-22T03:06:01Z"));
        assert_eq!(one.text, two.text);
        assert_eq!(one.header("webhook-id"), Some("01KAF3M6Q0000000000000000A"));
        assert_eq!(one.header("webhook-id"), two.header("webhook-id"));
        assert_eq!(one.header("webhook-timestamp"), Some("1795316701"));
        assert_ne!(one.header("webhook-signature"), two.header("webhook-signature"));
        let unsigned = body(&message(), EventFormat::CloudEvents, None, message().at);
        assert_eq!(unsigned.header("webhook-signature"), None);
    }
}
