/* A GenTL producer: the functions that a program such as harvesters calls, over any camera that implements camera.h.
 *
 * One system, one interface, one data stream a device. Every handle points to a struct that begins with its kind, so that a wrong
 * handle is refused instead of followed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "camera.h"

#define API __attribute__((visibility("default"))) GC_ERROR

enum { CHUNK_ID = 0x4c53 };
enum { KIND_SYSTEM = 0x4c530001, KIND_INTERFACE, KIND_DEVICE, KIND_PORT, KIND_STREAM, KIND_EVENT, KIND_BUFFER };
static const char *const VENDOR = "skelp", *const VERSION = "1.0";
static const uint64_t NANOSECONDS = 1000000000;
static const uint64_t DESCRIPTION_ADDRESS = 0x7f00000000000000; /* beyond any register */

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

static Singleton tl_system = {KIND_SYSTEM, false}, tl_interface = {KIND_INTERFACE, false};
static bool initialised;
static char library_path[512];

static __thread GC_ERROR last_error;
static __thread char last_text[160];

static GC_ERROR failed(GC_ERROR error, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(last_text, sizeof last_text, format, values);
    va_end(values);
    return last_error = error;
}

static GC_ERROR check(HANDLE handle, int kind, const char *where)
{
    if (!initialised)
        return failed(GC_ERR_NOT_INITIALIZED, "%s before GCInitLib", where);
    if (!handle || *(int *)handle != kind)
        return failed(GC_ERR_INVALID_HANDLE, "%s: not a handle of the right kind", where);
    return GC_SUCCESS;
}
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

static GC_ERROR answer(Answer a, INFO_DATATYPE type, const void *value, size_t length)
{
    if (!a.size)
        return failed(GC_ERR_INVALID_PARAMETER, "no place for the size");
    if (a.type)
        *a.type = type;
    if (a.to) {
        if (*a.size < length)
            return failed(GC_ERR_BUFFER_TOO_SMALL, "%zu bytes are needed", length);
        memcpy(a.to, value, length);
    }
    *a.size = length;
    return GC_SUCCESS;
}
static GC_ERROR text(Answer a, const char *value) { return answer(a, TYPE_STRING, value, strlen(value) + 1); }
static GC_ERROR int32(Answer a, int32_t value) { return answer(a, TYPE_INT32, &value, sizeof value); }
static GC_ERROR uint32(Answer a, uint32_t value) { return answer(a, TYPE_UINT32, &value, sizeof value); }
static GC_ERROR uint64(Answer a, uint64_t value) { return answer(a, TYPE_UINT64, &value, sizeof value); }
static GC_ERROR size(Answer a, size_t value) { return answer(a, TYPE_SIZET, &value, sizeof value); }
static GC_ERROR pointer(Answer a, const void *value) { return answer(a, TYPE_PTR, &value, sizeof value); }
static GC_ERROR boolean(Answer a, bool value)
{
    bool8_t byte = value;
    return answer(a, TYPE_BOOL8, &byte, sizeof byte);
}
static GC_ERROR unknown(const char *what, int command)
{
    return failed(GC_ERR_INVALID_PARAMETER, "%s has no information %d", what, command);
}

/* ---- library and system ---- */

API GCInitLib(void)
{
    if (initialised)
        return failed(GC_ERR_RESOURCE_IN_USE, "GCInitLib was called before");
    Dl_info where;
    dladdr((void *)GCInitLib, &where);
    snprintf(library_path, sizeof library_path, "%s", where.dli_fname);
    cameras_open();
    initialised = true;
    return GC_SUCCESS;
}

API GCCloseLib(void)
{
    initialised = tl_system.open = tl_interface.open = false;
    cameras_close();
    return GC_SUCCESS;
}

API GCGetLastError(int32_t *error, char *to, size_t *length)
{
    if (error)
        *error = last_error;
    return text((Answer){NULL, to, length}, last_text);
}

