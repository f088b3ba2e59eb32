//! Which device computes, and why.
//!
//! A software Vulkan driver (lavapipe, WARP) runs burn's kernels correctly but some forty times slower
//! than burn's own CPU backend, and compiles for a minute first. So an adapter that is no GPU sends
//! synthesis to the CPU backend, and the user is told.
//!
//! In builds with SPIR-V kernels (feature "vulkan") the window takes a device that burn has made, where there is
//! a GPU: those kernels use native Vulkan extensions (buffer addresses, the memory model, cooperative matrices,
//! which are the tensor cores) that no feature of wgpu requests all of, and burn does not check a device that it
//! is handed. Builds without them share the window's own device, and ask for nothing experimental.

#[cfg(any(feature = "gpu", feature = "studio"))]
pub mod adapters;
#[cfg(feature = "gpu")]
mod burn_made;
pub mod chosen_gpu;
#[cfg(any(feature = "gpu", feature = "studio"))]
mod driver_files;
#[cfg(any(feature = "gpu", feature = "studio"))]
pub mod loss;
#[cfg(any(feature = "gpu", feature = "studio"))]
pub mod probe;
pub mod processor_share;
pub mod self_tests;
#[cfg(feature = "gpu")]
mod tuning_store;

use burn::tensor::Device;

use crate::nn::Arithmetic;

/// What the user asks for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// A GPU where there is one, the CPU otherwise.
    #[default]
    Auto,
    /// A GPU, or an error.
    Gpu,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU through CUDA; pictures come back through memory.
    #[cfg(feature = "cuda")]
    Cuda,
}

impl DeviceChoice {
    /// As the command line calls it.
    pub fn word(self) -> &'static str {
        match self {
            DeviceChoice::Auto => "auto",
            DeviceChoice::Gpu => "gpu",
            DeviceChoice::Cpu => "cpu",
            #[cfg(feature = "cuda")]
            DeviceChoice::Cuda => "cuda",
        }
    }

    /// Whether nothing but a GPU will do.
    pub fn names_a_gpu(self) -> bool {
        !matches!(self, DeviceChoice::Auto | DeviceChoice::Cpu)
    }
}

/// What a process that computes on a device of this choice must be given to take the GPU that was chosen by number.
pub fn chosen_gpu_for(choice: DeviceChoice) -> Vec<String> {
    match choice {
        DeviceChoice::Cpu => Vec::new(),
        _ => chosen_gpu::arguments(),
    }
}

/// The device that was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInfo {
    /// As its driver names it, or "CPU".
    pub name: String,
    /// "Vulkan", "Metal", "DirectX 12", "CUDA", or "flex", burn's CPU backend.
    pub backend: String,
    /// Whether it is one, and no software driver.
    pub is_gpu: bool,
    /// Whether it draws only until another one is prepared.
    pub is_stand_in: bool,
    /// What the network on it computes in.
    pub arithmetic: Arithmetic,
    /// Name and version of the graphics driver, where there is one.
    pub driver: Option<String>,
    /// Why it is not the one that was asked for.
    pub note: Option<String>,
    /// The machine it is in, where that is another one.
    pub host: Option<String>,
}

impl DeviceInfo {
    /// The same device, for a network that computes in a precision.
    pub fn computing_in(&self, arithmetic: Arithmetic) -> Self {
        Self { arithmetic, ..self.clone() }
    }

    /// What the device computes through, and in what unless that is single precision: "Vulkan, f16".
    pub fn backend_and_precision(&self) -> String {
        match self.arithmetic {
            Arithmetic::F32 => self.backend.clone(),
            half => format!("{}, {}", self.backend, half.word()),
        }
    }

    /// Name, what it computes through, and where: "NVIDIA H100 (Vulkan, f16) on gpu-host".
    pub fn described(&self) -> String {
        let here = format!("{} ({})", self.name, self.backend_and_precision());
        match &self.host {
            Some(host) => format!("{here} on {host}"),
            None => here,
        }
    }

    fn cpu(note: Option<String>) -> Self {
        Self { name: "CPU".into(), backend: "flex".into(), note, ..Self::default() }
    }
}

/// A device for tensors.
#[derive(Clone, Debug)]
pub struct Picked {
    /// What tensors are made on.
    pub device: Device,
    /// What it is, for people.
    pub info: DeviceInfo,
    /// The window's device, when `device` is that same device: pictures can then stay on it.
    pub shared: Option<SharedGpu>,
}

impl Picked {
    /// Whether it was the window's device and is gone.
    pub fn is_lost(&self) -> bool {
        #[cfg(feature = "gpu")]
        return self.shared.as_ref().is_some_and(SharedGpu::is_lost);
        #[cfg(not(feature = "gpu"))]
        false
    }

