#include "connection.hpp"

#include <poll.h>

namespace gatetorio::storage_postgres {

PgResult Connection::next() {
  PGconn* const session = raw();
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  int unsent = PQflush(session);
  while (!is_broken() && PQisBusy(session) != 0) {
    // Reading while it sends: a server whose answers nobody takes stops reading itself.
    if (!wait_for_socket(session, unsent == 1, deadline, stop_) || PQconsumeInput(session) != 1) {
      give_up();
      return nullptr;
    }
    if (unsent == 1) unsent = PQflush(session);
  }
  if (is_broken_) return nullptr;
  return PgResult(PQgetResult(session));
}

bool Connection::is_alive() {
  pollfd look{PQsocket(raw()), POLLIN, 0};
  if (look.fd >= 0 && ::poll(&look, 1, 0) > 0 && PQconsumeInput(raw()) != 1) give_up();
  // A server that shuts down says why before it closes: read it, or the socket stays readable.
  while (!is_broken() && PQisBusy(raw()) == 0) {
    const PgResult said(PQgetResult(raw()));
    if (!said) break;
    give_up();
  }
  return !is_broken();
}

}  // namespace gatetorio::storage_postgres
