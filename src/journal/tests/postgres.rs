//! The shared journal, on a real server.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    kit::{all, append, event, fill, long, none_lost},
    proxy::{Cut, Proxy},
    server::Server,
    suite::{SUITE, Stores},
};
use crate::{Access, Append, Head, Journal, JournalError, Location, OpenOptions, VerifiedState, chain::hex};

/// A database on the shared server.
struct Database {
    server: Arc<Server>,
    name: String,
    user: &'static str,
}

impl Database {
    fn new(test: &str) -> Option<Self> {
        let server = Server::shared(test)?;
        let name = server.database();
        Some(Self { server, name, user: "owner" })
    }

    fn url(&self) -> String {
        self.server.url(self.user, &self.name)
    }

    fn sql(&self, sql: &str) -> Vec<String> {
        self.server.sql("postgres", &self.name, sql)
    }

    /// Makes the tables and gives the role `cockpit` what the documentation says, and no more.
    fn least_privileges(&mut self) {
        drop(self.journal("first"));
        let text = include_str!("../../../docs/shared-journal.md");
        let grants: Vec<&str> = text.lines().map(str::trim).filter(|it| it.starts_with("GRANT ")).collect();
        assert!(grants.len() >= 4, "{grants:?}");
        for grant in grants {
            self.sql(grant);
        }
        self.user = "cockpit";
    }
}

impl Stores for Database {
    fn open(&self, options: OpenOptions) -> Result<Journal, JournalError> {
        open(&self.url(), options)
    }
}

fn open(url: &str, options: OpenOptions) -> Result<Journal, JournalError> {
    Journal::open(&url.parse().unwrap(), options)
}

/// Waits for a state, so long that only a fault takes longer.
/// Lets others work for a moment.
fn nap() {
    std::thread::sleep(Duration::from_millis(5));
}

fn wait_for(journal: &Journal, state: impl FnMut(&VerifiedState) -> bool) -> VerifiedState {
    let mut watch = journal.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let seen = tokio::time::timeout(Duration::from_secs(60), watch.wait_for(state)).await;
        seen.expect("the state never came").unwrap().clone()
    })
}

#[test]
fn the_suite_with_least_privileges() {
    let Some(mut database) = Database::new("the suite on PostgreSQL") else { return };
    database.least_privileges();
    let database = &database;
    std::thread::scope(|scope| {
        for (name, test) in SUITE {
            // The thread's name is in the message when it fails.
            std::thread::Builder::new().name((*name).into()).spawn_scoped(scope, || test(database)).unwrap();
        }
    });
    for sql in [
        "UPDATE gonogo.events SET stored = ''",
        "DELETE FROM gonogo.events",
        "TRUNCATE gonogo.events CASCADE",
        "DELETE FROM gonogo.launches",
        "ALTER TABLE gonogo.events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_stay ON gonogo.events",
        "DELETE FROM gonogo.corrections",
        "UPDATE gonogo.layout SET version = 9",
    ] {
        let refused = database.server.try_sql("cockpit", &database.name, sql).expect_err(sql);
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{sql}: {refused}"
        );
    }
}

/// A server, or somebody's trigger, that quotes the connection.
#[test]
fn what_the_server_repeats_of_the_password_is_hidden() {
    let Some(database) = Database::new("a password quoted by PostgreSQL") else { return };
    let url = database.server.url("postgres", &database.name);
    let journal = open(&url, OpenOptions::new("quoted")).unwrap();
    fill(&journal, 1);
    database.sql(
        "CREATE FUNCTION quote() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no room for postgres:canary-admin'; END $$;
         CREATE TRIGGER quotes BEFORE INSERT ON gonogo.events FOR EACH ROW EXECUTE FUNCTION quote()",
    );
    let why = append(&journal, &event("quoted", 2)).unwrap_err();
    let (shown, all) = (why.to_string(), format!("{why:?}"));
    assert!(shown.contains("no room for postgres:***"), "{shown}");
    assert!(!all.contains("canary"), "{all}");
}

