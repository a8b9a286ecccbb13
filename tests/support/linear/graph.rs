//! GraphQL over the world, with Linear's errors and its price of a query.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::error;
use super::filter::passes;
use super::world::{Cycle, Initiative, Issue, LinearWorld, Project, Release, Team, id, then};
use crate::support::graphql::{self, Document, Field, Resolved, Resolver, Rules, Schema, Selection};

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::parse(include_str!("schema.graphql")).expect("our own schema"));

pub fn schema() -> &'static Schema {
    &SCHEMA
}

/// Linear's hard cap for one query.
const MAX_COST: f64 = 10_000.0;

pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub cost: f64,
}

/// `teams` limits what the key sees.
pub fn answer(world: &LinearWorld, teams: Option<&[String]>, query: &str, variables: &Value) -> Answer {
    let refused =
        |status: u16, error: Value| Answer { status, body: json!({ "errors": [error] }), cost: 0.0 };
    let document = match graphql::parse(query) {
        Ok(document) => document,
        Err(reason) => return refused(400, error(&reason, "graphql error", "GRAPHQL_PARSE_FAILED", 400)),
    };
    let variables = match graphql::coerce_variables(&document, schema(), variables) {
        Ok(variables) => variables,
        Err(reason) => return refused(400, error(&reason, "graphql error", "BAD_USER_INPUT", 400)),
    };
    let rules = Rules { bounds_required: false, max_page: 250 };
    if let Some(problem) = graphql::validate(&document, schema(), &variables, rules).first() {
        return if problem.code == "EXCESSIVE_PAGINATION" {
            let body = json!({ "errors": [error("Argument Validation Error", "invalid input", "INVALID_INPUT", 400)], "data": null });
            Answer { status: 200, body, cost: 0.0 }
        } else {
            refused(400, error(&problem.message, "graphql error", "GRAPHQL_VALIDATION_FAILED", 400))
        };
    }
    let cost = price("Query", &document.selection, &document, &variables);
    if cost > MAX_COST {
        let mut too_much = error("Query too complex", "invalid input", "INPUT_ERROR", 400);
        too_much["extensions"]["userPresentableMessage"] =
            json!(format!("Complexity: {cost}. Maximum allowed complexity: {MAX_COST}."));
        return Answer { status: 400, body: json!({ "errors": [too_much] }), cost: 0.0 };
    }
    let resolver = Linear { world, teams };
    let outcome =
        graphql::execute(&document, schema(), &resolver, &json!({ "__typename": "Query" }), &variables);
    let mut body = json!({ "data": outcome.data });
    if !outcome.errors.is_empty() {
        body["errors"] = json!(outcome.errors);
    }
    Answer { status: 200, body, cost }
}

/// The published rule: 0.1 a scalar, 1 an object, and a connection multiplies what is in it by its page.
fn price(ty: &str, selection: &[Selection], document: &Document, variables: &Map<String, Value>) -> f64 {
    let one = |item: &Selection| match item {
        Selection::Field(field) => price_of_field(ty, field, document, variables),
        Selection::Inline { on, selection } => {
            price(on.as_deref().unwrap_or(ty), selection, document, variables)
        }
        Selection::Spread(name) => document
            .fragments
            .get(name)
            .map_or(0.0, |(on, selection)| price(on, selection, document, variables)),
    };
    selection.iter().map(one).sum()
}

fn price_of_field(ty: &str, field: &Field, document: &Document, variables: &Map<String, Value>) -> f64 {
    let Some(def) = schema().fields(ty).and_then(|fields| fields.get(&field.name)) else { return 0.1 };
    let inner = def.ty.name();
    if !schema().is_composite(inner) {
        return 0.1;
    }
    let children = price(inner, &field.selection, document, variables);
    if !inner.ends_with("Connection") {
        return 1.0 + children;
    }
    let page = field.args.iter().find(|(name, _)| name == "first" || name == "last").map(|(_, value)| value);
    let size = match page {
        Some(graphql_value) => page_size(graphql_value, variables),
        None => 50.0,
    };
    children * size
}

