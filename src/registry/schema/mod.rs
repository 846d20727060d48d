//! The JSON Schema of the registry's files, for editors: [`text`] is the entry point.
//!
//! Made from the tables of [`SHAPES`], so a key that is added there is completed, explained and checked in
//! editors as well. What a value may be stands in `value`, which keys may stand together in `together`.
//!
//! Draft 07, since the TOML servers of editors (taplo, and with it VS Code's Even Better TOML) check by its
//! keywords and pass over newer ones in silence. They hand times over as text, as written.
//!
//! Deliberately absent: what needs more than one value or file, such as the place of a version in its order,
//! duplicates, and names that must be known. A file that validates can still be wrong; `lint` says that.

mod together;
mod value;

use serde_json::{Map, Value, json};

use crate::registry::case::{CASE_SHAPES, FILE};
use crate::registry::shape::{Field, ROOT, SHAPES, Shape};
use value::{description, value};

/// Where a registry keeps the schema, for editors without network: a dotfile, which the loader passes over.
pub const PATH: &str = ".holdpoint/schema.json";

/// Which files a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// Every file of a registry, told apart by what is in it.
    Every,
    /// The main file.
    Main,
    /// The `*.toml` directly in a service's folder.
    Service,
    /// `advisories/ID.toml`.
    Advisory,
    /// `instabilities/ID.toml`.
    Instability,
    /// `sign-offs/KEY/ID.toml`.
    SignOff,
    /// `debts/ID.toml`.
    Debt,
    /// `policy/tests/*.toml`: beside the registry, and no file of it.
    Cases,
}

impl Covers {
    /// All of them.
    pub const ALL: [Covers; 8] = [
        Covers::Every,
        Covers::Main,
        Covers::Service,
        Covers::Advisory,
        Covers::Instability,
        Covers::SignOff,
        Covers::Debt,
        Covers::Cases,
    ];

    /// Its word on the command line; of a file with one table, that table's.
    pub fn word(self) -> &'static str {
        match self {
            Covers::Every => "every",
            Covers::Main => "main",
            Covers::Service => "service",
            Covers::Advisory => "advisory",
            Covers::Instability => "instability",
            Covers::SignOff => "sign-off",
            Covers::Debt => "debt",
            Covers::Cases => "cases",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Covers> {
        Covers::ALL.into_iter().find(|covers| covers.word() == word)
    }

    /// The kind of a file of a registry, by its path from the main file's folder. None: the loader reads no
    /// such file.
    pub fn of_path(path: &str) -> Option<Covers> {
        let folder = |word: &str| match word {
            "advisories" => Some(Covers::Advisory),
            "instabilities" => Some(Covers::Instability),
            "debts" => Some(Covers::Debt),
            _ => None,
        };
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [_] => Some(Covers::Main),
            ["services", _, _] => Some(Covers::Service),
            ["services", _, "sign-offs", _, _] => Some(Covers::SignOff),
            ["services", _, of, _] => folder(of),
            [of @ ("advisories" | "instabilities"), _] => folder(of),
            _ => None,
        }
        .filter(|_| path.ends_with(".toml"))
    }
}

/// The schema that fits every file of a registry.
pub fn text() -> String {
    text_of(Covers::Every)
}

/// The schema of some files: with those of one kind, also what only their path tells.
pub fn text_of(covers: Covers) -> String {
    format!("{:#}\n", schema(covers))
}

/// The comment that points an editor at the schema at [`PATH`]: the first line of the file with this path,
/// which is relative to the main file's folder.
pub fn line(path: &str) -> String {
    let up = match path.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    };
    format!("#:schema {up}{PATH}")
}

fn schema(covers: Covers) -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": format!("holdpoint: {}", title(covers)),
        "description": about(covers),
        "type": "object",
    });
    if let Value::Object(schema) = &mut schema {
        schema.extend(top(covers));
        let of_cases = if covers == Covers::Cases { CASE_SHAPES } else { &[] };
        let tops = [&ROOT, &FILE];
        let definitions = SHAPES.iter().chain(of_cases);
        let definitions = definitions.filter(|shape| tops.iter().all(|top| !std::ptr::eq(**shape, *top)));
        let definitions = definitions.map(|shape| (slug(shape), definition(shape)));
        schema.insert("definitions".into(), Value::Object(definitions.collect()));
    }
    schema
}

fn title(covers: Covers) -> &'static str {
    match covers {
        Covers::Every => "a file of a registry",
        Covers::Main => "the main file of a registry",
        Covers::Service => "a file of a service",
        Covers::Advisory => "the file of an advisory",
        Covers::Instability => "the file of an instability",
        Covers::SignOff => "the file of a sign-off",
        Covers::Debt => "the file of a debt",
        Covers::Cases => "a file of cases for the policy",
    }
}

