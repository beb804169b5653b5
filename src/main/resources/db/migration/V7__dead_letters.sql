-- The dead letters without their originals, so that they can be grouped and filtered. The queue of the broker holds them; the
-- app compares this table with it. No trait in it. A letter that was replayed stays for some days, to tell how that ended.
create table dead_letters (
    id          varchar(100) primary key,    -- as the operator API shows it; the broker's ID of a message that is no letter
    identity    varchar(36),
    event       varchar(40),
    object      varchar(80),
    code        varchar(100) not null,
    fields      varchar(1000) not null,      -- names, separated by commas
    attempts    integer not null,
    received_at varchar(40),
    failed_at   varchar(40),
    expires_at  bigint not null,             -- milliseconds since 1970; 0 if it is kept for ever
    replay      varchar(36),                 -- which replay put its event into the journal; null while it is in the queue
    replayed_at varchar(40),
    outcome     varchar(20)                  -- what became of its identity after the replay; null until then
);
create index dead_letters_code on dead_letters (replay, code, failed_at);
create index dead_letters_outcome on dead_letters (replay, outcome);
create index dead_letters_identity on dead_letters (identity);
