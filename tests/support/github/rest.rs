//! REST: who asks, what is left of the rate, the path, then ETag and paging. To serve a path, add a line to `route`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::graph;
use super::world::{Alert, Commit, GithubWorld, Issue, Pull, Repo, Token};
use crate::support::server::{Reply, Req};

pub fn handle(world: &mut GithubWorld, request: &Req) -> Reply {
    let token = match who(world, request) {
        Ok(token) => token,
        Err(reply) => return reply,
    };
    let segments = request.segments();
    let mut path: Vec<&str> = segments.iter().map(String::as_str).collect();
    if path.starts_with(&["api", "v3"]) {
        path.drain(..2);
    } else if path == ["api", "graphql"] {
        path.drain(..1);
    }
    let resource = match path.as_slice() {
        ["graphql"] => "graphql",
        ["search", ..] => "search",
        _ => "core",
    };
    if let Some(reply) = spent(world, request, resource) {
        return with_rate(world, request, resource, reply);
    }
    let reply = match path.as_slice() {
        ["graphql"] if request.method == "POST" => {
            let body = request.json();
            let query = body["query"].as_str().unwrap_or_default();
            Reply::json(200, &graph::answer(world, token.as_ref(), query, &body["variables"]))
        }
        _ if request.method != "GET" => message(405, "the cockpit only reads"),
        _ => route(world, token.as_ref(), request, &path).unwrap_or_else(|| message(404, "Not Found")),
    };
    let reply = if resource == "graphql" { reply } else { conditional(request, reply) };
    if reply.status != 304 && path != ["rate_limit"] {
        take(world, resource);
    }
    with_rate(world, request, resource, reply)
}

