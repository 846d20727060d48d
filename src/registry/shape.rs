//! The tables of the format: which keys they have, of which kind, which are required, and what they mean.
//!
//! One table of fields feeds everything: the reader's "no key `titel`; did you mean `title`?", and what is
//! made from it for people (the format's documentation) and for editors (its schema). A key that isn't
//! here is a mistake wherever it stands.

use crate::model::{EventFormat, Phase, Publish, Severity, SinkKind, WEEKDAYS};
use crate::version::Order;

/// One table of the format.
#[derive(Debug)]
pub struct Shape {
    /// How messages call it: "an advisory".
    pub name: &'static str,
    /// How it is written: `[advisory.ID]`.
    pub header: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys, in the order in which people should read them.
    pub fields: &'static [Field],
}

/// One key of a table.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// The format's number: 1.
    Format,
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of texts with at least one.
    SomeTexts,
    /// A text or a list of texts.
    TextOrTexts,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One or several of these words.
    Words(&'static [&'static str]),
    /// The code of a reason.
    Codes,
    /// The special cases of reasons.
    Cases,
    /// The name of a service, an environment or a team.
    Name,
    /// A list of such names.
    Names,
    /// The id of a flag, a mitigation, a sign-off, a debt or an incident.
    Id,
    /// A version, as written.
    Version,
    /// A list of versions.
    Versions,
    /// A version or a list of versions.
    VersionOrVersions,
    /// Comparators, or a list of such strings.
    Ranges,
    /// A moment: RFC 3339 with offset, or a date (00:00Z).
    Time,
    /// An end: RFC 3339 with offset, or a date (to its end).
    Until,
    /// A period: `30d`, `72h`.
    Window,
    /// `true` or `false`.
    Bool,
    /// A whole number from 1.
    Count,
    /// `true`, `false`, or one or several ids.
    BoolOrIds,
    /// A CVSS score: a number from 0 to 10 with one decimal at most.
    Score,
    /// One or several stretches of a day: `09:00-17:30`.
    Hours,
    /// The name of a time zone.
    Zone,
    /// One or several names.
    NameOrNames,
    /// `*`.
    Star,
    /// A table.
    Table(&'static Shape),
    /// A list of tables.
    Tables(&'static Shape),
    /// A table with keys of one's own choice, each with such a value; the text says what the keys are.
    Map(&'static str, &'static Kind),
}

impl Shape {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The names of all fields.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.fields.iter().map(|field| field.name)
    }
}

const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: true, doc }
}

const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: false, doc }
}

const LEVELS: &[&str] = &["allow", "warn", "hold", "block"];
const KEYS: &[&str] = &["reliability", "security"];
const OWNERS: &[&str] = &["reliability", "security", "both"];
/// How it is known who signed.
pub(super) const KNOWN: &[&str] = &["git", "flag", "ci", "merge", "policy"];
const MOVES: &[&str] = &["rollback", "redeploy"];
const HOURS: &str = "Hours of the day, by the clocks of `zone`: `09:00-17:30`. Those over midnight (`22:00-06:00`) belong to the day on which they begin.";
const ZONE: &str = "The time zone of `weekday` and `hours`, by its IANA name: `Europe/Berlin`, `UTC`.";
const REQUIRED: &[&str] = &["sign-off:reliability", "sign-off:security"];
const FLAGS: &[&str] = &["advisory", "instability"];
const ANY_SEVERITY: &[&str] = &["low", "medium", "high", "critical", "unknown"];

/// `holdpoint.toml`: everything of a small registry, or what all services share.
#[rustfmt::skip]
pub static ROOT: Shape = Shape {
    name: "the registry",
    header: "holdpoint.toml",
    doc: "The main file. Small teams keep everything in it; larger ones spread the same tables over folders.",
    fields: &[
        must("format", Kind::Format, "The version of this format: 1. A newer one is refused, never guessed at."),
        may("policy", Kind::Table(&POLICY), "The periods that the judge works with."),
        may("rule", Kind::Tables(&RULE), "Rules in their order; the first match decides a reason's level."),
        may("freeze", Kind::Tables(&FREEZE), "Change freezes: times at which a move is held."),
        may("step", Kind::Tables(&STEP), "Steps that rules put into playbooks."),
        may("gate", Kind::Table(&GATE), "How `holdpoint gate` reads changes of manifests."),
        may("environment", Kind::Map("names of environments", &Kind::Table(&ENVIRONMENT)),
            "The environments. Without any, the names in `running` are the environments; with some, any other name is a mistake."),
        may("git", Kind::Table(&GIT), "How acts reach others, through the Git repository that the registry lies in."),
        may("notify", Kind::Tables(&NOTIFY), "Who is told what."),
        may("sink", Kind::Map("names of receivers", &Kind::Table(&SINK)), "Where messages go: channels, pagers, mailboxes, programs."),
        may("team", Kind::Map("names of teams", &Kind::Table(&TEAM)), "The teams that sign."),
        may("incident", Kind::Map("ids", &Kind::Table(&INCIDENT)), "Incidents, current and ended."),
        may("service", Kind::Map("names of services", &Kind::Table(&SERVICE)), "The services."),
        may("advisory", Kind::Map("ids", &Kind::Table(&ADVISORY)), "Security's flags: these releases are insecure."),
        may("instability", Kind::Map("ids", &Kind::Table(&INSTABILITY)), "SRE's flags: these releases are unstable."),
        may("sign-off", Kind::Map("ids", &Kind::Table(&SIGN_OFF)), "Acceptances."),
        may("debt", Kind::Map("ids", &Kind::Table(&DEBT)), "Open break-glasses."),
    ],
};

