//! Datadog: the state of a monitor, and one number of a query.
//!
//! - Only a monitor in the state OK is well; "No Data" and every state that we do not know prove nothing.
//! - Of a series the newest whole bucket counts: the last one is still being filled.
//! - Of a guardrail all whole buckets count, if they are as long as its windows.
//! - Times are asked for by this machine's clock; if the server's differs by over a minute, the answer proves nothing.
//!
//! The connection's address is that of the site (`https://api.datadoghq.eu`), its token `API_KEY:APPLICATION_KEY`.

mod monitor;
mod query;
mod series;
mod windows;

use std::sync::Arc;

use http::HeaderName;

use super::{
    Declaration, NowFn, Thing, VariablePlaces,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    declaration::Measures,
    guardrail,
    http::Scheme,
    reach::{self, Gauges},
    setup::opened,
    spec::unknown_thing,
};
use gonogo_domain::{Question, Str};

/// How its connection is written.
const SERVER: ServerForm =
    ServerForm::new("datadog", "https://api.datadoghq.com", "API_KEY:APPLICATION_KEY", "/api/v1")
        .on("datadoghq.", &["app.", "us3.", "us5.", "ap1.", "ap2."]);

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "datadog",
    title: "Datadog",
    things: &[Thing::of::<monitor::Keys>("monitor"), Thing::of::<query::Keys>("query")],
    values: VariablePlaces { queries: &["query", "bad", "total", "value", "seen"], ..VariablePlaces::STRICT },
    servers: &[SERVER],
    measures: Some(Measures { decode: windows::decode, shape: guardrail::shape }),
    exposes: Some(Gauges { decode: windows::exposure, shape: reach::exposure_shape }),
    open: |setup, connection| {
        let [api_key, application_key] = ["dd-api-key", "dd-application-key"].map(HeaderName::from_static);
        let api = setup.api(&SERVER, connection, Scheme::Pair(api_key, application_key))?;
        opened(Datadog { api, clock: Arc::clone(&setup.clock) })
    },
    ..Declaration::PLAIN
};

/// One organisation on one site.
struct Datadog {
    api: Api,
    clock: NowFn,
}

impl Datadog {
    /// A page of the site: `app.datadoghq.eu` for `api.datadoghq.eu`, `us3.datadoghq.com` for `api.us3.datadoghq.com`.
    fn page(&self, path: &[&str]) -> Option<Str> {
        const SITES: &[(&str, &str)] = &[
            ("api.datadoghq.com", "https://app.datadoghq.com"),
            ("api.datadoghq.eu", "https://app.datadoghq.eu"),
            ("api.ddog-gov.com", "https://app.ddog-gov.com"),
            ("api.us3.datadoghq.com", "https://us3.datadoghq.com"),
            ("api.us5.datadoghq.com", "https://us5.datadoghq.com"),
            ("api.ap1.datadoghq.com", "https://ap1.datadoghq.com"),
            ("api.ap2.datadoghq.com", "https://ap2.datadoghq.com"),
        ];
        self.api.page(SITES, path).map(Into::into)
    }
}

impl QuestionSource for Datadog {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        match &*question.query.thing {
            "monitor" => monitor::answer(self, question, poll).await,
            "query" => query::answer(self, question, poll).await,
            guardrail::THING => windows::measure(self, question, poll).await,
            _ => Err(unknown_thing()),
        }
    }
}