    /// Why it cannot be used any more, and what helps; `None` while it can.
    pub fn failure(&self) -> Option<String> {
        #[cfg(feature = "gpu")]
        return self.shared.as_ref().and_then(|shared| shared.loss().failure(&self.info.name));
        #[cfg(not(feature = "gpu"))]
        None
    }
}

/// Chooses by the rules of the module's text.
pub fn pick(choice: DeviceChoice, shared: Option<&SharedGpu>) -> Picked {
    match choice {
        DeviceChoice::Cpu => cpu(None),
        DeviceChoice::Auto | DeviceChoice::Gpu => gpu::pick(shared),
        #[cfg(feature = "cuda")]
        DeviceChoice::Cuda => cuda(),
    }
}

/// The first GPU that CUDA knows.
#[cfg(feature = "cuda")]
fn cuda() -> Picked {
    // Looks for the driver first: burn's device is lazy, and panics at its first tensor where there is none.
    let Some(device) = Device::enumerate(burn::tensor::DeviceType::Cuda).first().cloned() else {
        return cpu(Some("CUDA finds no NVIDIA GPU, or its driver is not installed".into()));
    };
    let name = device.identity().map_or_else(|| "NVIDIA GPU".to_owned(), |identity| identity.name);
    let info = DeviceInfo { name, backend: "CUDA".into(), is_gpu: true, ..DeviceInfo::default() };
    Picked { device, info, shared: None }
}

/// The CPU backend.
pub fn cpu(note: Option<String>) -> Picked {
    Picked { device: Device::flex(), info: DeviceInfo::cpu(note), shared: None }
}

/// What the drivers say of the machine's GPUs, one line each; software drivers are left out. May take a second.
#[cfg(any(feature = "gpu", feature = "studio"))]
pub fn gpu_lines() -> Vec<String> {
    let gpus = probe::found().gpus.iter();
    gpus.filter(|gpu| gpu.kind != adapters::GpuKind::Software).map(adapters::Gpu::line).collect()
}

/// A build without graphics knows of none.
#[cfg(not(any(feature = "gpu", feature = "studio")))]
pub fn gpu_lines() -> Vec<String> {
    Vec::new()
}

#[cfg(not(feature = "gpu"))]
mod gpu {
    use super::{Picked, SharedGpu, cpu};

    pub(super) fn pick(_shared: Option<&SharedGpu>) -> Picked {
        cpu(Some("this build has no GPU support (feature \"gpu\")".into()))
    }
}

/// The graphics device of the window; none can exist in a build without the feature "gpu".
#[cfg(not(feature = "gpu"))]
#[derive(Clone, Debug)]
pub enum SharedGpu {}

#[cfg(feature = "gpu")]
pub use gpu::SharedGpu;

#[cfg(feature = "gpu")]
mod gpu {
    use std::sync::{Arc, OnceLock};

    use burn::tensor::Device;
    use burn::tensor::wgpu::WgpuSetup;

    use super::{DeviceInfo, Picked, cpu};
    use crate::device::adapters::{self, backend_name, now};
    use crate::device::burn_made::{self, BurnMade};
    use crate::device::loss::DeviceLoss;
    use crate::device::{chosen_gpu, probe, tuning_store};

    /// Kernels per submission: few, so that the window's own submissions never wait long.
    const TASKS_PER_SUBMISSION: usize = 4;

    /// The graphics device of the window.
    #[derive(Clone, Debug)]
    pub struct SharedGpu {
        /// What the adapter is of.
        pub instance: wgpu::Instance,
        /// The driver's device.
        pub adapter: wgpu::Adapter,
        /// What textures and buffers are made on.
        pub device: wgpu::Device,
        /// What work is put into.
        pub queue: wgpu::Queue,
        loss: DeviceLoss,
        /// burn takes a device once in a process: another synthesis thread gets the same answer.
        registered: Arc<OnceLock<Result<Device, String>>>,
        /// Why the window keeps it for itself.
        kept_back: Option<String>,
    }

    impl SharedGpu {
        /// From the handles of the window; watches for the loss of the device.
        pub fn new(
            instance: wgpu::Instance,
            adapter: wgpu::Adapter,
            device: wgpu::Device,
            queue: wgpu::Queue,
        ) -> Self {
            let loss = burn_made::of(&device).map(|made| made.loss.clone()).unwrap_or_default();
            loss.watch(&device);
            Self { instance, adapter, device, queue, loss, registered: Arc::default(), kept_back: None }
        }

        /// The same device, which burn is not to have, and why.
        pub fn keep_back(self, why: String) -> Self {
            Self { kept_back: Some(why), ..self }
        }

