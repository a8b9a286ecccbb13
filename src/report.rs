//! The `report` room.

mod grid;

pub use grid::{Grid, GridCell, GridColour};
