//! Where there are no signals: a program is waited for, and Ctrl-C reaches it and us as the system has it.

use std::convert::Infallible;
use std::io;
use std::process::{Child, ExitStatus};

/// Nothing is minded here.
#[derive(Debug)]
pub struct Minded(());

impl Minded {
    /// There is nothing to begin with.
    ///
    /// # Errors
    /// None.
    pub fn begin() -> io::Result<Minded> {
        Ok(Minded(()))
    }

    pub(super) fn pending(&mut self) -> Vec<Came> {
        Vec::new()
    }

    /// Waits for the program's end.
    pub(super) fn wait(&mut self, child: &mut Child) -> Vec<Came> {
        let _ = child.wait();
        Vec::new()
    }
}

/// No signal ever comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came(Infallible);

impl Came {
    pub fn name(self) -> &'static str {
        match self.0 {}
    }

    pub fn code(self) -> u8 {
        match self.0 {}
    }

    pub fn is_minded(self, _: &Child) -> bool {
        match self.0 {}
    }

    pub fn reached(self, _: &Child) -> bool {
        match self.0 {}
    }

    pub fn send(self, _: &Child) -> bool {
        match self.0 {}
    }
}

pub(super) fn signal(_: ExitStatus) -> Option<i32> {
    None
}

pub(super) fn named(number: i32) -> String {
    format!("signal {number}")
}
