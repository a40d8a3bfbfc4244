-- Sessions of ours and not a library's: the token is 256 random bits that only the visitor holds, its SHA-256 lies here.
-- A session is an officer's or, for one cycle, a citizen's, never both. A citizen's is erased at the close.
create table session (
    token_hash    text   primary key check (length(token_hash) = 64),
    officer_id    text   references officer (officer_id),
    roll_entry_id text   references roll_entry (roll_entry_id),
    cycle_id      text   references cycle (cycle_id),
    expires_at    bigint not null,
    check ((officer_id is null) = (roll_entry_id is not null)),
    check ((roll_entry_id is null) = (cycle_id is null))
);
create index session_by_cycle on session (cycle_id);
create index session_by_expiry on session (expires_at);
