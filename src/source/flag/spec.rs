//! What a `flag` gate may say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    DecodedLimits, Description, GateLimits, Gauged,
    connection::ServerForm,
    fact::limit,
    reach,
    spec::{LimitKeys, Spec},
};
use gonogo_yaml::{Entries, Problem, Spanned};

const LAUNCHDARKLY: ServerForm =
    ServerForm::new("launchdarkly", "https://app.launchdarkly.com", "", "/api/v2");
const UNLEASH: ServerForm = ServerForm::new("unleash", "https://HOST", "", "/api/admin");
const FLAGSMITH: ServerForm =
    ServerForm::new("flagsmith", "https://edge.api.flagsmith.com/api/v1", "the environment's key", "/flags")
        .on("flagsmith.com", &["app."])
        .with("/api/v1");
const GROWTHBOOK: ServerForm =
    ServerForm::new("growthbook", "https://api.growthbook.io", "", "/api/v2").on("growthbook.io", &["app."]);
const STATSIG: ServerForm =
    ServerForm::new("statsig", "https://statsigapi.net", "", "/console/v1").on("statsig.com", &["console."]);
const OFREP: ServerForm = ServerForm::new("ofrep", "https://HOST", "", "/ofrep/v1");

/// The servers of all of them.
pub(super) const SERVERS: &[ServerForm] = &[LAUNCHDARKLY, UNLEASH, FLAGSMITH, GROWTHBOOK, STATSIG, OFREP];

/// Who keeps the flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FlagProvider {
    Launchdarkly,
    Unleash,
    Flagsmith,
    Growthbook,
    Statsig,
    Ofrep,
}

/// A state of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Expect {
    Enabled,
    Disabled,
    Archived,
}

/// What is asked of a flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flag {
    pub(super) provider: FlagProvider,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) environment: Option<String>,
    pub(super) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expect: Option<Expect>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) percent_at_most: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) percent_at_least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) context: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    key: Spanned<String>,
    provider: Option<Spanned<String>>,
    project: Option<Spanned<String>>,
    environment: Option<Spanned<String>>,
    expect: Option<Spanned<String>>,
    percent_at_most: Option<Spanned<f64>>,
    percent_at_least: Option<Spanned<f64>>,
    value: Option<Spanned<String>>,
    context: Option<Spanned<Entries<String>>>,
}

impl FlagProvider {
    pub(super) const ALL: [Self; 6] =
        [Self::Launchdarkly, Self::Unleash, Self::Flagsmith, Self::Growthbook, Self::Statsig, Self::Ofrep];

    /// How its connection is written.
    pub(super) const fn server(self) -> &'static ServerForm {
        match self {
            Self::Launchdarkly => &LAUNCHDARKLY,
            Self::Unleash => &UNLEASH,
            Self::Flagsmith => &FLAGSMITH,
            Self::Growthbook => &GROWTHBOOK,
            Self::Statsig => &STATSIG,
            Self::Ofrep => &OFREP,
        }
    }

    /// Its name in files and settings.
    pub(super) const fn name(self) -> &'static str {
        self.server().source
    }

    fn needs_project(self) -> bool {
        matches!(self, Self::Launchdarkly | Self::Unleash)
    }

    /// Where the credential chooses the environment, a name in a file could not be checked.
    fn knows_environments(self) -> bool {
        !matches!(self, Self::Flagsmith | Self::Ofrep)
    }
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a feature flag is as planned",
        keys: &[
            ("key", "the flag's key"),
            (
                "provider",
                "the provider: `launchdarkly`, `unleash`, `flagsmith`, `growthbook`, `statsig` or `ofrep`",
            ),
            ("project", "the project that it is in (`launchdarkly`, `unleash`)"),
            (
                "environment",
                "the environment whose state counts; with `flagsmith` and `ofrep` the token decides it",
            ),
            ("expect", "`enabled`, `disabled` or `archived`"),
            ("percent_at_most", "the largest share of people who may get it, 0 to 100"),
            ("percent_at_least", "the smallest share of people who must get it, 0 to 100"),
            ("value", "what it must evaluate to (`ofrep`)"),
            ("context", "for whom it is evaluated, such as `{ targetingKey: canary }` (`ofrep`)"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let provider = provider(&mut spec, self.provider.as_ref())?;
        let flag = Flag {
            provider,
            project: spec.or_default(self.project.as_ref(), "project").filter(|_| provider.needs_project()),
            environment: spec.or_default(self.environment.as_ref(), "environment"),
            key: spec.text(&self.key, "the key"),
            expect: self.expect.as_ref().and_then(|spot| expect(&mut spec, spot)),
            percent_at_most: self.percent_at_most.as_ref().and_then(|spot| percent(&mut spec, spot)),
            percent_at_least: self.percent_at_least.as_ref().and_then(|spot| percent(&mut spec, spot)),
            value: self.value.as_ref().map(|spot| spot.value.clone()),
            context: context(&mut spec, self.context.as_ref()),
        };
        place(&mut spec, &flag, self.project.as_ref(), self.environment.as_ref());
        within_provider(&mut spec, &flag, &self);
        let said = flag.describe();
        spec.finish(flag, said)
    }
}

