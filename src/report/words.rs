//! Words that every form shares.

use std::time::Duration;

use crate::{
    domain::{Board, Score},
    text::clean,
};

/// An age in one unit: `<1m`, `12m`, `3h`, `2d`.
pub fn age(age: Duration) -> String {
    match age.as_secs() {
        0..60 => "<1m".into(),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..172_800 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// `17 go + 1 waived of 21 blocking gates, 2 not applicable`. Nothing is left out, and nothing added to go.
pub fn tally(score: &Score) -> String {
    let waived = if score.waived > 0 { format!(" + {} waived", score.waived) } else { String::new() };
    let gates = if score.of == 1 { "gate" } else { "gates" };
    let out = match score.not_applicable {
        0 => String::new(),
        count => format!(", {count} not applicable"),
    };
    format!("{} go{waived} of {} blocking {gates}{out}", score.go, score.of)
}

/// The word with all that belongs to it: `GO with 2 waivers (only qa; evidence only)`, `OVERRIDE`; what is not about the
/// present begins with that: `RECORDING of 2026-12-02 08:58 UTC: GO`.
pub fn headline(board: &Board) -> String {
    let mut line = match board.scope.played {
        Some(played) => {
            format!("{} of {}: ", played.word(), board.evaluated_at.format("%Y-%m-%d %H:%M UTC"))
        }
        None => String::new(),
    };
    line.push_str(board.word.word());
    match board.score.waived {
        0 => {}
        1 => line.push_str(" with 1 waiver"),
        many => line.push_str(&format!(" with {many} waivers")),
    }
    let mut narrowed = Vec::new();
    if !board.scope.only.is_empty() {
        let names: Vec<_> = board.scope.only.iter().map(|id| clean(id.as_str()).into_owned()).collect();
        narrowed.push(format!("only {}", names.join(", ")));
    }
    if board.scope.evidence_only {
        narrowed.push("evidence only, people left out".into());
    }
    if !narrowed.is_empty() {
        line.push_str(&format!(" ({})", narrowed.join("; ")));
    }
    if let Some(override_) = &board.overridden {
        line.push_str(&format!(" OVERRIDE {}", clean(override_)));
    }
    if board.target.is_none() {
        line.push_str(", no target");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit() {
        for (seconds, said) in
            [(0, "<1m"), (59, "<1m"), (60, "1m"), (3_599, "59m"), (3_600, "1h"), (172_800, "2d")]
        {
            assert_eq!(age(Duration::from_secs(seconds)), said);
        }
    }
}
