//! What followed what: deployments in their order become stays of releases.

use super::Was;
use crate::model::Time;

/// One deployment, as a tool remembers it.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// What was deployed; None: the document doesn't tell.
    pub version: Option<Box<str>>,
    /// When.
    pub at: Option<Time>,
    /// The tool calls it a rollback.
    pub rollback: bool,
    /// Before it, others may have been deployed that the tool has forgotten.
    pub gap_before: bool,
}

/// The stays that deployments make, oldest first. The last one goes on: it has no `until`.
///
/// The same release deployed again, with another configuration say, stays the same stay. Where something was
/// forgotten in between, nobody knows when the stay before ended, nor for what it was left.
pub(super) fn stays(rows: &[Row]) -> Vec<Was> {
    let mut stays: Vec<Was> = Vec::new();
    let mut open = false;
    for row in rows {
        let last = stays.last_mut().filter(|_| open);
        if let (Some(last), Some(version)) = (&last, &row.version)
            && last.version == *version
        {
            continue;
        }
        if let Some(last) = last
            && !row.gap_before
        {
            last.until = row.at;
            last.left_for.clone_from(&row.version);
            last.rolled_back = row.rollback;
        }
        open = row.version.is_some();
        stays.extend(row.version.clone().map(|version| Was {
            version,
            since: row.at,
            until: None,
            left_for: None,
            rolled_back: false,
        }));
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{format_time, parse_time};

    /// `VERSION@DAY`, `?` for an unknown version or day, `<` before it for a rollback, `…` for a gap.
    fn row(text: &str) -> Row {
        let (gap_before, text) = text.strip_prefix('…').map_or((false, text), |rest| (true, rest));
        let (rollback, text) = text.strip_prefix('<').map_or((false, text), |rest| (true, rest));
        let (version, day) = text.split_once('@').unwrap();
        let at = parse_time(&format!("2025-01-{day:0>2}")).ok();
        Row { version: (version != "?").then(|| version.into()), at, rollback, gap_before }
    }

    fn told(text: &str) -> Vec<String> {
        let rows: Vec<Row> = text.split(' ').map(row).collect();
        let day = |time: Option<Time>| time.map_or("?".into(), |time| format_time(time)[8..10].to_owned());
        let each = |was: Was| {
            let left = was.left_for.as_deref().unwrap_or("-").to_owned();
            let by = if was.rolled_back { "<" } else { "" };
            format!("{} {}-{} {by}{left}", was.version, day(was.since), day(was.until))
        };
        stays(&rows).into_iter().map(each).collect()
    }

    #[test]
    fn deployments_become_stays() {
        for (rows, want) in [
            ("a@1", &["a 01-? -"][..]),
            ("a@1 b@5", &["a 01-05 b", "b 05-? -"]),
            ("a@1 a@3 b@5 b@6", &["a 01-05 b", "b 05-? -"]),
            ("a@1 b@5 <a@7", &["a 01-05 b", "b 05-07 <a", "a 07-? -"]),
            ("a@1 …b@5", &["a 01-? -", "b 05-? -"]),
            ("a@1 …a@5 b@6", &["a 01-06 b", "b 06-? -"]),
            ("a@1 b@? c@9", &["a 01-? b", "b ?-09 c", "c 09-? -"]),
            ("a@1 ?@5 a@7", &["a 01-05 -", "a 07-? -"]),
            ("?@1 a@2", &["a 02-? -"]),
            ("a@1 ?@5", &["a 01-05 -"]),
        ] {
            assert_eq!(told(rows), want, "{rows}");
        }
    }
}
