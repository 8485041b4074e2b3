//! Which network addresses Rollcall goes to when somebody gives it a name: sites that are connected over the API, webhooks.
//!
//! Whoever may enter an address must not be able to reach with it what only this machine reaches: a metadata service, a database, a page
//! of administration. The rule is about addresses, not names: it is asked about each address a name leads to, at the moment of connecting.

use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is not public (IANA's registries of special-purpose addresses, RFC 6890 and its updates), each with what it is.
const SPECIAL: &[(&str, &str)] = &[
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "a provider's shared space"),
    ("127.0.0.0/8", "this machine"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved for protocols"),
    ("192.0.2.0/24", "for documentation"),
    ("192.88.99.0/24", "a relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "this machine"),
    ("64:ff9b:1::/48", "a translation prefix"),
    ("100::/64", "discarded"),
    ("2001::/23", "reserved for protocols"),
    ("2001:db8::/32", "for documentation"),
    ("3fff::/20", "for documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private"),
    ("ff00::/8", "multicast"),
];

/// Which addresses may be gone to: every public one, and of the others those that the configuration allows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressRule {
    allowed: Vec<IpNet>,
}

/// An address that must not be gone to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address} is not a public address ({what}), and Rollcall goes to such only where rollcall.yaml names it: under \
     `server.allow-private-addresses` for sites, under `webhooks.allow-private-addresses` for webhooks"
)]
pub struct ForbiddenAddress {
    /// Which.
    pub address: IpAddr,
    /// What it is: `private`, `this machine`.
    pub what: &'static str,
}

impl AddressRule {
    /// Public addresses alone.
    pub const fn public_only() -> Self {
        Self { allowed: Vec::new() }
    }

    /// Public addresses, and these.
    pub fn allowing(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self { allowed: networks.into_iter().collect() }
    }

    /// Every address: for whoever is at a shell of this machine, and could go there without Rollcall.
    pub fn everything() -> Self {
        Self::allowing([
            IpNet::new_assert(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
            IpNet::new_assert(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0),
        ])
    }

    /// Whether the address may be gone to.
    pub fn check(&self, address: IpAddr) -> Result<(), ForbiddenAddress> {
        let real = embedded(address);
        if self.allowed.iter().any(|net| net.contains(&address) || net.contains(&real)) {
            return Ok(());
        }
        match special(real).or_else(|| special(address)) {
            Some(what) => Err(ForbiddenAddress { address, what }),
            None => Ok(()),
        }
    }
}

/// The IPv4 address that an IPv6 one leads to: mapped, translated (RFC 6052, and RFC 2765 §2.1 before it) or 6to4.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let of = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => of(high, low),
        // "Compatible" addresses are long gone, but a system may still send them to IPv4. ::1 and :: are what they are.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => of(high, low),
        _ => address,
    }
}

fn special(address: IpAddr) -> Option<&'static str> {
    let is_in = |net: &str| net.parse::<IpNet>().is_ok_and(|net| net.contains(&address));
    SPECIAL.iter().find(|(net, _)| is_in(net)).map(|(_, what)| *what)
}

impl fmt::Display for AddressRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("public addresses")?;
        self.allowed.iter().try_for_each(|net| write!(f, ", {net}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(rule: &AddressRule, address: &str) -> bool {
        rule.check(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn every_special_range_is_written_as_a_network() {
        for (net, what) in SPECIAL {
            let parsed: IpNet = net.parse().unwrap_or_else(|error| panic!("{net}: {error}"));
            assert_eq!(parsed.trunc(), parsed, "{net}");
            assert!(!what.is_empty());
        }
    }

    #[test]
    fn public_addresses_may_be_gone_to_and_others_not() {
        let rule = AddressRule::public_only();
        for public in ["1.1.1.1", "104.192.142.9", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(may(&rule, public), "{public}");
        }
        for other in [
            "127.0.0.1",
            "127.8.9.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!may(&rule, other), "{other}");
        }
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_still_that_address() {
        let rule = AddressRule::public_only();
        for clothed in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:7f00:1",
            "64:ff9b::a9fe:a9fe",
            "::10.0.0.1",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(!may(&rule, clothed), "{clothed}");
        }
        let office = AddressRule::allowing(["10.0.0.0/8".parse().unwrap()]);
        assert!(may(&office, "::ffff:10.0.0.1"));
    }

    #[test]
    fn what_the_configuration_allows_is_allowed_and_nothing_beside_it() {
        let rule = AddressRule::allowing(["10.20.0.0/16".parse().unwrap(), "fd12::/16".parse().unwrap()]);
        assert!(may(&rule, "10.20.3.4") && may(&rule, "fd12::1") && may(&rule, "1.1.1.1"));
        assert!(!may(&rule, "10.21.3.4") && !may(&rule, "fd13::1") && !may(&rule, "127.0.0.1"));
        assert!(may(&AddressRule::everything(), "127.0.0.1") && may(&AddressRule::everything(), "::1"));
        let words = rule.check("169.254.169.254".parse().unwrap()).unwrap_err().to_string();
        assert!(words.contains("169.254.169.254") && words.contains("link-local"), "{words}");
    }
}
