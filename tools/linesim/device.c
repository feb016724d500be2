/* A device: what it says of itself, opening and closing it and its data stream. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

static const uint64_t NANOSECONDS = 1000000000;

static int32_t access_status(const Camera *camera)
{
    if (!camera_is_open(camera))
        return DEVICE_ACCESS_READWRITE;
    return camera_is_lost(camera) ? DEVICE_ACCESS_NOACCESS : DEVICE_ACCESS_OPEN_READWRITE;
}

static GC_ERROR device_info(const char *id, const Camera *camera, int32_t command, Answer a)
{
    switch (command) {
    case DEVICE_INFO_ID:
    case DEVICE_INFO_DISPLAYNAME: return answer_text(a, id);
    case DEVICE_INFO_VENDOR: return answer_text(a, VENDOR);
    case DEVICE_INFO_MODEL: return answer_text(a, CAMERA_MODEL);
    case DEVICE_INFO_TLTYPE: return answer_text(a, CAMERA_TL_TYPE);
    case DEVICE_INFO_ACCESS_STATUS: return answer_int32(a, access_status(camera));
    case DEVICE_INFO_USER_DEFINED_NAME: return answer_text(a, "");
    case DEVICE_INFO_SERIAL_NUMBER: return answer_text(a, camera_serial(camera));
    case DEVICE_INFO_VERSION: return answer_text(a, VERSION);
    case DEVICE_INFO_TIMESTAMP_FREQUENCY: return answer_uint64(a, NANOSECONDS);
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

API DevGetDataStreamID(HANDLE handle, uint32_t index, char *to, size_t *length)
{
    CHECK(handle, KIND_DEVICE);
    if (index)
        return failed(GC_ERR_INVALID_INDEX, "there is one data stream");
    return answer_text((Answer){NULL, to, length}, STREAM_ID);
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
