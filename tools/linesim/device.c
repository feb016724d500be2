/* The device module: its information, and how it and its data stream are opened and closed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

static const uint64_t TIMESTAMP_HZ = 1000000000;

static DEVICE_ACCESS_STATUS access_status(const Camera *camera)
{
    if (!camera_is_open(camera))
        return DEVICE_ACCESS_STATUS_READWRITE;
    return camera_is_lost(camera) ? DEVICE_ACCESS_STATUS_NOACCESS : DEVICE_ACCESS_STATUS_OPEN_READWRITE;
}

static GC_ERROR device_info(const char *id, const Camera *camera, DEVICE_INFO_CMD command, Info info)
{
    switch (command) {
    case DEVICE_INFO_ID:
    case DEVICE_INFO_DISPLAYNAME: return info_text(info, id);
    case DEVICE_INFO_VENDOR: return info_text(info, VENDOR);
    case DEVICE_INFO_MODEL: return info_text(info, CAMERA_MODEL);
    case DEVICE_INFO_TLTYPE: return info_text(info, CAMERA_TL_TYPE);
    case DEVICE_INFO_ACCESS_STATUS: return info_int32(info, access_status(camera));
    case DEVICE_INFO_USER_DEFINED_NAME: return info_text(info, "");
    case DEVICE_INFO_SERIAL_NUMBER: return info_text(info, camera_serial(camera));
    case DEVICE_INFO_VERSION: return info_text(info, VERSION);
    case DEVICE_INFO_TIMESTAMP_FREQUENCY: return info_uint64(info, TIMESTAMP_HZ);
    }
    return unknown_info("a device", command);
}

API IFGetDeviceInfo(IF_HANDLE handle, const char *id, DEVICE_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_INTERFACE);
    Camera *camera = camera_find(id);
    if (!camera)
        return fail(GC_ERR_INVALID_ID, "there is no device %s", id);
    return device_info(id, camera, command, (Info){type, buffer, size});
}

API IFOpenDevice(IF_HANDLE handle, const char *id, DEVICE_ACCESS_FLAGS flags, DEV_HANDLE *device)
{
    (void)flags;
    CHECK_HANDLE(handle, KIND_INTERFACE);
    Camera *camera = camera_find(id);
    if (!camera)
        return fail(GC_ERR_INVALID_ID, "there is no device %s", id);
    if (!camera_open(camera))
        return fail(GC_ERR_RESOURCE_IN_USE, "%s is open already", id);
    Device *d = calloc(1, sizeof *d);
    d->kind = KIND_DEVICE;
    d->camera = camera;
    d->port = (Port){KIND_PORT, d};
    snprintf(d->id, sizeof d->id, "%s", id);
    *device = d;
    return GC_ERR_SUCCESS;
}

API DSClose(DS_HANDLE handle);

API DevClose(DEV_HANDLE handle)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    Device *d = handle;
    if (d->stream)
        DSClose(d->stream);
    camera_close(d->camera);
    d->kind = 0;
    free(d);
    return GC_ERR_SUCCESS;
}

API DevGetInfo(DEV_HANDLE handle, DEVICE_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    Device *d = handle;
    return device_info(d->id, d->camera, command, (Info){type, buffer, size});
}

API DevGetParentIF(DEV_HANDLE handle, IF_HANDLE *parent)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    *parent = &tl_interface;
    return GC_ERR_SUCCESS;
}

API DevGetPort(DEV_HANDLE handle, PORT_HANDLE *port)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    *port = &((Device *)handle)->port;
    return GC_ERR_SUCCESS;
}

API DevGetNumDataStreams(DEV_HANDLE handle, uint32_t *count)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    *count = 1;
    return GC_ERR_SUCCESS;
}

API DevGetDataStreamID(DEV_HANDLE handle, uint32_t index, char *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    if (index)
        return fail(GC_ERR_INVALID_INDEX, "there is only one data stream, with index 0; got %" PRIu32, index);
    return info_text((Info){NULL, buffer, size}, STREAM_ID);
}

API DevOpenDataStream(DEV_HANDLE handle, const char *id, DS_HANDLE *stream)
{
    CHECK_HANDLE(handle, KIND_DEVICE);
    Device *d = handle;
    if (strcmp(id, STREAM_ID))
        return fail(GC_ERR_INVALID_ID, "there is no data stream %s, only %s", id, STREAM_ID);
    if (d->stream)
        return fail(GC_ERR_RESOURCE_IN_USE, "the data stream is open already");
    Stream *s = calloc(1, sizeof *s);
    s->kind = KIND_STREAM;
    s->device = d;
    stream_init(s);
    *stream = d->stream = s;
    return GC_ERR_SUCCESS;
}
