//! A first launch from what a repository shows, and checklists from what people have.
//!
//! Promises: text in, text out, nothing is read or written here; what is written is YAML that the loader takes; what was
//! guessed or left out is reported.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod import;
mod launch;
mod names;
mod page;
mod template;
mod tidy;

pub use self::{
    import::{ChecklistSyntax, Imported, Remark, RemarkKind, import},
    launch::{CodeOwners, LaunchPlan, LaunchTarget, Member, RepositoryFacts, first_launch},
    names::as_id,
    template::Template,
    tidy::tidy,
};
