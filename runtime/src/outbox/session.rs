use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use fs4::{FileExt, TryLockError};

use super::folder::{Folder, private};
use super::name::Role;

/// Who files belong to: one outbox of one process, for as long as it lives.
///
/// A session holds the lock on a file of its own. The operating system lets go of it when the process ends, however it
/// ends; whoever gets the lock then has the session, with all of its files, to itself. So no file is sent by two, and
/// none is left with nobody to send it.
///
/// A lock file is removed only by the one who holds it, when no file of the session is left.
#[derive(Debug)]
pub(super) struct Session {
    id: u64,
    /// Locked until it is dropped.
    lock: File,
}

impl Session {
    /// A session that nobody has had before.
    pub(super) fn begin(folder: &Folder) -> io::Result<Self> {
        // Whoever clears up may take a lock file for one that was left, before it is locked.
        for _ in 0..16 {
            folder.make()?;
            match Self::claim(folder, rand::random()) {
                Ok(Some(session)) => return Ok(session),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Err(io::Error::other("the folder is taken away again and again"))
    }

    /// Takes a session over; none where somebody has it.
    pub(super) fn claim(folder: &Folder, id: u64) -> io::Result<Option<Self>> {
        let path = folder.path(Role::Lock(id));
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&path)?;
        match FileExt::try_lock(&lock) {
            // The file may have been removed in between, and a lock on what is gone is none.
            Ok(()) => Ok(is_at(&lock, &path).then_some(Self { id, lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether others see the lock: somebody may have removed its file.
    pub(super) fn is_held(&self, folder: &Folder) -> bool {
        is_at(&self.lock, &folder.path(Role::Lock(self.id)))
    }

    /// Ends a session that has no files any more.
    pub(super) fn end(self, folder: &Folder) {
        // While it is locked; a file that stays is removed by whoever comes next.
        let _ = folder.remove(Role::Lock(self.id));
    }
}

impl Drop for Session {
    /// To close the file is not enough: a process that is just being made from this one has it too, for a moment.
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.lock);
    }
}

/// Whether the file is still the one of this name.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        let found = (file.metadata(), std::fs::symlink_metadata(path));
        matches!(found, (Ok(file), Ok(there)) if (file.dev(), file.ino()) == (there.dev(), there.ino()))
    }
    // Elsewhere a name is not given away while its file is open.
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_has_ended_is_anybodys() {
        let root = tempfile::TempDir::new().expect("a folder");
        let folder = Folder::open(root.path().into()).expect("a folder");
        let session = Session::begin(&folder).expect("a session");
        let id = session.id();
        assert!(Session::claim(&folder, id).expect("readable").is_none());
        // As a process has it that is made from this one.
        let inherited = session.lock.try_clone().expect("a file");
        drop(session);
        assert!(Session::claim(&folder, id).expect("readable").is_some());
        drop(inherited);
    }
}
