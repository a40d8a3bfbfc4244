-- Accounts, for citizens who want one: a code alone is enough to vote. Not among the officers: another table, so that no
-- mistake in a query makes a citizen an officer. There is no time here, because when somebody came is nobody's business.
create table account (
    account_id    text primary key check (length(account_id) = 64),
    mail          text not null unique check (length(mail) between 3 and 254),
    password_hash text not null check (password_hash like '$argon2id$%'),
    -- Of mails, which no browser asks for.
    language      text not null check (length(language) between 2 and 8)
);

create table account_session (
    token_hash text   primary key check (length(token_hash) = 64),
    account_id text   not null references account (account_id),
    expires_at bigint not null
);
create index account_session_by_account on account_session (account_id);

-- A link that was mailed, with which whoever reads that mail chooses the password of the account, and makes it if there
-- is none. It names the address and not the account: so nothing that happens before the mail is read depends on whether
-- there is one. Only the hash of its token is here; the row is erased when it is used.
create table account_link (
    token_hash text   primary key check (length(token_hash) = 64),
    mail       text   not null check (length(mail) between 3 and 254),
    expires_at bigint not null
);
create index account_link_by_mail on account_link (mail);

-- Whose roll entry an account may use instead of a code. One entry of a cycle an account, one account an entry.
-- It joins a mail address to a roll entry, and so to the fact of having taken part; never to a ballot.
create table account_entry (
    account_id    text not null references account (account_id),
    cycle_id      text not null references cycle (cycle_id),
    roll_entry_id text not null unique references roll_entry (roll_entry_id),
    primary key (account_id, cycle_id)
);

-- Who asked to be reminded before the close. Erased with the last reminder, at a word of the reader, or at the close.
-- Its id is random, and whoever holds it (the reader of the mail) can do no more than erase the row.
create table reminder (
    reminder_id   text   primary key check (length(reminder_id) = 64),
    roll_entry_id text   not null unique references roll_entry (roll_entry_id),
    cycle_id      text   not null references cycle (cycle_id),
    mail          text   not null check (length(mail) between 3 and 254),
    language      text   not null check (length(language) between 2 and 8),
    sent          bigint not null check (sent >= 0)
);
create index reminder_by_cycle on reminder (cycle_id);

-- Mails that wait to be sent, so that a restart loses none. Erased as soon as they are on their way, or too late.
-- `{secret}` in a body stands for a token that is made from `mail_id` with the installation's key when the mail is sent:
-- a copy of the database opens no account.
create table mail (
    mail_id    text   primary key check (length(mail_id) = 64),
    recipient  text   not null check (length(recipient) between 3 and 254),
    subject    text   not null,
    body       text   not null,
    language   text   not null check (length(language) between 2 and 8),
    -- The address at which a reader ends mails of this kind (RFC 8058), where there is one.
    stop_url   text,
    -- The cycle that it is about; its close erases what has not been sent.
    cycle_id   text   references cycle (cycle_id),
    attempts   bigint not null check (attempts >= 0),
    due_at     bigint not null,
    expires_at bigint not null
);
create index mail_by_due on mail (due_at);
