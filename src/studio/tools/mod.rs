//! What the pointer does on the mask.

pub mod brush;
