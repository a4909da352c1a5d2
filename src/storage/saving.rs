//! Writes the changes of all rooms. A commit waits for the disk, and a room waits for its commit: what comes from other
//! rooms meanwhile goes into the next one together, so that many rooms on a slow disk wait for two commits at most, and
//! not for one each. What one room does alone, mostly, is written by one statement: each more is a way to SQLite's thread
//! and back, of some 0.1 ms. Called by [`Store::save`].

use std::io;

use sqlx::{Connection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use super::rooms::{is_one_statement, write_change};
use super::{Store, StoreError};
use crate::protocol::{RoomChange, RoomCode};

/// Changes of one commit: a hundred are written in some ms, so that the disk is still what takes long.
const TOGETHER: usize = 128;

/// A change that waits to be written.
#[derive(Debug)]
pub(super) struct Save {
    code: RoomCode,
    change: RoomChange,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

/// Starts to write what comes in; ends when nobody can send any more.
pub(super) fn start(writer: SqlitePool) -> mpsc::Sender<Save> {
    let (sender, inbox) = mpsc::channel(TOGETHER);
    tokio::spawn(write_all(writer, inbox));
    sender
}

impl Store {
    /// Writes what changed in a room, all of it or nothing. When this returns, it is on the disk.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such room.
    pub async fn save(&self, code: RoomCode, change: &RoomChange) -> Result<(), StoreError> {
        let _timed = self.timed("save");
        let (reply, written) = oneshot::channel();
        let save = Save { code, change: change.clone(), reply };
        let gone = || StoreError::Other(sqlx::Error::WorkerCrashed);
        self.saves.send(save).await.map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

async fn write_all(writer: SqlitePool, mut inbox: mpsc::Receiver<Save>) {
    let mut waiting = Vec::new();
    while inbox.recv_many(&mut waiting, TOGETHER).await > 0 {
        let results = write(&writer, &waiting).await.unwrap_or_else(|error| {
            let why = error.to_string();
            let failed = || Err(StoreError::Other(sqlx::Error::Io(io::Error::other(why.clone()))));
            waiting.iter().map(|_| failed()).collect()
        });
        for (save, result) in waiting.drain(..).zip(results) {
            // Whoever asked may be gone; then it is written all the same.
            let _ = save.reply.send(result);
        }
    }
}

/// One commit for all. A change that cannot be written spoils no other.
async fn write(writer: &SqlitePool, saves: &[Save]) -> Result<Vec<Result<(), StoreError>>, sqlx::Error> {
    if let [alone] = saves {
        return Ok(vec![write_alone(writer, alone).await]);
    }
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut results = Vec::with_capacity(saves.len());
    for save in saves {
        let mut part = tx.begin().await?;
        let result = write_change(&mut part, save.code, &save.change).await;
        match &result {
            Ok(()) => part.commit().await?,
            Err(_) => part.rollback().await?,
        }
        results.push(result);
    }
    tx.commit().await?;
    Ok(results)
}

async fn write_alone(writer: &SqlitePool, Save { code, change, .. }: &Save) -> Result<(), StoreError> {
    if is_one_statement(change) {
        let mut connection = writer.acquire().await?;
        return write_change(&mut connection, *code, change).await;
    }
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    write_change(&mut tx, *code, change).await?;
    Ok(tx.commit().await?)
}