fn who(world: &GithubWorld, request: &Req) -> Result<Option<Token>, Reply> {
    if request.header("user-agent").is_none_or(str::is_empty) {
        return Err(message(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    let given = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("token ")));
    match given {
        _ if world.tokens.is_empty() => Ok(None),
        Some(token) => {
            world.tokens.get(token).cloned().map(Some).ok_or_else(|| message(401, "Bad credentials"))
        }
        None if request.path.ends_with("/graphql") => Err(message(401, "Requires authentication")),
        None => Ok(Some(Token { login: String::new(), scopes: None, sees_checks: true, repos: Vec::new() })),
    }
}

fn message(status: u16, text: &str) -> Reply {
    let body = json!({ "message": text, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() });
    Reply::json(status, &body)
}

fn spent(world: &GithubWorld, request: &Req, resource: &str) -> Option<Reply> {
    let rate = world.rates.get(resource)?;
    if rate.remaining > 0 || request.path.ends_with("/rate_limit") {
        return None;
    }
    let text = "API rate limit exceeded for user ID 1.";
    Some(if resource == "graphql" {
        Reply::json(200, &json!({ "errors": [{ "type": "RATE_LIMITED", "message": text }] }))
    } else {
        message(403, text)
    })
}

fn take(world: &mut GithubWorld, resource: &str) {
    if let Some(rate) = world.rates.get_mut(resource) {
        rate.remaining = rate.remaining.saturating_sub(1);
    }
}

fn with_rate(world: &GithubWorld, request: &Req, resource: &str, reply: Reply) -> Reply {
    let (limit, remaining, reset) =
        world.rates.get(resource).map_or((5000, 4999, 3600), |rate| (rate.limit, rate.remaining, rate.reset));
    let mut reply = reply
        .with("x-ratelimit-limit", limit)
        .with("x-ratelimit-remaining", remaining)
        .with("x-ratelimit-used", limit.saturating_sub(remaining))
        .with("x-ratelimit-reset", Utc::now().timestamp().unsigned_abs() + reset)
        .with("x-ratelimit-resource", resource)
        .with("x-github-request-id", "0000:0000:00000000");
    if let Some(scopes) = request
        .header("authorization")
        .and_then(|value| world.tokens.get(value.trim_start_matches("Bearer ")))
        .and_then(|token| token.scopes.clone())
    {
        reply = reply.with("x-oauth-scopes", scopes);
    }
    reply
}

/// The tag depends on the body, the token and what is accepted.
fn conditional(request: &Req, reply: Reply) -> Reply {
    if reply.status != 200 {
        return reply;
    }
    let mut seed = String::from_utf8_lossy(&reply.body).into_owned();
    for (name, value) in &reply.headers {
        seed += &format!("{name}{value}");
    }
    seed += request.header("authorization").unwrap_or_default();
    seed += request.header("accept").unwrap_or_default();
    let tag = format!("W/\"{}\"", super::world::oid(&seed));
    if request.header("if-none-match") == Some(tag.as_str()) {
        return Reply::empty(304).with("ETag", tag);
    }
    reply.with("ETag", tag)
}

/// A list, in pages: 30 a page unless asked, at most 100.
fn list(request: &Req, items: Vec<Value>, wrap: Option<&str>) -> Reply {
    let number = |name: &str, default: usize| {
        request.param(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let size = number("per_page", 30).clamp(1, 100);
    let page = number("page", 1).max(1);
    let total = items.len();
    let pages = total.div_ceil(size).max(1);
    let items: Vec<Value> = items.into_iter().skip((page - 1) * size).take(size).collect();
    let body = match wrap {
        Some(name) => json!({ "total_count": total, name: items }),
        None => json!(items),
    };
    let reply = Reply::json(200, &body);
    if page >= pages {
        return reply;
    }
    let address = |page: usize| {
        let rest = request.target.split_once('?').map_or("", |(_, query)| query);
        let kept: Vec<&str> =
            rest.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("page=")).collect();
        format!(
            "<{}{}?{}page={page}>",
            request.base,
            request.path,
            kept.iter().map(|pair| format!("{pair}&")).collect::<String>()
        )
    };
    reply.with("Link", format!("{}; rel=\"next\", {}; rel=\"last\"", address(page + 1), address(pages)))
}

fn route(world: &GithubWorld, token: Option<&Token>, request: &Req, path: &[&str]) -> Option<Reply> {
    match path {
        [] => Some(Reply::json(200, &json!({ "current_user_url": format!("{}/user", request.base) }))),
        ["user"] => {
            let login = token.map_or("someone", |token| token.login.as_str());
            Some(if login.is_empty() {
                message(401, "Requires authentication")
            } else {
                Reply::json(200, &user(login))
            })
        }
        ["rate_limit"] => Some(Reply::json(200, &rates(world))),
        ["repos", owner, name, rest @ ..] => {
            let full = format!("{owner}/{name}");
            if let Some(new) = world.renamed.get(&full) {
                let id = world.repos.get(new)?.id;
                let query =
                    request.target.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
                let tail: String = rest.iter().map(|part| format!("/{}", part.replace('/', "%2F"))).collect();
                let to = format!("{}/repositories/{id}{tail}{query}", request.base);
                return Some(message(301, "Moved Permanently").with("Location", to));
            }
            of_repo(visible(world, token, &full)?, token, request, rest)
        }
        ["repositories", id, rest @ ..] => {
            let full = world.repos.values().find(|repo| repo.id.to_string() == **id)?.full_name();
            of_repo(visible(world, token, &full)?, token, request, rest)
        }
        ["orgs", org, "teams", team, "members"] => {
            let members = world.teams.get(&format!("{org}/{team}"))?;
            Some(list(request, members.iter().map(|login| user(login)).collect(), None))
        }
        ["search", "issues"] => Some(search(world, token, request)),
        _ => None,
    }
}

/// A private repository that the token may not see does not exist for it.
pub fn visible<'a>(world: &'a GithubWorld, token: Option<&Token>, full: &str) -> Option<&'a Repo> {
    let repo = world.repos.get(full)?;
    let hidden = repo.private && token.is_some_and(|token| !token.repos.iter().any(|seen| seen == full));
    (!hidden).then_some(repo)
}

fn user(login: &str) -> Value {
    json!({ "login": login, "id": 1, "type": "User", "html_url": format!("https://github.com/{login}") })
}

fn rates(world: &GithubWorld) -> Value {
    let one = |name: &str| {
        let rate =
            world.rates.get(name).map_or((5000, 4999, 3600), |rate| (rate.limit, rate.remaining, rate.reset));
        json!({ "limit": rate.0, "remaining": rate.1, "used": rate.0.saturating_sub(rate.1), "reset": Utc::now().timestamp().unsigned_abs() + rate.2 })
    };
    json!({ "resources": { "core": one("core"), "search": one("search"), "graphql": one("graphql") } })
}

