-- Who publishes cycles, and who works there.
-- One installation serves many municipalities, so the address of a page starts with the town's slug.
create table municipality (
    municipality_id text   primary key,
    slug            text   not null unique check (length(slug) between 1 and 64),
    name            text   not null check (length(name) between 1 and 120),
    country         text   not null check (length(country) between 2 and 60),
    -- Closing hours are said in the town's own time.
    time_zone       text   not null,
    about           text   not null,
    help_phone      text   not null,
    help_mail       text   not null,
    help_desk       text   not null,
    created_at      bigint not null
);

-- Words that a town sorts its projects by. Tables and not enums, because each town has its own.
create table category (
    category_id     text primary key,
    municipality_id text not null references municipality (municipality_id),
    slug            text not null,
    name            text not null,
    unique (municipality_id, slug)
);

create table district (
    district_id     text primary key,
    municipality_id text not null references municipality (municipality_id),
    slug            text not null,
    name            text not null,
    unique (municipality_id, slug)
);

-- `password_hash` is an Argon2id PHC string: its parameters travel with it and can be raised later.
create table officer (
    officer_id    text   primary key,
    mail          text   not null unique,
    name          text   not null,
    password_hash text   not null check (password_hash like '$argon2id$%'),
    created_at    bigint not null,
    disabled_at   bigint
);

-- A role belongs to a town, so an officer of one sees nothing of another.
create table officer_role (
    officer_id      text   not null references officer (officer_id),
    municipality_id text   not null references municipality (municipality_id),
    role            text   not null check (role in ('manager', 'reviewer', 'desk', 'teller')),
    granted_at      bigint not null,
    primary key (officer_id, municipality_id, role)
);
