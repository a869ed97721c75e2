// tokio.rs - spawn_blocking, a channel from another thread, two runtimes. SPDX-License-Identifier: MIT

#[path = "../clocks.rs"]
mod clocks;
use clocks::{run, scaled, Clocks};
use std::future::Future;

fn on_one_thread<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

fn pool(size: usize) {
    let times = scaled(20_000, 1) * size;
    on_one_thread(async {
        let clocks = Clocks::begin();
        let mut done = 0;
        for _ in 0..times {
            done = tokio::task::spawn_blocking(move || done + 1).await.unwrap();
        }
        clocks.end("pool", times);
        assert_eq!(done, times);
    });
}

fn post(size: usize) {
    let count = scaled(1_000_000, 1) * size;
    on_one_thread(async {
        let (to, mut at) = tokio::sync::mpsc::unbounded_channel::<u64>();
        let clocks = Clocks::begin();
        let poster = std::thread::spawn(move || (0..count as u64).for_each(|i| to.send(i).unwrap()));
        let mut sum = 0;
        while let Some(value) = at.recv().await {
            sum += value;
        }
        clocks.end("post", count);
        poster.join().unwrap();
        assert_eq!(sum, count as u64 * (count as u64 - 1) / 2);
    });
}

fn loops(size: usize) {
    let times = scaled(2_000, 1);
    let clocks = Clocks::begin();
    let threads: Vec<_> = (0..size)
        .map(|_| {
            std::thread::spawn(move || {
                on_one_thread(async {
                    let tasks: Vec<_> = (0..1000)
                        .map(|_| {
                            tokio::spawn(async move {
                                for _ in 0..times {
                                    tokio::task::yield_now().await;
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                })
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    clocks.end("loops", size * 1000 * times);
}

fn main() {
    run(&[("pool", pool), ("post", post), ("loops", loops)]);
}