fn of_repo(repo: &Repo, token: Option<&Token>, request: &Req, path: &[&str]) -> Option<Reply> {
    let ok = |value: Value| Some(Reply::json(200, &value));
    let all = |items: Vec<Value>| Some(list(request, items, None));
    match path {
        [] => ok(repository(repo)),
        ["branches", branch] => {
            let oid = repo.refs.get(&format!("refs/heads/{branch}"))?;
            let classic = repo.protection.get(*branch).map(|it| &it.0).or(repo.required_checks.get(*branch));
            let names = classic.cloned().unwrap_or_default();
            let app =
                |name: &String| repo.protection_apps.get(&((*branch).to_owned(), name.clone())).copied();
            let checks: Vec<Value> =
                names.iter().map(|name| json!({ "context": name, "app_id": app(name) })).collect();
            ok(json!({
                "name": branch, "commit": { "sha": oid }, "protected": classic.is_some(),
                "protection": { "enabled": classic.is_some(), "required_status_checks": { "enforcement_level": "non_admins", "contexts": names, "checks": checks } },
            }))
        }
        ["rules", "branches", branch] => {
            let checks = repo.required_checks.get(*branch).cloned().unwrap_or_default();
            let checks: Vec<Value> = checks.iter().map(|name| json!({ "context": name })).collect();
            let rule = json!({ "type": "required_status_checks", "parameters": { "required_status_checks": checks, "strict_required_status_checks_policy": false } });
            let mut rules = if checks.is_empty() { Vec::new() } else { vec![rule] };
            rules.extend(repo.rules.get(*branch).cloned().unwrap_or_default());
            all(rules)
        }
        ["git", "ref", name @ ..] => {
            let name = format!("refs/{}", name.join("/"));
            let oid = repo.refs.get(&name)?;
            ok(json!({ "ref": name, "object": { "type": "commit", "sha": oid } }))
        }
        ["compare", range] => {
            let (base, head) = range.split_once("...")?;
            let (base, head) = (repo.find(base)?.oid.clone(), repo.find(head)?.oid.clone());
            let status = match (repo.holds(&head, &base), repo.holds(&base, &head)) {
                (true, true) => "identical",
                (true, false) => "ahead",
                (false, true) => "behind",
                (false, false) => "diverged",
            };
            ok(json!({ "status": status, "ahead_by": 0, "behind_by": 0, "total_commits": 0, "commits": [] }))
        }
        ["commits", reference] => ok(commit(repo.find(reference)?)),
        ["commits", reference, "check-runs"] => {
            if token.is_some_and(|token| !token.sees_checks) {
                return Some(
                    message(403, "Resource not accessible by personal access token")
                        .with("X-Accepted-GitHub-Permissions", "checks=read"),
                );
            }
            let found = repo.find(reference)?;
            Some(list(request, check_runs(found, request), Some("check_runs")))
        }
        ["commits", reference, "status"] => ok(combined_status(repo.find(reference)?)),
        ["actions", "runs"] => Some(list(request, runs(repo, request, None), Some("workflow_runs"))),
        ["actions", "runs", id, "pending_deployments"] => {
            let run = repo.runs.iter().find(|run| run.id.to_string() == **id)?;
            let waiting = repo.waiting.get(&run.id).into_iter().flatten();
            ok(waiting.map(|(environment, logins)| json!({
                "environment": { "id": 1, "name": environment }, "wait_timer": 0, "current_user_can_approve": false,
                "reviewers": logins.iter().map(|login| json!({ "type": "User", "reviewer": user(login) })).collect::<Vec<_>>(),
            })).collect())
        }
        ["actions", "runs", id, "jobs"] if request.param("filter") == Some("all") => {
            let jobs = repo.attempts.get(&id.parse().ok()?).cloned().unwrap_or_default();
            let jobs = jobs.into_iter().zip(1..);
            let jobs =
                jobs.map(|((name, attempt), id)| json!({ "id": id, "name": name, "run_attempt": attempt }));
            Some(list(request, jobs.collect(), Some("jobs")))
        }
        ["actions", "runs", id, "jobs"] => {
            let jobs = repo.jobs.get(&id.parse().ok()?).cloned().unwrap_or_default();
            Some(list(request, jobs.into_iter().map(|id| json!({ "id": id })).collect(), Some("jobs")))
        }
        ["actions", "workflows"] => {
            let items = repo.workflows.iter().zip(1..).map(|((file, name), id)| {
                json!({ "id": id, "name": name, "path": format!(".github/workflows/{file}"), "state": "active" })
            });
            Some(list(request, items.collect(), Some("workflows")))
        }
        ["actions", "workflows", file] => {
            let name = repo.workflows.get(*file)?;
            ok(
                json!({ "id": 1, "name": name, "path": format!(".github/workflows/{file}"), "state": "active", "html_url": format!("https://github.com/workflows/{file}") }),
            )
        }
        ["actions", "workflows", file, "runs"] => {
            repo.workflows.get(*file)?;
            Some(list(request, runs(repo, request, Some(file)), Some("workflow_runs")))
        }
        ["pulls"] => all(pulls(repo, request)),
        ["pulls", number] => ok(pull(repo, find_pull(repo, number)?, true)),
        ["pulls", number, "reviews"] => {
            let found = find_pull(repo, number)?;
            all(found.reviews.iter().zip(1..).map(|(review, id)| json!({
                "id": id, "user": user(&review.author), "state": review.state, "commit_id": review.oid, "submitted_at": time(review.at),
            })).collect())
        }
        ["pulls", number, "requested_reviewers"] => {
            let found = find_pull(repo, number)?;
            let (teams, users): (Vec<&String>, Vec<&String>) =
                found.requested.iter().partition(|who| who.contains('/'));
            ok(json!({
                "users": users.iter().map(|login| user(login)).collect::<Vec<_>>(),
                "teams": teams.iter().map(|team| json!({ "slug": team.rsplit('/').next() })).collect::<Vec<_>>(),
            }))
        }
        ["issues"] => all(issues(repo, request)),
        ["issues", number] => {
            ok(issue(repo, repo.issues.iter().find(|issue| issue.number.to_string() == **number)?))
        }
        ["labels"] => all(repo.labels.iter().map(|name| label(name)).collect()),
        ["labels", name] => ok(label(repo.labels.iter().find(|label| label.eq_ignore_ascii_case(name))?)),
        ["milestones"] => {
            let state = request.param("state").unwrap_or("open");
            let wanted = repo.milestones.iter().filter(|it| state == "all" || (state == "open") == it.open);
            all(wanted.map(|it| milestone(repo, it.number).unwrap_or_default()).collect())
        }
        ["milestones", number] => ok(milestone(repo, number.parse().ok()?)?),
        ["releases"] => all(repo.releases.iter().rev().map(release).collect()),
        ["releases", "latest"] => ok(release(latest_release(repo)?)),
        ["releases", id, "assets"] => {
            let found = repo.releases.iter().find(|it| it.id.to_string() == **id)?;
            all(release(found)["assets"].as_array().cloned().unwrap_or_default())
        }
        ["releases", id] if id.bytes().all(|byte| byte.is_ascii_digit()) => {
            ok(release(repo.releases.iter().find(|it| it.id.to_string() == **id)?))
        }
        ["releases", "tags", tag] => {
            ok(release(repo.releases.iter().find(|it| it.tag == *tag && !it.draft)?))
        }
        ["tags"] => {
            let tags =
                repo.refs.iter().filter_map(|(name, oid)| Some((name.strip_prefix("refs/tags/")?, oid)));
            all(tags.map(|(name, oid)| json!({ "name": name, "commit": { "sha": oid } })).collect())
        }
        ["deployments"] => all(deployments(repo, request)),
        ["deployments", id, "statuses"] => {
            let found = repo.deployments.iter().find(|it| it.id.to_string() == **id)?;
            all(found.statuses.iter().rev().map(|(state, at)| json!({ "state": state, "created_at": time(*at), "environment_url": "", "log_url": "" })).collect())
        }
        ["environments"] => {
            let items = repo.environments.iter().map(|(name, rules)| environment(name, rules)).collect();
            Some(list(request, items, Some("environments")))
        }
        ["environments", name] => ok(environment(name, repo.environments.get(*name)?)),
        ["dependabot", "alerts"] => alerts(
            request,
            repo.dependabot.as_ref(),
            403,
            "Dependabot alerts are disabled for this repository.",
        ),
        ["code-scanning", "alerts"] => alerts(request, repo.code_scanning.as_ref(), 404, "no analysis found"),
        ["code-scanning", "analyses"] if repo.code_scanning.is_none() => {
            Some(message(404, "no analysis found"))
        }
        ["code-scanning", "analyses"] => {
            let of_ref = repo.analyses.iter().enumerate().rev();
            let of_ref = of_ref.filter(|(_, it)| request.param("ref").is_none_or(|name| name == it.0));
            let key = |category: &str| {
                category.split_once('@').map_or(".github/workflows/scan.yml:analyze", |it| it.1).to_owned()
            };
            all(of_ref.map(|(at, (name, sha, category, error))| json!({
                "id": at, "ref": name, "commit_sha": sha, "category": category.split('@').next(), "analysis_key": key(category), "error": error, "results_count": 0, "rules_count": 1,
                "created_at": time(super::world::then() + chrono::TimeDelta::minutes(at as i64)), "tool": { "name": "CodeQL", "version": "2" },
            })).collect())
        }
        ["secret-scanning", "alerts"] => alerts(
            request,
            match request.param("secret_type") {
                Some(kinds) if kinds.contains("rsa_private_key") => {
                    repo.secret_scanning.as_ref().map(|_| &repo.generic_secrets)
                }
                _ => repo.secret_scanning.as_ref(),
            },
            404,
            "Secret scanning is disabled on this repository.",
        ),
        ["codeowners", "errors"] => {
            let errors = repo.codeowners?;
            ok(
                json!({ "errors": (0..errors).map(|line| json!({ "line": line + 1, "kind": "Unknown owner" })).collect::<Vec<_>>() }),
            )
        }
        ["activity"] => {
            let wanted = repo
                .activity
                .iter()
                .rev()
                .filter(|(name, ..)| request.param("ref").is_none_or(|it| it == name));
            all(wanted.map(|(name, oid, at)| json!({ "ref": name, "before": "0".repeat(40), "after": oid, "timestamp": time(*at), "activity_type": "push" })).collect())
        }
        ["contents", file @ ..] => contents(repo, request, &file.join("/")),
        _ => None,
    }
}

