//! Feature flags: LaunchDarkly, Unleash, Flagsmith, GrowthBook, Statsig, and any OFREP server.
//!
//! - State and percentage count only where the provider's API can tell them. A percentage is a span: individual rules
//!   may raise or lower it, and a limit holds only if it holds for the whole span.
//! - A flag that is not there and one that this token may not see look the same: a failure, never "off".
//! - OFREP evaluates for one context: it can tell a value, never a percentage.
//!
//! A gate without `connection` asks the connection named like its provider.

mod flagsmith;
mod growthbook;
mod launchdarkly;
mod ofrep;
mod page;
mod share;
mod spec;
mod statsig;
mod unleash;

use self::{
    share::{Share, Switch, UpstreamFlags},
    spec::{Expect, Flag, FlagProvider},
};
use super::{
    Declaration, Setup, Thing, VariablePlaces,
    api::{Api, Depends, FindingResult, Poll, QuestionSource, only},
    fact::{Range, number},
    finding::finding,
    http::Scheme,
    reach::{self, Gauges},
    setup::opened,
    spec::args,
};
use gonogo_domain::{Failure, FailureKind, Finding, Outcome, Question, Str};
use gonogo_yaml::Shape;

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "flag",
    title: "Feature flags",
    things: &[Thing::of::<spec::Keys>("")],
    defaults: &["provider", "project", "environment"],
    values: VariablePlaces { text: &["value"], ..VariablePlaces::STRICT },
    servers: spec::SERVERS,
    actual: Some(Gauges { decode: spec::actual, shape: Shape::of::<spec::ActualKeys> }),
    open: |setup, connection| opened(Flags::new(setup, connection)),
    ..Declaration::PLAIN
};

/// Answers `flag` gates, each by the server of its provider.
struct Flags {
    servers: Vec<(FlagProvider, Result<Api, Failure>)>,
}

impl Flags {
    /// The servers of the user's settings: for a named connection that one, else one for each provider.
    fn new(setup: &Setup, connection: Option<&str>) -> Self {
        let server = |provider: FlagProvider| (provider, open(setup, provider, connection));
        Self { servers: FlagProvider::ALL.into_iter().map(server).collect() }
    }
}

fn open(setup: &Setup, provider: FlagProvider, connection: Option<&str>) -> Result<Api, Failure> {
    let header = |name| Scheme::Header(http::HeaderName::from_static(name));
    let scheme = match provider {
        FlagProvider::Launchdarkly | FlagProvider::Unleash => Scheme::Bare,
        FlagProvider::Flagsmith => header("x-environment-key"),
        FlagProvider::Statsig => header("statsig-api-key"),
        FlagProvider::Growthbook => Scheme::Bearer,
        // Some servers need no sign-in.
        FlagProvider::Ofrep => return setup.open_api(provider.server(), connection, Scheme::Bearer),
    };
    let api = setup.api(provider.server(), connection, scheme)?;
    let dated = provider == FlagProvider::Launchdarkly;
    Ok(if dated { api.with("ld-api-version", launchdarkly::VERSION) } else { api })
}

/// For how many it is on now.
fn reached(flag: &Flag, switch: &Switch) -> FindingResult {
    let lineage = flag.provider.name();
    if switch.archived == Some(true) {
        return reach::untold("archived: it has no percentage", lineage);
    }
    match &switch.share {
        Ok(Share { low, high }) => {
            let mut found = reach::told(*low, *high, lineage)?;
            found.rows = switch.notes.iter().map(|note| Str::from(note.as_str())).collect();
            Ok(found)
        }
        Err(why) => reach::untold(format!("its percentage cannot be determined: {why}"), lineage),
    }
}

/// What is asked of a flag against what it is.
fn judge(flag: &Flag, switch: &Switch) -> Finding {
    let mut outcome = Outcome::Holds;
    let mut reasons = Vec::new();
    if let Some(expect) = flag.expect {
        let limited = flag.percent_at_most.is_some() || flag.percent_at_least.is_some();
        let (state, reason) = expected(expect, switch, limited);
        outcome = outcome.max(state);
        reasons.push(reason);
    }
    if flag.percent_at_most.is_some() || flag.percent_at_least.is_some() {
        let (share, reason) = percentage(flag, switch);
        outcome = outcome.max(share);
        reasons.push(reason);
    }
    let mut found = finding(outcome, reasons.join("; "), flag.provider.name());
    found.rows = switch.notes.iter().map(|note| Str::from(note.as_str())).collect();
    found
}

