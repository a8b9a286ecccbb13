//! `PagerDuty`: open incidents of a service. A service that can raise none (disabled, in maintenance) proves nothing.
use serde::{Deserialize, Serialize};

use super::{
    Declaration, DecodedLimits, Description, Thing,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    fact::counted,
    finding::{MOST_ROWS, finding},
    http::Scheme,
    setup::opened,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

/// How its connection is written.
const SERVER: ServerForm = ServerForm::new("pagerduty", "https://api.pagerduty.com", "", "/incidents");

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "pagerduty",
    title: "PagerDuty",
    things: &[Thing::of::<Keys>("incidents")],
    servers: &[SERVER],
    open: |setup, connection| {
        let api = setup.api(&SERVER, connection, Scheme::Word("Token token="))?;
        opened(PagerDuty { api: api.with("accept", ACCEPT) })
    },
    ..Declaration::PLAIN
};

/// The console of an account has a name of its own, which only the answers tell.
const CONSOLES: &[(&str, &str)] = &[
    ("api.pagerduty.com", "https://app.pagerduty.com"),
    ("api.eu.pagerduty.com", "https://app.eu.pagerduty.com"),
];

/// The version of the API that these shapes are of.
const ACCEPT: &str = "application/vnd.pagerduty+json;version=2";

/// One account.
struct PagerDuty {
    api: Api,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    service: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    urgency: Option<String>,
    at_most: u64,
}

#[derive(Deserialize)]
struct Keys {
    service: Spanned<String>,
    urgency: Option<Spanned<String>>,
    at_most: Option<u64>,
}

#[derive(Deserialize)]
struct Services {
    service: Service,
}

#[derive(Deserialize)]
struct Service {
    id: String,
    status: String,
    html_url: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    incidents: Vec<Incident>,
    /// Null unless it is asked for.
    total: Option<u64>,
}

#[derive(Deserialize)]
struct Incident {
    incident_number: u64,
    title: Option<String>,
    status: String,
    html_url: Option<String>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "no incidents are open",
        keys: &[
            ("service", "the id of the service"),
            ("urgency", "only `high` or `low`; both by default"),
            ("at_most", "how many may be open; 0 by default"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let urgencies = [("high", "high"), ("low", "low")];
        let urgency = self.urgency.as_ref().and_then(|spot| spec.word(spot, &urgencies)).map(str::to_owned);
        let at_most = self.at_most.unwrap_or(0);
        let service = spec.text(&self.service, "the service");
        let which = urgency.as_ref().map(|urgency| format!("{urgency}-urgency ")).unwrap_or_default();
        let said = format!("open {which}incidents of {service}, at most {at_most}");
        spec.finish(Wanted { service, urgency, at_most }, said)
    }
}

impl PagerDuty {
    async fn incidents(&self, wanted: &Wanted, poll: &Poll<'_>) -> Result<Page, Failure> {
        let limit = MOST_ROWS.to_string();
        let mut query = vec![
            ("statuses[]", "triggered"),
            ("statuses[]", "acknowledged"),
            ("service_ids[]", wanted.service.as_str()),
            // Without it only the last month is looked at.
            ("date_range", "all"),
            ("total", "true"),
            ("limit", limit.as_str()),
        ];
        query.extend(wanted.urgency.as_deref().map(|urgency| ("urgencies[]", urgency)));
        self.api.get(poll, &["incidents"], &query, "the incidents").await
    }
}

fn row(incident: &Incident) -> String {
    format!(
        "#{} {} ({})",
        incident.incident_number,
        incident.title.as_deref().unwrap_or("(no title)"),
        incident.status
    )
}

impl QuestionSource for PagerDuty {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let wanted: Wanted = args(question)?;
        let path = ["services", wanted.service.as_str()];
        let Services { service } =
            self.api.get(poll, &path, &[], &format!("the service {}", wanted.service)).await?;
        if service.id != wanted.service {
            return Err(Failure::new(FailureKind::Malformed, "the answer is about another service"));
        }
        let page = self.incidents(&wanted, poll).await?;
        let shown = page.incidents.len() as u64;
        let total = page.total.filter(|total| *total >= shown && (*total == shown || shown > 0)).ok_or_else(
            || Failure::new(FailureKind::Incomplete, "PagerDuty's list of incidents is incomplete"),
        )?;
        let (outcome, reason) = counted(total, wanted.at_most, "open incident", "open incidents");
        let (outcome, reason) = match (outcome, service.status.as_str()) {
            (Outcome::Holds, "active" | "warning" | "critical") | (Outcome::Fails, _) => (outcome, reason),
            (_, status) => {
                (Outcome::Unclear, format!("the service is {status}, so it may not raise incidents"))
            }
        };
        let mut found = finding(outcome, reason, "incidents");
        found.rows = page.incidents.iter().map(|it| row(it).into()).collect();
        let only = match page.incidents.as_slice() {
            [only] => only.html_url.clone(),
            _ => None,
        };
        let page = only.or(service.html_url).filter(|url| !url.is_empty());
        found.url = page.or_else(|| self.api.page(CONSOLES, &["services", &wanted.service])).map(Into::into);
        Ok(found)
    }
}
