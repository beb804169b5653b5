-- What is known of each identity. No trait in it: hashes, versions, IDs, codes, times.
-- One SQL for SQLite and PostgreSQL. Times are ISO 8601 texts in UTC.
create table identities (
    identity         varchar(36) primary key,
    object           varchar(80),            -- Lead or Contact; null until there is a record
    salesforce_id    varchar(18),
    found_by         varchar(20),            -- created, ory-id, email, duplicate-rule, conversion, merge
    version_at       varchar(40),            -- newest version that is in Salesforce; null until one is
    version_verified integer,
    version_received varchar(40),
    fields           text not null,          -- JSON: field -> keyed hash of what was last sent
    event            varchar(40) not null,   -- the last event: kind, receipt, Ory's trigger ID
    received_at      varchar(40) not null,
    trigger_id       varchar(100),
    mapping          varchar(300),           -- which mapping answered, and its version
    outcome          varchar(20) not null,   -- synced, unchanged, superseded, skipped, dead-letter, pending
    code             varchar(100),
    message          varchar(1000),
    attempts         integer not null,
    next_retry_at    varchar(40)
);

-- Which org and which key the ledger belongs to.
create table belongings (
    name  varchar(40) primary key,
    value varchar(200) not null
);

-- Calls to Salesforce, hour by hour, so that a restart does not forget what was spent.
create table api_calls (
    hour  varchar(20) primary key,           -- 2026-11-24T08:00:00Z
    calls integer not null
);
