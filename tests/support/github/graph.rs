//! GraphQL over the world: objects as flat JSON, and a resolver for the fields that take arguments.
//!
//! Each object carries `_repo` (its `owner/name`), so that a resolver can go back to the world; the key is in no schema,
//! so no query can ask for it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::rest::{found_by, latest_release, time, visible};
use super::world::{Commit, Deployment, GithubWorld, Issue, Milestone, Pull, Release, Repo, Token};
use crate::support::graphql::{self, Resolved, Resolver, Rules, Schema};

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::parse(include_str!("schema.graphql")).expect("our own schema"));

pub fn schema() -> &'static Schema {
    &SCHEMA
}

/// The body of the answer; GitHub sends it with status 200 whatever happened.
pub fn answer(world: &GithubWorld, token: Option<&Token>, query: &str, variables: &Value) -> Value {
    let refused = |code: &str, message: String| json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    let document = match graphql::parse(query) {
        Ok(document) => document,
        Err(reason) => return refused("parseError", reason),
    };
    let variables = match graphql::coerce_variables(&document, schema(), variables) {
        Ok(variables) => variables,
        Err(reason) => return refused("variableInvalid", reason),
    };
    let rules = Rules { bounds_required: true, max_page: 100 };
    let problems = graphql::validate(&document, schema(), &variables, rules);
    if !problems.is_empty() {
        let errors = problems.iter().map(|it| {
            let mut error = json!({ "path": it.path, "extensions": { "code": it.code }, "message": it.message, "locations": [{ "line": 1, "column": 1 }] });
            if it.code.starts_with(char::is_uppercase) {
                error["type"] = json!(it.code);
            }
            error
        });
        return json!({ "errors": errors.collect::<Vec<_>>() });
    }
    let resolver = Github { world, token };
    let outcome =
        graphql::execute(&document, schema(), &resolver, &json!({ "__typename": "Query" }), &variables);
    let mut body = json!({ "data": outcome.data });
    if !outcome.errors.is_empty() {
        body["errors"] = json!(outcome.errors);
    }
    over_budget(world, &mut body);
    body
}

/// Aliases beyond the world's limit come back null, with one error.
fn over_budget(world: &GithubWorld, body: &mut Value) {
    if world.max_aliases == 0 {
        return;
    }
    let Some(data) = body["data"].as_object_mut() else { return };
    // Aliases inside a repository count one by one.
    let places: Vec<Vec<String>> = data
        .iter()
        .flat_map(|(key, value)| match value.as_object() {
            Some(inner) if inner.contains_key("nameWithOwner") => inner
                .keys()
                .filter(|it| *it != "nameWithOwner")
                .map(|it| vec![key.clone(), it.clone()])
                .collect(),
            _ => vec![vec![key.clone()]],
        })
        .collect();
    let Some(late) = places.get(world.max_aliases..).filter(|late| !late.is_empty()) else { return };
    for place in late {
        let parent = match place.as_slice() {
            [repo, _] => data.get_mut(repo).and_then(Value::as_object_mut),
            _ => Some(&mut *data),
        };
        if let (Some(parent), Some(key)) = (parent, place.last()) {
            parent.insert(key.clone(), Value::Null);
        }
    }
    let error = json!({ "type": "RESOURCE_LIMITS_EXCEEDED", "path": late.first(), "message": "Resource limits for this query exceeded." });
    match body["errors"].as_array_mut() {
        Some(errors) => errors.push(error),
        None => body["errors"] = json!([error]),
    }
}

struct Github<'a> {
    world: &'a GithubWorld,
    token: Option<&'a Token>,
}

fn not_found(what: &str) -> Resolved {
    Resolved::Error(
        json!({ "type": "NOT_FOUND", "message": format!("Could not resolve to {what}."), "locations": [{ "line": 1, "column": 1 }] }),
    )
}

fn value(found: Option<Value>) -> Resolved {
    Resolved::Value(found.unwrap_or(Value::Null))
}

