//! A loopback server that speaks TLS with the certificates of `tests/fixtures/tls`.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

pub const CA: &[u8] = include_bytes!("../fixtures/tls/ca.der");
/// For `probe.test`, `other.test` and 127.0.0.1, until 2124.
pub const GOOD: (&[u8], &[u8]) =
    (include_bytes!("../fixtures/tls/good.der"), include_bytes!("../fixtures/tls/good.key.der"));
/// For `probe.test`, until 2021.
pub const EXPIRED: (&[u8], &[u8]) =
    (include_bytes!("../fixtures/tls/expired.der"), include_bytes!("../fixtures/tls/expired.key.der"));

/// Answers every request with the bytes that the handler makes of its head.
pub struct TlsServer {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl TlsServer {
    pub fn start(
        certificate: (&'static [u8], &'static [u8]),
        handler: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        gonogo::source::http::install_crypto();
        let chain = vec![CertificateDer::from(certificate.0)];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.1));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate");
        let (config, handler) = (Arc::new(config), Arc::new(handler));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let (heads, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let (log, count) = (Arc::clone(&heads), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                *count.lock().unwrap() += 1;
                let (config, handler, log) = (Arc::clone(&config), Arc::clone(&handler), Arc::clone(&log));
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).expect("a connection");
                    let mut stream = StreamOwned::new(connection, stream);
                    let mut head = Vec::new();
                    let mut byte = [0];
                    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                        head.push(byte[0]);
                    }
                    if head.is_empty() {
                        return;
                    }
                    let head = String::from_utf8_lossy(&head).into_owned();
                    log.lock().unwrap().push(head.clone());
                    drop(stream.write_all(&handler(&head)));
                    stream.conn.send_close_notify();
                    drop(stream.flush());
                });
            }
        });
        Self { address, heads, connections }
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// The address under another name, which the test's resolver knows.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.address.port())
    }
}

/// A whole answer.
pub fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
