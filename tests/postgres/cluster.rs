//! A throwaway PostgreSQL server: made in a temporary folder, with a socket and a port of
//! its own, and gone when the tests are, however they end.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use postgres::{Client, NoTls, SimpleQueryMessage};

pub const PASSWORD: &str = "correct-horse";

/// A server.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    account: Option<(u32, u32)>,
    settings: Vec<String>,
    server: Option<Child>,
    /// Outlives the tests, and then stops the server and takes the folder away.
    _watchdog: Child,
}

/// A database that a test has for itself.
pub struct Database {
    pub url: String,
    pub client: Client,
}

/// A database of the server that tests share; none where PostgreSQL is not installed.
pub fn database() -> Option<Database> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    Some(SHARED.get_or_init(|| Cluster::start(&[])).as_ref()?.database())
}

impl Cluster {
    /// A server with these settings. Where PostgreSQL is not installed, it says so, and
    /// with `HANDOVER_REQUIRE_POSTGRES=1` in the environment it panics.
    pub fn start(settings: &[&str]) -> Option<Cluster> {
        let Some(programs) = programs() else {
            assert!(env::var_os("HANDOVER_REQUIRE_POSTGRES").is_none(), "PostgreSQL is not installed");
            println!("skipped: initdb and postgres are not here");
            return None;
        };
        let folder = tempfile::tempdir().unwrap().keep();
        let account = account();
        if let Some((user, group)) = account {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        let watchdog = watchdog(&folder);
        let mut cluster =
            Cluster { folder, programs, port, account, settings, server: None, _watchdog: watchdog };
        cluster.create();
        cluster.restart();
        Some(cluster)
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://owner:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// A new database.
    pub fn database(&self) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        connect(&self.url("postgres")).batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Database::open(self.url(&name))
    }

    /// Kills the server as the kernel does when memory is short: no process of it says good-bye.
    pub fn kill(&mut self) {
        let mut server = self.server.take().unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Starts the server, and waits until it answers.
    pub fn restart(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while Client::connect(&self.url("postgres"), NoTls).is_err() {
            assert!(Instant::now() < deadline, "{}", fs::read_to_string(self.folder.join("log")).unwrap());
            // What is left of a killed server keeps a new one from starting for a moment.
            if self.server.as_mut().is_none_or(|server| server.try_wait().unwrap().is_some()) {
                self.server = Some(self.spawn());
            }
            sleep(Duration::from_millis(50));
        }
    }

    fn create(&self) {
        let secret = self.folder.join("password");
        fs::write(&secret, PASSWORD).unwrap();
        let made = self
            .command("initdb")
            .args(["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--username=owner"])
            .arg(format!("--pwfile={}", secret.display()))
            .arg(format!("--pgdata={}", self.folder.join("data").display()))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    fn spawn(&self) -> Child {
        let log = || fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let fast = ["fsync=off", "full_page_writes=off", "shared_buffers=64MB", "max_wal_size=4GB"];
        self.command("postgres")
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-k")
            .arg(&self.folder)
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(
                fast.iter()
                    .copied()
                    .chain(self.settings.iter().map(String::as_str))
                    .flat_map(|set| ["-c", set]),
            )
            .stdin(Stdio::null())
            .stdout(log())
            .stderr(log())
            .spawn()
            .unwrap()
    }

    /// A program of the server, as an account that may run it and away from our Ctrl-C.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.folder).process_group(0).env("LC_ALL", "C");
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Database {
    pub fn open(url: String) -> Database {
        Database { client: connect(&url), url }
    }

    pub fn run(&mut self, sql: &str) -> &mut Self {
        self.client.batch_execute(sql).unwrap();
        self
    }

    /// The rows of a query, a line each; null is `-`.
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        let messages = self.client.simple_query(sql).unwrap();
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| {
            let cells = (0..row.len()).map(|at| row.get(at).unwrap_or("-"));
            cells.collect::<Vec<_>>().join("|")
        })
        .collect()
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

/// The folder of the newest programs there are.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.map(|version| version.unwrap().path()).collect();
        let number = |path: &PathBuf| path.file_name().and_then(OsStr::to_str)?.parse::<u32>().ok();
        versions.sort_by_key(number);
        folders.extend(versions.into_iter().rev().map(|version| version.join("bin")));
    }
    folders.into_iter().find(|folder| ["initdb", "postgres"].iter().all(|name| folder.join(name).exists()))
}

/// The server does not run as root: then it is another account's.
pub fn account() -> Option<(u32, u32)> {
    let folder = tempfile::tempdir().unwrap();
    if fs::metadata(folder.path()).unwrap().uid() != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let found = fields.into_iter().find(|fields| fields[0] == name)?;
        Some((found[2].parse().ok()?, found[3].parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("an account that is not root"))
}

/// A process that waits until the tests are gone, and then cleans up.
fn watchdog(folder: &Path) -> Child {
    const SCRIPT: &str = r#"
        cat
        server=$(head -n 1 "$1/data/postmaster.pid")
        kill -QUIT "$server"
        for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" || break; sleep 0.2; done
        rm -rf "$1"
    "#;
    Command::new("sh")
        .args(["-c", SCRIPT, "watchdog"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}