#[test]
fn the_tables_refuse_even_their_owner() {
    let Some(database) = Database::new("append-only tables on PostgreSQL") else { return };
    fill(&database.journal("owned"), 2);
    for sql in [
        "UPDATE gonogo.events SET stored = ''",
        "DELETE FROM gonogo.events",
        "TRUNCATE gonogo.events",
        "UPDATE gonogo.launches SET seq = seq - 1",
        "UPDATE gonogo.launches SET launch = 'x'",
        "DELETE FROM gonogo.launches",
    ] {
        let refused = database.server.try_sql("postgres", &database.name, sql).expect_err(sql);
        assert!(refused.contains("append-only") || refused.contains("only advance"), "{sql}: {refused}");
    }
}

#[test]
fn changes_behind_the_journals_back_break_the_chain() {
    let Some(database) = Database::new("tampering on PostgreSQL") else { return };
    for (n, (change, seq)) in [
        ("UPDATE gonogo.events SET stored = convert_to(replace(convert_from(stored, 'UTF8'), 'note', 'vote'), 'UTF8')", Some(2)),
        ("UPDATE gonogo.events SET prev_hash = hash", Some(2)),
        ("UPDATE gonogo.events SET hash = prev_hash", Some(2)),
        ("UPDATE gonogo.events SET id = decode('00112233445566778899aabbccddeeff', 'hex')", Some(2)),
        ("UPDATE gonogo.events SET seq = 77", Some(2)),
        ("DELETE FROM gonogo.events", Some(2)),
    ]
    .into_iter()
    .enumerate()
    {
        let launch = format!("tampered-{n}");
        fill(&database.journal(&launch), 3);
        let change = format!("{change} WHERE launch = '{launch}' AND seq = 2");
        database.sql(&format!(
            "ALTER TABLE gonogo.events DISABLE TRIGGER USER; {change}; ALTER TABLE gonogo.events ENABLE TRIGGER USER"
        ));
        match database.open(OpenOptions::new(launch)) {
            Err(JournalError::Broken { seq: found, .. }) => assert_eq!(found, seq, "{change}"),
            other => panic!("{change}: {other:?}"),
        }
        database.sql("ALTER TABLE gonogo.events DISABLE TRIGGER USER; DELETE FROM gonogo.events; ALTER TABLE gonogo.events ENABLE TRIGGER USER");
    }
    database.sql("ALTER TABLE gonogo.events DISABLE TRIGGER events_stay");
    let why = database.open(OpenOptions::new("untouched")).expect_err("a trigger is off");
    assert!(matches!(why, JournalError::Broken { .. }), "{why:?}");
}

#[test]
fn eight_programs_share_one_chain() {
    let Some(database) = Database::new("eight writers on PostgreSQL") else { return };
    // They also race to make the tables.
    super::writers::eight_programs_at(&database.url(), if long() { 5_000 } else { 20 });
}

#[test]
fn foreign_newer_and_missing_tables_are_told_apart() {
    let Some(database) = Database::new("layouts on PostgreSQL") else { return };
    let view = || database.open(OpenOptions::new("one").access(Access::Read));
    assert!(matches!(view(), Err(JournalError::Missing { .. })));
    assert_eq!(
        database.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'gonogo'"),
        ["0"],
        "a view makes nothing"
    );
    drop(database.journal("one"));
    view().unwrap();
    database.sql("UPDATE gonogo.layout SET version = 2");
    for access in [Access::Read, Access::Write] {
        let found = database.open(OpenOptions::new("one").access(access));
        assert!(matches!(found, Err(JournalError::Newer { found: 2, known: 1, .. })), "{found:?}");
    }
    database.sql("DROP SCHEMA gonogo CASCADE; CREATE SCHEMA gonogo AUTHORIZATION owner");
    assert!(matches!(database.open(OpenOptions::new("one")), Err(JournalError::Foreign { .. })));
    let url = database.server.url("cockpit", &database.name).replace("canary@", "wrong@");
    let why = open(&url, OpenOptions::new("one")).expect_err("a wrong password");
    assert!(!format!("{why} {why:?}").contains("wrong@"), "{why:?}");
}

