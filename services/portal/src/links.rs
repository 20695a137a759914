//! Query strings: written here, and read here, so that a link means what the form would have sent.

/// Writes `pairs` as a query string without `?`; a pair with an empty value is left out.
///
/// Percent-encoding as in RFC 3986, section 3.4. `:` `/` and `,` may stand in a query as they are, and a
/// link with `14:00` in it can be read by a person.
#[must_use]
pub fn query_string(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

/// `path`, and `?query` where there is one.
#[must_use]
pub fn link(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = query_string(pairs);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Reads a query string. `+` is a blank, bytes that are no UTF-8 become U+FFFD, and a broken escape stays
/// as it is: a link somebody mangled still shows a page.
#[must_use]
pub fn read_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b',' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(hex_digit(byte >> 4));
                out.push(hex_digit(byte & 15));
            }
        }
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, escaped(bytes, at)) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn escaped(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
    u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let pairs = [
            ("q", "a&b=c #1 + 100 % \"><script>"),
            ("provider", "Lab B2, Köln"),
            ("from", "2026-06-11T14:00"),
        ];
        let read = read_query(&query_string(&pairs));
        let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(read, pairs);
    }

    #[test]
    fn a_time_stays_readable_and_an_empty_value_is_left_out() {
        assert_eq!(
            link("/", &[("from", "2026-06-11T14:00"), ("q", ""), ("qty", "2")]),
            "/?from=2026-06-11T14:00&qty=2"
        );
        assert_eq!(link("/", &[("q", "")]), "/");
    }

    #[test]
    fn a_mangled_query_is_read_as_far_as_it_goes() {
        let read = read_query("q=100%&&provider=%zz%4&tag=%ff&free_only");
        let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(read, [("q", "100%"), ("provider", "%zz%4"), ("tag", "\u{fffd}"), ("free_only", "")]);
    }
}
