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
    /// The longest title where what it blocks has a column of its own.
    pub bare: u16,
    /// The longest word for what is blocked, where that is not GO.
    pub blocks: u16,
    /// The longest owner.
    pub owner: u16,
    /// The longest due time.
    pub due: u16,
    /// An age; none where nothing was looked at and nothing will be.
    pub age: u16,
}

/// The columns that fit, as wide as their content: what is blocked goes first, then the age, the due time, the owner.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    /// Where the word for what is blocked begins, and of how many columns it is. Without it, it stands behind the title.
    pub blocks: Option<(u16, u16)>,
    /// The same of the owner.
    pub owner: Option<(u16, u16)>,
    /// The same of the due time.
    pub due: Option<(u16, u16)>,
    /// Where the age begins.
    pub age: Option<u16>,
    /// Where the title ends.
    pub title_end: u16,
}

/// Columns of the blanks between columns, and at the edge.
const GAPS: u16 = 8;

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
        let (most_owner, most_due) = most(width, wanted);
        // The heads of the columns have room, too.
        let owner = if wanted.owner > 0 { wanted.owner.clamp(5, most_owner) } else { 0 };
        let due = if wanted.due > 0 { wanted.due.clamp(3, most_due) } else { 0 };
        // A column of its own costs no title its end.
        let own = with_blocks(wanted).filter(|whole| *whole <= width);
        let age = take(wanted.age, 72);
        let due = take(due, 62).map(|x| (x, due));
        let owner = take(owner, 50).map(|x| (x, owner));
        let blocks = own.and_then(|_| take(blocks_cols(wanted), 50)).map(|x| (x, blocks_cols(wanted)));
        Self { blocks, owner, due, age, title_end: end + 1 }
    }
}

/// The most columns of an owner and of a due time in a list of so many: what titles leave free is the owner's.
fn most(width: u16, wanted: Widths) -> (u16, u16) {
    let (owner, due) = if width >= 100 { (16, 18) } else { (12, 8) };
    let taken = INDENT + VERDICT + wanted.title + wanted.due.min(due) + wanted.age + GAPS;
    (owner.max(width.saturating_sub(taken)), due)
}

fn blocks_cols(wanted: Widths) -> u16 {
    wanted.blocks.clamp(6, 16)
}

/// The most columns that an owner and a due time may want for themselves.
const WANTED: (u16, u16) = (24, 18);

/// Columns of a list with one for what is blocked, if any gate blocks something else than GO.
fn with_blocks(wanted: Widths) -> Option<u16> {
    let cols = wanted.owner.min(WANTED.0) + wanted.due.min(WANTED.1) + wanted.age + GAPS + 2;
    (wanted.blocks > 0).then(|| INDENT + VERDICT + wanted.bare + blocks_cols(wanted) + cols)
}

/// Columns that a list wants so that nothing in it is cut.
pub(crate) fn list_cols(wanted: Widths) -> u16 {
    let (owner, due) = WANTED;
    let plain =
        INDENT + VERDICT + wanted.title + wanted.owner.min(owner) + wanted.due.min(due) + wanted.age + GAPS;
    with_blocks(wanted).map_or(plain, |with| with.max(plain))
}
