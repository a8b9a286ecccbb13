//! Counting by GitHub's search: its own limit, an index that lags, and answers that may be incomplete.

use serde::Deserialize;

use super::{
    super::super::{
        fact::{FactResult, JudgeStop, Repo, RestFact, Take},
        judge_context::JudgeContext,
        needs,
    },
    Counted, Item, OpenQuery,
};
use gonogo_domain::FailureKind;

/// Qualifiers that a gate sets itself: a second one would widen or empty the search.
const OWN: [&str; 9] =
    ["repo", "org", "user", "is:open", "is:closed", "is:merged", "is:issue", "is:pr", "is:pull-request"];
const OWN_KEYS: [&str; 2] = ["state", "type"];

/// Qualifiers that nothing open has: with them a search finds none for ever.
const OF_CLOSED: [&str; 3] = ["closed", "merged", "reason"];
/// Words that are of the repository: it has them or not, whatever is open in it.
const OF_REPOSITORY: [&str; 4] = ["is:public", "is:private", "is:internal", "archived:true"];

#[derive(Deserialize)]
struct SearchPage {
    total_count: u64,
    incomplete_results: bool,
    items: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    number: u64,
    title: String,
    html_url: String,
}

/// The first word of the text that the gate itself sets, or that would change what is counted.
pub(super) fn own_word(text: &str) -> Option<String> {
    words(text).into_iter().find(|word| {
        let plain = word.trim_start_matches(['-', '(']).to_lowercase();
        let key = plain.split(':').next().unwrap_or_default();
        let has_value = plain.contains(':');
        OWN.contains(&plain.as_str()) || (has_value && (OWN.contains(&key) || OWN_KEYS.contains(&key)))
    })
}

/// The first word of the text with which nothing, or all that is open, is found, whatever there is.
pub(super) fn idle_word(text: &str) -> Option<String> {
    words(text).into_iter().find(|word| {
        let plain = word.to_lowercase();
        let key = plain.split_once(':').map_or("", |(key, _)| key);
        OF_CLOSED.contains(&key) || OF_REPOSITORY.contains(&plain.trim_start_matches('-'))
    })
}

/// The branch that a search asks for.
pub(super) fn base(text: &str) -> Option<String> {
    let of = |word: String| {
        let (key, value) = word.split_once(':')?;
        let value = value.trim_matches('"');
        (key.trim_start_matches('-').eq_ignore_ascii_case("base") && !value.is_empty())
            .then(|| value.to_owned())
    };
    words(text).into_iter().find_map(of)
}

/// The first part of a search that combines others: what it finds cannot be checked label by label.
pub(super) fn combination(text: &str) -> Option<String> {
    let plain = |word: &str| {
        let mut quoted = false;
        word.chars().any(|c| {
            quoted ^= c == '"';
            !quoted && matches!(c, '(' | ')')
        })
    };
    words(text).into_iter().find(|word| plain(word) || word == "OR" || word == "AND")
}

/// Why a search is not made. An answer of a person may have become a part of it after the file was read.
fn refused(text: &str) -> Option<JudgeStop> {
    let own = own_word(text).map(|word| format!("the gate sets `{word}` itself"));
    let idle =
        || idle_word(text).map(|word| format!("`{word}` in `search` matches nothing open, or everything"));
    let why = own
        .or_else(|| combination(text).map(|word| format!("`search` combines searches (`{word}`)")))
        .or_else(idle);
    why.map(|why| JudgeStop::failed(FailureKind::Rejected, why))
}

/// The labels and milestones that a search asks for.
pub(super) fn named(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut labels, mut milestones) = (Vec::new(), Vec::new());
    for word in words(text) {
        let Some((key, value)) = word.split_once(':') else { continue };
        let list = match key.trim_start_matches('-').to_lowercase().as_str() {
            "label" => &mut labels,
            "milestone" => &mut milestones,
            _ => continue,
        };
        let values = split(value, ',').into_iter().map(|value| value.trim_matches('"').to_owned());
        list.extend(values.filter(|value| !value.is_empty() && value != "*"));
    }
    (labels, milestones)
}

/// The words of a search; blanks inside quotes do not part them.
fn words(text: &str) -> Vec<String> {
    split(text, ' ').into_iter().filter(|word| !word.is_empty()).collect()
}

