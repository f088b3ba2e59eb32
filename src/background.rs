//! How background work tells the window that there is something to look at.

use std::sync::Arc;

/// Called from a background thread after a picture or an event was put down; must not block. Workers know nothing else
/// of the window.
pub type Wake = Arc<dyn Fn() + Send + Sync>;
