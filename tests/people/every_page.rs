//! What happens after GO, on every page: an incident, its messages, the review, the closing. Each act is followed to each page
//! that tells of it, and no page says what is not so any more.

use super::{LAUNCH, Meeting};

const AFTER: &str = "\
comms:
  messages:
    - { message: trouble, title: Trouble, audience: customers, via: { by_hand: Status page }, owner: support, approved_by: [director], occasion: incident, public: true, text: Some payments fail. }
    - { message: news, title: News, audience: staff, via: { by_hand: Chat }, owner: support, occasion: update, text: '{{ launch.update }}' }
    - { message: clear, title: All clear, audience: customers, via: { by_hand: Status page }, owner: support, occasion: all_clear, public: true, text: All is well again. }
";

const FIGURES: &str = "  - { gate: figures, title: The figures are recorded, blocks: close, owner: qa, task: { by: [qa], asks: { users: number } } }\n";

/// Every page, by the command that writes it.
const PAGES: [(&str, &[&str]); 25] = [
    ("executives", &["report", "--for", "executives", "--timeout", "2s"]),
    ("engineers", &["report", "--for", "engineers", "--timeout", "2s"]),
    ("sales", &["report", "--for", "sales", "--timeout", "2s"]),
    ("customers", &["report", "--for", "customers", "--timeout", "2s"]),
    ("minutes of now", &["report", "--for", "minutes", "--timeout", "2s"]),
    ("text", &["check", "--timeout", "2s"]),
    ("json", &["check", "--format", "json", "--timeout", "2s"]),
    ("markdown", &["check", "--format", "markdown", "--timeout", "2s"]),
    ("html", &["check", "--format", "html", "--timeout", "2s"]),
    ("junit", &["check", "--format", "junit", "--timeout", "2s"]),
    ("prometheus", &["check", "--format", "prometheus", "--timeout", "2s"]),
    ("github", &["check", "--format", "github", "--timeout", "2s"]),
    ("path", &["path", "--timeout", "2s"]),
    ("messages", &["message", "list"]),
    ("incident", &["incident", "show"]),
    ("review", &["review", "--timeout", "2s"]),
    ("minutes", &["minutes"]),
    ("replay", &["replay"]),
    ("history", &["history"]),
    ("launches", &["launches", "."]),
    ("who", &["who"]),
    ("journal", &["journal", "show"]),
    ("calendar", &["calendar"]),
    ("timeline", &["report", "--format", "svg", "--screen", "timeline", "--timeout", "2s"]),
    ("attest", &["attest", "--timeout", "2s"]),
];

