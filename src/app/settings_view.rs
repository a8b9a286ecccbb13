//! What holds of the user's settings, and why: from the file, from the environment, or because nothing was said.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{AppError, log::log_path, opened::env, sources, store};
use gonogo_settings::Settings;
use gonogo_source::register::DECLARED;
use gonogo_text::clean;

/// All of it, clean, and without a secret.
#[derive(Debug, Serialize)]
pub struct SettingsView {
    /// The file that was read; none: there is none.
    file: Option<String>,
    /// Where it would be read from.
    usual_file: Option<String>,
    /// Each setting.
    settings: Vec<SettingInForce>,
    /// Environment variables that count.
    environment: Vec<EnvironmentVariable>,
    /// Where things are kept.
    places: Map<String, Value>,
}

/// A setting that holds.
#[derive(Debug, Serialize)]
struct SettingInForce {
    key: String,
    value: String,
    /// `file`, `environment`, `system` or `default`.
    from: &'static str,
}

/// A variable: never its value if that may be a secret.
#[derive(Debug, Serialize)]
struct EnvironmentVariable {
    name: &'static str,
    /// What it is for.
    purpose: String,
    set: bool,
}

/// Looks at the settings as every verb would read them.
///
/// # Errors
/// A settings file or an address in the environment that cannot be used.
pub fn settings_view(path: Option<&Path>) -> Result<SettingsView, AppError> {
    let settings = sources::settings(path)?;
    let usual = settings.folders.config.as_ref().map(|folder| folder.join("settings.yaml"));
    let shown = |path: &Path| clean(&path.display().to_string()).into_owned();
    Ok(SettingsView {
        file: settings.path.as_deref().map(shown),
        usual_file: usual.as_deref().map(shown),
        settings: held(&settings),
        environment: environment(),
        places: places(&settings)?,
    })
}

fn held(settings: &Settings) -> Vec<SettingInForce> {
    let from = |key: &str, otherwise: &'static str| {
        if settings.written.contains(key) { "file" } else { otherwise }
    };
    let mut all: Vec<SettingInForce> = Vec::new();
    let mut put = |key: &str, value: String, otherwise: &'static str| {
        all.push(SettingInForce {
            key: key.to_owned(),
            value: clean(&value).into_owned(),
            from: from(key, otherwise),
        });
    };
    let or = |text: &Option<String>, otherwise: &str| text.clone().unwrap_or_else(|| otherwise.to_owned());
    put("theme", or(&settings.theme, "by the terminal"), "default");
    put("bell", settings.bell.to_string(), "default");
    put(
        "notifications",
        settings.notifications.map_or_else(|| "none".into(), |it| it.to_string()),
        "default",
    );
    put("ascii", settings.ascii.map_or_else(|| "by the locale".into(), |it| it.to_string()), "default");
    put("mouse", if settings.mouse { "on" } else { "off" }.to_owned(), "default");
    let system = if settings.identity.from_system { "system" } else { "default" };
    put("identity.name", or(&settings.identity.name, "nobody"), system);
    put("identity.github", or(&settings.identity.github, "nobody"), "default");
    let journal = settings.journal.as_ref().map(ToString::to_string);
    put("journal", or(&journal, "in the state folder"), "default");
    let seconds = |time: std::time::Duration| format!("{}s", time.as_secs());
    let writes = if settings.writes.is_empty() {
        "nothing: gonogo only reads".into()
    } else {
        settings.writes.join(", ")
    };
    let said = if env(gonogo_settings::WRITES).is_some() { gonogo_settings::WRITES } else { "default" };
    put("writes", writes, said);
    put("poll.interval", settings.poll.interval.map_or_else(|| "by source".into(), seconds), "default");
    put("poll.jitter", settings.poll.jitter.to_string(), "default");
    let hosts = |all: &[String]| if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    put("http.allow", hosts(&settings.http.allow), "default");
    put("http.private", hosts(&settings.http.private), "default");
    put("observations.keep", format!("{}d", settings.observations.keep.as_secs() / 86_400), "default");
    put("observations.most_mib", settings.observations.most_mib.to_string(), "default");
    for (name, filter) in &settings.views {
        put(&format!("views.{name}"), filter.clone(), "file");
    }
    for (action, keys) in &settings.keys {
        let keys = if keys.is_empty() { "none: by the palette alone".into() } else { keys.join(", ") };
        put(&format!("keys.{action}"), keys, "file");
    }
    for (name, it) in &settings.connections {
        let token = match &it.token_env {
            Some(variable) if env(variable).is_some() => format!("token in {variable}"),
            Some(variable) => format!("token in {variable}, which is not set"),
            None => "no token".to_owned(),
        };
        put(&format!("connections.{name}"), format!("{} at {}, {token}", it.source, it.url), "file");
    }
    all
}

