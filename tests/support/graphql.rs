//! A small real GraphQL server-side: parse, validate against a schema, execute over JSON.
//!
//! The schema is a text in schema language (see `github/schema.graphql`): to serve a new field, add its line there, and
//! put a value of that name into the JSON, or answer it in the [`Resolver`] if it takes arguments. As at the real
//! servers, one unknown field, argument or enum value fails the whole document.

mod execute;
mod parse;
mod schema;
mod validate;

pub use execute::{Resolved, Resolver, execute};
pub use parse::{Ast, Document, Field, Selection, parse};
pub use schema::Schema;
pub use validate::{Rules, coerce_variables, validate};
