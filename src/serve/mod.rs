//! A studio here, a GPU there: both ends of a connection over which masks and pictures travel.
//!
//! The studio starts a command of the user's, such as `ssh gpu-host retidiff serve --stdio`, and speaks with it over
//! its standard input and output. So keys, bastions and audit are those that a hospital already has, and no port is
//! opened. Tensors never travel: a mask of a B-scan is a few kilobytes, its picture some hundred.
//!
//! | file | one idea |
//! |---|---|
//! | `limits`, `frame`, `exact`, `message`, `packing` | what travels, and how large it may be |
//! | `options`, `outlet`, `inbox`, `scene`, `model_store`, `loading`, `runs`, `session` | the server |
//! | `command_line`, `link`, `connect`, `line`, `host`, `remote_renderer`, `remote_run`, `mirror`, `trial` | the studio |
//! | `paired` (feature `tls`) | the same over TCP and TLS between two computers that were paired |

pub mod command_line;
pub mod connect;
pub mod exact;
pub mod frame;
mod host;
mod inbox;
pub mod limits;
mod line;
pub mod link;
mod loading;
pub mod message;
pub mod mirror;
pub mod model_store;
mod options;
mod outlet;
pub mod packing;
#[cfg(feature = "tls")]
pub mod paired;
mod remote_renderer;
pub mod remote_run;
mod runs;
pub mod scene;
mod session;
mod trial;

pub use command_line::{CommandLine, CommandLineError};
pub use loading::load_on;
pub use options::ServerOptions;
pub use outlet::BEAT;
pub use remote_renderer::{RemoteRenderer, maker};
pub use session::{LoadRenderer, ModelFiles, ServeError, serve};
pub use trial::{Reached, Trial, paired_addresses};
