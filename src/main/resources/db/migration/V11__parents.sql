-- The records that identities' records hang on, such as Accounts. No trait in it: hashes and IDs.
create table parents (
    reference     varchar(40) primary key,      -- keyed hash of object, field and value by which it is found
    object        varchar(80) not null,
    salesforce_id varchar(18),                  -- null until it was found or created
    fields        text not null,                -- JSON: field -> keyed hash of what was last sent
    lost          integer not null,             -- 1: Salesforce has refused a link to it, so it is looked up again
    holder        varchar(36),                  -- which batch may create it, and until when in milliseconds since 1970
    ends_at       bigint not null
);
create index parents_salesforce_id on parents (salesforce_id) where salesforce_id is not null;
