//! A disk that is soon full.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A small disk, where tests may mount one.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// One of 64 KiB.
    pub fn mount() -> Option<Self> {
        Self::of_size("64k")
    }

    pub fn of_size(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder.path());
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
        self.remount("ro");
    }

    /// Makes it another: `rw`, `size=16m`.
    #[cfg(feature = "sqlite")]
    pub fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let remount = Command::new("mount").args(["-o", &options]).arg(self.folder()).status();
        assert!(remount.unwrap().success(), "{options}");
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
