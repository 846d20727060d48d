//! The way out: straight, or through the proxy that the usual variables name.

use ureq::Proxy;
use ureq::http::Uri;

/// The variables that name a proxy, the one of the scheme before the one of all.
const FOR_HTTPS: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const FOR_HTTP: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
/// The variables that say what is reached without one.
const WITHOUT: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The proxy for an address. The error says which variable is of no use, and not what stands there: that may be a
/// password.
pub(super) fn proxy(url: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, String> {
    let Some(uri) = url.parse::<Uri>().ok().filter(|uri| uri.host().is_some()) else { return Ok(None) };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let first = |names: &[&'static str]| {
        let set = |name: &&'static str| {
            variable(name).filter(|text| !text.trim().is_empty()).map(|text| (*name, text))
        };
        names.iter().find_map(set)
    };
    let except = first(&WITHOUT).map(|(_, text)| text).unwrap_or_default();
    if is_own(&host) || is_excepted(&host, &except) {
        return Ok(None);
    }
    let names = if uri.scheme_str() == Some("https") { &FOR_HTTPS } else { &FOR_HTTP };
    let Some((name, text)) = first(names) else { return Ok(None) };
    Proxy::new(text.trim()).map(Some).map_err(|_| format!("the proxy that {name} names can't be used"))
}

/// Whether a host is this machine.
fn is_own(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a host is reached without a proxy: it, or a domain that it is in, is on the list.
fn is_excepted(host: &str, list: &str) -> bool {
    list.split([',', ' ']).map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let domain = entry.trim_start_matches("*.").trim_start_matches('.');
        let behind = host.strip_suffix(domain).filter(|_| !domain.is_empty());
        entry == "*" || behind.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
        };
        proxy(url, variable).map(|proxy| proxy.map(|proxy| proxy.host().to_owned()))
    }

    #[test]
    fn the_scheme_tells_which_variable_counts() {
        let both =
            [("https_proxy", "http://one:3128"), ("http_proxy", "two:3128"), ("ALL_PROXY", "http://three")];
        for (url, want) in [
            ("https://hooks.example.com/x", Some("one")),
            ("http://hooks.example.com/x", Some("two")),
            ("http://127.0.0.1:8080/x", None),
            ("https://localhost/x", None),
            ("http://[::1]:80/x", None),
        ] {
            assert_eq!(through(url, &both), Ok(want.map(str::to_owned)), "{url}");
        }
        assert_eq!(through("https://a.example", &both[2..]), Ok(Some("three".into())));
        assert_eq!(through("https://a.example", &[]), Ok(None));
    }

    #[test]
    fn what_is_excepted_is_reached_straight() {
        for (list, host, want) in [
            ("example.com", "example.com", true),
            ("example.com", "hooks.example.com", true),
            (".example.com", "hooks.example.com", true),
            ("a, *.example.com", "hooks.example.com", true),
            ("example.com", "badexample.com", false),
            ("*", "anything", true),
            ("", "example.com", false),
            (",", "example.com", false),
            ("10.0.0.1", "10.0.0.1", true),
        ] {
            assert_eq!(is_excepted(host, list), want, "{list} {host}");
        }
    }

    #[test]
    fn a_proxy_that_is_none_is_not_passed_over() {
        let error = through("https://a.example", &[("https_proxy", "gopher://user:SECRET@x")]).unwrap_err();
        assert!(error.contains("https_proxy") && !error.contains("SECRET"), "{error}");
    }
}
