//! Where a guarded client may connect. The name is resolved once; every address it has is checked; the connection
//! goes to one of those addresses and to no other, so that a name that changes its mind (DNS rebinding) gains nothing.

use std::{
    collections::BTreeSet,
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use reqwest::{
    Url,
    dns::{Name, Resolve, Resolving},
};

use super::{
    HttpError,
    address::{AddressClass, class},
    error::host_of,
};

/// Turns a name into addresses.
pub trait HostLookup: Send + Sync {
    /// All addresses of `host`.
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

/// What a guarded client may do.
pub struct Guard {
    /// Hosts that may have private addresses, in lower case; the user's settings name them.
    pub private: BTreeSet<String>,
    /// How names become addresses.
    pub lookup: Arc<dyn HostLookup>,
    /// Roots to trust beside the system's, in DER.
    pub roots: Vec<Vec<u8>>,
}

/// The address has a class that may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is {0}")]
pub(super) struct Forbidden(pub(super) &'static str);

/// The guard as reqwest asks it.
#[derive(Debug)]
pub(super) struct GuardedResolver(pub(super) Arc<Guard>);

impl Guard {
    /// Only public addresses, by the system's resolver.
    pub fn new(private: impl IntoIterator<Item = String>) -> Self {
        let private = private.into_iter().map(|host| host.to_ascii_lowercase()).collect();
        Self { private, lookup: Arc::new(SystemLookup), roots: Vec::new() }
    }

    /// An address in place of a name is never looked up, so it is checked here.
    pub(super) fn check(&self, url: &Url) -> Result<(), HttpError> {
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let Ok(address) = bare.parse() else { return Ok(()) };
        let checked = self.admit(bare, address);
        checked.map_err(|Forbidden(class)| HttpError::Forbidden { host: host_of(url), class })
    }

    fn admit(&self, host: &str, address: IpAddr) -> Result<(), Forbidden> {
        match class(address) {
            AddressClass::Public => Ok(()),
            AddressClass::Private(_) if self.private.contains(&host.to_ascii_lowercase()) => Ok(()),
            AddressClass::Private(class) | AddressClass::Unusable(class) => Err(Forbidden(class)),
        }
    }

    /// The addresses of a name, if all of them may be asked.
    async fn addresses(
        &self,
        host: String,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.lookup.lookup(host.clone()).await?;
        for address in &found {
            self.admit(&host, *address)?;
        }
        // Port 0: the one of the URL.
        Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("private", &self.private).finish_non_exhaustive()
    }
}

impl HostLookup for SystemLookup {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, host) = (Arc::clone(&self.0), name.as_str().to_owned());
        Box::pin(async move {
            let addresses = guard.addresses(host).await?;
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(&'static str);

    impl HostLookup for Says {
        fn lookup(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let found = self.0.split(' ').map(|text| text.parse().unwrap()).collect();
            Box::pin(std::future::ready(Ok(found)))
        }
    }

    async fn admitted(private: &[&str], host: &str, says: &'static str) -> bool {
        let private = private.iter().map(|&host| host.to_owned()).collect();
        let guard = Guard { private, lookup: Arc::new(Says(says)), roots: Vec::new() };
        guard.addresses(host.to_owned()).await.is_ok()
    }

    #[tokio::test]
    async fn one_bad_address_among_good_ones_is_enough() {
        assert!(admitted(&[], "h", "8.8.8.8 2606:4700::1111").await);
        assert!(!admitted(&[], "h", "8.8.8.8 10.0.0.1").await);
        assert!(!admitted(&[], "h", "8.8.8.8 ::ffff:127.0.0.1").await);
    }

    #[tokio::test]
    async fn only_the_very_host_that_is_marked_may_be_private() {
        assert!(admitted(&["h"], "H", "10.0.0.1 ::1").await);
        assert!(!admitted(&["h"], "x.h", "10.0.0.1").await);
        assert!(!admitted(&["h"], "h.", "10.0.0.1").await);
        assert!(!admitted(&["h"], "h", "224.0.0.1").await, "never a server");
    }

    #[test]
    fn addresses_in_place_of_names_are_checked_in_every_spelling() {
        let guard = Guard::new([]);
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://169.254.169.254/",
        ] {
            assert!(guard.check(&Url::parse(url).unwrap()).is_err(), "{url}");
        }
        assert!(guard.check(&Url::parse("https://8.8.8.8/").unwrap()).is_ok());
        assert!(Guard::new(["::1".into()]).check(&Url::parse("https://[::1]:8443/").unwrap()).is_ok());
    }
}
