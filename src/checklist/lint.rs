//! What loads and is still no good: style and risk, for whoever writes a launch. Nothing here changes a verdict.

use gonogo_domain::{
    Ask, Blocks, Diagnostic, Gap, Gate, Kind, Launch, Occasion, Party, Place, Query, Risk, Severity, gaps,
};

/// Looks at a launch; in the order of its gates, what is about all of it last.
pub fn lint(launch: &Launch) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for gate in launch.gates.iter().filter(|gate| gate.excluded.is_none()) {
        nobody(launch, gate, &mut found);
        if gate.is_group() {
            continue;
        }
        if gate.owner.is_none() && gate.ask().is_none() {
            let help = "give it or its checklist an `owner`, so that the board can say who has to act";
            found.push(at(gate, "no-owner", "it has no owner".into(), help));
        }
        if let Kind::Evidence(query) = &gate.kind {
            vacuous(gate, query, &mut found);
            status_only(gate, query, &mut found);
            invented(gate, query, &mut found);
        }
    }
    found.extend(empty(launch));
    undated(launch, &mut found);
    untold(launch, &mut found);
    whole(launch, &mut found);
    found
}

fn at(gate: &Gate, code: &str, said: String, help: &str) -> Diagnostic {
    finding(gate.place.clone(), code, format!("`{}`: {said}", gate.id), help)
}

fn finding(place: Option<Place>, code: &str, message: String, help: &str) -> Diagnostic {
    let spot =
        place.as_ref().map(|it| format!("\n  --> {}:{}:{}", it.file, it.line, it.column)).unwrap_or_default();
    let rendered = format!("warning[{code}]: {message}{spot}\n  = help: {help}");
    Diagnostic {
        severity: Severity::Warning,
        code: code.to_owned(),
        rendered: gonogo_text::clean_block(&rendered).into_owned(),
        message,
        place,
        help: Some(help.to_owned()),
    }
}

/// A gate that asks only roles which nobody holds waits for ever; one whose only answerer is barred does too.
fn nobody(launch: &Launch, gate: &Gate, found: &mut Vec<Diagnostic>) {
    let Some(ask) = gate.ask() else { return };
    let empty: Vec<&Party> = ask.by.iter().filter(|party| !is_held(launch, party, 0)).collect();
    let stuck = if ask.count.is_some() { empty.len() == ask.by.len() } else { !empty.is_empty() };
    if stuck && !ask.by.is_empty() {
        let names: Vec<&str> = empty.iter().map(|party| party.as_str()).collect();
        let help = "put people into the role, or give it a `github_team` or a `fallback`";
        found.push(at(gate, "nobody", format!("nobody can answer for {}", names.join(", ")), help));
    } else if let Some(only) = barred(launch, ask) {
        let help = "name somebody else in `by`, or remove the gate from `apart_from`";
        let said = format!(
            "only {only} can answer it, but `apart_from` rules out whoever answered gates that only they can answer"
        );
        found.push(at(gate, "nobody", said, help));
    }
}

/// Where nobody is: what `gonogo who` shows as a gap.
fn empty(launch: &Launch) -> impl Iterator<Item = Diagnostic> {
    let told = |gap: &Gap| gap.code != "area-without-owner";
    gaps(launch).into_iter().filter(told).map(|gap| finding(None, gap.code, gap.text.to_string(), gap.help))
}

/// Whether somebody speaks for a person or role; a team or a fallback may.
fn is_held(launch: &Launch, party: &Party, depth: usize) -> bool {
    /// Fallbacks of fallbacks; circles were refused when the files were read.
    const DEEPEST: usize = 16;
    if launch.people.contains_key(party) {
        return true;
    }
    launch.roles.get(party).is_some_and(|role| {
        let held = !role.people.is_empty() || role.github_team.is_some();
        held || (depth < DEEPEST && role.fallback.as_ref().is_some_and(|it| is_held(launch, it, depth + 1)))
    })
}

/// The one person who could answer an ask, if they are also the only one who could answer what it must be apart from.
fn barred<'l>(launch: &'l Launch, ask: &'l Ask) -> Option<&'l Party> {
    let only = single(launch, ask)?;
    let mut apart = ask.apart_from.iter().filter_map(|id| launch.gate(id)?.ask());
    apart.any(|other| single(launch, other) == Some(only)).then_some(only)
}

fn single<'l>(launch: &'l Launch, ask: &'l Ask) -> Option<&'l Party> {
    let [party] = ask.by.as_slice() else { return None };
    if launch.people.contains_key(party) {
        return Some(party);
    }
    let role = launch.roles.get(party)?;
    match role.people.as_slice() {
        [one] if role.github_team.is_none() && role.fallback.is_none() => Some(one),
        _ => None,
    }
}

/// A search of one's own words that finds nothing is go, also when the words are wrong. Labels, milestones and projects
/// are looked up; words are not.
fn vacuous(gate: &Gate, query: &Query, found: &mut Vec<Diagnostic>) {
    let says = |key: &str| match &query.args[key] {
        serde_json::Value::String(text) => !text.is_empty(),
        serde_json::Value::Array(list) => !list.is_empty(),
        _ => false,
    };
    let named = ["labels", "milestone", "project", "cycle", "release"].iter().any(|key| says(key));
    let none_wanted = query.args["at_least"].as_u64().is_none_or(|least| least == 0);
    if (says("search") || says("jql")) && !named && none_wanted {
        let help = "add a label, a milestone or a project: if that name is misspelt, the gate is unknown instead of go";
        found.push(at(
            gate,
            "vacuous",
            "a search with a typo finds nothing, and finding nothing is go".into(),
            help,
        ));
    }
}