/// `limited`: the gate says itself who may get it.
fn expected(expect: Expect, switch: &Switch, limited: bool) -> (Outcome, String) {
    let serves = switch.share.as_ref().ok().filter(|_| !limited && !switch.singled_out);
    let (outcome, said) = match (expect, switch.archived, switch.enabled) {
        (Expect::Archived, Some(true), _) => (Outcome::Holds, "archived"),
        (Expect::Archived, Some(false), _) => (Outcome::Fails, "not archived"),
        (Expect::Archived, None, _) => (Outcome::Unclear, "whether it is archived cannot be determined"),
        // An archived flag serves what the code falls back to, which nobody here knows.
        (Expect::Enabled, Some(true), _) => (Outcome::Fails, "archived"),
        (Expect::Disabled, Some(true), _) => (Outcome::Unclear, "archived: neither enabled nor disabled"),
        (Expect::Enabled, _, Some(true)) => match (above(switch), serves) {
            // Switched on, and false for everybody.
            ((Outcome::Holds, _), Some(&Share::NONE)) => (
                Outcome::Unclear,
                "enabled, but nobody gets it; if that is intended, add `percent_at_most: 0`",
            ),
            (said, _) => return said,
        },
        (Expect::Enabled, _, Some(false)) => (Outcome::Fails, "disabled"),
        // Switched off, and what it serves then is true.
        (Expect::Disabled, _, Some(false)) if serves == Some(&Share::ALL) => (
            Outcome::Unclear,
            "disabled, but everybody gets it; if that is intended, add `percent_at_least: 100`",
        ),
        (Expect::Disabled, _, Some(false)) => (Outcome::Holds, "disabled"),
        (Expect::Disabled, _, Some(true)) => (Outcome::Fails, "enabled"),
        (_, _, None) => (Outcome::Unclear, "whether it is enabled cannot be determined"),
    };
    (outcome, said.to_owned())
}

/// Whether one that is switched on is also on: what it hangs on may be off, and then nobody gets it.
fn above(switch: &Switch) -> (Outcome, String) {
    match &switch.above {
        UpstreamFlags::Free | UpstreamFlags::Met | UpstreamFlags::Depends => {
            (Outcome::Holds, "enabled".into())
        }
        UpstreamFlags::Unmet(why) => (Outcome::Fails, format!("enabled, but nobody gets it: {why}")),
        UpstreamFlags::Unread(why) => (Outcome::Unclear, format!("enabled, but it depends on {why}")),
    }
}

/// A limit holds if it holds for the whole span, and fails if it fails for the whole span.
fn percentage(flag: &Flag, switch: &Switch) -> (Outcome, String) {
    if switch.archived == Some(true) {
        return (Outcome::Unclear, "archived: it has no percentage".into());
    }
    let Share { low, high } = match &switch.share {
        Ok(share) => *share,
        Err(why) => return (Outcome::Unclear, format!("its percentage cannot be determined: {why}")),
    };
    if switch.singled_out && (flag.percent_at_most == Some(0.0) || flag.percent_at_least == Some(100.0)) {
        let said = format!("{} %, but with rules for some users", number(low));
        return (Outcome::Unclear, said);
    }
    let limit = |holds: bool, fails: bool| match (holds, fails) {
        (true, _) => Outcome::Holds,
        (_, true) => Outcome::Fails,
        _ => Outcome::Unclear,
    };
    let most = flag.percent_at_most.map(|most| limit(high <= most, low > most));
    let least = flag.percent_at_least.map(|least| limit(low >= least, high < least));
    let outcome = most.into_iter().chain(least).fold(Outcome::Holds, Outcome::max);
    let asked = Range { at_least: flag.percent_at_least, at_most: flag.percent_at_most };
    let (low_end, high_end) = (asked.shown(low), asked.shown(high));
    let span = if low >= high { low_end } else { format!("between {low_end} and {high_end}") };
    let mark = if outcome == Outcome::Fails { "not " } else { "" };
    (outcome, format!("{span} %, {mark}{}", asked.describe()))
}

impl QuestionSource for Flags {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        only(self.servers.iter().map(|(_, api)| api))
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let flag: Flag = args(question)?;
        let api = match self.servers.iter().find(|(provider, _)| *provider == flag.provider) {
            Some((_, Ok(api))) => api,
            Some((_, Err(failure))) => return Err(failure.clone()),
            None => {
                return Err(Failure::new(
                    FailureKind::NotConfigured,
                    "no server is set up for this provider",
                ));
            }
        };
        let switch = match flag.provider {
            FlagProvider::Ofrep => None,
            FlagProvider::Launchdarkly => Some(launchdarkly::read(api, &flag, poll).await?),
            FlagProvider::Unleash => Some(unleash::read(api, &flag, poll).await?),
            FlagProvider::Flagsmith => Some(flagsmith::read(api, &flag, poll).await?),
            FlagProvider::Growthbook => Some(growthbook::read(api, &flag, poll).await?),
            FlagProvider::Statsig => Some(statsig::read(api, &flag, poll).await?),
        };
        let mut found = match switch {
            None => ofrep::answer(api, &flag, poll).await?,
            Some(switch) if &*question.query.thing == reach::ACTUAL => reached(&flag, &switch)?,
            Some(switch) => judge(&flag, &switch),
        };
        found.url = page::of(api, &flag);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn flag(expect: Option<Expect>, most: Option<f64>, least: Option<f64>) -> Flag {
        Flag {
            provider: FlagProvider::Launchdarkly,
            project: None,
            environment: None,
            key: "k".into(),
            expect,
            percent_at_most: most,
            percent_at_least: least,
            value: None,
            context: BTreeMap::new(),
        }
    }

