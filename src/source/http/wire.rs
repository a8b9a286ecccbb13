//! One exchange over the network: head, then body, each under its limits.

use std::error::Error;
use std::io::{self, Write};

use flate2::write::GzDecoder;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, StatusCode, Version};
use http_body_util::BodyExt;
use octocrab::Octocrab;
use reqwest::Url;
use tokio::time::timeout;

use super::error::{HttpError, ResponsePart, TimeoutPhase, classify, host_of};
use super::{ExchangeLimits, HttpRequest};

/// What carries a request: our own client, or octocrab on top of it.
#[derive(Clone, Copy)]
pub(super) enum Transport<'a> {
    Own(&'a reqwest::Client),
    /// Octocrab adds the credential itself, for its base address only.
    Octocrab(&'a Octocrab),
}

/// A whole answer of one hop.
pub(super) struct RawResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// DER, if the connection was told to keep it.
    pub(super) certificate: Option<Vec<u8>>,
}

/// Sends `request` to `url` (its own address, or where a redirect led) and reads the whole answer.
pub(super) async fn exchange(
    wire: Transport<'_>,
    request: &HttpRequest,
    url: &Url,
    limits: &ExchangeLimits,
) -> Result<RawResponse, HttpError> {
    let host = host_of(url);
    let with_credential = matches!(wire, Transport::Own(_));
    let message = assemble(request, url, with_credential)?;
    let late = |_| HttpError::TimedOut { host: host.clone(), phase: TimeoutPhase::Head };
    match wire {
        Transport::Own(client) => {
            let message = reqwest::Request::try_from(message)
                .map_err(|error| classify(&error, &host, TimeoutPhase::Head))?;
            let head = timeout(limits.idle, client.execute(message)).await.map_err(late)?;
            let head = head.map_err(|error| classify(&error, &host, TimeoutPhase::Head))?;
            collect(head.into(), request.method(), &host, limits).await
        }
        Transport::Octocrab(crab) => {
            let head = timeout(limits.idle, crab.execute(message)).await.map_err(late)?;
            let head = head.map_err(|error| classify(&error, &host, TimeoutPhase::Head))?;
            collect(head, request.method(), &host, limits).await
        }
    }
}

fn assemble(
    request: &HttpRequest,
    url: &Url,
    with_credential: bool,
) -> Result<http::Request<Vec<u8>>, HttpError> {
    let mut message = http::Request::new(Vec::new());
    *message.method_mut() = request.method().clone();
    let mut address = url.clone();
    address.set_fragment(None);
    *message.uri_mut() = address
        .as_str()
        .parse()
        .map_err(|_| HttpError::invalid("the address has a character that no URL contains"))?;
    let headers = message.headers_mut();
    headers.extend(request.headers().clone());
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    if let Some(credential) =
        request.credential().filter(|credential| with_credential && credential.is_for(url))
    {
        headers.extend(credential.headers()?);
    }
    if let Some((kind, bytes)) = request.encoded() {
        headers.insert(header::CONTENT_TYPE, kind);
        // Stated here because octocrab's body does not tell its size: it would go out in chunks.
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        *message.body_mut() = bytes;
    }
    Ok(message)
}

async fn collect<B>(
    response: http::Response<B>,
    method: &Method,
    host: &str,
    limits: &ExchangeLimits,
) -> Result<RawResponse, HttpError>
where
    B: BodyExt<Data: AsRef<[u8]>, Error: Error + 'static> + Unpin,
{
    let (head, mut body) = response.into_parts();
    let size: usize = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if size > limits.head {
        return Err(HttpError::TooLarge { host: host.to_owned(), part: ResponsePart::Head });
    }
    let cut = |cause: &str| HttpError::Cut { host: host.to_owned(), cause: cause.to_owned() };
    let bodyless = *method == Method::HEAD || head.status == StatusCode::NO_CONTENT;
    let may_end_anyhow = bodyless || !head.status.is_success();
    if !may_end_anyhow && !has_stated_end(head.version, &head.headers) {
        return Err(cut("nothing says where it ends"));
    }
    let mut sink =
        Sink::new(&head.headers, limits.body).ok_or_else(|| cut("an encoding that was not asked for"))?;
    loop {
        let frame = timeout(limits.idle, body.frame())
            .await
            .map_err(|_| HttpError::TimedOut { host: host.to_owned(), phase: TimeoutPhase::Body })?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| classify(&error, host, TimeoutPhase::Body))?;
        if let Ok(data) = frame.into_data() {
            sink.push(data.as_ref()).map_err(|fault| fault.at(host))?;
        }
    }
    let body = sink.finish().map_err(|fault| fault.at(host))?;
    let tls = head.extensions.get::<reqwest::tls::TlsInfo>();
    let certificate = tls.and_then(|tls| tls.peer_certificate()).map(<[u8]>::to_vec);
    Ok(RawResponse { status: head.status, headers: head.headers, body, certificate })
}

