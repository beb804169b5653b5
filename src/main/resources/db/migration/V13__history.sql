alter table identities add column history text;              -- the last events that got an outcome, a line for each
