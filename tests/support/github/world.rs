//! What exists on our GitHub. Fields are public: a test may set any of them; the methods are the usual ways.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// Everything.
#[derive(Debug, Default)]
pub struct GithubWorld {
    /// By `owner/name`.
    pub repos: BTreeMap<String, Repo>,
    /// Old `owner/name` to new.
    pub renamed: BTreeMap<String, String>,
    /// Accepted tokens. Empty: every token and none are accepted.
    pub tokens: BTreeMap<String, Token>,
    /// Members by `org/team`.
    pub teams: BTreeMap<String, Vec<String>>,
    /// Boards by (owner, number).
    pub projects: BTreeMap<(String, u64), Project>,
    /// `core`, `graphql`, `search`; absent means plenty.
    pub rates: BTreeMap<String, RateState>,
    /// GitHub ends a batch of more aliases than this with `RESOURCE_LIMITS_EXCEEDED`. 0: never.
    pub max_aliases: usize,
}

/// What a token is and may see.
#[derive(Debug, Clone)]
pub struct Token {
    pub login: String,
    /// Classic scopes, for `X-OAuth-Scopes`. None for a fine-grained token.
    pub scopes: Option<String>,
    /// Fine-grained tokens have no permission for checks.
    pub sees_checks: bool,
    /// Private repositories it may see, by `owner/name`.
    pub repos: Vec<String>,
}

/// A rate budget. `reset` is in seconds from now, by the server's clock.
#[derive(Debug, Clone, Copy)]
pub struct RateState {
    pub limit: u64,
    pub remaining: u64,
    pub reset: u64,
}

#[derive(Debug, Default)]
pub struct Repo {
    pub owner: String,
    pub name: String,
    pub id: u64,
    pub private: bool,
    pub default_branch: String,
    pub commits: BTreeMap<String, Commit>,
    /// `refs/heads/main` to commit id.
    pub refs: BTreeMap<String, String>,
    /// Workflow files: `ci.yml` to its display name.
    pub workflows: BTreeMap<String, String>,
    pub runs: Vec<Run>,
    pub pulls: Vec<Pull>,
    pub issues: Vec<Issue>,
    pub labels: Vec<String>,
    pub milestones: Vec<Milestone>,
    pub releases: Vec<Release>,
    pub deployments: Vec<Deployment>,
    /// Environment names with their protection rules (`REQUIRED_REVIEWERS`, ...).
    pub environments: BTreeMap<String, Vec<String>>,
    /// (commit id, path) to content.
    pub files: BTreeMap<(String, String), Vec<u8>>,
    /// Paths that are symbolic links.
    pub links: BTreeSet<String>,
    /// Tags that are objects of their own.
    pub annotated: BTreeSet<String>,
    /// Required check names by branch, in both systems of rules.
    pub required_checks: BTreeMap<String, Vec<String>>,
    /// The apps that classic protection wants its checks from, by branch and check.
    pub protection_apps: BTreeMap<(String, String), i64>,
    /// What classic protection asks for by branch: checks, approvals, code owners.
    pub protection: BTreeMap<String, (Vec<String>, u64, bool)>,
    /// Ruleset rules by branch, as in REST.
    pub rules: BTreeMap<String, Vec<Value>>,
    /// Comments by issue or pull request, oldest first.
    pub comments: BTreeMap<u64, Vec<Comment>>,
    /// Pushes: full ref, commit, moment.
    pub activity: Vec<(String, String, DateTime<Utc>)>,
    /// Environments that wait for these logins, by run id.
    pub waiting: BTreeMap<u64, Vec<(String, Vec<String>)>>,
    /// The jobs of a run's latest attempt, by run id.
    pub jobs: BTreeMap<u64, Vec<u64>>,
    /// The jobs of all attempts of a run, by run id: name and attempt.
    pub attempts: BTreeMap<u64, Vec<(String, u64)>>,
    /// Errors in CODEOWNERS; None: there is no such file.
    pub codeowners: Option<u64>,
    /// Dependabot alerts; None: switched off.
    pub dependabot: Option<Vec<Alert>>,
    /// Code scanning alerts; None: no analysis.
    pub code_scanning: Option<Vec<Alert>>,
    /// Code scanning analyses, oldest first: ref, commit, category (with `@` and what ran it), error.
    pub analyses: Vec<(String, String, String, String)>,
    /// Secret scanning alerts; None: switched off.
    pub secret_scanning: Option<Vec<Alert>>,
    /// Listed only where their kinds are named.
    pub generic_secrets: Vec<Alert>,
    /// Pull request numbers in the merge queue of the default branch; None: no queue.
    pub merge_queue: Option<Vec<u64>>,
}

