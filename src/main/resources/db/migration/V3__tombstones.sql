-- Who was erased: a keyed hash of the identity's ID, so that a late event does not bring them back.
create table tombstones (
    identity       varchar(40) primary key,
    erased_at      varchar(40) not null,
    last_listed_at varchar(40) not null      -- when Ory was last seen to list the identity; at first, erased_at
);
