//! Bodies of requests that come drop by drop: whoever holds a place with one, holds it for a while and no more. A layer
//! of [`app`](super::app).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Error;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use thiserror::Error as ThisError;
use tokio::time::{Sleep, sleep};

/// In each stretch of this length …
const STRETCH: Duration = Duration::from_secs(30);
/// … so many bytes come, or the last one: 0.5 KB a second, of which the slowest phone has ten times as much.
const LEAST_BYTES: usize = 16 * 1024;

/// A body came too slowly to be waited for.
#[derive(Debug, ThisError)]
#[error("the body came too slowly")]
pub struct Trickled;

impl Trickled {
    /// Whether this is why something could not be read.
    pub fn is_in(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(<dyn std::error::Error>::is::<Self>)
    }
}

/// Bounds how long a body may take.
pub async fn bounded(request: Request, next: Next) -> Response {
    next.run(if request.body().is_end_stream() {
        request
    } else {
        request.map(|body| Body::from_stream(Steady::new(body.into_data_stream(), STRETCH)))
    })
    .await
}

/// A body that has to come at some pace. Only waiting for it counts.
struct Steady<S> {
    body: S,
    stretch: Duration,
    /// Of this stretch.
    bytes: usize,
    /// Since something was waited for.
    ends: Option<Pin<Box<Sleep>>>,
}

impl<S> Steady<S> {
    const fn new(body: S, stretch: Duration) -> Self {
        Self { body, stretch, bytes: 0, ends: None }
    }
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Stream for Steady<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let steady = &mut *self;
        match steady.body.poll_next_unpin(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                steady.bytes += bytes.len();
                if steady.bytes >= LEAST_BYTES {
                    (steady.bytes, steady.ends) = (0, None);
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Pending => {
                let ends = steady.ends.get_or_insert_with(|| Box::pin(sleep(steady.stretch)));
                ends.as_mut().poll(cx).map(|()| Some(Err(Error::new(Trickled))))
            }
            ended @ Poll::Ready(_) => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    /// Pieces of so many bytes, each of which is waited for a little, and what was read of them.
    async fn read(pieces: usize, bytes: usize, stretch: Duration) -> Result<usize, Error> {
        let body = stream::iter(0..pieces).then(move |_| async move {
            sleep(Duration::from_millis(5)).await;
            Ok(Bytes::from(vec![0; bytes]))
        });
        let mut steady = Steady::new(Box::pin(body), stretch);
        let mut read = 0;
        while let Some(piece) = steady.next().await {
            read += piece?.len();
        }
        Ok(read)
    }

    #[tokio::test]
    async fn a_body_that_drips_ends_and_a_short_one_may_be_slow() {
        let error = read(1_000, 1, Duration::from_millis(100)).await.unwrap_err();
        assert!(Trickled::is_in(&error));
        assert_eq!(read(20, 1, Duration::from_mins(1)).await.unwrap(), 20);
    }

    #[tokio::test]
    async fn each_stretch_begins_anew_when_enough_has_come() {
        let mut steady = Steady::new(stream::pending::<Result<Bytes, Error>>(), Duration::from_mins(1));
        let _ = futures_util::poll!(steady.next());
        assert!(steady.ends.is_some());
        let enough = stream::iter([Ok(Bytes::from(vec![0; LEAST_BYTES]))]);
        let mut steady = Steady { body: enough, stretch: steady.stretch, bytes: 0, ends: steady.ends };
        steady.next().await.unwrap().unwrap();
        assert!(steady.ends.is_none());
    }
}
