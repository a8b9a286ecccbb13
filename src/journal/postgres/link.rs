//! The connection: made when needed, given up at the first doubt, made again with growing, uneven pauses.

use std::{
    cell::Cell,
    future::poll_fn,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::Runtime,
    time,
};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, Error, NoTls, Socket,
    config::{SslMode, TargetSessionAttrs},
};

use super::{
    address::Address,
    fault::TransactionFault,
    schema::{self, STANDBY},
    tls::Tls,
};
use crate::{JournalError, worker::WorkerMessage};

/// The longest that one transaction may take before its connection is given up.
const TRANSACTION: Duration = Duration::from_secs(10);
/// The longest pause between attempts to connect, counted in looks (one a second unless told otherwise).
const LONGEST_PAUSE: u32 = 15;

/// Tells the journal's thread to look; at most one such message waits at a time.
#[derive(Clone)]
pub(super) struct NotifyHints {
    sender: mpsc::Sender<WorkerMessage>,
    waiting: Arc<AtomicBool>,
}

/// What kind of transaction.
#[derive(Clone, Copy)]
pub(super) enum TransactionKind {
    /// One snapshot, no writes.
    Read,
    /// Each statement sees what was committed before it; made durable at commit whatever the server's default is.
    Write,
}

/// A connection, now and then.
pub(super) struct ServerLink {
    runtime: Runtime,
    address: Address,
    tls: Option<Tls>,
    hints: NotifyHints,
    channel: String,
    client: Option<Client>,
    failures: u32,
    pause: u32,
    last_failure: String,
    /// The server only follows another one: what that one has acknowledged may not be here yet.
    standby: bool,
    /// There was a connection before.
    was_up: bool,
}

impl NotifyHints {
    pub(super) fn new(sender: mpsc::Sender<WorkerMessage>) -> Self {
        Self { sender, waiting: Arc::default() }
    }

    fn give(&self) {
        if !self.waiting.swap(true, Ordering::AcqRel) {
            let _ = self.sender.send(WorkerMessage::Hint);
        }
    }

    pub(super) fn taken(&self) {
        self.waiting.store(false, Ordering::Release);
    }
}

impl TransactionKind {
    /// `synchronous_commit`: a server or role may have it off, and then acknowledges before anything is on disk.
    fn begin(self) -> &'static str {
        match self {
            Self::Read => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                 SET LOCAL statement_timeout = '8s'"
            }
            Self::Write => {
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
                 SET LOCAL statement_timeout = '8s';
                 SET LOCAL lock_timeout = '5s';
                 SET LOCAL idle_in_transaction_session_timeout = '15s';
                 SELECT set_config('synchronous_commit', 'on', true)
                 WHERE current_setting('synchronous_commit') <> 'remote_apply'"
            }
        }
    }
}

impl ServerLink {
    pub(super) fn new(address: Address, hints: NotifyHints, channel: String) -> Result<Self, JournalError> {
        let tls = match address.config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(Tls::new(address.authorities.as_deref())?),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("journal-net")
            .enable_all()
            .build();
        let runtime = runtime.map_err(JournalError::unreadable)?;
        let last_failure = String::new();
        Ok(Self {
            runtime,
            address,
            tls,
            hints,
            channel,
            client: None,
            failures: 0,
            pause: 0,
            last_failure,
            standby: false,
            was_up: false,
        })
    }

    pub(super) fn hints(&self) -> &NotifyHints {
        &self.hints
    }

    /// Whether there is a connection that has not been seen to fail.
    pub(super) fn is_up(&self) -> bool {
        self.client.as_ref().is_some_and(|client| !client.is_closed())
    }

    /// Whether the server is a standby, as far as it was seen last.
    pub(super) fn is_standby(&self) -> bool {
        self.standby
    }

    /// It was seen to follow no other any more.
    pub(super) fn promoted(&mut self) {
        self.standby = false;
    }

    /// Whether to try to connect at this look, and otherwise why there is no connection.
    pub(super) fn may_try(&mut self) -> Result<(), TransactionFault> {
        if self.pause == 0 {
            return Ok(());
        }
        self.pause -= 1;
        Err(TransactionFault::Lost(self.last_failure.clone()))
    }

    /// Waits a little, unevenly, before a further attempt.
    pub(super) fn rest(&self, attempt: u32) {
        let longest = 50_u64 << attempt.min(5);
        let pause = Duration::from_millis(longest / 2 + random() % (longest / 2));
        self.runtime.block_on(async { time::sleep(pause).await });
    }

