//! Evidence about a share that may be looked at as often as anybody likes.
//!
//! An e-value is a mixture of likelihood ratios against the limit. Whatever the true share at or under the limit is, the
//! chance that [`ln_up`] ever reaches `ln(1/alpha)` is at most alpha (Ville's inequality); likewise for [`ln_down`] of a
//! share at or over it. So nobody has to fix beforehand when to look.

/// Terms of Lanczos' series for the gamma function, g = 7.
const LANCZOS: [f64; 8] = [
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

/// The most terms of a continued fraction. It needs about the square root of the counts, and fewer off the limit.
const MOST_TERMS: u32 = 20_000;

/// The smallest first parameter of the prior: it is flat towards certainty where the limit is a quarter or more.
const FLAT: f64 = 1.0;

/// The logarithm of the evidence that the share is over `limit`, with `bad` of `total`; `-inf` where there is none.
pub fn ln_up(bad: f64, total: f64, limit: f64) -> f64 {
    ln_e(bad, total, limit, |(_, above)| above)
}

/// The logarithm of the evidence that the share is under `limit`.
pub fn ln_down(bad: f64, total: f64, limit: f64) -> f64 {
    ln_e(bad, total, limit, |(below, _)| below)
}

/// Whether [`ln_up`] can reach `bound` at all: no mixture is more than the likelihood of the share that was seen, and
/// that is at most the squared distance. Costs nothing, where the e-value costs a microsecond.
pub fn may_reach(bound: f64, bad: f64, total: f64, limit: f64) -> bool {
    let off = bad - limit * total;
    off > 0.0 && off * off >= bound * total * limit * (1.0 - limit) && is_sound(bad, total, limit)
}

fn ln_e(bad: f64, total: f64, limit: f64, side: fn((f64, f64)) -> f64) -> f64 {
    if !is_sound(bad, total, limit) {
        return f64::NEG_INFINITY;
    }
    let (a, b) = (1.0, ((1.0 - 2.0 * limit) / (2.0 * limit)).max(FLAT));
    let good = total - bad;
    let prior = ln_beta(a, b) + side(ln_incomplete(a, b, limit));
    let after = ln_beta(a + bad, b + good) + side(ln_incomplete(a + bad, b + good, limit));
    let e = after - prior - bad * limit.ln() - good * (-limit).ln_1p();
    if e.is_nan() { f64::NEG_INFINITY } else { e }
}

fn is_sound(bad: f64, total: f64, limit: f64) -> bool {
    bad.is_finite()
        && total.is_finite()
        && total > 0.0
        && bad >= 0.0
        && bad <= total
        && limit > 0.0
        && limit < 1.0
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

fn ln_gamma(x: f64) -> f64 {
    // Every argument is at least 1/2: the reflection is not needed.
    let x = x - 1.0;
    let mut sum = 0.999_999_999_999_809_9;
    let mut at = x;
    for term in LANCZOS {
        at += 1.0;
        sum += term / at;
    }
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The logarithms of the regularised incomplete beta function at `x` and of its complement.
fn ln_incomplete(a: f64, b: f64, x: f64) -> (f64, f64) {
    let front = a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b);
    if x < (a + 1.0) / (a + b + 2.0) {
        let below = (front - a.ln() + fraction(a, b, x).ln()).min(0.0);
        (below, complement(below))
    } else {
        let above = (front - b.ln() + fraction(b, a, 1.0 - x).ln()).min(0.0);
        (complement(above), above)
    }
}

/// `ln(1 - e^ln)`.
fn complement(ln: f64) -> f64 {
    if ln > -std::f64::consts::LN_2 { (-ln.exp_m1()).ln() } else { (-ln.exp()).ln_1p() }
}

/// The continued fraction of the incomplete beta function, by Lentz.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut upper = 1.0;
    let mut lower = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut product = lower;
    for step in 1..MOST_TERMS {
        let n = f64::from(step);
        let even = n * (b - n) * x / ((a + 2.0 * n - 1.0) * (a + 2.0 * n));
        let odd = -(a + n) * (a + b + n) * x / ((a + 2.0 * n) * (a + 2.0 * n + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            lower = 1.0 / guard(1.0 + term * lower);
            upper = guard(1.0 + term / upper);
            change = lower * upper;
            product *= change;
        }
        if (change - 1.0).abs() < 1e-12 {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "counts of a test are small")]

    use super::*;

    /// Worked out with other code.
    const REFERENCE: [(f64, f64, f64, f64); 7] = [
        (0.0, 100.0, -1.1121, 0.5842),
        (0.0, 400.0, -2.2152, 2.7384),
        (12.0, 2_500.0, -3.3669, 3.1542),
        (20.0, 980.0, 3.0118, -2.7019),
        (30.0, 1_000.0, 11.7707, -3.3042),
        (5.0, 100.0, 3.2266, -1.8198),
        (50.0, 2_500.0, 8.2311, -3.5346),
    ];

    #[test]
    fn the_reference_values_come_out() {
        for (bad, total, up, down) in REFERENCE {
            let found = (ln_up(bad, total, 0.01), ln_down(bad, total, 0.01));
            assert!((found.0 - up).abs() < 5e-5, "{bad} of {total}: {found:?}, not {up}");
            assert!((found.1 - down).abs() < 5e-5, "{bad} of {total}: {found:?}, not {down}");
        }
    }

    #[test]
    fn what_is_no_count_is_no_evidence() {
        let unsound = [
            (f64::NAN, 10.0, 0.1),
            (1.0, f64::NAN, 0.1),
            (1.0, f64::INFINITY, 0.1),
            (-1.0, 10.0, 0.1),
            (11.0, 10.0, 0.1),
            (0.0, 0.0, 0.1),
            (1.0, 10.0, 0.0),
            (1.0, 10.0, 1.0),
            (1.0, 10.0, f64::NAN),
        ];
        for (bad, total, limit) in unsound {
            assert_eq!(ln_up(bad, total, limit), f64::NEG_INFINITY, "{bad} {total} {limit}");
            assert_eq!(ln_down(bad, total, limit), f64::NEG_INFINITY, "{bad} {total} {limit}");
            assert!(!may_reach(0.1, bad, total, limit));
        }
    }

    #[test]
    fn counts_of_any_size_give_an_answer() {
        for limit in [1e-6, 0.001, 0.01, 0.25, 0.5, 0.9, 0.999] {
            for total in [1.0_f64, 10.0, 1e3, 1e6, 1e9] {
                for share in [0.0, 0.2, 1.0, 1.5, 10.0] {
                    let bad = (total * limit * share).min(total);
                    let (up, down) = (ln_up(bad, total, limit), ln_down(bad, total, limit));
                    assert!(!up.is_nan() && !down.is_nan(), "{bad} of {total}, limit {limit}");
                    assert!(up < f64::INFINITY && down < f64::INFINITY, "{bad} of {total}, limit {limit}");
                }
            }
        }
        assert!(ln_up(2e7, 1e9, 0.01) > 1e6 && ln_down(5e6, 1e9, 0.01) > 1e5);
    }

    #[test]
    fn what_can_not_reach_the_bound_does_not() {
        for total in [1_u32, 7, 60, 500, 4_000, 90_000] {
            for bad in 0..=total.min(300) {
                for limit in [0.001, 0.01, 0.2, 0.5, 0.6] {
                    let (bad, total) = (f64::from(bad), f64::from(total));
                    for bound in [1.6, 3.0, 6.9] {
                        let reaches = ln_up(bad, total, limit) >= bound;
                        assert!(!reaches || may_reach(bound, bad, total, limit), "{bad} of {total}, {limit}");
                    }
                }
            }
        }
    }
}
