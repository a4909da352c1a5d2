//! A form with files, read piece by piece.
//!
//! `multer`, which takes the form apart, reads on for as long as anything is there to be read, and keeps it: a fast
//! sender and a slow disk would fill the memory, and so would a head of a part that does not end. So it is given one
//! piece at a time, and for a head only so much.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use futures_util::{Stream, StreamExt, stream};

use super::ApiError;
use crate::protocol::ErrorCode;

/// Bytes of a form beside its files.
pub(super) const FORM_BYTES: u64 = 64 * 1024;

/// Bytes within which the head of a part has to end.
const HEAD_BYTES: u64 = 16 * 1024;

/// A sender that is silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// What is still read of a refused request, so that its sender comes to hear the answer: a browser that is cut off in
/// the middle of sending tells of a broken connection only.
const FAREWELL: (u64, Duration) = (64 << 20, Duration::from_secs(10));

/// A form that arrives.
pub(super) struct Form {
    multipart: Multipart,
    leash: Arc<Leash>,
}

/// How many more bytes may come.
struct Leash {
    /// Of the whole request.
    whole: AtomicU64,
    /// Until the next part begins.
    head: AtomicU64,
}

impl Leash {
    fn pay(&self, bytes: u64) {
        for purse in [&self.whole, &self.head] {
            let left = purse.load(Ordering::Relaxed).saturating_sub(bytes);
            purse.store(left, Ordering::Relaxed);
        }
    }

    fn is_out(&self) -> bool {
        [&self.whole, &self.head].iter().any(|purse| purse.load(Ordering::Relaxed) == 0)
    }
}

impl Form {
    /// Takes the body of a request, of at most so many bytes.
    ///
    /// # Errors
    /// 400 when it is no form.
    pub(super) async fn of(request: Request, most: u64) -> Result<Self, ApiError> {
        let leash = Arc::new(Leash { whole: AtomicU64::new(most), head: AtomicU64::new(HEAD_BYTES) });
        let (parts, body) = request.into_parts();
        let body = Body::from_stream(led(body, Arc::clone(&leash)));
        let multipart = Multipart::from_request(Request::from_parts(parts, body), &())
            .await
            .map_err(|_| ApiError::new(ErrorCode::BadMessage, "The body must be multipart/form-data."))?;
        Ok(Self { multipart, leash })
    }

    /// The next part; the one before must have been read to its end.
    ///
    /// # Errors
    /// 400 when the form breaks off, or is none.
    pub(super) async fn next(&mut self) -> Result<Option<Field<'_>>, ApiError> {
        self.leash.head.store(HEAD_BYTES, Ordering::Relaxed);
        let next = tokio::time::timeout(SILENCE, self.multipart.next_field()).await;
        // From here on come bytes of a file, which are counted elsewhere.
        self.leash.head.store(u64::MAX, Ordering::Relaxed);
        match next {
            Ok(Ok(field)) => Ok(field),
            Ok(Err(error)) => Err(ApiError::new(ErrorCode::BadMessage, error.body_text())),
            Err(_) => Err(ApiError::new(ErrorCode::BadMessage, "Nothing came any more.")),
        }
    }
}

impl Form {
    /// Reads on beside the answer, as [`forget`] does.
    pub(super) fn forget(self) {
        let (most, time) = FAREWELL;
        self.leash.whole.store(most, Ordering::Relaxed);
        let mut multipart = self.multipart;
        tokio::spawn(tokio::time::timeout(time, async move {
            while let Ok(Some(_)) = multipart.next_field().await {}
        }));
    }
}

/// The bytes of a part, and an error when nothing comes any more.
pub(super) fn bytes_of(field: Field<'_>) -> impl Stream<Item = Result<Bytes, String>> + Unpin {
    Box::pin(stream::unfold(Some(field), |field| async move {
        let mut field = field?;
        match tokio::time::timeout(SILENCE, field.chunk()).await {
            Ok(Ok(chunk)) => Some((Ok(chunk?), Some(field))),
            Ok(Err(error)) => Some((Err(MultipartError::body_text(&error)), None)),
            Err(_) => Some((Err("nothing came any more".to_owned()), None)),
        }
    }))
}

/// A short part as text.
///
/// # Errors
/// 400 when it breaks off, 422 when it is long.
pub(super) async fn text_of(field: Field<'_>) -> Result<String, ApiError> {
    const LONGEST: usize = 64;
    let mut text = Vec::new();
    let mut bytes = bytes_of(field);
    while let Some(chunk) = bytes.next().await {
        text.extend(chunk.map_err(|error| ApiError::new(ErrorCode::BadMessage, error))?);
        if text.len() > LONGEST {
            return Err(ErrorCode::BadValue.into());
        }
    }
    String::from_utf8(text).map_err(|_| ErrorCode::BadValue.into())
}

/// Reads on beside the answer, for a while, and forgets what it reads.
pub(super) fn forget(body: Body) {
    let (most, time) = FAREWELL;
    tokio::spawn(tokio::time::timeout(time, async move {
        let mut body = body.into_data_stream();
        let mut left = most;
        while let Some(Ok(chunk)) = body.next().await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                break;
            }
        }
    }));
}

/// A body that gives one piece whenever it is asked, and no more than the leash is long.
fn led(body: Body, leash: Arc<Leash>) -> impl Stream<Item = Result<Bytes, axum::BoxError>> {
    let mut body = body.into_data_stream();
    let mut gave = false;
    stream::poll_fn(move |cx| {
        if std::mem::take(&mut gave) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if leash.is_out() {
            return Poll::Ready(Some(Err("the form is larger than it may be".into())));
        }
        let next = body.poll_next_unpin(cx);
        if let Poll::Ready(Some(Ok(piece))) = &next {
            gave = true;
            leash.pay(piece.len() as u64);
        }
        next.map(|piece| piece.map(|piece| piece.map_err(Into::into)))
    })
}
