//! A way to a PostgreSQL server that is cut at a chosen message. The tests of the program use it as well.

use std::{
    io::{self, Read, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// Where to cut: before or after the client's n-th message from now on.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub message: u32,
    /// The server still gets the message; its answer is lost.
    pub delivered: bool,
    /// Count only messages that hold this text.
    pub only: &'static str,
    /// Count only after a message that holds this text.
    pub after: &'static str,
    /// Turn every new connection away from then on.
    pub for_good: bool,
}

pub struct Proxy {
    pub port: u16,
    cut: Arc<Mutex<Option<Cut>>>,
    refuse: Arc<AtomicBool>,
}

impl Proxy {
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, refuse) = (Arc::<Mutex<Option<Cut>>>::default(), Arc::<AtomicBool>::default());
        let (cuts, refuses) = (Arc::clone(&cut), Arc::clone(&refuse));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if refuses.load(Ordering::Acquire) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let (back, front) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (cut, refuse) = (Arc::clone(&cuts), Arc::clone(&refuses));
                let deaf = Arc::<AtomicBool>::default();
                let deafened = Arc::clone(&deaf);
                std::thread::spawn(move || drop(forth(client, server, &cut, [&refuse, &deaf])));
                std::thread::spawn(move || back_again(back, front, &deafened));
            }
        });
        Self { port, cut, refuse }
    }

    /// Cuts once, there.
    pub fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }

    /// Whether the cut is still to come; takes it back.
    pub fn spare(&self) -> bool {
        self.cut.lock().unwrap().take().is_some()
    }

    /// Whether to turn every new connection away.
    pub fn refuse(&self, refuse: bool) {
        self.refuse.store(refuse, Ordering::Release);
    }
}

/// Client to server, message by message.
fn forth(
    mut client: TcpStream,
    mut server: TcpStream,
    cut: &Mutex<Option<Cut>>,
    [refuse, deaf]: [&AtomicBool; 2],
) -> io::Result<()> {
    let mut start = true;
    loop {
        let mut message = vec![0; if start { 4 } else { 5 }];
        if client.read_exact(&mut message).is_err() {
            return server.shutdown(Shutdown::Both);
        }
        let length = u32::from_be_bytes(message[message.len() - 4..].try_into().unwrap());
        let head = message.len();
        message.resize(head + length as usize - 4, 0);
        client.read_exact(&mut message[head..])?;
        start = false;
        let now = count(cut, &message);
        if now.is_some_and(|cut| cut.for_good) {
            refuse.store(true, Ordering::Release);
        }
        match now {
            None => server.write_all(&message)?,
            Some(cut) if cut.delivered => {
                // From here on no answer reaches the client. The server reads what it got, and then the end; when it
                // has done both, the other thread closes the client's side.
                deaf.store(true, Ordering::Release);
                server.write_all(&message)?;
                return server.shutdown(Shutdown::Write);
            }
            Some(_) => {
                client.shutdown(Shutdown::Both)?;
                return server.shutdown(Shutdown::Write);
            }
        }
    }
}

/// Counts a message; answers with the cut when it is there.
fn count(cut: &Mutex<Option<Cut>>, message: &[u8]) -> Option<Cut> {
    let mut cut = cut.lock().unwrap();
    let armed = cut.as_mut()?;
    let holds = |text: &str| message.windows(text.len().max(1)).any(|it| it.starts_with(text.as_bytes()));
    if !armed.after.is_empty() {
        if holds(armed.after) {
            armed.after = "";
        }
        return None;
    }
    if !holds(armed.only) {
        return None;
    }
    if armed.message == 0 {
        return cut.take();
    }
    armed.message -= 1;
    None
}

fn back_again(mut server: TcpStream, mut client: TcpStream, deaf: &AtomicBool) {
    let mut buffer = [0; 8_192];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        if !deaf.load(Ordering::Acquire) {
            let _ = client.write_all(&buffer[..length]);
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}
