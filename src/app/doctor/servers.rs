//! The servers that the launch's gates ask: with which credential, whose it is, and how they answered.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::{
    super::{AppError, Opened, Session, sources},
    gates::GateProblem,
    permissions::{self, PermissionNeed},
    said,
};
use gonogo_domain::{Budget, BudgetOf, Gate, Kind, Now, Str};
use gonogo_poller::{Polled, ServerNotes, SourceKey};
use gonogo_source::register::declared;

/// One server, and what the launch has of it. Everything in it is clean.
#[derive(Debug, Serialize)]
pub struct ServerCheck {
    /// The source's name in files.
    pub source: String,
    /// The connection of the settings; none: the usual server.
    pub connection: Option<String>,
    /// Its address; none: the gates name theirs, or it is not set up.
    pub address: Option<String>,
    /// Where the credential comes from: `GITHUB_TOKEN`. Never its value. None: there is none.
    pub credential: Option<String>,
    /// Whose it is; none: the server does not say, or did not answer.
    pub identity: Option<String>,
    /// The server's word for what the credential reaches: `scopes`, `teams`.
    #[serde(skip)]
    pub reach: Option<&'static str>,
    /// What the credential reaches, such as the scopes of a classic token or the teams that a key sees; none: the server
    /// does not say.
    pub scopes: Option<Vec<String>>,
    /// When the credential expires, in the server's words.
    pub expires: Option<String>,
    /// Every rate budget that the server reported.
    pub budgets: Vec<BudgetLeft>,
    /// Its clock minus ours, in seconds.
    pub clock_skew_seconds: Option<i64>,
    /// Gates that ask it.
    pub gates: usize,
    /// How many of them it answered.
    pub answered: usize,
    /// How many problems it has.
    pub problems: usize,
    /// What the gates need of the token.
    pub needs: Vec<PermissionNeed>,
    /// Repositories of the launch that have another name now.
    pub renamed: Vec<Renamed>,
}

/// A repository that has another name now: it is followed, and should be corrected in the file.
#[derive(Clone, Debug, Serialize)]
pub struct Renamed {
    /// As the file has it.
    pub from: String,
    /// As it is called now.
    pub to: String,
}

/// What is left of a rate budget.
#[derive(Debug, Serialize)]
pub struct BudgetLeft {
    /// What is counted.
    pub of: BudgetOf,
    /// How many requests or points are left.
    pub remaining: u64,
    /// Of how many.
    pub limit: u64,
    /// When it refills.
    pub resets: DateTime<Utc>,
}

impl From<&Budget> for BudgetLeft {
    fn from(it: &Budget) -> Self {
        Self { of: it.of, remaining: it.remaining, limit: it.limit, resets: it.resets }
    }
}

