/* The data stream module and its buffers. */
#include <stdlib.h>

#include "handles.h"

enum { CHUNK_ID = 0x4c53 };

API DSStopAcquisition(DS_HANDLE handle, ACQ_STOP_FLAGS flags)
{
    (void)flags;
    CHECK_HANDLE(handle, KIND_STREAM);
    Stream *s = handle;
    camera_stop(((Device *)s->device)->camera);
    s->grabbing = false;
    return GC_ERR_SUCCESS;
}

API DSClose(DS_HANDLE handle)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    Stream *s = handle;
    DSStopAcquisition(s, 0);
    stream_flush(s, ACQ_QUEUE_ALL_DISCARD);
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
    return GC_ERR_SUCCESS;
}

API DSGetParentDev(DS_HANDLE handle, DEV_HANDLE *parent)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    *parent = ((Stream *)handle)->device;
    return GC_ERR_SUCCESS;
}

API DSGetInfo(DS_HANDLE handle, STREAM_INFO_CMD command, INFO_DATATYPE *type, void *buffer, size_t *size)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    Stream *s = handle;
    Info info = {type, buffer, size};
    switch (command) {
    case STREAM_INFO_ID: return info_text(info, STREAM_ID);
    case STREAM_INFO_NUM_DELIVERED: return info_uint64(info, s->delivered);
    case STREAM_INFO_NUM_UNDERRUN: return info_uint64(info, s->underruns);
    case STREAM_INFO_NUM_ANNOUNCED: return info_size(info, s->announced_count);
    case STREAM_INFO_NUM_QUEUED: return info_size(info, s->empty.length);
    case STREAM_INFO_NUM_AWAIT_DELIVERY: return info_size(info, s->filled.length);
    case STREAM_INFO_NUM_STARTED: return info_uint64(info, s->started);
    case STREAM_INFO_PAYLOAD_SIZE: return fail(GC_ERR_NOT_AVAILABLE, "the camera gives the payload size, not the data stream");
    case STREAM_INFO_IS_GRABBING: return info_bool(info, s->grabbing);
    case STREAM_INFO_DEFINES_PAYLOADSIZE: return info_bool(info, false);
    case STREAM_INFO_TLTYPE: return info_text(info, CAMERA_TL_TYPE);
    case STREAM_INFO_NUM_CHUNKS_MAX:
    case STREAM_INFO_BUF_ALIGNMENT: return info_size(info, 1);
    case STREAM_INFO_BUF_ANNOUNCE_MIN: return info_size(info, 2);
    }
    return unknown_info("a data stream", command);
}

API DSAnnounceBuffer(DS_HANDLE handle, void *memory, size_t length, void *user, BUFFER_HANDLE *announced)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    Buffer *b = calloc(1, sizeof *b);
    b->kind = KIND_BUFFER;
    b->stream = handle;
    b->memory = memory;
    b->size = length;
    b->user = user;
    stream_announce(handle, b);
    *announced = b;
    return GC_ERR_SUCCESS;
}

API DSRevokeBuffer(DS_HANDLE handle, BUFFER_HANDLE buffer, void **memory, void **user)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    CHECK_HANDLE(buffer, KIND_BUFFER);
    Buffer *b = buffer;
    if (b->queued)
        return fail(GC_ERR_BUSY, "the buffer is queued");
    if (memory)
        *memory = b->memory;
    if (user)
        *user = b->user;
    stream_revoke(handle, b);
    b->kind = 0;
    free(b);
    return GC_ERR_SUCCESS;
}

API DSQueueBuffer(DS_HANDLE handle, BUFFER_HANDLE buffer)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    CHECK_HANDLE(buffer, KIND_BUFFER);
    if (((Buffer *)buffer)->queued)
        return fail(GC_ERR_RESOURCE_IN_USE, "the buffer is queued");
    stream_queue(handle, buffer);
    return GC_ERR_SUCCESS;
}

API DSGetBufferID(DS_HANDLE handle, uint32_t index, BUFFER_HANDLE *buffer)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    Buffer *b = ((Stream *)handle)->announced;
    while (b && index--)
        b = b->next_announced;
    if (!b)
        return fail(GC_ERR_INVALID_INDEX, "there is no buffer with that index");
    *buffer = b;
    return GC_ERR_SUCCESS;
}

API DSFlushQueue(DS_HANDLE handle, ACQ_QUEUE_TYPE operation)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    if (operation == ACQ_QUEUE_ALL_DISCARD) /* a program whose camera was lost may not have stopped it */
        camera_stop(((Device *)((Stream *)handle)->device)->camera);
    stream_flush(handle, operation);
    return GC_ERR_SUCCESS;
}

API DSStartAcquisition(DS_HANDLE handle, ACQ_START_FLAGS flags, uint64_t count)
{
    (void)flags, (void)count;
    CHECK_HANDLE(handle, KIND_STREAM);
    Stream *s = handle;
    if (s->grabbing)
        return fail(GC_ERR_RESOURCE_IN_USE, "acquisition runs already");
    s->delivered = s->underruns = s->started = 0;
    if (!camera_start(((Device *)s->device)->camera, s))
        return fail(GC_ERR_ERROR, "the camera cannot be started");
    s->grabbing = true;
    return GC_ERR_SUCCESS;
}

