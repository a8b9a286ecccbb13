//! The help, straight from the table of bindings.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    footer, header,
    look::verdict_role,
};
use crate::{BINDINGS, Context, Model, Pane, Target};
use gonogo_domain::Verdict;
use gonogo_theme::Role;

const GROUPS: [Context; 14] = [
    Context::List,
    Context::Gate,
    Context::Screens,
    Context::Timeline,
    Context::Path,
    Context::RollCall,
    Context::Rollback,
    Context::Playback,
    Context::Past,
    Context::Form,
    Context::Search,
    Context::Detail,
    Context::Help,
    Context::Always,
];

/// Columns that one column of the help needs.
const COLUMN: u16 = 38;
const KEYS: usize = 11;

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    canvas.clear();
    // The word stays in sight.
    header::word_line(model, canvas);
    let lines = lines(canvas);
    let columns = usize::from((width / COLUMN).clamp(1, 3));
    let rows = lines.len().div_ceil(columns);
    let shown = usize::from(height.saturating_sub(3));
    let first = model.scroll.help.min(rows.saturating_sub(shown));
    canvas.hot_whole(Target::Pane(Pane::Help, rows.saturating_sub(shown)));
    for column in 0..columns {
        let x = u16::try_from(column).unwrap_or_default() * (width / u16::try_from(columns).unwrap_or(1));
        let mine = lines.iter().skip(column * rows).take(rows).skip(first).take(shown);
        let mut part =
            canvas.part(Rect { x, y: 2, width: width / u16::try_from(columns).unwrap_or(1), height });
        for (y, line) in (0..).zip(mine) {
            part.line(1, y, line);
        }
    }
    let last = Rect { x: 0, y: height.saturating_sub(1), width, height: 1 };
    let mut foot = canvas.part(last);
    if first + shown < rows {
        foot.put(1, 0, 20, "down: more", Role::KeyHint);
    }
    footer::only_keys(model, 0, &mut foot);
}

fn lines(canvas: &Canvas<'_>) -> Vec<Vec<Piece<'static>>> {
    let mut lines = vec![vec![piece("Verdicts", Role::Title)]];
    for verdict in Verdict::ALL {
        let shape = format!("{} {:<8} ", canvas.look.shape(verdict), verdict.word());
        lines.push(vec![piece(shape, verdict_role(verdict)), piece(meaning(verdict), Role::Dim)]);
    }
    for group in GROUPS {
        let mine: Vec<_> = BINDINGS.iter().filter(|it| it.contexts.first() == Some(&group)).collect();
        if mine.is_empty() {
            continue;
        }
        lines.push(Vec::new());
        lines.push(vec![piece(group.title(), Role::Title)]);
        for binding in mine {
            let names: Vec<_> = binding.keys.iter().map(|key| key.short()).collect();
            lines.push(vec![
                piece(format!("{:<KEYS$}", names.join(" ")), Role::KeyHint),
                piece(binding.help, Role::Text),
            ]);
        }
    }
    lines
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "proved for this release",
        Verdict::NoGo => "failed",
        Verdict::Pending => "in progress, or waiting",
        Verdict::Unknown => "not known, so it blocks",
        Verdict::Waived => "exception, counted apart",
        Verdict::NotApplicable => "left out, with a reason",
    }
}
