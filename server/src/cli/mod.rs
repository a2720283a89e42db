//! The command line: one file per command, exit codes, JSON on request.

mod bank;
mod check;
mod demo;
mod doctor;
mod document;
mod export;
mod migrate;
mod output;
mod profile;
mod serve;
mod start;
mod trail;
mod user;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Overrides};
use output::Output;

pub use start::{open, open_with};

/// 委託事業者・クラウドサービスの評価、特記仕様書の作成、台帳の管理を行います。
#[derive(Debug, Parser)]
#[command(
    name = "tokki",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "例：\n  tokki demo                     見本の団体で一連の手続を行い、画面を開きます\n  tokki migrate && tokki serve   本番のデータベースを用意し、サーバーを起動します\n  tokki user create --admin      最初の管理者を登録します\n  tokki check                    設問・条項などの内容を検査します\n\n終了コード：0 正常、1 失敗、2 使い方の誤り"
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
struct Common {
    /// 設定ファイル（TOML）
    #[arg(long, global = true, env = "TOKKI_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// データベースと文書を置くフォルダー
    #[arg(long, global = true, env = "TOKKI_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// データベース（sqlite:パス 又は postgresql://…）
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL")]
    database_url: Option<String>,
    /// 結果を JSON で出力する
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// サーバーを起動します
    #[command(
        after_help = "例：\n  tokki serve --listen 127.0.0.1:8080\n  tokki serve --public-url https://tokki.example.jp --smtp-url smtp://mail:25 --mail-from joho@example.jp"
    )]
    Serve(ServeArgs),
    /// 見本の団体で一連の手続を行い、画面を開きます
    #[command(after_help = "例：\n  tokki demo\n  tokki demo --no-serve    文書を作ったところで終わります")]
    Demo(DemoArgs),
    /// データベースの表を最新にします
    #[command(after_help = "例：\n  tokki migrate --database-url postgresql://tokki@localhost/tokki")]
    Migrate,
    /// 設問・基準・条項などの内容を検査します
    #[command(
        after_help = "例：\n  tokki check\n  tokki check --coverage   要求ごとに、それを満たす設問・条項・手続を一覧にします\n  tokki check --profile reiji.toml   自団体の方針を加えて検査します"
    )]
    Check {
        /// 要求ごとの対応を一覧にする
        #[arg(long)]
        coverage: bool,
        /// 自団体の方針のファイルを加えて検査する
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
    },
    /// 方針のファイルを作り、版を比べます
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// 設問バンクをExcelブックとして書き出し、読み込みます
    #[command(subcommand)]
    Bank(bank::BankCommand),
    /// 設問、選定基準、要求への対応を、ほかのプログラムのために書き出します
    #[command(
        after_help = "例：\n  tokki export questions > questions.json\n  tokki export oscal-catalog > catalog.json"
    )]
    Export {
        /// 書き出すもの
        #[arg(value_enum)]
        kind: export::ExportKind,
    },
    /// 案件の内容（JSON）から文書を作り、確かめ、比べます
    #[command(subcommand)]
    Document(document::DocumentCommand),
    /// 操作履歴を確かめます
    #[command(subcommand)]
    Trail(trail::TrailCommand),
    /// 職員のアカウントを管理します
    #[command(subcommand)]
    User(user::UserCommand),
    /// 設定と環境を点検します
    #[command(
        after_help = "例：\n  tokki doctor\n  tokki doctor --url http://127.0.0.1:8080   起動中のサーバーも確かめます"
    )]
    Doctor {
        /// 起動中のサーバーの URL
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
}

/// Options of `serve`.
#[derive(Debug, Clone, Args)]
struct ServeArgs {
    /// 待ち受けるアドレス
    #[arg(long, env = "TOKKI_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// 利用者から見えるアドレス
    #[arg(long, env = "TOKKI_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// 送信に使う SMTP サーバー
    #[arg(long, env = "TOKKI_SMTP_URL", value_name = "URL")]
    smtp_url: Option<String>,
    /// 差出人のアドレス
    #[arg(long, env = "TOKKI_MAIL_FROM", value_name = "MAIL")]
    mail_from: Option<String>,
    /// 資料のウイルス検査に使う clamd
    #[arg(long, env = "TOKKI_CLAMD", value_name = "HOST:PORT")]
    clamd: Option<String>,
}

/// Options of `demo`.
#[derive(Debug, Clone, Args)]
struct DemoArgs {
    /// 文書を作ったところで終わる
    #[arg(long)]
    no_serve: bool,
    /// 見本を作るフォルダー
    #[arg(long, default_value = "tokki-demo", value_name = "DIR")]
    folder: PathBuf,
    /// 待ち受けるアドレス
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    listen: SocketAddr,
}

/// Why a command failed; the text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration.
    #[error("{0}")]
    Config(#[from] crate::config::ConfigError),
    /// Something said in words.
    #[error("{0}")]
    Said(String),
    /// Something with a cause.
    #[error("{what}：{source}")]
    Caused {
        /// What was being done.
        what: String,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Failure {
    fn caused(what: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Caused { what: what.into(), source: source.into() }
    }
}

/// Runs the program.
pub async fn run() -> ExitCode {
    // reqwest and lettre share one TLS provider; an already installed one is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let output = Output::new(cli.common.json);
    match dispatch(cli, &output).await {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli, output: &Output) -> Result<ExitCode, Failure> {
    let common = cli.common;
    let config = |over: Overrides| {
        let over = Overrides {
            data_dir: common.data_dir.clone(),
            database_url: common.database_url.clone(),
            ..over
        };
        Config::load(common.config.as_deref(), over)
    };
    match cli.command {
        Command::Serve(args) => {
            let over = Overrides {
                listen: args.listen,
                public_url: args.public_url,
                smtp_url: args.smtp_url,
                mail_from: args.mail_from,
                clamd: args.clamd,
                ..Overrides::default()
            };
            serve::run(config(over)?, output).await
        }
        Command::Demo(args) => demo::run(args.folder, args.listen, args.no_serve, output).await,
        Command::Migrate => migrate::run(&config(Overrides::default())?, output),
        Command::Check { coverage, profile } => check::run(coverage, profile.as_deref(), output),
        Command::Profile(profile::ProfileCommand::New { id, name }) => {
            profile::create(&id, &name, &PathBuf::from("."), output)
        }
        Command::Profile(profile::ProfileCommand::Diff { old, new }) => {
            profile::diff(config(Overrides::default())?, &old, &new, output).await
        }
        Command::Bank(command) => bank::run(&command, output),
        Command::Trail(command) => trail::run(config(Overrides::default())?, &command, output).await,
        Command::Document(command) => document::run(&command, output),
        Command::Export { kind } => export::run(kind, output),
        Command::User(command) => user::run(config(Overrides::default())?, command, output).await,
        Command::Doctor { url } => doctor::run(config(Overrides::default())?, url, output).await,
    }
}