API DSGetBufferInfo(DS_HANDLE handle, BUFFER_HANDLE buffer, BUFFER_INFO_CMD command, INFO_DATATYPE *type, void *to, size_t *size)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    CHECK_HANDLE(buffer, KIND_BUFFER);
    const Buffer *b = buffer;
    Info info = {type, to, size};
    switch (command) {
    case BUFFER_INFO_BASE: return info_pointer(info, b->memory);
    case BUFFER_INFO_SIZE: return info_size(info, b->size);
    case BUFFER_INFO_USER_PTR: return info_pointer(info, b->user);
    case BUFFER_INFO_TIMESTAMP: return info_uint64(info, b->timestamp_ns);
    case BUFFER_INFO_NEW_DATA: return info_bool(info, b->new_data);
    case BUFFER_INFO_IS_QUEUED: return info_bool(info, b->queued);
    case BUFFER_INFO_IS_ACQUIRING: return info_bool(info, false);
    case BUFFER_INFO_IS_INCOMPLETE: return info_bool(info, b->incomplete);
    case BUFFER_INFO_TLTYPE: return info_text(info, CAMERA_TL_TYPE);
    case BUFFER_INFO_SIZE_FILLED:
    case BUFFER_INFO_DATA_SIZE: return info_size(info, b->filled);
    case BUFFER_INFO_WIDTH: return info_size(info, b->width);
    case BUFFER_INFO_HEIGHT: return info_size(info, b->height);
    case BUFFER_INFO_XOFFSET:
    case BUFFER_INFO_YOFFSET:
    case BUFFER_INFO_XPADDING:
    case BUFFER_INFO_YPADDING:
    case BUFFER_INFO_IMAGEOFFSET: return info_size(info, 0);
    case BUFFER_INFO_FRAMEID: return info_uint64(info, b->frame_id);
    case BUFFER_INFO_IMAGEPRESENT: return info_bool(info, true);
    case BUFFER_INFO_PAYLOADTYPE: return info_size(info, b->has_chunks ? PAYLOAD_TYPE_CHUNK_DATA : PAYLOAD_TYPE_IMAGE);
    case BUFFER_INFO_PIXELFORMAT: return info_uint64(info, b->pixel_format);
    case BUFFER_INFO_PIXELFORMAT_NAMESPACE: return info_uint64(info, PIXELFORMAT_NAMESPACE_PFNC_32BIT);
    case BUFFER_INFO_DELIVERED_IMAGEHEIGHT: return info_size(info, b->delivered_height);
    case BUFFER_INFO_DELIVERED_CHUNKPAYLOADSIZE: return info_size(info, b->has_chunks ? b->filled : 0);
    case BUFFER_INFO_CHUNKLAYOUTID: return info_uint64(info, 0);
    case BUFFER_INFO_PIXEL_ENDIANNESS: return info_int32(info, PIXELENDIANNESS_LITTLE);
    case BUFFER_INFO_TIMESTAMP_NS: return info_uint64(info, b->timestamp_ns);
    case BUFFER_INFO_DATA_LARGER_THAN_BUFFER: return info_bool(info, b->image_size > b->size);
    case BUFFER_INFO_CONTAINS_CHUNKDATA: return info_bool(info, b->has_chunks);
    }
    return fail(GC_ERR_NOT_AVAILABLE, "a buffer does not have information %d", command);
}

API DSGetBufferChunkData(DS_HANDLE handle, BUFFER_HANDLE buffer, SINGLE_CHUNK_DATA *chunk, size_t *count)
{
    CHECK_HANDLE(handle, KIND_STREAM);
    CHECK_HANDLE(buffer, KIND_BUFFER);
    const Buffer *b = buffer;
    size_t chunks = b->has_chunks ? 1 : 0;
    if (chunk && chunks) {
        if (*count < 1)
            return fail(GC_ERR_BUFFER_TOO_SMALL, "the array has no room, but the buffer has 1 chunk");
        *chunk = (SINGLE_CHUNK_DATA){CHUNK_ID, (ptrdiff_t)b->image_size, b->filled - b->image_size};
    }
    *count = chunks;
    return GC_ERR_SUCCESS;
}

API DSGetNumBufferParts(DS_HANDLE handle, BUFFER_HANDLE buffer, uint32_t *count)
{
    (void)buffer, (void)count;
    CHECK_HANDLE(handle, KIND_STREAM);
    return fail(GC_ERR_NOT_AVAILABLE, "a buffer has only one part");
}

/* These functions are exported, because harvesters prints a warning for each function that a producer does not export. */
#define NOT_IMPLEMENTED(name) \
    API name(void) { return fail(GC_ERR_NOT_IMPLEMENTED, #name " is not implemented"); }
NOT_IMPLEMENTED(DSAllocAndAnnounceBuffer)
NOT_IMPLEMENTED(DSGetBufferPartInfo)
NOT_IMPLEMENTED(DSAnnounceCompositeBuffer)
NOT_IMPLEMENTED(DSGetNumFlows)
NOT_IMPLEMENTED(DSGetFlowInfo)
NOT_IMPLEMENTED(DSGetNumBufferSegments)
NOT_IMPLEMENTED(DSGetBufferSegmentInfo)