impl Resolver for Github<'_> {
    fn field(&self, ty: &str, parent: &Value, field: &str, args: &Map<String, Value>) -> Resolved {
        if ty == "Query" {
            return self.root(field, args);
        }
        let Some(repo) = parent["_repo"].as_str().and_then(|full| visible(self.world, self.token, full))
        else {
            return self.without_repo(ty, parent, field, args);
        };
        match ty {
            "Repository" => self.repository(repo, field, args),
            "StatusCheckRollup" if field == "contexts" => self.contexts(repo, parent),
            "Commit" if field == "file" => {
                let path = args.get("path").and_then(Value::as_str).unwrap_or_default();
                let found = parent["oid"].as_str().and_then(|oid| object(repo, &format!("{oid}:{path}")));
                value(found.map(|it| {
                    let kind = if it["__typename"] == "Blob" { "blob" } else { "tree" };
                    json!({ "name": path, "path": path, "type": kind, "mode": if repo.links.contains(path) { 0o120_000 } else { 0o100_644 }, "size": it["byteSize"].as_u64().unwrap_or(0), "oid": it["oid"], "object": it })
                }))
            }
            "Commit" if field == "associatedPullRequests" => {
                let oid = &parent["oid"];
                let wanted = repo
                    .pulls
                    .iter()
                    .filter(|it| json!(it.head_oid) == *oid || json!(it.merge_commit) == *oid);
                Resolved::Value(wanted.map(|it| pull(repo, it)).collect())
            }
            "CheckRun" | "StatusContext" if field == "isRequired" => {
                let name =
                    parent.get("name").or(parent.get("context")).and_then(Value::as_str).unwrap_or_default();
                Resolved::Value(json!(
                    repo.required_checks.values().flatten().any(|required| required == name)
                ))
            }
            "Milestone" => Self::milestone(repo, parent, field, args),
            "Issue" | "PullRequest" => self.issue_or_pull(repo, ty, parent, field, args),
            "Release" if field == "releaseAssets" => {
                let wanted = args.get("name").and_then(Value::as_str);
                let all = parent["releaseAssets"].as_array().cloned().unwrap_or_default();
                Resolved::Value(
                    all.into_iter().filter(|it| wanted.is_none_or(|name| it["name"] == name)).collect(),
                )
            }
            "Environment" if field == "latestCompletedDeployment" => {
                let done = |it: &&Deployment| {
                    it.environment == parent["name"]
                        && it.statuses.iter().any(|(state, _)| state == "success")
                };
                value(repo.deployments.iter().rev().find(done).map(|it| deployment(repo, it)))
            }
            _ => Resolved::Default,
        }
    }
}

