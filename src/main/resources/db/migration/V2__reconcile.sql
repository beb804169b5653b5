-- Times become texts of one length, so that they can be compared and sorted.
update identities set
    version_at = substr(version_at, 1, length(version_at) - 1) || case length(version_at)
        when 20 then '.000000000Z' when 24 then '000000Z' when 27 then '000Z' else 'Z' end,
    received_at = substr(received_at, 1, length(received_at) - 1) || case length(received_at)
        when 20 then '.000000000Z' when 24 then '000000Z' when 27 then '000Z' else 'Z' end;

alter table identities add column seen_at varchar(40);       -- version of the last event that got an outcome
alter table identities add column seen_verified integer;
alter table identities add column written_at varchar(40);    -- when something was last sent to Salesforce
update identities set seen_at = version_at, seen_verified = version_verified, written_at = received_at
    where salesforce_id is not null;

-- What both sides showed when they were read. No trait in it.
create table sightings (
    identity      varchar(36) primary key,
    listed_at     varchar(40),               -- when Ory last listed it, and its version there
    ory_at        varchar(40),
    ory_verified  integer,
    missing_at    varchar(40),               -- when Ory last said that it has no such identity
    read_at       varchar(40),               -- when Salesforce last showed its record, and Ory_Updated_At__c there
    salesforce_at varchar(40)
);

-- The run on its way, or the last one. One row.
create table reconcile_run (
    id            integer primary key,
    state         varchar(20) not null,      -- running, done, failed
    phase         varchar(20) not null,      -- what it does next, and from where
    position      text,
    owner         varchar(40),               -- which instance is at it, and until when
    leased_until  varchar(40),
    started_at    varchar(40) not null,
    finished_at   varchar(40),
    pages         integer not null,
    seen          integer not null,
    queued        integer not null,
    missing       integer not null,
    gone          integer not null,
    error         varchar(1000),             -- what it waits for, or failed of
    note          varchar(1000),             -- what a person should know of it all the same
    reading_since varchar(40),               -- when this run began to read Salesforce
    listed_since  varchar(40),               -- when the last whole listing of Ory, and reading of Salesforce, began
    read_since    varchar(40)
);
