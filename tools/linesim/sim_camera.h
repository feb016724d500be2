/* The simulated camera, shared by its three files: sim_camera.c, sim_exposure.c and sim_acquisition.c. */
#pragma once
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "camera.h"
#include "registers.h"

enum { CHUNKS = 5, CHUNK_ENCODER_VALUE = 2 }; /* entries of ChunkSelector */
enum { MONO8 = 0x01080001, MONO10 = 0x01100003, MONO12 = 0x01100005, MONO16 = 0x01100007 }; /* numbers of EMVA's PFNC */
static const uint64_t SECOND_NS = 1000000000;

struct Camera {
    uint32_t number;
    uint8_t registers[REGISTERS_SIZE];
    bool open, link_lost;
    uint64_t hangs_until_ns;     /* until then it exposes lines but delivers nothing */
    uint64_t unplugged_until_ns;
    atomic_bool stopping;
    bool running;
    pthread_t thread;
    Stream *stream;
    /* the movement of the strip */
    uint64_t position;           /* lines of the strip that have passed */
    uint64_t furthest;           /* the largest position so far: steel up to there is not new */
    uint64_t forward_lines;      /* lines since the strip ran back last */
    uint64_t backward_lines;     /* lines that the strip still runs back */
    int64_t encoder;             /* pulses since the counter was reset */
    int64_t encoder_zero;        /* pulses that the strip's clock had counted when the counter was reset */
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

/* Returns the size of a frame's chunks: a value for each entry of ChunkSelector, and the encoder's count of each line. */
static inline size_t chunk_bytes(const Camera *c)
{
    return 8 * (CHUNKS + get(c, REG_HEIGHT));
}

/* Returns whether TriggerMode is On for a TriggerSelector. */
static inline bool trigger_is_on(const Camera *c, unsigned selector)
{
    return get(c, REG_TRIGGER_MODE + 8 * selector) != 0;
}

/* Returns whether a frame is the last of a period of frames; false if the period is 0. */
static inline bool is_every(uint64_t period, uint64_t frame)
{
    return period && frame % period == period - 1;
}

/* Unplugs the camera for SimLostMs: its power or, if SimLostPower is off, only its cable. */
void unplug(Camera *);
/* Returns lines a second. 0: as many as there are buffers for. Negative: none. */
double line_rate(const Camera *);
/* Exposes the lines of a frame into a buffer. If the buffer is NULL, the strip still moves. Returns the lines that passed. */
uint64_t expose(Camera *, Buffer *);
