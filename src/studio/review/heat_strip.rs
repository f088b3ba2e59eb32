//! The doubt under the scan: how far a segmenter's interfaces lie from the mask's, in um per column.

use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::generation::scores::SegmenterAgreement;
use crate::review::doubt::Doubt;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Height of the strip with its scale.
pub(super) const HEIGHT: f32 = 52.0;
/// Columns are red beyond this. Twice the mean distance of this program's trace from graders on diabetic eyes that
/// validate (5.7 um, see the README): the sets at hand have one grader each, so no distance between graders is known.
pub(super) const RED_FROM_UM: f32 = 11.4;
/// The top of the scale.
const TOP_UM: f32 = 40.0;

/// What is known of the doubt.
pub(super) enum Strip<'a> {
    /// Column by column.
    Columns(&'a Doubt),
    /// Only the worst place, as the line says.
    Worst(&'a SegmenterAgreement),
    /// Nobody has looked.
    Unknown,
}

/// Draws the strip beneath a scan that lies at `scan`, `columns` of them.
pub(super) fn show(ui: &mut Ui, strip: &Strip<'_>, scan: Rect, columns: u32, place: Rect) {
    let response = ui.interact(place, ui.scope_id().with("doubt"), Sense::hover());
    let painter = ui.painter().clone();
    let bars =
        Rect::from_min_max(pos2(scan.left(), place.top() + 4.0), pos2(scan.right(), place.bottom() - 14.0));
    painter.rect_filled(bars, 2.0, theme::CHROME);
    let x_of = |column: f32| bars.left() + bars.width() * column / columns.max(1) as f32;
    match strip {
        Strip::Columns(doubt) => draw_columns(&painter, bars, doubt.strip()),
        Strip::Worst(agreement) => {
            if let Some((_, [first, last], um)) = &agreement.worst {
                let height = bars.height() * (*um as f32 / TOP_UM).clamp(0.05, 1.0);
                let rect = Rect::from_min_max(
                    pos2(x_of(*first as f32), bars.bottom() - height),
                    pos2(x_of(*last as f32 + 1.0), bars.bottom()),
                );
                painter.rect_filled(rect, 0.0, color_of(*um as f32));
            }
        }
        Strip::Unknown => {}
    }
    let limit = bars.bottom() - bars.height() * RED_FROM_UM / TOP_UM;
    painter.hline(bars.x_range(), limit, Stroke::new(1.0, theme::TEXT_WEAK.gamma_multiply(0.6)));
    let (at, words) = (pos2(bars.right() - 2.0, limit - 7.0), format!("{RED_FROM_UM:.0} µm"));
    painter.text(at, Align2::RIGHT_CENTER, words, theme::small(), theme::TEXT_WEAK);
    let words = match strip {
        Strip::Columns(_) => text!("review-strip-columns"),
        Strip::Worst(_) => text!("review-strip-worst"),
        Strip::Unknown => text!("review-strip-unknown"),
    };
    let at: Pos2 = pos2(bars.left(), place.bottom() - 6.0);
    painter.text(at, Align2::LEFT_CENTER, words, theme::small(), theme::TEXT_WEAK);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
    let hint = match (strip, response.hover_pos()) {
        (Strip::Columns(doubt), Some(pointer)) => {
            let column = ((pointer.x - bars.left()) / bars.width() * columns as f32).floor();
            let um = doubt.strip().get(column as usize).copied().unwrap_or(f32::NAN);
            if um.is_nan() {
                text!("review-column-unknown", column = format!("{column:.0}"))
            } else {
                text!("review-column", column = format!("{column:.0}"), um = format!("{um:.0}"))
            }
        }
        _ => text!("review-strip-about", um = %RED_FROM_UM),
    };
    response.on_hover_text(hint);
}

fn draw_columns(painter: &Painter, bars: Rect, um: &[f32]) {
    // One bar a point of the screen, as high as the worst of its columns.
    let count = (bars.width().floor() as usize).clamp(1, um.len().max(1));
    for bar in 0..count {
        let (from, to) =
            (bar * um.len() / count, ((bar + 1) * um.len() / count).max(bar * um.len() / count + 1));
        let worst = um[from..to.min(um.len())].iter().copied().fold(f32::NAN, f32::max);
        if worst.is_nan() {
            continue;
        }
        let x = |part: usize| bars.left() + bars.width() * part as f32 / count as f32;
        let height = bars.height() * (worst / TOP_UM).clamp(0.0, 1.0);
        let rect = Rect::from_min_max(pos2(x(bar), bars.bottom() - height), pos2(x(bar + 1), bars.bottom()));
        painter.rect_filled(rect, 0.0, color_of(worst));
    }
}

fn color_of(um: f32) -> Color32 {
    if um > RED_FROM_UM {
        theme::ERROR
    } else {
        theme::ACCENT.lerp_to_gamma(theme::WARNING, um / RED_FROM_UM)
    }
}
