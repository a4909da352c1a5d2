-- Times are whole microseconds of room time (anchored to UTC); words are those of the protocol.

CREATE TABLE tracks (
    -- Of the search index; nobody else knows it.
    seq           INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    -- Bytes, not text: a file name need not be UTF-8.
    path          BLOB    NOT NULL UNIQUE,
    -- Below its music folder, '/' between the parts, '' at the top.
    folder        TEXT    NOT NULL,
    filename      TEXT    NOT NULL,
    mime          TEXT    NOT NULL,
    size          INTEGER NOT NULL,
    -- Nanoseconds: two changes within a second are two changes.
    mtime_ns      INTEGER NOT NULL,
    duration_us   INTEGER NOT NULL,
    title         TEXT    NOT NULL,
    artist        TEXT,
    album         TEXT,
    album_artist  TEXT,
    disc          INTEGER,
    number        INTEGER,
    year          INTEGER,
    genre         TEXT,
    -- Where the artwork is, if there is any.
    artwork       TEXT    CHECK (artwork IN ('embedded', 'folder')),
    -- Lower-cased by Rust, because SQLite folds ASCII only.
    artist_key       TEXT,
    album_artist_key TEXT,
    album_key        TEXT,
    -- Artist, album, disc, number, title: the one order of the library.
    sort_key      TEXT    NOT NULL,
    added_at_us   INTEGER NOT NULL,
    -- The file is gone, but rooms may still name the track; it comes back with its file.
    missing       INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX tracks_in_order ON tracks (sort_key, id);
CREATE INDEX tracks_by_artist ON tracks (artist_key);
CREATE INDEX tracks_by_album_artist ON tracks (album_artist_key);
CREATE INDEX tracks_by_album ON tracks (album_key);
CREATE INDEX tracks_by_folder ON tracks (folder);

CREATE VIRTUAL TABLE tracks_search USING fts5 (
    title, artist, album, filename,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '1 2 3'
);

CREATE TRIGGER tracks_search_insert AFTER INSERT ON tracks BEGIN
    INSERT INTO tracks_search (rowid, title, artist, album, filename)
    VALUES (new.seq, new.title, concat_ws(' ', new.artist, new.album_artist), new.album, new.filename);
END;

CREATE TRIGGER tracks_search_update
AFTER UPDATE OF title, artist, album_artist, album, filename ON tracks BEGIN
    DELETE FROM tracks_search WHERE rowid = old.seq;
    INSERT INTO tracks_search (rowid, title, artist, album, filename)
    VALUES (new.seq, new.title, concat_ws(' ', new.artist, new.album_artist), new.album, new.filename);
END;

CREATE TRIGGER tracks_search_delete AFTER DELETE ON tracks BEGIN
    DELETE FROM tracks_search WHERE rowid = old.seq;
END;

CREATE TABLE rooms (
    code              TEXT    PRIMARY KEY,
    host_token_hash   BLOB    NOT NULL CHECK (length(host_token_hash) = 32),
    pin_hash          TEXT,
    last_used_us      INTEGER NOT NULL,
    revision          INTEGER NOT NULL,
    last_entry_id     INTEGER NOT NULL,

    name              TEXT,
    listed            INTEGER NOT NULL CHECK (listed IN (0, 1)),
    who_controls      TEXT    NOT NULL,
    who_adds          TEXT    NOT NULL,
    profile           TEXT,

    status            TEXT    NOT NULL,
    stream_id         INTEGER NOT NULL,
    last_stream_id    INTEGER NOT NULL,
    playback_revision INTEGER NOT NULL,
    track_id          TEXT    REFERENCES tracks (id),
    queue_entry_id    INTEGER,
    start_at_us       INTEGER NOT NULL,
    start_position_us INTEGER NOT NULL,
    volume            REAL    NOT NULL,
    repeat            TEXT    NOT NULL,
    upcoming_stream_id      INTEGER,
    upcoming_track_id       TEXT REFERENCES tracks (id),
    upcoming_queue_entry_id INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_by_last_use ON rooms (last_used_us);
CREATE INDEX rooms_by_host_token ON rooms (host_token_hash);
-- So that a track is known to be unreferenced without reading every room.
CREATE INDEX rooms_by_track ON rooms (track_id);
CREATE INDEX rooms_by_upcoming_track ON rooms (upcoming_track_id);

CREATE TABLE queue_entries (
    room_code TEXT    NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    list      TEXT    NOT NULL CHECK (list IN ('queue', 'history')),
    place     INTEGER NOT NULL,
    entry_id  INTEGER NOT NULL,
    track_id  TEXT    NOT NULL REFERENCES tracks (id),
    added_by  TEXT,
    PRIMARY KEY (room_code, list, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX queue_entries_by_track ON queue_entries (track_id);

-- Who is what in which room. A session is a random cookie of which only the SHA-256 is kept.
CREATE TABLE memberships (
    session_hash BLOB NOT NULL CHECK (length(session_hash) = 32),
    room_code    TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    role         TEXT NOT NULL,
    PRIMARY KEY (session_hash, room_code)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_room ON memberships (room_code);