    fn switch(enabled: Option<bool>, archived: Option<bool>, low: f64, high: f64) -> Switch {
        Switch { enabled, archived, share: Ok(Share { low, high }), ..Switch::default() }
    }

    #[test]
    fn states_by_table() {
        use Expect::{Archived, Disabled, Enabled};
        use Outcome::{Fails, Holds, Unclear};
        let (yes, no) = (Some(true), Some(false));
        let table = [
            (Enabled, yes, no, Holds),
            (Enabled, no, no, Fails),
            (Enabled, yes, None, Holds),
            (Enabled, None, no, Unclear),
            (Enabled, yes, yes, Fails),
            (Disabled, no, no, Holds),
            (Disabled, yes, no, Fails),
            (Disabled, no, yes, Unclear),
            (Disabled, None, None, Unclear),
            (Archived, no, yes, Holds),
            (Archived, yes, no, Fails),
            (Archived, no, None, Unclear),
        ];
        for (expect, enabled, archived, outcome) in table {
            let found = judge(&flag(Some(expect), None, None), &switch(enabled, archived, 0.0, 50.0));
            assert_eq!(found.outcome, outcome, "{expect:?} {enabled:?} {archived:?}");
        }
    }

    #[test]
    fn a_switch_that_says_one_thing_and_serves_another_is_neither() {
        let said = |expect, most, least, switch: &Switch| judge(&flag(Some(expect), most, least), switch);
        let dark = switch(Some(true), Some(false), 0.0, 0.0);
        let found = said(Expect::Enabled, None, None, &dark);
        assert_eq!(found.outcome, Outcome::Unclear, "{}", found.reason);
        assert!(found.reason.contains("nobody gets it"), "{}", found.reason);
        assert_eq!(said(Expect::Enabled, Some(0.0), None, &dark).outcome, Outcome::Holds, "armed, as asked");
        let singled = Switch { singled_out: true, ..dark };
        assert_eq!(
            said(Expect::Enabled, None, None, &singled).outcome,
            Outcome::Holds,
            "some get it by name"
        );
        let lit = switch(Some(false), Some(false), 100.0, 100.0);
        assert_eq!(said(Expect::Disabled, None, None, &lit).outcome, Outcome::Unclear);
        assert_eq!(said(Expect::Disabled, None, Some(100.0), &lit).outcome, Outcome::Holds);
        let unknown = Switch { share: Err("not a boolean flag".into()), ..lit };
        assert_eq!(said(Expect::Disabled, None, None, &unknown).outcome, Outcome::Holds);
    }

    #[test]
    fn one_that_is_on_hangs_on_what_is_above_it() {
        use Outcome::{Fails, Holds, Unclear};
        for (above, outcome) in [
            (UpstreamFlags::Free, Holds),
            (UpstreamFlags::Met, Holds),
            (UpstreamFlags::Depends, Holds),
            (UpstreamFlags::Unmet("its prerequisite kill is off".into()), Fails),
            (UpstreamFlags::Unread("kill, which cannot be read".into()), Unclear),
        ] {
            let switch = Switch { above: above.clone(), ..switch(Some(true), Some(false), 0.0, 100.0) };
            assert_eq!(
                judge(&flag(Some(Expect::Enabled), None, None), &switch).outcome,
                outcome,
                "{above:?}"
            );
        }
    }

    #[test]
    fn nobody_is_not_nobody_but_two() {
        let singled = Switch { singled_out: true, ..switch(Some(true), Some(false), 0.0, 0.0) };
        let asked = |most| judge(&flag(None, Some(most), None), &singled).outcome;
        assert_eq!((asked(0.0), asked(1.0)), (Outcome::Unclear, Outcome::Holds));
    }

    #[test]
    fn a_limit_holds_only_for_the_whole_span() {
        use Outcome::{Fails, Holds, Unclear};
        let table = [
            (Some(10.0), None, 10.0, 10.0, Holds),
            (Some(10.0), None, 10.0, 10.5, Unclear),
            (Some(10.0), None, 11.0, 100.0, Fails),
            (None, Some(100.0), 100.0, 100.0, Holds),
            (None, Some(100.0), 99.9, 100.0, Unclear),
            (None, Some(50.0), 0.0, 49.0, Fails),
            (Some(10.0), Some(5.0), 5.0, 10.0, Holds),
            (Some(10.0), Some(5.0), 0.0, 10.0, Unclear),
        ];
        for (most, least, low, high, outcome) in table {
            let found = judge(&flag(None, most, least), &switch(Some(true), Some(false), low, high));
            assert_eq!(found.outcome, outcome, "{most:?} {least:?} {low} {high}: {}", found.reason);
        }
    }

    #[test]
    fn a_state_that_holds_does_not_hide_a_percentage_that_can_not_be_told() {
        let unknown =
            Switch { share: Err("not a boolean flag".into()), ..switch(Some(true), Some(false), 0.0, 0.0) };
        let found = judge(&flag(Some(Expect::Enabled), Some(10.0), None), &unknown);
        assert_eq!(found.outcome, Outcome::Unclear);
        assert!(found.reason.contains("not a boolean flag"), "{}", found.reason);
    }
}
