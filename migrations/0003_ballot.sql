-- The roll. A reference is kept as HMAC-SHA256(K_roll, cycle ‖ normalised reference), a code as
-- SHA-256(cycle ‖ code): the database alone names nobody and opens no ballot.
-- /enter is given a code alone and tries it with each cycle that is open.
create table roll_entry (
    roll_entry_id  text   primary key,
    cycle_id       text   not null references cycle (cycle_id),
    reference_hash text   not null check (length(reference_hash) = 64),
    district_id    text   references district (district_id),
    code_hash      text   not null unique check (length(code_hash) = 64),
    struck_at      bigint,
    unique (cycle_id, reference_hash)
);

-- That somebody took part, once, and never touched by a change of ballot. The day, not the hour: turnout needs no more.
create table participation (
    roll_entry_id text primary key references roll_entry (roll_entry_id),
    cycle_id      text not null references cycle (cycle_id),
    channel       text not null check (channel in ('online', 'paper')),
    day           text not null check (length(day) = 10)
);
create index participation_by_cycle on participation (cycle_id, day);

-- While voting is open a ballot's id is HMAC-SHA256(K_cycle, roll entry): the primary key makes it one ballot a
-- person. There is no time, address or agent here, and no roll entry. Without the key file the id says nobody's name;
-- the order in which rows were written still tells, which is why the close writes everything anew, and why a copy of
-- the database made while voting is open must be destroyed after it.
create table ballot (
    ballot_id text   primary key check (length(ballot_id) = 64),
    cycle_id  text   not null references cycle (cycle_id),
    version   bigint not null check (version >= 0)
);
create index ballot_by_cycle on ballot (cycle_id);

-- Versions are only added; the last one before the close counts.
-- `submission` is the random mark of the form that was sent, so that sending it again changes nothing.
create table ballot_version (
    ballot_id  text   not null references ballot (ballot_id),
    version    bigint not null check (version >= 1),
    submission text   not null check (length(submission) between 16 and 64),
    fallback   text   not null check (fallback in ('others', 'everyone', 'back')),
    primary key (ballot_id, version),
    unique (ballot_id, submission)
);

create table ballot_line (
    ballot_id    text   not null,
    version      bigint not null,
    project_id   text   not null references project (project_id),
    amount_minor bigint not null check (amount_minor > 0),
    primary key (ballot_id, version, project_id),
    foreign key (ballot_id, version) references ballot_version (ballot_id, version)
);

-- Where ballots lie after the close: copied in the order of a fresh random id and erased above, all in the closing
-- transaction, so that neither the id, nor the order of rows, nor a transaction id leads back to a roll entry.
-- Only the close writes here, and only the count reads.
create table urn_ballot (
    urn_ballot_id text primary key,
    cycle_id      text not null references cycle (cycle_id),
    fallback      text not null check (fallback in ('others', 'everyone', 'back'))
);
create index urn_ballot_by_cycle on urn_ballot (cycle_id);

create table urn_line (
    urn_ballot_id text   not null references urn_ballot (urn_ballot_id),
    project_id    text   not null references project (project_id),
    amount_minor  bigint not null check (amount_minor > 0),
    primary key (urn_ballot_id, project_id)
);
