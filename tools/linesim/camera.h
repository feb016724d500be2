/* The interface between the producer and its cameras. The simulated camera (sim_*.c) and the GigE Vision cameras (gige_camera.c) implement
 * it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gentl.h"
#include "stream.h"

typedef struct Camera Camera;

enum { CAMERA_ID_LENGTH = 64 };
extern const char *const CAMERA_MODEL;
extern const char *const CAMERA_TL_TYPE; /* GenTL's name of the transport layer: GEV or Custom */

/* Called when the producer is loaded and unloaded. */
void cameras_open(void);
void cameras_close(void);
/* Searches for cameras again. */
void cameras_update(void);

/* Returns the number of cameras that answer now. */
uint32_t cameras_count(void);
bool cameras_id(uint32_t index, char id[CAMERA_ID_LENGTH]);
/* Returns the camera with this id; NULL if there is none or it does not answer. */
Camera *camera_find(const char *id);
const char *camera_serial(const Camera *);

/* Opens the camera. Returns false if it is open already: only one program can use it. */
bool camera_open(Camera *);
void camera_close(Camera *);
bool camera_is_open(const Camera *);
/* Returns whether the link to the camera was lost since it was opened. It stays lost until the camera is closed and opened again. */
bool camera_is_lost(const Camera *);

/* Returns the GenICam description (XML) and its length in bytes. */
const char *camera_description(Camera *, size_t *length);
GC_ERROR camera_read(Camera *, uint64_t address, void *to, size_t length);
GC_ERROR camera_write(Camera *, uint64_t address, const void *from, size_t length);

/* Starts to fill the buffers of the stream. Returns false if that fails. */
bool camera_start(Camera *, Stream *);
void camera_stop(Camera *);
