/* Ground rules of the plugin ABI, and the few types that every other header here uses.
 *
 * The boundary between the hub and a plugin is plain C: fixed-width integers, {pointer, length} byte strings, opaque
 * handles and function pointers. Nothing crosses it that could not be sent over a socket, so that a plugin can move
 * into a process of its own one day without changing.
 *
 * - Every struct that one side may outgrow begins with its size. A reader looks only at fields inside `size`; fields
 *   are appended, never moved, removed or given a new meaning.
 * - No exception, C++ type or allocator crosses. Bytes passed to a call are valid until that call returns, unless its
 *   comment says otherwise; whoever wants them longer copies them.
 * - Every function of the host may be called from any thread, unless its comment says otherwise.
 * - An asynchronous call takes a gtr_completion, which fires exactly once - also on cancel and on shutdown - and never
 *   inside the call that started it. Another thread may run it before that call has returned.
 */
#ifndef GATETORIO_ABI_BASE_H
#define GATETORIO_ABI_BASE_H

#include <stdint.h>

/* A hub loads plugins of its own major version whose minor version is not above its own. */
#define GTR_ABI_MAJOR 1u
#define GTR_ABI_MINOR 4u

#if defined(__cplusplus)
#define GTR_EXTERN_C extern "C"
#else
#define GTR_EXTERN_C
#endif
#define GTR_EXPORT GTR_EXTERN_C __attribute__((visibility("default")))

/* Bytes owned by someone else. `data` may be NULL only where `size` is 0; there is no terminating zero. */
typedef struct gtr_bytes {
  const char* data;
  uint64_t size;
} gtr_bytes;

/* How a call ended. Values below GTR_FIRST_ERROR are kinds of success. New values may be added: treat an unknown error
 * as GTR_INTERNAL. */
typedef int32_t gtr_status;
enum {
  GTR_OK = 0,
  GTR_CREATED = 1,    /* something new exists now */
  GTR_ACCEPTED = 2,   /* taken, the effect comes later */
  GTR_NO_CONTENT = 3, /* done, nothing to say */

  GTR_FIRST_ERROR = 16,
  GTR_INTERNAL = 16,        /* a fault of the callee */
  GTR_MALFORMED = 17,       /* the input cannot be read at all */
  GTR_INVALID = 18,         /* readable, but a field is missing, mistyped or out of range */
  GTR_UNAUTHENTICATED = 19, /* who are you? */
  GTR_FORBIDDEN = 20,       /* you may not */
  GTR_NOT_FOUND = 21,
  GTR_CONFLICT = 22,     /* somebody else has it already, or it was used already */
  GTR_GONE = 23,         /* expired or revoked */
  GTR_TOO_LARGE = 24,    /* over a limit on size */
  GTR_RATE_LIMITED = 25, /* too often; try again later */
  GTR_UNAVAILABLE = 26,  /* cannot serve now; try again later */
  GTR_TIMEOUT = 27,      /* no answer before the deadline; the effect is unknown */
  GTR_CANCELLED = 28,    /* the caller gave up, or the hub is stopping */
  GTR_GUARD_FAILED = 29, /* a statement that had to match a row matched none (sql.hpp) */
  GTR_UNSUPPORTED = 30,  /* the callee does not know this method or capability */
  GTR_FULL = 31,         /* no room left to store it */
  GTR_PRECONDITION = 32, /* a condition that the caller set does not hold */
  GTR_CORRUPT = 33       /* what arrived is not what was announced */
};

/* The result of an asynchronous call. On success `result` is what the call promises; on error it is empty or a JSON
 * object {"detail": text, "errors": [{"pointer", "detail"}], "retry_after_s": n, "extensions": object}: the last are
 * more members of the answer (RFC 9457, 3.2). Valid during the call only. */
typedef void (*gtr_done_fn)(void* context, gtr_status status, gtr_bytes result);
typedef struct gtr_completion {
  gtr_done_fn done;
  void* context;
} gtr_completion;

/* A call under way, as its callee sees it. Two numbers: a stale or repeated answer is recognised and ignored. */
typedef struct gtr_call {
  uint64_t slot;
  uint64_t generation;
} gtr_call;

/* What the hub gives to one plugin; every call names it, so that the hub knows who asks. */
typedef struct gtr_host gtr_host;

#endif
