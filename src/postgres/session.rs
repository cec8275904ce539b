//! Transactions that know what became of them, where the connection is lost.

use std::thread::sleep;
use std::time::Duration;

use ::postgres::Client;

use super::{Server, failure, is_lost};
use crate::error::{Error, ErrorKind, Result};

/// How long is waited before each try to open a lost connection again.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)];

/// Why a transaction is not known to be committed.
pub(crate) struct NotCommitted {
    pub error: Error,
    /// Whether it may be committed all the same.
    pub in_doubt: bool,
}

/// Begins a transaction, and says whether that took another connection. Nothing is lost
/// with a connection in which none was open.
pub(crate) fn begin(server: &Server, client: &mut Client, sql: &str) -> Result<bool> {
    let begun = client.batch_execute(sql);
    let renewed = begun.as_ref().is_err_and(is_lost);
    let begun = if renewed {
        *client = reconnect(server)?;
        client.batch_execute(sql)
    } else {
        begun
    };
    begun.map(|()| renewed).map_err(|error| failure("cannot begin", error))
}

/// Commits, and says whether the connection is another one now. Whether the commit was made is known
/// even where the connection was lost over it, once the server is back.
pub(crate) fn commit(server: &Server, client: &mut Client) -> Result<bool, NotCommitted> {
    let not_made = |error| NotCommitted { error: failure("cannot commit", error), in_doubt: false };
    let number = client.query_one("SELECT pg_catalog.txid_current()", &[]).map_err(not_made)?.get(0);
    let Err(error) = client.batch_execute("COMMIT") else { return Ok(false) };
    if !is_lost(&error) {
        return Err(not_made(error));
    }
    let committed = reconnect(server).ok().and_then(|renewed| {
        *client = renewed;
        is_committed(client, number)
    });
    match committed {
        Some(true) => Ok(true),
        committed => Err(NotCommitted { in_doubt: committed.is_none(), ..not_made(error) }),
    }
}

/// Opens a lost connection again, as soon as the server is back.
fn reconnect(server: &Server) -> Result<Client> {
    let mut tries = PAUSES.into_iter();
    loop {
        tries.next().into_iter().for_each(sleep);
        match server.connect() {
            Err(error) if error.kind() == ErrorKind::Connection && tries.len() > 0 => (),
            connected => return connected,
        }
    }
}

/// What the server says of a transaction.
fn is_committed(client: &mut Client, number: i64) -> Option<bool> {
    PAUSES.into_iter().find_map(|pause| {
        sleep(pause);
        let row = client.query_one("SELECT pg_catalog.txid_status($1)", &[&number]).ok()?;
        match row.get::<_, Option<&str>>(0) {
            Some("committed") => Some(true),
            Some("aborted") => Some(false),
            _ => None,
        }
    })
}