fn environment() -> Vec<EnvironmentVariable> {
    let mut all = Vec::new();
    let mut put = |name: &'static str, purpose: String| {
        all.push(EnvironmentVariable { name, purpose, set: env(name).is_some() });
    };
    for source in DECLARED {
        let Some(home) = source.home else { continue };
        for name in home.token_env {
            put(name, format!("credential of {}", source.name));
        }
        put(home.address_env, format!("address of {}", source.name));
        if let Some(second) = home.second_env {
            put(second, format!("second address of {}", source.name));
        }
    }
    put("GONOGO_JOURNAL_PASSWORD", "password of a shared journal".into());
    put("PGPASSWORD", "the same, where the one before is not set".into());
    put(gonogo_settings::WRITES, "what gonogo may write, beside `writes` in the settings".into());
    put("NO_COLOR", "no colours".into());
    put("SSL_CERT_FILE", "certificates to trust instead of the system's".into());
    all
}

fn places(settings: &Settings) -> Result<Map<String, Value>, AppError> {
    let shown = |path: Option<std::path::PathBuf>| {
        path.map_or(Value::Null, |path| json!(clean(&path.display().to_string())))
    };
    let folders = &settings.folders;
    let journal = store::place(None, settings)?.map_or(Value::Null, |it| json!(clean(&it.to_string())));
    let all = [
        ("journal", journal),
        ("trust", shown(folders.trust())),
        ("themes", shown(folders.themes())),
        ("log", shown(log_path(folders))),
    ];
    Ok(all.into_iter().map(|(name, at)| (name.to_owned(), at)).collect())
}

impl SettingsView {
    /// As text, ending with a line end.
    pub fn text(&self) -> String {
        let file = match (&self.file, &self.usual_file) {
            (Some(file), _) => file.clone(),
            (None, Some(usual)) => format!("none is needed, and there is none: {usual}"),
            (None, None) => "none: there is no home to look in".to_owned(),
        };
        let mut out = format!("settings: {file}\n\n");
        let column = self.settings.iter().map(|it| it.key.len()).max().unwrap_or_default();
        for it in &self.settings {
            out.push_str(&format!("  {:<column$}  {}  ({})\n", it.key, it.value, it.from));
        }
        out.push_str("\nenvironment:\n");
        let column = self.environment.iter().map(|it| it.name.len()).max().unwrap_or_default();
        for it in &self.environment {
            let set = if it.set { "set" } else { "not set" };
            out.push_str(&format!("  {:<column$}  {set:<7}  {}\n", it.name, it.purpose));
        }
        out.push_str("\nplaces:\n");
        for (name, at) in &self.places {
            out.push_str(&format!("  {name:<8}  {}\n", at.as_str().unwrap_or("nowhere: there is no home")));
        }
        out
    }

    /// As JSON, ending with a line end.
    pub fn json(&self) -> String {
        gonogo_report::complete(&serde_json::to_string_pretty(&json!(self)).unwrap_or_default())
    }
}