static GC_ERROR system_info(int32_t command, Answer a)
{
    const char *name = strrchr(library_path, '/');
    switch (command) {
    case 0: /* id */
    case 2: /* model */
    case 7: return text(a, CAMERA_MODEL);
    case 1: return text(a, VENDOR);
    case 3: return text(a, VERSION);
    case 4: return text(a, CAMERA_TL_TYPE);
    case 5: return text(a, name ? name + 1 : library_path);
    case 6: return text(a, library_path);
    case 8: return int32(a, 0); /* ASCII */
    case 9: return uint32(a, 1);
    case 10: return uint32(a, 5); /* GenTL 1.5 */
    }
    return unknown("the system", command);
}

API GCGetInfo(int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    return system_info(command, (Answer){type, to, length});
}

API TLOpen(HANDLE *handle)
{
    if (!initialised)
        return failed(GC_ERR_NOT_INITIALIZED, "TLOpen before GCInitLib");
    if (tl_system.open)
        return failed(GC_ERR_RESOURCE_IN_USE, "the system is open");
    tl_system.open = true;
    *handle = &tl_system;
    return GC_SUCCESS;
}

API TLClose(HANDLE handle)
{
    CHECK(handle, KIND_SYSTEM);
    tl_system.open = false;
    return GC_SUCCESS;
}

API TLGetInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_SYSTEM);
    return system_info(command, (Answer){type, to, length});
}

API TLUpdateInterfaceList(HANDLE handle, bool8_t *changed, uint64_t timeout_ms)
{
    (void)timeout_ms;
    CHECK(handle, KIND_SYSTEM);
    if (changed)
        *changed = 1;
    return GC_SUCCESS;
}

API TLGetNumInterfaces(HANDLE handle, uint32_t *count)
{
    CHECK(handle, KIND_SYSTEM);
    *count = 1;
    return GC_SUCCESS;
}

/* ---- interface ---- */

static const char *const INTERFACE_ID = "IF0";

static GC_ERROR interface_info(int32_t command, Answer a)
{
    switch (command) {
    case 0: return text(a, INTERFACE_ID);
    case 1: return text(a, CAMERA_MODEL);
    case 2: return text(a, CAMERA_TL_TYPE);
    }
    return unknown("the interface", command);
}

API TLGetInterfaceID(HANDLE handle, uint32_t index, char *to, size_t *length)
{
    CHECK(handle, KIND_SYSTEM);
    if (index)
        return failed(GC_ERR_INVALID_INDEX, "there is one interface");
    return text((Answer){NULL, to, length}, INTERFACE_ID);
}

API TLGetInterfaceInfo(HANDLE handle, const char *id, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_SYSTEM);
    if (strcmp(id, INTERFACE_ID))
        return failed(GC_ERR_INVALID_ID, "no interface %s", id);
    return interface_info(command, (Answer){type, to, length});
}

API TLOpenInterface(HANDLE handle, const char *id, HANDLE *opened)
{
    CHECK(handle, KIND_SYSTEM);
    if (strcmp(id, INTERFACE_ID))
        return failed(GC_ERR_INVALID_ID, "no interface %s", id);
    if (tl_interface.open)
        return failed(GC_ERR_RESOURCE_IN_USE, "the interface is open");
    tl_interface.open = true;
    *opened = &tl_interface;
    return GC_SUCCESS;
}

API IFClose(HANDLE handle)
{
    CHECK(handle, KIND_INTERFACE);
    tl_interface.open = false;
    return GC_SUCCESS;
}

API IFGetInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_INTERFACE);
    return interface_info(command, (Answer){type, to, length});
}

API IFGetParentTL(HANDLE handle, HANDLE *parent)
{
    CHECK(handle, KIND_INTERFACE);
    *parent = &tl_system;
    return GC_SUCCESS;
}

API IFUpdateDeviceList(HANDLE handle, bool8_t *changed, uint64_t timeout_ms)
{
    (void)timeout_ms;
    CHECK(handle, KIND_INTERFACE);
    cameras_update();
    if (changed)
        *changed = 1;
    return GC_SUCCESS;
}

