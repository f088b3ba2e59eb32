//! Demo mode: a screen that paints by itself until somebody touches it, and goes back to that when they have gone.
//!
//! A value with a state of its own ([`Kiosk`]): it is driven by what visitors wish ([`Wish`]) and by its own clock, draws
//! itself, and returns what it needs of the window ([`KioskAction`]). It knows no file dialog, no palette and no document of
//! the studio; the one way out is its [`Lock`].

mod attract;
mod board;
mod captions;
mod clock;
mod eye;
mod game;
mod game_pictures;
mod game_view;
mod input;
mod layout;
mod lock;
mod lock_view;
mod scans;
mod state;
mod supply;
mod targets;
mod view;

pub use attract::{Moment, SelfPainting};
pub use board::{Board, Place, Score};
pub use clock::Clock;
pub use eye::{Eye, KioskBrush};
pub use game::{Game, GameStep, Guess, QUESTIONS};
pub use lock::{Lock, NoPin, PadKey, Pin};
pub use state::{COUNTDOWN, Figures, IDLE, Kiosk, KioskAction, KioskOptions, Phase, Wish};
pub use supply::SIZE_PX;
pub use view::{PictureState, StageContext};