fn page_size(value: &graphql::Ast, variables: &Map<String, Value>) -> f64 {
    match value {
        graphql::Ast::Plain(value) => value.as_f64(),
        graphql::Ast::Variable(name) => variables.get(name).and_then(Value::as_f64),
        _ => None,
    }
    .unwrap_or(50.0)
}

struct Linear<'a> {
    world: &'a LinearWorld,
    teams: Option<&'a [String]>,
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn not_found(entity: &str) -> Resolved {
    let mut found = error(&format!("Entity not found: {entity}"), "invalid input", "INPUT_ERROR", 400);
    found["extensions"]["userPresentableMessage"] = json!(format!("Could not find referenced {entity}."));
    Resolved::Error(found)
}

impl Resolver for Linear<'_> {
    fn field(&self, ty: &str, parent: &Value, field: &str, args: &Map<String, Value>) -> Resolved {
        let list = match (ty, field) {
            ("Query", "viewer") => return Resolved::Value(user("me")),
            ("Query", "organization") => {
                let key = &self.world.url_key;
                return Resolved::Value(json!({ "id": id(key), "name": key, "urlKey": key }));
            }
            (
                "Query",
                "issue" | "team" | "project" | "cycle" | "initiative" | "release" | "customView" | "document",
            ) => {
                return self.one(field, args["id"].as_str().unwrap_or_default());
            }
            ("Query", _) => self.all(field),
            ("Team", "states") => {
                self.states().into_iter().filter(|it| it["team"]["key"] == parent["key"]).collect()
            }
            ("Team", "labels") => {
                self.labels().into_iter().filter(|it| it["team"]["key"] == parent["key"]).collect()
            }
            ("Team", "activeCycle") => {
                let found = self
                    .all("cycles")
                    .into_iter()
                    .find(|it| it["isActive"] == true && it["team"]["key"] == parent["key"]);
                return Resolved::Value(found.unwrap_or(Value::Null));
            }
            ("Project" | "Cycle" | "Release" | "CustomView", "issues") => self.issues_of(ty, parent),
            ("Cycle", "uncompletedIssuesUponClose") => {
                let left = parent["_left"].as_array().cloned().unwrap_or_default();
                self.all("issues").into_iter().filter(|it| left.contains(&it["identifier"])).collect()
            }
            ("Release", "issueCount") => return Resolved::Value(json!(self.issues_of(ty, parent).len())),
            ("CustomView" | "Initiative", "projects") => {
                let shown =
                    |it: &Value| parent["_shows"].as_array().is_some_and(|shows| shows.contains(&it["name"]));
                self.all("projects").into_iter().filter(shown).collect()
            }
            ("Project", "initiatives") => {
                let mine =
                    |it: &Value| it["_shows"].as_array().is_some_and(|shows| shows.contains(&parent["name"]));
                self.all("initiatives").into_iter().filter(mine).collect()
            }
            ("Issue", "inverseRelations") => {
                let blockers: Vec<Value> = parent["_blocked_by"].as_array().cloned().unwrap_or_default();
                let issues = self.all("issues").into_iter().filter(|it| blockers.contains(&it["identifier"]));
                issues.map(|it| json!({ "id": id(&it.to_string()), "type": "blocks", "issue": it, "relatedIssue": parent })).collect()
            }
            ("Issue", "labels" | "attachments" | "relations") | ("Project", "projectMilestones") => {
                parent[field].as_array().cloned().unwrap_or_default()
            }
            _ => return Resolved::Default,
        };
        Resolved::Value(Value::Array(page_order(list, args)))
    }
}

