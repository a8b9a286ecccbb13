//! The HTTP client against servers that break every rule, on raw loopback sockets.
//!
//! Each test is one row of "what can go wrong": the client must return a typed error or a whole answer, in time.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use gonogo::source::http::{
    Body, BodyError, Credential, ExchangeLimits, GithubClient, Http, HttpError, HttpRequest, PagingError,
    RedirectFault, Response, ResponsePart, Scheme, SeenPages, TimeoutPhase, Url, Validators, decode_json,
    next_page,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// A server of raw bytes: the script gets the request's text and writes what it likes.
struct Raw {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    fn start(script: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let address = listener.local_addr().expect("address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (Arc::clone(&requests), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut stream), log, script) = (stream, Arc::clone(&log), Arc::clone(&script)) else {
                    return;
                };
                thread::spawn(move || {
                    let request = read_request(&mut stream);
                    log.lock().expect("log").push(request.clone());
                    script(&request, &mut stream);
                });
            }
        });
        Self { address, requests }
    }

    /// Always the same bytes, then the end of the connection.
    fn bytes(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, stream| drop(stream.write_all(&answer)))
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).expect("url")
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("log").clone()
    }
}

/// Head and, by its Content-Length, body.
fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        bytes.push(byte[0]);
        if bytes[0] == 0x16 {
            return "a TLS greeting".into();
        }
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    drop(stream.read_exact(&mut body));
    head + &String::from_utf8_lossy(&body)
}

fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn ok_json(body: &str) -> Vec<u8> {
    ok(&format!("Content-Length: {}\r\n", body.len()), body.as_bytes())
}

fn short_limits() -> ExchangeLimits {
    ExchangeLimits {
        // Long enough that a busy machine is not taken for a slow server.
        connect: Duration::from_secs(20),
        idle: Duration::from_secs(2),
        whole: Duration::from_secs(3),
        ..ExchangeLimits::default()
    }
}

fn client() -> Http {
    Http::direct(ExchangeLimits::default()).expect("client")
}

async fn get(url: Url) -> Result<Response, HttpError> {
    client().send(HttpRequest::get(url), &CancellationToken::new()).await
}

async fn get_quickly(url: Url) -> Result<Response, HttpError> {
    let client = Http::direct(short_limits()).expect("client");
    client.send(HttpRequest::get(url), &CancellationToken::new()).await
}

fn token(server: &Url) -> Credential {
    Credential::new(&SecretString::from("canary-token"), Scheme::Bearer, server).expect("credential")
}

fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("bind").local_addr().expect("address")
}

#[tokio::test]
async fn a_good_answer_arrives_whole_and_the_request_is_what_it_should_be() {
    let server = Raw::bytes(ok("Content-Length: 7\r\nDate: Tue, 17 Nov 2026 10:00:00 GMT\r\n", b"{\"a\":1}"));
    let url = server.url("/x?y=1#fragment");
    let request = HttpRequest::get(url.clone()).auth(Some(token(&url)));
    let answer = client().send(request, &CancellationToken::new()).await.expect("answer");
    assert_eq!(decode_json::<Value>(&answer), Ok(json!({"a": 1})));
    assert_eq!(answer.date().map(|date| date.timestamp()), Some(1_794_909_600));
    let sent = server.requests()[0].to_ascii_lowercase();
    assert!(sent.starts_with("get /x?y=1 http/1.1\r\n"), "{sent}");
    assert_eq!(sent.matches("user-agent: gonogo/").count(), 1);
    assert_eq!(sent.matches("authorization: bearer canary-token\r\n").count(), 1);
    assert!(sent.contains("accept-encoding: gzip\r\n") && !sent.contains("referer"));
}

