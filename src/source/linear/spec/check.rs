//! Rules that limits must keep: checked when a file is read, and again when answers have been filled in.

use serde_json::{Value, json};

use super::{
    Args, Count, Cycle, Initiative, Issues, IssuesDone, LinearDocument, MOST_IDS, MOST_ROWS, Milestone,
    Project, Release, View, said,
};
use gonogo_domain::Bound;

type SpecCheck = Result<(), (&'static str, String)>;

/// Whether a text is to be filled in with an answer that is not known yet.
fn waits_for_answer(text: &str) -> bool {
    text.contains("{{")
}

/// `ENG-123`.
fn is_identifier(text: &str) -> bool {
    text.split_once('-').is_some_and(|(team, number)| {
        team.starts_with(|c: char| c.is_ascii_alphabetic())
            && team.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && (1..=9).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// `0a1b2c3d-...`, 36 characters.
pub(in crate::linear) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The filter keys of a cycle: by number, or the one that is active or next. None for anything else.
pub(in crate::linear) fn cycle_of(text: &str) -> Option<Value> {
    match text {
        "active" => Some(json!({ "isActive": { "eq": true } })),
        "next" => Some(json!({ "isNext": { "eq": true } })),
        _ => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<u32>().ok().filter(|_| digits)?;
            Some(json!({ "number": { "eq": number } }))
        }
    }
}

fn filled(key: &'static str, text: &str) -> SpecCheck {
    if text.trim().is_empty() { Err((key, "must not be empty".into())) } else { Ok(()) }
}

fn all_filled<'a>(key: &'static str, texts: impl IntoIterator<Item = &'a String>) -> SpecCheck {
    texts.into_iter().try_for_each(|text| filled(key, text))
}

fn cycle(key: &'static str, text: &str) -> SpecCheck {
    if waits_for_answer(text) || cycle_of(text).is_some() {
        Ok(())
    } else {
        Err((key, format!("`{text}` is not a cycle: write its number, `active` or `next`")))
    }
}

fn at_most(count: u32) -> SpecCheck {
    if count <= MOST_ROWS {
        Ok(())
    } else {
        Err(("at_most", format!("gonogo counts no more than {MOST_ROWS}")))
    }
}

impl Count {
    fn check(self) -> SpecCheck {
        match (self.at_most, self.at_least) {
            (None, None) => Err(("at_most", "0 is not a limit here".into())),
            (_, Some(0)) => Err(("at_least", "at least 0 always holds: write 1 or more".into())),
            (Some(most), Some(least)) if least > most => {
                Err(("at_least", format!("can never hold: it is more than at_most, which is {most}")))
            }
            (_, Some(least)) if least > MOST_ROWS => {
                Err(("at_least", format!("gonogo counts no more than {MOST_ROWS}")))
            }
            (Some(most), _) => at_most(most),
            (None, Some(_)) => Ok(()),
        }
    }
}

impl Issues {
    /// Whether anything but the count narrows it down.
    pub(in crate::linear) fn is_narrowed(&self) -> bool {
        *self != Self { count: self.count, ..Self::default() }
    }
}

impl Args for Issues {
    fn check(&self) -> SpecCheck {
        let names = [
            ("team", &self.team),
            ("project", &self.project),
            ("milestone", &self.milestone),
            ("release", &self.release),
            ("assignee", &self.assignee),
        ];
        names.into_iter().try_for_each(|(key, name)| all_filled(key, name))?;
        all_filled("labels", &self.labels)?;
        all_filled("states", &self.states)?;
        if let Some(text) = &self.cycle {
            cycle("cycle", text)?;
            if self.team.is_none() {
                return Err(("cycle", "cycles belong to a team: name the `team` too".into()));
            }
        }
        if !self.is_narrowed() {
            let keys = "team, labels, project, milestone, cycle, release, assignee, states or priority";
            return Err(("issues", format!("say which issues: {keys}")));
        }
        self.count.check()
    }

    fn describe(&self) -> String {
        said::issues(self)
    }
}

impl Args for IssuesDone {
    fn check(&self) -> SpecCheck {
        if self.ids.is_empty() {
            return Err(("ids", "name at least one issue, such as ENG-101".into()));
        }
        if self.ids.len() > MOST_IDS {
            return Err(("ids", format!("no more than {MOST_IDS} issues in one gate")));
        }
        let fine = |id: &&String| !waits_for_answer(id) && !is_identifier(id) && !is_uuid(id);
        match self.ids.iter().find(fine) {
            Some(id) => Err(("ids", format!("`{id}` is not an issue: write it as ENG-101"))),
            None => Ok(()),
        }
    }

    fn describe(&self) -> String {
        said::issues_done(self)
    }
}

impl Args for Project {
    fn check(&self) -> SpecCheck {
        filled("name", &self.name)?;
        let Self { status, health, progress_at_least, update_max_age, .. } = self;
        if status.is_none() && health.is_none() && progress_at_least.is_none() && update_max_age.is_none() {
            let keys = "status, health, progress_at_least or update_max_age";
            return Err(("project", format!("say what must hold: {keys}")));
        }
        match progress_at_least {
            Some(share) if !(*share > 0.0 && *share <= 1.0) => {
                Err(("progress_at_least", "write a share above 0 and up to 1, such as 0.9".into()))
            }
            _ => Ok(()),
        }
    }

    fn describe(&self) -> String {
        said::project(self)
    }
}

impl Args for Initiative {
    fn check(&self) -> SpecCheck {
        filled("name", &self.name)?;
        if self.status.is_none() && self.health.is_none() {
            return Err(("initiative", "say what must hold: status or health".into()));
        }
        Ok(())
    }

    fn describe(&self) -> String {
        said::initiative(self)
    }
}

impl Args for Milestone {
    fn check(&self) -> SpecCheck {
        filled("project", &self.project)?;
        filled("name", &self.name)
    }

    fn describe(&self) -> String {
        format!("milestone {} of project {} is done", self.name, self.project)
    }
}

impl Args for Cycle {
    fn check(&self) -> SpecCheck {
        filled("team", &self.team)?;
        cycle("number", &self.number)?;
        at_most(self.at_most)
    }

    fn describe(&self) -> String {
        format!("at most {} open issues in {}", self.at_most, said::cycle(&self.team, &self.number))
    }
}

impl Args for View {
    fn check(&self) -> SpecCheck {
        filled("id", &self.id)?;
        self.count.check()
    }

    fn describe(&self) -> String {
        said::view(self)
    }
}

impl Args for LinearDocument {
    fn check(&self) -> SpecCheck {
        filled("id", &self.id)
    }

    fn describe(&self) -> String {
        said::document(self)
    }
}

impl Args for Release {
    fn check(&self) -> SpecCheck {
        filled("version", &self.version)?;
        all_filled("pipeline", &self.pipeline)?;
        at_most(self.at_most)
    }

    fn describe(&self) -> String {
        said::release(self)
    }

    fn bound(&self) -> Bound {
        if self.same_commit { Bound::Commit } else { Bound::Free }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_cycles_are_told_from_what_would_break_the_request() {
        for good in ["ENG-1", "eng-101", "A2B-999999999"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["ENG", "ENG-", "-1", "1NG-1", "ENG-1a", "ENG 1", "ENG-1-2", "ÉNG-1", "ENG-1234567890", ""]
        {
            assert!(!is_identifier(bad), "{bad}");
        }
        assert!(
            is_uuid("9cfb482a-81e3-4154-b5b9-2c805e70a02d") && !is_uuid("9cfb482a81e34154b5b92c805e70a02d")
        );
        assert_eq!(cycle_of("12"), Some(json!({ "number": { "eq": 12 } })));
        assert_eq!((cycle_of("+12"), cycle_of(""), cycle_of("soon")), (None, None, None));
    }

    #[test]
    fn limits_that_always_or_never_hold_are_refused() {
        let check = |at_most, at_least| Count { at_most, at_least }.check().is_ok();
        assert!(check(Some(0), None) && check(None, Some(1)) && check(Some(3), Some(3)));
        assert!(!check(None, None) && !check(None, Some(0)) && !check(Some(1), Some(2)));
        assert!(!check(Some(MOST_ROWS + 1), None) && !check(None, Some(MOST_ROWS + 1)));
    }
}