        /// How a window must request its device so that burn can share it: burn looks at what the
        /// *adapter* offers, so the device must have all of it.
        pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
            wgpu::DeviceDescriptor {
                label: Some("retidiff"),
                required_features: shareable_features(adapter),
                required_limits: adapter.limits(),
                ..Default::default()
            }
        }

        /// A device of burn's making for the window to take (module text); `None` where the window makes its
        /// own: in builds without SPIR-V kernels, and where there is no GPU with Vulkan.
        pub fn made_by_burn() -> Option<Self> {
            if !cfg!(feature = "vulkan") {
                return None;
            }
            let wanted = Wanted::among(&known_adapters()).ok()?;
            if !wanted.takes_native_kernels() {
                return None;
            }
            let made = burn_made::newest(&wanted.info, wanted.place, Some(TASKS_PER_SUBMISSION)).ok()?;
            let WgpuSetup { instance, adapter, device, queue, .. } = made.setup.clone();
            wanted.is(&adapter.get_info()).then(|| Self::new(instance, adapter, device, queue))
        }

        /// burn's device, where that is the window's too.
        fn of_burn(&self) -> Option<Arc<BurnMade>> {
            burn_made::of(&self.device)
        }

        /// The news of its loss.
        pub fn loss(&self) -> &DeviceLoss {
            &self.loss
        }

        /// Whether the driver reported the device as lost.
        pub fn is_lost(&self) -> bool {
            self.loss.is_lost()
        }

        /// Why burn cannot use it.
        fn obstacle(&self) -> Option<String> {
            if self.kept_back.is_some() {
                return self.kept_back.clone();
            }
            let info = self.adapter.get_info();
            if info.device_type == wgpu::DeviceType::Cpu && chosen_gpu::index().is_none() {
                return Some(software_note(&info));
            }
            if info.backend == wgpu::Backend::Gl {
                return Some(format!(
                    "{} is driven through OpenGL, which cannot compute networks",
                    info.name
                ));
            }
            let has_native_kernels = cfg!(feature = "vulkan") && info.backend == wgpu::Backend::Vulkan;
            if has_native_kernels && self.of_burn().is_none() {
                return Some("the window's graphics device lacks the extensions of SPIR-V kernels".into());
            }
            let missing = shareable_features(&self.adapter) - self.device.features();
            if !missing.is_empty() {
                return Some(format!("the window's graphics device lacks {missing:?}"));
            }
            self.is_lost().then(|| "the graphics device was lost".to_owned())
        }

        /// Registers the device with burn, whatever kind it is; the first answer holds.
        ///
        /// # Errors
        /// When burn cannot use it, in burn's words.
        pub fn register(&self) -> Result<Device, String> {
            self.registered.get_or_init(|| self.register_anew()).clone()
        }

