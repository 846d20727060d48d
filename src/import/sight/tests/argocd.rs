//! What Argo CD shows live, and its past.

use super::*;

#[test]
fn argo_cd_tells_the_past_by_whatever_names_a_release() {
    let line = |source: &str, revision: &str| {
        format!(
            "{{\"kind\":\"Application\",\"status\":{{\"summary\":{{\"images\":[\"registry.example.com/shop/checkout:2.4.1\"]}},\
             \"history\":[{{\"id\":1,\"revision\":\"{revision}\",\"deployedAt\":\"2025-11-01T00:00:00Z\",{source}}},\
             {{\"id\":2,\"revision\":\"4d5e6f7000\",\"deployedAt\":\"2025-11-09T00:00:00Z\",\"source\":{{}}}}]}}}}"
        )
    };
    let want = "runs 2.4.1@11-09T00:00; ran 2.4.0 11-01T00:00..11-09T00:00 > 2.4.1";
    for (source, revision) in [
        (r#""source":{"chart":"checkout","targetRevision":"2.4.0"}"#, "x"),
        (r#""source":{"chart":"checkout","targetRevision":"2.*"}"#, "2.4.0"),
        (r#""source":{"targetRevision":"refs/tags/v2.4.0"}"#, "x"),
        (r#""source":{"targetRevision":"main"}"#, "9f3c2ab0123456789"),
        (r#""source":{"kustomize":{"images":["checkout=registry.example.com/shop/checkout:2.4.0"]}}"#, "x"),
        (r#""source":{"helm":{"parameters":[{"name":"image.tag","value":"2.4.0"}]}}"#, "x"),
        (r#""revisions":["x","9f3c2ab0123"],"sources":[{},{}]"#, ""),
    ] {
        assert_eq!(seen(Tool::ArgoCd, &line(source, revision)), want, "{source}");
    }
    let unknown = line(r#""source":null"#, "x");
    assert_eq!(seen(Tool::ArgoCd, &unknown), "runs 2.4.1@11-09T00:00");
    assert_eq!(look(Tool::ArgoCd, &unknown, &service(IMAGES)).unwrap().notes.len(), 1);
}

#[test]
fn what_argo_cd_shows_live_was_not_left() {
    let document = |live: &str, deployed: &str| {
        let images = live.split(' ').map(|tag| format!("\"registry.example.com/shop/checkout:{tag}\""));
        let line = |(at, tag): (usize, &str)| {
            format!(
                "{{\"id\":{at},\"deployedAt\":\"2025-11-{:02}T00:00:00Z\",\"source\":{{\"targetRevision\":\"{tag}\"}}}}",
                at + 1
            )
        };
        format!(
            "{{\"kind\":\"Application\",\"status\":{{\"summary\":{{\"images\":[{}]}},\"history\":[{}]}}}}",
            images.collect::<Vec<_>>().join(","),
            deployed.split(' ').enumerate().map(line).collect::<Vec<_>>().join(",")
        )
    };
    for (live, deployed, want) in [
        ("2.4.0 2.4.1", "2.4.0 2.4.1", "runs 2.4.0@11-01T00:00; runs 2.4.1@11-02T00:00"),
        // The last one isn't live yet.
        ("2.4.0", "2.4.0 2.4.1", "runs 2.4.0@11-01T00:00"),
        // It was left, and came back in a way that Argo CD doesn't tell.
        (
            "2.3.0",
            "2.3.0 2.4.0 2.4.1",
            "runs 2.3.0@?; ran 2.3.0 11-01T00:00..11-02T00:00 > 2.4.0; ran 2.4.0 11-02T00:00..11-03T00:00 > 2.4.1",
        ),
    ] {
        assert_eq!(seen(Tool::ArgoCd, &document(live, deployed)), want, "{live}: {deployed}");
    }
}
