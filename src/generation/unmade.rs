//! Why a pair was not made.

/// Why there is no mask or scan of a seed. Stopping is no failure.
#[derive(Debug)]
pub enum Unmade {
    /// Somebody asked to stop.
    Stopped,
    /// Another seed may do. A short name to count by, and why.
    Refused(&'static str, String),
    /// No seed will do.
    Broken(String),
}