/// Whose a credential is.
pub(super) struct OwnedCredential {
    key: SourceKey,
    name: String,
    /// Its word for what the credential reaches, and each.
    reach: Option<(&'static str, Vec<String>)>,
    expires: Option<String>,
    renamed: Vec<Renamed>,
}

/// Asks every server whose credential it has. Who does not answer in time is left out: the gates say why.
pub(super) async fn owners(opened: &Opened, polled: &[Polled], timeout: Duration) -> Vec<OwnedCredential> {
    let launch = &opened.loaded.launch;
    let components = std::iter::once(None).chain(launch.components.keys().map(Some));
    let named = components.filter_map(|it| launch.target_of(it)).map(|target| target.repository.clone());
    let repositories: Vec<_> = named.collect();
    let asked = polled.iter().map(|it| tokio::time::timeout(timeout, owner(it, &repositories)));
    join_all(asked).await.into_iter().filter_map(|answer| answer.ok().flatten()).collect()
}

async fn owner(polled: &Polled, repositories: &[Str]) -> Option<OwnedCredential> {
    let cancel = CancellationToken::new();
    let owner = polled.source.owner(&cancel).await.ok().flatten()?;
    let renamed = polled.source.renamed(repositories).await.unwrap_or_default();
    let renamed = renamed.iter().map(|(from, to)| Renamed { from: said(from), to: said(to) }).collect();
    let reach = owner.reach.map(|(word, all)| (word, all.iter().map(|it| said(it)).collect()));
    let expires = owner.expires.as_deref().map(said);
    Some(OwnedCredential { key: polled.key.clone(), name: said(&owner.said), reach, expires, renamed })
}

/// Every server that a gate asks, the worst first; GitHub always, for the commit.
pub(super) fn check(
    opened: &Opened,
    live: &Session,
    (heard, now): (&[ServerNotes], Now),
    owners: Vec<OwnedCredential>,
    problems: &[GateProblem],
) -> Result<Vec<ServerCheck>, AppError> {
    let mut all = Vec::new();
    for key in sources::keys(opened) {
        let mut one = server(opened, live, &key, (heard, now))?;
        let owner = owners.iter().find(|it| it.key == key);
        one.identity = owner.map(|it| it.name.clone());
        (one.reach, one.scopes) = owner.and_then(|it| it.reach.clone()).unzip();
        one.expires = owner.and_then(|it| it.expires.clone());
        one.renamed = owner.map(|it| it.renamed.clone()).unwrap_or_default();
        let mine = |it: &&GateProblem| {
            it.kind.is_some()
                && it.source == one.source
                && it.connection == key.connection.as_deref().map(said)
        };
        one.problems = problems.iter().filter(mine).filter(|it| touches(live, it, &key)).count();
        one.needs = permissions::of(live, &key);
        all.push(one);
    }
    all.sort_by_key(|it| (it.problems == 0, it.answered == it.gates));
    Ok(all)
}

/// Which server a gate asks.
fn server_of(gate: &Gate) -> Option<SourceKey> {
    let Kind::Evidence(query) = &gate.kind else { return None };
    Some(SourceKey { source: query.source.clone(), connection: gate.connection.clone() })
}

fn touches(live: &Session, problem: &GateProblem, key: &SourceKey) -> bool {
    let mut gates = live.launch().gates.iter().filter(|gate| server_of(gate).as_ref() == Some(key));
    !problem.refs.is_empty() || gates.any(|gate| problem.gates.contains(&said(gate.id.as_str())))
}

fn server(
    opened: &Opened,
    live: &Session,
    key: &SourceKey,
    (heard, now): (&[ServerNotes], Now),
) -> Result<ServerCheck, AppError> {
    let gates: Vec<_> =
        live.launch().gates.iter().filter(|gate| server_of(gate).as_ref() == Some(key)).collect();
    let known = &live.evidence().gates;
    let is_answered =
        |gate: &&&Gate| known.get(&gate.id).is_some_and(|it| it.failure.is_none() && it.finding.is_some());
    let heard = heard.iter().find(|it| it.key == *key);
    let budgets = heard.map(|it| it.budgets.iter().map(BudgetLeft::from).collect()).unwrap_or_default();
    Ok(ServerCheck {
        source: said(key.source.as_str()),
        connection: key.connection.as_deref().map(said),
        address: sources::address(opened, key)?.map(|it| said(it.as_str())),
        credential: sources::token(opened, key)?.map(|it| said(&it.origin().to_string())),
        identity: None,
        reach: None,
        scopes: None,
        expires: None,
        budgets,
        clock_skew_seconds: heard.and_then(|it| it.clock).map(|it| it.offset(now).num_seconds()),
        gates: gates.len(),
        answered: gates.iter().filter(is_answered).count(),
        problems: 0,
        needs: Vec::new(),
        renamed: Vec::new(),
    })
}

impl ServerCheck {
    /// Whether its gates carry what they need themselves: it has no credential and no address of its own.
    pub(super) fn is_of_the_launch(&self) -> bool {
        declared(&self.source).is_some_and(|it| it.servers.is_empty())
    }
}
