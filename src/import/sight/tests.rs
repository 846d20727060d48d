//! Documents as the tools print them, and odd ones.

use super::*;
use crate::model::{Name, format_time};
use crate::registry::{Ask, MemoryTree, load};

const DIGEST_240: &str = "sha256:07b7164b80b10ee59f56ad6465e3b6c2cf127bfec26fc2b71638020b19d7f5c8";

/// A service with three releases, after the lines that a test adds to its table.
fn service(lines: &str) -> Service {
    let releases = [("2.3.0", "a1b2c3d"), ("2.4.0", "9f3c2ab"), ("2.4.1", "4d5e6f7")].map(|(version, commit)| {
        let digest = if version == "2.4.0" { DIGEST_240 } else { "sha256:00" };
        let digest = digest.replace("00", &format!("00{commit}"));
        let digest = if version == "2.4.0" { DIGEST_240.to_owned() } else { digest };
        format!(
            "[[service.checkout.release]]\nversion = \"{version}\"\ncommit = \"{commit}\"\ndigests = [\"{digest}\"]\n"
        )
    });
    let text = format!("format = 1\n[service.checkout]\n{lines}\n{}", releases.concat());
    let tree = MemoryTree::from_iter([("holdpoint.toml", text)]);
    let mut registry = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry;
    registry.services.remove(&Name::new("checkout").unwrap()).unwrap()
}

const IMAGES: &str = "images = [\"registry.example.com/shop/checkout\"]";

fn look(tool: Tool, document: &str, service: &Service) -> Result<Observation, ImportError> {
    let wanted = Wanted { service, namespaces: &[], helm_release: None, helm_version: None };
    read(tool, document.as_bytes(), wanted)
}

/// `runs 2.4.0@DATE; ran 2.3.0 SINCE..UNTIL > 2.4.0; others`, with `?` for what isn't known.
fn told(observation: &Observation) -> String {
    let day = |time: Option<Time>| time.map_or("?".into(), |time| format_time(time)[5..16].to_owned());
    let runs = observation.running.iter().map(|runs| format!("runs {}@{}", runs.version, day(runs.since)));
    let ran = observation.past.iter().map(|was| {
        let left = was.left_for.as_deref().unwrap_or("?");
        format!("ran {} {}..{} > {left}", was.version, day(was.since), day(was.until))
    });
    let others = observation.others.then(|| "others".to_owned());
    runs.chain(ran).chain(others).collect::<Vec<_>>().join("; ")
}

fn seen(tool: Tool, document: &str) -> String {
    match look(tool, document, &service(IMAGES)) {
        Ok(observation) => told(&observation),
        Err(error) => format!("error: {}", error.message),
    }
}

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/observe/", $name))
    };
}

#[test]
fn documents_as_the_tools_print_them() {
    use Tool::{ArgoCd, Helm, Kubectl};
    let past = "ran 2.3.0 09-01T07:00..11-02T09:00 > 2.4.0";
    let back = format!(
        "runs 2.4.0@11-20T03:10; {past}; ran 2.4.0 11-02T09:00..11-18T14:00 > 2.4.1; \
         ran 2.4.1 11-18T14:00..11-20T03:10 > 2.4.0"
    );
    for (tool, document, want) in [
        (Kubectl, data!("kubectl-deploy.json"), "runs 2.4.1@11-18T14:02"),
        (Kubectl, data!("kubectl-rolled-back.json"), &back),
        (
            Kubectl,
            data!("kubectl-rolling.json"),
            &format!("runs 2.4.0@11-02T09:00; runs 2.4.1@11-18T14:00; {past}"),
        ),
        (Kubectl, data!("kubectl-rolling-alone.json"), "runs 2.4.1@?; others"),
        (Kubectl, data!("kubectl-pods.json"), "runs 2.4.0@11-20T03:09; runs 2.4.1@11-18T14:00"),
        (Helm, data!("helm-history.json"), &back),
        (
            ArgoCd,
            data!("argocd-app.json"),
            &format!("runs 2.4.1@11-18T14:00; {past}; ran 2.4.0 11-02T09:00..11-18T14:00 > 2.4.1"),
        ),
    ] {
        assert_eq!(seen(tool, document), want);
    }
}

/// A workload of a kind, with what comes into its `spec` and `status`.
fn workload(kind: &str, image: &str, spec: &str, status: &str) -> String {
    format!(
        "{{\"kind\":\"{kind}\",\"metadata\":{{\"name\":\"c\",\"namespace\":\"shop\"}},\"spec\":{{{spec}\"template\":{{\"spec\":\
         {{\"containers\":[{{\"name\":\"app\",\"image\":\"{image}\"}}]}}}}}},\"status\":{{{status}}}}}"
    )
}

