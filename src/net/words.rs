//! Why there is no answer, in words that hold nothing secret: of an address, only the host is told.

use std::io::{self, ErrorKind};

use ureq::Error;
use ureq::http::Uri;

use crate::telling::wire::NO_ANSWER;

const NO_HOST: &str = "there is no such host";

/// Why there is no answer.
pub(super) fn of(error: &Error, url: &str) -> String {
    let why = match error {
        Error::Timeout(_) => NO_ANSWER.to_owned(),
        Error::HostNotFound => NO_HOST.to_owned(),
        Error::Io(error) => of_io(error),
        Error::BadUri(_) | Error::Http(_) => "the address is none that can be reached by HTTP".to_owned(),
        Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => {
            "the proxy doesn't let it through".to_owned()
        }
        Error::Protocol(_) | Error::LargeResponseHeader(..) => "it doesn't answer as HTTP does".to_owned(),
        Error::Rustls(error) => tls(&error.to_string()),
        Error::Tls(why) => tls(why),
        Error::Pem(_) => "its `ca_file` is no PEM".to_owned(),
        _ => "it can't be reached".to_owned(),
    };
    match host(url) {
        Some(host) => format!("{host}: {why}"),
        None => why,
    }
}

fn of_io(error: &io::Error) -> String {
    let why = match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            "the connection was closed before it answered"
        }
        ErrorKind::UnexpectedEof => "the connection was closed before it answered",
        ErrorKind::TimedOut | ErrorKind::WouldBlock => NO_ANSWER,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "there is no way to it",
        ErrorKind::InvalidData => return tls(&error.to_string()),
        // The system's answer to a name that it can't find has no kind of its own.
        _ if error.to_string().starts_with("failed to lookup address") => NO_HOST,
        _ => "the connection failed",
    };
    why.to_owned()
}

/// What is wrong with a certificate, or with the talk about it.
fn tls(why: &str) -> String {
    match why.strip_prefix("invalid peer certificate: ") {
        Some(why) => format!("its certificate isn't trusted ({why})"),
        None => format!("no safe connection: {why}"),
    }
}

/// The host of an address, without who asks and what for.
fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    uri.host().filter(|host| !host.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_of_an_address_is_told() {
        let url = "https://user:SECRET@hooks.example.com/services/SECRET?token=SECRET";
        let errors = [
            Error::HostNotFound,
            Error::BadUri(url.to_owned()),
            Error::ConnectProxyFailed(url.to_owned()),
            Error::Io(io::Error::other(url)),
            Error::Io(ErrorKind::ConnectionRefused.into()),
            Error::RequireHttpsOnly(url.to_owned()),
        ];
        for error in errors {
            let words = of(&error, url);
            assert!(words.starts_with("hooks.example.com: ") && !words.contains("SECRET"), "{words}");
        }
        assert_eq!(
            of(&Error::BadUri(String::new()), "SECRET SECRET"),
            "the address is none that can be reached by HTTP"
        );
    }
}
