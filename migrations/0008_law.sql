-- Who answers for a town's pages, as the law wants it told. A table of its own, because most towns state it later
-- than they begin; what is not stated is empty, and the pages say so.
create table imprint (
    municipality_id text   primary key references municipality (municipality_id),
    body            text   not null,
    address         text   not null,
    director        text   not null,
    data_protection text   not null,
    host            text   not null,
    changed_at      bigint not null
);

-- What went wrong in a cycle, told by the town. Only added to: a correction is a new row.
create table incident (
    incident_id text   primary key,
    cycle_id    text   not null references cycle (cycle_id),
    body        text   not null,
    officer_id  text   not null references officer (officer_id),
    told_at     bigint not null
);
create index incident_by_cycle on incident (cycle_id, told_at);

-- What people ask of the town about their letter or their place on the roll. The one table that names citizens: it
-- refers to no roll entry and no ballot, and is erased sixty days after the close.
-- `claim_id` is the number that its person keeps. It is made from what was asked and on which day, with the
-- installation's key: sending a form twice is sending it once, and nobody can guess another's number.
create table claim (
    claim_id   text   primary key check (length(claim_id) = 14),
    cycle_id   text   not null references cycle (cycle_id),
    kind       text   not null check (kind in ('letter', 'roll', 'used')),
    name       text   not null,
    reach      text   not null,
    note       text   not null,
    made_at    bigint not null,
    settled_at bigint,
    settlement text   check (settlement in ('granted', 'refused')),
    answer     text   not null,
    officer_id text   references officer (officer_id),
    check ((settled_at is null) = (settlement is null)),
    check ((settled_at is null) = (officer_id is null))
);
create index claim_by_cycle on claim (cycle_id, made_at);
