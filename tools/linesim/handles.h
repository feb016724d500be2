/* What the GenTL functions share: the structs behind their handles, errors, and how a question is answered.
 *
 * One system, one interface, one data stream a device. Every handle points to a struct that begins with its kind, so that a wrong
 * handle is refused instead of followed. */
#pragma once
#include "camera.h"

#define API __attribute__((visibility("default"))) GC_ERROR

enum { KIND_SYSTEM = 0x4c530001, KIND_INTERFACE, KIND_DEVICE, KIND_PORT, KIND_STREAM, KIND_EVENT, KIND_BUFFER };
extern const char *const VENDOR, *const VERSION, *const STREAM_ID;

typedef struct {
    int kind;
    bool open;
} Singleton;
typedef struct Device Device;
typedef struct {
    int kind;
    Device *device;
} Port;
struct Device {
    int kind;
    char id[CAMERA_ID_LENGTH];
    Camera *camera;
    Port port;
    Stream *stream;
};
typedef struct {
    int kind;
    Stream *stream;
} Event;

extern Singleton tl_system, tl_interface;
extern bool initialised;

/* Keeps the error and its text for GCGetLastError, and returns it. */
GC_ERROR failed(GC_ERROR error, const char *format, ...) __attribute__((format(printf, 2, 3)));
GC_ERROR last_failure(const char **text);
GC_ERROR check(HANDLE handle, int kind, const char *where);
#define CHECK(handle, kind)                                       \
    do {                                                          \
        GC_ERROR wrong = check(handle, kind, __func__);           \
        if (wrong)                                                \
            return wrong;                                         \
    } while (0)

/* Where an answer goes: asked without a buffer, it says how large one must be. */
typedef struct {
    INFO_DATATYPE *type;
    void *to;
    size_t *size;
} Answer;
GC_ERROR answer_text(Answer, const char *);
GC_ERROR answer_int32(Answer, int32_t);
GC_ERROR answer_uint32(Answer, uint32_t);
GC_ERROR answer_uint64(Answer, uint64_t);
GC_ERROR answer_size(Answer, size_t);
GC_ERROR answer_pointer(Answer, const void *);
GC_ERROR answer_boolean(Answer, bool);
GC_ERROR unknown(const char *what, int command);
