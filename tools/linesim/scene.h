/* The strip that the simulated camera sees: an image file, or a pattern that contains the number of each line. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the image file that LINESIM_STRIP names: a binary PGM of 8 bits. Without LINESIM_STRIP the pattern is shown. If the file cannot be
 * used, the process exits with a message, because a simulation of another strip would mislead. */
void scene_open(void);

/* Writes columns `column ...` of line `line`, `width` px of 8 bits. The image begins again after its last line; beside it everything is 0.
 * Pattern: (line + column) modulo 256, and in the first 8 pixels the line's number, least significant byte first. */
void scene_line(uint64_t line, uint32_t column, uint32_t width, uint8_t *to);
