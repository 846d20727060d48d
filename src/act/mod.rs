//! Acts: a request becomes the changes of files that it takes. Nothing is written here, so every act can be
//! shown first, and done again on a newer state.
pub mod init;
