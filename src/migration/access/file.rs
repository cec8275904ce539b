//! A matrix in TOML.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::matrix::Matrix;
use super::role::{Rights, Role};
use crate::error::{Error, Result};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    roles: Roles,
}

/// Roles, as a file has them: what each gives, by entity.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::migration) struct Roles(BTreeMap<String, BTreeMap<String, Rights>>);

impl From<Roles> for Matrix {
    fn from(Roles(roles): Roles) -> Self {
        let roles = roles.into_iter().map(|(name, entities)| (name.clone(), Role { name, entities }));
        Matrix { roles: roles.collect() }
    }
}

impl Matrix {
    /// Reads a matrix from a TOML file. The error names the file, the line and the column.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let file = path.as_ref().display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| Error::io("cannot read", error).at(&file))?;
        parse(&text, &file)
    }

    /// Reads a matrix from TOML: a table for each role, in which each entity
    /// says what the role can do with its rows and fields.
    ///
    /// ```
    /// use handover::migration::access::Matrix;
    ///
    /// let matrix = Matrix::from_toml(
    ///     r#"
    ///     [roles.sales]
    ///     contact = { read = "team", write = "own", hidden = ["salary"], read_only = ["credit_limit"] }
    ///     company = { read = "all" }
    ///
    ///     [roles.lead.contact]
    ///     read = "all"
    ///     write = "team"
    ///     transfer = "team"
    ///     "#,
    /// )?;
    /// # Ok::<(), handover::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        parse(text, "matrix")
    }
}

fn parse(text: &str, file: &str) -> Result<Matrix> {
    let text = text.trim_start_matches('\u{feff}');
    let parsed: File = toml::from_str(text).map_err(|error| {
        let head = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line_start = head.rfind('\n').map_or(0, |newline| newline + 1);
        let (line, column) = (head.matches('\n').count() + 1, head[line_start..].chars().count() + 1);
        Error::format(error.message().to_owned()).at(format!("{file}:{line}:{column}"))
    })?;
    Ok(parsed.roles.into())
}

#[cfg(test)]
mod tests {
    use super::super::role::{Action, Scope};
    use super::*;

    #[test]
    fn a_file_says_what_code_says() {
        let text = r#"
            [roles.sales]
            contact = { read = "team", hidden = ["salary"] }
            [roles.lead.contact]
            transfer = "all"
            read_only = ["limit"]
        "#;
        let sales = Role::new("sales").allow("contact", Action::Read, Scope::Team).hide("contact", "salary");
        let lead =
            Role::new("lead").allow("contact", Action::Transfer, Scope::All).read_only("contact", "limit");
        assert_eq!(Matrix::from_toml(text).unwrap(), Matrix::new().role(sales).role(lead));
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let known = "`read`, `write`, `transfer`, `delete`, `export`, `hidden`, `read_only`";
        let error = |text| Matrix::from_toml(text).unwrap_err().to_string();
        assert_eq!(
            error("[roles.sales]\ncontact = { read = \"teem\" }"),
            "matrix:2:20: unknown variant `teem`, expected one of `none`, `own`, `team`, `all`"
        );
        assert_eq!(
            error("[roles.sales]\ncontact = { reed = \"team\" }"),
            format!("matrix:2:13: unknown field `reed`, expected one of {known}")
        );
        assert_eq!(error("[rolls.sales]"), "matrix:1:2: unknown field `rolls`, expected `roles`");
        assert_eq!(error(""), "matrix:1:1: missing field `roles`");
        assert_eq!(
            Matrix::load("no/such.toml").unwrap_err().to_string(),
            "no/such.toml: cannot read: No such file or directory (os error 2)"
        );
    }
}
