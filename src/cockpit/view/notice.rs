//! What is shown where nothing else fits: the word, whole or as its shape, never a part of it.

use super::{Canvas, word};
use crate::Model;
use gonogo_theme::Role;

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    if width == 0 || height == 0 {
        return;
    }
    let full = model.word_in_full();
    let shape = canvas.look.word_shape(model.board.word);
    let line = format!("{shape} {full}");
    // What qualifies a GO is shown with it, or the GO is not shown either.
    let qualified = !model.qualifiers().is_empty();
    let mut y = height.saturating_sub(2) / 2;
    if canvas.cols(&line) <= width {
        let x = (width - canvas.cols(&line)) / 2;
        canvas.put(x, y, width, &line, word::role(model.board.word));
    } else if qualified {
        let x = width.saturating_sub(canvas.cols(shape)) / 2;
        canvas.put(x, y, width, shape, word::role(model.board.word));
    } else {
        word::plain(word::ShownWord::of(&model.board), 0, y, canvas);
    }
    for text in lines(model) {
        y += 1;
        let cols = canvas.cols(&text);
        if cols <= width && y < height {
            canvas.put((width - cols) / 2, y, width, &text, Role::Dim);
        }
    }
}

fn lines(model: &Model) -> Vec<String> {
    let score = &model.board.score;
    let mut lines = Vec::from_iter(model.evidence());
    lines.push(format!("{}/{} ready", score.go, score.of));
    if let Some((_, banner)) = model.banners().into_iter().next() {
        lines.push(banner);
    }
    lines.push("enlarge to 40x12".to_owned());
    lines
}
