/* Errors and answers of every GenTL function. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "handles.h"

const char *const VENDOR = "skelp", *const VERSION = "1.0", *const STREAM_ID = "DS0";
Singleton tl_system = {KIND_SYSTEM, false}, tl_interface = {KIND_INTERFACE, false};
bool initialised;

static __thread GC_ERROR last_error;
static __thread char last_text[160];

GC_ERROR last_failure(const char **text)
{
    *text = last_text;
    return last_error;
}

GC_ERROR failed(GC_ERROR error, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(last_text, sizeof last_text, format, values);
    va_end(values);
    return last_error = error;
}

GC_ERROR check(HANDLE handle, int kind, const char *where)
{
    if (!initialised)
        return failed(GC_ERR_NOT_INITIALIZED, "%s before GCInitLib", where);
    if (!handle || *(int *)handle != kind)
        return failed(GC_ERR_INVALID_HANDLE, "%s: not a handle of the right kind", where);
    return GC_SUCCESS;
}

static GC_ERROR put(Answer a, INFO_DATATYPE type, const void *value, size_t length)
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
GC_ERROR answer_text(Answer a, const char *value) { return put(a, TYPE_STRING, value, strlen(value) + 1); }
GC_ERROR answer_int32(Answer a, int32_t value) { return put(a, TYPE_INT32, &value, sizeof value); }
GC_ERROR answer_uint32(Answer a, uint32_t value) { return put(a, TYPE_UINT32, &value, sizeof value); }
GC_ERROR answer_uint64(Answer a, uint64_t value) { return put(a, TYPE_UINT64, &value, sizeof value); }
GC_ERROR answer_size(Answer a, size_t value) { return put(a, TYPE_SIZET, &value, sizeof value); }
GC_ERROR answer_pointer(Answer a, const void *value) { return put(a, TYPE_PTR, &value, sizeof value); }
GC_ERROR answer_boolean(Answer a, bool value)
{
    bool8_t byte = value;
    return put(a, TYPE_BOOL8, &byte, sizeof byte);
}
GC_ERROR unknown(const char *what, int command)
{
    return failed(GC_ERR_INVALID_PARAMETER, "%s has no information %d", what, command);
}
