//! Where the hardware service is: `HARDWARE_HOST` as a host, a host with a port, or a URL.

use reqwest::Url;

/// The port of a hardware service whose address names none.
const DEFAULT_PORT: u16 = 5001;

/// Reads `HARDWARE_HOST`. (The loader has already dropped a value such as `tcp://10.96.0.12:5001`, which
/// Docker and Kubernetes put into the environment of their own accord.)
///
/// # Errors
/// A sentence for the operator that says what the value should be.
pub fn base_url(value: &str) -> Result<Url, String> {
    let value = value.trim();
    if value.contains("://") { from_url(value) } else { from_host(value) }
}

fn from_url(value: &str) -> Result<Url, String> {
    let mut url = Url::parse(value).map_err(|error| wrong(value, &error.to_string()))?;
    if url.scheme() != "http" {
        return Err(wrong(value, "only http:// is spoken between the services"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("`hardware_host` (HARDWARE_HOST) must not carry a user or a password".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

fn from_host(value: &str) -> Result<Url, String> {
    let bare_ipv6 = value.parse::<std::net::Ipv6Addr>().is_ok();
    let host = if bare_ipv6 { format!("[{value}]") } else { value.to_owned() };
    if host.contains(['/', '?', '#', '@']) {
        return Err(wrong(value, "a host has no path"));
    }
    let mut url = Url::parse(&format!("http://{host}/")).map_err(|error| wrong(value, &error.to_string()))?;
    // `Url` drops a port that is the scheme's own: only the text tells `host:80` from `host`.
    let named_port = host.rsplit_once(']').map_or(host.as_str(), |(_, rest)| rest).contains(':');
    if !named_port && url.set_port(Some(DEFAULT_PORT)).is_err() {
        return Err(wrong(value, "it cannot carry a port"));
    }
    Ok(url)
}

fn wrong(value: &str, why: &str) -> String {
    format!(
        "`hardware_host` (HARDWARE_HOST) is `{value}`: {why}; write a host, host:port or http://host:port"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> String {
        base_url(value).unwrap().to_string()
    }

    #[test]
    fn a_host_alone_gets_the_default_port() {
        assert_eq!(read("localhost"), "http://localhost:5001/");
        assert_eq!(read(" hardware "), "http://hardware:5001/");
        assert_eq!(read("10.0.0.7"), "http://10.0.0.7:5001/");
        assert_eq!(read("::1"), "http://[::1]:5001/");
        assert_eq!(read("[::1]"), "http://[::1]:5001/");
    }

    #[test]
    fn a_port_that_is_named_stays_also_when_it_is_80() {
        assert_eq!(read("hardware:8080"), "http://hardware:8080/");
        assert_eq!(read("[::1]:8080"), "http://[::1]:8080/");
        assert_eq!(read("hardware:80"), "http://hardware/");
    }

    #[test]
    fn a_url_is_taken_as_it_is_and_keeps_its_path() {
        assert_eq!(read("http://hardware"), "http://hardware/");
        assert_eq!(read("http://hardware:5001/"), "http://hardware:5001/");
        assert_eq!(read("http://gate/api?x=1#y"), "http://gate/api/");
    }

    #[test]
    fn what_cannot_be_an_address_is_named() {
        for bad in
            ["https://hardware", "hard ware", "host/path", "host:port", "ftp://x", "http://", "a@b", ""]
        {
            let told = base_url(bad).unwrap_err();
            assert!(told.contains("HARDWARE_HOST") && told.contains(bad), "{bad}: {told}");
        }
        let told = base_url("http://user:geheim@hardware").unwrap_err();
        assert!(!told.contains("geheim"), "{told}");
    }
}
