//! One safetensors file.
//!
//! Only the header is read when a file is opened. Tensors are read later, a piece at a time. The file
//! is not mapped into memory: the numbers are copied to the device anyway, and a file that another
//! process cuts short while it is mapped would end this one (SIGBUS) instead of giving an error.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use half::{bf16, f16};
use pure_files::Input;
use safetensors::tensor::{Metadata, TensorInfo};
use safetensors::{Dtype, SafeTensorError};

use crate::json::brief_json;
use crate::{Error, Precision};

/// Bytes of the largest header that is read: some 200,000 tensors. The format allows 100 MB, which would
/// take gigabytes of memory.
const LONGEST_HEADER: u64 = 16 << 20;

/// Bytes that are read at once: few enough to stay in the processor's cache until they are converted.
const PIECE: usize = 1 << 20;

#[derive(Debug)]
pub(crate) struct WeightFile {
    path: PathBuf,
    file: Mutex<File>,
    metadata: Metadata,
    /// Where the header ends and tensors begin.
    data_start: u64,
    /// What stands before the names of all tensors in the file.
    prefix: &'static str,
}

impl WeightFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let header = |source| Error::Header {
            path: path.to_owned(),
            source,
        };
        let mut input = Input::open(path)?;
        let found = input.size().unwrap_or(0);
        let mut size = [0; 8];
        if found < size.len() as u64 {
            return Err(header(SafeTensorError::HeaderTooSmall));
        }
        input.read_exact(&mut size).map_err(read(path))?;
        let data_start = match u64::from_le_bytes(size) {
            size if size > LONGEST_HEADER => return Err(header(SafeTensorError::HeaderTooLarge)),
            size if size > found - 8 => return Err(header(SafeTensorError::InvalidHeaderLength)),
            size => 8 + size,
        };
        let mut text = vec![0; data_start as usize - 8];
        input.read_exact(&mut text).map_err(read(path))?;
        let metadata: Metadata = serde_json::from_slice(&text).map_err(|error| {
            header(SafeTensorError::InvalidHeaderDeserialization(brief_json(
                error,
            )))
        })?;

        let file = Self {
            path: path.to_owned(),
            file: Mutex::new(File::open(path).map_err(read(path))?),
            data_start,
            metadata,
            prefix: "",
        };
        match file.expected_length() {
            expected if expected == found => Ok(file),
            _ => Err(file.truncated(found)),
        }
    }

    /// The same with names that do without a prefix; none if a tensor has another.
    pub(crate) fn without(self, prefix: &'static str) -> Option<Self> {
        let mut names = self.metadata.offset_keys().into_iter();
        let all_have = names.all(|name| name.starts_with(prefix));
        all_have.then_some(Self { prefix, ..self })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the tensors, in the order of the file.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.metadata.offset_keys().into_iter();
        names
            .map(|name| name[self.prefix.len()..].to_owned())
            .collect()
    }

    pub(crate) fn info(&self, name: &str) -> Option<&TensorInfo> {
        self.metadata.info(&format!("{}{name}", self.prefix))
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
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let at = SeekFrom::Start(self.data_start + start as u64);
        file.seek(at).map_err(read(&self.path))?;
        let mut buffer = vec![0; PIECE.min(end - start)];
        for piece in (start..end).step_by(PIECE) {
            let bytes = &mut buffer[..PIECE.min(end - piece)];
            if let Err(error) = file.read_exact(bytes) {
                let found = file.metadata().map_or(0, |metadata| metadata.len());
                return Err(match error.kind() {
                    ErrorKind::UnexpectedEof => self.truncated(found),
                    _ => read(&self.path)(error),
                });
            }
            match precision {
                Precision::F32 => convert(bytes, f32::from_le_bytes, &mut take),
                Precision::F16 => convert(bytes, |b| f16::from_le_bytes(b).to_f32(), &mut take),
                Precision::Bf16 => convert(bytes, |b| bf16::from_le_bytes(b).to_f32(), &mut take),
            }
        }
        Ok(())
    }

    fn expected_length(&self) -> u64 {
        self.data_start
            .saturating_add(self.metadata.data_len() as u64)
    }

    /// A file of the wrong length is by far the most common fault: say which bytes are not there.
    fn truncated(&self, found: u64) -> Error {
        Error::Truncated {
            path: self.path.clone(),
            tensor: self.names().pop().unwrap_or_default(),
            expected: self.expected_length(),
            found,
        }
    }
}

fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    |source| pure_files::Error::Read { path, source }.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: usize) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes = [
            &(header.len() as u64).to_le_bytes(),
            header.as_bytes(),
            &vec![0; data],
        ];
        std::fs::write(file.path(), bytes.concat()).unwrap();
        file
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_read_is_an_error() {
        let header = r#"{"a":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}"#;
        let file = file(header, 4000);
        let weights = WeightFile::open(file.path()).unwrap();
        file.as_file().set_len(3000).unwrap();
        let info = weights.info("a").unwrap();
        let error = weights.read("a", info, |_| ()).unwrap_err();
        assert!(
            matches!(error, Error::Truncated { found: 3000, .. }),
            "{error}"
        );
    }

    #[test]
    fn a_header_larger_than_any_models_is_refused_unread() {
        let file = file("{}", 0);
        let size = (LONGEST_HEADER + 1).to_le_bytes();
        std::fs::write(file.path(), size).unwrap();
        file.as_file().set_len(LONGEST_HEADER + 9).unwrap();
        let error = WeightFile::open(file.path()).unwrap_err();
        assert!(error.to_string().contains("too large"), "{error}");
    }
}
