use std::collections::BTreeMap;
use std::path::Path;

use super::folder::{Folder, folders};
use super::name::Role;
use super::session::Session;
use super::{Address, Ledger};

/// Throws away what is too old in the folders of all destinations but one.
///
/// Nobody may send to them any more, and each would keep what it holds for ever. What belongs to a process that lives is
/// that one's matter.
pub(super) fn sweep(root: &Path, except: &Address, ledger: &Ledger) {
    let others = folders(root).unwrap_or_default().into_iter();
    let others = others.filter(|name| Address::is_folder(name) && name != except.folder());
    for folder in others.map(|name| Folder::at(root.join(name))) {
        let mut sessions = BTreeMap::<u64, Vec<Role>>::new();
        for (role, _) in folder.list().unwrap_or_default() {
            sessions.entry(role.session()).or_default().push(role);
        }
        for (id, files) in sessions {
            if let Ok(Some(session)) = Session::claim(&folder, id) {
                clear(&folder, session, files, ledger);
            }
        }
        folder.remove_empty();
    }
}

/// Removes what is too old of a session, and the session, if that is all of it.
fn clear(folder: &Folder, session: Session, files: Vec<Role>, ledger: &Ledger) {
    let mut is_left = false;
    for role in files {
        let is_worthless = match role {
            Role::Request(name) => name.left().is_zero(),
            Role::Part(_) => true,
            Role::Lock(_) => continue,
        };
        if !is_worthless || folder.remove(role).is_err() {
            is_left = true;
        } else if let Role::Request(name) = role {
            ledger.forfeit(name.spans);
        }
    }
    if !is_left {
        session.end(folder);
    }
}
