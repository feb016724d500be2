#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERN = 256, WIDEST = 65536 };

static uint8_t *strip; /* lines x columns, or NULL */
static uint32_t strip_columns, strip_lines;
static uint8_t ramp[PATTERN + WIDEST];

static void stop_with_message(const char *file, const char *why)
{
    fprintf(stderr, "linesim: LINESIM_STRIP=%s: %s; give a binary PGM file of 8 bits (magic P5)\n", file, why);
    exit(1);
}

static void read_strip(const char *file)
{
    FILE *in = fopen(file, "rb");
    if (!in)
        stop_with_message(file, "the file cannot be opened");
    unsigned max_value;
    if (fscanf(in, "P5 %u %u %u", &strip_columns, &strip_lines, &max_value) != 3 || max_value != 255 || fgetc(in) == EOF)
        stop_with_message(file, "the file is not a PGM file of 8 bits");
    size_t size = (size_t)strip_columns * strip_lines;
    strip = malloc(size);
    if (!size || !strip || fread(strip, 1, size, in) != size)
        stop_with_message(file, "the file is too short");
    fclose(in);
}

void scene_open(void)
{
    for (uint32_t n = 0; n < sizeof ramp; n++)
        ramp[n] = (uint8_t)n;
    const char *file = getenv("LINESIM_STRIP");
    free(strip);
    strip = NULL;
    if (file && *file)
        read_strip(file);
}

static void pattern_line(uint64_t line, uint32_t column, uint32_t width, uint8_t *to)
{
    memcpy(to, ramp + (line + column) % PATTERN, width);
    if (width >= sizeof line)
        memcpy(to, &line, sizeof line);
}

/* A sensor's noise, in one pixel of each line: a strip that is played again never gives the same picture, which a station takes for no steel. */
static void add_noise(uint64_t line, uint32_t columns, uint8_t *to)
{
    if (columns)
        to[(line * 0x9E3779B97F4A7C15u >> 32) % columns] ^= 1;
}

void scene_line(uint64_t line, uint32_t column, uint32_t width, uint8_t *to)
{
    if (!strip) {
        pattern_line(line, column, width, to);
        return;
    }
    uint32_t inside = column >= strip_columns ? 0 : strip_columns - column;
    if (inside > width)
        inside = width;
    memcpy(to, strip + (line % strip_lines) * strip_columns + column, inside);
    add_noise(line, inside, to);
    memset(to + inside, 0, width - inside);
}
