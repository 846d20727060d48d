//! Acts: a request becomes the changes of files that it takes. Nothing is written here.
