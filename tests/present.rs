//! shaders/present.wgsl against its reference implementation on the CPU, on any adapter there is (a software driver
//! will do).

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::{Device, Tensor, TensorData};
use retidiff::device::SharedGpu;
use retidiff::encoding::mapping::{GridPlan, Mapping};
use retidiff::mask::Mask;
use retidiff::scan::{GreyImage, Spacing};
use retidiff::worker::PictureImage;
use retidiff::worker::local_edit::Halo;
use retidiff::worker::present::{Presenter, present_on_cpu, read_picture};
use retidiff::worker::renderer::Edit;

/// Native wgpu answers at once.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn any_gpu() -> Option<SharedGpu> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let adapter = now(instance.enumerate_adapters(wgpu::Backends::all()))?.into_iter().next()?;
    let descriptor = SharedGpu::device_descriptor(&adapter);
    let (device, queue) = now(adapter.request_device(&descriptor))?.ok()?;
    Some(SharedGpu::new(instance, adapter, device, queue))
}

/// A grid picture that leaves [-1, 1] in places.
fn grid_values(plan: &GridPlan) -> Vec<f32> {
    (0..plan.grid_len())
        .map(|i| {
            let (x, y) = ((i as u32 % plan.grid_width) as f32, (i as u32 / plan.grid_width) as f32);
            1.2 * (x * 0.31).sin() * (y * 0.17).cos()
        })
        .collect()
}

fn on_device(values: &[f32], plan: &GridPlan, device: &Device) -> Tensor<4> {
    let shape = [1, 1, plan.grid_height as usize, plan.grid_width as usize];
    // Computed, not only uploaded: the result then lies somewhere inside a pooled buffer.
    Tensor::<4>::from_data(TensorData::new(values.to_vec(), shape), device) * 2.0 * 0.5
}

#[test]
fn the_picture_on_the_device_is_the_picture_on_the_cpu() {
    let Some(gpu) = any_gpu() else {
        eprintln!("skipped: no graphics adapter, not even a software one");
        return;
    };
    let device = gpu.register().expect("burn shares the device");
    let presenter = Presenter::new(&gpu);
    let show = |values: &[f32], plan: &GridPlan, edit: Option<Edit<'_>>| {
        let texture = presenter.present(on_device(values, plan, &device), plan, edit).expect("presented");
        let image = read_picture(&gpu, &texture).expect("read back");
        (texture, image)
    };

    // Pixel to pixel, padded grid.
    let plan = Mapping::live().plan(70, 41, None);
    let values = grid_values(&plan);
    let (base_texture, base) = show(&values, &plan, None);
    assert_eq!(base, present_on_cpu(&values, &plan, None));

    // An edit over it.
    let before = Mask::unannotated(70, 41);
    let mut after = before.clone();
    after.layers.fill_run(20, 60, 69, 3);
    let halo = Halo::of_changes(&before, &after);
    let changed: Vec<f32> = values.iter().map(|value| -value * 0.7).collect();
    let on_screen = PictureImage::Gpu { texture: base_texture, width: 70, height: 41 };
    let (_, edited) = show(&changed, &plan, Some(Edit { base: &on_screen, halo: &halo }));
    assert_eq!(edited, present_on_cpu(&changed, &plan, Some((&base, &halo))));
    assert_ne!(edited, base);

    // Resampled both ways: finer than the grid along one axis, coarser along the other.
    let plan = Mapping::live().plan(90, 50, Spacing::checked(2.0, 20.0));
    let values = grid_values(&plan);
    let (_, resampled) = show(&values, &plan, None);
    let reference = present_on_cpu(&values, &plan, None);
    assert_eq!((resampled.width, resampled.height), (90, 50));
    assert!(largest_difference(&resampled, &reference) <= 1);

    // A fixed grid with the annotated columns of a document on it, pixel to pixel and resampled.
    for (fixed_size, most) in [([32, 48], 0), ([64, 32], 1)] {
        let mapping = Mapping { fixed_size: Some(fixed_size), ..Mapping::live() };
        let labels: Vec<u8> =
            (0..80 * 32).map(|at| if (9..57).contains(&(at % 80)) { 3 } else { 255 }).collect();
        let plan = mapping.plan_of(&labels, [80, 32], None);
        let values = grid_values(&plan);
        let (_, cropped) = show(&values, &plan, None);
        assert_eq!((cropped.width, cropped.height), (80, 32));
        assert!(largest_difference(&cropped, &present_on_cpu(&values, &plan, None)) <= most);
    }

    // A base that is not on the device is refused, not guessed.
    let in_memory = PictureImage::Cpu(reference);
    let edit = Edit { base: &in_memory, halo: &halo };
    assert!(presenter.present(on_device(&values, &plan, &device), &plan, Some(edit)).is_err());
}

fn largest_difference(a: &GreyImage, b: &GreyImage) -> u8 {
    a.pixels.iter().zip(b.pixels.iter()).map(|(&a, &b)| a.abs_diff(b)).max().unwrap_or(0)
}

#[test]
fn burn_takes_another_device_after_one_was_lost() {
    let (Some(first), Some(second)) = (any_gpu(), any_gpu()) else {
        eprintln!("skipped: no graphics adapter, not even a software one");
        return;
    };
    let sum = |device: &Device| {
        let numbers = Tensor::<1>::from_data(TensorData::new(vec![1.5_f32, 2.0], [2]), device);
        (numbers + 1.0).into_data().try_to_vec::<f32>().map_err(|error| format!("{error:?}"))
    };
    let lost = first.register().expect("burn takes the first");
    assert_eq!(sum(&lost), Ok(vec![2.5, 3.0]));
    first.loss().cause(&first.device);
    assert!(first.is_lost(), "registering did not take the news away");
    // What burn answers on a lost device is its own matter, if it answers: it must not be in the way.
    let thread = std::thread::Builder::new().name("on a lost device".to_owned());
    let on_lost = lost.clone();
    thread.spawn(move || eprintln!("on the lost device: {:?}", sum(&on_lost))).expect("a thread");
    let device = second.register().expect("burn takes the second");
    assert_ne!(device, lost);
    assert_eq!(sum(&device), Ok(vec![2.5, 3.0]));
    assert!(!second.is_lost());
}

#[test]
fn more_memory_than_the_device_has_is_a_message_and_the_window_goes_on() {
    let Some(gpu) = any_gpu() else {
        eprintln!("skipped: no graphics adapter, not even a software one");
        return;
    };
    let buffer = |size: u64| wgpu::BufferDescriptor {
        label: Some("more than there is"),
        size,
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    };
    let Some(too_much) = gpu.device.limits().max_buffer_size.checked_add(4) else {
        eprintln!("skipped: this adapter knows no largest buffer");
        return;
    };
    assert_eq!(gpu.loss().failure("the GPU"), None);
    drop(gpu.device.create_buffer(&buffer(too_much)));
    let failure = gpu.loss().failure("the GPU").expect("it is known");
    assert!(failure.contains("the memory of the GPU is full"), "{failure}");
    assert!(!gpu.is_lost());
    let small = gpu.device.create_buffer(&buffer(16));
    gpu.queue.write_buffer(&small, 0, &[7; 16]);
    gpu.queue.submit([]);
    gpu.device.poll(wgpu::PollType::wait_indefinitely()).expect("the device answers");
}