API IFGetNumDevices(HANDLE handle, uint32_t *count)
{
    CHECK(handle, KIND_INTERFACE);
    *count = cameras_count();
    return GC_SUCCESS;
}

API IFGetDeviceID(HANDLE handle, uint32_t index, char *to, size_t *length)
{
    CHECK(handle, KIND_INTERFACE);
    char id[CAMERA_ID_LENGTH];
    if (!cameras_id(index, id))
        return failed(GC_ERR_INVALID_INDEX, "there are %" PRIu32 " devices", cameras_count());
    return text((Answer){NULL, to, length}, id);
}

static int32_t access_status(const Camera *camera)
{
    if (!camera_is_open(camera))
        return DEVICE_ACCESS_READWRITE;
    return camera_is_lost(camera) ? DEVICE_ACCESS_NOACCESS : DEVICE_ACCESS_OPEN_READWRITE;
}

static GC_ERROR device_info(const char *id, const Camera *camera, int32_t command, Answer a)
{
    switch (command) {
    case 0: /* id */
    case 4: return text(a, id);
    case 1: return text(a, VENDOR);
    case 2: return text(a, CAMERA_MODEL);
    case 3: return text(a, CAMERA_TL_TYPE);
    case 5: return int32(a, access_status(camera));
    case 6: return text(a, "");
    case 7: return text(a, camera_serial(camera));
    case 8: return text(a, VERSION);
    case 9: return uint64(a, NANOSECONDS);
    }
    return unknown("a device", command);
}

API IFGetDeviceInfo(HANDLE handle, const char *id, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_INTERFACE);
    Camera *camera = camera_find(id);
    if (!camera)
        return failed(GC_ERR_INVALID_ID, "no device %s", id);
    return device_info(id, camera, command, (Answer){type, to, length});
}

API IFOpenDevice(HANDLE handle, const char *id, int32_t flags, HANDLE *opened)
{
    (void)flags;
    CHECK(handle, KIND_INTERFACE);
    Camera *camera = camera_find(id);
    if (!camera)
        return failed(GC_ERR_INVALID_ID, "no device %s", id);
    if (!camera_open(camera))
        return failed(GC_ERR_RESOURCE_IN_USE, "%s is open already", id);
    Device *d = calloc(1, sizeof *d);
    d->kind = KIND_DEVICE;
    d->camera = camera;
    d->port = (Port){KIND_PORT, d};
    snprintf(d->id, sizeof d->id, "%s", id);
    *opened = d;
    return GC_SUCCESS;
}

/* ---- device ---- */

API DSClose(HANDLE handle);

API DevClose(HANDLE handle)
{
    CHECK(handle, KIND_DEVICE);
    Device *d = handle;
    if (d->stream)
        DSClose(d->stream);
    camera_close(d->camera);
    d->kind = 0;
    free(d);
    return GC_SUCCESS;
}

API DevGetInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_DEVICE);
    Device *d = handle;
    return device_info(d->id, d->camera, command, (Answer){type, to, length});
}

API DevGetParentIF(HANDLE handle, HANDLE *parent)
{
    CHECK(handle, KIND_DEVICE);
    *parent = &tl_interface;
    return GC_SUCCESS;
}

API DevGetPort(HANDLE handle, HANDLE *port)
{
    CHECK(handle, KIND_DEVICE);
    *port = &((Device *)handle)->port;
    return GC_SUCCESS;
}

API DevGetNumDataStreams(HANDLE handle, uint32_t *count)
{
    CHECK(handle, KIND_DEVICE);
    *count = 1;
    return GC_SUCCESS;
}

static const char *const STREAM_ID = "DS0";

API DevGetDataStreamID(HANDLE handle, uint32_t index, char *to, size_t *length)
{
    CHECK(handle, KIND_DEVICE);
    if (index)
        return failed(GC_ERR_INVALID_INDEX, "there is one data stream");
    return text((Answer){NULL, to, length}, STREAM_ID);
}

