//! Reads the manifests of the rooms and notes every breach of the plan.

use super::plan::{EVERYTHING, OWNED, ROOMS};

/// The manifest of one room, as text.
pub struct Manifest {
    pub room: String,
    pub text: String,
}

/// The names in one table. Every dependency of a room is one line, `name.workspace = true` or `name = ...`.
fn table<'a>(manifest: &'a str, name: &str) -> Vec<&'a str> {
    let lines = manifest.lines().skip_while(|line| line.trim() != name).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['=', '.']).next().map(str::trim))
        .filter(|key| !key.is_empty() && !key.starts_with('#'))
        .collect()
}

/// Every breach, as `file: what is wrong`.
pub fn check_manifests(manifests: &[Manifest]) -> Vec<String> {
    let mut breaches = Vec::new();
    for Manifest { room: name, text } in manifests {
        let mut breach = |what: String| breaches.push(format!("src/{name}/Cargo.toml: {what}"));
        let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
            breach("this room is not in the plan (tests/architecture/plan.rs)".to_owned());
            continue;
        };
        let (used, tested) = (table(text, "[dependencies]"), table(text, "[dev-dependencies]"));
        for other in used.iter().chain(&tested).filter_map(|name| name.strip_prefix("gonogo-")) {
            if room.may_use != EVERYTHING && !room.may_use.contains(&other) {
                let may =
                    if room.may_use.is_empty() { "nothing".to_owned() } else { room.may_use.join(", ") };
                breach(format!("room `{name}` may not use room `{other}` (it may use {may})"));
            }
        }
        for other in room.may_use.iter().filter(|_| room.may_use != EVERYTHING) {
            if !used.iter().any(|name| name.strip_prefix("gonogo-") == Some(*other)) {
                breach(format!("the plan lets it use `{other}`, and it does not: take that out of the plan"));
            }
        }
        let external = |names: &[&str]| -> Vec<String> {
            let names = names.iter().filter(|name| !name.starts_with("gonogo-"));
            names.map(|name| name.replace('-', "_")).collect()
        };
        for name in external(&used) {
            if room.crates.is_some_and(|crates| !crates.contains(&name.as_str())) {
                breach(format!("room `{}` may not use the crate `{name}`", room.name));
            }
        }
        for name in external(&used).iter().chain(&external(&tested)) {
            if let Some((owned, rooms)) = OWNED.iter().find(|(owned, _)| owned == name)
                && !rooms.contains(&room.name)
            {
                breach(format!("`{owned}` belongs to {}, not to room `{}`", rooms.join(", "), room.name));
            }
        }
    }
    breaches
}
