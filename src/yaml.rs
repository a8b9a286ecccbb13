//! The only room that knows the YAML library.

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Document {}

/// A node of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId(u32);

/// What is wrong with a file.
#[derive(Clone, Debug)]
pub struct Problem {}
