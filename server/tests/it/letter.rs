//! A mail as it arrived: headers, and the words that a person reads.

/// A mail.
#[derive(Debug)]
pub(crate) struct Letter {
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Letter {
    /// Reads RFC 5322 as the post writes it: folded headers, and one part of plain text, quoted-printable.
    pub(crate) fn read(mail: &str) -> Self {
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ");
        let pair =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let letter = Self { headers: unfolded.split("\r\n").filter_map(pair).collect(), body: decoded(body) };
        assert_eq!(letter.header("Content-Type"), "text/plain; charset=utf-8");
        assert_eq!(letter.header("Content-Transfer-Encoding"), "quoted-printable");
        letter
    }

    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The path of the address in the body that begins so, as a browser would ask for it.
    #[track_caller]
    pub(crate) fn path(&self, starts: &str) -> String {
        let here = format!("https://{}", crate::browser::HOST);
        let mut paths = self.body.split_whitespace().filter_map(|word| word.strip_prefix(&here));
        let found = paths.find(|path| path.starts_with(starts));
        found.unwrap_or_else(|| panic!("no address {starts:?} in: {}", self.body)).to_owned()
    }
}

/// Quoted-printable (RFC 2045 §6.7).
fn decoded(body: &str) -> String {
    let body = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let pair = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}
