//! What every region of the window is drawn with: colours and type, icons, buttons and sliders, the lines of
//! forms, the words of an empty page, the mark of work under way. It knows no document and no action, so that everything above may use it.

pub mod busy_mark;
pub mod controls;
pub mod east_asian_font;
pub mod empty_state;
pub mod form_lines;
pub mod icons;
pub mod label_words;
pub mod theme;
