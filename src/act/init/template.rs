//! Templates: texts with placeholders such as `{{service}}`.

/// What stands for the placeholders.
pub(super) struct Values(Vec<(&'static str, String)>);

impl Values {
    pub(super) fn new(values: Vec<(&'static str, String)>) -> Values {
        Values(values)
    }

    pub(super) fn add(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Puts the values into a template, once: a value that looks like a placeholder stays what it is.
///
/// A placeholder that has no value stays, and a test sees it.
pub(super) fn fill(template: &str, values: &Values) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once("{{") {
        out.push_str(before);
        match from.split_once("}}").and_then(|(name, after)| Some((values.get(name)?, after))) {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push_str("{{");
                rest = from;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A template without the comment that says whose file it is: up to the first empty line.
pub(super) fn body(template: &str) -> &str {
    template.split_once("\n\n").map_or(template, |(_, body)| body)
}

/// A text as it stands between the quotes of a TOML string. Control characters are no part of any.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once() {
        let values = Values::new(vec![("a", "{{b}}".into()), ("b", "2".into())]);
        assert_eq!(fill("x {{a}} {{b}} {c} {{d}} {{", &values), "x {{b}} 2 {c} {{d}} {{");
    }

    #[test]
    fn the_head_of_a_template_is_its_first_comment() {
        assert_eq!(body("# a\n# b\n\nc\n\nd\n"), "c\n\nd\n");
    }
}
