// tokio.rs - tasks of tokio, on one thread. SPDX-License-Identifier: MIT

#[path = "../clocks.rs"]
mod clocks;
use clocks::{resident_bytes, run, scaled, Clocks};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

fn on_one_thread<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

thread_local! {
    static BEGAN: Cell<Clocks> = Cell::new(Clocks::default());
    static TOOK: Cell<Option<Clocks>> = Cell::new(None);
}

async fn pass_on(times: usize) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
    if TOOK.with(|took| took.get().is_none()) {
        TOOK.with(|took| took.set(Some(BEGAN.with(Cell::get).stop())));
    }
}

async fn join_all(tasks: Vec<tokio::task::JoinHandle<()>>) {
    for task in tasks {
        task.await.unwrap();
    }
}

fn yields(size: usize) {
    let times = scaled(1_000_000, 1) / size + 4;
    on_one_thread(async {
        let tasks = (0..size).map(|_| tokio::spawn(pass_on(times))).collect();
        BEGAN.with(|began| began.set(Clocks::begin()));
        join_all(tasks).await;
    });
    TOOK.with(Cell::get).unwrap().tell("yield", size * times, "");
}

/// A future that contains itself must be boxed: the language wants it so.
fn deep(depth: usize, times: usize) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        if depth > 1 {
            deep(depth - 1, times).await;
        } else {
            pass_on(times).await;
        }
    })
}

fn nested(size: usize) {
    let times = scaled(1_000_000, 100) / 100;
    on_one_thread(async {
        let tasks = (0..100).map(|_| tokio::spawn(deep(size, times))).collect();
        tokio::task::yield_now().await;
        BEGAN.with(|began| began.set(Clocks::begin()));
        join_all(tasks).await;
    });
    TOOK.with(Cell::get).unwrap().tell("nested", 100 * times, "");
}

async fn add_one(value: &mut u64) {
    unsafe { std::ptr::write_volatile(value, std::ptr::read_volatile(value) + 1) };
}

/// It contains itself, too. A chain as long as the compiler knows would be one future, without boxes,
/// as the call above is; how deep this one is, is told when it runs.
fn add_deep(depth: usize, value: u64) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        if depth > 1 {
            add_deep(depth - 1, value).await + 1
        } else {
            value + 1
        }
    })
}

fn call_deep(depth: usize) {
    let times = scaled(20_000_000, depth) / depth;
    on_one_thread(async {
        let mut value = 0;
        let clocks = Clocks::begin();
        for _ in 0..times {
            value = add_deep(depth, value).await;
        }
        clocks.end("call", times * depth);
        assert_eq!(value, (times * depth) as u64);
    });
}

fn call(size: usize) {
    if size > 1 {
        return call_deep(size);
    }
    let count = scaled(20_000_000, 1);
    on_one_thread(async {
        let mut value = 0;
        let clocks = Clocks::begin();
        for _ in 0..count {
            add_one(&mut value).await;
        }
        clocks.end("call", count);
        assert_eq!(value, count as u64);
    });
}

fn spawn(size: usize) {
    on_one_thread(async {
        let clocks = Clocks::begin();
        join_all((0..size).map(|_| tokio::spawn(async {})).collect()).await;
        clocks.end("spawn", size);
    });
}

fn spawn_sequence(size: usize) {
    let count = scaled(300_000, 1) * size;
    on_one_thread(async {
        let clocks = Clocks::begin();
        for _ in 0..count {
            tokio::spawn(async {}).await.unwrap();
        }
        clocks.end("spawn_sequence", count);
    });
}

fn sleepers(size: usize) {
    let after = Duration::from_nanos(100_000_000 + 1500 * size as u64);
    on_one_thread(async {
        let before = resident_bytes();
        let clocks = Clocks::begin();
        let tasks = (0..size).map(|_| tokio::spawn(tokio::time::sleep(after))).collect();
        tokio::task::yield_now().await;
        let bytes = (resident_bytes() - before) as f64 / size as f64;
        join_all(tasks).await;
        clocks.stop().tell("sleepers", size, &format!(" bytes={:.1}", bytes));
    });
}

fn hand_over(what: &str, size: usize) {
    let times = scaled(1_000_000, size) / size;
    on_one_thread(async {
        let clocks = Clocks::begin();
        let mut tasks = Vec::with_capacity(2 * size);
        for _ in 0..size {
            let (to, mut at) = tokio::sync::mpsc::channel::<u64>(1);
            let (back, mut home) = tokio::sync::mpsc::channel::<u64>(1);
            tasks.push(tokio::spawn(async move {
                let mut item = 0;
                for _ in 0..times {
                    to.send(item + 1).await.unwrap();
                    item = home.recv().await.unwrap();
                }
                assert_eq!(item, 2 * times as u64);
            }));
            tasks.push(tokio::spawn(async move {
                while let Some(item) = at.recv().await {
                    back.send(item + 1).await.unwrap();
                }
            }));
        }
        join_all(tasks).await;
        clocks.end(what, 2 * times * size);
    });
}

fn main() {
    run(&[
        ("yield", yields),
        ("nested", nested),
        ("call", call),
        ("spawn", spawn),
        ("spawn_sequence", spawn_sequence),
        ("sleepers", sleepers),
        ("channel", |size| hand_over("channel", size)),
        ("queue", |size| hand_over("queue", size)),
    ]);
}
