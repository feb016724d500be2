#include "stream.h"

#include <errno.h>
#include <time.h>

#include "gentl.h"

static const uint64_t LONGEST_WAIT_MS = 3600000;

static void push(Queue *q, Buffer *b)
{
    b->next = NULL;
    if (q->last)
        q->last->next = b;
    else
        q->first = b;
    q->last = b;
    q->length++;
}

static Buffer *pop(Queue *q)
{
    Buffer *b = q->first;
    if (!b)
        return NULL;
    q->first = b->next;
    if (!q->first)
        q->last = NULL;
    q->length--;
    b->next = NULL;
    return b;
}

void stream_init(Stream *s)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void stream_free(Stream *s)
{
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

void stream_announce(Stream *s, Buffer *b)
{
    pthread_mutex_lock(&s->lock);
    b->next_announced = s->announced;
    s->announced = b;
    s->announced_count++;
    pthread_mutex_unlock(&s->lock);
}

void stream_revoke(Stream *s, Buffer *b)
{
    pthread_mutex_lock(&s->lock);
    Buffer **at = &s->announced;
    while (*at && *at != b)
        at = &(*at)->next_announced;
    if (*at) {
        *at = b->next_announced;
        s->announced_count--;
    }
    pthread_mutex_unlock(&s->lock);
}

void stream_queue(Stream *s, Buffer *b)
{
    pthread_mutex_lock(&s->lock);
    b->new_data = false;
    b->queued = true;
    push(&s->empty, b);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

Buffer *stream_take_empty(Stream *s)
{
    pthread_mutex_lock(&s->lock);
    Buffer *b = pop(&s->empty);
    pthread_mutex_unlock(&s->lock);
    return b;
}

Buffer *stream_wait_empty(Stream *s, const atomic_bool *stop)
{
    pthread_mutex_lock(&s->lock);
    while (!s->empty.first && !*stop)
        pthread_cond_wait(&s->changed, &s->lock);
    Buffer *b = *stop ? NULL : pop(&s->empty);
    pthread_mutex_unlock(&s->lock);
    return b;
}

void stream_deliver(Stream *s, Buffer *b)
{
    pthread_mutex_lock(&s->lock);
    b->queued = false;
    b->awaits_delivery = b->new_data = true;
    push(&s->filled, b);
    s->delivered++;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static struct timespec after_ms(uint64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += (time_t)(ms / 1000);
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

Buffer *stream_fetch(Stream *s, uint64_t timeout_ms, bool *killed)
{
    struct timespec until = after_ms(timeout_ms < LONGEST_WAIT_MS ? timeout_ms : LONGEST_WAIT_MS);
    pthread_mutex_lock(&s->lock);
    while (timeout_ms && !s->filled.first && !s->killed)
        if (pthread_cond_timedwait(&s->changed, &s->lock, &until) == ETIMEDOUT)
            break;
    *killed = s->killed;
    s->killed = false;
    Buffer *b = *killed ? NULL : pop(&s->filled);
    if (b)
        b->awaits_delivery = false;
    pthread_mutex_unlock(&s->lock);
    return b;
}

void stream_kill(Stream *s)
{
    pthread_mutex_lock(&s->lock);
    s->killed = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void stream_wake(Stream *s)
{
    pthread_mutex_lock(&s->lock);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void stream_flush(Stream *s, int operation)
{
    pthread_mutex_lock(&s->lock);
    Buffer *b;
    if (operation == ACQ_QUEUE_OUTPUT_DISCARD || operation == ACQ_QUEUE_ALL_TO_INPUT || operation == ACQ_QUEUE_ALL_DISCARD)
        while ((b = pop(&s->filled)))
            b->awaits_delivery = false;
    if (operation == ACQ_QUEUE_ALL_DISCARD)
        while ((b = pop(&s->empty)))
            b->queued = false;
    if (operation == ACQ_QUEUE_ALL_TO_INPUT || operation == ACQ_QUEUE_UNQUEUED_TO_INPUT)
        for (b = s->announced; b; b = b->next_announced)
            if (!b->queued && !b->awaits_delivery) {
                b->queued = true;
                push(&s->empty, b);
            }
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}
