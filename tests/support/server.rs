//! A loopback HTTP/1.1 server on threads: no runtime needed, so tests, child processes and benches can all use it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use serde_json::Value;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Req {
    pub at: Instant,
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Decoded.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// As it stood in the request line.
    pub target: String,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
}

impl Req {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The path's decoded segments.
    pub fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|part| !part.is_empty()).map(|part| decode(part, false)).collect()
    }

    /// Everything that came over the wire, for a search for credentials.
    pub fn wire(&self) -> String {
        let headers: String =
            self.headers.iter().map(|(name, value)| name.clone() + ": " + value + "\n").collect();
        format!("{} {}\n{headers}\n{}", self.method, self.target, self.body)
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", &body.to_string())
    }

    pub fn text(status: u16, kind: &str, body: &str) -> Self {
        Self { status, headers: vec![("Content-Type".into(), kind.into())], body: body.into() }
    }

    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header, or replaces the one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self.headers.push((name.into(), value.to_string()));
        self
    }
}

/// What answers requests while no fault does.
pub trait Handler: Send + Sync + 'static {
    fn handle(&self, request: &Req) -> Reply;
}

impl<F: Fn(&Req) -> Reply + Send + Sync + 'static> Handler for F {
    fn handle(&self, request: &Req) -> Reply {
        self(request)
    }
}

/// What goes wrong instead.
#[derive(Clone)]
pub enum Fault {
    /// This answer, whatever was asked.
    Reply(Reply),
    /// The true answer, ending after so many bytes of its body, then the end of the connection.
    Cut(usize),
    /// The connection ends without an answer.
    Reset,
    /// No answer until the fault is healed; then the end of the connection.
    Hang,
    /// The true answer, one byte per interval.
    Drip(Duration),
    /// 200 and a page for people, as a captive portal gives.
    Html,
    /// 200, `application/json`, and no JSON.
    Garbage,
    /// The true answer under another content type.
    ContentType(&'static str),
    /// The true answer with its JSON changed: drop a field, add GraphQL errors, null something.
    Change(Arc<dyn Fn(&mut Value) + Send + Sync>),
    /// The true answer after so long.
    Late(Duration),
}

impl Fault {
    /// A status with a JSON message.
    pub fn status(status: u16) -> Self {
        Self::Reply(Reply::json(status, &serde_json::json!({ "message": format!("fault {status}") })))
    }

    /// 429 with `Retry-After`.
    pub fn too_many(retry_after: &str) -> Self {
        let body = serde_json::json!({ "message": "Too many requests" });
        Self::Reply(Reply::json(429, &body).with("Retry-After", retry_after))
    }

    /// GitHub's secondary limit.
    pub fn secondary_limit(retry_after: Option<u64>) -> Self {
        let body = serde_json::json!({
            "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
            "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
        });
        let reply = Reply::json(403, &body);
        Self::Reply(match retry_after {
            Some(seconds) => reply.with("Retry-After", seconds),
            None => reply,
        })
    }

    /// GraphQL errors beside the true data.
    pub fn graphql_errors(errors: Value) -> Self {
        Self::Change(Arc::new(move |body| body["errors"] = errors.clone()))
    }

    /// The true answer with one place set to null, by JSON pointer: `/data/g0`.
    pub fn null_at(pointer: &'static str) -> Self {
        Self::Change(Arc::new(move |body| {
            if let Some(place) = body.pointer_mut(pointer) {
                *place = Value::Null;
            }
        }))
    }
}

type Matcher = Box<dyn Fn(&Req) -> bool + Send>;

struct Rule {
    matches: Matcher,
    fault: Fault,
    left: Option<usize>,
}

#[derive(Default)]
struct State {
    log: Vec<(Req, u16)>,
    rules: Vec<Rule>,
    /// Open connections, so that `close` can cut them.
    streams: BTreeMap<u64, TcpStream>,
    connections: u64,
    latency: Duration,
    date_offset: TimeDelta,
    /// Grows with every heal and close: hanging answers end then.
    turn: u64,
    open: bool,
}

struct Shared {
    handler: Box<dyn Handler>,
    state: Mutex<State>,
    changed: Condvar,
    address: SocketAddr,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server. It stops when dropped.
pub struct Server {
    shared: Arc<Shared>,
}

impl Server {
    pub fn start(handler: impl Handler) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let state = State { open: true, ..State::default() };
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            state: Mutex::new(state),
            changed: Condvar::new(),
            address,
        });
        accept(&shared, listener);
        Self { shared }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    // Faults.

