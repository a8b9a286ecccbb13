//! A page for each source, made from what it declares and from the examples of `docs/gates.md`.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use gonogo::source::{Declaration, Home, Permission, Thing, connection::ServerForm, register::DECLARED};
use serde_json::json;

use super::{GATES, examples, kinds_of};

/// Gates of `docs/gates.md` by the kind that they ask for.
fn gates_by_kind() -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let gates = examples(GATES).flat_map(|block| {
        block.split("- gate:").skip(1).map(|gate| format!("- gate:{gate}")).collect::<Vec<_>>()
    });
    for gate in gates
        .filter(|gate| !gate.contains("task:") && !gate.contains("sign_off:") && !gate.contains("timer:"))
    {
        for kind in kinds_of(&gate) {
            all.entry(kind).or_default().push(gate.trim_end().to_owned());
        }
    }
    all
}

fn page(source: &Declaration, gates: &BTreeMap<String, Vec<String>>) -> String {
    let mut out = format!(
        "<!-- Made by `GONOGO_WRITE_DOCS=1 cargo test docs::sources` from what the source says of itself and from gates.md: change those. -->\n\n# {}\n",
        source.title
    );
    servers(&mut out, source);
    for thing in source.things {
        kind(&mut out, source, thing, gates);
    }
    messages(&mut out, source);
    if !source.defaults.is_empty() {
        let keys: Vec<_> = source.defaults.iter().map(|key| format!("`{key}`")).collect();
        let _ = write!(
            out,
            "\n## For all gates of a launch\n\n`defaults: {{ {}: {{ ... }} }}` in `launch.yaml` gives {} to every gate that does not say its own.\n",
            source.name,
            keys.join(", ")
        );
    }
    rollout(&mut out, source);
    let _ = write!(
        out,
        "\nWhat counts, and what proves nothing: [gates.md](../gates.md). What goes wrong and how it shows: [faults.md](../faults.md).\n"
    );
    out
}

/// How it is reached.
fn servers(out: &mut String, source: &Declaration) {
    out.push_str("\n## Where it is\n");
    if let Some(home) = source.home {
        self::home(out, home);
    }
    if source.servers.is_empty() {
        let why = match source.name {
            "http" => {
                "No connection: each gate names its address. Your settings allow the hosts: `http: { allow: [HOST] }`, or `private: [HOST]` for one with a private address."
            }
            _ => "No connection: it runs here. The checklist must be trusted first: `gonogo trust`.",
        };
        let _ = write!(out, "\n{why}\n");
        return;
    }
    let own = source.home.map_or(
        "In your settings:",
        |_| "Another server, or another account, is a connection in your settings:",
    );
    let _ = write!(out, "\n{own}\n\n```text\nconnections:\n");
    for form in source.servers {
        let token = if form.token == "none" {
            String::new()
        } else {
            format!(", token_env: {}_TOKEN", form.source.to_uppercase().replace('-', "_"))
        };
        let _ = writeln!(out, "  {}: {{ source: {}, url: {}{token} }}", form.source, form.source, form.url);
    }
    out.push_str("```\n\n");
    for form in source.servers {
        let _ = writeln!(out, "- {}", token(form));
    }
    out.push_str("\nFor certificates of your own authority, set `SSL_CERT_FILE`. `gonogo settings` shows what applies, `gonogo doctor` whether it works.\n");
}

fn token(form: &ServerForm) -> String {
    let holds = match form.token {
        "none" => "it takes no token".to_owned(),
        "" => "the variable that `token_env` names holds the token".to_owned(),
        token => format!(
            "the variable that `token_env` names holds {}",
            if token.contains(' ') { token.to_owned() } else { format!("`{token}`") }
        ),
    };
    format!("`{}`: {holds}", form.source)
}

fn home(out: &mut String, home: &Home) {
    let tokens: Vec<_> = home.token_env.iter().map(|name| format!("`{name}`")).collect();
    let keeper = home
        .keeper
        .map(|it| format!(", or else from `{} {}`", it.program, it.args[..2].join(" ")))
        .unwrap_or_default();
    let second = home
        .second_env
        .map(|name| format!(" (and `{name}` for its GraphQL API, if that is elsewhere)"))
        .unwrap_or_default();
    let _ = write!(
        out,
        "\nThe token comes from {}{keeper}. The server is `{}`, unless `{}` names another{second}.\n",
        tokens.join(", else "),
        home.address,
        home.address_env
    );
}

fn kind(out: &mut String, source: &Declaration, thing: &Thing, gates: &BTreeMap<String, Vec<String>>) {
    let name = if thing.name.is_empty() {
        source.name.to_owned()
    } else {
        format!("{}.{}", source.name, thing.name)
    };
    let _ = write!(out, "\n## `{name}`\n\nIt proves that {}.\n\n```yaml\n", thing.description.proves);
    for gate in &gates[&format!("{}.{}", source.name, thing.name)] {
        let _ = writeln!(out, "{gate}");
    }
    out.push_str("```\n\n| key | means |\n| --- | --- |\n");
    for (key, means) in thing.description.keys {
        let _ = writeln!(out, "| `{key}` | {} |", means.replace('|', "\\|"));
    }
    let args = json!({ "tool": "dependabot", "team": "acme/qa" });
    let needs = (source.needs)(thing.name, &args);
    if !needs.is_empty() {
        let needs: Vec<_> = needs.iter().map(|it| permission(it)).collect();
        let _ = write!(out, "\nThe token needs {}.\n", needs.join("; "));
    }
}

fn permission(it: &Permission) -> String {
    let workflow = it.actions_key.map_or_else(
        || "a workflow's own token cannot have it".to_owned(),
        |key| format!("in a workflow `{key}: read`"),
    );
    let note =
        if it.note.is_empty() || it.actions_key.is_none() { String::new() } else { format!(", {}", it.note) };
    format!("*{}* ({workflow}; classic `{}`{note})", it.fine_grained, it.classic)
}

/// How messages go out by it.
fn messages(out: &mut String, source: &Declaration) {
    let Some(sends) = source.sends else { return };
    let _ = write!(
        out,
        "\n## Messages\n\n`via: {{ {}: ... }}` in the [comms plan](../comms.md) of a launch: {}. It is sent at a person's word only, and only where their settings say `writes: [{}]`.\n",
        source.name, sends.place, sends.writes
    );
}

fn rollout(out: &mut String, source: &Declaration) {
    let does: Vec<_> = [
        (source.measures.is_some(), "watch a stage as a [guardrail](../guardrails.md)"),
        (source.actual.is_some(), "tell how far the release is out (`rollout.actual`)"),
        (source.exposes.is_some(), "count who has it (`rollout.exposure`)"),
    ]
    .into_iter()
    .filter_map(|(does, what)| does.then_some(what))
    .collect();
    if !does.is_empty() {
        let _ = write!(out, "\n## In the rollout\n\nIt can {}.\n", does.join(", and "));
    }
}

#[test]
fn every_source_has_a_page_that_says_what_it_declares() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/sources");
    let gates = gates_by_kind();
    let write = std::env::var_os("GONOGO_WRITE_DOCS").is_some();
    for source in DECLARED {
        let (path, page) = (folder.join(format!("{}.md", source.name)), page(source, &gates));
        if write {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &page).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == page,
            "{} is out of date: GONOGO_WRITE_DOCS=1 cargo test docs::sources",
            path.display()
        );
    }
    let pages = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(pages, DECLARED.len(), "a page of no source in docs/sources");
}
