/* Operations: what the outside can ask of the hub. A feature declares one once; every transport offers it.
 *
 * The declaration is a JSON object (docs/plugin-guide/operations.md):
 *   {"id", "method", "path", "summary", "callers": [{"kind", "need"}], "resource", "denied_as", "credential_field",
 *    "input": <JSON Schema>, "output": <JSON Schema>, "success": [200], "errors": [404, ...], "stream": false,
 *    "body": "json" | "stream", "body_types": [media type, ...], "content_types": [media type, ...],
 *    "request_headers": [{"name", "field"}], "response_headers": [{"name", "value"}],
 *    "form_body": false, "basic": false, "judges_limits": false}
 *
 * The hub authenticates and authorises by it before the handler runs: a handler sees a principal that may call. It runs
 * after the plugin's event handlers have ended with what was published before.
 *
 * With "body": "stream" the handler runs before the body has arrived. It answers at once (and the body is dropped), or
 * lets the body be written into a file by `receive` and answers after that.
 */
#ifndef GATETORIO_ABI_OPERATION_H
#define GATETORIO_ABI_OPERATION_H

#include "base.h"
#include "content.h"
#include "log.h" /* gtr_field */

#define GTR_OPERATIONS_ID "gatetorio.host.operations/1"

/* A call as the handler sees it. Everything stays valid until `complete`. */
typedef struct gtr_operation_request {
  uint32_t size;
  gtr_call call;
  gtr_bytes body;          /* JSON text, or empty */
  const gtr_field* params; /* path and query parameters, decoded */
  uint32_t param_count;
  gtr_bytes principal;    /* identity.hpp: Principal, or empty for an anonymous caller */
  gtr_bytes access;       /* identity.hpp: Access, or empty where the declaration names no resource */
  gtr_bytes request_id;   /* for logs */
  gtr_bytes peer;         /* "192.0.2.1", for audit */
  gtr_bytes resume_after; /* streams: the last event id that the caller has seen */
  gtr_bytes preferred;    /* media type that the caller prefers, or empty */
  int64_t received_at_us; /* UTC; when the transport took the call in: a time to live counts from here */
  /* Since 1.2 */
  int64_t expires_at_us; /* UTC; the caller wants no effect after this. 0: it did not say */
  /* Since 1.4 */
  gtr_bytes transport; /* id of the plugin by which the call came: "transport-http" */
  /* Only with "judges_limits": the caller is over a limit of the transport's and would have to wait so long, in
   * seconds. The handler refuses with GTR_RATE_LIMITED what may wait. 0: it is not. */
  uint32_t over_limit_s;
} gtr_operation_request;

typedef void (*gtr_operation_fn)(void* context, const gtr_operation_request* request);

/* The answer. On success `body` is JSON, or of `content_type` where that is not empty; on error as gtr_completion says.
 * `stream` not 0: events follow by stream_write until stream_close. */
typedef struct gtr_reply {
  uint32_t size;
  gtr_status status;
  gtr_bytes content_type;
  gtr_bytes body;
  uint64_t stream;
  /* Since 1.1 */
  const gtr_field* headers; /* of the names that the declaration lists; errors may have them too */
  uint32_t header_count;
  const gtr_content* content; /* instead of `body`, or NULL */
  /* Since 1.2. To a transport, with `content`: it says transfer_end with this number once no more of it is sent,
   * whatever the reason. 0: it need not. A feature leaves it 0. */
  uint64_t transfer;
  /* Since 1.3. To a transport: not 0 where the call showed a credential that proves nobody whom the hub knows, whatever
   * the status. It counts as a failed login of the peer; the answer itself does not tell. A feature leaves it 0. */
  uint32_t is_stranger;
  /* Since 1.3. To a transport: who called, as "user:17"; empty: nobody whom the hub knows. A feature leaves it empty.
   */
  gtr_bytes caller;
} gtr_reply;
typedef void (*gtr_reply_fn)(void* context, const gtr_reply* reply);

