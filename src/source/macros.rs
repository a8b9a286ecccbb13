//! Support macros (canned answers): Zendesk and Intercom.
//!
//! - Titles are not unique: a gate that names one of several with the same title proves nothing.
//! - A macro that only its author sees is none for the team.
//! - One that is not there and one that this token may not see look the same: a failure.
//!
//! A gate without `connection` asks the connection named like its provider. Tokens: for Zendesk
//! `email/token:api_token` or an OAuth token, for Intercom an access token.

mod intercom;
mod spec;
mod zendesk;

use chrono::{DateTime, Utc};

use self::spec::{MacroName, MacroProvider, Wanted};
use super::{
    Declaration, Setup, Thing, VariablePlaces,
    api::{Api, Depends, FindingResult, Poll, QuestionSource, only},
    finding::{count, finding},
    http::Scheme,
    setup::opened,
    spec::args,
};
use gonogo_domain::{Failure, FailureKind, Finding, Outcome, Question};

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "macro",
    title: "Support macros",
    things: &[Thing::of::<spec::Keys>("")],
    defaults: &["provider"],
    values: VariablePlaces { text: &["title", "visible_to"], ..VariablePlaces::STRICT },
    servers: spec::SERVERS,
    open: |setup, connection| opened(Macros::new(setup, connection)),
    ..Declaration::PLAIN
};

/// Answers `macro` gates, each by the server of its provider.
struct Macros {
    zendesk: Result<Api, Failure>,
    intercom: Result<Api, Failure>,
}

/// A macro as a provider has it.
#[derive(Clone, Debug, PartialEq)]
struct Macro {
    id: String,
    title: String,
    /// None where the provider has no such mark.
    active: Option<bool>,
    seen_by: SeenBy,
    updated: Option<DateTime<Utc>>,
    url: Option<String>,
}

/// Who can use a macro.
#[derive(Clone, Debug, PartialEq)]
enum SeenBy {
    Everyone,
    /// Groups or teams, by id.
    Groups(Vec<String>),
    /// Its author.
    Author,
    /// Something that this version does not know.
    Unknown,
}

impl Macros {
    /// The servers of the user's settings: for a named connection that one, else one for each provider.
    fn new(setup: &Setup, connection: Option<&str>) -> Self {
        let open = |of: MacroProvider, scheme| setup.api(of.server(), connection, scheme);
        Self {
            zendesk: open(MacroProvider::Zendesk, Scheme::BasicOrBearer),
            intercom: open(MacroProvider::Intercom, Scheme::Bearer)
                .map(|api| api.with("intercom-version", intercom::VERSION)),
        }
    }
}

/// The macro that is meant, among those that the provider found.
fn judge(wanted: &Wanted, found: Vec<Macro>) -> FindingResult {
    let lineage = wanted.provider.name();
    let usable = found.iter().filter(|it| it.active != Some(false)).count();
    let only = match found.as_slice() {
        [only] => Some(only),
        all if usable == 1 => all.iter().find(|it| it.active != Some(false)),
        [] => None,
        all => {
            let reason = format!("{} macros have this title", all.len());
            return Ok(finding(Outcome::Unclear, format!("{reason}: name one by its id"), lineage));
        }
    };
    only.map_or_else(|| Err(missing(wanted)), |it| Ok(one(wanted, it)))
}

fn missing(wanted: &Wanted) -> Failure {
    let what = match &wanted.named {
        MacroName::Title(title) => format!("titled \"{title}\""),
        MacroName::Id(id) => format!("with the id {id}"),
    };
    Failure::new(FailureKind::NotFound, format!("no macro {what} exists, or this token cannot see it"))
        .advise("check the spelling of the title, whether it was renamed, and who can see it")
}

fn one(wanted: &Wanted, found: &Macro) -> Finding {
    let mut all = vec![match found.active {
        Some(false) => (Outcome::Fails, "inactive".to_owned()),
        Some(true) => (Outcome::Holds, "active".to_owned()),
        None => (Outcome::Holds, "there".to_owned()),
    }];
    all.push(visible(wanted.visible_to.as_deref(), &found.seen_by));
    if let Some(since) = wanted.updated_since {
        all.push(match found.updated {
            None => (Outcome::Unclear, "when it was updated is not known".to_owned()),
            Some(at) => {
                let day = at.format("%Y-%m-%d %H:%M");
                if at >= since {
                    (Outcome::Holds, format!("updated {day}"))
                } else {
                    (Outcome::Fails, format!("last updated {day}, before {}", since.format("%Y-%m-%d %H:%M")))
                }
            }
        });
    }
    let outcome = all.iter().map(|(outcome, _)| *outcome).max().unwrap_or(Outcome::Unclear);
    let reason = all.into_iter().map(|(_, reason)| reason).collect::<Vec<_>>().join("; ");
    let mut found_one = finding(outcome, reason, wanted.provider.name());
    found_one.rows = vec![format!("{} {}", found.id, found.title).into()];
    found_one.url = found.url.as_deref().map(Into::into);
    found_one
}