#[derive(Debug, Clone)]
pub struct Commit {
    pub oid: String,
    /// What it was made from.
    pub parents: Vec<String>,
    pub message: String,
    pub at: DateTime<Utc>,
    pub checks: Vec<Check>,
    pub statuses: Vec<Status>,
}

/// A check run. `status` and `conclusion` in lower case, as in REST.
#[derive(Debug, Clone)]
pub struct Check {
    pub id: u64,
    pub name: String,
    pub app: String,
    pub app_id: u64,
    pub status: String,
    pub conclusion: Option<String>,
    pub at: DateTime<Utc>,
    /// Checks of one suite stand side by side; its time is that of its first check. None: a suite of its own.
    pub suite: Option<String>,
    /// Of which workflow, by which event, in which run.
    pub workflow: Option<(String, String, u64)>,
    /// The workflow's file; None: named like the workflow.
    pub file: Option<String>,
    /// When it began; None: at its time.
    pub begun: Option<DateTime<Utc>>,
    /// The branch of its suite, while that is there.
    pub branch: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub author: String,
    /// Who edited it last.
    pub editor: Option<String>,
    pub body: String,
    pub at: DateTime<Utc>,
    pub hidden: bool,
}

#[derive(Debug, Clone)]
pub struct Status {
    pub context: String,
    pub state: String,
    pub at: DateTime<Utc>,
}

