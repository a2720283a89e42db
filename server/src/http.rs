//! The listener and the layers around every request.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::app::App;

/// Most bytes of a form: the largest questionnaire page filled to its limits stays far below.
const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// How long a client may take to send its headers, and between two pieces of a body.
const CLIENT_PATIENCE: Duration = Duration::from_secs(15);
/// Connections served at once.
const CONNECTIONS: usize = 1_024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
    static PAGE: String;
}

/// The id of the request that is being served: shown on error pages, written to log and trail.
#[must_use]
pub fn current_request_id() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// The page that is being fetched; none while something is posted.
#[must_use]
pub fn current_page() -> Option<String> {
    PAGE.try_with(Clone::clone).ok()
}

/// Puts the layers around the routes.
pub fn service(app: &App, routes: Router) -> Router {
    routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(CLIENT_PATIENCE))
        .layer(middleware::from_fn(finish_what_was_begun))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), crate::page::render_errors))
        .layer(middleware::from_fn_with_state(app.clone(), headers))
        .layer(middleware::from_fn_with_state(app.clone(), identify))
}

/// A request that changes something runs to its end even when the client hangs up in the middle.
async fn finish_what_was_begun(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        let page = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        return PAGE.scope(page, next.run(request)).await;
    }
    let id = current_request_id().unwrap_or_default();
    let span = tracing::Span::current();
    let work = CURRENT.scope(id, next.run(request));
    match tokio::spawn(tracing::Instrument::instrument(work, span)).await {
        Ok(response) => response,
        Err(failed) => panicked(if failed.is_panic() { failed.into_panic() } else { Box::new("cancelled") }),
    }
}

fn panicked(payload: Box<dyn std::any::Any + Send>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(panic = message, "handler panicked");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    response
}

async fn identify(
    axum::extract::State(app): axum::extract::State<App>,
    request: Request,
    next: Next,
) -> Response {
    use tracing::Instrument;
    let id: String = app.random::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
    // The path of an invitation holds its token: only its first segment is logged.
    let path = request.uri().path();
    let logged = if path.starts_with("/i/") { "/i/…" } else { path }.to_owned();
    let span = tracing::info_span!("request", id, method = %request.method(), path = logged);
    let began = std::time::Instant::now();
    let mut response = CURRENT.scope(id.clone(), next.run(request)).instrument(span.clone()).await;
    span.in_scope(|| {
        tracing::info!(status = response.status().as_u16(), ms = began.elapsed().as_millis(), "served");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// No inline script, no foreign origin, no framing, no guessing of types; pages with data are not kept.
async fn headers(
    axum::extract::State(app): axum::extract::State<App>,
    request: Request,
    next: Next,
) -> Response {
    let is_static = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    let map = response.headers_mut();
    let fixed = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        map.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if !is_static {
        map.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if app.config.is_https() {
        map.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Serves until `stop` resolves, then lets requests in flight finish for ten seconds at the most.
///
/// axum's own server waits without end for headers that never come; this one does not.
pub async fn serve(listener: TcpListener, service: Router, stop: impl Future<Output = ()>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(CLIENT_PATIENCE);
    let graceful = GracefulShutdown::new();
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(place) = std::sync::Arc::clone(&places).acquire_owned().await else { break };
        let stream = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "no connection accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let service = TowerToHyperService::new(
            service
                .clone()
                .map_request(|request: axum::http::Request<hyper::body::Incoming>| request.map(Body::new)),
        );
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(Duration::from_secs(10)) => tracing::warn!("some requests did not finish"),
    }
}
