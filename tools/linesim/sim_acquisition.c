/* The thread of the simulated camera: exposes frames at the line rate, with the faults that the registers set. */
#include <stdlib.h>

#include "sim_camera.h"

static const uint64_t POLL_NS = 1000000;

static void sleep_ns(uint64_t ns)
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

/* Returns whether a frame is to be exposed now. */
static bool frame_is_due(Camera *c)
{
    if (!get(c, REG_START) || c->link_lost || line_rate(c) < 0)
        return false;
    if (!trigger_is_on(c, TRIGGER_FRAME_START))
        return true;
    if (get(c, REG_TRIGGER_SOURCE) != SOURCE_SOFTWARE || !get(c, REG_TRIGGER_SOFTWARE))
        return false;
    set(c, REG_TRIGGER_SOFTWARE, 0);
    return true;
}

/* Sleeps until `due`, or until the camera is stopped. */
static void wait_until(Camera *c, uint64_t due)
{
    for (uint64_t now = now_ns(); now < due && !c->stopping; now = now_ns())
        sleep_ns(due - now < 20 * POLL_NS ? due - now : 20 * POLL_NS);
}

static void stop_after_last_frame(Camera *c)
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
        if (!frame_is_due(c)) {
            sleep_ns(POLL_NS);
            due = now_ns();
            continue;
        }
        double rate = line_rate(c);
        bool dropped = now_ns() < c->hangs_until_ns || is_every(get(c, REG_SIM_DROP_EVERY), c->frames);
        Buffer *b = dropped ? NULL : rate > 0 ? stream_take_empty(c->stream) : stream_wait_empty(c->stream, &c->stopping);
        if (c->stopping)
            break;
        c->stream->started++;
        c->stream->underruns += !dropped && !b;
        uint64_t passed = expose(c, b);
        if (rate > 0) {
            due += (uint64_t)((double)passed / rate * (double)SECOND_NS);
            wait_until(c, due);
        }
        if (is_every(get(c, REG_SIM_CRASH_AFTER), c->frames))
            abort();
        if (is_every(get(c, REG_SIM_LOST_AFTER), c->frames))
            unplug(c);
        if (b && (c->stopping || c->link_lost))
            stream_queue(c->stream, b);
        else if (b)
            stream_deliver(c->stream, b);
        next_id(c);
        stop_after_last_frame(c);
    }
    return NULL;
}

/* Sets the position of the strip by the machine's clock, so that it is the same for all cameras in all processes. With SimReverseEvery
 * it turns at the same moments for all of them: a turn takes `forward` lines forward, and then `back` lines back. */
static void set_position_by_clock(Camera *c)
{
    uint64_t moved = (uint64_t)((double)now_ns() / (double)SECOND_NS * line_rate(c));
    uint64_t forward = get(c, REG_SIM_REVERSE_EVERY), back = get(c, REG_SIM_REVERSE_LINES);
    c->position = c->furthest = moved;
    if (forward > back) {
        uint64_t turn = moved / (forward + back), rest = moved % (forward + back), start = turn * (forward - back);
        c->forward_lines = rest < forward ? rest : 0;
        c->backward_lines = rest < forward ? 0 : forward + back - rest;
        c->position = start + (rest < forward ? rest : 2 * forward - rest);
        c->furthest = start + (rest >= forward ? forward : turn && rest < back ? back : rest);
    }
    c->encoder = (int64_t)(c->position * get(c, REG_ENCODER_DIVIDER)) - c->encoder_zero;
}

bool camera_start(Camera *c, Stream *stream)
{
    if (c->running)
        return false;
    c->stream = stream;
    c->stopping = false;
    c->position = c->furthest = c->forward_lines = c->backward_lines = c->frames = 0;
    if (get(c, REG_SIM_STRIP_CLOCK) && line_rate(c) > 0)
        set_position_by_clock(c);
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
