/* What the GenTL functions share: the structs behind their handles, the last error, and the output of information.
 *
 * There is one system, one interface, and one data stream for each device. Every handle points to a struct that begins with its kind, so
 * that a wrong handle is refused. */
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

/* Stores an error and its text for GCGetLastError. Returns the error. */
GC_ERROR fail(GC_ERROR error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Returns the error stored last by this thread, and its text. */
GC_ERROR last_error(const char **text);

/* Returns the kind of a handle; 0 for NULL. */
int kind_of(const void *handle);
GC_ERROR check_handle(const void *handle, int kind, const char *function);
/* Returns from the calling function with an error if the handle is not of this kind. */
#define CHECK_HANDLE(handle, kind)                                \
    do {                                                          \
        GC_ERROR error_ = check_handle(handle, kind, __func__);   \
        if (error_)                                               \
            return error_;                                        \
    } while (0)

/* Where a GenTL function writes an item of information. If `buffer` is NULL, the function only writes the size that it needs. */
typedef struct {
    INFO_DATATYPE *type;
    void *buffer;
    size_t *size;
} Info;
GC_ERROR info_text(Info, const char *);
GC_ERROR info_int32(Info, int32_t);
GC_ERROR info_uint32(Info, uint32_t);
GC_ERROR info_uint64(Info, uint64_t);
GC_ERROR info_size(Info, size_t);
GC_ERROR info_pointer(Info, const void *);
GC_ERROR info_bool(Info, bool);
/* Fails because `module` does not have the information that `command` asks for. */
GC_ERROR unknown_info(const char *module, int command);
