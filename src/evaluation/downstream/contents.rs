//! Whether the folder of a comparison was begun with what the data hold now: scans and labels can change under the same
//! names, and so can programs.

use super::error::DownstreamError;
use super::plan::{PairContents, Plan};
use super::runs::Experiment;
use crate::dataset::ManifestEntry;
use crate::dataset::contents::contents_sha256;
use crate::formats::provenance::SOFTWARE;

/// What a change under the same names is refused with.
const REMEDY: &str = "bring them back, or name another --out";

impl Experiment<'_> {
    /// Puts into the plan what the data hold and which program this is, and refuses to go on with a plan of `before` that
    /// was begun with something else. Answers what nobody can compare, for the report.
    ///
    /// # Errors
    /// If a file cannot be read or something is not as it was; the message names the folder and the remedy.
    pub(super) fn agree_on_contents(
        &mut self,
        before: Option<&Plan>,
    ) -> Result<Vec<String>, DownstreamError> {
        let place = self.out.join(Plan::FILE).display().to_string();
        let measured: Vec<&ManifestEntry> = self.test.scans.iter().map(|scan| &scan.entry).collect();
        let training_sha256 = contents_sha256(&self.data.dir, &self.training)?;
        let test_sha256 = contents_sha256(&self.test.dir, &measured)?;
        let mut is_known = true;
        if let Some(before) = before {
            let known = [
                (&before.training_sha256, &training_sha256, "train", &self.data.dir),
                (&before.test_sha256, &test_sha256, "are measured", &self.test.dir),
            ];
            for (then, now, role, dir) in known {
                is_known &= then.is_some();
                if then.as_ref().is_some_and(|then| then != now) {
                    let problem = format!(
                        "the scans of {} that {role}, or their labels, are not those that this comparison was begun with, \
                         although they are called the same",
                        dir.display()
                    );
                    return Err(DownstreamError::refused(place, problem, REMEDY));
                }
            }
            is_known &= before.software.is_some();
            if let Some(then) = before.software.as_deref().filter(|then| *then != SOFTWARE) {
                let problem = format!(
                    "this comparison was begun by {then}, and this is {SOFTWARE}: their runs may differ"
                );
                let remedy = "go on with that version, or name another --out";
                return Err(DownstreamError::refused(place, problem, remedy));
            }
        }
        is_known &= self.agree_on_pairs(before, &place)?;
        self.plan.training_sha256 = Some(training_sha256);
        self.plan.test_sha256 = Some(test_sha256);
        self.plan.software = Some(SOFTWARE.to_owned());
        let unknown = format!(
            "{place} was begun by an earlier program, which did not keep what its scans, labels and pairs were: whether they \
             changed since was not looked at"
        );
        Ok(if is_known { Vec::new() } else { vec![unknown] })
    }

    /// The same of the pairs that arms take from a folder; whether they could be compared.
    ///
    /// # Errors
    /// If one cannot be read, or they are not those of `before`.
    fn agree_on_pairs(&mut self, before: Option<&Plan>, place: &str) -> Result<bool, DownstreamError> {
        let mut count = self.wanted_pairs();
        let Some(given) = self.pairs.folder.as_ref().filter(|_| count > 0) else { return Ok(true) };
        let sha256_of = |count: usize| {
            let first: Vec<&ManifestEntry> = given.entries[..count].iter().collect();
            contents_sha256(&given.dir, &first)
        };
        let before = before.filter(|before| before.takes_pairs());
        let kept = before.and_then(|before| before.pairs.contents.as_ref());
        if let Some(then) = kept {
            let is_same = then.count <= given.entries.len() && sha256_of(then.count)? == then.sha256;
            if !is_same {
                let problem = format!(
                    "the first {} pairs of {} are not those that this comparison was begun with",
                    then.count,
                    given.dir.display()
                );
                return Err(DownstreamError::refused(place, problem, REMEDY));
            }
            count = count.max(then.count);
        }
        self.plan.pairs.contents = Some(PairContents { count, sha256: sha256_of(count)? });
        Ok(before.is_none() || kept.is_some())
    }
}
