//! The columns of the list of gates.

/// Columns of `✖ NO-GO` and the blanks behind it.
pub(crate) const VERDICT: u16 = 11;
/// Columns of an age.
pub(crate) const AGE: u16 = 4;
/// Where a gate's verdict begins: behind pointer and mark.
pub(crate) const INDENT: u16 = 3;

/// Columns that the gates of a board want in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Widths {
    /// The longest title, its depth and its small words included.
    pub title: u16,
    /// The longest owner.
    pub owner: u16,
    /// The longest due time.
    pub due: u16,
}

/// The columns that fit, as wide as their content: the age goes first, then the due time, then the owner.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    /// Where the owner begins, and of how many columns it is.
    pub owner: Option<(u16, u16)>,
    /// The same of the due time.
    pub due: Option<(u16, u16)>,
    /// Where the age begins.
    pub age: Option<u16>,
    /// Where the title ends.
    pub title_end: u16,
}

impl Columns {
    pub fn for_width(width: u16, wanted: Widths) -> Self {
        let mut end = width.saturating_sub(1);
        let mut take = |cols: u16, least: u16| {
            (width >= least && cols > 0).then(|| {
                end = end.saturating_sub(cols);
                let start = end;
                end = end.saturating_sub(2);
                start
            })
        };
        let (most_owner, most_due) = most(width);
        // The heads of the columns have room, too.
        let owner = if wanted.owner > 0 { wanted.owner.clamp(5, most_owner) } else { 0 };
        let due = if wanted.due > 0 { wanted.due.clamp(3, most_due) } else { 0 };
        let age = take(AGE, 72);
        let due = take(due, 62).map(|x| (x, due));
        let owner = take(owner, 50).map(|x| (x, owner));
        Self { owner, due, age, title_end: end + 1 }
    }
}

/// The most columns of an owner and of a due time in a list of so many.
fn most(width: u16) -> (u16, u16) {
    if width >= 100 { (16, 18) } else { (12, 8) }
}

/// Columns that a list wants so that nothing in it is cut.
pub(crate) fn list_cols(wanted: Widths) -> u16 {
    let (owner, due) = most(u16::MAX);
    INDENT + VERDICT + wanted.title + wanted.owner.min(owner) + wanted.due.min(due) + AGE + 8
}
