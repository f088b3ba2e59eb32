//! What was asked and what was measured, wish by wish.

use eframe::egui::{Align2, Color32, FontId, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::cases::{CaseRecipe, Finding, SolvedCase};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Draws the table of a case.
pub(super) fn show(ui: &mut Ui, recipe: &CaseRecipe, case: &SolvedCase) {
    let columns = [0.46, 0.68, 0.9];
    let line = |ui: &mut Ui, cells: [&str; 4], color: Color32, font: FontId| {
        let width = ui.available_width();
        let requested = ui.painter().layout_no_wrap(cells[1].to_owned(), font.clone(), color).size().x;
        // A name that would run into what was asked goes on in another line.
        let room = (width * (columns[0] + 0.1) - requested - 8.0).max(40.0);
        let name = ui.painter().layout(cells[0].to_owned(), font.clone(), color, room);
        let (rect, response) = ui.allocate_exact_size(vec2(width, name.size().y.max(20.0)), Sense::hover());
        let painter = ui.painter();
        painter.galley(rect.left_center() - vec2(0.0, name.size().y / 2.0), name, color);
        for (cell, share) in cells[1..].iter().zip(columns) {
            let at = pos2(rect.left() + rect.width() * (share + 0.1), rect.center().y);
            painter.text(at, Align2::RIGHT_CENTER, *cell, font.clone(), color);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, cells.join(" ")));
        response
    };
    line(
        ui,
        [
            text!("cases-asked-and-measured"),
            text!("cases-asked"),
            text!("cases-measured"),
            text!("cases-within"),
        ],
        theme::TEXT_WEAK,
        theme::small(),
    );
    for finding in &case.report.findings {
        let [requested, measured, within] = cells_of(finding);
        let color = if finding.met { theme::TEXT } else { theme::WARNING };
        line(ui, [&title_of(finding, recipe), &requested, &measured, &within], color, theme::body())
            .on_hover_text(&finding.what);
    }
}

fn cells_of(finding: &Finding) -> [String; 3] {
    let number = |value: f64| {
        let digits = match finding.unit {
            // A tolerance of 2 % of a small area is not nothing.
            "mm2" if value.abs() < 0.001 => 4,
            "mm2" => 3,
            _ => 1,
        };
        let text = format!("{value:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        if finding.unit == "rows" {
            return text!("cases-rows", count = value.round() as i64, rows = text);
        }
        let unit = finding.unit.replace("um", "µm").replace("mm2", "mm²");
        format!("{text} {unit}").trim_end().to_owned()
    };
    let requested = match finding.requested {
        [low, high] if low == high => number(low),
        [0.0, high] => text!("cases-at-most", value = %number(high)),
        [low, high] => format!("{} – {}", number(low), number(high)),
    };
    let within = if finding.tolerance > 0.0 {
        format!("± {}", number(finding.tolerance))
    } else {
        text!("cases-exact").to_owned()
    };
    [requested, finding.measured.map_or_else(|| "–".to_owned(), number), within]
}

/// A wish as a person says it: "Cysts, group 1: count".
fn title_of(finding: &Finding, recipe: &CaseRecipe) -> String {
    let wish = finding.wish.as_str();
    match wish {
        "central_thickness_um" => return text!("cases-central-thickness").to_owned(),
        "order" => return text!("cases-order").to_owned(),
        "smooth" => return text!("cases-smooth").to_owned(),
        "cysts" => return text!("cases-cysts").to_owned(),
        "srf" => return text!("cases-srf-domes").to_owned(),
        "ped" => return text!("cases-ped-domes").to_owned(),
        "cysts.area_mm2" => return text!("cases-cysts-together").to_owned(),
        "srf.area_mm2" => return text!("cases-srf-together").to_owned(),
        "ped.area_mm2" => return text!("cases-ped-together").to_owned(),
        _ => {}
    }
    let Some((group, rest)) = wish.split_once('[') else { return wish.to_owned() };
    let Some((index, field)) = rest.split_once(']') else { return wish.to_owned() };
    let wished = index.parse::<usize>().ok().and_then(|index| recipe.layers.get(index));
    let name = match (group, wished) {
        ("layers", Some(wish)) => return text!("cases-layer-thickness", layer = wish.layer.name()),
        ("loss", _) => return text!("cases-loss", layer = field.trim()),
        ("cysts", _) => text!("cases-cysts"),
        ("srf", _) => "SRF",
        ("ped", _) => "PED",
        (other, _) => other,
    };
    let number = index.parse::<usize>().map_or_else(|_| index.to_owned(), |index| (index + 1).to_string());
    let field =
        field.trim_start_matches('.').trim_end_matches("_um").trim_end_matches("_mm2").replace('_', " ");
    if field.is_empty() { format!("{name} {number}") } else { format!("{name} {number}: {field}") }
}
