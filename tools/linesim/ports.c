/* Ports: the registers of a camera, and the address of its GenICam description. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "handles.h"

static const uint64_t DESCRIPTION_ADDRESS = 0x7f00000000000000; /* behind all registers */

static const char *module_name(const void *handle)
{
    switch (kind_of(handle)) {
    case KIND_SYSTEM: return "TLSystem";
    case KIND_INTERFACE: return "TLInterface";
    case KIND_DEVICE: return "TLDevice";
    case KIND_STREAM: return "TLDataStream";
    case KIND_PORT: return "Device";
    }
    return NULL;
}

API GCGetPortInfo(PORT_HANDLE handle, PORT_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    const char *module = module_name(handle);
    if (!module)
        return fail(GC_ERR_INVALID_HANDLE, "the handle is not a port");
    Info info = {type, buffer, size};
    switch (command) {
    case PORT_INFO_ID:
    case PORT_INFO_MODULE:
    case PORT_INFO_PORTNAME: return info_text(info, module);
    case PORT_INFO_VENDOR: return info_text(info, VENDOR);
    case PORT_INFO_MODEL: return info_text(info, CAMERA_MODEL);
    case PORT_INFO_TLTYPE: return info_text(info, CAMERA_TL_TYPE);
    case PORT_INFO_LITTLE_ENDIAN:
    case PORT_INFO_ACCESS_READ:
    case PORT_INFO_ACCESS_WRITE: return info_bool(info, true);
    case PORT_INFO_BIG_ENDIAN:
    case PORT_INFO_ACCESS_NA:
    case PORT_INFO_ACCESS_NI: return info_bool(info, false);
    case PORT_INFO_VERSION: return info_text(info, VERSION);
    }
    return unknown_info("a port", command);
}

static GC_ERROR description_url(PORT_HANDLE handle, char url[128])
{
    if (kind_of(handle) != KIND_PORT)
        return fail(GC_ERR_NOT_AVAILABLE, "only the port of a camera has a description");
    size_t length;
    camera_description(((Port *)handle)->device->camera, &length);
    snprintf(url, 128, "Local:///camera.xml;%" PRIx64 ";%zx?SchemaVersion=1.1.0", DESCRIPTION_ADDRESS, length);
    return GC_ERR_SUCCESS;
}

API GCGetNumPortURLs(PORT_HANDLE handle, uint32_t *count)
{
    char url[128];
    GC_ERROR error = description_url(handle, url);
    if (!error)
        *count = 1;
    return error;
}

API GCGetPortURL(PORT_HANDLE handle, char *buffer, size_t *size)
{
    char url[128];
    GC_ERROR error = description_url(handle, url);
    return error ? error : info_text((Info){NULL, buffer, size}, url);
}

API GCGetPortURLInfo(PORT_HANDLE handle, uint32_t index, URL_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    if (index)
        return fail(GC_ERR_INVALID_INDEX, "there is only one URL, with index 0; got %" PRIu32, index);
    char url[128];
    GC_ERROR error = description_url(handle, url);
    if (error)
        return error;
    Info info = {type, buffer, size};
    switch (command) {
    case URL_INFO_URL: return info_text(info, url);
    case URL_INFO_SCHEMA_VER_MAJOR: /* the schema has version 1.1 */
    case URL_INFO_SCHEMA_VER_MINOR: return info_int32(info, 1);
    }
    return fail(GC_ERR_NOT_AVAILABLE, "a URL does not have information %d", command);
}

static GC_ERROR read_description(Camera *camera, uint64_t offset, void *to, size_t length)
{
    size_t total;
    const char *xml = camera_description(camera, &total);
    if (offset + length > total)
        return fail(GC_ERR_INVALID_ADDRESS, "the description has only %zu bytes", total);
    memcpy(to, xml + offset, length);
    return GC_ERR_SUCCESS;
}

API GCReadPort(PORT_HANDLE handle, uint64_t address, void *to, size_t *size)
{
    if (kind_of(handle) != KIND_PORT)
        return fail(handle ? GC_ERR_INVALID_ADDRESS : GC_ERR_INVALID_HANDLE, "only the port of a camera has registers");
    Camera *camera = ((Port *)handle)->device->camera;
    if (address >= DESCRIPTION_ADDRESS)
        return read_description(camera, address - DESCRIPTION_ADDRESS, to, *size);
    GC_ERROR error = camera_read(camera, address, to, *size);
    return error ? fail(error, "%zu bytes at 0x%" PRIx64 " cannot be read", *size, address) : GC_ERR_SUCCESS;
}

API GCWritePort(PORT_HANDLE handle, uint64_t address, const void *from, size_t *size)
{
    if (kind_of(handle) != KIND_PORT)
        return fail(handle ? GC_ERR_INVALID_ADDRESS : GC_ERR_INVALID_HANDLE, "only the port of a camera has registers");
    GC_ERROR error = camera_write(((Port *)handle)->device->camera, address, from, *size);
    return error ? fail(error, "%zu bytes at 0x%" PRIx64 " cannot be written", *size, address) : GC_ERR_SUCCESS;
}

API GCReadPortStacked(PORT_HANDLE handle, PORT_REGISTER_STACK_ENTRY *entries, size_t *count)
{
    for (size_t n = 0; n < *count; n++) {
        GC_ERROR error = GCReadPort(handle, entries[n].Address, entries[n].pBuffer, &entries[n].Size);
        if (error) {
            *count = n;
            return error;
        }
    }
    return GC_ERR_SUCCESS;
}

API GCWritePortStacked(PORT_HANDLE handle, PORT_REGISTER_STACK_ENTRY *entries, size_t *count)
{
    for (size_t n = 0; n < *count; n++) {
        GC_ERROR error = GCWritePort(handle, entries[n].Address, entries[n].pBuffer, &entries[n].Size);
        if (error) {
            *count = n;
            return error;
        }
    }
    return GC_ERR_SUCCESS;
}
