//! A release with a regression, a week before a date that a large customer was promised: it goes out with safeguards, or its
//! date slips and it is given up.

use gonogo::{domain::*, report::ReportAudience};

use super::{
    approved, at,
    close::{self, all_read, closes, reviewed},
    decided, heard, message, page, sent, signed, tells,
};
use crate::support::day::{Day, moved};

fn cents() -> RiskFigures {
    RiskFigures {
        what: "yearly invoices are a cent too much or too little".into(),
        severity: SeverityLevel::try_from(2).unwrap(),
        likelihood: Risk::Low,
        users: Some(3.0),
        workaround: Some("finance checks each by hand".into()),
        owner: "engineering".into(),
        gate: Some("launch/regression".into()),
    }
}

/// One week before, a regression is open and a date was promised: it is weighed, and goes out with safeguards.
#[test]
#[expect(clippy::too_many_lines, reason = "a day from its beginning to its end")]
fn a_release_with_a_regression_and_a_promised_date_ships_with_safeguards() {
    let mut day = Day::new("marquee-deal.yaml", "2026-12-02T10:00:00Z");
    tells(&day, ReportAudience::Sales, &["nobody has confirmed it", "one bill for all", "Product lead"]);
    day.does(
        "hu",
        Command::SignOff {
            gate: "launch/regression".into(),
            go: false,
            role: None,
            note: Some("yearly invoices are off by a cent".into()),
            answers: [].into(),
        },
    );
    assert_eq!(day.board().word, BoardWord::NoGo);
    tells(&day, ReportAudience::Executives, &["NO-GO", "off by a cent", "Invoices of yearly plans"]);
    let customers = page(&day, ReportAudience::Customers);
    assert!(!customers.contains("cent") && !customers.contains("Invoices"), "{customers}");
    // The risk is weighed, and accepted by whoever may; it is never called go.
    let risk = WaiverRisk {
        what: "a cent too much or too little on yearly invoices".into(),
        severity: Some(Risk::High),
        likelihood: Some(Risk::Low),
        users: Some("3 %".into()),
        workaround: Some("finance checks each by hand".into()),
    };
    let waive = Command::Waive {
        gate: "launch/regression".into(),
        reason: "the fix is due in a week, and few are concerned".into(),
        risk,
        until: at("2026-12-11T10:00:00Z"),
        conditions: vec!["finance checks each yearly invoice".into()],
    };
    assert!(day.tries("hu", waive.clone()).is_err(), "not by who owns it");
    day.does("octo", waive);
    for (who, gate, answers) in [
        ("hu", "launch/by-hand", &[][..]),
        ("mona", "launch/deal", &[("notes", "https://acme.test/deal")][..]),
        ("octo", "launch/guide", &[][..]),
    ] {
        day.does(who, signed(gate, answers));
    }
    tells(
        &day,
        ReportAudience::Executives,
        &["with 1 waiver", "severity high, likelihood low; users: 3 %", "workaround: finance"],
    );
    let conditions = Vote::GoWithConditions { conditions: vec!["monthly plans first".into()] };
    heard(&mut day, "octo", &[("hu", "engineering", conditions), ("mona", "sales", Vote::Go)]);
    day.does("hu", Command::Risk { risk: "cents".into(), step: RiskStep::Stated(cents()) });
    let option = Some(Str::from("ship-with-safeguards"));
    let why = "the date is kept, yearly invoices are checked by hand; to slip would cost the deal";
    let call = |risks| Command::Decide {
        decision: Decision::Go { option: option.clone() },
        reason: why.into(),
        overrides: false,
        over: vec![],
        seen: None,
        terms: DecisionTerms {
            considered: vec![
                Considered { option: "slip".into(), tradeoff: "right invoices, and no deal".into() },
                Considered { option: "partial-scope".into(), tradeoff: "no yearly plans for a month".into() },
            ],
            conditions: vec![Condition {
                text: "yearly invoices are right by themselves".into(),
                owner: "engineering".into(),
                due: None,
                before: Some("everyone".into()),
            }],
            replaces: false,
            review: None,
            risks,
        },
    };
    // Nobody says GO without having been told of what asks.
    assert_eq!(day.tries("octo", call(vec![])), Err("risk-unanswered"));
    let told = day.board().risks.iter().map(RiskState::decided).collect();
    day.does("octo", call(told));
    tells(&day, ReportAudience::Executives, &["**risk**", "a cent too much"]);
    tells(
        &day,
        ReportAudience::Sales,
        &["this is confirmed", "Wednesday, 9 December 2026", "| ready | The guide"],
    );
    tells(
        &day,
        ReportAudience::Minutes,
        &[
            "ship-with-safeguards",
            "to slip would cost the deal",
            "monthly plans first",
            "right invoices, and no deal",
        ],
    );
    day.now = at("2026-12-09T10:05:00Z");
    day.measures("refunds", 0.0, 1.0);
    day.starts("octo", "monthly");
    day.pass("24h");
    let holds =
        Command::JudgeCriterion { stage: "monthly".into(), criterion: "1".into(), holds: true, note: None };
    day.does("hu", holds);
    tells(&day, ReportAudience::Customers, &["20 % have it"]);
    assert!(day.tries("octo", moved("everyone", StageAct::Started)).is_err(), "the condition is open");
    for gate in ["launch/regression", "conditions/1.1"] {
        day.does("hu", signed(gate, &[]));
    }
    day.does(
        "hu",
        Command::Risk {
            risk: "cents".into(),
            step: RiskStep::Mitigated { note: "invoices are right".into() },
        },
    );
    day.starts("octo", "everyone");
    day.now = at("2026-12-11T10:00:00Z");
    approved(&mut day, "mona", "news");
    sent(&mut day, "octo", "news");
    tells(&day, ReportAudience::Customers, &["Buy seats for your whole team"]);
    a_marquee_deal_is_closed(&mut day);
}

