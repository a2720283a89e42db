//! 見本町: departments, people with their roles, vendors.

use domain::ids::{DepartmentId, OrganizationId, ServiceId, VendorId};
use domain::permission::ADMINISTRATOR;
use domain::trail::Actor;
use serde_json::json;
use store::accounts::{self, Department, Organization};

use super::super::Failure;
use super::failed;
use crate::access::{self, Person};
use crate::accounts::create::{self, NewStaff};
use crate::accounts::{hashing, sign_in};
use crate::app::App;
use crate::error::Error;
use crate::form::{Form, Problems};
use crate::recording::Recorder;
use crate::vendors::record::Record;
use crate::vendors::{register, services};

/// Password of everybody in the demonstration, printed when it starts.
const PASSWORD: &str = "mihon cho de tamesu tokki";

/// (sign-in name, name, office, department, roles)
const STAFF: &[(&str, &str, &str, usize, &[&str])] = &[
    ("kanri", "見本　一郎", "主任", 0, &[ADMINISTRATOR]),
    ("tanto", "見本　花子", "主査", 1, &["staff", "system_staff"]),
    ("kacho", "例示　太郎", "健康福祉課長", 1, &["security_manager", "system_manager"]),
    ("bucho", "例示　次郎", "民生部長", 1, &["security_officer"]),
    ("somu", "見本　春子", "総務課長", 0, &["supervisor"]),
    ("fuku", "見本　秋子", "副町長", 0, &["ciso", "approver"]),
    ("kansa", "例示　夏子", "監査担当", 0, &["auditor"]),
];

/// The town with its people signed in.
pub struct Town {
    people: Vec<(String, Person)>,
    /// Vendors with the service of each.
    pub vendors: Vec<(VendorId, Option<ServiceId>)>,
    /// The department whose cases are walked.
    pub department: DepartmentId,
}

impl Town {
    /// A person by sign-in name.
    pub fn person(&self, name: &str) -> Result<&Person, Failure> {
        let found = self.people.iter().find(|(own, _)| own == name).map(|(_, person)| person);
        found.ok_or_else(|| Failure::Said(format!("見本の職員 {name} がいません")))
    }
}

/// What is printed when the server starts.
pub fn sign_in_words() -> Vec<String> {
    let mut lines = vec![format!("ログイン名とパスワード（全員共通：{PASSWORD}）")];
    for (name, person, position, _, roles) in STAFF {
        lines.push(format!("  {name:<6} {position}　{person}（{}）", roles.join("、")));
    }
    lines
}

/// Founds the town.
pub async fn found(app: &App) -> Result<Town, Failure> {
    let organization = OrganizationId::new(app.uuid());
    let departments = [DepartmentId::new(app.uuid()), DepartmentId::new(app.uuid())];
    place(app, &organization, &departments).await.map_err(failed("団体の登録"))?;
    let mut people = Vec::new();
    for (sign_in_name, name, position, department, roles) in STAFF {
        let Some(department) = departments.get(*department) else { continue };
        let new = NewStaff {
            department: department.clone(),
            sign_in_name: (*sign_in_name).to_owned(),
            name: (*name).to_owned(),
            position: (*position).to_owned(),
            mail: format!("{sign_in_name}@town.example.jp"),
            roles: roles.iter().map(|role| ((*role).to_owned(), "見本".to_owned())).collect(),
            starts_on: app.today(),
        };
        let recorder = Recorder::new(app, &organization, Actor::system("tokki demo"));
        let person = join(app, recorder, &organization, new).await.map_err(failed("職員の登録"))?;
        people.push(((*sign_in_name).to_owned(), person));
    }
    let [_, department] = departments;
    let mut town = Town { people, vendors: Vec::new(), department };
    let officer = town.person("tanto")?.clone();
    for vendor in VENDORS {
        let added = add_vendor(app, &officer, vendor).await.map_err(failed("事業者の登録"))?;
        town.vendors.push(added);
    }
    Ok(town)
}