impl Github<'_> {
    fn root(&self, field: &str, args: &Map<String, Value>) -> Resolved {
        let text = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or_default();
        match field {
            "repository" => {
                let asked = format!("{}/{}", text("owner"), text("name"));
                let full = self.world.renamed.get(&asked).unwrap_or(&asked);
                match visible(self.world, self.token, full) {
                    Some(repo) => Resolved::Value(repository(repo)),
                    None => not_found(&format!("a Repository with the name '{asked}'")),
                }
            }
            "organization" => {
                let login = text("login");
                let known = self.world.teams.keys().any(|team| team.starts_with(&format!("{login}/")))
                    || self.world.projects.keys().any(|(owner, _)| owner == login)
                    || self.world.repos.values().any(|repo| repo.owner == login);
                if known {
                    Resolved::Value(actor("Organization", login))
                } else {
                    not_found(&format!("an Organization with the login of '{login}'"))
                }
            }
            "user" => Resolved::Value(actor("User", text("login"))),
            "viewer" => Resolved::Value(actor("User", self.token.map_or("someone", |token| &token.login))),
            "rateLimit" => {
                let rate = self
                    .world
                    .rates
                    .get("graphql")
                    .map_or((5000, 4999, 3600), |rate| (rate.limit, rate.remaining, rate.reset));
                let reset =
                    chrono::Utc::now() + chrono::TimeDelta::seconds(i64::try_from(rate.2).unwrap_or(0));
                Resolved::Value(
                    json!({ "cost": 1, "limit": rate.0, "remaining": rate.1, "used": rate.0.saturating_sub(rate.1), "nodeCount": 1, "resetAt": time(reset) }),
                )
            }
            "search" => {
                let found = found_by(self.world, self.token, text("query"));
                let nodes: Vec<Value> = found
                    .iter()
                    .filter_map(|(repo, number)| {
                        let issue =
                            repo.issues.iter().find(|it| it.number == *number).map(|it| issue(repo, it));
                        issue.or_else(|| {
                            repo.pulls.iter().find(|it| it.number == *number).map(|it| pull(repo, it))
                        })
                    })
                    .collect();
                let first = args
                    .get("first")
                    .and_then(Value::as_u64)
                    .and_then(|n| usize::try_from(n).ok())
                    .unwrap_or(100);
                let page: Vec<&Value> = nodes.iter().take(first).collect();
                Resolved::Value(json!({
                    "issueCount": nodes.len(), "repositoryCount": 0, "nodes": page,
                    "edges": page.iter().map(|node| json!({ "node": node, "cursor": "" })).collect::<Vec<_>>(),
                    "pageInfo": { "hasNextPage": nodes.len() > page.len(), "hasPreviousPage": false, "startCursor": null, "endCursor": "cursor:end" },
                }))
            }
            _ => Resolved::Default,
        }
    }

    fn without_repo(&self, ty: &str, parent: &Value, field: &str, args: &Map<String, Value>) -> Resolved {
        let login = parent["login"].as_str().unwrap_or_default();
        match (ty, field) {
            ("Organization", "team") => {
                let slug = args.get("slug").and_then(Value::as_str).unwrap_or_default();
                value(self.world.teams.get(&format!("{login}/{slug}")).map(|members| {
                    let members: Vec<Value> = members.iter().map(|login| actor("User", login)).collect();
                    json!({ "id": slug, "slug": slug, "name": slug, "combinedSlug": format!("{login}/{slug}"), "members": members })
                }))
            }
            ("Organization" | "User", "projectV2") => {
                let number = args.get("number").and_then(Value::as_u64).unwrap_or_default();
                match self.world.projects.get(&(login.to_owned(), number)) {
                    Some(_) => Resolved::Value(self.project(login, number)),
                    None => not_found(&format!("a ProjectV2 with the number {number}")),
                }
            }
            ("ProjectV2Item", "fieldValueByName") => {
                let status = args.get("name") == Some(&json!("Status"));
                Resolved::Value(if status { parent["_status"].clone() } else { Value::Null })
            }
            ("ProjectV2", "field") => Resolved::Value(if args.get("name") == Some(&json!("Status")) {
                parent["_field"].clone()
            } else {
                Value::Null
            }),
            _ => Resolved::Default,
        }
    }

    fn project(&self, owner: &str, number: u64) -> Value {
        let Some(found) = self.world.projects.get(&(owner.to_owned(), number)) else { return Value::Null };
        let options: Vec<Value> =
            found.options.iter().map(|name| json!({ "id": name, "name": name })).collect();
        let items: Vec<Value> =
            (0..found.items.len()).map(|index| self.project_item(owner, number, index)).collect();
        json!({
            "__typename": "ProjectV2", "id": format!("P_{number}"), "number": number, "title": found.title, "closed": found.closed,
            "url": format!("https://github.com/orgs/{owner}/projects/{number}"), "items": items,
            "_field": { "__typename": "ProjectV2SingleSelectField", "id": "F_1", "name": "Status", "options": options },
        })
    }

    fn project_item(&self, owner: &str, number: u64, index: usize) -> Value {
        let Some((full, item, status)) =
            self.world.projects.get(&(owner.to_owned(), number)).and_then(|it| it.items.get(index))
        else {
            return Value::Null;
        };
        let content = visible(self.world, self.token, full).and_then(|repo| {
            let found = repo.issues.iter().find(|it| it.number == *item).map(|it| issue(repo, it));
            found.or_else(|| repo.pulls.iter().find(|it| it.number == *item).map(|it| pull(repo, it)))
        });
        let kind = content
            .as_ref()
            .map_or("REDACTED", |it| if it["__typename"] == "Issue" { "ISSUE" } else { "PULL_REQUEST" });
        let status = status.as_ref().map(|name| json!({ "__typename": "ProjectV2ItemFieldSingleSelectValue", "name": name, "optionId": name }));
        json!({
            "__typename": "ProjectV2Item", "id": format!("PI_{number}_{index}"), "isArchived": self.world.projects.get(&(owner.to_owned(), number)).is_some_and(|it| it.archived.contains(&index)), "type": kind, "content": content, "_status": status,
            "project": { "id": format!("P_{number}"), "number": number, "title": "", "url": "", "closed": false },
        })
    }

    fn repository(&self, repo: &Repo, field: &str, args: &Map<String, Value>) -> Resolved {
        let text = |name: &str| args.get(name).and_then(Value::as_str);
        let number = args.get("number").and_then(Value::as_u64);
        match field {
            "object" => value(object(repo, text("expression").or(text("oid")).unwrap_or_default())),
            "ref" => value(reference(repo, text("qualifiedName").unwrap_or_default())),
            "defaultBranchRef" => value(reference(repo, &format!("refs/heads/{}", repo.default_branch))),
            "issue" => match repo.issues.iter().find(|it| Some(it.number) == number) {
                Some(found) => Resolved::Value(issue(repo, found)),
                None => not_found(&format!("an Issue with the number of {}", number.unwrap_or_default())),
            },
            "pullRequest" => match repo.pulls.iter().find(|it| Some(it.number) == number) {
                Some(found) => Resolved::Value(pull(repo, found)),
                None => not_found(&format!("a PullRequest with the number of {}", number.unwrap_or_default())),
            },
            "issueOrPullRequest" => {
                let found = repo.issues.iter().find(|it| Some(it.number) == number).map(|it| issue(repo, it));
                let found = found.or_else(|| repo.pulls.iter().find(|it| Some(it.number) == number).map(|it| pull(repo, it)));
                match found {
                    Some(found) => Resolved::Value(found),
                    None => not_found(&format!("an issue or pull request with the number of {}", number.unwrap_or_default())),
                }
            }
            "issues" => Resolved::Value(issues(repo, args, None)),
            "pullRequests" => Resolved::Value(pulls(repo, args, None)),
            "label" => value(repo.labels.iter().find(|it| it.eq_ignore_ascii_case(text("name").unwrap_or_default())).map(|it| label(it))),
            "labels" => {
                let part = text("query").unwrap_or_default();
                Resolved::Value(repo.labels.iter().filter(|it| it.contains(part)).map(|it| label(it)).collect())
            }
            "milestone" => value(repo.milestones.iter().find(|it| Some(it.number) == number).map(|it| milestone(repo, it))),
            "milestones" => {
                let part = text("query").unwrap_or_default();
                let wanted = repo.milestones.iter().filter(|it| it.title.contains(part) && state_fits(args, if it.open { "OPEN" } else { "CLOSED" }));
                Resolved::Value(wanted.map(|it| milestone(repo, it)).collect())
            }
            // As with the real one, a draft is not found by its tag.
            "release" => value(repo.releases.iter().find(|it| Some(it.tag.as_str()) == text("tagName") && !it.draft).map(|it| release(repo, it))),
            "releases" => Resolved::Value(repo.releases.iter().rev().map(|it| release(repo, it)).collect()),
            "latestRelease" => value(latest_release(repo).map(|it| release(repo, it))),
            "deployments" => {
                let wanted: Vec<&str> = args.get("environments").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
                let mut found: Vec<&Deployment> = repo.deployments.iter().filter(|it| wanted.is_empty() || wanted.contains(&it.environment.as_str())).collect();
                if args.get("orderBy").is_some_and(|order| order["direction"] == "DESC") {
                    found.reverse();
                }
                Resolved::Value(found.into_iter().map(|it| deployment(repo, it)).collect())
            }
            "environment" => {
                let name = text("name").unwrap_or_default();
                // Their names are the same in upper and lower case.
                let found = repo.environments.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
                value(found.map(|(name, rules)| environment(repo, name, rules)))
            }
            "environments" => Resolved::Value(repo.environments.iter().map(|(name, rules)| environment(repo, name, rules)).collect()),
            "vulnerabilityAlerts" => {
                let alerts = repo.dependabot.as_deref().unwrap_or_default();
                let wanted = alerts.iter().filter(|it| state_fits(args, if it.open { "OPEN" } else { "FIXED" }));
                Resolved::Value(wanted.map(|it| {
                    let severity = if it.severity == "medium" { "MODERATE".to_owned() } else { it.severity.to_uppercase() };
                    json!({
                        "id": format!("A_{}", it.number), "number": it.number, "state": if it.open { "OPEN" } else { "FIXED" }, "createdAt": time(super::world::then()),
                        "securityVulnerability": { "severity": severity, "package": { "name": it.package, "ecosystem": "RUST" }, "vulnerableVersionRange": "< 1.0.0" },
                        "securityAdvisory": { "ghsaId": "GHSA-0000-0000-0000", "summary": it.package, "severity": severity }, "dependencyScope": "RUNTIME",
                    })
                }).collect())
            }
            "mergeQueue" => value(repo.merge_queue.as_ref().map(|numbers| {
                let entries = numbers.iter().zip(1..).filter_map(|(number, position)| {
                    let found = repo.pulls.iter().find(|it| it.number == *number)?;
                    Some(json!({
                        "id": format!("MQE_{number}"), "position": position, "state": "QUEUED", "enqueuedAt": time(found.at),
                        "pullRequest": pull(repo, found), "headCommit": repo.commits.get(&found.head_oid).map(|it| commit(repo, it)),
                    }))
                });
                json!({ "id": "MQ_1", "url": format!("https://github.com/{}/queue/main", repo.full_name()), "entries": entries.collect::<Vec<_>>() })
            })),
            _ => Resolved::Default,
        }
    }

    /// A token without "Checks" sees the state of the rollup, and nulls where its parts would be.
    fn contexts(&self, repo: &Repo, parent: &Value) -> Resolved {
        let Some(found) = parent["_oid"].as_str().and_then(|oid| repo.commits.get(oid)) else {
            return Resolved::Default;
        };
        let mut nodes: Vec<Value> = found.checks.iter().map(|check| check_run(repo, found, check)).collect();
        nodes.extend(found.statuses.iter().map(|it| json!({
            "__typename": "StatusContext", "_repo": repo.full_name(), "id": it.context, "context": it.context, "state": it.state.to_uppercase(),
            "targetUrl": null, "createdAt": time(it.at),
        })));
        if self.token.is_some_and(|token| !token.sees_checks) {
            let error =
                json!({ "type": "FORBIDDEN", "message": "Resource not accessible by personal access token" });
            return Resolved::Partial(Value::Array(vec![Value::Null; nodes.len()]), error);
        }
        Resolved::Value(Value::Array(nodes))
    }

    fn milestone(repo: &Repo, parent: &Value, field: &str, args: &Map<String, Value>) -> Resolved {
        let title = parent["title"].as_str();
        match field {
            "issues" => Resolved::Value(issues(repo, args, title)),
            "pullRequests" => Resolved::Value(pulls(repo, args, title)),
            _ => Resolved::Default,
        }
    }

    fn issue_or_pull(
        &self,
        repo: &Repo,
        ty: &str,
        parent: &Value,
        field: &str,
        args: &Map<String, Value>,
    ) -> Resolved {
        let number = parent["number"].as_u64().unwrap_or_default();
        match field {
            "comments" => {
                let all = repo.comments.get(&number).into_iter().flatten().enumerate();
                Resolved::Value(all.map(|(index, it)| json!({
                    "id": format!("IC_{number}_{index}"), "url": format!("https://github.com/{}/issues/{number}#issuecomment-{index}", repo.full_name()),
                    "body": it.body, "createdAt": time(it.at), "isMinimized": it.hidden, "author": actor("User", &it.author),
                    "editor": it.editor.as_ref().map(|login| actor("User", login)), "lastEditedAt": it.editor.as_ref().map(|_| time(it.at)),
                })).collect())
            }
            "projectItems" => {
                let full = repo.full_name();
                let mut items = Vec::new();
                for ((owner, project), found) in &self.world.projects {
                    let mine =
                        found.items.iter().enumerate().filter(|(_, it)| it.0 == full && it.1 == number);
                    items.extend(mine.map(|(index, _)| self.project_item(owner, *project, index)));
                }
                Resolved::Value(Value::Array(items))
            }
            "subIssues" => {
                let wanted = repo
                    .issues
                    .iter()
                    .find(|it| it.number == number)
                    .map(|it| it.sub_issues.clone())
                    .unwrap_or_default();
                Resolved::Value(
                    repo.issues
                        .iter()
                        .filter(|it| wanted.contains(&it.number))
                        .map(|it| issue(repo, it))
                        .collect(),
                )
            }
            "milestone" => {
                let title = parent["_milestone"].as_str();
                value(
                    repo.milestones
                        .iter()
                        .find(|it| Some(it.title.as_str()) == title)
                        .map(|it| milestone(repo, it)),
                )
            }
            "reviews" if ty == "PullRequest" => {
                let all = parent["reviews"].as_array().cloned().unwrap_or_default();
                Resolved::Value(
                    all.into_iter()
                        .filter(|it| state_fits(args, it["state"].as_str().unwrap_or_default()))
                        .collect(),
                )
            }
            "latestOpinionatedReviews" | "latestReviews" => {
                let opinionated = field == "latestOpinionatedReviews";
                let mut newest: Vec<Value> = Vec::new();
                for review in parent["reviews"].as_array().into_iter().flatten() {
                    if !opinionated
                        || matches!(
                            review["state"].as_str(),
                            Some("APPROVED" | "CHANGES_REQUESTED" | "DISMISSED")
                        )
                    {
                        newest.retain(|it| it["author"] != review["author"]);
                        newest.push(review.clone());
                    }
                }
                Resolved::Value(Value::Array(newest))
            }
            "commits" => {
                let found = parent["headRefOid"].as_str().and_then(|oid| repo.commits.get(oid));
                Resolved::Value(
                    found
                        .into_iter()
                        .map(|it| json!({ "id": it.oid, "url": "", "commit": commit(repo, it) }))
                        .collect(),
                )
            }
            "mergeQueueEntry" | "isInMergeQueue" => {
                let at =
                    repo.merge_queue.as_ref().and_then(|numbers| numbers.iter().position(|it| *it == number));
                Resolved::Value(match (field, at) {
                    ("isInMergeQueue", at) => json!(at.is_some()),
                    (_, Some(at)) => {
                        json!({ "id": format!("MQE_{number}"), "position": at + 1, "state": "QUEUED", "enqueuedAt": parent["createdAt"] })
                    }
                    (_, None) => Value::Null,
                })
            }
            _ => Resolved::Default,
        }
    }
}

