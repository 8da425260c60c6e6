// Content: bodies that are no JSON object. Small ones as Bytes; large ones as files, which the transport sends and
// receives by itself (abi/content.h), so that memory stays flat whatever their size.
#pragma once

#include <unistd.h>

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gatetorio/host.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  // Whoever calls closes it.
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// A file descriptor in the reply of a service: on the wire its number. Whoever gets the reply owns it, and makes it a
// Descriptor at once; where nobody waits for the reply any more the hub closes it.
enum class PassedDescriptor : std::int64_t { kNone = -1 };

inline PassedDescriptor pass(Descriptor file) { return static_cast<PassedDescriptor>(file.release()); }
inline Descriptor take(PassedDescriptor passed) { return Descriptor(static_cast<int>(passed)); }

namespace detail {

template <class T>
void list_descriptors(const T& value, std::vector<std::int32_t>& list) {
  if constexpr (std::is_same_v<T, PassedDescriptor>) {
    if (value != PassedDescriptor::kNone) list.push_back(static_cast<std::int32_t>(value));
  } else if constexpr (wire::kIsOptional<T>) {
    if (value) list_descriptors(*value, list);
  } else if constexpr (wire::kIsVector<T>) {
    for (const auto& element : value) list_descriptors(element, list);
  } else if constexpr (wire::kIsStruct<T>) {
    boost::mp11::mp_for_each<wire::Members<T>>([&](auto member) { list_descriptors(value.*member.pointer, list); });
  }
}

}  // namespace detail

// An output that is no JSON: a few kilobytes of some media type, one of the operation's `content_types`.
struct Bytes {
  std::string type;
  std::string bytes;
};

// An output that is a file, or a part of one.
struct FileContent {
  Descriptor file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string type = "application/octet-stream";
  std::string etag = {};  // strong, with its quotes; callers may then ask for parts
};

// How the receipt of a body ended.
struct Received {
  std::int64_t bytes = 0;  // in the file now
  std::string digest;      // of the kind that was asked for, raw; empty where the body is not whole
};
BOOST_DESCRIBE_STRUCT(Received, (), (bytes, digest))

struct Receipt {
  Status status = Status::kOk;  // abi/operation.h, gtr_operations.receive
  Received body;
};

namespace detail {

// Awaits the end of a receipt; the coroutine goes on on the plugin's executor.
struct ReceiptAwaiter {
  Host* host;
  gtr_call call;
  gtr_receive into;
  std::coroutine_handle<> waiting = {};
  Receipt receipt = {};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiting = handle;
    host->operations().receive(host->raw(), call, &into, {&ReceiptAwaiter::done, this});  // may end this object's life
  }
  Receipt await_resume() { return std::move(receipt); }

  static void resume(void* address) { std::coroutine_handle<>::from_address(address).resume(); }
  static void done(void* context, gtr_status status, gtr_bytes result) {
    auto* self = static_cast<ReceiptAwaiter*>(context);
    self->receipt.status = static_cast<Status>(status);
    wire::decode(to_view(result), self->receipt.body);
    self->host->executor().dispatch(self->host->raw(), &ReceiptAwaiter::resume, self->waiting.address());
  }
};

}  // namespace detail

// Takes the body of a call into a file, from `offset` on; before the call is answered, once. `digest`: "sha1", "sha256"
// or empty. The file stays the caller's, and open until this answers.
inline Task<Receipt> receive_body(Host& host, gtr_call call, int file, std::uint64_t offset, std::uint64_t most,
                                  std::string digest) {
  detail::ReceiptAwaiter awaiter{&host, call, {sizeof(gtr_receive), file, offset, most, to_bytes(digest)}};
  Receipt receipt = co_await awaiter;
  co_return receipt;
}

}  // namespace gatetorio
