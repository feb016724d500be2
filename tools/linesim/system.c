/* The GenTL library, its system module and its only interface module, which lists the devices. */
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
        return fail(GC_ERR_RESOURCE_IN_USE, "GCInitLib was called already");
    Dl_info library;
    dladdr((void *)GCInitLib, &library);
    snprintf(library_path, sizeof library_path, "%s", library.dli_fname);
    cameras_open();
    initialised = true;
    return GC_ERR_SUCCESS;
}

API GCCloseLib(void)
{
    initialised = tl_system.open = tl_interface.open = false;
    cameras_close();
    return GC_ERR_SUCCESS;
}

API GCGetLastError(GC_ERROR *error, char *buffer, size_t *size)
{
    const char *text;
    GC_ERROR last = last_error(&text);
    if (error)
        *error = last;
    return info_text((Info){NULL, buffer, size}, text);
}

static GC_ERROR system_info(TL_INFO_CMD command, Info info)
{
    const char *name = strrchr(library_path, '/');
    switch (command) {
    case TL_INFO_ID:
    case TL_INFO_MODEL:
    case TL_INFO_DISPLAYNAME: return info_text(info, CAMERA_MODEL);
    case TL_INFO_VENDOR: return info_text(info, VENDOR);
    case TL_INFO_VERSION: return info_text(info, VERSION);
    case TL_INFO_TLTYPE: return info_text(info, CAMERA_TL_TYPE);
    case TL_INFO_NAME: return info_text(info, name ? name + 1 : library_path);
    case TL_INFO_PATHNAME: return info_text(info, library_path);
    case TL_INFO_CHAR_ENCODING: return info_int32(info, TL_CHAR_ENCODING_ASCII);
    case TL_INFO_GENTL_VER_MAJOR: return info_uint32(info, 1);
    case TL_INFO_GENTL_VER_MINOR: return info_uint32(info, 5); /* the functions of 1.6 are not implemented */
    }
    return unknown_info("the system", command);
}

API GCGetInfo(TL_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    return system_info(command, (Info){type, buffer, size});
}

API TLOpen(TL_HANDLE *handle)
{
    if (!initialised)
        return fail(GC_ERR_NOT_INITIALIZED, "TLOpen was called before GCInitLib");
    if (tl_system.open)
        return fail(GC_ERR_RESOURCE_IN_USE, "the system is open already");
    tl_system.open = true;
    *handle = &tl_system;
    return GC_ERR_SUCCESS;
}

API TLClose(TL_HANDLE handle)
{
    CHECK_HANDLE(handle, KIND_SYSTEM);
    tl_system.open = false;
    return GC_ERR_SUCCESS;
}

API TLGetInfo(TL_HANDLE handle, TL_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_SYSTEM);
    return system_info(command, (Info){type, buffer, size});
}

API TLUpdateInterfaceList(TL_HANDLE handle, bool8_t *changed, uint64_t timeout_ms)
{
    (void)timeout_ms;
    CHECK_HANDLE(handle, KIND_SYSTEM);
    if (changed)
        *changed = 1;
    return GC_ERR_SUCCESS;
}

API TLGetNumInterfaces(TL_HANDLE handle, uint32_t *count)
{
    CHECK_HANDLE(handle, KIND_SYSTEM);
    *count = 1;
    return GC_ERR_SUCCESS;
}

/* The interface module. */

static const char *const INTERFACE_ID = "IF0";

static GC_ERROR interface_info(INTERFACE_INFO_CMD command, Info info)
{
    switch (command) {
    case INTERFACE_INFO_ID: return info_text(info, INTERFACE_ID);
    case INTERFACE_INFO_DISPLAYNAME: return info_text(info, CAMERA_MODEL);
    case INTERFACE_INFO_TLTYPE: return info_text(info, CAMERA_TL_TYPE);
    }
    return unknown_info("the interface", command);
}

API TLGetInterfaceID(TL_HANDLE handle, uint32_t index, char *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_SYSTEM);
    if (index)
        return fail(GC_ERR_INVALID_INDEX, "there is only one interface, with index 0; got %" PRIu32, index);
    return info_text((Info){NULL, buffer, size}, INTERFACE_ID);
}

API TLGetInterfaceInfo(TL_HANDLE handle, const char *id, INTERFACE_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_SYSTEM);
    if (strcmp(id, INTERFACE_ID))
        return fail(GC_ERR_INVALID_ID, "there is no interface %s, only %s", id, INTERFACE_ID);
    return interface_info(command, (Info){type, buffer, size});
}

API TLOpenInterface(TL_HANDLE handle, const char *id, IF_HANDLE *interface)
{
    CHECK_HANDLE(handle, KIND_SYSTEM);
    if (strcmp(id, INTERFACE_ID))
        return fail(GC_ERR_INVALID_ID, "there is no interface %s, only %s", id, INTERFACE_ID);
    if (tl_interface.open)
        return fail(GC_ERR_RESOURCE_IN_USE, "the interface is open already");
    tl_interface.open = true;
    *interface = &tl_interface;
    return GC_ERR_SUCCESS;
}

API IFClose(IF_HANDLE handle)
{
    CHECK_HANDLE(handle, KIND_INTERFACE);
    tl_interface.open = false;
    return GC_ERR_SUCCESS;
}

API IFGetInfo(IF_HANDLE handle, INTERFACE_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_INTERFACE);
    return interface_info(command, (Info){type, buffer, size});
}

API IFGetParentTL(IF_HANDLE handle, TL_HANDLE *parent)
{
    CHECK_HANDLE(handle, KIND_INTERFACE);
    *parent = &tl_system;
    return GC_ERR_SUCCESS;
}

API IFUpdateDeviceList(IF_HANDLE handle, bool8_t *changed, uint64_t timeout_ms)
{
    (void)timeout_ms;
    CHECK_HANDLE(handle, KIND_INTERFACE);
    cameras_update();
    if (changed)
        *changed = 1;
    return GC_ERR_SUCCESS;
}

API IFGetNumDevices(IF_HANDLE handle, uint32_t *count)
{
    CHECK_HANDLE(handle, KIND_INTERFACE);
    *count = cameras_count();
    return GC_ERR_SUCCESS;
}

API IFGetDeviceID(IF_HANDLE handle, uint32_t index, char *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_INTERFACE);
    char id[CAMERA_ID_LENGTH];
    if (!cameras_id(index, id))
        return fail(GC_ERR_INVALID_INDEX, "there is no device %" PRIu32 ", only %" PRIu32 " devices", index, cameras_count());
    return info_text((Info){NULL, buffer, size}, id);
}
