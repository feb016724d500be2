/* What the camera looks at: a strip from a picture file, or a pattern whose every line can be told. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the PGM file (binary, 8 bit) that LINESIM_STRIP names; without one the pattern is shown. Exits the process with a message
 * if the file is named and cannot be used: a simulation of something else would be worse. */
void scene_open(void);

/* Line `line` of the strip, columns `column ...` + width, 8 bit. The picture begins anew where it ends; beside it is darkness.
 * Pattern: (line + column) modulo 256, and the line's number in the first eight pixels, least significant first. */
void scene_line(uint64_t line, uint32_t column, uint32_t width, uint8_t *to);
