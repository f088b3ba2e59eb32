//! Which models made the pairs of a folder, and whether they saw the eyes that are measured.
//!
//! A model that trained on an eye hands it on in its pairs: segmenters that learn from them are then measured on what they
//! know. The folder's plan names its models by hash, and so does every picture of this program; on whom they trained
//! stands in their files, as far as those are at hand. Folders of other programs say nothing of it, and are taken with a
//! word about that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{EvaluationError, LeakGuard, SeenEyes};
use crate::dataset::split::{Role, are_one_eye};
use crate::dataset::{Manifest, ManifestEntry, Split};
use crate::diffusion::{TrainingSummary, model_file};
use crate::formats::provenance::{NamedModel, Provenance};
use crate::formats::read_file;
use crate::generation::folder::{GENERATION_FILE, read_plan};
use crate::generation::{GenerationPlan, MaskPlanning, WarpedFluid};
use crate::segmentation::segmenter_file;

/// Characters of a hash in a message.
const HASH_SHOWN: usize = 12;

/// A model whose file is at hand.
#[derive(Clone, Debug)]
pub struct KnownModel {
    /// Its file or its name, for messages.
    pub place: String,
    /// What plans and pictures may name it by.
    sha256: String,
    /// What its file says of its training.
    training: TrainingSummary,
}

impl KnownModel {
    /// Of a model file's bytes; `None` where they are none of a model that draws or labels.
    pub fn of(bytes: &[u8], place: String) -> Option<Self> {
        if let Ok(info) = model_file::read_info(bytes, &place) {
            return Some(Self { place, sha256: info.tensors_sha256, training: info.training });
        }
        let info = segmenter_file::read_info(bytes, &place).ok()?;
        Some(Self { place, sha256: info.tensors_sha256, training: info.training })
    }
}

/// The models that the pairs of a folder came from, as far as it says.
#[derive(Clone, Debug, Default)]
pub struct PairMakers {
    folder: PathBuf,
    /// By hash: what the model did, and its name.
    models: BTreeMap<String, (&'static str, String)>,
    /// Pairs that are looked at, and those of them that do not say what made them.
    pairs: usize,
    silent: usize,
    /// Eyes whose cysts were placed in masks, and pairs with placed cysts that do not say whose.
    lenders: BTreeSet<String>,
    unsaid_cysts: usize,
    /// Why the plan is not understood.
    problem: Option<String>,
}

impl PairMakers {
    /// Looks at the plan of a folder and at the pictures of some of its pairs. Pictures that cannot be read say nothing.
    pub fn of(folder: &Manifest, pairs: &[ManifestEntry]) -> Self {
        let mut makers = Self { folder: folder.dir.clone(), pairs: pairs.len(), ..Self::default() };
        let described = folder.dir.join(GENERATION_FILE);
        let plan = match described.is_file().then(|| read_plan(&described)) {
            Some(Ok(plan)) => Some(plan),
            Some(Err(error)) => {
                makers.problem = Some(error.to_string());
                None
            }
            None => None,
        };
        if let Some(plan) = &plan {
            makers.take_plan(plan);
        }
        let warp = plan.as_ref().map(|plan| &plan.masks);
        let is_placed = matches!(warp, Some(MaskPlanning::Warp { fluid: WarpedFluid::Placed, .. }));
        for pair in pairs {
            makers.lenders.extend(pair.outlines_of.iter().flatten().cloned());
            makers.unsaid_cysts += usize::from(is_placed && pair.outlines_of.is_none());
            let says = |relative: &str| {
                let path = folder.path(relative);
                Provenance::of_png(&read_file(&path).ok()?, &path.display().to_string()).ok()?
            };
            let scan = says(&pair.image).and_then(|scan| scan.model);
            let mask = pair.label.as_deref().and_then(says);
            // A mask that says what it is and names no model was designed, or bent from an eye that its subject names.
            makers.silent += usize::from(plan.is_none() && (scan.is_none() || mask.is_none()));
            let by = mask.as_ref().and_then(|mask| mask.relabelled_by.clone());
            let relabelled = by.map(|model| ("relabelled pairs", model));
            let of_mask = mask.and_then(|mask| mask.model).map(|model| ("drew masks", model));
            let of_scan = scan.map(|model| ("drew scans", model));
            for (did, model) in [of_scan, of_mask, relabelled].into_iter().flatten() {
                makers.take(did, model);
            }
        }
        makers
    }

