//! One required check: what was found under its name, and what to say where nothing was.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    super::{
        super::{
            finding::{FindingDraft, list},
            identity::{self, CountedWords, CurrentWords},
            judge_context::JudgeContext,
            limits::{Accept, Name},
        },
        rules::RequiredCheck,
    },
    context::RollupContext,
    rerun::Reruns,
};
use crate::lookalike::odd;
use gonogo_domain::Outcome;

/// What was found for one required name.
pub(super) struct NamedCheck {
    pub(super) outcome: Outcome,
    /// `build: failure (push)`
    pub(super) said: String,
    /// More about it, a row each: what was left out and why.
    pub(super) more: Vec<String>,
    pub(super) accepted: Vec<String>,
    pub(super) url: Option<String>,
    /// When the last of them ended; `None`: not known for each.
    pub(super) ended: Option<DateTime<Utc>>,
    /// Only gonogo's own job has this name.
    pub(super) own: bool,
}

/// What a gate asks for beside names.
pub(super) struct CheckDemands<'a> {
    pub(super) accept: &'a [Accept],
    pub(super) event: Option<&'a Name>,
    /// gonogo's own job.
    pub(super) own: Option<usize>,
    /// Branches that several pull requests come from, with these.
    pub(super) shared: &'a BTreeMap<String, Vec<String>>,
    /// Runs that are unfinished, and their jobs.
    pub(super) reruns: &'a Reruns,
}

impl NamedCheck {
    fn open(said: String) -> Self {
        Self {
            outcome: Outcome::Unclear,
            said,
            more: Vec::new(),
            accepted: Vec::new(),
            url: None,
            ended: None,
            own: false,
        }
    }
}

/// All that stand under the name: of every app, workflow and event, and all of a matrix.
pub(super) fn judge(
    required: &RequiredCheck,
    contexts: &[RollupContext],
    asked: &CheckDemands<'_>,
) -> NamedCheck {
    let of_event =
        |it: &RollupContext| asked.event.is_none_or(|event| it.event().is_none_or(|by| by == event.as_str()));
    let found: Vec<usize> =
        (0..contexts.len()).filter(|at| contexts.get(*at).is_some_and(|it| it.answers(required))).collect();
    let words = found.iter().filter(|at| contexts.get(**at).is_some_and(of_event));
    let words = words.filter_map(|at| contexts.get(*at).map(|it| it.word(*at, asked.accept, asked.shared)));
    let all = identity::standing(words);
    if all.is_empty() {
        return NamedCheck::open(missing(required, contexts, &found, asked.event));
    }
    // Only the own job is left out: another job of its matrix may go by the same name.
    let others = all.into_iter().map(|mut it| {
        it.words.retain(|word| Some(word.it) != asked.own);
        it
    });
    let others: Vec<CurrentWords<usize>> = others.filter(|it| !it.words.is_empty()).collect();
    if others.is_empty() {
        let own = NamedCheck::open(required.name.clone());
        return NamedCheck { outcome: Outcome::Pending, own: true, ..own };
    }
    let before: Vec<(usize, Option<String>)> = others.iter().flat_map(words_of).collect();
    let CountedWords { words: counted, doubt } = identity::counted(others);
    let mut judgement = settle(&required.name, &counted, contexts, asked);
    let kept: Vec<usize> = counted.iter().flat_map(words_of).map(|(at, _)| at).collect();
    let left = before.iter().filter(|(at, _)| !kept.contains(at)).filter_map(|(at, _)| contexts.get(*at));
    judgement.more.extend(left.map(|it| format!("not counted: {}", row(&required.name, it, asked.accept))));
    if let Some(doubt) = doubt.filter(|_| asked.event.is_none()) {
        judgement.outcome = doubt.on(judgement.outcome);
        if judgement.outcome != Outcome::Holds {
            judgement.said += &format!("; {}", doubt.words());
            judgement.accepted.clear();
        }
    }
    if let Some((here, all)) =
        asked.reruns.short(contexts, &kept).filter(|_| judgement.outcome == Outcome::Holds)
    {
        judgement.said += &format!(
            ", but only {here} of {all} checks of that name are there while the run is being repeated"
        );
        judgement.outcome = Outcome::Pending;
    }
    judgement
}