#[test]
fn a_server_that_does_not_keep_its_word_is_refused() {
    let test = "a PostgreSQL server without fsync";
    let Some(server) = Server::start(test, &["fsync=off"]) else { return };
    let database = server.database();
    let found = open(&server.url("owner", &database), OpenOptions::new("one"));
    assert!(matches!(found, Err(JournalError::Unsupported { .. })), "{found:?}");
}

#[test]
fn a_role_that_commits_lazily_is_overruled() {
    let Some(database) = Database::new("synchronous commit on PostgreSQL") else { return };
    database.sql(&format!("ALTER ROLE owner IN DATABASE {} SET synchronous_commit = off", database.name));
    let journal = database.journal("lazy");
    database.sql(
        "CREATE TABLE public.seen (level text); GRANT ALL ON public.seen TO owner;
         CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
         CREATE TRIGGER note BEFORE INSERT ON gonogo.events FOR EACH ROW EXECUTE FUNCTION public.note()",
    );
    fill(&journal, 1);
    assert_eq!(database.sql("SELECT level FROM public.seen"), ["on"]);
}

#[test]
fn an_announcement_or_the_timer_is_enough() {
    let Some(database) = Database::new("announcements on PostgreSQL") else { return };
    let hour = Some(Duration::from_secs(3_600));
    let told = database.open(OpenOptions { poll: hour, ..OpenOptions::new("told") }).unwrap();
    let head = append(&database.journal("told"), &event("told", 1)).unwrap().head();
    wait_for(&told, |seen| seen.head == head);
    // Written without an announcement, as when it is lost on the way.
    let timed = database
        .open(OpenOptions { poll: Some(Duration::from_millis(50)), ..OpenOptions::new("timed") })
        .unwrap();
    let memory = Journal::open(&Location::Memory, OpenOptions::new("timed")).unwrap();
    let entry = append(&memory, &event("timed", 1)).unwrap();
    database.sql(&format!(
        "INSERT INTO gonogo.launches VALUES ('timed', 1, '\\x{0}');
         INSERT INTO gonogo.events VALUES ('timed', 1, '\\x{1}', '\\x{2}', '\\x{0}', '\\x{3}')",
        entry.hash,
        hex(entry.id.as_bytes()),
        entry.prev_hash,
        hex(&entry.stored),
    ));
    wait_for(&timed, |seen| seen.head == entry.head());
    assert_eq!(all(&timed), [entry]);
}

