//! A disk that is soon full.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A disk of 64 KiB, where tests may mount one.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    pub fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(folder.path());
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !mounted {
            println!("skipped: no small disk can be mounted here");
        }
        mounted.then_some(SmallDisk(folder))
    }

    /// Its root.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Makes it one that can be read only.
    #[cfg(feature = "sqlite")]
    pub fn lock(&self) {
        let remount = Command::new("mount").args(["-o", "remount,ro"]).arg(self.folder()).status();
        assert!(remount.unwrap().success());
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}
