//! One change of one file's text, checked.

use crate::registry::document::{Node, Written};
use crate::registry::edit::check::Plain;
use crate::registry::edit::draft::Draft;
use crate::registry::edit::path::{Path, Step};
use crate::registry::edit::splice::apply;
use crate::registry::edit::value::Value;
use crate::registry::lines::same_comments;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit {
    /// A value is put at a path, in place of another or as a new one.
    Set(Path, Value),
    /// A value is put into a list, at this position; the list is made when it isn't there.
    Insert(Path, usize, Value),
    /// Tables are put into a list of tables with headers, so that the first has this position.
    InsertRun(Path, usize, Vec<Value>),
    /// What stands at a path is taken out.
    Remove(Path),
}

impl Edit {
    /// What is changed.
    pub(super) fn path(&self) -> &Path {
        let (Edit::Set(path, _)
        | Edit::Insert(path, _, _)
        | Edit::InsertRun(path, _, _)
        | Edit::Remove(path)) = self;
        path
    }
}

/// Why a text isn't changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stuck {
    /// It has syntax errors.
    Broken,
    /// It is written in a form that isn't edited, or another thing would have changed as well.
    Form,
}

/// The text with a change in it, and nothing else changed: what it says was compared, and its comments, of which
/// only those go that stand in the line of something that is taken out.
pub(super) fn revise(text: &str, edit: &Edit) -> Result<String, Stuck> {
    steps(text, edit)?.iter().try_fold(text.to_owned(), |text, step| revise_once(&text, step))
}

fn revise_once(text: &str, edit: &Edit) -> Result<String, Stuck> {
    let draft = Draft::of(text).ok_or(Stuck::Broken)?;
    let pieces = match edit {
        Edit::Set(path, value) => draft.set(path, value),
        Edit::Insert(list, position, value) => draft.insert(list, *position, value),
        Edit::InsertRun(list, position, values) => draft.insert_run(list, *position, values),
        Edit::Remove(path) => draft.remove(path),
    };
    let revised = apply(text, pieces.ok_or(Stuck::Form)?);
    let wanted = Plain::of(&draft.root, text).edited(edit).ok_or(Stuck::Form)?;
    let after = Draft::of(&revised).ok_or(Stuck::Form)?;
    let got = Plain::of(&after.root, &revised);
    let same = match edit {
        Edit::Remove(_) => wanted.without_empty() == got.without_empty(),
        _ => wanted == got && same_comments(text, &revised),
    };
    if same { Ok(revised) } else { Err(Stuck::Form) }
}

/// The smallest changes that make up one: what a table or a broken list has already stays as it stands.
fn steps(text: &str, edit: &Edit) -> Result<Vec<Edit>, Stuck> {
    let draft = Draft::of(text).ok_or(Stuck::Broken)?;
    let Some(node) = edit.path().find(&draft.root).and_then(|found| found.node) else {
        return Ok(vec![edit.clone()]);
    };
    let smaller = match edit {
        Edit::Set(_, value) if Plain::is_said(value, node, text) => return Ok(Vec::new()),
        Edit::Set(path, value @ (Value::Table(_) | Value::Section(_))) => in_table(node, path, value),
        Edit::Set(path, Value::List(new)) => in_list(text, node, path, new),
        Edit::Remove(path) => of_dotted(node, path),
        _ => None,
    };
    let Some(smaller) = smaller else { return Ok(vec![edit.clone()]) };
    let steps: Result<Vec<_>, _> = smaller.iter().map(|edit| steps(text, edit)).collect();
    Ok(steps?.into_iter().flatten().collect())
}

/// A table that is written by dotted keys goes line by line.
fn of_dotted(node: &Node<'_>, path: &Path) -> Option<Vec<Edit>> {
    let map = node.as_table().filter(|map| map.written() == Written::Dotted)?;
    Some(map.entries().iter().map(|(key, _)| Edit::Remove(path.key(&key.text))).collect())
}

/// A table becomes another, key by key.
fn in_table(node: &Node<'_>, path: &Path, value: &Value) -> Option<Vec<Edit>> {
    let (map, fields) = (node.as_table()?, value.fields()?);
    let gone = map.entries().iter().filter(|(key, _)| fields.iter().all(|(name, _)| *name != key.text));
    let gone = gone.map(|(key, _)| Edit::Remove(path.key(&key.text)));
    let set = fields.iter().map(|(key, value)| Edit::Set(path.key(key), value.clone()));
    // First what comes, then what goes, so that a table is never left without a key on the way.
    Some(set.chain(gone).collect())
}

/// A list over several lines becomes another, item by item, where what stays stays in its order.
fn in_list(text: &str, node: &Node<'_>, path: &Path, new: &[Value]) -> Option<Vec<Edit>> {
    let items = node.as_array()?;
    if !text.get(node.span())?.contains('\n') || node.is_list_of_headers() {
        return None;
    }
    let old: Vec<Value> = items.iter().map(|item| item.as_str().map(Value::from)).collect::<Option<_>>()?;
    let kept: Vec<&Value> = old.iter().filter(|value| new.contains(value)).collect();
    let still: Vec<&Value> = new.iter().filter(|value| old.contains(value)).collect();
    if kept.is_empty() || kept != still {
        return None;
    }
    let gone = old.iter().enumerate().rev().filter(|(_, value)| !new.contains(value));
    let gone = gone.map(|(at, _)| Edit::Remove(Path([path.0.clone(), vec![Step::At(at)]].concat())));
    let come = new.iter().enumerate().filter(|(_, value)| !old.contains(value));
    let come = come.map(|(at, value)| Edit::Insert(path.clone(), at, value.clone()));
    Some(gone.chain(come).collect())
}