#[test]
fn a_connection_that_is_cut_anywhere_loses_and_doubles_nothing() {
    let Some(database) = Database::new("cuts at each message on PostgreSQL") else { return };
    // The tables are made once.
    drop(database.journal("first"));
    // Each cut is followed by a pause before the server is asked again, so several launches wait side by side.
    let lanes = [false, true].into_iter().flat_map(|delivered| (0..LANES).map(move |lane| (delivered, lane)));
    let database = &database;
    let reached: u32 = std::thread::scope(|scope| {
        let all: Vec<_> =
            lanes.map(|(delivered, lane)| scope.spawn(move || cut_each(database, delivered, lane))).collect();
        all.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    assert!(reached > 20, "only {reached} cuts");
}

/// Launches among which the messages of an append are dealt out.
const LANES: u32 = 4;

/// Appends again and again, each time cut at a later message of this lane, until there is none; answers with how many there
/// were.
fn cut_each(database: &Database, delivered: bool, lane: u32) -> u32 {
    let proxy = Proxy::to(database.server.port());
    let url = database.url().replace(&format!(":{}/", database.server.port()), &format!(":{}/", proxy.port))
        + "?sslmode=disable";
    let launch = format!("cut-{delivered}-{lane}");
    let direct = database.journal(&launch);
    let hour = Some(Duration::from_secs(3_600));
    let journal = open(&url, OpenOptions { poll: hour, ..OpenOptions::new(launch.as_str()) }).unwrap();
    let mut acks: Vec<(Head, uuid::Uuid)> = Vec::new();
    for message in (lane..).step_by(LANES as usize) {
        let (event, head) = (event(&launch, 1), journal.head().wait().unwrap());
        proxy.cut(Cut { message, delivered, only: "", after: "", for_good: false });
        let answer = journal.append(&event, head).wait();
        let spared = proxy.spare();
        let there = all(&direct).iter().filter(|it| it.id == event.id).count();
        match answer {
            Ok(Append::Appended(entry)) => {
                assert_eq!(there, 1, "message {message}, delivered {delivered}");
                acks.push((entry.head(), entry.id));
            }
            // The server can be reached again at once, so no outcome may stay unknown.
            other => panic!("message {message}, delivered {delivered}: {there} there, but {other:?}"),
        }
        if spared {
            break;
        }
    }
    none_lost(&all(&direct), &acks);
    assert_eq!(all(&direct).len(), acks.len());
    u32::try_from(acks.len()).unwrap() - 1
}

#[test]
fn an_offline_journal_says_so_and_comes_back() {
    let Some(database) = Database::new("an offline shared journal") else { return };
    let proxy = Proxy::to(database.server.port());
    let url = database.url().replace(&format!(":{}/", database.server.port()), &format!(":{}/", proxy.port))
        + "?sslmode=disable";
    let poll = Some(Duration::from_millis(100));
    let journal = open(&url, OpenOptions { poll, ..OpenOptions::new("offline") }).unwrap();
    let head = fill(&journal, 1).pop().unwrap().head();
    let heard = |more: u64| {
        let before = journal.watch().borrow().looked;
        wait_for(&journal, |seen| seen.looked > before + more).looked
    };
    heard(3);
    proxy.refuse(true);
    database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gonogo' AND datname = current_database()");
    assert!(wait_for(&journal, |seen| seen.offline.is_some()).broken.is_none());
    let silent = journal.watch().borrow().looked;
    let lost = event("offline", 2);
    assert!(matches!(journal.append(&lost, head).wait(), Err(JournalError::Offline { .. })));
    assert!(matches!(journal.read_since(0).wait(), Err(JournalError::Offline { .. })));
    assert_eq!(all(&database.journal("offline")).len(), 1, "nothing was queued");
    assert_eq!(journal.watch().borrow().looked, silent, "a cut is no look");
    proxy.refuse(false);
    wait_for(&journal, |seen| seen.offline.is_none());
    heard(1);
    append(&journal, &lost).unwrap();
    // Cut in the commit, and no way back: the outcome stays unknown until there is one. Nothing looks in between, so
    // that it is the append's own commit.
    let hour = Some(Duration::from_secs(3_600));
    super::kit::close(&journal);
    let journal = open(&url, OpenOptions { poll: hour, ..OpenOptions::new("offline") }).unwrap();
    for (n, delivered) in [(3, false), (4, true)] {
        let (event, head) = (event("offline", n), journal.head().wait().unwrap());
        proxy.cut(Cut { message: 0, delivered, only: "COMMIT\0", after: "", for_good: true });
        let answer = journal.append(&event, head).wait();
        assert!(
            matches!(answer, Err(JournalError::OutcomeUnknown { id, .. }) if id == event.id),
            "{answer:?}"
        );
        assert!(journal.watch().borrow().offline.is_some());
        proxy.refuse(false);
        let there = all(&database.journal("offline")).len() as u64;
        assert_eq!(there, if delivered { n } else { n - 1 });
        assert_eq!(append(&journal, &event).unwrap().seq, n, "found again, or recorded now");
        assert_eq!(all(&journal).len() as u64, n);
    }
}

#[test]
fn restarts_under_load_lose_and_double_nothing() {
    let Some(server) = Server::start("restarts of PostgreSQL", &[]) else { return };
    let database = server.database();
    let url = server.url("owner", &database);
    let rounds = if long() { 100 } else { 4 };
    let stop = AtomicBool::new(false);
    let acked = std::sync::atomic::AtomicUsize::new(0);
    let acks: Vec<Vec<(Head, uuid::Uuid)>> = std::thread::scope(|scope| {
        let writer = || {
            let journal = loop {
                match open(&url, OpenOptions::new("restarts")) {
                    Ok(journal) => break journal,
                    Err(JournalError::Offline { .. }) => nap(),
                    Err(why) => panic!("{why:?}"),
                }
            };
            let mut acks = Vec::new();
            while !stop.load(Ordering::Acquire) {
                let event = event("restarts", 1);
                // The same event until it is acknowledged: that must never make two of it.
                let entry = loop {
                    match append(&journal, &event) {
                        Ok(entry) => break entry,
                        Err(JournalError::Offline { .. } | JournalError::OutcomeUnknown { .. }) => nap(),
                        Err(why) => panic!("{why:?}"),
                    }
                };
                acks.push((entry.head(), entry.id));
                acked.fetch_add(1, Ordering::AcqRel);
            }
            acks
        };
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(writer)).collect();
        for round in 0..rounds {
            // Some work between two crashes, so that each one hits it.
            let goal = acked.load(Ordering::Acquire) + 5 + round % 7;
            while acked.load(Ordering::Acquire) < goal
                && !writers.iter().any(std::thread::ScopedJoinHandle::is_finished)
            {
                nap();
            }
            server.crash();
            server.up();
        }
        stop.store(true, Ordering::Release);
        writers.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let acks: Vec<_> = acks.into_iter().flatten().collect();
    let entries = all(&open(&url, OpenOptions::new("restarts")).unwrap());
    none_lost(&entries, &acks);
    assert_eq!(entries.len(), acks.len(), "each event was tried until it was acknowledged");
    super::kit::say(&format!("{} acknowledgements over {rounds} crashes", acks.len()));
}

#[test]
fn the_way_to_the_server_is_checked() {
    let Some(server) = Server::start("TLS to PostgreSQL", &[]) else { return };
    let (key, certificate) = (server.path("data/server.key"), server.path("data/server.crt"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args([
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
        ])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|it| it.status.success()) {
        super::kit::say("*** NOT RUN: TLS to PostgreSQL: there is no openssl on this machine ***");
        return;
    }
    server.give(&key);
    server.give(&certificate);
    let database = server.database();
    server.sql("postgres", "postgres", "ALTER SYSTEM SET ssl = on");
    server.crash();
    server.up();
    let url = |host: &str, more: &str| server.url("owner", &database).replace("127.0.0.1", host) + more;
    let root = format!("&sslrootcert={}", certificate.display());
    let encrypted = |url: &str| {
        let journal = open(url, OpenOptions::new("tls"))?;
        fill(&journal, 1);
        Ok::<_, JournalError>(server.sql("postgres", &database, "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE s.ssl AND a.application_name = 'gonogo'"))
    };
    assert_eq!(encrypted(&url("localhost", &format!("?sslmode=require{root}"))).unwrap(), ["1"]);
    assert_eq!(encrypted(&url("localhost", &format!("?sslmode=verify-full{root}"))).unwrap(), ["1"]);
    for (wrong, what) in [
        (url("localhost", "?sslmode=require"), "an authority that nobody knows"),
        (url("127.0.0.1", &format!("?sslmode=require{root}")), "another name"),
    ] {
        let why = encrypted(&wrong).expect_err(what);
        assert!(matches!(why, JournalError::Offline { .. }), "{what}: {why:?}");
        assert!(!format!("{why:?}").contains("canary"), "{why:?}");
    }
}

/// What a primary has acknowledged may not have come to a standby: nothing is written there, and what is read says so.
#[test]
fn a_standby_takes_no_words_and_says_that_it_may_lack_some() {
    let Some(server) = Server::start("a standby", &[]) else { return };
    let url = server.url("owner", &server.database());
    let journal = open(&url, OpenOptions::new("standby")).unwrap();
    fill(&journal, 3);
    assert!(!journal.is_standby());
    server.demote();
    let head = Head::genesis("standby");
    let why = journal.append(&event("standby", 9), head).wait().unwrap_err();
    assert!(matches!(&why, JournalError::Offline { why } if why.contains("is a standby")), "{why:?}");
    let why = open(&url, OpenOptions::new("standby")).map(|_| ()).unwrap_err();
    assert!(matches!(&why, JournalError::NotWritable { why, .. } if why.contains("is a standby")), "{why:?}");
    let seen = open(&url, OpenOptions::new("standby").access(Access::Read)).unwrap();
    assert!(seen.is_standby());
    assert_eq!(all(&seen).len(), 3);
    server.sql("postgres", "postgres", "SELECT pg_promote()");
    wait_for(&seen, |state| !state.standby);
}