/// `[policy]`.
#[rustfmt::skip]
pub static POLICY: Shape = Shape {
    name: "the policy",
    header: "[policy]",
    doc: "How long things count. A period is a whole number and `m`, `h`, `d` or `w`.",
    fields: &[
        may("baseline", Kind::Window, "For how long a release that ran stays part of the baseline: 30d."),
        may("ping_pong", Kind::Window, "For how long a release that was left by a rollback is not to be returned to unsettled: 14d."),
        may("target_age", Kind::Window, "For how long a release that ran here is offered as a target: 90d."),
        may("sign_off_max", Kind::Window, "The longest that a sign-off is valid, whatever stands in it: 72h."),
        may("review_within", Kind::Window, "By when a break-glass is to be reviewed: 72h."),
        may("max_age", Kind::Window, "How old the registry may be before a check says so. Off by default."),
    ],
};

/// `[gate]`.
#[rustfmt::skip]
pub static GATE: Shape = Shape {
    name: "the gate",
    header: "[gate]",
    doc: "How `holdpoint gate` reads changes of deployment manifests. Checks don't look at it.",
    fields: &[
        may("environment", Kind::Tables(&GATE_ENVIRONMENT), "Which places are which environments; the first that matches counts. Without any, they are told by their names."),
        may("pattern", Kind::Tables(&GATE_PATTERN), "Lines in other files that say a version."),
        may("ignore", Kind::Texts, "Files that are not looked at, as globs over paths."),
        may("require_known", Kind::Bool, "Whether a changed image of no known service is an error."),
    ],
};

/// `[[gate.environment]]`.
#[rustfmt::skip]
pub static GATE_ENVIRONMENT: Shape = Shape {
    name: "a place of an environment",
    header: "[[gate.environment]]",
    doc: "Which manifests belong to an environment. All conditions that are given must hold; within one, any of its words.",
    fields: &[
        must("name", Kind::Name, "The environment."),
        may("paths", Kind::SomeTexts, "Globs over the paths of files: `clusters/prod/**`. `**` stands for any number of folders."),
        may("namespaces", Kind::SomeTexts, "Namespaces; `*` and `?` are allowed."),
        may("labels", Kind::Map("names of labels", &Kind::Text), "Labels of workloads, all of which must be there; `*` and `?` are allowed in values."),
    ],
};

/// `[[gate.pattern]]`.
#[rustfmt::skip]
pub static GATE_PATTERN: Shape = Shape {
    name: "a pattern",
    header: "[[gate.pattern]]",
    doc: "A line of such files says a version. It is matched line by line.",
    fields: &[
        may("name", Kind::Text, "Its name, shown beside each move that it finds; without one, `pattern N`."),
        must("files", Kind::SomeTexts, "Globs over the paths of files: `**/.env`."),
        must("find", Kind::Text, "A regular expression with the named groups `service` or `image`, `version` or `digest`, and `environment`: `^(?<service>[A-Z_]+)_VERSION=(?<version>.+)$`."),
        may("service", Kind::Name, "Whose version it is, where the line doesn't say it."),
    ],
};

/// `[git]`.
#[rustfmt::skip]
pub static GIT: Shape = Shape {
    name: "the Git settings",
    header: "[git]",
    doc: "How acts reach others, through the Git repository that the registry lies in. Nothing that judges reads it.",
    fields: &[
        may("publish", Kind::Word(Publish::WORDS), "How far an act goes by itself: written to the files (`none`, the default), committed, or pushed as well."),
        may("remote", Kind::Text, "To which remote, by its name in the clone; unless given, the one that the branch follows, else `origin`."),
        may("branch", Kind::Text, "To which branch there; unless given, the one that the clone's branch follows, else the one of the same name."),
    ],
};

