//! The server over pipes, with a renderer whose pictures are known: order, cancellation, limits, and studios that lie.

use std::io::{PipeReader, PipeWriter, Write, pipe};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use retidiff::device::{DeviceChoice, DeviceInfo};
use retidiff::diffusion::NoiseSpacing;
use retidiff::diffusion::samplers::Sampler;
use retidiff::document::Appearance;
use retidiff::formats::provenance::{mask_sha256, sha256_hex};
use retidiff::scan::GreyImage;
use retidiff::serve::exact::Exact;
use retidiff::serve::frame::{Frame, FrameReader, write_frame};
use retidiff::serve::limits::MAX_STEPS;
use retidiff::serve::link::Link;
use retidiff::serve::message::{Reason, RenderJob, ToServer, ToStudio, to_frame, to_studio};
use retidiff::serve::packing::pack;
use retidiff::serve::{ServeError, ServerOptions, serve};
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::{LoadedModel, PictureImage};

const WIDTH: u32 = 40;
const HEIGHT: u32 = 30;
const PATIENCE: Duration = Duration::from_secs(20);

/// A step takes five milliseconds; a pixel is its label, the steps and the seed.
struct Fake;

fn fake_pixels(labels: &[u8], steps: u32, seed: u64) -> Vec<u8> {
    labels
        .iter()
        .map(|&code| code.wrapping_mul(3).wrapping_add(steps as u8).wrapping_add(seed as u8))
        .collect()
}

