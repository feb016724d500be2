/* The part of the GenTL 1.5 interface (EMVA) that this producer speaks: numbers, types and the layout of what crosses it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef int32_t GC_ERROR;
typedef int32_t INFO_DATATYPE;
typedef uint8_t bool8_t;
typedef void *HANDLE;

enum {
    GC_SUCCESS = 0,
    GC_ERR_ERROR = -1001,
    GC_ERR_NOT_INITIALIZED = -1002,
    GC_ERR_NOT_IMPLEMENTED = -1003,
    GC_ERR_RESOURCE_IN_USE = -1004,
    GC_ERR_INVALID_HANDLE = -1006,
    GC_ERR_INVALID_ID = -1007,
    GC_ERR_INVALID_PARAMETER = -1009,
    GC_ERR_IO = -1010,
    GC_ERR_TIMEOUT = -1011,
    GC_ERR_ABORT = -1012,
    GC_ERR_NOT_AVAILABLE = -1014,
    GC_ERR_INVALID_ADDRESS = -1015,
    GC_ERR_BUFFER_TOO_SMALL = -1016,
    GC_ERR_INVALID_INDEX = -1017,
    GC_ERR_BUSY = -1022,
};

enum {
    TYPE_STRING = 1,
    TYPE_INT32 = 5,
    TYPE_UINT32 = 6,
    TYPE_UINT64 = 8,
    TYPE_PTR = 10,
    TYPE_BOOL8 = 11,
    TYPE_SIZET = 12,
};

enum { EVENT_NEW_BUFFER = 1 };
enum { DEVICE_ACCESS_READWRITE = 1, DEVICE_ACCESS_NOACCESS = 3, DEVICE_ACCESS_OPEN_READWRITE = 5 };
enum { QUEUE_INPUT_TO_OUTPUT, QUEUE_OUTPUT_DISCARD, QUEUE_ALL_TO_INPUT, QUEUE_UNQUEUED_TO_INPUT, QUEUE_ALL_DISCARD };

#pragma pack(push, 1)
typedef struct {
    uint64_t id;
    ptrdiff_t offset;
    size_t length;
} SINGLE_CHUNK_DATA;
typedef struct {
    HANDLE buffer;
    void *user;
} EVENT_NEW_BUFFER_DATA;
typedef struct {
    uint64_t address;
    void *buffer;
    size_t size;
} PORT_REGISTER_STACK_ENTRY;
#pragma pack(pop)
