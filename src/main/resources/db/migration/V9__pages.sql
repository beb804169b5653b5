-- The pages of the console, and the lists of the operator API, with 100,000 dead letters and 1,000,000 identities.

-- What a page shows of a letter, so that the letter is not searched in the queue. No trait in it. The app compares the table with
-- the queue when it starts, and adds what is missing.
alter table dead_letters add column message text;                -- null if the letter can't be read
alter table dead_letters add column version_at varchar(40);      -- version of the event; null if the letter holds none
alter table dead_letters add column version_verified integer;
alter table dead_letters add column version_received varchar(40);

-- Each in the order of its list, with the columns of the filters, so that no row is read for the pages before.
drop index dead_letters_code;
create index dead_letters_code on dead_letters (replay, code, failed_at, id);
drop index dead_letters_identity;
create index dead_letters_identity on dead_letters (identity, replay, failed_at, id);
create index dead_letters_page on dead_letters (replay, failed_at, id, code, event, object);
drop index activity_at;
create index activity_at on activity (at desc, id, kind);
create index activity_kind on activity (kind, at desc, id);
drop index audit_at;
create index audit_at on audit (at desc, id, act);

-- The overview counts the identities with a record.
create index identities_salesforce_id on identities (salesforce_id) where salesforce_id is not null;
