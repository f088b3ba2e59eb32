//! The colours of a thickness map, thin to thick: viridis, whose lightness rises all the way, so that it can be read by
//! the colour-blind and in grey. (Smith and van der Walt 2015, CC0.)

const STOPS: [[u8; 3]; 9] = [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
];

/// Red, green and blue of a share of the range, which is cut at 0 and 1.
pub fn map_color(share: f32) -> [u8; 3] {
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let below = (place as usize).min(STOPS.len() - 2);
    let part = place - below as f32;
    std::array::from_fn(|channel| {
        let [from, to] = [below, below + 1].map(|stop| f32::from(STOPS[stop][channel]));
        ((1.0 - part) * from + part * to).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_grows_lighter_all_the_way() {
        assert_eq!([map_color(-1.0), map_color(0.5), map_color(7.0)], [STOPS[0], STOPS[4], STOPS[8]]);
        let lightness = |step: u16| {
            let [red, green, blue] = map_color(f32::from(step) / 100.0).map(f32::from);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        assert!((0..100).all(|step| lightness(step + 1) > lightness(step)));
    }
}