fn words_of(standing: &CurrentWords<usize>) -> Vec<(usize, Option<String>)> {
    standing.words.iter().map(|word| (word.it, standing.of.event().map(str::to_owned))).collect()
}

/// `build: failure (push), https://…`
fn row(name: &str, context: &RollupContext, accept: &[Accept]) -> String {
    let page = context.url().map(|url| format!(", {url}")).unwrap_or_default();
    format!("{name}: {}{page}", said(context, accept))
}

/// `failure (push)`
fn said(context: &RollupContext, accept: &[Accept]) -> String {
    let word = context.state(accept).1;
    context.event().map_or(word.clone(), |event| format!("{word} ({event})"))
}

fn settle(
    name: &str,
    counted: &[CurrentWords<usize>],
    contexts: &[RollupContext],
    asked: &CheckDemands<'_>,
) -> NamedCheck {
    let accept = asked.accept;
    if let Some(doubtful) = counted.iter().find(|it| !it.rivals.is_empty())
        && !counted.iter().any(|it| it.outcome() == Outcome::Fails)
    {
        return doubt(name, doubtful, contexts, asked);
    }
    let all: Vec<(Outcome, &RollupContext)> = counted
        .iter()
        .flat_map(|it| &it.words)
        .filter_map(|word| Some((word.outcome, contexts.get(word.it)?)))
        .collect();
    // The worst speaks; of equals the first.
    let worst = all.iter().rev().max_by_key(|(outcome, _)| *outcome);
    let Some((outcome, context)) = worst else { return NamedCheck::open(format!("{name} has not reported")) };
    let times = if all.len() > 1 { format!(", of {} checks of that name", all.len()) } else { String::new() };
    let lenient = all.iter().filter(|(outcome, _)| *outcome == Outcome::Holds);
    let lenient = lenient.map(|(_, it)| it.state(accept).1).filter(|word| word != "success");
    let more =
        if all.len() > 1 { all.iter().map(|(_, it)| row(name, it, accept)).collect() } else { Vec::new() };
    NamedCheck {
        outcome: *outcome,
        said: format!("{name}: {}{times}", said(context, accept)),
        more,
        accepted: lenient.map(|word| format!("{name} {word}")).collect(),
        url: context.url().map(str::to_owned),
        ended: all
            .iter()
            .map(|(_, it)| it.ended())
            .collect::<Option<Vec<_>>>()
            .and_then(|all| all.into_iter().max()),
        own: false,
    }
}

/// Two that contradict each other, and nothing says which of them stands.
fn doubt(
    name: &str,
    it: &CurrentWords<usize>,
    contexts: &[RollupContext],
    asked: &CheckDemands<'_>,
) -> NamedCheck {
    let accept = asked.accept;
    let all: Vec<&RollupContext> =
        it.words.iter().chain(&it.rivals).filter_map(|word| contexts.get(word.it)).collect();
    let rows: Vec<String> = all.iter().map(|it| row(name, it, accept)).collect();
    let states: Vec<String> = all.iter().map(|it| said(it, accept)).collect();
    let pages: Vec<&str> = all.iter().filter_map(|it| it.url()).collect();
    let heads = all.iter().find_map(|it| asked.shared.get(it.branch()?));
    let heads = heads.map(|pulls| format!("; {} have this head", list(pulls))).unwrap_or_default();
    NamedCheck {
        url: pages.first().map(|&url| url.to_owned()),
        more: rows,
        ..NamedCheck::open(format!(
            "{name}: {}, and it is not clear which of them counts: {}{heads}",
            list(&states),
            list(&pages)
        ))
    }
}

