//! What changed in this launch, newest first: each gate with its whole reason, and what waits for it.

use gonogo_domain::{Flip, GateId, Now};
use gonogo_theme::Role;

use super::{
    super::{Canvas, canvas::piece, look::verdict_role, when::moment, wrap::wrap},
    Line,
};
use crate::{Model, Target};

pub(super) const TITLE: &str = "What changed in this launch, newest first";
/// Columns of the moment, and of what stands before a reason.
const INDENT: u16 = 6;

/// The pane beside the launches.
pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    canvas.put(0, 0, u16::MAX, TITLE, Role::Title);
    let (mut y, height) = (2, canvas.height());
    for flip in seen(model, now) {
        let lines = of(model, flip, now, canvas);
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        // Whole, or not at all.
        if y + rows >= height {
            canvas.put(
                0,
                height.saturating_sub(1),
                u16::MAX,
                "older: the detail of each gate",
                Role::KeyHint,
            );
            return;
        }
        for line in lines {
            canvas.line(0, y, &line);
            canvas.hot_row(0, y, canvas.width(), Target::Gate(flip.gate.clone()));
            y += 1;
        }
    }
    if y == 2 {
        wrap(NOTHING, canvas.width(), 3).into_iter().zip(2..).for_each(|(line, y)| {
            canvas.put(0, y, u16::MAX, &line, Role::Text);
        });
    }
}

const NOTHING: &str = "Nothing has changed since the cockpit was opened. Each gate whose verdict changes stands here, with why.";

/// The same as lines of a longer text.
pub(super) fn lines(model: &Model, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let all: Vec<Line> = seen(model, now).flat_map(|flip| of(model, flip, now, canvas)).collect();
    if all.is_empty() { super::wrapped(NOTHING, Role::Text, canvas) } else { all }
}

/// Who looks back sees nothing of what came after.
fn seen(model: &Model, now: Now) -> impl Iterator<Item = &Flip> {
    model.flips.recent().filter(move |flip| flip.at <= now.wall)
}

fn of(model: &Model, flip: &Flip, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let at = moment(flip.at, now.wall, model.launch.schedule.zone);
    let from = flip.from.map_or(canvas.symbols().dash, |from| canvas.look.shape(from));
    let to = format!("{from}{}{}", canvas.symbols().arrow, canvas.look.shape(flip.to));
    let width = usize::from(INDENT) - 1;
    let mut all = vec![vec![
        piece(format!("{at:<width$} "), Role::Dim),
        piece(to, verdict_role(flip.to)),
        piece(format!(" {}", flip.to.word()), verdict_role(flip.to)),
        piece(format!(" {}", flip.gate), Role::Title),
    ]];
    let cols = canvas.width().saturating_sub(INDENT + 2);
    let mut add = |text: &str, role| {
        let wrapped = wrap(text, cols, 6).into_iter().filter(|line| !line.is_empty());
        all.extend(
            wrapped.map(|line| vec![piece(" ".repeat(usize::from(INDENT)), Role::Dim), piece(line, role)]),
        );
    };
    if let Some(gate) = model.gate(&flip.gate) {
        add(&gate.title, Role::Dim);
    }
    add(&flip.reason, Role::Text);
    let waits: Vec<_> = model.index.needed_by(&flip.gate).iter().map(GateId::as_str).collect();
    if !waits.is_empty() {
        add(&format!("needed by {}", waits.join(", ")), Role::Dim);
    }
    all
}