/// `[[notify]]`.
#[rustfmt::skip]
pub static NOTIFY: Shape = Shape {
    name: "a route",
    header: "[[notify]]",
    doc: "Which events go to which sinks. Every route that matches counts. Nothing that judges reads it.",
    fields: &[
        must("on", Kind::TextOrTexts, "The events, by their words or patterns on them: `rollback.*`, `break-glass.used`, `*`."),
        may("team", Kind::Name, "The team that is told: its sinks are also used for what it must hear, such as that its key was passed over."),
        may("owned", Kind::Bool, "Only events of services of which the team owns a key."),
        may("when", Kind::Table(&CONDITION), "Only where this holds of the event; conditions as in rules."),
        must("to", Kind::TextOrTexts, "The sinks."),
    ],
};

/// `[sink.NAME]`.
#[rustfmt::skip]
pub static SINK: Shape = Shape {
    name: "a sink",
    header: "[sink.NAME]",
    doc: "A receiver of messages. What is secret stands in the environment or in a file of its own, never here. No check looks at it.",
    fields: &[
        must("kind", Kind::Word(SinkKind::WORDS), "What it is."),
        may("url_env", Kind::Text, "The variable of the environment that holds the address, for a webhook and for Slack."),
        may("url_file", Kind::Text, "The file that holds the address, instead of a variable."),
        may("key_env", Kind::Text, "The variable that holds PagerDuty's routing key."),
        may("key_file", Kind::Text, "The file that holds PagerDuty's routing key, instead of a variable."),
        may("url", Kind::Text, "PagerDuty only: where its Events API is, for accounts in Europe `https://events.eu.pagerduty.com`. Any other receiver's address is a secret."),
        may("secret_env", Kind::Text, "The variable that holds what signs a webhook's messages: `whsec_…`."),
        may("secret_file", Kind::Text, "The file that holds what signs a webhook's messages, instead of a variable."),
        may("format", Kind::Word(EventFormat::WORDS), "How a webhook writes an event: our own JSON (`json`, the default), or a CloudEvent that holds it."),
        may("ca_file", Kind::Text, "Certificates in PEM that are trusted instead of the system's, for receivers that are reached by HTTPS."),
        may("command", Kind::SomeTexts, "The program and its arguments: it gets the event on its standard input; a mail, for `email`, as with `[\"sendmail\", \"-t\"]`. No shell is between."),
        may("from", Kind::Text, "Whom a mail is from: `user@host` or `Name <user@host>`."),
        may("to", Kind::SomeTexts, "Whom a mail goes to."),
        may("path", Kind::Text, "The file that gets one line of JSON an event."),
    ],
};

/// `[environment.NAME]`.
#[rustfmt::skip]
pub static ENVIRONMENT: Shape = Shape {
    name: "an environment",
    header: "[environment.NAME]",
    doc: "A place where releases run.",
    fields: &[may("in", Kind::Name,
        "The group it is in: what is said of the group holds for it, and its first baseline is what the group runs.")],
};

/// `[team.NAME]`.
#[rustfmt::skip]
pub static TEAM: Shape = Shape {
    name: "a team",
    header: "[team.NAME]",
    doc: "A team that owns a key of some service.",
    fields: &[must("members", Kind::Texts, "E-mail addresses of those who may sign for it.")],
};

/// `[incident.ID]`.
#[rustfmt::skip]
pub static INCIDENT: Shape = Shape {
    name: "an incident",
    header: "[incident.ID]",
    doc: "That something is wrong right now. Made by `incident start`.",
    fields: &[
        must("services", Kind::Names, "The services that it concerns."),
        may("severity", Kind::Text, "A free word such as `sev1`."),
        must("started", Kind::Time, "When it began."),
        may("ended", Kind::Time, "When it ended."),
    ],
};

