/* Events: a data stream reports each new buffer. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"

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
    case EVENT_EVENT_TYPE: return answer_int32(a, EVENT_NEW_BUFFER);
    case EVENT_NUM_IN_QUEUE: return answer_size(a, s->filled.length);
    case EVENT_NUM_FIRED: return answer_uint64(a, s->delivered);
    case EVENT_SIZE_MAX:
    case EVENT_INFO_DATA_SIZE_MAX: return answer_size(a, sizeof(EVENT_NEW_BUFFER_DATA));
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
    case EVENT_DATA_ID: return answer_pointer(a, event->buffer);
    case EVENT_DATA_VALUE: return answer_pointer(a, event->user);
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
