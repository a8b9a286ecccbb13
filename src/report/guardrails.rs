//! The guardrails of a launch over past data, as text and for machines.

use std::fmt::Write;

use super::json::complete;
use chrono::{DateTime, SecondsFormat, Utc};
use gonogo_domain::{Backtest, Forecast, SourceId, Str};
use gonogo_text::{clean, span};
use serde_json::{Value, json};

/// What all guardrails would have said.
#[derive(Clone, Debug, PartialEq)]
pub struct GuardrailTrials {
    /// The launch's id.
    pub launch: Str,
    /// The first moment that was asked about.
    pub from: DateTime<Utc>,
    /// The last one.
    pub to: DateTime<Utc>,
    /// The traffic that the launch expects, in requests a second; `None`: it does not say.
    pub traffic: Option<f64>,
    /// Each guardrail, by its id.
    pub guardrails: Vec<GuardrailTrial>,
}

/// One guardrail over past data.
#[derive(Clone, Debug, PartialEq)]
pub struct GuardrailTrial {
    /// Its name in the files.
    pub id: Str,
    /// What is measured, for people. Not yet sanitised.
    pub title: Str,
    /// The limits in one line.
    pub limit: Str,
    /// Who measured.
    pub source: SourceId,
    /// Windows with data.
    pub windows: usize,
    /// Windows of that time.
    pub of: usize,
    /// Bad ones together; windows over the limit where a value is measured.
    pub bad: f64,
    /// All together; windows where a value is measured.
    pub total: f64,
    /// Why nothing is known. Foreign text in it is not yet sanitised.
    pub trouble: Option<Str>,
    /// The stages that it watches.
    pub stages: Vec<StageTrial>,
}

/// A guardrail in one stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageTrial {
    /// What it would have said; `None`: there is no past to try it on.
    pub tried: Option<Backtest>,
    /// What the stage will see.
    pub forecast: Forecast,
}

impl GuardrailTrials {
    /// Whether every guardrail was tried on something.
    pub fn is_whole(&self) -> bool {
        self.guardrails.iter().all(|it| it.trouble.is_none() && it.windows > 0)
    }

    /// Which soaks are too short to show the limits that they are watched by, and of which guardrails that is not known: what
    /// is wrong, in a line each, and why.
    pub fn doubts(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for it in &self.guardrails {
            let id = clean(&it.id).into_owned();
            if let Some(trouble) = &it.trouble {
                let message = format!("the traffic of guardrail/{id} is not known");
                all.push((message, clean(trouble).into_owned()));
            }
            for stage in it.stages.iter().filter(|it| it.forecast.is_too_little()) {
                let message = format!(
                    "stage/{} is too short to show the limit of guardrail/{id}",
                    clean(stage.forecast.stage.as_str())
                );
                all.push((message, stage.forecast.describe().unwrap_or_default()));
            }
        }
        all
    }

    /// For people.
    pub fn text(&self) -> String {
        let length = (self.to - self.from).to_std().unwrap_or_default();
        let mut page = format!("Guardrails of {} over the last {}\n", clean(&self.launch), span(length));
        for it in &self.guardrails {
            it.write(&mut page);
        }
        page.push_str(
            "\nA call is a false one where nothing was wrong then. What was counted is taken for the traffic of everybody: where\n\
             a query counts only those who have the release, the figures of a stage are too small.\n",
        );
        page
    }

    /// For machines.
    pub fn json(&self) -> String {
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let page = json!({
            "format": 1,
            "tool_version": env!("CARGO_PKG_VERSION"),
            "launch": clean(&self.launch),
            "from": moment(self.from),
            "to": moment(self.to),
            "traffic_per_second": self.traffic,
            "guardrails": self.guardrails.iter().map(GuardrailTrial::json).collect::<Vec<_>>(),
        });
        complete(&format!("{page:#}"))
    }
}

