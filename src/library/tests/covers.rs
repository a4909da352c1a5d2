//! Artwork in the sizes that pages show.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use super::*;

/// A transparent image with a red left half.
fn half_red(width: u32, height: u32) -> Vec<u8> {
    let image = RgbaImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) }
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(image).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The head of a PNG that claims to be so large.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = half_red(8, 8);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    // The head has its CRC-32 behind it.
    let crc = bytes[12..29].iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

impl House {
    /// A track with this picture in it.
    async fn track_with(&self, name: &str, image: &[u8]) -> TrackRecord {
        let path = self.write(name, wav(800));
        tag(&path, TagType::Id3v2, |tag| tag.push_picture(picture(image, PictureType::CoverFront)));
        self.scan().await;
        let id = self.id_of(name).await;
        self.store.track(&id).await.unwrap().unwrap()
    }

    fn covers(&self) -> Covers {
        Covers::new(self.folder.path().join("artwork"))
    }

    fn kept(&self) -> usize {
        fs::read_dir(self.folder.path().join("artwork")).map_or(0, Iterator::count)
    }
}

#[tokio::test]
async fn a_cover_keeps_its_shape_and_what_is_transparent_is_white() {
    let house = House::new().await;
    let track = house.track_with("a.wav", &half_red(900, 450)).await;
    let cover = house.covers().get(&track, CoverSize::at_least(96)).await.unwrap();
    assert_eq!(cover.image.mime, "image/jpeg");
    let image = image::load_from_memory(&cover.image.bytes).unwrap().to_rgb8();
    assert_eq!(image.dimensions(), (96, 48));
    let [red, green, _] = image.get_pixel(10, 20).0;
    assert!(red > 240 && green < 20, "{red} {green}");
    assert!(image.get_pixel(85, 20).0.iter().all(|part| *part > 240));
    // It is not made larger than it is.
    let large = house.covers().get(&track, CoverSize::at_least(5_000)).await.unwrap();
    assert_eq!(image::load_from_memory(&large.image.bytes).unwrap().width(), 900);
    let original = house.covers().get(&track, None).await.unwrap();
    assert_eq!((original.image.mime, original.image.bytes), ("image/png", half_red(900, 450)));
}

#[tokio::test]
async fn a_cover_is_made_once_for_all_tracks_that_have_it() {
    let house = House::new().await;
    let (covers, size) = (house.covers(), CoverSize::at_least(96));
    let one = house.track_with("a.wav", &half_red(200, 200)).await;
    let other = house.track_with("b.wav", &half_red(200, 200)).await;
    let cover = covers.get(&one, size).await.unwrap();
    assert_eq!(covers.get(&other, size).await.unwrap(), cover);
    assert_eq!(house.kept(), 1);
    fs::remove_file(&one.path).unwrap();
    assert_eq!(covers.get(&one, size).await, Some(cover), "the file is not read again");
    fs::remove_dir_all(house.folder.path().join("artwork")).unwrap();
    assert!(covers.get(&other, size).await.is_some(), "what is lost is made again");
}

#[tokio::test]
async fn an_image_that_would_take_too_much_is_not_decoded() {
    let house = House::new().await;
    for (name, width, height) in [("a.wav", 60_000, 10), ("b.wav", 11_000, 11_000)] {
        let track = house.track_with(name, &bomb(width, height)).await;
        assert_eq!(house.covers().get(&track, CoverSize::at_least(96)).await, None);
    }
    // The head alone is not what stops it.
    let track = house.track_with("c.wav", &bomb(8, 8)).await;
    assert!(house.covers().get(&track, CoverSize::at_least(96)).await.is_some());
}

#[tokio::test]
async fn the_covers_together_stay_within_their_room() {
    let house = House::new().await;
    let covers = Covers::with_room_for(house.folder.path().join("artwork"), 4_000);
    for n in 0..12 {
        let track = house.track_with(&format!("{n}.wav"), &half_red(200 + n, 200)).await;
        let cover = covers.get(&track, CoverSize::at_least(96)).await.unwrap();
        assert!(cover.image.bytes.len() < 1_500, "{}", cover.image.bytes.len());
    }
    let sizes = fs::read_dir(house.folder.path().join("artwork")).unwrap();
    let total: u64 = sizes.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!((1_000..=4_000).contains(&total), "{total}");
}

#[test]
fn a_size_that_is_not_made_becomes_the_next_larger() {
    for (asked, given) in [(1, 96), (96, 96), (97, 320), (640, 640), (1_024, 1_024), (4_000, 1_024)] {
        assert_eq!(CoverSize::at_least(asked), CoverSize::at_least(given), "{asked}");
    }
    assert_eq!(CoverSize::at_least(0), None);
    assert_ne!(CoverSize::at_least(96), CoverSize::at_least(320));
}