/// A workflow run. `status` and `conclusion` as in REST.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: u64,
    pub file: String,
    pub branch: String,
    pub sha: String,
    pub event: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub number: u64,
    pub attempt: u64,
    pub at: DateTime<Utc>,
    /// When its last attempt began; None: when it was made.
    pub begun: Option<DateTime<Utc>>,
    /// The repository of its head; None: this one.
    pub from: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    /// OPEN, CLOSED or MERGED.
    pub state: String,
    pub draft: bool,
    /// From a fork.
    pub fork: bool,
    pub base: String,
    pub head: String,
    pub head_oid: String,
    pub merge_commit: Option<String>,
    /// MERGEABLE, CONFLICTING or UNKNOWN.
    pub mergeable: String,
    pub merge_state: String,
    pub review_decision: Option<String>,
    pub reviews: Vec<Review>,
    /// Logins or `org/team` still asked; as code owners with a leading `*`.
    pub requested: Vec<String>,
    pub labels: Vec<String>,
    pub milestone: Option<String>,
    pub author: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct Review {
    pub author: String,
    /// APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING.
    pub state: String,
    pub oid: String,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub open: bool,
    pub state_reason: Option<String>,
    pub labels: Vec<String>,
    pub milestone: Option<String>,
    pub assignees: Vec<String>,
    pub body: String,
    pub sub_issues: Vec<u64>,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct Milestone {
    pub number: u64,
    pub title: String,
    pub open: bool,
    pub due: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
pub struct Release {
    pub id: u64,
    pub tag: String,
    pub name: String,
    pub draft: bool,
    pub prerelease: bool,
    pub published: Option<DateTime<Utc>>,
    /// Branch or commit that a tag would be made of.
    pub target: String,
    pub assets: Vec<Asset>,
}

#[derive(Debug, Clone)]
pub struct Asset {
    pub id: u64,
    pub name: String,
    pub size: u64,
    pub state: String,
}

#[derive(Debug, Clone)]
pub struct Deployment {
    pub id: u64,
    pub environment: String,
    pub sha: String,
    pub git_ref: String,
    pub at: DateTime<Utc>,
    /// Oldest first; `state` in lower case, as in REST.
    pub statuses: Vec<(String, DateTime<Utc>)>,
    /// The run that it came from, as its log's address tells.
    pub run: Option<u64>,
    /// The job of that run.
    pub job: u64,
    /// Who made it: a bot by `bot` in its name.
    pub by: String,
    pub task: String,
}

/// A security alert. `severity` in REST's words: low, medium, high, critical.
#[derive(Debug, Clone)]
pub struct Alert {
    pub number: u64,
    pub open: bool,
    pub severity: String,
    pub package: String,
}

#[derive(Debug, Clone, Default)]
pub struct Project {
    pub title: String,
    /// Repository, issue or pull request number, status option.
    pub items: Vec<(String, u64, Option<String>)>,
    pub options: Vec<String>,
    /// Archived items, by their place.
    pub archived: Vec<usize>,
    pub closed: bool,
}

/// The moment everything happened, unless told otherwise: an hour before the server's now.
pub fn then() -> DateTime<Utc> {
    let moment = Utc::now() - TimeDelta::hours(1);
    DateTime::from_timestamp(moment.timestamp(), 0).unwrap_or(moment)
}

/// A commit id made from a short name; forty hexadecimal digits pass through.
pub fn oid(name: &str) -> String {
    if name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return name.to_owned();
    }
    let mut out = String::new();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    while out.len() < 40 {
        for byte in name.bytes().chain([u8::try_from(out.len()).unwrap_or(0)]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        out += &format!("{hash:016x}");
    }
    out.truncate(40);
    out
}

impl GithubWorld {
    /// The repository `owner/name`, made if it is not there.
    pub fn repo(&mut self, full: &str) -> &mut Repo {
        let id = 1000 + self.repos.len() as u64;
        self.repos.entry(full.to_owned()).or_insert_with(|| {
            let (owner, name) = full.split_once('/').expect("owner/name");
            Repo {
                owner: owner.into(),
                name: name.into(),
                id,
                default_branch: "main".into(),
                dependabot: Some(Vec::new()),
                code_scanning: Some(Vec::new()),
                analyses: Vec::new(),
                secret_scanning: Some(Vec::new()),
                generic_secrets: Vec::new(),
                ..Repo::default()
            }
        })
    }

    /// Moves a repository; the old name redirects.
    pub fn rename(&mut self, old: &str, new: &str) {
        let mut repo = self.repos.remove(old).expect("the old repository");
        let (owner, name) = new.split_once('/').expect("owner/name");
        (repo.owner, repo.name) = (owner.into(), name.into());
        self.repos.insert(new.into(), repo);
        self.renamed.insert(old.into(), new.into());
    }

    /// Accepts this token only (and others added so). It sees everything; change the answer to restrict it.
    pub fn token(&mut self, token: &str, login: &str) -> &mut Token {
        let all = self.repos.keys().cloned().collect();
        let made = Token {
            login: login.into(),
            scopes: Some("repo, read:org".into()),
            sees_checks: true,
            repos: all,
        };
        self.tokens.entry(token.into()).or_insert(made)
    }

    pub fn rate(&mut self, resource: &str, limit: u64, remaining: u64, reset: u64) {
        self.rates.insert(resource.into(), RateState { limit, remaining, reset });
    }
}

impl Repo {
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// A commit named by a short word, at the tip of `branch`.
    pub fn commit(&mut self, branch: &str, name: &str) -> &mut Commit {
        let oid = oid(name);
        let parents = self.refs.insert(format!("refs/heads/{branch}"), oid.clone()).into_iter().collect();
        self.commits.entry(oid.clone()).or_insert_with(|| Commit {
            oid,
            parents,
            message: format!("commit {name}"),
            at: then(),
            checks: Vec::new(),
            statuses: Vec::new(),
        })
    }

    /// A commit by id, short name, branch or tag.
    pub fn find(&self, reference: &str) -> Option<&Commit> {
        let named = ["", "refs/", "refs/heads/", "refs/tags/"];
        let target = named.iter().find_map(|prefix| self.refs.get(&format!("{prefix}{reference}")));
        self.commits.get(target.unwrap_or(&oid(reference)))
    }

    /// Whether a commit is one that another was made from, or itself.
    pub fn holds(&self, whole: &str, part: &str) -> bool {
        whole == part
            || self.commits.get(whole).is_some_and(|it| it.parents.iter().any(|it| self.holds(it, part)))
    }

    pub fn commit_mut(&mut self, reference: &str) -> &mut Commit {
        let oid = self.find(reference).expect("the commit").oid.clone();
        self.commits.get_mut(&oid).expect("the commit")
    }

    pub fn tag(&mut self, tag: &str, commit: &str) {
        let oid = self.find(commit).map_or_else(|| oid(commit), |commit| commit.oid.clone());
        self.refs.insert(format!("refs/tags/{tag}"), oid);
    }

    /// A finished run of a workflow file on the tip of `branch`, newer than those before it.
    pub fn run(&mut self, file: &str, branch: &str, conclusion: &str) -> &mut Run {
        let sha = self.find(branch).expect("the branch").oid.clone();
        self.workflows.entry(file.into()).or_insert_with(|| file.trim_end_matches(".yml").into());
        let number = self.runs.len() as u64 + 1;
        self.runs.push(Run {
            id: 5000 + number,
            file: file.into(),
            branch: branch.into(),
            sha,
            event: "push".into(),
            status: "completed".into(),
            conclusion: Some(conclusion.into()),
            number,
            attempt: 1,
            from: None,
            begun: None,
            at: then() + TimeDelta::seconds(i64::try_from(number).unwrap_or(0)),
        });
        self.runs.last_mut().expect("just pushed")
    }

    /// An open pull request into the default branch, mergeable, not reviewed.
    pub fn pull(&mut self, number: u64, title: &str) -> &mut Pull {
        if let Some(at) = self.pulls.iter().position(|pull| pull.number == number) {
            return &mut self.pulls[at];
        }
        let head = format!("branch-{number}");
        let head_oid = self.commit(&head, &format!("head-{number}")).oid.clone();
        self.pulls.push(Pull {
            number,
            title: title.into(),
            state: "OPEN".into(),
            draft: false,
            fork: false,
            base: self.default_branch.clone(),
            head,
            head_oid,
            merge_commit: None,
            mergeable: "MERGEABLE".into(),
            merge_state: "CLEAN".into(),
            review_decision: None,
            reviews: Vec::new(),
            requested: Vec::new(),
            labels: Vec::new(),
            milestone: None,
            author: "author".into(),
            body: String::new(),
            at: then(),
        });
        self.pulls.last_mut().expect("just pushed")
    }

    /// Merges a pull request into its base, which moves.
    pub fn merge(&mut self, number: u64) {
        let base = self.pull(number, "").base.clone();
        let oid = self.commit(&base, &format!("merge-{number}")).oid.clone();
        let pull = self.pull(number, "");
        pull.state = "MERGED".into();
        pull.merge_commit = Some(oid);
        pull.mergeable = "UNKNOWN".into();
        pull.merge_state = "UNKNOWN".into();
    }

    /// An open issue, or the one that is there.
    pub fn issue(&mut self, number: u64, title: &str) -> IssueEdit<'_> {
        let at = self.issues.iter().position(|issue| issue.number == number).unwrap_or_else(|| {
            self.issues.push(Issue {
                number,
                title: title.into(),
                open: true,
                state_reason: None,
                labels: Vec::new(),
                milestone: None,
                assignees: Vec::new(),
                body: String::new(),
                sub_issues: Vec::new(),
                at: then(),
            });
            self.issues.len() - 1
        });
        IssueEdit { repo: self, at }
    }

    pub fn close_issue(&mut self, number: u64) {
        for issue in self.issues.iter_mut().filter(|issue| issue.number == number) {
            issue.open = false;
            issue.state_reason = Some("completed".into());
        }
    }

    pub fn label(&mut self, name: &str) {
        if !self.labels.iter().any(|label| label == name) {
            self.labels.push(name.into());
        }
    }

    pub fn milestone(&mut self, title: &str) -> &mut Milestone {
        let at = self.milestones.iter().position(|it| it.title == title).unwrap_or_else(|| {
            let number = self.milestones.len() as u64 + 1;
            self.milestones.push(Milestone { number, title: title.into(), open: true, due: None });
            self.milestones.len() - 1
        });
        &mut self.milestones[at]
    }

    /// A published release of an existing or new tag.
    pub fn release(&mut self, tag: &str) -> &mut Release {
        if let Some(at) = self.releases.iter().position(|release| release.tag == tag) {
            return &mut self.releases[at];
        }
        if !self.refs.contains_key(&format!("refs/tags/{tag}")) {
            let branch = self.default_branch.clone();
            self.tag(tag, &branch);
        }
        let id = 7000 + self.releases.len() as u64;
        let made = Release {
            id,
            tag: tag.into(),
            name: tag.into(),
            draft: false,
            prerelease: false,
            published: Some(then()),
            target: "main".into(),
            assets: Vec::new(),
        };
        self.releases.push(made);
        self.releases.last_mut().expect("just pushed")
    }

    /// A deployment with its statuses, oldest first: `&["in_progress", "success"]`.
    pub fn deploy(&mut self, environment: &str, commit: &str, states: &[&str]) -> &mut Deployment {
        let sha = self.find(commit).map_or_else(|| oid(commit), |commit| commit.oid.clone());
        let count = self.deployments.len();
        let at = then() + TimeDelta::seconds(10 * i64::try_from(count).unwrap_or(0));
        self.environments.entry(environment.into()).or_default();
        let states = states.iter().zip(1..).map(|(state, n)| ((*state).into(), at + TimeDelta::seconds(n)));
        self.deployments.push(Deployment {
            id: 9000 + count as u64,
            environment: environment.into(),
            git_ref: self.default_branch.clone(),
            sha,
            at,
            statuses: states.collect(),
            run: None,
            job: 1,
            by: "github-actions".into(),
            task: "deploy".into(),
        });
        self.deployments.last_mut().expect("just pushed")
    }

    /// A comment under an issue or pull request, later than those before it.
    pub fn comment(&mut self, number: u64, author: &str, body: &str) -> &mut Comment {
        let all = self.comments.entry(number).or_default();
        let at = then() + TimeDelta::seconds(i64::try_from(all.len()).unwrap_or(0));
        all.push(Comment { author: author.into(), editor: None, body: body.into(), at, hidden: false });
        all.last_mut().expect("just pushed")
    }

    /// A push of what a branch points at now.
    pub fn pushed(&mut self, branch: &str, at: DateTime<Utc>) {
        let name = format!("refs/heads/{branch}");
        let oid = self.refs.get(&name).expect("the branch").clone();
        self.activity.push((name, oid, at));
    }

    /// A scan of what a branch points at now.
    pub fn scanned(&mut self, branch: &str, category: &str) -> &mut Self {
        let name = format!("refs/heads/{branch}");
        let oid = self.refs.get(&name).expect("the branch").clone();
        self.analyses.push((name, oid, category.into(), String::new()));
        self
    }

    /// A file at a commit.
    pub fn file(&mut self, commit: &str, path: &str, content: &str) {
        let sha = self.find(commit).map_or_else(|| oid(commit), |commit| commit.oid.clone());
        self.files.insert((sha, path.into()), content.into());
    }
}

impl Commit {
    /// A check run that ended so; `in_progress` and other states that are no conclusion leave it running.
    pub fn check(&mut self, name: &str, conclusion: &str) -> &mut Self {
        let running = matches!(conclusion, "queued" | "in_progress" | "waiting" | "requested" | "pending");
        let id = 3000 + self.checks.len() as u64;
        self.checks.push(Check {
            id,
            name: name.into(),
            app: "github-actions".into(),
            app_id: 15368,
            suite: None,
            workflow: None,
            file: None,
            begun: None,
            branch: None,
            status: if running { conclusion.into() } else { "completed".into() },
            conclusion: (!running).then(|| conclusion.into()),
            at: self.at + TimeDelta::seconds(i64::try_from(self.checks.len()).unwrap_or(0)),
        });
        self
    }

    /// The check added last belongs to this suite and workflow: `("CI", "push", 1)`.
    pub fn of(&mut self, suite: &str, workflow: (&str, &str, u64)) -> &mut Self {
        let check = self.checks.last_mut().expect("a check");
        check.suite = Some(suite.into());
        check.workflow = Some((workflow.0.into(), workflow.1.into(), workflow.2));
        self
    }

    /// The check added last ran on this branch.
    pub fn on(&mut self, branch: &str) -> &mut Self {
        self.checks.last_mut().expect("a check").branch = Some(branch.into());
        self
    }

    /// The check added last is of a workflow in this file, whatever the workflow's name.
    pub fn file(&mut self, file: &str) -> &mut Self {
        self.checks.last_mut().expect("a check").file = Some(file.into());
        self
    }

    /// A commit status: success, failure, error or pending.
    pub fn status(&mut self, context: &str, state: &str) -> &mut Self {
        self.statuses.push(Status { context: context.into(), state: state.into(), at: self.at });
        self
    }
}

impl Pull {
    pub fn review(&mut self, author: &str, state: &str) -> &mut Self {
        let at = self.at + TimeDelta::seconds(i64::try_from(self.reviews.len()).unwrap_or(0));
        self.reviews.push(Review {
            author: author.into(),
            state: state.into(),
            oid: self.head_oid.clone(),
            at,
        });
        self
    }
}

impl Release {
    pub fn asset(&mut self, name: &str, size: u64) -> &mut Self {
        let id = self.id * 100 + self.assets.len() as u64;
        self.assets.push(Asset { id, name: name.into(), size, state: "uploaded".into() });
        self
    }
}

/// An issue together with its repository, where its labels and milestone must exist.
pub struct IssueEdit<'a> {
    repo: &'a mut Repo,
    at: usize,
}

impl IssueEdit<'_> {
    pub fn label(self, name: &str) -> Self {
        self.repo.label(name);
        self.repo.issues[self.at].labels.push(name.into());
        self
    }

    pub fn milestone(self, title: &str) -> Self {
        self.repo.milestone(title);
        self.repo.issues[self.at].milestone = Some(title.into());
        self
    }

    pub fn body(self, body: &str) -> Self {
        self.repo.issues[self.at].body = body.into();
        self
    }

    pub fn assign(self, login: &str) -> Self {
        self.repo.issues[self.at].assignees.push(login.into());
        self
    }

    pub fn edit(&mut self) -> &mut Issue {
        &mut self.repo.issues[self.at]
    }
}
