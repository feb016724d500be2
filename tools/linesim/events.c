/* The event of a data stream: a buffer was filled. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

API GCRegisterEvent(EVENTSRC_HANDLE source, EVENT_TYPE type, EVENT_HANDLE *event)
{
    if (kind_of(source) != KIND_STREAM || type != EVENT_NEW_BUFFER)
        return fail(GC_ERR_NOT_IMPLEMENTED, "event %d is not implemented, only EVENT_NEW_BUFFER of a data stream", type);
    Stream *s = source;
    if (s->event)
        return fail(GC_ERR_RESOURCE_IN_USE, "the event is registered already");
    Event *e = calloc(1, sizeof *e);
    *e = (Event){KIND_EVENT, s};
    *event = s->event = e;
    return GC_ERR_SUCCESS;
}

API GCUnregisterEvent(EVENTSRC_HANDLE source, EVENT_TYPE type)
{
    (void)type;
    if (kind_of(source) == KIND_STREAM) {
        Stream *s = source;
        free(s->event);
        s->event = NULL;
    }
    return GC_ERR_SUCCESS;
}

API EventGetInfo(EVENT_HANDLE handle, EVENT_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_EVENT);
    const Stream *s = ((Event *)handle)->stream;
    Info info = {type, buffer, size};
    switch (command) {
    case EVENT_EVENT_TYPE: return info_int32(info, EVENT_NEW_BUFFER);
    case EVENT_NUM_IN_QUEUE: return info_size(info, s->filled.length);
    case EVENT_NUM_FIRED: return info_uint64(info, s->delivered);
    case EVENT_SIZE_MAX:
    case EVENT_INFO_DATA_SIZE_MAX: return info_size(info, sizeof(EVENT_NEW_BUFFER_DATA));
    }
    return unknown_info("an event", command);
}

API EventGetData(EVENT_HANDLE handle, void *buffer, size_t *size, uint64_t timeout_ms)
{
    CHECK_HANDLE(handle, KIND_EVENT);
    if (*size < sizeof(EVENT_NEW_BUFFER_DATA))
        return fail(GC_ERR_BUFFER_TOO_SMALL, "the buffer has %zu bytes, but an event needs %zu", *size, sizeof(EVENT_NEW_BUFFER_DATA));
    bool killed;
    Buffer *b = stream_fetch(((Event *)handle)->stream, timeout_ms, &killed);
    if (killed)
        return fail(GC_ERR_ABORT, "EventKill was called");
    if (!b)
        return fail(GC_ERR_TIMEOUT, "no buffer was filled in %" PRIu64 " ms", timeout_ms);
    EVENT_NEW_BUFFER_DATA data = {b, b->user};
    memcpy(buffer, &data, sizeof data);
    *size = sizeof data;
    return GC_ERR_SUCCESS;
}

API EventGetDataInfo(EVENT_HANDLE handle, const void *data, size_t data_size, EVENT_DATA_INFO_CMD command, INFO_DATATYPE *type,
                     void *buffer, size_t *size)
{
    (void)data_size;
    CHECK_HANDLE(handle, KIND_EVENT);
    const EVENT_NEW_BUFFER_DATA *event = data;
    Info info = {type, buffer, size};
    switch (command) {
    case EVENT_DATA_ID: return info_pointer(info, event->BufferHandle);
    case EVENT_DATA_VALUE: return info_pointer(info, event->pUserPointer);
    }
    return unknown_info("an event's data", command);
}

API EventFlush(EVENT_HANDLE handle)
{
    CHECK_HANDLE(handle, KIND_EVENT);
    return GC_ERR_SUCCESS; /* the queue of filled buffers is the queue of events, and DSFlushQueue empties it */
}

API EventKill(EVENT_HANDLE handle)
{
    CHECK_HANDLE(handle, KIND_EVENT);
    stream_kill(((Event *)handle)->stream);
    return GC_ERR_SUCCESS;
}
