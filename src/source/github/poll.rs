//! One poll: rounds of judging and fetching until every question has its answer.

use std::collections::HashSet;

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    OwnRun,
    client::Client,
    fact::{Fact, FactResult, Facts, GraphFact, JudgeStop, Repo},
    judge_context::JudgeContext,
    kind::{self, Judge},
    meter::Meter,
    query_template, rest, target,
};
use crate::{Batch, Report, TargetQuestion, http::AT_ONCE};
use gonogo_domain::{Failure, FailureKind, Finding, GateId, Oid, Question, Str};

/// Most rounds; a list may have this many pages.
const MOST_ROUNDS: usize = 64;

/// A gate's question, understood.
struct GateQuestion<'a> {
    gate: &'a GateId,
    repo: Repo,
    git_ref: &'a str,
    version: &'a str,
    judge: Box<dyn Judge>,
}

/// Everything that is still open.
struct OpenQuestions<'a> {
    gates: Vec<GateQuestion<'a>>,
    targets: Vec<(&'a TargetQuestion, Repo)>,
}

/// Answers the whole batch.
pub(super) async fn run(
    client: &Client,
    own: Option<&OwnRun>,
    batch: &Batch,
    cancel: &CancellationToken,
) -> Report {
    let mut report = Report::default();
    let meter = Meter::default();
    let mut open = understand(batch, &mut report);
    let mut facts = Facts::default();
    facts.renamed = client.renamed();
    for round in 0.. {
        let wanted = judge(&mut open, &facts, (own, &client.web), &mut report);
        if wanted.is_empty() {
            break;
        }
        if round == MOST_ROUNDS {
            give_up(&open, &mut report);
            break;
        }
        for (fact, answer) in fetch(client, wanted, &meter, cancel).await {
            facts.learn(fact, answer);
        }
        facts.renamed = client.renamed();
    }
    meter.report(&mut report);
    report.kept = meter.kept(batch);
    report
}

/// Asks for the names that repositories have now; the client remembers them.
pub(super) async fn look_up(client: &Client, repositories: &[Str]) {
    let named = repositories.iter().filter_map(|name| Repo::parse(name));
    let fact =
        |repo| GraphFact { repo: Some(repo), shape: &query_template::REPOSITORY, variables: Vec::new() };
    let facts: Vec<GraphFact> = named.map(fact).collect();
    client.graph(facts, false, &Meter::default(), &CancellationToken::new()).await;
}

/// Questions that cannot be understood are answered at once.
fn understand<'a>(batch: &'a Batch, report: &mut Report) -> OpenQuestions<'a> {
    let mut open = OpenQuestions { gates: Vec::new(), targets: Vec::new() };
    for question in &batch.questions {
        match asked(question) {
            Ok(asked) => open.gates.push(asked),
            Err(failure) => report.answers.push((question.gate.clone(), Err(failure))),
        }
    }
    for question in &batch.targets {
        match repo(&question.repository) {
            Ok(repo) => open.targets.push((question, repo)),
            Err(failure) => report.targets.push((question.component.clone(), Err(failure))),
        }
    }
    open
}

fn asked(question: &Question) -> Result<GateQuestion<'_>, Failure> {
    Ok(GateQuestion {
        gate: &question.gate,
        repo: repo(&question.repository)?,
        git_ref: &question.git_ref,
        version: &question.version,
        judge: kind::judge(&question.query.thing, &question.query.args)?,
    })
}

fn repo(text: &str) -> Result<Repo, Failure> {
    Repo::parse(text).ok_or_else(|| {
        Failure::new(FailureKind::Rejected, format!("`{text}` is not a repository"))
            .advise("write `repository: owner/name` under `target`")
    })
}

/// Judges what is open; what can be answered is, and what is missing for the rest comes back.
fn judge(
    open: &mut OpenQuestions<'_>,
    facts: &Facts,
    (own, web): (Option<&OwnRun>, &str),
    report: &mut Report,
) -> Vec<Fact> {
    let mut wanted = FactQueue::default();
    open.gates.retain(|asked| {
        let case = JudgeContext {
            repo: &asked.repo,
            git_ref: asked.git_ref,
            version: asked.version,
            own,
            web,
            facts,
        };
        let answer = wanted.settle(asked.judge.judge(&case));
        answer.map(|answer| report.answers.push((asked.gate.clone(), linked(answer, asked, &case)))).is_none()
    });
    open.targets.retain(|(question, repo)| {
        let answer = wanted.settle(target::resolve(facts, repo, &question.git_ref).map(|target| target.oid));
        answer
            .map(|answer: Result<Oid, Failure>| report.targets.push((question.component.clone(), answer)))
            .is_none()
    });
    wanted.facts
}

