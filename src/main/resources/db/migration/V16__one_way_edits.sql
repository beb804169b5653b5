-- One-way fields, such as opt-outs, that an edit of a mapping has set or would set. No trait in it: names of fields and mappings,
-- IDs, times.
create table one_way_edits (
    identity     varchar(36) not null,
    field        varchar(80) not null,
    mapping      varchar(300) not null,    -- the mapping that answers it, and its version
    reference    varchar(8) not null,      -- the mappings that do not answer it: a hash of their texts
    state        varchar(10) not null,     -- set; held: left out, waits for a confirmation; over: the identity took it back itself
    set_at       varchar(40) not null,
    confirmed    integer not null,         -- 1 once an operator has confirmed the edit
    requested_at varchar(40),              -- when an operator has asked to take it back; null if none has
    primary key (identity, field)
);

-- The mappings that were confirmed last, and those that were confirmed before them: their texts.
create table confirmed_mappings (
    place    varchar(10) primary key,      -- last, before
    mappings text not null                 -- JSON: schema -> name, name -> text
);