impl Renderer for Fake {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "fake".into(), backend: "none".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel { name: "fake".into(), ..LoadedModel::default() }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        assert!(
            edit.is_none() && destination == Destination::Memory,
            "a server draws whole frames into memory"
        );
        for step in 1..=steps {
            std::thread::sleep(Duration::from_millis(5));
            if between_steps(step, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let pixels = fake_pixels(&scene.labels, steps, scene.seed);
        Ok(Some(PictureImage::Cpu(GreyImage::new(scene.width, scene.height, pixels))))
    }
}

struct Served {
    folder: tempfile::TempDir,
    thread: JoinHandle<Result<(), ServeError>>,
}

fn served() -> (PipeReader, PipeWriter, Served) {
    let folder = tempfile::tempdir().unwrap();
    let options = ServerOptions {
        folder: folder.path().join("serve"),
        data: folder.path().join("data"),
        program: "retidiff".into(),
        device: DeviceChoice::Cpu,
    };
    let (input, to_server) = pipe().unwrap();
    let (from_server, output) = pipe().unwrap();
    let thread = std::thread::Builder::new()
        .name("a server".into())
        .spawn(move || serve(input, output, options, Box::new(|_| Ok(Fake))))
        .unwrap();
    (from_server, to_server, Served { folder, thread })
}

/// A link to a server whose model is `model`.
fn linked() -> (Link, String, Served) {
    let (from, to, served) = served();
    let link = Link::over(from, to, "a test", Arc::new(AtomicBool::new(false))).unwrap();
    let bytes = b"a model".to_vec();
    let model = sha256_hex(&bytes);
    let size = bytes.len() as u64;
    link.say(&ToServer::Model { sha256: model.clone(), bytes: size, offset: 0 }, bytes).unwrap();
    link.say(&ToServer::Choose { model: model.clone(), student: None }, Vec::new()).unwrap();
    assert!(matches!(receive(&link).0, ToStudio::Stored { .. }));
    assert!(matches!(receive(&link).0, ToStudio::Ready { .. }));
    (link, model, served)
}

fn receive(link: &Link) -> (ToStudio, Vec<u8>) {
    link.receive(PATIENCE, Instant::now()).unwrap()
}

/// Past the progress.
fn receive_end(link: &Link) -> (ToStudio, Vec<u8>) {
    loop {
        let received = receive(link);
        if !matches!(received.0, ToStudio::Progress { .. }) {
            return received;
        }
    }
}

fn labels(code: u8) -> Vec<u8> {
    vec![code; (WIDTH * HEIGHT) as usize]
}

fn mask(labels: &[u8]) -> (ToServer, Vec<u8>) {
    let sha256 = mask_sha256(WIDTH, HEIGHT, labels);
    let rect = [0, 0, WIDTH, HEIGHT];
    (ToServer::Mask { width: WIDTH, height: HEIGHT, rect, sha256 }, pack(labels))
}

fn job(number: u64, model: &str, labels: &[u8], steps: u32) -> RenderJob {
    RenderJob {
        job: number,
        model: model.to_owned(),
        mask_sha256: mask_sha256(WIDTH, HEIGHT, labels),
        spacing_um: Some([Exact(3.87), Exact(11.3)]),
        seed: 5,
        sampler: Sampler::default(),
        noise_spacing: NoiseSpacing::default(),
        guidance: Exact(1.0),
        lesions: Exact(1.0),
        lesion_contrast: Exact(1.0),
        appearance: Appearance::default(),
        from_scan: None,
        steps,
        is_draft: false,
        rect: [2, 1, 12, 4],
    }
}

fn say_mask(link: &Link, labels: &[u8]) {
    let (message, body) = mask(labels);
    link.say(&message, body).unwrap();
}

#[test]
fn a_picture_is_the_rectangle_that_was_wanted_of_the_mask_that_was_meant() {
    let (link, model, served) = linked();
    let before = labels(3);
    say_mask(&link, &before);
    let mut after = before.clone();
    after[(2 * WIDTH + 5) as usize] = 9;
    let sha256 = mask_sha256(WIDTH, HEIGHT, &after);
    let change = ToServer::Mask { width: WIDTH, height: HEIGHT, rect: [5, 2, 6, 3], sha256 };
    link.say(&change, pack(&[9])).unwrap();
    link.say(&ToServer::Render(job(1, &model, &after, 3)), Vec::new()).unwrap();
    let (message, pixels) = receive_end(&link);
    assert_eq!(message, ToStudio::Picture { job: 1, rect: [2, 1, 12, 4] });
    let expected = fake_pixels(&after, 3, 5);
    let row = |y: usize| &expected[y * WIDTH as usize + 2..y * WIDTH as usize + 12];
    assert_eq!(pixels, [row(1), row(2), row(3)].concat());

    // The mask before is no longer there.
    link.say(&ToServer::Render(job(2, &model, &before, 3)), Vec::new()).unwrap();
    let failed = receive_end(&link).0;
    assert!(
        matches!(failed, ToStudio::Failed { job: Some(2), reason: Reason::MaskUnknown, .. }),
        "{failed:?}"
    );
    drop(link);
    assert!(served.thread.join().unwrap().is_ok(), "a studio that leaves is no error");
}

#[test]
fn a_cancelled_picture_ends_at_its_next_step_and_a_third_one_is_refused() {
    let (link, model, _served) = linked();
    let labels = labels(2);
    say_mask(&link, &labels);
    for number in 1..=3 {
        link.say(&ToServer::Render(job(number, &model, &labels, MAX_STEPS)), Vec::new()).unwrap();
    }
    let busy = receive_end(&link).0;
    assert!(matches!(busy, ToStudio::Failed { job: Some(3), reason: Reason::Busy, .. }), "{busy:?}");
    let began = Instant::now();
    for number in [1, 2] {
        link.say(&ToServer::Cancel { job: number }, Vec::new()).unwrap();
    }
    assert_eq!(receive_end(&link).0, ToStudio::Cancelled { job: 1 });
    assert_eq!(receive_end(&link).0, ToStudio::Cancelled { job: 2 });
    // A thousand steps take five seconds.
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    link.say(&ToServer::Render(job(4, &model, &labels, 1)), Vec::new()).unwrap();
    assert!(matches!(receive_end(&link).0, ToStudio::Picture { job: 4, .. }));
}

#[test]
fn a_draft_is_drawn_between_two_steps_of_an_export() {
    let (link, model, _served) = linked();
    let (first, second) = (labels(2), labels(4));
    say_mask(&link, &first);
    link.say(&ToServer::Render(job(1, &model, &first, 200)), Vec::new()).unwrap();
    assert!(matches!(receive(&link).0, ToStudio::Progress { job: 1, step: 1, of: 200 }));
    say_mask(&link, &second);
    link.say(&ToServer::Render(RenderJob { is_draft: true, ..job(2, &model, &second, 1) }), Vec::new())
        .unwrap();
    let (message, pixels) = receive_end(&link);
    assert!(matches!(message, ToStudio::Picture { job: 2, .. }), "{message:?}");
    assert_eq!(pixels[0], fake_pixels(&second, 1, 5)[0]);
    let (message, pixels) = receive_end(&link);
    assert!(matches!(message, ToStudio::Picture { job: 1, .. }), "{message:?}");
    assert_eq!(pixels[0], fake_pixels(&first, 200, 5)[0], "it is of the mask of its moment");
}

#[test]
fn what_goes_beyond_the_protocol_is_refused_and_the_next_message_is_read() {
    let (link, model, served) = linked();
    let labels = labels(1);
    say_mask(&link, &labels);
    let good = job(1, &model, &labels, 1);
    let refused = |message: ToServer, body: Vec<u8>| {
        link.say(&message, body).unwrap();
        match receive_end(&link).0 {
            ToStudio::Failed {
                reason: Reason::Refused | Reason::Broken | Reason::ModelUnknown,
                message,
                ..
            } => message,
            other => panic!("{message:?} was answered by {other:?}"),
        }
    };
    let render = |job: RenderJob| ToServer::Render(job);
    assert!(refused(render(RenderJob { steps: 0, ..good.clone() }), Vec::new()).contains("1 to 1000"));
    assert!(refused(render(RenderJob { steps: 1001, ..good.clone() }), Vec::new()).contains("1 to 1000"));
    assert!(
        refused(render(RenderJob { guidance: Exact(1e9), ..good.clone() }), Vec::new()).contains("0 to 100")
    );
    assert!(
        refused(render(RenderJob { rect: [0, 0, WIDTH + 1, 1], ..good.clone() }), Vec::new())
            .contains("rectangle")
    );
    assert!(
        refused(render(RenderJob { rect: [3, 3, 3, 4], ..good.clone() }), Vec::new()).contains("rectangle")
    );
    assert!(
        refused(render(RenderJob { model: "f".repeat(64), ..good.clone() }), Vec::new())
            .contains("choose it")
    );
    let sha256 = "0".repeat(64);
    let wide = ToServer::Mask { width: 4097, height: 1, rect: [0, 0, 1, 1], sha256: sha256.clone() };
    assert!(refused(wide, Vec::new()).contains("4097x1"));
    assert!(
        refused(ToServer::Choose { model: sha256.clone(), student: None }, Vec::new())
            .contains("send it first")
    );
    let other_hash = ToServer::Model { sha256: sha256.clone(), bytes: 4, offset: 0 };
    assert!(refused(other_hash, b"evil".to_vec()).contains("send it anew"));
    let endless = ToServer::Model { sha256, bytes: u64::MAX, offset: 0 };
    assert!(refused(endless, b"evil".to_vec()).contains("larger"));
    for run in ["../escape", "/etc", ".ssh", ""] {
        let events = ToServer::Events { run: run.to_owned(), from: 0 };
        assert!(refused(events, Vec::new()).contains("no path"), "{run}");
    }
    let fetch = ToServer::Fetch { run: "a".to_owned(), file: "../../key".to_owned(), from: 0 };
    assert!(refused(fetch, Vec::new()).contains("no path"));
    link.say(&render(good), Vec::new()).unwrap();
    assert!(matches!(receive_end(&link).0, ToStudio::Picture { job: 1, .. }));
    drop(link);
    served.thread.join().unwrap().unwrap();
    let kept: Vec<_> = files_below(served.folder.path());
    assert_eq!(kept.len(), 1, "only the model that was sent whole is kept: {kept:?}");
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_stream_that_is_none_of_ours_ends_the_server_with_a_word() {
    let mut whole = Vec::new();
    write_frame(&mut whole, &to_frame(&ToServer::Hello { program: "test".into() }, Vec::new())).unwrap();
    let mut newer = whole.clone();
    newer[4] = 7;
    let mut huge = whole.clone();
    huge[12..16].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    let cut = whole[..whole.len() - 3].to_vec();
    let foreign = b"GET / HTTP/1.1\r\nHost: gpu\r\n\r\n".to_vec();
    for (bytes, word) in
        [(newer, "version 7"), (huge, "more than"), (cut, "ends in its message"), (foreign, "GET")]
    {
        let (from, mut to, served) = served();
        to.write_all(&bytes).unwrap();
        drop(to);
        let error = served.thread.join().unwrap().unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
        let mut said = FrameReader::new(from, "a test");
        let frame = said.next(|| {}).unwrap().expect("the server says why it ends");
        assert!(matches!(
            to_studio(&frame).unwrap(),
            ToStudio::Failed { job: None, reason: Reason::Refused, .. }
        ));
    }
}

#[test]
fn a_message_of_another_program_is_refused_without_an_end() {
    let (from, mut to, served) = served();
    for head in [
        &b"{}"[..],
        b"[]",
        b"\xff",
        br#"{"kind":"shell","command":"rm"}"#,
        br#"{"kind":"hello","program":"a","more":1}"#,
    ] {
        write_frame(&mut to, &Frame { head: head.to_vec(), body: vec![1; 9] }).unwrap();
    }
    write_frame(&mut to, &to_frame(&ToServer::Hello { program: "test".into() }, Vec::new())).unwrap();
    let mut said = FrameReader::new(from, "a test");
    let mut refused = 0;
    loop {
        match to_studio(&said.next(|| {}).unwrap().expect("an answer")).unwrap() {
            ToStudio::Failed { reason: Reason::Refused, .. } => refused += 1,
            ToStudio::Hello(hello) => {
                assert!(!hello.host.is_empty() && hello.program.contains("RetiDiff"));
                break;
            }
            ToStudio::Beat => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 5);
    drop(to);
    served.thread.join().unwrap().unwrap();
}

/// What the million mutations read: frames of a studio, with the mask and the job in them.
pub fn read_as_server(bytes: &[u8]) -> Result<(), String> {
    // Beside its place in the stream a message of the protocol has no file to name.
    hear_as_server(bytes).map_err(|message| format!("{}: {message}", crate::hostile::NAME))
}

fn hear_as_server(bytes: &[u8]) -> Result<(), String> {
    use retidiff::serve::message::to_server;
    use retidiff::serve::scene::Held;
    let mut frames = FrameReader::new(bytes, "a studio");
    let mut held = Held::default();
    let mut is_drawn = false;
    while let Some(frame) = frames.next(|| {}).map_err(|error| error.to_string())? {
        let refused = |(_, message): (Reason, String)| message;
        match to_server(&frame).map_err(|error| error.to_string())? {
            ToServer::Mask { width, height, rect, sha256 } => held
                .take_mask((width, height), rect, &sha256, &frame.body)
                .map_err(|error| refused(error.0))?,
            ToServer::Scan { width, height, has_area, sha256 } => held
                .take_scan((width, height), has_area, &sha256, &frame.body)
                .map_err(|error| refused(error.0))?,
            ToServer::Render(job) => {
                held.scene(&job).map_err(|error| refused(error.0))?;
                is_drawn = true;
            }
            _ => {}
        }
    }
    if is_drawn { Ok(()) } else { Err("nothing was asked for".to_owned()) }
}

/// A conversation as a studio begins it.
pub fn conversation() -> Vec<u8> {
    let labels: Vec<u8> = (0..WIDTH * HEIGHT).map(|i| (i % 9) as u8).collect();
    let mut scan = labels.clone();
    scan.extend(vec![1; labels.len()]);
    let sha256 = sha256_hex(&scan);
    let mut bytes = Vec::new();
    let (message, packed) = mask(&labels);
    let with_scan =
        RenderJob { from_scan: Some((sha256.clone(), Exact(0.5))), ..job(1, &"0".repeat(64), &labels, 8) };
    for (message, body) in [
        (ToServer::Hello { program: "RetiDiff Studio".into() }, Vec::new()),
        (message, packed),
        (ToServer::Scan { width: WIDTH, height: HEIGHT, has_area: true, sha256 }, pack(&scan)),
        (ToServer::Render(with_scan), Vec::new()),
    ] {
        write_frame(&mut bytes, &to_frame(&message, body)).unwrap();
    }
    read_as_server(&bytes).unwrap();
    bytes
}
