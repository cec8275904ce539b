//! One name or several.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One column name or several, or one value or several: what takes names takes
/// whatever converts into them.
///
/// ```
/// use handover::Names;
///
/// let one: Names = "email".into();
/// let several: Names = ["Mobile", "电话"].into();
/// assert!(one.iter().chain(several.iter()).map(|name| &**name).eq(["email", "Mobile", "电话"]));
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "OneOrMany", into = "OneOrMany")]
pub struct Names(Vec<Arc<str>>);

impl Names {
    /// The names, in the order in which they were given.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<str>> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names as a list.
    pub(crate) fn as_slice(&self) -> &[Arc<str>] {
        &self.0
    }

    pub(crate) fn extend(&mut self, more: Names) {
        self.0.extend(more.0);
    }
}

impl From<&str> for Names {
    fn from(name: &str) -> Self {
        Names(vec![name.into()])
    }
}

impl From<String> for Names {
    fn from(name: String) -> Self {
        Names(vec![name.into()])
    }
}

impl<N: Into<Arc<str>>, const COUNT: usize> From<[N; COUNT]> for Names {
    fn from(names: [N; COUNT]) -> Self {
        Names(names.into_iter().map(Into::into).collect())
    }
}

impl<N: Into<Arc<str>>> From<Vec<N>> for Names {
    fn from(names: Vec<N>) -> Self {
        Names(names.into_iter().map(Into::into).collect())
    }
}

/// A name as SQL takes it, whatever is in it.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How a file writes names: a string or a list of strings.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Names {
    fn from(names: OneOrMany) -> Self {
        match names {
            OneOrMany::One(name) => name.into(),
            OneOrMany::Many(names) => names.into(),
        }
    }
}

impl From<Names> for OneOrMany {
    fn from(names: Names) -> Self {
        match names.0.as_slice() {
            [name] => OneOrMany::One(name.to_string()),
            names => OneOrMany::Many(names.iter().map(ToString::to_string).collect()),
        }
    }
}

#[cfg(all(test, any(feature = "sqlite", feature = "postgres")))]
mod tests {
    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(super::quoted(r#"x"; DROP TABLE y; --"#), r#""x""; DROP TABLE y; --""#);
    }
}
