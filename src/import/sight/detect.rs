//! Which tool a document comes from, by its shape: for what is printed by a command that nobody said more of.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Tool;
use super::document::{ImportError, or_default, parse, text};

/// What tells an object of Kubernetes from one of Argo CD, and a list of them.
#[derive(Deserialize)]
struct Object {
    #[serde(default, deserialize_with = "or_default")]
    kind: String,
    metadata: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "or_default")]
    items: Vec<Object>,
}

/// What tells a line of Helm's lists from an application.
#[derive(Deserialize)]
struct Line {
    chart: Option<IgnoredAny>,
    metadata: Option<IgnoredAny>,
}

/// The tool that prints such a document; [`super::read`] says what is wrong with it then.
///
/// # Errors
/// When no tool that we know prints such a thing.
pub fn detect(bytes: &[u8]) -> Result<Tool, ImportError> {
    let known = |error: ImportError| ImportError { hint: Some(hint()), ..error };
    // The words for what is no JSON at all are the same for every tool.
    let text = text(Tool::Kubectl, bytes).map_err(known)?;
    let tool = if text.starts_with('[') {
        of_list(&parse::<Vec<Line>>(Tool::Helm, text).map_err(known)?)
    } else {
        of_object(&parse(Tool::Kubectl, text).map_err(known)?)
    };
    tool.ok_or_else(|| ImportError::new("the document is none of kubectl, helm or Argo CD", hint()))
}

/// Helm prints lists, an empty one among them; Argo CD those of applications.
fn of_list(lines: &[Line]) -> Option<Tool> {
    match lines {
        [] => Some(Tool::Helm),
        _ if lines.iter().all(|line| line.chart.is_some()) => Some(Tool::Helm),
        _ if lines.iter().all(|line| line.metadata.is_some()) => Some(Tool::ArgoCd),
        _ => None,
    }
}

/// Objects of Kubernetes say their kind. An application of Argo CD that its own tool prints may not.
fn of_object(object: &Object) -> Option<Tool> {
    let is_application = |object: &Object| object.kind == "Application";
    match &*object.kind {
        "" if object.metadata.is_some() && object.items.is_empty() => Some(Tool::ArgoCd),
        "" if object.items.is_empty() => None,
        _ if is_application(object) => Some(Tool::ArgoCd),
        _ if !object.items.is_empty() && object.items.iter().all(is_application) => Some(Tool::ArgoCd),
        _ => Some(Tool::Kubectl),
    }
}

fn hint() -> String {
    let commands = [Tool::Kubectl, Tool::Helm, Tool::ArgoCd].map(|tool| format!("`{}`", tool.command()));
    format!("it should print what {} prints", commands.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_known_by_its_shape() {
        let cases = [
            (r#"{"kind": "List", "items": [{"kind": "Deployment", "metadata": {}}]}"#, Tool::Kubectl),
            (r#"{"kind": "DeploymentList", "items": []}"#, Tool::Kubectl),
            (r#"{"kind": "Status", "status": "Failure", "message": "no"}"#, Tool::Kubectl),
            (r#"{"items": [{"kind": "Pod"}]}"#, Tool::Kubectl),
            (r#"{"kind": "List", "items": null}"#, Tool::Kubectl),
            (r#"[{"revision": 1, "chart": "checkout-2.3.0"}]"#, Tool::Helm),
            ("[]", Tool::Helm),
            (r#"{"kind": "Application", "metadata": {}}"#, Tool::ArgoCd),
            (r#"{"metadata": {"name": "x"}, "status": {}}"#, Tool::ArgoCd),
            (r#"{"kind": "ApplicationList", "items": [{"kind": "Application"}]}"#, Tool::ArgoCd),
            (r#"[{"metadata": {"name": "x"}}]"#, Tool::ArgoCd),
        ];
        for (document, tool) in cases {
            assert_eq!(detect(document.as_bytes()), Ok(tool), "{document}");
        }
    }

    #[test]
    fn every_fixture_is_known_by_the_tool_that_printed_it() {
        macro_rules! fixtures {
            ($tool:expr, $($name:literal),*) => {
                $(assert_eq!(
                    detect(include_bytes!(concat!("../../../tests/data/observe/", $name, ".json"))),
                    Ok($tool)
                );)*
            };
        }
        fixtures!(Tool::Kubectl, "kubectl-deploy", "kubectl-pods", "kubectl-rolled-back", "kubectl-rolling");
        fixtures!(Tool::Helm, "helm-history", "helm-list");
        fixtures!(Tool::ArgoCd, "argocd-app");
    }

    #[test]
    fn what_no_tool_prints_is_refused_with_what_would_be_read() {
        for odd in
            ["", "{}", "NAME READY\n", "kind: List\n", r#"{"items": []}"#, "[1]", r#"[{"x": 1}]"#, "{} {}"]
        {
            let error = detect(odd.as_bytes()).unwrap_err();
            let hint = error.hint.unwrap();
            assert!(
                ["kubectl get", "helm history", "argocd app get"].iter().all(|tool| hint.contains(tool)),
                "{odd}"
            );
        }
    }
}