#[tokio::test]
async fn a_post_carries_its_body() {
    let server = Raw::bytes(ok_json("{}"));
    let form = Body::Form(vec![("a".into(), "b c".into())]);
    for body in [Body::Json(json!({"query": "{x}"})), form] {
        client()
            .send(HttpRequest::post(server.url("/"), body), &CancellationToken::new())
            .await
            .expect("answer");
    }
    let sent = server.requests();
    assert!(sent[0].ends_with("\r\n\r\n{\"query\":\"{x}\"}"), "{}", sent[0]);
    assert!(sent[1].ends_with("\r\n\r\na=b+c"), "{}", sent[1]);
}

#[tokio::test]
async fn a_body_cut_at_any_byte_is_an_error() {
    let body = br#"{"total_count":2,"items":[{"state":"open"},{"state":"closed"}]}"#;
    let plain = ok(&format!("Content-Length: {}\r\n", body.len()), body);
    let mut chunked = ok("Transfer-Encoding: chunked\r\n", format!("{:x}\r\n", body.len()).as_bytes());
    chunked.extend_from_slice(body);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    let packed = gzip(body);
    let gzipped = ok(&format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", packed.len()), &packed);
    // One client for all: to build one reads the machine's certificates.
    let (client, cancel) = (client(), CancellationToken::new());
    let get = async |url| client.send(HttpRequest::get(url), &cancel).await;
    for whole in [plain, chunked, gzipped] {
        let answer = get(Raw::bytes(whole.clone()).url("/")).await.expect("whole");
        assert_eq!(answer.body(), body);
        for end in 0..whole.len() {
            let outcome = get(Raw::bytes(&whole[..end]).url("/")).await;
            assert!(
                matches!(outcome, Err(HttpError::Cut { .. })),
                "cut at {end} of {}: {outcome:?}",
                whole.len()
            );
        }
    }
}

#[tokio::test]
async fn a_body_without_a_stated_end_is_not_trusted() {
    let outcome = get(Raw::bytes(ok("", b"[1,2,3]")).url("/")).await;
    assert!(matches!(outcome, Err(HttpError::Cut { .. })), "{outcome:?}");
    let outcome = get(Raw::bytes("HTTP/1.0 502 Bad Gateway\r\n\r\n<html>").url("/")).await;
    assert_eq!(outcome.expect("an error page needs no length").status(), 502);
    let outcome = get(Raw::bytes("HTTP/1.1 204 No Content\r\n\r\n").url("/")).await;
    assert_eq!(outcome.expect("nothing to come").body(), b"");
}

#[tokio::test]
async fn bytes_that_are_no_http_are_errors() {
    let negative = b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n";
    for answer in [&b""[..], b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", negative, b"\x15\x03\x01"] {
        let outcome = get(Raw::bytes(answer).url("/")).await;
        assert!(matches!(outcome, Err(HttpError::Cut { .. })), "{answer:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let silent = Raw::start(|_, stream| drop(stream.read(&mut [0])));
    let outcome = get_quickly(silent.url("/")).await;
    assert!(matches!(outcome, Err(HttpError::TimedOut { phase: TimeoutPhase::Head, .. })), "{outcome:?}");
}

/// Writes `first`, then `drip` again and again until the other side is gone.
fn dripping(first: Vec<u8>, drip: &'static [u8], every: Duration) -> Raw {
    Raw::start(move |_, stream| {
        let mut alive = stream.write_all(&first).is_ok();
        while alive {
            thread::park_timeout(every);
            alive = stream.write_all(drip).is_ok();
        }
    })
}

#[tokio::test]
async fn slow_heads_and_slow_bodies_end() {
    let fast = Duration::from_millis(20);
    let head = dripping(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X", fast);
    let stalled = dripping(ok("Content-Length: 100\r\n", b"{"), b" ", Duration::from_secs(60));
    let body = dripping(ok("Content-Length: 100000\r\n", b"{"), b" ", fast);
    let endless = dripping(ok("Transfer-Encoding: chunked\r\n", b""), b"1\r\n \r\n", fast);
    let (head, stalled, body, endless) = tokio::join!(
        get_quickly(head.url("/")),
        get_quickly(stalled.url("/")),
        get_quickly(body.url("/")),
        get_quickly(endless.url("/")),
    );
    assert!(matches!(head, Err(HttpError::TimedOut { phase: TimeoutPhase::Head, .. })), "{head:?}");
    assert!(matches!(stalled, Err(HttpError::TimedOut { phase: TimeoutPhase::Body, .. })), "{stalled:?}");
    assert!(matches!(body, Err(HttpError::TimedOut { phase: TimeoutPhase::Whole, .. })), "{body:?}");
    assert!(matches!(endless, Err(HttpError::TimedOut { phase: TimeoutPhase::Whole, .. })), "{endless:?}");
}

#[tokio::test]
async fn a_full_backlog_ends_in_the_connect_limit() {
    // A listener that accepts nothing: connections beyond its backlog stay unanswered.
    let socket = tokio::net::TcpSocket::new_v4().expect("socket");
    socket.bind("127.0.0.1:0".parse().expect("address")).expect("bind");
    let listener = socket.listen(1).expect("listen");
    let address = listener.local_addr().expect("address");
    let mut held = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
        held.push(stream);
    }
    let limits = ExchangeLimits {
        connect: Duration::from_secs(1),
        idle: Duration::from_secs(20),
        ..ExchangeLimits::default()
    };
    let request = HttpRequest::get(Url::parse(&format!("http://{address}/")).expect("url"));
    let outcome = Http::direct(limits).expect("client").send(request, &CancellationToken::new()).await;
    assert!(matches!(outcome, Err(HttpError::TimedOut { phase: TimeoutPhase::Connect, .. })), "{outcome:?}");
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("encode");
    encoder.finish().expect("encode")
}

fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("peak");
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().expect("number") * 1024
}

/// 1 KiB of blanks as a chunk.
fn chunk() -> &'static [u8] {
    format!("400\r\n{}\r\n", " ".repeat(1024)).leak().as_bytes()
}

/// 200 MiB of `piece`, or as much as the client takes.
fn huge(headers: &'static str, piece: &'static [u8]) -> Raw {
    Raw::start(move |_, stream| {
        let mut left = 200 * 1024 * 1024 / piece.len();
        let mut alive = stream.write_all(&ok(headers, b"")).is_ok();
        while alive && left > 0 {
            alive = stream.write_all(piece).is_ok();
            left -= 1;
        }
    })
}

/// Tells the child from the parent.
const MEASURED: &str = "GONOGO_TEST_MEASURES_MEMORY";

/// In a process of its own: other tests would count.
#[test]
fn large_answers_cost_little_memory() {
    if std::env::var_os(MEASURED).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        return runtime.expect("a runtime").block_on(take_large_answers());
    }
    let program = std::env::current_exe().expect("this program");
    let arguments = ["--exact", "http::large_answers_cost_little_memory", "--nocapture", "--test-threads=1"];
    let run = std::process::Command::new(program).args(arguments).env(MEASURED, "1").output();
    let run = run.expect("a process");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("1 passed"), "it ran: {said}");
}

