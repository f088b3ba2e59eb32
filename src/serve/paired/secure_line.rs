//! A secure connection in two halves, so that one thread may read while another writes.
//!
//! The state of TLS is behind a lock that is never held while a socket waits: a side that does not read cannot keep the
//! other from reading.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::Connection;
use socket2::{SockRef, TcpKeepalive};

/// A side that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// A silent connection is asked after by the system, so that a cut cable is noticed on either side.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(15);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(5);
/// One record of TLS.
const RECORD_BYTES: usize = 16 << 10;

struct Shared {
    connection: Mutex<Connection>,
    stream: TcpStream,
}

impl Shared {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What comes.
pub(super) struct ReadingHalf {
    shared: Arc<Shared>,
    /// Bytes of the socket from `at` on that TLS has not taken.
    raw: Vec<u8>,
    at: usize,
}

/// What goes.
pub(super) struct WritingHalf {
    shared: Arc<Shared>,
}

/// Ends both directions of a connection, whoever waits on them.
pub(super) struct Hangup(Arc<Shared>);

/// The halves of a connection whose handshake is over.
///
/// # Errors
/// If the socket cannot be set so.
pub(super) fn halves(
    connection: Connection,
    stream: TcpStream,
) -> io::Result<(ReadingHalf, WritingHalf, Hangup)> {
    stream.set_read_timeout(None)?;
    stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
    // A draft is a few packets: none of them waits for another.
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_EVERY);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    let shared = Arc::new(Shared { connection: Mutex::new(connection), stream });
    let reading = ReadingHalf { shared: Arc::clone(&shared), raw: Vec::new(), at: 0 };
    Ok((reading, WritingHalf { shared: Arc::clone(&shared) }, Hangup(shared)))
}

impl Hangup {
    /// Does it; a connection that has ended is as well.
    pub fn hang_up(&self) {
        self.0.stream.shutdown(Shutdown::Both).unwrap_or_default();
    }
}

impl ReadingHalf {
    /// What TLS has ready; `None` where it needs more of the socket.
    fn ready(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let mut connection = self.shared.connection();
        loop {
            match connection.reader().read(buffer) {
                Ok(count) => return Ok(Some(count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            if self.at == self.raw.len() {
                return Ok(None);
            }
            self.at += connection.read_tls(&mut &self.raw[self.at..])?;
            let state = connection.process_new_packets();
            state.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }
}

impl Read for ReadingHalf {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(count) = self.ready(buffer)? {
                return Ok(count);
            }
            self.raw.resize(RECORD_BYTES, 0);
            let count = (&self.shared.stream).read(&mut self.raw);
            self.raw.truncate(*count.as_ref().unwrap_or(&0));
            self.at = 0;
            if count? == 0 {
                // TLS knows whether the other side said goodbye, or was cut off.
                self.shared.connection().read_tls(&mut io::empty())?;
                return self.shared.connection().reader().read(buffer);
            }
        }
    }
}

impl WritingHalf {
    fn send(&self, fill: impl FnOnce(&mut Connection) -> io::Result<usize>) -> io::Result<usize> {
        let mut records = Vec::new();
        let count = {
            let mut connection = self.shared.connection();
            let count = fill(&mut connection)?;
            while connection.wants_write() {
                connection.write_tls(&mut records)?;
            }
            count
        };
        (&self.shared.stream).write_all(&records)?;
        Ok(count)
    }
}

impl Write for WritingHalf {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().min(RECORD_BYTES)];
        self.send(|connection| connection.writer().write(part))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send(|_| Ok(0)).map(|_| ())
    }
}

impl Drop for WritingHalf {
    fn drop(&mut self) {
        let goodbye = self.send(|connection| {
            connection.send_close_notify();
            Ok(0)
        });
        // Who is gone needs no goodbye.
        goodbye.map(|_| ()).unwrap_or_default();
        self.shared.stream.shutdown(Shutdown::Write).unwrap_or_default();
    }
}

/// Carries bytes from one place to another until there are no more; each part at once.
///
/// # Errors
/// If one of them fails.
pub(super) fn carry(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; RECORD_BYTES];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                to.write_all(&buffer[..count])?;
                to.flush()?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
