//! Where a person would look at a flag.

use super::spec::{Flag, FlagProvider};
use crate::api::Api;
use gonogo_domain::Str;

/// The flag's page, or the console that it is in where the page cannot be told from what the gate says.
pub(super) fn of(api: &Api, flag: &Flag) -> Option<Str> {
    let (project, key) = (flag.project.as_deref().unwrap_or_default(), flag.key.as_str());
    let page = match flag.provider {
        FlagProvider::Launchdarkly => api.page(&[], &["projects", project, "flags", key]),
        FlagProvider::Unleash => {
            api.url(&["projects", project, "features", key], &[]).ok().map(|url| url.to_string())
        }
        FlagProvider::Flagsmith => {
            let console = "https://app.flagsmith.com";
            api.page(&[("edge.api.flagsmith.com", console), ("api.flagsmith.com", console)], &[])
        }
        FlagProvider::Growthbook => {
            api.page(&[("api.growthbook.io", "https://app.growthbook.io")], &["features", key])
        }
        FlagProvider::Statsig => api.page(&[("statsigapi.net", "https://console.statsig.com")], &[]),
        FlagProvider::Ofrep => api.page(&[], &[]),
    };
    page.map(Into::into)
}
