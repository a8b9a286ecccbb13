//! What kind of address a server has: addresses that are not public are not asked just because a file names them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressClass {
    /// On the internet.
    Public,
    /// Inside: asked only if the user says that the host is private.
    Private(&'static str),
    /// No server has it: never asked.
    Unusable(&'static str),
}

use AddressClass::{Private, Public, Unusable};

/// Sorts an address by the registries of special addresses (RFC 6890 and what came after).
pub(super) fn class(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => class_v4(address),
        IpAddr::V6(address) => class_v6(address),
    }
}

fn class_v4(address: Ipv4Addr) -> AddressClass {
    match address.octets() {
        [0, ..] => Unusable("of no network"),
        [127, ..] => Private("of this machine (loopback)"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Private("private"),
        [169, 254, ..] => Private("link-local"),
        [100, 64..=127, ..] => Private("behind a provider's NAT"),
        [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => Unusable("reserved"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Unusable("for documentation"),
        [224..=239, ..] => Unusable("multicast"),
        [240..=255, ..] => Unusable("reserved"),
        _ => Public,
    }
}

fn class_v6(address: Ipv6Addr) -> AddressClass {
    if let Some(inside) = embedded(address) {
        // Another way to write a v4 address; a server that is public has no need of it.
        return match class_v4(inside) {
            Public => Unusable("a v4 address in v6 clothes"),
            other => other,
        };
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Unusable("of no network"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Private("of this machine (loopback)"),
        [0xfc00..=0xfdff, ..] => Private("private"),
        [0xfe80..=0xfebf, ..] => Private("link-local"),
        [0xff00..=0xffff, ..] => Unusable("multicast"),
        [0x2001, 0..=0x01ff, ..] | [0x2002, ..] => Unusable("of a tunnel"),
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Unusable("for documentation"),
        [0x2000..=0x3fff, ..] => Public,
        _ => Unusable("reserved"),
    }
}

/// The v4 address inside a mapped, compatible or translated (NAT64) v6 address.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b] = address.segments();
    let inside = Ipv4Addr::from((u32::from(a) << 16) | u32::from(b));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            Some(inside)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(text: &str) -> char {
        match class(text.parse().unwrap_or_else(|_| panic!("{text}"))) {
            Public => '+',
            Private(_) => '~',
            Unusable(_) => '-',
        }
    }

    #[test]
    fn every_block_of_the_registries_is_sorted_at_both_its_ends() {
        let table = [
            (
                '-',
                "0.0.0.0 0.255.255.255 192.0.0.0 192.0.0.255 192.0.2.1 192.88.99.1 198.18.0.0 198.19.255.255",
            ),
            ('-', "198.51.100.1 203.0.113.255 224.0.0.1 239.255.255.255 240.0.0.0 255.255.255.255"),
            ('~', "127.0.0.1 127.255.255.255 10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.1"),
            ('~', "192.168.255.255 169.254.0.0 169.254.169.254 169.254.255.255 100.64.0.0 100.127.255.255"),
            ('+', "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0"),
            (
                '+',
                "169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255",
            ),
            ('+', "192.169.0.0 198.17.255.255 198.20.0.0 203.0.114.0 223.255.255.255 8.8.8.8"),
            (
                '-',
                ":: ff02::1 ffff:: 100::1 200::1 64:ff9b:1::1 2001::1 2001:1ff::1 2001:db8::1 2002:7f00:1::1",
            ),
            ('-', "3fff::1 3fff:fff:: 4000:: fec0::1 5f00::1 ::ffff:8.8.8.8 ::8.8.8.8 64:ff9b::808:808"),
            (
                '~',
                "::1 fc00::1 fdff:ffff::1 fe80::1 febf::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254",
            ),
            ('~', "64:ff9b::127.0.0.1 64:ff9b::a00:1 ::127.0.0.1 ::ffff:0:10.0.0.1"),
            ('+', "2000::1 2001:200::1 2001:4860:4860::8888 2606:4700::1111 2a00::1 3ffe::1 3fff:1000::1"),
        ];
        for (expected, addresses) in table {
            for address in addresses.split(' ') {
                assert_eq!(sort(address), expected, "{address}");
            }
        }
    }
}
