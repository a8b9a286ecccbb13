//! Which kinds of evidence files may ask for: the sources' register, as the checklist room wants to see it.

/// The register of [`crate::source::KINDS`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;
