//! `PagerDuty`: open incidents of a service. A service that can raise none (disabled, in maintenance) proves nothing.

use futures_util::future::BoxFuture;
use http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::{
    Declaration, DecodedLimits, Description, GateLimits, Thing,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::{Picked, ServerForm},
    fact::counted,
    finding::{MOST_ROWS, finding},
    http::{Http, HttpRequest, Scheme},
    setup::opened,
    spec::{Spec, args},
};
use gonogo_domain::{Digest, Failure, FailureKind, Outcome, Question};
use gonogo_yaml::{Problem, Shape, Spanned};

/// How its connection is written.
const SERVER: ServerForm = ServerForm::new("pagerduty", "https://api.pagerduty.com", "", "/incidents");

/// What it is for.
const DESCRIPTION: Description = Description {
    proves: "no incident is open",
    keys: &[
        ("service", "the id of the service"),
        ("urgency", "only `high` or `low`; both unless it says otherwise"),
        ("at_most", "how many may be open; 0 unless it says otherwise"),
    ],
};

/// What files may ask for, and of whom.
pub static SOURCE: Declaration = Declaration {
    name: "pagerduty",
    title: "PagerDuty",
    things: &[Thing { name: "incidents", decode, shape: Shape::of::<Keys>, description: DESCRIPTION }],
    servers: &[SERVER],
    open: |setup, connection| {
        opened(PagerDuty::new(&setup.http, setup.connections.pick(&SERVER, connection)?)?)
    },
    ..Declaration::PLAIN
};

/// The console of an account has a name of its own, which only the answers tell.
const CONSOLES: &[(&str, &str)] = &[
    ("api.pagerduty.com", "https://app.pagerduty.com"),
    ("api.eu.pagerduty.com", "https://app.eu.pagerduty.com"),
];

const ACCEPT: HeaderValue = HeaderValue::from_static("application/vnd.pagerduty+json;version=2");

/// One account.
#[derive(Debug)]
pub struct PagerDuty {
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

fn decode(limits: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<DecodedLimits> {
    let mut spec = Spec::new(limits, problems);
    let keys: Keys = spec.read()?;
    let urgencies = [("high", "high"), ("low", "low")];
    let urgency = keys.urgency.as_ref().and_then(|spot| spec.word(spot, &urgencies)).map(str::to_owned);
    let at_most = keys.at_most.unwrap_or(0);
    let service = spec.text(&keys.service, "the service");
    let which = urgency.as_ref().map(|urgency| format!("{urgency}-urgency ")).unwrap_or_default();
    let said = format!("open {which}incidents of {service}, at most {at_most}");
    spec.finish(Wanted { service, urgency, at_most }, said)
}

impl PagerDuty {
    /// An account of the user's settings: `https://api.pagerduty.com`.
    ///
    /// # Errors
    /// Without a credential.
    pub fn new(http: &Http, connection: Picked<'_>) -> Result<Self, Failure> {
        Ok(Self { api: Api::new(http, connection, Scheme::Word("Token token="))? })
    }

    async fn judged(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let wanted: Wanted = args(question)?;
        let path = ["services", wanted.service.as_str()];
        let Services { service } =
            self.get(poll, &path, &[], &format!("the service {}", wanted.service)).await?;
        if service.id != wanted.service {
            return Err(Failure::new(FailureKind::Malformed, "the answer is about another service"));
        }
        let page = self.incidents(&wanted, poll).await?;
        let shown = page.incidents.len() as u64;
        let total = page.total.filter(|total| *total >= shown && (*total == shown || shown > 0)).ok_or_else(
            || Failure::new(FailureKind::Incomplete, "PagerDuty's list of incidents is not whole"),
        )?;
        let (outcome, reason) = counted(total, wanted.at_most, "open incident", "open incidents");
        let (outcome, reason) = match (outcome, service.status.as_str()) {
            (Outcome::Holds, "active" | "warning" | "critical") | (Outcome::Fails, _) => (outcome, reason),
            (_, status) => {
                (Outcome::Unclear, format!("the service is in the state {status}: it may raise no incidents"))
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
        self.get(poll, &["incidents"], &query, "the incidents").await
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        poll: &Poll<'_>,
        path: &[&str],
        query: &[(&str, &str)],
        what: &str,
    ) -> Result<T, Failure> {
        let request = HttpRequest::get(self.api.url(path, query)?).accept(ACCEPT);
        self.api.read(&*self.api.send(poll, request, what).await?)
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

    fn server(&self) -> Option<Digest> {
        Some(self.api.server())
    }

    fn answer<'p>(&'p self, question: &'p Question, poll: &'p Poll<'p>) -> BoxFuture<'p, FindingResult> {
        Box::pin(self.judged(question, poll))
    }
}
