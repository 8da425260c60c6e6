/* Content: bodies too large for memory. They do not cross the boundary; a file descriptor does, and whoever holds the
 * socket moves the bytes between the two. (A descriptor can be sent over a local socket, so a plugin in a process of
 * its own could do the same.)
 *
 * A descriptor in these structs belongs to whoever gave it. It is good during the call that carries it; whoever needs
 * it longer duplicates it.
 */
#ifndef GATETORIO_ABI_CONTENT_H
#define GATETORIO_ABI_CONTENT_H

#include "base.h"

/* The body of a reply: `length` bytes of a file from `offset` on. */
typedef struct gtr_content {
  uint32_t size;
  int32_t descriptor; /* readable, a regular file */
  uint64_t offset;
  uint64_t length;
  gtr_bytes etag; /* a strong entity tag with its quotes, or empty; with it a transport may answer with a part */
} gtr_content;

/* Where the body of a call goes: into a file, from `offset` on. */
typedef struct gtr_receive {
  uint32_t size;
  int32_t descriptor; /* writable, a regular file */
  uint64_t offset;
  uint64_t most;    /* bytes; of a longer body none is written */
  gtr_bytes digest; /* "sha1", "sha256" or empty: computed over the bytes received */
} gtr_receive;

#endif
