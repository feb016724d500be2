/* The simulated camera's inside, shared by the three files that make it: sim_camera.c, sim_exposure.c, sim_acquisition.c. */
#pragma once
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "camera.h"
#include "registers.h"

enum { CHUNKS = 5, CHUNK_BYTES = CHUNKS * 8 };
enum { MONO8 = 0x01080001, MONO10 = 0x01100003, MONO12 = 0x01100005, MONO16 = 0x01100007 };
static const uint64_t SECOND_NS = 1000000000;

struct Camera {
    uint32_t number;
    uint8_t registers[REGISTERS_SIZE];
    bool open, broken;       /* broken: its link was lost since it was opened */
    uint64_t silent_until;   /* hangs: exposes, delivers nothing */
    uint64_t lost_until;     /* as if unplugged */
    atomic_bool stopping;
    bool running;
    pthread_t thread;
    Stream *stream;
    /* the strip under it */
    uint64_t position;       /* strip line below the camera; the next one to pass */
    uint64_t furthest;       /* the largest position so far, for an encoder that triggers on new steel alone */
    uint64_t forward, back;  /* lines since the strip last turned; lines it still runs back */
    int64_t encoder;
    int64_t encoder_zero;    /* by the strip's clock: pulses that had passed when the counter last began anew */
    uint64_t frame_id, frames;
    uint8_t line[65536];
};

static inline uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static inline uint64_t get(const Camera *c, unsigned address)
{
    uint64_t value;
    memcpy(&value, c->registers + address, sizeof value);
    return value;
}

static inline void set(Camera *c, unsigned address, uint64_t value)
{
    memcpy(c->registers + address, &value, sizeof value);
}

static inline double get_double(const Camera *c, unsigned address)
{
    double value;
    memcpy(&value, c->registers + address, sizeof value);
    return value;
}

static inline void set_double(Camera *c, unsigned address, double value)
{
    memcpy(c->registers + address, &value, sizeof value);
}

static inline size_t bits_per_pixel(const Camera *c)
{
    return (get(c, REG_PIXEL_FORMAT) >> 16) & 0xff;
}

static inline size_t image_size(const Camera *c)
{
    return (get(c, REG_WIDTH) * get(c, REG_HEIGHT) * bits_per_pixel(c) + 7) / 8;
}

/* Whether a trigger makes frames or lines begin. */
static inline bool triggered(const Camera *c, unsigned selector)
{
    return get(c, REG_TRIGGER_MODE + 8 * selector) != 0;
}

static inline bool every(uint64_t period, uint64_t frame)
{
    return period && frame % period == period - 1;
}

/* As if somebody pulled a plug, of its power or of its network, and put it back some time later. */
void lose(Camera *);
/* Lines a second that pass under the camera; 0: as many as it is given buffers for; negative: none. */
double line_rate(const Camera *);
/* Exposes a frame's lines into the buffer; without one they pass all the same. Returns how many lines of strip went by. */
uint64_t expose(Camera *, Buffer *);
