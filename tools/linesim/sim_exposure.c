/* Moves the strip under the simulated camera, and exposes its lines. */
#include "scene.h"
#include "sim_camera.h"

static bool encoder_triggers_lines(const Camera *c)
{
    return trigger_is_on(c, TRIGGER_LINE_START) && get(c, REG_TRIGGER_SOURCE + 8 * TRIGGER_LINE_START) == SOURCE_ENCODER0;
}

double line_rate(const Camera *c)
{
    if (encoder_triggers_lines(c)) {
        double rate = get_double(c, REG_SIM_ENCODER_RATE) / (double)get(c, REG_ENCODER_DIVIDER);
        return rate > 0 ? rate : -1;
    }
    if (trigger_is_on(c, TRIGGER_LINE_START))
        return -1; /* nothing triggers the other inputs */
    return get(c, REG_LINE_RATE_ENABLE) ? get_double(c, REG_LINE_RATE) : 0;
}

/* Moves the strip by the encoder pulses of one line. Returns whether a line is exposed. With EncoderOutputMode PositionUp, steel that was
 * exposed before is not exposed again. With Motion it is, and the encoder's count of a line is the one that it had before. */
static bool move_strip(Camera *c)
{
    int64_t pulses = (int64_t)get(c, REG_ENCODER_DIVIDER);
    uint64_t slip = get(c, REG_SIM_SLIP_PERMILLE), reverse_every = get(c, REG_SIM_REVERSE_EVERY);
    if (c->position <= 1)
        c->backward_lines = 0; /* there is no steel before the first line */
    if (c->backward_lines) {
        c->backward_lines--;
        c->position--;
        c->encoder -= pulses;
    } else {
        c->position++;
        c->encoder += pulses;
        if (slip && c->position % 1000 < slip)
            c->position++; /* the strip slips over the encoder roll: a line passes without pulses */
        if (reverse_every && ++c->forward_lines >= reverse_every) {
            c->forward_lines = 0;
            c->backward_lines = get(c, REG_SIM_REVERSE_LINES);
        }
    }
    bool exposed_before = c->position <= c->furthest;
    if (!exposed_before)
        c->furthest = c->position;
    return !(exposed_before && encoder_triggers_lines(c) && get(c, REG_ENCODER_OUTPUT_MODE) == ENCODER_POSITION_UP);
}

/* Writes pixels of `bits` bits, each in 16 bits. */
static void put_unpacked(const uint8_t *grey, size_t count, unsigned bits, uint8_t *to)
{
    for (size_t n = 0; n < count; n++) {
        uint16_t value = (uint16_t)(grey[n] << (bits - 8));
        memcpy(to + 2 * n, &value, sizeof value);
    }
}

/* Writes pixels of `bits` bits one after the other, least significant bit first. */
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
    case MONO10: put_unpacked(c->line, width, 10, image + 2 * row * width); break;
    case MONO12: put_unpacked(c->line, width, 12, image + 2 * row * width); break;
    case MONO16: put_unpacked(c->line, width, 16, image + 2 * row * width); break;
    default: put_packed(c->line, width, (unsigned)bits, image, row * width * bits);
    }
}

/* Writes the encoder's count of a line behind the values of the frame; see put_chunks. */
static void put_count(const Camera *c, uint64_t row, uint8_t *chunks)
{
    int64_t count = get(c, REG_CHUNK_ENABLE + 8 * CHUNK_ENCODER_VALUE) ? c->encoder : 0;
    memcpy(chunks + 8 * (CHUNKS + row), &count, sizeof count);
}

/* Writes the chunks of a frame: a value for each entry of ChunkSelector. The one of EncoderValue is not used, because the counts of all
 * lines come behind. */
static void put_chunks(const Camera *c, Buffer *b)
{
    uint64_t chunks[CHUNKS] = {b->frame_id, b->timestamp_ns, 0, 1, b->delivered_height};
    for (unsigned n = 0; n < CHUNKS; n++)
        if (!get(c, REG_CHUNK_ENABLE + 8 * n))
            chunks[n] = 0;
    memcpy((uint8_t *)b->memory + b->image_size, chunks, sizeof chunks);
    b->has_chunks = true;
    b->filled = b->image_size + chunk_bytes(c);
}

uint64_t expose(Camera *c, Buffer *b)
{
    uint64_t height = get(c, REG_HEIGHT), passed = 0;
    uint64_t lines = is_every(get(c, REG_SIM_SHORT_EVERY), c->frames) ? (height + 1) / 2 : height;
    size_t size = image_size(c);
    bool fits = b && size <= b->size, has_chunks = fits && get(c, REG_CHUNK_ACTIVE) && size + chunk_bytes(c) <= b->size;
    for (uint64_t row = 0; row < height; row++) {
        do
            passed++;
        while (!move_strip(c));
        if (fits && row < lines)
            put_line(c, row, b->memory);
        if (has_chunks)
            put_count(c, row, (uint8_t *)b->memory + size);
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
    b->incomplete = !fits || is_every(get(c, REG_SIM_INCOMPLETE_EVERY), c->frames);
    if (has_chunks)
        put_chunks(c, b);
    return passed;
}
