-- What the alerts have told, so that neither a restart nor another instance tells it again. No traits.
create table alerts (
    kind     varchar(40) primary key,
    violated integer not null,               -- 1: the condition holds; 0: it does not
    since    varchar(30),                    -- when that began
    told     integer not null,               -- 1: the last alert said that it holds
    begun    integer not null,               -- how often it began since the last alert that said so
    sent_at  varchar(30),                    -- when that alert was sent
    revision integer not null                -- counts the changes: of two instances, only one makes the next
);

-- The codes that dead letters have had.
create table alert_codes (
    code     varchar(100) primary key,
    first_at varchar(30) not null,
    told_at  varchar(30)                     -- null until an alert has named it
);
