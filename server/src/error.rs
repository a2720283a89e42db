//! The only mapping from failures to HTTP. Causes go to the log once, never to the client.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::case::Refusal;

/// Result of a handler.
pub type Result<T = Response> = std::result::Result<T, Error>;

/// What a handler can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing here, or nothing that this person may know of.
    #[error("not found")]
    NotFound,
    /// The person may not do this.
    #[error("forbidden")]
    Forbidden,
    /// Nobody is signed in.
    #[error("not signed in")]
    SignInNeeded,
    /// The screens of a vendor have ended, or were never opened.
    #[error("no vendor session")]
    InvitationNeeded,
    /// The link of an invitation opens nothing (any more).
    #[error("invitation gone")]
    InvitationGone,
    /// The state of a case does not allow it; the text says what is missing.
    #[error("refused: {message}")]
    Refused {
        /// What is missing, polite.
        message: String,
        /// The municipality's clause number.
        clause: Option<String>,
    },
    /// Somebody else has changed it meanwhile.
    #[error("stale")]
    Stale,
    /// The body is larger than any form of ours.
    #[error("too large")]
    TooLarge,
    /// The request cannot be read.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// The database is busy or gone.
    #[error("unavailable")]
    Unavailable(#[source] store::Error),
    /// Something that should not happen.
    #[error("internal: {what}")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Wraps an unexpected failure.
    pub fn internal(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal { what, source: source.into() }
    }

    /// A refusal of the domain in the words of a policy.
    #[must_use]
    pub fn refused(refusal: &Refusal, clause: Option<String>) -> Self {
        Self::Refused { message: refusal.missing.clone(), clause }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            store::Error::Stale | store::Error::Duplicate => Self::Stale,
            busy @ store::Error::Busy(_) => Self::Unavailable(busy),
            other => Self::internal("database", other),
        }
    }
}

impl From<tera::Error> for Error {
    fn from(error: tera::Error) -> Self {
        Self::internal("template", error)
    }
}

/// What an error page says; rendered by [`crate::page::render_errors`], which knows the templates.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ErrorPage {
    /// Status code.
    pub status: u16,
    /// One line.
    pub title: String,
    /// State, cause, next act.
    pub message: String,
    /// The clause behind a refusal.
    pub clause: Option<String>,
    /// Where to go from here: address and words.
    pub way_out: Option<(String, String)>,
}

impl ErrorPage {
    /// The page for a status that no handler has explained.
    #[must_use]
    pub fn for_status(status: StatusCode) -> Self {
        let (title, message) = match status {
            StatusCode::NOT_FOUND => (
                "ページが見つかりません",
                "アドレスが違うか、移ったか、表示する権限がありません。アドレスを確かめるか、前の画面から開き直してください。",
            ),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("この操作はできません", "前の画面に戻り、画面のボタンから操作してください。")
            }
            StatusCode::FORBIDDEN => (
                "この操作の権限がありません",
                "必要な場合は、組織・職員の管理者に役割の任命を依頼してください。",
            ),
            StatusCode::UNAUTHORIZED => ("ログインが必要です", "ログインしてから、もう一度開いてください。"),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "送信された内容が大きすぎます",
                "入力を短くするか、分けて送信してください。入力した画面に戻ると、内容は残っています。",
            ),
            StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::BAD_REQUEST => (
                "送信された内容を読み取れません",
                "前の画面に戻り、画面を読み込み直してから、もう一度操作してください。",
            ),
            StatusCode::REQUEST_TIMEOUT => {
                ("時間内に処理が終わりませんでした", "通信状況を確認し、もう一度操作してください。")
            }
            StatusCode::TOO_MANY_REQUESTS => (
                "操作の回数が多すぎます",
                "しばらく待ってから、もう一度操作してください。保存済みの内容は失われていません。",
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "ただいま処理が混み合っています",
                "少し待ってから、もう一度操作してください。保存済みの内容は失われていません。",
            ),
            _ => (
                "処理を完了できませんでした",
                "保存済みの内容は失われていません。少し待ってから、もう一度操作してください。",
            ),
        };
        Self {
            status: status.as_u16(),
            title: title.into(),
            message: message.into(),
            clause: None,
            way_out: None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::SignInNeeded | Self::InvitationNeeded => StatusCode::UNAUTHORIZED,
            Self::InvitationGone => StatusCode::GONE,
            Self::Refused { .. } | Self::Stale => StatusCode::CONFLICT,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut page = ErrorPage::for_status(status);
        match &self {
            Self::SignInNeeded => page.way_out = Some(("/sign-in".into(), "ログイン画面を開く".into())),
            Self::InvitationNeeded => {
                page.title = "画面の利用が終わっています".into();
                page.message = "操作のない時間が続いたか、画面を閉じたため、回答の画面を表示できません。案内のアドレスをもう一度開き、「回答を始める」を押してください。保存済みの回答は残っています。".into();
                page.way_out = Some(("/help#open".into(), "画面の開き方を見る".into()));
            }
            Self::InvitationGone => {
                page.way_out = Some(("/help#open".into(), "画面の開き方を見る".into()));
                page.title = "この案内は使えません".into();
                page.message = "期限が過ぎたか、取り消されたか、アドレスが途中で切れています。案内を送った団体の担当者に、再送を依頼してください。".into();
            }
            Self::Refused { message, clause } => {
                page.title = "次の段階へ進めません".into();
                page.message.clone_from(message);
                page.clause.clone_from(clause);
            }
            Self::Stale => {
                page.title = "ほかの人が先に更新しています".into();
                page.message = "画面を開いた後に内容が変わったため、保存していません。前の画面を読み込み直し、今の内容を確認してから操作してください。".into();
            }
            Self::Unavailable(error) => {
                tracing::warn!(error = error as &dyn std::error::Error, "database unavailable")
            }
            Self::Internal { what, source } => {
                tracing::error!(what, error = &**source as &dyn std::error::Error, "request failed")
            }
            Self::NotFound | Self::Forbidden | Self::TooLarge | Self::BadRequest(_) => {}
        }
        let mut response = status.into_response();
        response.extensions_mut().insert(page);
        response
    }
}
