// The plugin's parts on the real platform, beside a storage and an access control that answer when the test says, and a
// link to devices that takes what is not late.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/device_link.hpp"
#include "unit/core/platform_fixture.hpp"

namespace gatetorio::commands::test {

using core::test::FakePlugin;
using core::test::Inbox;

// A batch that waits for its answer: one line for each statement, its first word and its parameters.
struct AskedBatch {
  gtr_call call{};
  std::vector<std::string> statements;
  std::string text() const;
};

struct AskedAccess {
  gtr_call call{};
  AccessQuery query;
};

class PluginFixture : public core::test::PlatformFixture {
 public:
  PluginFixture();
  ~PluginFixture() { end(); }

  // To a batch: it ran and found nothing, or it failed.
  void succeed(const AskedBatch& batch);
  void fail(const AskedBatch& batch);
  void decide(const AskedAccess& asked, bool is_allowed, std::int64_t expires_at_us = 0);
  void fail(const AskedAccess& asked);

  FakePlugin& feature = plugin("commands", false);
  FakePlugin& storage = plugin("storage", false, {"gatetorio.sql/1"});
  FakePlugin& auth = plugin("auth", false, {"gatetorio.access/1"});
  FakePlugin& transport = plugin("transport", false, {"gatetorio.device-link/1"});
  Host host{feature.host()};
  Inbox<AskedBatch> batches;
  Inbox<AskedAccess> questions;
  Inbox<Publish> published;
  std::atomic<bool> is_connected = true;  // whichever device is asked about

 private:
  static void take_for_device(void* self, gtr_call call, std::uint32_t method, gtr_bytes body);
  static void take_batch(void* self, gtr_call call, std::uint32_t method, gtr_bytes body);
  static void take_question(void* self, gtr_call call, std::uint32_t method, gtr_bytes body);
};

}  // namespace gatetorio::commands::test