fn about(covers: Covers) -> &'static str {
    let table = |word: &str| SHAPES.iter().find(|shape| slug(shape) == word).map_or("", |shape| shape.doc);
    match covers {
        Covers::Every => {
            "Any file of a registry: the main file with everything in it, or a file of the folders with one table of it."
        }
        Covers::Main => ROOT.doc,
        Covers::Cases => FILE.doc,
        one => table(one.word()),
    }
}

/// The top table of a file.
fn top(covers: Covers) -> Map<String, Value> {
    match covers {
        Covers::Main => object(&ROOT, ROOT.fields, true),
        Covers::Cases => object(&FILE, FILE.fields, true),
        Covers::Every => {
            let mut top = object(&ROOT, ROOT.fields, false);
            top.extend(together::in_any_file());
            top
        }
        one => {
            let field: Vec<&Field> = ROOT.field(one.word()).into_iter().collect();
            let mut top = object(&ROOT, field, false);
            top.insert("required".into(), json!([one.word()]));
            top.extend(together::one_table(one.word(), one == Covers::Service));
            top
        }
    }
}

/// A table as a schema of its own, for others to refer to.
fn definition(shape: &'static Shape) -> Value {
    let mut table = Map::new();
    table.insert("title".into(), shape.header.into());
    table.insert("description".into(), shape.doc.into());
    table.insert("type".into(), "object".into());
    table.extend(object(shape, shape.fields, true));
    let together = together::of(shape);
    if !together.is_empty() {
        // Not `allOf` beside the keys: taplo would then complete none of them.
        table.insert("if".into(), true.into());
        table.insert("then".into(), json!({ "allOf": together }));
    }
    Value::Object(table)
}

/// The keys of a table; whatever isn't among them is a mistake.
fn object<'a>(
    shape: &'static Shape,
    fields: impl IntoIterator<Item = &'a Field> + Clone,
    requires: bool,
) -> Map<String, Value> {
    let names: Vec<&str> =
        fields.clone().into_iter().filter(|field| field.required).map(|field| field.name).collect();
    let properties = fields.into_iter().map(|field| (field.name.to_owned(), property(shape, field)));
    let mut object = Map::new();
    object.insert("properties".into(), Value::Object(properties.collect()));
    if requires && !names.is_empty() {
        object.insert("required".into(), names.into());
    }
    object.insert("additionalProperties".into(), false.into());
    object
}

fn property(shape: &'static Shape, field: &Field) -> Value {
    let mut property = Map::new();
    property.insert("description".into(), description(field).into());
    property.extend(value(field.kind));
    together::narrow(shape, field, &mut property);
    Value::Object(property)
}

/// A reference to a table's definition.
fn reference(shape: &'static Shape) -> Value {
    json!({ "$ref": format!("#/definitions/{}", slug(shape)) })
}

/// The name of a table's definition: "`withdrawn` of a flag" is `withdrawn-of-a-flag`.
fn slug(shape: &Shape) -> String {
    let name = shape.name.replace(['`', '[', ']'], "");
    let article = ["an ", "a ", "the "].into_iter().find_map(|article| name.strip_prefix(article));
    article.unwrap_or(&name).replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_has_a_definition_of_its_own() {
        let slugs: BTreeSet<String> = SHAPES.iter().map(|shape| slug(shape)).collect();
        assert_eq!(slugs.len(), SHAPES.len());
        assert!(slugs.contains("withdrawn-of-a-flag") && slugs.contains("advisory"), "{slugs:?}");
    }

    #[test]
    fn every_reference_leads_to_a_definition() {
        for covers in Covers::ALL {
            let schema = schema(covers);
            let text = schema.to_string();
            let references = text.split("\"$ref\":\"#/definitions/").skip(1);
            for name in references.filter_map(|rest| rest.split('"').next()) {
                assert!(schema["definitions"][name].is_object(), "{name}");
            }
        }
    }

    #[test]
    fn the_line_leads_up_to_the_schema() {
        assert_eq!(line("holdpoint.toml"), "#:schema ./.holdpoint/schema.json");
        assert_eq!(line("advisories/CVE-1.toml"), "#:schema ../.holdpoint/schema.json");
        assert_eq!(
            line("services/checkout/sign-offs/security/1.toml"),
            "#:schema ../../../../.holdpoint/schema.json"
        );
    }

    #[test]
    fn a_path_tells_what_a_file_holds() {
        for (path, covers) in [
            ("holdpoint.toml", Some(Covers::Main)),
            ("services/checkout/running.toml", Some(Covers::Service)),
            ("services/checkout/debts/1.toml", Some(Covers::Debt)),
            ("services/checkout/sign-offs/security/1.toml", Some(Covers::SignOff)),
            ("instabilities/INC-1.toml", Some(Covers::Instability)),
            ("services/checkout/advisories/CVE-1.toml", Some(Covers::Advisory)),
            ("services/checkout.toml", None),
            ("debts/1.toml", None),
            ("advisories/readme.md", None),
        ] {
            assert_eq!(Covers::of_path(path), covers, "{path}");
        }
        for covers in Covers::ALL {
            assert_eq!(Covers::from_word(covers.word()), Some(covers));
        }
    }
}
