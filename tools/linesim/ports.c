/* Ports: a camera's registers, and where its description is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "handles.h"

static const uint64_t DESCRIPTION_ADDRESS = 0x7f00000000000000; /* beyond any register */

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
    case PORT_INFO_ID:
    case PORT_INFO_MODULE:
    case PORT_INFO_PORTNAME: return answer_text(a, module);
    case PORT_INFO_VENDOR: return answer_text(a, VENDOR);
    case PORT_INFO_MODEL: return answer_text(a, CAMERA_MODEL);
    case PORT_INFO_TLTYPE: return answer_text(a, CAMERA_TL_TYPE);
    case PORT_INFO_LITTLE_ENDIAN:
    case PORT_INFO_ACCESS_READ:
    case PORT_INFO_ACCESS_WRITE: return answer_boolean(a, true);
    case PORT_INFO_BIG_ENDIAN:
    case PORT_INFO_ACCESS_NA:
    case PORT_INFO_ACCESS_NI: return answer_boolean(a, false);
    case PORT_INFO_VERSION: return answer_text(a, VERSION);
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
    return none ? none : answer_text((Answer){NULL, to, length}, url);
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
    case URL_INFO_URL: return answer_text(a, url);
    case URL_INFO_SCHEMA_VER_MAJOR: /* 1.1 */
    case URL_INFO_SCHEMA_VER_MINOR: return answer_int32(a, 1);
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
