#include "geo/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

#include "geo/base.h"

enum { THREADS_AT_MOST = 256 };

struct job {
    parallel_work work;
    void *context;
    size_t count, piece;
    atomic_size_t next;
};

static void *job_run(void *argument)
{
    struct job *job = argument;
    for (;;) {
        size_t first = atomic_fetch_add(&job->next, job->piece);
        if (first >= job->count)
            return NULL;
        job->work(job->context, first, BASE_MIN(first + job->piece, job->count));
    }
}

void parallel_for(int threads, size_t count, size_t piece, parallel_work work, void *context)
{
    struct job job = {.work = work, .context = context, .count = count, .piece = piece};
    pthread_t others[THREADS_AT_MOST];
    int wanted = BASE_MIN(threads, THREADS_AT_MOST) - 1, started = 0;
    if (count <= piece)
        wanted = 0;
    while (started < wanted && pthread_create(&others[started], NULL, job_run, &job) == 0)
        started++;
    job_run(&job); /* this thread too: the work is done even when none could be started */
    for (int i = 0; i < started; i++)
        pthread_join(others[i], NULL);
}
