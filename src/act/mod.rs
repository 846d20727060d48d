//! Acts: a request becomes the changes of files that it takes. Nothing is written here.
//!
//! Each is a function of the registry as it was read, what is asked, and the moment; so every write can be
//! shown before it is done, and done again when somebody else was faster.

pub mod ask;
pub mod clear;
pub mod flag;
pub mod incident;
pub mod init;
mod member;
pub mod movement;
pub mod observe;
mod refusal;
pub mod release;
pub mod review;
mod said;
pub mod sign_off;

pub use refusal::Refusal;
pub use said::{LONGEST, Said, SaidError, said};

crate::record::deeds!(
    ask::Silent,
    clear::Cleared,
    flag::Flagged,
    incident::Written,
    movement::Finished,
    movement::Settle,
    observe::Observed,
    release::Registered,
    review::Reviewed,
    sign_off::Done,
);

impl crate::record::Deeds for ask::Asked {
    fn writes(&self) -> crate::record::Writes<'_> {
        let stand = self.stand();
        crate::record::Writes { changes: &stand.changes, says: &stand.says }
    }

    fn says_mut(&mut self) -> &mut [crate::record::Statement] {
        match self {
            ask::Asked::Needless(stand) | ask::Asked::Hopeless(stand) | ask::Asked::Asked(stand) => {
                &mut stand.says
            }
        }
    }
}