/// `[service.NAME]`.
#[rustfmt::skip]
pub static SERVICE: Shape = Shape {
    name: "a service",
    header: "[service.NAME]",
    doc: "A service, its releases, and what runs where. In the folder form any key may stand in any `*.toml` directly in its folder.",
    fields: &[
        may("about", Kind::Text, "One line on what it is."),
        may("owner", Kind::Table(&OWNER), "The teams that own its two keys."),
        may("tier", Kind::Text, "A free word that rules can match."),
        may("order", Kind::Word(Order::WORDS), "How its versions compare; `semver` unless said otherwise."),
        may("images", Kind::Texts, "How deployments name its image."),
        may("deploy", Kind::Text, "The command that deploys it, with `{to}` for the version. Shown ready to paste, never executed."),
        may("floor", Kind::Version, "Its minimum acceptable security version."),
        may("support", Kind::Tables(&SUPPORT), "Until when which releases are assessed for vulnerabilities."),
        may("running", Kind::Map("names of environments", &Kind::VersionOrVersions),
            "Which release (or, while rolling out, releases) runs where. An empty list: nothing runs there."),
        may("ran", Kind::Tables(&RAN), "What ran before, newest last, and since when runs what runs. Written by commands."),
        may("entered", Kind::Map("names of environments", &Kind::Table(&ENTERED)),
            "That what runs got there by acceptance. Written by commands, kept until the exposure is left."),
        may("under-way", Kind::Map("names of environments", &Kind::Table(&UNDER_WAY)),
            "A move that was begun and hasn't ended. Written by `run`, removed by it."),
        may("settled", Kind::Map("versions", &Kind::Table(&SETTLED)), "Causes of past rollbacks that are dealt with."),
        may("release", Kind::Tables(&RELEASE), "Its releases. Under `order = \"listed\"` they stand oldest first."),
        may("barrier", Kind::Tables(&BARRIER), "Points between releases that can't be crossed backwards, or only with an undo procedure."),
    ],
};

/// `owner = { … }`.
#[rustfmt::skip]
pub static OWNER: Shape = Shape {
    name: "the owners of a service",
    header: "owner = { … }",
    doc: "The teams that own the two keys of a service; names of `[team.*]`.",
    fields: &[
        may("reliability", Kind::Name, "The team that signs for stability."),
        may("security", Kind::Name, "The team that signs for security."),
    ],
};

/// `support = [{ … }]`.
#[rustfmt::skip]
pub static SUPPORT: Shape = Shape {
    name: "a support window",
    header: "support = [{ … }]",
    doc: "Until when security assesses a line of releases. After it, \"no advisory\" proves nothing.",
    fields: &[
        must("versions", Kind::Ranges, "The line."),
        must("until", Kind::Until, "The end of its support."),
    ],
};

/// `[[service.NAME.ran]]`.
#[rustfmt::skip]
pub static RAN: Shape = Shape {
    name: "a `ran` entry",
    header: "[[service.NAME.ran]]",
    doc: "That a release ran in an environment and was left. Without `until`, `left_for` and `kind`: since when a release runs that still does.",
    fields: &[
        must("environment", Kind::Name, "Where."),
        must("version", Kind::Version, "What."),
        may("since", Kind::Time, "Since when."),
        may("until", Kind::Time, "Until when."),
        may("left_for", Kind::Version, "What it was left for."),
        may("kind", Kind::Word(MOVES), "The kind of the move that ended it."),
        may("known", Kind::Text, "How that is known: `kubectl`, `helm history`, `argocd`, `by hand`."),
    ],
};

/// `[service.NAME.entered.ENVIRONMENT]`.
#[rustfmt::skip]
pub static ENTERED: Shape = Shape {
    name: "an `entered` entry",
    header: "[service.NAME.entered.ENVIRONMENT]",
    doc: "That what runs in an environment got there by a sign-off or a break-glass.",
    fields: &[
        may("from", Kind::Version, "The release that it was entered from: still part of the baseline. Without it: from nothing, or nobody knew."),
        must("by", Kind::Text, "`sign-off ID` or `debt ID`."),
        must("subjects", Kind::SomeTexts, "What was accepted."),
        must("expires", Kind::Time, "When the acceptance lapses."),
    ],
};

/// `[service.NAME.under-way.ENVIRONMENT]`.
#[rustfmt::skip]
pub static UNDER_WAY: Shape = Shape {
    name: "an `under-way` entry",
    header: "[service.NAME.under-way.ENVIRONMENT]",
    doc: "A move that was begun: going on right now, or left behind by a crash.",
    fields: &[
        must("to", Kind::Version, "Where it goes."),
        must("since", Kind::Time, "When it began."),
        must("by", Kind::Text, "Who began it."),
    ],
};

/// `[service.NAME.settled]`.
#[rustfmt::skip]
pub static SETTLED: Shape = Shape {
    name: "a `settled` entry",
    header: "\"VERSION\" = { … }",
    doc: "That the cause of a past rollback is dealt with.",
    fields: &[
        must("at", Kind::Time, "When."),
        may("by", Kind::Text, "Who says so."),
        must("reason", Kind::Text, "Why."),
    ],
};