/// The review two days after, the figures of the first week, and the end.
fn a_marquee_deal_is_closed(day: &mut Day) {
    let said =
        ("name a date only when the regression suite is green", "yearly invoices into the nightly suite");
    reviewed(day, "octo", said, "engineering");
    let close = || Command::Close {
        wish: CloseWish::Close { reason: "out to everybody".into(), unfinished: false, figures: None },
    };
    assert_eq!(day.tries("octo", close()), Err("not-finished"), "the figures of the first week are to come");
    day.now = at("2026-12-16T11:00:00Z");
    assert_eq!(day.tries("octo", close()), Err("not-finished"));
    day.does("octo", signed("launch/figures@2026-12-16", &[("teams", "41")]));
    closes(day, "octo", "out to everybody, and the customer has signed", false);
    all_read(
        day,
        [
            &["CLOSED", "out to everybody, and the customer has signed"],
            &["CLOSED", "A tenth of the teams has bought seats", "The figures of the first week"],
            &["Every customer has it; the first got it on Wednesday, 9 December 2026", "Seats for teams"],
            &["Everybody has it", "Buy seats for your whole team"],
            &["ship-with-safeguards", "yearly invoices into the nightly suite", "CLOSED", "cents"],
        ],
    );
    for outside in [ReportAudience::Sales, ReportAudience::Customers] {
        let page = page(day, outside);
        for secret in ["cent ", "regression", "octo", "not confirmed", "nightly"] {
            assert!(!page.contains(secret), "{secret}: {page}");
        }
    }
    let review = close::review(day);
    for part in [
        "name a date only when the regression suite is green",
        "| 1 | yearly invoices into the nightly suite | engineering | 2026-12-21",
        "teams = 41",
        "## Closed by octo",
        "## Risks",
        "sent",
    ] {
        assert!(review.contains(part), "{part}: {review}");
    }
}

/// The other way: the date slips, and whoever was promised it hears the new one.
#[test]
fn a_date_that_slips_is_told_to_whom_it_was_promised() {
    let mut day = Day::new("marquee-deal.yaml", "2026-12-08T10:00:00Z");
    heard(&mut day, "octo", &[("hu", "engineering", Vote::Go), ("mona", "sales", Vote::Go)]);
    let t0 = at("2026-12-16T10:00:00Z");
    day.does("octo", decided(Decision::Scrub { t0 }, "yearly invoices are not right"));
    let board = day.board();
    let later = message(&board, "later");
    assert!(later.status.asks() && later.text.contains("2026-12-16"), "{later:?}");
    tells(&day, ReportAudience::Executives, &["SCRUB", "A new date", "Planned first"]);
    tells(
        &day,
        ReportAudience::Sales,
        &["DELAYED to Wednesday, 16 December 2026", "It was originally planned for Wednesday, 9 December"],
    );
    sent(&mut day, "mona", "later");
    assert_eq!(message(&day.board(), "later").status, MessageStatus::Sent);
    // The customer does not wait: it is given up, and that is a decision too.
    day.now = at("2026-12-15T10:00:00Z");
    heard(&mut day, "octo", &[("hu", "engineering", Vote::Go), ("mona", "sales", Vote::Abstain)]);
    let gone = Decision::NoGo { option: Some("pivot".into()), new_date: None };
    day.does("octo", decided(gone, "the customer went elsewhere"));
    reviewed(&mut day, "octo", ("promise dates with a range", "talk to the customer in spring"), "sales");
    assert_eq!(
        day.tries(
            "octo",
            Command::Close {
                wish: CloseWish::Close { reason: "given up".into(), unfinished: false, figures: None }
            }
        ),
        Err("not-finished")
    );
    closes(&mut day, "octo", "given up: it comes with plans for companies", true);
    all_read(
        &day,
        [
            &["given up: it comes with plans for companies"],
            &["closed UNFINISHED"],
            &["STOPPED: it will not go out as planned. There is no new date yet."],
            &["It will not go out as planned. There is no new date yet."],
            &["the customer went elsewhere", "pivot", "promise dates with a range"],
        ],
    );
}
