use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::envelope;
use super::name::{Name, Role};

/// The folder of one destination: files in it are read and written here only.
///
/// Nobody but the user may read them: they hold what the spans hold. On systems other than Unix they have the
/// permissions that the folder above gives.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Made where it is not there.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let folder = Self(path);
        folder.make()?;
        Ok(folder)
    }

    /// One that is there; not made.
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn make(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    pub(super) fn path(&self, role: Role) -> PathBuf {
        self.0.join(role.to_string())
    }

    /// The files that are ours, with their sizes, in no order.
    pub(super) fn list(&self) -> io::Result<Vec<(Role, u64)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let Some(role) = entry.file_name().to_str().and_then(Role::parse) else { continue };
            // One that is gone by now is no error. A pipe would be waited for, a link leads elsewhere.
            if let Ok(metadata) = entry.metadata()
                && metadata.is_file()
            {
                found.push((role, metadata.len()));
            }
        }
        Ok(found)
    }

    /// Puts a request on disk: all of it or nothing, whenever the power goes.
    ///
    /// It is written under another name, and gets its own when all of it is on disk; what came to nothing is removed.
    pub(super) fn write(&self, name: Name, request: &[u8]) -> io::Result<()> {
        let (part, whole) = (self.path(Role::Part(name)), self.path(Role::Request(name)));
        let written = (|| {
            let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&part)?;
            file.write_all(&envelope::header(request, name.spans))?;
            file.write_all(request)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&part, &whole)?;
            self.sync()
        })();
        if written.is_err() {
            let _ = fs::remove_file(&part);
            let _ = fs::remove_file(&whole);
        }
        written
    }

    /// None where the file is not what was written.
    pub(super) fn read(&self, name: Name) -> io::Result<Option<Vec<u8>>> {
        Ok(envelope::open(fs::read(self.path(Role::Request(name)))?, name.spans))
    }

    /// A file that is gone is removed already.
    pub(super) fn remove(&self, role: Role) -> io::Result<()> {
        match fs::remove_file(self.path(role)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes the folder, unless there is something in it.
    pub(super) fn remove_empty(self) {
        let _ = fs::remove_dir(self.0);
    }

    /// A new name is on disk only after this.
    fn sync(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.0)?.sync_all() } else { Ok(()) }
    }
}

/// For files that only the user may read.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// The folders below, by name.
pub(super) fn folders(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(entry.file_name().into_string());
        }
    }
    Ok(found)
}