/// `[[service.NAME.release]]`.
#[rustfmt::skip]
pub static RELEASE: Shape = Shape {
    name: "a release",
    header: "[[service.NAME.release]]",
    doc: "One version of a service. Its identity is the version as written.",
    fields: &[
        must("version", Kind::Version, "Its version."),
        may("released", Kind::Time, "When it was released. Without it, `far-back` is silent."),
        may("commit", Kind::Text, "The commit that it was built from."),
        may("digests", Kind::Texts, "The artifacts' digests, such as `sha256:…`."),
        may("tags", Kind::Texts, "Words that flags and rules can match, such as `base:debian12-0911`."),
        may("sbom", Kind::Text, "Where its bill of materials lies, in the registry."),
        may("needs", Kind::Tables(&NEED), "The releases of other services that it works beside; one entry a service."),
        may("withdrawn", Kind::Table(&RELEASE_WITHDRAWN), "Its artifact can't be deployed at all any more."),
    ],
};

/// `needs = [{ … }]`.
#[rustfmt::skip]
pub static NEED: Shape = Shape {
    name: "a need",
    header: "needs = [{ … }]",
    doc: "That a release works only beside some releases of another service: what runs of that in the same environment, once \
        everything is moved, must be one of these.",
    fields: &[
        must("service", Kind::Name, "The other service."),
        must("versions", Kind::Ranges, "Which of its releases, under its own order."),
    ],
};

/// `withdrawn = { … }` of a release.
#[rustfmt::skip]
pub static RELEASE_WITHDRAWN: Shape = Shape {
    name: "`withdrawn` of a release",
    header: "withdrawn = { … }",
    doc: "That a release can't be deployed any more.",
    fields: WITHDRAWN_FIELDS,
};

/// `withdrawn = { … }` of a flag.
#[rustfmt::skip]
pub static WITHDRAWN: Shape = Shape {
    name: "`withdrawn` of a flag",
    header: "withdrawn = { … }",
    doc: "That a flag was taken back. Set by `clear-flag`.",
    fields: WITHDRAWN_FIELDS,
};

#[rustfmt::skip]
const WITHDRAWN_FIELDS: &[Field] = &[
    must("at", Kind::Time, "Since when."),
    may("by", Kind::Text, "Who did it."),
    must("reason", Kind::Text, "Why."),
];

/// `[[service.NAME.barrier]]`.
#[rustfmt::skip]
pub static BARRIER: Shape = Shape {
    name: "a barrier",
    header: "[[service.NAME.barrier]]",
    doc: "A point between two releases that can't be crossed backwards, or only with an undo procedure.",
    fields: &[
        must("before", Kind::Version, "Releases older than this can't live with what was done."),
        may("since", Kind::Version, "The oldest release that does it; `before` itself unless said otherwise."),
        must("reason", Kind::Text, "What was done."),
        may("reversible", Kind::Bool, "Whether it can be undone; then `undo` is needed."),
        may("undo", Kind::Text, "How to undo it, and what that costs."),
        may("url", Kind::Text, "Where to read more."),
    ],
};

/// `[advisory.ID]`.
#[rustfmt::skip]
pub static ADVISORY: Shape = Shape {
    name: "an advisory",
    header: "[advisory.ID]",
    doc: "Security's statement that releases are insecure.",
    fields: FLAG_FIELDS,
};

/// `[instability.ID]`.
#[rustfmt::skip]
pub static INSTABILITY: Shape = Shape {
    name: "an instability",
    header: "[instability.ID]",
    doc: "SRE's statement that releases are unstable.",
    fields: FLAG_FIELDS,
};

#[rustfmt::skip]
const FLAG_FIELDS: &[Field] = &[
    must("title", Kind::Text, "One line on what is wrong."),
    may("url", Kind::Text, "Where to read more."),
    may("severity", Kind::Word(Severity::WORDS),
        "How bad it is. The word decides; without it the CVSS score's word; else unknown, which is judged like high."),
    may("cvss", Kind::Text, "A CVSS vector (v2, v3.0, v3.1, v4.0): gives the score."),
    may("exploited", Kind::Bool, "Known to be exploited in the wild."),
    may("compromised", Kind::Bool, "A malicious artifact, never to run anywhere."),
    may("aliases", Kind::Texts, "Other ids of the same bug."),
    must("affects", Kind::Tables(&AFFECTS), "The releases that it hits, as a list of entries, any of which may match."),
    may("recorded", Kind::Time, "When it was written down. Active from the later of `recorded` and `effective`; without both, always."),
    may("effective", Kind::Time, "When it begins to count; in the future: scheduled."),
    may("until", Kind::Until, "When it stops counting; for instabilities mostly."),
    may("by", Kind::Text, "Who said so."),
    may("ticket", Kind::Text, "A ticket."),
    may("withdrawn", Kind::Table(&WITHDRAWN), "Taken back: set by `clear-flag`. A flag is never deleted."),
    may("narrowed", Kind::Table(&NARROWED), "Its range was closed: set by `clear-flag --fixed-in`."),
    may("mitigation", Kind::Tables(&MITIGATION), "What can be done against it while it runs. An offer: counts only while a sign-off says it is on."),
];

