//! Where the records of a file go.

use std::borrow::Cow;
use std::path::Path;

use crate::error::{Error, Result};
use crate::formats::with_feature;
use crate::migration::target::{SqliteTarget, Target};

/// The target that a line of the file names: `sqlite:PATH` or `postgres://…`.
pub(super) fn open(named: &str, password: Option<&str>, folder: &Path) -> Result<Box<dyn Target>> {
    if let Some(path) = named.strip_prefix("sqlite:") {
        return match password {
            None => Ok(Box::new(SqliteTarget::path(folder.join(path)))),
            Some(_) => Err(Error::bind("a SQLite database has no password")),
        };
    }
    if named.starts_with("postgres://") || named.starts_with("postgresql://") {
        let password = password.map(from_environment).transpose()?;
        let url = match &password {
            Some(password) => Cow::Owned(with_password(named, password)?),
            None => Cow::Borrowed(named),
        };
        return postgres(&url);
    }
    Err(Error::bind("a target is `sqlite:PATH` or `postgres://USER@HOST/DATABASE`"))
}

#[cfg_attr(
    not(feature = "postgres"),
    expect(unused_variables, reason = "without it there is nothing to connect to")
)]
fn postgres(url: &str) -> Result<Box<dyn Target>> {
    with_feature!("postgres", "PostgreSQL", {
        Ok(Box::new(crate::migration::target::PostgresTarget::connect(url)))
    })
}

fn from_environment(source: &str) -> Result<String> {
    let Some(name) = source.strip_prefix("env:") else {
        return Err(Error::bind("a password is named as env:NAME, and never stands there itself"));
    };
    std::env::var(name).map_err(|_| Error::bind(format!("there is no environment variable {name}")))
}

/// A URL with a password behind its user.
fn with_password(url: &str, password: &str) -> Result<String> {
    let wrong = || Error::bind("the URL has no user whose password it could be, or has one already");
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (user, _) = authority.rsplit_once('@').ok_or_else(wrong)?;
    if user.contains(':') {
        return Err(wrong());
    }
    let mut escaped = String::new();
    for byte in password.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped += &format!("%{byte:02X}"),
        }
    }
    Ok(format!("{scheme}://{user}:{escaped}{}", &rest[user.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_behind_the_user() {
        let url = with_password("postgres://li@crm:5432/crm?a=b@c", "p@s:/ß").unwrap();
        assert_eq!(url, "postgres://li:p%40s%3A%2F%C3%9F@crm:5432/crm?a=b@c");
        for url in ["postgres://crm/x", "postgres://li:x@crm/x"] {
            assert!(with_password(url, "x").is_err());
        }
    }

    #[test]
    fn what_is_no_target_is_told() {
        let error = |named, password| open(named, password, Path::new("")).map(drop).unwrap_err().to_string();
        assert_eq!(error("mysql://x", None), "a target is `sqlite:PATH` or `postgres://USER@HOST/DATABASE`");
        assert_eq!(error("sqlite:x", Some("env:X")), "a SQLite database has no password");
        assert_eq!(
            error("postgres://li@x", Some("hunter2")),
            "a password is named as env:NAME, and never stands there itself"
        );
    }
}