    /// Every request from now on.
    pub fn fault(&self, fault: Fault) {
        self.rule(Box::new(|_| true), fault, None);
    }

    /// The next `times` requests.
    pub fn fault_times(&self, times: usize, fault: Fault) {
        self.rule(Box::new(|_| true), fault, Some(times));
    }

    /// Requests that match. The newest matching rule counts.
    pub fn fault_when(&self, matches: impl Fn(&Req) -> bool + Send + 'static, fault: Fault) {
        self.rule(Box::new(matches), fault, None);
    }

    fn rule(&self, matches: Matcher, fault: Fault, left: Option<usize>) {
        self.shared.state().rules.push(Rule { matches, fault, left });
    }

    /// Ends all faults.
    pub fn heal(&self) {
        let mut state = self.shared.state();
        state.rules.clear();
        state.turn += 1;
        self.shared.changed.notify_all();
    }

    /// Every answer takes at least so long.
    pub fn latency(&self, latency: Duration) {
        self.shared.state().latency = latency;
    }

    /// The `Date` header is off by so many seconds.
    pub fn date_offset(&self, seconds: i64) {
        self.shared.state().date_offset = TimeDelta::seconds(seconds);
    }

    /// Stops listening and cuts every connection: the port refuses.
    pub fn close(&self) {
        close(&self.shared);
    }

    /// Listens again on the same port.
    pub fn open(&self) {
        let listener = TcpListener::bind(self.shared.address).expect("the same port again");
        self.shared.state().open = true;
        accept(&self.shared, listener);
    }

    // The log.

    pub fn requests(&self) -> Vec<Req> {
        self.shared.state().log.iter().map(|(request, _)| request.clone()).collect()
    }

    /// How many requests arrived.
    pub fn count(&self) -> usize {
        self.shared.state().log.len()
    }

    /// The statuses that went out, 0 where none did.
    pub fn statuses(&self) -> Vec<u16> {
        self.shared.state().log.iter().map(|(_, status)| *status).collect()
    }

    pub fn clear_log(&self) {
        self.shared.state().log.clear();
    }

    /// Requests whose head or body contain `needle`: to look for credentials.
    pub fn sightings(&self, needle: &str) -> usize {
        self.shared.state().log.iter().filter(|(request, _)| request.wire().contains(needle)).count()
    }

    /// Waits until `count` requests arrived. False if that takes longer than `limit`.
    pub fn wait_for(&self, count: usize, limit: Duration) -> bool {
        let state = self.shared.state();
        let waited = self.shared.changed.wait_timeout_while(state, limit, |state| state.log.len() < count);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.log.len() >= count
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        close(&self.shared);
    }
}

fn close(shared: &Arc<Shared>) {
    let mut state = shared.state();
    let was_open = std::mem::replace(&mut state.open, false);
    state.turn += 1;
    for stream in std::mem::take(&mut state.streams).into_values() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    shared.changed.notify_all();
    drop(state);
    if was_open {
        // Wakes the listener, which then sees that it is closed.
        drop(TcpStream::connect(shared.address));
        let state = shared.state();
        let limit = Duration::from_secs(5);
        drop(shared.changed.wait_timeout_while(state, limit, |_| TcpStream::connect(shared.address).is_ok()));
    }
}

fn accept(shared: &Arc<Shared>, listener: TcpListener) {
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            let mut state = shared.state();
            if !state.open {
                break;
            }
            state.connections += 1;
            let number = state.connections;
            if let Ok(copy) = stream.try_clone() {
                state.streams.insert(number, copy);
            }
            drop(state);
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                serve(&shared, &stream);
                // The copy above would keep the connection open.
                let _ = stream.shutdown(Shutdown::Both);
                shared.state().streams.remove(&number);
            });
        }
        // Under the lock: `close` must not miss it between looking and waiting.
        let state = shared.state();
        drop(listener);
        shared.changed.notify_all();
        drop(state);
    });
}

