//! `github.comment`: the phrase was written by those people, after the commit was pushed, and not taken back.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::words::{Phrase, SpokenAnswer};
use super::{
    super::{
        fact::{Fact, FactResult, PagedList, RestFact, Take},
        finding::{FindingDraft, list},
        judge_context::{Backwards, JudgeContext, gap},
        limits::{LimitProblems, Name, Number},
        needs, query_template,
        target::{RefKind, ResolvedTarget},
        team,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{About, Bound, Logins, Outcome, Str};
use gonogo_yaml::Shape;

/// Most pages of comments, a hundred each, newest first.
const MOST_PAGES: usize = 20;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Comment {
    issue: Number,
    phrase: Name,
    by: Vec<Name>,
    /// Whose accounts `by` means, from the launch's people and roles. No file may say it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<Logins>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(default)]
    about: About,
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
    nodes: Vec<CommentNode>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommentNode {
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

/// When the commit was the head of its branch, in order. A go that was written in between spoke of another commit.
struct Heads(Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>);

impl Heads {
    fn first(&self) -> Option<DateTime<Utc>> {
        self.0.first().map(|(from, _)| *from)
    }

    fn hold(&self, at: DateTime<Utc>) -> bool {
        self.0.iter().any(|(from, until)| at >= *from && until.is_none_or(|until| at < until))
    }
}

impl EvidenceKind for Comment {
    const THING: &'static str = "comment";
    const DESCRIPTION: Description = Description {
        proves: "people have said go in a comment",
        keys: &[
            ("issue", "the number of the issue or pull request"),
            ("phrase", "what they write alone on a line: `/go`"),
            ("by", "people and roles of the launch who must have written it"),
            ("count", "how many of those people are enough; all of them by default"),
            (
                "about",
                "what the comment is about: `commit` (the default; what was written before the push does not count), `version` or `launch`",
            ),
        ],
    };

    fn shape() -> Shape {
        // Whose accounts are meant is filled in from the launch.
        Shape::of::<Self>().without("accounts")
    }

    fn bound(&self) -> Bound {
        if self.about == About::Commit { Bound::Commit } else { Bound::Free }
    }

    fn describe(&self) -> String {
        let number = self.wanted();
        let who =
            if number == self.by.len() { list(&self.by) } else { format!("{number} of {}", list(&self.by)) };
        format!("\"{}\" on #{} by {who}", self.phrase, self.issue)
    }

    /// A name is that of a person or a role, never a login: anybody may call an account `legal`.
    fn settle(&mut self, people: &BTreeMap<Str, Logins>, wrong: &mut LimitProblems<'_>) {
        if !self.accounts.is_empty() {
            wrong.say("accounts", "unknown key `accounts`", "write who in `by`: people or roles");
            return;
        }
        for name in &self.by {
            match people.get(name.as_str()) {
                None => wrong.say(
                    "by",
                    format!("`{name}` is neither a person nor a role of this launch"),
                    "name a role, or a person with `github`, of launch.yaml",
                ),
                Some(logins) if logins.is_empty() => wrong.say(
                    "by",
                    format!("`{name}` has no GitHub login, so no comment could count"),
                    "add `github: LOGIN` to the person, or `github_team` to the role",
                ),
                Some(logins) => self.accounts.push(logins.clone()),
            }
        }
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.not_empty("by", &self.by);
        wrong.at_least_one("count", self.count, 100);
    }
}

impl Judge for Comment {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut first = vec![self.older(case, None)];
        if self.about == About::Commit {
            first.extend(case.target_facts());
        }
        case.need(&first)?;
        let target = if self.about == About::Commit { Some(case.target()?) } else { None };
        let heads = match &target {
            Some(target) => match pushed(case, target)? {
                Some(heads) => Some(heads),
                None => return unknown_push(target, &Judge::page(self, case)),
            },
            None => None,
        };
        let (comments, url) = self.comments(case, heads.as_ref().and_then(Heads::first))?;
        let (newest, deaf) = self.hear(&comments, heads.as_ref(), case.version);
        let holders = self.holders(case, &newest)?;
        let (outcome, mut reason, mut rows) = self.tally(&newest, &holders);
        let asked = |it: &&Deaf<'_>| holders.iter().any(|all| all.contains(&it.said.login()));
        let unheard: Vec<&Deaf<'_>> =
            deaf.iter().filter(asked).filter(|it| !newest.contains_key(&it.said.login())).collect();
        if outcome == Outcome::Pending && !unheard.is_empty() {
            let said: Vec<String> = unheard.iter().map(|it| it.say()).collect();
            reason += &format!("; not counted: {}", list(&said));
        }
        rows.extend(unheard.iter().map(|it| (it.say(), it.said.url.clone())));
        let page = rows.first().map_or(url, |(_, url)| url.clone());
        let draft =
            FindingDraft::new(outcome, reason).url(Some(&page)).rows(rows.into_iter().map(|(row, _)| row));
        match target {
            Some(target) => draft.about(&target.oid).from("graphql comments"),
            None => draft.from("graphql comments"),
        }
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/issues/{}", case.home(), self.issue)
    }
}

/// When the commit became the head of a branch, and when it was one no more. A commit carries only dates that its author
/// chose. Of a tag or a bare commit, since the first push to any branch.
fn pushed(case: &JudgeContext<'_>, target: &ResolvedTarget) -> FactResult<Option<Heads>> {
    let fact = RestFact::of(case.repo, &["activity"], Take::Pages(""), "pushes", &[&needs::CONTENTS]);
    let fact = match &target.place {
        RefKind::Branch(branch) => fact.with("ref", format!("refs/heads/{branch}")),
        _ => fact,
    };
    let mut all: PagedList<Activity> = case.rest(&fact.with("per_page", "100"))?;
    // GitHub lists the newest first.
    all.items.reverse();
    all.items.sort_by_key(|it| it.timestamp);
    let moves = || all.items.iter().enumerate().filter(|(_, it)| it.after == target.oid.as_str());
    let heads: Vec<_> = if matches!(target.place, RefKind::Branch(_)) {
        moves().map(|(at, it)| (it.timestamp, all.items.get(at + 1).map(|next| next.timestamp))).collect()
    } else {
        moves().take(1).map(|(_, it)| (it.timestamp, None)).collect()
    };
    Ok((!heads.is_empty()).then_some(Heads(heads)))
}

fn unknown_push(target: &ResolvedTarget, page: &str) -> FactResult {
    let reason = format!("GitHub does not say when {} was pushed, so no comment counts", target.oid.short());
    FindingDraft::new(Outcome::Unclear, reason).about(&target.oid).url(Some(page)).from("rest activity")
}

impl Comment {
    fn wanted(&self) -> usize {
        self.count.map_or(self.by.len(), |count| count as usize).max(1)
    }

    fn older(&self, case: &JudgeContext<'_>, before: Option<&str>) -> Fact {
        case.graph(
            &query_template::COMMENTS,
            [("number", json!(self.issue.get())), ("before", json!(before))],
        )
    }

    /// Comments from the newest back to the moment asked for, or to the first.
    fn comments(
        &self,
        case: &JudgeContext<'_>,
        since: Option<DateTime<Utc>>,
    ) -> FactResult<(Vec<CommentNode>, String)> {
        let (mut all, mut before) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let Thread { url, comments } = case.read(&self.older(case, before.as_deref()))?;
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

    /// The newest word of each account, by its login in lower case, and the words that do not count. What is hidden, or
    /// what others edited, is no go; a no-go in it is still heard. Of two in one second the no-go counts.
    fn hear<'s>(
        &self,
        comments: &'s [CommentNode],
        heads: Option<&Heads>,
        version: &str,
    ) -> (BTreeMap<String, CommentWord<'s>>, Vec<Deaf<'s>>) {
        let with_version = self.about == About::Version;
        let phrase = Phrase { go: self.phrase.as_str(), version, with_version };
        let since = heads.and_then(Heads::first);
        let (mut newest, mut deaf) = (BTreeMap::<String, CommentWord<'s>>::new(), Vec::new());
        for said in comments {
            let Some(author) = said.author.as_ref() else { continue };
            let word = phrase.describe(&said.body);
            if word != Some(SpokenAnswer::NoGo)
                && let Some(why) = said.why_not(phrase, word, heads)
            {
                deaf.push(Deaf { said, why });
                continue;
            }
            let Some(word) = word.filter(|_| since.is_none_or(|since| said.created_at >= since)) else {
                continue;
            };
            let login = author.login.to_lowercase();
            let heard = CommentWord { word, said, login: &author.login };
            let newer =
                newest.get(&login).is_none_or(|it| (it.said.created_at, it.word) <= (said.created_at, word));
            if newer {
                newest.insert(login, heard);
            }
        }
        deaf.sort_by_key(|it| std::cmp::Reverse(it.said.created_at));
        (newest, deaf)
    }

    /// For each of `by`, the accounts that speak for it. Teams are looked up only if somebody spoke who is not known
    /// otherwise, or who may be the one that is still awaited.
    fn holders(
        &self,
        case: &JudgeContext<'_>,
        newest: &BTreeMap<String, CommentWord<'_>>,
    ) -> FactResult<Vec<BTreeSet<String>>> {
        let own = |it: &Logins| it.logins.iter().map(|login| login.to_lowercase()).collect::<BTreeSet<_>>();
        let mut holders: Vec<BTreeSet<String>> = self.accounts.iter().map(own).collect();
        let known = newest.keys().all(|login| holders.iter().any(|all| all.contains(login)));
        let awaited = |(all, it): (&BTreeSet<String>, &Logins)| {
            !it.teams.is_empty() && !newest.keys().any(|login| all.contains(login))
        };
        if newest.is_empty() || (known && !holders.iter().zip(&self.accounts).any(awaited)) {
            return Ok(holders);
        }
        let teams = self.accounts.iter().flat_map(|it| &it.teams);
        let mut facts: Vec<Fact> = teams.map(|team| Fact::Rest(team::fact_of(case, team))).collect();
        if !facts.is_empty() {
            facts.push(case.repository());
        }
        case.need(&facts)?;
        for (all, it) in holders.iter_mut().zip(&self.accounts) {
            for team in &it.teams {
                all.extend(team::members_of(case, team)?);
            }
        }
        Ok(holders)
    }

    fn tally(
        &self,
        newest: &BTreeMap<String, CommentWord<'_>>,
        holders: &[BTreeSet<String>],
    ) -> (Outcome, String, Vec<(String, String)>) {
        let counted = newest.iter().filter(|(login, _)| holders.iter().any(|all| all.contains(*login)));
        let (against, good): (Vec<_>, Vec<_>) =
            counted.partition(|(_, heard)| heard.word == SpokenAnswer::NoGo);
        let rows = against.iter().chain(&good).map(|(_, heard)| heard.row()).collect();
        let names = |all: &[(&String, &CommentWord<'_>)]| {
            list(&all.iter().map(|(_, heard)| heard.login).collect::<Vec<_>>())
        };
        let phrase = &self.phrase;
        if !against.is_empty() {
            let reason = format!("\"{}\" was written by {}", words::no(phrase.as_str()), names(&against));
            return (Outcome::Fails, reason, rows);
        }
        let spoke = |all: &BTreeSet<String>| good.iter().any(|(login, _)| all.contains(*login));
        let missing: Vec<&Name> =
            self.by.iter().zip(holders).filter(|(_, all)| !spoke(all)).map(|(name, _)| name).collect();
        let (so_far, wanted) = match self.count {
            Some(count) => (good.len(), count as usize),
            None => (self.by.len() - missing.len(), self.by.len()),
        };
        if so_far >= wanted.max(1) && holders.len() == self.by.len() {
            return (Outcome::Holds, format!("\"{phrase}\" was written by {}", names(&good)), rows);
        }
        let mut reason = format!("\"{phrase}\": {so_far} of {wanted} have written it");
        if !missing.is_empty() {
            reason += &format!("; not yet {}", list(&missing));
        }
        (Outcome::Pending, reason, rows)
    }
}

/// A word of somebody.
struct CommentWord<'s> {
    word: SpokenAnswer,
    said: &'s CommentNode,
    login: &'s str,
}

impl CommentWord<'_> {
    fn row(&self) -> (String, String) {
        let word = if self.word == SpokenAnswer::NoGo { "no-go" } else { "go" };
        let at = self.said.created_at.format("%Y-%m-%d %H:%M UTC");
        (format!("{}: {word}, {at}", self.login), self.said.url.clone())
    }
}

/// A go that does not count.
struct Deaf<'s> {
    said: &'s CommentNode,
    why: String,
}

impl Deaf<'_> {
    fn say(&self) -> String {
        let login = self.said.author.as_ref().map(|author| author.login.as_str()).unwrap_or_default();
        let at = self.said.created_at.format("%Y-%m-%d %H:%M UTC");
        format!("the word of {login} of {at} ({})", self.why)
    }
}

impl CommentNode {
    fn login(&self) -> String {
        self.author.as_ref().map(|author| author.login.to_lowercase()).unwrap_or_default()
    }

    /// Why what looks like a go is none; `None`: it is one, or is not meant to be.
    fn why_not(
        &self,
        phrase: Phrase<'_>,
        word: Option<SpokenAnswer>,
        heads: Option<&Heads>,
    ) -> Option<String> {
        if word.is_none() {
            let said = "it is not exactly the phrase, or it is in a list, a quote or code";
            return phrase.is_meant(&self.body).then(|| said.to_owned());
        }
        let author = self.author.as_ref().map(|author| author.login.as_str()).unwrap_or_default();
        if self.is_minimized {
            return Some("it was hidden".into());
        }
        if let Some(editor) = self.editor.as_ref().filter(|it| !it.login.eq_ignore_ascii_case(author)) {
            return Some(format!("it was edited by {}", editor.login));
        }
        let heads = heads.filter(|heads| !heads.hold(self.created_at))?;
        let before = heads.first().is_some_and(|first| self.created_at < first);
        Some(if before {
            "it was written before the commit was pushed: write it again".into()
        } else {
            "it was written while the branch was at another commit: write it again".into()
        })
    }
}
