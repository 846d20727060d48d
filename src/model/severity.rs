//! How bad a flag is: the word that decides, and the CVSS score behind it.

use std::fmt;

/// The severity word of a flag. The word decides; a score is only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Severity {
    /// Nobody said. Judged like `high`: not knowing is no reason to relax.
    #[default]
    Unknown,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

/// The base metrics of CVSS v3.0 and v3.1, each of which a vector must have.
const V3_BASE: [&str; 8] = ["AV:", "AC:", "PR:", "UI:", "S:", "C:", "I:", "A:"];

/// The weight of a severity, lightest first: low, medium, high, critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(u8);

impl Severity {
    /// The words that may stand in a registry.
    pub const WORDS: &[&str] = &["low", "medium", "high", "critical"];

    /// Takes one of [`Severity::WORDS`], or `unknown`.
    pub fn from_word(word: &str) -> Option<Severity> {
        Some(match word {
            "unknown" => Severity::Unknown,
            "low" => Severity::Low,
            "medium" => Severity::Medium,
            "high" => Severity::High,
            "critical" => Severity::Critical,
            _ => return None,
        })
    }

    /// The word in the registry, in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Unknown => "unknown",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// Its weight; unknown weighs as much as high.
    pub fn rank(self) -> Rank {
        Rank(match self {
            Severity::Low => 1,
            Severity::Medium => 2,
            Severity::High | Severity::Unknown => 3,
            Severity::Critical => 4,
        })
    }
}

/// A CVSS score as it is compared: in tenths, to which the standard rounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// Reads `7`, `7.5`, `10.0`. None for anything else, and for what is over ten.
    pub fn parse(text: &str) -> Option<Score> {
        let (whole, tenths) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(tenths) || tenths.len() > 1 {
            return None;
        }
        let score = whole.parse::<u8>().ok()?.checked_mul(10)?.checked_add(tenths.parse().ok()?)?;
        (score <= 100).then_some(Score(score))
    }

    /// As a number.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The next lower one; None: there is none.
    pub fn below(self) -> Option<Score> {
        self.0.checked_sub(1).map(Score)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// A CVSS vector: v2, v3.0, v3.1 or v4.0.
///
/// Its score is computed when it is asked for: a check reads many vectors and prints a few.
#[derive(Debug, Clone)]
pub struct Vector(cvss::Cvss);

impl Vector {
    /// Reads a vector. None when it can't be read.
    pub fn parse(text: &str) -> Option<Vector> {
        // The parser takes a v3 vector with metrics missing and scores it too low; all eight are mandatory.
        let missing = |metric: &&str| !text.split('/').any(|part| part.starts_with(*metric));
        if text.starts_with("CVSS:3") && V3_BASE.iter().any(missing) {
            return None;
        }
        text.parse().ok().map(Vector)
    }

    /// The base score, 0.0 to 10.0.
    pub fn score(&self) -> f64 {
        self.0.score()
    }

    /// Whether its score is this one or more.
    pub fn reaches(&self, least: Score) -> bool {
        // Scores have one decimal, which is not exact in binary.
        (self.score() * 10.0).round() >= f64::from(least.0)
    }

    /// The word for its score.
    ///
    /// A score of 0.0 ("none") is `low`: somebody flagged it, so it isn't nothing. Versions 3 and 4 define
    /// the words for a score; v2 is given the same bounds.
    pub fn severity(&self) -> Severity {
        match self.score() {
            s if s >= 9.0 => Severity::Critical,
            s if s >= 7.0 => Severity::High,
            s if s >= 4.0 => Severity::Medium,
            _ => Severity::Low,
        }
    }
}

/// The vector, as its standard writes it.
impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors with their scores as published: v3.x by NVD for the named CVEs, v2 and v4.0 from the
    /// examples of FIRST's own documents.
    #[test]
    fn vectors_of_all_versions_give_score_and_word() {
        let cases = [
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", Severity::High, 7.8),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", Severity::Medium, 6.2),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Severity::Critical, 10.0),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", Severity::High, 7.5),
            ("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", Severity::Low, 1.8),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Severity::Low, 0.0),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", Severity::Critical, 10.0),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", Severity::High, 8.7),
        ];
        for (vector, word, score) in cases {
            let got = Vector::parse(vector).unwrap();
            assert_eq!(
                (got.severity(), format!("{:.1}", got.score())),
                (word, format!("{score:.1}")),
                "{vector}"
            );
        }
    }

    #[test]
    fn unreadable_vectors_give_nothing() {
        for wrong in [
            "",
            "CVSS:3.1",
            "CVSS:5.0/AV:N",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
            "9.8",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        ] {
            assert!(Vector::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn scores_are_compared_in_tenths() {
        for text in ["0.0", "7.0", "8.7", "10.0"] {
            assert_eq!(Score::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Score::parse("7"), Score::parse("7.0"));
        for wrong in ["", ".5", "7.", "10.1", "11", "-1", "7.55", "7,5", "1e1", "+7", "300"] {
            assert_eq!(Score::parse(wrong), None, "{wrong}");
        }
        let vector =
            Vector::parse("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N").unwrap();
        let reaches = |text: &str| vector.reaches(Score::parse(text).unwrap());
        assert!(reaches("8.7") && reaches("0") && !reaches("8.8") && !reaches("10"));
    }

    #[test]
    fn unknown_weighs_like_high() {
        assert_eq!(Severity::Unknown.rank(), Severity::High.rank());
        assert!(Severity::Critical.rank() > Severity::High.rank());
        assert!(Severity::High.rank() > Severity::Medium.rank());
        assert!(Severity::Medium.rank() > Severity::Low.rank());
    }
}
