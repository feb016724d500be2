/* The buffers of a data stream, on their way between the program and the camera that fills them. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Stream Stream;

typedef struct Buffer {
    int kind; /* every handle begins with its kind: see handles.h */
    Stream *stream;
    void *memory, *user;
    size_t size;
    bool queued;          /* the camera may fill it */
    bool awaits_delivery; /* filled, but not fetched by the program yet */
    bool new_data;
    struct Buffer *next, *next_announced;

    /* what the camera reports of the frame in it */
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
/* Queues an empty buffer for the camera. */
void stream_queue(Stream *, Buffer *);
/* Takes an empty buffer for the camera; NULL if there is none. */
Buffer *stream_take_empty(Stream *);
/* Takes an empty buffer for the camera, and waits until there is one; NULL if `*stop` was set and `stream_wake` called meanwhile. */
Buffer *stream_wait_empty(Stream *, const atomic_bool *stop);
/* Queues a filled buffer for the program. */
void stream_deliver(Stream *, Buffer *);
/* Takes a filled buffer for the program, and waits up to `timeout_ms` for it; NULL if there is none. Sets *killed if `stream_kill` was called. */
Buffer *stream_fetch(Stream *, uint64_t timeout_ms, bool *killed);
/* Ends a wait of `stream_fetch`. */
void stream_kill(Stream *);
/* Moves or discards queued buffers; `operation` is one of GenTL's ACQ_QUEUE_TYPE. */
void stream_flush(Stream *, int operation);
/* Wakes `stream_wait_empty`. */
void stream_wake(Stream *);
