//! Guardrails in words.

use super::{
    Against, Breach, BreachReason, Guardrail, Judgement, Lack, LimitUnit, Limits, Measure, Standing,
};

/// A count of samples.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts, which are far smaller")]
pub(crate) fn whole(count: f64) -> u64 {
    count.round().clamp(0.0, 9e18) as u64
}

/// `2,600`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in percent, to two digits that say something: `0.46 %`, `12 %`.
pub fn percent(share: f64) -> String {
    format!("{} %", short(share * 100.0))
}

/// A number to two or three significant digits.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 {
        return format!("{value:e}");
    }
    let decimals = match size {
        _ if size >= 10.0 || size == 0.0 => 0,
        _ if size >= 1.0 => 1,
        _ if size >= 0.1 => 2,
        _ if size >= 0.01 => 3,
        _ => 6,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A limit as it would be written.
pub(crate) fn amount(limits: &Limits, value: f64) -> String {
    match (limits.measure, limits.unit) {
        (Measure::Share, _) | (_, LimitUnit::Percent) => percent(value),
        (_, LimitUnit::Seconds) if value.abs() < 1.0 => format!("{} ms", short(value * 1_000.0)),
        (_, LimitUnit::Seconds) => format!("{} s", short(value)),
        (_, LimitUnit::Plain) => short(value),
    }
}

/// `at most 1 %, at most 120 % of the control`.
pub(crate) fn limits(limits: &Limits) -> String {
    let most = limits.at_most.map(|most| format!("at most {}", amount(limits, most)));
    let control = limits.control.map(|most| format!("at most {} of the control", percent(most)));
    most.into_iter().chain(control).collect::<Vec<_>>().join(", ")
}

/// What was counted, and against what.
fn counted(limits: &Limits, judged: &Judgement) -> String {
    let (bad, total) = (whole(judged.bad * limits.cluster), whole(judged.total * limits.cluster));
    let share =
        if judged.total > 0.0 { format!(" ({})", percent(judged.bad / judged.total)) } else { String::new() };
    match limits.measure {
        Measure::Share => format!("{} of {}{share}", grouped(bad), grouped(total)),
        Measure::Value => format!("{} of {} windows over it", grouped(bad), grouped(total)),
    }
}

/// Why it stands where it does.
pub(crate) fn reason(guardrail: &Guardrail, judged: &Judgement, ready_at: Option<String>) -> String {
    let limits = &guardrail.limits;
    let said = format!("{}, {}", counted(limits, judged), self::limits(limits));
    let gaps = if judged.missing == 0 || judged.standing == Standing::NoData {
        String::new()
    } else {
        format!("; {} without data", windows(judged.missing))
    };
    match judged.standing {
        Standing::Breach => format!("{said}{}{gaps}", judged.breach.map_or("", |it| shown(it))),
        Standing::Watch => format!("{said}; worth a look{gaps}"),
        Standing::Ok => format!("{said}{gaps}"),
        Standing::NotEnoughYet => format!("{said}; {}{gaps}", needed(judged, ready_at)),
        Standing::NoData => match judged.lack {
            Some(Lack::Stale) => "the newest window with data is too old".to_owned(),
            Some(Lack::Gaps) => {
                format!("{} without data, too many to say that all is well", windows(judged.missing))
            }
            _ => "no complete window yet".to_owned(),
        },
    }
}

fn windows(count: usize) -> String {
    if count == 1 { "1 window".to_owned() } else { format!("{count} windows") }
}

fn needed(judged: &Judgement, ready_at: Option<String>) -> String {
    match (judged.needed.map(whole), ready_at) {
        (Some(more), Some(at)) => format!("{} more show it, at {at} by the traffic of now", grouped(more)),
        (Some(more), None) => format!("{} more show it", grouped(more)),
        _ if judged.total <= 0.0 => "nothing was counted yet".to_owned(),
        _ => "no number shows it while the share stays what it is".to_owned(),
    }
}

fn shown(breach: Breach) -> &'static str {
    match (breach.shown, breach.against) {
        (BreachReason::SinceTheStart, Against::Limit) => "; shown since the stage started",
        (BreachReason::InAnHour, Against::Limit) => "; shown within an hour",
        (BreachReason::InOneWindow, _) => "; one window was over the limit for a fire",
        (BreachReason::SinceTheStart, Against::Control) => "; worse than the control since the stage started",
        (BreachReason::InAnHour, Against::Control) => "; worse than the control within an hour",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0 %"),
            (0.01, "1 %"),
            (0.004_6, "0.46 %"),
            (0.123, "12 %"),
            (1.2, "120 %"),
            (0.000_012, "0.0012 %"),
        ];
        for (share, text) in cases {
            assert_eq!(percent(share), text);
        }
        assert_eq!(
            (grouped(0), grouped(2_600), grouped(1_234_567)),
            ("0".into(), "2,600".into(), "1,234,567".into())
        );
    }
}
