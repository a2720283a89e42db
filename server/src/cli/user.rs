//! `tokki user`: the only way to make the first administrator.

use std::process::ExitCode;

use clap::Subcommand;
use domain::ids::{DepartmentId, OrganizationId};
use domain::permission::ADMINISTRATOR;
use domain::trail::Actor;
use serde_json::json;
use store::accounts::{self, Department, Organization};

use super::{Failure, Output, start};
use crate::accounts::create::{self, NewStaff};
use crate::accounts::hashing;
use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::recording::Recorder;

/// Subcommands of `user`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// 職員を登録し、仮パスワードを一度だけ表示します
    #[command(
        after_help = "例：\n  tokki user create --admin --sign-in-name joho --name '見本 太郎' --organization 見本町 --kind 町 --profile anan"
    )]
    Create {
        /// ログイン名
        #[arg(long)]
        sign_in_name: String,
        /// 氏名
        #[arg(long)]
        name: String,
        /// 団体の名称（初めての登録で団体も作ります）
        #[arg(long)]
        organization: String,
        /// 団体の種別（町、市など。団体を作るとき）
        #[arg(long, default_value = "町")]
        kind: String,
        /// 使う規程（団体を作るとき）
        #[arg(long, default_value = "anan")]
        profile: String,
        /// 課の名称
        #[arg(long, default_value = "総務担当課")]
        department: String,
        /// メールアドレス
        #[arg(long, default_value = "")]
        mail: String,
        /// 役割（規程の役割の識別名。複数可）
        #[arg(long)]
        role: Vec<String>,
        /// アカウントの管理者にする
        #[arg(long)]
        admin: bool,
    },
    /// 仮パスワードを発行し直します
    Reset {
        /// ログイン名
        #[arg(long)]
        sign_in_name: String,
    },
}

pub async fn run(config: Config, command: UserCommand, output: &Output) -> Result<ExitCode, Failure> {
    let app = start::open(config)?;
    if app.db.needs_migration().map_err(|error| Failure::caused("データベース", error))? {
        return Err(Failure::Said(
            "データベースの表が古いか、まだありません。tokki migrate を実行してください".into(),
        ));
    }
    let (sign_in_name, password) = match command {
        UserCommand::Create {
            sign_in_name,
            name,
            organization,
            kind,
            profile,
            department,
            mail,
            mut role,
            admin,
        } => {
            if app.content.profile(&profile).is_none() {
                return Err(Failure::Said(format!("規程 {profile} はありません")));
            }
            if admin {
                role.push(ADMINISTRATOR.to_owned());
            }
            let place = place(&app, organization, kind, profile, department).await?;
            let new = NewStaff {
                department: place.1,
                sign_in_name: sign_in_name.clone(),
                name,
                position: String::new(),
                mail,
                roles: role.into_iter().map(|role| (role, "コマンドによる登録".to_owned())).collect(),
                starts_on: app.today(),
            };
            let recorder = Recorder::new(&app, &place.0, Actor::system("tokki user"));
            let made = create::create(&app, recorder, &place.0, new).await;
            let (_, password) = made.map_err(|error| match error {
                Error::Stale => Failure::Said(format!("ログイン名 {sign_in_name} は使われています")),
                other => Failure::caused("職員を登録できません", other),
            })?;
            (sign_in_name, password)
        }
        UserCommand::Reset { sign_in_name } => {
            let password = reset(&app, &sign_in_name).await?;
            (sign_in_name, password)
        }
    };
    output.say(format!("ログイン名：{sign_in_name}\n仮パスワード：{password}"));
    output.say("仮パスワードは72時間有効です。初めてのログインで変更してください。この表示は一度だけです。");
    output.result(&json!({ "sign_in_name": sign_in_name, "temporary_password": password }));
    Ok(ExitCode::SUCCESS)
}

async fn reset(app: &App, name: &str) -> Result<String, Failure> {
    let password = create::temporary_password(app);
    let failed = |error: Error| Failure::caused("仮パスワードを発行できません", error);
    let hash = hashing::hash(app, password.clone()).await.map_err(failed)?;
    let (app, wanted) = (app.clone(), name.to_owned());
    let found = app
        .clone()
        .db
        .write(move |conn| {
            let Some(staff) = accounts::staff_by_sign_in_name(conn, &wanted)? else { return Ok(false) };
            let recorder = Recorder::new(&app, &staff.organization_id, Actor::system("tokki user"));
            accounts::set_password(conn, &staff.id, &hash, true, recorder.at, None)?;
            recorder.record(
                conn,
                "staff.password_changed",
                ("staff", staff.id.as_str()),
                None,
                json!({ "temporary": true }),
            )?;
            Ok::<_, Error>(true)
        })
        .await
        .map_err(failed)?;
    if found {
        Ok(password)
    } else {
        Err(Failure::Said(format!("ログイン名 {name} の職員はいません")))
    }
}

/// The organisation and department by name, made if they are missing.
async fn place(
    app: &App,
    name: String,
    kind: String,
    profile: String,
    department: String,
) -> Result<(OrganizationId, DepartmentId), Failure> {
    let inner = app.clone();
    app.db
        .write(move |conn| {
            let found = accounts::organizations(conn)?.into_iter().find(|row| row.name == name);
            let organization = match found {
                Some(row) => row.id,
                None => create_organization(conn, &inner, name, kind, profile)?,
            };
            let found =
                accounts::departments(conn, &organization)?.into_iter().find(|row| row.name == department);
            if let Some(row) = found {
                return Ok((organization, row.id));
            }
            let row = Department {
                id: DepartmentId::new(inner.uuid()),
                organization_id: organization.clone(),
                name: department,
                phone: String::new(),
                position: 0,
            };
            accounts::insert_department(conn, &row)?;
            Ok::<_, Error>((organization, row.id))
        })
        .await
        .map_err(|error| Failure::caused("団体を登録できません", error))
}

fn create_organization(
    conn: &mut store::Conn,
    app: &App,
    name: String,
    kind: String,
    profile: String,
) -> Result<OrganizationId, Error> {
    let id = OrganizationId::new(app.uuid());
    let recorder = Recorder::new(app, &id, Actor::system("tokki user"));
    let row = Organization {
        id: id.clone(),
        code: None,
        head_title: format!("{name}長"),
        office: name.clone(),
        name,
        kind,
        phone: String::new(),
        profile,
        created_at: recorder.at.into(),
        content_version: 0,
    };
    accounts::insert_organization(conn, &row)?;
    recorder.record(
        conn,
        "organization.created",
        ("organization", id.as_str()),
        None,
        json!({ "name": row.name }),
    )?;
    Ok(id)
}
