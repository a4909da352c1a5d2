-- What a track is played from, how loud it is, and what came from members.

-- Which state of the file's content this row is of: 16 hexadecimal digits that change with it. '' was read by an
-- older version, and is read again.
ALTER TABLE tracks ADD COLUMN version TEXT NOT NULL DEFAULT '';
-- JSON: [{"name", "mime"}, …], the best first. Empty was read by an older version.
ALTER TABLE tracks ADD COLUMN renditions TEXT NOT NULL DEFAULT '[]';
-- No browser plays the file as it is: an encoder on this machine has to be there.
ALTER TABLE tracks ADD COLUMN needs_encoder INTEGER NOT NULL DEFAULT 0 CHECK (needs_encoder IN (0, 1));
-- There was an encoder when somebody last looked.
ALTER TABLE tracks ADD COLUMN encoder INTEGER NOT NULL DEFAULT 0 CHECK (encoder IN (0, 1));
ALTER TABLE tracks ADD COLUMN playable INTEGER GENERATED ALWAYS AS (NOT needs_encoder OR encoder) VIRTUAL;
-- Hundredths of dB that bring the track, or its album, to the reference loudness.
ALTER TABLE tracks ADD COLUMN track_gain INTEGER;
ALTER TABLE tracks ADD COLUMN album_gain INTEGER;
-- Where the gain is from; 'none': it was looked for in vain, and is not looked for again.
ALTER TABLE tracks ADD COLUMN gain_source TEXT CHECK (gain_source IN ('tags', 'measured', 'none'));

-- Small: what was measured is not in it.
CREATE INDEX tracks_unmeasured ON tracks (id) WHERE gain_source IS NULL AND NOT missing;
CREATE INDEX tracks_by_addition ON tracks (added_at_us, id) WHERE NOT missing;
-- So that an upload finds the files that it could be a copy of.
CREATE INDEX tracks_by_size ON tracks (size);

ALTER TABLE rooms ADD COLUMN loudness TEXT NOT NULL DEFAULT 'track';

-- Whose a track is when the library is shown by artist and album: the album artist, else the artist. What has
-- neither comes behind everything.
ALTER TABLE tracks ADD COLUMN by_key TEXT
    GENERATED ALWAYS AS (coalesce(album_artist_key, artist_key, char(1114111))) VIRTUAL;

-- What is shown is counted and grouped from these alone, without reading a row.
DROP INDEX tracks_by_folder;
CREATE INDEX tracks_by_folder ON tracks (folder) WHERE NOT missing;
CREATE INDEX tracks_by_shelf ON tracks (by_key, album_key) WHERE NOT missing;