async fn take_large_answers() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 16];
    (0..200 * 16).for_each(|_| encoder.write_all(&zeros).expect("encode"));
    let bomb = encoder.finish().expect("encode");
    let before = peak_memory();
    let cases = [
        huge("Content-Length: 209715200\r\n", " ".repeat(65536).leak().as_bytes()),
        huge("Transfer-Encoding: chunked\r\n", chunk()),
        Raw::bytes(ok(&format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", bomb.len()), &bomb)),
    ];
    for server in cases {
        let outcome = get(server.url("/")).await;
        assert!(matches!(outcome, Err(HttpError::TooLarge { part: ResponsePart::Body, .. })), "{outcome:?}");
    }
    let grown = peak_memory() - before;
    assert!(grown <= 32 * 1024 * 1024, "grew by {grown} bytes");
}

#[tokio::test]
async fn a_large_head_is_refused() {
    for (count, length) in [(1, 1024 * 1024), (70, 1000), (200, 10)] {
        let headers =
            (0..count).map(|n| format!("X-{n}: {}\r\n", "a".repeat(length))).collect::<Vec<_>>().concat();
        let outcome = get(Raw::bytes(ok(&format!("{headers}Content-Length: 2\r\n"), b"{}")).url("/")).await;
        assert!(
            matches!(outcome, Err(HttpError::TooLarge { part: ResponsePart::Head, .. })),
            "{count}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn html_is_not_an_api_answer() {
    let page = "<html>Please log in to the guest network</html>";
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let answer = get(Raw::bytes(head).url("/")).await.expect("transport is fine");
    assert!(matches!(decode_json::<Value>(&answer), Err(BodyError::NotAnApiAnswer { .. })));
    let answer = get(Raw::bytes(ok_json(page)).url("/")).await.expect("transport is fine");
    assert!(matches!(decode_json::<Value>(&answer), Err(BodyError::Malformed { .. })));
}

fn redirect(location: &str) -> Vec<u8> {
    [
        b"HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: ",
        location.as_bytes(),
        b"\r\n\r\n",
    ]
    .concat()
}

async fn redirected(target: &str, scheme: Scheme) -> HttpError {
    let server = Raw::bytes(redirect(target));
    let url = server.url("/again");
    let credential = Credential::new(&SecretString::from("canary-token"), scheme, &url).expect("credential");
    let request = HttpRequest::get(url).auth(Some(credential));
    let error = client().send(request, &CancellationToken::new()).await.expect_err("refused");
    assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
    error
}

#[tokio::test]
async fn no_redirect_carries_anything_to_another_server() {
    let other = Raw::bytes(ok_json("{}"));
    let port = other.address.port();
    let targets = [
        (format!("http://127.0.0.1:{port}/steal"), RedirectFault::OtherOrigin),
        (format!("//127.0.0.1:{port}/?canary=1"), RedirectFault::OtherOrigin),
        (format!("http://localhost:{port}/"), RedirectFault::OtherOrigin),
        (format!("https://127.0.0.1:{port}/"), RedirectFault::OtherOrigin),
        (format!("http://user:pass@127.0.0.1:{port}/"), RedirectFault::Invalid),
        ("file:///etc/passwd".into(), RedirectFault::OtherOrigin),
        ("/f\u{f6}\u{f6}".into(), RedirectFault::Invalid),
        (String::new(), RedirectFault::Invalid),
        ("http://[::bad/".into(), RedirectFault::Invalid),
        ("/again".into(), RedirectFault::Loop),
    ];
    for (target, expected) in targets {
        for scheme in [Scheme::Bearer, Scheme::Bare, Scheme::Header("x-api-key".parse().expect("name"))] {
            let error = redirected(&target, scheme).await;
            assert!(
                matches!(error, HttpError::Redirect { fault, .. } if fault == expected),
                "{target}: {error:?}"
            );
        }
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_within_the_server_is_followed_for_reads() {
    let server = Raw::start(|request, stream| {
        let answer = match request.split(' ').nth(1) {
            Some("/old") => redirect("/repositories/1"),
            Some("/repositories/1") => ok_json("{\"name\":\"new\"}"),
            Some(path) => redirect(&format!("{path}x")),
            None => Vec::new(),
        };
        drop(stream.write_all(&answer));
    });
    let url = server.url("/old");
    let request = HttpRequest::get(url.clone()).auth(Some(token(&url)));
    let answer = client().send(request, &CancellationToken::new()).await.expect("followed");
    assert_eq!(answer.final_url().path(), "/repositories/1");
    assert!(server.requests()[1].contains("canary-token"), "the same server gets the token again");
    let post = HttpRequest::post(url, Body::Json(json!({})));
    let outcome = client().send(post, &CancellationToken::new()).await;
    assert!(matches!(outcome, Err(HttpError::Redirect { fault: RedirectFault::Method, .. })), "{outcome:?}");
    let outcome = get(server.url("/for-ever")).await;
    assert!(matches!(outcome, Err(HttpError::Redirect { fault: RedirectFault::TooMany, .. })), "{outcome:?}");
    assert_eq!(server.requests().len(), 3 + 4);
}

#[tokio::test]
async fn a_304_renews_what_was_stored_and_nothing_else() {
    let server = Raw::start(|request, stream| {
        let known = request.contains("if-none-match: W/\"1\"");
        let answer = if known || request.starts_with("GET /cold") {
            b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\nETag: \"1\"\r\n\r\n".to_vec()
        } else {
            ok("ETag: W/\"1\"\r\nContent-Length: 7\r\n", b"{\"a\":1}")
        };
        drop(stream.write_all(&answer));
    });
    let validators = Validators::new();
    let cancel = CancellationToken::new();
    let cold = client().send_conditional(HttpRequest::get(server.url("/cold")), &validators, &cancel).await;
    assert!(matches!(cold, Err(HttpError::NotModified { .. })), "{cold:?}");
    let request = HttpRequest::get(server.url("/warm"));
    let first = client().send_conditional(request.clone(), &validators, &cancel).await.expect("first");
    validators.store(&request, &first);
    let second = client().send_conditional(request, &validators, &cancel).await.expect("second");
    assert_eq!((second.not_modified(), second.body()), (true, first.body()));
}

#[tokio::test]
async fn pages_elsewhere_or_for_ever_are_errors() {
    let server = Raw::start(|request, stream| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let page = path.split_once('=').and_then(|(_, page)| page.parse::<u32>().ok()).unwrap_or(1);
        let link = if path == "/away" {
            "<http://127.0.0.1:1/x>; rel=\"next\"".to_owned()
        } else {
            format!("</list?page={}>; rel=\"next\"", page + 1)
        };
        drop(stream.write_all(&ok(&format!("Link: {link}\r\nContent-Length: 2\r\n"), b"[]")));
    });
    let away = server.url("/away");
    let answer = get(away.clone()).await.expect("page");
    assert_eq!(next_page(&away, &answer, &mut SeenPages::new(5)), Err(PagingError::OtherOrigin));
    let (mut url, mut seen) = (server.url("/list?page=1"), SeenPages::new(5));
    let end = loop {
        let answer = get(url.clone()).await.expect("page");
        match next_page(&url, &answer, &mut seen) {
            Ok(Some(next)) => url = next,
            other => break other,
        }
    };
    assert_eq!((end, server.requests().len()), (Err(PagingError::TooMany), 1 + 5));
}

#[tokio::test]
async fn refused_unknown_and_plain_text_under_tls_have_their_own_names() {
    let outcome = get(Url::parse(&format!("http://{}/?q=canary", closed_port())).expect("url")).await;
    assert!(matches!(outcome, Err(HttpError::Connect { .. })), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("canary"));
    let outcome = get(Url::parse("https://gonogo-no-such-host.invalid/").expect("url")).await;
    assert!(
        matches!(
            outcome,
            Err(HttpError::Dns { .. } | HttpError::TimedOut { phase: TimeoutPhase::Connect, .. })
        ),
        "{outcome:?}"
    );
    let plain = Raw::bytes("HTTP/1.1 400 Bad Request\r\n\r\n");
    let outcome = get(Url::parse(&format!("https://{}/", plain.address)).expect("url")).await;
    assert!(matches!(outcome, Err(HttpError::Tls { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_speaks_an_old_tls_is_refused() {
    // A whole, well-formed ServerHello of TLS 1.0 and of 1.1.
    for minor in [1, 2] {
        let mut hello = vec![2, 0, 0, 38, 3, minor];
        hello.extend([7; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        let mut record = vec![0x16, 3, minor, 0, u8::try_from(hello.len()).expect("short")];
        record.extend(hello);
        let old = Raw::bytes(record);
        let outcome = get(Url::parse(&format!("https://{}/", old.address)).expect("url")).await;
        assert!(matches!(outcome, Err(HttpError::Tls { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn cancelling_ends_a_hanging_request_at_once() {
    let (started, wait) = std::sync::mpsc::channel::<()>();
    let (ended, gone) = std::sync::mpsc::channel::<bool>();
    let hanging = Raw::start(move |_, stream| {
        started.send(()).expect("the test waits");
        let left = stream.read(&mut [0]);
        let left =
            matches!(left, Ok(0)) || left.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset);
        ended.send(left).expect("the test waits");
    });
    let cancel = CancellationToken::new();
    let (request, token, client) = (HttpRequest::get(hanging.url("/")), cancel.clone(), client());
    let task = tokio::spawn(async move { client.send(request, &token).await });
    tokio::task::spawn_blocking(move || wait.recv()).await.expect("joined").expect("the request arrived");
    cancel.cancel();
    // Uncancelled, it would end by a limit, and say so.
    let outcome =
        tokio::time::timeout(Duration::from_secs(20), task).await.expect("at once").expect("joined");
    assert_eq!(outcome.map(|answer| answer.status()), Err(HttpError::Cancelled));
    let left = tokio::task::spawn_blocking(move || gone.recv()).await.expect("joined");
    assert_eq!(left, Ok(true), "the connection is closed too");
}

/// The same promises, through octocrab.
mod octocrab_path {
    use super::*;

    fn github(server: &Raw, limits: ExchangeLimits, base: &str) -> GithubClient {
        let base = server.url(base);
        let credential = token(&base);
        Http::direct(limits).expect("client").github(&base, Some(credential)).expect("github")
    }

    #[tokio::test]
    async fn each_header_is_sent_once_and_the_address_is_right() {
        let server = Raw::bytes(ok_json("{}"));
        let rest = github(&server, ExchangeLimits::default(), "/api/v3");
        let graphql = github(&server, ExchangeLimits::default(), "/api/graphql");
        let cancel = CancellationToken::new();
        rest.send(rest.get(&["repos", "o", "r"], &[("per_page", "100")]), &cancel).await.expect("get");
        graphql.send(graphql.post(Body::Json(json!({ "query": "{x}" }))), &cancel).await.expect("post");
        let sent: Vec<String> =
            server.requests().iter().map(|request| request.to_ascii_lowercase()).collect();
        assert!(sent[0].starts_with("get /api/v3/repos/o/r?per_page=100 http/1.1\r\n"), "{}", sent[0]);
        assert!(sent[1].starts_with("post /api/graphql http/1.1\r\n"), "{}", sent[1]);
        for request in sent {
            for once in [
                "\r\nuser-agent: gonogo/",
                "\r\nauthorization: bearer canary-token\r\n",
                "\r\nx-github-api-version: 2022-11-28\r\n",
                "\r\naccept: application/vnd.github+json\r\n",
                "\r\nuser-agent:",
            ] {
                assert_eq!(request.matches(once).count(), 1, "{once} in {request}");
            }
        }
    }

    #[tokio::test]
    async fn an_error_status_is_an_answer_with_its_headers() {
        let body = r#"{"message":"secondary rate limit"}"#;
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nRetry-After: 7";
        let server = Raw::bytes(format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
        let github = github(&server, ExchangeLimits::default(), "/");
        let answer = github.send(github.get(&["x"], &[]), &CancellationToken::new()).await.expect("answer");
        assert_eq!((answer.status(), answer.header("retry-after")), (403, Some("7")));
        assert_eq!(server.requests().len(), 1, "nothing is retried");
    }

    #[tokio::test]
    async fn redirects_stay_home_and_bad_ones_do_not_panic() {
        let other = Raw::bytes(ok_json("{}"));
        for target in [other.url("/steal").to_string(), "/f\u{f6}".into(), "http://u:p@127.0.0.1/".into()] {
            let server = Raw::bytes(redirect(&target));
            let github = github(&server, ExchangeLimits::default(), "/");
            let outcome = github.send(github.get(&["x"], &[]), &CancellationToken::new()).await;
            assert!(matches!(outcome, Err(HttpError::Redirect { .. })), "{target}: {outcome:?}");
        }
        assert_eq!(other.requests(), Vec::<String>::new());
        let renamed = Raw::start(|request, stream| {
            let old = request.starts_with("GET /old ");
            drop(stream.write_all(&if old { redirect("/new") } else { ok_json("{}") }));
        });
        let github = github(&renamed, ExchangeLimits::default(), "/");
        let answer =
            github.send(github.get(&["old"], &[]), &CancellationToken::new()).await.expect("followed");
        assert_eq!(answer.final_url().path(), "/new");
        assert!(renamed.requests()[1].contains("canary-token"));
    }

    #[tokio::test]
    async fn limits_hold() {
        let cancel = CancellationToken::new();
        let cut = Raw::bytes(ok("Content-Length: 99\r\n", b"{}"));
        let large = Raw::bytes(ok_json(&" ".repeat(200)));
        let slow = dripping(ok("Content-Length: 99\r\n", b"{"), b" ", Duration::from_secs(5));
        let silent = Raw::start(|_, stream| drop(stream.read(&mut [0])));
        let gone = Raw { address: closed_port(), requests: Arc::default() };
        let limits = ExchangeLimits { body: 100, ..short_limits() };
        let ask = async |server: &Raw| {
            let github = github(server, limits, "/");
            github.send(github.get(&["x"], &[]), &cancel).await.expect_err("an error")
        };
        assert!(matches!(ask(&cut).await, HttpError::Cut { .. }));
        assert!(matches!(ask(&large).await, HttpError::TooLarge { part: ResponsePart::Body, .. }));
        assert!(matches!(ask(&slow).await, HttpError::TimedOut { phase: TimeoutPhase::Body, .. }));
        assert!(matches!(ask(&silent).await, HttpError::TimedOut { phase: TimeoutPhase::Head, .. }));
        assert!(matches!(ask(&gone).await, HttpError::Connect { .. }));
        cancel.cancel();
        assert_eq!(ask(&silent).await, HttpError::Cancelled);
    }

    #[tokio::test]
    async fn a_304_goes_through_our_store() {
        let server = Raw::start(|request, stream| {
            let known = request.contains("if-none-match: \"1\"");
            let fresh = ok("ETag: \"1\"\r\nContent-Length: 2\r\n", b"[]");
            drop(stream.write_all(if known {
                b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
            } else {
                &fresh
            }));
        });
        let github = github(&server, ExchangeLimits::default(), "/");
        let (validators, cancel) = (Validators::new(), CancellationToken::new());
        let request = github.get(&["x"], &[]);
        let first = github.send_conditional(request.clone(), &validators, &cancel).await.expect("first");
        validators.store(&request, &first);
        let second = github.send_conditional(request, &validators, &cancel).await.expect("second");
        assert!(second.not_modified());
    }
}

/// Whoever sends them: clones of one client take turns.
#[tokio::test]
async fn at_most_four_requests_are_in_flight_to_one_server() {
    let (here, four) = (Arc::new(Mutex::new((0_usize, 0_usize))), Arc::new(Barrier::new(4)));
    let seen = Arc::clone(&here);
    let server = Raw::start(move |_, stream| {
        {
            let mut count = here.lock().expect("count");
            count.0 += 1;
            count.1 = count.1.max(count.0);
        }
        four.wait();
        here.lock().expect("count").0 -= 1;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
        drop(stream.write_all(format!("{head}{{}}").as_bytes()));
    });
    let http = Http::direct(ExchangeLimits::default()).expect("client");
    let cancel = CancellationToken::new();
    let sent = (0..12).map(|n| {
        let (http, cancel, url) = (http.clone(), cancel.clone(), server.url(&format!("/{n}")));
        async move { http.send(HttpRequest::get(url), &cancel).await.is_ok() }
    });
    let answered = futures_util::future::join_all(sent).await;
    assert!(answered.iter().all(|answered| *answered), "all are answered, four at a time: {answered:?}");
    assert_eq!(seen.lock().expect("count").1, 4);
}
