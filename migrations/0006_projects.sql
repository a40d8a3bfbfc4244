-- What makes projects easy to find and to follow: the town's map, photographs, and the town's news of them.

-- The outline of a town, its districts and its waters, as `app::map` writes them (coordinates in millionths of a
-- degree). A table of its own, because it is large and most pages of a town do not draw it.
create table town_map (
    municipality_id text   primary key references municipality (municipality_id),
    map             text   not null,
    changed_at      bigint not null
);

-- A photograph is named by the content of its largest size, so its addresses never change. It is written anew from its
-- pixels when it arrives: nothing that the camera noted (place, time, owner) is kept. Apart from `picture`, which holds
-- drawings that are kept as they came.
create table photo (
    photo_hash text   primary key check (length(photo_hash) = 64),
    width_px   bigint not null check (width_px > 0),
    height_px  bigint not null check (height_px > 0)
);

create table photo_size (
    photo_hash text   not null references photo (photo_hash),
    width_px   bigint not null check (width_px > 0),
    body       bytea  not null,
    primary key (photo_hash, width_px)
);

alter table project add column photo_hash text references photo (photo_hash);

-- What the town tells about a project. A correction is a further version: what was said before stays readable, and
-- the day on which it was first said stays its day.
create table news (
    news_id      text   primary key,
    project_id   text   not null references project (project_id),
    published_at bigint not null
);

create index news_of_project on news (project_id, published_at);

create table news_version (
    news_id    text   not null references news (news_id),
    version    bigint not null check (version > 0),
    title      text   not null,
    body       text   not null,
    written_at bigint not null,
    primary key (news_id, version)
);
