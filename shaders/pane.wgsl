// A pane's picture as it was drawn last, pixel for pixel: src/studio/editor/canvas/kept_picture.rs draws into it what
// has changed.

struct Place {
    // Screen pixels.
    viewport: vec2f,
}

@group(0) @binding(0) var<uniform> place: Place;
@group(0) @binding(1) var picture: texture_2d<f32>;

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
    corner.screen = uv * place.viewport;
    return corner;
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4f {
    return textureLoad(picture, vec2i(floor(corner.screen)), 0);
}
