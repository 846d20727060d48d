//! Versions and ranges that a service's order has to place.

use crate::model::Version;
use crate::registry::document::Data;
use crate::registry::mistake::Mistake;
use crate::registry::reader::{Table, Value};
use crate::registry::wording::quoted;
use crate::version::{RangeError, Ranges, Scale};

impl<'a> Table<'a> {
    /// A version that the order must place.
    pub(super) fn placed(&self, key: &'static str, scale: &Scale) -> Option<Version> {
        self.get(key)?.placed(scale)
    }

    /// A version that the order need not place.
    pub(super) fn any_version(&self, key: &'static str, scale: &Scale) -> Option<Version> {
        self.version(key).map(|text| Version::new(text, scale))
    }

    /// Comparators, or a list of such strings, of a service whose order isn't known yet.
    pub(super) fn written_ranges(&self, key: &'static str) -> Option<Vec<Box<str>>> {
        let texts = self.get(key)?.range_texts()?.1;
        Some(texts.into_iter().map(Box::from).collect())
    }

    /// Comparators, or a list of such strings.
    pub(super) fn ranges(&self, key: &'static str, scale: &Scale) -> Option<Ranges> {
        self.get(key)?.ranges(scale)
    }
}

impl<'a> Value<'a> {
    /// A version that the order must place: without a place nothing could be held against it.
    pub(super) fn placed(self, scale: &Scale) -> Option<Version> {
        let version = Version::new(self.version()?, scale);
        if version.place.is_none() {
            let hint = RangeError::not_placed(&version.text, scale).hint();
            let order = scale.order().word();
            let message = match order {
                "listed" => format!("{} isn't a listed release", quoted(&version.text)),
                _ => format!("{} can't be ordered as {order}", quoted(&version.text)),
            };
            self.desk.report(Mistake::at(self.place(), message).maybe_hint(hint).label(self.called()));
            return None;
        }
        Some(version)
    }

    /// `versions`: strings of comparators, any of which may match.
    pub(super) fn ranges(self, scale: &Scale) -> Option<Ranges> {
        self.read_ranges(|texts| Ranges::parse(texts.iter().copied(), scale))
    }

    /// `except`: the same, but a bare version means exactly that one.
    pub(super) fn exceptions(self, scale: &Scale) -> Option<Ranges> {
        self.read_ranges(|texts| Ranges::parse_except(texts.iter().copied(), scale))
    }

    fn read_ranges(self, parse: impl Fn(&[&'a str]) -> Result<Ranges, RangeError>) -> Option<Ranges> {
        let (alternatives, texts) = self.range_texts()?;
        let report = |error: RangeError| {
            let place = match alternatives.get(error.alternative) {
                Some(value) => value.place_within(error.span.clone()),
                None => self.place(),
            };
            let mistake = Mistake::at(place, error.to_string()).maybe_hint(error.hint());
            self.desk.report(mistake.label(self.called()));
        };
        parse(&texts).map_err(report).ok()
    }

    /// The alternatives, and what stands in each.
    fn range_texts(self) -> Option<(Vec<Value<'a>>, Vec<&'a str>)> {
        let alternatives: Vec<Value<'a>> = match self.raw() {
            Data::Array(_) => self.items("a range")?.collect(),
            _ => vec![self],
        };
        let texts = alternatives.iter().map(|value| value.range_text()).collect::<Option<Vec<_>>>()?;
        Some((alternatives, texts))
    }

    fn range_text(&self) -> Option<&'a str> {
        match self.raw() {
            Data::Text(text) => Some(text),
            Data::Integer(..) | Data::Float => {
                self.wrong("a range, such as `\">=2.1.0, <2.4.0\"`", Some("put it in quotes".to_owned()))
            }
            _ => self.wrong("a range, such as `\">=2.1.0, <2.4.0\"`, or a list of ranges", None),
        }
    }
}
