#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::folder::Folder;
use super::index::{Index, Origin, blocks};
use super::ledger::Forfeit;
use super::name::{Name, Role};
use super::session::Session;
use super::sweep::sweep;
use super::{Address, Ledger, Options, envelope};

/// How often somebody looks for what other processes left behind, and for what was set aside.
const ROUND: Duration = Duration::from_secs(60);
/// How often the oldest request is not taken before another one is tried: it may not be the server that is at fault.
const PATIENCE: u32 = 8;

/// Requests that wait on disk until the server takes them.
///
/// A request is on disk when [`put`](Self::put) has returned, whatever happens to the process or the machine after
/// that, and is removed when the server has answered. One that dies between the two leaves a request that is sent
/// again, with the same ids of spans.
///
/// Everything here blocks, and belongs on the worker's thread.
#[derive(Debug)]
pub(crate) struct Outbox {
    folder: Folder,
    /// What the files may take.
    limit: u64,
    age: Duration,
    ledger: Arc<Ledger>,
    own: Session,
    /// Sessions of processes that are gone, with the number of their files that are left.
    adopted: BTreeMap<u64, (Session, usize)>,
    index: Index,
    /// How often in a row the server took nothing.
    failures: u32,
    /// The order of the newest file.
    newest: u64,
    looked: Instant,
}

/// A request that was kept, to be sent.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) body: Vec<u8>,
    name: Name,
}

/// Why a request could not be kept.
#[derive(Debug)]
pub(crate) enum OutboxError {
    /// It alone is larger than all that may be kept.
    TooLarge,
    /// The disk is full, the folder may not be written to, ….
    Io(io::Error),
}

impl Outbox {
    /// Opens the outbox of a destination, and takes over what earlier processes left in it.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or written to, or is on a file system without locks.
    pub(crate) fn open(options: &Options, address: &Address, ledger: Arc<Ledger>) -> io::Result<Self> {
        let folder = Folder::open(options.folder.join(address.folder()))?;
        let own = Session::begin(&folder)?;
        let mut outbox = Self {
            folder,
            limit: options.bytes,
            age: options.age,
            ledger,
            own,
            adopted: BTreeMap::new(),
            index: Index::default(),
            failures: 0,
            newest: 0,
            looked: Instant::now(),
        };
        outbox.adopt()?;
        sweep(&options.folder, address, &outbox.ledger);
        Ok(outbox)
    }

    /// Keeps a request. Where there is no room, the oldest ones are thrown away for it.
    pub(crate) fn put(&mut self, request: &[u8], spans: usize) -> Result<(), OutboxError> {
        let len = (envelope::HEADER + request.len()) as u64;
        let room = self.limit.checked_sub(blocks(len)).ok_or(OutboxError::TooLarge)?;
        self.renew()?;
        self.shrink(room)?;
        let name = self.name(spans);
        self.folder.write(name, request)?;
        let origin = Origin::Own(self.ledger.store(name.spans));
        self.index.insert(name, len, Instant::now().checked_add(self.age), origin);
        Ok(())
    }

    /// Whether nothing is to be sent before what is new, as far as is known since the last [`tend`](Self::tend).
    pub(crate) fn is_empty(&self) -> bool {
        self.index.line().next().is_none()
    }

    /// What is to be sent next: the oldest request. It stays until it is said what became of it.
    ///
    /// A file that is not what was written is removed, and its spans are counted. One request that no server takes does
    /// not hold up those behind it: after some failures the second one is tried, and if that is taken, the first one
    /// waits when it fails again.
    pub(crate) fn oldest(&mut self) -> Option<Kept> {
        // What is no longer ours is not ours to send.
        if self.is_empty() || self.renew().is_err() {
            return None;
        }
        while let Some(name) = self.next() {
            match self.folder.read(name) {
                Ok(Some(body)) => return Some(Kept { body, name }),
                Ok(None) => self.lose(name, Forfeit::Damaged),
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.lose(name, Forfeit::Damaged),
                // It may be read later, or by somebody else; those behind it do not wait for that.
                Err(_) => self.index.set_aside(name),
            }
        }
        None
    }

    /// The server may take the request later.
    pub(crate) fn postponed(&mut self, kept: &Kept) {
        if self.index.is_suspect(kept.name) {
            self.index.set_aside(kept.name);
        } else {
            self.failures = self.failures.saturating_add(1);
        }
    }

    /// The server took the request, but for so many spans.
    pub(crate) fn delivered(&mut self, kept: &Kept, rejected: usize) {
        let name = kept.name;
        self.answered(name);
        let rejected = name.spans.min(rejected as u64);
        let taken = name.spans - rejected;
        match self.forget(name) {
            None => {}
            Some(Origin::Own(lot)) => {
                self.ledger.deliver(&lot, taken);
                self.ledger.lose(&lot, rejected, Forfeit::Rejected);
            }
            Some(Origin::Adopted) => {
                self.ledger.recover(taken);
                self.ledger.forfeit(rejected);
            }
        }
    }

    /// The server refused the request for good.
    pub(crate) fn rejected(&mut self, kept: &Kept) {
        self.answered(kept.name);
        self.lose(kept.name, Forfeit::Rejected);
    }