/// The pages as they are now.
struct Pages(Vec<(&'static str, String)>);

impl Pages {
    fn of(meeting: &Meeting) -> Self {
        let page = |(name, args): (&'static str, &[&str])| {
            let said = meeting.run("eve", args);
            assert!(matches!(said.code, Some(0 | 1 | 3)), "{name}: {:?} {}", said.code, said.err);
            // What would be a reference somewhere is broken up.
            (name, said.out.replace('\u{2060}', ""))
        };
        Self(PAGES.into_iter().map(page).collect())
    }

    fn page(&self, name: &str) -> &str {
        &self.0.iter().find(|(it, _)| *it == name).unwrap().1
    }

    fn tell(&self, all: &[(&str, &str)]) -> &Self {
        for (name, part) in all {
            let page = self.page(name);
            assert!(page.contains(part), "{name} does not tell `{part}`:\n{page}");
        }
        self
    }

    /// On none of these pages.
    fn nowhere(&self, part: &str, but: &[&str]) -> &Self {
        for (name, page) in self.0.iter().filter(|(name, _)| !but.contains(name)) {
            assert!(!page.contains(part), "{name} tells `{part}`:\n{page}");
        }
        self
    }
}

fn launched() -> Meeting {
    let meeting = Meeting::new();
    let launch = LAUNCH.replace("rollout:\n", &format!("{FIGURES}rollout:\n")) + AFTER;
    std::fs::write(meeting.path("launch.yaml"), launch).unwrap();
    meeting.ready();
    meeting.goes_out()
}

/// What each page tells of an incident that was opened just now.
const OPEN: &[(&str, &str)] = &[
    ("executives", "# HOLD"),
    ("executives", "SEV-1, Checkout fails, since"),
    ("executives", "approve the message \"Trouble\" to customers"),
    ("engineers", "**HOLD, the incident**: incident 1"),
    ("engineers", "approve the words of trouble: gonogo message approve trouble"),
    ("sales", "PAUSED during the rollout: 10 % have it"),
    ("customers", "We have paused the rollout: 10 % have it"),
    ("minutes of now", "## Incident 1: Checkout fails"),
    ("text", "incident 1 (SEV-1) holds the rollout: open"),
    ("text", "GO by octo at "),
    ("text", "approve the words of trouble: gonogo message approve trouble"),
    ("json", "\"cause\": \"incident\""),
    ("markdown", "**HOLD: the incident**"),
    ("html", "HOLD: the incident"),
    ("junit", "<testcase name=\"the incident\""),
    ("prometheus", "gonogo_incident{launch=\"rocket-2\",severity=\"1\"} 1"),
    ("prometheus", "gonogo_lowered{launch=\"rocket-2\",cause=\"incident\",at_most=\"hold\"} 1"),
    ("github", "::warning title=HOLD%3A the incident::"),
    ("path", "resolve the incident, or say that the rollout goes on: gonogo incident show"),
    ("messages", "to be approved       trouble"),
    ("incident", "draft of the next update:"),
    ("review", "is open"),
    ("replay", "the board: GO -> HOLD: incident 1 (SEV-1) holds the rollout"),
    ("history", "incidents   1"),
    ("launches", "HOLD"),
    ("who", "the incident: resolve the incident"),
    ("who", "message trouble: approve the words of trouble"),
    ("journal", "incident 1: SEV-1 opened: Checkout fails"),
    ("calendar", "Trouble to customers"),
    ("timeline", "SEV-1"),
    ("attest", "\"FAILED\""),
];

/// The pages that keep what was.
const RECORDS: [&str; 7] = ["minutes of now", "incident", "review", "replay", "journal", "json", "minutes"];

#[test]
fn an_incident_and_its_messages_are_told_on_every_page() {
    let meeting = launched();
    meeting
        .does("mo", &["incident", "open", "--severity", "1", "--title", "Checkout fails", "--comms", "mo"]);
    let approve = "approve the words of trouble: gonogo message approve trouble";
    Pages::of(&meeting).tell(OPEN).nowhere(
        "SEV-1",
        &[
            &RECORDS[..5],
            &[
                "executives",
                "engineers",
                "text",
                "json",
                "markdown",
                "html",
                "junit",
                "github",
                "timeline",
                "calendar",
                "attest",
            ],
        ]
        .concat(),
    );
    let outside = Pages::of(&meeting);
    assert!(!outside.page("customers").contains("Checkout fails"), "{}", outside.page("customers"));

    meeting.does("octo", &["message", "approve", "trouble", "--yes-i-know", "APPROVE"]);
    meeting.does("mo", &["message", "send", "trouble", "--sent", "--link", "https://status.example.com/1"]);
    meeting.does("mo", &["incident", "update", "We are at it"]);
    Pages::of(&meeting)
        .tell(&[
            ("sales", "**Trouble**: Some payments fail."),
            ("customers", "**Trouble**: Some payments fail."),
            ("minutes of now", "sent message trouble: https"),
            ("text", "send news to staff: gonogo message send news"),
            ("messages", "sent                 trouble"),
            ("messages", "due                  news"),
            ("incident", "mo: We are at it"),
            ("review", "told stakeholders: We are at it"),
            ("who", "message news: send news to staff"),
            ("journal", "sent message trouble"),
            ("calendar", "Trouble to customers (sent)"),
        ])
        .nowhere(approve, &[]);
    meeting.does("mo", &["message", "send", "news", "--sent"]);

    meeting.does("mo", &["incident", "resolved", "--note", "the flag is off"]);
    assert_eq!(meeting.check().0, Some(0));
    let pages = Pages::of(&meeting);
    pages
        .tell(&[
            ("executives", "# GO"),
            ("executives", "send the message \"All clear\" to customers"),
            ("engineers", "resolved since"),
            ("sales", "10 % have it"),
            ("customers", "10 % have it"),
            ("minutes of now", "- Status: resolved"),
            ("text", "resolved since"),
            ("path", "nothing stands in the way"),
            ("messages", "due                  clear"),
            ("incident", "no more updates are due"),
            ("review", "is resolved"),
            ("launches", "GO"),
            ("who", "message clear: send clear to customers"),
            ("calendar", "All clear to customers (due)"),
            ("attest", "\"PASSED\""),
        ])
        .nowhere("rollout waits", &RECORDS)
        .nowhere("gonogo_incident{", &[]);
    for outside in ["sales", "customers"] {
        let page = pages.page(outside).to_lowercase();
        assert!(!page.contains("paused"), "{page}");
    }
    meeting.does("mo", &["message", "send", "clear", "--sent"]);
    Pages::of(&meeting)
        .tell(&[("customers", "All is well again."), ("sales", "All is well again.")])
        .nowhere("send clear to customers", &[]);
}

#[test]
fn the_review_and_the_closing_are_told_on_every_page() {
    let meeting = launched();
    meeting.does("mo", &["incident", "open", "--severity", "2", "--title", "Mails are late"]);
    meeting.does("mo", &["incident", "resolved", "--note", "all are out"]);
    meeting.does("mo", &["incident", "close", "--follow-up", "qa: a test of the queue"]);
    meeting.does("mo", &["message", "not-needed", "clear", "--reason", "nobody noticed"]);
    meeting.does("mo", &["review", "learn", "brief support earlier"]);
    meeting.does("mo", &["review", "follow-up", "alert on refunds", "--owner", "qa"]);
    Pages::of(&meeting)
        .tell(&[
            ("review", "brief support earlier"),
            ("review", "| 1 | alert on refunds | qa |"),
            ("review", "- launch/figures is pending"),
            ("review", "- stage everyone is ready"),
            ("who", "follow-up 1: alert on refunds"),
            ("journal", "learned: brief support earlier"),
            ("incident", "a test of the queue"),
        ])
        .nowhere("CLOSED", &[]);
    meeting.does("hu", &["sign", "launch/figures", "--go", "--answer", "users=512"]);
    meeting.does("octo", &["stage", "everyone", "--start", "--yes-i-know", "everyone"]);
    meeting.does("octo", &["close", "--reason", "all is in"]);
    let why = "by octo: all is in";
    Pages::of(&meeting)
        .tell(&[
            ("executives", "# CLOSED: by octo: all is in; evidence: GO"),
            ("engineers", "# CLOSED: by octo: all is in; evidence: GO"),
            ("sales", "Every customer has it"),
            ("customers", "Everybody has it."),
            ("minutes of now", "CLOSED: by octo: all is in"),
            ("text", "CLOSED: by octo: all is in; evidence: GO"),
            ("json", "\"headline\": \"CLOSED: by octo: all is in; evidence: GO\""),
            ("markdown", "CLOSED: by octo"),
            ("html", "<h1 class=\"hold\">CLOSED: by octo"),
            ("junit", "<testsuites name=\"CLOSED: by octo"),
            ("prometheus", "gonogo_lowered{launch=\"rocket-2\",cause=\"closed\",at_most=\"hold\"} 1"),
            ("github", "CLOSED%3A by octo%3A all is in"),
            ("path", "CLOSED: by octo"),
            ("messages", "CLOSED: by octo"),
            ("incident", "CLOSED: by octo"),
            ("review", "## Closed by octo"),
            ("replay", "CLOSED the launch: all is in"),
            ("history", "closed      "),
            ("launches", "CLOSED"),
            ("who", "CLOSED: by octo"),
            ("journal", "CLOSED the launch: all is in"),
            ("timeline", why),
            ("attest", "\"FAILED\""),
        ])
        .nowhere("When it can be GO is not known", &[])
        .nowhere("next: close 100 %", &[])
        // They are of the decision, and know nothing of what came after it.
        .nowhere(
            "CLOSED",
            &PAGES
                .map(|(name, _)| name)
                .into_iter()
                .filter(|it| !["minutes", "sales", "customers"].contains(it))
                .collect::<Vec<_>>(),
        );

    meeting.does("octo", &["reopen", "--reason", "a late report"]);
    assert_eq!(meeting.check().0, Some(0));
    Pages::of(&meeting)
        .tell(&[
            ("executives", "# GO"),
            ("text", "GO  Rocket"),
            ("review", "| Closed | no |"),
            ("journal", "opened the launch again: a late report"),
            ("attest", "\"PASSED\""),
        ])
        .nowhere("CLOSED", &["review", "replay", "journal"]);
}
