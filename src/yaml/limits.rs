//! How much of a file is read before it is refused.

/// Limits of one file. They hold while it is read, so that a hostile file is refused before it costs much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// Bytes of the file, the byte order mark included. Callers also cap the read itself.
    pub bytes: usize,
    /// Maps and lists within each other.
    pub depth: usize,
    /// Keys, values, maps and lists together. Aliases are refused, so nothing expands.
    pub nodes: usize,
    /// Bytes of one key or value.
    pub scalar: usize,
    /// Problems after which reading stops: more help nobody.
    pub problems: usize,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { bytes: 8 << 20, depth: 64, nodes: 500_000, scalar: 64 << 10, problems: 100 }
    }
}