/* A call as a transport makes it. Copied before `invoke` returns. */
typedef struct gtr_invocation {
  uint32_t size;
  uint64_t operation; /* number from the "operations" report of inspect.h */
  gtr_bytes body;
  const gtr_field* params;
  uint32_t param_count;
  gtr_bytes credential_scheme; /* "bearer", "cookie", "cookie-read", "password" or empty */
  gtr_bytes credential_name;   /* user name, where the scheme has one */
  gtr_bytes credential_secret;
  gtr_bytes request_id;
  gtr_bytes peer;
  gtr_bytes resume_after;
  gtr_bytes preferred;
  /* Answer of the call; exactly once, on an unspecified thread. */
  gtr_reply_fn reply;
  /* Streams only: an event (its text, complete), and the end. On an unspecified thread, after `reply`. */
  void (*stream_data)(void* context, gtr_bytes event);
  void (*stream_end)(void* context);
  void* context;
  /* A caller whom the transport has authenticated itself, by `authenticate` below: its Principal as that gave it. The
   * credential is not looked at then. Empty: the credential decides. */
  gtr_bytes principal;
  int64_t received_at_us; /* UTC; when the call arrived. 0: now */
  /* Since 1.1. Operations with a streamed body: write the body into that file. `done` as for gtr_operations.receive;
   * due whatever happens, also where the call is answered meanwhile. At most once, on an unspecified thread. */
  void (*receive)(void* context, const gtr_receive* into, gtr_completion done);
  /* Since 1.2. The resource, where the transport knows it by its id: a name in the call is not looked up then. 0: by
   * name. */
  int64_t resource_id;
  int64_t expires_at_us; /* UTC; the caller wants no effect after this. 0: it did not say */
  /* Since 1.2. Break the connection of this call off at once, so that the caller cannot take what it has sent or got
   * for whole. At most once, on an unspecified thread, before the answer or, of one with content, before transfer_end.
   * NULL: the transport cannot. */
  void (*cut)(void* context);
  /* Since 1.4. Where the declaration says "judges_limits": the caller is over a limit, but for that of failed logins,
   * and should wait so many seconds. 0: it is not. */
  uint32_t over_limit_s;
} gtr_invocation;

typedef struct gtr_operations {
  uint32_t size;
  /* Feature side, in `configure`. GTR_INVALID for a bad declaration, GTR_CONFLICT for a taken id or path. */
  gtr_status (*declare)(gtr_host* host, gtr_bytes declaration, gtr_operation_fn handler, void* context);
  void (*complete)(gtr_host* host, gtr_call call, const gtr_reply* reply);

  /* Feature side of streams: a number to put into the reply. `closed` fires once, when the caller went away, the
   * feature closed it, or it could not keep up. stream_write returns GTR_GONE after that. */
  uint64_t (*stream_open)(gtr_host* host, gtr_call call, gtr_completion closed);
  /* `event`: a whole one in the text/event-stream format of the HTML standard. */
  gtr_status (*stream_write)(gtr_host* host, uint64_t stream, gtr_bytes event);
  void (*stream_close)(gtr_host* host, uint64_t stream);

  /* Transport side. */
  void (*invoke)(gtr_host* host, const gtr_invocation* invocation);
  void (*stream_cancel)(gtr_host* host, uint64_t stream); /* the caller went away */
  /* Asks whoever authenticates this kind of credential. Result: Principal (identity.hpp). Errors: GTR_UNAUTHENTICATED,
   * GTR_UNAVAILABLE. */
  void (*authenticate)(gtr_host* host, gtr_bytes scheme, gtr_bytes name, gtr_bytes secret, gtr_completion done);

  /* Since 1.1. Feature side, before `complete`, once a call: takes the body of a call into a file. Result, whatever the
   * status: wire encoding of Received (content.hpp). GTR_OK: the body is whole and in the file (not yet on the disk).
   * GTR_TOO_LARGE: over `most`, nothing was written. GTR_CANCELLED: the caller went away; what is in the file is good.
   * GTR_FULL, GTR_INTERNAL: the file could not take it. GTR_GONE: the call has no such body, or it was answered. */
  void (*receive)(gtr_host* host, gtr_call call, const gtr_receive* into, gtr_completion done);

  /* Since 1.2. A transfer: the bytes of one call, in `receive` or in the content of its answer. Who lets bytes pass on
   * somebody's right keeps the number and cuts the transfer when the right ends.
   * Feature side, before `complete`, once a call: its number. `ended` fires once, when no more bytes of the call will
   * pass. 0 where that cannot be had (`ended`: GTR_GONE for a call that was answered, GTR_UNSUPPORTED where the
   * transport cannot cut). */
  uint64_t (*transfer_open)(gtr_host* host, gtr_call call, gtr_completion ended);
  /* Breaks the caller's connection off. Nothing where the transfer has ended. */
  void (*transfer_cut)(gtr_host* host, uint64_t transfer);
  /* Transport side: see gtr_reply.transfer. */
  void (*transfer_end)(gtr_host* host, uint64_t transfer);
} gtr_operations;

#endif