API DevOpenDataStream(HANDLE handle, const char *id, HANDLE *opened)
{
    CHECK(handle, KIND_DEVICE);
    Device *d = handle;
    if (strcmp(id, STREAM_ID))
        return failed(GC_ERR_INVALID_ID, "no data stream %s", id);
    if (d->stream)
        return failed(GC_ERR_RESOURCE_IN_USE, "the data stream is open");
    Stream *s = calloc(1, sizeof *s);
    s->kind = KIND_STREAM;
    s->device = d;
    stream_init(s);
    *opened = d->stream = s;
    return GC_SUCCESS;
}

/* ---- data stream ---- */

API DSStopAcquisition(HANDLE handle, int32_t flags)
{
    (void)flags;
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    camera_stop(((Device *)s->device)->camera);
    s->grabbing = false;
    return GC_SUCCESS;
}

API DSClose(HANDLE handle)
{
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    DSStopAcquisition(s, 0);
    stream_flush(s, QUEUE_ALL_DISCARD);
    while (s->announced) {
        Buffer *b = s->announced;
        stream_revoke(s, b);
        b->kind = 0;
        free(b);
    }
    ((Device *)s->device)->stream = NULL;
    stream_free(s);
    s->kind = 0;
    free(s);
    return GC_SUCCESS;
}

API DSGetParentDev(HANDLE handle, HANDLE *parent)
{
    CHECK(handle, KIND_STREAM);
    *parent = ((Stream *)handle)->device;
    return GC_SUCCESS;
}

API DSGetInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    Answer a = {type, to, length};
    switch (command) {
    case 0: return text(a, STREAM_ID);
    case 1: return uint64(a, s->delivered);
    case 2: return uint64(a, s->underruns);
    case 3: return size(a, s->announced_count);
    case 4: return size(a, s->empty.length);
    case 5: return size(a, s->filled.length);
    case 6: return uint64(a, s->started);
    case 7: return failed(GC_ERR_NOT_AVAILABLE, "the payload's size comes from the camera");
    case 8: return boolean(a, s->grabbing);
    case 9: return boolean(a, false); /* defines its payload's size */
    case 10: return text(a, CAMERA_TL_TYPE);
    case 11: /* most chunks */
    case 13: return size(a, 1);
    case 12: return size(a, 2); /* fewest buffers */
    }
    return unknown("a data stream", command);
}

API DSAnnounceBuffer(HANDLE handle, void *memory, size_t length, void *user, HANDLE *announced)
{
    CHECK(handle, KIND_STREAM);
    Buffer *b = calloc(1, sizeof *b);
    b->kind = KIND_BUFFER;
    b->stream = handle;
    b->memory = memory;
    b->size = length;
    b->user = user;
    stream_announce(handle, b);
    *announced = b;
    return GC_SUCCESS;
}

API DSRevokeBuffer(HANDLE handle, HANDLE buffer, void **memory, void **user)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    Buffer *b = buffer;
    if (b->queued)
        return failed(GC_ERR_BUSY, "the camera has that buffer");
    if (memory)
        *memory = b->memory;
    if (user)
        *user = b->user;
    stream_revoke(handle, b);
    b->kind = 0;
    free(b);
    return GC_SUCCESS;
}

API DSQueueBuffer(HANDLE handle, HANDLE buffer)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    if (((Buffer *)buffer)->queued)
        return failed(GC_ERR_RESOURCE_IN_USE, "the camera has that buffer");
    stream_queue(handle, buffer);
    return GC_SUCCESS;
}

API DSGetBufferID(HANDLE handle, uint32_t index, HANDLE *buffer)
{
    CHECK(handle, KIND_STREAM);
    Buffer *b = ((Stream *)handle)->announced;
    while (b && index--)
        b = b->next_announced;
    if (!b)
        return failed(GC_ERR_INVALID_INDEX, "no such buffer");
    *buffer = b;
    return GC_SUCCESS;
}

