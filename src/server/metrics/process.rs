//! What Linux says of the process: a few lines below `/proc`, which cost no disk.

/// The process just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) resident_bytes: u64,
    pub(super) open_fds: u64,
    pub(super) cpu_seconds: u64,
}

/// Ticks of the times in `/proc/self/stat`: the kernel tells all programs 100 a second (proc(5), `USER_HZ`).
const TICKS_A_SECOND: u64 = 100;

impl Process {
    /// `None` where there is no such `/proc`.
    pub(super) fn look() -> Option<Self> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let open_fds = std::fs::read_dir("/proc/self/fd").ok()?.count();
        Some(Self {
            resident_bytes: resident(&status)?,
            // One of them is the listing itself.
            open_fds: open_fds.saturating_sub(1) as u64,
            cpu_seconds: cpu(&stat)?,
        })
    }
}

/// The line `VmRSS`, in kB.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Fields 14 and 15, in user and in kernel mode; counted behind the name, which may hold anything (proc(5)).
fn cpu(stat: &str) -> Option<u64> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_proc_are_read() {
        assert_eq!(resident("Name:\ttutti\nVmRSS:\t   19252 kB\nThreads:\t4\n"), Some(19_252 * 1024));
        let stat = "42 (a) b) S 1 42 42 0 -1 4194304 500 0 0 0 1234 766 0 0 20 0 9 0 100";
        assert_eq!(cpu(stat), Some(20));
        assert_eq!(resident(""), None);
        assert_eq!(cpu("42 (tutti) S"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_holds_memory_and_files() {
        let process = Process::look().unwrap();
        assert!(process.resident_bytes > 1 << 20, "{process:?}");
        assert!(process.open_fds > 2, "{process:?}");
    }
}
