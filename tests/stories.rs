//! Four launches as they happen to people (`checklists/examples/`), each carried through by the real evaluator and the real
//! rules, and told to everybody on the way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can not go on stops")]

use chrono::{DateTime, Utc};
use gonogo::{
    domain::*,
    report::{AudienceInput, PageForm, ReportAudience, ReportContext as Beside, report},
};

use crate::support::day::{Day, back, ended, moved, step};

fn page(day: &Day, audience: ReportAudience) -> String {
    let board = day.board();
    let launch = day.launch.following(&board).unwrap_or_else(|| day.launch.clone());
    let (head, context) = ("", Beside::default());
    let told =
        AudienceInput { launch: &launch, board: &board, history: &day.history, head, context: &context };
    // What would be a reference somewhere is broken up.
    report(&told, audience, PageForm::Markdown).replace('\u{2060}', "")
}

/// The page for an audience says all of it.
fn tells(day: &Day, audience: ReportAudience, words: &[&str]) {
    let page = page(day, audience);
    for word in words {
        assert!(page.contains(word), "{audience:?}: {word}: {page}");
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Every station answers in the newest round, which is opened for it.
fn heard(day: &mut Day, director: &str, answers: &[(&str, &str, Vote)]) {
    day.does(director, Command::OpenRollCall);
    let round = u32::try_from(day.history.roll_calls.len()).unwrap();
    for (who, station, vote) in answers {
        let (station, vote) = ((*station).into(), vote.clone());
        day.does(who, Command::Vote { round, station, vote, note: None, corrects: None, saw: None });
    }
}

fn decided(decision: Decision, reason: &str) -> Command {
    let terms = DecisionTerms::default();
    Command::Decide { decision, reason: reason.into(), overrides: false, over: vec![], seen: None, terms }
}

fn signed(gate: &str, answers: &[(&str, &str)]) -> Command {
    let answers = answers.iter().map(|(name, answer)| ((*name).into(), (*answer).into())).collect();
    Command::SignOff { gate: gate.into(), go: true, role: None, note: None, answers }
}

fn message<'b>(board: &'b Board, id: &str) -> &'b MessageState {
    board.messages.iter().rfind(|it| &*it.of.message == id).unwrap_or_else(|| panic!("no {id}"))
}

/// Sent by hand, to the letter.
fn sent(day: &mut Day, who: &str, id: &str) {
    let digest = message(&day.board(), id).digest.clone().unwrap();
    let wish = MessageWish::Sent { digest, link: None, overrides: None };
    day.does(who, Command::Message { message: id.into(), cause: None, wish });
}

fn approved(day: &mut Day, who: &str, id: &str) {
    let digest = message(&day.board(), id).digest.clone().unwrap();
    day.does(
        who,
        Command::Message { message: id.into(), cause: None, wish: MessageWish::Approve { digest } },
    );
}

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
        &["this is decided", "Wednesday, 9 December 2026", "| ready | The guide"],
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
    day.does("hu", signed("conditions/1.1", &[]));
    day.starts("octo", "everyone");
    day.now = at("2026-12-11T10:00:00Z");
    approved(&mut day, "mona", "news");
    sent(&mut day, "octo", "news");
    tells(&day, ReportAudience::Customers, &["Buy seats for your whole team"]);
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
        &["DELAYED to Wednesday, 16 December 2026", "It was planned for Wednesday, 9 December"],
    );
    sent(&mut day, "mona", "later");
    assert_eq!(message(&day.board(), "later").status, MessageStatus::Sent);
}

fn incident(step: IncidentStep) -> Command {
    Command::Incident { incident: None, step }
}

/// Forty minutes: seen, told three times, taken back, all clear.
#[test]
fn an_incident_at_checkout_is_led_told_and_ended() {
    let mut day = Day::new("checkout-incident.yaml", "2026-12-02T08:00:00Z");
    let answers = [("on", "2026-12-01")];
    for (gate, answers) in [("launch/flag", &[][..]), ("launch/rehearsed", &answers[..])] {
        day.does("hu", signed(gate, answers));
    }
    day.pass("1h");
    day.measures("errors", 0.0, 5.0);
    day.starts("octo", "canary");
    day.pass("1h");
    day.measures("errors", 1.5, 5.0);
    day.pass("3m");
    let opening = Opening {
        title: "payments with saved cards fail".into(),
        severity: SeverityLevel::try_from(1).unwrap(),
        began: None,
        detected: None,
        lead: Some("hu".into()),
        comms: Some("mona".into()),
        scribe: None,
        link: None,
        goes_on: None,
    };
    day.does("hu", incident(IncidentStep::Opened(opening)));
    assert_eq!(day.board().word, BoardWord::Hold);
    assert!(day.tries("octo", moved("everyone", StageAct::Started)).is_err());
    tells(&day, ReportAudience::Customers, &["We have paused it: 10 % have it"]);
    tells(
        &day,
        ReportAudience::Executives,
        &["**incident**: SEV-1", "next update of the incident", "calls for a rollback"],
    );
    assert!(!page(&day, ReportAudience::Customers).contains("saved cards fail"));
    sent(&mut day, "mona", "trouble");
    tells(&day, ReportAudience::Customers, &["Some payments fail at the moment"]);
    day.does(
        "hu",
        incident(IncidentStep::Logged { text: "errors began with the canary".into(), decision: false }),
    );
    day.does("hu", back("three in ten payments fail"));
    tells(&day, ReportAudience::Customers, &["We are taking it back"]);
    sent(&mut day, "mona", "back");
    for told in ["The flag goes off", "The flag is off, we look", "Payments go through"] {
        day.pass("12m");
        day.does("mona", incident(IncidentStep::Updated { text: told.into() }));
        if told == "The flag goes off" {
            day.does("hu", step("flag-off"));
            day.measures("errors", 0.0, 5.0);
            day.does("hu", incident(IncidentStep::Mitigated { note: None }));
        }
    }
    day.does("mona", step("verify"));
    day.does("hu", ended(RollbackResult::RolledBack));
    day.does("hu", incident(IncidentStep::Resolved { note: Some("the flag is off".into()) }));
    sent(&mut day, "mona", "clear");
    tells(&day, ReportAudience::Customers, &["We have taken it back", "Payments go through again"]);
    let follow_up = vec!["on-call: a test for saved cards".into()];
    day.does("hu", incident(IncidentStep::Closed { began: None, follow_up }));
    let board = day.board();
    assert_eq!(board.named(), "ROLLED BACK");
    let times = &board.incident.as_ref().unwrap().times;
    assert!(times.resolved.unwrap() - times.opened >= chrono::TimeDelta::minutes(36));
    tells(&day, ReportAudience::Minutes, &["SEV-1", "The flag goes off", "a test for saved cards"]);
}

