alter table identities add column fields_sent_at text;       -- JSON: time -> fields that were last sent then
