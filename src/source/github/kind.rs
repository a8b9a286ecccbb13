//! The kinds of evidence: what files may say of each, and how facts become a finding.

mod alerts;
mod approvals;
mod branch_rules;
mod checks;
mod comment;
pub(super) mod deployment;
mod environment;
mod file;
mod issue;
mod merge_queue;
mod milestone;
mod open;
mod project;
mod pull;
mod release;
mod revert;
mod rules;
mod tag;
mod workflow;

pub(super) use self::{environment::DeploymentHold, project::WHOSE_PROJECT};

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    fact::FactResult,
    judge_context::JudgeContext,
    limits::{self, LimitProblems},
};
use crate::{Description, Thing};
use gonogo_domain::{Bound, Failure, FailureKind, Logins, Str};
use gonogo_yaml::Shape;

/// Limits of one kind of evidence: read from files, kept as canonical arguments, judged.
pub(super) trait EvidenceKind: Judge + DeserializeOwned + Serialize + 'static {
    /// The key below `github`.
    const THING: &'static str;
    /// What it is for.
    const DESCRIPTION: Description;

    /// What files may say of it.
    fn shape() -> Shape {
        Shape::of::<Self>()
    }

    /// What an answer must be about.
    fn bound(&self) -> Bound {
        Bound::Free
    }

    /// In one line for people, without the name of the thing.
    fn describe(&self) -> String;

    /// Names of people and roles to accounts, as the launch knows them.
    fn settle(&mut self, people: &BTreeMap<Str, Logins>, wrong: &mut LimitProblems<'_>) {
        let _ = (people, wrong);
    }

    /// What the types cannot say: at least one of, counts.
    fn check(&self, wrong: &mut LimitProblems<'_>) {
        let _ = wrong;
    }
}

/// Facts to a finding.
pub(super) trait Judge: Send + Sync {
    /// The finding, or which facts are missing.
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult;

    /// The page that a person would open when there is no better one, also when nothing was found out.
    fn page(&self, case: &JudgeContext<'_>) -> String;
}

macro_rules! things {
    ($($spec:ty),* $(,)?) => {
        /// Every kind, for files.
        pub(super) const THINGS: &[Thing] =
            &[$(Thing { name: <$spec as EvidenceKind>::THING, decode: limits::decode::<$spec>, shape: <$spec as EvidenceKind>::shape, description: <$spec as EvidenceKind>::DESCRIPTION }),*];

        /// The judge of a kind with these canonical arguments.
        pub(super) fn judge(thing: &str, args: &Value) -> Result<Box<dyn Judge>, Failure> {
            $(if thing == <$spec as EvidenceKind>::THING {
                return read::<$spec>(args);
            })*
            Err(Failure::new(FailureKind::Rejected, format!("`github` has no `{thing}`")))
        }
    };
}

things! {
    workflow::Workflow,
    checks::Checks,
    pull::PullRequest,
    approvals::Approvals,
    open::PullRequests,
    open::Issues,
    issue::Issue,
    milestone::Milestone,
    release::Release,
    tag::Tag,
    deployment::Deployment,
    environment::Environment,
    alerts::Alerts,
    file::File,
    branch_rules::BranchRules,
    project::Project,
    merge_queue::MergeQueue,
    comment::Comment,
}

/// Arguments can go wrong after they were read: an answer that was filled in may be no number.
fn read<S: EvidenceKind>(args: &Value) -> Result<Box<dyn Judge>, Failure> {
    match serde_json::from_value::<S>(args.clone()) {
        Ok(spec) => Ok(Box::new(spec)),
        Err(error) => {
            let message = format!("what `github.{}` asks for does not make sense: {error}", S::THING);
            Err(Failure::new(FailureKind::Rejected, message)
                .advise("correct the file, or the answer it refers to"))
        }
    }
}