/// Requests of one connection, until it ends.
fn serve(shared: &Shared, stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(request) = read(&mut reader, shared.address) {
        if !answer(shared, &request, &mut writer) {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead, address: SocketAddr) -> Option<Req> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|size| *size > 0)?;
    let mut parts = line.split_whitespace();
    let (method, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|size| *size > 0)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name, true), decode(value, true))
    });
    Some(Req {
        at: Instant::now(),
        method,
        path: path.to_owned(),
        query: query.collect(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        base: format!("http://{address}"),
        target,
    })
}

fn decode(text: &str, plus: bool) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' if plus => out.push(b' '),
            b'%' => {
                let digits =
                    [bytes.next(), bytes.next()].map(|digit| digit.and_then(|d| char::from(d).to_digit(16)));
                let [Some(high), Some(low)] = digits else { continue };
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Answers one request. False ends the connection.
fn answer(shared: &Shared, request: &Req, stream: &mut impl Write) -> bool {
    let (fault, index, turn, latency) = {
        let mut state = shared.state();
        let fault = take_fault(&mut state.rules, request);
        state.log.push((request.clone(), 0));
        shared.changed.notify_all();
        (fault, state.log.len() - 1, state.turn, state.latency)
    };
    thread::sleep(latency);
    match &fault {
        Some(Fault::Reset) => return false,
        Some(Fault::Hang) => {
            let state = shared.state();
            drop(shared.changed.wait_while(state, |state| state.turn == turn));
            return false;
        }
        Some(Fault::Late(wait)) => thread::sleep(*wait),
        _ => {}
    }
    let reply = reply_of(shared, request, fault.as_ref());
    let date = {
        let mut state = shared.state();
        if let Some(entry) = state.log.get_mut(index) {
            entry.1 = reply.status;
        }
        Utc::now() + state.date_offset
    };
    write(stream, &reply, &date.format("%a, %d %b %Y %H:%M:%S GMT").to_string(), fault.as_ref())
}

fn take_fault(rules: &mut [Rule], request: &Req) -> Option<Fault> {
    let rule = rules.iter_mut().rev().find(|rule| (rule.matches)(request) && rule.left != Some(0))?;
    if let Some(left) = &mut rule.left {
        *left -= 1;
    }
    Some(rule.fault.clone())
}

fn reply_of(shared: &Shared, request: &Req, fault: Option<&Fault>) -> Reply {
    match fault {
        Some(Fault::Reply(reply)) => reply.clone(),
        Some(Fault::Html) => {
            Reply::text(200, "text/html", "<html><body>Please log in to the guest network</body></html>")
        }
        Some(Fault::Garbage) => Reply::text(200, "application/json", "{\"data\": {\"a\": [1, 2"),
        Some(Fault::ContentType(kind)) => shared.handler.handle(request).with("Content-Type", kind),
        Some(Fault::Change(change)) => {
            let mut reply = shared.handler.handle(request);
            if let Ok(mut body) = serde_json::from_slice(&reply.body) {
                change(&mut body);
                reply.body = body.to_string().into();
                // Another body under the old tag would be a lie that no server tells.
                reply.headers.retain(|(name, _)| name != "ETag");
            }
            reply
        }
        _ => shared.handler.handle(request),
    }
}

fn write(stream: &mut impl Write, reply: &Reply, date: &str, fault: Option<&Fault>) -> bool {
    let mut head = format!("HTTP/1.1 {} Status\r\nDate: {date}\r\n", reply.status);
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !matches!(reply.status, 204 | 304) {
        head += &format!("Content-Length: {}\r\n", reply.body.len());
    }
    head += "\r\n";
    match fault {
        Some(Fault::Cut(at)) => {
            let end = (*at).min(reply.body.len());
            let _ = stream.write_all(&[head.as_bytes(), &reply.body[..end]].concat());
            false
        }
        Some(Fault::Drip(every)) => [head.as_bytes(), &reply.body].concat().chunks(1).all(|byte| {
            thread::sleep(*every);
            stream.write_all(byte).is_ok()
        }),
        _ => stream.write_all(&[head.as_bytes(), &reply.body].concat()).is_ok(),
    }
}
