-- How many dead letters were replayed and left, or how many letters or events were discarded; null for other acts.
alter table audit add column result varchar(100);
