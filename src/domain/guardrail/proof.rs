//! One look at counts: whether they show that a limit is kept, or passed.

use super::{
    e_value::{ln_down, ln_up},
    judge::samples_for,
    said,
};

/// What so many bad ones of so many show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Proof {
    /// That the share is under the limit.
    Under,
    /// That it is over it.
    Over,
    /// Neither. So many more would show that it is under the limit if they go on as they did; `None`: no number would.
    Open(Option<f64>),
}

/// Weighs counts against a limit (a share between 0 and 1): the test of `docs/guardrails.md`, both ways.
/// Either answer is wrong with a chance of `alpha` at most. What are no counts show nothing.
pub fn prove(bad: f64, total: f64, limit: f64, alpha: f64) -> Proof {
    let bound = -alpha.ln();
    if ln_up(bad, total, limit) >= bound {
        return Proof::Over;
    }
    if ln_down(bad, total, limit) >= bound {
        return Proof::Under;
    }
    let share = if total > 0.0 { bad / total } else { 0.0 };
    let wanted = samples_for(share, limit, alpha, total.max(1.0));
    Proof::Open(wanted.map(|wanted| (wanted - total).max(1.0)))
}

impl Proof {
    /// In words: `12 of 2,600 (0.46 %), at most 1 %`.
    pub fn describe(&self, bad: f64, total: f64, limit: f64) -> String {
        let counted = format!("{} of {}", said::grouped(said::whole(bad)), said::grouped(said::whole(total)));
        let share = if total > 0.0 { format!(" ({})", said::percent(bad / total)) } else { String::new() };
        let most = said::percent(limit);
        match self {
            Self::Under => format!("{counted}{share}, at most {most}"),
            Self::Over => format!("{counted}{share}, not at most {most}"),
            Self::Open(Some(more)) => {
                let more = said::grouped(said::whole(more.ceil()));
                format!("{counted}{share}, not enough yet: {more} more show that it is at most {most}")
            }
            Self::Open(None) => {
                format!("{counted}{share}, not enough to say whether it is at most {most}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_under_over_or_not_shown_yet() {
        let limit = 0.01;
        assert_eq!(prove(12.0, 2_500.0, limit, 0.05), Proof::Under);
        assert_eq!(prove(20.0, 980.0, limit, 0.05), Proof::Over);
        let Proof::Open(Some(more)) = prove(0.0, 100.0, limit, 0.05) else { panic!("open") };
        assert!((300.0..400.0).contains(&more), "about 450 in all: {more}");
        assert_eq!(prove(15.0, 1_000.0, limit, 0.05), Proof::Open(None), "over the limit, and not shown");
        for (bad, total) in [(0.0, 0.0), (f64::NAN, 10.0), (11.0, 10.0), (-1.0, 10.0), (1.0, f64::INFINITY)] {
            assert!(matches!(prove(bad, total, limit, 0.05), Proof::Open(_)), "{bad} of {total}");
        }
    }

    #[test]
    fn it_says_what_was_counted_and_what_is_missing() {
        let said = |bad, total| prove(bad, total, 0.01, 0.05).describe(bad, total, 0.01);
        assert_eq!(said(12.0, 2_500.0), "12 of 2,500 (0.48 %), at most 1 %");
        assert_eq!(said(20.0, 980.0), "20 of 980 (2 %), not at most 1 %");
        assert!(said(0.0, 100.0).starts_with("0 of 100 (0 %), not enough yet: "));
        assert_eq!(said(15.0, 1_000.0), "15 of 1,000 (1.5 %), not enough to say whether it is at most 1 %");
    }
}
