/* Buffers on their way between the program that asked for pictures and the camera that fills them. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Stream Stream;

typedef struct Buffer {
    int kind; /* every handle begins with what it is: see handles.h */
    Stream *stream;
    void *memory, *user;
    size_t size;
    bool queued; /* empty, with the camera */
    bool waiting; /* filled, not fetched yet */
    bool new_data;
    struct Buffer *next, *next_announced;

    /* what the camera says of the picture in it */
    uint64_t frame_id, timestamp_ns;
    uint32_t width, height, delivered_height, pixel_format;
    size_t image_size, filled;
    bool incomplete, has_chunks;
} Buffer;

typedef struct {
    Buffer *first, *last;
    size_t length;
} Queue;

struct Stream {
    int kind;
    void *device, *event;
    Buffer *announced;
    size_t announced_count;
    Queue empty, filled;
    uint64_t delivered, underruns, started;
    bool grabbing, killed;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

void stream_init(Stream *);
void stream_free(Stream *);
void stream_announce(Stream *, Buffer *);
void stream_revoke(Stream *, Buffer *);
/* The program gives a buffer back. */
void stream_queue(Stream *, Buffer *);
/* The camera takes an empty buffer; NULL if the program holds them all. */
Buffer *stream_take(Stream *);
/* The same, but it waits until there is one or `*stop` is set. */
Buffer *stream_wait_empty(Stream *, const atomic_bool *stop);
void stream_deliver(Stream *, Buffer *);
/* The program waits for a picture; NULL after `timeout_ms`, or when `stream_kill` woke it (then *killed is true). */
Buffer *stream_fetch(Stream *, uint64_t timeout_ms, bool *killed);
void stream_kill(Stream *);
void stream_flush(Stream *, int operation);
void stream_wake(Stream *);
