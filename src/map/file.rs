//! Reads and writes mapping files.

use std::path::Path;

use super::Mapping;
use crate::error::{Error, Result};
use crate::schema::closest;

impl Mapping {
    /// Reads a mapping from a `.toml` or `.json` file. The error names the
    /// file, the line and the column.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let parse = match path.extension().and_then(|extension| extension.to_str()) {
            #[cfg(feature = "toml")]
            Some("toml") => parse_toml,
            #[cfg(feature = "json")]
            Some("json") => parse_json,
            _ => return Err(Error::bind("a mapping is a .toml or a .json file").at(file)),
        };
        let text =
            std::fs::read_to_string(path).map_err(|error| Error::io("cannot read", error).at(&file))?;
        let mut mapping =
            parse(text.trim_start_matches('\u{feff}')).map_err(|misfit| misfit.in_file(&file))?;
        mapping.file = Some(file);
        Ok(mapping)
    }

    /// Reads a mapping from TOML.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self> {
        parse_toml(text).map_err(|misfit| misfit.in_file("mapping"))
    }

    /// Reads a mapping from JSON, with the same keys as in TOML.
    #[cfg(feature = "json")]
    pub fn from_json(text: &str) -> Result<Self> {
        parse_json(text).map_err(|misfit| misfit.in_file("mapping"))
    }

    /// Writes the mapping as JSON. Fails if there is a closure in it.
    #[cfg(feature = "json")]
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|error| Error::other(error.to_string()).at("mapping"))
    }
}

/// Reads whatever a TOML file says. The error names the file, the line and the column.
#[cfg(feature = "migration")]
pub(crate) fn read_toml<T: serde::de::DeserializeOwned>(text: &str, file: &str) -> Result<T> {
    parse_toml(text).map_err(|misfit| misfit.in_file(file))
}

/// What does not fit in a file, and where.
struct Misfit {
    line: usize,
    column: usize,
    message: String,
}

impl Misfit {
    fn in_file(self, file: &str) -> Error {
        Error::format(explain(&self.message)).at(format!("{file}:{}:{}", self.line, self.column))
    }
}

#[cfg(feature = "toml")]
fn parse_toml<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    toml::from_str(text).map_err(|error| {
        let head = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line_start = head.rfind('\n').map_or(0, |newline| newline + 1);
        Misfit {
            line: head.matches('\n').count() + 1,
            column: head[line_start..].chars().count() + 1,
            message: error.message().to_owned(),
        }
    })
}

#[cfg(feature = "json")]
fn parse_json(text: &str) -> Result<Mapping, Misfit> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column, message) = (error.line(), error.column(), error.to_string());
        let place = format!(" at line {line} column {column}");
        Misfit { line, column, message: message.strip_suffix(&place).unwrap_or(&message).to_owned() }
    })
}

/// Rewords serde's "unknown field `a`, expected one of `b`, `c`".
fn explain(message: &str) -> String {
    let what = if message.starts_with("unknown field") {
        "key"
    } else if message.starts_with("unknown variant") {
        "value"
    } else {
        return message.to_owned();
    };
    let mut names = message.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    let known: Vec<&str> = names.collect();
    let meant = match closest(name, known.iter().copied()) {
        Some(meant) => format!(", did you mean `{meant}`?"),
        None => ".".to_owned(),
    };
    format!("unknown {what} `{name}`{meant} The {what}s are: {}", known.join(", "))
}

#[cfg(all(test, feature = "toml", feature = "json"))]
mod tests {
    use super::super::testing::{run, texts};
    use super::super::{FieldMapper, Unknown, from, one_of};
    use super::*;
    use crate::Schema;

    fn toml_error(text: &str) -> String {
        Mapping::from_toml(text).unwrap_err().to_string()
    }

