// tokio.rs - an HTTP server of hyper, on tokio's runtime of one thread.
// SPDX-License-Identifier: MIT

use hyper::body::Bytes;
use hyper::header::{HeaderValue, CONTENT_TYPE};
use hyper::server::conn::Http;
use hyper::service::service_fn;
use hyper::{Body, Request, Response, StatusCode};
use std::convert::Infallible;
use tokio::net::TcpListener;

async fn answer(request: Request<Body>, file: Bytes) -> Result<Response<Body>, Infallible> {
    let (kind, body) = match request.uri().path() {
        "/hello.txt" => ("text/plain", Bytes::from_static(b"Hello, world\n")),
        "/file.bin" => ("application/octet-stream", file),
        _ => {
            let mut refusal = Response::new(Body::empty());
            *refusal.status_mut() = StatusCode::NOT_FOUND;
            return Ok(refusal);
        }
    };
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

#[derive(Clone)]
struct Local;

impl<F> hyper::rt::Executor<F> for Local
where
    F: std::future::Future + 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(async move {
            future.await;
        });
    }
}

async fn serve() -> std::io::Result<()> {
    let file = Bytes::from(vec![b'x'; 16384]);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let file = file.clone();
        tokio::task::spawn_local(async move {
            let service = service_fn(move |request| answer(request, file.clone()));
            let _ = Http::new()
                .with_executor(Local)
                .http1_only(true)
                .serve_connection(stream, service)
                .await;
        });
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("--list") {
        println!("http");
        return Ok(());
    }
    tokio::task::LocalSet::new().run_until(serve()).await
}
