//! In which order changes are written. A change of colours takes more bytes than a move of the cursor, so what one pen writes is
//! written together, wherever on the screen it stands.

use ratatui::style::Color;

use super::{Change, ON_BLANKS, Pen};

/// Neighbouring changes of one row that need one pen.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub changes: &'a [Change<'a>],
    /// `None`: blanks alone, which any pen of this ground writes.
    pen: Option<Pen>,
    ground: Color,
    /// All of its letters are one cell wide in every terminal.
    sure: bool,
}

/// The changes in an order that changes pens seldom, with `pen` at hand. What terminals may draw wider than it is comes first, from
/// left to right: whatever it spills over is written after it.
pub(super) fn ordered<'a>(changes: &'a [Change<'a>], pen: Option<Pen>) -> Vec<Run<'a>> {
    let (sure, mut all): (Vec<_>, Vec<_>) = runs(changes).into_iter().partition(|run| run.sure);
    let at_hand = all.iter().rev().find_map(|run| run.pen).or(pen);
    let mut pens: Vec<Pen> = at_hand.into_iter().collect();
    for pen in sure.iter().filter_map(|run| run.pen) {
        if !pens.contains(&pen) {
            pens.push(pen);
        }
    }
    // A ground is left once, and within it each weight of letters.
    let place = |of: &dyn Fn(&Pen) -> bool| pens.iter().position(of).map_or(0, |place| place + 1);
    let rank = |run: &Run<'_>| {
        let ground = pens.iter().position(|it| it.bg == run.ground).unwrap_or(pens.len());
        let Some(pen) = run.pen else { return (ground, 0, 0) };
        let weight = place(&|it| it.bg == pen.bg && it.modifier == pen.modifier);
        (ground, weight, place(&|it| *it == pen))
    };
    let mut sure: Vec<_> = sure.into_iter().map(|run| (rank(&run), run)).collect();
    sure.sort_by_key(|(rank, _)| *rank);
    all.extend(sure.into_iter().map(|(_, run)| run));
    all
}

fn runs<'a>(changes: &'a [Change<'a>]) -> Vec<Run<'a>> {
    let mut all = Vec::new();
    let mut rest = changes;
    while let Some((first, _)) = rest.split_first() {
        let mut run = Run { changes: &[], pen: None, ground: first.2.bg, sure: true };
        let length = rest.iter().take_while(|change| change.1 == first.1 && run.takes(change)).count();
        let (changes, behind) = rest.split_at(length.max(1));
        all.push(Run { changes, ..run });
        rest = behind;
    }
    all
}

impl Run<'_> {
    /// Whether this change is written with the same pen; if so, the run has it.
    fn takes(&mut self, (_, _, cell): &Change<'_>) -> bool {
        let pen = Pen::of(cell);
        let blank = cell.symbol() == " " && !pen.modifier.intersects(ON_BLANKS);
        let plain = self.pen.is_none_or(|it| !it.modifier.intersects(ON_BLANKS));
        let same = if blank { pen.bg == self.ground && plain } else { self.pen.unwrap_or(pen) == pen };
        if !same || pen.bg != self.ground {
            return false;
        }
        if !blank {
            self.pen = Some(pen);
        }
        self.sure &= cell.symbol().is_ascii();
        true
    }
}
