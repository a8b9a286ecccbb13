//! Statuspage: what a public status page shows. The page itself is asked, without a key: the management API has no
//! read-only one.

mod writes;
use serde::{Deserialize, Serialize};

use super::{
    Declaration, DecodedLimits, Description, Sends, Thing,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    finding::{MOST_ROWS, finding},
    http::Scheme,
    setup::opened,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

/// How its connection is written.
const SERVER: ServerForm = ServerForm::new("statuspage", "https://status.example.com", "none", "/api/v2")
    .on("statuspage.io", &["api.", "manage."]);

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "statuspage",
    title: "Statuspage",
    things: &[Thing::of::<Keys>("status")],
    servers: &[SERVER, writes::MANAGED],
    sends: Some(Sends {
        writes: "statuspage",
        place: "the connection of the page to post to",
        fits: |to| to.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it)),
        open: writes::open,
    }),
    open: |setup, connection| {
        opened(Statuspage { api: setup.open_api(&SERVER, connection, Scheme::Word("OAuth "))? })
    },
    ..Declaration::PLAIN
};

/// One public page.
struct Statuspage {
    api: Api,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    page: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accept: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    page: Spanned<String>,
    accept: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
struct Summary {
    page: Page,
    status: Status,
    incidents: Vec<Incident>,
    components: Vec<Component>,
    #[serde(default)]
    scheduled_maintenances: Vec<Incident>,
}

#[derive(Deserialize)]
struct Page {
    id: String,
    name: String,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    indicator: String,
}

#[derive(Deserialize)]
struct Incident {
    name: String,
    status: String,
    impact: String,
}

#[derive(Deserialize)]
struct Component {
    name: String,
    status: String,
    #[serde(default)]
    group: bool,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a public status page reports no trouble",
        keys: &[
            ("page", "the address of the page"),
            ("accept", "`minor`: degraded performance and minor incidents pass"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let accept = self.accept.iter().flatten().filter_map(|spot| spec.word(spot, &[("minor", "minor")]));
        let accept: Vec<String> = accept.map(str::to_owned).collect();
        let page = spec.text(&self.page, "the page");
        let said = format!(
            "status page {page} shows no {}trouble",
            if accept.is_empty() { "" } else { "more than minor " }
        );
        spec.finish(Wanted { page, accept }, said)
    }
}

impl Page {
    /// Whether it is the one that was meant, by id, name or address.
    fn is(&self, wanted: &str) -> bool {
        let address = || Some((address(self.url.as_deref()?)?, address(wanted)?));
        self.id == wanted
            || self.name.eq_ignore_ascii_case(wanted)
            || address().is_some_and(|(own, wanted)| own == wanted)
    }
}

/// An address as far as it tells one page from another.
fn address(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}{port}{}", url.host_str()?, url.path().trim_end_matches('/')))
}

/// The page's indicator, its incidents and its components must all be well: each can be set without the others.
fn judge(wanted: &Wanted, summary: &Summary) -> (Outcome, String, Vec<String>) {
    let mut accepted = Vec::new();
    let mut outcome = Outcome::Holds;
    // A group shows the worst of its parts, some of which may not be shown.
    let parts = summary.components.iter();
    let works = summary.scheduled_maintenances.iter().filter(|it| it.is_under_way());
    let all = [("the page", impact(&summary.status.indicator))].into_iter();
    let open = summary.incidents.iter().filter(|it| !it.is_over());
    let all = all.chain(open.map(|it| ("an incident", open_impact(&it.impact))));
    let all = all.chain(works.map(|_| ("a maintenance in progress", ImpactLevel::Major)));
    let all = all.chain(parts.map(|it| ("a component", of_component(&it.status))));
    let mut reason = "no trouble is shown".to_owned();
    for (what, trouble) in all {
        let (judged, said) = match trouble {
            ImpactLevel::None => continue,
            ImpactLevel::Minor if wanted.accept.iter().any(|it| it == "minor") => {
                accepted.push(format!("minor: {what}"));
                continue;
            }
            ImpactLevel::Minor => (Outcome::Fails, format!("{what} shows minor trouble")),
            ImpactLevel::Major => (Outcome::Fails, format!("{what} shows trouble")),
            ImpactLevel::Unknown => {
                (Outcome::Unclear, format!("{what} shows a state that this version does not know"))
            }
        };
        if judged > outcome {
            outcome = judged;
            reason = said;
        }
    }
    accepted.dedup();
    (outcome, reason, accepted)
}

impl Incident {
    /// It is still listed for a while.
    fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "resolved" | "postmortem" | "completed")
    }

    /// One that is only announced is no trouble yet; one in a state that nobody knows may be.
    fn is_under_way(&self) -> bool {
        !self.is_over() && self.status != "scheduled"
    }
}

enum ImpactLevel {
    None,
    Minor,
    Major,
    Unknown,
}

fn impact(word: &str) -> ImpactLevel {
    match word {
        "none" => ImpactLevel::None,
        "minor" => ImpactLevel::Minor,
        "major" | "critical" | "maintenance" => ImpactLevel::Major,
        _ => ImpactLevel::Unknown,
    }
}

/// An open incident is trouble even if it is said to have no impact.
fn open_impact(word: &str) -> ImpactLevel {
    match impact(word) {
        ImpactLevel::None => ImpactLevel::Minor,
        other => other,
    }
}

fn of_component(status: &str) -> ImpactLevel {
    match status {
        "operational" => ImpactLevel::None,
        "degraded_performance" => ImpactLevel::Minor,
        "partial_outage" | "major_outage" | "under_maintenance" => ImpactLevel::Major,
        _ => ImpactLevel::Unknown,
    }
}

impl QuestionSource for Statuspage {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let wanted: Wanted = args(question)?;
        let summary: Summary =
            self.api.get(poll, &["api", "v2", "summary.json"], &[], "the status page").await?;
        if !summary.page.is(&wanted.page) {
            let message = format!(
                "this connection is for the page {} ({}), not {}",
                summary.page.name, summary.page.id, wanted.page
            );
            return Err(Failure::new(FailureKind::NotFound, message)
                .advise("write its id, its name or its address, or name the connection of the right page"));
        }
        let (outcome, reason, accepted) = judge(&wanted, &summary);
        let mut found = finding(outcome, reason, "summary");
        let works = summary.scheduled_maintenances.iter();
        let open = summary
            .incidents
            .iter()
            .chain(works)
            .map(|it| format!("{} ({}, {})", it.name, it.impact, it.status));
        let parts = summary.components.iter().filter(|it| !it.group && it.status != "operational");
        let rows = open.chain(parts.map(|it| format!("{}: {}", it.name, it.status)));
        found.rows = rows.take(MOST_ROWS).map(Into::into).collect();
        let shown = summary.page.url.as_deref().map(Into::into);
        found.url = shown.or_else(|| self.api.page(&[], &[]).map(Into::into));
        found.accepted = accepted.into_iter().map(Into::into).collect();
        Ok(found)
    }
}
