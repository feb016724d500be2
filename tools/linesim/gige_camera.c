/* GigE Vision cameras through Aravis, behind the same producer. So the tests cover the whole way of a real camera's lines, over a network.
 *
 * Aravis has its own type of buffers. A thread lends the memory of our buffers to Aravis, and takes them back filled. */
#include <arv.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "camera.h"

enum { MAX_CAMERAS = 16, MAX_BUFFERS = 1024, POP_TIMEOUT_US = 10000 };

const char *const CAMERA_MODEL = "AravisGenTL";
const char *const CAMERA_TL_TYPE = "GEV";

struct Camera {
    char id[CAMERA_ID_LENGTH], serial[CAMERA_ID_LENGTH];
    ArvDevice *device;
    const char *xml;
    size_t xml_length;
    atomic_bool lost, stopping;
    bool running;
    pthread_t thread;
    ArvStream *arv_stream;
    Stream *stream;
    Buffer *lent[MAX_BUFFERS]; /* to Aravis */
    unsigned lent_count;
};

static Camera cameras[MAX_CAMERAS];
static unsigned known_count;

void cameras_open(void)
{
    arv_enable_interface("GigEVision");
    arv_disable_interface("Fake");
    arv_disable_interface("USB3Vision");
    cameras_update();
}

void cameras_close(void)
{
}

void cameras_update(void)
{
    arv_update_device_list();
}

uint32_t cameras_count(void)
{
    return arv_get_n_devices();
}

bool cameras_id(uint32_t index, char id[CAMERA_ID_LENGTH])
{
    if (index >= arv_get_n_devices())
        return false;
    snprintf(id, CAMERA_ID_LENGTH, "%s", arv_get_device_id(index));
    return true;
}

Camera *camera_find(const char *id)
{
    for (unsigned n = 0; n < arv_get_n_devices(); n++) {
        if (strcmp(arv_get_device_id(n), id))
            continue;
        unsigned at = 0;
        while (at < known_count && strcmp(cameras[at].id, id))
            at++;
        if (at == MAX_CAMERAS)
            return NULL;
        if (at == known_count)
            known_count++;
        snprintf(cameras[at].id, CAMERA_ID_LENGTH, "%s", id);
        snprintf(cameras[at].serial, CAMERA_ID_LENGTH, "%s", arv_get_device_serial_nbr(n));
        return &cameras[at];
    }
    return NULL;
}

const char *camera_serial(const Camera *c)
{
    return c->serial;
}

static void on_control_lost(ArvDevice *device, gpointer camera)
{
    (void)device;
    ((Camera *)camera)->lost = true;
}

bool camera_open(Camera *c)
{
    if (c->device)
        return false;
    GError *error = NULL;
    c->device = arv_open_device(c->id, &error);
    g_clear_error(&error);
    if (!c->device)
        return false;
    c->lost = false;
    c->xml = arv_device_get_genicam_xml(c->device, &c->xml_length);
    g_signal_connect(c->device, "control-lost", G_CALLBACK(on_control_lost), c);
    return true;
}

void camera_close(Camera *c)
{
    camera_stop(c);
    g_clear_object(&c->device);
}

bool camera_is_open(const Camera *c)
{
    return c->device != NULL;
}

bool camera_is_lost(const Camera *c)
{
    return c->lost;
}

const char *camera_description(Camera *c, size_t *length)
{
    *length = c->xml_length;
    return c->xml;
}

static GC_ERROR result(bool done, GError *error)
{
    g_clear_error(&error);
    return done ? GC_ERR_SUCCESS : GC_ERR_IO;
}

/* GigE Vision has a message for registers of 4 bytes. Aravis returns them in the byte order of the machine, but the registers of the device
 * are big-endian. */
GC_ERROR camera_read(Camera *c, uint64_t address, void *to, size_t length)
{
    GError *error = NULL;
    if (length != 4)
        return result(arv_device_read_memory(c->device, address, (guint32)length, to, &error), error);
    guint32 value = 0;
    bool done = arv_device_read_register(c->device, address, &value, &error);
    value = GUINT32_TO_BE(value);
    memcpy(to, &value, 4);
    return result(done, error);
}

GC_ERROR camera_write(Camera *c, uint64_t address, const void *from, size_t length)
{
    GError *error = NULL;
    if (length != 4)
        return result(arv_device_write_memory(c->device, address, (guint32)length, (void *)from, &error), error);
    guint32 value;
    memcpy(&value, from, 4);
    return result(arv_device_write_register(c->device, address, GUINT32_FROM_BE(value), &error), error);
}

static void lend(Camera *c, Buffer *b)
{
    c->lent[c->lent_count++] = b;
    arv_stream_push_buffer(c->arv_stream, arv_buffer_new_full(b->size, b->memory, b, NULL));
}

static void remove_lent(Camera *c, const Buffer *b)
{
    for (unsigned n = 0; n < c->lent_count; n++)
        if (c->lent[n] == b) {
            c->lent[n] = c->lent[--c->lent_count];
            return;
        }
}

static void read_metadata(Buffer *b, ArvBuffer *filled)
{
    b->incomplete = arv_buffer_get_status(filled) != ARV_BUFFER_STATUS_SUCCESS;
    b->frame_id = arv_buffer_get_frame_id(filled);
    b->timestamp_ns = arv_buffer_get_timestamp(filled);
    b->width = b->height = b->delivered_height = 0;
    b->has_chunks = false;
    if (!b->incomplete) {
        b->width = (uint32_t)arv_buffer_get_image_width(filled);
        b->height = b->delivered_height = (uint32_t)arv_buffer_get_image_height(filled);
        b->pixel_format = arv_buffer_get_image_pixel_format(filled);
    }
    arv_buffer_get_data(filled, &b->filled);
    b->image_size = b->filled;
}

static void *exchange_buffers(void *argument)
{
    Camera *c = argument;
    while (!c->stopping) {
        Buffer *b;
        while (c->lent_count < MAX_BUFFERS && (b = stream_take_empty(c->stream)))
            lend(c, b);
        ArvBuffer *filled = arv_stream_timeout_pop_buffer(c->arv_stream, POP_TIMEOUT_US);
        guint64 completed, failures, underruns;
        arv_stream_get_statistics(c->arv_stream, &completed, &failures, &underruns);
        c->stream->underruns = underruns;
        if (!filled)
            continue;
        b = (Buffer *)arv_buffer_get_user_data(filled);
        read_metadata(b, filled);
        remove_lent(c, b);
        stream_deliver(c->stream, b);
        g_object_unref(filled);
    }
    return NULL;
}

bool camera_start(Camera *c, Stream *stream)
{
    if (c->running)
        return false;
    GError *error = NULL;
    c->arv_stream = arv_device_create_stream(c->device, NULL, NULL, &error);
    g_clear_error(&error);
    if (!c->arv_stream)
        return false;
    c->stream = stream;
    c->stopping = false;
    c->running = pthread_create(&c->thread, NULL, exchange_buffers, c) == 0;
    return c->running;
}

void camera_stop(Camera *c)
{
    if (!c->running)
        return;
    c->stopping = true;
    pthread_join(c->thread, NULL);
    g_clear_object(&c->arv_stream); /* this frees the Aravis buffers too, but not our memory */
    while (c->lent_count)
        stream_queue(c->stream, c->lent[--c->lent_count]);
    c->running = false;
}