        fn register_anew(&self) -> Result<Device, String> {
            if let Some(own) = self.of_burn() {
                return Ok(own.device.clone());
            }
            tuning_store::keep(&self.adapter.get_info());
            let setup = WgpuSetup {
                instance: self.instance.clone(),
                adapter: self.adapter.clone(),
                device: self.device.clone(),
                queue: self.queue.clone(),
                backend: self.adapter.get_info().backend,
            };
            let device = Device::wgpu_options().setup(setup).tasks_max(TASKS_PER_SUBMISSION).init();
            // burn watches it from now on and would keep a loss to itself.
            self.loss.watch(&self.device);
            device.map_err(|error| error.to_string())
        }
    }

    pub(super) fn pick(shared: Option<&SharedGpu>) -> Picked {
        match shared {
            Some(shared) => match shared.obstacle().map_or_else(|| shared.register(), Err) {
                Ok(device) => {
                    let info = gpu_info(&shared.adapter.get_info());
                    Picked { device, info, shared: Some(shared.clone()) }
                }
                Err(why) => cpu(Some(why)),
            },
            None => own_device().unwrap_or_else(|why| cpu(Some(why))),
        }
    }

    /// All that the drivers offer which answered in a process of their own.
    fn known_adapters() -> Vec<wgpu::Adapter> {
        adapters::enumerate(probe::found().backends())
    }

    /// The adapter to compute on.
    struct Wanted {
        adapter: wgpu::Adapter,
        info: wgpu::AdapterInfo,
        /// Among the adapters of its kind and interface, which is how burn counts; only where it was chosen by number.
        place: Option<usize>,
    }

    impl Wanted {
        /// The chosen one, else the first that is no software driver.
        fn among(adapters: &[wgpu::Adapter]) -> Result<Self, String> {
            let infos: Vec<wgpu::AdapterInfo> = adapters.iter().map(wgpu::Adapter::get_info).collect();
            let at = match chosen_gpu::index() {
                Some(index) if index < infos.len() => index,
                Some(index) => return Err(chosen_gpu::no_such_gpu(index, infos.len())),
                None => {
                    let complaint = || probe::found().complaint.clone();
                    let first = infos.first().ok_or_else(|| {
                        complaint().unwrap_or_else(|| "no graphics driver was found".to_owned())
                    })?;
                    let is_gpu = |info: &wgpu::AdapterInfo| info.device_type != wgpu::DeviceType::Cpu;
                    let software = || complaint().unwrap_or_else(|| software_note(first));
                    infos.iter().position(is_gpu).ok_or_else(software)?
                }
            };
            let info = infos[at].clone();
            let is_alike = |other: &&wgpu::AdapterInfo| {
                (other.backend, other.device_type) == (info.backend, info.device_type)
            };
            let place = infos[..at].iter().filter(is_alike).count();
            let place = chosen_gpu::index().map(|_| place);
            Ok(Self { adapter: adapters[at].clone(), info, place })
        }

        /// Whether a device is of this adapter.
        fn is(&self, info: &wgpu::AdapterInfo) -> bool {
            let identity = |info: &wgpu::AdapterInfo| (info.backend, info.vendor, info.device);
            identity(info) == identity(&self.info)
                || self.place.is_none() && info.device_type != wgpu::DeviceType::Cpu
        }

        /// Whether SPIR-V kernels are to run on it, whose device burn must make.
        fn takes_native_kernels(&self) -> bool {
            cfg!(feature = "vulkan")
                && self.info.backend == wgpu::Backend::Vulkan
                && self.info.device_type != wgpu::DeviceType::Cpu
        }
    }

    /// A device of our own, for the command line.
    fn own_device() -> Result<Picked, String> {
        let wanted = Wanted::among(&known_adapters())?;
        if wanted.place.is_some() && !wanted.takes_native_kernels() {
            return chosen_device(&wanted);
        }
        let own = burn_made::newest(&wanted.info, wanted.place, None)?;
        let info = own.setup.adapter.get_info();
        if info.device_type == wgpu::DeviceType::Cpu {
            return Err(software_note(&info));
        }
        if !wanted.is(&info) {
            return Err(format!("{} was asked for and {} taken instead", wanted.info.name, info.name));
        }
        Ok(Picked { device: own.device.clone(), info: gpu_info(&info), shared: None })
    }

    /// The device of an adapter that was chosen by its number, handed to burn; once in a process, since burn keeps it.
    fn chosen_device(wanted: &Wanted) -> Result<Picked, String> {
        static CHOSEN: OnceLock<Result<SharedGpu, String>> = OnceLock::new();
        let made = CHOSEN.get_or_init(|| {
            let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
            let (device, queue) = request_device(&wanted.adapter)?;
            Ok(SharedGpu::new(instance, wanted.adapter.clone(), device, queue))
        });
        let gpu = made.as_ref().map_err(Clone::clone)?;
        let device = gpu.register()?;
        Ok(Picked { device, info: gpu_info(&wanted.info), shared: None })
    }

    /// With all that the adapter offers; where its driver refuses that, with what every GPU has.
    fn request_device(adapter: &wgpu::Adapter) -> Result<(wgpu::Device, wgpu::Queue), String> {
        let whole = SharedGpu::device_descriptor(adapter);
        let modest = wgpu::DeviceDescriptor { required_limits: wgpu::Limits::default(), ..whole.clone() };
        let request = |descriptor: &wgpu::DeviceDescriptor<'_>| match now(adapter.request_device(descriptor))
        {
            Some(answer) => answer.map_err(|error| error.to_string()),
            None => Err("its driver does not answer".to_owned()),
        };
        request(&whole)
            .or_else(|_| request(&modest))
            .map_err(|error| format!("{} cannot be used: {error}", adapter.get_info().name))
    }

    fn gpu_info(info: &wgpu::AdapterInfo) -> DeviceInfo {
        let backend = backend_name(info.backend);
        let driver = format!("{} {}", info.driver, info.driver_info).trim().to_owned();
        let driver = (!driver.is_empty()).then_some(driver);
        DeviceInfo { name: info.name.clone(), backend, is_gpu: true, driver, ..DeviceInfo::default() }
    }

    fn software_note(info: &wgpu::AdapterInfo) -> String {
        format!("{} is a software driver, slower than the CPU backend", info.name)
    }

    fn shareable_features(adapter: &wgpu::Adapter) -> wgpu::Features {
        adapter.features()
            - wgpu::Features::MAPPABLE_PRIMARY_BUFFERS
            - wgpu::Features::all_experimental_mask()
    }
}
