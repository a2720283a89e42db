//! The store on both databases: transactions, uniqueness, versions, claims, migrations.

use domain::ids::MessageId;
use jiff::{SignedDuration, Timestamp};
use store::outbox::{self, Message};
use store::{Db, OpenError, accounts};

use crate::support::{Program, databases, town};

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_write_leaves_nothing() {
    for database in databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let app = program.app.clone();
        let failed = app
            .db
            .write(|conn| {
                let mut row = accounts::organizations(conn)?.remove(0);
                row.id = domain::ids::OrganizationId::new(uuid::Uuid::from_u128(1));
                accounts::insert_organization(conn, &row)?;
                Err::<(), _>(store::Error::Stale)
            })
            .await;
        assert!(matches!(failed, Err(store::Error::Stale)));
        let count =
            app.db.read(|conn| Ok::<_, store::Error>(accounts::organizations(conn)?.len())).await.unwrap();
        assert_eq!(count, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_unique_is_told_apart_from_other_failures() {
    for database in databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let twice = program
            .app
            .db
            .write(|conn| {
                let row = accounts::organizations(conn)?.remove(0);
                accounts::insert_organization(conn, &row)
            })
            .await;
        assert!(matches!(twice, Err(store::Error::Duplicate)), "{twice:?}");
        let orphan = program
            .app
            .db
            .write(|conn| {
                let nobody = domain::ids::StaffId::new(uuid::Uuid::from_u128(9));
                let organization = accounts::organizations(conn)?.remove(0).id;
                accounts::staff_member(conn, &organization, &nobody).map(|_| ())
            })
            .await;
        assert!(matches!(orphan, Err(store::Error::NotFound)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_keeps_one_chain_under_many_writers() {
    for database in databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let mut tasks = Vec::new();
        for _ in 0..20 {
            let browser = program.browser();
            tasks.push(tokio::spawn(async move {
                let fields = [("name", "somu"), ("password", crate::support::PASSWORD)];
                browser.post("/sign-in", &fields).await.status
            }));
        }
        for task in tasks {
            assert_eq!(task.await.unwrap().as_u16(), 303);
        }
        let rows = program
            .app
            .db
            .read(|conn| {
                let organization = accounts::organizations(conn)?.remove(0).id;
                store::trail::of_organization(conn, &organization, None, 1_000)
            })
            .await
            .unwrap();
        let organization = rows[0].organization_id.clone();
        let chain = program
            .app
            .db
            .read(move |conn| store::trail::verify(conn, &organization))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((chain.rows, &chain.last), (20, &rows[0].hash));
        // Whatever is done to a row shows.
        let written: Vec<_> = rows.iter().rev().cloned().collect();
        let fault = |change: &dyn Fn(&mut Vec<store::trail::TrailRow>)| {
            let mut rows = written.clone();
            change(&mut rows);
            store::trail::Chain::default().follow(&rows).unwrap_err()
        };
        let found = |position, kind| store::trail::Fault { position, kind };
        use store::trail::FaultKind::{Altered, Gap, Unlinked};
        assert_eq!(fault(&|rows| rows[4].actor_name = "別人".into()), found(5, Altered));
        assert_eq!(fault(&|rows| rows[4].detail = "{}".repeat(2)), found(5, Altered));
        assert_eq!(fault(&|rows| drop(rows.remove(7))), found(8, Gap));
        assert_eq!(fault(&|rows| rows.swap(2, 3)), found(3, Gap));
        assert_eq!(fault(&|rows| rows[9].previous_hash = rows[3].hash.clone()), found(10, Unlinked));
        let positions: Vec<i64> = rows.iter().rev().map(|row| row.position).collect();
        assert_eq!(positions, (1..=20).collect::<Vec<_>>());
        assert!(rows.windows(2).all(|pair| pair[0].previous_hash == pair[1].hash));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_claimed_once_and_comes_back_after_its_lease() {
    for database in databases() {
        let program = Program::start(database).await;
        town::found(&program).await;
        let now: Timestamp = program.app.now();
        let later = now + SignedDuration::from_mins(2);
        program
            .app
            .db
            .write(move |conn| {
                let organization_id = accounts::organizations(conn)?.remove(0).id;
                let row = Message {
                    id: MessageId::new(uuid::Uuid::from_u128(5)),
                    organization_id,
                    kind: "invitation".into(),
                    object_id: "x".into(),
                    recipient_name: "例示".into(),
                    recipient_mail: "x@example.jp".into(),
                    subject: "件名".into(),
                    body: "本文".into(),
                    state: outbox::WAITING.into(),
                    attempts: 0,
                    next_attempt_at: now.into(),
                    settled_at: None,
                    last_error: None,
                    created_at: now.into(),
                };
                outbox::enqueue(conn, &row)
            })
            .await
            .unwrap();
        let claim = async |at: Timestamp| {
            program.app.db.write(move |conn| outbox::claim(conn, at, later)).await.unwrap()
        };
        assert!(claim(now).await.is_some());
        assert!(claim(now).await.is_none(), "claimed already");
        let again = claim(later).await.expect("the worker that had it is gone");
        assert_eq!(again.attempts, 1);
        let id = again.id.clone();
        program.app.db.write(move |conn| outbox::settle(conn, &id, outbox::SENT, later)).await.unwrap();
        assert!(claim(later + SignedDuration::from_hours(1)).await.is_none());
        let kept = program
            .app
            .db
            .read(|conn| {
                let organization = accounts::organizations(conn)?.remove(0).id;
                outbox::messages_about(conn, &organization, &["x".to_owned()])
            })
            .await
            .unwrap();
        assert_eq!((kept[0].state.as_str(), kept[0].body.as_str()), (outbox::SENT, ""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_run_once_even_when_several_start_together() {
    for database in databases() {
        let program = Program::start(database).await;
        assert!(!program.app.db.needs_migration().unwrap());
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let db = program.app.db.clone();
                std::thread::spawn(move || db.migrate().unwrap().len())
            })
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 0));
    }
}

#[test]
fn a_mistyped_url_creates_nothing() {
    for url in ["tokki.sqlite", "mysql://localhost/x", "", "postgres:/x", "file:x"] {
        assert!(matches!(Db::open(url), Err(OpenError::UnknownScheme)), "{url}");
    }
}
