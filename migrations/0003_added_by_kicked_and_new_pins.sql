-- The name of who added what is loaded; so the history has it, too.
ALTER TABLE rooms ADD COLUMN added_by TEXT;

-- The room has another PIN since this session came in: it shows it before it comes in again.
ALTER TABLE memberships ADD COLUMN pin_wanted INTEGER NOT NULL DEFAULT 0 CHECK (pin_wanted IN (0, 1));

-- Sessions that were put out of a room and stay out, the latest of each room.
CREATE TABLE kicked (
    room_code    TEXT    NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    session_hash BLOB    NOT NULL CHECK (length(session_hash) = 32),
    kicked_at_us INTEGER NOT NULL,
    PRIMARY KEY (room_code, session_hash)
) STRICT, WITHOUT ROWID;
