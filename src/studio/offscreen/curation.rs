//! A set of pairs reviewed, audited and exported by the window's own keys and names, off-screen: how long each part of a
//! curator's work takes the program. Nobody looks at the pairs here; the hands and eyes of people come on top.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use eframe::egui::{Event, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::screenshot::open;
use crate::review::export::Layout;
use crate::studio::review::ReviewAction;
use crate::studio::shell::action::Action;
use crate::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use crate::studio::texts::text;

const WINDOW: [u32; 2] = [1480, 920];
/// File that an export ends with.
const LAST_FILE: &str = "datasheet.html";
const PAUSE: Duration = Duration::from_millis(4);

/// What was done, and how long it took.
#[derive(Clone, Debug)]
pub struct Curation {
    /// From the wish to the first row.
    pub opened: Duration,
    /// From the first pair in full view to the last decision on the disk.
    pub reviewed: Duration,
    /// Keys that decided: one a pair.
    pub keys: usize,
    /// Undecided, accepted, rejected, flagged.
    pub standing: [usize; 4],
    /// Until groups of like pairs were made and those accepted recorded.
    pub audited: Duration,
    /// Whether there was a group to record.
    pub is_recorded: bool,
    /// One a layout, in the order asked for.
    pub exported: Vec<Exported>,
}

/// An export through the dialog.
#[derive(Clone, Debug)]
pub struct Exported {
    /// How its folder is laid out.
    pub layout: Layout,
    /// That folder.
    pub out: PathBuf,
    /// From the opening of the dialog until its last file is there and it is closed.
    pub took: Duration,
}

/// Opens a set off-screen, decides about every pair, records the audit and exports into folders of `out`.
///
/// # Errors
/// When no graphics driver can draw, the window does not show what it should, or something takes longer than `patience`.
pub fn curate(dir: &Path, out: &Path, layouts: &[Layout], patience: Duration) -> anyhow::Result<Curation> {
    let synthesis = SynthesisSource::None("no model is needed".to_owned());
    let options = AppOptions { open: None, data_folder: None, synthesis };
    let mut window = Window { harness: open(options, WINDOW, 1.0, patience)?, patience };
    window.harness.state_mut().perform(Action::Review(ReviewAction::Reviewer("bench".to_owned())));
    let began = Instant::now();
    window.harness.state_mut().perform(Action::OpenReview(dir.to_owned()));
    window.wait("the set is open", |studio| studio.review().folder().is_some())?;
    let opened = began.elapsed();
    let began = Instant::now();
    let keys = window.decide_all()?;
    let reviewed = began.elapsed();
    let standing = window.harness.state().review().standing();
    let began = Instant::now();
    let is_recorded = window.audit()?;
    let audited = began.elapsed();
    let mut exported = Vec::new();
    for &layout in layouts {
        let out = out.join(layout_name(layout));
        let began = Instant::now();
        window.export(layout, &out)?;
        exported.push(Exported { layout, out, took: began.elapsed() });
    }
    Ok(Curation { opened, reviewed, keys, standing, audited, is_recorded, exported })
}

/// What the dialog calls a layout.
pub fn layout_name(layout: Layout) -> &'static str {
    match layout {
        Layout::Pairs => text!("review-layout-pairs"),
        Layout::NnUnet => text!("review-layout-nnunet"),
        Layout::Mirage => text!("review-layout-mirage"),
        Layout::WebDataset => text!("review-layout-webdataset"),
        Layout::Coco => text!("review-layout-coco"),
        Layout::Nifti => text!("review-layout-nifti"),
    }
}

struct Window {
    harness: Harness<'static, Studio>,
    patience: Duration,
}

impl Window {
    fn wait(&mut self, what: &str, is_so: impl Fn(&Studio) -> bool) -> anyhow::Result<()> {
        let began = Instant::now();
        while !is_so(self.harness.state()) {
            let error = self.harness.state().first_error().map(str::to_owned);
            ensure!(began.elapsed() < self.patience, "waited in vain until {what}: {error:?}");
            thread::sleep(PAUSE);
            self.harness.step();
        }
        self.harness.run_steps(2);
        Ok(())
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        self.harness.run_steps(2);
        self.wait("all is complete", |studio| studio.review().is_settled())
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.step();
    }

    /// Presses what has a name, as a screen reader does.
    fn click(&mut self, name: &str) -> anyhow::Result<()> {
        let node = self.harness.query_all_by_label(name).next();
        node.with_context(|| format!("the window shows no “{name}”"))?.click_accesskit();
        self.harness.run_steps(3);
        Ok(())
    }

    /// One key a pair: most are accepted, a few rejected or flagged. Returns how many keys that were.
    fn decide_all(&mut self) -> anyhow::Result<usize> {
        let pairs = self.harness.state().review().names().len();
        self.press(Key::Home);
        self.press(Key::Enter);
        for pair in 0..pairs {
            self.wait_in_memory()?;
            self.press(match pair % 50 {
                49 => Key::D,
                24 => Key::S,
                _ => Key::F,
            });
        }
        self.settle()?;
        self.press(Key::Escape);
        self.settle()?;
        let undecided = self.harness.state().review().standing()[0];
        ensure!(undecided == 0, "{undecided} pairs are undecided after {pairs} keys");
        Ok(pairs + 3)
    }

    /// A key decides about what can be seen.
    fn wait_in_memory(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while !self.harness.state().review().is_in_memory() {
            ensure!(began.elapsed() < self.patience, "a pair was not read in time");
            thread::sleep(PAUSE);
            self.harness.step();
        }
        Ok(())
    }

    /// Has groups made and records those that are accepted; whether there was one.
    fn audit(&mut self) -> anyhow::Result<bool> {
        self.click(text!("review-audit-spoken"))?;
        self.settle()?;
        let record = text!("review-audit-record-spoken");
        let node = self.harness.query_all_by_label(record).next();
        let can =
            !node.with_context(|| format!("the window shows no “{record}”"))?.accesskit_node().is_disabled();
        if can {
            self.click(record)?;
            let began = Instant::now();
            while self.harness.query_all_by_label_contains("accepted and recorded").next().is_none() {
                ensure!(began.elapsed() < self.patience, "the audit was not recorded in time");
                thread::sleep(PAUSE);
                self.harness.step();
            }
        }
        self.click(text!("review-back"))?;
        self.settle()?;
        Ok(can)
    }

    fn export(&mut self, layout: Layout, out: &Path) -> anyhow::Result<()> {
        let folder = text!("review-export-folder-spoken");
        self.click(text!("review-export-title"))?;
        self.click(text!("review-export-layout"))?;
        self.click(layout_name(layout))?;
        let field = self.harness.query_all_by_label(folder).next();
        field.ok_or_else(|| anyhow!("the dialog has no field for the folder"))?.focus();
        self.harness.run_steps(2);
        self.harness.event(Event::Text(out.display().to_string()));
        self.harness.run_steps(2);
        self.click(text!("review-export-start"))?;
        let began = Instant::now();
        while !out.join(LAST_FILE).is_file() || self.harness.query_all_by_label(folder).next().is_some() {
            let error = self.harness.state().first_error().map(str::to_owned);
            ensure!(began.elapsed() < self.patience, "{} was not exported in time: {error:?}", out.display());
            thread::sleep(PAUSE);
            self.harness.step();
        }
        self.settle()
    }
}
