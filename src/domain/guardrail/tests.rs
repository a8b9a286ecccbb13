//! What must hold for every stream of windows.

#![allow(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::type_complexity,
    reason = "counts of a test are small, and what is the same sum is the same number"
)]

use super::*;

const ONE_PERCENT: Limits = Limits {
    measure: Measure::Share,
    at_most: Some(0.01),
    control: None,
    watch_at: None,
    stop_at: None,
    cluster: 1.0,
    unit: LimitUnit::Percent,
};
/// Requests of one window: 30 s at 100 a minute.
const REQUESTS: u32 = 50;
const STEP: i64 = 30;
const DAY: i64 = 86_400;

/// Seeded streams: 10,000 are run with `GONOGO_LONG=1`.
fn streams() -> u64 {
    if std::env::var_os("GONOGO_LONG").is_some() { 10_000 } else { 300 }
}

fn real(value: f64) -> Real {
    Real::new(value).unwrap()
}

fn window(at: i64, length: i64, bad: u32, total: u32) -> Window {
    let is = Measurement::Share(real(f64::from(bad)), real(f64::from(total)));
    Window { from: at, to: at + length, is, control: None }
}

fn by(now: i64) -> Judging {
    Judging { since: 0, now, window: STEP, fresh: 600, alpha: ALPHA, hours: 24.0 }
}

/// How many of so many fail.
fn failures(random: &mut fastrand::Rng, count: u32, share: f64) -> u32 {
    if share <= 0.0 {
        return 0;
    }
    // From one failure to the next.
    let (mut at, mut found) = (0.0, 0);
    loop {
        at += 1.0 + (random.f64().max(1e-300).ln() / (-share).ln_1p()).floor();
        if at > f64::from(count) {
            return found;
        }
        found += 1;
    }
}

fn stream(random: &mut fastrand::Rng, steps: i64, share: impl Fn(i64) -> f64) -> Vec<Window> {
    let one = |step| window(step * STEP, STEP, failures(random, REQUESTS, share(step * STEP)), REQUESTS);
    (0..steps).map(one).collect()
}

/// When a breach is called, in minutes.
fn called(windows: &[Window], limits: &Limits, by: &Judging) -> Option<f64> {
    let breach = judge(limits, windows, by).breach?;
    Some((breach.at - by.since) as f64 / 60.0)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// The three shapes of a service that is fine: exactly at the limit, well under it, and one that breathes with the day.
#[test]
fn a_guardrail_that_keeps_its_limit_calls_no_more_often_than_promised() {
    let shapes: [(&str, fn(i64) -> f64); 3] = [
        ("at the limit", |_| 0.01),
        ("at half of it", |_| 0.005),
        ("up to the limit by day", |at| 0.005 + 0.005 * (at as f64 / 86_400.0 * std::f64::consts::TAU).sin()),
    ];
    for (name, share) in shapes {
        let calls = (0..streams())
            .filter(|seed| {
                let mut random = fastrand::Rng::with_seed(*seed);
                let windows = stream(&mut random, DAY / STEP, share);
                called(&windows, &ONE_PERCENT, &by(DAY)).is_some()
            })
            .count();
        let most = ALPHA * streams() as f64;
        assert!(calls as f64 <= most, "{name}: {calls} false calls of {} streams", streams());
    }
}

#[test]
fn a_fault_is_found_as_soon_as_it_can_be() {
    // Minutes at 100 requests a minute and a soak of a day: the measured medians of the reference.
    let cases: [(&str, f64, f64, fn(i64) -> f64, i64); 3] = [
        ("2 % from the start", 12.0, 15.0, |_| 0.02, 0),
        ("5 % from the start", 1.5, 1.5, |_| 0.05, 0),
        ("2 % after ten good hours", 20.0, 20.0, |at| if at < 36_000 { 0.003 } else { 0.02 }, 36_000),
    ];
    let runs = streams().min(2_000);
    for (name, least, most, share, fault) in cases {
        let found = (0..runs).map(|seed| {
            let mut random = fastrand::Rng::with_seed(seed + 77);
            let windows = stream(&mut random, DAY / STEP, share);
            called(&windows, &ONE_PERCENT, &by(DAY)).unwrap_or(f64::INFINITY) - fault as f64 / 60.0
        });
        let found = median(found.collect());
        assert!((0.9 * least..=1.1 * most).contains(&found), "{name}: {found} min");
    }
}

#[test]
fn so_many_requests_show_that_a_share_is_within_the_limit() {
    let cases = [(0.0, 450.0), (0.002, 700.0), (0.005, 1_900.0), (0.007, 6_200.0)];
    for (share, expected) in cases {
        let found = (0..streams().min(1_000)).map(|seed| {
            let mut random = fastrand::Rng::with_seed(seed + 7);
            let (mut bad, mut total) = (0.0, 0.0);
            while ln_down(bad, total, 0.01) < -ALPHA.ln() && total < 1e6 {
                bad += f64::from(failures(&mut random, REQUESTS, share));
                total += f64::from(REQUESTS);
            }
            total
        });
        let found = median(found.collect());
        assert!((found / expected - 1.0).abs() <= 0.1, "{share}: {found}, not {expected}");
    }
    // What is said to be needed is what is needed.
    let needed = judge::samples_for(0.005, 0.01, ALPHA, 100.0).unwrap();
    assert!(ln_down(0.005 * needed, needed, 0.01) >= -ALPHA.ln());
    assert!(ln_down(0.005 * needed * 0.99, needed * 0.99, 0.01) < -ALPHA.ln());
    assert_eq!(judge::samples_for(0.01, 0.01, ALPHA, 100.0), None, "no number shows it");
}

#[test]
fn who_looks_when_and_in_what_order_makes_no_difference() {
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let windows = stream(&mut random, 400, |at| if at < 6_000 { 0.004 } else { 0.03 });
        let whole = judge(&ONE_PERCENT, &windows, &by(12_000));
        let mut shuffled = windows.clone();
        random.shuffle(&mut shuffled);
        let mut series = Series::default();
        // In pieces, some of them twice.
        for piece in shuffled.chunks(7).chain(shuffled.chunks(13).take(5)) {
            series.take(&Measured::Windows(piece.to_vec()));
        }
        assert_eq!(judge(&ONE_PERCENT, series.windows(), &by(12_000)), whole);
        // A breach stands from the window that showed it, whatever comes after it.
        let breach = whole.breach.unwrap();
        for end in (0..400).step_by(9).map(|step| step * STEP) {
            let then = judge(&ONE_PERCENT, &windows, &by(end));
            assert_eq!(then.breach, Some(breach).filter(|it| it.at <= end));
        }
    }
}

