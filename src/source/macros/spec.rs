//! What a `macro` gate may say.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    DecodedLimits, Description,
    connection::ServerForm,
    spec::{LimitKeys, Spec},
};
use gonogo_yaml::Spanned;

const ZENDESK: ServerForm =
    ServerForm::new("zendesk", "https://SUB.zendesk.com", "email/token:token", "/api/v2");
const INTERCOM: ServerForm =
    ServerForm::new("intercom", "https://api.intercom.io", "", "/macros").on("intercom.", &["app."]);

/// The servers of both.
pub(super) const SERVERS: &[ServerForm] = &[ZENDESK, INTERCOM];

/// Who keeps the macros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MacroProvider {
    Zendesk,
    Intercom,
}

/// Which macro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MacroName {
    Title(String),
    Id(String),
}

/// What is asked of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) provider: MacroProvider,
    pub(super) named: MacroName,
    /// `everyone`, or the id of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) visible_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated_since: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    title: Option<Spanned<String>>,
    id: Option<Spanned<String>>,
    provider: Option<Spanned<String>>,
    visible_to: Option<Spanned<String>>,
    updated_since: Option<Spanned<String>>,
}

const PROVIDERS: [(&str, MacroProvider); 2] =
    [("zendesk", MacroProvider::Zendesk), ("intercom", MacroProvider::Intercom)];

impl MacroProvider {
    /// How its connection is written.
    pub(super) const fn server(self) -> &'static ServerForm {
        match self {
            Self::Zendesk => &ZENDESK,
            Self::Intercom => &INTERCOM,
        }
    }

    /// Its name in files and settings.
    pub(super) const fn name(self) -> &'static str {
        self.server().source
    }
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a support macro is available to those who need it",
        keys: &[
            ("title", "its exact title"),
            ("id", "its id, instead of a title"),
            ("provider", "`zendesk` or `intercom`"),
            ("visible_to", "who must be able to use it: `everyone`, or the id of a group"),
            ("updated_since", "it must have been changed since this day or moment"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let provider = provider(&mut spec, self.provider.as_ref());
        let named = match (&self.title, &self.id) {
            (Some(title), None) => Some(MacroName::Title(spec.text(title, "the title"))),
            (None, Some(id)) => Some(MacroName::Id(spec.text(id, "the id"))),
            (Some(_), Some(second)) => {
                spec.wrong(
                    second.at,
                    "a macro is named by its title or its id, not both",
                    "remove one of them",
                );
                None
            }
            (None, None) => {
                spec.lacks("it does not name the macro", "add `title` or `id`");
                None
            }
        };
        let updated_since = self.updated_since.as_ref().and_then(|spot| moment(&mut spec, spot));
        let visible_to = self.visible_to.as_ref().map(|spot| spec.text(spot, "who can see it"));
        let wanted = Wanted { provider: provider?, named: named?, visible_to, updated_since };
        let name = match &wanted.named {
            MacroName::Title(title) => format!("\"{title}\""),
            MacroName::Id(id) => id.clone(),
        };
        let said = format!("macro {name} of {}", wanted.provider.name());
        spec.finish(wanted, said)
    }
}

fn provider(spec: &mut Spec<'_, '_, '_>, written: Option<&Spanned<String>>) -> Option<MacroProvider> {
    if let Some(spot) = written {
        return spec.word(spot, &PROVIDERS);
    }
    let default = spec.default("provider");
    let found =
        PROVIDERS.iter().find(|(name, _)| default.as_deref() == Some(*name)).map(|(_, provider)| *provider);
    if found.is_none() {
        spec.lacks(
            "the provider of the macro is missing",
            "add `provider: zendesk` or `provider: intercom`, here or under `defaults`",
        );
    }
    found
}

/// A day or a time in UTC, or a time with its own offset.
fn moment(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<DateTime<Utc>> {
    let text = spot.value.trim();
    let day = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc())
    };
    let time = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok().map(|time| time.and_utc());
    let whole = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let found = day().or_else(time).or_else(whole);
    if found.is_none() {
        spec.wrong(spot.at, "not a day or a time", "write 2026-11-20, or 2026-11-20T09:00 (UTC)");
    }
    found
}
