//! What Helm lists and remembers.

use super::*;

/// A history of Helm's: `REVISION DAY STATUS CHART-VERSION APP-VERSION [DESCRIPTION]`, one a line.
fn history(lines: &[&str]) -> String {
    let line = |line: &&str| {
        let words: Vec<&str> = line.splitn(6, ' ').collect();
        let [revision, day, status, chart, app] = words[..5] else { panic!("{line}") };
        let description = words.get(5).unwrap_or(&"Upgrade complete");
        format!(
            "{{\"revision\":{revision},\"updated\":\"2025-11-{day:0>2}T00:00:00Z\",\"status\":\"{status}\",\
             \"chart\":\"c-{chart}\",\"app_version\":\"{app}\",\"description\":\"{description}\"}}"
        )
    };
    format!("[{}]", lines.iter().map(line).collect::<Vec<_>>().join(","))
}

#[test]
fn helm_knows_what_succeeded_and_in_which_order() {
    for (lines, want) in [
        // Sorted by number, not as they come.
        (
            &["2 9 deployed 2.4.1 x", "1 1 superseded 2.4.0 x"][..],
            "runs 2.4.1@11-09T00:00; ran 2.4.0 11-01T00:00..11-09T00:00 > 2.4.1",
        ),
        (&["1 1 deployed 2.4.0 x", "2 9 failed 2.4.1 x"], "runs 2.4.0@11-01T00:00"),
        // What failed and was rolled back ran at least in part.
        (
            &["1 1 superseded 2.4.0 x", "2 9 failed 2.4.1 x", "3 10 deployed 2.4.0 x Rollback to 1"],
            "runs 2.4.0@11-10T00:00; ran 2.4.0 11-01T00:00..11-09T00:00 > 2.4.1; \
             ran 2.4.1 11-09T00:00..11-10T00:00 > 2.4.0",
        ),
        // It was tried again, or another one was.
        (
            &["1 1 superseded 2.4.0 x", "2 9 failed 2.4.1 x", "3 10 deployed 2.4.1 x Upgrade complete"],
            "runs 2.4.1@11-10T00:00; ran 2.4.0 11-01T00:00..11-10T00:00 > 2.4.1",
        ),
        // The same release, with another configuration.
        (
            &["1 1 superseded 2.4.0 x", "2 9 failed 2.4.0 x", "3 10 deployed 2.4.0 x Rollback to 1"],
            "runs 2.4.0@11-01T00:00",
        ),
        (
            &["1 1 deployed 2.4.0 x", "2 9 pending-upgrade 2.4.1 x"],
            "runs 2.4.0@11-01T00:00; runs 2.4.1@11-09T00:00",
        ),
        (
            &["1 1 superseded 2.4.0 x", "2 9 uninstalled 2.4.1 x"],
            "ran 2.4.0 11-01T00:00..11-09T00:00 > 2.4.1; ran 2.4.1 11-09T00:00..? > ?",
        ),
        (&["1 1 failed 2.4.0 x"], "error: Helm's history has no deployment that succeeded"),
    ] {
        assert_eq!(seen(Tool::Helm, &history(lines)), want, "{lines:?}");
    }
    let told = look(
        Tool::Helm,
        &history(&["1 1 superseded 2.4.1 x", "2 2 deployed 2.4.0 x Rollback to 1"]),
        &service(""),
    );
    assert!(told.unwrap().past[0].rolled_back);
}

#[test]
fn the_registered_one_of_a_charts_two_versions_is_taken() {
    let one = |chart: &str, app: &str| history(&[&format!("1 1 deployed {chart} {app}")]);
    for (document, want) in [
        (one("0.9.3", "2.4.1"), "runs 2.4.1@11-01T00:00"),
        (one("2.4.1", "17"), "runs 2.4.1@11-01T00:00"),
        (one("2.4.1", "v2.4.1"), "runs 2.4.1@11-01T00:00"),
        (one("3.0.0", "3.0.0"), "runs 3.0.0@11-01T00:00"),
        (
            one("2.4.1", "2.4.0"),
            "error: is the release of `checkout` the chart's version, `2.4.1`, or the app's, `2.4.0`? both are registered",
        ),
        (
            one("9.9.9", "8.8.8"),
            "error: is the release of `checkout` the chart's version, `9.9.9`, or the app's, `8.8.8`? neither is registered",
        ),
        // Decided for all lines at once: the second one's chart is nobody's release yet.
        (
            history(&["1 1 superseded 2.4.1 7", "2 2 deployed 2.5.0 8"]),
            "runs 2.5.0@11-02T00:00; ran 2.4.1 11-01T00:00..11-02T00:00 > 2.5.0",
        ),
    ] {
        assert_eq!(seen(Tool::Helm, &document), want, "{document}");
    }
    let service = service("");
    let wanted =
        |helm_version| Wanted { service: &service, namespaces: &[], helm_release: None, helm_version };
    let read = |by| told(&read(Tool::Helm, one("2.4.1", "2.4.0").as_bytes(), wanted(Some(by))).unwrap());
    assert_eq!(read(HelmVersion::App), "runs 2.4.0@11-01T00:00");
    assert_eq!(read(HelmVersion::Chart), "runs 2.4.1@11-01T00:00");
}

#[test]
fn a_list_of_helm_is_searched_for_the_service() {
    let service = service("");
    let read = |namespace: Option<&str>, helm_release, document: &str| {
        let namespaces: Vec<String> = namespace.map(str::to_owned).into_iter().collect();
        let wanted = Wanted { service: &service, namespaces: &namespaces, helm_release, helm_version: None };
        read(Tool::Helm, document.as_bytes(), wanted).map_or_else(|error| error.message, |o| told(&o))
    };
    let list = data!("helm-list.json");
    let several = "several releases of Helm could be `checkout`: `shop/checkout`, `shop-staging/checkout`";
    assert_eq!(read(None, None, list), several);
    assert_eq!(read(Some("shop"), None, list), "runs 2.4.1@11-18T14:00");
    assert_eq!(read(Some("shop-staging"), None, list), "runs 2.5.0-rc.1@11-19T13:00");
    assert_eq!(
        read(Some("other"), None, list),
        "Helm's list has nothing in this namespace, so no release `checkout`"
    );
    assert_eq!(read(None, Some("cart"), list), "runs 1.8.2@10-01T08:00");
    let other = list.replace("\"name\":\"checkout\"", "\"name\":\"co-prod\"");
    assert_eq!(read(Some("shop"), None, &other), "runs 2.4.1@11-18T14:00", "by the name of the chart");
    let failed = list.replace("\"deployed\"", "\"failed\"");
    let hostile = failed.replace("\"name\":\"checkout\"", "\"name\":\"checkout;id\"");
    let hint = super::read(
        Tool::Helm,
        hostile.as_bytes(),
        Wanted {
            service: &service,
            namespaces: &["shop".into()],
            helm_release: Some("checkout;id"),
            helm_version: None,
        },
    );
    let hint = hint.unwrap_err().hint.unwrap();
    assert!(hint.contains("`helm history 'checkout;id' -o json`"), "{hint}");
    assert!(read(Some("shop"), None, &failed).starts_with("the last deployment of `shop/checkout` failed"));
}