#[derive(Deserialize)]
pub(super) struct ActualKeys {
    key: Spanned<String>,
    provider: Option<Spanned<String>>,
    project: Option<Spanned<String>>,
    environment: Option<Spanned<String>>,
}

/// A flag whose percentage tells how far a release is out.
pub(super) fn actual(limits: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    let mut spec = Spec::new(limits, problems);
    let ActualKeys { key, provider, project, environment } = spec.read()?;
    let provider = self::provider(&mut spec, provider.as_ref())?;
    let flag = Flag {
        provider,
        project: spec.or_default(project.as_ref(), "project").filter(|_| provider.needs_project()),
        environment: spec.or_default(environment.as_ref(), "environment"),
        key: spec.text(&key, "the key"),
        expect: None,
        percent_at_most: None,
        percent_at_least: None,
        value: None,
        context: BTreeMap::new(),
    };
    place(&mut spec, &flag, project.as_ref(), environment.as_ref());
    if matches!(provider, FlagProvider::Ofrep | FlagProvider::Flagsmith) {
        spec.wrong(key.at, format!("{} has no percentages", provider.name()), "use another provider");
    }
    let said = format!("percentage of the flag {}", flag.key);
    Some((reach::ACTUAL, spec.finish(flag, said)?))
}

fn provider(spec: &mut Spec<'_, '_, '_>, written: Option<&Spanned<String>>) -> Option<FlagProvider> {
    let names: Vec<(&str, FlagProvider)> =
        FlagProvider::ALL.map(|provider| (provider.name(), provider)).into();
    if let Some(spot) = written {
        return spec.word(spot, &names);
    }
    let all = names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let Some(default) = spec.default("provider") else {
        spec.lacks(
            "the provider of the flag is missing",
            format!("add `provider`, here or under `defaults`: {all}"),
        );
        return None;
    };
    let found = names.iter().find(|(name, _)| *name == &*default).map(|(_, provider)| *provider);
    if found.is_none() {
        spec.lacks(format!("the default provider `{default}` does not exist"), format!("choose from {all}"));
    }
    found
}

/// Where the flag is kept must be said as far as it can be checked, and no further.
fn place(
    spec: &mut Spec<'_, '_, '_>,
    flag: &Flag,
    project: Option<&Spanned<String>>,
    environment: Option<&Spanned<String>>,
) {
    let name = flag.provider.name();
    if flag.provider.needs_project() && flag.project.is_none() {
        spec.lacks(format!("flags of {name} are in projects"), "add `project`, here or under `defaults`");
    }
    if let Some(project) = project.filter(|_| !flag.provider.needs_project()) {
        spec.wrong(
            project.at,
            format!("{name} takes no project"),
            "remove it: the token belongs to one project",
        );
    }
    match &flag.environment {
        None if flag.provider.knows_environments() && flag.expect != Some(Expect::Archived) => {
            spec.lacks(
                format!("{name} has a state for each environment"),
                "add `environment`, here or under `defaults`",
            );
        }
        Some(_) if !flag.provider.knows_environments() => {
            let message =
                format!("the token of {name} decides the environment, so a name here could not be checked");
            let help =
                "remove `environment` (also under `defaults`), and name a `connection` for each environment";
            match environment {
                Some(spot) => spec.wrong(spot.at, message, help),
                None => spec.lacks(message, help),
            }
        }
        _ => {}
    }
}