#[test]
fn a_gap_never_helps() {
    for seed in 0..30 {
        let mut random = fastrand::Rng::with_seed(seed);
        let windows = stream(&mut random, 240, |_| 0.003);
        let whole = judge(&ONE_PERCENT, &windows, &by(7_200));
        for share in [0.02, 0.2, 0.5, 0.9] {
            // Good windows get lost.
            let lost = |it: &&Window| matches!(it.is, Measurement::Share(bad, _) if bad.get() == 0.0);
            let kept: Vec<_> =
                windows.iter().filter(|it| !(lost(it) && random.f64() < share)).copied().collect();
            let gaps = judge(&ONE_PERCENT, &kept, &by(7_200));
            assert!(gaps.total <= whole.total);
            let better = gaps.standing == Standing::Ok && whole.standing != Standing::Ok;
            assert!(!better, "seed {seed}: {:?} after {:?}", gaps.standing, whole.standing);
            if kept.len() < 200 {
                assert_ne!(gaps.standing, Standing::Ok, "a sixth is missing");
            }
        }
    }
}

fn standing(windows: &[Window], limits: &Limits, now: i64) -> Standing {
    judge(limits, windows, &by(now)).standing
}

fn steady(steps: i64, bad: u32, total: u32) -> Vec<Window> {
    (0..steps).map(|step| window(step * STEP, STEP, bad, total)).collect()
}

