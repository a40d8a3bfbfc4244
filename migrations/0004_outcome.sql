-- What a count gave. A later version is a correction and has its reason; none is ever replaced.
-- The turnout is frozen beside the outcome, so that a page and a file can never disagree about it.
-- `eligible` is null where nobody knows it (an imported file does not say).
create table outcome (
    cycle_id     text   not null references cycle (cycle_id),
    version      bigint not null check (version >= 1),
    outcome      text   not null,
    sheet_hash   text   not null references rule_sheet (sheet_hash),
    eligible     bigint check (eligible >= 0),
    voted        bigint not null check (voted >= 0),
    reason       text   not null,
    counted_at   bigint not null,
    published_at bigint,
    primary key (cycle_id, version)
);