fn actor(kind: &str, login: &str) -> Value {
    json!({ "__typename": kind, "login": login, "name": login, "id": format!("U_{login}"), "databaseId": 1, "url": format!("https://github.com/{login}") })
}

fn state_fits(args: &Map<String, Value>, state: &str) -> bool {
    args.get("states").and_then(Value::as_array).is_none_or(|wanted| wanted.iter().any(|it| it == state))
}

fn labels_fit(args: &Map<String, Value>, own: &[String]) -> bool {
    let wanted = args
        .get("labels")
        .and_then(Value::as_array)
        .or_else(|| args.get("filterBy")?.get("labels")?.as_array());
    // GitHub's GraphQL takes issues that have any of the labels.
    wanted.is_none_or(|wanted| {
        wanted.is_empty()
            || wanted
                .iter()
                .any(|it| own.iter().any(|own| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(own))))
    })
}

fn issues(repo: &Repo, args: &Map<String, Value>, milestone: Option<&str>) -> Value {
    let by = args.get("filterBy");
    let wanted = by.and_then(|by| by.get("milestoneNumber")).and_then(Value::as_str).map(str::to_owned);
    let title = wanted.map(|number| {
        repo.milestones.iter().find(|it| it.number.to_string() == number).map(|it| it.title.clone())
    });
    let states = by.and_then(|by| by.get("states")).and_then(Value::as_array);
    let fits = |it: &&Issue| {
        let state = if it.open { "OPEN" } else { "CLOSED" };
        state_fits(args, state)
            && states.is_none_or(|states| states.iter().any(|wanted| wanted == state))
            && labels_fit(args, &it.labels)
            && milestone.is_none_or(|title| it.milestone.as_deref() == Some(title))
            && title.as_ref().is_none_or(|title| title.is_some() && it.milestone == *title)
    };
    repo.issues.iter().filter(fits).map(|it| issue(repo, it)).collect()
}

