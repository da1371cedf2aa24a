use std::fmt;
use std::time::{Duration, SystemTime};

/// The name of the file that holds one request.
///
/// Whatever has to be known without opening thousands of files stands here. Files sort by name as they were written.
/// The end of the name is the version of the format: what a newer release left is no file of an older one, which lets
/// it be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// Grows from file to file: the time, as long as the clock does not jump back.
    pub(super) order: u64,
    /// Who wrote it.
    pub(super) session: u64,
    /// Until when it is worth sending, in seconds since 1970, by whoever wrote it.
    pub(super) expires: u64,
    pub(super) spans: u64,
}

/// What a file of the folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Request(Name),
    /// A request that was not written to its end.
    Part(Name),
    /// What a session holds as long as it lives.
    Lock(u64),
}

const REQUEST: &str = ".v1";
const PART: &str = ".v1.part";
const LOCK: &str = ".lock";

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, end) = match self {
            Self::Request(name) => (name, REQUEST),
            Self::Part(name) => (name, PART),
            Self::Lock(session) => return write!(f, "{session:016x}{LOCK}"),
        };
        let Name { order, session, expires, spans } = name;
        write!(f, "{order:016x}-{session:016x}-{expires}-{spans}{end}")
    }
}

impl Role {
    /// None for files of somebody else.
    pub(super) fn parse(file: &str) -> Option<Self> {
        let role = if let Some(session) = file.strip_suffix(LOCK) {
            Self::Lock(u64::from_str_radix(session, 16).ok()?)
        } else if let Some(name) = file.strip_suffix(PART) {
            Self::Part(Name::parse(name)?)
        } else {
            Self::Request(Name::parse(file.strip_suffix(REQUEST)?)?)
        };
        // Numbers may be written in many ways, files are removed by the one of ours.
        (role.to_string() == file).then_some(role)
    }

    pub(super) fn session(&self) -> u64 {
        match self {
            Self::Request(name) | Self::Part(name) => name.session,
            Self::Lock(session) => *session,
        }
    }
}

impl Name {
    /// How long it is still worth sending.
    pub(super) fn left(&self) -> Duration {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Duration::from_secs(self.expires.saturating_sub(now.as_secs()))
    }

    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let mut part = || parts.next();
        let order = u64::from_str_radix(part()?, 16).ok()?;
        let session = u64::from_str_radix(part()?, 16).ok()?;
        let (expires, spans) = (part()?.parse().ok()?, part()?.parse().ok()?);
        parts.next().is_none().then_some(Self { order, session, expires, spans })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        let name = Name { order: 0x1f, session: u64::MAX, expires: 1_800_000_000, spans: 512 };
        for role in [Role::Request(name), Role::Part(name), Role::Lock(7)] {
            assert_eq!(Role::parse(&role.to_string()), Some(role));
        }
    }

    #[test]
    fn files_of_others_are_none_of_ours() {
        for file in [
            "",
            ".v1",
            "notes.txt",
            "+7.lock",
            "7.lock",
            "000000000000001f-ffffffffffffffff-1-1.v2",
            "000000000000001f-ffffffffffffffff-01-1.v1",
            "000000000000001F-ffffffffffffffff-1-1.v1",
            "000000000000001f-ffffffffffffffff-1-1-1.v1",
            "000000000000001f-ffffffffffffffff-1.v1",
        ] {
            assert_eq!(Role::parse(file), None, "{file}");
        }
    }

    #[test]
    fn files_sort_as_they_were_written() {
        let name = |order| Role::Request(Name { order, session: 1, expires: 1, spans: 1 }).to_string();
        assert!(name(9) < name(10) && name(10) < name(u64::MAX));
    }
}
