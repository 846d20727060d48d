//! A move that is to be judged, wherever it was said; and what all of them bring.

use std::collections::BTreeMap;

use crate::gate::{FoundMove, Removed, Spot};
use crate::judge::{Arrival, Artifact};
use crate::model::Name;
use crate::registry::Listed;

/// See the module.
pub(super) struct Moving {
    pub service: Name,
    /// None: in the only environment that there is.
    pub environment: Option<Name>,
    pub from: Option<Box<str>>,
    pub to: Box<str>,
    pub artifact: Option<Artifact>,
    /// Its place among those that were found.
    pub found: Option<usize>,
    /// Where it was said, if that was in a list.
    pub said: Option<Spot>,
}

impl Moving {
    /// One that was named, or stands in a file.
    pub fn listed(listed: &Listed, file: Option<&str>) -> Moving {
        let artifact = |digest: Box<str>| Artifact { digest, tag: None };
        Moving {
            service: listed.service.clone(),
            environment: listed.environment.clone(),
            from: listed.from.clone(),
            to: listed.to.clone(),
            artifact: listed.digest.clone().map(artifact),
            found: None,
            said: file.map(|file| Spot::new(file, listed.line)),
        }
    }

    /// One that was found in manifests.
    pub fn found((index, found): (usize, &FoundMove)) -> Moving {
        let artifact = |digest: Box<str>| Artifact { digest, tag: found.to.tag.clone() };
        let from = found.from.as_ref().filter(|from| !from.unresolved);
        Moving {
            service: found.service.clone(),
            environment: Some(found.environment.clone()),
            from: from.map(|from| from.version.clone()),
            to: found.to.version.clone(),
            artifact: found.to.digest.clone().map(artifact),
            found: Some(index),
            said: None,
        }
    }

    /// The line to point at.
    pub fn spot<'a>(&'a self, found: &'a [FoundMove]) -> Option<&'a Spot> {
        let of_found = self.found.and_then(|index| found.get(index)).map(|found| &found.spot);
        of_found.or(self.said.as_ref())
    }

    /// `checkout to 2.4.0 in prod`
    pub fn words(&self) -> String {
        let place = self.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        format!("{} to {}{place}", self.service, self.to)
    }
}

/// What runs of each service that moves once all is moved: wherever several of its moves go, all of that; nothing where
/// it is taken away and goes on nowhere.
pub(super) fn arrivals<'m>(
    moves: impl Iterator<Item = (&'m Moving, &'m Name)>,
    removed: &'m [Removed],
) -> Vec<Arrival> {
    let mut all: BTreeMap<(&Name, &Name), Vec<Box<str>>> = BTreeMap::new();
    for of in removed.iter().filter(|of| !of.goes_on) {
        all.entry((&of.service, &of.environment)).or_default();
    }
    for (moving, environment) in moves {
        let to = all.entry((&moving.service, environment)).or_default();
        if !to.contains(&moving.to) {
            to.push(moving.to.clone());
        }
    }
    let arrival = |((service, environment), to): ((&Name, &Name), Vec<Box<str>>)| Arrival {
        service: service.clone(),
        environment: environment.clone(),
        to,
    };
    all.into_iter().map(arrival).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrives_is_all_that_a_service_goes_to() {
        let name = |text| Name::new(text).unwrap();
        let moving = |service, to: &str| {
            let (environment, from, digest) = (None, None, None);
            Moving::listed(
                &Listed { service: name(service), environment, from, to: to.into(), digest, line: 1 },
                None,
            )
        };
        let moves = [moving("shop", "2"), moving("cart", "1"), moving("shop", "3"), moving("shop", "2")];
        let prod = name("prod");
        let arrivals = arrivals(moves.iter().map(|moving| (moving, &prod)), &[]);
        let said: Vec<(&str, Vec<&str>)> = arrivals
            .iter()
            .map(|arrival| (arrival.service.as_str(), arrival.to.iter().map(|to| &**to).collect()))
            .collect();
        assert_eq!(said, [("cart", vec!["1"]), ("shop", vec!["2", "3"])]);
    }
}