fn pulls(repo: &Repo, args: &Map<String, Value>, milestone: Option<&str>) -> Value {
    let branch =
        |name: &str, own: &str| args.get(name).and_then(Value::as_str).is_none_or(|wanted| wanted == own);
    let fits = |it: &&Pull| {
        state_fits(args, &it.state)
            && labels_fit(args, &it.labels)
            && branch("baseRefName", &it.base)
            && branch("headRefName", &it.head)
            && milestone.is_none_or(|title| it.milestone.as_deref() == Some(title))
    };
    repo.pulls.iter().filter(fits).map(|it| pull(repo, it)).collect()
}

fn repository(repo: &Repo) -> Value {
    json!({
        "__typename": "Repository", "_repo": repo.full_name(), "id": format!("R_{}", repo.id), "databaseId": repo.id, "name": repo.name,
        "nameWithOwner": repo.full_name(), "owner": actor("Organization", &repo.owner), "url": format!("https://github.com/{}", repo.full_name()),
        "isPrivate": repo.private, "isArchived": false, "hasVulnerabilityAlertsEnabled": repo.dependabot.is_some(),
    })
}

/// `main`, a tag, a commit id, or any of these with `:path`.
fn object(repo: &Repo, expression: &str) -> Option<Value> {
    let Some((revision, path)) = expression.split_once(':') else {
        return repo
            .find(expression)
            .map(|it| tagged(repo, expression.trim_start_matches("refs/tags/"), commit(repo, it)));
    };
    let oid = &repo.find(revision)?.oid;
    if let Some(content) = repo.files.get(&(oid.clone(), path.to_owned())) {
        let text = std::str::from_utf8(content).ok();
        let id = super::world::oid(&String::from_utf8_lossy(content));
        return Some(json!({
            "__typename": "Blob", "id": id, "oid": id, "abbreviatedOid": id[..7], "commitUrl": "", "byteSize": content.len(),
            "isBinary": text.is_none(), "isTruncated": false, "text": text,
        }));
    }
    let folder = format!("{}/", path.trim_end_matches('/'));
    let inside =
        repo.files.keys().any(|(at, name)| at == oid && (path.is_empty() || name.starts_with(&folder)));
    inside.then(|| {
        let id = super::world::oid(path);
        json!({ "__typename": "Tree", "id": id, "oid": id, "abbreviatedOid": id[..7], "commitUrl": "" })
    })
}

