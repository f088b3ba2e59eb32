//! What this machine is called.

/// Its name as it is set; empty where none is.
pub fn host_name() -> String {
    let named = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    // What shells of other systems say: Unix, then Windows.
    let named = named.or_else(|| std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok());
    named.unwrap_or_default().trim().to_owned()
}
