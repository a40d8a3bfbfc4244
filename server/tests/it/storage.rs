//! What lies in the database and beside it: nothing that joins a person to a ballot, nothing that names a person, and
//! nothing that opens a ballot.

use crate::app::TestApp;
use crate::databases::connect;
use crate::town::Cycle;
use sqlx::Connection;
use std::collections::BTreeSet;
use store::keys::Key;

/// Every unique or primary key of the schema, on both databases.
const KEYS: &str = "\
account(account_id)
account(mail)
account_entry(account_id,cycle_id)
account_entry(roll_entry_id)
account_link(token_hash)
account_receipt(account_id,cycle_id)
account_session(token_hash)
ballot(ballot_id)
ballot_line(ballot_id,version,project_id)
ballot_version(ballot_id,submission)
ballot_version(ballot_id,version)
budget_line(project_id,position)
bundle_file(cycle_id,version,path)
category(category_id)
category(municipality_id,slug)
claim(claim_id)
cycle(cycle_id)
cycle(municipality_id,slug)
delivery(delivery_id)
district(district_id)
district(municipality_id,slug)
incident(incident_id)
legal_notice(municipality_id)
mail(mail_id)
municipality(municipality_id)
municipality(slug)
officer(mail)
officer(officer_id)
officer_role(officer_id,municipality_id,role)
outcome(cycle_id,version)
participation(roll_entry_id)
photo(photo_hash)
photo_size(photo_hash,width_px)
picture(picture_hash)
project(cycle_id,count_id)
project(cycle_id,slug)
project(project_id)
project_update(update_id)
project_update_version(update_id,version)
reminder(reminder_id)
reminder(roll_entry_id)
roll_entry(code_hash)
roll_entry(cycle_id,reference_hash)
roll_entry(roll_entry_id)
rule_sheet(sheet_hash)
session(token_hash)
town_map(municipality_id)
urn_ballot(urn_ballot_id)
urn_line(urn_ballot_id,project_id)
urn_void(urn_ballot_id)";

/// All that stands beside a ballot or a roll entry. A column that joins the two must never be added here.
const COLUMNS: &str = "\
account: account_id language mail password_hash
account_entry: account_id cycle_id roll_entry_id
ballot: ballot_id cycle_id version
ballot_line: amount_minor ballot_id project_id version
ballot_version: ballot_id fallback submission version
participation: channel cycle_id day roll_entry_id
reminder: cycle_id language mail reminder_id roll_entry_id sent
roll_entry: code_hash cycle_id district_id reference_hash roll_entry_id struck_at
session: cycle_id expires_at officer_id roll_entry_id token_hash
urn_ballot: cycle_id fallback urn_ballot_id
urn_line: amount_minor project_id urn_ballot_id
urn_void: cycle_id urn_ballot_id version";

fn sql_of_keys(app: &TestApp) -> &'static str {
    if app.is_sqlite() {
        "select cast(t.name || '(' || (select group_concat(name, ',')
                                       from (select name from pragma_index_info(i.name) order by seqno)) || ')' as text)
         from sqlite_master t, pragma_index_list(t.name) i
         where t.type = 'table' and i.\"unique\" = 1 and t.name not like '\\_sqlx%' escape '\\'"
    } else {
        "select cast(t.relname || '(' || (select string_agg(a.attname, ',' order by k.place)
                                          from unnest(i.indkey) with ordinality k (attnum, place)
                                          join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum) || ')' as text)
         from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
         where i.indisunique and n.nspname = 'public' and t.relname not like '\\_sqlx%'"
    }
}

fn sql_of_columns(app: &TestApp) -> &'static str {
    if app.is_sqlite() {
        "select t.name, c.name from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table'"
    } else {
        "select cast(table_name as text), cast(column_name as text) from information_schema.columns
         where table_schema = 'public'"
    }
}

/// The bytes of the SQLite database, its log and its shared memory.
fn files(app: &TestApp) -> Vec<(&'static str, Vec<u8>)> {
    let read = |name| std::fs::read(app.folder.join(name)).ok().map(|bytes| (name, bytes));
    ["ecot.db", "ecot.db-wal", "ecot.db-shm"].into_iter().filter_map(read).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The pages of the database and those in its log, one by one.
fn pages(app: &TestApp) -> Vec<Vec<u8>> {
    let files = files(app);
    let page_bytes = usize::from(u16::from_be_bytes([files[0].1[16], files[0].1[17]]));
    let mut pages: Vec<Vec<u8>> = files[0].1.chunks(page_bytes).map(<[u8]>::to_vec).collect();
    let (_, log) = files.iter().find(|(name, _)| *name == "ecot.db-wal").unwrap();
    // A header of 32 bytes; then frames, each of them a header of 24 bytes and a page.
    pages.extend(log[32..].chunks(24 + page_bytes).map(|frame| frame[24..].to_vec()));
    pages
}

/// Everybody on the roll votes, in the order of their letters.
async fn all_vote(cycle: &Cycle<'_>) {
    for place in 0..cycle.codes.len() {
        cycle.citizen(place).await.vote(&[("garden", "13"), ("lamps", "4")]).await;
    }
}

fn cycle_key(app: &TestApp) -> (std::path::PathBuf, Option<Key>) {
    let entries = app.keys_folder().read_dir().unwrap().map(|entry| entry.unwrap().path());
    let path = entries
        .into_iter()
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("cycle-"))
        .unwrap();
    let name = path.file_stem().unwrap().to_str().unwrap().strip_prefix("cycle-").unwrap().to_owned();
    let digits = std::fs::read_to_string(&path).unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect();
    // Made again from its own bytes: the folder gives a key only to those who know its hash.
    let key = app.house.keys.make_cycle(&name, bytes.try_into().unwrap()).ok();
    (path, key)
}

