//! How many files and sockets this process may have open. Each listener is one, and what systems give a process at
//! first (often 1,024) is far below what they let it have. For `serve`, `load` and `doctor`.

/// Raises the limit as far as the system lets it, and says how far that is; `None` where there is none to raise.
pub(super) fn raise() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if limit.current != limit.maximum && setrlimit(Resource::Nofile, raised).is_err() {
            return limit.current;
        }
        limit.maximum
    }
    #[cfg(not(target_os = "linux"))]
    None
}
