-- The records that hang on identities' records, such as campaign members. No trait in it: hashes and IDs.
create table children (
    identity      varchar(36) not null,
    child         varchar(40) not null,         -- keyed hash of object and values that tell it from its siblings
    object        varchar(80) not null,
    salesforce_id varchar(18),                  -- null if the app has not learnt it
    fields        text not null,                -- JSON: field -> keyed hash of what was last sent
    primary key (identity, child)
);
