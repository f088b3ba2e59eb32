//! Which pages of a stack with several channels, times or images are its B-scans.
//!
//! ImageJ and OME put all of them into one list of pages. Taken as it stands, such a list alternates between channels;
//! so the first channel of the first image is read, and the rest is named.

/// How the pages of a volume follow one another; each number is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hyperstack {
    pub channels: usize,
    pub slices: usize,
    pub frames: usize,
    /// Pages from a channel of a B-scan to the next one.
    pub channel_stride: usize,
    /// Images that the description tells of; the numbers above are those of the first.
    pub images: usize,
}

impl Hyperstack {
    /// A stack of channels that follow one another at once, as ImageJ writes them.
    pub(super) fn interleaved(channels: usize, slices: usize, frames: usize) -> Option<Self> {
        Self { channels, slices, frames, channel_stride: 1, images: 1 }.checked()
    }

    /// A stack whose axes follow one another as OME's DimensionOrder says, such as `XYZCT`.
    pub(super) fn ordered(
        order: &str,
        [channels, slices, frames]: [usize; 3],
        images: usize,
    ) -> Option<Self> {
        let before = order.strip_prefix("XY")?.split('C').next()?;
        let side = |axis| if axis == 'Z' { slices } else { frames };
        let channel_stride =
            before.chars().try_fold(1_usize, |stride, axis| stride.checked_mul(side(axis)))?;
        Self { channels, slices, frames, channel_stride, images }.checked()
    }

    fn checked(self) -> Option<Self> {
        let sides = [self.channels, self.slices, self.frames, self.channel_stride];
        (!sides.contains(&0) && self.pages().is_some()).then_some(self)
    }

    fn pages(self) -> Option<usize> {
        self.channels.checked_mul(self.slices)?.checked_mul(self.frames)
    }

    /// The pages of the first channel of the first image, and notes on the others; all pages where they are not as many
    /// as the description says.
    pub(super) fn first_channel<Page>(self, mut pages: Vec<Page>, name: &str) -> (Vec<Page>, Vec<String>) {
        let mut notes = Vec::new();
        let (wanted, found) = (self.pages().unwrap_or(usize::MAX), pages.len());
        if wanted > found || wanted < found && self.images < 2 {
            return (pages, notes);
        }
        if self.images > 1 && wanted < found {
            let images = self.images;
            notes.push(format!(
                "{name}: it holds {images} images, of which the first is read; left out: {} pages of the others",
                found - wanted
            ));
            pages.truncate(wanted);
        }
        if self.channels > 1 {
            let channels = self.channels;
            notes.push(format!(
                "{name}: {channels} channels a B-scan, of which the first is read; save another as a file of its own to \
                 open it"
            ));
            let mut index = 0..;
            pages.retain(|_| {
                index.next().is_some_and(|at: usize| (at / self.channel_stride).is_multiple_of(channels))
            });
        }
        if self.frames > 1 && self.slices > 1 {
            let Self { slices, frames, .. } = self;
            notes.push(format!("{name}: {frames} times of {slices} B-scans each, which follow one another"));
        }
        (pages, notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(stack: Hyperstack, count: usize) -> (Vec<usize>, Vec<String>) {
        stack.first_channel((1..=count).collect(), "a.tif")
    }

    #[test]
    fn the_first_channel_is_found_wherever_it_stands() {
        let image_j = Hyperstack::interleaved(2, 3, 1).expect("a stack");
        let (pages, notes) = numbers(image_j, 6);
        assert_eq!((pages, notes.len()), (vec![1, 3, 5], 1));
        assert!(notes[0].contains("2 channels a B-scan"), "{notes:?}");
        let ome = Hyperstack::ordered("XYZCT", [2, 3, 1], 1).expect("a stack");
        assert_eq!(numbers(ome, 6).0, [1, 2, 3]);
        let times = Hyperstack::ordered("XYCZT", [1, 3, 2], 1).expect("a stack");
        assert!(numbers(times, 6).1[0].contains("2 times of 3 B-scans each"));
    }

    #[test]
    fn what_is_not_as_described_is_read_as_it_stands() {
        let stack = Hyperstack::interleaved(2, 3, 1).expect("a stack");
        assert_eq!(numbers(stack, 5), (vec![1, 2, 3, 4, 5], Vec::new()));
        let two = Hyperstack::ordered("XYCZT", [1, 3, 1], 2).expect("a stack");
        let (pages, notes) = numbers(two, 7);
        assert_eq!(pages, [1, 2, 3]);
        assert!(notes[0].contains("left out: 4 pages of the others"), "{notes:?}");
        assert_eq!(Hyperstack::interleaved(0, 3, 1), None);
        assert_eq!(Hyperstack::ordered("XYCZT", [usize::MAX, 3, 1], 1), None);
        assert_eq!(Hyperstack::ordered("ZYX", [1, 1, 1], 1), None);
    }
}
