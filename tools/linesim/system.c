/* The library, the system and its one interface, through which devices are found. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "handles.h"

static char library_path[512];

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
    const char *words;
    GC_ERROR last = last_failure(&words);
    if (error)
        *error = last;
    return answer_text((Answer){NULL, to, length}, words);
}

static GC_ERROR system_info(int32_t command, Answer a)
{
    const char *name = strrchr(library_path, '/');
    switch (command) {
    case TL_INFO_ID:
    case TL_INFO_MODEL:
    case TL_INFO_DISPLAYNAME: return answer_text(a, CAMERA_MODEL);
    case TL_INFO_VENDOR: return answer_text(a, VENDOR);
    case TL_INFO_VERSION: return answer_text(a, VERSION);
    case TL_INFO_TLTYPE: return answer_text(a, CAMERA_TL_TYPE);
    case TL_INFO_NAME: return answer_text(a, name ? name + 1 : library_path);
    case TL_INFO_PATHNAME: return answer_text(a, library_path);
    case TL_INFO_CHAR_ENCODING: return answer_int32(a, TL_CHAR_ENCODING_ASCII);
    case TL_INFO_GENTL_VER_MAJOR: return answer_uint32(a, 1);
    case TL_INFO_GENTL_VER_MINOR: return answer_uint32(a, 5);
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
    case INTERFACE_INFO_ID: return answer_text(a, INTERFACE_ID);
    case INTERFACE_INFO_DISPLAYNAME: return answer_text(a, CAMERA_MODEL);
    case INTERFACE_INFO_TLTYPE: return answer_text(a, CAMERA_TL_TYPE);
    }
    return unknown("the interface", command);
}

API TLGetInterfaceID(HANDLE handle, uint32_t index, char *to, size_t *length)
{
    CHECK(handle, KIND_SYSTEM);
    if (index)
        return failed(GC_ERR_INVALID_INDEX, "there is one interface");
    return answer_text((Answer){NULL, to, length}, INTERFACE_ID);
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
    return answer_text((Answer){NULL, to, length}, id);
}
