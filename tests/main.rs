//! One integration binary: one link, one start.

mod tidy;
