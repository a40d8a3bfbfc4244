-- A rule sheet is a value: its hash is its name, so it can be referred to, never edited.
create table rule_sheet (
    sheet_hash text primary key check (length(sheet_hash) = 64),
    sheet      text not null
);

-- `nature` is asked on every page: a practice cycle says that it is one, an import says where its data came from.
-- `version` is what a transaction that reads in order to decide writes first (every ballot does, so that none
-- can slip past the close), and is otherwise meaningless.
-- `key_hash` pins the key file from which ballot ids are made: the server refuses another one.
create table cycle (
    cycle_id        text   primary key,
    municipality_id text   not null references municipality (municipality_id),
    slug            text   not null check (length(slug) between 1 and 64),
    title           text   not null,
    intro           text   not null,
    nature          text   not null check (nature in ('practice', 'import', 'real')),
    source          text   not null,
    phase           text   not null check (phase in ('draft', 'proposing', 'reviewing', 'allocating', 'counting',
                                                     'published', 'delivering', 'archived')),
    currency        text   not null check (length(currency) = 3),
    sheet_hash      text   not null references rule_sheet (sheet_hash),
    key_hash        text,
    closes_at       bigint not null,
    opened_at       bigint,
    closed_at       bigint,
    published_at    bigint,
    version         bigint not null,
    created_at      bigint not null,
    unique (municipality_id, slug)
);

-- Pictures are named by their content: an address that never changes, cached for good.
create table picture (
    picture_hash text  primary key,
    media_type   text  not null check (media_type in ('image/svg+xml')),
    body         bytea not null
);

-- `floor_minor` is the least with which a project can go ahead, `ceiling_minor` its full cost.
create table project (
    project_id     text   primary key,
    cycle_id       text   not null references cycle (cycle_id),
    slug           text   not null check (length(slug) between 1 and 64),
    -- Its name in the count, where ties go by it: the slug, or the id that an imported file gives it.
    count_id       text   not null check (length(count_id) between 1 and 200),
    kind           text   not null check (kind in ('grant', 'threshold', 'monthly', 'advance')),
    category_id    text   references category (category_id),
    district_id    text   references district (district_id),
    place_name     text   not null,
    -- Both or neither, in millionths of a degree (WGS 84).
    latitude       bigint check (latitude between -90000000 and 90000000),
    longitude      bigint check (longitude between -180000000 and 180000000),
    holder         text   not null,
    floor_minor    bigint not null check (floor_minor >= 0),
    ceiling_minor  bigint not null check (ceiling_minor > 0 and ceiling_minor >= floor_minor),
    min_supporters bigint check (min_supporters >= 0),
    title          text   not null,
    summary        text   not null,
    body           text   not null,
    picture_hash   text   references picture (picture_hash),
    picture_alt    text   not null,
    -- What the city itself decided, where an imported file says so.
    official       text   check (official in ('selected', 'not_selected')),
    created_at     bigint not null,
    unique (cycle_id, slug),
    unique (cycle_id, count_id),
    check ((latitude is null) = (longitude is null))
);

create table budget_line (
    project_id   text   not null references project (project_id),
    position     bigint not null,
    label        text   not null,
    amount_minor bigint not null check (amount_minor >= 0),
    primary key (project_id, position)
);