on_both! {
    /// Promise 1.
    async fn the_database_itself_keeps_a_person_to_one_ballot(app: TestApp) {
        let keys: BTreeSet<String> = app.column(sql_of_keys(&app)).await.into_iter().collect();
        assert_eq!(keys.into_iter().collect::<Vec<_>>().join("\n"), KEYS);
    }

    async fn no_column_joins_a_ballot_to_the_roll(app: TestApp) {
        let all = app.rows(sql_of_columns(&app)).await;
        let mut lines = Vec::new();
        for table in COLUMNS.lines().map(|line| line.split(':').next().unwrap()) {
            let mut columns: Vec<_> = all.iter().filter(|row| row[0] == table).map(|row| row[1].as_str()).collect();
            columns.sort_unstable();
            lines.push(format!("{table}: {}", columns.join(" ")));
        }
        assert_eq!(lines.join("\n"), COLUMNS);
        let ballots = ["ballot_id", "urn_ballot_id"];
        let tables = |columns: &[&str]| -> BTreeSet<String> {
            all.iter().filter(|row| columns.contains(&row[1].as_str())).map(|row| row[0].clone()).collect()
        };
        let persons = ["roll_entry_id", "reference_hash", "code_hash", "token_hash", "account_id", "mail", "recipient"];
        assert!(tables(&ballots).is_disjoint(&tables(&persons)));
        let near_ballots = tables(&ballots);
        let times = all.iter().filter(|row| near_ballots.contains(&row[0])).filter(|row| row[1].ends_with("_at") || row[1] == "day");
        assert_eq!(times.count(), 0, "no time stands near a ballot");
    }

    async fn neither_references_nor_codes_nor_tokens_nor_passwords_are_in_the_database(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("garden", "13")]).await;
        let code = cycle.codes[0].clone();
        let secrets = [
            "REF-0001".to_owned(),
            "ref-0001".to_owned(),
            code.replace('-', ""),
            code.to_lowercase(),
            code,
            citizen.cookie("__Host-citizen").unwrap(),
            cycle.officer.cookie("__Host-officer").unwrap(),
            crate::town::PASSWORD.to_owned(),
            std::fs::read_to_string(app.keys_folder().join("roll.key")).unwrap(),
            std::fs::read_to_string(cycle_key(&app).0).unwrap(),
        ];
        let hash = app.column("select code_hash from roll_entry").await.remove(0);
        if app.is_sqlite() {
            let files = files(&app);
            assert!(files.iter().any(|(_, bytes)| holds(bytes, &hash)), "the search finds what is there");
            for (name, bytes) in &files {
                for secret in &secrets {
                    assert!(!holds(bytes, secret), "{secret} is in {name}");
                }
            }
        } else {
            let tables = app.column("select cast(table_name as text) from information_schema.tables where table_schema = 'public'").await;
            let mut seen = String::new();
            for table in tables {
                let rows = format!("select cast(t as text) from {table} t");
                seen.push_str(&app.column(&rows).await.concat());
            }
            assert!(seen.contains(&hash), "the search finds what is there");
            for secret in &secrets {
                assert!(!seen.contains(secret), "{secret} is in the database");
            }
        }
    }

    async fn after_the_close_nothing_leads_from_the_urn_to_the_roll(app: TestApp) {
        let cycle = app.town().await.plan().people(12).open().await;
        all_vote(&cycle).await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("kiosk", "2")]).await;
        let (key_file, key) = cycle_key(&app);
        let key = key.unwrap();
        let roll = app.column("select roll_entry_id from roll_entry").await;
        let derived: BTreeSet<String> = roll.iter().map(|entry| key.ballot_id(entry)).collect();
        let ballots: BTreeSet<String> = app.column("select ballot_id from ballot").await.into_iter().collect();
        assert_eq!(ballots, derived, "while voting is open, the key makes the ids");

        cycle.take_step("close").await;
        for table in ["ballot", "ballot_version", "ballot_line"] {
            assert_eq!(app.column(&format!("select count(*) from {table}")).await, ["0"], "{table}");
        }
        assert_eq!(app.column("select count(*) from session where roll_entry_id is not null").await, ["0"]);
        assert!(!key_file.exists());
        let names: Vec<_> = app.keys_folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["roll.key"], "no draft or copy of the key either");

        let order = if app.is_sqlite() { "rowid" } else { "ctid" };
        let urn = app.column(&format!("select urn_ballot_id from urn_ballot order by {order}")).await;
        assert_eq!(urn.len(), 12);
        assert!(urn.is_sorted(), "the order of the rows is that of their random ids");
        assert!(urn.iter().all(|id| id.len() == 64 && !derived.contains(id) && !roll.contains(id)));
        let of_urn = app.column("select distinct urn_ballot_id from urn_line").await;
        assert_eq!(of_urn.into_iter().collect::<BTreeSet<_>>(), urn.into_iter().collect());
        assert_eq!(app.column("select count(*) from participation").await, ["12"], "who took part stays known");
        citizen.get(cycle.at("/mine")).await.assert_status(409);
    }

    /// Promise 14.
    async fn passwords_are_stored_as_strong_argon2id(app: TestApp) {
        let town = app.town().await;
        town.officer().await;
        let added = ["officer", "add", "--town", "laudry", "--mail", "sam@laudry.example"];
        app.ecot_told(&added, "another long pass phrase\n").assert_code(0);
        let hashes = app.column("select password_hash from officer").await;
        assert_eq!(hashes.len(), 2);
        for hash in &hashes {
            let parts: Vec<&str> = hash.split('$').collect();
            let ["", "argon2id", "v=19", parameters, salt, output] = parts[..] else { panic!("{hash}") };
            let value = |name: &str| -> u32 {
                let of = |pair: &str| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok();
                parameters.split(',').find_map(of).unwrap()
            };
            assert!(value("m") >= 19_456 && value("t") >= 2 && value("p") >= 1, "{hash}");
            assert!(salt.len() >= 22 && output.len() >= 43, "16 and 32 bytes or more: {hash}");
        }
        assert_ne!(hashes[0].split('$').nth(4), hashes[1].split('$').nth(4), "each has its own salt");
    }

    async fn foreign_keys_are_enforced(app: TestApp) {
        let (db, now) = (&app.house.db, app.house.now());
        let refused = store::session::start_citizen(db, "token", "nobody", "nothing", now).await;
        assert!(refused.is_err(), "a session of somebody who is not on the roll");
    }

    async fn the_key_files_are_for_their_owner_alone(app: TestApp) {
        use std::os::unix::fs::PermissionsExt;
        let _cycle = app.town().await.with_open_cycle().await;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&app.keys_folder()), 0o700);
        for entry in app.keys_folder().read_dir().unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
    }

    async fn a_cycle_whose_key_was_exchanged_takes_no_ballots(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(&[("garden", "1")]).await;
        std::fs::write(cycle_key(&app).0, "00".repeat(32)).unwrap();
        citizen.submit(&form).await.assert_status(500).assert_says_not("key");
        assert_eq!(app.column("select count(*) from ballot").await, ["0"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_sqlite_holds_a_ballot_beside_a_roll_entry() {
    let app = TestApp::on_sqlite().await;
    let cycle = app.town().await.plan().people(12).open().await;
    all_vote(&cycle).await;
    let roll = app.column("select roll_entry_id from roll_entry").await;
    let ballots = app.column("select ballot_id from ballot").await;
    let pages = pages(&app);
    let with = |ids: &[String]| -> BTreeSet<usize> {
        (0..pages.len()).filter(|at| ids.iter().any(|id| holds(&pages[*at], id))).collect()
    };
    let (with_roll, with_ballots) = (with(&roll), with(&ballots));
    assert!(!with_roll.is_empty() && !with_ballots.is_empty(), "the search finds what is there");
    assert!(with_roll.is_disjoint(&with_ballots));
}

/// Promise 10: a frame of the log that a ballot's transaction wrote holds the ballot and, next to it, the participation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_close_no_file_of_sqlite_holds_what_was_erased() {
    let app = TestApp::on_sqlite().await;
    let cycle = app.town().await.plan().people(12).open().await;
    all_vote(&cycle).await;
    let erased = [
        app.column("select ballot_id from ballot").await,
        app.column("select submission from ballot_version").await,
        app.column("select token_hash from session where roll_entry_id is not null").await,
    ];
    cycle.take_step("close").await;
    for (name, bytes) in files(&app) {
        let found = erased.concat().into_iter().filter(|erased| holds(&bytes, erased)).count();
        assert_eq!(found, 0, "{name} still holds {found} of {} things", erased.concat().len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_writes_ahead() {
    let app = TestApp::on_sqlite().await;
    let mut connection = connect(&app.database_url).await;
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(mode, "wal");
}
