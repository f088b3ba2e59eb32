//! `retidiff info --gpus`: the graphics adapters of this machine, with the numbers that `--gpu` takes.

use anyhow::bail;

use crate::device::adapters::{self, Gpu};
use crate::device::probe::{self, Found};

/// Which adapters are asked about, and how.
#[derive(Debug, clap::Args)]
pub(super) struct GpuArgs {
    /// List the GPUs and software drivers of this machine instead, asked anew in a process of its own: a driver that
    /// crashes or hangs then costs a message. The numbers are what --gpu takes
    #[arg(long, conflicts_with = "identity")]
    gpus: bool,
    /// Ask in this process: what the other one does
    #[arg(long, hide = true, requires = "gpus")]
    in_this_process: bool,
    /// Graphics interfaces to ask about
    #[arg(long, hide = true, requires = "in_this_process", value_name = "NAME,...")]
    interfaces: Option<String>,
}

impl GpuArgs {
    /// Whether GPUs are asked about at all.
    pub fn is_requested(&self) -> bool {
        self.gpus
    }

    /// Prints the list.
    ///
    /// # Errors
    /// If a driver crashed or hung and nothing is left to draw with.
    pub fn run(&self, is_json: bool) -> anyhow::Result<()> {
        let found = match self.in_this_process {
            true => {
                let backends = self.interfaces.as_deref().map(wgpu::Backends::from_comma_list);
                Found { gpus: adapters::list(backends.unwrap_or(wgpu::Backends::all())), ..Found::default() }
            }
            false => probe::ask_again(),
        };
        if let Some(complaint) = &found.complaint {
            if found.gpus.is_empty() {
                bail!("{complaint}");
            }
            eprintln!("note: {complaint}");
        }
        match is_json {
            true => println!("{}", serde_json::to_string(&found.gpus)?),
            false => print!("{}", as_text(&found.gpus)),
        }
        Ok(())
    }
}

fn as_text(gpus: &[Gpu]) -> String {
    if gpus.is_empty() {
        return "no graphics driver was found; networks compute on the CPU\n".to_owned();
    }
    let line = |gpu: &Gpu| {
        let half = if gpu.has_f16 { ", f16" } else { "" };
        format!("{:>3}  {} [{}{half}]\n", gpu.index, gpu.line(), gpu.kind.name())
    };
    gpus.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::adapters::GpuKind;

    #[test]
    fn every_adapter_has_a_line_with_its_number() {
        let gpu = Gpu {
            index: 1,
            name: "A".into(),
            backend: "Vulkan".into(),
            kind: GpuKind::Software,
            driver: "d 2".into(),
            max_buffer_bytes: 2_000_000_000,
            has_f16: true,
            vendor: 0,
            device: 0,
        };
        let text = as_text(&[gpu]);
        assert_eq!(text, "  1  A (Vulkan, d 2), up to 2.0 GB in one buffer [software driver, f16]\n");
        assert!(as_text(&[]).contains("no graphics driver"));
    }
}
