// A network's picture becomes the picture on screen: from grid values in [-1, 1] to 8-bit grey of the
// document's size, put over the picture that is there inside the halo of an edit.
//
// CPU reference: src/worker/present.rs, `present_on_cpu`. Where nothing is resampled the two agree exactly:
// greys are mixed as integers.

struct Frame {
    // Document size.
    size: vec2u,
    // Part of the grid that holds the document.
    content: vec2u,
    // Values per grid row.
    grid_width: u32,
    // 1 where `base` and `halo` count.
    is_edit: u32,
    // The halo's rectangle in the document: first pixel, and the one past the last.
    halo_from: vec2u,
    halo_to: vec2u,
    // The document's columns that lie on the grid: the first, and the one past the last. Those beside them repeat the
    // nearest.
    shown: vec2u,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> grid: array<f32>;
@group(0) @binding(2) var base: texture_2d<f32>;
@group(0) @binding(3) var halo: texture_2d<f32>;

@vertex
fn whole_target(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the target.
    let corner = vec2f(f32((index << 1u) & 2u), f32(index & 2u));
    return vec4f(corner * 2.0 - 1.0, 0.0, 1.0);
}

// Triangle filter along one axis, widened where it shrinks: weight of grid place `at`.
fn tap(at: u32, centre: f32, radius: f32) -> f32 {
    return max(1.0 - abs((f32(at) + 0.5 - centre) / radius), 0.0);
}

fn sampled(at: vec2u) -> f32 {
    let pixel = vec2u(clamp(at.x, frame.shown.x, frame.shown.y - 1u) - frame.shown.x, at.y);
    let size = vec2u(frame.shown.y - frame.shown.x, frame.size.y);
    if all(size == frame.content) {
        return grid[pixel.y * frame.grid_width + pixel.x];
    }
    let step = vec2f(frame.content) / vec2f(size);
    let radius = max(step, vec2f(1.0));
    let centre = (vec2f(pixel) + 0.5) * step;
    let first = vec2u(max(floor(centre - radius), vec2f(0.0)));
    let end = min(vec2u(ceil(centre + radius)), frame.content);
    var sum = 0.0;
    var weights = 0.0;
    for (var y = first.y; y < end.y; y++) {
        let row_weight = tap(y, centre.y, radius.y);
        for (var x = first.x; x < end.x; x++) {
            let weight = row_weight * tap(x, centre.x, radius.x);
            sum += weight * grid[y * frame.grid_width + x];
            weights += weight;
        }
    }
    return sum / weights;
}

fn grey_of(share: f32) -> u32 {
    return u32(floor(share * 255.0 + 0.5));
}

@fragment
fn present(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let pixel = vec2u(position.xy);
    var grey = u32(floor(clamp((sampled(pixel) + 1.0) * 127.5, 0.0, 255.0) + 0.5));
    if frame.is_edit == 1u {
        let old = grey_of(textureLoad(base, pixel, 0).r);
        var weight = 0u;
        if all(pixel >= frame.halo_from) && all(pixel < frame.halo_to) {
            weight = grey_of(textureLoad(halo, pixel - frame.halo_from, 0).r);
        }
        grey = (old * (255u - weight) + grey * weight + 127u) / 255u;
    }
    return vec4f(vec3f(f32(grey) / 255.0), 1.0);
}