pub fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn repository(repo: &Repo) -> Value {
    json!({
        "id": repo.id, "name": repo.name, "full_name": repo.full_name(), "private": repo.private, "default_branch": repo.default_branch,
        "archived": false, "owner": user(&repo.owner), "html_url": format!("https://github.com/{}", repo.full_name()),
    })
}

fn commit(found: &Commit) -> Value {
    json!({ "sha": found.oid, "commit": { "message": found.message, "committer": { "date": time(found.at) } } })
}

fn check_runs(found: &Commit, request: &Req) -> Vec<Value> {
    let wanted = request.param("check_name");
    let checks = found.checks.iter().filter(|check| wanted.is_none_or(|name| name == check.name));
    checks
        .map(|check| {
            let done = (check.status == "completed").then(|| time(check.at));
            json!({
                "id": check.id, "name": check.name, "head_sha": found.oid, "status": check.status, "conclusion": check.conclusion,
                "started_at": time(check.at), "completed_at": done, "html_url": format!("https://github.com/checks/{}", check.id),
                "app": { "id": check.app_id, "slug": check.app, "name": check.app },
            })
        })
        .collect()
}

fn combined_status(found: &Commit) -> Value {
    let state = match &found.statuses {
        all if all.iter().any(|it| matches!(it.state.as_str(), "failure" | "error")) => "failure",
        all if all.is_empty() || all.iter().any(|it| it.state == "pending") => "pending",
        _ => "success",
    };
    let statuses = found.statuses.iter().map(|it| json!({ "context": it.context, "state": it.state, "target_url": null, "created_at": time(it.at), "updated_at": time(it.at) }));
    json!({ "state": state, "sha": found.oid, "total_count": found.statuses.len(), "statuses": statuses.collect::<Vec<_>>() })
}

