//! Work shared among threads, with results in the order of the tasks.

use std::sync::Mutex;
use std::thread;

use crate::error::{Error, ErrorKind, Result};

/// Does a task for each item, on so many threads.
pub(crate) fn each<T: Send, R: Send>(
    items: Vec<T>,
    threads: usize,
    task: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    if threads <= 1 || items.len() <= 1 {
        return items.into_iter().map(task).collect();
    }
    let workers = threads.min(items.len());
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).next();
    let done: Vec<_> = thread::scope(|scope| {
        let work = || std::iter::from_fn(next).map(|(place, item)| (place, task(item))).collect::<Vec<_>>();
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| panicked())).collect()
    });
    let mut results: Vec<Option<R>> = (0..count).map(|_| None).collect();
    for (place, result) in done.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten() {
        results[place] = Some(result?);
    }
    results.into_iter().map(|result| result.ok_or_else(panicked)).collect()
}

fn panicked() -> Error {
    Error::new(ErrorKind::Panic, "a thread of the matcher panicked")
}
