//! One integration binary: one link, one start.

#[cfg(feature = "cpu")]
mod baselines;
mod bombs;
mod bootstrap;
mod cases;
mod cases_clinical;
mod cases_labels;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod cases_page;
mod clinical;
#[cfg(feature = "cpu")]
mod coarse_drafts;
mod commands_page;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod comparisons_page;
mod converting;
mod curvature;
#[cfg(feature = "cpu")]
mod dataset_build;
#[cfg(feature = "cpu")]
mod distill;
mod dmc;
mod document;
#[cfg(feature = "cpu")]
mod evaluate_commands;
mod exchange_files;
#[cfg(all(unix, feature = "cpu"))]
mod experiment;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod export_dialog;
mod exporting;
#[cfg(feature = "cpu")]
mod fast_cpu;
mod feature_distances;
mod fidelity;
mod fidelity_sensitivity;
mod figure;
mod file_cases;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod film;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod first_use;
mod fixtures;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod folder_opening;
mod formats;
mod fovea;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod generate_page;
mod generation;
#[cfg(feature = "cpu")]
mod generation_process;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod german_window;
mod golden_baselines;
#[cfg(feature = "cpu")]
mod golden_consistency;
#[cfg(feature = "cpu")]
mod golden_diffusion;
#[cfg(feature = "cpu")]
mod golden_nn;
#[cfg(feature = "cpu")]
mod golden_perceptual;
#[cfg(feature = "cpu")]
mod golden_segmenters;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod gpus;
mod graders;
#[cfg(feature = "cpu")]
mod gradients;
mod history;
mod hostile;
mod identity;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod interface_tools;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod jobs;
mod journal;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod keeping_work;
#[cfg(feature = "gpu")]
mod kernels;
mod kinds;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod kiosk;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod label_mapping;
mod lesions;
mod localizer;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod localizer_window;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod looks;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod make_data_set;
#[cfg(feature = "cpu")]
mod model_file;
mod mutations;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod new_mask;
#[cfg(feature = "tls")]
mod paired;
mod palette;
mod people_bring;
#[cfg(feature = "gpu")]
mod present;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod quiz_window;
mod random_commands;
mod readers;
#[cfg(feature = "cpu")]
mod remote;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod remote_dialog;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod reopening;
#[cfg(feature = "cpu")]
mod reproduce;
#[cfg(feature = "cpu")]
mod resumed_run;
mod review;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod review_page;
#[cfg(unix)]
mod run_script;
mod segmentation_metrics;
#[cfg(feature = "cpu")]
mod segmenting;
#[cfg(feature = "cpu")]
mod serve;
#[cfg(all(target_os = "linux", feature = "studio", feature = "cpu"))]
mod session_folder;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod shader_languages;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod shaders;
#[cfg(feature = "cpu")]
mod soak;
#[cfg(feature = "cpu")]
mod stages;
mod strokes;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod studio;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod studio_window;
#[cfg(feature = "cpu")]
mod synthesis;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod synthesis_setup;
#[cfg(feature = "cpu")]
mod synthesize;
mod teaching;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod texts;
mod tidy;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod tool_pictures;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod tools;
mod tracing;
#[cfg(feature = "cpu")]
mod trainer;
#[cfg(feature = "cpu")]
mod trainer_process;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod training_page;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod typing;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod views;
mod volumes;
#[cfg(feature = "cpu")]
mod worker;
#[cfg(feature = "cpu")]
mod worker_models;
