//! One GraphQL request for many facts, and what came back for each.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    compose::{Composed, compose},
    fact::{GraphFact, Repo},
    needs::{self, Needs},
    query_template,
    refusal::{Requested, lacking, short, single_sign_on},
};
use gonogo_domain::{Budget, BudgetOf, Failure, FailureKind};

/// The answers to one request.
pub(super) type Answers = Vec<(GraphFact, Result<Value, Failure>)>;

/// What became of a request.
#[derive(Debug)]
pub(super) enum GraphOutcome {
    /// One answer per fact, the current names of repositories, and what is left of the budget.
    Answered(Answers, BTreeMap<Repo, String>, Option<Budget>),
    /// Too much at once: to be asked in smaller parts.
    TooMuch(Failure),
    /// The answer is larger than we take.
    TooLarge(Failure),
    /// The server could not cope, perhaps because it was too much.
    Overloaded(Failure),
    /// The document was refused as a whole, so nothing is known about most of it.
    Refused {
        /// How each fact fails if it cannot be asked apart.
        failure: Failure,
        /// This GitHub does not know something that the document asks for.
        unknown: bool,
    },
    /// A limit was reached.
    Limited,
    /// No answer.
    Failed(Failure),
}

/// A body of GitHub's GraphQL.
#[derive(Debug, Deserialize)]
pub(super) struct Reply {
    data: Option<Map<String, Value>>,
    errors: Option<Vec<GraphError>>,
}

#[derive(Debug, Clone, Deserialize)]
struct GraphError {
    #[serde(rename = "type")]
    kind: Option<String>,
    path: Option<Vec<Value>>,
    message: Option<String>,
    extensions: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RateLimit {
    limit: u64,
    remaining: u64,
    reset_at: chrono::DateTime<chrono::Utc>,
}

/// A request, and the facts it is for.
pub(super) struct GraphRequest {
    pub(super) composed: Composed,
    facts: Vec<GraphFact>,
}

impl GraphRequest {
    pub(super) fn new(facts: Vec<GraphFact>) -> Self {
        Self { composed: compose(&facts), facts }
    }

    pub(super) fn each(&self) -> &[GraphFact] {
        &self.facts
    }

    pub(super) fn facts(self) -> Vec<GraphFact> {
        self.facts
    }

    /// The name of the one shape that is asked for, if it is one.
    pub(super) fn only_shape(&self) -> Option<&'static str> {
        let first = self.facts.first()?.shape;
        self.facts.iter().all(|fact| fact.shape == first).then_some(first.name)
    }

    /// Reads the body of a 200.
    pub(super) fn settle(&self, reply: Reply) -> GraphOutcome {
        let faults = reply.errors.unwrap_or_default();
        if faults.iter().any(|fault| fault.is("RATE_LIMITED")) {
            return GraphOutcome::Limited;
        }
        if let Some(fault) =
            faults.iter().find(|it| it.is("RESOURCE_LIMITS_EXCEEDED") || it.is("MAX_NODE_LIMIT_EXCEEDED"))
        {
            // The path only says where the budget ran out: nothing of this answer is sure.
            return GraphOutcome::TooMuch(Failure::new(
                FailureKind::ServerError,
                fault.say("asked for too much at once"),
            ));
        }
        let Some(data) = reply.data else { return refused(&faults) };
        if let Some(fault) = faults.iter().find(|fault| self.is_about_all(fault)) {
            let failure = fault.failure(None, "the whole question", "");
            return GraphOutcome::Failed(failure);
        }
        let answers = self.facts.iter().zip(&self.composed.places).map(|(fact, place)| {
            let answer = self.answer(fact, place, &data, &faults);
            (fact.clone(), answer)
        });
        let limit = data.get("rateLimit").and_then(|it| RateLimit::deserialize(it).ok());
        let budget = limit.map(|it| Budget {
            of: BudgetOf::Graphql,
            limit: it.limit,
            remaining: it.remaining,
            resets: it.reset_at,
        });
        GraphOutcome::Answered(answers.collect(), self.names(&data), budget)
    }

    /// An error that names none of our aliases spoils everything (V3).
    fn is_about_all(&self, fault: &GraphError) -> bool {
        let Some(first) = fault.segment(0) else { return true };
        let known = first == "rateLimit"
            || self.composed.repos.contains_key(first)
            || self.composed.places.iter().any(|(repo, alias)| repo.is_none() && alias == first);
        !known
    }

    fn answer(
        &self,
        fact: &GraphFact,
        (repo, alias): &(Option<String>, String),
        data: &Map<String, Value>,
        faults: &[GraphError],
    ) -> Result<Value, Failure> {
        let whose = fact.repo.as_ref().map(|repo| format!(" of {repo}")).unwrap_or_default();
        if let Some(fault) = faults.iter().find(|fault| fault.touches(repo.as_deref(), alias)) {
            let repository = repo.is_some() && fault.path.as_ref().is_some_and(|path| path.len() == 1);
            let about = if repository { &query_template::REPOSITORY } else { fact.shape };
            return Err(fault.failure(Some(about), about.what, &whose));
        }
        let scope = match repo {
            Some(repo) => data.get(repo).and_then(Value::as_object),
            None => Some(data),
        };
        scope.and_then(|scope| scope.get(alias)).cloned().ok_or_else(|| {
            Failure::new(FailureKind::Incomplete, format!("GitHub's answer lacks {}{whose}", fact.shape.what))
        })
    }

