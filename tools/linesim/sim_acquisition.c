/* The simulated camera's thread: frames in time, with the faults that its registers ask for. */
#include <stdlib.h>

#include "sim_camera.h"

static const uint64_t SHORT_NAP_NS = 1000000;

static void nap(uint64_t ns)
{
    struct timespec t = {(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    nanosleep(&t, NULL);
}

static void next_id(Camera *c)
{
    c->frames++;
    c->frame_id++;
    if (get(c, REG_SIM_ID_BITS) == 16 && c->frame_id > 65535)
        c->frame_id = 1;
}

static bool wants_frame(Camera *c)
{
    if (!get(c, REG_START) || c->broken || line_rate(c) < 0)
        return false;
    if (!triggered(c, TRIGGER_FRAME_START))
        return true;
    if (get(c, REG_TRIGGER_SOURCE) != SOURCE_SOFTWARE || !get(c, REG_TRIGGER_SOFTWARE))
        return false;
    set(c, REG_TRIGGER_SOFTWARE, 0);
    return true;
}

/* Sleeps until `due`, in pieces, so that a stop is heard. */
static void wait_until(Camera *c, uint64_t due)
{
    for (uint64_t now = now_ns(); now < due && !c->stopping; now = now_ns())
        nap(due - now < 20 * SHORT_NAP_NS ? due - now : 20 * SHORT_NAP_NS);
}

static void end_of_burst(Camera *c)
{
    uint64_t mode = get(c, REG_ACQUISITION_MODE);
    uint64_t limit = mode == MODE_SINGLE_FRAME ? 1 : mode == MODE_MULTI_FRAME ? get(c, REG_FRAME_COUNT) : 0;
    if (limit && c->frames >= limit)
        set(c, REG_START, 0);
}

static void *acquire(void *argument)
{
    Camera *c = argument;
    uint64_t due = now_ns();
    while (!c->stopping) {
        if (!wants_frame(c)) {
            nap(SHORT_NAP_NS);
            due = now_ns();
            continue;
        }
        double rate = line_rate(c);
        bool silent = now_ns() < c->silent_until || every(get(c, REG_SIM_DROP_EVERY), c->frames);
        Buffer *b = silent ? NULL : rate > 0 ? stream_take(c->stream) : stream_wait_empty(c->stream, &c->stopping);
        if (c->stopping)
            break;
        c->stream->started++;
        c->stream->underruns += !silent && !b;
        uint64_t passed = expose(c, b);
        if (rate > 0) {
            due += (uint64_t)((double)passed / rate * (double)SECOND_NS);
            wait_until(c, due);
        }
        if (every(get(c, REG_SIM_CRASH_AFTER), c->frames))
            abort();
        if (every(get(c, REG_SIM_LOST_AFTER), c->frames))
            lose(c);
        if (b && (c->stopping || c->broken))
            stream_queue(c->stream, b);
        else if (b)
            stream_deliver(c->stream, b);
        next_id(c);
        end_of_burst(c);
    }
    return NULL;
}

/* Where the strip is by the machine's clock: the same for every camera, in whichever process it runs. */
static void strip_by_clock(Camera *c)
{
    uint64_t divider = get(c, REG_ENCODER_DIVIDER);
    c->position = c->furthest = (uint64_t)((double)now_ns() / (double)SECOND_NS * line_rate(c));
    c->encoder = (int64_t)(c->position * divider) - c->encoder_zero;
}

bool camera_start(Camera *c, Stream *stream)
{
    if (c->running)
        return false;
    c->stream = stream;
    c->stopping = false;
    c->position = c->furthest = c->forward = c->back = c->frames = 0;
    if (get(c, REG_SIM_STRIP_CLOCK) && line_rate(c) > 0)
        strip_by_clock(c);
    c->frame_id = get(c, REG_SIM_FIRST_ID);
    set(c, REG_SIM_LINES_EXPOSED, 0);
    c->running = pthread_create(&c->thread, NULL, acquire, c) == 0;
    return c->running;
}

void camera_stop(Camera *c)
{
    if (!c->running)
        return;
    c->stopping = true;
    stream_wake(c->stream);
    pthread_join(c->thread, NULL);
    c->running = false;
}
