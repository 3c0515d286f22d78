-- Two roles of an office on PostgreSQL, for psql: -v database=kh
-- kh_owner owns the tables and brings the schema up to date (kh db upgrade); kh_app is whom kh run, kh worker and the
-- coordinators' commands log in as. kh_app changes no table, and neither changes nor deletes an entry or a seal.
SELECT 'CREATE ROLE kh_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kh_owner') \gexec
SELECT 'CREATE ROLE kh_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kh_app') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE :"database" TO kh_owner;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO kh_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO kh_owner;
GRANT USAGE ON SCHEMA public TO kh_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kh_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO kh_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kh_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kh_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kh_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO kh_app;
-- What was entered stays: run this again after each kh db upgrade.
REVOKE UPDATE, DELETE, TRUNCATE ON entry, seal, sealed_entry, snapshot, amendment FROM kh_app;
REVOKE DELETE, TRUNCATE ON message, decision, task, instance, hand_in, extension, suspension FROM kh_app;
GRANT UPDATE (undone_at) ON amendment TO kh_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM kh_app;
-- The queue of kh worker, made by kh worker of the owner once: kh_owner owns it.
CREATE SCHEMA IF NOT EXISTS queue AUTHORIZATION kh_owner;
GRANT USAGE ON SCHEMA queue TO kh_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO kh_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA queue TO kh_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kh_owner IN SCHEMA queue GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kh_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kh_owner IN SCHEMA queue GRANT USAGE, SELECT ON SEQUENCES TO kh_app;