    fn names(&self, data: &Map<String, Value>) -> BTreeMap<Repo, String> {
        let named = self.composed.repos.iter().filter_map(|(alias, repo)| {
            let name = data.get(alias)?.get("nameWithOwner")?.as_str()?;
            Some((repo.clone(), name.to_owned()))
        });
        named.collect()
    }
}

impl GraphError {
    fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }

    fn segment(&self, index: usize) -> Option<&str> {
        self.path.as_ref()?.get(index)?.as_str()
    }

    /// Whether it spoils the fact at this place: the fact itself, something inside it, or its whole repository.
    fn touches(&self, repo: Option<&str>, alias: &str) -> bool {
        match repo {
            Some(repo) => self.segment(0) == Some(repo) && self.segment(1).is_none_or(|at| at == alias),
            None => self.segment(0) == Some(alias),
        }
    }

    fn say(&self, otherwise: &str) -> String {
        short(self.message.as_deref().unwrap_or(otherwise))
    }

    fn is_single_sign_on(&self) -> bool {
        let marked =
            self.extensions.as_ref().and_then(|it| it.get("saml_failure")) == Some(&Value::Bool(true));
        marked || self.message.as_ref().is_some_and(|it| it.contains("SAML"))
    }

    fn is_validation(&self) -> bool {
        let code = self.extensions.as_ref().and_then(|it| it.get("code")).and_then(Value::as_str);
        matches!(code, Some("undefinedField" | "undefinedType" | "argumentNotAccepted" | "undefinedFragment"))
    }

    /// In the words of the domain.
    fn failure(
        &self,
        shape: Option<&'static query_template::QueryTemplate>,
        what: &str,
        whose: &str,
    ) -> Failure {
        let needs: Needs = shape.map_or(&[], |shape| shape.needs);
        let wanted = Requested { what, whose, needs };
        let words = self.say("no reason given");
        match self.kind.as_deref() {
            Some("NOT_FOUND") => not_found(shape, wanted, &words),
            Some("FORBIDDEN") if self.is_single_sign_on() => single_sign_on(wanted),
            Some("FORBIDDEN") if shape == Some(&query_template::ROLLUP) => no_checks(whose),
            Some("FORBIDDEN") => {
                let message = format!("this token cannot see {what}{whose} ({words})");
                lacking(message, needs)
            }
            Some("INSUFFICIENT_SCOPES") => lacking(words, needs),
            Some("SERVICE_UNAVAILABLE") => {
                Failure::new(FailureKind::ServerError, format!("GitHub could not answer about {what}{whose}"))
            }
            kind => {
                let kind = short(kind.unwrap_or("no type"));
                let message = format!("GitHub's answer about {what}{whose} is incomplete ({kind}: {words})");
                Failure::new(FailureKind::Incomplete, message)
            }
        }
    }
}

/// A document without an answer: refused before it ran, or broken off while it ran.
fn refused(faults: &[GraphError]) -> GraphOutcome {
    let Some(first) = faults.first() else {
        return GraphOutcome::Failed(Failure::new(FailureKind::Malformed, "GitHub answered without data"));
    };
    let words = first.say("no reason given");
    if words.contains("Something went wrong") || first.is("SERVICE_UNAVAILABLE") {
        return GraphOutcome::Overloaded(Failure::new(FailureKind::ServerError, format!("GitHub: {words}")));
    }
    let unknown = faults.iter().any(GraphError::is_validation);
    let failure = Failure::new(FailureKind::Rejected, format!("GitHub refused the request: {words}"));
    let failure = if unknown {
        failure.advise("this GitHub server may be too old for the gate: use another kind of evidence")
    } else {
        failure
    };
    GraphOutcome::Refused { failure, unknown }
}

fn not_found(
    shape: Option<&'static query_template::QueryTemplate>,
    wanted: Requested<'_>,
    words: &str,
) -> Failure {
    if shape == Some(&query_template::REPOSITORY) {
        let message = format!("the repository{} does not exist, or this token cannot see it", wanted.whose);
        return Failure::new(FailureKind::NotFound, message)
            .advise("check the name under `target`, and that the token can read the repository");
    }
    if shape == Some(&query_template::PROJECT) {
        let message =
            format!("{}{} does not exist, or this token cannot see it ({words})", wanted.what, wanted.whose);
        return Failure::new(FailureKind::NotFound, message).advise(super::kind::WHOSE_PROJECT);
    }
    Failure::new(FailureKind::NotFound, format!("{}{} does not exist ({words})", wanted.what, wanted.whose))
        .advise("check the name or number in the file")
}

/// Fine-grained personal tokens cannot see checks at all, whatever they are given.
fn no_checks(whose: &str) -> Failure {
    let message = format!(
        "this token cannot see the checks{whose}: fine-grained personal access tokens have no permission for them"
    );
    Failure::new(FailureKind::Forbidden, message)
        .advise(
            "use a classic token with `repo`, a GitHub App, or the workflow's GITHUB_TOKEN with `checks: read`; \
             a `workflow` gate works with this token",
        )
        .lacks([needs::CHECKS.key])
}
