#include "websocket_bridge.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "broker/budgets.hpp"
#include "gatetorio/contain.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using Tcp = asio::ip::tcp;
using Error = boost::system::error_code;

constexpr std::chrono::seconds kHandshake{10};
constexpr std::chrono::seconds kClosing{1};             // for the client's part of the closing handshake
constexpr std::chrono::milliseconds kAcceptPause{100};  // where descriptors have run out
constexpr std::uint32_t kMostHeaderBytes = 16 * 1024;
constexpr std::size_t kBufferBytes = 8 * 1024;
constexpr std::uint32_t kFirstAddress = 0x7F800001, kAddresses = 0x7FFFFE;  // of 127.128.0.0/9

// The protocol that the client asks for and MQTT goes by; empty where it asks for none or others.
std::string_view mqtt_of(std::string_view asked) {
  while (!asked.empty()) {
    const auto comma = std::min(asked.find(','), asked.size());
    std::string_view word = asked.substr(0, comma);
    asked.remove_prefix(std::min(comma + 1, asked.size()));
    while (!word.empty() && (word.front() == ' ' || word.front() == '\t')) word.remove_prefix(1);
    while (!word.empty() && (word.back() == ' ' || word.back() == '\t')) word.remove_suffix(1);
    if (word == "mqtt" || word == "mqttv3.1") return word;
  }
  return {};
}

// The lines of a header are one list: the last one was written last.
std::string last_of(const http::request<http::string_body>& request, std::string_view name) {
  std::string value;
  const auto lines = request.equal_range(name);
  for (auto line = lines.first; line != lines.second; ++line) value = line->value();
  return value;
}

}  // namespace

std::string client_behind(const std::string& peer, std::string_view forwarded_for) {
  if (!is_loopback(peer)) return peer;
  std::string last(forwarded_for.substr(forwarded_for.rfind(',') + 1));
  std::erase_if(last, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
  // "192.0.2.1:4711" and "[2001:db8::1]:4711", too.
  if (last.starts_with('['))
    last = last.substr(1, last.find(']') - 1);
  else if (std::count(last.begin(), last.end(), ':') == 1)
    last.erase(last.find(':'));
  Error wrong;
  const auto address = asio::ip::make_address(last, wrong);
  return wrong || is_loopback(last) ? peer : address.to_string();
}

struct WebSocketBridge::Impl {
  class Session;
  Impl(Settings s, Tell t) : settings(std::move(s)), tell(std::move(t)), acceptor(context), pause(context) {}
  void accept();
  void on_accept(const Error& error, Tcp::socket socket);
  std::string next_address() {
    return asio::ip::make_address_v4(kFirstAddress + last_address++ % kAddresses).to_string();
  }

  const Settings settings;
  const Tell tell;
  asio::io_context context{1};
  Tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::unordered_set<Session*> sessions;  // those that live, for stop()
  std::uint32_t last_address = 0;
  std::uint16_t port = 0;
  std::thread thread;
};

// One client: two streams that are copied into each other, each by one buffer, so that a side that does not read makes
// the other one wait.
class WebSocketBridge::Impl::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Impl& bridge, Tcp::socket socket) : bridge_(bridge), client_(std::move(socket)), broker_(bridge.context) {
    bridge_.sessions.insert(this);
  }
  ~Session() {
    bridge_.sessions.erase(this);
    if (!address_.empty()) bridge_.tell(address_, {});
  }

  void start() {
    parser_.header_limit(kMostHeaderBytes);
    parser_.body_limit(0);
    beast::get_lowest_layer(client_).expires_after(kHandshake);
    http::async_read(client_.next_layer(), buffer_, parser_,
                     [self = shared_from_this()](const Error& error, std::size_t) {
                       if (!error) self->on_request();
                     });
  }
  void end() {
    Error ignored;
    beast::get_lowest_layer(client_).socket().close(ignored);
    broker_.close(ignored);
  }

 private:
  void on_request() {
    const auto& request = parser_.get();
    if (!websocket::is_upgrade(request)) return refuse();
    Error wrong;
    const auto peer = beast::get_lowest_layer(client_).socket().remote_endpoint(wrong);
    if (wrong) return;
    address_ = bridge_.next_address();
    bridge_.tell(address_, client_behind(peer.address().to_string(), last_of(request, "X-Forwarded-For")));
    broker_.open(Tcp::v4(), wrong);
    if (!wrong) broker_.bind({asio::ip::make_address(address_), 0}, wrong);
    if (wrong) return end();
    const Tcp::endpoint broker(asio::ip::address_v4::loopback(), bridge_.settings.broker_port);
    broker_.async_connect(broker, [self = shared_from_this()](const Error& error) {
      if (error) return self->end();
      self->accept_client();
    });
  }

  void refuse() {
    answer_ = http::response<http::string_body>(http::status::upgrade_required, 11);
    answer_.set(http::field::upgrade, "websocket");
    answer_.set(http::field::connection, "Upgrade");
    answer_.set(http::field::content_type, "text/plain");
    answer_.body() = "Here is MQTT over WebSocket.\n";
    answer_.prepare_payload();
    http::async_write(client_.next_layer(), answer_, [self = shared_from_this()](const Error&, std::size_t) {
      Error ignored;
      beast::get_lowest_layer(self->client_).socket().shutdown(Tcp::socket::shutdown_both, ignored);
    });
  }

  void accept_client() {
    Error ignored;
    broker_.set_option(Tcp::no_delay(true), ignored);
    beast::get_lowest_layer(client_).socket().set_option(Tcp::no_delay(true), ignored);
    beast::get_lowest_layer(client_).expires_never();  // the WebSocket has times of its own, and MQTT a keep-alive
    client_.set_option(websocket::stream_base::timeout{kHandshake, websocket::stream_base::none(), false});
    client_.set_option(websocket::stream_base::decorator(
        [protocol = std::string(mqtt_of(parser_.get()["Sec-WebSocket-Protocol"]))](websocket::response_type& answer) {
          if (!protocol.empty()) answer.set(http::field::sec_websocket_protocol, protocol);
        }));
    client_.binary(true);
    client_.async_accept(parser_.get(), [self = shared_from_this()](const Error& error) {
      if (error) return self->end();
      self->read_client();
      self->read_broker();
    });
  }

  void read_client() {
    client_.async_read_some(asio::buffer(from_client_), [self = shared_from_this()](const Error& error,
                                                                                    std::size_t size) {
      if (error) return self->end();
      if (self->client_.got_text()) return self->close(websocket::close_code::unknown_data);
      asio::async_write(self->broker_, asio::buffer(self->from_client_, size), [self](const Error& wrong, std::size_t) {
        if (wrong) return self->end();
        self->read_client();
      });
    });
  }

  void read_broker() {
    broker_.async_read_some(
        asio::buffer(from_broker_), [self = shared_from_this()](const Error& error, std::size_t size) {
          if (error) return self->close(websocket::close_code::normal);
          self->client_.async_write(asio::buffer(self->from_broker_, size), [self](const Error& wrong, std::size_t) {
            if (wrong) return self->end();
            self->read_broker();
          });
        });
  }

  void close(websocket::close_code why) {
    Error ignored;
    broker_.close(ignored);
    if (std::exchange(is_closing_, true)) return;
    client_.set_option(websocket::stream_base::timeout{kClosing, websocket::stream_base::none(), false});
    client_.async_close(why, [self = shared_from_this()](const Error&) { self->end(); });
  }

  Impl& bridge_;
  websocket::stream<beast::tcp_stream> client_;
  Tcp::socket broker_;
  std::string address_;  // from which the broker is reached
  beast::flat_buffer buffer_;
  http::request_parser<http::string_body> parser_;
  http::response<http::string_body> answer_;
  std::array<char, kBufferBytes> from_client_, from_broker_;
  bool is_closing_ = false;
};

