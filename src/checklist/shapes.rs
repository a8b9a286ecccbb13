//! What stands behind the keys of the format, for its schema: beside the keys, where the readers have them.

use gonogo_yaml::{Shape, ShapeKey};

/// A key of a map.
pub(super) fn key(name: &'static str, shape: Shape) -> ShapeKey {
    ShapeKey { name, needed: false, shape, about: "" }
}

/// The shape that is told, or any.
macro_rules! one_of {
    () => {
        gonogo_yaml::Shape::Any
    };
    ($shape:expr) => {
        $shape
    };
}
pub(super) use one_of;

/// Text that says something.
pub(super) fn word() -> Shape {
    Shape::Form(r"\S")
}

/// A list of such texts.
pub(super) fn words() -> Shape {
    word().filled()
}

/// An id, or the name of one: `[a-z0-9][a-z0-9_-]*`.
pub(super) fn id() -> Shape {
    Shape::Form("^[a-z0-9][a-z0-9_-]{0,63}$")
}

/// A length of time.
pub(super) fn length() -> Shape {
    Shape::Form(r"^[0-9]+(s|m|h|d|wd)$|\{\{")
}

/// `when`: names, each with the values that it may have.
pub(super) fn when() -> Shape {
    words().named()
}

/// A map that cannot be without these keys.
pub(super) fn needing(shape: Shape, names: &[&str]) -> Shape {
    let Shape::Keys(mut keys) = shape else { return shape };
    keys.iter_mut().filter(|key| names.contains(&key.name)).for_each(|key| key.needed = true);
    Shape::Keys(keys)
}
