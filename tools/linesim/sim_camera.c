/* The simulated line-scan camera: registers, a strip that passes, and faults on demand. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "camera.h"
#include "registers.h"
#include "scene.h"

enum { MOST_CAMERAS = 4, CHUNKS = 5, CHUNK_BYTES = CHUNKS * 8 };
enum { MONO8 = 0x01080001, MONO10 = 0x01100003, MONO12 = 0x01100005, MONO16 = 0x01100007, MONO10P = 0x010A0046, MONO12P = 0x010C0047 };
static const uint64_t SECOND_NS = 1000000000, SHORT_NAP_NS = 1000000;

const char *const CAMERA_MODEL = "LineSim";
const char *const CAMERA_TL_TYPE = "Custom";

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

static Camera cameras[MOST_CAMERAS];
static uint32_t how_many;

/* The GenICam description, put into the library as it stands in camera.xml. */
__asm__(".section .rodata\n.hidden linesim_xml\n.global linesim_xml\n.hidden linesim_xml_end\n.global linesim_xml_end\nlinesim_xml:\n.incbin \"camera.xml\"\nlinesim_xml_end:\n.byte 0\n.text\n");
extern const char linesim_xml[], linesim_xml_end[];

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static void nap(uint64_t ns)
{
    struct timespec t = {(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    nanosleep(&t, NULL);
}

static uint64_t get(const Camera *c, unsigned address)
{
    uint64_t value;
    memcpy(&value, c->registers + address, sizeof value);
    return value;
}

static void set(Camera *c, unsigned address, uint64_t value)
{
    memcpy(c->registers + address, &value, sizeof value);
}

static double get_double(const Camera *c, unsigned address)
{
    double value;
    memcpy(&value, c->registers + address, sizeof value);
    return value;
}

static void set_double(Camera *c, unsigned address, double value)
{
    memcpy(c->registers + address, &value, sizeof value);
}

/* As a camera is after power came on. */
static void power_on(Camera *c)
{
    memset(c->registers, 0, sizeof c->registers);
    set(c, REG_WIDTH, 4096);
    set(c, REG_WIDTH_MAX, 16384);
    set(c, REG_HEIGHT, 512);
    set(c, REG_PIXEL_FORMAT, MONO8);
    set(c, REG_FRAME_COUNT, 1);
    set(c, REG_LINE_RATE_ENABLE, 1);
    set_double(c, REG_LINE_RATE, 20000);
    set_double(c, REG_EXPOSURE, 20);
    set(c, REG_ENCODER_DIVIDER, 1);
    set_double(c, REG_SIM_ENCODER_RATE, 20000);
    set(c, REG_SIM_ID_BITS, 64);
    set(c, REG_SIM_LOST_POWER, 1);
    for (unsigned n = 0; n < CHUNKS; n++)
        set(c, REG_CHUNK_ENABLE + 8 * n, 1);
    snprintf((char *)c->registers + REG_SERIAL, 32, "LS%04u", c->number);
    c->encoder = 0;
}

void cameras_open(void)
{
    const char *wanted = getenv("LINESIM_DEVICES");
    how_many = wanted ? (uint32_t)atoi(wanted) : 1;
    if (how_many > MOST_CAMERAS)
        how_many = MOST_CAMERAS;
    for (uint32_t n = 0; n < MOST_CAMERAS; n++) {
        Camera *c = &cameras[n];
        /* a plug is not put back, nor a counter, by loading the library again */
        *c = (Camera){.number = n, .lost_until = c->lost_until, .encoder_zero = c->encoder_zero};
        power_on(c);
    }
    scene_open();
}

void cameras_close(void)
{
    how_many = 0;
}

void cameras_update(void)
{
}

/* A camera whose link broke answers nobody, and comes back as after power on. */
static bool answers(Camera *c)
{
    return now_ns() >= c->lost_until;
}

uint32_t cameras_count(void)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < how_many; n++)
        count += answers(&cameras[n]);
    return count;
}

bool cameras_id(uint32_t index, char id[CAMERA_ID_LENGTH])
{
    for (uint32_t n = 0; n < how_many; n++)
        if (answers(&cameras[n]) && index-- == 0) {
            snprintf(id, CAMERA_ID_LENGTH, "LineSim_%u", n);
            return true;
        }
    return false;
}

Camera *camera_find(const char *id)
{
    unsigned n;
    if (sscanf(id, "LineSim_%u", &n) != 1 || n >= how_many || !answers(&cameras[n]))
        return NULL;
    return &cameras[n];
}

const char *camera_serial(const Camera *c)
{
    return (const char *)c->registers + REG_SERIAL;
}

