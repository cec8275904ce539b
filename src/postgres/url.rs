//! The URL of a database, and what of it may be shown.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ::postgres::Config;
use ::postgres::config::Host;

use crate::error::{Error, Result};

/// How long a server may take to answer at all, where the URL does not say.
const PATIENCE: Duration = Duration::from_secs(30);

/// A database, by its URL.
#[derive(Clone)]
pub(crate) struct Server {
    access: Result<Access, String>,
    /// The URL without user, password and options.
    name: String,
}

/// What it takes to get in.
#[derive(Clone)]
pub(crate) struct Access {
    pub config: Config,
    /// The certificates that are trusted, where the URL names them.
    #[cfg_attr(not(feature = "postgres-tls"), expect(dead_code))]
    pub root: Option<PathBuf>,
}

impl Server {
    /// The database of a URL. What is wrong with the URL is said when it is to be used.
    pub fn new(url: &str) -> Self {
        let access = read(url);
        let name = access.as_ref().map_or_else(|_| "postgres".to_owned(), |access| name(&access.config));
        Server { access, name }
    }

    /// What reports and messages call it: no user, no password.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn access(&self) -> Result<&Access> {
        self.access.as_ref().map_err(|message| Error::bind(message.clone()))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn read(url: &str) -> Result<Access, String> {
    // A parser that takes the wrong one for the end of the password would show the rest of it.
    if url.matches('@').count() > 1 {
        return Err("an `@` in the user's name or the password of a URL is written `%40`".to_owned());
    }
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err("not a URL that begins with `postgres://`".to_owned());
    }
    let (url, root) = with_known_options(url);
    let mut config: Config = url.parse().map_err(|error| explained(&error))?;
    if config.get_hosts().is_empty() {
        config.host("localhost");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    if let (None, Ok(password)) = (config.get_password(), std::env::var("PGPASSWORD")) {
        config.password(password);
    }
    Ok(Access { config, root })
}

/// The URL in the words that the `postgres` crate knows: `verify-full` is what `require` means
/// here, and `sslrootcert` is ours.
fn with_known_options(url: &str) -> (String, Option<PathBuf>) {
    let Some((base, options)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut root = None;
    let mut known = Vec::new();
    for option in options.split('&') {
        match option.split_once('=') {
            Some(("sslrootcert", path)) => root = Some(PathBuf::from(decoded(path))),
            Some(("sslmode", "verify-full" | "verify-ca")) => known.push("sslmode=require"),
            _ => known.push(option),
        }
    }
    (format!("{base}?{}", known.join("&")), root)
}

/// Text with `%2F` and the like undone.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &after[2..]).1,
            None => (bytes.push(byte), rest = after).1,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn explained(error: &::postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn name(config: &Config) -> String {
    let port = |number: usize| match config.get_ports() {
        [] | [5432] => String::new(),
        [port] => format!(":{port}"),
        ports => ports.get(number).map_or_else(String::new, |port| format!(":{port}")),
    };
    let hosts = config.get_hosts().iter().enumerate().map(|(number, host)| match host {
        Host::Tcp(host) => format!("{host}{}", port(number)),
        #[cfg(unix)]
        Host::Unix(_) => String::new(),
    });
    let hosts = hosts.collect::<Vec<_>>().join(",");
    format!("postgres://{hosts}/{}", config.get_dbname().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        match Server::new(url).access() {
            Ok(_) => Server::new(url).name().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn names_show_neither_user_nor_password() {
        assert_eq!(shown("postgres://bob:secret@db.example/crm"), "postgres://db.example/crm");
        assert_eq!(
            shown("postgresql://bob:secret@db:6000/crm?sslmode=verify-full"),
            "postgres://db:6000/crm"
        );
        assert_eq!(shown("postgres://bob:secret@a:1,b:2/crm"), "postgres://a:1,b:2/crm");
        assert_eq!(shown("postgres:///crm?host=/run/pg&user=bob&password=secret"), "postgres:///crm");
        assert_eq!(shown("postgres://bob:secret@db"), "postgres://db/");
        assert_eq!(format!("{:?}", Server::new("postgres://bob:secret@db/crm")), "postgres://db/crm");
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_it() {
        assert_eq!(
            shown("postgres://bob:se@cret@db/crm"),
            "an `@` in the user's name or the password of a URL is written `%40`"
        );
        assert_eq!(shown("mysql://bob:secret@db/crm"), "not a URL that begins with `postgres://`");
        assert_eq!(
            shown("postgres://bob:secret@db/crm?color=red"),
            "invalid connection string: unknown option `color`"
        );
        assert_eq!(
            shown("postgres://bob:secret@db:port/crm"),
            "invalid connection string: invalid value for option `port`"
        );
    }

    #[test]
    fn certificates_are_taken_out_of_the_url() {
        let server = Server::new("postgres://db/crm?sslrootcert=%2Fetc%2Fca+b.pem&sslmode=require&a%=");
        assert!(server.access().is_err());
        assert_eq!(
            with_known_options("postgres://db/crm?sslrootcert=%2Fetc%2Fca+b%.pem&sslmode=verify-full"),
            ("postgres://db/crm?sslmode=require".to_owned(), Some("/etc/ca+b%.pem".into()))
        );
    }
}