fn runs(repo: &Repo, request: &Req, file: Option<&str>) -> Vec<Value> {
    let fits = |name: &str, value: &str| request.param(name).is_none_or(|wanted| wanted == value);
    let mut found: Vec<_> = repo
        .runs
        .iter()
        .filter(|run| file.is_none_or(|file| file == run.file))
        .filter(|run| fits("branch", &run.branch) && fits("event", &run.event) && fits("head_sha", &run.sha))
        .filter(|run| {
            request
                .param("status")
                .is_none_or(|wanted| run.status == wanted || run.conclusion.as_deref() == Some(wanted))
        })
        .collect();
    found.sort_by_key(|run| std::cmp::Reverse((run.at, run.id)));
    found
        .into_iter()
        .map(|run| {
            json!({
                "id": run.id, "name": repo.workflows.get(&run.file), "path": format!(".github/workflows/{}", run.file),
                "head_branch": run.branch, "head_sha": run.sha, "event": run.event, "status": run.status, "conclusion": run.conclusion,
                "run_number": run.number, "run_attempt": run.attempt, "created_at": time(run.at), "updated_at": time(run.at), "run_started_at": time(run.begun.unwrap_or(run.at)),
                "html_url": format!("https://github.com/{}/actions/runs/{}", repo.full_name(), run.id),
                "head_repository": { "full_name": run.from.clone().unwrap_or_else(|| repo.full_name()) },
            })
        })
        .collect()
}

