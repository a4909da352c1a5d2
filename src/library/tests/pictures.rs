//! Artwork in files and beside them.

use super::*;

#[tokio::test]
async fn the_front_cover_in_the_file_comes_first() {
    let house = House::new().await;
    let path = house.write("a.wav", wav(800));
    house.write("cover.jpg", JPEG);
    let front = [&PNG[..], b"front"].concat();
    tag(&path, TagType::Id3v2, |tag| {
        tag.push_picture(picture(&PNG, PictureType::Artist));
        tag.push_picture(picture(b"<svg onload=alert(1)>", PictureType::CoverFront));
        tag.push_picture(picture(&front, PictureType::CoverFront));
    });
    house.scan().await;
    let track = house.only_track().await;
    let address = format!("/api/tracks/{}/artwork?v={}", track.info.track_id, track.version);
    assert_eq!(track.info.artwork_url, Some(address));
    let artwork = read_artwork(&track.path).unwrap();
    assert_eq!((artwork.mime, artwork.bytes), ("image/png", front));
}

#[tokio::test]
async fn an_image_beside_the_file_stands_in_the_best_first() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    house.write("other/b.wav", wav(800));
    house.write("FOLDER.PNG", PNG);
    house.write("front.webp", b"RIFF\x04\0\0\0WEBPVP8 ");
    house.scan().await;
    let page = house.page().await;
    let with: Vec<_> = page.tracks.iter().map(|track| track.info.artwork_url.is_some()).collect();
    assert_eq!(with, [true, false]);
    let path = &page.tracks[0].path;
    assert_eq!(read_artwork(path).unwrap().mime, "image/png");
    assert_eq!(read_artwork(&page.tracks[1].path), None);

    house.write("Cover.jpeg", JPEG);
    assert_eq!(read_artwork(path).unwrap().mime, "image/jpeg");
    house.write("Cover.jpeg", "not an image");
    assert_eq!(read_artwork(path).unwrap().mime, "image/png");
    assert_eq!(read_artwork(&house.music().join("nowhere/x.wav")), None);
}

#[tokio::test]
async fn an_image_that_comes_or_goes_is_noticed_though_the_file_did_not_change() {
    let house = House::new().await;
    house.write("a.wav", wav(800));
    house.scan().await;
    assert_eq!(house.only_track().await.info.artwork_url, None);
    let image = house.write("cover.jpg", JPEG);
    house.scan().await;
    assert!(house.only_track().await.info.artwork_url.is_some());
    assert_eq!(house.scan().await.files_read, 0);
    fs::remove_file(image).unwrap();
    house.scan().await;
    assert_eq!(house.only_track().await.info.artwork_url, None);
}
