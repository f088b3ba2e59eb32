//! How much memory this process uses and the machine has left, as the operating system counts it.

/// Memory of the process in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessMemory {
    /// In use now.
    pub resident: u64,
    /// The most there was.
    pub peak: u64,
}

/// The memory of this process; `None` where the system does not tell (it does on Linux).
pub fn process_memory() -> Option<ProcessMemory> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(ProcessMemory { resident: field(&status, "VmRSS:")?, peak: field(&status, "VmHWM:")? })
}

/// Memory of the machine that programs can still have, in bytes; `None` where the system does not tell.
pub fn available_memory() -> Option<u64> {
    field(&std::fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:")
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(1024 * line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilobytes_become_bytes() {
        assert_eq!(field("VmHWM:\t   12 kB\nVmRSS:\t 3 kB\n", "VmRSS:"), Some(3072));
        assert_eq!(field("VmHWM:\t   12 kB\n", "VmRSS:"), None);
        if let Some(memory) = process_memory() {
            assert!(memory.resident > 1 << 20 && memory.peak >= memory.resident / 2);
        }
    }
}