/// Nothing may be asked that the provider cannot answer.
fn within_provider(spec: &mut Spec<'_, '_, '_>, flag: &Flag, keys: &Keys) {
    let name = flag.provider.name();
    let limits = keys.percent_at_most.is_some() || keys.percent_at_least.is_some();
    if keys.expect.is_none() && !limits && keys.value.is_none() {
        spec.lacks(
            "it does not say what the flag must be",
            "add `expect: enabled`, `percent_at_most: 10` or, for ofrep, `value`",
        );
    }
    if let (Some(most), Some(least)) = (flag.percent_at_most, flag.percent_at_least)
        && least > most
    {
        spec.lacks("`percent_at_least` is more than `percent_at_most`: no percentage fits", "swap them");
    }
    let evaluates = flag.provider == FlagProvider::Ofrep;
    let percent = keys.percent_at_most.as_ref().or(keys.percent_at_least.as_ref());
    if let Some(spot) = percent.filter(|_| evaluates || flag.provider == FlagProvider::Flagsmith) {
        spec.wrong(
            spot.at,
            format!("{name} has no percentages"),
            "ask for `expect` or `value`, or another provider",
        );
    }
    let blind = evaluates || flag.provider == FlagProvider::Flagsmith;
    if let Some(spot) = keys.expect.as_ref().filter(|_| blind && flag.expect == Some(Expect::Archived)) {
        spec.wrong(
            spot.at,
            format!("{name} does not say that"),
            "ask for enabled or disabled, or another provider",
        );
    }
    if let Some(spot) = keys.value.as_ref().filter(|_| !evaluates) {
        spec.wrong(
            spot.at,
            format!("{name} takes no values"),
            "ask for `expect` or a percentage, or use ofrep",
        );
    }
    if let Some(spot) = keys.context.as_ref().filter(|_| !evaluates) {
        spec.wrong(spot.at, format!("{name} does not evaluate for a context"), "remove it, or use ofrep");
    }
}

fn expect(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<Expect> {
    spec.word(
        spot,
        &[("enabled", Expect::Enabled), ("disabled", Expect::Disabled), ("archived", Expect::Archived)],
    )
}

fn percent(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<f64>) -> Option<f64> {
    let fine = (0.0..=100.0).contains(&spot.value);
    if !fine {
        spec.wrong(spot.at, "not a percentage", "write a number from 0 to 100");
    }
    fine.then_some(spot.value)
}

fn context(spec: &mut Spec<'_, '_, '_>, spot: Option<&Spanned<Entries<String>>>) -> BTreeMap<String, String> {
    let Some(spot) = spot else { return BTreeMap::new() };
    if spot.value.0.is_empty() {
        spec.wrong(spot.at, "the context is empty", "write `targetingKey: user-123`, or leave it out");
    }
    spot.value.0.iter().map(|(name, value)| (name.value.clone(), value.clone())).collect()
}

impl Flag {
    fn describe(&self) -> String {
        let state = self.expect.map(|expect| match expect {
            Expect::Enabled => "enabled".to_owned(),
            Expect::Disabled => "disabled".to_owned(),
            Expect::Archived => "archived".to_owned(),
        });
        let most = self.percent_at_most.map(|most| format!("at most {} %", limit(most)));
        let least = self.percent_at_least.map(|least| format!("at least {} %", limit(least)));
        let value = self.value.as_ref().map(|value| format!("\"{value}\""));
        let all = state.into_iter().chain(least).chain(most).chain(value).collect::<Vec<_>>().join(", ");
        let place = self.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        format!("flag {}{place}: {all}", self.key)
    }
}
