/* A device's data stream and its buffers. */
#include <stdlib.h>

#include "handles.h"

enum { CHUNK_ID = 0x4c53 };

API DSStopAcquisition(HANDLE handle, int32_t flags)
{
    (void)flags;
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    camera_stop(((Device *)s->device)->camera);
    s->grabbing = false;
    return GC_SUCCESS;
}

API DSClose(HANDLE handle)
{
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    DSStopAcquisition(s, 0);
    stream_flush(s, QUEUE_ALL_DISCARD);
    while (s->announced) {
        Buffer *b = s->announced;
        stream_revoke(s, b);
        b->kind = 0;
        free(b);
    }
    ((Device *)s->device)->stream = NULL;
    stream_free(s);
    s->kind = 0;
    free(s);
    return GC_SUCCESS;
}

API DSGetParentDev(HANDLE handle, HANDLE *parent)
{
    CHECK(handle, KIND_STREAM);
    *parent = ((Stream *)handle)->device;
    return GC_SUCCESS;
}

API DSGetInfo(HANDLE handle, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    Answer a = {type, to, length};
    switch (command) {
    case STREAM_INFO_ID: return answer_text(a, STREAM_ID);
    case STREAM_INFO_NUM_DELIVERED: return answer_uint64(a, s->delivered);
    case STREAM_INFO_NUM_UNDERRUN: return answer_uint64(a, s->underruns);
    case STREAM_INFO_NUM_ANNOUNCED: return answer_size(a, s->announced_count);
    case STREAM_INFO_NUM_QUEUED: return answer_size(a, s->empty.length);
    case STREAM_INFO_NUM_AWAIT_DELIVERY: return answer_size(a, s->filled.length);
    case STREAM_INFO_NUM_STARTED: return answer_uint64(a, s->started);
    case STREAM_INFO_PAYLOAD_SIZE: return failed(GC_ERR_NOT_AVAILABLE, "the payload's size comes from the camera");
    case STREAM_INFO_IS_GRABBING: return answer_boolean(a, s->grabbing);
    case STREAM_INFO_DEFINES_PAYLOADSIZE: return answer_boolean(a, false);
    case STREAM_INFO_TLTYPE: return answer_text(a, CAMERA_TL_TYPE);
    case STREAM_INFO_NUM_CHUNKS_MAX:
    case STREAM_INFO_BUF_ALIGNMENT: return answer_size(a, 1);
    case STREAM_INFO_BUF_ANNOUNCE_MIN: return answer_size(a, 2);
    }
    return unknown("a data stream", command);
}

API DSAnnounceBuffer(HANDLE handle, void *memory, size_t length, void *user, HANDLE *announced)
{
    CHECK(handle, KIND_STREAM);
    Buffer *b = calloc(1, sizeof *b);
    b->kind = KIND_BUFFER;
    b->stream = handle;
    b->memory = memory;
    b->size = length;
    b->user = user;
    stream_announce(handle, b);
    *announced = b;
    return GC_SUCCESS;
}

API DSRevokeBuffer(HANDLE handle, HANDLE buffer, void **memory, void **user)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    Buffer *b = buffer;
    if (b->queued)
        return failed(GC_ERR_BUSY, "the camera has that buffer");
    if (memory)
        *memory = b->memory;
    if (user)
        *user = b->user;
    stream_revoke(handle, b);
    b->kind = 0;
    free(b);
    return GC_SUCCESS;
}

API DSQueueBuffer(HANDLE handle, HANDLE buffer)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    if (((Buffer *)buffer)->queued)
        return failed(GC_ERR_RESOURCE_IN_USE, "the camera has that buffer");
    stream_queue(handle, buffer);
    return GC_SUCCESS;
}

API DSGetBufferID(HANDLE handle, uint32_t index, HANDLE *buffer)
{
    CHECK(handle, KIND_STREAM);
    Buffer *b = ((Stream *)handle)->announced;
    while (b && index--)
        b = b->next_announced;
    if (!b)
        return failed(GC_ERR_INVALID_INDEX, "no such buffer");
    *buffer = b;
    return GC_SUCCESS;
}

API DSFlushQueue(HANDLE handle, int32_t operation)
{
    CHECK(handle, KIND_STREAM);
    if (operation == QUEUE_ALL_DISCARD) /* a program whose camera is gone may come here without having stopped it */
        camera_stop(((Device *)((Stream *)handle)->device)->camera);
    stream_flush(handle, operation);
    return GC_SUCCESS;
}

API DSStartAcquisition(HANDLE handle, int32_t flags, uint64_t count)
{
    (void)flags, (void)count;
    CHECK(handle, KIND_STREAM);
    Stream *s = handle;
    if (s->grabbing)
        return failed(GC_ERR_RESOURCE_IN_USE, "acquisition is running");
    s->delivered = s->underruns = s->started = 0;
    if (!camera_start(((Device *)s->device)->camera, s))
        return failed(GC_ERR_ERROR, "the camera could not be started");
    s->grabbing = true;
    return GC_SUCCESS;
}

