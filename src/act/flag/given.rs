//! What may be said of a flag: services with their versions, mitigations and scores, as people type them.

use crate::model::{Id, Level, Name, NameError, Severity, Vector};

/// The releases of one service that are hit, as they were said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The service.
    pub service: Name,
    /// Ranges, any of which may match.
    pub versions: Vec<Box<str>>,
}

/// A mitigation that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its id within the flag.
    pub id: Id,
    /// What to do.
    pub instruction: Box<str>,
    /// What the flag's reason is lowered to.
    pub lowers_to: Level,
    /// For how many hours it counts; None: as long as the sign-off.
    pub hours: Option<u32>,
}

/// Why something can't be said of a flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GivenError {
    /// No `=` in `S=VERSIONS`.
    #[error("it must be SERVICE=VERSIONS, such as 'cart=<1.4.0'")]
    NoPart,
    /// Nothing behind the `=`.
    #[error("no versions stand behind `{0}=`")]
    NoVersions(Name),
    /// The service can't be one.
    #[error("the name of the service {0}")]
    Service(NameError),
    /// A vector that nobody can read.
    #[error(
        "it can't be read as a CVSS vector (v2, v3.0, v3.1 or v4.0), such as CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
    )]
    Vector,
    /// A score where the vector is wanted.
    #[error("a score alone says too little: give the vector, or say the word with --severity {0}")]
    Score(&'static str),
    /// Not the form of a mitigation.
    #[error("it must be ID=LEVEL[,HOURS]: WHAT TO DO, such as 'waf-r3=hold,4h: enable WAF rule R3'")]
    Offer,
    /// Its id can't be one.
    #[error("the id of the mitigation {0}")]
    OfferId(NameError),
    /// Not a level.
    #[error("`{0}` is no level; a mitigation lowers to allow, warn or hold")]
    Level(String),
    /// Not a number of hours.
    #[error("`{0}` is no number of hours, such as 4h")]
    Hours(String),
}

/// Takes `SERVICE=VERSIONS`.
///
/// # Errors
/// When it isn't that.
pub fn part(text: &str) -> Result<Part, GivenError> {
    let (service, versions) = text.split_once('=').ok_or(GivenError::NoPart)?;
    let service = Name::new(service.trim()).map_err(GivenError::Service)?;
    match versions.trim() {
        "" => Err(GivenError::NoVersions(service)),
        versions => Ok(Part { service, versions: vec![versions.into()] }),
    }
}

/// Takes a CVSS vector.
///
/// # Errors
/// When it can't be read.
pub fn vector(text: &str) -> Result<Box<str>, GivenError> {
    let text = text.trim();
    match Vector::parse(text) {
        Some(_) => Ok(text.into()),
        None => {
            Err(text.parse().map_or(GivenError::Vector, |points| GivenError::Score(score(points).word())))
        }
    }
}

/// The word for a score, as CVSS v3 and v4 have it.
pub fn score(points: f64) -> Severity {
    match points {
        s if s >= 9.0 => Severity::Critical,
        s if s >= 7.0 => Severity::High,
        s if s >= 4.0 => Severity::Medium,
        _ => Severity::Low,
    }
}

/// Takes a mitigation: `waf-r3=hold,4h: enable WAF rule R3`.
///
/// # Errors
/// When it isn't that.
pub fn offer(text: &str) -> Result<Offer, GivenError> {
    let (head, instruction) = text.split_once(':').ok_or(GivenError::Offer)?;
    let (id, lowers) = head.split_once('=').ok_or(GivenError::Offer)?;
    let (level, hours) = match lowers.split_once(',') {
        Some((level, hours)) => (level, Some(hours.trim())),
        None => (lowers, None),
    };
    let level = level.trim();
    let lowers_to = Level::ALL.into_iter().find(|known| known.word() == level && *known < Level::Block);
    let hours = hours.map(|text| {
        let digits = text.strip_suffix('h').unwrap_or(text).trim();
        digits.parse().ok().filter(|hours| *hours > 0).ok_or_else(|| GivenError::Hours(text.to_owned()))
    });
    if instruction.trim().is_empty() {
        return Err(GivenError::Offer);
    }
    Ok(Offer {
        id: Id::new(id.trim()).map_err(GivenError::OfferId)?,
        instruction: instruction.trim().into(),
        lowers_to: lowers_to.ok_or_else(|| GivenError::Level(level.to_owned()))?,
        hours: hours.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_and_its_versions_are_taken_apart_at_the_first_equals_sign() {
        let taken = |text| part(text).map(|part| (part.service.to_string(), part.versions.concat()));
        assert_eq!(taken("cart=>=1.0.0, <1.4.0"), Ok(("cart".into(), ">=1.0.0, <1.4.0".into())));
        assert_eq!(taken("cart= =1.2.0"), Ok(("cart".into(), "=1.2.0".into())));
        assert_eq!(taken("cart"), Err(GivenError::NoPart));
        assert_eq!(taken("cart= "), Err(GivenError::NoVersions(Name::new("cart").unwrap())));
        assert_eq!(taken("Cart=1"), Err(GivenError::Service(NameError::Character('C'))));
    }

    #[test]
    fn mitigations_are_typed_on_one_line() {
        let waf = offer("waf-r3=hold,4h: enable WAF rule R3: all of it").unwrap();
        assert_eq!((waf.id.as_str(), waf.lowers_to, waf.hours), ("waf-r3", Level::Hold, Some(4)));
        assert_eq!(&*waf.instruction, "enable WAF rule R3: all of it");
        assert_eq!(offer("a=warn: x").unwrap().hours, None);
        for (text, error) in [
            ("enable WAF rule R3", GivenError::Offer),
            ("waf: enable", GivenError::Offer),
            ("waf=hold: ", GivenError::Offer),
            ("waf=block: x", GivenError::Level("block".into())),
            ("waf=hold,0h: x", GivenError::Hours("0h".into())),
            ("waf=hold,4d: x", GivenError::Hours("4d".into())),
            ("a b=hold: x", GivenError::OfferId(NameError::Character(' '))),
        ] {
            assert_eq!(offer(text), Err(error), "{text}");
        }
    }

    #[test]
    fn vectors_are_read_and_scores_are_turned_into_a_word() {
        assert!(vector(" CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N ").is_ok());
        assert_eq!(vector("9.8"), Err(GivenError::Score("critical")));
        assert_eq!(vector("CVSS:3.1/AV:N"), Err(GivenError::Vector));
    }
}