/// Filtered, without the archived, newest first.
fn page_order(mut list: Vec<Value>, args: &Map<String, Value>) -> Vec<Value> {
    let archived = args.get("includeArchived") == Some(&json!(true));
    let filter = args.get("filter").unwrap_or(&Value::Null);
    list.retain(|it| (archived || it["archivedAt"].is_null()) && passes(it, filter));
    let by = args.get("orderBy").and_then(Value::as_str).unwrap_or("createdAt").to_owned();
    list.sort_by(|a, b| b[&by].as_str().cmp(&a[&by].as_str()));
    list
}

impl Linear<'_> {
    fn sees(&self, team: &str) -> bool {
        self.teams.is_none_or(|teams| teams.iter().any(|seen| seen == team))
    }

    /// Every object behind one of the root's lists.
    fn all(&self, field: &str) -> Vec<Value> {
        let world = self.world;
        match field {
            "teams" => world.teams.iter().filter(|it| self.sees(&it.key)).map(team).collect(),
            "issues" => world.issues.iter().filter(|it| self.sees(&it.team)).map(|it| issue(world, it)).collect(),
            "issueLabels" => self.labels(),
            "users" => self.users(),
            "projectMilestones" => world.projects.iter().flat_map(milestones).collect(),
            "workflowStates" => self.states(),
            "projects" => world.projects.iter().map(|it| project(world, it)).collect(),
            "cycles" => world.cycles.iter().filter(|it| self.sees(&it.team)).map(|it| cycle(world, it)).collect(),
            "initiatives" => world.initiatives.iter().map(initiative).collect(),
            "releases" => world.releases.iter().map(release).collect(),
            "releasePipelines" => {
                let mut found: Vec<Value> = world.releases.iter().map(|it| pipeline(&it.pipeline)).collect();
                found.dedup();
                found
            }
            "documents" => world.documents.iter().map(|it| {
                json!({
                    "id": id(&it.title), "title": it.title, "slugId": slug(&it.title), "url": format!("https://linear.app/document/{}", slug(&it.title)),
                    "updatedAt": time(it.at), "createdAt": time(it.at), "content": it.content, "archivedAt": null, "trashed": it.trashed.then_some(true),
                })
            }).collect(),
            _ => Vec::new(),
        }
    }

    /// By UUID, slug, key or identifier. As at Linear, a missing one nulls the whole data: these fields are `!`.
    fn one(&self, field: &str, asked: &str) -> Resolved {
        if field == "customView" {
            let found = self.world.views.iter().find(|it| id(&it.name) == asked || slug(&it.name) == asked);
            return found.map_or_else(
                || not_found("CustomView"),
                |it| Resolved::Value(json!({ "id": id(&it.name), "name": it.name, "slugId": slug(&it.name), "modelName": it.model, "_shows": it.shows })),
            );
        }
        let names = ["id", "slugId", "identifier", "key"];
        let is = |it: &Value| {
            names.iter().any(|name| it[name].as_str().is_some_and(|own| own.eq_ignore_ascii_case(asked)))
        };
        let mut entity = field.to_owned();
        entity[..1].make_ascii_uppercase();
        self.all(&format!("{field}s"))
            .into_iter()
            .find(is)
            .map_or_else(|| not_found(&entity), Resolved::Value)
    }

    fn states(&self) -> Vec<Value> {
        let teams = self.world.teams.iter().filter(|it| self.sees(&it.key));
        teams.flat_map(|it| it.states.iter().map(|(name, _)| state(it, name))).collect()
    }

    fn labels(&self) -> Vec<Value> {
        let teams = self.world.teams.iter().filter(|it| self.sees(&it.key));
        let own = teams.flat_map(|it| it.labels.iter().map(|name| label(name, Some(it))));
        let everywhere = self.world.labels.iter().map(|name| label(name, None));
        own.chain(everywhere).chain(self.label_groups()).collect()
    }

    fn label_groups(&self) -> Vec<Value> {
        let teams = self.world.teams.iter().filter(|it| self.sees(&it.key));
        let groups = teams.flat_map(|it| it.label_groups.iter().map(|name| label(name, Some(it))));
        groups
            .map(|mut it| {
                it["isGroup"] = json!(true);
                it
            })
            .collect()
    }

    fn users(&self) -> Vec<Value> {
        let mut names: Vec<&String> =
            self.world.issues.iter().filter_map(|it| it.assignee.as_ref()).chain(&self.world.users).collect();
        names.sort();
        names.dedup();
        names.into_iter().map(|name| user(name)).collect()
    }

    fn issues_of(&self, ty: &str, parent: &Value) -> Vec<Value> {
        let mine = |it: &Value| match ty {
            "Project" => it["project"]["id"] == parent["id"],
            "Cycle" => it["cycle"]["id"] == parent["id"],
            _ => parent["_shows"].as_array().is_some_and(|shows| shows.contains(&it["identifier"])),
        };
        self.all("issues").into_iter().filter(mine).collect()
    }
}

