//! What each section of a report gives evidence for: criteria of SOC 2, controls of ISO 27001, outcomes of NIST CSF.

/// A section, and what it gives evidence for.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// The heading of the section.
    pub title: &'static str,
    /// SOC 2, trust services criteria.
    pub soc2: &'static [&'static str],
    /// ISO/IEC 27001:2022, annex A.
    pub iso: &'static [&'static str],
    /// NIST CSF 2.0.
    pub csf: &'static [&'static str],
}

/// That none of it is a claim.
pub const NO_CLAIM: &str = "This is evidence, and no claim of compliance: whether a criterion is met is for the auditor \
                            to say, of the whole organisation and not of a record.";

/// The sections, in their order.
pub const ALL: [Evidence; 7] = [COMPLETENESS, VERDICTS, STOPS, SIGN_OFFS, GLASS, EXPOSURE, CHANGES];

/// Whether the record is whole.
pub const COMPLETENESS: Evidence =
    Evidence { title: "Completeness", soc2: &["CC2.2", "CC8.1"], iso: &["A.5.28"], csf: &["RS.AN-06"] };
/// What was decided.
pub const VERDICTS: Evidence = Evidence {
    title: "Verdicts",
    soc2: &["CC6.8", "CC7.1", "CC8.1"],
    iso: &["A.8.8", "A.8.32"],
    csf: &["RC.RP-03"],
};
/// What was stopped.
pub const STOPS: Evidence = Evidence {
    title: "Holds and blocks",
    soc2: &["CC7.1", "CC7.3", "CC8.1"],
    iso: &["A.5.25", "A.8.8", "A.8.32"],
    csf: &["RC.RP-03"],
};
/// What was accepted.
pub const SIGN_OFFS: Evidence = Evidence {
    title: "Sign-offs",
    soc2: &["CC1.3", "CC5.1", "CC8.1"],
    iso: &["A.8.8", "A.8.32"],
    csf: &["RS.AN-06"],
};
/// What went against a verdict.
pub const GLASS: Evidence = Evidence {
    title: "Broken glass",
    soc2: &["CC7.4", "CC7.5", "CC8.1"],
    iso: &["A.5.26", "A.5.28", "A.8.32"],
    csf: &["RS.AN-06"],
};
/// How long what was known to be bad ran.
pub const EXPOSURE: Evidence =
    Evidence { title: "Exposure", soc2: &["CC7.1", "CC7.2", "CC7.4"], iso: &["A.8.8"], csf: &["RC.RP-03"] };
/// How changes went.
pub const CHANGES: Evidence = Evidence {
    title: "Changes and recovery",
    soc2: &["CC7.5", "CC8.1"],
    iso: &["A.5.26", "A.8.32"],
    csf: &["RC.RP-03"],
};

impl Evidence {
    /// `SOC 2 CC8.1 · ISO 27001:2022 A.8.32 · NIST CSF 2.0 RC.RP-03`.
    pub fn line(&self) -> String {
        let [soc2, iso, csf] = [self.soc2, self.iso, self.csf].map(|list| list.join(", "));
        format!("SOC 2 {soc2} · ISO 27001:2022 {iso} · NIST CSF 2.0 {csf}")
    }
}