fn find_pull<'a>(repo: &'a Repo, number: &str) -> Option<&'a Pull> {
    repo.pulls.iter().find(|pull| pull.number.to_string() == number)
}

fn pulls(repo: &Repo, request: &Req) -> Vec<Value> {
    let state = request.param("state").unwrap_or("open");
    let wanted =
        repo.pulls.iter().filter(|pull| state == "all" || (state == "open") == (pull.state == "OPEN"));
    let based = wanted.filter(|pull| request.param("base").is_none_or(|base| base == pull.base));
    based.map(|found| pull(repo, found, false)).collect()
}

fn pull(repo: &Repo, found: &Pull, whole: bool) -> Value {
    let merged = found.state == "MERGED";
    let mut value = json!({
        "number": found.number, "title": found.title, "state": if found.state == "OPEN" { "open" } else { "closed" },
        "draft": found.draft, "merged_at": merged.then(|| time(found.at)), "merge_commit_sha": found.merge_commit, "body": found.body,
        "head": { "sha": found.head_oid, "ref": found.head }, "base": { "ref": found.base },
        "user": user(&found.author), "labels": found.labels.iter().map(|name| label(name)).collect::<Vec<_>>(),
        "html_url": format!("https://github.com/{}/pull/{}", repo.full_name(), found.number), "updated_at": time(found.at),
    });
    if whole {
        value["merged"] = json!(merged);
        value["mergeable"] = match found.mergeable.as_str() {
            "MERGEABLE" => json!(true),
            "CONFLICTING" => json!(false),
            _ => Value::Null,
        };
        value["mergeable_state"] = json!(found.merge_state.to_lowercase());
    }
    value
}

fn issues(repo: &Repo, request: &Req) -> Vec<Value> {
    let state = request.param("state").unwrap_or("open");
    let labels: Vec<&str> = request.param("labels").map(|text| text.split(',').collect()).unwrap_or_default();
    let has = |own: &[String]| {
        labels.iter().all(|wanted| own.iter().any(|label| label.eq_ignore_ascii_case(wanted)))
    };
    let open_fits = |open: bool| state == "all" || (state == "open") == open;
    let milestone_fits = |own: Option<&String>| {
        request.param("milestone").is_none_or(|number| {
            own.is_some_and(|own| {
                repo.milestones.iter().any(|it| it.title == *own && it.number.to_string() == number)
            })
        })
    };
    let mut all: Vec<Value> = repo
        .issues
        .iter()
        .filter(|it| open_fits(it.open) && has(&it.labels) && milestone_fits(it.milestone.as_ref()))
        .map(|it| issue(repo, it))
        .collect();
    // GitHub lists pull requests as issues too.
    let pulls = repo.pulls.iter().filter(|it| {
        open_fits(it.state == "OPEN") && has(&it.labels) && milestone_fits(it.milestone.as_ref())
    });
    all.extend(pulls.map(|it| {
        let mut value = pull(repo, it, false);
        value["pull_request"] = json!({ "html_url": value["html_url"] });
        value
    }));
    all
}

