//! Pictures for a slide: a B-scan, its labels over it or beside it, with scale bars, a legend and a caption.
//!
//! People show scans in talks and papers, and a screenshot of a window has neither scale nor legend, nor does it
//! say that a scan is synthetic. One [`Figure`] is laid out once (`layout.rs`) into a [`Drawing`] of pictures and
//! vector marks, which becomes SVG, PNG of any width or PDF (`output.rs`): all three are the same figure. Text is set
//! in the bundled typeface, never in one of the machine's, so it looks the same everywhere.

mod chart;
mod contour;
mod drawing;
mod layout;
mod legend;
mod map_colors;
mod marks;
mod origin;
mod output;
mod page;
mod panel;
mod pattern;
mod pdf;
mod poster;
mod scale_bar;
mod strip;
mod thickness_map;
mod typeface;

pub use chart::{BoxMark, Chart, Series, SeriesLook};
pub use drawing::{Drawing, PAGE_WIDTH};
pub use map_colors::map_color;
pub use origin::{Origin, origin_of};
pub use output::{FigureFormat, MAX_WIDTH_PX, MIN_WIDTH_PX};
pub use page::{Figure, LabelStyle, Panel, PanelLabels, Proportions, size_in_words};
pub use poster::Poster;
pub use strip::{STRIP_ROWS, with_strip};
pub use thickness_map::MapFigure;
