//! Reading comparators, and intersecting those of one string. What is no comparator is `misread`'s business.

use std::ops::Range;

use super::error::{RangeError, RangeErrorKind};
use super::misread::misread;
use super::{Alternative, End, Interval};
use crate::version::{Order, Scale, check_text};

/// What a version without an operator means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// Everything of equal precedence, as `=`.
    Precedence,
    /// The version as written.
    Exact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
    Exact,
}

/// One comparator, and where it stands in its alternative.
struct Comparator {
    operator: Operator,
    end: End,
    span: Range<usize>,
}

/// A mistake, and where it stands in its alternative.
type Mistake = (Range<usize>, RangeErrorKind);

pub(super) fn alternatives<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    scale: &Scale,
    bare: Bare,
) -> Result<Vec<Alternative>, RangeError> {
    let read = |(index, text)| {
        alternative(text, scale, bare).map_err(|(span, kind)| RangeError { alternative: index, span, kind })
    };
    let alternatives = texts.into_iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    if alternatives.is_empty() {
        return Err(RangeError { alternative: 0, span: 0..0, kind: RangeErrorKind::EmptyList });
    }
    Ok(alternatives)
}

fn alternative(text: &str, scale: &Scale, bare: Bare) -> Result<Alternative, Mistake> {
    let mut comparators = Vec::new();
    for span in pieces(text) {
        let piece = &text[span.clone()];
        match comparator(piece, scale, bare) {
            Ok(read) => comparators.extend(read.map(|(operator, end)| Comparator { operator, end, span })),
            Err(kind) => return Err((span, kind)),
        }
    }
    let is_exact = |comparator: &Comparator| comparator.operator == Operator::Exact;
    match comparators.iter().find(|comparator| is_exact(comparator)) {
        None => intersect(text, comparators).map(Alternative::Interval),
        Some(exact) if comparators.len() == 1 => Ok(Alternative::Exact(exact.end.clone())),
        Some(exact) => {
            let version = exact.end.text.to_string();
            Err((exact.span.clone(), RangeErrorKind::ExactNotAlone { version }))
        }
    }
}

/// The spans between the commas, without the white space around them.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    text.split(',').map(move |raw| {
        let start = next + (raw.len() - raw.trim_start_matches(is_space).len());
        next += raw.len() + 1;
        start..start + raw.trim_matches(is_space).len()
    })
}

/// Only what TOML takes as white space: any other kind would be invisible where it stands.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// One comparator; `None` for `*`, which compares nothing.
fn comparator(piece: &str, scale: &Scale, bare: Bare) -> Result<Option<(Operator, End)>, RangeErrorKind> {
    if piece.is_empty() {
        return Err(RangeErrorKind::EmptyComparator);
    }
    if piece == "*" {
        return Ok(None);
    }
    let (sign, version) = split_sign(piece);
    let operator = match sign {
        "<" => Operator::Below,
        "<=" => Operator::AtMost,
        ">" => Operator::Above,
        ">=" => Operator::AtLeast,
        "=" => Operator::Equal,
        "" if bare == Bare::Precedence => Operator::Equal,
        "" => Operator::Exact,
        _ => return Err(RangeErrorKind::operator(sign, version, scale)),
    };
    if version.is_empty() {
        return Err(RangeErrorKind::MissingVersion { operator: sign.to_owned() });
    }
    end(sign, version, scale, bare, operator).map(|end| Some((operator, end)))
}

/// Takes every character that looks like an operator, so that an unknown one is seen whole.
fn split_sign(piece: &str) -> (&str, &str) {
    let version = piece.trim_start_matches(['<', '>', '=', '!', '^', '~']);
    let sign = &piece[..piece.len() - version.len()];
    (sign, version.trim_start_matches(is_space))
}

fn end(sign: &str, text: &str, scale: &Scale, bare: Bare, operator: Operator) -> Result<End, RangeErrorKind> {
    let place = scale.place(text);
    // A listed release is called what it is called; under the other orders a misreading may have a place too.
    if (place.is_none() || scale.order() != Order::Listed)
        && let Some(kind) = misread(sign, text, scale, bare)
    {
        return Err(kind);
    }
    check_text(text).map_err(RangeErrorKind::Text)?;
    let place = place.ok_or_else(|| RangeErrorKind::not_placed(text, scale))?;
    let closed = !matches!(operator, Operator::Below | Operator::Above);
    Ok(End { text: text.into(), place, closed })
}

/// The tightest end on either side; together they must leave something.
fn intersect(text: &str, comparators: Vec<Comparator>) -> Result<Interval, Mistake> {
    let mut lower: Option<Comparator> = None;
    let mut upper: Option<Comparator> = None;
    for Comparator { operator, end, span } in comparators {
        let again = || Comparator { operator, end: end.clone(), span: span.clone() };
        if !matches!(operator, Operator::Below | Operator::AtMost)
            && lower.as_ref().is_none_or(|lower| starts_later(&end, &lower.end))
        {
            lower = Some(again());
        }
        if !matches!(operator, Operator::Above | Operator::AtLeast)
            && upper.as_ref().is_none_or(|upper| ends_sooner(&end, &upper.end))
        {
            upper = Some(again());
        }
    }
    check_not_empty(text, lower.as_ref(), upper.as_ref())?;
    let lower = lower.map(|lower| lower.end);
    let mut upper = upper.map(|upper| upper.end);
    // `>=2, <=2.0` is one point; giving it one text lets it print as one.
    if let (Some(lower), Some(upper)) = (&lower, &mut upper)
        && lower.place == upper.place
    {
        *upper = lower.clone();
    }
    Ok(Interval { lower, upper })
}

fn starts_later(a: &End, b: &End) -> bool {
    (&a.place, !a.closed) > (&b.place, !b.closed)
}

fn ends_sooner(a: &End, b: &End) -> bool {
    (&a.place, a.closed) < (&b.place, b.closed)
}

fn check_not_empty(
    text: &str,
    lower: Option<&Comparator>,
    upper: Option<&Comparator>,
) -> Result<(), Mistake> {
    let Some(upper) = upper else { return Ok(()) };
    let written = |comparator: &Comparator| text[comparator.span.clone()].to_owned();
    match lower {
        Some(lower) if leaves_nothing(&lower.end, &upper.end) => {
            let span = lower.span.start.min(upper.span.start)..lower.span.end.max(upper.span.end);
            Err((span, RangeErrorKind::EmptyInterval { lower: written(lower), upper: written(upper) }))
        }
        None if !upper.end.closed && upper.end.place.is_lowest() => {
            Err((upper.span.clone(), RangeErrorKind::BelowAll { bound: written(upper) }))
        }
        _ => Ok(()),
    }
}

fn leaves_nothing(lower: &End, upper: &End) -> bool {
    let both_closed = lower.closed && upper.closed;
    let both_open = !lower.closed && !upper.closed;
    lower.place > upper.place
        || lower.place == upper.place && !both_closed
        || both_open && lower.place.is_listed_just_before(&upper.place)
}