fn issue(repo: &Repo, found: &Issue) -> Value {
    let milestone = found.milestone.as_ref().and_then(|title| {
        let number = repo.milestones.iter().find(|it| it.title == *title)?.number;
        milestone(repo, number)
    });
    json!({
        "number": found.number, "title": found.title, "state": if found.open { "open" } else { "closed" }, "state_reason": found.state_reason,
        "labels": found.labels.iter().map(|name| label(name)).collect::<Vec<_>>(), "milestone": milestone, "body": found.body,
        "assignees": found.assignees.iter().map(|login| user(login)).collect::<Vec<_>>(), "user": user("author"),
        "html_url": format!("https://github.com/{}/issues/{}", repo.full_name(), found.number), "updated_at": time(found.at),
    })
}

fn label(name: &str) -> Value {
    json!({ "id": 1, "name": name, "color": "ff0000", "default": false })
}

fn milestone(repo: &Repo, number: u64) -> Option<Value> {
    let found = repo.milestones.iter().find(|it| it.number == number)?;
    let count = |open: bool| {
        let issues = repo
            .issues
            .iter()
            .filter(|it| it.milestone.as_ref() == Some(&found.title) && it.open == open)
            .count();
        issues
            + repo
                .pulls
                .iter()
                .filter(|it| it.milestone.as_ref() == Some(&found.title) && (it.state == "OPEN") == open)
                .count()
    };
    Some(json!({
        "number": number, "title": found.title, "state": if found.open { "open" } else { "closed" },
        "open_issues": count(true), "closed_issues": count(false), "due_on": found.due.map(time),
        "html_url": format!("https://github.com/{}/milestone/{number}", repo.full_name()),
    }))
}

pub fn latest_release(repo: &Repo) -> Option<&super::world::Release> {
    repo.releases.iter().rev().find(|it| !it.draft && !it.prerelease)
}

fn release(found: &super::world::Release) -> Value {
    json!({
        "id": found.id, "tag_name": found.tag, "name": found.name, "draft": found.draft, "prerelease": found.prerelease,
        "published_at": found.published.map(time), "target_commitish": found.target, "html_url": format!("https://github.com/releases/{}", found.tag),
        "assets": found.assets.iter().map(|it| json!({ "id": it.id, "name": it.name, "size": it.size, "state": it.state })).collect::<Vec<_>>(),
    })
}

fn deployments(repo: &Repo, request: &Req) -> Vec<Value> {
    let fits = |name: &str, value: &str| request.param(name).is_none_or(|wanted| wanted == value);
    let wanted = repo.deployments.iter().rev().filter(|it| {
        fits("environment", &it.environment) && fits("sha", &it.sha) && fits("ref", &it.git_ref)
    });
    wanted
        .map(|it| json!({ "id": it.id, "sha": it.sha, "ref": it.git_ref, "task": "deploy", "environment": it.environment, "created_at": time(it.at), "updated_at": time(it.at) }))
        .collect()
}

fn environment(name: &str, rules: &[String]) -> Value {
    let rules = rules.iter().zip(1..).map(|(rule, id)| json!({ "id": id, "type": rule.to_lowercase() }));
    json!({ "id": 1, "name": name, "protection_rules": rules.collect::<Vec<_>>(), "deployment_branch_policy": null })
}

fn alerts(request: &Req, found: Option<&Vec<Alert>>, off: u16, reason: &str) -> Option<Reply> {
    let Some(found) = found else { return Some(message(off, reason)) };
    let state = request.param("state");
    let severities = request.param("severity");
    let wanted = found.iter().filter(|it| state.is_none_or(|state| (state == "open") == it.open));
    let wanted =
        wanted.filter(|it| severities.is_none_or(|all| all.split(',').any(|one| one == it.severity)));
    let items = wanted.map(|it| {
        json!({
            "number": it.number, "state": if it.open { "open" } else { "fixed" }, "security_advisory": { "severity": it.severity, "summary": it.package },
            "rule": { "id": it.package, "security_severity_level": it.severity, "severity": "error" }, "dependency": { "package": { "name": it.package } },
            "secret_type": "token", "validity": "active", "html_url": format!("https://github.com/alerts/{}", it.number),
        })
    });
    Some(list(request, items.collect(), None))
}

