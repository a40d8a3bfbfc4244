-- The public record of a result.
--
-- `publication` says how much of the ballots is published (see `tally::bundle`), frozen at the opening with the rules.
-- `residents` is what amounts are divided by where towns are compared; the town says it, or nobody knows.
alter table cycle add column publication text not null default 'ballots'
    check (publication in ('ballots', 'notes', 'sealed'));
alter table cycle add column residents bigint check (residents > 0);

-- Frozen beside the outcome, like the turnout: participation by channel, district and day (small cells merged), and
-- what other rules would have given. Both as `tally::bundle` writes them in JSON. `reason`, empty in version 1, is a
-- text in several languages.
alter table outcome add column participation text not null default '[]';
alter table outcome add column others text not null default '[]';

-- A bundle's files are kept as they were published: what is computed again later, by a later program, would be another
-- file. `sha256` is that of the body. None is ever changed or removed; a correction is a further version.
create table bundle_file (
    cycle_id   text   not null,
    version    bigint not null,
    path       text   not null check (length(path) between 1 and 200),
    media_type text   not null,
    sha256     text   not null check (length(sha256) = 64),
    size_bytes bigint not null check (size_bytes >= 0),
    body       bytea  not null,
    primary key (cycle_id, version, path),
    foreign key (cycle_id, version) references outcome (cycle_id, version)
);

-- Ballots that a correction leaves out of the count, from that version on. They stay in the urn, and in the files of the
-- versions before.
create table urn_void (
    urn_ballot_id text   primary key references urn_ballot (urn_ballot_id),
    cycle_id      text   not null,
    version       bigint not null check (version >= 2),
    foreign key (cycle_id, version) references outcome (cycle_id, version)
);
