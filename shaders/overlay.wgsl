// The scan with its labels over it, in one pass: one fragment a screen pixel, everything by textureLoad,
// so that no sampler state can blur a label. `src/studio/canvas/overlay.rs` is the reference on the CPU: change both.

struct View {
    // Image pixels.
    image_size: vec2f,
    // Image coordinates at the top left corner of the viewport.
    origin: vec2f,
    // Image pixels per screen pixel.
    step: vec2f,
    // Screen pixels.
    viewport: vec2f,
    fill_opacity: f32,
    outline_opacity: f32,
    // Width of the outline in screen pixels.
    outline_width: f32,
    // 1 when the target encodes to sRGB itself.
    target_is_srgb: f32,
    // Of the grey: darkest shown, 1 / (brightest - darkest), 1 / gamma, and 1 to invert.
    tone: vec4f,
    // Colour and opacity of the outlines of the other grader's labels.
    other_outline: vec4f,
    // Colour and opacity over pixels that the two graders label differently.
    difference: vec4f,
    // Straight colour, gamma encoded; w is 1 for a visible label. Entry 15 hatches what nobody annotated.
    palette: array<vec4f, 16>,
}

const UNANNOTATED_ENTRY: u32 = 15u;
const HATCH_PERIOD: f32 = 14.0;
const HATCH_OPACITY: f32 = 0.16;
const DASH_PERIOD: f32 = 9.0;
const DASH_SHARE: f32 = 0.62;
// Outlines of dark labels are lifted to this luma: they run over dark tissue, without a fill beside them.
const OUTLINE_LUMA: f32 = 0.44;
const OURS: u32 = 0u;
const OTHERS: u32 = 1u;

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var scan: texture_2d<f32>;
@group(0) @binding(2) var labels: texture_2d<u32>;
// Of the other grader; looked at only where its outline or the difference is drawn.
@group(0) @binding(3) var other_labels: texture_2d<u32>;

struct Corner {
    @builtin(position) position: vec4f,
    // Screen pixels from the top left corner of the viewport.
    @location(0) screen: vec2f,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    // One triangle that covers the viewport.
    let uv = vec2f(f32((index << 1u) & 2u), f32(index & 2u));
    var corner: Corner;
    corner.position = vec4f(uv.x * 2.0 - 1.0, 1.0 - uv.y * 2.0, 0.0, 1.0);
    corner.screen = uv * view.viewport;
    return corner;
}

fn inside(point: vec2f) -> bool {
    return all(point >= vec2f(0.0)) && all(point < view.image_size);
}

fn pixel_of(point: vec2f) -> vec2i {
    return clamp(vec2i(floor(point)), vec2i(0), vec2i(view.image_size) - vec2i(1));
}

fn grey_at(pixel: vec2i) -> f32 {
    return textureLoad(scan, clamp(pixel, vec2i(0), vec2i(view.image_size) - vec2i(1)), 0).r;
}

// Enlarged: pixels stay squares whose borders are one screen pixel soft. Reduced: the mean of the pixels beneath.
fn grey_of(point: vec2f) -> f32 {
    let samples = clamp(vec2i(ceil(view.step - vec2f(0.01))), vec2i(1), vec2i(4));
    if samples.x == 1 && samples.y == 1 {
        let shifted = point - vec2f(0.5);
        let base = floor(shifted);
        let blend = clamp((shifted - base - vec2f(0.5)) / view.step + vec2f(0.5), vec2f(0.0), vec2f(1.0));
        let pixel = vec2i(base);
        let upper = mix(grey_at(pixel), grey_at(pixel + vec2i(1, 0)), blend.x);
        let lower = mix(grey_at(pixel + vec2i(0, 1)), grey_at(pixel + vec2i(1, 1)), blend.x);
        return mix(upper, lower, blend.y);
    }
    var sum = 0.0;
    for (var j = 0; j < samples.y; j++) {
        for (var i = 0; i < samples.x; i++) {
            let offset = (vec2f(f32(i), f32(j)) + vec2f(0.5)) / vec2f(samples) - vec2f(0.5);
            sum += grey_at(pixel_of(point + offset * view.step));
        }
    }
    return sum / f32(samples.x * samples.y);
}

