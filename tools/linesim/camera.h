/* A camera as the producer needs it. Implemented by the simulated one (sim_*.c) and by GigE Vision cameras in gige_camera.c. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gentl.h"
#include "stream.h"

typedef struct Camera Camera;

enum { CAMERA_ID_LENGTH = 64 };
extern const char *const CAMERA_MODEL;
extern const char *const CAMERA_TL_TYPE; /* what GenTL calls the way to it: GEV, or Custom */

/* Called once, when the producer is loaded and unloaded. */
void cameras_open(void);
void cameras_close(void);
void cameras_update(void); /* look for cameras again */

uint32_t cameras_count(void); /* those that answer now */
bool cameras_id(uint32_t index, char id[CAMERA_ID_LENGTH]);
/* NULL where there is none or it does not answer. */
Camera *camera_find(const char *id);
const char *camera_serial(const Camera *);

/* One program at a time: false if it is open already. */
bool camera_open(Camera *);
void camera_close(Camera *);
bool camera_is_open(const Camera *);
/* The link to it broke since it was opened; it stays so until it is closed and opened again. */
bool camera_is_lost(const Camera *);

const char *camera_description(Camera *, size_t *length); /* GenICam XML */
GC_ERROR camera_read(Camera *, uint64_t address, void *to, size_t length);
GC_ERROR camera_write(Camera *, uint64_t address, const void *from, size_t length);

bool camera_start(Camera *, Stream *);
void camera_stop(Camera *);
