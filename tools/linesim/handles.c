/* The last error, checks of handles, and the output of information, for all GenTL functions. */
#include "handles.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const VENDOR = "skelp", *const VERSION = "1.0", *const STREAM_ID = "DS0";
Singleton tl_system = {KIND_SYSTEM, false}, tl_interface = {KIND_INTERFACE, false};
bool initialised;

static __thread GC_ERROR stored_error;
static __thread char stored_text[160];

GC_ERROR fail(GC_ERROR error, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(stored_text, sizeof stored_text, format, values);
    va_end(values);
    return stored_error = error;
}

GC_ERROR last_error(const char **text)
{
    *text = stored_text;
    return stored_error;
}

int kind_of(const void *handle)
{
    return handle ? *(const int *)handle : 0;
}

GC_ERROR check_handle(const void *handle, int kind, const char *function)
{
    if (!initialised)
        return fail(GC_ERR_NOT_INITIALIZED, "%s was called before GCInitLib", function);
    if (kind_of(handle) != kind)
        return fail(GC_ERR_INVALID_HANDLE, "%s: the handle is not of the right kind", function);
    return GC_ERR_SUCCESS;
}

static GC_ERROR put(Info info, INFO_DATATYPE type, const void *value, size_t length)
{
    if (!info.size)
        return fail(GC_ERR_INVALID_PARAMETER, "the pointer to the size is NULL");
    if (info.type)
        *info.type = type;
    if (info.buffer) {
        if (*info.size < length)
            return fail(GC_ERR_BUFFER_TOO_SMALL, "the buffer has %zu bytes, but %zu are needed", *info.size, length);
        memcpy(info.buffer, value, length);
    }
    *info.size = length;
    return GC_ERR_SUCCESS;
}
GC_ERROR info_text(Info info, const char *value) { return put(info, INFO_DATATYPE_STRING, value, strlen(value) + 1); }
GC_ERROR info_int32(Info info, int32_t value) { return put(info, INFO_DATATYPE_INT32, &value, sizeof value); }
GC_ERROR info_uint32(Info info, uint32_t value) { return put(info, INFO_DATATYPE_UINT32, &value, sizeof value); }
GC_ERROR info_uint64(Info info, uint64_t value) { return put(info, INFO_DATATYPE_UINT64, &value, sizeof value); }
GC_ERROR info_size(Info info, size_t value) { return put(info, INFO_DATATYPE_SIZET, &value, sizeof value); }
GC_ERROR info_pointer(Info info, const void *value) { return put(info, INFO_DATATYPE_PTR, &value, sizeof value); }
GC_ERROR info_bool(Info info, bool value)
{
    bool8_t byte = value;
    return put(info, INFO_DATATYPE_BOOL8, &byte, sizeof byte);
}

GC_ERROR unknown_info(const char *module, int command)
{
    return fail(GC_ERR_INVALID_PARAMETER, "%s does not have information %d", module, command);
}