fn slug(name: &str) -> String {
    id(name)[..8].to_owned()
}

fn user(name: &str) -> Value {
    json!({ "id": id(name), "name": name, "displayName": name, "email": format!("{name}@example.com"), "url": "", "active": true })
}

fn team(found: &Team) -> Value {
    let parent =
        found.parent.as_ref().map(|key| json!({ "id": id(key), "key": key, "name": key, "parent": null }));
    json!({ "id": id(&found.key), "key": found.key, "name": found.name, "parent": parent })
}

fn state(of: &Team, name: &str) -> Value {
    let kind = of.states.iter().find(|(own, _)| own == name).map_or("unstarted", |(_, kind)| kind);
    json!({ "id": id(&format!("{}{name}", of.key)), "name": name, "type": kind, "position": 1.0, "team": team(of) })
}

fn label(name: &str, of: Option<&Team>) -> Value {
    json!({ "id": id(&format!("label {name}")), "name": name, "color": "#ff0000", "isGroup": false, "team": of.map(team) })
}

fn issue(world: &LinearWorld, found: &Issue) -> Value {
    let of = world.teams.iter().find(|it| it.key == found.team);
    let state = of.map(|of| state(of, &found.state)).unwrap_or_default();
    let kind = state["type"].as_str().unwrap_or_default().to_owned();
    let identifier = found.identifier();
    let in_project =
        found.project.as_ref().and_then(|name| world.projects.iter().find(|it| it.name == *name));
    let in_cycle = found
        .cycle
        .and_then(|number| world.cycles.iter().find(|it| it.team == found.team && it.number == number));
    let releases: Vec<Value> =
        world.releases.iter().filter(|it| it.issues.contains(&identifier)).map(release).collect();
    let priority =
        ["No priority", "Urgent", "High", "Medium", "Low"].get(usize::from(found.priority)).copied();
    json!({
        "__typename": "Issue", "id": id(&identifier), "identifier": identifier, "previousIdentifiers": found.previous, "number": found.number, "title": found.title,
        "url": format!("https://linear.app/{}/issue/{identifier}", world.url_key), "createdAt": time(found.at), "updatedAt": time(found.at),
        "completedAt": (kind == "completed").then(|| time(found.at)), "canceledAt": (kind == "canceled").then(|| time(found.at)),
        "startedAt": (kind == "started").then(|| time(found.at)), "archivedAt": (found.archived || found.trashed).then(|| time(found.at)), "trashed": found.trashed.then_some(true), "dueDate": found.due,
        "priority": found.priority, "priorityLabel": priority, "estimate": null, "description": found.description, "state": state,
        "assignee": found.assignee.as_deref().map(user), "team": of.map(team), "labels": found.labels.iter().map(|it| label(it, of)).collect::<Vec<_>>(),
        "project": in_project.map(|it| project(world, it)), "cycle": in_cycle.map(|it| cycle(world, it)), "releases": releases, "parent": null,
        "projectMilestone": in_project.zip(found.milestone.as_ref()).and_then(|(project, name)| milestones(project).into_iter().find(|it| it["name"] == **name)),
        "_blocked_by": found.blocked_by, "attachments": [], "relations": [],
    })
}

