/* Logging: one line an event, written by the hub in the operator's format. The hub escapes every field, so a client's
 * text can never forge a line. Never pass a secret. */
#ifndef GATETORIO_ABI_LOG_H
#define GATETORIO_ABI_LOG_H

#include "base.h"

#define GTR_LOG_ID "gatetorio.host.log/1"

enum { GTR_LOG_DEBUG = 0, GTR_LOG_INFO = 1, GTR_LOG_WARN = 2, GTR_LOG_ERROR = 3 };

typedef struct gtr_field {
  gtr_bytes name;
  gtr_bytes value;
} gtr_field;

typedef struct gtr_log {
  uint32_t size;
  /* Non-blocking. `fields` is an array of `field_count`. */
  void (*write)(gtr_host* host, uint32_t level, gtr_bytes message, const gtr_field* fields, uint32_t field_count);
  /* 1 where a line of this level would be written, else 0. */
  uint32_t (*enabled)(gtr_host* host, uint32_t level);
} gtr_log;

#endif
