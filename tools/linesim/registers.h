/* The registers of the simulated camera: 8 bytes each, little-endian. camera.xml has their GenICam names. */
#pragma once

enum {
    REG_WIDTH = 0x100,
    REG_HEIGHT = 0x108, /* lines a frame */
    REG_OFFSET_X = 0x110,
    REG_PIXEL_FORMAT = 0x118,
    REG_PAYLOAD_SIZE = 0x120,
    REG_ACQUISITION_MODE = 0x128,
    REG_FRAME_COUNT = 0x130,
    REG_START = 0x138,
    REG_STOP = 0x140,
    REG_PARAMS_LOCKED = 0x148,
    REG_LINE_RATE_ENABLE = 0x150, /* 0: as fast as buffers are queued */
    REG_LINE_RATE = 0x158,        /* double, Hz */
    REG_EXPOSURE = 0x160,         /* double, us */

    REG_TRIGGER_SELECTOR = 0x170,
    REG_TRIGGER_MODE = 0x178,   /* one for FrameStart, one for LineStart */
    REG_TRIGGER_SOURCE = 0x188, /* likewise */
    REG_TRIGGER_SOFTWARE = 0x198,

    REG_ENCODER_SOURCE_A = 0x1a8,
    REG_ENCODER_SOURCE_B = 0x1b0,
    REG_ENCODER_MODE = 0x1b8,
    REG_ENCODER_DIVIDER = 0x1c0,
    REG_ENCODER_OUTPUT_MODE = 0x1c8,
    REG_ENCODER_VALUE = 0x1d0,
    REG_ENCODER_RESET = 0x1d8,

    REG_CHUNK_ACTIVE = 0x1e0,
    REG_CHUNK_SELECTOR = 0x1e8,
    REG_CHUNK_ENABLE = 0x1f0, /* one for each of the 5 chunks */

    REG_TIMESTAMP = 0x220,
    REG_WIDTH_MAX = 0x228,
    REG_SERIAL = 0x240, /* 32 bytes of text */

    /* faults, and the movement of the strip */
    REG_SIM_DROP_EVERY = 0x300,       /* frames */
    REG_SIM_INCOMPLETE_EVERY = 0x308, /* frames */
    REG_SIM_SHORT_EVERY = 0x310,      /* frames */
    REG_SIM_HANG_MS = 0x318,
    REG_SIM_LOST_MS = 0x320,
    REG_SIM_CRASH_AFTER = 0x328,   /* frames until the process dies, as with a driver that crashes */
    REG_SIM_ENCODER_RATE = 0x330,  /* double, encoder pulses a second */
    REG_SIM_SLIP_PERMILLE = 0x338, /* lines of 1,000 that pass without an encoder pulse */
    REG_SIM_REVERSE_EVERY = 0x340, /* lines forward until the strip runs back */
    REG_SIM_REVERSE_LINES = 0x348, /* lines that it runs back */
    REG_SIM_LINES_EXPOSED = 0x350, /* lines exposed since the start; tests compare a ledger with it */
    REG_SIM_FIRST_ID = 0x358,      /* id of the first frame */
    REG_SIM_ID_BITS = 0x360,       /* 16: ids are 1 to 65535, as in GigE Vision 1.x; else 64 */
    REG_SIM_LOST_AFTER = 0x368,    /* frames until SimLostMs begins; 0: at once */
    REG_SIM_LOST_POWER = 0x370,    /* 1: power off, so settings and encoder count restart; 0: cable unplugged */
    REG_SIM_STRIP_CLOCK = 0x378,   /* 1: the strip moves by the machine's clock, alike under all cameras, also while one is stopped */
    REG_SIM_BEHIND = 0x380,        /* lines by which it stands further down the line */

    REGISTERS_SIZE = 0x400,
};

enum { TRIGGER_FRAME_START, TRIGGER_LINE_START };
enum { SOURCE_SOFTWARE, SOURCE_LINE0, SOURCE_ENCODER0 };
enum { ENCODER_ANY_MOTION, ENCODER_POSITION_UP };
enum { MODE_CONTINUOUS, MODE_SINGLE_FRAME, MODE_MULTI_FRAME };
