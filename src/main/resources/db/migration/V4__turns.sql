-- Which instance may write to Salesforce, where several share the ledger.
create table turns (
    name    varchar(40) primary key,         -- writer
    holder  varchar(36) not null,
    ends_at bigint not null                  -- milliseconds since 1970; 0 if it was passed on
);
