//! Our convolution on any adapter there is (a software driver will do) against the CPU's.

use burn::tensor::{DType, Device};
use retidiff::device::SharedGpu;
use retidiff::device::adapters;
use retidiff::nn::kernels::choice::difference;

/// A device on the first adapter there is.
pub fn any_device() -> Option<Device> {
    let adapter = adapters::enumerate(wgpu::Backends::all()).into_iter().next()?;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let request = adapter.request_device(&SharedGpu::device_descriptor(&adapter));
    // Native wgpu answers at once.
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let answer = match std::pin::pin!(request).poll(&mut context) {
        std::task::Poll::Ready(answer) => answer.ok()?,
        std::task::Poll::Pending => return None,
    };
    SharedGpu::new(instance, adapter, answer.0, answer.1).register().ok()
}

#[test]
fn our_convolution_is_the_cpus_at_every_shape_that_it_knows() {
    let Some(device) = any_device() else {
        eprintln!("skipped: no graphics adapter, not even a software one");
        return;
    };
    // Channels in and out, rows, columns, kernel, stride: less than a tile, whole tiles, and a bit of one more; the
    // strided layers of a network, its first and its last one.
    let cases = [
        [1, 1, 1, 1, 3, 1],
        [8, 32, 8, 16, 3, 1],
        [9, 33, 9, 17, 3, 1],
        [24, 16, 30, 24, 3, 1],
        [8, 32, 16, 32, 3, 2],
        [5, 7, 15, 31, 3, 2],
        [16, 32, 8, 16, 1, 1],
        [17, 3, 11, 5, 1, 1],
    ];
    for case in cases {
        let off = difference(case, &device, DType::F32);
        assert!(off.is_some_and(|off| off <= 1e-4), "{case:?}: {off:?}");
        if device.supports_dtype(burn::tensor::FloatDType::F16) {
            let off = difference(case, &device, DType::F16);
            assert!(off.is_some_and(|off| off <= 1e-3), "{case:?} in half precision: {off:?}");
        }
    }
    assert_eq!(difference([4, 4, 9, 9, 5, 1], &device, DType::F32), None, "a kernel that it does not know");
}
