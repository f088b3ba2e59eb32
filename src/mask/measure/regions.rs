//! Connected regions of each lesion class, by union-find over runs.

/// A segment of a row that is of one lesion class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub y: u32,
    pub x0: u32,
    pub x1: u32,
    pub code: u8,
}

/// Regions of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Regions {
    pub count: usize,
    /// Pixels of the largest.
    pub largest: u64,
}

/// The 8-connected regions of each class. The runs are in order of row, then column; neighbouring runs of
/// one class may touch.
pub(super) fn regions(runs: &[Run]) -> [Regions; 256] {
    let mut forest = Forest {
        parent: (0..runs.len()).collect(),
        pixels: runs.iter().map(|run| u64::from(run.x1 - run.x0)).collect(),
    };
    // Runs of the row above that may still touch the current one start here.
    let mut above = 0;
    for (index, run) in runs.iter().enumerate() {
        if let Some(left) = index.checked_sub(1)
            && runs[left].y == run.y
            && runs[left].x1 == run.x0
        {
            forest.join(runs, left, index);
        }
        while above < index
            && (runs[above].y + 1 < run.y || (runs[above].y + 1 == run.y && runs[above].x1 < run.x0))
        {
            above += 1;
        }
        let touching =
            (above..index).take_while(|&other| runs[other].y + 1 == run.y && runs[other].x0 <= run.x1);
        for other in touching {
            forest.join(runs, other, index);
        }
    }
    let mut regions = [Regions::default(); 256];
    for (index, run) in runs.iter().enumerate().filter(|(index, _)| forest.parent[*index] == *index) {
        let region = &mut regions[usize::from(run.code)];
        region.count += 1;
        region.largest = region.largest.max(forest.pixels[index]);
    }
    regions
}

struct Forest {
    parent: Vec<usize>,
    /// Of the region, where the run is its root.
    pixels: Vec<u64>,
}

impl Forest {
    /// Joins the regions of two touching runs if they are of one class.
    fn join(&mut self, runs: &[Run], a: usize, b: usize) {
        if runs[a].code != runs[b].code {
            return;
        }
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (root, child) = (a.min(b), a.max(b));
            self.parent[child] = root;
            self.pixels[root] += self.pixels[child];
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parent[index] != index {
            self.parent[index] = self.parent[self.parent[index]];
            index = self.parent[index];
        }
        index
    }
}
