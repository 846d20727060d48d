//! Lints on sign-offs: what a valid one accepts in vain, and expired ones that pile up.

use crate::judge::{Code, Standing};
use crate::lint::note::{Note, Notes};
use crate::lint::ranges::meant;
use crate::lint::{Lint, View};
use crate::model::{Flag, SignOff};

pub(super) static SIGN_OFF_OF_CLOSED_FLAG: Lint = Lint {
    word: "sign-off-of-closed-flag",
    documentation: "A sign-off that is still valid names a flag that no longer counts: it was withdrawn, or its time is over. \
        It accepts nothing by that. Often the flag was replaced by another one with a new id, which the sign-off then doesn't \
        cover. Expired sign-offs are not looked at.",
};

pub(super) static SIGN_OFF_OF_UNKNOWN_SUBJECT: Lint = Lint {
    word: "sign-off-of-unknown-subject",
    documentation: "A sign-off that is still valid names something that is neither the id of a flag on the service nor the \
        code of a reason, or a mitigation that its flag doesn't offer. It covers nothing by that, and the move stays held. A \
        subject is the flag's id as written, not an alias.",
};

pub(super) static MANY_EXPIRED_SIGN_OFFS: Lint = Lint {
    word: "many-expired-sign-offs",
    documentation: "Over 50 expired or revoked sign-offs of a service lie in the registry, and each of its checks reads them all. They \
        may be deleted: what they let happen stands in `entered` and in the record. The JSON report lists their files, so \
        `holdpoint lint SERVICE --format json | jq -r '.warnings[].files[]' | xargs git -C REGISTRY rm` deletes them, where \
        REGISTRY is the registry's folder; those of the main file are removed by hand.",
};

/// How many expired sign-offs of a service may lie about.
const MANY: usize = 50;
/// How many a hint names.
const NAMED: usize = 3;

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    let flags: Vec<(&Flag, Standing)> = view.flags().collect();
    let mut expired: Vec<&SignOff> = Vec::new();
    for sign_off in view.service.sign_offs.iter().filter(|sign_off| view.moment.sees(sign_off.at)) {
        let revoked = sign_off.revoked.as_ref().is_some_and(|revoked| view.moment.sees(revoked.at));
        if revoked || sign_off.ends(view.registry.policy.sign_off_max) <= view.moment.now {
            expired.push(sign_off);
            continue;
        }
        for subject in &sign_off.accepts {
            check_subject(sign_off, subject, &flags, notes);
        }
        for (flag, mitigation) in &sign_off.with {
            check_mitigation(sign_off, flag.as_str(), mitigation.as_str(), &flags, notes);
        }
    }
    if expired.len() > MANY {
        notes.push(many(view, &expired));
    }
}

fn check_subject(sign_off: &SignOff, subject: &str, flags: &[(&Flag, Standing)], notes: &mut Notes) {
    let id = &sign_off.id;
    if let Some((flag, standing)) = flags.iter().find(|(flag, _)| flag.id.as_str() == subject) {
        let why = match standing {
            Standing::Active | Standing::Scheduled(_) => return,
            Standing::Withdrawn(_) => "was withdrawn",
            Standing::Over => "is over",
        };
        let message = format!("the sign-off `{id}` accepts `{subject}`, which {why}");
        let hint = format!("if another {} has taken its place, sign for that one", flag.kind.word());
        notes.push(Note::new(&SIGN_OFF_OF_CLOSED_FLAG, sign_off.origin, message).hint(hint));
        return;
    }
    let code = subject.split(':').next().unwrap_or(subject);
    if Code::from_word(code).is_some() {
        return;
    }
    let message = format!(
        "the sign-off `{id}` accepts `{subject}`, which is neither a flag on the service nor a reason"
    );
    let also = |flag: &Flag| flag.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(subject));
    let hint = match flags.iter().find(|(flag, _)| also(flag)) {
        Some((flag, _)) => format!("it is an alias of `{}`: a sign-off names the flag's id", flag.id),
        None => {
            let mut known: Vec<&str> = flags.iter().map(|(flag, _)| flag.id.as_str()).collect();
            known.extend(Code::ALL.iter().map(|code| code.word()));
            meant(subject, known, "name the flag by its id")
        }
    };
    notes.push(Note::new(&SIGN_OFF_OF_UNKNOWN_SUBJECT, sign_off.origin, message).hint(hint));
}

fn check_mitigation(
    sign_off: &SignOff,
    id: &str,
    mitigation: &str,
    flags: &[(&Flag, Standing)],
    notes: &mut Notes,
) {
    let offered = |flag: &Flag| flag.mitigations.iter().any(|offer| offer.id.as_str() == mitigation);
    let flag = flags.iter().map(|(flag, _)| *flag).find(|flag| flag.id.as_str() == id);
    if flag.is_some_and(offered) {
        return;
    }
    let (signed, why) =
        (&sign_off.id, if flag.is_some() { "offers no such mitigation" } else { "is no flag" });
    let message = format!("the sign-off `{signed}` says that `{id}/{mitigation}` is on, but `{id}` {why}");
    let offers = flag.into_iter().flat_map(|flag| &flag.mitigations).map(|offer| offer.id.as_str());
    let hint = meant(mitigation, offers, "it counts for nothing: correct it, or sign without it");
    notes.push(Note::new(&SIGN_OFF_OF_UNKNOWN_SUBJECT, sign_off.origin, message).hint(hint));
}

fn many(view: &View<'_>, expired: &[&SignOff]) -> Note {
    let service = &view.service.name;
    let folder = format!("services/{service}/sign-offs/");
    let path = |sign_off: &&&SignOff| view.registry.sources.path(sign_off.origin);
    let mut files: Vec<Box<str>> = expired
        .iter()
        .map(|sign_off| path(&sign_off))
        .filter(|path| path.starts_with(&folder))
        .map(Box::from)
        .collect();
    files.sort();
    let hint = match files.get(..NAMED) {
        Some(some) => format!(
            "they may be deleted, in the registry's folder: `git rm {} …`; `--format json` lists all under `files`",
            some.join(" ")
        ),
        None => "they may be deleted: remove their tables".to_owned(),
    };
    let message =
        format!("{} expired sign-offs of `{service}` are read by each of its checks", expired.len());
    Note { files, ..Note::new(&MANY_EXPIRED_SIGN_OFFS, view.home(), message).hint(hint) }
}
