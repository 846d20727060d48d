//! The flags of a service that anybody can still act on.

use crate::judge::Standing;
use crate::lint::View;
use crate::model::Flag;

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
}
