-- The colour that a town asked for, as #rrggbb; without it, Écot's own. What pages make of it is worked out, not stored.
alter table municipality add column accent text;
