//! `github.comment`: the phrase was written by those people, after the commit was pushed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        case::{Case, gap},
        fact::{Fact, Judged, List, RestFact, Take},
        finding::{Draft, list},
        limits::{Name, Number, Wrong},
        shape,
        target::{Place, Target},
    },
    Evidence, Judge,
};
use crate::domain::{Bound, Outcome};

/// Most pages of comments, a hundred each, newest first.
const MOST_PAGES: usize = 20;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Comment {
    issue: Number,
    phrase: Name,
    by: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(default)]
    about: About,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum About {
    #[default]
    Commit,
    Version,
    Launch,
}

#[derive(Deserialize)]
struct Thread {
    url: String,
    comments: Comments,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comments {
    total_count: u64,
    page_info: Backwards,
    nodes: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Backwards {
    has_previous_page: bool,
    start_cursor: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    body: String,
    url: String,
    created_at: DateTime<Utc>,
    is_minimized: bool,
    author: Option<User>,
    editor: Option<User>,
}

#[derive(Clone, Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct Activity {
    after: String,
    timestamp: DateTime<Utc>,
}

impl Evidence for Comment {
    const THING: &'static str = "comment";

    fn bound(&self) -> Bound {
        if self.about == About::Commit { Bound::Commit } else { Bound::Free }
    }

    fn said(&self) -> String {
        let number = self.wanted();
        let who =
            if number == self.by.len() { list(&self.by) } else { format!("{number} of {}", list(&self.by)) };
        format!("\"{}\" on #{} by {who}", self.phrase, self.issue)
    }

    fn check(&self, wrong: &mut Wrong<'_>) {
        wrong.not_empty("by", &self.by);
        let most = u32::try_from(self.by.len()).unwrap_or(u32::MAX).max(1);
        wrong.at_least_one("count", self.count, most);
        if self
            .by
            .iter()
            .any(|login| login.as_str().starts_with('@') || login.as_str().contains(char::is_whitespace))
        {
            wrong.say("by", "`by` lists GitHub logins", "write them without @");
        }
    }
}

impl Judge for Comment {
    fn judge(&self, case: &Case<'_>) -> Judged {
        let mut first = vec![self.page(case, None)];
        if self.about == About::Commit {
            first.extend(case.target_facts());
        }
        case.need(&first)?;
        let target = if self.about == About::Commit { Some(case.target()?) } else { None };
        let since = match &target {
            Some(target) => match pushed(case, target)? {
                Some(moment) => Some(moment),
                None => return unknown_push(target),
            },
            None => None,
        };
        let (comments, url) = self.comments(case, since)?;
        let (outcome, reason, rows) = self.settle(&comments, since, case.version);
        let page = rows.first().map_or(url, |(_, url)| url.clone());
        let draft = Draft::new(outcome, reason).url(Some(&page)).rows(rows.into_iter().map(|(row, _)| row));
        match target {
            Some(target) => draft.about(&target.oid).from("graphql comments"),
            None => draft.from("graphql comments"),
        }
    }
}

/// When the commit first became the head of a branch. A commit carries only dates that its author chose.
fn pushed(case: &Case<'_>, target: &Target) -> Judged<Option<DateTime<Utc>>> {
    let fact = RestFact::of(case.repo, &["activity"], Take::Pages(""), "pushes", "Contents: read");
    let fact = match &target.place {
        Place::Branch(branch) => fact.with("ref", format!("refs/heads/{branch}")),
        _ => fact,
    };
    let all: List<Activity> = case.rest(&fact.with("per_page", "100"))?;
    Ok(all.items.iter().filter(|it| it.after == target.oid.as_str()).map(|it| it.timestamp).min())
}

fn unknown_push(target: &Target) -> Judged {
    let reason = format!("GitHub does not tell when {} was pushed, so no comment counts", target.oid.short());
    Draft::new(Outcome::Unclear, reason).about(&target.oid).from("rest activity")
}

impl Comment {
    fn wanted(&self) -> usize {
        self.count.map_or(self.by.len(), |count| count as usize).max(1)
    }