    /// Masks that were bent name no model: their eyes stand in the subjects of the pairs.
    fn take_plan(&mut self, plan: &GenerationPlan) {
        let named =
            |name: &String, sha256: &String| NamedModel { name: name.clone(), sha256: sha256.clone() };
        self.take("drew scans", named(&plan.scans.name, &plan.scans.sha256));
        if let MaskPlanning::Model { name, sha256, .. } = &plan.masks {
            self.take("drew masks", named(name, sha256));
        }
        // One that only looks on decides nothing.
        if let Some((judge, did)) = plan.judge.as_ref().and_then(|judge| Some((judge, judge.decides()?))) {
            self.take(did, named(&judge.name, &judge.sha256));
        }
    }

    fn take(&mut self, did: &'static str, model: NamedModel) {
        self.models.entry(model.sha256).or_insert((did, model.name));
    }

    /// What must be said of the models that nobody here can look at or that were allowed, in words and for the report.
    ///
    /// # Errors
    /// If a model at hand trained on one of `subjects`, or does not say on whom it did, or cysts of one of them may stand in
    /// masks, and the guard does not allow it.
    pub fn check(
        &self,
        known: &[KnownModel],
        guard: LeakGuard,
        subjects: &[String],
    ) -> Result<(Vec<String>, SeenEyes), EvaluationError> {
        let mut seen =
            SeenEyes { allow_seen: guard.allow_seen, unsaid_pairs: self.silent, ..SeenEyes::default() };
        let (folder, measured) = (self.folder.display(), subjects.join(", "));
        let mut notes: Vec<String> = self.problem.clone().into_iter().collect();
        for (sha256, (did, name)) in &self.models {
            match known.iter().find(|model| model.sha256 == *sha256) {
                Some(model) => {
                    let maker = format!("{}, which {did} of {folder},", model.place);
                    let mut saw = guard.check(Path::new(&maker), &model.training, subjects)?;
                    notes.extend(saw.notes(&maker, subjects));
                    saw.unknown_models.iter_mut().for_each(|name| name.clone_from(&model.place));
                    seen.join(saw);
                }
                None => {
                    let short = sha256.get(..HASH_SHOWN).unwrap_or(sha256);
                    notes.push(format!(
                        "{folder}: the model \"{name}\" ({short}), which {did}, is not at hand, so it may have seen \
                         {measured}; name its file with --model or --mask-model to have that looked at"
                    ));
                    seen.unknown_models.push(format!("{name} ({short})"));
                }
            }
        }
        for subject in subjects {
            let Some(why) = self.has_cysts_of(subject) else { continue };
            if !guard.allow_seen {
                return Err(EvaluationError::Refused(format!(
                    "{why}: measure other subjects (--subjects), make the pairs anew from masks of others, or add --allow-seen"
                )));
            }
            notes.push(format!("{why} (--allow-seen)"));
            seen.join(SeenEyes { seen_subjects: vec![subject.clone()], ..SeenEyes::default() });
        }
        if self.silent > 0 {
            notes.push(format!(
                "{folder}: {} of {} pairs do not say which models made them, so these may have seen {measured}",
                self.silent, self.pairs
            ));
        }
        Ok((notes, seen))
    }

