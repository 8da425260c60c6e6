#include "transfer.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gatetorio::transport_http {
namespace {

constexpr std::uint64_t kStepBytes = 4 * 1024 * 1024;  // of one turn on a file thread, so that all transfers get theirs
constexpr std::uint64_t kTlsBytes = 64 * 1024;
constexpr std::uint64_t kWritebackBytes = 8 * 1024 * 1024;

}  // namespace

struct Receipt::Hash {
  explicit Hash(const EVP_MD* kind) : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context, kind, nullptr); }
  ~Hash() { EVP_MD_CTX_free(context); }
  EVP_MD_CTX* context;
};

Receipt::Receipt(Descriptor file, std::uint64_t offset, std::uint64_t most, std::string_view digest, Done done)
    : file_(std::move(file)), begin_(offset), offset_(offset), flushed_(offset), most_(most), done_(std::move(done)) {
  if (digest == "sha256") hash_ = std::make_unique<Hash>(EVP_sha256());
  if (digest == "sha1") hash_ = std::make_unique<Hash>(EVP_sha1());
}

Receipt::~Receipt() = default;

void Receipt::write(std::string_view bytes) {
  while (!bytes.empty() && status_ == GTR_OK) {
    const auto written = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
      status_ = is_full ? GTR_FULL : GTR_INTERNAL;
      return;
    }
    const auto size = static_cast<std::size_t>(written);
    if (hash_) EVP_DigestUpdate(hash_->context, bytes.data(), size);
    bytes.remove_prefix(size);
    offset_ += size;
    bytes_ += written;
    // The disk works while the network does, instead of all at the end.
    if (offset_ - flushed_ >= kWritebackBytes) {
      ::sync_file_range(file_.get(), static_cast<off_t>(flushed_), static_cast<off_t>(offset_ - flushed_),
                        SYNC_FILE_RANGE_WRITE);
      flushed_ = offset_;
    }
  }
}

void Receipt::take_back(gtr_status status) {
  const bool is_gone = bytes_ == 0 || ::ftruncate(file_.get(), static_cast<off_t>(begin_)) == 0;
  status_ = is_gone ? status : GTR_INTERNAL;
  if (is_gone) bytes_ = 0;
}

void Receipt::finish(gtr_status status) {
  if (!done_) return;
  Received received{bytes_, {}};
  if (status == GTR_OK && hash_) {
    received.digest.resize(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    EVP_DigestFinal_ex(hash_->context, reinterpret_cast<unsigned char*>(received.digest.data()), &size);
    received.digest.resize(size);
  }
  file_ = Descriptor();  // whoever waits may want to lock or truncate it
  std::exchange(done_, nullptr)(status, received);
}

SendStep send_some(Sending& sending) {
  for (std::uint64_t sent = 0; sent < kStepBytes && sending.left > 0;) {
    auto at = static_cast<off_t>(sending.offset);
    const auto size =
        ::sendfile(sending.socket.get(), sending.file.get(), &at, std::min(sending.left, kStepBytes - sent));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return SendStep::kWait;
    if (size <= 0) return SendStep::kFailed;
    sent += static_cast<std::uint64_t>(size);
    sending.offset += static_cast<std::uint64_t>(size);
    sending.left -= static_cast<std::uint64_t>(size);
  }
  return sending.left > 0 ? SendStep::kMore : SendStep::kDone;
}

bool read_some(Sending& sending) {
  sending.buffer.resize(std::min(sending.left, kTlsBytes));
  std::size_t filled = 0;
  while (filled < sending.buffer.size()) {
    const auto size = ::pread(sending.file.get(), sending.buffer.data() + filled, sending.buffer.size() - filled,
                              static_cast<off_t>(sending.offset + filled));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    filled += static_cast<std::size_t>(size);
  }
  sending.offset += filled;
  sending.left -= filled;
  return true;
}

}  // namespace gatetorio::transport_http