// Window and level, gamma, inversion.
fn toned(grey: f32) -> f32 {
    var shown = clamp((grey - view.tone.x) * view.tone.y, 0.0, 1.0);
    if view.tone.z != 1.0 && shown > 0.0 {
        shown = pow(shown, view.tone.z);
    }
    return select(shown, 1.0 - shown, view.tone.w > 0.5);
}

fn entry_of(whose: u32, point: vec2f) -> u32 {
    var code: u32;
    if whose == OTHERS {
        code = textureLoad(other_labels, pixel_of(point), 0).r;
    } else {
        code = textureLoad(labels, pixel_of(point), 0).r;
    }
    return min(code, UNANNOTATED_ENTRY);
}

// The outline runs on the side of the visible label with the higher code, so that every border has one line.
fn is_border(whose: u32, point: vec2f, entry: u32) -> bool {
    if entry == UNANNOTATED_ENTRY || view.palette[entry].w == 0.0 {
        return false;
    }
    let reach = view.step * view.outline_width;
    var offsets = array<vec2f, 4>(vec2f(-1.0, 0.0), vec2f(1.0, 0.0), vec2f(0.0, -1.0), vec2f(0.0, 1.0));
    for (var k = 0; k < 4; k++) {
        let near = point + offsets[k] * reach;
        if inside(near) {
            let other = entry_of(whose, near);
            if other != entry && (other == UNANNOTATED_ENTRY || view.palette[other].w == 0.0 || entry > other) {
                return true;
            }
        }
    }
    return false;
}

fn linear_from_gamma(color: vec3f) -> vec3f {
    return select(pow((color + vec3f(0.055)) / 1.055, vec3f(2.4)), color / 12.92, color <= vec3f(0.04045));
}

fn outline_color(color: vec3f) -> vec3f {
    let luma = dot(color, vec3f(0.299, 0.587, 0.114));
    return mix(color, vec3f(1.0), clamp((OUTLINE_LUMA - luma) / (1.0 - luma + 1e-6), 0.0, 1.0));
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4f {
    let point = view.origin + corner.screen * view.step;
    if !inside(point) {
        return vec4f(0.0);
    }
    var color = vec3f(toned(grey_of(point)));
    let entry = entry_of(OURS, point);
    let paint = view.palette[entry];
    if entry == UNANNOTATED_ENTRY {
        let stripe = fract((corner.screen.x + corner.screen.y) / HATCH_PERIOD) < 0.5;
        color = mix(color, paint.rgb, select(0.0, HATCH_OPACITY * paint.w, stripe));
    } else if view.outline_opacity > 0.0 && is_border(OURS, point, entry) {
        color = mix(color, outline_color(paint.rgb), view.outline_opacity);
    } else {
        color = mix(color, paint.rgb, view.fill_opacity * paint.w);
    }
    if view.other_outline.w > 0.0 || view.difference.w > 0.0 {
        let other = entry_of(OTHERS, point);
        let both_known = entry != UNANNOTATED_ENTRY && other != UNANNOTATED_ENTRY;
        if both_known && entry != other {
            color = mix(color, view.difference.rgb, view.difference.w);
        }
        let dash = fract((corner.screen.x + corner.screen.y) / DASH_PERIOD) < DASH_SHARE;
        if view.other_outline.w > 0.0 && dash && is_border(OTHERS, point, other) {
            color = mix(color, view.other_outline.rgb, view.other_outline.w);
        }
    }
    if view.target_is_srgb > 0.5 {
        color = linear_from_gamma(color);
    }
    return vec4f(color, 1.0);
}