/// The commit itself, or the annotated tag that points at it.
fn tagged(repo: &Repo, name: &str, commit: Value) -> Value {
    if !repo.annotated.contains(name) {
        return commit;
    }
    let id = super::world::oid(&format!("tag {name}"));
    json!({ "__typename": "Tag", "_repo": repo.full_name(), "id": id, "oid": id, "abbreviatedOid": id[..7], "commitUrl": "", "name": name, "target": commit })
}

fn reference(repo: &Repo, asked: &str) -> Option<Value> {
    let forms = [asked.to_owned(), format!("refs/heads/{asked}"), format!("refs/tags/{asked}")];
    let full = forms.iter().find(|name| repo.refs.contains_key(*name))?;
    let found = repo.commits.get(repo.refs.get(full)?);
    let prefix = if full.starts_with("refs/tags/") { "refs/tags/" } else { "refs/heads/" };
    let name = full.strip_prefix(prefix)?;
    let rule = repo.required_checks.get(name).map(|checks| {
        let checked: Vec<Value> = checks.iter().map(|context| json!({ "context": context, "app": null })).collect();
        json!({ "id": name, "pattern": name, "requiresStatusChecks": true, "requiredStatusChecks": checked, "requiredStatusCheckContexts": checks, "requiredApprovingReviewCount": 1, "requiresCodeOwnerReviews": false })
    });
    let target = found.map(|it| {
        if prefix == "refs/tags/" { tagged(repo, name, commit(repo, it)) } else { commit(repo, it) }
    });
    let classic = repo.protection.get(name).map(|(checks, approvals, owners)| {
        json!({ "pattern": name, "requiredStatusCheckContexts": checks, "requiredApprovingReviewCount": approvals, "requiresCodeOwnerReviews": owners })
    });
    let classic = classic.or_else(|| rule.clone());
    Some(
        json!({ "id": full, "name": name, "prefix": prefix, "target": target, "branchProtectionRule": rule, "refUpdateRule": classic }),
    )
}

fn commit(repo: &Repo, found: &Commit) -> Value {
    let rollup = rollup_state(found).map(|state| json!({ "_repo": repo.full_name(), "_oid": found.oid, "id": found.oid, "state": state, "commit": null }));
    json!({
        "__typename": "Commit", "_repo": repo.full_name(), "id": found.oid, "oid": found.oid, "abbreviatedOid": found.oid[..7],
        "commitUrl": format!("https://github.com/{}/commit/{}", repo.full_name(), found.oid), "url": format!("https://github.com/{}/commit/{}", repo.full_name(), found.oid),
        "message": found.message, "messageHeadline": found.message, "committedDate": time(found.at), "statusCheckRollup": rollup,
    })
}

/// GitHub's own sum: success, neutral and skipped pass. Null when nothing reported.
fn rollup_state(found: &Commit) -> Option<&'static str> {
    if found.checks.is_empty() && found.statuses.is_empty() {
        return None;
    }
    let good = |conclusion: &str| matches!(conclusion, "success" | "neutral" | "skipped");
    let failed = found.checks.iter().any(|it| it.conclusion.as_deref().is_some_and(|it| !good(it)))
        || found.statuses.iter().any(|it| matches!(it.state.as_str(), "failure" | "error"));
    let running = found.checks.iter().any(|it| it.conclusion.is_none())
        || found.statuses.iter().any(|it| it.state == "pending");
    Some(if failed {
        "FAILURE"
    } else if running {
        "PENDING"
    } else {
        "SUCCESS"
    })
}

