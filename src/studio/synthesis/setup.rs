//! How synthetic scans are made: a value with one owner, so that whatever starts a synthesis thread anew, another
//! model or another graphics device, keeps all of it that it was not asked to change.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::background::Wake;
use crate::device::{DeviceChoice, SharedGpu};
use crate::nn::Arithmetic;
use crate::serve::CommandLine;
use crate::worker::models::DEFAULT_NAME;
use crate::worker::{ModelSource, SynthesisWorker, WorkerOptions};

/// Which model draws, which student draws its drafts, what computes, and in what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SynthesisSetup {
    /// Draws finished pictures.
    pub model: ModelSource,
    /// In place of the student that lies beside the model.
    pub student: Option<PathBuf>,
    /// As the user asked for it: a CPU that stands in for a lost GPU is no choice.
    pub device: DeviceChoice,
    /// What a GPU computes in, where the user named it; else as the device decides: half precision where its pictures
    /// are the CPU's, else single. A CPU computes in single precision, and another machine decides for itself.
    pub arithmetic: Option<Arithmetic>,
    /// The command that reaches the machine which draws; this one without.
    pub remote: Option<CommandLine>,
}

impl SynthesisSetup {
    /// From a command line: name or file of a model, and where to compute.
    pub fn new(model: Option<String>, device: DeviceChoice) -> Self {
        let model = model.map_or(ModelSource::Default, |text| ModelSource::named(&text));
        Self { model, student: None, device, arithmetic: None, remote: None }
    }

    /// The same in another precision, or as the device decides.
    pub fn computing_in(&self, arithmetic: Option<Arithmetic>) -> Self {
        Self { arithmetic, ..self.clone() }
    }

    /// The same on the machine that a command reaches, or on this one.
    pub fn computing_on(&self, remote: Option<CommandLine>) -> Self {
        Self { remote, ..self.clone() }
    }

    /// The same with another model, and with its own student or a named one.
    pub fn with_model(&self, model: ModelSource) -> Self {
        match model {
            ModelSource::WithStudent { model, student } => {
                Self { model: *model, student: Some(student), ..self.clone() }
            }
            model => Self { model, student: None, ..self.clone() },
        }
    }

    /// What the model is called in the list of models.
    pub fn model_name(&self) -> String {
        name_of(&self.model)
    }

    /// Starts the synthesis thread.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start(&self, wake: Wake, shared_gpu: Option<SharedGpu>) -> std::io::Result<SynthesisWorker> {
        let model = match &self.student {
            Some(student) => {
                ModelSource::WithStudent { model: Box::new(self.model.clone()), student: student.clone() }
            }
            None => self.model.clone(),
        };
        match &self.remote {
            Some(command) => SynthesisWorker::start_with(wake, |mailbox| {
                crate::serve::maker(command.clone(), model, Arc::clone(mailbox))
            }),
            None => {
                let (device, arithmetic) = (self.device, self.arithmetic);
                SynthesisWorker::start(WorkerOptions { model, device, arithmetic, shared_gpu, wake })
            }
        }
    }
}

/// Starts a synthesis thread, given how to wake the window and the window's graphics device. A function and no closure,
/// for options travel in [`SynthesisSetup`].
pub type StartSynthesis = fn(Wake, Option<SharedGpu>) -> std::io::Result<SynthesisWorker>;

/// Where synthetic scans come from.
pub enum SynthesisSource {
    /// A thread with a model, started with the window.
    Model(SynthesisSetup),
    /// A thread with a renderer of a test's own, which takes no model and no time.
    Worker(StartSynthesis),
    /// Nowhere, and why.
    None(String),
}

impl SynthesisSource {
    /// Starts its thread; `None` where there is none to start.
    pub fn start(
        &self,
        wake: Wake,
        shared_gpu: Option<SharedGpu>,
    ) -> Option<std::io::Result<SynthesisWorker>> {
        match self {
            Self::Model(setup) => Some(setup.start(wake, shared_gpu)),
            Self::Worker(start) => Some(start(wake, shared_gpu)),
            Self::None(_) => None,
        }
    }

    /// The setup to go on from.
    pub fn setup(&self) -> SynthesisSetup {
        match self {
            Self::Model(setup) => setup.clone(),
            Self::Worker(_) | Self::None(_) => SynthesisSetup::default(),
        }
    }
}

/// What a model is called in the list.
pub fn name_of(model: &ModelSource) -> String {
    match model {
        ModelSource::Default => DEFAULT_NAME.to_owned(),
        ModelSource::Bundled(name) => name.clone(),
        ModelSource::File(path) => stem_of(path),
        ModelSource::WithStudent { model, .. } => name_of(model),
    }
}

/// The name of a file without its ending.
pub fn stem_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_model_keeps_device_and_precision_that_were_chosen_and_leaves_the_student_of_the_one_before() {
        let remote = CommandLine::parse("ssh gpu retidiff serve --stdio").ok();
        let setup =
            SynthesisSetup::new(Some("live".to_owned()), DeviceChoice::Cpu).computing_on(remote.clone());
        assert_eq!(setup.arithmetic, None, "as the device decides");
        let setup = setup.computing_in(Some(Arithmetic::F32));
        let with_student = ModelSource::WithStudent {
            model: Box::new(ModelSource::File("runs/a.safetensors".into())),
            student: "runs/b.safetensors".into(),
        };
        let with_student = setup.with_model(with_student);
        assert_eq!((with_student.model_name(), with_student.device), ("a".to_owned(), DeviceChoice::Cpu));
        assert_eq!((&with_student.remote, with_student.arithmetic), (&remote, Some(Arithmetic::F32)));
        assert_eq!(setup.model_name(), "live", "the model that was named is the one in use");
        assert_eq!(with_student.student.as_deref(), Some(Path::new("runs/b.safetensors")));
        let plain = with_student.with_model(ModelSource::Default);
        assert_eq!(
            (plain.model_name().as_str(), plain.student, plain.device),
            (DEFAULT_NAME, None, DeviceChoice::Cpu)
        );
    }
}