/// Out to a quarter, taken back, decided anew, out to everybody, closed.
#[test]
fn a_staged_rollout_is_taken_back_and_goes_out_again() {
    let mut day = Day::new("staged-rollback.yaml", "2026-12-02T08:00:00Z");
    day.does("octo", signed("launch/index", &[("report", "https://acme.test/index")]));
    day.does("hu", signed("launch/way-back", &[]));
    heard(&mut day, "octo", &[("hu", "on-call", Vote::Go)]);
    day.does("octo", decided(Decision::GO, "all stations said go"));
    day.pass("1h");
    day.measures("empty", 0.05, 5.0);
    day.starts("octo", "some");
    day.pass("70m");
    day.starts("octo", "quarter");
    tells(&day, ReportAudience::Customers, &["25 % have it", "planned for"]);
    day.measures("empty", 3.5, 5.0);
    day.pass("3m");
    assert_eq!(day.standing("quarter", "empty"), Standing::Breach);
    day.does("hu", back("most searches find nothing"));
    day.does("hu", step("old-index"));
    day.does("octo", step("look"));
    day.does("hu", ended(RollbackResult::RolledBack));
    tells(&day, ReportAudience::Sales, &["Customers do not have it any more"]);
    assert_eq!(day.tries("octo", moved("some", StageAct::Started)), Err("not-decided"));
    day.pass("4h");
    day.measures("empty", 0.05, 5.0);
    heard(&mut day, "octo", &[("hu", "on-call", Vote::Go)]);
    day.does("octo", decided(Decision::GO, "the index is mended"));
    for (stage, soak) in [("some", "70m"), ("quarter", "70m"), ("all", "70m")] {
        day.starts("octo", stage);
        day.pass(soak);
    }
    tells(&day, ReportAudience::Customers, &["Everybody has it"]);
    let close = |unfinished| Command::Close {
        wish: CloseWish::Close { reason: "everybody has it".into(), unfinished, figures: None },
    };
    assert_eq!(day.tries("octo", close(false)), Err("not-finished"), "the figures are open");
}

/// Owners speak of their items, one after another; one is at risk, one comes later, and both stand out.
#[test]
fn a_readiness_review_shows_what_nobody_confirmed() {
    let mut day = Day::new("gtm-readiness.yaml", "2027-02-10T09:00:00Z");
    let says = |gate: &str, step: ConfirmStep| Command::Confirm { gate: gate.into(), step };
    let link = Some(Str::from("https://acme.test/prices"));
    day.does("hu", says("launch/price", ConfirmStep::Confirmed { link, note: None }));
    assert!(
        day.tries("mona", says("launch/press", ConfirmStep::AtRisk { reason: "no time".into() })).is_err()
    );
    day.does("octo", says("launch/press", ConfirmStep::AtRisk { reason: "the photographer is ill".into() }));
    let later = ConfirmStep::NewDate {
        by: at("2027-03-01T12:00:00Z"),
        reason: "one language is missing".into(),
        link: None,
    };
    day.does("mona", says("launch/macros", later));
    let board = day.board();
    let standing =
        |gate: &str| board.readiness.iter().find(|it| it.gate == gate.into()).map(|it| it.standing);
    assert_eq!(standing("launch/price"), Some(PlanStanding::Confirmed));
    assert_eq!(standing("launch/press"), Some(PlanStanding::AtRisk));
    assert_eq!(standing("launch/macros"), Some(PlanStanding::NewDate));
    assert_eq!(board.word, BoardWord::Hold, "a word about a plan makes nothing go");
    let sales = page(&day, ReportAudience::Sales);
    for told in
        ["A free plan for small teams", "not ready", "Support answers in six languages", "Product marketing"]
    {
        assert!(sales.contains(told), "{told}: {sales}");
    }
    assert!(!sales.contains("photographer") && !sales.contains("price list"), "{sales}");
    day.now = at("2027-03-01T13:00:00Z");
    day.ready();
    heard(&mut day, "octo", &[("hu", "sales", Vote::Go), ("mona", "support", Vote::Go)]);
    day.does("octo", decided(Decision::GO, "all is there"));
    tells(&day, ReportAudience::Customers, &["It goes out on Tuesday, 2 March 2027"]);
}