API DSFlushQueue(HANDLE handle, int32_t operation)
{
    CHECK(handle, KIND_STREAM);
    if (operation == QUEUE_ALL_DISCARD) /* a program whose camera is gone may come here without having stopped it */
        camera_stop(((Device *)((Stream *)handle)->device)->camera);
    stream_flush(handle, operation);
    return GC_SUCCESS;
}

API DSStartAcquisition(HANDLE handle, int32_t flags, uint64_t count)
{
    (void)flags, (void)count;
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    if (s->grabbing)
        return failed(GC_ERR_RESOURCE_IN_USE, "acquisition is running");
    s->delivered = s->underruns = s->started = 0;
    if (!camera_start(((Device *)s->device)->camera, s))
        return failed(GC_ERR_ERROR, "the camera could not be started");
    s->grabbing = true;
    return GC_SUCCESS;
}

API DSGetBufferInfo(HANDLE handle, HANDLE buffer, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    const Buffer *b = buffer;
    Answer a = {type, to, length};
    switch (command) {
    case 0: return pointer(a, b->memory);
    case 1: return size(a, b->size);
    case 2: return pointer(a, b->user);
    case 3: return uint64(a, b->timestamp_ns);
    case 4: return boolean(a, b->new_data);
    case 5: return boolean(a, b->queued);
    case 6: return boolean(a, false); /* being filled */
    case 7: return boolean(a, b->incomplete);
    case 8: return text(a, CAMERA_TL_TYPE);
    case 9:
    case 27: return size(a, b->filled);
    case 10: return size(a, b->width);
    case 11: return size(a, b->height);
    case 12: /* offsets and paddings */
    case 13:
    case 14:
    case 15:
    case 18: return size(a, 0);
    case 16: return uint64(a, b->frame_id);
    case 17: return boolean(a, true);           /* there is a picture */
    case 19: return size(a, b->has_chunks ? 4 : 1); /* payload: chunks, or a picture alone */
    case 20: return uint64(a, b->pixel_format);
    case 21: return uint64(a, 3); /* named by GenICam's PFNC in 32 bits */
    case 22: return size(a, b->delivered_height);
    case 23: return size(a, b->has_chunks ? b->filled : 0);
    case 24: return uint64(a, 0);
    case 26: return int32(a, 1); /* little-endian */
    case 28: return uint64(a, b->timestamp_ns);
    case 29: return boolean(a, b->image_size > b->size);
    case 30: return boolean(a, b->has_chunks);
    }
    return failed(GC_ERR_NOT_AVAILABLE, "a buffer has no information %d", command);
}

API DSGetBufferChunkData(HANDLE handle, HANDLE buffer, SINGLE_CHUNK_DATA *chunk, size_t *count)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    const Buffer *b = buffer;
    size_t there = b->has_chunks ? 1 : 0;
    if (chunk && there) {
        if (*count < 1)
            return failed(GC_ERR_BUFFER_TOO_SMALL, "one chunk is there");
        *chunk = (SINGLE_CHUNK_DATA){CHUNK_ID, (ptrdiff_t)b->image_size, b->filled - b->image_size};
    }
    *count = there;
    return GC_SUCCESS;
}

API DSGetNumBufferParts(HANDLE handle, HANDLE buffer, uint32_t *count)
{
    (void)buffer, (void)count;
    CHECK(handle, KIND_STREAM);
    return failed(GC_ERR_NOT_AVAILABLE, "pictures come in one part");
}