bool camera_open(Camera *c)
{
    if (c->open)
        return false;
    c->open = true;
    c->broken = false;
    return true;
}

void camera_close(Camera *c)
{
    camera_stop(c);
    c->open = false;
}

bool camera_is_open(const Camera *c)
{
    return c->open;
}

bool camera_is_lost(const Camera *c)
{
    return c->broken;
}

const char *camera_description(Camera *c, size_t *length)
{
    (void)c;
    *length = (size_t)(linesim_xml_end - linesim_xml);
    return linesim_xml;
}

static size_t bits_per_pixel(const Camera *c)
{
    return (get(c, REG_PIXEL_FORMAT) >> 16) & 0xff;
}

static size_t image_size(const Camera *c)
{
    return (get(c, REG_WIDTH) * get(c, REG_HEIGHT) * bits_per_pixel(c) + 7) / 8;
}

static void before_read(Camera *c, uint64_t address)
{
    if (address == REG_PAYLOAD_SIZE)
        set(c, REG_PAYLOAD_SIZE, image_size(c) + (get(c, REG_CHUNK_ACTIVE) ? CHUNK_BYTES : 0));
    else if (address == REG_TIMESTAMP)
        set(c, REG_TIMESTAMP, now_ns());
    else if (address == REG_ENCODER_VALUE)
        set(c, REG_ENCODER_VALUE, (uint64_t)c->encoder);
}

static void reset_encoder(Camera *c)
{
    c->encoder_zero += c->encoder;
    c->encoder = 0;
}

/* As if somebody pulled a plug, of its power or of its network, and put it back some time later. */
static void lose(Camera *c)
{
    c->lost_until = now_ns() + get(c, REG_SIM_LOST_MS) * 1000000;
    c->broken = true;
    if (!get(c, REG_SIM_LOST_POWER))
        return;
    int64_t zero = c->encoder_zero + c->encoder;
    power_on(c);
    c->encoder_zero = zero;
}

static void after_write(Camera *c, uint64_t address)
{
    if (address == REG_STOP) {
        set(c, REG_START, 0);
        set(c, REG_STOP, 0);
    } else if (address == REG_ENCODER_RESET) {
        reset_encoder(c);
        set(c, REG_ENCODER_RESET, 0);
    } else if (address == REG_SIM_HANG_MS) {
        c->silent_until = now_ns() + get(c, REG_SIM_HANG_MS) * 1000000;
    } else if (address == REG_SIM_LOST_MS && get(c, REG_SIM_LOST_MS) && !get(c, REG_SIM_LOST_AFTER)) {
        lose(c);
    }
}

GC_ERROR camera_read(Camera *c, uint64_t address, void *to, size_t length)
{
    if (c->broken)
        return GC_ERR_IO;
    if (address + length > REGISTERS_SIZE)
        return GC_ERR_INVALID_ADDRESS;
    before_read(c, address);
    memcpy(to, c->registers + address, length);
    return GC_SUCCESS;
}

GC_ERROR camera_write(Camera *c, uint64_t address, const void *from, size_t length)
{
    if (c->broken)
        return GC_ERR_IO;
    if (address + length > REGISTERS_SIZE)
        return GC_ERR_INVALID_ADDRESS;
    memcpy(c->registers + address, from, length);
    after_write(c, address);
    return GC_SUCCESS;
}

static bool triggered(const Camera *c, unsigned selector)
{
    return get(c, REG_TRIGGER_MODE + 8 * selector) != 0;
}

static bool lines_by_encoder(const Camera *c)
{
    return triggered(c, TRIGGER_LINE_START) && get(c, REG_TRIGGER_SOURCE + 8 * TRIGGER_LINE_START) == SOURCE_ENCODER0;
}

/* Lines a second that pass under the camera; 0: as many as it is given buffers for; negative: none. */
static double line_rate(const Camera *c)
{
    if (lines_by_encoder(c)) {
        double rate = get_double(c, REG_SIM_ENCODER_RATE) / (double)get(c, REG_ENCODER_DIVIDER);
        return rate > 0 ? rate : -1;
    }
    if (triggered(c, TRIGGER_LINE_START))
        return -1; /* waits for a wire that nobody pulls */
    return get(c, REG_LINE_RATE_ENABLE) ? get_double(c, REG_LINE_RATE) : 0;
}

