//! Breaking the glass: the debt that it leaves, and where that is written.

use super::case::Case;
use super::{Broken, Refusal};
use crate::model::{Id, Name, Time, format_time};
use crate::record::{Deed, Movement, Occasion, Statement};
use crate::registry::edit::{Editor, Fields, Value};
use crate::registry::{Changes, Tree};

/// A debt in the making.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its id.
    pub id: Id,
    /// By when each team is to have reviewed it.
    pub due: Time,
    fields: Fields,
    subjects: Vec<Box<str>>,
}

impl Opened {
    /// The debt of going against the verdict; None: the glass wasn't broken, or needn't have been.
    pub(super) fn of(case: &Case<'_>, occasion: &Occasion) -> Option<Opened> {
        let reason = case.going.break_glass?;
        let subjects = case.against();
        if subjects.is_empty() {
            return None;
        }
        let due = case.review_within().after(occasion.now);
        let place = (&case.going.question.service, case.environment);
        Some(Opened::new(place, &case.movement(), subjects, reason, due, occasion))
    }

    /// The debt of a move that goes although somebody stands against it.
    pub fn new(
        (service, environment): (&Name, &Name),
        movement: &Movement,
        subjects: Vec<Box<str>>,
        reason: &str,
        due: Time,
        occasion: &Occasion,
    ) -> Opened {
        let mut fields: Fields = vec![
            ("service".into(), service.as_str().into()),
            ("environment".into(), environment.as_str().into()),
        ];
        fields.extend(movement.from.as_deref().map(|from| ("from".into(), from.into())));
        let rest: [(&str, Value); 6] = [
            ("to", (&*movement.to).into()),
            ("subjects", Value::texts(&subjects)),
            ("reason", reason.into()),
            ("by", (&*occasion.who.by).into()),
            ("at", occasion.now.into()),
            ("due", due.into()),
        ];
        fields.extend(rest.into_iter().map(|(key, value)| (key.to_owned(), value)));
        Opened { id: occasion.id(), due, fields, subjects }
    }

    /// What was gone against.
    pub fn subjects(&self) -> &[Box<str>] {
        &self.subjects
    }

    /// Writes it: as a file of its own where the service has a folder, else into the main file.
    ///
    /// # Errors
    /// When the file can't be edited.
    pub fn write(
        &self,
        editor: &mut Editor<'_>,
        tree: &dyn Tree,
        main: &str,
        service: &Name,
    ) -> Result<(), Refusal> {
        let table = ["debt", self.id.as_str()];
        if tree.has_folder(&format!("services/{service}"))? {
            editor.create(service, &self.file(service), table, &self.fields)?;
        } else {
            editor.set_in(service, main, &table, Value::Section(self.fields.clone()))?;
        }
        Ok(())
    }

    /// Writes it into a registry that has mistakes, where that can be done without touching any of its files.
    ///
    /// # Errors
    /// When it can't even be looked at.
    pub fn write_alone(
        &self,
        tree: &dyn Tree,
        main: &str,
        service: &Name,
    ) -> Result<Option<Changes>, Refusal> {
        if !tree.has_folder(&format!("services/{service}"))? {
            return Ok(None);
        }
        let mut editor = Editor::new(tree, main);
        editor.create(service, &self.file(service), ["debt", self.id.as_str()], &self.fields)?;
        Ok(editor.finish_new_files().ok())
    }

    fn file(&self, service: &Name) -> String {
        format!("services/{service}/debts/{}.toml", self.id)
    }
}

/// What was broken, for the report and for the record; `written`: the debt stands in the registry. None: nothing was.
pub(super) fn broke(
    case: &Case<'_>,
    debt: Option<&Opened>,
    written: bool,
    occasion: &Occasion,
) -> Option<(Broken, Statement)> {
    let reason = case.going.break_glass?;
    let broken = Broken {
        debt: debt.filter(|_| written).map(|debt| debt.id.clone()),
        subjects: debt.map_or_else(Vec::new, |debt| debt.subjects.clone()),
        due: debt.map(|debt| debt.due),
    };
    let deed = Deed::BrokeGlass {
        debt: broken.debt.as_ref().map(|id| id.as_str().into()),
        reason: reason.into(),
        subjects: broken.subjects.clone(),
        unjudged: case.unjudged(),
        due: broken.due.map(|due| format_time(due).into()),
    };
    Some((broken, case.says(occasion, deed)))
}