#[test]
fn each_state_has_its_reason() {
    assert_eq!(standing(&[], &ONE_PERCENT, 600), Standing::NoData);
    assert_eq!(standing(&steady(3, 0, 50), &ONE_PERCENT, 90), Standing::NotEnoughYet);
    assert_eq!(standing(&steady(20, 0, 50), &ONE_PERCENT, 600), Standing::Ok);
    assert_eq!(standing(&steady(20, 0, 50), &ONE_PERCENT, 1_300), Standing::NoData, "too old");
    assert_eq!(standing(&steady(20, 5, 50), &ONE_PERCENT, 600), Standing::Breach);
    assert_eq!(standing(&steady(20, 5, 50), &ONE_PERCENT, 1_300), Standing::Breach, "bad news stands");
    assert_eq!(standing(&steady(20, 1, 50), &ONE_PERCENT, 120), Standing::NotEnoughYet, "4 of 200");
    assert_eq!(standing(&steady(20, 1, 50), &ONE_PERCENT, 480), Standing::Watch, "16 of 800");
    // Requests that nobody made prove nothing, and are no gap.
    let quiet = judge(&ONE_PERCENT, &steady(20, 0, 0), &by(600));
    assert_eq!((quiet.standing, quiet.missing), (Standing::NotEnoughYet, 0));
    // What is not complete yet, and what was before the stage, does not count.
    let judged = judge(&ONE_PERCENT, &steady(20, 0, 50), &Judging { since: 60, now: 130, ..by(0) });
    assert_eq!(judged.total, 100.0);
}

#[test]
fn a_fire_needs_no_proof_and_one_failure_is_no_fire() {
    let limits = Limits { stop_at: Some(0.1), watch_at: Some(0.05), ..ONE_PERCENT };
    let mut windows = steady(20, 0, 50);
    windows.push(window(600, STEP, 1, 3));
    assert_eq!(standing(&windows, &limits, 630), Standing::Watch, "one of three");
    windows.push(window(630, STEP, 6, 50));
    let judged = judge(&limits, &windows, &by(660));
    let breach = judged.breach.unwrap();
    assert_eq!((breach.shown, breach.at), (BreachReason::InOneWindow, 660));
    windows.extend((22..60).map(|step| window(step * STEP, STEP, 0, 50)));
    assert_eq!(standing(&windows, &limits, 1_800), Standing::Breach, "until people decide");
}

#[test]
fn a_control_without_an_error_works() {
    let limits = Limits { at_most: None, control: Some(1.2), ..ONE_PERCENT };
    let with = |bad: u32, other: u32| {
        let control = Some(Measurement::Share(real(f64::from(other)), real(450.0)));
        let one = move |step| Window { control, ..window(step * STEP, STEP, bad, 50) };
        (0..20).map(one).collect::<Vec<_>>()
    };
    assert_eq!(standing(&with(1, 0), &limits, 600), Standing::Breach);
    assert_eq!(standing(&with(1, 9), &limits, 600), Standing::NotEnoughYet);
    assert_eq!(standing(&with(0, 9), &limits, 600), Standing::Ok);
    assert_eq!(standing(&with(0, 0), &limits, 600), Standing::NotEnoughYet, "nothing to compare");
    assert_eq!(standing(&steady(20, 1, 50), &limits, 600), Standing::NotEnoughYet, "no control at all");
    // Beside a limit it can take the proof away, and need not give its own.
    let both = Limits { at_most: Some(0.01), ..limits };
    assert_eq!(standing(&with(0, 0), &both, 600), Standing::Ok);
    assert_eq!(standing(&with(1, 0), &both, 600), Standing::Breach);
}

#[test]
fn a_value_is_judged_by_how_often_it_is_over() {
    let limits =
        Limits { measure: Measure::Value, at_most: Some(0.25), unit: LimitUnit::Seconds, ..ONE_PERCENT };
    let values = |value: f64, count: i64| {
        let one = |step| Window {
            from: step * STEP,
            to: (step + 1) * STEP,
            is: Measurement::Value(real(value)),
            control: None,
        };
        (0..count).map(one).collect::<Vec<_>>()
    };
    assert_eq!(standing(&values(0.3, 3), &limits, 90), Standing::NotEnoughYet);
    assert_eq!(standing(&values(0.3, 4), &limits, 120), Standing::Watch);
    assert_eq!(standing(&values(0.3, 12), &limits, 360), Standing::Breach);
    assert_eq!(standing(&values(0.25, 12), &limits, 360), Standing::Ok);
}

#[test]
fn what_a_soak_can_show_is_known_before_it() {
    let shown = shows(0.01, 5_760.0, ALPHA).unwrap();
    assert!((0.005..0.007).contains(&shown), "{shown}");
    assert_eq!(shows(0.01, 100.0, ALPHA), None);
}

#[test]
fn the_parts_of_the_second_clock_are_never_more_than_the_whole() {
    for hours in [1.0, 2.0, 24.0, 24.5, 300.0] {
        let all: f64 = (0..20_000).map(|nth| judge::part(0.025, nth, hours)).sum();
        assert!(all <= 0.025, "{hours} h: {all}");
    }
}