/// A status alone is that of whatever answers: pages to sign in, of a proxy, of a host without the release.
fn status_only(gate: &Gate, query: &Query, found: &mut Vec<Diagnostic>) {
    let args = &query.args;
    let fine = args["status"].as_array().is_some_and(|all| {
        all.iter().filter_map(serde_json::Value::as_u64).any(|status| (200..300).contains(&status))
    });
    if args["url"].is_string() && fine && args["part"].is_null() {
        let help =
            "compare what only the right answer says: `json: /version` or `header: NAME`, with `equals`";
        let said = "only a status is asked for, which pages to sign in and of proxies have too";
        found.push(at(gate, "status-only", said.into(), help));
    }
}

/// A query that gives a number where the server has none: no data is then taken for one. How many failures there were may be
/// zero; how many requests may not.
fn invented(gate: &Gate, query: &Query, found: &mut Vec<Diagnostic>) {
    let invents = |key: &str| {
        let text = query.args[key].as_str().unwrap_or_default();
        text.split_whitespace().collect::<String>().contains("orvector(")
    };
    if let Some(key) = ["query", "total"].into_iter().find(|key| invents(key)) {
        let said = format!(
            "`or vector(...)` in `{key}` is a number where there is no data, and no data proves nothing"
        );
        found.push(at(gate, "no-data", said, "take it out: without data the gate is then unknown"));
    }
}

/// Gates without a due date are never overdue; if none has one, there is one warning.
fn undated(launch: &Launch, found: &mut Vec<Diagnostic>) {
    let counts = |gate: &&Gate| {
        !gate.is_group() && gate.blocks == Blocks::Go && gate.excluded.is_none() && gate.ask().is_some()
    };
    let (dated, undated): (Vec<_>, Vec<_>) =
        launch.gates.iter().filter(counts).partition(|gate| gate.due.is_some());
    let help = "add `due: T-1d` to the gate or its checklist, and the board shows what is overdue";
    if dated.is_empty() && !undated.is_empty() {
        let message = format!("none of the {} gates that people answer has a `due`", undated.len());
        found.push(finding(None, "no-due", message, help));
    } else {
        found.extend(undated.iter().map(|gate| at(gate, "no-due", "it has no `due`".into(), help)));
    }
}

/// Messages that nobody sees to, that have no time, or that nobody can approve but who sends them.
fn untold(launch: &Launch, found: &mut Vec<Diagnostic>) {
    for message in launch.comms.messages.iter().filter(|it| it.excluded.is_none()) {
        let mut say = |code: &str, said: String, help: &str| {
            let said = format!("`message/{}`: {said}", message.id);
            found.push(finding(message.place.clone(), code, said, help));
        };
        if message.owner.is_none() {
            say("no-owner", "it has no owner".into(), "give it an `owner`, who drafts and sends it");
        }
        if message.occasion == Occasion::Plan && message.at.is_none() && message.needs.is_empty() {
            say(
                "no-time",
                "nothing says when it is sent".into(),
                "add `at: T+1h`, `needs`, or an `occasion`",
            );
        }
        let holders = |party: &Party| -> Option<Vec<&Party>> {
            let known = launch.names_all(party);
            let people = launch.people.keys().filter(|person| launch.is_first(person, party, &[]));
            known.then(|| people.collect())
        };
        let approvers: Option<Vec<_>> = message.approved_by.iter().map(holders).collect();
        let approvers: std::collections::BTreeSet<_> = approvers.into_iter().flatten().flatten().collect();
        let owners = message.owner.as_ref().and_then(holders);
        if let (Some(only), Some([owner])) =
            (approvers.first().filter(|_| approvers.len() == 1), owners.as_deref())
            && only == owner
        {
            let help = "name somebody else in `approved_by`, or remove it";
            say("own-approval", format!("only {owner}, who sends it, can approve it"), help);
        }
    }
}

/// What is about the launch as a whole.
fn whole(launch: &Launch, found: &mut Vec<Diagnostic>) {
    let mut say =
        |code: &str, message: &str, help: &str| found.push(finding(None, code, message.to_owned(), help));
    let machines = launch.gates.iter().any(|gate| matches!(gate.kind, Kind::Evidence(_)));
    if !machines {
        let help = "add one: docs/gates.md has workflows, issues, flags, dashboards and more";
        say("no-machine", "every gate is answered by people: no evidence is checked", help);
    }
    let people: std::collections::BTreeSet<&Party> =
        launch.roles.values().flat_map(|role| &role.people).collect();
    if people.len() == 1 && launch.roles.len() > 2 && launch.risk != Risk::Low {
        say(
            "one-person",
            "one person holds every role: nobody checks their work",
            "give some of the roles to other people",
        );
    }
    if launch.risk == Risk::High && launch.roll_call.is_none() {
        say(
            "no-roll-call",
            "this launch has high risk, but no go/no-go poll",
            "add one: `roll_call: { stations: [...], final_call: ROLE }`",
        );
    }
    let unwatched =
        launch.rollout.iter().flat_map(|it| &it.stages).filter(|stage| stage.guardrails.is_empty());
    let unwatched: Vec<&str> = unwatched.map(|stage| stage.id.as_str()).collect();
    if !unwatched.is_empty() {
        let message = format!("no guardrail watches {}", unwatched.join(", "));
        say("unwatched", &message, "add one: docs/guardrails.md says how");
    }
}