/// `affects = [{ … }]`.
#[rustfmt::skip]
pub static AFFECTS: Shape = Shape {
    name: "an `affects` entry",
    header: "affects = [{ … }]",
    doc: "What a flag hits. All conditions that are given must hold; at least one of `versions`, `tag` and `digests`.",
    fields: &[
        may("service", Kind::Name, "The service; or `services`, for what is shared."),
        may("services", Kind::Star, "`*`: every service, by `tag` or `digests`."),
        may("versions", Kind::Ranges, "Its releases, as comma-separated comparators or a list of such strings, any of which may match."),
        may("except", Kind::Ranges, "Releases that are not hit although `versions` says so. A bare version means exactly that one."),
        may("tag", Kind::Text, "Releases that carry this tag."),
        may("digests", Kind::SomeTexts, "Releases with one of these digests, instead of `versions`."),
        may("environments", Kind::Names, "Only in these environments, and those in them; without it, everywhere."),
        may("fixed_in", Kind::Versions, "The releases that mend it. Informs, never matches."),
    ],
};

/// `narrowed = { … }`.
#[rustfmt::skip]
pub static NARROWED: Shape = Shape {
    name: "`narrowed` of a flag",
    header: "narrowed = { … }",
    doc: "That a flag's range was closed, and what it was before.",
    fields: &[
        must("at", Kind::Time, "When."),
        must("was", Kind::Ranges, "What `versions` said until then."),
        may("service", Kind::Name, "Of which service, where the flag names several; without it, of each."),
    ],
};

/// `mitigation = [{ … }]`.
#[rustfmt::skip]
pub static MITIGATION: Shape = Shape {
    name: "a mitigation",
    header: "mitigation = [{ … }]",
    doc: "Something that can be put on against a flag. It never raises a level.",
    fields: &[
        must("id", Kind::Id, "Its id within the flag."),
        must("do", Kind::Text, "What to do."),
        must("lowers_to", Kind::Word(LEVELS), "The level that the flag's reason is lowered to."),
        may("hours", Kind::Count, "For how many hours from the sign-off's `at` it counts; without it, as long as the sign-off."),
    ],
};

/// `[sign-off.ID]`.
#[rustfmt::skip]
pub static SIGN_OFF: Shape = Shape {
    name: "a sign-off",
    header: "[sign-off.ID]",
    doc: "A team's written, expiring acceptance. Made by `holdpoint sign-off`.",
    fields: &[
        must("service", Kind::Name, "For which service."),
        must("environment", Kind::Name, "For which environment."),
        must("to", Kind::Version, "For a move to which release, exactly as written."),
        must("accepts", Kind::Texts, "The subjects that it accepts. One that it doesn't name stops the move again."),
        may("with", Kind::Texts, "Mitigations that the signer says are on, as `FLAG/MITIGATION`, for their hours from `at`."),
        must("as", Kind::Word(KEYS), "The key that it signs for."),
        must("by", Kind::Text, "Who signed. `merge`: whoever merges the file into what is published, by a merge commit."),
        may("known", Kind::Word(KNOWN), "How that is known."),
        may("asked_by", Kind::Text, "Who asked for it. For security nobody signs what they ask for themselves."),
        may("rule", Kind::Text, "The rule that gave it, nobody having answered in time: one with `if_silent`. It covers only what that rule holds."),
        may("asked", Kind::Time, "When it was asked for, where a rule gave it."),
        must("reason", Kind::Text, "Why."),
        may("ticket", Kind::Text, "A ticket."),
        must("at", Kind::Time, "When it was signed."),
        must("expires", Kind::Time, "When it ends. Never valid longer than `policy.sign_off_max`, whatever stands here."),
        may("revoked", Kind::Table(&REVOKED), "Taken back: set by `holdpoint sign-off revoke`. It counts no more."),
    ],
};

/// `revoked = { … }` of a sign-off.
#[rustfmt::skip]
pub static REVOKED: Shape = Shape {
    name: "`revoked` of a sign-off",
    header: "revoked = { … }",
    doc: "That a sign-off was taken back. Set by `holdpoint sign-off revoke`.",
    fields: WITHDRAWN_FIELDS,
};

