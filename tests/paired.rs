//! A server that listens: paired studios are served, everybody else is refused, whatever they send.

use std::io::{Read, Write, pipe};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use retidiff::device::DeviceChoice;
use retidiff::formats::provenance::sha256_hex;
use retidiff::serve::ServerOptions;
use retidiff::serve::connect::hello;
use retidiff::serve::link::Link;
use retidiff::serve::message::{ToServer, ToStudio};
use retidiff::serve::paired::code::PairingCode;
use retidiff::serve::paired::identity::Identity;
use retidiff::serve::paired::listen::Door;
use retidiff::serve::paired::peers::Peers;
use retidiff::serve::paired::reach::{pair, reach};

/// A process that starts, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(60);
/// A handshake takes ten seconds at most.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A server that listens; it ends with the test's process.
struct Served {
    address: String,
    door: Arc<Door>,
    folder: tempfile::TempDir,
}

fn served() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let options = ServerOptions {
        folder: folder.path().join("serve"),
        data: folder.path().join("data"),
        program: env!("CARGO_BIN_EXE_retidiff").into(),
        device: DeviceChoice::Cpu,
    };
    let door = Arc::new(Door::open("127.0.0.1:0", options).unwrap());
    let address = door.address().unwrap().to_string();
    let opened = Arc::clone(&door);
    std::thread::Builder::new().name("door".into()).spawn::<_, ()>(move || opened.serve()).unwrap();
    Served { address, door, folder }
}

/// A link through `retidiff reach`, as the studio of a folder would have it.
fn linked(folder: &Path, address: &str) -> Link {
    let (from_studio, to) = pipe().unwrap();
    let (from, mut to_studio) = pipe().unwrap();
    let (folder, place) = (folder.to_owned(), address.to_owned());
    std::thread::Builder::new()
        .name("reach".into())
        .spawn(move || {
            if let Err(error) = reach(&folder, &place, from_studio, &mut to_studio) {
                eprintln!("{error}");
            }
        })
        .unwrap();
    Link::over(from, to, address, Arc::new(AtomicBool::new(false))).unwrap()
}

fn paired(served: &Served) -> tempfile::TempDir {
    let studio = tempfile::tempdir().unwrap();
    let code = served.door.pair_one().unwrap();
    let name = pair(studio.path(), &served.address, &code).unwrap();
    assert!(!name.is_empty());
    studio
}

fn refusal(outcome: Result<String, retidiff::serve::paired::PairedError>) -> String {
    outcome.expect_err("it is refused").to_string()
}