fn check_run(repo: &Repo, commit: &Commit, check: &super::world::Check) -> Value {
    let siblings = || commit.checks.iter().filter(|it| check.suite.is_some() && it.suite == check.suite);
    let begun = siblings().map(|it| it.at).min().unwrap_or(check.at);
    let open = siblings().chain([check]).any(|it| it.status != "completed");
    let whole = if open { "IN_PROGRESS" } else { "COMPLETED" };
    let workflow = check.workflow.as_ref().map(|(name, event, run)| {
        let url = format!("https://github.com/{}/actions/runs/{run}", repo.full_name());
        let file = check.file.clone().unwrap_or_else(|| format!("{}.yml", name.to_lowercase()));
        let path = format!("/{}/actions/workflows/{file}", repo.full_name());
        json!({
            "id": format!("WR_{run}"), "databaseId": run, "runNumber": run, "event": event, "url": url, "createdAt": time(begun), "updatedAt": time(begun),
            "file": { "id": file, "path": format!(".github/workflows/{file}") }, "workflow": { "id": format!("W_{file}"), "name": name, "resourcePath": path },
        })
    });
    let link = format!("https://github.com/{}/runs/{}", repo.full_name(), check.id);
    let status = check.status.to_uppercase();
    let conclusion = check.conclusion.as_ref().map(|it| it.to_uppercase());
    json!({
        "__typename": "CheckRun", "_repo": repo.full_name(), "id": format!("C_{}", check.id), "databaseId": check.id, "name": check.name,
        "status": status, "conclusion": conclusion, "detailsUrl": link, "url": link, "permalink": link, "title": null, "summary": null,
        "startedAt": time(check.begun.unwrap_or(check.at)), "completedAt": check.conclusion.as_ref().map(|_| time(check.at)),
        "checkSuite": {
            "id": format!("CS_{}", check.suite.clone().unwrap_or_else(|| check.id.to_string())), "databaseId": check.id, "status": whole, "conclusion": if open { None } else { conclusion.clone() },
            "workflowRun": workflow, "url": link, "createdAt": time(begun), "updatedAt": time(check.at),
            "app": { "id": check.app, "slug": check.app, "name": check.app, "databaseId": check.app_id },
            "branch": check.branch.as_ref().map(|name| json!({ "id": name, "name": name, "prefix": "refs/heads/" })),
        },
    })
}

fn pull(repo: &Repo, found: &Pull) -> Value {
    let merged = found.state == "MERGED";
    let reviews = found.reviews.iter().enumerate().map(|(index, it)| {
        let at = repo.commits.get(&it.oid).map(|it| commit(repo, it));
        json!({ "id": format!("PRR_{}_{index}", found.number), "author": actor(if it.author.ends_with("bot") { "Bot" } else { "User" }, &it.author), "state": it.state, "commit": at, "submittedAt": time(it.at), "url": "", "onBehalfOf": [] })
    });
    let requests = found.requested.iter().map(|who| {
        let reviewer = who.split_once('/').map_or_else(|| actor("User", who), |(_, slug)| json!({ "__typename": "Team", "id": slug, "slug": slug, "name": slug, "combinedSlug": who }));
        json!({ "id": who, "asCodeOwner": who.starts_with('*'), "requestedReviewer": reviewer })
    });
    let id = format!("#{}", found.number);
    let others = repo.pulls.iter().filter(|it| it.number != found.number && it.body.contains(&id));
    let pulls = others.map(|it| {
        let merge = it.merge_commit.as_ref().and_then(|oid| repo.commits.get(oid)).map(|it| commit(repo, it));
        let source = json!({ "__typename": "PullRequest", "_repo": repo.full_name(), "number": it.number, "title": it.title, "body": it.body, "state": it.state, "mergeCommit": merge });
        json!({ "__typename": "CrossReferencedEvent", "id": format!("CE_{}", it.number), "isCrossRepository": it.fork, "source": source })
    });
    let commits = repo.commits.values().filter(|it| it.message.contains(&id));
    let commits = commits.map(|it| json!({ "__typename": "ReferencedEvent", "id": format!("RE_{}", it.oid), "isCrossRepository": false, "commit": commit(repo, it) }));
    let timeline: Vec<Value> = pulls.chain(commits).collect();
    json!({
        "timelineItems": timeline,
        "__typename": "PullRequest", "_repo": repo.full_name(), "_milestone": found.milestone, "id": format!("PR_{}", found.number), "number": found.number, "title": found.title,
        "url": format!("https://github.com/{}/pull/{}", repo.full_name(), found.number), "state": found.state, "merged": merged, "mergedAt": merged.then(|| time(found.at)), "closedAt": (found.state != "OPEN").then(|| time(found.at)),
        "isDraft": found.draft, "isCrossRepository": found.fork, "closed": found.state != "OPEN", "createdAt": time(found.at), "updatedAt": time(found.at), "mergeable": found.mergeable,
        "mergeStateStatus": found.merge_state, "reviewDecision": found.review_decision, "headRefOid": found.head_oid, "headRefName": found.head,
        "baseRefName": found.base, "baseRefOid": repo.refs.get(&format!("refs/heads/{}", found.base)).cloned().unwrap_or_default(),
        "mergeCommit": found.merge_commit.as_ref().and_then(|oid| repo.commits.get(oid)).map(|it| commit(repo, it)), "author": actor("User", &found.author), "body": found.body,
        "labels": found.labels.iter().map(|it| label(it)).collect::<Vec<_>>(), "reviews": reviews.collect::<Vec<_>>(), "reviewRequests": requests.collect::<Vec<_>>(),
    })
}

