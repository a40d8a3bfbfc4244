-- The words of the design for two things that had others: what a town tells of a project is an update, and who answers
-- for its pages is said in a legal notice. Only names change.
alter table news rename to project_update;
alter table project_update rename column news_id to update_id;
alter table news_version rename to project_update_version;
alter table project_update_version rename column news_id to update_id;
drop index news_of_project;
create index project_update_of_project on project_update (project_id, published_at);

alter table imprint rename to legal_notice;
