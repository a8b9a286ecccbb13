//! A small curve beside a number.

use super::Canvas;

/// The newest `cols` of these, each so many of how many, as high as its share; what is not known is a gap.
pub(super) fn curve(values: &[Option<(u32, u32)>], cols: usize, canvas: &Canvas<'_>) -> String {
    let shapes = canvas.symbols().spark;
    let highest = u32::try_from(shapes.len() - 1).unwrap_or_default();
    let shape = |value: &Option<(u32, u32)>| {
        let (part, whole) = (*value)?;
        let level = part.min(whole).checked_mul(highest)?.checked_div(whole)?;
        shapes.get(usize::try_from(level).ok()?)
    };
    let shown = values.iter().skip(values.len().saturating_sub(cols));
    shown.map(|value| shape(value).copied().unwrap_or(" ")).collect()
}
