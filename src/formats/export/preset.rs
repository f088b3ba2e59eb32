//! What an export is for, and what its files can hold.

/// What an export is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportPreset {
    /// PNG pairs in `images` and `labels`: a data set that opens here again.
    Pairs,
    /// nnU-Net v2.
    NnUnet,
    /// A folder as MIRAGE reads it.
    Mirage,
    /// NIfTI volumes of scans and labels.
    Nifti,
    /// MetaImage volumes of scans and labels.
    MetaImage,
    /// TIFF files of a page a B-scan, with ImageJ's spacing.
    TiffStack,
    /// Ophthalmic Tomography, Segmentation and Height Map Segmentation.
    Dicom,
    /// PNG scans beside COCO's run-length coded annotations.
    Coco,
    /// Arrays of numpy.
    Npz,
}

impl ExportPreset {
    /// All of them, in the order of a list.
    pub const ALL: [Self; 9] = [
        Self::Pairs,
        Self::NnUnet,
        Self::Mirage,
        Self::Nifti,
        Self::MetaImage,
        Self::TiffStack,
        Self::Dicom,
        Self::Coco,
        Self::Npz,
    ];

    /// Whether its files say how large a pixel is.
    pub fn holds_spacing(self) -> bool {
        matches!(self, Self::Nifti | Self::MetaImage | Self::TiffStack | Self::Dicom | Self::Npz)
    }

    /// Whether its files say which eye it is.
    pub fn holds_laterality(self) -> bool {
        self == Self::Dicom
    }

    /// Whether its files say whom to name.
    pub fn holds_credit(self) -> bool {
        matches!(self, Self::Pairs | Self::Coco)
    }

    /// Whether it writes nothing of a document without labels.
    pub fn is_of_labels(self) -> bool {
        matches!(self, Self::NnUnet | Self::Mirage | Self::Coco)
    }

    /// Whether B-scans without labels are left out.
    pub fn leaves_out_unlabelled(self) -> bool {
        matches!(self, Self::NnUnet | Self::Mirage)
    }

    /// Whether its B-scans are of one size.
    pub fn is_volume(self) -> bool {
        matches!(self, Self::Nifti | Self::MetaImage | Self::TiffStack | Self::Dicom)
    }
}
