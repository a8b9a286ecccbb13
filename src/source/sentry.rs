//! Sentry: new issues of a release, and its share of sessions without a crash.
//!
//! - The release must be known to Sentry: of one that is not, there are no issues and no sessions either.
//! - A rate of few sessions, or of none, proves nothing.
//! - A guardrail counts sessions by the hour, as Sentry does.
//!
//! The connection's address includes the organisation: `https://sentry.io/api/0/organizations/ORG`.

mod crash_free;
mod issues;
mod windows;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Declaration, Thing,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    declaration::Measures,
    guardrail,
    http::{HttpRequest, Scheme},
    setup::opened,
    spec::{Spec, unknown_thing},
};
use gonogo_domain::{Failure, FailureKind, Question, Str};
use gonogo_yaml::{Shape, Spanned};

/// How its connection is written.
const SERVER: ServerForm = ServerForm::new("sentry", "https://sentry.io/api/0/organizations/ORG", "", "")
    .on("sentry.io", &[])
    .with("/organizations/");

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "sentry",
    title: "Sentry",
    things: &[Thing::of::<issues::Keys>("issues"), Thing::of::<crash_free::Keys>("crash_free")],
    defaults: &["project", "environment"],
    servers: &[SERVER],
    measures: Some(Measures { decode: windows::decode, shape: Shape::of::<windows::Keys> }),
    open: |setup, connection| opened(Sentry { api: setup.api(&SERVER, connection, Scheme::Bearer)? }),
    ..Declaration::PLAIN
};

/// One organisation.
struct Sentry {
    api: Api,
}

/// All projects that the token may see. Without any number Sentry looks only at those of the token's own teams.
const ALL_PROJECTS: &str = "-1";

/// Which release, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ReleaseScope {
    release: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    /// A slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    version: String,
    projects: Vec<Project>,
    /// `open` or `archived`.
    status: Option<String>,
    /// When its first event came.
    first_event: Option<Value>,
    #[serde(default)]
    deploy_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project {
    /// A number, sometimes as text.
    id: Value,
    slug: String,
    /// Whether sessions came.
    #[serde(default)]
    has_health_data: bool,
}

/// A release that Sentry knows, and which project is meant.
struct KnownRelease {
    /// Its number, or [`ALL_PROJECTS`].
    project: String,
    /// Whether it ever ran: an event, a session or a deploy of it is there. Releases are made long before that.
    ran: bool,
}

/// One release of a list.
#[derive(Deserialize)]
struct Listed {
    version: String,
}

/// Pages of 100 releases whose version begins like the one that is looked for.
const MOST_PAGES: usize = 10;

impl ReleaseScope {
    fn check(
        spec: &mut Spec<'_, '_, '_>,
        release: Option<&Spanned<String>>,
        environment: Option<&Spanned<String>>,
        project: Option<&Spanned<String>>,
    ) -> Self {
        if let Some(spot) = release.filter(|spot| is_open(&spot.value)) {
            spec.wrong(spot.at, "not a release", "remove quotes, backslashes and stars");
        }
        Self {
            release: release.map_or_else(|| spec.version().to_owned(), |spot| spot.value.clone()),
            environment: spec.or_default(environment, "environment"),
            project: spec.or_default(project, "project"),
        }
    }

    fn describe(&self) -> String {
        let place = [&self.project, &self.environment];
        let place = place.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
        if place.is_empty() { self.release.clone() } else { format!("{} ({place})", self.release) }
    }

    /// What every question says of the place, once the project's number is known.
    fn query<'q>(&'q self, project: &'q str) -> Vec<(&'q str, &'q str)> {
        let environment = self.environment.as_deref().map(|name| ("environment", name));
        [("project", project)].into_iter().chain(environment).collect()
    }
}

/// Characters that would end the quotation in a search, or match more than one release.
fn is_open(release: &str) -> bool {
    release.is_empty() || release.contains(['"', '\\', '*']) || release.chars().any(char::is_control)
}

impl Sentry {
    /// The release's page: the API's own path without what makes it one.
    fn page(&self, place: &ReleaseScope) -> Option<Str> {
        let url = self.api.folder(&["releases", &place.release], &[]).ok()?;
        Some(url.as_str().replacen("/api/0/", "/", 1).into())
    }

    /// Makes sure that Sentry knows the release, in the project.
    async fn release(&self, place: &ReleaseScope, poll: &Poll<'_>) -> Result<KnownRelease, Failure> {
        if is_open(&place.release) {
            return Err(Failure::new(
                FailureKind::Rejected,
                "the release has characters that no release contains",
            )
            .advise("correct `release`, or the launch's version"));
        }
        let url = self.api.folder(&["releases", &place.release], &[])?;
        let what = format!("the release {}", place.release);
        let response = self.api.send(poll, HttpRequest::get(url), &what).await?;
        let release: Release = self.api.read(&response)?;
        if release.version != place.release {
            return Err(Failure::new(FailureKind::Malformed, "the answer is about another release"));
        }
        if release.status.as_deref() == Some("archived") {
            let message = format!("the release {} is archived", place.release);
            return Err(Failure::new(FailureKind::NotFound, message)
                .advise("restore it in Sentry, or correct `release` or the launch's version"));
        }
        let seen = release.first_event.is_some_and(|at| !at.is_null()) || release.deploy_count > 0;
        let Some(slug) = &place.project else {
            let ran = seen || release.projects.iter().any(|it| it.has_health_data);
            return Ok(KnownRelease { project: ALL_PROJECTS.into(), ran });
        };
        let Some(project) = release.projects.iter().find(|project| project.slug == *slug) else {
            let message = format!("the release {} is not in the project {slug}", place.release);
            return Err(Failure::new(FailureKind::NotFound, message)
                .advise("check `project`, and that the project reports this release"));
        };
        let id = project.id.as_str().map_or_else(|| project.id.to_string(), str::to_owned);
        // Of several projects, nobody says from which one the first event or the deploy is.
        let alone = release.projects.len() == 1;
        Ok(KnownRelease { project: id, ran: (seen && alone) || project.has_health_data })
    }

    /// Whether the release was ever seen in the environment. Sentry lists the releases of one by the events, sessions and
    /// deploys that came from there (Sentry API, *List an Organization's Releases*).
    async fn ran_in(
        &self,
        place: &ReleaseScope,
        known: &KnownRelease,
        poll: &Poll<'_>,
    ) -> Result<bool, Failure> {
        if place.environment.is_none() {
            return Ok(known.ran);
        }
        let mut query = place.query(&known.project);
        query.extend([("query", place.release.as_str()), ("per_page", "100")]);
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut page = query.clone();
            page.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let url = self.api.folder(&["releases"], &page)?;
            let response = self.api.send(poll, HttpRequest::get(url), "the releases").await?;
            if self.api.read::<Vec<Listed>>(&response)?.iter().any(|it| it.version == place.release) {
                return Ok(true);
            }
            match issues::next(&response, "releases")? {
                None => return Ok(false),
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                Some(_) => return Err(issues::incomplete("releases")),
            }
        }
        Err(issues::incomplete("releases"))
    }
}

impl QuestionSource for Sentry {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        match &*question.query.thing {
            "issues" => issues::answer(self, question, poll).await,
            "crash_free" => crash_free::answer(self, question, poll).await,
            guardrail::THING => windows::measure(self, question, poll).await,
            _ => Err(unknown_thing()),
        }
    }
}
