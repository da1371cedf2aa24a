use std::io;
use std::path::{Path, PathBuf};

use super::Document;

/// The Markdown documents of a directory.
#[derive(Clone, Debug)]
pub struct Library {
    /// The documents, sorted by file.
    pub documents: Vec<Document>,
}

/// Why a [`Library`] could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A file or directory could not be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to read.
    #[error("no Markdown file (*.md) in {} or directly below it", root.display())]
    Empty {
        /// Where it was looked for.
        root: PathBuf,
    },
}

impl Library {
    /// Reads the `.md` files of a directory and of the directories directly in it, hidden ones excepted.
    ///
    /// # Errors
    ///
    /// When a file or folder cannot be read.
    pub fn read(root: &Path) -> Result<Self, ReadError> {
        let mut files = Vec::new();
        for path in entries(root)? {
            if path.is_dir() {
                files.extend(entries(&path)?.into_iter().filter(|path| is_markdown(path)));
            } else if is_markdown(&path) {
                files.push(path);
            }
        }
        let mut documents = files.iter().map(|path| document(root, path)).collect::<Result<Vec<_>, _>>()?;
        documents.sort_by(|a, b| a.file.cmp(&b.file));
        if documents.is_empty() {
            return Err(ReadError::Empty { root: root.to_owned() });
        }
        Ok(Self { documents })
    }

    /// The document of this file.
    #[must_use]
    pub fn document(&self, file: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.file == file)
    }
}

fn document(root: &Path, path: &Path) -> Result<Document, ReadError> {
    let text = std::fs::read_to_string(path).map_err(|source| failed(path, source))?;
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    Ok(Document::parse(&parts.join("/"), &text))
}

/// What is in a directory, without hidden entries.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let read =
        || std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = read().map_err(|source| failed(directory, source))?;
    paths.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    Ok(paths)
}

fn is_markdown(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

fn failed(path: &Path, source: io::Error) -> ReadError {
    ReadError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Library, ReadError};

    fn root(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    #[test]
    fn files_are_named_by_their_path_below_the_root() {
        let library = Library::read(&root("tests")).unwrap();
        let files: Vec<_> = library.documents.iter().map(|document| document.file.as_str()).collect();
        assert_eq!(files, ["documents/kettle.md", "documents/teapot.md"]);
        assert!(library.document("documents/kettle.md").is_some());
        assert!(library.document("../src/lib.rs").is_none());
    }

    #[test]
    fn a_directory_without_documents_is_an_error_that_names_it() {
        let error = Library::read(&root("src")).unwrap_err();
        assert!(matches!(error, ReadError::Empty { .. }), "{error}");
        assert!(error.to_string().contains("src"));
        assert!(matches!(Library::read(&root("no such directory")), Err(ReadError::Io { .. })));
    }
}
