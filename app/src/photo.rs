//! Photographs that officers send, written anew from their pixels.
//!
//! What is published is made here: nothing of the file itself is passed on, so neither what the camera noted (place, time,
//! owner) nor anything that only looks like a picture. Refuses what is no JPEG, PNG or WebP, and what would unpack to
//! more than 50 million pixels. Written as JPEG: the WebP that this can write is larger, being without loss.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use sha2::{Digest, Sha256};
use std::io::Cursor;
use store::photo::{NewPhoto, Photo, WIDTHS_PX};
use tokio::sync::Semaphore;

/// The largest file.
pub const LARGEST_BYTES: usize = 10 * 1024 * 1024;
/// The most pixels, as a camera of 50 megapixels takes them.
const MOST_PIXELS: u64 = 50_000_000;
/// The narrowest and lowest picture; a smaller one is an icon.
const LEAST_PX: u32 = 200;
/// The most that unpacking may take.
const MOST_MEMORY_BYTES: u64 = 320 * 1024 * 1024;
/// Of JPEG: where a photograph still looks as it did.
const QUALITY: u8 = 80;

/// One at a time, however many are sent: each takes much memory for a moment.
static ROOM: Semaphore = Semaphore::const_new(1);

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoProblem {
    /// Larger than [`LARGEST_BYTES`].
    TooLarge,
    /// None of the kinds that are read, or damaged.
    Unreadable,
    /// More than 50 million pixels.
    TooManyPixels,
    /// Lower or narrower than 200 pixels.
    TooSmall,
}

/// Writes a photograph anew in all its sizes, beside the requests that are under way.
///
/// # Errors
/// Why it is not taken.
pub async fn rewrite(file: Vec<u8>) -> Result<NewPhoto, PhotoProblem> {
    if file.len() > LARGEST_BYTES {
        return Err(PhotoProblem::TooLarge);
    }
    let _room = ROOM.acquire().await.map_err(|_| PhotoProblem::Unreadable)?;
    let written = tokio::task::spawn_blocking(move || sizes(decode(&file)?)).await;
    // A reader of pictures that stumbles over one has not read it.
    written.unwrap_or(Err(PhotoProblem::Unreadable))
}

/// The pixels, as they are to be looked at.
fn decode(file: &[u8]) -> Result<RgbImage, PhotoProblem> {
    let unreadable = |_| PhotoProblem::Unreadable;
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| PhotoProblem::Unreadable)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PhotoProblem::Unreadable);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PhotoProblem::TooManyPixels);
    }
    if width < LEAST_PX || height < LEAST_PX {
        return Err(PhotoProblem::TooSmall);
    }
    // A note of the camera that cannot be read turns nothing.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    Ok(if image.color().has_alpha() { on_white(&image) } else { image.into_rgb8() })
}

/// Where a picture is see-through there is paper behind it; JPEG knows no other way.
fn on_white(image: &DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let alpha = u32::from(alpha);
        let blend = |part: u8| {
            let blended = (u32::from(part) * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(blended).unwrap_or(u8::MAX)
        };
        Rgb([blend(red), blend(green), blend(blue)])
    })
}

fn sizes(image: RgbImage) -> Result<NewPhoto, PhotoProblem> {
    let image = DynamicImage::ImageRgb8(image);
    let largest_px = WIDTHS_PX.into_iter().max().unwrap_or(image.width());
    let largest = if image.width() > largest_px { narrowed(&image, largest_px) } else { image };
    let body = jpeg(&largest)?;
    let photo = Photo {
        photo_hash: store::hex(&Sha256::digest(&body)),
        width_px: largest.width(),
        height_px: largest.height(),
    };
    let mut sizes = vec![(photo.width_px, body)];
    for width in photo.widths().filter(|width| *width < photo.width_px) {
        sizes.push((width, jpeg(&narrowed(&largest, width))?));
    }
    Ok(NewPhoto { photo, sizes })
}

fn narrowed(image: &DynamicImage, width: u32) -> DynamicImage {
    let height = (u64::from(image.height()) * u64::from(width)).div_ceil(u64::from(image.width()));
    image.resize_exact(width, u32::try_from(height).unwrap_or(u32::MAX).max(1), FilterType::CatmullRom)
}