    const EVERY_KEY: &str = r#"{
  "column": [
    {"name": "email", "from": "email"},
    {"name": "name", "from": "客户名称"},
    {"name": "phone", "from": ["手机", "Mobile"], "default": "?"},
    {"name": "city", "first_of": ["city", "town"]},
    {"name": "full_name", "join": ["last", "first"], "with": ""},
    {"name": "given", "from": "name", "split": {"at": " ", "part": 1}},
    {"name": "source", "constant": "legacy"},
    {"name": "stage", "from": "阶段", "values": {"新": "new", "成交": "won"}, "unknown": {"value": "other"}},
    {"name": "born", "from": "生日", "kind": "date"}
  ],
  "filter_out": [
    {"reason": "closed", "column": "status", "one_of": "closed"},
    {"reason": "abroad", "column": "country", "none_of": ["CN", "HK"]}
  ],
  "ignore": ["fax", "备注"],
  "rest": "keep"
}"#;

    #[test]
    fn json_is_written_as_it_was_read() {
        let mapping = Mapping::from_json(EVERY_KEY).unwrap();
        let (read, written): (serde_json::Value, serde_json::Value) = (
            serde_json::from_str(EVERY_KEY).unwrap(),
            serde_json::from_str(&mapping.to_json().unwrap()).unwrap(),
        );
        assert_eq!(written, read);
    }

    #[test]
    fn toml_maps_like_code() {
        let toml = r#"
            rest = "ignore"
            [[column]]
            name = "stage"
            from = "阶段"
            values = { "新" = "new" }
            unknown = "keep"
            [[filter_out]]
            reason = "closed"
            column = "status"
            one_of = "closed"
        "#;
        let code = Mapping::new()
            .field("stage", from("阶段").values([("新", "new")]).unknown(Unknown::Keep))
            .filter_out("closed", one_of("status", "closed"))
            .ignore_rest();
        let read = Mapping::from_toml(toml).unwrap();
        assert_eq!(read.to_json().unwrap(), code.to_json().unwrap());
        assert_eq!(texts(&run(read, &["阶段", "status", "id"], &["新", "", "1"])), ["new"]);
    }

    #[test]
    fn a_misspelt_key_is_told_with_its_place_and_the_keys_there_are() {
        let keys = "name, from, first_of, join, with, constant, split, values, unknown, default, kind";
        assert_eq!(
            toml_error("[[column]]\nname = \"a\"\nform = \"b\"\n"),
            format!("mapping:3:1: unknown key `form`, did you mean `from`? The keys are: {keys}")
        );
        assert_eq!(
            Mapping::from_json("{\"colunm\": []}").unwrap_err().to_string(),
            "mapping:1:9: unknown key `colunm`, did you mean `column`? \
             The keys are: column, filter_out, ignore, rest"
        );
        assert_eq!(
            toml_error("rest = \"drop\""),
            "mapping:1:8: unknown value `drop`. The values are: refuse, keep, ignore"
        );
    }

    #[test]
    fn what_a_file_gets_wrong_is_told_with_its_place() {
        let cases = [
            ("[[column]\n", "mapping:1:10: unclosed array table, expected `]`"),
            ("[[column]]\nfrom = \"a\"\n", "mapping:1:1: missing field `name`"),
            ("\n[[column]]\nname = \"a\"\nfrom = 1\n", "mapping:4:8: expected a string or a list of strings"),
            (
                "[[column]]\nname = \"a\"\nfrom = \"b\"\nconstant = \"c\"\n",
                "mapping:1:1: column `a`: only one of `from`, `first_of`, `join` and `constant` can be given",
            ),
            (
                "[[column]]\nname = \"a\"\njoin = [\"b\"]\n",
                "mapping:1:1: column `a`: `join` and `with` need each other",
            ),
            (
                "[[filter_out]]\nreason = \"a\"\ncolumn = \"b\"\n",
                "mapping:1:1: filter `a`: give either `one_of` or `none_of`",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(toml_error(text), message);
        }
        assert_eq!(
            Mapping::from_json("{\"rest\": \"keep\",\n}").unwrap_err().to_string(),
            "mapping:2:1: trailing comma"
        );
    }

    #[test]
    fn a_file_is_read_by_its_extension_and_named_in_errors() {
        let folder = tempfile::tempdir().unwrap();
        let load = |name: &str, text: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            let result = Mapping::load(&path);
            let shorten = |error: Error| error.to_string().replace(&path.display().to_string(), name);
            (result.map_err(shorten), name.to_owned(), path)
        };
        let (mapping, _, path) = load("good.toml", "\u{feff}[[column]]\nname = \"a\"\n".as_bytes());
        let unfit = mapping.unwrap().bind(&Schema::text(["b"]).unwrap()).unwrap_err().to_string();
        assert_eq!(
            unfit,
            format!(
                "{}: no column `a`; not mapped, kept or ignored: b. The source's columns are: b",
                path.display()
            )
        );
        let error = |name: &str, text: &[u8]| load(name, text).0.unwrap_err();
        assert_eq!(error("bad.json", b"{"), "bad.json:1:1: EOF while parsing an object");
        assert_eq!(error("a.yaml", b""), "a.yaml: a mapping is a .toml or a .json file");
        assert_eq!(
            error("gbk.toml", b"name = \"\xBF\xCD\""),
            "gbk.toml: cannot read: stream did not contain valid UTF-8"
        );
        assert_eq!(
            Mapping::load("missing.toml").unwrap_err().to_string(),
            "missing.toml: cannot read: No such file or directory (os error 2)"
        );
    }

    #[test]
    fn a_closure_cannot_be_written() {
        let score = super::super::compute(["a"], |[a]| Ok(a.to_string()));
        assert_eq!(
            Mapping::new().field("score", score).to_json().unwrap_err().to_string(),
            "mapping: column `score`: a file cannot hold a closure"
        );
        let test = super::super::when(["a"], |[a]| Ok(a.is_null()));
        assert_eq!(
            Mapping::new().filter_out("none", test).to_json().unwrap_err().to_string(),
            "mapping: filter `none`: a file cannot hold a closure"
        );
    }
}