/// `[debt.ID]`.
#[rustfmt::skip]
pub static DEBT: Shape = Shape {
    name: "a debt",
    header: "[debt.ID]",
    doc: "What a break-glass leaves behind, until each team has reviewed it. Made by `--break-glass`.",
    fields: &[
        must("service", Kind::Name, "Which service."),
        must("environment", Kind::Name, "Where."),
        may("from", Kind::Version, "What ran. Without it: nothing, or nobody knew."),
        must("to", Kind::Version, "Where it went."),
        must("subjects", Kind::SomeTexts, "What was gone against."),
        must("reason", Kind::Text, "The written reason."),
        must("by", Kind::Text, "Who did it."),
        must("at", Kind::Time, "When."),
        may("due", Kind::Time, "By when each team is to have reviewed it; else `policy.review_within` after `at`."),
        may("reviews", Kind::Tables(&REVIEW), "The reviews so far."),
    ],
};

/// `reviews = [{ … }]`.
#[rustfmt::skip]
pub static REVIEW: Shape = Shape {
    name: "a review",
    header: "reviews = [{ … }]",
    doc: "One team's look back at a break-glass.",
    fields: &[
        must("as", Kind::Word(KEYS), "Whose key."),
        must("by", Kind::Text, "Who."),
        must("at", Kind::Time, "When."),
        may("note", Kind::Text, "What was found."),
    ],
};

/// `[[rule]]`.
#[rustfmt::skip]
pub static RULE: Shape = Shape {
    name: "a rule",
    header: "[[rule]]",
    doc: "Which level a reason has. The first match decides: the registry's own rules, then the shipped defaults.",
    fields: &[
        may("name", Kind::Text, "Its name, shown beside each reason that it decides; without one, `rule N`."),
        may("when", Kind::Table(&CONDITION), "What it matches; without it, every reason."),
        must("then", Kind::Word(LEVELS), "The level that it gives."),
        may("sign", Kind::Word(OWNERS), "Who may sign a hold; by default the owner of the reason's key."),
        may("if_silent", Kind::Word(&["proceed"]), "What becomes of its hold when a team that was asked and told doesn't answer for `silent_after`: it goes on, counts as signed by this rule, and leaves a debt."),
        may("silent_after", Kind::Window, "How long nobody may answer: `15m`. Needed with `if_silent`."),
        may("because", Kind::Text, "Why, mostly an address."),
        may("until", Kind::Until, "When it stops matching."),
    ],
};

/// `when = { … }`.
#[rustfmt::skip]
pub static CONDITION: Shape = Shape {
    name: "a condition",
    header: "when = { … }",
    doc: "What a rule matches: all that is given must hold; within one key, any of its words.",
    fields: &[
        may("reason", Kind::Codes, "Codes of reasons."),
        may("case", Kind::Cases, "Special cases of a reason, such as `already-below` of `below-floor`."),
        may("key", Kind::Words(OWNERS), "The reason's key; `both` matches reasons of both keys."),
        may("kind", Kind::Words(FLAGS), "The kind of the reason's flag."),
        may("severity", Kind::Words(ANY_SEVERITY), "The severity of the reason's flag."),
        may("severity_at_least", Kind::Word(ANY_SEVERITY), "The least severity of the reason's flag; unknown counts as high."),
        may("score_at_least", Kind::Score, "The least CVSS score of the reason's flag. One without a score never matches."),
        may("exploited", Kind::Bool, "Whether the reason's flag is known to be exploited."),
        may("older_than", Kind::Window, "That the reason's flag has counted for that long: since the later of `recorded` and `effective`; without both, always."),
        may("younger_than", Kind::Window, "That it hasn't counted for that long yet."),
        may("mitigated", Kind::Bool, "Whether a sign-off for the move says that a mitigation of the reason's flag is on."),
        may("move", Kind::Words(MOVES), "The kind of the move."),
        may("service", Kind::TextOrTexts, "Services; `*` and `?` are allowed."),
        may("tier", Kind::TextOrTexts, "The service's tier."),
        may("tag", Kind::TextOrTexts, "Tags of the release that the move goes to."),
        may("environment", Kind::TextOrTexts, "Environments or groups; `*` and `?` are allowed."),
        may("reversible", Kind::Bool, "Whether the reason's barrier can be undone."),
        may("incident", Kind::BoolOrIds, "Whether there is an incident, or which."),
        may("incident_severity", Kind::TextOrTexts, "The severity of the incident; without an incident, or without its severity, it never matches."),
        may("weekday", Kind::Words(WEEKDAYS), "Days of the week, by the clocks of `zone`."),
        may("hours", Kind::Hours, HOURS),
        may("zone", Kind::Zone, ZONE),
        may("asked_by", Kind::NameOrNames, "Teams: whoever asks for the move is a member of one. Where nobody is known to ask, as at a plain check, it never matches."),
    ],
};

