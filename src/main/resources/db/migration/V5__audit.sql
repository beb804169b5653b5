-- What operators did or tried, and which edits of files were taken. No traits, no values of records.
create table audit (
    id       varchar(36) primary key,
    at       varchar(30) not null,           -- before the act
    actor    varchar(80) not null,           -- the operator's address, or files
    act      varchar(20) not null,           -- replay, discard, reveal, erase, sync, resume, compare, reload
    target   varchar(2000) not null,         -- IDs, codes, names of files
    identity varchar(64),                    -- the identity that it concerns; a keyed hash once that was erased
    outcome  varchar(20),                    -- done, refused, failed; null: the app ended before the act did
    ended_at varchar(30)
);
create index audit_at on audit (at);
create index audit_identity on audit (identity);
