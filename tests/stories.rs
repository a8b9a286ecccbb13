//! Four launches as they happen to people (`checklists/examples/`), each carried through by the real evaluator and the real
//! rules, and told to everybody on the way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod close;
mod deal;

use chrono::{DateTime, Utc};
use gonogo::{
    domain::*,
    report::{AudienceInput, PageForm, ReportAudience, ReportContext as Beside, report},
};

use self::close::{all_read, closes, reviewed};
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
    tells(&day, ReportAudience::Customers, &["We have paused the rollout: 10 % have it"]);
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
    tells(&day, ReportAudience::Customers, &["We are rolling it back"]);
    sent(&mut day, "mona", "back");
    for told in ["The flag goes off", "The flag is off, we look", "Payments go through"] {
        day.pass("12m");
        day.does("mona", incident(IncidentStep::Updated { text: told.into() }));
        // What was not sent in time is told no more: the newest is.
        if told != "The flag is off, we look" {
            assert_eq!(message(&day.board(), "news").text.as_ref(), told);
            sent(&mut day, "mona", "news");
        }
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
    tells(&day, ReportAudience::Customers, &["We have rolled it back", "Payments go through again"]);
    let follow_up = vec!["on-call: a test for saved cards".into()];
    day.does("hu", incident(IncidentStep::Closed { began: None, follow_up }));
    let board = day.board();
    assert_eq!(board.named(), "ROLLED BACK");
    let times = &board.incident.as_ref().unwrap().times;
    assert!(times.resolved.unwrap() - times.opened >= chrono::TimeDelta::minutes(36));
    tells(&day, ReportAudience::Minutes, &["SEV-1", "The flag goes off", "a test for saved cards"]);
    let news: Vec<_> =
        board.messages.iter().filter(|it| &*it.of.message == "news").map(|it| it.status).collect();
    assert_eq!(news, [MessageStatus::Sent, MessageStatus::NotNeeded, MessageStatus::Sent]);
    // The day after.
    day.pass("24h");
    day.does("octo", signed("launch/review", &[]));
    close::learned(&mut day, "hu", "saved cards have no test with an old token");
    close::follows(&mut day, "hu", "a test for saved cards in the canary");
    let due = day.now + chrono::TimeDelta::days(7);
    close::given(&mut day, "hu", 1, "on-call", due);
    closes(&mut day, "octo", "taken back for good: it comes with 3.2", true);
    all_read(
        &day,
        [
            &["taken back for good: it comes with 3.2"],
            &["closed UNFINISHED", "The review was held"],
            &["customers no longer have it", "Checkout works again"],
            &["We have rolled it back", "Payments go through again"],
            &["sent message news", "saved cards have no test with an old token", "SEV-1"],
        ],
    );
    let review = close::review(&day);
    for part in [
        "payments with saved cards fail",
        "a test for saved cards in the canary",
        "stage everyone is planned",
    ] {
        assert!(review.contains(part), "{part}: {review}");
    }
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
    tells(&day, ReportAudience::Sales, &["customers no longer have it"]);
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
    day.now = at("2026-12-04T09:00:00Z");
    reviewed(
        &mut day,
        "octo",
        ("look at empty searches in the first ten minutes", "an alert on empty searches"),
        "on-call",
    );
    day.now = at("2026-12-09T10:00:00Z");
    day.does("octo", signed("launch/figures@2026-12-09", &[("searches", "5100000")]));
    day.does("hu", Command::Review { step: ReviewStep::Done { number: 1, note: Some("it rings".into()) } });
    closes(&mut day, "octo", "everybody finds what they meant", false);
    all_read(
        &day,
        [
            &["CLOSED", "everybody finds what they meant"],
            &["CLOSED", "The figures of the first week"],
            &["Every customer has it"],
            &["Everybody has it", "Search finds what you meant"],
            &["most searches find nothing", "an alert on empty searches", "it rings"],
        ],
    );
    assert!(!page(&day, ReportAudience::Customers).contains("not confirmed"));
    let review = close::review(&day);
    for part in ["searches = 5100000", "most searches find nothing", "done: it rings", "## Closed by octo"] {
        assert!(review.contains(part), "{part}: {review}");
    }
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
    sent(&mut day, "octo", "brief");
    day.now = at("2027-03-02T10:30:00Z");
    approved(&mut day, "hu", "news");
    sent(&mut day, "octo", "news");
    // Nothing of it is code, so nothing records who has it: the decision is what can be told.
    tells(
        &day,
        ReportAudience::Customers,
        &["It was confirmed for Tuesday, 2 March 2027", "Small teams work for free from today"],
    );
    assert!(!page(&day, ReportAudience::Customers).contains("not out yet"));
    day.now = at("2027-03-09T10:00:00Z");
    day.does("octo", signed("launch/adoption@2027-03-09", &[("sign_ups", "1240")]));
    close::learned(&mut day, "mona", "six languages need six weeks");
    close::follows(&mut day, "mona", "book translators with the date");
    let due = day.now + chrono::TimeDelta::days(14);
    close::given(&mut day, "octo", 1, "support", due);
    closes(&mut day, "octo", "sign-ups are above plan", false);
    all_read(
        &day,
        [
            &["CLOSED", "sign-ups are above plan"],
            &["CLOSED", "Sign-ups of the first week"],
            &["Every customer has it; the first got it on Tuesday, 2 March 2027", "ready"],
            &["Everybody has it", "A free plan for small teams"],
            &["all is there", "book translators with the date"],
        ],
    );
    let review = close::review(&day);
    for part in ["sign\\_ups = 1240", "six languages need six weeks", "support"] {
        assert!(review.contains(part), "{part}: {review}");
    }
}