    fn page(&self, case: &Case<'_>, before: Option<&str>) -> Fact {
        case.graph(&shape::COMMENTS, [("number", json!(self.issue.get())), ("before", json!(before))])
    }

    /// Comments from the newest back to the moment asked for, or to the first.
    fn comments(&self, case: &Case<'_>, since: Option<DateTime<Utc>>) -> Judged<(Vec<Said>, String)> {
        let (mut all, mut before) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let Thread { url, comments } = case.read(&self.page(case, before.as_deref()))?;
            let Comments { total_count, page_info, nodes } = comments;
            let old = since.is_some_and(|since| nodes.iter().any(|it| it.created_at < since));
            all.extend(nodes);
            if !page_info.has_previous_page {
                return if all.len() as u64 == total_count { Ok((all, url)) } else { Err(gap("comments")) };
            }
            if old {
                return Ok((all, url));
            }
            match page_info.start_cursor {
                Some(cursor) if before.as_ref() != Some(&cursor) => before = Some(cursor),
                _ => return Err(gap("comments")),
            }
        }
        Err(gap("comments"))
    }

    fn settle(
        &self,
        comments: &[Said],
        since: Option<DateTime<Utc>>,
        version: &str,
    ) -> (Outcome, String, Vec<(String, String)>) {
        let mut people = BTreeSet::new();
        let mut rows = Vec::new();
        for said in comments.iter().filter(|said| since.is_none_or(|since| said.created_at >= since)) {
            let Some(who) = self.speaks(said, version) else { continue };
            if people.insert(who.to_lowercase()) {
                rows.push((
                    format!("{who}, {}", said.created_at.format("%Y-%m-%d %H:%M UTC")),
                    said.url.clone(),
                ));
            }
        }
        let missing: Vec<&str> = self
            .by
            .iter()
            .map(Name::as_str)
            .filter(|login| !people.contains(&login.to_lowercase()))
            .collect();
        let (good, wanted) = (people.len(), self.wanted());
        let phrase = &self.phrase;
        if good >= wanted {
            return (
                Outcome::Holds,
                format!("\"{phrase}\" was written by {good} of {}", self.by.len()),
                rows,
            );
        }
        let reason = format!("\"{phrase}\": {good} of {wanted} have written it; not yet {}", list(&missing));
        (Outcome::Pending, reason, rows)
    }

    /// Who says the phrase here, if it is one of those asked. What others edited, or what is hidden, says nothing.
    fn speaks<'s>(&self, said: &'s Said, version: &str) -> Option<&'s str> {
        let author = said.author.as_ref()?.login.as_str();
        let own = said.editor.as_ref().is_none_or(|editor| editor.login.eq_ignore_ascii_case(author));
        let asked = self.by.iter().any(|login| login.as_str().eq_ignore_ascii_case(author));
        let fits = self.about != About::Version || said.body.contains(version);
        (own && asked && fits && !said.is_minimized && says(&said.body, self.phrase.as_str()))
            .then_some(author)
    }
}

/// Whether a line begins with the phrase, and not a quoted one or one in a block of code: "no-go" must not count as
/// "go", nor an answer as what it quotes.
fn says(body: &str, phrase: &str) -> bool {
    let phrase = phrase.trim().to_lowercase();
    let mut code = false;
    for line in body.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            code = !code;
            continue;
        }
        let line = line.to_lowercase();
        let rest = line.strip_prefix(&phrase).filter(|_| !code);
        if rest.is_some_and(|rest| {
            rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_')
        }) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn a_line_that_begins_with_the_phrase_says_it() {
        for body in
            ["GO for launch", "go for launch!", "Checked.\n  GO for launch, thanks", "GO FOR LAUNCH 🚀"]
        {
            assert!(says(body, "GO for launch"), "{body}");
        }
    }

    #[test]
    fn a_quoted_negated_or_longer_phrase_does_not() {
        for body in [
            "> GO for launch",
            "NO-GO for launch",
            "not GO for launch",
            "GO for launches",
            "GO for launch-day",
            "```\nGO for launch\n```",
            "",
        ] {
            assert!(!says(body, "GO for launch"), "{body}");
        }
    }
}