/* The strip moves by one line's pulses. Whether a line is exposed: not on steel that was seen before, where the encoder says so. */
static bool step(Camera *c)
{
    int64_t pulses = (int64_t)get(c, REG_ENCODER_DIVIDER);
    uint64_t slip = get(c, REG_SIM_SLIP_PERMILLE), turn = get(c, REG_SIM_REVERSE_EVERY);
    if (c->back) {
        c->back--;
        c->position -= c->position > 0;
        c->encoder -= pulses;
    } else {
        c->position++;
        c->encoder += pulses;
        if (slip && c->position % 1000 < slip)
            c->position++; /* the strip slips over the measuring roll */
        if (turn && ++c->forward >= turn) {
            c->forward = 0;
            c->back = get(c, REG_SIM_REVERSE_LINES);
        }
    }
    bool seen = c->position <= c->furthest;
    if (!seen)
        c->furthest = c->position;
    return !(seen && lines_by_encoder(c) && get(c, REG_ENCODER_OUTPUT_MODE) == ENCODER_NEW_POSITIONS);
}

static void put_words(const uint8_t *grey, size_t count, unsigned bits, uint8_t *to)
{
    for (size_t n = 0; n < count; n++) {
        uint16_t value = (uint16_t)(grey[n] << (bits - 8));
        memcpy(to + 2 * n, &value, sizeof value);
    }
}

/* Pixels of `bits` bits one behind the other, least significant first. */
static void put_packed(const uint8_t *grey, size_t count, unsigned bits, uint8_t *to, size_t first_bit)
{
    for (size_t n = 0; n < count; n++) {
        uint32_t value = (uint32_t)grey[n] << (bits - 8);
        for (unsigned b = 0; b < bits; b++) {
            size_t at = first_bit + n * bits + b;
            if (at % 8 == 0)
                to[at / 8] = 0;
            to[at / 8] |= (uint8_t)(((value >> b) & 1) << (at % 8));
        }
    }
}

static void put_line(Camera *c, uint64_t row, uint8_t *image)
{
    size_t width = get(c, REG_WIDTH), bits = bits_per_pixel(c);
    uint32_t column = (uint32_t)get(c, REG_OFFSET_X);
    uint64_t line = c->position - 1 - get(c, REG_SIM_BEHIND);
    if (bits == 8) {
        scene_line(line, column, (uint32_t)width, image + row * width);
        return;
    }
    scene_line(line, column, (uint32_t)width, c->line);
    switch (get(c, REG_PIXEL_FORMAT)) {
    case MONO10: put_words(c->line, width, 10, image + 2 * row * width); break;
    case MONO12: put_words(c->line, width, 12, image + 2 * row * width); break;
    case MONO16: put_words(c->line, width, 16, image + 2 * row * width); break;
    default: put_packed(c->line, width, (unsigned)bits, image, row * width * bits);
    }
}

static bool every(uint64_t period, uint64_t frame)
{
    return period && frame % period == period - 1;
}

static void put_chunks(const Camera *c, Buffer *b, int64_t encoder)
{
    uint64_t chunks[CHUNKS] = {b->frame_id, b->timestamp_ns, (uint64_t)encoder, 1, b->delivered_height};
    for (unsigned n = 0; n < CHUNKS; n++)
        if (!get(c, REG_CHUNK_ENABLE + 8 * n))
            chunks[n] = 0;
    memcpy((uint8_t *)b->memory + b->image_size, chunks, CHUNK_BYTES);
    b->has_chunks = true;
    b->filled = b->image_size + CHUNK_BYTES;
}

/* Exposes a frame's lines into `b`; without a buffer they pass all the same. Returns how many lines of strip went by. */
static uint64_t expose(Camera *c, Buffer *b)
{
    uint64_t height = get(c, REG_HEIGHT), passed = 0;
    uint64_t lines = every(get(c, REG_SIM_SHORT_EVERY), c->frames) ? (height + 1) / 2 : height;
    size_t size = image_size(c);
    bool fits = b && size <= b->size;
    int64_t encoder = c->encoder;
    for (uint64_t row = 0; row < height; row++) {
        do
            passed++;
        while (!step(c));
        if (fits && row < lines)
            put_line(c, row, b->memory);
    }
    set(c, REG_SIM_LINES_EXPOSED, get(c, REG_SIM_LINES_EXPOSED) + height);
    if (!b)
        return passed;
    b->frame_id = c->frame_id;
    b->timestamp_ns = now_ns();
    b->width = (uint32_t)get(c, REG_WIDTH);
    b->height = (uint32_t)height;
    b->delivered_height = (uint32_t)lines;
    b->pixel_format = (uint32_t)get(c, REG_PIXEL_FORMAT);
    b->image_size = size;
    b->filled = size * lines / height;
    b->has_chunks = false;
    b->incomplete = !fits || every(get(c, REG_SIM_INCOMPLETE_EVERY), c->frames);
    if (fits && get(c, REG_CHUNK_ACTIVE) && size + CHUNK_BYTES <= b->size)
        put_chunks(c, b, encoder);
    return passed;
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