    /// Runs one transaction, connecting first when there is no connection.
    pub(super) fn transact<T>(
        &mut self,
        kind: TransactionKind,
        body: impl AsyncFnOnce(&Client) -> Result<T, TransactionFault>,
    ) -> Result<T, TransactionFault> {
        self.connect()?;
        let Some(client) = &self.client else {
            return Err(TransactionFault::Lost("there is no connection".into()));
        };
        let committing = Cell::new(false);
        let work = async {
            client.batch_execute(kind.begin()).await?;
            let value = match body(client).await {
                Ok(value) => value,
                Err(why) if why.is_lost() => return Err(why),
                Err(why) => {
                    client.batch_execute("ROLLBACK").await?;
                    return Err(why);
                }
            };
            committing.set(true);
            client.batch_execute("COMMIT").await?;
            Ok(value)
        };
        let late = || TransactionFault::Lost("the server did not answer in time".into());
        let done = self
            .runtime
            .block_on(async { time::timeout(TRANSACTION, work).await.unwrap_or_else(|_| Err(late())) });
        if done.as_ref().is_err_and(TransactionFault::is_lost) {
            self.client = None;
        }
        match done.map_err(|fault| fault.behind(&self.address.veil)) {
            Err(TransactionFault::Lost(why))
                if committing.get() && matches!(kind, TransactionKind::Write) =>
            {
                Err(TransactionFault::Unknown(why))
            }
            other => other,
        }
    }

    fn connect(&mut self) -> Result<(), TransactionFault> {
        if self.is_up() {
            return Ok(());
        }
        self.client = None;
        match self.connected().map_err(|fault| fault.behind(&self.address.veil)) {
            Ok((client, standby)) => {
                (self.failures, self.pause) = (0, 0);
                (self.standby, self.was_up) = (standby, true);
                self.client = Some(client);
                Ok(())
            }
            Err(why) => {
                self.failures = self.failures.saturating_add(1);
                let longest = (1 << self.failures.min(5)).min(LONGEST_PAUSE);
                self.pause = u32::try_from(random() % u64::from(longest)).unwrap_or(0) + longest / 2;
                self.last_failure = why.text();
                Err(why)
            }
        }
    }

    /// A connection, and whether its server is a standby.
    fn connected(&self) -> Result<(Client, bool), TransactionFault> {
        let config = &self.address.config;
        let listen = format!("LISTEN {}", self.channel);
        let open = async {
            let (client, refused) = match self.dial(config).await {
                Ok(client) => (client, None),
                Err(why) if takes_no_writes(&why) => {
                    let mut any = config.clone();
                    any.target_session_attrs(TargetSessionAttrs::Any);
                    (self.dial(&any).await?, Some(why))
                }
                Err(why) => return Err(why.into()),
            };
            let standby = schema::is_standby(&client).await?;
            let writes = config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite;
            match refused {
                // The first time whoever opens it is told, and may look at it.
                _ if standby && writes && self.was_up => return Err(TransactionFault::Lost(STANDBY.into())),
                Some(why) if !standby => return Err(why.into()),
                _ => {}
            }
            // A standby announces nothing.
            if !standby {
                client.batch_execute(&listen).await?;
            }
            Ok((client, standby))
        };
        let late = || TransactionFault::Lost("no connection in time".into());
        self.runtime
            .block_on(async { time::timeout(TRANSACTION, open).await.unwrap_or_else(|_| Err(late())) })
    }
}

impl ServerLink {
    async fn dial(&self, config: &Config) -> Result<Client, Error> {
        Ok(if let Some(tls) = &self.tls {
            let (client, connection) = config.connect(tls.clone()).await?;
            tokio::spawn(carry(connection, self.hints.clone()));
            client
        } else {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(carry(connection, self.hints.clone()));
            client
        })
    }
}

/// Whether a server answered that takes no writes: the library says so by this kind.
fn takes_no_writes(why: &Error) -> bool {
    let source = std::error::Error::source(why).and_then(|it| it.downcast_ref::<io::Error>());
    source.is_some_and(|it| it.kind() == io::ErrorKind::PermissionDenied)
}

/// Carries a connection's bytes, and turns what the server tells unasked into hints. Its end is one too.
async fn carry<T: AsyncRead + AsyncWrite + Unpin>(mut connection: Connection<Socket, T>, hints: NotifyHints) {
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if matches!(message, AsyncMessage::Notification(_)) {
            hints.give();
        }
    }
    hints.give();
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
