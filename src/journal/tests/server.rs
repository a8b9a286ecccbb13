//! A PostgreSQL server of the tests' own: a folder, a loopback port, gone at the end. The tests of the program use it as well.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use rustix::process::{Pid, Signal, kill_process};

pub struct Server {
    programs: PathBuf,
    dir: tempfile::TempDir,
    owner: Option<(u32, u32)>,
    port: u16,
    running: Mutex<Option<Child>>,
    extra: Vec<&'static str>,
}

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
/// The ports of this process's servers, also while they are down.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The programs of a server on this machine.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|it| it.path().join("bin"));
    let mut all: Vec<PathBuf> = std::env::split_paths(&path).chain(versions).collect();
    all.retain(|it| it.join("initdb").exists() && it.join("postgres").exists());
    all.pop()
}

/// The server refuses to run as root; then it runs as the user that its package made, or as nobody.
fn owner() -> Option<(u32, u32)> {
    if !rustix::process::getuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = users
        .lines()
        .find(|it| it.starts_with("postgres:"))
        .or(users.lines().find(|it| it.starts_with("nobody:")));
    let mut parts = user.unwrap_or("nobody:x:65534:65534").split(':').skip(2).map(|it| it.parse().unwrap());
    parts.next().zip(parts.next())
}

/// A port below those that systems give to whoever asks for any: nobody takes it while the server is down.
fn port() -> u16 {
    let ports = 20_000..30_000_u16;
    let start = u16::try_from(std::process::id() * 13 % 10_000).unwrap();
    let mut free = (start..10_000).chain(0..start).map(|it| ports.start + it).filter(|port| {
        !TAKEN.lock().unwrap().contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok()
    });
    let port = free.next().unwrap();
    TAKEN.lock().unwrap().insert(port);
    port
}

/// A folder, in memory where there is room for so many megabytes: none of these tests cuts the power.
fn folder(megabytes: u64) -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let free = rustix::fs::statvfs(memory).map_or(0, |it| (it.f_bavail * it.f_frsize) >> 20);
    let made = if free >= megabytes { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

impl Server {
    /// The server that all tests share while one of them needs it; `None`, loudly, where there are no programs.
    pub fn shared(test: &str) -> Option<Arc<Self>> {
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Self::start(test, &[])?);
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    /// A server of one's own.
    pub fn start(test: &str, extra: &[&'static str]) -> Option<Self> {
        let Some(programs) = programs() else {
            let why = format!("{test}: there is no PostgreSQL server (initdb, postgres) on this machine");
            assert!(std::env::var_os("GONOGO_NEED_POSTGRES").is_none(), "NOT RUN: {why}");
            // Past the test harness, which shows only what failing tests print.
            std::io::stderr().write_all(format!("*** NOT RUN: {why} ***\n").as_bytes()).unwrap();
            return None;
        };
        let dir = folder(300);
        let owner = owner();
        fs::write(dir.path().join("password"), "canary-admin").unwrap();
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(dir.path(), Some(user), Some(group)).unwrap();
            std::os::unix::fs::chown(dir.path().join("password"), Some(user), Some(group)).unwrap();
        }
        let port = port();
        let server = Self { programs, dir, owner, port, running: Mutex::new(None), extra: extra.to_vec() };
        let mut initdb = server.command("initdb");
        initdb.args(["-N", "-E", "UTF8", "--locale=C", "-U", "postgres", "-A", "scram-sha-256", "--pwfile"]);
        let done = initdb.arg(server.path("password")).arg("-D").arg(server.path("data")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        // Proving a password takes long without optimisation, so only some roles have to.
        let rules = "host all postgres,owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(server.path("data/pg_hba.conf"), rules).unwrap();
        server.up();
        Some(server)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Gives a file to the server's user.
    pub fn give(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.dir.path()).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    /// Starts it and waits until it takes connections.
    pub fn up(&self) {
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.path("data"))
            .arg("-k")
            .arg(self.dir.path())
            .args(["-p", &self.port.to_string()]);
        command.args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "shared_buffers=16MB",
            "-c",
            "max_connections=300",
        ]);
        self.extra.iter().for_each(|it| {
            command.args(["-c", it]);
        });
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut seen = Vec::new();
        let ready = log.by_ref().inspect(|it| seen.push(it.clone())).any(|it| it.contains("ready to accept"));
        assert!(ready, "the server did not start: {seen:#?}");
        std::thread::spawn(move || log.for_each(drop));
        *self.running.lock().unwrap() = Some(child);
    }

    /// Ends it at once, as a crash would.
    pub fn crash(&self) {
        self.end(Signal::QUIT);
    }

    /// Ends it in order and starts it again as a standby of a primary that is gone.
    pub fn demote(&self) {
        self.end(Signal::INT);
        let signal = self.path("data/standby.signal");
        fs::write(&signal, "").unwrap();
        self.give(&signal);
        self.up();
    }

    fn end(&self, signal: Signal) {
        if let Some(mut child) = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
        {
            let _ = kill_process(Pid::from_child(&child), signal);
            let _ = child.wait();
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A URL for a user and a database.
    pub fn url(&self, user: &str, database: &str) -> String {
        let password = if user == "postgres" { "canary-admin" } else { "canary" };
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// A new database, owned by the role `owner`; the role `cockpit` may do what the documentation says.
    pub fn database(&self) -> String {
        let name = format!("d{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        for role in ["owner", "cockpit"] {
            let _ =
                self.try_sql("postgres", "postgres", &format!("CREATE ROLE {role} LOGIN PASSWORD 'canary'"));
        }
        self.sql("postgres", "postgres", &format!("CREATE DATABASE {name} OWNER owner"));
        name
    }

    pub fn sql(&self, user: &str, database: &str, sql: &str) -> Vec<String> {
        self.try_sql(user, database, sql).unwrap()
    }

    /// Runs statements, and answers with the first column of their rows.
    pub fn try_sql(&self, user: &str, database: &str, sql: &str) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let text =
                |why: tokio_postgres::Error| why.as_db_error().map_or(why.to_string(), ToString::to_string);
            let url = self.url(user, database);
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.map_err(text)?;
            tokio::spawn(connection);
            let messages = client.simple_query(sql).await.map_err(text)?;
            let row = |it: &tokio_postgres::SimpleQueryMessage| match it {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            };
            Ok(messages.iter().filter_map(row).collect())
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(Signal::QUIT);
    }
}
