//! Who asks: the peer's address, or what a trusted proxy says of it.

use std::net::IpAddr;

use ipnet::IpNet;
use poem::{Request, http::HeaderMap};

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and CIDR networks, such as `10.0.0.0/8` or `::1`.
    ///
    /// # Errors
    /// The entry that is neither.
    pub fn parse(entries: &[String]) -> Result<Self, String> {
        let read = |entry: &String| {
            entry
                .parse::<IpNet>()
                .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| format!("`{entry}` is neither an address nor a network such as 10.0.0.0/8"))
        };
        entries.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn holds(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&ip))
    }

    /// The client of this request: the rightmost forwarded address that is not a trusted proxy itself.
    /// Anything to the left of it could have been written by the client.
    #[must_use]
    pub fn client_ip(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.holds(peer) {
            return peer;
        }
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','));
        let chain: Vec<_> = forwarded.map(|part| part.trim().parse::<IpAddr>()).collect();
        let mut client = peer;
        for hop in chain.into_iter().rev() {
            let Ok(ip) = hop else { break };
            client = ip.to_canonical();
            if !self.holds(client) {
                break;
            }
        }
        client
    }
}

/// The address of the socket's other end; unspecified where there is none (in-process calls).
#[must_use]
pub fn peer_ip(request: &Request) -> IpAddr {
    request.remote_addr().as_socket_addr().map_or(IpAddr::from([0, 0, 0, 0]), std::net::SocketAddr::ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(trusted: &str, peer: &str, forwarded: &'static str) -> String {
        let trusted = TrustedProxies::parse(&[trusted.to_owned()]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        trusted.client_ip(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_their_own_address() {
        assert_eq!(seen("10.0.0.0/8", "203.0.113.9", "1.2.3.4"), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_the_first_stranger_from_the_right() {
        assert_eq!(seen("10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(seen("10.0.0.0/8", "10.0.0.1", "1.2.3.4, nonsense"), "10.0.0.1");
        assert_eq!(seen("10.0.0.0/8", "::ffff:10.0.0.1", "1.2.3.4"), "1.2.3.4");
    }

    #[test]
    fn an_entry_that_is_no_network_is_named() {
        let error = TrustedProxies::parse(&["10.0.0.0/8".into(), "proxy".into()]).unwrap_err();
        assert!(error.contains("`proxy`"), "{error}");
    }
}