/* What newer programs ask for and older producers have not: harvesters complains on stderr about functions that are missing. */
#define NOT_HERE(name) \
    API name(void) { return failed(GC_ERR_NOT_IMPLEMENTED, #name " is not implemented"); }
NOT_HERE(DSAllocAndAnnounceBuffer)
NOT_HERE(DSGetBufferPartInfo)
NOT_HERE(DSAnnounceCompositeBuffer)
NOT_HERE(DSGetNumFlows)
NOT_HERE(DSGetFlowInfo)
NOT_HERE(DSGetNumBufferSegments)
NOT_HERE(DSGetBufferSegmentInfo)

/* ---- events ---- */

API GCRegisterEvent(HANDLE source, int32_t type, HANDLE *event)
{
    if (!source || *(int *)source != KIND_STREAM || type != EVENT_NEW_BUFFER)
        return failed(GC_ERR_NOT_IMPLEMENTED, "event %d: only a data stream's new buffers are told", type);
    Stream *s = source;
    if (s->event)
        return failed(GC_ERR_RESOURCE_IN_USE, "that event is registered");
    Event *e = calloc(1, sizeof *e);
    *e = (Event){KIND_EVENT, s};
    *event = s->event = e;
    return GC_SUCCESS;
}

API GCUnregisterEvent(HANDLE source, int32_t type)
{
    (void)type;
    if (source && *(int *)source == KIND_STREAM) {
        Stream *s = source;
        free(s->event);
        s->event = NULL;
    }
    return GC_SUCCESS;
}

API EventGetInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_EVENT);
    const Stream *s = ((Event *)handle)->stream;
    Answer a = {type, to, length};
    switch (command) {
    case 0: return int32(a, EVENT_NEW_BUFFER);
    case 1: return size(a, s->filled.length);
    case 2: return uint64(a, s->delivered);
    case 3:
    case 4: return size(a, sizeof(EVENT_NEW_BUFFER_DATA));
    }
    return unknown("an event", command);
}

API EventGetData(HANDLE handle, void *to, size_t *length, uint64_t timeout_ms)
{
    CHECK(handle, KIND_EVENT);
    if (*length < sizeof(EVENT_NEW_BUFFER_DATA))
        return failed(GC_ERR_BUFFER_TOO_SMALL, "an event takes %zu bytes", sizeof(EVENT_NEW_BUFFER_DATA));
    bool killed;
    Buffer *b = stream_fetch(((Event *)handle)->stream, timeout_ms, &killed);
    if (killed)
        return failed(GC_ERR_ABORT, "EventKill was called");
    if (!b)
        return failed(GC_ERR_TIMEOUT, "no picture in %" PRIu64 " ms", timeout_ms);
    EVENT_NEW_BUFFER_DATA found = {b, b->user};
    memcpy(to, &found, sizeof found);
    *length = sizeof found;
    return GC_SUCCESS;
}

API EventGetDataInfo(HANDLE handle, const void *data, size_t data_size, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    (void)data_size;
    CHECK(handle, KIND_EVENT);
    const EVENT_NEW_BUFFER_DATA *event = data;
    Answer a = {type, to, length};
    switch (command) {
    case 0: return pointer(a, event->buffer);
    case 1: return pointer(a, event->user);
    }
    return unknown("an event's data", command);
}

API EventFlush(HANDLE handle)
{
    CHECK(handle, KIND_EVENT);
    return GC_SUCCESS; /* the filled buffers are the events: DSFlushQueue empties them */
}

API EventKill(HANDLE handle)
{
    CHECK(handle, KIND_EVENT);
    stream_kill(((Event *)handle)->stream);
    return GC_SUCCESS;
}

/* ---- ports: registers, and where the camera's description is ---- */

static const char *module_of(HANDLE handle)
{
    switch (handle ? *(int *)handle : 0) {
    case KIND_SYSTEM: return "TLSystem";
    case KIND_INTERFACE: return "TLInterface";
    case KIND_DEVICE: return "TLDevice";
    case KIND_STREAM: return "TLDataStream";
    case KIND_PORT: return "Device";
    }
    return NULL;
}

API GCGetPortInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    const char *module = module_of(handle);
    if (!module)
        return failed(GC_ERR_INVALID_HANDLE, "not a port");
    Answer a = {type, to, length};
    switch (command) {
    case 0:
    case 4:
    case 12: return text(a, module);
    case 1: return text(a, VENDOR);
    case 2: return text(a, CAMERA_MODEL);
    case 3: return text(a, CAMERA_TL_TYPE);
    case 5: /* little-endian, readable, writable */
    case 7:
    case 8: return boolean(a, true);
    case 6: /* big-endian, stacked */
    case 9:
    case 10: return boolean(a, false);
    case 11: return text(a, VERSION);
    }
    return unknown("a port", command);
}

