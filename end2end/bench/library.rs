//! How long a real server takes to search and browse a large library, over its REST API on the loopback interface:
//! `cargo bench --bench library --no-default-features --features ssr`, with numbers of tracks behind `--` if others
//! are wanted. `-- --fill N FILE` only fills a database, for the browser's bench beside it.

mod collection;

use std::path::Path;
use std::time::{Duration, Instant};

use collection::{Dice, fill, words};
use serde_json::Value;
use tutti::server::{Config, Running, Secret, serve};
use tutti::storage::Store;

const OPERATOR: &str = "operator-of-the-bench";
/// Requests of each kind.
const REQUESTS: usize = 200;
/// Requests before those that count.
const WARM_UP: usize = 5;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, tracks, file] = arguments.as_slice()
        && flag == "--fill"
    {
        let store = Store::open_file(Path::new(file)).await?;
        fill(&store, tracks.parse()?).await?;
        store.close().await;
        return Ok(());
    }
    let mut sizes = arguments.iter().map(|argument| argument.parse()).collect::<Result<Vec<u64>, _>>()?;
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000];
    }
    for tracks in sizes {
        let house = tempfile::tempdir()?;
        let running = serve_in(house.path()).await?;
        let store = Store::open_file(&house.path().join("data/tutti.db")).await?;
        let begun = now();
        fill(&store, tracks).await?;
        println!("\n{tracks} tracks, written in {:.1} s", begun.elapsed().as_secs_f64());
        measure(&running).await?;
        store.close().await;
        running.stop().await;
    }
    Ok(())
}

async fn serve_in(house: &Path) -> Result<Running, Failure> {
    let music = house.join("music");
    std::fs::create_dir(&music)?;
    let mut config = Config::new(house.join("data"), house.join("site"));
    config.listen = ([127, 0, 0, 1], 0).into();
    config.music_dirs = vec![music.clone()];
    config.admin_token = Some(Secret::new(OPERATOR));
    let running = serve(config).await?;
    // While a music folder is not there, no scan takes a track for gone.
    std::fs::remove_dir(music)?;
    Ok(running)
}

/// Each kind of request: what it is called and what it asks for.
async fn measure(running: &Running) -> Result<(), Failure> {
    let ask = Ask { client: reqwest::Client::new(), site: format!("http://{}", running.address) };
    while serde_json::from_slice::<Value>(&ask.get("/api/library/scan", &[]).await?)?["running"] == true {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut dice = Dice::new(5);
    let typed: Vec<String> = (0..REQUESTS).map(|_| words(&mut dice, 1).to_lowercase()).collect();
    let beginning = |letters: usize| {
        let typed = &typed;
        move |n: usize| {
            let text: String = typed[n].chars().take(letters).collect();
            ("/api/tracks", vec![("query", text)])
        }
    };
    println!("{:<34} {:>8} {:>8} {:>8}", "ms", "p50", "p95", "max");
    ask.time("search, 1 letter", beginning(1)).await?;
    ask.time("search, 2 letters", beginning(2)).await?;
    ask.time("search, 3 letters", beginning(3)).await?;
    ask.time("search, a word", beginning(99)).await?;
    let several: Vec<String> = (0..REQUESTS).map(|_| words(&mut dice, 4).to_lowercase()).collect();
    ask.time("search, up to four words", |n| ("/api/tracks", vec![("query", several[n].clone())])).await?;
    ask.time("all tracks, first page", |_| ("/api/tracks", vec![])).await?;
    ask.time("recently added", |_| ("/api/tracks", vec![("sort", "added".to_owned())])).await?;
    ask.time("folders at the top", |_| ("/api/folders", vec![])).await?;
    let folders = ask.names("/api/folders", "folders", "path").await?;
    let folder = |n: usize| folders[n % folders.len()].clone();
    ask.time("a folder", |n| ("/api/folders", vec![("path", folder(n))])).await?;
    ask.time("a word in a folder", |n| {
        ("/api/tracks", vec![("folder", folder(n)), ("query", typed[n].clone())])
    })
    .await?;
    ask.time("artists", |_| ("/api/artists", vec![])).await?;
    ask.time("albums", |_| ("/api/albums", vec![])).await?;
    ask.time("albums, 2 letters", |n| ("/api/albums", vec![("query", typed[n].chars().take(2).collect())]))
        .await?;
    let artists = ask.names("/api/artists", "artists", "artist").await?;
    let artist = |n: usize| vec![("artist", artists[n % artists.len()].clone())];
    ask.time("albums of an artist", |n| ("/api/albums", artist(n))).await?;
    ask.time("tracks of an artist", |n| ("/api/tracks", artist(n))).await
}

struct Ask {
    client: reqwest::Client,
    site: String,
}

impl Ask {
    async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<u8>, Failure> {
        let request = self.client.get(format!("{}{path}", self.site)).bearer_auth(OPERATOR).query(query);
        Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec())
    }

    /// What the lines of a list are called.
    async fn names(&self, path: &str, list: &str, name: &str) -> Result<Vec<String>, Failure> {
        let answer: Value = serde_json::from_slice(&self.get(path, &[]).await?)?;
        let lines = answer[list].as_array().ok_or("no such list")?;
        Ok(lines.iter().filter_map(|line| line[name].as_str().map(str::to_owned)).collect())
    }

    /// Asks one after the other, and prints how long the answers took to their last byte.
    async fn time<'a>(
        &self,
        kind: &str,
        request: impl Fn(usize) -> (&'a str, Vec<(&'a str, String)>),
    ) -> Result<(), Failure> {
        for n in 0..WARM_UP {
            let (path, query) = request(n);
            self.get(path, &query).await?;
        }
        let mut took = Vec::with_capacity(REQUESTS);
        for n in 0..REQUESTS {
            let (path, query) = request(n);
            let begun = now();
            self.get(path, &query).await?;
            took.push(begun.elapsed());
        }
        took.sort();
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        let at = |share: usize| ms(took[(REQUESTS - 1) * share / 100]);
        println!("{kind:<34} {:>8.1} {:>8.1} {:>8.1}", at(50), at(95), at(100));
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}
