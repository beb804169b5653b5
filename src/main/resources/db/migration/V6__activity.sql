-- What happened when, for operators. No traits, no IDs of identities.
create table activity (
    id            varchar(60) primary key,      -- kind and time; batches of one minute, and sums of one hour, share a row
    kind          varchar(20) not null,         -- batches: those that ended in one minute; comparison; pause; hour: sums
    at            varchar(30) not null,         -- when it began
    ended_at      varchar(30),                  -- null: a pause that has not ended
    code          varchar(100),                 -- why delivery was paused
    outcome       varchar(20),                  -- of a comparison: done, failed
    message       varchar(1000),                -- what an operator should know of it
    batches       bigint not null,
    millis        bigint not null,              -- how long the batches took together
    calls         bigint not null,              -- to Salesforce, by the batches
    accepted      bigint not null,
    synced        bigint not null,
    unchanged     bigint not null,
    superseded    bigint not null,
    skipped       bigint not null,
    retried       bigint not null,
    dead_lettered bigint not null,
    seen          bigint not null,              -- by a comparison
    queued        bigint not null,
    missing       bigint not null,
    gone          bigint not null
);
create index activity_at on activity (at);
