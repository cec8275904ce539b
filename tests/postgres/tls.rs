//! Encrypted connections.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use handover::sink::Collect;
use handover::{Pipeline, PostgresSource};

use super::cluster::{Cluster, account};

/// A certificate for `localhost` that nobody vouches for, with its key. False where
/// there is no OpenSSL to make it.
fn certificate(folder: &Path) -> bool {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=handover tests"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "own#cert.pem"])
        .current_dir(folder)
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: openssl is not here");
        return false;
    }
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    let key = folder.join("key.pem");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    if let Some((user, group)) = account() {
        chown(&key, Some(user), Some(group)).unwrap();
    }
    true
}

#[test]
fn the_certificate_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    if !certificate(folder.path()) {
        return;
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let settings = [
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", path("own#cert.pem")),
        format!("ssl_key_file={}", path("key.pem")),
    ];
    let Some(cluster) = Cluster::start(&settings.each_ref().map(String::as_str)) else { return };
    let by_name = cluster.url("postgres").replace("127.0.0.1", "localhost");
    let encrypted = |url: &str, options: &str| {
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let mut sink = Collect::new();
        let source = PostgresSource::query(&format!("{url}?{options}"), sql);
        let run = Pipeline::from(source).to(&mut sink).run().map_err(|error| error.to_string());
        run.map(|_| sink.records()[0].value(0).to_string())
    };
    let trusted = format!("sslrootcert={}", path("own%23cert.pem"));
    assert_eq!(encrypted(&by_name, &format!("sslmode=require&{trusted}")).unwrap(), "true");
    assert_eq!(encrypted(&by_name, &format!("{trusted}&sslmode=verify-full")).unwrap(), "true");
    assert_eq!(encrypted(&by_name, &trusted).unwrap(), "true");
    assert_eq!(encrypted(&by_name, "sslmode=disable").unwrap(), "false");
    assert_eq!(encrypted(&by_name, "sslmode=prefer").unwrap(), "false");
    let refused = encrypted(&by_name, "sslmode=require").unwrap_err();
    assert!(
        refused.ends_with(
            "cannot connect: error performing TLS handshake: invalid peer certificate: UnknownIssuer"
        ),
        "{refused}"
    );
    let other = encrypted(&cluster.url("postgres"), &format!("sslmode=require&{trusted}")).unwrap_err();
    assert!(other.contains("invalid peer certificate: certificate not valid for name"), "{other}");
    let missing = encrypted(&by_name, "sslmode=require&sslrootcert=/nowhere.pem").unwrap_err();
    assert!(missing.contains("/nowhere.pem: cannot read the certificates of `sslrootcert`: "), "{missing}");
}
