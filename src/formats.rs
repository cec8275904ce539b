//! Which format an input or an output is in.

use std::path::Path;

use crate::error::Error;

/// The formats that are told by name or by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Delimited text.
    Csv,
    /// Delimited by tabs.
    Tsv,
    Excel,
    Json,
    JsonLines,
    Sqlite,
    Postgres,
}

const ENDINGS: [(&str, Format); 16] = [
    ("csv", Format::Csv),
    ("txt", Format::Csv),
    ("tsv", Format::Tsv),
    ("tab", Format::Tsv),
    ("xlsx", Format::Excel),
    ("xlsm", Format::Excel),
    ("xlsb", Format::Excel),
    ("xls", Format::Excel),
    ("ods", Format::Excel),
    ("json", Format::Json),
    ("jsonl", Format::JsonLines),
    ("ndjson", Format::JsonLines),
    ("db", Format::Sqlite),
    ("sqlite", Format::Sqlite),
    ("sqlite3", Format::Sqlite),
    ("db3", Format::Sqlite),
];

impl Format {
    /// By the name, as [`by_name`](Self::by_name).
    ///
    /// # Errors
    ///
    /// A URL of anything else. It is not shown: it may hold a password.
    pub fn named(name: &Path) -> Result<Option<Self>, Error> {
        let format = Format::by_name(name);
        match name.to_string_lossy().split_once("://") {
            Some((scheme, _)) if format != Some(Format::Postgres) && is_scheme(scheme) => Err(Error::bind(
                format!("`{scheme}://` is not known; the URL of a database begins with `postgres://`"),
            )),
            _ => Ok(format),
        }
    }

    /// By the ending of a name, before `.gz` or `.zst`, or by the scheme of a URL.
    pub fn by_name(name: &Path) -> Option<Self> {
        if is_url(name) {
            return Some(Format::Postgres);
        }
        let plain = name.with_extension("");
        let name = if matches!(ending(name).as_str(), "gz" | "zst") { &plain } else { name };
        let ending = ending(name);
        ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, format)| *format)
    }

    /// By the first bytes, where they tell.
    #[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
    pub fn by_content(head: &[u8]) -> Option<Self> {
        const SIGNATURES: [(&[u8], Format); 3] = [
            (b"PK\x03\x04", Format::Excel),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Format::Excel),
            (b"SQLite format 3\0", Format::Sqlite),
        ];
        let known = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature));
        known.map(|(_, format)| *format).or_else(|| json(head))
    }
}

/// The ending of a name, in lower case.
pub(crate) fn ending(name: &Path) -> String {
    name.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn is_scheme(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_url(name: &Path) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("postgres://") || name.starts_with("postgresql://")
}

/// An array or an object, or one object a line: lines that are objects, each complete.
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
fn json(head: &[u8]) -> Option<Format> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let (first, rest) = text.split_first()?;
    let second = rest.trim_ascii_start().first();
    match (first, second) {
        (b'[', Some(b'{' | b']')) => Some(Format::Json),
        (b'{', Some(b'"' | b'}')) => {
            let line = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
            let (line, rest) = text.split_at(line);
            let lines = line.trim_ascii_end().ends_with(b"}") && rest.trim_ascii_start().starts_with(b"{");
            Some(if lines { Format::JsonLines } else { Format::Json })
        }
        _ => None,
    }
}

/// What is wrong where a format is known and its feature is off.
#[allow(dead_code, reason = "with all features on, none is off")]
pub(crate) fn switched_off(format: &str, feature: &str) -> Error {
    Error::bind(format!("for {format}, switch the feature `{feature}` on"))
}

/// An expression that needs a feature, or the error that says so.
macro_rules! with_feature {
    ($feature:tt, $format:literal, $result:expr) => {{
        #[cfg(feature = $feature)]
        {
            $result
        }
        #[cfg(not(feature = $feature))]
        {
            Err($crate::formats::switched_off($format, $feature))
        }
    }};
}
pub(crate) use with_feature;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells() {
        let told = |name: &str| Format::by_name(Path::new(name));
        assert_eq!(told("a/b.CSV"), Some(Format::Csv));
        assert_eq!(told("b.tsv.gz"), Some(Format::Tsv));
        assert_eq!(told("b.jsonl.zst"), Some(Format::JsonLines));
        assert_eq!(told("b.xls"), Some(Format::Excel));
        assert_eq!(told("b.sqlite3"), Some(Format::Sqlite));
        assert_eq!(told("postgres://u@h/db?sslmode=require"), Some(Format::Postgres));
        assert_eq!([told("b"), told("b.gz"), told("-"), told("csv")], [None; 4]);
    }

    #[test]
    fn a_foreign_url_is_refused_and_not_shown() {
        let said = |name: &str| Format::named(Path::new(name)).map_err(|error| error.to_string());
        let unknown = "is not known; the URL of a database begins with `postgres://`";
        assert_eq!(said("mysql://u:secret@h/d"), Err(format!("`mysql://` {unknown}")));
        assert_eq!(said("POSTGRES://u:secret@h/d"), Err(format!("`POSTGRES://` {unknown}")));
        assert_eq!(said("postgres://u@h/d"), Ok(Some(Format::Postgres)));
        assert_eq!(said("a b://c.csv"), Ok(Some(Format::Csv)));
    }

    #[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
    #[test]
    fn the_content_tells() {
        let told = |head: &str| Format::by_content(head.as_bytes());
        assert_eq!(told("PK\u{3}\u{4}rest"), Some(Format::Excel));
        assert_eq!(told("SQLite format 3\0"), Some(Format::Sqlite));
        assert_eq!(told("\u{FEFF} [\n{\"a\":1}"), Some(Format::Json));
        assert_eq!(told("{\n\"data\": []}"), Some(Format::Json));
        assert_eq!(told("{\"a\":1}"), Some(Format::Json));
        assert_eq!(told("{\"a\":1}\r\n{\"a\":2}\n"), Some(Format::JsonLines));
        assert_eq!([told("name,phone\n"), told("[name],{phone}\n"), told("{x}\n"), told("")], [None; 4]);
    }
}