/// A body that ends with the connection cannot be told from one that was cut.
fn has_stated_end(version: Version, headers: &HeaderMap) -> bool {
    version >= Version::HTTP_2
        || headers.contains_key(header::CONTENT_LENGTH)
        || headers.contains_key(header::TRANSFER_ENCODING)
}

/// Why a body was not taken.
#[derive(Debug, PartialEq, Eq)]
enum BodyFault {
    TooLarge,
    Damaged,
}

impl BodyFault {
    fn at(self, host: &str) -> HttpError {
        let host = host.to_owned();
        match self {
            Self::TooLarge => HttpError::TooLarge { host, part: ResponsePart::Body },
            Self::Damaged => HttpError::Cut { host, cause: "its gzip is damaged or incomplete".into() },
        }
    }
}

/// Takes the bytes of a body, decodes them and counts what comes out.
enum Sink {
    Plain(Capped),
    Gzip { decoder: Box<GzDecoder<Capped>>, started: bool },
}

impl Sink {
    /// None for an encoding that was not asked for.
    fn new(headers: &HeaderMap, cap: usize) -> Option<Self> {
        let capped = Capped { bytes: Vec::new(), cap, over: false };
        let encoding = headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes).unwrap_or_default();
        match encoding.to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Some(Self::Plain(capped)),
            b"gzip" | b"x-gzip" => {
                Some(Self::Gzip { decoder: Box::new(GzDecoder::new(capped)), started: false })
            }
            _ => None,
        }
    }

    fn push(&mut self, data: &[u8]) -> Result<(), BodyFault> {
        match self {
            Self::Plain(capped) => capped.write_all(data).map_err(|_| BodyFault::TooLarge),
            Self::Gzip { decoder, started } => {
                *started |= !data.is_empty();
                decoder.write_all(data).map_err(|_| fault_of(decoder.get_ref()))
            }
        }
    }

    fn finish(self) -> Result<Vec<u8>, BodyFault> {
        match self {
            Self::Plain(capped) => Ok(capped.bytes),
            // A 304 or a 204 may keep the header and has no body.
            Self::Gzip { started: false, .. } => Ok(Vec::new()),
            Self::Gzip { mut decoder, .. } => match decoder.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut decoder.get_mut().bytes)),
                Err(_) => Err(fault_of(decoder.get_ref())),
            },
        }
    }
}

fn fault_of(capped: &Capped) -> BodyFault {
    if capped.over { BodyFault::TooLarge } else { BodyFault::Damaged }
}

/// A buffer that refuses to grow beyond its cap.
struct Capped {
    bytes: Vec<u8>,
    cap: usize,
    over: bool,
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.len() > self.cap - self.bytes.len() {
            self.over = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).expect("encode");
        encoder.finish().expect("encode")
    }

    fn sink(encoding: &'static str, cap: usize) -> Option<Sink> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        Sink::new(&headers, cap)
    }

    fn decode(data: &[u8], cap: usize) -> Result<Vec<u8>, BodyFault> {
        let mut sink = sink("gzip", cap).expect("gzip is known");
        for piece in data.chunks(7) {
            sink.push(piece)?;
        }
        sink.finish()
    }

    #[test]
    fn gzip_is_whole_or_an_error_at_every_cut() {
        let text = br#"{"state":"open","items":[1,2,3,4,5,6,7,8,9]}"#.repeat(20);
        let packed = gzip(&text);
        assert_eq!(decode(&packed, 1 << 20).as_deref(), Ok(text.as_slice()));
        for end in 1..packed.len() {
            assert_eq!(decode(&packed[..end], 1 << 20), Err(BodyFault::Damaged), "cut at {end}");
        }
        let trailing = [packed.as_slice(), b"junk"].concat();
        assert_eq!(decode(&trailing, 1 << 20), Err(BodyFault::Damaged));
    }

    #[test]
    fn the_cap_counts_decoded_bytes() {
        let packed = gzip(&vec![0; 100_000]);
        assert!(packed.len() < 1000);
        assert_eq!(decode(&packed, 99_999), Err(BodyFault::TooLarge));
        assert_eq!(decode(&packed, 100_000).map(|body| body.len()), Ok(100_000));
    }

    #[test]
    fn an_encoding_that_was_not_asked_for_is_refused() {
        assert!(sink("br", 10).is_none());
        assert!(sink("gzip, gzip", 10).is_none());
        assert!(sink("GZIP", 10).is_some());
    }
}
