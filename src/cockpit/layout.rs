//! Where things stand on the board, from the size of the terminal alone. Shared by what draws and what scrolls.

mod columns;

use ratatui::layout::Rect;

pub(crate) use columns::{AGE, Columns, INDENT, VERDICT, Widths, list_cols};

/// How much of the board fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    /// Nothing but the word.
    Notice,
    /// The word in one line, the list, the keys.
    Compact,
    /// Everything; the letters are so many times their size.
    Full {
        /// 1 or 2.
        scale: u16,
    },
}

/// The places of a board. A place with no rows is not drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    pub title: Rect,
    pub banners: Rect,
    pub word: Rect,
    pub bar: Rect,
    pub list: Rect,
    pub detail: Rect,
    pub path: Rect,
    pub strip: Rect,
    pub timeline: Rect,
    pub news: Rect,
    pub footer: Rect,
}

/// Fewer columns or rows than these show nothing but the word.
const LEAST: (u16, u16) = (40, 12);
/// From here on the big letters fit.
const FULL: (u16, u16) = (60, 20);
/// From here on they are doubled.
const LARGE: (u16, u16) = (120, 36);
/// From this width on, the details of the chosen row are beside the list, on the board the path to GO as well. Narrower, it stands
/// below.
const BESIDE: u16 = 150;
/// Columns that the detail has at least: a reason is read in them.
const DETAIL: u16 = 48;
/// From so many rows on, and as wide, the timeline stands under them, and not the strip.
const TIMELINE: u16 = 45;
/// Rows of the big letters.
pub(super) const LETTER_ROWS: u16 = 3;

/// Rows at the foot of every screen: where there is room, acts and screens have a line each.
pub(super) fn foot_rows(size: (u16, u16)) -> u16 {
    if size.0 >= 80 && size.1 >= 30 { 2 } else { 1 }
}

/// Whether lists have something beside them in so many columns.
pub(super) fn is_wide(cols: u16) -> bool {
    cols >= BESIDE
}

/// How much fits into so many columns and rows.
pub(super) fn tier((width, height): (u16, u16)) -> Tier {
    if width < LEAST.0 || height < LEAST.1 {
        Tier::Notice
    } else if width < FULL.0 || height < FULL.1 {
        Tier::Compact
    } else if width >= LARGE.0 && height >= LARGE.1 {
        Tier::Full { scale: 2 }
    } else {
        Tier::Full { scale: 1 }
    }
}

/// Whether the detail stands beside the list.
pub(super) fn detail_beside(size: (u16, u16)) -> bool {
    is_wide(size.0) && matches!(tier(size), Tier::Full { .. })
}

/// How many rows explain the chosen one under it, where no pane beside the list does. Always so many: what is below does not
/// jump when another row is chosen.
pub(super) fn explained(size: (u16, u16)) -> usize {
    match size.1 {
        _ if detail_beside(size) => 0,
        0..16 => 0,
        16..20 => 1,
        _ => 2,
    }
}

/// The places of a board in a terminal of this size, with so many banners, with or without stages; the columns that the list
/// wants, and the share that somebody gave it.
pub(super) fn places(
    size: (u16, u16),
    banners: usize,
    stages: bool,
    wanted: u16,
    given: Option<u16>,
) -> Places {
    let beside = detail_beside(size);
    let mut down = Stack { y: 0, end: size.1, width: size.0 };
    let mut places = Places::default();
    let banners = u16::try_from(banners).unwrap_or(u16::MAX);
    let stages = u16::from(stages);
    // The banners at the very top, and the title between them and the word, which they must not run into.
    match tier(size) {
        Tier::Notice => return Places::default(),
        Tier::Compact => {
            places.banners = down.take(banners.min(1));
            places.title = down.take(1);
            places.word = down.take(1);
            places.footer = down.take_last(1);
        }
        Tier::Full { scale } => {
            places.banners = down.take(banners.min(if size.1 >= 30 { 5 } else { 3 }));
            places.title = down.take(1);
            places.word = down.take(LETTER_ROWS * scale);
            places.bar = down.take(1);
            places.footer = down.take_last(foot_rows(size));
            places.news = down.take_last(1);
            if beside && size.1 >= TIMELINE {
                places.timeline = down.take_last(stages * (size.1 / 4).clamp(12, 16));
            } else {
                places.strip = down.take_last(stages);
            }
            if size.1 >= 24 {
                down.take_last(1);
            }
            if size.1 >= 30 {
                down.take(1);
            }
        }
    }
    let body = down.take(size.1);
    split(places, body, beside, wanted, given)
}

/// Divides what is left between the list, and beside it the detail over the path to GO; one column and one row are kept free
/// between them for a line. The list has what its titles want or what somebody gave it, within what leaves room for the others.
fn split(mut places: Places, body: Rect, beside: bool, wanted: u16, given: Option<u16>) -> Places {
    places.list = body;
    if !beside {
        return places;
    }
    let list = match given {
        Some(percent) => share(body.width, percent.clamp(30, 75)),
        None => {
            let most = share(body.width, 74).min(body.width.saturating_sub(DETAIL));
            wanted.clamp(share(body.width, 45), most.max(share(body.width, 45)))
        }
    };
    places.list.width = list;
    let right = Rect { x: list + 1, width: body.width.saturating_sub(list + 1), ..body };
    let detail = share(body.height, 55);
    places.detail = Rect { height: detail, ..right };
    let below = body.height.saturating_sub(detail + 1);
    places.path = Rect { y: body.y + detail + 1, height: below, ..right };
    places
}

fn share(of: u16, percent: u16) -> u16 {
    u16::try_from(u32::from(of) * u32::from(percent) / 100).unwrap_or(of)
}

/// Takes rows from the top or the bottom of what is left.
struct Stack {
    y: u16,
    end: u16,
    width: u16,
}

impl Stack {
    fn take(&mut self, rows: u16) -> Rect {
        let height = rows.min(self.end - self.y);
        let rect = Rect { x: 0, y: self.y, width: self.width, height };
        self.y += height;
        rect
    }

    fn take_last(&mut self, rows: u16) -> Rect {
        let height = rows.min(self.end - self.y);
        self.end -= height;
        Rect { x: 0, y: self.end, width: self.width, height }
    }
}