fn jpeg(image: &DynamicImage) -> Result<Vec<u8>, PhotoProblem> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    image.write_with_encoder(encoder).map_err(|_| PhotoProblem::Unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// Red above, blue below.
    fn flag(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(
            width,
            height,
            |_, y| if y < height / 2 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) },
        )
        .into()
    }

    fn read(jpeg: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap().into_rgb8()
    }

    #[tokio::test]
    async fn every_kind_becomes_jpeg_in_the_sizes_it_has() {
        for (format, width, widths) in [
            (ImageFormat::Jpeg, 2000, vec![480, 960, 1600]),
            (ImageFormat::Png, 1600, vec![480, 960, 1600]),
            (ImageFormat::WebP, 700, vec![480, 700]),
            (ImageFormat::Png, 440, vec![440]),
        ] {
            let new = rewrite(encoded(&flag(width, width / 2), format))
                .await
                .unwrap_or_else(|problem| panic!("{format:?}: {problem:?}"));
            let mut found: Vec<_> = new.sizes.iter().map(|(width, _)| *width).collect();
            found.sort_unstable();
            assert_eq!(found, widths, "{format:?}");
            assert_eq!(new.photo.widths().collect::<Vec<_>>(), widths);
            for (width, bytes) in &new.sizes {
                let image = read(bytes);
                assert_eq!((image.width(), image.height()), (*width, width / 2));
                let (top, bottom) = (image.get_pixel(9, 9), image.get_pixel(9, width / 2 - 9));
                assert!(
                    top[0] > 180 && top[2] < 30 && bottom[0] < 30 && bottom[2] > 180,
                    "{top:?} {bottom:?}"
                );
            }
        }
    }

    /// A JPEG whose camera says: turn me by 90 degrees, and where it stood.
    fn turned() -> Vec<u8> {
        let plain = encoded(&flag(400, 300), ImageFormat::Jpeg);
        // TIFF, little-endian, one directory of two entries: orientation 6, and an artist.
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
        exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        exif.extend(b"\x3b\x01\x02\0\x14\0\0\0\x26\0\0\0");
        exif.extend(b"\0\0\0\0");
        exif.extend(b"12 rue de la Gare 46\0");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&plain[..2], b"\xff\xe1", &length, &exif, &plain[2..]].concat()
    }

    #[tokio::test]
    async fn it_stands_upright_and_what_the_camera_noted_is_gone() {
        let new = rewrite(turned()).await.unwrap_or_else(|problem| panic!("{problem:?}"));
        assert_eq!((new.photo.width_px, new.photo.height_px), (300, 400));
        let image = read(&new.sizes[0].1);
        let (left, right) = (image.get_pixel(9, 200), image.get_pixel(290, 200));
        assert!(left[2] > 180 && right[0] > 180, "what was above is on the right: {left:?} {right:?}");
        for (_, bytes) in &new.sizes {
            for trace in [&b"Exif"[..], b"rue de la Gare"] {
                assert!(!bytes.windows(trace.len()).any(|window| window == trace));
            }
        }
    }

    #[tokio::test]
    async fn what_is_see_through_is_white() {
        let clear = image::RgbaImage::from_pixel(300, 300, image::Rgba([0, 0, 0, 0]));
        let new = rewrite(encoded(&clear.into(), ImageFormat::Png))
            .await
            .unwrap_or_else(|problem| panic!("{problem:?}"));
        assert!(read(&new.sizes[0].1).pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)));
    }

    /// A PNG that says it is this large, and has no pixels.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let plain = encoded(&flag(200, 200), ImageFormat::Png);
        let mut header = b"IHDR".to_vec();
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        header.extend(&plain[24..29]);
        let sum = crc32(&header).to_be_bytes();
        [&plain[..12], &header, &sum, &plain[33..]].concat()
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(
                sum ^ u32::from(*byte),
                |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 },
            )
        })
    }

    #[tokio::test]
    async fn what_is_no_photograph_is_refused_with_its_reason() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec();
        let gif = b"GIF89a\x10\0\x10\0\x80\0\0\0\0\0\xff\xff\xff!\xf9".to_vec();
        let mut cut = encoded(&flag(300, 300), ImageFormat::Png);
        cut.truncate(80);
        for (file, expected) in [
            (Vec::new(), PhotoProblem::Unreadable),
            (svg, PhotoProblem::Unreadable),
            (gif, PhotoProblem::Unreadable),
            (cut, PhotoProblem::Unreadable),
            (bomb(30_000, 30_000), PhotoProblem::TooManyPixels),
            (bomb(10_000, 5_001), PhotoProblem::TooManyPixels),
            (encoded(&flag(400, 199), ImageFormat::Png), PhotoProblem::TooSmall),
            (vec![0; LARGEST_BYTES + 1], PhotoProblem::TooLarge),
        ] {
            assert_eq!(rewrite(file).await.err(), Some(expected));
        }
    }
}