fn split(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        quoted ^= c == '"';
        if c == at && !quoted {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    parts
}

/// How many are found. An incomplete search proves nothing (V3).
pub(super) fn count(query: &OpenQuery<'_>, text: &str, case: &JudgeContext<'_>) -> FactResult<Counted> {
    if let Some(stop) = refused(text) {
        return Err(stop);
    }
    // After a rename the old name finds nothing, and nothing would look like none.
    let name = case.value(&case.repository())?.as_str().and_then(Repo::parse);
    let name = name.ok_or_else(|| super::super::super::judge_context::gap("the repository"))?.to_string();
    let fact = RestFact::root(&["search", "issues"], Take::Whole, "the search", &[&needs::ISSUES])
        .with("q", question(query, text, &name))
        .with("per_page", "10");
    let found: SearchPage = case.rest(&fact)?;
    if found.incomplete_results {
        let message = "GitHub's search timed out, so its count is incomplete";
        return Err(JudgeStop::failed(FailureKind::Incomplete, message));
    }
    if (found.items.len() as u64) < found.total_count.min(10) {
        return Err(super::super::super::judge_context::gap("the search"));
    }
    let items =
        found.items.into_iter().map(|hit| Item { number: hit.number, title: hit.title, url: hit.html_url });
    Ok(Counted { number: found.total_count, items: items.collect(), lineage: "rest search/issues" })
}

pub(super) fn question(query: &OpenQuery<'_>, text: &str, repo: &str) -> String {
    let kind = if query.pulls { "is:pr" } else { "is:issue" };
    let mut parts = vec![format!("repo:{repo} {kind} is:open")];
    let quote = |value: &str| format!("\"{}\"", value.replace('"', "\\\""));
    if !query.labels.is_empty() {
        // Several values of one qualifier: any of them.
        let any: Vec<String> = query.labels.iter().map(|label| quote(label.as_str())).collect();
        parts.push(format!("label:{}", any.join(",")));
    }
    if let Some(milestone) = query.milestone {
        parts.push(format!("milestone:{}", quote(milestone.as_str())));
    }
    if let Some(base) = query.base {
        parts.push(format!("base:{}", quote(base.as_str())));
    }
    parts.push(text.to_owned());
    parts.join(" ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gate_sets_itself_is_refused() {
        for bad in [
            "repo:a/b",
            "x -repo:a/b",
            "org:acme",
            "is:closed",
            "IS:OPEN",
            "state:closed",
            "type:pr",
            "(repo:x/y)",
        ] {
            assert!(own_word(bad).is_some(), "{bad}");
        }
        for good in
            ["label:x", "no:assignee", "author:octo", "\"repo:a/b in words\"", "isopen", "in:title crash"]
        {
            assert_eq!(own_word(good), None, "{good}");
        }
    }

    #[test]
    fn searches_that_combine_others_are_refused() {
        for bad in ["a OR b", "(label:x)", "label:x (crash)", "a AND b", "NOT (label:x)"] {
            assert!(combination(bad).is_some(), "{bad}");
        }
        for good in ["label:x", "\"(in words)\"", "label:\"a (b)\"", "or and", "ORDER"] {
            assert_eq!(combination(good), None, "{good}");
        }
    }

    #[test]
    fn words_that_tell_nothing_open_apart_are_refused() {
        for bad in [
            "closed:>2026-01-01",
            "x reason:completed",
            "merged:*",
            "is:public",
            "-is:private",
            "archived:true",
        ] {
            assert!(idle_word(bad).is_some(), "{bad}");
        }
        for good in
            ["label:closed", "\"closed: soon\"", "created:>2026-01-01", "-reason:completed", "is:draft"]
        {
            assert_eq!(idle_word(good), None, "{good}");
        }
        assert_eq!(base("x base:release/3.0 label:y").as_deref(), Some("release/3.0"));
        assert_eq!((base("database:x"), base("base:")), (None, None));
    }

    #[test]
    fn labels_and_milestones_of_a_search_are_found() {
        let (labels, milestones) =
            named("crash label:\"release blocker\",p0 -label:wontfix milestone:v1 no:assignee");
        assert_eq!(labels, ["release blocker", "p0", "wontfix"]);
        assert_eq!(milestones, ["v1"]);
    }
}