void WebSocketBridge::Impl::accept() {
  acceptor.async_accept([this](const Error& error, Tcp::socket socket) { on_accept(error, std::move(socket)); });
}

void WebSocketBridge::Impl::on_accept(const Error& error, Tcp::socket socket) {
  if (!acceptor.is_open()) return;
  if (error) {
    pause.expires_after(kAcceptPause);
    return pause.async_wait([this](const Error& wrong) {
      if (!wrong) accept();
    });
  }
  const bool has_room = settings.connections == 0 || sessions.size() < static_cast<std::size_t>(settings.connections);
  if (has_room) std::make_shared<Session>(*this, std::move(socket))->start();
  accept();
}

WebSocketBridge::WebSocketBridge(Settings settings, Tell tell)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(tell))) {}

WebSocketBridge::~WebSocketBridge() { stop(); }

std::string WebSocketBridge::start() {
  const ListenAddress& listen = impl_->settings.listen;
  Error wrong;
  const Tcp::endpoint where(asio::ip::make_address(listen.host == "localhost" ? "127.0.0.1" : listen.host, wrong),
                            listen.port);
  if (!wrong) impl_->acceptor.open(where.protocol(), wrong);
  if (!wrong) impl_->acceptor.set_option(Tcp::acceptor::reuse_address(true), wrong);
  if (!wrong) impl_->acceptor.bind(where, wrong);
  if (!wrong) impl_->acceptor.listen(asio::socket_base::max_listen_connections, wrong);
  if (wrong) return "websocket_listen " + listen.host + ":" + std::to_string(listen.port) + ": " + wrong.message();
  impl_->port = impl_->acceptor.local_endpoint().port();
  impl_->accept();
  impl_->thread = std::thread([impl = impl_.get()] {
    // What escapes one connection's work ends that work alone.
    while (!contain([impl] { impl->context.run(); }, impl->settings.fault)) {
    }
  });
  return {};
}

std::uint16_t WebSocketBridge::port() const { return impl_->port; }

void WebSocketBridge::stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->context, [impl = impl_.get()] {
    Error ignored;
    impl->acceptor.close(ignored);
    impl->pause.cancel();
    for (Impl::Session* session : impl->sessions) session->end();
  });
  impl_->thread.join();
}

}  // namespace gatetorio::transport_mqtt
