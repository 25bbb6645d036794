//! One safetensors file, mapped into memory.
//!
//! Only the header is read when a file is opened. Tensors are converted later, a window at a time:
//! each window of the file is mapped, read and unmapped, so that the pages of a large file never
//! count beside the model that is made from them.

use std::fs::File;
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use memmap2::{Mmap, MmapOptions};
use safetensors::tensor::{Metadata, TensorInfo};
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde_json::Value;

use crate::{Error, Precision};

/// Bytes of a file that are mapped at once.
const WINDOW: usize = 16 << 20;

#[derive(Debug)]
pub(crate) struct WeightFile {
    path: PathBuf,
    file: File,
    metadata: Metadata,
    /// Where the header ends and tensors begin.
    data_start: u64,
}

impl WeightFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::read(path))?;
        let length = file.metadata().map_err(Error::read(path))?.len();
        let map = map(&file, 0, length as usize).map_err(Error::read(path))?;
        let (header, metadata) =
            SafeTensors::read_metadata(&map).map_err(|source| diagnose(path, &map, source))?;
        let data_start = (size_of::<u64>() + header) as u64;
        Ok(Self {
            path: path.to_owned(),
            file,
            metadata,
            data_start,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the tensors, in the order of the file.
    pub(crate) fn names(&self) -> Vec<String> {
        self.metadata.offset_keys()
    }

    pub(crate) fn info(&self, name: &str) -> Option<&TensorInfo> {
        self.metadata.info(name)
    }

    /// The format of a tensor, if it is one of those that are read.
    pub(crate) fn precision(&self, name: &str, info: &TensorInfo) -> Result<Precision, Error> {
        match info.dtype {
            Dtype::F32 => Ok(Precision::F32),
            Dtype::F16 => Ok(Precision::F16),
            Dtype::BF16 => Ok(Precision::Bf16),
            other => Err(Error::TensorFormat {
                path: self.path.clone(),
                tensor: name.to_owned(),
                found: other.to_string(),
            }),
        }
    }

    /// Gives the numbers of a tensor to `take`, in order, some thousands at a time.
    pub(crate) fn read(
        &self,
        name: &str,
        info: &TensorInfo,
        mut take: impl FnMut(&[f32]),
    ) -> Result<(), Error> {
        let precision = self.precision(name, info)?;
        let (start, end) = info.data_offsets;
        for window in (start..end).step_by(WINDOW) {
            let length = WINDOW.min(end - window);
            let bytes = map(&self.file, self.data_start + window as u64, length)
                .map_err(Error::read(&self.path))?;
            match precision {
                Precision::F32 => convert(&bytes, f32::from_le_bytes, &mut take),
                Precision::F16 => convert(&bytes, |b| f16::from_le_bytes(b).to_f32(), &mut take),
                Precision::Bf16 => convert(&bytes, |b| bf16::from_le_bytes(b).to_f32(), &mut take),
            }
        }
        Ok(())
    }
}

/// Turns numbers of `N` bytes into f32, a buffer at a time.
fn convert<const N: usize>(bytes: &[u8], from: fn([u8; N]) -> f32, take: &mut impl FnMut(&[f32])) {
    let mut buffer = [0.0; 4096];
    for numbers in bytes.as_chunks::<N>().0.chunks(buffer.len()) {
        let buffer = &mut buffer[..numbers.len()];
        for (to, number) in buffer.iter_mut().zip(numbers) {
            *to = from(*number);
        }
        take(buffer);
    }
}

fn map(file: &File, offset: u64, length: usize) -> std::io::Result<Mmap> {
    // SAFETY: the mapping is read-only. Another process that truncates the file while it is being
    // read could end this one, as with every program that maps its model; bytes that change under
    // it are only numbers and cannot break an invariant.
    unsafe { MmapOptions::new().offset(offset).len(length).map(file) }
}

/// A file of the wrong length is by far the most common fault: say which bytes are not there.
fn diagnose(path: &Path, bytes: &[u8], source: SafeTensorError) -> Error {
    let truncated = || {
        let (size, rest) = bytes.split_first_chunk()?;
        let size = usize::try_from(u64::from_le_bytes(*size)).ok()?;
        let header: Value = serde_json::from_slice(rest.get(..size)?).ok()?;
        let ends = header.as_object()?.iter().filter_map(|(name, tensor)| {
            Some((tensor.get("data_offsets")?.get(1)?.as_u64()?, name))
        });
        let (end, tensor) = ends.max()?;
        let expected = end.checked_add((size_of::<u64>() + size) as u64)?;
        (expected != bytes.len() as u64).then(|| (tensor.clone(), expected))
    };
    let path = path.to_owned();
    match truncated() {
        Some((tensor, expected)) if matches!(source, SafeTensorError::MetadataIncompleteBuffer) => {
            Error::Truncated {
                path,
                tensor,
                expected,
                found: bytes.len() as u64,
            }
        }
        _ => Error::Header { path, source },
    }
}