/// Why nothing counts for a name: reported by another app, as a status, by another event, or under a name like it.
fn missing(
    required: &RequiredCheck,
    contexts: &[RollupContext],
    found: &[usize],
    event: Option<&Name>,
) -> String {
    let name = &required.name;
    let by: Vec<&str> = found.iter().filter_map(|at| contexts.get(*at)?.event()).collect();
    if let Some(event) = event.filter(|_| !by.is_empty()) {
        return format!("{name} has not reported by {event}, only by {}", list(&distinct(by)));
    }
    let any_app = RequiredCheck { app: None, ..required.clone() };
    let called: Vec<&RollupContext> = contexts.iter().filter(|it| it.answers(&any_app)).collect();
    if let Some(app) = required.app {
        let said = match called.first() {
            Some(RollupContext::StatusContext(_)) => format!(
                "; it is there as a commit status ({}), which does not tell its app: name it with `required` if that \
                 is enough",
                called.iter().map(|it| it.state(&[]).1).collect::<Vec<_>>().join(", ")
            ),
            Some(RollupContext::CheckRun(run)) => {
                let other = run.app().and_then(|app| app.slug.clone());
                let id = run.app().and_then(|app| app.database_id);
                let id = id.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
                format!("; app {id}{} did", other.map(|it| format!(" ({it})")).unwrap_or_default())
            }
            _ => near(name, contexts),
        };
        return format!("{name} has not reported from the app that the rules name ({app}){said}");
    }
    format!("{name} has not reported{}", near(name, contexts))
}

fn distinct(mut words: Vec<&str>) -> Vec<&str> {
    words.sort_unstable();
    words.dedup();
    words
}

/// What did report: the name nearest to the one that is asked for, and how many others.
fn near(name: &str, contexts: &[RollupContext]) -> String {
    let all = distinct(contexts.iter().filter_map(RollupContext::name).collect());
    let nearest = all.iter().filter_map(|it| Some((likeness(name, it)?, it))).min_by_key(|(far, _)| *far);
    match nearest {
        Some((_, nearest)) => {
            let odd = odd(nearest) + &odd(name);
            format!("; \"{nearest}\" did: is that the one? Names must match exactly{odd}")
        }
        None if all.is_empty() => "; no check has".to_owned(),
        None => format!("; these did: {}", list(&all)),
    }
}

/// How far two names are from each other, 0 being the same but for what a page adds; `None`: not alike.
fn likeness(wanted: &str, found: &str) -> Option<usize> {
    let plain = |name: &str| -> Vec<String> {
        let name = name.to_lowercase();
        let bare =
            name.rsplit_once(" (").filter(|(_, end)| end.ends_with(')')).map_or(name.as_str(), |(it, _)| it);
        let last = bare.rsplit(" / ").next().unwrap_or(bare);
        [name.as_str(), bare, last].map(|it| it.trim().to_owned()).to_vec()
    };
    let (wanted, found) = (plain(wanted), plain(found));
    let pairs = wanted.iter().flat_map(|a| found.iter().map(move |b| (a, b)));
    let far =
        pairs.map(|(a, b)| strsim::damerau_levenshtein(a, b) * 4 + usize::from(a != &wanted[0])).min()?;
    let most = (wanted[0].chars().count() / 3).max(1) * 4 + 3;
    (far <= most).then_some(far)
}

/// The names that did report, for the rows.
pub(super) fn reported(contexts: &[RollupContext], accept: &[Accept]) -> Vec<String> {
    let rows =
        contexts.iter().filter_map(|it| Some(format!("reported: {}: {}", it.name()?, said(it, accept))));
    rows.collect()
}

/// The whole finding's page: of what is worst, else the commit's.
pub(super) fn page(
    sorted: &[&NamedCheck],
    case: &JudgeContext<'_>,
    draft: FindingDraft,
    oid: &str,
) -> FindingDraft {
    let worst = sorted.first().filter(|it| it.outcome != Outcome::Holds).and_then(|it| it.url.clone());
    let page = worst.unwrap_or_else(|| format!("{}/commit/{oid}/checks", case.home()));
    draft.url(Some(&page))
}
