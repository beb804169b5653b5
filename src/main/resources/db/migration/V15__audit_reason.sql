-- Why an edited file was rejected; null for other acts.
alter table audit add column reason varchar(1000);
