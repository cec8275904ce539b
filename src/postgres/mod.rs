//! A PostgreSQL server: how it is named, reached and understood.

mod catalogue;
mod session;
#[cfg(feature = "postgres-tls")]
mod tls;
mod url;

use ::postgres::config::SslMode;
use ::postgres::error::DbError;
use ::postgres::{Client, NoTls};

use crate::error::{Error, ErrorKind, Result};

pub(crate) use catalogue::{Relation, qualified};
pub(crate) use session::{NotCommitted, begin, commit};
pub(crate) use url::Server;

/// Dates as in ISO 8601, times in UTC, floating point numbers that keep every bit,
/// and scans that begin at the beginning: nothing depends on how a server is set up.
const SESSION: &str = "SET client_encoding = 'UTF8'; SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; \
    SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; SET extra_float_digits = 3; \
    SET synchronize_seqscans = off; SET standard_conforming_strings = on";

impl Server {
    /// A connection whose values are written the same whatever the server's settings.
    pub fn connect(&self) -> Result<Client> {
        let mut client = self.open()?;
        client.batch_execute(SESSION).map_err(|error| failure("cannot set up the session", error))?;
        Ok(client)
    }

    #[cfg(not(feature = "postgres-tls"))]
    fn open(&self) -> Result<Client> {
        let access = self.access()?;
        if access.config.get_ssl_mode() == SslMode::Require {
            return Err(Error::bind("`sslmode` asks for TLS, which is the feature `postgres-tls`"));
        }
        access.config.connect(NoTls).map_err(|error| failure("cannot connect", error))
    }

    #[cfg(feature = "postgres-tls")]
    fn open(&self) -> Result<Client> {
        let access = self.access()?;
        let encrypted = match access.config.get_ssl_mode() {
            SslMode::Disable => access.config.connect(NoTls),
            _ => access.config.connect(tls::connector(access.root.as_deref())?),
        };
        let opened = match encrypted {
            // What is only preferred is not insisted on, where no certificate vouches for the server.
            Err(error)
                if access.config.get_ssl_mode() == SslMode::Prefer && error.as_db_error().is_none() =>
            {
                access.config.connect(NoTls)
            }
            opened => opened,
        };
        opened.map_err(|error| failure("cannot connect", error))
    }
}

/// What ends a run: the database's refusal in its own words, or a lost connection.
pub(crate) fn failure(doing: &str, error: ::postgres::Error) -> Error {
    match error.as_db_error() {
        Some(refusal) => {
            let kind = if is_lost(&error) { ErrorKind::Connection } else { ErrorKind::Database };
            Error::new(kind, format!("{doing}: {}", words(refusal)))
        }
        None => {
            let message = Error::new(ErrorKind::Connection, format!("{doing}: {error}"));
            match error.into_source() {
                Some(cause) => message.caused_by(cause),
                None => message,
            }
        }
    }
}

/// Whether the connection is gone, or is about to be: the server shuts down,
/// or ends the session.
pub(crate) fn is_lost(error: &::postgres::Error) -> bool {
    error.as_db_error().is_none_or(|refusal| {
        let code = refusal.code().code();
        code.starts_with("08") || ["25P03", "57P01", "57P02", "57P03", "57P05"].contains(&code)
    })
}

/// What the database says, without what it quotes of the data. Its messages quote names
/// in broken constraints (class 23) and values in data that it cannot read (class 22).
pub(crate) fn words(refusal: &DbError) -> String {
    match refusal.code().code().starts_with("22") {
        true => without_values(refusal.message()),
        false => refusal.message().to_owned(),
    }
}

/// A message without what it quotes, in whatever language the server speaks. A quoted value may hold
/// quotes of its own: whatever stands between the first and the last goes.
fn without_values(message: &str) -> String {
    const QUOTES: [char; 11] = ['"', '«', '»', '„', '“', '”', '‚', '‘', '’', '「', '」'];
    let (Some(first), Some((last, quote))) = (message.find(QUOTES), message.rmatch_indices(QUOTES).next())
    else {
        return message.to_owned();
    };
    let (before, after) = (&message[..first], &message[last + quote.len()..]);
    match after {
        "" => before.trim_end_matches([':', ' ']).to_owned(),
        after => format!("{before}…{after}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_quotes_of_the_data_is_left_out() {
        for (message, said) in [
            ("invalid input syntax for type integer: \"a\"b\"", "invalid input syntax for type integer"),
            ("ungültige Eingabesyntax für Typ integer: »a«", "ungültige Eingabesyntax für Typ integer"),
            (
                "value \"3000000000\" is out of range for type integer",
                "value … is out of range for type integer",
            ),
            ("value too long for type character varying(3)", "value too long for type character varying(3)"),
            ("one quote \" alone", "one quote … alone"),
        ] {
            assert_eq!(without_values(message), said);
        }
    }

    #[cfg(not(feature = "postgres-tls"))]
    #[test]
    fn tls_that_is_not_built_in_is_asked_for_in_vain() {
        for mode in ["require", "verify-full"] {
            let server = Server::new(&format!("postgres://localhost/crm?sslmode={mode}"));
            let error = server.connect().err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some("`sslmode` asks for TLS, which is the feature `postgres-tls`"));
        }
    }
}