fn contents(repo: &Repo, request: &Req, path: &str) -> Option<Reply> {
    let reference = request.param("ref").unwrap_or(&repo.default_branch);
    let oid = &repo.find(reference)?.oid;
    let content = repo.files.get(&(oid.clone(), path.to_owned()))?;
    let raw = request.header("accept").is_some_and(|accept| accept.contains("raw"));
    let text = String::from_utf8_lossy(content);
    Some(if raw {
        Reply::text(200, "application/vnd.github.raw+json; charset=utf-8", &text)
    } else {
        let name = path.rsplit('/').next();
        Reply::json(
            200,
            &json!({ "type": "file", "name": name, "path": path, "size": content.len(), "sha": super::world::oid(&text), "encoding": "base64", "content": base64(content) }),
        )
    })
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let padded = [group[0], *group.get(1).unwrap_or(&0), *group.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place)) & 63;
            out.push(if place <= group.len() { char::from(LETTERS[index as usize]) } else { '=' });
        }
    }
    out
}

/// `repo:o/r is:issue is:open label:"x" milestone:"y"`, as far as gates need it.
fn search(world: &GithubWorld, token: Option<&Token>, request: &Req) -> Reply {
    let query = request.param("q").unwrap_or_default();
    if !query.contains("is:issue") && !query.contains("is:pr") && !query.contains("is:pull-request") {
        return message(422, "Query must include 'is:issue' or 'is:pull-request'");
    }
    let items = found_by(world, token, query).into_iter().map(|(repo, number)| {
        let found = repo.issues.iter().find(|it| it.number == number);
        found.map_or_else(|| json!({ "number": number, "pull_request": {} }), |it| issue(repo, it))
    });
    let items: Vec<Value> = items.collect();
    let mut reply = list(request, items, Some("items"));
    if let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) {
        body["incomplete_results"] = json!(false);
        reply.body = body.to_string().into();
    }
    reply
}

/// Issues and pull requests that a search query names.
pub fn found_by<'a>(world: &'a GithubWorld, token: Option<&Token>, query: &str) -> Vec<(&'a Repo, u64)> {
    let terms = terms(query);
    let values = |key: &str| {
        terms.iter().filter(|(name, _)| name == key).map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let (states, repos, labels, milestones) =
        (values("is"), values("repo"), values("label"), values("milestone"));
    let is = |word: &str| states.iter().any(|state| state == word);
    let state_fits = |open: bool| (!is("open") || open) && (!is("closed") || !open);
    let fits = |own: &[String], milestone: Option<&String>| {
        let any = |label: &String| {
            label.split('\u{1}').any(|label| own.iter().any(|it| it.eq_ignore_ascii_case(label)))
        };
        labels.iter().all(any) && milestones.iter().all(|wanted| milestone == Some(wanted))
    };
    let mut out = Vec::new();
    for full in world.repos.keys().filter(|full| repos.is_empty() || repos.contains(full)) {
        let Some(repo) = visible(world, token, full) else { continue };
        if is("issue") {
            out.extend(
                repo.issues
                    .iter()
                    .filter(|it| state_fits(it.open) && fits(&it.labels, it.milestone.as_ref()))
                    .map(|it| (repo, it.number)),
            );
        } else {
            out.extend(
                repo.pulls
                    .iter()
                    .filter(|it| state_fits(it.state == "OPEN") && fits(&it.labels, it.milestone.as_ref()))
                    .map(|it| (repo, it.number)),
            );
        }
    }
    out
}

/// `key:value` words; the values of `key:"a","b"` (any of them) are joined by U+0001.
fn terms(query: &str) -> Vec<(String, String)> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in query.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            ',' if !quoted => word.push('\u{1}'),
            c => word.push(c),
        }
    }
    words.push(word);
    let pairs = words.iter().filter_map(|word| word.split_once(':'));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