static GC_ERROR description_url(HANDLE handle, char url[128])
{
    if (!handle || *(int *)handle != KIND_PORT)
        return failed(GC_ERR_NOT_AVAILABLE, "only the camera has a description");
    size_t length;
    camera_description(((Port *)handle)->device->camera, &length);
    snprintf(url, 128, "Local:///camera.xml;%" PRIx64 ";%zx?SchemaVersion=1.1.0", DESCRIPTION_ADDRESS, length);
    return GC_SUCCESS;
}

API GCGetNumPortURLs(HANDLE handle, uint32_t *count)
{
    char url[128];
    GC_ERROR none = description_url(handle, url);
    if (!none)
        *count = 1;
    return none;
}

API GCGetPortURL(HANDLE handle, char *to, size_t *length)
{
    char url[128];
    GC_ERROR none = description_url(handle, url);
    return none ? none : text((Answer){NULL, to, length}, url);
}

API GCGetPortURLInfo(HANDLE handle, uint32_t index, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    if (index)
        return failed(GC_ERR_INVALID_INDEX, "there is one URL");
    char url[128];
    GC_ERROR none = description_url(handle, url);
    if (none)
        return none;
    Answer a = {type, to, length};
    switch (command) {
    case 0: return text(a, url);
    case 1: /* schema 1.1 */
    case 2: return int32(a, 1);
    }
    return failed(GC_ERR_NOT_AVAILABLE, "a URL has no information %d", command);
}

static GC_ERROR read_description(Camera *camera, uint64_t offset, void *to, size_t length)
{
    size_t whole;
    const char *xml = camera_description(camera, &whole);
    if (offset + length > whole)
        return failed(GC_ERR_INVALID_ADDRESS, "the description has %zu bytes", whole);
    memcpy(to, xml + offset, length);
    return GC_SUCCESS;
}

API GCReadPort(HANDLE handle, uint64_t address, void *to, size_t *length)
{
    if (!handle || *(int *)handle != KIND_PORT)
        return failed(handle ? GC_ERR_INVALID_ADDRESS : GC_ERR_INVALID_HANDLE, "only the camera has registers");
    Camera *camera = ((Port *)handle)->device->camera;
    if (address >= DESCRIPTION_ADDRESS)
        return read_description(camera, address - DESCRIPTION_ADDRESS, to, *length);
    GC_ERROR error = camera_read(camera, address, to, *length);
    return error ? failed(error, "0x%" PRIx64 " cannot be read", address) : GC_SUCCESS;
}

API GCWritePort(HANDLE handle, uint64_t address, const void *from, size_t *length)
{
    if (!handle || *(int *)handle != KIND_PORT)
        return failed(handle ? GC_ERR_INVALID_ADDRESS : GC_ERR_INVALID_HANDLE, "only the camera has registers");
    GC_ERROR error = camera_write(((Port *)handle)->device->camera, address, from, *length);
    return error ? failed(error, "0x%" PRIx64 " cannot be written", address) : GC_SUCCESS;
}

API GCReadPortStacked(HANDLE handle, PORT_REGISTER_STACK_ENTRY *entries, size_t *count)
{
    for (size_t n = 0; n < *count; n++) {
        GC_ERROR error = GCReadPort(handle, entries[n].address, entries[n].buffer, &entries[n].size);
        if (error) {
            *count = n;
            return error;
        }
    }
    return GC_SUCCESS;
}

API GCWritePortStacked(HANDLE handle, PORT_REGISTER_STACK_ENTRY *entries, size_t *count)
{
    for (size_t n = 0; n < *count; n++) {
        GC_ERROR error = GCWritePort(handle, entries[n].address, entries[n].buffer, &entries[n].size);
        if (error) {
            *count = n;
            return error;
        }
    }
    return GC_SUCCESS;
}
