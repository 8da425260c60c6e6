#include "new_session.hpp"

namespace gatetorio::transport_http {

template <>
void StreamSession<Socket>::start_handshake() {
  Error ignored;
  stream_.non_blocking(true, ignored);
  stream_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  on_handshake(true);
}

template <>
void StreamSession<Socket>::start_goodbye() {
  Error ignored;
  stream_.shutdown(Socket::shutdown_send, ignored);
  read_to_discard();
}

template class StreamSession<Socket>;

std::shared_ptr<Session> new_plain_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket) {
  return std::make_shared<StreamSession<Socket>>(std::move(worker), std::move(peer), std::move(socket));
}

}  // namespace gatetorio::transport_http