fn milestones(of: &Project) -> Vec<Value> {
    let (status, kind) = &of.status;
    let short = json!({ "status": { "id": id(status), "name": status, "type": kind }, "trashed": of.trashed.then_some(true), "id": id(&of.name), "name": of.name, "slugId": slug(&of.name), "url": format!("https://linear.app/project/{}", slug(&of.name)) });
    let one = |it: &super::world::Milestone| json!({ "id": id(&format!("{}{}", of.name, it.name)), "name": it.name, "status": it.status, "progress": it.progress, "targetDate": it.target, "project": short });
    of.milestones.iter().map(one).collect()
}

fn project(world: &LinearWorld, found: &Project) -> Value {
    let (name, kind) = &found.status;
    let link = format!("https://linear.app/{}/project/{}", world.url_key, slug(&found.name));
    let update = found.update.as_ref().map(|(at, stale)| {
        json!({ "id": id(&link), "health": found.health, "body": "", "isStale": stale, "createdAt": time(*at), "url": link, "user": user("lead") })
    });
    json!({
        "__typename": "Project", "id": id(&found.name), "name": found.name, "slugId": slug(&found.name), "url": link, "targetDate": found.target, "startDate": null,
        "progress": found.progress, "health": found.health, "healthUpdatedAt": found.update.as_ref().map(|(at, _)| time(*at)), "lead": found.lead.as_deref().map(user),
        "status": { "id": id(name), "name": name, "type": kind }, "lastUpdate": update, "projectMilestones": milestones(found),
        "completedAt": (kind == "completed").then(|| time(then())), "canceledAt": null, "archivedAt": null, "trashed": found.trashed.then_some(true), "updatedAt": time(then()), "createdAt": time(then()),
    })
}

fn cycle(world: &LinearWorld, found: &Cycle) -> Value {
    let of = world.teams.iter().find(|it| it.key == found.team).map(team);
    json!({
        "__typename": "Cycle", "id": id(&format!("{} cycle {}", found.team, found.number)), "number": found.number, "name": found.name, "isActive": found.active,
        "isNext": false, "isPast": !found.active, "_left": found.left, "progress": found.progress, "startsAt": time(then()), "endsAt": time(then() + TimeDelta::days(14)), "team": of,
    })
}

fn initiative(found: &Initiative) -> Value {
    let link = format!("https://linear.app/acme/initiative/{}", slug(&found.name));
    let update = found.update.map(|(at, stale)| {
        json!({ "id": id(&link), "health": found.health, "isStale": stale, "createdAt": time(at), "url": link })
    });
    json!({
        "__typename": "Initiative", "id": id(&found.name), "name": found.name, "slugId": slug(&found.name), "url": link, "status": found.status, "health": found.health,
        "lastUpdate": update, "trashed": null, "healthUpdatedAt": null, "targetDate": null, "archivedAt": null, "_shows": found.projects,
    })
}

fn pipeline(name: &str) -> Value {
    json!({ "id": id(&format!("pipeline {name}")), "name": name, "slugId": slug(name), "type": "scheduled", "isProduction": true })
}

fn release(found: &Release) -> Value {
    let (name, kind, frozen) = &found.stage;
    json!({
        "__typename": "Release", "id": id(&format!("release {}", found.name)), "name": found.name, "version": found.version, "slugId": slug(&found.name), "url": format!("https://linear.app/acme/release/{}", slug(&found.name)), "trashed": null,
        "targetDate": null, "startedAt": time(then()), "completedAt": found.completed.then(|| time(then())), "canceledAt": null, "commitSha": found.commit, "archivedAt": null,
        "stage": { "id": id(name), "name": name, "type": kind, "frozen": frozen, "position": 1.0 }, "pipeline": pipeline(&found.pipeline), "_shows": found.issues,
    })
}
