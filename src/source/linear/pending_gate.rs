//! One gate's question on its way: what is asked for it, and what came back so far.

use serde_json::{Value, json};

use super::{
    counter::{Counter, PAGE},
    document::{BatchGroup, DocumentField},
    filter, judge,
    lookup::{Lookup, milestone},
    page,
    spec::{Count, Cycle, Issues, LinearSpec, is_uuid},
};
use gonogo_domain::{Failure, FailureKind, Finding, GateId, Question};

/// A gate that waits for its answer.
#[derive(Debug)]
pub(super) struct PendingGate {
    pub(super) gate: GateId,
    spec: LinearSpec,
    /// What it names must be there.
    lookups: Vec<Lookup>,
    /// The thing it looks at.
    facts: Option<DocumentField>,
    /// Whether there is anything at all, where none would make the rest empty talk.
    any: Option<DocumentField>,
    /// Rows that are counted.
    counter: Option<Counter>,
    /// The first part of the workspace's addresses, for a page that is made from it.
    url_key: Option<String>,
    /// The answer to `facts`, once it is there.
    seen: Option<Value>,
    /// Whether the first page has come.
    begun: bool,
    /// How often it was asked again because another gate spoiled the answer.
    pub(super) repeats: u32,
}

impl PendingGate {
    /// Reads a question.
    pub(super) fn read(question: &Question) -> Result<Self, Failure> {
        let spec = LinearSpec::read(question)?;
        let (facts, any) = (facts(&spec), any(&spec));
        let (lookups, counter) = (lookups(&spec), counter(&spec));
        let (gate, url_key, seen) = (question.gate.clone(), None, None);
        Ok(Self { gate, spec, lookups, facts, any, counter, url_key, seen, begun: false, repeats: 0 })
    }

    /// Whether its page is made from the name of the workspace.
    pub(super) fn needs_home(&self) -> bool {
        self.url_key.is_none() && page::is_made(&self.spec)
    }

    /// Takes in what the workspace is called.
    pub(super) fn at_home(&mut self, workspace: &Value) {
        let url_key = workspace.get("urlKey").and_then(Value::as_str).map(str::to_owned);
        self.url_key = url_key.or(self.url_key.take());
    }

    /// Which other gates it may share a request with.
    pub(super) fn company(&self) -> BatchGroup {
        match &self.spec {
            LinearSpec::View(_) => BatchGroup::Alone,
            LinearSpec::Release(_) => BatchGroup::Releases,
            LinearSpec::Issues(it) if it.release.is_some() => BatchGroup::Releases,
            _ => BatchGroup::Common,
        }
    }

    /// What is asked next. [`PendingGate::take`] wants the answers in this order.
    pub(super) fn items(&self) -> Vec<DocumentField> {
        let counted = self.counter.as_ref().map(Counter::item);
        if self.begun {
            return counted.into_iter().collect();
        }
        let named = self.lookups.iter().map(Lookup::item);
        named.chain(self.facts.clone()).chain(self.any.clone()).chain(counted).collect()
    }

    /// Takes the answers in. None: another page is needed.
    pub(super) fn take(&mut self, answers: &[&Value]) -> Option<Result<Finding, Failure>> {
        self.take_all(answers).transpose()
    }

    fn take_all(&mut self, answers: &[&Value]) -> Result<Option<Finding>, Failure> {
        let mut answers = answers.iter();
        let mut next = || {
            let missing = || Failure::new(FailureKind::Incomplete, "Linear left out a part of the answer");
            answers.next().copied().ok_or_else(missing)
        };
        if !self.begun {
            let answers = self.lookups.iter().map(|_| next()).collect::<Result<Vec<&Value>, Failure>>()?;
            if self.look_above(&answers)? {
                return Ok(None);
            }
            for (lookup, answer) in self.lookups.iter().zip(answers) {
                lookup.judge(answer)?;
            }
            if self.facts.is_some() {
                self.seen = Some(next()?.clone());
            }
            if self.any.is_some() && judge::is_empty(next()?)? {
                return Ok(Some(self.linked(judge::nothing_in(&self.spec))));
            }
            self.begun = true;
        }
        if let Some(counter) = &mut self.counter {
            counter.feed(next()?)?;
            if counter.decided().is_none() {
                return Ok(None);
            }
        }
        let judged = judge::judge(&self.spec, self.seen.as_ref(), self.counter.as_ref())?;
        Ok(Some(self.linked(judged)))
    }

    /// Labels that the team itself does not have may be those of a team above: whether they are looked for there, in
    /// another round.
    fn look_above(&mut self, answers: &[&Value]) -> Result<bool, Failure> {
        let mut teams = Vec::new();
        for (lookup, answer) in self.lookups.iter().zip(answers) {
            teams.extend(lookup.above(answer)?);
        }
        let mut again = false;
        for (lookup, answer) in self.lookups.iter_mut().zip(answers) {
            if let Some(wider) = lookup.among(&teams, answer)? {
                (*lookup, again) = (wider, true);
            }
        }
        Ok(again)
    }

    /// Every finding has a page to open.
    fn linked(&self, found: Finding) -> Finding {
        let url = found.url.filter(|url| !url.is_empty());
        let url = url.or_else(|| page::of(&self.spec, self.url_key.as_deref()?).map(Into::into));
        Finding { url, ..found }
    }
}

