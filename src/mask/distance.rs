//! Signed distance to the edge of a region, exact and Euclidean (Felzenszwalb & Huttenlocher 2012).

/// Stands for "no such pixel": larger than any distance in a scan, small enough to be squared in `f32`.
const FAR: f32 = 1e9;

/// For every pixel (row-major) the distance to the edge of the region, negative inside, in the unit of
/// `pixel` (width, height). The edge lies between the pixels, half a pixel from their centres. A region
/// without a pixel gives infinity everywhere.
///
/// # Panics
/// If the number of pixels is not `width * height`.
pub fn signed_distance(width: u32, height: u32, inside: &[bool], pixel: [f32; 2]) -> Vec<f32> {
    assert_eq!(inside.len(), width as usize * height as usize, "pixels of a {width}x{height} region");
    if !inside.contains(&true) {
        return vec![f32::INFINITY; inside.len()];
    }
    let to_inside = squared_distance(width as usize, height as usize, |at| inside[at], pixel);
    let to_outside = squared_distance(width as usize, height as usize, |at| !inside[at], pixel);
    let half = pixel[0].min(pixel[1]) / 2.0;
    let distances = to_inside.iter().zip(&to_outside).zip(inside);
    distances
        .map(|((outward, inward), &inside)| if inside { half - inward.sqrt() } else { outward.sqrt() - half })
        .collect()
}

/// Squared distance of every pixel's centre to that of the nearest pixel of a set.
fn squared_distance(
    width: usize,
    height: usize,
    in_set: impl Fn(usize) -> bool,
    pixel: [f32; 2],
) -> Vec<f32> {
    let mut squares: Vec<f32> =
        (0..width * height).map(|at| if in_set(at) { 0.0 } else { FAR * FAR }).collect();
    let mut line = Vec::new();
    let mut envelope = Envelope::default();
    for x in 0..width {
        line.clear();
        line.extend((0..height).map(|y| squares[y * width + x]));
        envelope.transform(&line, pixel[1], |y, square| squares[y * width + x] = square);
    }
    for row in squares.chunks_exact_mut(width.max(1)) {
        line.clear();
        line.extend_from_slice(row);
        envelope.transform(&line, pixel[0], |x, square| row[x] = square);
    }
    squares
}

/// The lower envelope of one parabola a pixel.
#[derive(Default)]
struct Envelope {
    vertices: Vec<usize>,
    /// Where the parabola of the same index begins to be the lowest.
    starts: Vec<f32>,
}

impl Envelope {
    /// Calls `write(index, min over i of line[i] + (step (index - i))²)`.
    fn transform(&mut self, line: &[f32], step: f32, mut write: impl FnMut(usize, f32)) {
        let square = step * step;
        self.vertices.clear();
        self.starts.clear();
        for (index, &value) in line.iter().enumerate().filter(|(_, value)| **value < FAR * FAR) {
            let mut start = f32::NEG_INFINITY;
            while let (Some(&vertex), Some(&from)) = (self.vertices.last(), self.starts.last()) {
                let (a, b) = (index as f32, vertex as f32);
                start = ((value - line[vertex]) / square + a * a - b * b) / (2.0 * (a - b));
                if start > from {
                    break;
                }
                self.vertices.pop();
                self.starts.pop();
                start = f32::NEG_INFINITY;
            }
            self.vertices.push(index);
            self.starts.push(start);
        }
        if self.vertices.is_empty() {
            return;
        }
        let mut lowest = 0;
        for index in 0..line.len() {
            while self.starts.get(lowest + 1).is_some_and(|&start| start < index as f32) {
                lowest += 1;
            }
            let vertex = self.vertices[lowest];
            let reach = (index as f32 - vertex as f32) * step;
            write(index, reach * reach + line[vertex]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_to_the_nearest_pixel_of_the_other_side() {
        let (width, height) = (23, 17);
        let inside: Vec<bool> = (0..width * height).map(|i| i * 7919 % 13 < 3).collect();
        let pixel = [2.0, 0.5];
        let found = signed_distance(width, height, &inside, pixel);
        for y in 0..height {
            for x in 0..width {
                let at = (y * width + x) as usize;
                let nearest = (0..height)
                    .flat_map(|v| (0..width).map(move |u| (u, v)))
                    .filter(|&(u, v)| inside[(v * width + u) as usize] != inside[at])
                    .map(|(u, v)| {
                        let (dx, dy) = ((u as f32 - x as f32) * pixel[0], (v as f32 - y as f32) * pixel[1]);
                        (dx * dx + dy * dy).sqrt()
                    })
                    .fold(f32::INFINITY, f32::min);
                let expected = if inside[at] { 0.25 - nearest } else { nearest - 0.25 };
                assert!((found[at] - expected).abs() < 1e-4, "({x}, {y}): {} != {expected}", found[at]);
            }
        }
    }

    #[test]
    fn nothing_is_infinitely_far_and_everything_is_inside() {
        assert!(signed_distance(4, 3, &[false; 12], [1.0, 1.0]).iter().all(|d| *d == f32::INFINITY));
        assert!(signed_distance(4, 3, &[true; 12], [1.0, 1.0]).iter().all(|d| *d < -1e6));
    }
}
