//! `gonogo guardrails`: what the guardrails of a launch would have said about the past, asked of their sources.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::{AppError, Opened, Session, sources, store, time};
use gonogo_domain::{
    Answer, Backtest, Digest, Forecast, Guardrail, Measured, Observation, Rollout, Scope, Str, Trial, Window,
    backtest, forecasts, measurements, seen,
};
use gonogo_poller::{Demands, poll_once};
use gonogo_report::guardrails::{GuardrailTrial, GuardrailTrials, StageTrial};

/// How long a stage runs where its soak names no time, in seconds.
const A_DAY: i64 = 86_400;

/// Asks about the last `over`, and waits `timeout` for it at most.
///
/// # Errors
/// Bad input: a recording, files of a stranger, a launch without guardrails.
pub async fn guardrails(
    opened: &Opened,
    over: Duration,
    timeout: Duration,
) -> Result<GuardrailTrials, AppError> {
    if opened.recording.is_some() {
        return Err(AppError::input("a recording contacts no server: leave out --demo and --replay"));
    }
    let launch = &opened.loaded.launch;
    if launch.guardrails.is_empty() {
        return Err(AppError::input("this launch has no guardrails: add them under `guardrails`"));
    }
    let now = time::system();
    let polled = sources::build(opened)?;
    let history = store::read(opened)?.history;
    let to = now().wall;
    let over = TimeDelta::from_std(over).unwrap_or(TimeDelta::MAX);
    let from = to.checked_sub_signed(over).ok_or_else(|| AppError::input("--over is too long"))?;
    let questions = measurements(launch, &history, from);
    let asked: BTreeMap<Str, Digest> =
        questions.iter().map(|(id, question)| (id.clone(), question.digest.clone())).collect();
    let questions: Vec<_> = questions.into_iter().map(|(_, question)| question).collect();
    let keys: Vec<_> = polled.iter().map(|it| it.key.clone()).collect();
    let demands = Demands { questions, ..Demands::default() };
    let mut live = Session::new(Arc::new(launch.clone()), history, Scope::default());
    let refused = live.unserved(&demands, &keys, now());
    let settled = poll_once(polled, &demands, timeout, &now).await;
    let answers: Vec<Observation> = refused.into_iter().chain(settled.observations).collect();
    live.take_answers(answers.clone(), Vec::new());
    let past = TrialSpan { from, to, rollout: launch.rollout.as_ref(), all: &launch.guardrails };
    let looked = launch.guardrails.values().map(|it| {
        let answer = answers.iter().find(|answer| answer.gate == it.subject());
        past.of(it, asked.contains_key(&it.id), answer)
    });
    Ok(GuardrailTrials {
        launch: launch.id.clone(),
        from,
        to,
        traffic: past.traffic(),
        guardrails: looked.collect(),
    })
}

/// The time that was asked about.
struct TrialSpan<'a> {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    rollout: Option<&'a Rollout>,
    all: &'a BTreeMap<Str, Guardrail>,
}

impl TrialSpan<'_> {
    fn traffic(&self) -> Option<f64> {
        self.rollout.and_then(|it| it.expect_traffic)
    }

    fn of(&self, guardrail: &Guardrail, asked: bool, answer: Option<&Observation>) -> GuardrailTrial {
        let (windows, trouble) = told(asked, answer);
        let length = i64::try_from(guardrail.window.as_secs()).unwrap_or(i64::MAX).max(1);
        let (bad, total) = seen(&guardrail.limits, &windows);
        let forecasts = self.forecasts(total, windows.len(), length);
        let own = forecasts.into_iter().filter(|it| it.guardrail == guardrail.id);
        let stages = own.map(|it| self.stage(guardrail, &windows, length, it));
        let whole = (self.to - self.from).num_seconds() / length;
        GuardrailTrial {
            id: guardrail.id.clone(),
            title: guardrail.title.clone(),
            limit: guardrail.limits.describe().into(),
            source: guardrail.query.source.clone(),
            windows: windows.len(),
            of: usize::try_from(whole).unwrap_or_default(),
            bad,
            total,
            trouble,
            stages: stages.collect(),
        }
    }

    /// What stages will see by the traffic that the launch expects, else by what was counted.
    fn forecasts(&self, total: f64, windows: usize, length: i64) -> Vec<Forecast> {
        let Some(mut rollout) = self.rollout.cloned() else { return Vec::new() };
        #[expect(clippy::cast_precision_loss, reason = "seconds of some weeks at most")]
        let seconds = windows as f64 * length as f64;
        let counted = (total > 0.0 && seconds > 0.0).then(|| total / seconds);
        rollout.expect_traffic = rollout.expect_traffic.or(counted);
        forecasts(&rollout, self.all)
    }

    fn stage(
        &self,
        guardrail: &Guardrail,
        windows: &[Window],
        window: i64,
        forecast: Forecast,
    ) -> StageTrial {
        let soak = forecast.soak.and_then(|it| i64::try_from(it.as_secs()).ok()).unwrap_or(A_DAY);
        let trial = Trial {
            from: self.from.timestamp(),
            to: self.to.timestamp(),
            window,
            soak,
            alpha: forecast.alpha,
            part: forecast.percent.unwrap_or(100.0) / 100.0,
        };
        let tried: Option<Backtest> =
            (!windows.is_empty()).then(|| backtest(&guardrail.limits, windows, &trial));
        StageTrial { tried, forecast }
    }
}

/// The windows that a source told, or why there are none.
fn told(asked: bool, answer: Option<&Observation>) -> (Vec<Window>, Option<Str>) {
    let none = |why: &str| (Vec::new(), Some(Str::from(why)));
    match answer.map(|it| &it.answer) {
        None if !asked => none("its query waits for an answer of people"),
        None => none("it has not answered in time"),
        Some(Answer::Failed(failure)) => (Vec::new(), Some(failure.message.clone())),
        Some(Answer::Found(found)) => match &found.measured {
            Some(Measured::Windows(windows)) if windows.is_empty() && !found.reason.is_empty() => {
                none(&found.reason)
            }
            Some(Measured::Windows(windows)) => (windows.clone(), None),
            Some(Measured::Counters(_)) => none("counters tell of now: their past cannot be asked for"),
            Some(Measured::Reach { .. }) | None => none("the answer measures nothing over time"),
        },
    }
}