fn issue(repo: &Repo, found: &Issue) -> Value {
    let subs: Vec<&Issue> = repo.issues.iter().filter(|it| found.sub_issues.contains(&it.number)).collect();
    let done = subs.iter().filter(|it| !it.open).count();
    json!({
        "__typename": "Issue", "_repo": repo.full_name(), "_milestone": found.milestone, "id": format!("I_{}", found.number), "number": found.number, "title": found.title,
        "url": format!("https://github.com/{}/issues/{}", repo.full_name(), found.number), "state": if found.open { "OPEN" } else { "CLOSED" },
        "stateReason": found.state_reason.as_ref().map(|it| it.to_uppercase()), "closed": !found.open, "closedAt": (!found.open).then(|| time(found.at)), "createdAt": time(found.at), "updatedAt": time(found.at),
        "body": found.body, "author": actor("User", "author"), "assignees": found.assignees.iter().map(|it| actor("User", it)).collect::<Vec<_>>(),
        "labels": found.labels.iter().map(|it| label(it)).collect::<Vec<_>>(),
        "subIssuesSummary": { "total": subs.len(), "completed": done, "percentCompleted": (done * 100).checked_div(subs.len()).unwrap_or(0) },
    })
}

fn label(name: &str) -> Value {
    json!({ "id": format!("L_{name}"), "name": name, "color": "ff0000", "description": null, "url": "" })
}

fn milestone(repo: &Repo, found: &Milestone) -> Value {
    let all: Vec<&Issue> =
        repo.issues.iter().filter(|it| it.milestone.as_ref() == Some(&found.title)).collect();
    let closed = all.iter().filter(|it| !it.open).count();
    json!({
        "__typename": "Milestone", "_repo": repo.full_name(), "id": format!("M_{}", found.number), "number": found.number, "title": found.title,
        "url": format!("https://github.com/{}/milestone/{}", repo.full_name(), found.number), "state": if found.open { "OPEN" } else { "CLOSED" }, "closed": !found.open,
        "dueOn": found.due.map(time), "progressPercentage": (closed * 100).checked_div(all.len()).unwrap_or(0),
    })
}

fn release(repo: &Repo, found: &Release) -> Value {
    let at = repo.refs.get(&format!("refs/tags/{}", found.tag)).and_then(|oid| repo.commits.get(oid));
    let latest = latest_release(repo).is_some_and(|it| it.id == found.id);
    json!({
        "__typename": "Release", "_repo": repo.full_name(), "id": format!("RE_{}", found.id), "databaseId": found.id, "name": found.name, "tagName": found.tag,
        "url": format!("https://github.com/{}/releases/tag/{}", repo.full_name(), if found.draft { format!("untagged-{}", found.id) } else { found.tag.clone() }), "isDraft": found.draft, "isPrerelease": found.prerelease, "isLatest": latest,
        "publishedAt": found.published.map(time), "createdAt": time(found.published.unwrap_or_else(super::world::then)), "tagCommit": at.map(|it| commit(repo, it)),
        "tag": reference(repo, &format!("refs/tags/{}", found.tag)),
        "releaseAssets": found.assets.iter().map(|it| json!({ "id": it.id.to_string(), "name": it.name, "size": it.size, "contentType": "application/octet-stream", "url": "", "downloadUrl": "" })).collect::<Vec<_>>(),
    })
}

fn deployment(repo: &Repo, found: &Deployment) -> Value {
    let statuses: Vec<Value> = found
        .statuses
        .iter()
        .rev()
        .enumerate()
        .map(|(index, (state, at))| json!({ "id": format!("DS_{index}"), "state": state.to_uppercase(), "environmentUrl": null, "logUrl": found.run.map(|id| format!("https://github.com/{}/actions/runs/{id}/job/{}", repo.full_name(), found.job)), "createdAt": time(*at), "updatedAt": time(*at) }))
        .collect();
    let state = match found.statuses.last().map(|(state, _)| state.as_str()) {
        None => "PENDING".to_owned(),
        Some("success") => "ACTIVE".to_owned(),
        Some(other) => other.to_uppercase(),
    };
    json!({
        "__typename": "Deployment", "_repo": repo.full_name(), "id": format!("D_{}", found.id), "databaseId": found.id, "environment": found.environment, "commitOid": found.sha,
        "state": state, "task": found.task, "creator": actor(if found.by.contains("bot") || found.by == "github-actions" { "Bot" } else { "User" }, &found.by), "createdAt": time(found.at), "updatedAt": time(found.at), "latestStatus": statuses.first(), "statuses": statuses,
        "ref": reference(repo, &found.git_ref), "description": null,
    })
}

fn environment(repo: &Repo, name: &str, rules: &[String]) -> Value {
    let rules =
        rules.iter().zip(1..).map(|(rule, id)| json!({ "databaseId": id, "type": rule, "timeout": 0 }));
    json!({ "__typename": "Environment", "_repo": repo.full_name(), "id": format!("E_{name}"), "name": name, "protectionRules": rules.collect::<Vec<_>>() })
}
