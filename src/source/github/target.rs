//! Where a ref points. The same facts that gates are judged by, so that both speak of one commit.

use serde::Deserialize;
use serde_json::json;

use super::{
    fact::{Fact, FactResult, Facts, GraphFact, JudgeStop, Repo},
    query_template::{self, QueryTemplate},
};
use gonogo_domain::{Failure, FailureKind, Oid};

/// A resolved target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResolvedTarget {
    pub(super) oid: Oid,
    pub(super) place: RefKind,
}

/// What the ref was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RefKind {
    Branch(String),
    Tag(String),
    Commit,
}

#[derive(Deserialize)]
struct Ref {
    name: String,
    prefix: String,
    target: Option<Object>,
}

/// A git object, tags with what they point at.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "__typename")]
    kind: String,
    oid: String,
    target: Option<Box<Object>>,
}

impl Object {
    fn commit(&self) -> Option<Oid> {
        match self.kind.as_str() {
            "Commit" => Oid::parse(&self.oid),
            "Tag" => self.target.as_ref()?.commit(),
            _ => None,
        }
    }
}

/// The facts that [`resolve`] needs.
pub(super) fn facts(repo: &Repo, git_ref: &str) -> Vec<Fact> {
    let graph = |shape: &'static QueryTemplate, name, value: &str| {
        Fact::Graph(GraphFact { repo: Some(repo.clone()), shape, variables: vec![(name, json!(value))] })
    };
    match Oid::parse(git_ref) {
        Some(oid) => vec![graph(&query_template::OBJECT, "oid", oid.as_str())],
        None => names(git_ref).iter().map(|name| graph(&query_template::REF, "ref", name)).collect(),
    }
}

/// The full names that a ref may have.
fn names(git_ref: &str) -> Vec<String> {
    if git_ref.starts_with("refs/") {
        return vec![git_ref.to_owned()];
    }
    vec![format!("refs/heads/{git_ref}"), format!("refs/tags/{git_ref}")]
}

/// The commit. A name that is both a branch and a tag, and not the same commit, names none.
pub(super) fn resolve(facts: &Facts, repo: &Repo, git_ref: &str) -> FactResult<ResolvedTarget> {
    let wanted = self::facts(repo, git_ref);
    facts.need(&wanted)?;
    if let Some(oid) = Oid::parse(git_ref) {
        return commit(facts, &wanted, repo, oid);
    }
    let mut found: Vec<ResolvedTarget> = Vec::new();
    for (fact, name) in wanted.iter().zip(names(git_ref)) {
        if let Some(oid) = points_at(facts, fact, &name)? {
            found.push(ResolvedTarget { oid, place: place(&name) });
        }
    }
    match found.as_slice() {
        [] => Err(missing(repo, git_ref)),
        [first, second] if first.oid != second.oid => Err(JudgeStop::Failed(
            Failure::new(
                FailureKind::Rejected,
                format!("`{git_ref}` is both a branch and a tag of {repo}, at different commits"),
            )
            .advise(format!("write refs/heads/{git_ref} or refs/tags/{git_ref}")),
        )),
        [first, ..] => Ok(first.clone()),
    }
}

/// The commit of one ref, or none if there is no such ref.
pub(super) fn points_at(facts: &Facts, fact: &Fact, name: &str) -> FactResult<Option<Oid>> {
    let value = match facts.get(fact) {
        None => return Err(JudgeStop::Need(vec![fact.clone()])),
        Some(Err(failure)) => return Err(JudgeStop::Failed(failure.clone())),
        Some(Ok(value)) if value.is_null() => return Ok(None),
        Some(Ok(value)) => value,
    };
    let it = Ref::deserialize(value).map_err(|_| super::judge_context::gap("the branch or tag"))?;
    // GitHub falls back to shorter names: an answer about another ref is none.
    if format!("{}{}", it.prefix, it.name) != name {
        return Ok(None);
    }
    let object = it.target.ok_or_else(|| super::judge_context::gap("the branch or tag"))?;
    match object.commit() {
        Some(oid) => Ok(Some(oid)),
        None => Err(JudgeStop::failed(FailureKind::Rejected, format!("`{name}` does not point at a commit"))),
    }
}

fn commit(facts: &Facts, wanted: &[Fact], repo: &Repo, oid: Oid) -> FactResult<ResolvedTarget> {
    let answer = wanted.first().and_then(|fact| facts.get(fact));
    let value = match answer {
        Some(Ok(value)) => value,
        Some(Err(failure)) => return Err(JudgeStop::Failed(failure.clone())),
        None => return Err(JudgeStop::Need(wanted.to_vec())),
    };
    if value.is_null() {
        return Err(missing(repo, oid.as_str()));
    }
    let object = Object::deserialize(value).map_err(|_| super::judge_context::gap("the commit"))?;
    if object.kind == "Commit" && object.oid == oid.as_str() {
        Ok(ResolvedTarget { oid, place: RefKind::Commit })
    } else {
        Err(JudgeStop::failed(FailureKind::Rejected, format!("{} is not a commit of {repo}", oid.short())))
    }
}

fn place(name: &str) -> RefKind {
    if let Some(branch) = name.strip_prefix("refs/heads/") {
        RefKind::Branch(branch.to_owned())
    } else {
        RefKind::Tag(name.strip_prefix("refs/tags/").unwrap_or(name).to_owned())
    }
}

fn missing(repo: &Repo, git_ref: &str) -> JudgeStop {
    let abbreviated =
        git_ref.len() < 40 && git_ref.len() >= 7 && git_ref.bytes().all(|b| b.is_ascii_hexdigit());
    let next = if abbreviated { "write the full commit id" } else { "check `ref` under `target`" };
    JudgeStop::Failed(
        Failure::new(FailureKind::NotFound, format!("{repo} has no branch, tag or commit `{git_ref}`"))
            .advise(next),
    )
}
