-- What became of the money after the result, as the town tells it, step by step. Only added to: a step that is told again
-- replaces what was told of it before, which stays readable. `amount_minor` is the sum of the step in all, not one
-- payment; nought takes the step back.
create table delivery (
    delivery_id  text   primary key,
    project_id   text   not null references project (project_id),
    step         text   not null check (step in ('awarded', 'agreed', 'paid', 'delivered', 'dropped')),
    amount_minor bigint not null check (amount_minor >= 0),
    -- The day on which it happened, in the town's own time.
    day          text   not null check (length(day) = 10),
    -- The address of a public document, or empty.
    document     text   not null,
    note         text   not null,
    officer_id   text   not null references officer (officer_id),
    told_at      bigint not null
);
create index delivery_of_project on delivery (project_id, told_at);

-- A receipt that somebody asked to keep with their account: the one row of this database that joins a person to what
-- they chose, so it is there only at their wish. `sealed` is the receipt under a key that is made from the installation's
-- key file: a copy of the database alone reads none. It names no roll entry.
create table account_receipt (
    account_id text not null references account (account_id),
    cycle_id   text not null references cycle (cycle_id),
    sealed     text not null,
    primary key (account_id, cycle_id)
);
