//! What a service has at the moment: the flags that anybody can still act on, the releases that are there.

use crate::judge::Standing;
use crate::lint::View;
use crate::model::{Flag, Release};

impl<'a> View<'a> {
    /// The flags that are known at the moment and may hit the service, each with where it stands in its life.
    pub fn flags(&self) -> impl Iterator<Item = (&'a Flag, Standing)> {
        let View { registry, service, moment } = *self;
        registry
            .flags_of(service)
            .filter(move |flag| flag.affects.iter().any(|affects| affects.scope.covers(&service.name)))
            .filter(move |flag| moment.sees_opt(flag.recorded))
            .map(move |flag| (flag, Standing::of(flag, moment)))
    }

    /// Those that count now, or will.
    pub fn open_flags(&self) -> impl Iterator<Item = &'a Flag> {
        self.flags()
            .filter(|(_, standing)| matches!(standing, Standing::Active | Standing::Scheduled(_)))
            .map(|(flag, _)| flag)
    }

    /// The releases that are known at the moment, in the registry's order.
    pub fn releases(&self) -> impl DoubleEndedIterator<Item = &'a Release> + Clone {
        let View { service, moment, .. } = *self;
        service.releases.iter().filter(move |release| moment.sees_opt(release.released))
    }
}
