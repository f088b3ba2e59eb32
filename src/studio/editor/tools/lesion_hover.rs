//! The lesion under the pointer, found anew only when the pointer leaves it or the document changes.

use crate::mask::lesion::LesionRegion;
use crate::studio::editor::session::EditorSession;

/// The lesion a tool would act on.
#[derive(Debug, Default)]
pub struct LesionHover {
    lesion: Option<LesionRegion>,
    /// View number and revision it was found for.
    known_for: (u64, u64),
    at: Option<[f32; 2]>,
}

impl LesionHover {
    /// The lesion under the pointer.
    pub fn lesion(&self) -> Option<&LesionRegion> {
        self.lesion.as_ref()
    }

    /// Looks at another point, in image coordinates.
    pub fn follow(&mut self, at: [f32; 2], session: &EditorSession) {
        self.at = Some(at);
        let now = (session.view_number(), session.editor.revision());
        let pixel = session.pixel_at(at);
        let still = self.known_for == now
            && match (&self.lesion, pixel) {
                (Some(lesion), Some((x, y))) => lesion.region.contains(x, y),
                _ => false,
            };
        if !still {
            let mask = &session.page().mask;
            self.lesion = pixel.and_then(|(x, y)| LesionRegion::at(mask, x, y));
            self.known_for = now;
        }
    }

    /// Looks at the same point again if the document changed, by undo for one.
    pub fn refresh(&mut self, session: &EditorSession) {
        if self.known_for != (session.view_number(), session.editor.revision())
            && let Some(at) = self.at
        {
            self.follow(at, session);
        }
    }
}