    /// Why masks of the folder must be taken to have outlines of a subject's cysts, if they must.
    fn has_cysts_of(&self, subject: &str) -> Option<String> {
        let folder = self.folder.display();
        if self.lenders.iter().any(|eye| are_one_eye(eye, subject)) {
            return Some(format!("{folder}: masks have outlines of cysts of {subject}, who is measured"));
        }
        let may_have = self.unsaid_cysts > 0 && Split::default().role(subject) == Role::Training;
        may_have.then(|| {
            format!(
                "{folder}: {} pairs have cysts of training eyes and do not say of whom, as earlier programs made them; so \
                 they may have those of {subject}, who trains by this program's own split and is measured",
                self.unsaid_cysts
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::provenance::{Made, borrowed};
    use crate::formats::{label_png, scan_image, write_file};
    use crate::generation::judging::JudgePlanning;
    use crate::generation::{BestOf, PairChoice, PlannedLooks, ScanPlanning};
    use crate::scan::GreyImage;

    fn hash(letter: &str) -> String {
        letter.repeat(64)
    }

    fn known(letter: &str, training: serde_json::Value) -> KnownModel {
        KnownModel { place: format!("{letter}.safetensors"), sha256: hash(letter), training: training.into() }
    }

    fn plan() -> GenerationPlan {
        let (manifest_sha256, pixel_um) = (hash("0"), [3.87, 11.3]);
        let fluid = WarpedFluid::Bent;
        let masks = MaskPlanning::Warp { manifest_sha256, width: 32, height: 24, pixel_um, fluid };
        let scans = ScanPlanning {
            name: "drawer".to_owned(),
            sha256: hash("a"),
            sampler: "ddim".to_owned(),
            noise_levels: None,
            steps: 2,
            looks: PlannedLooks::Plain,
        };
        let judge = JudgePlanning::new("judge".to_owned(), hash("d"), PairChoice::default());
        GenerationPlan { judge: Some(judge), ..GenerationPlan::new(2, 0, masks, scans) }
    }

    fn describe(folder: &Path, plan: &GenerationPlan) {
        let json = serde_json::json!({"version": 1, "plan_sha256": plan.sha256(), "plan": plan});
        write_file(&folder.join(GENERATION_FILE), json.to_string().as_bytes()).unwrap();
    }

    fn pair(id: &str) -> ManifestEntry {
        serde_json::from_value(serde_json::json!({
            "version": 1, "id": id, "image": format!("images/{id}.png"), "label": format!("labels/{id}.png"),
            "width": 2, "height": 1, "subject": id, "source": "synthetic"
        }))
        .unwrap()
    }

    /// Writes the pictures of a pair; a letter is the model that drew the scan or the mask.
    fn write_pair(folder: &Path, pair: &ManifestEntry, scan: Option<&str>, mask: Option<&str>) {
        let says = |made, letter: &str| {
            let model = NamedModel { name: format!("model {letter}"), sha256: hash(letter) };
            Provenance { made, model: Some(model), ..Provenance::default() }.text()
        };
        let text = scan.map_or(Vec::new(), |letter| says(Made::Scan, letter));
        let image = scan_image::write(&GreyImage::new(2, 1, vec![1, 2]), &borrowed(&text)).unwrap();
        write_file(&folder.join(&pair.image), &image).unwrap();
        let text = mask.map_or(Vec::new(), |letter| says(Made::DrawnMask, letter));
        let label = label_png::write(2, 1, &[3, 4], &borrowed(&text)).unwrap();
        write_file(&folder.join(pair.label.as_deref().unwrap()), &label).unwrap();
    }

    fn check(folder: &Path, pairs: &[ManifestEntry], known: &[KnownModel]) -> Result<Vec<String>, String> {
        let manifest = Manifest { dir: folder.to_owned(), entries: pairs.to_vec() };
        let makers = PairMakers::of(&manifest, pairs);
        let subjects = ["duke-7".to_owned()];
        let said = makers.check(known, LeakGuard::default(), &subjects);
        said.map(|(notes, _)| notes).map_err(|error| error.to_string())
    }

    #[test]
    fn models_that_a_plan_names_are_refused_where_they_saw_a_measured_eye() {
        let folder = tempfile::tempdir().unwrap();
        describe(folder.path(), &plan());
        let trained = |subject: &str| serde_json::json!({"training_subjects": ["duke-1", subject]});
        let seen = known("a", trained("mine_duke-7"));
        let error = check(folder.path(), &[], std::slice::from_ref(&seen)).unwrap_err();
        assert!(
            error.starts_with("a.safetensors, which drew scans of ") && error.contains("duke-7"),
            "{error}"
        );
        assert!(error.contains("--allow-seen"), "{error}");
        let unsaid = known("a", serde_json::Value::Null);
        assert!(check(folder.path(), &[], &[unsaid]).unwrap_err().contains("may have seen duke-7"));
        assert_eq!(check(folder.path(), &[], &[known("a", trained("duke-2"))]), Ok(Vec::new()));

        let manifest = Manifest { dir: folder.path().to_owned(), entries: Vec::new() };
        let allowed = LeakGuard { allow_seen: true };
        let said = PairMakers::of(&manifest, &[]).check(&[seen], allowed, &["duke-7".to_owned()]);
        let (notes, saw) = said.unwrap();
        assert!(notes.len() == 1 && notes[0].contains("trained on duke-7 (--allow-seen)"), "{notes:?}");
        assert!(
            saw.allow_seen && saw.seen_subjects == ["duke-7"] && saw.unknown_models.is_empty(),
            "{saw:?}"
        );

        // A segmenter that only looked on is no leak; one that chose is.
        let both = [known("a", trained("duke-2")), known("d", trained("duke-7"))];
        assert_eq!(check(folder.path(), &[], &both), Ok(Vec::new()));
        let deciding = [
            ("chose", PairChoice { least_dice: Some(0.5), ..PairChoice::default() }),
            ("chose", PairChoice { best: BestOf::of_share(0.6).ok(), ..PairChoice::default() }),
            ("relabelled", PairChoice { relabel: true, ..PairChoice::default() }),
        ];
        for (did, choice) in deciding {
            let judge = JudgePlanning::new("judge".to_owned(), hash("d"), choice);
            describe(folder.path(), &GenerationPlan { judge: Some(judge), ..plan() });
            let error = check(folder.path(), &[], &both).unwrap_err();
            assert!(error.contains(&format!("which {did} pairs of ")), "{error}");
        }
    }

    #[test]
    fn pictures_say_it_where_there_is_no_plan() {
        let folder = tempfile::tempdir().unwrap();
        let pairs = [pair("one"), pair("two")];
        write_pair(folder.path(), &pairs[0], Some("a"), Some("b"));
        write_pair(folder.path(), &pairs[1], Some("a"), Some("b"));
        let trained = |subject: &str| serde_json::json!({"training_subjects": [subject]});
        let harmless = known("a", trained("duke-1"));
        let error = check(folder.path(), &pairs, &[harmless.clone(), known("b", trained("duke-7"))]);
        assert!(error.unwrap_err().starts_with("b.safetensors, which drew masks of "));
        let both = [harmless.clone(), known("b", trained("duke-2"))];
        assert_eq!(check(folder.path(), &pairs, &both), Ok(Vec::new()));

        let notes = check(folder.path(), &pairs, &[harmless]).unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(
            notes[0].contains("\"model b\" (bbbbbbbbbbbb), which drew masks, is not at hand"),
            "{notes:?}"
        );
        assert!(notes[0].contains("may have seen duke-7") && notes[0].contains("--mask-model"), "{notes:?}");
    }

    #[test]
    fn what_says_nothing_is_taken_with_a_word_about_it() {
        let folder = tempfile::tempdir().unwrap();
        let pairs = [pair("one"), pair("two"), pair("gone")];
        write_pair(folder.path(), &pairs[0], None, None);
        write_pair(folder.path(), &pairs[1], Some("a"), None);
        let harmless = [known("a", serde_json::json!({"training_subjects": ["duke-1"]}))];
        let notes = check(folder.path(), &pairs, &harmless).unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("3 of 3 pairs do not say which models made them"), "{notes:?}");

        write_file(&folder.path().join(GENERATION_FILE), b"{\"version\": 9}").unwrap();
        let notes = check(folder.path(), &pairs, &harmless).unwrap();
        assert!(notes.len() == 2 && notes[0].contains(GENERATION_FILE), "{notes:?}");
    }

    #[test]
    fn eyes_whose_cysts_were_placed_are_seen_and_before_it_was_said_any_that_trains() {
        let folder = tempfile::tempdir().unwrap();
        let mut placed = plan();
        if let MaskPlanning::Warp { fluid, .. } = &mut placed.masks {
            *fluid = WarpedFluid::Placed;
        }
        describe(folder.path(), &placed);
        let said = |pair: &ManifestEntry, subject: &str, allow_seen: bool| {
            let manifest = Manifest { dir: folder.path().to_owned(), entries: Vec::new() };
            let makers = PairMakers::of(&manifest, std::slice::from_ref(pair));
            let said = makers.check(&[], LeakGuard { allow_seen }, &[subject.to_owned()]);
            said.map(|(_, saw)| saw.seen_subjects).map_err(|error| error.to_string())
        };
        let before = pair("one");
        assert_eq!(said(&before, "duke-7", false), Ok(Vec::new()), "who validates lends nothing");
        let error = said(&before, "duke-1", false).unwrap_err();
        assert!(error.contains("1 pairs have") && error.contains("--allow-seen"), "{error}");
        assert_eq!(said(&before, "duke-1", true), Ok(vec!["duke-1".to_owned()]));
        let now = ManifestEntry { outlines_of: Some(vec!["mine_duke-7".to_owned()]), ..before };
        assert!(said(&now, "duke-7", false).unwrap_err().contains("outlines of cysts of duke-7"));
        assert_eq!(said(&now, "duke-1", false), Ok(Vec::new()));
    }
}