    fn next(&self) -> Option<Name> {
        let tries_another = self.failures > 0 && self.failures.is_multiple_of(PATIENCE);
        let another = self.index.line().nth(1).filter(|_| tries_another);
        another.or_else(|| self.index.line().next())
    }

    /// The server is there. An older request that failed all the same may be the one to blame.
    fn answered(&mut self, name: Name) {
        self.failures = 0;
        let first = self.index.line().next();
        if let Some(older) = first.filter(|first| *first < name) {
            self.index.suspect(older);
        }
    }

    /// Throws away what is too old, and takes over what other processes left behind meanwhile. To be called now and
    /// then, also while nothing waits.
    pub(crate) fn tend(&mut self) {
        let now = Instant::now();
        for name in self.index.expired(now) {
            self.lose(name, Forfeit::Expired);
        }
        if now.duration_since(self.looked) >= ROUND {
            self.looked = now;
            self.index.restore();
            // Whatever is in the way, it may be gone the next time.
            let _ = self.adopt();
        }
    }

    /// Takes over the files of sessions that are nobody's.
    fn adopt(&mut self) -> io::Result<()> {
        let mut new = BTreeMap::new();
        for (role, _) in self.folder.list()? {
            let id = role.session();
            let is_known = id == self.own.id() || self.adopted.contains_key(&id) || new.contains_key(&id);
            if !is_known && let Ok(Some(session)) = Session::claim(&self.folder, id) {
                new.insert(id, (session, 0));
            }
        }
        // Listed again: a session may have written until it was claimed.
        for (role, len) in if new.is_empty() { Vec::new() } else { self.folder.list()? } {
            let Some((_, files)) = new.get_mut(&role.session()) else { continue };
            match role {
                Role::Request(name) => {
                    *files += 1;
                    self.newest = self.newest.max(name.order);
                    let expires = Instant::now().checked_add(self.left(name));
                    self.index.insert(name, len, expires, Origin::Adopted);
                }
                Role::Part(_) => {
                    let _ = self.folder.remove(role);
                }
                Role::Lock(_) => {}
            }
        }
        for (id, (session, files)) in new {
            if files == 0 {
                session.end(&self.folder);
            } else {
                self.adopted.insert(id, (session, files));
            }
        }
        for name in self.index.expired(Instant::now()) {
            self.lose(name, Forfeit::Expired);
        }
        self.shrink(self.limit)
    }

    /// Throws away the oldest until the rest takes no more than this.
    fn shrink(&mut self, bytes: u64) -> io::Result<()> {
        while self.index.bytes() > bytes
            && let Some(name) = self.index.oldest()
        {
            // What cannot be removed takes its place all the same.
            self.folder.remove(Role::Request(name))?;
            self.lose(name, Forfeit::Expired);
        }
        Ok(())
    }

    /// Makes sure that others still see whose the files are: somebody may have emptied the folder.
    fn renew(&mut self) -> io::Result<()> {
        if self.own.is_held(&self.folder) {
            return Ok(());
        }
        self.folder.make()?;
        if let Some(session) = Session::claim(&self.folder, self.own.id())? {
            self.own = session;
            return Ok(());
        }
        // Somebody has taken them over by now, and sends them.
        let lost = self.own.id();
        self.own = Session::begin(&self.folder)?;
        let names: Vec<_> = self.index.names().filter(|name| name.session == lost).collect();
        for name in names {
            self.index.remove(name);
        }
        Ok(())
    }

    fn name(&mut self, spans: usize) -> Name {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let order = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        // At the end of all numbers, which no clock reaches, the order is lost, and nothing else.
        self.newest = self.newest.checked_add(1).map_or(order, |next| order.max(next));
        let expires = now.as_secs().saturating_add(self.age.as_secs());
        Name { order: self.newest, session: self.own.id(), expires, spans: spans as u64 }
    }

    /// How long the file of another process is still worth sending: no longer than a new one, whatever the clock was
    /// then.
    fn left(&self, name: Name) -> Duration {
        name.left().min(self.age)
    }

    fn lose(&mut self, name: Name, reason: Forfeit) {
        match self.forget(name) {
            None => {}
            Some(Origin::Own(lot)) => self.ledger.lose(&lot, name.spans, reason),
            Some(Origin::Adopted) => self.ledger.forfeit(name.spans),
        }
    }

    /// Removes a file, unless it is not known. One that cannot be removed is not sent again by this process.
    fn forget(&mut self, name: Name) -> Option<Origin> {
        let origin = self.index.remove(name)?;
        let _ = self.folder.remove(Role::Request(name));
        if let Some((_, files)) = self.adopted.get_mut(&name.session) {
            *files -= 1;
            if *files == 0
                && let Some((session, _)) = self.adopted.remove(&name.session)
            {
                session.end(&self.folder);
            }
        }
        Some(origin)
    }

    fn is_own(&self, name: Name) -> bool {
        name.session == self.own.id()
    }
}

impl Drop for Outbox {
    /// Leaves nothing behind but requests.
    fn drop(&mut self) {
        if !self.index.names().any(|name| self.is_own(name)) {
            let _ = self.folder.remove(Role::Lock(self.own.id()));
        }
    }
}

impl From<io::Error> for OutboxError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for OutboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the request is larger than the outbox may be"),
            Self::Io(error) => write!(f, "the outbox could not be written: {error}"),
        }
    }
}