fn visible(wanted: Option<&str>, seen_by: &SeenBy) -> (Outcome, String) {
    match (wanted, seen_by) {
        (_, SeenBy::Unknown) => (Outcome::Unclear, "who can see it is not known".into()),
        (_, SeenBy::Author) => (Outcome::Fails, "visible to its author only".into()),
        (_, SeenBy::Everyone) => (Outcome::Holds, "visible to everyone".into()),
        (_, SeenBy::Groups(groups)) if groups.is_empty() => (Outcome::Fails, "visible to no group".into()),
        (None, SeenBy::Groups(groups)) => (Outcome::Holds, format!("visible to {}", of_groups(groups))),
        (Some("everyone"), SeenBy::Groups(groups)) => {
            (Outcome::Fails, format!("visible to {} only", of_groups(groups)))
        }
        (Some(group), SeenBy::Groups(groups)) if groups.iter().any(|it| it == group) => {
            (Outcome::Holds, format!("visible to group {group}"))
        }
        (Some(group), SeenBy::Groups(_)) => (Outcome::Fails, format!("not visible to group {group}")),
    }
}

fn of_groups(groups: &[String]) -> String {
    count(groups.len() as u64, "group")
}

impl QuestionSource for Macros {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        only([&self.zendesk, &self.intercom])
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let wanted: Wanted = args(question)?;
        let server = match wanted.provider {
            MacroProvider::Zendesk => &self.zendesk,
            MacroProvider::Intercom => &self.intercom,
        };
        let api = server.as_ref().map_err(Clone::clone)?;
        let found = match wanted.provider {
            MacroProvider::Zendesk => zendesk::find(api, &wanted, poll).await?,
            MacroProvider::Intercom => intercom::find(api, &wanted, poll).await?,
        };
        judge(&wanted, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(visible_to: Option<&str>) -> Wanted {
        Wanted {
            provider: MacroProvider::Zendesk,
            named: MacroName::Title("Refund".into()),
            visible_to: visible_to.map(Into::into),
            updated_since: None,
        }
    }

    fn found(active: bool, seen_by: SeenBy) -> Macro {
        Macro {
            id: "1".into(),
            title: "Refund".into(),
            active: Some(active),
            seen_by,
            updated: None,
            url: None,
        }
    }

    #[test]
    fn visibility_by_table() {
        use Outcome::{Fails, Holds, Unclear};
        let groups = || SeenBy::Groups(vec!["7".into()]);
        let table = [
            (None, SeenBy::Everyone, Holds),
            (None, groups(), Holds),
            (None, SeenBy::Author, Fails),
            (None, SeenBy::Unknown, Unclear),
            (Some("everyone"), SeenBy::Everyone, Holds),
            (Some("everyone"), groups(), Fails),
            (Some("7"), groups(), Holds),
            (Some("8"), groups(), Fails),
            (Some("7"), SeenBy::Everyone, Holds),
            (Some("7"), SeenBy::Author, Fails),
            (None, SeenBy::Groups(Vec::new()), Fails),
            (Some("everyone"), SeenBy::Groups(Vec::new()), Fails),
            (Some("7"), SeenBy::Groups(Vec::new()), Fails),
        ];
        for (whom, seen_by, outcome) in table {
            assert_eq!(
                one(&wanted(whom), &found(true, seen_by.clone())).outcome,
                outcome,
                "{whom:?} {seen_by:?}"
            );
        }
    }

    #[test]
    fn of_several_with_one_title_only_a_single_active_one_is_meant() {
        let active = || found(true, SeenBy::Everyone);
        let inactive = || found(false, SeenBy::Everyone);
        let judged = |all: Vec<Macro>| judge(&wanted(None), all).map(|it| it.outcome);
        assert_eq!(judged(vec![active()]), Ok(Outcome::Holds));
        assert_eq!(judged(vec![inactive()]), Ok(Outcome::Fails));
        assert_eq!(judged(vec![active(), inactive()]), Ok(Outcome::Holds));
        assert_eq!(judged(vec![active(), active()]), Ok(Outcome::Unclear));
        assert_eq!(judged(vec![inactive(), inactive()]), Ok(Outcome::Unclear));
        assert_eq!(judged(Vec::new()).unwrap_err().kind, FailureKind::NotFound);
    }
}