#[test]
fn a_studio_that_was_paired_is_served_and_large_files_arrive_whole() {
    let served = served();
    assert_eq!(served.door.studios().unwrap(), 0);
    let studio = paired(&served);
    assert_eq!(served.door.studios().unwrap(), 1);
    let link = linked(studio.path(), &served.address);
    let greeting = hello(&link).unwrap();
    assert!(greeting.program.contains("RetiDiff"), "{greeting:?}");
    // Three chunks that no record of TLS holds, each answered.
    let file: Vec<u8> = (0..3_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let sha256 = sha256_hex(&file);
    let mut offset = 0;
    for part in file.chunks(1 << 20) {
        let message =
            ToServer::Model { sha256: sha256.clone(), bytes: file.len() as u64, offset: offset as u64 };
        link.say(&message, part.to_vec()).unwrap();
        offset += part.len();
        let (answer, _) = link.receive(PATIENCE, Instant::now()).unwrap();
        assert_eq!(answer, ToStudio::Stored { sha256: sha256.clone(), bytes: offset as u64 });
    }
    let kept = files_below(&served.folder.path().join("serve/models"));
    assert!(kept.iter().any(|path| std::fs::read(path).unwrap() == file), "{kept:?}");
    drop(link);
    // The place is free again, and the file is known.
    let again = linked(studio.path(), &served.address);
    assert!(hello(&again).unwrap().models.contains(&sha256));
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_studio_that_was_not_paired_hears_so_and_a_code_is_good_for_one() {
    let served = served();
    let stranger = tempfile::tempdir().unwrap();
    let said = reach(stranger.path(), &served.address, std::io::empty(), &mut std::io::sink()).unwrap_err();
    assert!(said.to_string().contains("retidiff pair"), "{said}");
    // It knows the server's key, but the server does not know it.
    let key = Identity::in_folder(&served.folder.path().join("serve")).unwrap().public_key();
    Peers::servers(stranger.path()).keep(&served.address, &key).unwrap();
    let link = linked(stranger.path(), &served.address);
    let said = hello(&link).expect_err("the server refuses it").to_string();
    assert!(said.contains("is not paired with"), "{said}");

    let code = served.door.pair_one().unwrap();
    pair(stranger.path(), &served.address, &code).unwrap();
    let other = tempfile::tempdir().unwrap();
    let said = refusal(pair(other.path(), &served.address, &code));
    assert!(said.contains("used up"), "{said}");
    assert_eq!(served.door.studios().unwrap(), 1);
}

#[test]
fn wrong_codes_end_the_pairing_and_another_servers_code_is_not_said() {
    let (served, other) = (served(), served());
    let studio = tempfile::tempdir().unwrap();
    let code = served.door.pair_one().unwrap();
    let of_other = other.door.pair_one().unwrap();
    let said = refusal(pair(studio.path(), &served.address, &of_other));
    assert!(said.contains("not the one that showed this code"), "{said}");
    let key = Identity::in_folder(&served.folder.path().join("serve")).unwrap().public_key();
    for _ in 0..3 {
        // The right server, a secret of chance.
        let wrong = PairingCode::new(&key).unwrap();
        let said = refusal(pair(studio.path(), &served.address, &wrong));
        assert!(said.contains("not the one that this server shows"), "{said}");
    }
    let said = refusal(pair(studio.path(), &served.address, &code));
    assert!(said.contains("--pair"), "{said}");
    assert_eq!(served.door.studios().unwrap(), 0);
}

#[test]
fn a_server_with_another_key_than_then_is_not_spoken_to() {
    let (served, other) = (served(), served());
    let studio = paired(&served);
    let key = Identity::in_folder(&served.folder.path().join("serve")).unwrap().public_key();
    Peers::servers(studio.path()).keep(&other.address, &key).unwrap();
    let said = reach(studio.path(), &other.address, std::io::empty(), &mut std::io::sink()).unwrap_err();
    assert!(said.to_string().contains("not the one that this one was paired with"), "{said}");
}

/// Noise, other protocols, cut handshakes and sockets that say nothing: each is closed in time, and a paired studio is
/// served all the while.
#[test]
fn whatever_strangers_send_they_are_closed_and_a_paired_studio_is_served() {
    let served = served();
    let studio = paired(&served);
    let connect = || TcpStream::connect(&served.address).unwrap();
    let began = Instant::now();
    let silent: Vec<TcpStream> = (0..6).map(|_| connect()).collect();
    let mut noise: u64 = 0x9E37_79B9_7F4A_7C15;
    // A ClientHello's beginning, so that some of it gets past the first look.
    let record = [0x16, 0x03, 0x01, 0x00, 0xF0, 0x01, 0x00, 0x00, 0xEC, 0x03, 0x03];
    for number in 0..200 {
        let mut bytes = match number % 4 {
            0 => b"GET / HTTP/1.1\r\nHost: gpu\r\n\r\n".to_vec(),
            1 => record.to_vec(),
            2 => b"RtDf\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
            _ => Vec::new(),
        };
        for _ in 0..number {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.push((noise >> 56) as u8);
        }
        let mut stream = connect();
        // The door may have closed it already.
        stream.write_all(&bytes).unwrap_or_default();
    }
    // Where all places of strangers are taken for a moment, it tries again, as a studio does.
    while hello(&linked(studio.path(), &served.address)).is_err() {
        assert!(began.elapsed() < PATIENCE, "a paired studio is served beside them");
        std::thread::sleep(Duration::from_millis(100));
    }
    for mut stream in silent {
        stream.set_read_timeout(Some(HANDSHAKE_TIMEOUT + PATIENCE)).unwrap();
        let closed = stream.read(&mut [0; 64]);
        assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    }
    assert!(began.elapsed() < HANDSHAKE_TIMEOUT + PATIENCE, "{:?}", began.elapsed());
}
