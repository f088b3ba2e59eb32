//! TLS 1.3 with raw public keys: whoever proves a key is let through here, and who may have which key is asked after.
//!
//! So an unknown studio hears in words that it is not paired, and a studio that pairs can see the key of its server.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, Connection, DigitallySignedStruct, DistinguishedName, Error,
    ServerConfig, ServerConnection, SignatureScheme,
};

use super::identity::Identity;
use super::to_hex;

/// What a connection is for, as the handshake names it (ALPN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Frames between studio and server.
    Serve,
    /// A pairing.
    Pair,
}

const PURPOSES: [(Purpose, &[u8]); 2] =
    [(Purpose::Serve, b"retidiff/1"), (Purpose::Pair, b"retidiff-pair/1")];

/// A handshake and a pairing take no longer, however slowly the other side speaks.
pub(super) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes that are read of somebody who is not known yet.
const MAX_UNKNOWN_BYTES: usize = 64 << 10;

/// Accepts every key that is proven.
#[derive(Debug)]
struct Proven(WebPkiSupportedAlgorithms);

impl Proven {
    fn proof(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        verify_tls13_signature_with_raw_key(message, &key, signed, &self.0)
    }
}

fn older() -> Error {
    Error::General("only TLS 1.3 is spoken".to_owned())
}

impl ServerCertVerifier for Proven {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(older())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.proof(message, key, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Proven {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(older())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.proof(message, key, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

fn provider() -> (Arc<CryptoProvider>, Arc<Proven>) {
    let provider = ring::default_provider();
    let proven = Arc::new(Proven(provider.signature_verification_algorithms));
    (Arc::new(provider), proven)
}

/// The studio's side of a connection that is to be made.
pub(super) fn client(identity: &Identity, purpose: Purpose) -> Result<Connection, Error> {
    let (provider, proven) = provider();
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(proven)
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(Arc::clone(
            &identity.key,
        ))));
    config.alpn_protocols =
        PURPOSES.iter().filter(|(p, _)| *p == purpose).map(|(_, name)| name.to_vec()).collect();
    config.resumption = Resumption::disabled();
    // Names mean nothing here: the key does.
    config.enable_sni = false;
    let name = ServerName::try_from("retidiff").map_err(|error| Error::General(error.to_string()))?;
    Ok(ClientConnection::new(Arc::new(config), name)?.into())
}

/// The server's side for whoever connects.
pub(super) fn server_config(identity: &Identity) -> Result<Arc<ServerConfig>, Error> {
    let (provider, proven) = provider();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(proven)
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(Arc::clone(&identity.key))));
    config.alpn_protocols = PURPOSES.iter().map(|(_, name)| name.to_vec()).collect();
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

/// The server's side of one connection.
pub(super) fn server(config: &Arc<ServerConfig>) -> Result<Connection, Error> {
    Ok(ServerConnection::new(Arc::clone(config))?.into())
}

/// A socket for as long as the other side is unknown: a moment by which all is over, and a bound of what is read.
pub(super) struct Unknown<'a> {
    stream: &'a TcpStream,
    until: Instant,
    bytes_left: usize,
}

impl<'a> Unknown<'a> {
    /// Of a socket, from now on.
    pub fn new(stream: &'a TcpStream) -> Self {
        Self { stream, until: Instant::now() + HANDSHAKE_TIMEOUT, bytes_left: MAX_UNKNOWN_BYTES }
    }

    fn time_left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(io::Error::new(io::ErrorKind::TimedOut, "the other side took too long")),
            false => Ok(left),
        }
    }
}

impl Read for Unknown<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.bytes_left);
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the other side said too much"));
        }
        self.stream.set_read_timeout(Some(self.time_left()?))?;
        let count = self.stream.read(&mut buffer[..most])?;
        self.bytes_left -= count;
        Ok(count)
    }
}

impl Write for Unknown<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.time_left()?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// The secure connection with somebody unknown, within the bounds of its socket.
pub(super) struct Line<'a, 'b> {
    /// The state of TLS.
    pub connection: &'a mut Connection,
    /// What carries it.
    pub socket: &'a mut Unknown<'b>,
}

impl Read for Line<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return outcome,
            }
            // Nothing read is the end, of which the reader knows whether it is a goodbye.
            self.connection.read_tls(self.socket)?;
            let state = self.connection.process_new_packets();
            state.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }
}

impl Write for Line<'_, '_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.connection.writer().write(buffer)?;
        self.flush()?;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(self.socket)?;
        }
        Ok(())
    }
}

impl Line<'_, '_> {
    /// Says that nothing more will come, and waits until the other side has gone: a socket that is closed with bytes
    /// unread takes back what was said last.
    ///
    /// # Errors
    /// If the connection broke before.
    pub fn say_goodbye(&mut self) -> io::Result<()> {
        self.connection.send_close_notify();
        self.flush()?;
        self.socket.stream.shutdown(Shutdown::Write)?;
        while matches!(self.socket.read(&mut [0; 1024]), Ok(1..)) {}
        Ok(())
    }
}

/// Who is at the other end, once the handshake is over, and what for.
pub(super) struct Met {
    /// As [`Identity::public_key`] writes it.
    pub public_key: String,
    /// What for.
    pub purpose: Purpose,
}

/// Goes through the handshake.
///
/// # Errors
/// If the other side speaks another language, proves nothing, or takes too long.
pub(super) fn meet(connection: &mut Connection, socket: &mut Unknown<'_>) -> io::Result<Met> {
    while connection.is_handshaking() {
        connection.complete_io(socket)?;
    }
    while connection.wants_write() {
        connection.write_tls(socket)?;
    }
    let refused = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let key = connection.peer_certificates().and_then(|keys| keys.first());
    let public_key = key.map(|key| to_hex(key)).ok_or_else(|| refused("the other side has no key"))?;
    let purpose = PURPOSES.iter().find(|(_, name)| connection.alpn_protocol() == Some(*name));
    let purpose = purpose.ok_or_else(|| refused("the other side names no purpose"))?.0;
    Ok(Met { public_key, purpose })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn of_somebody_unknown_no_more_is_read_than_a_handshake_needs() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut talker = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        let talking = std::thread::Builder::new().spawn(move || {
            // It may be cut off while it still talks.
            talker.write_all(&vec![0x16; 4 * MAX_UNKNOWN_BYTES]).unwrap_or_default();
        });
        let mut socket = Unknown::new(&stream);
        let mut read = 0;
        let error = loop {
            match socket.read(&mut [0; 4096]) {
                Ok(count) => read += count,
                Err(error) => break error,
            }
        };
        assert_eq!((read, error.kind()), (MAX_UNKNOWN_BYTES, io::ErrorKind::InvalidData));
        socket.until = Instant::now();
        assert_eq!(socket.write(b"a").unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(stream);
        talking.unwrap().join().unwrap();
    }
}
