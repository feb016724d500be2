/* The simulated line-scan camera: how it is found and opened, and its registers. */
#include <stdio.h>
#include <stdlib.h>

#include "scene.h"
#include "sim_camera.h"

enum { MAX_CAMERAS = 4 };
const char *const CAMERA_MODEL = "LineSim";
const char *const CAMERA_TL_TYPE = "Custom";

static Camera cameras[MAX_CAMERAS];
static uint32_t enabled_count;

/* The assembler copies camera.xml, the GenICam description, into the library. */
__asm__(".section .rodata\n.hidden linesim_xml\n.global linesim_xml\n.hidden linesim_xml_end\n.global linesim_xml_end\nlinesim_xml:\n.incbin \"camera.xml\"\nlinesim_xml_end:\n.byte 0\n.text\n");
extern const char linesim_xml[], linesim_xml_end[];

/* Sets the registers to their values after power on. */
static void power_on(Camera *c)
{
    memset(c->registers, 0, sizeof c->registers);
    set(c, REG_WIDTH, 4096);
    set(c, REG_WIDTH_MAX, 16384);
    set(c, REG_HEIGHT, 512);
    set(c, REG_PIXEL_FORMAT, MONO8);
    set(c, REG_FRAME_COUNT, 1);
    set(c, REG_LINE_RATE_ENABLE, 1);
    set_double(c, REG_LINE_RATE, 20000);
    set_double(c, REG_EXPOSURE, 20);
    set(c, REG_ENCODER_DIVIDER, 1);
    set_double(c, REG_SIM_ENCODER_RATE, 20000);
    set(c, REG_SIM_ID_BITS, 64);
    set(c, REG_SIM_LOST_POWER, 1);
    for (unsigned n = 0; n < CHUNKS; n++)
        set(c, REG_CHUNK_ENABLE + 8 * n, 1);
    snprintf((char *)c->registers + REG_SERIAL, 32, "LS%04u", c->number);
    c->encoder = 0;
}

void cameras_open(void)
{
    const char *wanted = getenv("LINESIM_DEVICES");
    enabled_count = wanted ? (uint32_t)atoi(wanted) : 1;
    if (enabled_count > MAX_CAMERAS)
        enabled_count = MAX_CAMERAS;
    for (uint32_t n = 0; n < MAX_CAMERAS; n++) {
        Camera *c = &cameras[n];
        /* loading the library again does not plug a camera in, nor reset its encoder count */
        *c = (Camera){.number = n, .unplugged_until_ns = c->unplugged_until_ns, .encoder_zero = c->encoder_zero};
        power_on(c);
    }
    scene_open();
}

void cameras_close(void)
{
    enabled_count = 0;
}

void cameras_update(void)
{
}

static bool is_plugged_in(Camera *c)
{
    return now_ns() >= c->unplugged_until_ns;
}

uint32_t cameras_count(void)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < enabled_count; n++)
        count += is_plugged_in(&cameras[n]);
    return count;
}

bool cameras_id(uint32_t index, char id[CAMERA_ID_LENGTH])
{
    for (uint32_t n = 0; n < enabled_count; n++)
        if (is_plugged_in(&cameras[n]) && index-- == 0) {
            snprintf(id, CAMERA_ID_LENGTH, "LineSim_%u", n);
            return true;
        }
    return false;
}

Camera *camera_find(const char *id)
{
    unsigned n;
    if (sscanf(id, "LineSim_%u", &n) != 1 || n >= enabled_count || !is_plugged_in(&cameras[n]))
        return NULL;
    return &cameras[n];
}

const char *camera_serial(const Camera *c)
{
    return (const char *)c->registers + REG_SERIAL;
}

bool camera_open(Camera *c)
{
    if (c->open)
        return false;
    c->open = true;
    c->link_lost = false;
    return true;
}

void camera_close(Camera *c)
{
    camera_stop(c);
    c->open = false;
}

bool camera_is_open(const Camera *c)
{
    return c->open;
}

bool camera_is_lost(const Camera *c)
{
    return c->link_lost;
}

const char *camera_description(Camera *c, size_t *length)
{
    (void)c;
    *length = (size_t)(linesim_xml_end - linesim_xml);
    return linesim_xml;
}

/* Updates registers whose value is computed. */
static void before_read(Camera *c, uint64_t address)
{
    if (address == REG_PAYLOAD_SIZE)
        set(c, REG_PAYLOAD_SIZE, image_size(c) + (get(c, REG_CHUNK_ACTIVE) ? chunk_bytes(c) : 0));
    else if (address == REG_TIMESTAMP)
        set(c, REG_TIMESTAMP, now_ns());
    else if (address == REG_ENCODER_VALUE)
        set(c, REG_ENCODER_VALUE, (uint64_t)c->encoder);
}

static void reset_encoder(Camera *c)
{
    c->encoder_zero += c->encoder;
    c->encoder = 0;
}

void unplug(Camera *c)
{
    c->unplugged_until_ns = now_ns() + get(c, REG_SIM_LOST_MS) * 1000000;
    c->link_lost = true;
    if (!get(c, REG_SIM_LOST_POWER))
        return;
    int64_t encoder_zero = c->encoder_zero + c->encoder;
    power_on(c);
    c->encoder_zero = encoder_zero; /* the strip goes on, but the camera counts from 0 */
}

/* Does what a written register commands. */
static void after_write(Camera *c, uint64_t address)
{
    if (address == REG_STOP) {
        set(c, REG_START, 0);
        set(c, REG_STOP, 0);
    } else if (address == REG_ENCODER_RESET) {
        reset_encoder(c);
        set(c, REG_ENCODER_RESET, 0);
    } else if (address == REG_SIM_HANG_MS) {
        c->hangs_until_ns = now_ns() + get(c, REG_SIM_HANG_MS) * 1000000;
    } else if (address == REG_SIM_LOST_MS && get(c, REG_SIM_LOST_MS) && !get(c, REG_SIM_LOST_AFTER)) {
        unplug(c);
    }
}

GC_ERROR camera_read(Camera *c, uint64_t address, void *to, size_t length)
{
    if (c->link_lost)
        return GC_ERR_IO;
    if (address + length > REGISTERS_SIZE)
        return GC_ERR_INVALID_ADDRESS;
    before_read(c, address);
    memcpy(to, c->registers + address, length);
    return GC_ERR_SUCCESS;
}

GC_ERROR camera_write(Camera *c, uint64_t address, const void *from, size_t length)
{
    if (c->link_lost)
        return GC_ERR_IO;
    if (address + length > REGISTERS_SIZE)
        return GC_ERR_INVALID_ADDRESS;
    memcpy(c->registers + address, from, length);
    after_write(c, address);
    return GC_ERR_SUCCESS;
}