/// `[[freeze]]`.
#[rustfmt::skip]
pub static FREEZE: Shape = Shape {
    name: "a freeze",
    header: "[[freeze]]",
    doc: "A change freeze: a move at such a time has the reason `frozen`, which is held, and during an incident only said. Going to what runs is never frozen. It has at least one of `when`, `from` and `until`.",
    fields: &[
        must("name", Kind::Name, "Its name. A sign-off accepts it as `frozen:NAME`."),
        may("when", Kind::Table(&FREEZE_CONDITION), "Where, for which moves, on which days and hours; without it, everywhere and always."),
        may("from", Kind::Time, "When it begins."),
        may("until", Kind::Until, "When it is over."),
        may("because", Kind::Text, "Why, in words or as an address."),
    ],
};

/// `when = { … }` of a freeze.
#[rustfmt::skip]
pub static FREEZE_CONDITION: Shape = Shape {
    name: "a condition of a freeze",
    header: "when = { … }",
    doc: "When a freeze is on, and for which moves: all that is given must hold; within one key, any of its words.",
    fields: &[
        may("move", Kind::Words(MOVES), "The kind of the move."),
        may("service", Kind::TextOrTexts, "Services; `*` and `?` are allowed."),
        may("tier", Kind::TextOrTexts, "The service's tier."),
        may("environment", Kind::TextOrTexts, "Environments or groups; `*` and `?` are allowed."),
        may("weekday", Kind::Words(WEEKDAYS), "Days of the week, by the clocks of `zone`."),
        may("hours", Kind::Hours, HOURS),
        may("zone", Kind::Zone, ZONE),
    ],
};

/// `[[step]]`.
#[rustfmt::skip]
pub static STEP: Shape = Shape {
    name: "a step",
    header: "[[step]]",
    doc: "A step that every playbook has where its condition holds for one of the ways to go. Checks don't look at it.",
    fields: &[
        must("name", Kind::Id, "Its name; a playbook written by hand marks it with `<!-- holdpoint:step NAME -->`."),
        may("when", Kind::Table(&CONDITION), "Where it belongs; without it, in every playbook."),
        must("phase", Kind::Word(Phase::WORDS), "The phase that it stands in."),
        must("owner", Kind::Word(OWNERS), "Whose step it is. No playbook may lack one of security's."),
        must("text", Kind::Text, "What to do. Placeholders such as `{service}` are allowed."),
        may("command", Kind::Text, "A command for it, shown ready to paste and never executed. Placeholders are allowed, and become words of a shell."),
        may("requires", Kind::Word(REQUIRED), "The sign-off that it takes."),
        may("order", Kind::Count, "Its place among the steps of its phase; without it, behind those that have one."),
    ],
};

/// The head of a playbook's file. It is no table of the registry's TOML files.
#[rustfmt::skip]
pub static PLAYBOOK: Shape = Shape {
    name: "the head of a playbook",
    header: "+++ … +++",
    doc: "What stands between the two lines `+++` at the top of a playbook.",
    fields: &[
        may("when", Kind::Table(&CONDITION), "What the playbook is for; without it, for everything."),
        may("order", Kind::Count, "Which template comes first where several fit; without it, behind those that have one."),
    ],
};

/// Every table of the format.
#[rustfmt::skip]
pub static SHAPES: &[&Shape] = &[
    &ROOT, &POLICY, &GATE, &GATE_ENVIRONMENT, &GATE_PATTERN, &RULE, &CONDITION, &FREEZE, &FREEZE_CONDITION, &STEP, &GIT, &NOTIFY, &SINK, &ENVIRONMENT, &TEAM, &INCIDENT, &SERVICE, &OWNER, &SUPPORT, &RAN, &ENTERED,
    &UNDER_WAY, &SETTLED, &RELEASE, &NEED, &RELEASE_WITHDRAWN, &BARRIER, &ADVISORY, &INSTABILITY, &AFFECTS, &WITHDRAWN,
    &NARROWED, &MITIGATION, &SIGN_OFF, &REVOKED, &DEBT, &REVIEW,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_every_one_is_explained() {
        for shape in SHAPES {
            assert!(!shape.doc.is_empty() && shape.doc.ends_with('.'), "{}", shape.header);
            for field in shape.fields {
                assert!(field.doc.ends_with('.'), "{}: {}", shape.name, field.name);
                assert_eq!(shape.names().filter(|name| *name == field.name).count(), 1, "{}", field.name);
            }
        }
    }
}
