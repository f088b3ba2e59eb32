//! The folder of a session for sockets and locks, which desktops on Linux name in `XDG_RUNTIME_DIR`.
//!
//! A session without a desktop (a container, a service, `su`) names none. Then Mesa's layers complain to stderr whenever
//! they look for a display, several times in a start, with lines that begin with "error:" and stand for nothing that is
//! wrong. So the program names a folder itself.

/// Names a session folder for this process and those it starts, where none is named or the one named is not there: the
/// session's own if the system has made it, else one in the folder of temporary files that is the user's alone.
///
/// Only on Linux, and only as long as the process has one thread: to be called where `main` begins.
pub fn have_session_folder() {
    #[cfg(target_os = "linux")]
    linux::have_session_folder();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsString;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    use super::super::files::create_private_folder;

    const VARIABLE: &str = "XDG_RUNTIME_DIR";
    /// Where the system keeps a folder for each user with a session, named by their number.
    const OF_SESSIONS: &str = "/run/user";
    /// What others may not do with such a folder: anything.
    const OTHERS_MODE: u32 = 0o077;

    pub(super) fn have_session_folder() {
        let Ok(user) = fs::metadata("/proc/self").map(|process| process.uid()) else { return };
        let folder = wanted(env::var_os(VARIABLE), Path::new(OF_SESSIONS), &env::temp_dir(), user);
        if let Some(folder) = folder.filter(|_| has_one_thread()) {
            // To start the program anew with the variable would do without `unsafe`, but doubles every start and hangs
            // on finding the program's own file. Mesa reads the variable with `getenv`, so it must be this process's own.
            //
            // SAFETY: nothing else reads or changes the variables meanwhile, for this is the only thread.
            unsafe { env::set_var(VARIABLE, folder) };
        }
    }

    fn has_one_thread() -> bool {
        fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
    }

    /// The folder to be named. None where the one that is named is there, and where none can be had that is the user's
    /// alone: another user may have made one of that name.
    pub(super) fn wanted(
        named: Option<OsString>,
        of_sessions: &Path,
        temporary: &Path,
        user: u32,
    ) -> Option<PathBuf> {
        let is_good = |folder: &Path| folder.is_absolute() && folder.is_dir();
        if named.is_some_and(|folder| is_good(Path::new(&folder))) {
            return None;
        }
        let of_session = of_sessions.join(user.to_string());
        if is_private(&of_session, user) {
            return Some(of_session);
        }
        let own = temporary.join(format!("retidiff-session-{user}"));
        // It may be there from an earlier start; whose it is counts.
        let _ = create_private_folder(&own);
        (own.is_absolute() && is_private(&own, user)).then_some(own)
    }

    fn is_private(folder: &Path, user: u32) -> bool {
        let found = fs::symlink_metadata(folder);
        found.is_ok_and(|found| found.is_dir() && found.uid() == user && found.mode() & OTHERS_MODE == 0)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::linux::wanted;

    #[test]
    fn a_session_without_a_folder_gets_one_that_is_the_users_alone() {
        let outer = tempfile::tempdir().unwrap();
        let (sessions, temporary) = (outer.path().join("sessions"), outer.path().join("temporary"));
        fs::create_dir_all(&temporary).unwrap();
        let user = fs::metadata(outer.path()).unwrap().uid();
        let own = temporary.join(format!("retidiff-session-{user}"));
        let found = |named: Option<&str>| wanted(named.map(Into::into), &sessions, &temporary, user);
        assert_eq!(found(outer.path().to_str()), None, "it has one");
        assert!(!own.exists());
        for unfit in [None, Some(""), Some("relative"), Some("/no/such/folder")] {
            assert_eq!(found(unfit).as_deref(), Some(&*own), "{unfit:?}");
        }
        assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);

        // What others may look into, or lead elsewhere, is none.
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(found(None), None);
        fs::remove_dir(&own).unwrap();
        symlink(outer.path(), &own).unwrap();
        assert_eq!(found(None), None);

        // The session's own goes first.
        let of_session = sessions.join(user.to_string());
        fs::create_dir_all(&of_session).unwrap();
        fs::set_permissions(&of_session, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(found(None), Some(of_session));
    }
}