#[test]
fn every_kind_of_workload_is_read() {
    let image = "registry.example.com/shop/checkout:2.4.1";
    for (kind, spec, status, want) in [
        ("Deployment", "", r#""replicas":1,"updatedReplicas":1"#, "runs 2.4.1@?"),
        ("Deployment", r#""replicas":0,"#, "", ""),
        ("Deployment", r#""replicas":0,"#, r#""replicas":1,"updatedReplicas":1"#, "runs 2.4.1@?"),
        (
            "StatefulSet",
            r#""replicas":3,"#,
            r#""replicas":3,"currentRevision":"a","updateRevision":"a""#,
            "runs 2.4.1@?",
        ),
        (
            "StatefulSet",
            r#""replicas":3,"#,
            r#""replicas":3,"updatedReplicas":2,"currentRevision":"a","updateRevision":"b""#,
            "runs 2.4.1@?; others",
        ),
        ("DaemonSet", "", r#""desiredNumberScheduled":5,"updatedNumberScheduled":5"#, "runs 2.4.1@?"),
        ("DaemonSet", "", r#""desiredNumberScheduled":5,"updatedNumberScheduled":1"#, "runs 2.4.1@?; others"),
        ("DaemonSet", "", r#""desiredNumberScheduled":0"#, ""),
        ("Rollout", "", r#""observedGeneration":"7","replicas":2,"updatedReplicas":2"#, "runs 2.4.1@?"),
        ("ReplicaSet", r#""replicas":2,"#, r#""replicas":2"#, "runs 2.4.1@?"),
        ("ReplicaSet", r#""replicas":0,"#, "", ""),
    ] {
        let document = workload(kind, image, spec, status);
        assert_eq!(seen(Tool::Kubectl, &document), want, "{document}");
        let list = format!(
            "{{\"kind\":\"{kind}List\",\"items\":[{}]}}",
            document.replacen(&format!("\"kind\":\"{kind}\","), "", 1)
        );
        assert_eq!(seen(Tool::Kubectl, &list), want, "{list}");
    }
}

#[test]
fn tags_and_digests_become_versions() {
    let full = format!("@{DIGEST_240}");
    for (reference, want) in [
        (":2.4.1", "2.4.1"),
        (":v2.4.1", "2.4.1"),
        (":2.5.0", "2.5.0"),
        ("", "latest"),
        (":sha-9f3c2ab", "2.4.0"),
        (":9f3c2ab0123456789", "2.4.0"),
        (":9f3c2", "9f3c2"),
        (full.as_str(), "2.4.0"),
        (&format!(":2.4.1{full}"), "2.4.0"),
        (":2.4.1@sha256:ffff", "2.4.1"),
    ] {
        let document =
            workload("Deployment", &format!("registry.example.com/shop/checkout{reference}"), "", "");
        assert_eq!(seen(Tool::Kubectl, &document), format!("runs {want}@?"), "{reference}");
    }
    let built = service(&format!(
        "{IMAGES}\n[[service.checkout.release]]\nversion = \"v2.6.0+build5\"\n\
         [[service.checkout.release]]\nversion = \"2.3.9\"\n[[service.checkout.release]]\nversion = \"v2.3.9\"\n"
    ));
    for (tag, want) in [
        ("2.6.0_build5", "v2.6.0+build5"),
        ("v2.6.0_build5", "v2.6.0+build5"),
        ("v2.3.9", "v2.3.9"),
        ("2.3.9", "2.3.9"),
    ] {
        let document = workload("Deployment", &format!("registry.example.com/shop/checkout:{tag}"), "", "");
        assert_eq!(told(&look(Tool::Kubectl, &document, &built).unwrap()), format!("runs {want}@?"));
    }
}

#[test]
fn a_digest_that_contradicts_its_tag_is_said() {
    for (reference, want) in [
        (
            format!("2.4.1@{DIGEST_240}"),
            "registry.example.com/shop/checkout is tagged 2.4.1, but its digest is that of 2.4.0: the digest decides",
        ),
        (
            "2.4.1@sha256:ffff".into(),
            "2.4.1 runs with a digest that isn't among those registered for it: sha256:ffff",
        ),
    ] {
        let document = workload(
            "Deployment",
            &format!("registry.example.com/shop/checkout:{reference}"),
            "",
            r#""readyReplicas":1"#,
        );
        assert_eq!(look(Tool::Kubectl, &document, &service(IMAGES)).unwrap().notes, [want]);
    }
}

#[test]
fn images_of_the_hub_are_the_same_however_they_are_written() {
    for (ours, theirs) in
        [("nginx", "docker.io/library/nginx:2.4.1"), ("index.docker.io/shop/c", "shop/c:2.4.1")]
    {
        let document = workload("Deployment", theirs, "", "");
        let service = service(&format!("images = [\"{ours}\"]"));
        assert_eq!(told(&look(Tool::Kubectl, &document, &service).unwrap()), "runs 2.4.1@?");
    }
}

#[test]
fn an_init_container_runs_only_as_a_sidecar() {
    let document = |policy: &str| {
        workload("Deployment", "envoy", "", "").replace(
            "\"containers\"",
            &format!("\"initContainers\":[{{\"name\":\"i\",\"image\":\"registry.example.com/shop/checkout:2.4.1\"{policy}}}],\"containers\""),
        )
    };
    assert_eq!(seen(Tool::Kubectl, &document(",\"restartPolicy\":\"Always\"")), "runs 2.4.1@?");
    let want = "error: no workload with an image of `checkout` in the document; seen were `envoy`";
    assert_eq!(seen(Tool::Kubectl, &document("")), want);
}

#[test]
fn several_namespaces_are_asked_about() {
    let here = workload("Deployment", "registry.example.com/shop/checkout:2.4.1", "", "");
    let there = here.replace("\"shop\"", "\"stage\"").replace("2.4.1", "2.4.0");
    let document = format!("{{\"kind\":\"List\",\"items\":[{here},{there}]}}");
    assert_eq!(
        seen(Tool::Kubectl, &document),
        "error: `checkout` runs in several namespaces: `shop` and `stage`"
    );
    let service = service(IMAGES);
    let read = |namespaces: &[&str]| {
        let namespaces: Vec<String> = namespaces.iter().map(|name| (*name).to_owned()).collect();
        let wanted =
            Wanted { service: &service, namespaces: &namespaces, helm_release: None, helm_version: None };
        told(&read(Tool::Kubectl, document.as_bytes(), wanted).unwrap())
    };
    assert_eq!(read(&["stage"]), "runs 2.4.0@?");
    assert_eq!(read(&["shop", "stage"]), "runs 2.4.1@?; runs 2.4.0@?");
}

#[test]
fn an_old_replica_set_that_nobody_knows_is_a_gap() {
    let document =
        data!("kubectl-rolled-back.json").replace("shop/checkout:2.3.0", "shop/checkout@sha256:ab");
    let want = "runs 2.4.0@11-20T03:10; ran 2.4.0 11-02T09:00..11-18T14:00 > 2.4.1; \
                ran 2.4.1 11-18T14:00..11-20T03:10 > 2.4.0";
    assert_eq!(seen(Tool::Kubectl, &document), want);
}

/// A replica set: `NAME OWNER VERSION REVISIONS DAY PODS`.
fn set(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let [name, owner, version, revisions, day, pods] = words[..] else { panic!("{text}") };
    let (history, revision) = revisions.rsplit_once(',').unwrap_or(("", revisions));
    format!(
        "{{\"kind\":\"ReplicaSet\",\"metadata\":{{\"name\":\"{name}\",\"creationTimestamp\":\"2025-11-{day:0>2}T00:00:00Z\",\
         \"annotations\":{{\"deployment.kubernetes.io/revision\":\"{revision}\",\
         \"deployment.kubernetes.io/revision-history\":\"{history}\"}},\
         \"ownerReferences\":[{{\"kind\":\"Deployment\",\"name\":\"{owner}\"}}]}},\"spec\":{{\"template\":{{\"spec\":\
         {{\"containers\":[{{\"image\":\"registry.example.com/shop/checkout:{version}\"}}]}}}}}},\
         \"status\":{{\"replicas\":{pods}}}}}"
    )
}

/// A deployment whose latest roll-out was done: `NAME VERSION DAY`.
fn deployment(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let [name, version, day] = words[..] else { panic!("{text}") };
    let done = format!(
        "\"conditions\":[{{\"type\":\"Progressing\",\"status\":\"True\",\"reason\":\"NewReplicaSetAvailable\",\
         \"lastUpdateTime\":\"2025-11-{day:0>2}T00:00:00Z\"}}]"
    );
    workload("Deployment", &format!("registry.example.com/shop/checkout:{version}"), "", &done)
        .replace("\"name\":\"c\",\"namespace\":\"shop\"", &format!("\"name\":\"{name}\""))
}

#[test]
fn what_several_workloads_know_is_of_one_service() {
    for (deployments, sets, want) in [
        // A canary that was left is no end of what ran on beside it.
        (
            &[][..],
            &["m1 main 2.4.0 1 1 3", "c1 canary 2.4.0 1 2 0", "c2 canary 2.4.1 2 9 1"][..],
            "runs 2.4.1@11-09T00:00; runs 2.4.0@11-01T00:00",
        ),
        // Nor is one that was tried and left its beginning.
        (
            &["canary 2.4.0 11"],
            &["m1 main 2.4.0 1 1 3", "c1 canary 2.4.0 1,3 1 1", "c2 canary 2.4.1 2 10 0"],
            "runs 2.4.0@11-01T00:00; ran 2.4.1 11-10T00:00..11-11T00:00 > 2.4.0",
        ),
        // The last to leave it counts.
        (
            &[],
            &["a1 a 2.4.0 1 2 0", "a2 a 2.4.1 2 10 1", "b1 b 2.4.0 1 1 0", "b2 b 2.4.1 2 12 1"],
            "runs 2.4.1@11-10T00:00; ran 2.4.0 11-01T00:00..11-12T00:00 > 2.4.1",
        ),
        (
            &[],
            &["a1 a 2.4.0 1 1 0", "a2 a 2.4.1 2 12 1", "b1 b 2.4.0 1 2 0", "b2 b 2.3.0 2 10 1"],
            "runs 2.4.1@11-12T00:00; runs 2.3.0@11-10T00:00; ran 2.4.0 11-01T00:00..11-12T00:00 > 2.4.1",
        ),
        // There and back and there again: nobody knows when it was gone back.
        (
            &["a 2.4.1 20"],
            &["a1 a 2.4.0 1,3 1 0", "a2 a 2.4.1 2,4 10 3"],
            "runs 2.4.1@11-20T00:00; ran 2.4.0 11-01T00:00..11-10T00:00 > 2.4.1; \
             ran 2.4.1 11-10T00:00..? > 2.4.0; ran 2.4.0 ?..11-20T00:00 > 2.4.1",
        ),
    ] {
        let items: Vec<String> = deployments
            .iter()
            .map(|text| deployment(text))
            .chain(sets.iter().map(|text| set(text)))
            .collect();
        let document = format!("{{\"kind\":\"List\",\"items\":[{}]}}", items.join(","));
        assert_eq!(seen(Tool::Kubectl, &document), want, "{deployments:?} {sets:?}");
    }
}

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

#[test]
fn what_can_not_be_read_is_called_what_it_is() {
    use Tool::{ArgoCd, Helm, Kubectl};
    let long = " ".repeat(MAX_DOCUMENT + 1);
    for (tool, document, want) in [
        (Kubectl, "", "the document is empty"),
        (Helm, " \n", "the document is empty"),
        (Kubectl, "apiVersion: v1\nitems: []\n", "the document is YAML, not JSON"),
        (Helm, "- name: x\n", "the document is YAML, not JSON"),
        (ArgoCd, "---\n", "the document is YAML, not JSON"),
        (Kubectl, "NAME   READY\nc 3/3\n", "the document is not JSON; it looks like a table or a message"),
        (
            Kubectl,
            "error: the server doesn't have it",
            "the document is not JSON; it looks like a table or a message",
        ),
        (Kubectl, "{\"kind\":\"List\",\"items\":[", "the document is cut off at line 1"),
        (
            Kubectl,
            "{\"kind\":1}",
            "line 1, column 9 of the document can't be read: invalid type: integer `1`, expected a string",
        ),
        (Kubectl, "{\"items\":[],\"kind\":\"List\"}", "kubectl found nothing"),
        (Kubectl, "{\"kind\":\"ConfigMap\"}", "no workload in the document; it holds `ConfigMap`"),
        (Kubectl, "{\"kind\":\"Application\"}", "the document is Argo CD's, not a workload"),
        (Kubectl, "{\"kind\":\"Status\",\"message\":\"no\"}", "kubectl brought an error: `no`"),
        (Kubectl, "{}", "the document is no object of Kubernetes: it has no kind"),
        (Kubectl, "[]", "the document is a bare list, which kubectl doesn't print"),
        (
            Kubectl,
            "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"c\"},\"spec\":7}",
            "the deployment `c` can't be read: invalid type: integer `7`, expected struct Spec",
        ),
        (Kubectl, &long, "the document is larger than 64 MB"),
        (Helm, "[]", "Helm's list is empty"),
        (Helm, "{}", "the document is an object, not a list of Helm's"),
        (Helm, "[{}]", "the list is none of Helm's: no line has a chart or a status"),
        (Helm, "[{\"kind\":\"Pod\"}]", "the list is none of Helm's: no line has a chart or a status"),
        (ArgoCd, "[]", "the list holds no application"),
        (ArgoCd, "[{},{}]", "the list holds 2 applications"),
        (
            ArgoCd,
            "{\"kind\":\"Deployment\"}",
            "the document is a `Deployment`, not an application of Argo CD",
        ),
        (
            ArgoCd,
            "{\"kind\":\"Application\"}",
            "no live workload with an image of `checkout` in the document",
        ),
    ] {
        assert_eq!(seen(tool, document), format!("error: {want}"), "{}", &document[..document.len().min(80)]);
    }
    let deep = "{\"kind\":\"List\",\"items\":[".repeat(100_000);
    assert!(seen(Kubectl, &deep).ends_with("can't be read: recursion limit exceeded"));
    let bad = read(
        Kubectl,
        b"\xff\xfe{\0",
        Wanted { service: &service(""), namespaces: &[], helm_release: None, helm_version: None },
    );
    assert_eq!(bad.unwrap_err().message, "the document is in UTF-16, not in UTF-8");
    assert_eq!(seen(Kubectl, &format!("\u{feff}{}", data!("kubectl-deploy.json"))), "runs 2.4.1@11-18T14:02");
}

#[test]
fn what_is_not_read_may_be_anything() {
    let mess = format!("\"extra\":{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let document = workload("Deployment", "registry.example.com/shop/checkout:2.4.1", "", "");
    let document = document.replacen('{', &format!("{{{mess},"), 1);
    let other = "{\"kind\":\"Gizmo\",\"metadata\":null,\"spec\":[1],\"status\":\"fine\"}";
    let list = format!("{{\"kind\":\"List\",\"items\":[{other},{document}]}}");
    assert_eq!(seen(Tool::Kubectl, &list), "runs 2.4.1@?");
}

#[test]
fn without_images_the_likely_one_is_offered() {
    let error = look(Tool::Kubectl, data!("kubectl-deploy.json"), &service("")).unwrap_err();
    let hint = "`images` of the service decides, and it has none: \
                add `images = [\"registry.example.com/shop/checkout\"]` if that is it";
    assert_eq!(error.hint.as_deref(), Some(hint));
    let hostile = workload("Deployment", "registry.example.com/shop/checkout@sha256:$(id)", "", "");
    let hint = look(Tool::Kubectl, &hostile, &service(IMAGES)).unwrap_err().hint.unwrap();
    assert!(hint.contains("--digest 'sha256:$(id)'"), "{hint}");
    let digest = workload("Deployment", "registry.example.com/shop/checkout@sha256:ab", "", "");
    assert_eq!(seen(Tool::Kubectl, &digest), "error: no release of `checkout` has the digest `sha256:ab`");
}

mod any {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    const DOCUMENTS: [(Tool, &str); 6] = [
        (Tool::Kubectl, data!("kubectl-rolled-back.json")),
        (Tool::Kubectl, data!("kubectl-pods.json")),
        (Tool::Kubectl, data!("kubectl-deploy.json")),
        (Tool::Helm, data!("helm-history.json")),
        (Tool::Helm, data!("helm-list.json")),
        (Tool::ArgoCd, data!("argocd-app.json")),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

        #[test]
        fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let service = service(IMAGES);
            for tool in [Tool::Kubectl, Tool::Helm, Tool::ArgoCd] {
                let _ = read(tool, &bytes, Wanted { service: &service, namespaces: &[], helm_release: None, helm_version: None });
            }
        }

        /// A value of a real document replaced by something else.
        #[test]
        fn spoilt_documents_never_panic(which in 0..DOCUMENTS.len(), at in any::<Index>(), with in "(null|7|-1|\"\"|\"é:@/\"|\\[\\]|\\{\\}|true|\"9999-99-99\"|\"a@b:c@\")") {
            let (tool, text) = DOCUMENTS[which];
            let colons: Vec<usize> = text.match_indices("\":").map(|(at, _)| at + 2).collect();
            let start = colons[at.index(colons.len())];
            let end = text[start..].find([',', '\n', '}']).map_or(text.len(), |end| start + end);
            let spoilt = format!("{}{with}{}", &text[..start], &text[end..]);
            let _ = look(tool, &spoilt, &service(IMAGES));
        }
    }
}