API DSGetBufferInfo(HANDLE handle, HANDLE buffer, int32_t command, INFO_DATATYPE *type, void *to, size_t *length)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    const Buffer *b = buffer;
    Answer a = {type, to, length};
    switch (command) {
    case BUFFER_INFO_BASE: return answer_pointer(a, b->memory);
    case BUFFER_INFO_SIZE: return answer_size(a, b->size);
    case BUFFER_INFO_USER_PTR: return answer_pointer(a, b->user);
    case BUFFER_INFO_TIMESTAMP: return answer_uint64(a, b->timestamp_ns);
    case BUFFER_INFO_NEW_DATA: return answer_boolean(a, b->new_data);
    case BUFFER_INFO_IS_QUEUED: return answer_boolean(a, b->queued);
    case BUFFER_INFO_IS_ACQUIRING: return answer_boolean(a, false);
    case BUFFER_INFO_IS_INCOMPLETE: return answer_boolean(a, b->incomplete);
    case BUFFER_INFO_TLTYPE: return answer_text(a, CAMERA_TL_TYPE);
    case BUFFER_INFO_SIZE_FILLED:
    case BUFFER_INFO_DATA_SIZE: return answer_size(a, b->filled);
    case BUFFER_INFO_WIDTH: return answer_size(a, b->width);
    case BUFFER_INFO_HEIGHT: return answer_size(a, b->height);
    case BUFFER_INFO_XOFFSET:
    case BUFFER_INFO_YOFFSET:
    case BUFFER_INFO_XPADDING:
    case BUFFER_INFO_YPADDING:
    case BUFFER_INFO_IMAGEOFFSET: return answer_size(a, 0);
    case BUFFER_INFO_FRAMEID: return answer_uint64(a, b->frame_id);
    case BUFFER_INFO_IMAGEPRESENT: return answer_boolean(a, true);
    case BUFFER_INFO_PAYLOADTYPE: return answer_size(a, b->has_chunks ? PAYLOAD_TYPE_CHUNK_DATA : PAYLOAD_TYPE_IMAGE);
    case BUFFER_INFO_PIXELFORMAT: return answer_uint64(a, b->pixel_format);
    case BUFFER_INFO_PIXELFORMAT_NAMESPACE: return answer_uint64(a, PIXELFORMAT_NAMESPACE_PFNC_32BIT);
    case BUFFER_INFO_DELIVERED_IMAGEHEIGHT: return answer_size(a, b->delivered_height);
    case BUFFER_INFO_DELIVERED_CHUNKPAYLOADSIZE: return answer_size(a, b->has_chunks ? b->filled : 0);
    case BUFFER_INFO_CHUNKLAYOUTID: return answer_uint64(a, 0);
    case BUFFER_INFO_PIXEL_ENDIANNESS: return answer_int32(a, PIXELENDIANNESS_LITTLE);
    case BUFFER_INFO_TIMESTAMP_NS: return answer_uint64(a, b->timestamp_ns);
    case BUFFER_INFO_DATA_LARGER_THAN_BUFFER: return answer_boolean(a, b->image_size > b->size);
    case BUFFER_INFO_CONTAINS_CHUNKDATA: return answer_boolean(a, b->has_chunks);
    }
    return failed(GC_ERR_NOT_AVAILABLE, "a buffer has no information %d", command);
}

API DSGetBufferChunkData(HANDLE handle, HANDLE buffer, SINGLE_CHUNK_DATA *chunk, size_t *count)
{
    CHECK(handle, KIND_STREAM);
    CHECK(buffer, KIND_BUFFER);
    const Buffer *b = buffer;
    size_t there = b->has_chunks ? 1 : 0;
    if (chunk && there) {
        if (*count < 1)
            return failed(GC_ERR_BUFFER_TOO_SMALL, "one chunk is there");
        *chunk = (SINGLE_CHUNK_DATA){CHUNK_ID, (ptrdiff_t)b->image_size, b->filled - b->image_size};
    }
    *count = there;
    return GC_SUCCESS;
}

API DSGetNumBufferParts(HANDLE handle, HANDLE buffer, uint32_t *count)
{
    (void)buffer, (void)count;
    CHECK(handle, KIND_STREAM);
    return failed(GC_ERR_NOT_AVAILABLE, "pictures come in one part");
}

/* What newer programs ask for and older producers have not: harvesters complains on stderr about functions that are missing. */
#define NOT_HERE(name) \
    API name(void) { return failed(GC_ERR_NOT_IMPLEMENTED, #name " is not implemented"); }
NOT_HERE(DSAllocAndAnnounceBuffer)
NOT_HERE(DSGetBufferPartInfo)
NOT_HERE(DSAnnounceCompositeBuffer)
NOT_HERE(DSGetNumFlows)
NOT_HERE(DSGetFlowInfo)
NOT_HERE(DSGetNumBufferSegments)
NOT_HERE(DSGetBufferSegmentInfo)