/// Facts in order, each once.
#[derive(Default)]
struct FactQueue {
    facts: Vec<Fact>,
    seen: HashSet<Fact>,
}

impl FactQueue {
    fn settle<T>(&mut self, judged: FactResult<T>) -> Option<Result<T, Failure>> {
        match judged {
            Ok(value) => Some(Ok(value)),
            Err(JudgeStop::Failed(failure)) => Some(Err(failure)),
            Err(JudgeStop::Need(facts)) => {
                for fact in facts {
                    if self.seen.insert(fact.clone()) {
                        self.facts.push(fact);
                    }
                }
                None
            }
        }
    }
}

/// Every answer has a page to open, also one that says why there is none.
fn linked(
    answer: Result<Finding, Failure>,
    asked: &GateQuestion<'_>,
    case: &JudgeContext<'_>,
) -> Result<Finding, Failure> {
    match answer {
        Ok(finding) => {
            let mut finding = note(finding, case);
            finding.url.get_or_insert_with(|| asked.judge.page(case).into());
            Ok(finding)
        }
        Err(failure) => Err(failure.at(asked.judge.page(case))),
    }
}

/// The page of a question, as far as that is known without asking.
pub(super) fn page(web: &str, question: &Question) -> Option<Str> {
    let asked = asked(question).ok()?;
    let GateQuestion { repo, git_ref, version, judge, .. } = &asked;
    let facts = Facts::default();
    Some(judge.page(&JudgeContext { repo, git_ref, version, own: None, web, facts: &facts }).into())
}

/// A renamed repository is followed, and said.
fn note(mut finding: Finding, case: &JudgeContext<'_>) -> Finding {
    if let Some(name) = case.facts.renamed.get(case.repo) {
        let row: Str = format!("{} is now called {name}: change it in the file", case.repo).into();
        finding.rows.insert(0, row);
        finding.rows.truncate(10);
    }
    finding
}

fn give_up(open: &OpenQuestions<'_>, report: &mut Report) {
    let failure = Failure::new(FailureKind::Incomplete, "the answer has too many parts to read");
    report.answers.extend(open.gates.iter().map(|asked| (asked.gate.clone(), Err(failure.clone()))));
    report.targets.extend(open.targets.iter().map(|(it, _)| (it.component.clone(), Err(failure.clone()))));
}

type FetchedFacts = Vec<(Fact, Result<Value, Failure>)>;

/// Fetches facts: light ones in one request, heavy ones in another, REST reads one by one, four at a time.
async fn fetch(
    client: &Client,
    wanted: Vec<Fact>,
    meter: &Meter,
    cancel: &CancellationToken,
) -> FetchedFacts {
    let (mut light, mut heavy, mut reads) = (Vec::new(), Vec::new(), Vec::new());
    for fact in wanted {
        match fact {
            Fact::Graph(fact) if fact.shape.heavy => heavy.push(fact),
            Fact::Graph(fact) => light.push(fact),
            Fact::Rest(fact) => reads.push(fact),
        }
    }
    let graph = |facts: Vec<GraphFact>, heavy: bool| -> BoxFuture<'_, FetchedFacts> {
        let asked = client.graph(facts, heavy, meter, cancel);
        asked.map(|all| all.into_iter().map(|(fact, answer)| (Fact::Graph(fact), answer)).collect()).boxed()
    };
    let mut jobs = Vec::new();
    if !light.is_empty() {
        jobs.push(graph(light, false));
    }
    if !heavy.is_empty() {
        jobs.push(graph(heavy, true));
    }
    for read in reads {
        let job = async move {
            let answer = rest::read(client, &read, meter, cancel).await;
            vec![(Fact::Rest(read), answer)]
        };
        jobs.push(job.boxed());
    }
    // Every job ends at once when cancelled; what it has not got by then has failed.
    stream::iter(jobs).buffer_unordered(AT_ONCE).concat().await
}