/// Everything that a gate names and that is not what it looks at.
fn lookups(spec: &LinearSpec) -> Vec<Lookup> {
    match spec {
        LinearSpec::Issues(it) => of_issues(it),
        LinearSpec::Cycle(it) => {
            let cycle = Lookup::Cycle { number: it.number.clone(), team: it.team.clone() };
            vec![Lookup::Team(it.team.clone()), cycle]
        }
        LinearSpec::Milestone(it) => vec![Lookup::Project(it.project.clone())],
        _ => Vec::new(),
    }
}

fn of_issues(it: &Issues) -> Vec<Lookup> {
    let mut all = Vec::new();
    let team = || it.team.clone();
    all.extend(team().map(Lookup::Team));
    all.extend(it.project.clone().map(Lookup::Project));
    all.extend(it.milestone.clone().map(|name| Lookup::Milestone { name, project: it.project.clone() }));
    all.extend(it.cycle.clone().zip(team()).map(|(number, team)| Lookup::Cycle { number, team }));
    all.extend(it.release.clone().map(Lookup::Release));
    all.extend(it.assignee.clone().map(Lookup::Person));
    all.extend(it.labels.iter().map(|name| Lookup::Label {
        name: name.clone(),
        team: team(),
        above: Vec::new(),
    }));
    all.extend(it.states.iter().map(|name| Lookup::State { name: name.clone(), team: team() }));
    all
}

/// The thing a gate looks at.
fn facts(spec: &LinearSpec) -> Option<DocumentField> {
    Some(match spec {
        LinearSpec::Project(it) => DocumentField::list(
            "projects",
            "first: 2",
            "ProjectFilter",
            filter::named(&it.name),
            "...ProjectFacts",
        ),
        LinearSpec::Initiative(it) => DocumentField::list(
            "initiatives",
            "first: 2",
            "InitiativeFilter",
            filter::named(&it.name),
            "...InitiativeFacts",
        ),
        LinearSpec::Milestone(it) => {
            let filter = milestone(&it.name, Some(&it.project));
            DocumentField::list(
                "projectMilestones",
                "first: 2",
                "ProjectMilestoneFilter",
                filter,
                "...MilestoneFacts",
            )
        }
        LinearSpec::Document(it) => DocumentField::list(
            "documents",
            "first: 2",
            "DocumentFilter",
            document(&it.id),
            "...DocumentFacts",
        ),
        LinearSpec::Release(it) => {
            let filter = filter::release(&it.version, it.pipeline.as_deref());
            DocumentField::list("releases", "first: 2", "ReleaseFilter", filter, "...ReleaseFacts")
        }
        LinearSpec::IssuesDone(it) => {
            // Done issues are archived after a while: they still are done.
            let more = format!("first: {}, includeArchived: true", it.ids.len().saturating_add(1));
            DocumentField::list(
                "issues",
                &more,
                "IssueFilter",
                json!({ "id": { "in": it.ids } }),
                "...NamedIssues",
            )
        }
        LinearSpec::Cycle(it) => cycle(it),
        LinearSpec::Issues(_) | LinearSpec::View(_) => return None,
    })
}

fn cycle(it: &Cycle) -> DocumentField {
    // One more than may be open decides, as in a counter.
    let most = it.at_most.saturating_add(1).clamp(*PAGE.start(), *PAGE.end());
    let body = format!(
        "pageInfo {{ hasNextPage }} nodes {{ number isPast endsAt \
         uncompletedIssuesUponClose(first: {most}, filter: $1) {{ ...IssuePage }} }}"
    );
    let which = filter::cycle(&it.number, &it.team);
    let mut item = DocumentField::list("cycles", "first: 1", "CycleFilter", which, &body);
    item.variables.push(("IssueFilter", filter::left_open()));
    item
}

/// By UUID, or by the slug that its address ends with.
fn document(id: &str) -> Value {
    if is_uuid(id) {
        return json!({ "id": { "eq": id } });
    }
    let last = id.rsplit(['-', '/']).next().unwrap_or(id);
    json!({ "slugId": { "in": [id, last] } })
}

fn any(spec: &LinearSpec) -> Option<DocumentField> {
    let LinearSpec::Cycle(it) = spec else { return None };
    // Finished issues are archived after a while; what was thrown away is archived too, and is none.
    let more = "first: 10, includeArchived: true";
    let body = "pageInfo { hasNextPage } nodes { id trashed }";
    Some(DocumentField::list("issues", more, "IssueFilter", filter::issues_of_cycle(it, false), body))
}

fn counter(spec: &LinearSpec) -> Option<Counter> {
    let at_most = |most| Count { at_most: Some(most), at_least: None };
    Some(match spec {
        LinearSpec::Issues(it) => Counter::issues(filter::issues(it), it.count),
        LinearSpec::Cycle(it) => Counter::issues(filter::issues_of_cycle(it, true), at_most(it.at_most)),
        LinearSpec::Release(it) => Counter::issues(filter::issues_of_release(it), at_most(it.at_most)),
        LinearSpec::View(it) => Counter::view(it.clone()),
        _ => return None,
    })
}
