//! The tables of a file of cases.

use crate::registry::shape::{
    ADVISORY, DEBT, ENVIRONMENT, FREEZE, Field, INCIDENT, INSTABILITY, Kind, POLICY, SERVICE, SIGN_OFF,
    Shape, TEAM,
};

const LEVELS: &[&str] = &["allow", "warn", "hold", "block"];

const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: true, doc }
}

const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: false, doc }
}

pub(super) static FILE: Shape = Shape {
    name: "a file of cases",
    header: "policy/tests/*.toml",
    doc: "Cases that hold the policy to its word. No check reads them; `policy test` does.",
    fields: &[
        may(
            "given",
            Kind::Table(&GIVEN),
            "What is supposed to be so in all of its cases; what a case gives stands over it.",
        ),
        may("case", Kind::Tables(&CASE), "The cases."),
    ],
};

#[rustfmt::skip]
pub(super) static CASE: Shape = Shape {
    name: "a case",
    header: "[[case]]",
    doc: "A move at a moment, and what must come out.",
    fields: &[
        must("name", Kind::Text, "What it shows, in a sentence. Each in its file once."),
        may("about", Kind::Text, "More of it, for people."),
        may("on", Kind::Word(&["policy", "registry"]),
            "What it stands on. `policy`, the default: the registry's rules, freezes, periods, environments and teams; \
             everything else is in `given`. `registry`: all of it as it was at that moment, and `given` beside it."),
        must("at", Kind::Time, "The moment, as with `--as-of`: what carries a later time isn't there yet."),
        must("service", Kind::Name, "The service."),
        may("env", Kind::Name, "Where; may be left out when there is only one environment."),
        may("from", Kind::Version, "What is said to run there, as with `--from`."),
        must("to", Kind::Version, "The release to go to."),
        may("move", Kind::Word(&["rollback", "redeploy"]), "What it is taken for where versions can't be compared; a rollback."),
        may("incident", Kind::Id, "The incident that it is for; without it, the one that is on."),
        may("by", Kind::Text, "Who asks: `Rosa <rosa@example.com>`. Without it nobody is known, as at a plain check."),
        may("digest", Kind::Text, "The digest of the artifact that is to be deployed."),
        must("verdict", Kind::Word(LEVELS), "The verdict that must come out."),
        may("reasons", Kind::Tables(&REASON), "Reasons that must come out."),
        may("exact", Kind::Bool, "Whether no other reasons may come out."),
        may("given", Kind::Table(&GIVEN), "What is supposed to be so: tables as in `holdpoint.toml`."),
    ],
};

#[rustfmt::skip]
pub(super) static REASON: Shape = Shape {
    name: "an expected reason",
    header: "reasons = [{ … }]",
    doc: "A reason that must come out. What isn't said of it may be anything.",
    fields: &[
        must("code", Kind::Codes, "Its code."),
        may("subject", Kind::Text, "What it is about: a flag's id, or the code with a detail."),
        may("level", Kind::Word(LEVELS), "Its level, after everything that lowers it."),
        may("key", Kind::Word(&["reliability", "security", "both"]), "Its key."),
        may("rule", Kind::Text, "The rule that decides its level."),
    ],
};

#[rustfmt::skip]
pub(super) static GIVEN: Shape = Shape {
    name: "what is given in a case",
    header: "[case.given]",
    doc: "Tables as in the main file. Rules can't be given: it is the registry's that are tried.",
    fields: &[
        may("policy", Kind::Table(&POLICY), "Periods, in place of the registry's."),
        may("freeze", Kind::Tables(&FREEZE), "Change freezes beside the registry's."),
        may("environment", Kind::Map("names of environments", &Kind::Table(&ENVIRONMENT)), "Environments beside the registry's."),
        may("team", Kind::Map("names of teams", &Kind::Table(&TEAM)), "Teams beside the registry's, or in place of one."),
        may("incident", Kind::Map("ids", &Kind::Table(&INCIDENT)), "Incidents."),
        may("service", Kind::Map("names of services", &Kind::Table(&SERVICE)),
            "Services. On the registry: what is supposed of the service in place of what stands there."),
        may("advisory", Kind::Map("ids", &Kind::Table(&ADVISORY)), "Security's flags."),
        may("instability", Kind::Map("ids", &Kind::Table(&INSTABILITY)), "SRE's flags."),
        may("sign-off", Kind::Map("ids", &Kind::Table(&SIGN_OFF)), "Acceptances."),
        may("debt", Kind::Map("ids", &Kind::Table(&DEBT)), "Open break-glasses."),
    ],
};

/// The tables that only files of cases have.
pub static CASE_SHAPES: &[&Shape] = &[&FILE, &CASE, &REASON, &GIVEN];