async fn place(app: &App, id: &OrganizationId, departments: &[DepartmentId; 2]) -> Result<(), Error> {
    let (app, id, departments) = (app.clone(), id.clone(), departments.clone());
    app.clone()
        .db
        .write(move |conn| {
            let recorder = Recorder::new(&app, &id, Actor::system("tokki demo"));
            let row = Organization {
                id: id.clone(),
                code: None,
                name: "見本町".into(),
                kind: "町".into(),
                head_title: "見本町長".into(),
                office: "見本町総務課情報政策係".into(),
                phone: "000-000-0000".into(),
                profile: "anan".into(),
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
            for (position, (department, name)) in
                (0..).zip(departments.into_iter().zip(["総務課", "健康福祉課"]))
            {
                let row = Department {
                    id: department,
                    organization_id: id.clone(),
                    name: name.into(),
                    phone: "000-000-0000".into(),
                    position,
                };
                accounts::insert_department(conn, &row)?;
            }
            Ok(())
        })
        .await
}

/// An account with the password of the demonstration, signed in.
async fn join(
    app: &App,
    recorder: Recorder,
    organization: &OrganizationId,
    new: NewStaff,
) -> Result<Person, Error> {
    let name = new.sign_in_name.clone();
    let (id, _) = create::create(app, recorder, organization, new).await?;
    let hash = hashing::hash(app, PASSWORD.to_owned()).await?;
    let now = app.now();
    app.db
        .write(move |conn| accounts::set_password(conn, &id, &hash, false, now, None).map_err(Error::from))
        .await?;
    let token = sign_in::sign_in(app, &name, PASSWORD).await?.map_err(|_| Error::Forbidden)?;
    access::person_of_token(app, &token).await?.ok_or(Error::Forbidden)
}

/// Fields of a vendor, then its service.
type VendorData = (&'static [(&'static str, &'static str)], Option<(&'static str, &'static str)>);

const VENDORS: &[VendorData] = &[
    (
        &[
            ("corporate_number", "7123456789012"),
            ("name", "株式会社サンプルクラウド"),
            ("kana", "カブシキガイシャサンプルクラウド"),
            ("address", "見本県見本市中央一丁目1番1号"),
            ("representative", "代表取締役　見本　健"),
            ("contact_name", "例示　実"),
            ("contact_mail", "cloud@vendor.example.jp"),
            ("contact_phone", "000-111-1111"),
        ],
        Some(("サンプル文書管理", "電子の文書を保存し、検索するクラウドサービス")),
    ),
    (
        &[
            ("no_number_reason", "国外の法人のため"),
            ("name", "サンプルグローバル"),
            ("kana", "サンプルグローバル"),
            ("address", "米国見本州見本市"),
            ("representative", "代表者　例示"),
            ("contact_name", "例示　学"),
            ("contact_mail", "global@vendor.example.com"),
            ("contact_phone", "000-222-2222"),
        ],
        Some(("グローバル文書保管", "世界各地で提供される文書保管のクラウドサービス")),
    ),
    (
        &[
            ("no_number_reason", "設立の手続の途中のため"),
            ("name", "サンプル簡易サービス"),
            ("kana", "サンプルカンイサービス"),
            ("address", "見本県例示市"),
            ("representative", "代表　例示"),
            ("contact_name", "例示　優"),
            ("contact_mail", "simple@vendor.example.net"),
            ("contact_phone", "000-333-3333"),
        ],
        Some(("簡易ファイル共有", "無償で使えるファイル共有のサービス")),
    ),
    (
        &[
            ("no_number_reason", "見本のため番号を持たない"),
            ("name", "株式会社サンプル印刷"),
            ("kana", "カブシキガイシャサンプルインサツ"),
            ("address", "見本県見本市本町二丁目2番2号"),
            ("representative", "代表取締役　例示　進"),
            ("contact_name", "見本　葵"),
            ("contact_mail", "print@vendor.example.jp"),
            ("contact_phone", "000-444-4444"),
        ],
        None,
    ),
];

async fn add_vendor(
    app: &App,
    officer: &Person,
    (fields, service): &VendorData,
) -> Result<(VendorId, Option<ServiceId>), Error> {
    let form = Form::from_pairs(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let mut problems = Problems::default();
    let record = Record::read(&form, &mut problems);
    if let Some(problem) = problems.all().first() {
        return Err(Error::Refused { message: problem.message.clone(), clause: None });
    }
    let vendor = register::register(app, officer, record).await?;
    let service = match service {
        Some((name, text)) => {
            Some(services::add(app, officer, &vendor, (*name).to_owned(), (*text).to_owned()).await?)
        }
        None => None,
    };
    Ok((vendor, service))
}