impl GuardrailTrial {
    fn write(&self, page: &mut String) {
        let mut line = |text: String| {
            let _ = writeln!(page, "{text}");
        };
        line(format!("\nguardrail/{}  {}  ({})", clean(&self.id), clean(&self.title), clean(&self.limit)));
        if let Some(why) = &self.trouble {
            line(format!("  no data from {}: {}", clean(self.source.as_str()), clean(why)));
        } else {
            let share = if self.total > 0.0 { percent(self.bad / self.total) } else { "nothing".to_owned() };
            line(format!(
                "  seen       {share}: {} of {}, in {} of {} windows",
                whole(self.bad),
                whole(self.total),
                self.windows,
                self.of
            ));
        }
        if self.stages.is_empty() {
            line("  no stage names it".to_owned());
        }
        for stage in &self.stages {
            line(format!("  stage/{}", clean(stage.forecast.stage.as_str())));
            stage.lines().into_iter().for_each(&mut line);
        }
    }

    fn json(&self) -> Value {
        json!({
            "id": clean(&self.id),
            "title": clean(&self.title),
            "limit": clean(&self.limit),
            "source": clean(self.source.as_str()),
            "windows": self.windows,
            "of_windows": self.of,
            "bad": self.bad,
            "total": self.total,
            "trouble": self.trouble.as_deref().map(|it| clean(it).into_owned()),
            "stages": self.stages.iter().map(StageTrial::json).collect::<Vec<_>>(),
        })
    }
}

impl StageTrial {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(tried) = &self.tried {
            let runs = tried.runs;
            let empty =
                if tried.empty > 0 { format!("; {} more without data", tried.empty) } else { String::new() };
            lines.push(match (runs, tried.called.len()) {
                (0, _) => {
                    format!("    calls      not tried: no whole run of this stage fits into that time{empty}")
                }
                (_, 0) => format!("    calls      none in {runs} runs{empty}"),
                (_, calls) => {
                    let first: Vec<String> = tried.called.iter().take(3).map(|at| when(*at)).collect();
                    let more = if calls > first.len() { ", ..." } else { "" };
                    format!("    calls      {calls} in {runs} runs: {}{more}{empty}", first.join(", "))
                }
            });
            if let (Some(samples), true) = (tried.samples, runs > 0) {
                let part = self.forecast.percent.map(|it| format!(" at {it} %")).unwrap_or_default();
                lines.push(format!("    samples    {} in a run{part}, in the middle", whole(samples)));
            }
            lines.push(match (tried.shows_after, runs) {
                (_, 0) => "    shows      not tried".to_owned(),
                (Some(after), _) => {
                    format!(
                        "    shows      its limit after {} in {} of {runs} runs",
                        span(after),
                        tried.shown
                    )
                }
                (None, _) => {
                    format!("    shows      its limit in none of {runs} runs: the stage would not go on")
                }
            });
        }
        if let Some(forecast) = self.forecast.describe() {
            lines.push(format!("    expected   {forecast}"));
        }
        lines
    }

    fn json(&self) -> Value {
        let moment = |at: &i64| {
            let at = DateTime::from_timestamp(*at, 0).unwrap_or_default();
            at.to_rfc3339_opts(SecondsFormat::Secs, true)
        };
        let tried = self.tried.as_ref().map(|it| {
            json!({
                "runs": it.runs,
                "runs_without_data": it.empty,
                "called": it.called.iter().map(moment).collect::<Vec<_>>(),
                "shown_in": it.shown,
                "shows_after_seconds": it.shows_after.map(|it| it.as_secs()),
                "samples": it.samples,
            })
        });
        json!({
            "id": clean(self.forecast.stage.as_str()),
            "percent": self.forecast.percent,
            "soak_seconds": self.forecast.soak.map(|it| it.as_secs()),
            "tried": tried,
            "expected_samples": self.forecast.samples,
            "shows_share": self.forecast.shows,
            "limit_share": self.forecast.limit,
            "too_little": self.forecast.is_too_little(),
        })
    }
}

fn when(at: i64) -> String {
    DateTime::from_timestamp(at, 0).unwrap_or_default().format("%Y-%m-%d %H:%M UTC").to_string()
}

fn percent(share: f64) -> String {
    gonogo_domain::percent(share)
}

fn whole(count: f64) -> String {
    gonogo_domain::grouped(count)
}
