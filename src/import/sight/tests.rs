//! Documents as the tools print them, those of kubectl, and odd ones.

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
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/observe/", $name))
    };
}

mod argocd;
mod helm;

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

/// The date of the last deployment is no date of arrival, and that is said.
#[test]
fn a_date_that_may_be_too_late_is_called_so() {
    let namespaces = ["shop".to_owned()];
    for (tool, document) in
        [(Tool::Kubectl, data!("kubectl-deploy.json")), (Tool::Helm, data!("helm-list.json"))]
    {
        let service = service(IMAGES);
        let wanted =
            Wanted { service: &service, namespaces: &namespaces, helm_release: None, helm_version: None };
        let notes = read(tool, document.as_bytes(), wanted).unwrap().notes;
        assert!(notes.iter().any(|note| note.contains("since then at the latest")), "{tool:?}: {notes:?}");
    }
}

#[test]
fn of_releases_with_one_digest_the_tagged_one_runs() {
    let promoted = service(&format!(
        "{IMAGES}\n[[service.checkout.release]]\nversion = \"2.5.0-rc.1\"\ndigests = [\"sha256:cafe\"]\n\
         [[service.checkout.release]]\nversion = \"2.5.0\"\ndigests = [\"sha256:cafe\"]\n"
    ));
    let of = |reference: &str| {
        let image = format!("registry.example.com/shop/checkout{reference}");
        look(Tool::Kubectl, &workload("Deployment", &image, "", r#""readyReplicas":1"#), &promoted)
    };
    for tag in ["2.5.0", "2.5.0-rc.1"] {
        let seen = of(&format!(":{tag}@sha256:cafe")).unwrap();
        assert_eq!((told(&seen), seen.notes), (format!("runs {tag}@?"), vec![]));
    }
    for untold in ["@sha256:cafe", ":2.4.1@sha256:cafe"] {
        let error = of(untold).unwrap_err();
        let want = "the digest `sha256:cafe` is that of `2.5.0-rc.1` and `2.5.0`, and no tag says which of them runs";
        assert_eq!(error.message, want);
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
