use std::cell::Cell;

thread_local! {
    /// The pipeline whose worker runs on this thread; 0 on any other.
    static PIPELINE: Cell<usize> = const { Cell::new(0) };
}

/// This thread is the worker of this pipeline from now on.
pub(super) fn become_worker_of(pipeline: usize) {
    PIPELINE.set(pipeline);
}

/// Whether this is the worker of this pipeline, which would wait for itself.
pub(super) fn is_worker_of(pipeline: usize) -> bool {
    PIPELINE.get() == pipeline
}

/// Whether this is the worker of any pipeline. Two that wait for each other would do so for ever.
pub(super) fn is_worker() -> bool {
    PIPELINE.get() != 0
}
